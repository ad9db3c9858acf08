"""Who carries which command out, and how the answer finds its way back into the queue."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from devices.driver import Completed, Notice, Progress, Report, StatusChanged
from devices.receipt_printer.document import Print as PrintDocument
from devices.scanner.codec import Scanned
from devices.status import Cancelled, Completion, Failed, Success, TimedOut
from kiosk.adapters import biller as biller_words
from kiosk.adapters import qr as qr_words
from kiosk.adapters import terminal as terminal_words
from kiosk.barcodes import BarcodeRule, BillCode, PaymentCode, SlipCode, read_code
from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.bills import Institution
from kiosk.core.events import Posting, Printing
from kiosk.core.means import TERMINAL
from kiosk.core.order import Order
from kiosk.core.state import BILLER, PRINTER, Device, Level
from kiosk.core.visit import messages as m
from kiosk.gateways import types as g
from kiosk.order_text import Letterhead
from kiosk.receipts import compose

_log = logging.getLogger(__name__)

PROBE_ORDER = "PROBE000000000000000"
"""A number that no order has: a platform that says so is there and knows our signature."""


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """What a device worker reported; translated on the engine's thread."""

    role: str
    report: Report


class DeviceWorker(Protocol):
    def submit(self, command: object) -> int: ...


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
    ) -> None:
        self._workers = workers
        self._biller = biller
        self._platforms = platforms
        self._lanes = lanes
        self._barcodes = barcodes
        self._letterhead = letterhead
        self._institutions: tuple[Institution, ...] = ()
        self._waiting: dict[tuple[str, int], tuple[c.Command, int]] = {}

    # Commands of orders

    def carry_out(self, command: c.Command, order: Order) -> None:
        match command:
            case c.Print():
                document = compose(order, command.document, self._letterhead, again=command.again)
                job = PrintDocument(command.job_id, document, command.again)
                self._submit(PRINTER, job, command, order.amount_fen)
            case c.PostLine():
                silence = e.PostAnswered(command.order_id, command.line, Posting.NO_ANSWER)
                self._lanes.run(BILLER, lambda: biller_words.post(self._biller, command), silence)
            case c.CheckPost():
                unknown = e.PostChecked(command.order_id, command.line, Posting.NO_ANSWER)
                self._lanes.run(BILLER, lambda: biller_words.check(self._biller, command), unknown)
            case _:
                self._pay(command, order)

    def _pay(self, command: c.Command, order: Order) -> None:
        means, amount = order.means.id, order.amount_fen
        if means == TERMINAL:
            self._submit(TERMINAL, terminal_words.to_device(command), command, amount)
            return
        platform = self._platforms[means]
        silence = qr_words.silence(command)
        self._lanes.run(means, lambda: qr_words.carry_out(platform, command), silence)

    def _submit(self, role: str, words: object, command: c.Command, amount_fen: int) -> None:
        number = self._workers[role].submit(words)
        self._waiting[role, number] = (command, amount_fen)

    # Questions of the visit

    def ask(self, command: m.VisitCommand) -> None:
        if not isinstance(command, m.QueryAccount):
            raise TypeError(f"nobody answers {type(command).__name__}")
        biller, known = self._biller, self._institutions
        silence = m.AccountSilent(command.request)
        self._lanes.run("account", lambda: biller_words.account(biller, known, command), silence)

    # Regular questions, so that "ready" means an answer not long ago (R12)

    def probe_biller(self) -> None:
        self._lanes.run("account", self._biller.institutions)

    def probe_platform(self, means: str) -> None:
        platform = self._platforms[means]
        self._lanes.run(means, lambda: (means, platform.query(PROBE_ORDER)))

    # Answers

    def translate(self, message: object) -> list[e.OrderEvent | m.VisitEvent]:
        """Return the events that a device's or gateway's message means."""
        match message:
            case DeviceReport():
                return self._translate_report(message.role, message.report)
            case g.NoAnswer() | g.BillerRefused():
                reason = message.reason if isinstance(message, g.NoAnswer) else message.code
                return [m.DeviceChanged(BILLER, Device(Level.UNAVAILABLE, reason.value))]
            case (str(means), answer):
                return [m.DeviceChanged(means, _platform_state(answer))]
            case tuple():
                self._institutions = biller_words.institutions(message)
                ready = m.DeviceChanged(BILLER, Device(Level.READY))
                return [m.InstitutionsKnown(self._institutions), ready]
            case _:
                raise TypeError(f"unknown message {type(message).__name__}")

    def _translate_report(self, role: str, report: Report) -> list[e.OrderEvent | m.VisitEvent]:
        match report:
            case StatusChanged():
                level = Level(report.status.level.value)
                return [m.DeviceChanged(role, Device(level, report.status.reason))]
            case Completed():
                return self._completed(role, report)
            case Notice(what=Scanned() as scanned):
                return [self._scanned(scanned)]
            case Notice():
                _log.info("%s: %s", role, type(report.what).__name__)
                return []
            case Progress():
                return []

    def _completed(self, role: str, report: Completed) -> list[e.OrderEvent | m.VisitEvent]:
        waiting = self._waiting.pop((role, report.command_id), None)
        if waiting is None:
            _log.warning("%s: an answer to command %d, which nobody asked", role, report.command_id)
            return []
        command, amount_fen = waiting
        if isinstance(command, c.Print):
            return [_printed(command, report.completion)]
        return [terminal_words.to_event(command, amount_fen, report.completion)]

    def _scanned(self, scanned: Scanned) -> m.VisitEvent:
        if scanned.kind == "payment_code":
            return m.PaymentCodeScanned()
        match read_code(scanned.text, self._barcodes):
            case BillCode() as bill:
                return m.BillScanned(bill.institution, bill.account)
            case SlipCode() as slip:
                return m.SlipScanned(slip.order_id)
            case PaymentCode():
                return m.PaymentCodeScanned()
            case _:
                return m.UnknownScanned()


def _platform_state(answer: object) -> Device:
    if isinstance(answer, g.NoAnswer):
        return Device(Level.UNAVAILABLE, answer.reason.value)
    return Device(Level.READY)


def _printed(command: c.Print, completion: Completion) -> e.PrintAnswered:
    code = terminal_words.code_of(completion)
    match completion:
        case Success():
            return e.PrintAnswered(command.order_id, command.job_id, Printing.PRINTED)
        case Failed() | Cancelled() | TimedOut():
            return e.PrintAnswered(command.order_id, command.job_id, Printing.NOT_PRINTED, code)
        case _:
            return e.PrintAnswered(command.order_id, command.job_id, Printing.UNKNOWN, code)
