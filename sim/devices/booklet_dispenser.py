"""The record-booklet dispenser (QU-CD-720M/820M): a hopper, a path, a slot, a bin.

Written from "ID-card reader and record-booklet dispenser", 5b: ACK first, ENQ before anything is
done, twelve flags, of which two stay until they are cleared. Both readings of the manual's
contradiction are there: RF says 000 for ready, PB has a bit of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.devices.model import Action, ActionError, Model, Timer, whole_of
from sim.faults import Faults

ANSWER_S = 0.03
MOVE_S, BACK_S, RESET_S = 2.0, 2.0, 100.0
LOW, BIN_HOLDS = 5, 20
READY, MOVING, AT_TAKE, BACK, STUCK = "ready", "moving", "at_take", "back", "stuck"


def framed(body: bytes) -> bytes:
    raw = b"\x02" + body + b"\x03"
    check = 0
    for byte in raw:
        check ^= byte
    return raw + bytes((check,))


class BookletDispenser(Model):
    """`hopper` booklets are left; `out` have left the cabin in somebody's hand."""

    def __init__(self, faults: Faults, device_id: str = "booklet_dispenser") -> None:
        super().__init__(device_id)
        self._faults = faults
        self.hopper, self.bin, self.out = 50, 0, 0
        self.place = READY
        self.taken = self.called_back = self.jammed = self.failure = False
        self.dispenses = 0
        self._input = b""
        self._waiting: bytes | None = None
        self._timer: Timer | None = None

    # ---- the outside world ----

    def actions(self) -> Mapping[str, Action]:
        actions = {
            "refill": Action("加病历本", "refill", {"count": 50}),
            "empty_bin": Action("清回收箱", "empty the bin"),
            "clear_jam": Action("清卡本", "clear a jam"),
        }
        if self.place == AT_TAKE:
            actions["take"] = Action("拿走", "take it")
        return actions

    def act(self, name: str, body: Mapping[str, object]) -> dict[str, object]:
        """take; refill {"count"}; empty_bin; clear_jam: whatever was stuck is taken out."""
        if name == "take":
            if self.place != AT_TAKE:
                raise ActionError("nothing lies there to take")
            self.place, self.taken = READY, True
            self.out += 1
        elif name == "refill":
            count = whole_of(body, "count", 50)
            if not 0 <= count <= 200:
                raise ActionError("count: between 0 and 200")
            self.hopper = count
        elif name == "empty_bin":
            self.bin = 0
        elif name == "clear_jam":
            self._reset()
        else:
            raise ActionError(f"{name}: no such action")
        return {}

    def state(self) -> dict[str, object]:
        return {
            "place": self.place,
            "hopper": self.hopper,
            "bin": self.bin,
            "out": self.out,
            "jammed": self.jammed,
            "dispenses": self.dispenses,
        }

    def ledger(self) -> dict[str, int]:
        """How many really left the cabin."""
        return {"out": self.out}

    def link_down(self) -> None:
        """The cable is pulled: what is on its way goes on."""
        super().link_down()
        self._input, self._waiting = b"", None

    # ---- the line ----

    def receive(self, data: bytes) -> None:
        self._input += data
        while self._input:
            if self._input[0] == 0x05:
                self._input = self._input[1:]
                self._enquired()
            elif self._input[0] != 0x02:
                self._input = self._input[1:]
            elif len(self._input) < 5:
                return
            else:
                raw, self._input = self._input[:5], self._input[5:]
                self._commanded(raw)

    def _commanded(self, raw: bytes) -> None:
        if self._strikes("silent"):
            return
        word = raw[1:3]
        known = word in (b"DC", b"CP", b"RF", b"ST", b"PB", b"PC", b"GV")
        if raw != framed(word) or not known or self._strikes("nak"):
            self._say(b"\x15")
            return
        if word == b"DC" and self._strikes("dispense_unheard"):
            return
        self._waiting = word
        if not self._strikes("ack_lost"):
            self._say(b"\x06")

    def _enquired(self) -> None:
        """Only now is anything done, and only once for each command."""
        word, self._waiting = self._waiting, None
        if word == b"DC":
            self._dispense()
        elif word == b"CP":
            self._call_back()
        elif word == b"ST":
            self._reset()
        elif word == b"PC":
            self.taken = self.called_back = False
            self._say(framed(b"PB" + self._flags()))
        elif word == b"PB":
            if not self._strikes("answer_lost"):
                self._say(framed(b"PB" + self._flags()))
        elif word == b"RF":
            self._say(framed(b"SF" + self._state_digits()))
        elif word == b"GV":
            self._say(framed(b"GV319"))

    def _say(self, data: bytes) -> None:
        self._after(ANSWER_S, lambda: self._write(data))

    def _strikes(self, kind: str) -> bool:
        return self._faults.take(self.device_id, kind) is not None

    def _flags(self) -> bytes:
        ready = self.place == READY and not (self.jammed or self.failure) and self.hopper > 0
        nibbles = (
            (self.bin >= BIN_HOLDS, self.failure, self.place == BACK, self.place == MOVING),
            (self.hopper < LOW, self.jammed, self.called_back, self.taken),
            (ready, False, self.place == AT_TAKE, self.hopper == 0),
        )
        return bytes(0x30 + sum(1 << i for i, bit in enumerate(bits) if bit) for bits in nibbles)

    def _state_digits(self) -> bytes:
        """One condition, by the maker's priority."""
        table = (
            (self.failure, b"200"),
            (self.jammed, b"020"),
            (self.bin >= BIN_HOLDS, b"100"),
            (self.place == MOVING, b"800"),
            (self.place == BACK, b"400"),
            (self.place == AT_TAKE, b"004"),
            (self.hopper == 0, b"008"),
            (self.hopper < LOW, b"010"),
        )
        return next((digits for holds, digits in table if holds), b"000")

    # ---- the path ----

    def _move(self, seconds: float, then: str) -> None:
        if self._timer is not None:
            self._timer.cancel()
        step = {"arrive": self._arrive, "drop": self._drop, "reset": self._reset}[then]
        self._timer = self._after(seconds, step)

    def _dispense(self) -> None:
        if self.place != READY or self.jammed or self.failure or self.hopper == 0:
            return
        self.dispenses += 1
        if self._strikes("failure"):
            self.failure = True
            self._move(RESET_S, "reset")
            return
        self.hopper -= 1
        self.place = MOVING
        self._move(MOVE_S, "arrive")

    def _arrive(self) -> None:
        if self._strikes("jam"):
            self._jam()
        else:
            self.place = AT_TAKE

    def _call_back(self) -> None:
        if self.place == AT_TAKE and not self._strikes("stays"):
            self.place = BACK
            self._move(BACK_S, "drop")

    def _drop(self) -> None:
        if self._strikes("jam"):
            self._jam()
            return
        self.place, self.called_back = READY, True
        self.bin += 1

    def _jam(self) -> None:
        self.place, self.jammed = STUCK, True
        self._move(RESET_S, "reset")

    def _reset(self) -> None:
        """By a command, by hand, or by itself after 100 s: then it says that it is ready."""
        if self.place == STUCK:
            self.place = READY
        self.jammed = self.failure = False
