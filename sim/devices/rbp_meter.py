"""The kiosk-type blood-pressure meter (RBP-7000/9000): a cuff, a person in it, and its line.

Written from "Blood-pressure meter", 1b. Pressure rises, falls slowly, and is pushed while it does;
the result comes some seconds after the last pressure. After a stop the cuff deflates.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from sim.clock import Clock
from sim.devices.model import Action, ActionError, Model, Timer, whole_of
from sim.faults import Faults

CHINA = timezone(timedelta(hours=8))
PUSH_S = 0.2
ANSWER_S = 0.02
RISE_MMHG_S, FALL_MMHG_S, LET_GO_MMHG_S = 30.0, 6.0, 100.0
ABOVE_SYSTOLIC = 35
EMPTY_MMHG = 5.0
RECKON_S = 3.0
CONNECT, START, STOP, LIVE, RESULT, ERROR, PANEL, ELBOW = 1, 2, 3, 5, 6, 7, 8, 9
CODES = {"over_pressure": 0x01, "leak": 0x02, "movement": 0x05, "no_pulse": 0x06}
IDLE, RISING, FALLING, RECKONING, EMPTYING = "idle", "rising", "falling", "reckoning", "emptying"


def frame(sub: int, data: bytes) -> bytes:
    """A frame from the meter: AA80, version, length of what follows, type 1, sub, data, XOR."""
    body = bytes((3, 2 + len(data), 1, sub)) + data
    check = 0
    for byte in body:
        check ^= byte
    return b"\xaa\x80" + body + bytes((check,))


class RbpMeter(Model):
    """`person` sits in the cuff: mmHg and beats a minute."""

    def __init__(self, clock: Clock, faults: Faults, device_id: str = "bp_meter") -> None:
        super().__init__(device_id)
        self._clock, self._faults = clock, faults
        self.person = {"systolic": 128, "diastolic": 79, "pulse": 71}
        self.phase = IDLE
        self.pressure = 0.0
        self.starts = self.stops = self.results = 0
        self._target = 0.0
        self._input = b""
        self._timer: Timer | None = None

    # ---- the outside world ----

    def actions(self) -> Mapping[str, Action]:
        return {
            "person": Action("换个人坐下", "another person sits down", dict(self.person)),
            "key": Action("按血压计上的键", "press the meter's own key"),
            "emergency": Action("按急停", "press the emergency key"),
        }

    def act(self, name: str, body: Mapping[str, object]) -> dict[str, object]:
        """person {"systolic", "diastolic", "pulse"}; key: start or stop; emergency: let go."""
        if name == "person":
            person = {x: whole_of(body, x, now) for x, now in self.person.items()}
            if not 0 < person["diastolic"] < person["systolic"] <= 250:
                raise ActionError("0 < diastolic < systolic <= 250 mmHg is wanted")
            if not 0 < person["pulse"] <= 250:
                raise ActionError("a pulse between 1 and 250 is wanted")
            self.person = person
        elif name == "key":
            self._write(frame(PANEL, b"\0"))
            if self.phase == IDLE:
                self._begin()
            else:
                self._let_go()
        elif name == "emergency":
            self._let_go()
        else:
            raise ActionError(f"{name}: no such action")
        return {}

    def state(self) -> dict[str, object]:
        return {
            "phase": self.phase,
            "pressure": round(self.pressure),
            "person": dict(self.person),
            "starts": self.starts,
            "stops": self.stops,
            "results": self.results,
        }

    # ---- the line ----

    def receive(self, data: bytes) -> None:
        self._input += data
        while len(self._input) >= 5:
            length = self._input[3] + 5
            if self._input[:2] != b"\xcc\x80" or length > 40:
                self._input = self._input[1:]
                continue
            if len(self._input) < length:
                return
            raw = self._input[:length]
            check = 0
            for byte in raw[2:]:
                check ^= byte
            if check:
                self._input = self._input[1:]
                continue
            self._input = self._input[length:]
            if raw[4] == 1 and not self._strikes("silent"):
                self._obey(raw[5])

    def link_down(self) -> None:
        """The cable is pulled: it measures on, for nobody can tell it otherwise."""
        super().link_down()
        self._input = b""

    def _obey(self, sub: int) -> None:
        if sub == CONNECT:
            self._answer(CONNECT, good=True)
        elif sub == START:
            self.starts += 1
            refused = self.phase != IDLE or self._strikes("start_refused")
            self._answer(START, good=not refused)
            if not refused:
                self._begin()
        elif sub == STOP:
            self.stops += 1
            if self._strikes("stop_ignored"):
                return
            if not self._strikes("stop_unheard"):
                self._answer(STOP, good=True)
            self._let_go()

    def _answer(self, sub: int, *, good: bool) -> None:
        said = frame(sub, b"\0" if good else b"\1")
        self._after(ANSWER_S, lambda: self._write(said))

    def _strikes(self, kind: str) -> bool:
        return self._faults.take(self.device_id, kind) is not None

    # ---- the cuff ----

    def _begin(self) -> None:
        self.phase, self.pressure = RISING, EMPTY_MMHG
        self._target = float(self.person["systolic"] + ABOVE_SYSTOLIC)
        if self._strikes("over_pressure"):
            self._target = 340.0
        self._next(PUSH_S)

    def _next(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._after(seconds, self._step)

    def _step(self) -> None:
        self._timer = None
        if self.phase == RISING:
            self._rise()
        elif self.phase == FALLING:
            self._fall()
        elif self.phase == EMPTYING:
            self.pressure = max(0.0, self.pressure - LET_GO_MMHG_S * PUSH_S)
            if self.pressure:
                self._next(PUSH_S)
            else:
                self.phase = IDLE
        elif self.phase == RECKONING:
            self._result()

    def _rise(self) -> None:
        self.pressure += RISE_MMHG_S * PUSH_S
        self._push()
        if self._strikes("leak"):
            self._give_up("leak")
        elif self._strikes("link_stalls"):
            return  # it stands with the cuff full and says nothing more
        elif self.pressure >= self._target:
            if self._target > 300:
                self._give_up("over_pressure")
            else:
                self.phase = FALLING
                self._next(PUSH_S)
        else:
            self._next(PUSH_S)

    def _fall(self) -> None:
        self.pressure -= FALL_MMHG_S * PUSH_S
        self._push()
        if self._strikes("movement"):
            self._give_up("movement")
        elif self.pressure <= self.person["diastolic"] - 15:
            # Both are found: the valve opens, then it reckons.
            self.pressure = 0.0
            self._push()
            self.phase = RECKONING
            self._next(RECKON_S)
        else:
            self._next(PUSH_S)

    def _push(self) -> None:
        mmhg = round(self.pressure)
        high, low = mmhg >> 8, (mmhg & 0xFF) ^ (mmhg >> 8)
        self._write(frame(LIVE, bytes((0, high, 0, 0, low, 0))))

    def _result(self) -> None:
        self.phase = IDLE
        if self._strikes("no_pulse"):
            self._write(frame(ERROR, bytes((CODES["no_pulse"],))))
            return
        if self._strikes("no_result"):
            return
        moment = datetime.fromtimestamp(self._clock.time(), CHINA)
        time = bytes(
            (moment.year % 100, moment.month, moment.day, moment.hour, moment.minute, moment.second)
        )
        values = b"".join(
            self.person[x].to_bytes(2, "big") for x in ("systolic", "diastolic", "pulse")
        )
        self.results += 1
        said = frame(RESULT, b"\1" + time + values)
        self._write(said)
        if self._strikes("repeat"):
            self._write(said)

    def _give_up(self, why: str) -> None:
        self._write(frame(ERROR, bytes((CODES[why],))))
        self._let_go()

    def _let_go(self) -> None:
        if self.phase in (IDLE, EMPTYING):
            return
        self.phase = EMPTYING
        self._next(PUSH_S)
