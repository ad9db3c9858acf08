"""The barcode scanner as a keyboard: what the kernel says of its keys, record by record.

Written from "Scanners", HID keyboard: US layout, then Enter; some show two input nodes. A record
is `struct input_event` of a 64-bit machine, the codes are those of `input-event-codes.h`; a key
comes as its usage (MSC_SCAN), the key itself and SYN_REPORT. A fast reader presses shift anew for
each character that needs it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from sim.devices.model import Action, ActionError, Model, text_of
from sim.devices.payment_codes import scheme_of
from sim.faults import Faults

SYN, KEY, MSC = 0, 1, 4
SYN_REPORT, SYN_DROPPED, MSC_SCAN = 0, 3, 4
LEFT_SHIFT, CAPS_LOCK, ENTER, KP_ENTER, TAB = 42, 58, 28, 96, 15
SUFFIXES: Mapping[str, tuple[int, ...]] = {
    "enter": (ENTER,),
    "kp_enter": (KP_ENTER,),
    "tab": (TAB,),
    "none": (),
}
LONGEST = 512
REPORT_S = 0.004  # from one report of the reader to the next
REPEAT_AFTER, REPEATS = 0.06, 3  # seconds: a kernel that is set to repeat early

# The rows of a US keyboard, each with the number of its first key.
_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", ""),
)
KEYS: Mapping[str, tuple[int, bool]] = {
    char: (first + place, shifted)
    for first, plain, above in _ROWS
    for shifted, row in ((False, plain), (True, above))
    for place, char in enumerate(row)
}
"""A character's key and whether shift is held."""

Stroke = tuple[int, int]
"""A key and its value: 1 goes down, 0 comes up, 2 is repeated by the kernel."""


class SecondNode(Model):
    """The other input node that some readers show; nothing is done to it by itself."""

    def __init__(self, device_id: str = "scanner_hid_second") -> None:
        super().__init__(device_id)

    def receive(self, data: bytes) -> None:
        """A keyboard hears nothing."""

    def say(self, records: bytes) -> None:
        self._write(records)

    def actions(self) -> Mapping[str, Action]:
        return {}

    def act(self, name: str, body: Mapping[str, object]) -> dict[str, object]:  # noqa: ARG002
        raise ActionError(f"{name}: no such action")

    def state(self) -> dict[str, object]:
        return {}


class HidScanner(Model):
    """`suffix` is one of SUFFIXES; `second` is its other node, used where a fault says so."""

    def __init__(
        self,
        faults: Faults,
        second: SecondNode | None = None,
        device_id: str = "scanner_hid",
        suffix: str = "enter",
    ) -> None:
        super().__init__(device_id)
        self._faults, self._second, self._suffix = faults, second, suffix
        self._free_at = 0.0
        self._scans = 0
        self._last = ""

    def receive(self, data: bytes) -> None:
        """A keyboard hears nothing."""

    def link_down(self) -> None:
        super().link_down()
        for _, _, timer in self._timers:
            timer.cancel()
        self._free_at = self.now

    def actions(self) -> Mapping[str, Action]:
        return {"scan": Action("扫这个码", "scan this code", {"code": "91" + "0" * 25})}

    def act(self, name: str, body: Mapping[str, object]) -> dict[str, object]:
        """scan {"code", "aim"?, "suffix"?}: type the code; what the layout lacks is left out."""
        if name != "scan":
            raise ActionError(f"{name}: no such action")
        code = text_of(body, "code")
        if not code or len(code) > LONGEST:
            raise ActionError(f"code: between 1 and {LONGEST} characters are wanted")
        suffix = text_of(body, "suffix", self._suffix)
        if suffix not in SUFFIXES:
            raise ActionError(f"suffix: one of {', '.join(SUFFIXES)}")
        self._type(self._strokes(text_of(body, "aim", "") + code, SUFFIXES[suffix]))
        self._scans += 1
        # A payment code is worth money for a minute: not even the simulator keeps one.
        self._last = code if scheme_of(code) is None else "****" + code[-4:]
        return {}

    def state(self) -> dict[str, object]:
        return {
            "scans": self._scans,
            "last": self._last,
            "typing": self.next_event() is not None,
        }

    # ---- keys ----

    def _strokes(self, text: str, suffix: tuple[int, ...]) -> list[Stroke]:
        take = self._faults.take
        caps = take(self.device_id, "caps_lock") is not None
        strokes: list[Stroke] = [(CAPS_LOCK, 1), (CAPS_LOCK, 0)] if caps else []
        for char in text:
            if (found := KEYS.get(char)) is None:
                continue
            key, shifted = found
            # A reader that believes caps lock to be on types letters the other way round.
            held = shifted ^ (caps and char.isalpha())
            typed = [(key, 1), (key, 0)]
            strokes += [(LEFT_SHIFT, 1), *typed, (LEFT_SHIFT, 0)] if held else typed
        if take(self.device_id, "half_code") is not None:
            return strokes[: len(strokes) // 2]
        if take(self.device_id, "stuck_shift") is not None:
            strokes = self._with_shift_stuck(strokes)
        for key in suffix:
            strokes += [(key, 1), (key, 0)]
        return strokes + ([(CAPS_LOCK, 1), (CAPS_LOCK, 0)] if caps else [])

    def _with_shift_stuck(self, strokes: list[Stroke]) -> list[Stroke]:
        """Shift goes down before the second half and its coming up is never told."""
        half = len(strokes) // 2
        while half and strokes[half][1] != 1:
            half -= 1
        rest = [stroke for stroke in strokes[half:] if stroke[0] != LEFT_SHIFT]
        return [*strokes[:half], (LEFT_SHIFT, 1), *rest]

    def _type(self, strokes: list[Stroke]) -> None:
        """Each stroke in a report of its own, after what is still being typed."""
        node = self._second_node()
        dropped = self._faults.take(self.device_id, "syn_dropped") is not None
        held = self._faults.take(self.device_id, "key_repeats") is not None
        at = max(self._free_at, self.now)
        middle = len(strokes) // 2
        for number, (key, value) in enumerate(strokes):
            at += REPORT_S
            if dropped and number in (middle, middle + 1):
                # The kernel's buffer overflowed: events are gone, and it says so.
                if number == middle:
                    self._report_at(at, ((SYN, SYN_DROPPED, 0),), node)
                continue
            if held and value == 0 and number >= middle:
                held = False
                at += REPEAT_AFTER
                for _ in range(REPEATS):
                    self._report_at(at, ((KEY, key, 2),), node)
                    at += REPORT_S
            self._report_at(at, ((MSC, MSC_SCAN, _usage(key)), (KEY, key, value)), node)
        self._free_at = at

    def _second_node(self) -> SecondNode | None:
        if self._second is None:
            return None
        struck = self._faults.take(self.device_id, "second_node") is not None
        return self._second if struck else None

    def _report_at(
        self, at: float, events: tuple[tuple[int, int, int], ...], node: SecondNode | None
    ) -> None:
        records = b"".join(record(at, *event) for event in (*events, (SYN, SYN_REPORT, 0)))
        self._after(at - self.now, lambda: self._say(records, node))

    def _say(self, records: bytes, node: SecondNode | None) -> None:
        if node is None:
            self._write(records)
        else:
            node.say(records)


def record(at: float, kind: int, code: int, value: int) -> bytes:
    """One `input_event`: seconds and microseconds of 64 bits, type and code of 16, value of 32."""
    seconds, micros = divmod(round(at * 1_000_000), 1_000_000)
    return struct.pack("<qqHHi", seconds, micros, kind, code, value)


# HID usages of page 7: letters and digits in their order, then what follows no order of keys.
_USAGES: Mapping[int, int] = {
    **{KEYS[letter][0]: 0x04 + n for n, letter in enumerate("abcdefghijklmnopqrstuvwxyz")},
    **{key: 0x1E + n for n, key in enumerate(range(2, 12))},
    **{key: 0x2D + n for n, key in enumerate((12, 13, 26, 27, 43))},
    **{key: 0x33 + n for n, key in enumerate((39, 40, 41, 51, 52, 53))},
    ENTER: 0x28,
    TAB: 0x2B,
    57: 0x2C,
    CAPS_LOCK: 0x39,
    KP_ENTER: 0x58,
    LEFT_SHIFT: 0xE1,
}


def _usage(key: int) -> int:
    return 0x70000 + _USAGES[key]
