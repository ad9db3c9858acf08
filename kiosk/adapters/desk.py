"""What the staff's screens ask of the books, the machines and the configuration.

Everything slow runs in a lane of its own and reads the books beside the engine: nobody who pays
waits for a technician's list.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec

from devices.driver import Completed
from devices.receipt_printer.document import Print as PrintDocument
from devices.status import Success
from kiosk import config_files, supplies
from kiosk.adapters.adapters import DeviceReport, DeviceWorker, Lanes
from kiosk.books import AnyBooks
from kiosk.composition import Insight
from kiosk.core.commands import Document
from kiosk.core.order import Order, PaymentState
from kiosk.core.overrides import CONFIG_TAKEN
from kiosk.core.state import PRINTER
from kiosk.core.visit import tech_messages as t
from kiosk.core.visit.messages import StaffCommand
from kiosk.core.visit.tech_steps import MOST_ORDERS, Life, Moment, OrderLine
from kiosk.journal import Journal, JournalBrokenError, ReplayDiffersError, replay
from kiosk.journal.journal import Summary
from kiosk.journal.kept import KeptEpochs
from kiosk.journal.telling import leaves, summary_of, timeline
from kiosk.order_text import Letterhead
from kiosk.receipts import compose
from kiosk.settings import Settings

_log = logging.getLogger(__name__)

LANE, SURVEY, OUTSIDE = "desk", "survey", "look_out"
"""A network that doesn't answer holds up neither the devices nor the books."""


@dataclass(frozen=True, slots=True)
class Desk:
    """``again`` starts the program anew. ``printing``: whose paper the printer is at."""

    settings: Settings
    lanes: Lanes
    books: AnyBooks
    printer: DeviceWorker | None
    head: Letterhead
    insight: Insight
    again: Callable[[], None]
    printing: dict[int, int]

    def ask(self, command: StaffCommand) -> None:
        """Answer later, by an event of the same request."""
        match command:
            case t.AskSurvey(request):
                survey = self.insight.survey
                self.lanes.run(SURVEY, lambda: t.SurveyTold(request, survey()))
                self.lanes.run(OUTSIDE, self._look_out)
            case t.AskOrders():
                self.lanes.run(
                    LANE, lambda: self._orders(command), t.OrdersTold(command.request, ())
                )
            case t.AskLife():
                broken = t.LifeTold(command.request, Life(None, (), "defect"))
                self.lanes.run(LANE, lambda: self._life(command), broken)
            case t.PrintAgain():
                self._print(command)
            case t.AskSupplies(request):
                made = self.settings
                told = t.SuppliesTold(request, ())
                self.lanes.run(
                    LANE, lambda: t.SuppliesTold(request, supplies.look(made, self._open)), told
                )
            case t.AskConfig(request):
                source = self.settings.source
                self.lanes.run(LANE, lambda: t.ConfigTold(request, config_files.look(source)))
            case t.TakeConfig():
                self._take_config(command)

    def translate(self, message: object) -> list[t.TechEvent] | None:
        """What is meant for the desk, None for everything else."""
        if isinstance(message, t.TechEvent):
            return [message]
        if not isinstance(message, DeviceReport) or message.role != PRINTER:
            return None
        report = message.report
        if not isinstance(report, Completed) or report.command_id not in self.printing:
            return None
        request = self.printing.pop(report.command_id)
        return [t.PrintedAgain(request, isinstance(report.completion, Success))]

    def _look_out(self) -> None:
        """Ask the network, which answers into the next survey."""
        self.insight.look_out()

    def _open(self) -> Journal:
        path = self.settings.cabin.data_dir / "journal.sqlite"
        return Journal(path, readonly=True, check=False)

    def _orders(self, command: t.AskOrders) -> t.OrdersTold:
        try:
            journal = self._open()
        except JournalBrokenError as error:
            _log.error("the books can't be read: %s", error)
            return t.OrdersTold(command.request, ())
        try:
            where, earlier = _where(command.sought, command.value), KeptEpochs(journal)
            found = list(journal.search(*where, most=MOST_ORDERS))
            if command.sought == "waiting":
                found += map(summary_of, earlier.open_orders())
            else:
                found += islice(earlier.search(*where, most=MOST_ORDERS), MOST_ORDERS - len(found))
            return t.OrdersTold(command.request, tuple(map(_line, found)))
        finally:
            journal.close()

    def _life(self, command: t.AskLife) -> t.LifeTold:
        journal = self._open()
        try:
            return t.LifeTold(command.request, life_of(journal, command.order_id))
        finally:
            journal.close()

    def _print(self, command: t.PrintAgain) -> None:
        order = self.books.find(command.order_id)
        if order is None or self.printer is None:
            failed = t.PrintedAgain(command.request, printed=False)
            self.lanes.run(LANE, lambda: failed)
            return
        kind = Document.RECEIPT if _has_receipt(order) else Document.SLIP
        job_id = f"{order.id}A{command.request}"
        document = compose(order, kind, self.head, again=True)
        number = self.printer.submit(PrintDocument(job_id, document, True))
        self.printing[number] = command.request

    def _take_config(self, command: t.TakeConfig) -> None:
        """The journal knows whose configuration it is before the file is in its place."""
        source = self.settings.source
        body = {
            "operator": command.operator,
            "which": command.which,
            "before": config_files.digest(source),
            "after": config_files.digest(config_files.beside(source, command.which)),
        }
        trouble = self.books.note(CONFIG_TAKEN, body)
        _log.info("%s: %s by %s", CONFIG_TAKEN, command.which, command.operator)
        if trouble:
            _log.error("%s can't be journalled: %s", CONFIG_TAKEN, trouble)

        def take() -> t.ConfigTold:
            taken = config_files.take(source, command.which)
            if taken:
                self.again()
            said = "taken" if taken else "not_taken"
            return t.ConfigTold(command.request, config_files.look(source), said)

        self.lanes.run(LANE, take)


def life_of(journal: Journal, order_id: str) -> Life:
    """An order's rows as far as they can be told, and where they led."""
    moments, trouble = _moments(journal, order_id)
    earlier = KeptEpochs(journal)
    if not moments and not trouble:  # of an epoch that was put aside
        unread: tuple[list[Moment], str] = ([], "defect")
        moments, trouble = earlier.ask(order_id, lambda x: _moments(x, order_id), unread)
        moments += [
            Moment(at, type(x).__name__, _facts(msgspec.to_builtins(x)))
            for at, x in earlier.verdicts(order_id)
        ]
    order: Order | None = None
    try:
        order = replay(journal, order_id)
    except KeyError:
        order, _sure = earlier.find(order_id)
    except (ReplayDiffersError, ValueError) as error:
        trouble = trouble or str(error)
        order = error.order if isinstance(error, ReplayDiffersError) else None
    return Life(order, tuple(moments), trouble)


def _moments(journal: Journal, order_id: str) -> tuple[list[Moment], str]:
    """The rows of one file as far as they can be told, and why no further."""
    moments: list[Moment] = []
    try:
        for entry in timeline(journal, order_id):
            agrees = entry["agrees"] is not False
            moments.append(Moment(entry["at"], entry["kind"], _facts(entry["event"]), agrees))
    except ValueError as error:
        return moments, str(error)
    return moments, ""


def _facts(event: Any) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in leaves(event, ""))


def _has_receipt(order: Order) -> bool:
    """A slip is for whom nobody can tell yet what became of the money."""
    return order.payment.state in (PaymentState.PAID, PaymentState.NOT_PAID)


def _where(sought: str, value: str) -> tuple[str, tuple[object, ...]]:
    """The condition on the list of the books."""
    if sought == "waiting":
        return "closed_at IS NULL", ()
    if sought == "amount":
        return "amount_fen = ?", (int(value),)
    if sought == "day":  # the number has the local day that its order was opened on
        day, hour = value[:4], value[4:]
        if not hour:
            return "substr(order_id, 7, 4) = ?", (day,)
        opened = "strftime('%H', opened_at / 1000, 'unixepoch', 'localtime')"
        return f"substr(order_id, 7, 4) = ? AND {opened} = ?", (day, hour)
    # cabin 4, year 2, month and day 4, counter 5: people see it without the year, four of the five
    short = "substr(order_id, 1, 4) || substr(order_id, 7, 4) || substr(order_id, 12, 4)"
    return f"({short} LIKE ?)", (f"%{value}",)


def _line(found: Summary) -> OrderLine:
    closed = found.closed_at is not None
    return OrderLine(
        found.order_id,
        found.opened_at,
        found.amount_fen,
        found.word,
        closed,
        found.needs_person,
    )
