"""The terminal's side of the ECR Hub packet layer: handshake, beats, acks, repeats, duplicates."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from sim.devices.ecr_frames import BEAT, CONFIRM, HANDSHAKE, NORMAL, Frame, Frames
from sim.devices.model import Model, Timer
from sim.faults import Faults

BEAT_S = 0.8  # ECR Hub, Timers: the maker's kit sends only after a beat within 1.2 s
REPEAT_S = 0.1  # Timers: data repeat until ack
REPEAT_FOR_S = 10.0
DEAD_S = 30.0  # Timers: no heartbeat → link dead
PARTIAL_S = 0.5  # a frame whose rest doesn't come is noise


class Outgoing:
    """A data frame that waits for its ack."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.id = 0
        self.give_up_at = 0.0


class EcrLink:
    """Packet layer over a model's writes and timers. `on_data` gets each new message once."""

    def __init__(
        self,
        model: Model,
        write: Callable[[bytes], None],
        after: Callable[[float, Callable[[], None]], Timer],
        faults: Faults,
        on_data: Callable[[bytes], None],
        beat_s: float | None,
    ) -> None:
        self._model, self._write, self._after = model, write, after
        self._faults, self._on_data, self._beat_s = faults, on_data, beat_s
        self._frames = Frames()
        self._queue: deque[Outgoing] = deque()
        self._beat: Timer | None = None
        self._repeat: Timer | None = None
        self._partial: Timer | None = None
        self._silent_until = 0.0
        self._last_heard = 0.0
        self._last_id = 0  # id of the newest data frame taken, 0 after a handshake
        self._next_id = 1
        self.linked = False

    @property
    def silent(self) -> bool:
        """Whether the terminal hangs: neither hears nor speaks.

        For the fault's `seconds`, or without them until it is cleared.
        """
        if self._model.now < self._silent_until:
            return True
        device = self._model.device_id
        spell = self._faults.take(device, "silent", lambda f: f.number("seconds", 0.0) > 0)
        if spell is not None:
            self._silent_until = self._model.now + spell.number("seconds", 0.0)
            return True
        return self._faults.waiting(device, "silent")

    def drop(self) -> None:
        """Forget the link: a reboot, a pulled cable, or a host that fell silent."""
        self._frames.clear()
        self._forget_packets()

    def _forget_packets(self) -> None:
        self.linked = False
        self._queue.clear()
        self._last_id = 0
        self._next_id = 1
        for timer in (self._beat, self._repeat, self._partial):
            if timer is not None:
                timer.cancel()
        self._beat = self._repeat = self._partial = None

    def receive(self, data: bytes) -> None:
        if self.silent:
            return
        self._take(self._frames.feed(data))

    def send(self, data: bytes) -> None:
        """Queue a message; it repeats every 100 ms until the host acks it."""
        if not self.linked:
            return
        self._queue.append(Outgoing(data))
        if len(self._queue) == 1:
            self._send_first()

    def _take(self, frames: list[Frame]) -> None:
        for frame in frames:
            if frame.type == HANDSHAKE:
                self._handshake()
            elif frame.type == NORMAL and self.linked:
                self._normal(frame)
        if self._partial is not None:
            self._partial.cancel()
            self._partial = None
        if self._frames.waiting:
            self._partial = self._after(PARTIAL_S, self._give_up_partial)

    def _give_up_partial(self) -> None:
        self._partial = None
        self._take(self._frames.give_up())

    def _handshake(self) -> None:
        """Rule 1: a handshake clears both sides' packet state."""
        self._forget_packets()
        self.linked = True
        self._last_heard = self._model.now
        self._write(Frame(CONFIRM).encode())
        if self._beat_s is not None:
            self._beat = self._after(self._beat_s, self._send_beat)

    def _normal(self, frame: Frame) -> None:
        self._last_heard = self._model.now
        if frame.ack and self._queue and self._queue[0].id == frame.ack:
            self._queue.popleft()
            if self._repeat is not None:
                self._repeat.cancel()
                self._repeat = None
            if self._queue:
                self._send_first()
        if not frame.id:
            return
        new = frame.id != self._last_id
        self._last_id = frame.id
        # Rule 2: a duplicate is acked again and not acted on again.
        if self._faults.take(self._model.device_id, "drop_ack") is None:
            self._write(Frame(NORMAL, ack=frame.id).encode())
        if new:
            self._on_data(frame.data)

    def _send_first(self) -> None:
        out = self._queue[0]
        out.id = self._next_id
        self._next_id = self._next_id % 255 + 1
        out.give_up_at = self._model.now + REPEAT_FOR_S
        self._send_again()

    def _send_again(self) -> None:
        self._repeat = None
        if not self._queue:
            return
        out = self._queue[0]
        if self._model.now >= out.give_up_at:
            self._queue.popleft()
            if self._queue:
                self._send_first()
            return
        if not self.silent:
            self._write(Frame(NORMAL, id=out.id, data=out.data).encode())
        self._repeat = self._after(REPEAT_S, self._send_again)

    def _send_beat(self) -> None:
        self._beat = None
        if self._beat_s is None:
            return
        if self._model.now - self._last_heard >= DEAD_S:
            self.drop()
            return
        if not self.silent:
            self._write(BEAT)
        self._beat = self._after(self._beat_s, self._send_beat)
