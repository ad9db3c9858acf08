"""The rice mill: two bins, a scale, a mill, a lift door, and a board that knows Modbus.

Written from "Rice mill", 4a, with the quirks of the firmware described there: a register acts only
when its value changes, the run switch is on at power-up without anything running, a start is passed
over while a fault is set, progress is 1 before the first start as it is after the last, a fault is
a long word with its high half first, and rice that isn't taken is brought out by the next start.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.devices.modbus_slave import SILENCE_S, answer
from sim.devices.model import Action, ActionError, Model, Timer, whole_of
from sim.faults import Faults

SLAVE = 0x0A
ANSWER_S = 0.005
RUN, BIN, HIGH, LOW, LEVEL, FAULT_HIGH, FAULT_LOW = range(0x1000, 0x1007)
DOOR, TARE, ZERO = 0x100D, 0x100E, 0x100F
ON, OFF = 0x0000, 0xFFFF
IDLE, RUNNING, ERROR = 1, 2, 4
LEVEL_S, SETTLE_S, MILL_S, DOOR_S, TAKE_S, BOOT_S = 1.0, 1.0, 5.0, 2.0, 30.0, 3.0
GRAMS_A_SECOND = 250.0
WARM, DAMP = 15, 60
FULL = 20_000
BITS = {
    "bin_1_empty": 0,
    "bin_2_empty": 1,
    "valve_1_timeout": 2,
    "valve_2_timeout": 3,
    "valve_1_stall": 4,
    "valve_2_stall": 5,
    "scale_silent": 6,
    "scale_bad": 7,
    "motor_overcurrent": 8,
    "door_up_timeout": 9,
    "door_down_timeout": 10,
    "door_stall": 11,
    "level_stall": 12,
    "level_timeout": 13,
    "board_overcurrent": 18,
}
STRIKES: Mapping[str, tuple[str, ...]] = {
    "level": ("level_stall", "level_timeout"),
    "feed": ("scale_silent", "scale_bad"),
    "mill": ("motor_overcurrent", "board_overcurrent"),
    "door_up": ("door_up_timeout", "door_stall"),
    "door_down": ("door_down_timeout",),
}


HEAVIEST = 5000
"""What the scale bears, in grams."""


class RiceMill(Model):
    """`bins` holds the grams left in each; `tray` is what lies behind the door."""

    def __init__(self, faults: Faults, device_id: str = "rice_mill") -> None:
        super().__init__(device_id)
        self._faults = faults
        self.bins = {1: FULL, 2: FULL}
        self.climate = {1: (12, 50), 2: (12, 50)}
        self.tray = self.taken = self.starts = 0
        self.batches: list[dict[str, int]] = []
        self._own = False
        self.phase, self.door_open = "idle", False
        self._input = b""
        self._silence: Timer | None = None
        self._power_up()

    def _power_up(self) -> None:
        self._holding = dict.fromkeys(range(0x1000, 0x1016), 0)
        self._set: tuple[int, int, int] | None = None
        self._progress = IDLE
        self._gross = self._tare = 0
        self._step: Timer | None = None
        self._dead_until = 0.0
        self.phase = "idle"
        self._look_around()

    # ---- the outside world ----

    def actions(self) -> Mapping[str, Action]:
        actions = {
            "fill": Action("加米", "fill a bin", {"bin": 1, "grams": FULL}),
            "climate": Action(
                "仓内温湿度", "a bin's climate", {"bin": 1, "celsius": 12, "humidity": 50}
            ),
            "clear_faults": Action("排除故障", "put it right"),
            "empty": Action("清空余米", "empty hopper and tray"),
            "weight": Action("放砝码", "put a check weight on the scale", {"grams": 500}),
            "power_cut": Action("断电再来电", "power cut"),
        }
        if self.tray and self.door_open:
            actions["take"] = Action("拿米", "take the rice")
        return actions

    def act(self, name: str, body: Mapping[str, object]) -> dict[str, object]:
        """take; fill {"bin", "grams"}; climate {"bin", "celsius", "humidity"};
        clear_faults; empty; weight {"grams"}; power_cut."""
        if name == "take":
            if not (self.tray and self.door_open):
                raise ActionError("the door is closed, or nothing lies behind it")
            self.taken, self.tray, self._gross = self.taken + self.tray, 0, 0
            if self.phase == "take":
                self._enter("door_down", DOOR_S)
        elif name == "fill":
            self.bins[self._bin_of(body)] = max(0, min(FULL, whole_of(body, "grams", FULL)))
            self._look_around()
        elif name == "climate":
            values = whole_of(body, "celsius", 12), whole_of(body, "humidity", 50)
            if not (-40 <= values[0] <= 80 and 0 <= values[1] <= 100):
                raise ActionError("celsius: -40 to 80, humidity: 0 to 100")
            self.climate[self._bin_of(body)] = values
            self._look_around()
        elif name == "clear_faults":
            self._holding[FAULT_HIGH] = self._holding[FAULT_LOW] = 0
            self._progress = RUNNING if self.phase != "idle" else IDLE
            self._look_around()
        elif name == "empty":
            if self.phase != "idle":
                raise ActionError("the mill is running")
            self.tray = self._gross = 0
        elif name == "weight":
            if self.phase != "idle":
                raise ActionError("the mill is running")
            self._gross = max(0, min(HEAVIEST, self._gross + whole_of(body, "grams", 500)))
        elif name == "power_cut":
            if self._step is not None:
                self._step.cancel()
            self._power_up()
            self._dead_until = self.now + BOOT_S
        else:
            raise ActionError(f"{name}: no such action")
        return {}

    def state(self) -> dict[str, object]:
        return {
            "phase": self.phase,
            "progress": self._progress,
            "bins": {str(number): grams for number, grams in self.bins.items()},
            "tray": self.tray,
            "taken": self.taken,
            "door": "open" if self.door_open else "closed",
            "faults": f"{self._fault_word:08X}",
            "starts": self.starts,
        }

    def ledger(self) -> dict[str, object]:
        """What really went through, batch by batch, in grams before milling.

        ``fed`` of the bin's rice fell into the hopper for it, ``out`` of that lay behind an open
        door. What an earlier batch left behind comes out besides, and counts for none.
        """
        return {"batches": [dict(x) for x in self.batches], "taken": self.taken}

    def link_down(self) -> None:
        """The cable is pulled: the mill goes on by itself."""
        super().link_down()
        self._input = b""

    @staticmethod
    def _bin_of(body: Mapping[str, object]) -> int:
        number = whole_of(body, "bin", 1)
        if number not in (1, 2):
            raise ActionError("bin: 1 or 2")
        return number

    # ---- the line ----

    def receive(self, data: bytes) -> None:
        self._input += data
        if self._silence is not None:
            self._silence.cancel()
        self._silence = self._after(SILENCE_S, self._framed)

    def _framed(self) -> None:
        raw, self._input = self._input, b""
        if self.now < self._dead_until or self._strikes("silent") or self._strikes("unheard"):
            return
        said = answer(SLAVE, raw, self)
        if said is not None and not self._strikes("answer_lost"):
            self._after(ANSWER_S, lambda: self._write(said))

    def read(self, function: int, address: int) -> int:
        """A register's value; KeyError where there is none."""
        return self._holding[address] if function == 3 else self._inputs()[address]

    def write(self, address: int, values: tuple[int, ...]) -> None:
        """Write registers in a row; those that change act, in their order."""
        places = range(address, address + len(values))
        if any(place not in self._holding for place in places):
            raise KeyError(address)
        for place, value in zip(places, values, strict=True):
            changes = self._holding[place] != value
            self._holding[place] = value
            if changes:
                self._act_on(place, value)

    def _inputs(self) -> dict[int, int]:
        air = [value & 0xFFFF for number in (1, 2) for value in self.climate[number]]
        weights = [self._gross & 0xFFFF, (self._gross - self._tare) & 0xFFFF]
        values = [0x0001, 0x0203, 0x0000, 0x0380, self._progress, *air, *weights]
        return dict(enumerate(values, 0x1100))

    def _act_on(self, place: int, value: int) -> None:
        if place == RUN and value == ON:
            self._start()
        elif place in (BIN, LOW, LEVEL):
            self._take_settings()
        elif place in (FAULT_HIGH, FAULT_LOW):
            self._look_around()
        elif place == DOOR and self.phase == "idle":
            self.door_open = value == ON
        elif place == TARE and value == ON:
            self._tare = self._gross
        elif place == ZERO and value == ON:
            self._gross = self._tare = 0

    def _take_settings(self) -> None:
        grams = self._holding[HIGH] << 16 | self._holding[LOW]
        wanted = self._holding[BIN], grams, self._holding[LEVEL]
        if wanted[0] in (1, 2) and 0 < grams < 1500 and wanted[2] in (0, 5, 7, 9):
            self._set = wanted

    # ---- faults ----

    @property
    def _fault_word(self) -> int:
        return self._holding[FAULT_HIGH] << 16 | self._holding[FAULT_LOW]

    def _raise(self, bit: int) -> None:
        word = self._fault_word | 1 << bit
        self._holding[FAULT_HIGH], self._holding[FAULT_LOW] = word >> 16, word & 0xFFFF

    def _look_around(self) -> None:
        """What the sensors see is a fault at once, and again after it was cleared."""
        for number in (1, 2):
            celsius, humidity = self.climate[number]
            if self.bins[number] == 0:
                self._raise(BITS[f"bin_{number}_empty"])
            if celsius > WARM:
                self._raise(12 + 2 * number)
            if humidity > DAMP:
                self._raise(13 + 2 * number)

    def _fail(self, kind: str) -> None:
        self._raise(BITS[kind])
        self.phase, self._progress = "idle", ERROR

    def _strikes(self, kind: str) -> bool:
        return self._faults.take(self.device_id, kind) is not None

    # ---- the cycle ----

    def _start(self) -> None:
        if self._fault_word or self.phase != "idle" or (self._set is None and not self.tray):
            return
        self._progress = RUNNING
        self.starts += 1
        # Rice that wasn't taken comes out first, and nothing else does.
        self._own = not self.tray
        self._enter(*(("door_up", DOOR_S) if self.tray else ("level", LEVEL_S)))

    def _enter(self, phase: str, seconds: float) -> None:
        if self._step is not None:
            self._step.cancel()
        self.phase = phase
        self._step = self._after(seconds, self._leave)

    def _leave(self) -> None:
        """A phase is over: something may have failed in it, or the next one begins."""
        phase = self.phase
        failed = next((x for x in self._may_strike(phase) if self._strikes(x)), None)
        if failed is not None:
            self._fail(failed)
        elif phase == "level" and self._set is not None:
            self._enter("feed", self._set[1] / GRAMS_A_SECOND + 2 * SETTLE_S)
        elif phase == "feed":
            self._fed()
        elif phase == "mill":
            self.tray += self._gross
            self._enter("door_up", DOOR_S)
        elif phase == "door_up":
            self.door_open = True
            if self._own:
                self.batches[-1]["out"] = self.batches[-1]["fed"]
            self._enter("take", TAKE_S)
        elif phase == "take":
            self.phase, self._progress = "idle", ERROR
            self.door_open = False
        elif phase == "door_down":
            self.door_open = False
            self.phase, self._progress = "idle", IDLE

    def _may_strike(self, phase: str) -> tuple[str, ...]:
        valves: tuple[str, ...] = ()
        if phase == "feed" and self._set is not None:
            number = self._set[0]
            valves = (f"valve_{number}_timeout", f"valve_{number}_stall")
        return (*STRIKES.get(phase, ()), *valves)

    def _fed(self) -> None:
        if self._set is None:
            return
        number, grams, _ = self._set
        short = self._faults.take(self.device_id, "short_weight")
        wanted = grams if short is None else max(0, grams - int(short.number("grams", 100)))
        came = min(wanted, self.bins[number])
        self.bins[number] -= came
        self._gross += came
        self.batches.append({"bin": number, "set": grams, "fed": came, "out": 0})
        self._look_around()
        if came < wanted:
            self.phase, self._progress = "idle", ERROR
            return
        self._enter("mill", MILL_S)
