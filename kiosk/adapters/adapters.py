"""Who carries which command out, and how the answer finds its way back into the queue."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from devices.driver import Completed, Notice, Progress, Report, StatusChanged
from devices.payment_terminal.commands import LateAnswer
from devices.receipt_printer.document import Ask as AskStatus
from devices.receipt_printer.document import Print as PrintDocument
from devices.scanner.codec import Scanned
from kiosk import log
from kiosk.adapters import biller as biller_words
from kiosk.adapters import booklet as booklets
from kiosk.adapters import codes as code_words
from kiosk.adapters import goods as goods_words
from kiosk.adapters import qr as qr_words
from kiosk.adapters import receipt
from kiosk.adapters.clinic import ClinicDesk
from kiosk.adapters.document_jobs import Told, Written
from kiosk.adapters.documents import Documents
from kiosk.adapters.heard import Heard
from kiosk.adapters.pages import Pages
from kiosk.adapters.release import MAKERS, Releases
from kiosk.adapters.terminals import EcrHubWords, TerminalWords
from kiosk.barcodes import BarcodeRule
from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.bills import Institution
from kiosk.core.booklet import READER, REGISTER
from kiosk.core.events import Posting, Printing
from kiosk.core.goods import Ware
from kiosk.core.means import NOT_CONFIGURED, TERMINAL
from kiosk.core.order import Order
from kiosk.core.printing import DOCUMENT_PRINTER, SCANNER
from kiosk.core.state import BILLER, BP_METER, PRINTER, Device, Level, State
from kiosk.core.visit import messages as m
from kiosk.core.visit import print_messages as p
from kiosk.core.visit.clinic_messages import ClinicCommand
from kiosk.gateways import types as g
from kiosk.order_text import Letterhead
from kiosk.receipts import compose

_log = logging.getLogger(__name__)

PROBE_ORDER = "PROBE000000000000000"
"""A number that no order has: a platform that says so is there and knows our signature."""
ORDER_ID_LENGTH = 20
"""Numbers of lines and refunds begin with their order's (``…L1``, ``…R1``)."""


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """What a device worker reported; translated on the engine's thread."""

    role: str
    report: Report


@dataclass(frozen=True, slots=True)
class Said:
    """What a gateway answered: to a command or question (``Heard``), or to a probe."""

    role: str
    what: object


class DeviceWorker(Protocol):
    def submit(self, command: object) -> int: ...

    def cancel(self, command_id: int) -> None: ...


class Lanes(Protocol):
    """Runs slow calls elsewhere: jobs of one lane one after the other, lanes side by side."""

    def run(self, lane: str, call: Callable[[], object], broken: object = None) -> None:
        """Make the call and post what it returns to the engine; ``broken`` if it raises."""


class Adapters:
    """Used on the engine's thread only; what runs in lanes touches nothing of it but gateways."""

    def __init__(
        self,
        workers: Mapping[str, DeviceWorker],
        biller: g.Biller,
        platforms: Mapping[str, g.QrPayment],
        lanes: Lanes,
        barcodes: tuple[BarcodeRule, ...],
        letterhead: Letterhead,
        terminal: TerminalWords | None = None,
        clinic: ClinicDesk | None = None,
        booklet: booklets.Booklets | None = None,
        documents: Documents | None = None,
    ) -> None:
        self._clinic = clinic or ClinicDesk({}, lanes, letterhead)
        self._workers = workers
        self._booklet = booklet or booklets.Booklets(None, None, lanes, by_code=False)
        self._biller = biller
        self._platforms = platforms
        self._lanes = lanes
        self._barcodes = barcodes
        self._letterhead = letterhead
        self._terminal = terminal or EcrHubWords()
        self._documents = documents
        self._wares = dict(goods_words.WARES)
        if documents is not None:
            self._wares[Ware.PAGES] = Pages(documents.path_of)
        self._institutions: tuple[Institution, ...] = ()
        self._waiting: dict[tuple[str, int], tuple[c.Command, int]] = {}
        self._most: dict[tuple[str, int], int] = {}
        self._printer_asked: dict[int, int] = {}
        self._probing: set[str] = set()
        self._told: dict[str, Device] = {}
        self._releases = Releases(workers)

    # Commands of orders

    def carry_out(self, command: c.Command, order: Order) -> None:
        match command:
            case c.Print():
                if PRINTER not in self._workers:
                    nothing = Printing.NOT_PRINTED
                    self._say(
                        e.PrintAnswered(order.id, command.job_id, nothing, NOT_CONFIGURED), PRINTER
                    )
                    return
                document = compose(order, command.document, self._letterhead, again=command.again)
                job = PrintDocument(command.job_id, document, command.again)
                self._submit(PRINTER, job, command, order.amount_fen)
            case c.PostLine():
                silence = e.PostAnswered(command.order_id, command.line, Posting.NO_ANSWER)
                self._call(BILLER, lambda: biller_words.post(self._biller, command), silence)
            case c.CheckPost():
                unknown = e.PostChecked(command.order_id, command.line, Posting.NO_ANSWER)
                self._call(BILLER, lambda: biller_words.check(self._biller, command), unknown)
            case c.Deliver() if command.goods.ware is Ware.BOOKLET:
                self._booklet.deliver(command)
            case c.Deliver():
                self._give(command, lambda: self._wares[command.goods.ware].deliver(command))
            case c.CheckDelivery() if self._booklet.never_left(command, order):
                never = goods_words.not_started(command)
                self._lanes.run("nobody", lambda: never)
            case c.CheckDelivery():
                if order.person_left and self._documents and command.goods.ware is Ware.PAGES:
                    self._documents.purge()  # nobody is there to take what would still come
                self._give(command, lambda: self._wares[command.goods.ware].check(command))
            case _:
                self._pay(command, order)

    def _give(self, command: c.Deliver | c.CheckDelivery, words: Callable[[], object]) -> None:
        role = command.goods.role
        if role in self._workers and command.goods.ware in self._wares:
            self._releases.begun(role)
            number = self._submit(role, words(), command, command.goods.total_fen)
            if role == DOCUMENT_PRINTER and self._documents is not None:
                self._documents.began(number, command.order_id)
        else:
            self._say(goods_words.absent(command, NOT_CONFIGURED), role)

    def _pay(self, command: c.Command, order: Order) -> None:
        means, amount = order.means.id, order.amount_fen
        # An order of another make of terminal can't be asked of this one: it would say "not found".
        is_ours = order.means.commit is self._terminal.commit
        if means == TERMINAL and means in self._workers and is_ours:
            known = self._terminal.known(command, order)
            if known is not None:
                self._lanes.run("nobody", lambda: known)
                return
            self._submit(TERMINAL, self._terminal.to_device(command, order), command, amount)
        elif means in self._platforms:
            platform = self._platforms[means]
            silence = qr_words.silence(command)
            self._call(means, lambda: qr_words.carry_out(platform, command), silence)
        else:
            self._say(qr_words.unsent(command), means)

    def _submit(self, role: str, words: object, command: c.Command, amount_fen: int) -> int:
        number = self._workers[role].submit(words)
        self._waiting[role, number] = (command, amount_fen)
        return number

    def _call(self, role: str, call: Callable[[], Heard], silence: e.OrderEvent) -> None:
        self._lanes.run(role, lambda: Said(role, call()), silence)

    def _say(self, event: e.OrderEvent, role: str) -> None:
        """Answer instead of somebody whom the configuration no longer names.

        It goes the way of every answer: the event that led here is done with first.
        """
        _log.warning("%s: %s isn't in the configuration any more", event.order_id, role)
        self._lanes.run("nobody", lambda: event)

    # Questions of the visit

    def ask(self, command: m.VisitCommand) -> None:
        match command:
            case ClinicCommand():
                self._clinic.ask(command)
            case m.QueryAccount():
                self._ask_biller(command)
            case m.AskPrinter() if PRINTER in self._workers:
                number = self._workers[PRINTER].submit(AskStatus())
                self._printer_asked[number] = command.request
            case m.AskPrinter():
                missing = Device(Level.UNAVAILABLE, NOT_CONFIGURED)
                answer = m.PrinterAnswered(command.request, missing)
                self._lanes.run("nobody", lambda: answer)
            case p.PrintCommand() | p.ForgetFile() | p.StopPages() | m.VisitEnded():
                if self._documents is not None:
                    self._documents.ask(command)
            case _:
                self._booklet.ask(command)

    def _ask_biller(self, command: m.QueryAccount) -> None:
        biller, known = self._biller, self._institutions
        silence = m.AccountSilent(command.request)
        self._lanes.run(
            "account", lambda: Said(BILLER, biller_words.account(biller, known, command)), silence
        )

    def release(self, state: State) -> None:
        """Let machines forget the jobs of which the journal knows the end."""
        for role in self._releases.due(state):
            self._releases.sent(role, self._workers[role].submit(MAKERS[role]()))

    # Regular questions, so that "ready" means an answer not long ago (R12)

    def probe_biller(self) -> None:
        self._probe(BILLER, "account", self._biller.institutions)

    def probe_platform(self, means: str) -> None:
        platform = self._platforms[means]
        self._probe(means, means, lambda: platform.query(PROBE_ORDER))

    def _probe(self, role: str, lane: str, call: Callable[[], object]) -> None:
        """Ask if nothing is being asked yet: questions to a silent gateway must not pile up."""
        if role not in self._probing:
            self._probing.add(role)
            broken = Said(role, g.NoAnswer(g.Reason.BROKEN, sent=False, detail="defect"))
            self._lanes.run(lane, lambda: Said(role, call()), broken)

    # Answers

    def translate(self, message: object) -> list[e.OrderEvent | m.VisitEvent]:
        """Return the events that a device's or gateway's message means."""
        match message:
            case DeviceReport():
                return self._translate_report(message.role, message.report)
            case Told() | Written() if self._documents is not None:
                return list(self._documents.translate(message))
            case Said(role, Heard() as heard):
                lost = heard.lost(only_unsent=role != BILLER)
                return [*self._lost(role, lost), heard.event]
            case booklets.Reserved() | booklets.Listed() | booklets.Ended():
                return self._from_register(message)
            case Said():
                self._probing.discard(message.role)
                return self._probed(message.role, message.what)
            case _:
                raise TypeError(f"unknown message {type(message).__name__}")

    def _from_register(
        self, answer: booklets.Reserved | booklets.Listed | booklets.Ended
    ) -> list[e.OrderEvent | m.VisitEvent]:
        if isinstance(answer, booklets.Ended):
            self._booklet.look_after()
            return []
        if isinstance(answer, booklets.Listed):
            return [self._changed(REGISTER, self._booklet.listed(answer))]
        if answer.why_not:
            return [self._booklet.reserved(answer)]
        words = goods_words.WARES[answer.command.goods.ware]
        self._give(answer.command, lambda: words.deliver(answer.command))
        return []

    def _probed(self, role: str, answer: object) -> list[e.OrderEvent | m.VisitEvent]:
        match answer:
            case g.NoAnswer():
                return self._lost(role, answer)
            case g.BillerRefused():
                return [self._changed(role, Device(Level.UNAVAILABLE, answer.code.value))]
            case tuple():
                self._institutions = biller_words.institutions(answer)
                ready = self._changed(role, Device(Level.READY))
                return [m.InstitutionsKnown(self._institutions), ready]
            case _:
                return [self._changed(role, Device(Level.READY))]

    def _lost(self, role: str, lost: g.NoAnswer | None) -> list[e.OrderEvent | m.VisitEvent]:
        if lost is None:
            return []
        device = Device(Level.UNAVAILABLE, lost.reason.value)
        return [self._changed(role, device, lost.detail)]

    def _changed(self, role: str, device: Device, detail: str = "") -> m.DeviceChanged:
        """Say how a device is, and tell the log when that is news."""
        if self._told.get(role) != device:
            self._told[role] = device
            log.tell(_log, role, device.level.value, device.reason, detail)
        return m.DeviceChanged(role, device)

    def _translate_report(self, role: str, report: Report) -> list[e.OrderEvent | m.VisitEvent]:
        match report:
            case StatusChanged():
                status = report.status
                device = Device(Level(status.level.value), status.reason)
                return [self._changed(role, device, status.detail)]
            case _ if role == BP_METER:
                return [*self._clinic.heard(report)]
            case Completed():
                return self._completed(role, report)
            case Notice(what=Scanned() as scanned):
                return self._scanned(scanned)
            case Notice(what=LateAnswer() as late):
                order_id = late.order_no[:ORDER_ID_LENGTH]
                _log.info("%s: a late answer (%s) for %s", role, late.code, late.order_no)
                return [e.LateAnswered(order_id)]
            case Notice():
                _log.debug("%s: %s", role, type(report.what).__name__)
                return []
            case Progress():
                return self._progressed(role, report)

    def _progressed(self, role: str, report: Progress) -> list[e.OrderEvent | m.VisitEvent]:
        if role == READER:
            return self._booklet.found(report.command_id)
        if role == SCANNER and self._documents is not None:
            return list(self._documents.scanning(report.command_id, report.what))
        command, amount_fen = self._waiting.get((role, report.command_id), (None, 0))
        if command is not None and role == TERMINAL:
            event = self._terminal.progress(command, amount_fen, report.what)
            return [] if event is None else [event]
        if isinstance(command, c.CheckDelivery):
            return self._booklet.seen(command, report.what)
        if not isinstance(command, c.Deliver):
            return []
        progress = self._wares[command.goods.ware].progress(command, report.what)
        if progress is None:
            return []
        most = self._most.get((role, report.command_id), 0)
        self._most[role, report.command_id] = max(most, progress.done)
        return [m.GoodsProgressed(command.order_id, progress)]

    def _completed(self, role: str, report: Completed) -> list[e.OrderEvent | m.VisitEvent]:
        if role == PRINTER and report.command_id in self._printer_asked:
            request = self._printer_asked.pop(report.command_id)
            return [m.PrinterAnswered(request, receipt.asked(report.completion))]
        if role == DOCUMENT_PRINTER and self._documents is not None:
            ours = self._documents.completed(report.command_id, report.completion)
            if ours is not None:
                return list(ours)
        if role == SCANNER and self._documents is not None:
            return list(self._documents.scanned(report.command_id, report.completion))
        if role == PRINTER and (printed := self._clinic.printed(report)) is not None:
            return [*printed]
        if role == READER:
            return self._booklet.read(report.command_id, report.completion)
        if self._releases.ended(role, report.command_id, report.completion):
            return []
        waiting = self._waiting.pop((role, report.command_id), None)
        if waiting is None:
            _log.warning("%s: an answer to command %d, which nobody asked", role, report.command_id)
            return []
        command, amount_fen = waiting
        try:
            return self._came_of(command, amount_fen, role, report)
        except Exception as error:  # noqa: BLE001  # one order's trouble, never another's
            kind = type(command).__name__
            _log.exception("%s: the answer to %s failed", command.order_id, kind)
            return [e.Poisoned(command.order_id, kind, type(error).__name__)]

    def _came_of(
        self, command: c.Command, amount_fen: int, role: str, report: Completed
    ) -> list[e.OrderEvent | m.VisitEvent]:
        """What an order's command came to."""
        match command:
            case c.Print():
                return [receipt.printed(command, report.completion)]
            case c.Deliver():
                most = self._most.pop((role, report.command_id), 0)
                end = self._wares[command.goods.ware].delivered(command, report.completion, most)
                return [*self._booklet.out_of_sight(command), end]
            case c.CheckDelivery():
                seen = self._wares[command.goods.ware].checked(command, report.completion)
                return [*self._booklet.out_of_sight(command), seen]
            case _:
                event = self._terminal.to_event(command, amount_fen, report.completion)
                return [] if event is None else [event]

    def _scanned(self, scanned: Scanned) -> list[e.OrderEvent | m.VisitEvent]:
        if scanned.kind == "payment_code":
            return [m.PaymentCodeScanned()]
        if (token := self._clinic.token(scanned.text)) is not None:
            return [token]
        if (meant := code_words.meant(scanned.text, self._barcodes)) is not None:
            return [meant]
        return self._booklet.scanned(scanned.text) or [m.UnknownScanned()]
