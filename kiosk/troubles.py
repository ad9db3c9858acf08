"""What can go wrong in a simulated cabin, drawn at random, and how it is put right again.

Every machine, wire and gateway has its turn.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

from kiosk.virtual import ROLES, VirtualKiosk
from sim.faults import DEVICE_KINDS, WIRE_KINDS, Fault

GATEWAYS = ("biller", "qr_payment")
GATEWAY_FAULTS = (
    "timeout_after_acting",
    "timeout_before_acting",
    "http_5xx",
    "bad_signature",
    "duplicate",
    "slow",
    "pending",
    "refuse",
    "unreachable",
    "amount_changed",
    "late_fee",
)
TILL = ("terminal", "receipt_printer")
MACHINES = {
    "terminal": 6,
    "receipt_printer": 6,
    "bp_meter": 3,
    "rice_mill": 4,
    "document_printer": 4,
    "document_scanner": 1,
    "booklet_dispenser": 2,
    "id_reader": 2,
}
"""How often a fault is of each machine: most where the money is."""
WIRES = {
    "terminal": 6,
    "receipt_printer": 3,
    "scanner": 1,
    "bp_meter": 2,
    "rice_mill": 2,
    "booklet_dispenser": 1,
    "id_reader": 1,
}
REFUSALS = ("EQ0007", "EQ0010", "EQ0011", "EQ0024")
CLOCK_JUMPS_S = (-86_400.0, -3_600.0, 3_600.0, 86_400.0)


def repair_mill(kiosk: VirtualKiosk) -> None:
    """Somebody fills the bins, takes out what was left in the mill, and clears its faults.

    Last of all: what became of a batch is read before its fault is gone.
    """
    kiosk.until(lambda: kiosk.cabin.rice_mill.phase == "idle" and not _mill_asked(kiosk), 1800)
    kiosk.act("rice_mill", "empty")
    for number in (1, 2):
        kiosk.act("rice_mill", "fill", bin=number)
        kiosk.act("rice_mill", "climate", bin=number)
    kiosk.act("rice_mill", "clear_faults")


def _mill_asked(kiosk: VirtualKiosk) -> bool:
    orders = kiosk.state.orders.values() if kiosk.state else ()
    return any(not x.at_rest and x.attempts for order in orders for x in order.goods)


def repair_booklets(kiosk: VirtualKiosk) -> None:
    """Somebody fills the hopper, empties the bin, clears what is stuck, takes a forgotten card."""
    for action in ("clear_jam", "empty_bin", "refill"):
        kiosk.act("booklet_dispenser", action)
    kiosk.act("id_reader", "lift")


def repair_pages(kiosk: VirtualKiosk) -> None:
    """Somebody loads paper and toner, clears what is stuck, and looks under the lid."""
    for action in ("load", "toner", "cover_close", "clear_jam"):
        kiosk.act("document_printer", action)
    kiosk.act("document_scanner", "lift")
    kiosk.act("phone_file", "plug")
    kiosk.relay.loses_fetch = False


class Troubles:
    """Strikes a `VirtualKiosk`; everything it does is written to ``log``."""

    def __init__(self, kiosk: VirtualKiosk, rng: random.Random) -> None:
        self._kiosk = kiosk
        self._rng = rng
        self.log: list[str] = []
        self.struck: Counter[str] = Counter()
        self.restarts = 0

    def strike(self) -> None:
        """Let something go wrong now, or lie in wait."""
        kinds: tuple[tuple[Callable[[], str], int], ...] = (
            (self._device_fault, 40),
            (self._wire_fault, 15),
            (self._gateway_fault, 30),
            (self._cable, 8),
            (self._relay, 4),
            (self._restart, 8),
            (self._clock_jump, 2),
        )
        do = self._rng.choices([x for x, _ in kinds], [n for _, n in kinds])[0]
        self.log.append(f"{self._kiosk.clock.monotonic():.1f} {do()}")

    def repair(self) -> None:
        """Somebody from the office comes by: everything is in order again."""
        kiosk = self._kiosk
        kiosk.faults.clear()
        for role in ROLES:
            kiosk.act(role, "plug")
        for action in ("paper_in", "cover_close", "clear_jam"):
            kiosk.act("receipt_printer", action)
        repair_mill(kiosk)
        repair_pages(kiosk)
        repair_booklets(kiosk)
        kiosk.cabin.poke()
        kiosk.settle()
        self.log.append(f"{kiosk.clock.monotonic():.1f} repaired")

    def _add(self, device: str, kind: str, count: int | None = None, **params: object) -> str:
        times = count or self._rng.choice((1, 1, 1, 2, 5))
        self.struck[device] += 1
        self._kiosk.faults.add(Fault(device, kind, params, times))
        self._kiosk.cabin.poke()
        self._kiosk.settle()
        return f"{device} {kind} ×{times} {params or ''}"

    def _device_fault(self) -> str:
        device = self._rng.choices(list(MACHINES), list(MACHINES.values()))[0]
        kind = self._rng.choice(DEVICE_KINDS[device])
        params: dict[str, object] = {}
        match kind:
            case "silent" | "stall" | "answer_late" | "crash_after_charge" if device in TILL:
                params["seconds"] = self._rng.choice((1, 5, 20, 60))
            case "coupon":
                params["fen"] = self._rng.choice((1, 200))
            case "paper_out_after":
                params["lines"] = self._rng.randrange(40)
            case "paper_out" | "cover_open" | "paper_low":
                return self._add(device, kind, 1)
        return self._add(device, kind, None, **params)

    def _wire_fault(self) -> str:
        kinds = [x for x in WIRE_KINDS if x != "baud"]
        direction = self._rng.choice(("both", "from_device", "to_device"))
        device = self._rng.choices(list(WIRES), list(WIRES.values()))[0]
        return self._add(device, self._rng.choice(kinds), None, direction=direction)

    def _gateway_fault(self) -> str:
        device = self._rng.choice(GATEWAYS)
        kind = self._rng.choice(GATEWAY_FAULTS)
        params: dict[str, object] = {}
        if kind == "http_5xx":
            params["when"] = self._rng.choice(("before", "after"))
        if kind in ("slow", "pending"):
            params["seconds"] = self._rng.choice((2, 8, 30))
        if kind == "refuse" and device == "biller":
            params |= {"call": "post", "code": self._rng.choice(REFUSALS)}
        return self._add(device, kind, None, **params)

    def _cable(self) -> str:
        role = self._rng.choice(ROLES)
        self.struck[role] += 1
        self._kiosk.act(role, "unplug")
        if self._rng.random() < 0.7:
            self._kiosk.advance(self._rng.choice((0.1, 1.0, 5.0, 40.0)))
            self._kiosk.act(role, "plug")
            return f"{role} unplugged for a while"
        return f"{role} unplugged"

    def _relay(self) -> str:
        """The upload relay can't be reached, or loses an answer that carries a file."""
        self.struck["relay"] += 1
        if self._rng.random() < 0.4:
            self._kiosk.relay.loses_fetch = True
            return "the relay's answers with files are lost"
        self._kiosk.act("phone_file", "unplug")
        if self._rng.random() < 0.7:
            self._kiosk.advance(self._rng.choice((1.0, 15.0, 90.0)))
            self._kiosk.act("phone_file", "plug")
            return "the relay was out of reach for a while"
        return "the relay is out of reach"

    def _restart(self) -> str:
        self._kiosk.restart()
        self.restarts += 1
        self.struck["kiosk"] += 1
        return "killed and started again"

    def _clock_jump(self) -> str:
        seconds = self._rng.choice(CLOCK_JUMPS_S)
        self.struck["clock"] += 1
        self._kiosk.clock.jump(seconds)
        self._kiosk.settle()
        return f"clock jumps by {seconds:.0f} s"
