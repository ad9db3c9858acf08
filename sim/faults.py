"""What is to go wrong in the simulated cabin: on the wire, in a device, in a gateway.

A fault names the device it strikes, its kind, and how often: `count` times, or until cleared
when `count` is None, each time with `probability`. Whoever could be struck asks
`Faults.take(device, kind)` at the moment of striking. One seeded random source decides, so a
run can be repeated.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

WIRE_KINDS = (
    "drop",  # the bytes never arrive
    "delay",  # {"seconds"} they arrive late
    "duplicate",  # they arrive twice
    "corrupt",  # one bit of them is turned over
    "truncate",  # {"keep"} only the first part arrives (half a frame)
    "garbage",  # {"hex" or "length"} noise arrives before them
    "wrong_device",  # {"hex"} another device's answer arrives instead
    "baud",  # {"baud"} the line keeps this rate: what was sent at another is noise
)
"""Kinds that strike bytes on their way, either direction.

The parameter `direction` ("from_device", "to_device" or "both", the default) narrows them.
"""

_ZVT_KINDS = (
    "decline",
    "cancel",
    "info_lost",  # the status information never leaves
    "answer_unheard",  # the host's answer to it isn't heard
    "completion_lost",
    "status_twice",  # it comes once more after the payment stands
    "wrong_amount",
    "wrong_currency",
    "unmasked_pan",
    "print_lines",
    "trace_reset",  # its numbers begin anew
    "forgets_registration",
    "please_wait",
    "asks_patience",  # {"minutes"} with an intermediate status
    "reversal_impossible",
    "silent",
)
DEVICE_KINDS: Mapping[str, tuple[str, ...]] = {
    "terminal": (
        "decline",
        "cancel",
        "no_answer",
        "answer_late",
        "crash_after_charge",
        "code_after_charge",
        "code_without_charge",
        "silent",
        "drop_ack",
        "duplicate_answer",
        "coupon",
    ),
    "terminal_zvt": (*_ZVT_KINDS, "nak", "wrong_crc", "ack_lost"),
    "terminal_zvt_tcp": _ZVT_KINDS,
    "receipt_printer": (
        "paper_out",
        "paper_out_after",
        "paper_low",
        "cover_open",
        "cutter_jam",
        "stall",
        "silent",
        "usb_hang",
        "no_port_status",
    ),
    "document_printer": (  # those of an answer: {"operation"} narrows them to one, as "Get-Jobs"
        "busy",
        "silent",
        "slow",
        "http_5xx",
        "answer_lost",
        "half_answer",
        "garbage_answer",
        "wrong_type",
        "job_lost",
        "jam",
        "aborts",
        "short",
        "uncounted",
    ),
    "document_scanner": (
        "busy",
        "cover_open",
        "jam",
        "hangs",  # in the middle of a picture
        "silent",  # nothing is answered at all
        "half",  # an error half-way
        "half_quiet",  # half a picture, and nothing is said of it
    ),
    "scanner": (),
    "scanner_hid": (
        "syn_dropped",
        "stuck_shift",
        "half_code",
        "caps_lock",
        "key_repeats",
        "second_node",
    ),
    "booklet_dispenser": (
        "silent",
        "nak",
        "ack_lost",
        "answer_lost",
        "dispense_unheard",
        "failure",
        "jam",
        "stays",
    ),
    "id_reader": ("silent", "unauthorised", "select_fails", "read_fails", "corrupt_read"),
    "bp_meter": (
        "silent",
        "start_refused",
        "stop_ignored",
        "stop_unheard",
        "over_pressure",
        "leak",
        "movement",
        "no_pulse",
        "no_result",
        "link_stalls",
        "repeat",
    ),
    "rice_mill": (
        "silent",
        "unheard",
        "answer_lost",
        "level_stall",
        "level_timeout",
        "valve_1_timeout",
        "valve_2_timeout",
        "valve_1_stall",
        "valve_2_stall",
        "scale_silent",
        "scale_bad",
        "short_weight",
        "motor_overcurrent",
        "door_up_timeout",
        "door_down_timeout",
        "door_stall",
        "board_overcurrent",
    ),
    "bp_meter_standard": ("silent", "nan", "abort", "repeat", "half_config"),
}
GATEWAY_KINDS = (
    "timeout_after_acting",
    "timeout_before_acting",
    "http_5xx",
    "bad_signature",
    "duplicate",
    "slow",
    "pending",
    "refuse",
    "tls_wrong",
    "unreachable",
)


NUMBERS = frozenset(
    {
        *("seconds", "minutes", "hold", "fen", "lines", "dots", "length", "keep", "baud"),
        *("status", "grams"),
    }
)
"""Parameters that are numbers, none of them negative; every other one is text."""
MOST = 1_000_000.0


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong. `params` are in the units each kind names (fen, seconds)."""

    device: str
    kind: str
    params: Mapping[str, object] = field(default_factory=dict)
    count: int | None = None
    probability: float = 1.0

    def __post_init__(self) -> None:
        if self.count is not None and self.count < 1:
            raise ValueError("count must be at least 1, or None for until cleared")
        if not 0.0 <= self.probability <= 1.0:
            raise ValueError("probability must lie between 0 and 1")

    def check(self) -> None:
        """ValueError when a parameter isn't what its name wants, before it strikes anything."""
        for name in self.params:
            if name in NUMBERS:
                if not 0 <= self.number(name, 0.0) <= MOST:
                    raise ValueError(f"{self.kind}: {name} must lie between 0 and {MOST:.0f}")
            elif name == "hex":
                bytes.fromhex(self.text(name, ""))
            else:
                self.text(name, "")

    def number(self, name: str, default: float) -> float:
        """The numeric parameter `name`; ValueError when it is something else."""
        value = self.params.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{self.kind}: {name} must be a number, not {value!r}")
        return float(value)

    def text(self, name: str, default: str) -> str:
        """The parameter `name` as text; ValueError when it is something else."""
        value = self.params.get(name, default)
        if not isinstance(value, str):
            raise ValueError(f"{self.kind}: {name} must be text, not {value!r}")
        return value


class _Entry:
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.left = fault.count


class Faults:
    """All faults that are waiting to strike. Safe to use from several threads."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._entries: list[_Entry] = []

    def add(self, fault: Fault) -> None:
        """Make `fault` wait; several of one kind strike in the order they were added."""
        with self._lock:
            self._entries.append(_Entry(fault))

    def clear(self, device: str | None = None, kind: str | None = None) -> int:
        """Forget the faults of `device` and `kind` (None: of all); returns how many there were."""
        with self._lock:
            kept = [
                e
                for e in self._entries
                if (device is not None and e.fault.device != device)
                or (kind is not None and e.fault.kind != kind)
            ]
            gone = len(self._entries) - len(kept)
            self._entries = kept
            return gone

    def take(
        self, device: str, kind: str, fits: Callable[[Fault], bool] | None = None
    ) -> Fault | None:
        """The fault that strikes `device` now, one count of it used up, or None.

        `fits` passes over faults that aren't meant for this moment. A fault that its probability
        spared this time keeps its count.
        """
        with self._lock:
            for entry in self._entries:
                fault = entry.fault
                if fault.device != device or fault.kind != kind:
                    continue
                if fits is not None and not fits(fault):
                    continue
                if fault.probability < 1.0 and self._random.random() >= fault.probability:
                    continue
                if entry.left is not None:
                    entry.left -= 1
                    if entry.left == 0:
                        self._entries.remove(entry)
                return fault
            return None

    def waiting(self, device: str, kind: str) -> bool:
        """Whether such a fault waits; uses up nothing."""
        with self._lock:
            return any(e.fault.device == device and e.fault.kind == kind for e in self._entries)

    def active(self) -> list[Fault]:
        """The waiting faults, each with the count that is left."""
        with self._lock:
            return [
                Fault(e.fault.device, e.fault.kind, e.fault.params, e.left, e.fault.probability)
                for e in self._entries
            ]

    def randrange(self, stop: int) -> int:
        """A seeded random number below `stop`, for faults that need one (which bit, what noise)."""
        with self._lock:
            return self._random.randrange(stop)
