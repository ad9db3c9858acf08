"""What stands for threads in virtual time: a driver's worker, and the lanes of slow calls."""

from __future__ import annotations

from collections.abc import Callable

from devices.driver import Driver
from kiosk.adapters import DeviceReport
from kiosk.core.printing import DOCUMENT_PRINTER, SCANNER
from kiosk.engine import Engine
from kiosk.lanes import Job, outcome_of
from kiosk.virtual_network import VirtualNetwork
from kiosk.virtual_programs import VirtualPrograms
from sim.clock import VirtualClock
from sim.virtual import VirtualCabin

REOPEN_S = 1.0
GATEWAY_S = 0.08
"""A gateway's answer takes so long, beside what its faults add."""


class VirtualWorker:
    """Does for a driver what a worker's thread does: carries bytes, ticks, opens the port again."""

    def __init__(
        self, role: str, device_id: str, driver: Driver, cabin: VirtualCabin, engine: Engine
    ) -> None:
        """`device_id` is the simulated machine that plays the role."""
        self._role = role
        self._device_id = device_id
        self._driver = driver
        self._cabin = cabin
        self._engine = engine
        self._open = False
        self._reopen_at: float | None = 0.0
        self._last_id = 0
        self._quiet = False  # the last step moved nothing, and nobody has spoken to it since
        self._due: float | None = None

    def submit(self, command: object) -> int:
        self._quiet = False
        self._last_id += 1
        self._driver.submit(self._last_id, command, self._now())
        return self._last_id

    def cancel(self, command_id: int) -> None:
        self._quiet = False
        self._driver.cancel(command_id, self._now())

    def step(self) -> bool:
        """Do all that is due now; True if anything moved."""
        now = self._now()
        if self._quiet and self._nothing_due(now):
            return False
        moved = self._step(now)
        self._quiet = not moved
        if self._quiet:
            self._due = self._next_due()
        return moved

    def _nothing_due(self, now: float) -> bool:
        """Whether a step would find nothing to do: no time is up, and nothing has come."""
        if self._due is not None and self._due <= now:
            return False
        line = self._cabin.lines[self._device_id]
        return line.silent and line.plugged == self._open

    def _step(self, now: float) -> bool:
        moved = self._follow_cable(now)
        deadline = self._driver.deadline()
        if self._open and deadline is not None and deadline <= now:
            self._driver.tick(now)
            moved = True
        if self._open and self._driver.reopen_wanted:
            self._driver.lost(now, "reopen")
            self._open, self._reopen_at = False, now + REOPEN_S
        moved = self._carry_requests() or moved
        moved = self._carry_bytes(now) or moved
        for report in self._driver.take_reports():
            self._engine.post(DeviceReport(self._role, report))
            moved = True
        return moved

    def _carry_bytes(self, now: float) -> bool:
        data = self._driver.take_output() if self._open else b""
        answer = self._cabin.exchange(self._device_id, data) if self._open else b""
        if answer:
            self._driver.receive(answer, now)
        return bool(data) or bool(answer)

    def _carry_requests(self) -> bool:
        """For machines on a network: what the driver asks and what is answered."""
        return False

    def next_due(self) -> float | None:
        """When the next step is wanted."""
        return self._due if self._quiet else self._next_due()

    def _next_due(self) -> float | None:
        if not self._open:
            return self._reopen_at
        return self._driver.deadline()

    def _follow_cable(self, now: float) -> bool:
        there = self._cabin.connected(self._device_id)
        if self._open and not there:
            self._driver.lost(now, "port_missing")
            self._open, self._reopen_at = False, now + REOPEN_S
            return True
        if not self._open and self._reopen_at is not None and now >= self._reopen_at:
            if not there:
                self._reopen_at = now + REOPEN_S
                return False
            self._open, self._reopen_at = True, None
            self._driver.opened(now)
            return True
        return False

    def _now(self) -> float:
        return self._cabin.clock.monotonic()


class VirtualAskingWorker(VirtualWorker):
    """For a machine that is asked whole questions instead of bytes. Its port is always there,
    whatever becomes of the cable. ``_outside`` carries the questions.
    """

    def __init__(
        self, role: str, device_id: str, driver: Driver, cabin: VirtualCabin, engine: Engine
    ) -> None:
        super().__init__(role, device_id, driver, cabin, engine)
        self._outside = self._reach(cabin, device_id)

    def _reach(self, cabin: VirtualCabin, device_id: str) -> VirtualNetwork | VirtualPrograms:
        raise NotImplementedError

    def _carry_requests(self) -> bool:
        moved = self._outside.post(self._driver.take_requests())
        for request, answer in self._outside.came():
            self._driver.answered(request, answer, self._now())
            moved = True
        return moved

    def _carry_bytes(self, now: float) -> bool:  # noqa: ARG002
        return False

    def _nothing_due(self, now: float) -> bool:
        if self._outside.has_answers or not self._open:
            return False
        return self._due is None or self._due > now

    def _next_due(self) -> float | None:
        times = [x for x in (super()._next_due(), self._outside.next_due()) if x is not None]
        return min(times, default=None)

    def _follow_cable(self, now: float) -> bool:
        if self._open:
            return False
        self._open, self._reopen_at = True, None
        self._driver.opened(now)
        return True


class VirtualIppWorker(VirtualAskingWorker):
    """The document printer's: over HTTP."""

    def _reach(self, cabin: VirtualCabin, device_id: str) -> VirtualNetwork:  # noqa: ARG002
        return VirtualNetwork(cabin)


class VirtualProgramWorker(VirtualAskingWorker):
    """The scanner's: through a program."""

    def _reach(self, cabin: VirtualCabin, device_id: str) -> VirtualPrograms:
        return VirtualPrograms(cabin, device_id)


def worker_of(role: str) -> type[VirtualWorker]:
    by_role = {DOCUMENT_PRINTER: VirtualIppWorker, SCANNER: VirtualProgramWorker}
    return by_role.get(role, VirtualWorker)


class VirtualLanes:
    """Calls are made at once; their answers arrive when their time has passed, lane by lane."""

    def __init__(self, clock: VirtualClock, post: Callable[[object], None]) -> None:
        self._clock = clock
        self._post = post
        self._free_at: dict[str, float] = {}
        self._arriving: list[tuple[float, int, object]] = []
        self._count = 0
        self._taken = 0.0

    def wait(self, seconds: float) -> None:
        """Called by the transport: the running call takes so much longer."""
        self._taken += seconds

    def run(self, lane: str, call: Callable[[], object], broken: object = None) -> None:
        self._taken = GATEWAY_S
        value = outcome_of(Job(call, broken))
        begin = max(self._clock.monotonic(), self._free_at.get(lane, 0.0))
        self._free_at[lane] = begin + self._taken
        self._count += 1
        if value is not None:
            self._arriving.append((self._free_at[lane], self._count, value))
            self._arriving.sort(key=lambda x: x[:2])

    def deliver(self) -> bool:
        moved = False
        while self._arriving and self._arriving[0][0] <= self._clock.monotonic():
            self._post(self._arriving.pop(0)[2])
            moved = True
        return moved

    def next_due(self) -> float | None:
        return self._arriving[0][0] if self._arriving else None
