"""A blood-pressure meter that speaks IEEE 11073-20601/-10407: the agent's side, standard config.

It begins: association, its configuration if the manager doesn't know it, then each measurement as
a report that must be confirmed within three seconds. Written from "Blood-pressure meter", 1a.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from sim.clock import Clock
from sim.devices.model import Action, ActionError, Model, Timer, whole_of
from sim.faults import Faults

CHINA = timezone(timedelta(hours=8))
SYSTEM_ID = bytes.fromhex("1133557799BBDDFF")
STANDARD, EXTENDED = 0x02BC, 0x4000
ASSOCIATE_AGAIN_S, ASSOCIATE_TRIES = 10.0, 3
CONFIRM_S = 3.0
NAN = 0x07FF
FIXED, VARIABLE, PERSONS = "fixed", "variable", "persons"
KINDS = {FIXED: 0x0D1D, VARIABLE: 0x0D1E, PERSONS: 0x0D1F}
CONFIG_EVENT = 0x0D1C


def apdu(choice: int, body: bytes) -> bytes:
    return struct.pack(">HH", choice, len(body)) + body


def presented(invoke: int, choice: int, data: bytes) -> bytes:
    inner = struct.pack(">HHH", invoke, choice, len(data)) + data
    return apdu(0xE700, struct.pack(">H", len(inner)) + inner)


def counted(*items: bytes) -> bytes:
    """A list: how many, how many bytes, the items."""
    body = b"".join(items)
    return struct.pack(">HH", len(items), len(body)) + body


def attribute(number: int, value: bytes) -> bytes:
    return struct.pack(">HH", number, len(value)) + value


class IeeeMeter(Model):
    """`config_id` 700 is the standard's; another one must be announced to the manager."""

    def __init__(self, clock: Clock, faults: Faults, device_id: str = "bp_meter_standard") -> None:
        super().__init__(device_id)
        self._clock, self._faults = clock, faults
        self.config_id = STANDARD
        self._input = b""
        self._associated = self._operating = False
        self._waiting: list[bytes] = []
        self._timer: Timer | None = None
        self._tries = 0
        self._invoke = 0
        self._unconfirmed: int | None = None
        self._report_no = 0
        self.confirmed = 0
        self.aborts: list[int] = []

    # ---- what the outside world does ----

    def actions(self) -> Mapping[str, Action]:
        person = {"systolic": 128, "diastolic": 79, "pulse": 71}
        return {
            "wake": Action("按一下开机", "switch on"),
            "measure": Action("量一次", "measure", {**person, "form": FIXED}),
            "sleep": Action("关机", "switch off"),
            "extended": Action("换成自报配置", "announce its own configuration"),
        }

    def act(self, name: str, body: Mapping[str, object]) -> dict[str, object]:
        """measure {"systolic", "diastolic", "pulse" mmHg and 1/min, "form"}: it then reports."""
        if name == "wake":
            self._associate()
        elif name == "extended":
            self.config_id = EXTENDED
        elif name == "sleep":
            if self._associated:
                self._write(apdu(0xE400, struct.pack(">H", 0)))
            else:
                self._stop_timer()
        elif name == "measure":
            self._measure(body)
        else:
            raise ActionError(f"{name}: no such action")
        return {}

    def state(self) -> dict[str, object]:
        return {
            "associated": self._associated,
            "config": f"{self.config_id:04X}",
            "waiting": len(self._waiting),
            "confirmed": self.confirmed,
            "aborts": list(self.aborts),
        }

    def link_down(self) -> None:
        super().link_down()
        self._input = b""
        self._leave()

    def _measure(self, body: Mapping[str, object]) -> None:
        form = body.get("form", FIXED)
        if form not in KINDS:
            raise ActionError(f"form: one of {', '.join(KINDS)} is wanted")
        values = [whole_of(body, x, d) for x, d in (("systolic", 128), ("diastolic", 79))]
        values.append((values[0] + 2 * values[1]) // 3)
        pulse = whole_of(body, "pulse", 71)
        if not all(0 <= x < 0x07FE for x in (*values, pulse)):
            raise ActionError("a value between 0 and 2045 is wanted")
        if self._faults.take(self.device_id, "nan") is not None:
            values, pulse = [NAN, NAN, NAN], NAN
        self._waiting.append(self._scan(str(form), values, pulse))
        if self._operating:
            self._send_waiting()
        elif not self._associated:
            self._associate()

    # ---- the association ----

    def _associate(self) -> None:
        """Ask for an association, three times at most."""
        if self._associated:
            return
        self._stop_timer()
        self._tries += 1
        if self._tries > ASSOCIATE_TRIES:
            self._tries = 0
            return
        protocol = (
            struct.pack(">IHIIIH", 1 << 31, 0x8000, 1 << 31, 0, 0x00800000, len(SYSTEM_ID))
            + SYSTEM_ID
            + struct.pack(">HHBB", self.config_id, 1, 1, 0)
            + counted()
        )
        entry = struct.pack(">HH", 0x5079, len(protocol)) + protocol
        self._write(apdu(0xE200, struct.pack(">I", 1 << 31) + counted(entry)))
        self._timer = self._after(ASSOCIATE_AGAIN_S, self._associate)

    def _leave(self) -> None:
        self._stop_timer()
        self._associated = self._operating = False
        self._unconfirmed, self._tries = None, 0

    def _abort(self, reason: int) -> None:
        self._write(apdu(0xE600, struct.pack(">H", reason)))
        self.aborts.append(reason)
        self._leave()

    def receive(self, data: bytes) -> None:
        self._input += data
        while len(self._input) >= 4:
            choice, length = struct.unpack(">HH", self._input[:4])
            if choice not in (0xE300, 0xE400, 0xE500, 0xE600, 0xE700):
                self._input = self._input[1:]
                continue
            if len(self._input) < 4 + length:
                return
            body, self._input = self._input[4 : 4 + length], self._input[4 + length :]
            if self._faults.take(self.device_id, "silent") is None:
                self._take(choice, body)

    def _take(self, choice: int, body: bytes) -> None:
        if choice == 0xE300:
            self._answered(int.from_bytes(body[:2], "big"))
        elif choice == 0xE400:
            self._write(apdu(0xE500, struct.pack(">H", 0)))
            self._leave()
        elif choice in (0xE500, 0xE600):
            self._leave()
        elif self._associated and len(body) >= 8:
            invoke, wanted = struct.unpack(">HH", body[2:6])
            self._presented(invoke, wanted, body[8:])

    def _answered(self, result: int) -> None:
        if self._associated or result not in (0, 3):
            self._leave()
            return
        self._stop_timer()
        self._associated, self._tries = True, 0
        if self._faults.take(self.device_id, "abort") is not None:
            self._abort(0)
        elif result == 0:
            self._operating = True
            self._send_waiting()
        else:
            self._event(CONFIG_EVENT, self._configuration())

    def _presented(self, invoke: int, choice: int, data: bytes) -> None:
        if choice == 0x0201 and invoke == self._unconfirmed:
            self._stop_timer()
            self._unconfirmed = None
            if int.from_bytes(data[6:8], "big") == CONFIG_EVENT:
                self._operating = True
            else:
                self.confirmed += 1
                again = self._faults.take(self.device_id, "repeat") is not None
                if not again:
                    self._waiting.pop(0)
            self._send_waiting()
        elif choice == 0x0103:
            self._write(presented(invoke, 0x0203, struct.pack(">H", 0) + self._attributes()))

    # ---- what it says ----

    def _send_waiting(self) -> None:
        if self._waiting and self._unconfirmed is None:
            self._event(self._waiting[0][0] << 8 | self._waiting[0][1], self._waiting[0][2:])

    def _event(self, kind: int, info: bytes) -> None:
        """A report that must be confirmed within three seconds, or it aborts."""
        self._invoke = (self._invoke + 1) & 0xFFFF
        self._unconfirmed = self._invoke
        head = struct.pack(">HIHH", 0, 0xFFFFFFFF, kind, len(info))
        self._write(presented(self._invoke, 0x0101, head + info))
        self._timer = self._after(CONFIRM_S, lambda: self._abort(2))

    def _scan(self, form: str, pressure: list[int], pulse: int) -> bytes:
        """A scan report behind its event type."""
        time = self._time()
        compound = struct.pack(">HHHHH", 3, 6, *pressure)
        basic = struct.pack(">H", pulse)
        if form == VARIABLE:
            parts = [
                self._observed(1, counted(attribute(0x0A75, compound), attribute(0x0990, time))),
                self._observed(2, counted(attribute(0x0A4C, basic), attribute(0x0990, time))),
            ]
        else:
            parts = [
                struct.pack(">H", handle) + struct.pack(">H", len(value)) + value
                for handle, value in ((1, compound + time), (2, basic + time))
            ]
        observations = counted(*parts)
        if form == PERSONS:
            observations = counted(struct.pack(">H", 1) + observations)
        head = struct.pack(">HH", 0xF000, self._report_no)
        self._report_no = (self._report_no + 1) & 0xFFFF
        return struct.pack(">H", KINDS[form]) + head + observations

    @staticmethod
    def _observed(handle: int, attributes: bytes) -> bytes:
        return struct.pack(">H", handle) + attributes

    def _time(self) -> bytes:
        moment = datetime.fromtimestamp(self._clock.time(), CHINA)
        digits = moment.strftime("%Y%m%d%H%M%S") + f"{moment.microsecond // 10000:02d}"
        return bytes.fromhex(digits)

    def _configuration(self) -> bytes:
        pressure = counted(
            attribute(0x092F, struct.pack(">HH", 2, 0x4A04)),
            attribute(0x0A46, b"\xf0\x40"),
            attribute(0x0A73, b"\x03\x03"),
            attribute(0x0A76, counted(*(struct.pack(">H", x) for x in (0x4A05, 0x4A06, 0x4A07)))),
            attribute(0x0996, struct.pack(">H", 0x0F20)),
            attribute(0x0A55, counted(b"\x0a\x75\x00\x0a", b"\x09\x90\x00\x08")),
        )
        pulse = counted(
            attribute(0x092F, struct.pack(">HH", 2, 0x482A)),
            attribute(0x0A46, b"\xf0\x40"),
            attribute(0x0996, struct.pack(">H", 0x0AA0)),
            attribute(0x0A55, counted(b"\x0a\x4c\x00\x02", b"\x09\x90\x00\x08")),
        )
        objects = counted(b"\x00\x06\x00\x01" + pressure, b"\x00\x06\x00\x02" + pulse)
        if self._faults.take(self.device_id, "half_config") is not None:
            objects = objects[: len(objects) // 2]
        return struct.pack(">H", self.config_id) + objects

    def _attributes(self) -> bytes:
        maker, model = b"Example\0", b"Simulated meter\0"
        names = struct.pack(">H", len(maker)) + maker + struct.pack(">H", len(model)) + model
        return counted(
            attribute(0x0928, names),
            attribute(0x0984, struct.pack(">H", len(SYSTEM_ID)) + SYSTEM_ID),
            attribute(0x0A44, struct.pack(">H", self.config_id)),
        )

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
