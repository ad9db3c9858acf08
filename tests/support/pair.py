"""A driver and a simulated machine on a line without delay, in virtual time."""

from __future__ import annotations

from collections.abc import Callable

from devices.driver import Driver, Report
from sim.clock import VirtualClock
from sim.devices.model import Model
from sim.faults import Fault, Faults
from tests.support.in_virtual_time import InVirtualTime

STEP_S = 0.1


class Pair(InVirtualTime):
    """``make(clock, faults)`` makes the machine. ``sent`` holds each write of the driver with its
    moment; the driver is ticked only when it wants to be."""

    def __init__(
        self, driver: Driver, make: Callable[[VirtualClock, Faults], Model], *faults: str
    ) -> None:
        self.clock = VirtualClock()
        self.faults = Faults(1)
        self.model = make(self.clock, self.faults)
        self.strike(*faults)
        self.driver = driver
        self.reports: list[Report] = []
        self.sent: list[tuple[float, bytes]] = []
        self.plugged = False
        self.plug()

    @property
    def now(self) -> float:
        return self.clock.monotonic()

    def strike(self, *kinds: str, count: int | None = None) -> None:
        """Let faults of the machine wait to strike."""
        for kind in kinds:
            self.faults.add(Fault(self.model.device_id, kind, count=count))

    def plug(self) -> None:
        """The cable is put in."""
        self.plugged = True
        self.driver.opened(self.now)
        self.settle()

    def unplug(self) -> None:
        """The cable is pulled; the machine goes on by itself."""
        self.plugged = False
        self.driver.lost(self.now, "unplugged")
        self.model.link_down()
        self.reports += self.driver.take_reports()

    def settle(self) -> None:
        """Carry bytes until nobody has anything to say."""
        while self.plugged:
            said, answer = self.driver.take_output(), self.model.take_output()
            if not said and not answer:
                break
            if said:
                self.sent.append((self.now, said))
                self.model.receive(said)
            self.driver.receive(answer, self.now)
        self.reports += self.driver.take_reports()

    def step(self, seconds: float = STEP_S) -> None:
        """Let a moment pass."""
        self.clock.advance(seconds)
        self.model.advance(seconds)
        if not self.plugged:
            self.model.take_output()
        deadline = self.driver.deadline()
        if deadline is not None and deadline <= self.now:
            self.driver.tick(self.now)
        self.settle()
