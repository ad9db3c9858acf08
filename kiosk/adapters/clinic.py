"""The clinic's commands to the meter, the printer and the health record, and their answers.

No value of a reading is logged here, and none stays: what waits for an answer are numbers.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Protocol

from devices.bp_meter.ieee_config import Observation
from devices.bp_meter.rbp_codec import CuffPressure, MeterError, Result
from devices.bp_meter.rbp_driver import Measure, Stop
from devices.driver import Completed, Notice, Progress, Report
from devices.receipt_printer.document import Print as PrintDocument
from devices.status import Cancelled, Completion, Failed, OutcomeUnknown, Success, TimedOut
from kiosk.clinic_fhir import bundle
from kiosk.clinic_slip import compose
from kiosk.core.events import Printing
from kiosk.core.state import BP_METER, PRINTER
from kiosk.core.visit import clinic_messages as cm
from kiosk.core.visit.clinic_steps import Sending, Why
from kiosk.core.visit.messages import VisitEvent
from kiosk.gateways import record as r
from kiosk.gateways.types import NoAnswer
from kiosk.order_text import Letterhead

_log = logging.getLogger(__name__)

RECORD = "record"
_WHY = {
    "01": Why.TOO_HIGH,
    "02": Why.LEAK,
    "05": Why.MOVED,
    "06": Why.NO_PULSE,
    "07": Why.BATTERY,
    "09": Why.DEFLATION,
    "0F": Why.LEAK,
    "10": Why.MOTOR,
    "pressure_too_high": Why.TOO_HIGH,
    "too_long": Why.NO_RESULT,
    "silent": Why.NO_RESULT,
    "no_result": Why.NO_RESULT,
    "start_refused": Why.NOT_STARTED,
    "not_ready": Why.NOT_READY,
    "not_connected": Why.LOST,
}
"""The meter's and the driver's codes (blood-pressure meter protocol, 1b, errors)."""


class DeviceWorker(Protocol):
    def submit(self, command: object) -> int: ...


class Lanes(Protocol):
    def run(self, lane: str, call: Callable[[], object], broken: object = None) -> None: ...


class ClinicDesk:
    """Used on the engine's thread only. ``record`` is None if the cabin has none."""

    def __init__(
        self,
        workers: Mapping[str, DeviceWorker],
        lanes: Lanes,
        head: Letterhead,
        record: r.HealthRecord | None = None,
        *,
        token_prefix: str = "",
        remote_start: bool = True,
    ) -> None:
        self._workers = workers
        self._lanes = lanes
        self._head = head
        self._record = record
        self._prefix = token_prefix
        self._remote = remote_start and BP_METER in workers
        self._measuring: dict[int, int] = {}
        self._stops: set[int] = set()
        self._printing: dict[int, int] = {}
        self._sending: tuple[int, str] = (0, "")
        # Jobs of an earlier start must not look like this one's: the printer may remember them.
        self._run = secrets.token_hex(4)

    # Commands

    def ask(self, command: cm.ClinicCommand) -> None:
        match command:
            case cm.MeasureNow() if self._remote:
                number = self._workers[BP_METER].submit(Measure())
                self._measuring[number] = command.request
            case cm.MeasureNow():
                self._say(cm.MeterFailed(command.request, Why.NOT_READY))
            case cm.StopMeter() if self._remote:
                self._stops.add(self._workers[BP_METER].submit(Stop()))
            case cm.StopMeter():
                # Only its own key stops this one, and nobody can say from here whether it did.
                self._say(cm.MeterStopped(sure=False))
            case cm.PrintResult():
                self._print(command)
            case cm.SendResult():
                self._send(command)
            case _:
                raise TypeError(f"nobody answers {type(command).__name__}")

    def _say(self, event: VisitEvent) -> None:
        """Answer instead of a machine, after what led here is done with."""
        self._lanes.run("nobody", lambda: event)

    def _print(self, command: cm.PrintResult) -> None:
        if PRINTER not in self._workers:
            self._say(cm.SlipAnswered(command.request, Printing.NOT_PRINTED))
            return
        document = compose(command.outcome, self._head)
        job = PrintDocument(f"HEALTH{self._run}{command.request}", document)
        self._printing[self._workers[PRINTER].submit(job)] = command.request

    def _send(self, command: cm.SendResult) -> None:
        """The same request goes out under the same id, so that it is kept once at most."""
        record, request = self._record, command.request
        if record is None:
            self._say(cm.RecordAnswered(request, Sending.NOT_SENT))
            return
        if self._sending[0] != request:
            self._sending = (request, secrets.token_hex(16).upper())
        number, token = self._sending[1], command.outcome.token
        content = bundle(command.outcome)
        unknown = cm.RecordAnswered(request, Sending.UNKNOWN)

        def call() -> VisitEvent:
            return cm.RecordAnswered(request, _sent(record.put(number, token, content)))

        self._lanes.run(RECORD, call, unknown)

    # What is heard

    def token(self, text: str) -> cm.TokenScanned | None:
        """The code of somebody's record, None for any other code."""
        if self._record is None or not self._prefix or not text.startswith(self._prefix):
            return None
        return cm.TokenScanned(text) if len(text) > len(self._prefix) else None

    def heard(self, report: Report) -> list[VisitEvent]:
        """What a report of the meter means, but for its status."""
        match report:
            case Progress(what=CuffPressure() as cuff) | Notice(what=CuffPressure() as cuff):
                return [cm.CuffPressed(cuff.mmhg)]
            case Notice(what=Result() as result):
                return [_read(0, result)]
            case Notice(what=Observation() as observed):
                return [_observed(observed)]
            case Notice(what=MeterError() as error):
                return [cm.MeterFailed(0, _WHY.get(f"{error.code:02X}", Why.OTHER))]
            case Completed():
                return self._completed(report)
            case _:
                return []

    def _completed(self, report: Completed) -> list[VisitEvent]:
        if report.command_id in self._stops:
            self._stops.discard(report.command_id)
            return [cm.MeterStopped(isinstance(report.completion, Success))]
        request = self._measuring.pop(report.command_id, None)
        return [] if request is None else [_measured(request, report.completion)]

    def printed(self, report: Completed) -> list[VisitEvent] | None:
        """The end of one of our slips, None if it is another paper's."""
        request = self._printing.pop(report.command_id, None)
        if request is None:
            return None
        match report.completion:
            case Success():
                result = Printing.PRINTED
            case Failed() | Cancelled() | TimedOut():
                result = Printing.NOT_PRINTED
            case _:
                result = Printing.UNKNOWN
        return [cm.SlipAnswered(request, result)]


def _read(request: int, result: Result) -> cm.MeterRead:
    return cm.MeterRead(request, result.systolic, result.diastolic, result.pulse)


def _observed(found: Observation) -> cm.MeterRead:
    return cm.MeterRead(0, found.systolic, found.diastolic, found.pulse, found.mean)


def _measured(request: int, completion: Completion) -> VisitEvent:
    match completion:
        case Success(value=Result() as result):
            return _read(request, result)
        case Failed():
            return cm.MeterFailed(request, _WHY.get(completion.code, Why.OTHER))
        case Cancelled():
            return cm.MeterFailed(request, Why.STOPPED)
        case TimedOut():
            return cm.MeterFailed(request, Why.NOT_STARTED)
        case OutcomeUnknown():
            return cm.MeterFailed(request, Why.LOST)
        case _:
            return cm.MeterFailed(request, Why.OTHER)


def _sent(answer: r.RecordKept | r.RecordRefused | NoAnswer) -> Sending:
    match answer:
        case r.RecordKept():
            return Sending.SENT
        case r.RecordRefused():
            return Sending.REFUSED
        case NoAnswer(sent=False):
            return Sending.NOT_SENT
        case _:
            return Sending.UNKNOWN
