"""The cabin in virtual time: no threads, no ports, no waiting.

A scheduler asks `next_event()` when something happens by itself, moves there with `advance_to`,
and carries bytes between a driver and its machine with `exchange`. The wire's faults strike here
as they do on ptys.
"""

from __future__ import annotations

from collections.abc import Callable

from sim.cabin import Cabin, GatewayDevices
from sim.clock import VirtualClock
from sim.devices.document_ipp import Reply
from sim.faults import Faults

STEP_S = 1e-6  # the least that the clock moves: a date in months still has finer digits


class VirtualCabin(Cabin):
    """A cabin that owns its clock. Times are the clock's `monotonic()` seconds."""

    clock: VirtualClock

    def __init__(
        self,
        clock: VirtualClock | None = None,
        faults: Faults | None = None,
        seed: int = 0,
        gateways: GatewayDevices | None = None,
        pace: bool = False,
        heartbeats: bool = False,
    ) -> None:
        self.clock = VirtualClock() if clock is None else clock
        super().__init__(
            self.clock, Faults(seed) if faults is None else faults, gateways, pace, heartbeats
        )

    def advance_to(self, moment: float) -> None:
        """Move the clock and every machine to `moment`, in the order things happen."""
        while True:
            super().advance_to(self.clock.monotonic())
            left = moment - self.clock.monotonic()
            if left <= 0:
                return
            event = self._next_model_event()
            self.clock.advance(left if event is None else min(left, max(event, STEP_S)))

    def next_event(self) -> float | None:
        """The moment of the next event (monotonic seconds, now at the earliest), or None.

        Bytes that wait for the host count as an event: call `exchange`.
        """
        event = self.seconds_to_event()
        return None if event is None else self.clock.monotonic() + event

    def exchange(self, device_id: str, data: bytes = b"") -> bytes:
        """Give the machine what its driver wrote; returns what has arrived for the driver.

        Nothing passes a pulled cable; `connected` tells the driver's side of it.
        """
        line = self.lines[device_id]
        if not line.plugged:
            return b""
        line.from_host(data)
        return b"".join(line.to_host())

    def post(self, body: bytes, answered: Callable[[Reply | None], None]) -> None:
        """A POST to the document printer; `answered` is called when time has brought an answer.

        None is a line that was cut, or never was there.
        """
        self.documents.post(body, answered)

    def connected(self, device_id: str) -> bool:
        """Whether the device's port exists."""
        return self.lines[device_id].plugged

    def _next_model_event(self) -> float | None:
        times = [t for line in self.lines.values() if (t := line.next_own_event()) is not None]
        return min(times, default=None)
