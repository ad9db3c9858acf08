"""The clinic's desk where a machine or the record is missing, and what a meter's words mean."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from devices.bp_meter.ieee_config import Observation
from devices.bp_meter.rbp_codec import CuffPressure, MeterError, Result
from devices.driver import Completed, Notice, Progress
from devices.status import Cancelled, Completion, Failed, OutcomeUnknown, Success, TimedOut
from kiosk.adapters.clinic import ClinicDesk
from kiosk.core.events import Printing
from kiosk.core.visit import clinic_messages as cm
from kiosk.core.visit.clinic_steps import Outcome, Sending, Why
from kiosk.gateways.record import RecordKept, RecordRefused
from kiosk.gateways.types import NoAnswer, Reason
from kiosk.order_text import Letterhead
from tests.support.clinic_states import RESULTS

HEAD = Letterhead("数字小屋", "示例路380弄", "021-0000 0000", 3, time.gmtime)
RESULT = Result(128, 79, 71, "2026-11-22T20:15:00", 1)


class Desk:
    """A desk whose machines note what they are told, and whose lanes answer at once."""

    def __init__(self, *roles: str, record: Any = None, remote: bool = True) -> None:
        self.told: list[tuple[str, object]] = []
        self.said: list[object] = []
        workers = {role: _Worker(role, self.told) for role in roles}
        self.desk = ClinicDesk(workers, self, HEAD, record, token_prefix="HR1", remote_start=remote)

    def run(self, lane: str, call: Callable[[], object], broken: object = None) -> None:
        del lane
        try:
            self.said.append(call())
        except RuntimeError:
            self.said.append(broken)


class _Worker:
    def __init__(self, role: str, told: list[tuple[str, object]]) -> None:
        self._role, self._told = role, told

    def submit(self, command: object) -> int:
        self._told.append((self._role, command))
        return len(self._told)


class Record:
    """Answers as told, or fails; remembers under which numbers it was asked."""

    def __init__(self, answer: RecordKept | RecordRefused | NoAnswer | None) -> None:
        self.answer = answer
        self.numbers: list[str] = []

    def put(self, result_no: str, token: str, bundle: Mapping[str, object]) -> Any:
        del token, bundle
        self.numbers.append(result_no)
        if self.answer is None:
            raise RuntimeError("a defect")
        return self.answer


def measured(completion: Completion) -> list[Any]:
    desk = Desk("bp_meter")
    desk.desk.ask(cm.MeasureNow(7))
    return list(desk.desk.heard(Completed(1, completion)))


@pytest.mark.parametrize(
    ("completion", "why"),
    [
        (Failed("01"), Why.TOO_HIGH),
        (Failed("02"), Why.LEAK),
        (Failed("05"), Why.MOVED),
        (Failed("06"), Why.NO_PULSE),
        (Failed("07"), Why.BATTERY),
        (Failed("09"), Why.DEFLATION),
        (Failed("0F"), Why.LEAK),
        (Failed("10"), Why.MOTOR),
        (Failed("33"), Why.OTHER),
        (Failed("not_connected"), Why.LOST),
        (Cancelled(), Why.STOPPED),
        (TimedOut(), Why.NOT_STARTED),
        (OutcomeUnknown("unplugged"), Why.LOST),
        (Success(None), Why.OTHER),
    ],
)
def test_every_end_without_a_result_is_a_reason(completion: Completion, why: Why) -> None:
    assert measured(completion) == [cm.MeterFailed(7, why)]


def test_results_and_pressures_whoever_began_them() -> None:
    assert measured(Success(RESULT)) == [cm.MeterRead(7, 128, 79, 71)]
    desk = Desk("bp_meter").desk
    assert desk.heard(Notice(RESULT)) == [cm.MeterRead(0, 128, 79, 71)]
    seen = Observation(120.5, None, 93.0, 70.0)
    assert desk.heard(Notice(seen)) == [cm.MeterRead(0, 120.5, None, 70.0, 93.0)]
    assert desk.heard(Notice(MeterError(6, ""))) == [cm.MeterFailed(0, Why.NO_PULSE)]
    for report in (Notice(CuffPressure(88)), Progress(1, CuffPressure(88))):
        assert desk.heard(report) == [cm.CuffPressed(88)]
    assert desk.heard(Completed(99, Success(RESULT))) == [], "nobody asked"


def test_stop_is_certain_only_if_the_meter_says_so() -> None:
    for completion in (Success(), Failed("not_connected"), OutcomeUnknown("unplugged")):
        desk = Desk("bp_meter").desk
        desk.ask(cm.StopMeter())
        assert desk.heard(Completed(1, completion)) == [
            cm.MeterStopped(isinstance(completion, Success))
        ]


def test_without_remote_start_or_meter_nothing_is_sent_and_nothing_promised() -> None:
    for desk in (Desk("bp_meter", remote=False), Desk()):
        desk.desk.ask(cm.MeasureNow(7))
        desk.desk.ask(cm.StopMeter())
        assert desk.told == []
        assert desk.said == [cm.MeterFailed(7, Why.NOT_READY), cm.MeterStopped(False)]


@pytest.mark.parametrize(
    ("completion", "printing"),
    [
        (Success(), Printing.PRINTED),
        (Failed("paper_out"), Printing.NOT_PRINTED),
        (TimedOut(), Printing.NOT_PRINTED),
        (OutcomeUnknown("paper_out"), Printing.UNKNOWN),
    ],
)
def test_a_slip_is_printed_only_when_the_printer_says_so(
    completion: Completion, printing: Printing
) -> None:
    desk = Desk("receipt_printer")
    desk.desk.ask(cm.PrintResult(4, RESULTS["first"]))
    assert desk.desk.printed(Completed(9, completion)) is None, "another paper's"
    assert desk.desk.printed(Completed(1, completion)) == [cm.SlipAnswered(4, printing)]
    assert desk.desk.printed(Completed(1, completion)) is None


def test_two_starts_of_the_kiosk_never_name_a_job_alike() -> None:
    names = set()
    for _ in range(2):
        desk = Desk("receipt_printer")
        desk.desk.ask(cm.PrintResult(1, RESULTS["first"]))
        names.add(desk.told[0][1].job_id)  # type: ignore[attr-defined]
    assert len(names) == 2


def test_without_a_printer_no_paper_is_promised() -> None:
    desk = Desk()
    desk.desk.ask(cm.PrintResult(4, RESULTS["first"]))
    assert desk.said == [cm.SlipAnswered(4, Printing.NOT_PRINTED)]


def outcome(request: int = 3) -> Outcome:
    from dataclasses import replace

    return replace(RESULTS["first"], token="HR1-3801-0001", sending_request=request)


@pytest.mark.parametrize(
    ("answer", "sending"),
    [
        (RecordKept(), Sending.SENT),
        (RecordRefused("EQ0004"), Sending.REFUSED),
        (NoAnswer(Reason.UNREACHABLE, sent=False), Sending.NOT_SENT),
        (NoAnswer(Reason.TIMEOUT), Sending.UNKNOWN),
        (None, Sending.UNKNOWN),
    ],
)
def test_what_the_record_says(answer: Any, sending: Sending) -> None:
    desk = Desk(record=Record(answer))
    desk.desk.ask(cm.SendResult(3, outcome()))
    assert desk.said == [cm.RecordAnswered(3, sending)]


def test_one_sending_has_one_number_and_another_one_another() -> None:
    record = Record(NoAnswer(Reason.TIMEOUT))
    desk = Desk(record=record)
    for request in (3, 3, 4):
        desk.desk.ask(cm.SendResult(request, outcome(request)))
    first, again, other = record.numbers
    assert first == again != other


def test_without_a_record_nothing_is_sent_and_no_code_is_one() -> None:
    desk = Desk()
    desk.desk.ask(cm.SendResult(3, outcome()))
    assert desk.said == [cm.RecordAnswered(3, Sending.NOT_SENT)]
    assert desk.desk.token("HR1-3801-0001") is None
    with_record = Desk(record=Record(None)).desk
    assert with_record.token("HR1-3801-0001") == cm.TokenScanned("HR1-3801-0001")
    assert with_record.token("HR1") is None
    assert with_record.token("912345678901234567890123456") is None
