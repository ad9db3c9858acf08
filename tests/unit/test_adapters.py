"""Between core and world: who is missing, who can't be reached, and whose answer comes late."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from devices.driver import Completed, Notice, StatusChanged
from devices.payment_terminal.commands import LateAnswer
from devices.receipt_printer.document import Ask
from devices.status import Cancelled, Completion, Failed, Status, Success, TimedOut
from devices.status import Level as DeviceLevel
from kiosk.adapters import Adapters, DeviceReport
from kiosk.adapters import terminal as terminal_words
from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.state import BILLER, Device, Level
from kiosk.core.visit import messages as m
from kiosk.gateways import types as g
from kiosk.lanes import Job, outcome_of
from kiosk.order_text import Letterhead
from tests.unit.core_orders import ID, POLLED, R1, TOLD, Desk

HEAD = Letterhead("数字小屋", "示例路380弄", "021-0000 0000", 3, lambda _: None)  # type: ignore[arg-type,return-value]
DOWN = g.NoAnswer(g.Reason.UNREACHABLE, sent=False, detail="ConnectionRefusedError")


@dataclass
class Gateway:
    """A biller or platform that gives the same answer to everything."""

    answer: object = DOWN

    def __getattr__(self, name: str) -> Callable[..., object]:
        return lambda *_: self.answer


@dataclass
class Lanes:
    """Calls wait until they are asked for."""

    jobs: list[tuple[str, Job]] = field(default_factory=list)

    def run(self, lane: str, call: Callable[[], object], broken: object = None) -> None:
        self.jobs.append((lane, Job(call, broken)))

    def values(self) -> list[object]:
        done, self.jobs = self.jobs, []
        return [outcome_of(x) for _, x in done]


@dataclass
class Worker:
    told: list[object] = field(default_factory=list)

    def submit(self, command: object) -> int:
        self.told.append(command)
        return len(self.told)


class Scene:
    """Adapters with these workers and platforms, and what their answers mean."""

    def __init__(self, biller: Any = None, **platforms: Any) -> None:
        self.lanes = Lanes()
        self.worker = Worker()
        self.adapters = Adapters({}, biller or Gateway(), platforms, self.lanes, (), HEAD)

    def with_terminal(self) -> Scene:
        workers = {"terminal": self.worker}
        self.adapters = Adapters(workers, Gateway(), {}, self.lanes, (), HEAD)  # type: ignore[arg-type]
        return self

    def answers(self) -> list[object]:
        """What everything that was asked comes to."""
        found: list[object] = []
        for value in self.lanes.values():
            known = isinstance(value, e.OrderEvent | m.VisitEvent)
            found += [value] if known else self.adapters.translate(value)
        return found

    def carry_out(self, command: c.Command, desk: Desk) -> list[object]:
        self.adapters.carry_out(command, desk.order)
        return self.answers()


@pytest.mark.parametrize("means", [TOLD, POLLED])
def test_who_is_not_configured_any_more_is_honestly_silent(means: Any) -> None:
    desk = Desk(means)
    told = [
        Scene().carry_out(command, desk)
        for command in (
            c.RequestPayment(ID, means, 1, "x"),
            c.QueryPayment(ID, means),
            c.ClosePayment(ID, means),
            c.RefundPayment(ID, means, R1, 1, 1),
            c.QueryRefund(ID, means, R1),
        )
    ]
    assert told == [
        [e.PaymentAnswered(ID, e.Charge.NOT_PAID, code="not_sent")],
        [e.PaymentQueried(ID, e.Charge.NO_ANSWER, code="not_configured")],
        [e.PaymentClosed(ID, e.Close.NO_ANSWER, code="not_configured")],
        [e.RefundAnswered(ID, R1, e.Refunding.NO_ANSWER, code="not_configured")],
        [e.RefundQueried(ID, R1, e.Refunding.NO_ANSWER, code="not_configured")],
    ]


def test_without_a_printer_nothing_was_printed() -> None:
    print_it = c.Print(ID, "J1", c.Document.RECEIPT, again=False)
    (said,) = Scene().carry_out(print_it, Desk().paid())
    assert said == e.PrintAnswered(ID, "J1", e.Printing.NOT_PRINTED, "not_configured")


def test_a_late_answer_of_the_terminal_reaches_its_order() -> None:
    adapters = Scene().adapters
    for number in (ID, R1):
        late = DeviceReport("terminal", Notice(LateAnswer(number, "0")))
        assert adapters.translate(late) == [e.LateAnswered(ID)]


@pytest.mark.parametrize(
    ("completion", "result"),
    [
        (TimedOut(), e.Refunding.NO_ANSWER),
        (Cancelled(), e.Refunding.NO_ANSWER),
        (Failed("not_connected"), e.Refunding.NO_ANSWER),
        (Failed("51"), e.Refunding.REFUSED),
    ],
)
def test_a_refund_that_was_not_sent_was_refused_by_nobody(
    completion: Completion, result: e.Refunding
) -> None:
    told = terminal_words.to_event(c.RefundPayment(ID, TOLD, R1, 1, 1), 1, completion)
    assert isinstance(told, e.RefundAnswered)
    assert told.result is result


def test_an_answer_that_cannot_be_read_is_one_orders_trouble(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene, desk = Scene().with_terminal(), Desk()
    scene.adapters.carry_out(desk.all[0], desk.order)
    assert len(scene.worker.told) == 1

    def broken(*_: object) -> e.OrderEvent:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(terminal_words, "to_event", broken)
    answer = DeviceReport("terminal", Completed(1, Success()))
    poisoned = e.Poisoned(ID, "RequestPayment", "ZeroDivisionError")
    assert scene.adapters.translate(answer) == [poisoned]


LOST = m.DeviceChanged(BILLER, Device(Level.UNAVAILABLE, "unreachable"))
POST = c.PostLine(ID, 0, f"{ID}L1", "SH-POWER", "1", "B1", 1, 1)


@pytest.mark.parametrize("command", [POST, c.CheckPost(ID, 0, f"{ID}L1")])
def test_a_posting_without_an_answer_makes_the_biller_unavailable(command: c.Command) -> None:
    changed, answer = Scene().carry_out(command, Desk().paid())
    assert changed == LOST
    assert isinstance(answer, e.PostAnswered | e.PostChecked)
    assert answer.result is e.Posting.NO_ANSWER


def test_a_silent_account_makes_the_biller_unavailable_and_a_refusal_does_not() -> None:
    biller = Gateway((g.Institution("SH-POWER", g.Kind.ELECTRIC, "电力", "[0-9]{10}", ""),))
    scene = Scene(biller)
    scene.adapters.probe_biller()
    known, ready = scene.answers()
    assert isinstance(known, m.InstitutionsKnown)
    assert ready == m.DeviceChanged(BILLER, Device(Level.READY))
    biller.answer = DOWN
    scene.adapters.ask(m.QueryAccount(1, "SH-POWER", "3100000000"))
    assert scene.answers() == [LOST, m.AccountSilent(1)]
    biller.answer = g.BillerRefused(g.BillerCode.NO_ACCOUNT, True)
    scene.adapters.ask(m.QueryAccount(2, "SH-POWER", "3100000000"))
    assert scene.answers() == [m.AccountRefused(2, "EQ0006")]
    scene.adapters.ask(m.QueryAccount(3, "SH-GAS", "3100000000"))
    assert scene.answers() == [m.AccountSilent(3)], "it was never asked"


def test_a_platform_is_unavailable_when_nothing_could_be_sent() -> None:
    scene = Scene(wechat=Gateway())
    desk = Desk(POLLED)
    changed, answer = scene.carry_out(c.QueryPayment(ID, POLLED), desk)
    assert changed == m.DeviceChanged("wechat", Device(Level.UNAVAILABLE, "unreachable"))
    assert answer == e.PaymentQueried(ID, e.Charge.NO_ANSWER, None, "unreachable")
    slow = Scene(wechat=Gateway(g.NoAnswer(g.Reason.TIMEOUT)))
    (alone,) = slow.carry_out(c.QueryPayment(ID, POLLED), desk)
    assert alone == e.PaymentQueried(ID, e.Charge.NO_ANSWER, None, "timeout")


def test_probes_do_not_pile_up_and_a_defect_in_one_ends_it() -> None:
    class Broken(Gateway):
        def __getattr__(self, name: str) -> Callable[..., object]:
            def fail(*_: object) -> object:
                raise ZeroDivisionError(name)

            return fail

    scene = Scene(Broken())
    for _ in range(2):
        for _ in range(3):
            scene.adapters.probe_biller()
        assert len(scene.lanes.jobs) == 1
        (changed,) = scene.answers()
        assert changed == m.DeviceChanged(BILLER, Device(Level.UNAVAILABLE, "broken"))


def test_the_log_says_once_how_a_device_is(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    adapters = Scene().adapters
    status = Status(DeviceLevel.UNAVAILABLE, "port_missing", "/dev/cabin/terminal: no such file")
    for _ in range(3):
        adapters.translate(DeviceReport("terminal", StatusChanged(status)))
    adapters.translate(DeviceReport("terminal", StatusChanged(Status(DeviceLevel.READY))))
    assert [x.getMessage() for x in caplog.records] == [
        "terminal: unavailable (port_missing) /dev/cabin/terminal: no such file",
        "terminal: ready",
    ]


@pytest.mark.parametrize(
    ("completion", "device"),
    [
        (Success(Status(DeviceLevel.READY)), Device(Level.READY)),
        (
            Success(Status(DeviceLevel.UNAVAILABLE, "paper_out")),
            Device(Level.UNAVAILABLE, "paper_out"),
        ),
        (TimedOut(), Device(Level.UNKNOWN, "timedout")),
        (Failed("not_connected"), Device(Level.UNKNOWN, "not_connected")),
    ],
)
def test_the_printer_is_asked_and_never_printed_on(completion: Completion, device: Device) -> None:
    scene = Scene()
    workers = {"receipt_printer": scene.worker}
    scene.adapters = Adapters(workers, Gateway(), {}, scene.lanes, (), HEAD)  # type: ignore[arg-type]
    scene.adapters.ask(m.AskPrinter(7))
    assert scene.worker.told == [Ask()]
    report = DeviceReport("receipt_printer", Completed(1, completion))
    assert scene.adapters.translate(report) == [m.PrinterAnswered(7, device)]


def test_a_printer_that_is_not_configured_is_not_ready() -> None:
    scene = Scene()
    scene.adapters.ask(m.AskPrinter(7))
    gone = Device(Level.UNAVAILABLE, "not_configured")
    assert scene.answers() == [m.PrinterAnswered(7, gone)]
