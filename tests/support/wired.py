"""A driver and a simulated machine on a line that can spoil one chosen write, in virtual time.

Time jumps from one thing that happens to the next, so a payment of three minutes takes as long as
its bytes. A write is counted where it enters the line: the driver's in one direction, the machine's
in the other.
"""

from __future__ import annotations

from collections.abc import Callable

from devices.driver import Driver, Report
from sim.clock import VirtualClock
from sim.devices.model import Model
from sim.faults import Fault, Faults
from sim.wire.line import FROM_DEVICE, TO_DEVICE, Line
from tests.support.in_virtual_time import InVirtualTime

LONGEST_STEP_S = 0.25
Make = Callable[[VirtualClock, Faults], Model]


class _Watched(Line):
    """A line that counts the writes entering it and spoils the one it was told of."""

    def __init__(self, model: Model, faults: Faults) -> None:
        super().__init__(model, faults)
        self.writes = {TO_DEVICE: 0, FROM_DEVICE: 0}
        self.spoils: tuple[str, str, int] | None = None
        self.pulled_at: tuple[str, int] | None = None

    def _spoil(self, direction: str, data: bytes) -> tuple[float, list[bytes]]:
        number = self.writes[direction]
        self.writes[direction] += 1
        if self.spoils is not None and self.spoils[1:] == (direction, number):
            fault = Fault(self.model.device_id, self.spoils[0], {"direction": direction}, count=1)
            self._faults.add(fault)
        return super()._spoil(direction, data)

    @property
    def is_due(self) -> bool:
        """Whether the cable is to be pulled now."""
        at = self.pulled_at
        return at is not None and self.plugged and self.writes[at[0]] > at[1]


class Wired(InVirtualTime):
    """`act(model)` is the world at the machine, asked after each step."""

    patience_s = 1000.0

    def __init__(
        self,
        driver: Driver,
        make: Make,
        act: Callable[[Model], None],
        seed: int = 1,
    ) -> None:
        self.clock = VirtualClock()
        self.faults = Faults(seed)
        self.model = make(self.clock, self.faults)
        self.line = _Watched(self.model, self.faults)
        self.driver = driver
        self.reports: list[Report] = []
        self.act = act
        self.driver.opened(self.now)
        self.settle()

    @property
    def now(self) -> float:
        return self.clock.monotonic()

    def spoil(self, kind: str, direction: str, number: int) -> None:
        """Spoil a write to come: number 0 is the next one in that direction."""
        self.line.spoils = (kind, direction, self.line.writes[direction] + number)

    def pull(self, direction: str, number: int) -> None:
        """Pull the cable when so many writes more have been made."""
        self.line.pulled_at = (direction, self.line.writes[direction] + number)

    def plug(self) -> None:
        """The cable is put back."""
        self.line.pulled_at = None
        self.line.plug()
        self.driver.opened(self.now)
        self.settle()

    def step(self) -> None:
        """Let time pass until something happens, a quarter of a second at most."""
        moments = [LONGEST_STEP_S]
        if (event := self.line.next_event()) is not None:
            moments.append(event)
        if (deadline := self.driver.deadline()) is not None:
            moments.append(deadline - self.now)
        seconds = max(0.0005, min(moments))
        self.clock.advance(seconds)
        self.line.advance(seconds)
        deadline = self.driver.deadline()
        if deadline is not None and deadline <= self.now and self.line.plugged:
            self.driver.tick(self.now)
        self.settle()
        self.act(self.model)

    def settle(self) -> None:
        """Carry bytes until nobody has anything to say now."""
        while self.line.plugged:
            said = self.driver.take_output()
            self.line.from_host(said)
            self.line.advance(0.0)
            heard = self.line.to_host()
            for piece in heard:
                self.driver.receive(piece, self.now)
            self._reopen_if_wanted()
            if self.line.is_due:
                self.line.unplug()
                self.driver.lost(self.now, "unplugged")
            if not said and not heard:
                break
        self.reports += self.driver.take_reports()

    def _reopen_if_wanted(self) -> None:
        if self.driver.reopen_wanted:
            self.driver.lost(self.now, self.driver.status.reason)
            self.driver.opened(self.now)
