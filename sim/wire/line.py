"""A cable between the host and a machine: it takes time, can be pulled, and spoils bytes.

A line knows no file descriptor, so that it serves ptys and virtual time alike. Each write keeps
its edges: what a machine sends in one write arrives in one piece unless a fault splits it.
"""

from __future__ import annotations

import heapq
import itertools

from sim.devices.model import Model
from sim.faults import Fault, Faults

FROM_DEVICE, TO_DEVICE = "from_device", "to_device"
BITS_A_BYTE = 10  # start, eight, stop


class Line:
    """The cable of `model`. `baud` 0 carries bytes at once, else at that rate."""

    def __init__(self, model: Model, faults: Faults, baud: int = 0) -> None:
        self.model = model
        self.plugged = True
        self._faults, self._baud = faults, baud
        self._order = itertools.count()
        self._to_device: list[tuple[float, int, bytes]] = []
        self._to_host: list[tuple[float, int, bytes]] = []
        self._free_at = {FROM_DEVICE: 0.0, TO_DEVICE: 0.0}
        self._newest = {FROM_DEVICE: 0.0, TO_DEVICE: 0.0}

    @property
    def now(self) -> float:
        return self.model.now

    # ---- host side ----

    def from_host(self, data: bytes) -> None:
        """Bytes that the host wrote."""
        if self.plugged and data:
            self._send(TO_DEVICE, data, self._to_device)
            self._deliver()

    def to_host(self) -> list[bytes]:
        """The pieces that have arrived at the host."""
        self._collect()
        pieces: list[bytes] = []
        while self._to_host and self._to_host[0][0] <= self.now:
            pieces.append(heapq.heappop(self._to_host)[2])
        return pieces

    def waiting(self) -> bool:
        """Whether bytes wait for room in the machine: the host must stop sending."""
        return any(at <= self.now for at, _, _ in self._to_device)

    def unplug(self) -> None:
        """Pull the cable: everything on its way is lost."""
        if self.plugged:
            self.plugged = False
            self._to_device.clear()
            self._to_host.clear()
            self.model.link_down()

    def plug(self) -> None:
        if not self.plugged:
            self.plugged = True
            self.model.link_up()

    @property
    def silent(self) -> bool:
        """Nothing is on its way to the host."""
        return not self._to_host and not self.model.has_writes

    # ---- time ----

    def next_event(self) -> float | None:
        """Seconds until the machine acts or a byte arrives at either end, or None."""
        arrivals = [max(0.0, at - self.now) for at, _, _ in self._to_host[:1]]
        own = self.next_own_event()
        return min(arrivals if own is None else [own, *arrivals], default=None)

    def next_own_event(self) -> float | None:
        """The same, without bytes that have only to be read by the host."""
        moments = [at - self.now for at, _, _ in self._to_device if at > self.now]
        if (event := self.model.next_event()) is not None:
            moments.append(event)
        return min(moments, default=None)

    def advance(self, dt: float) -> None:
        """Let time pass, stopping at each arrival and each event of the machine."""
        end = self.now + dt
        if not self._to_device and self.model.quiet_until(end):
            self.model.now = end
            self._collect()
            return
        self._deliver()
        while self.now < end:
            self.model.advance(self._next_moment(end) - self.now)
            self._collect()
            self._deliver()
        self._collect()

    def _next_moment(self, end: float) -> float:
        """The next moment up to `end` at which the machine or a byte for it acts."""
        moments = [at for at, _, _ in self._to_device if at > self.now]
        if (event := self.model.next_event()) is not None:
            moments.append(self.now + event)
        return min([end, *moments])

    # ---- bytes on their way ----

    def _deliver(self) -> None:
        while self._to_device and self._to_device[0][0] <= self.now:
            room = self.model.room()
            if room == 0:
                return
            at, order, data = heapq.heappop(self._to_device)
            if room is not None and len(data) > room:
                heapq.heappush(self._to_device, (at, order, data[room:]))
                data = data[:room]
            self.model.receive(data)

    def _collect(self) -> None:
        for data in self.model.take_writes():
            if self.plugged:
                self._send(FROM_DEVICE, data, self._to_host)

    def _send(self, direction: str, data: bytes, queue: list[tuple[float, int, bytes]]) -> None:
        delay, pieces = self.spoil(direction, data)
        for piece in pieces:
            arrives = self.now + delay
            if self._baud:
                start = max(self._free_at[direction], self.now)
                arrives = start + len(piece) * BITS_A_BYTE / self._baud
                self._free_at[direction] = arrives
                arrives += delay
            # A cable keeps the order: what comes after delayed bytes is late too.
            arrives = self._newest[direction] = max(arrives, self._newest[direction])
            heapq.heappush(queue, (arrives, next(self._order), piece))

    def _take(self, kind: str, direction: str) -> Fault | None:
        return self._faults.take(
            self.model.device_id,
            kind,
            lambda fault: fault.text("direction", "both") in ("both", direction),
        )

    def spoil(self, direction: str, data: bytes) -> tuple[float, list[bytes]]:
        """What the faults make of one write: seconds of delay and the pieces that arrive."""
        if self._take("drop", direction) is not None:
            return 0.0, []
        pieces = [data]
        if (wrong := self._take("wrong_device", direction)) is not None:
            pieces = [bytes.fromhex(wrong.text("hex", "01030200017984"))]
        if (half := self._take("truncate", direction)) is not None:
            pieces = [data[: int(half.number("keep", len(data) // 2))]]
        if self._take("corrupt", direction) is not None and pieces[0]:
            spoiled = bytearray(pieces[0])
            spoiled[self._faults.randrange(len(spoiled))] ^= 1 << self._faults.randrange(8)
            pieces = [bytes(spoiled)]
        if self._take("baud", direction) is not None:
            pieces = [bytes(self._faults.randrange(256) for _ in pieces[0])]
        if self._take("duplicate", direction) is not None:
            pieces = [*pieces, *pieces]
        if (noise := self._take("garbage", direction)) is not None:
            pieces = [self._noise(noise), *pieces]
        delay = self._take("delay", direction)
        seconds = delay.number("seconds", 1.0) if delay is not None else 0.0
        return seconds, [p for p in pieces if p]

    def _noise(self, fault: Fault) -> bytes:
        if fault.text("hex", ""):
            return bytes.fromhex(fault.text("hex", ""))
        length = int(fault.number("length", 8))
        return bytes(self._faults.randrange(256) for _ in range(length))
