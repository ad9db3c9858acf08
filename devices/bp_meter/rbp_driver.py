"""The kiosk-type blood-pressure meter (RBP-7000/9000), and the watch that the host keeps over it.

Software is never the only protection: the meter has its own, and an emergency key. What is done
here comes first all the same: stop goes out at once, is repeated until it is acknowledged, and is
the first thing said after every connect. Source: blood-pressure meter protocol, 1b and 2; Serial
and USB on Linux, "Liveness".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from devices.bp_meter import rbp_codec as c
from devices.driver import Driver, Notice, Progress
from devices.operations import Operation
from devices.status import (
    Cancelled,
    Completion,
    Failed,
    Level,
    OutcomeUnknown,
    Status,
    Success,
    TimedOut,
)

HIGHEST_MMHG = 299
"""Above it the cuff must be let go, whether the value is right or wrong (2, host-side watch)."""
LONGEST_S = 170.0
SILENT_S = 3.0
LOADED_MMHG = 20
"""A cuff that has come down below it is let go: the meter reckons and may be silent."""
RESULT_S = 30.0
"""The result comes some seconds behind the last pressure; after so long it won't."""
STOP_AGAIN_S = 0.5
LOUD_S = 2.0
ANSWER_S = 1.0
PAUSE_S = 0.5
"""Between commands, but for stop (1b)."""
ASK_IDLE_S, ASK_BUSY_S = 5.0, 1.0
MISSED = 2
HALF_S = 0.2
"""A frame of 20 bytes takes 21 ms at 9600 baud."""


@dataclass(frozen=True, slots=True)
class Identify:
    """Ask whether it is there; ends with Success()."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Start and wait for the end.

    Progress: `CuffPressure`. Ends with Success(Result), Failed(the meter's code), Cancelled when
    it was stopped, or OutcomeUnknown when nobody knows whether the cuff has been let go.
    """


@dataclass(frozen=True, slots=True)
class Stop:
    """Let the cuff go, now; ends when the meter has acknowledged it."""


class RbpMeter(Driver):
    """Results of measurements begun at the meter's own key are Notice(Result)."""

    operations: ClassVar[Mapping[str, Operation]] = {
        "identify": Operation("whether it answers", Identify),
        "measure": Operation("measure once", Measure, patience_s=LONGEST_S + RESULT_S),
        "stop": Operation("let the cuff go", Stop),
    }

    def __init__(self, idle_s: float = ASK_IDLE_S) -> None:
        """``idle_s``: how long an idle meter is left in peace between two questions."""
        super().__init__()
        self._idle_s = idle_s
        self._decoder = c.Decoder()
        self._half_since: float | None = None
        self._asked_at: float | None = None
        self._said_at = -PAUSE_S
        self._heard_at: float | None = None
        self._missed = 0
        self._stopping_since: float | None = None
        self._stop_sent_at = 0.0
        self._stops: list[int] = []
        self._measure: int | None = None
        self._identify: int | None = None
        self._start_wanted = False
        self._started_at: float | None = None
        self._acknowledged = False
        self._pressure = self._peak = 0
        self._live_at: float | None = None
        self._why: Completion = Cancelled()

    # The stream.

    def _on_opened(self, now: float) -> None:
        self._decoder = c.Decoder()
        self._half_since = self._asked_at = self._heard_at = self._live_at = None
        self._missed = 0
        self._set_status(Status(Level.UNKNOWN, "stopping"))
        self._forget_measurement()
        self._stop_now(now)

    def _on_lost(self, now: float, reason: str) -> None:  # noqa: ARG002
        self._stopping_since = None

    def _completion_when_lost(self, command_id: int, reason: str) -> Completion:
        if command_id == self._measure and self._started_at is not None:
            return OutcomeUnknown(reason)
        if command_id in self._stops:
            return OutcomeUnknown(reason)
        return Failed("not_connected", "the meter is gone")

    def _on_received(self, data: bytes, now: float) -> None:
        for _, message in self._decoder.feed(data):
            self._hear(message, now)
        if not self._decoder.pending:
            self._half_since = None
        elif self._half_since is None:
            self._half_since = now

    def _hear(self, message: c.Message, now: float) -> None:
        if isinstance(message, c.Noise):
            return
        self._heard_at, self._missed = now, 0
        match message:
            case c.Acknowledged():
                self._acknowledge(message, now)
            case c.CuffPressure():
                self._live(message, now)
            case c.Result():
                self._finish(Success(message), message, now)
            case c.MeterError():
                code = f"{message.code:02X}"
                self._finish(Failed(code, message.meaning), message, now)
            case c.Key():
                self._report(Notice(message))
            case c.Unknown():
                pass

    def _acknowledge(self, message: c.Acknowledged, now: float) -> None:
        if message.command == c.STOP and message.good and self._stopping_since is not None:
            self._stopped(now)
        elif message.command == c.CONNECT:
            self._asked_at = None
            self._known(message, now)
        elif message.command == c.START and self._started_at is not None:
            self._acknowledged = True
            if not message.good:
                self._stop_because(Failed("start_refused", "the meter won't start"), now)

    def _known(self, message: c.Acknowledged, now: float) -> None:
        if self._identify is not None:
            refused = Failed("refused", "the meter refused to connect")
            self._complete(self._identify, Success() if message.good else refused, now)
        busy = self._stopping_since is not None or self._started_at is not None
        if message.good and not busy and self._measure is None:
            self._set_status(Status(Level.READY))

    # The measurement.

    def _live(self, message: c.CuffPressure, now: float) -> None:
        if self._started_at is None and self._stopping_since is None:
            # Begun at the meter's own key: the same watch is kept over it.
            self._started_at, self._acknowledged = now, True
            self._set_status(Status(Level.BUSY, "measuring"))
        self._pressure, self._live_at = message.mmhg, now
        self._peak = max(self._peak, message.mmhg)
        if self._measure is not None:
            self._report(Progress(self._measure, message))
        else:
            self._report(Notice(message))
        if message.mmhg > HIGHEST_MMHG and self._stopping_since is None:
            meaning = f"{message.mmhg} mmHg in the cuff can't be"
            self._stop_because(Failed("pressure_too_high", meaning), now)

    def _finish(self, completion: Completion, message: c.Message, now: float) -> None:
        command_id = self._measure
        self._forget_measurement()
        if self._stopping_since is None:
            self._set_status(Status(Level.READY))
        if command_id is not None:
            self._complete(command_id, completion, now)
        else:
            self._report(Notice(message))

    def _forget_measurement(self) -> None:
        self._measure = self._started_at = self._live_at = None
        self._start_wanted = self._acknowledged = False
        self._pressure = self._peak = 0

    # Stop.

    def _stop_because(self, why: Completion, now: float) -> None:
        """Let the cuff go; the measurement ends with ``why`` when that is certain."""
        self._why = why
        self._stop_now(now)

    def _stop_now(self, now: float) -> None:
        self._start_wanted = False
        if self._stopping_since is None:
            self._stopping_since = now
        self._send_stop(now)

    def _send_stop(self, now: float) -> None:
        self._send(c.encode(c.STOP))
        self._stop_sent_at = self._said_at = now

    def _stopped(self, now: float) -> None:
        self._stopping_since = None
        measure, why = self._measure, self._why
        self._forget_measurement()
        self._why = Cancelled()
        for command_id in tuple(self._stops):
            self._complete(command_id, Success(), now)
        if measure is not None:
            self._complete(measure, why, now)
        self._set_status(Status(Level.UNKNOWN, "asking"))
        self._ask_at_once()

    def _ask_at_once(self) -> None:
        self._asked_at, self._heard_at = None, None

    def _be_loud(self, now: float) -> None:
        """Nobody knows whether the cuff presses: say so, and go on asking for it to stop."""
        self._set_status(Status(Level.UNAVAILABLE, "stop_unacknowledged"))
        for command_id in tuple(self._stops):
            self._complete(command_id, OutcomeUnknown("stop_unacknowledged"), now)
        if self._identify is not None:
            self._complete(self._identify, TimedOut(), now)
        if self._measure is not None:
            command_id, started = self._measure, self._started_at is not None
            self._forget_measurement()
            unknown = OutcomeUnknown("stop_unacknowledged")
            self._complete(command_id, unknown if started else TimedOut(), now)

    # Commands.

    def _runs_beside(self, command: object) -> bool:
        return isinstance(command, Stop)

    def _on_submitted(self, command_id: int, command: object, now: float) -> None:
        if isinstance(command, Stop):
            self._stops.append(command_id)
            self._stop_now(now)
        elif isinstance(command, Measure):
            if self._status.level is not Level.READY:
                why = Failed("not_ready", f"the meter is {self._status.reason or 'busy'}")
                self._complete(command_id, why, now)
                return
            self._measure, self._start_wanted = command_id, True
            self._on_ticked(now)
        elif isinstance(command, Identify):
            self._identify = command_id
            if self._asked_at is None:
                self._ask_at_once()
            self._on_ticked(now)
        else:
            name = type(command).__name__
            self._complete(command_id, Failed("not_supported", f"no {name} here"), now)

    def _on_cancelled(self, command_id: int, now: float) -> None:
        if command_id == self._measure and self._started_at is not None:
            self._stop_because(Cancelled(), now)
        elif command_id not in self._stops:
            self._complete(command_id, Cancelled(), now)
        # A stop isn't taken back.

    def _on_completed(self, command_id: int, now: float) -> None:  # noqa: ARG002
        if command_id in self._stops:
            self._stops.remove(command_id)
        if command_id == self._identify:
            self._identify = None
        if command_id == self._measure:
            self._forget_measurement()

    # Time.

    def _on_ticked(self, now: float) -> None:
        if self._half_since is not None and now >= self._half_since + HALF_S:
            self._half_since = None
            for _, message in self._decoder.give_up():
                self._hear(message, now)
        if self._stopping_since is not None:
            if now >= self._stopping_since + LOUD_S:
                self._be_loud(now)
            if now >= self._stop_sent_at + STOP_AGAIN_S:
                self._send_stop(now)
            return
        self._watch(now)
        if self._start_wanted and now >= self._said_at + PAUSE_S:
            self._start(now)
        if self._started_at is None:
            self._ask(now)

    def _start(self, now: float) -> None:
        self._start_wanted = False
        self._started_at = self._said_at = now
        self._send(c.encode(c.START), self._measure)
        self._set_status(Status(Level.BUSY, "measuring"))

    def _watch(self, now: float) -> None:
        """What the host must not look on at (2): too long, or silence while the cuff presses."""
        if self._started_at is None:
            return
        since = self._live_at if self._live_at is not None else self._started_at
        if now >= self._started_at + LONGEST_S:
            self._stop_because(Failed("too_long", f"no end within {LONGEST_S:.0f} s"), now)
        elif now >= since + self._silence_allowed():
            why = "no_result" if self._reckoning() else "silent"
            self._stop_because(Failed(why, "the meter said nothing more"), now)

    def _reckoning(self) -> bool:
        return self._pressure < LOADED_MMHG <= self._peak

    def _silence_allowed(self) -> float:
        return RESULT_S if self._reckoning() else SILENT_S

    def _ask(self, now: float) -> None:
        """The harmless question, so that silence is noticed."""
        if self._asked_at is not None and now >= self._asked_at + ANSWER_S:
            self._asked_at = None
            self._missed += 1
            if self._identify is not None:
                self._complete(self._identify, TimedOut(), now)
            if self._missed >= MISSED:
                self._set_status(Status(Level.UNAVAILABLE, "no_answer"))
        if self._asked_at is None and now >= max(self._next_question(), self._said_at + PAUSE_S):
            self._send(c.encode(c.CONNECT))
            self._asked_at = self._said_at = now

    def _next_question(self) -> float:
        if self._heard_at is None or self._missed:
            return self._said_at + (ASK_BUSY_S if self._missed else 0.0)
        return max(self._heard_at, self._said_at) + self._idle_s

    def _next_tick(self) -> float | None:
        times = []
        if self._half_since is not None:
            times.append(self._half_since + HALF_S)
        if self._stopping_since is not None:
            times.append(self._stop_sent_at + STOP_AGAIN_S)
            return min(times)
        if self._start_wanted:
            times.append(self._said_at + PAUSE_S)
        if self._started_at is not None:
            since = self._live_at if self._live_at is not None else self._started_at
            times += [self._started_at + LONGEST_S, since + self._silence_allowed()]
        elif self._asked_at is not None:
            times.append(self._asked_at + ANSWER_S)
        else:
            times.append(max(self._next_question(), self._said_at + PAUSE_S))
        return min(times)
