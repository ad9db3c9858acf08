"""The ECR Hub line between two packets' ends: handshake, beats, acknowledgements, repeats.

One data frame is under way at a time. No I/O; `send` puts bytes in the driver's outbox. Sources:
payment terminal protocols, 1.1 (timers; rules 1 to 3); Serial and USB on Linux, "Liveness".
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from devices.payment_terminal import codec
from devices.payment_terminal.codec import Frame

HANDSHAKE_REPEAT_S = 1.0
BEAT_S = 1.0
REPEAT_S = 0.1
WRITE_TIMEOUT_S = 10.0
"""The same frame is repeated until it is acknowledged, for so long."""
FRESH_S = 2.5
"""Data is first sent only when something was heard within this time (the terminal beats every
2 s at the slowest)."""
LINK_WAIT_S = 3.0
"""Data waits so long for a link that is fresh, then it is given back unsent."""
SILENT_S = 5.0
CONNECT_S = 10.0
DEAD_S = 30.0
HALF_FRAME_S = 1.0
"""The rest of a frame is awaited so long: a whole one takes 90 ms at 115200 baud."""


@dataclass(frozen=True, slots=True)
class Linked:
    """The terminal confirmed the handshake."""


@dataclass(frozen=True, slots=True)
class Dead:
    """Nothing was heard for 30 s. What was under way is dropped; the handshake begins anew."""


@dataclass(frozen=True, slots=True)
class Message:
    """The data of a good frame, each frame once."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The data of `tag` arrived."""

    tag: int


@dataclass(frozen=True, slots=True)
class NotSent:
    """The data of `tag` was given back: for certain no byte of it was sent."""

    tag: int


@dataclass(frozen=True, slots=True)
class NotAcknowledged:
    """The data of `tag` was sent and repeated; nobody knows whether it arrived."""

    tag: int


LinkEvent = Linked | Dead | Message | Acknowledged | NotSent | NotAcknowledged


@dataclass(slots=True)
class _Outgoing:
    tag: int
    data: bytes
    since: float
    id: int = 0
    raw: bytes = b""
    repeat_at: float = 0.0
    give_up_at: float = 0.0


class Link:
    """The kiosk's end of the line. Every method with `now` (monotonic seconds) may add events,
    which `take_events` hands out.
    """

    def __init__(self, send: Callable[[bytes, int | None], None], beats: bool = True) -> None:
        """Without `beats` (virtual time, where nothing idles) neither side beats, and silence
        means nothing until a frame stays unacknowledged.
        """
        self._send = send
        self._beats = beats
        self._decoder = codec.Decoder()
        self._events: list[LinkEvent] = []
        self._queue: deque[_Outgoing] = deque()
        self._current: _Outgoing | None = None
        self._last_out_id = 0
        self._last_in: tuple[int, bytes] | None = None
        self._half_since: float | None = None
        self._is_open = False
        self.linked = False
        self.heard_at = 0.0
        self.opened_at = 0.0
        self._handshake_at = 0.0
        self._beat_at = 0.0
        self._dead_at = 0.0

    def silent_at(self) -> float:
        """From when on the line is silent if nothing more is heard."""
        return self.heard_at + SILENT_S if self._beats else math.inf

    def open(self, now: float) -> None:
        """The port is open: forget everything and shake hands (rule 1)."""
        self._is_open = True
        self.opened_at = now
        self._decoder.clear()
        self._half_since = None
        self._begin_handshake(now)

    def close(self) -> None:
        """The port is gone; what was under way is forgotten without an event."""
        self._is_open = False
        self.linked = False
        self._queue.clear()
        self._current = None

    def take_events(self) -> list[LinkEvent]:
        """What happened since the last call, oldest first."""
        events, self._events = self._events, []
        return events

    def post(self, tag: int, data: bytes, now: float) -> None:
        """Send `data` when its turn comes; one of the events will name `tag`, a command's id."""
        self._queue.append(_Outgoing(tag, data, now))
        self._send_next(now)

    def drop(self, tag: int, now: float) -> None:
        """Send nothing more of `tag`."""
        self._queue = deque(one for one in self._queue if one.tag != tag)
        if self._current is not None and self._current.tag == tag:
            self._current = None
        self._send_next(now)

    def receive(self, data: bytes, now: float) -> None:
        """Bytes came."""
        held = self._decoder.pending
        frames = self._decoder.feed(data)
        # Bytes that complete nothing don't prolong the wait for the frame they belong to.
        if not self._decoder.pending:
            self._half_since = None
        elif frames or not held or self._half_since is None:
            self._half_since = now
        self._handle(frames, now)

    def tick(self, now: float) -> None:
        """Time has passed."""
        if self._half_since is not None and now >= self._half_since + HALF_FRAME_S:
            frames = self._decoder.give_up()
            self._half_since = now if self._decoder.pending else None
            self._handle(frames, now)
        if now >= self._dead_at:
            self._die(now)
        if not self.linked:
            if now >= self._handshake_at:
                self._shake_hands(now)
        elif self._beats and now >= self._beat_at:
            self._send(codec.encode(Frame()), None)
            self._beat_at = now + BEAT_S
        self._repeat(now)
        self._send_next(now)

    def deadline(self) -> float | None:
        """When `tick` is wanted next."""
        if not self._is_open:
            return None
        times = [self._dead_at]
        if not self.linked:
            times.append(self._handshake_at)
        elif self._beats:
            times.append(self._beat_at)
        if self._half_since is not None:
            times.append(self._half_since + HALF_FRAME_S)
        if self._current is not None:
            times += (self._current.repeat_at, self._current.give_up_at)
        elif self._queue:
            times.append(self._queue[0].since + LINK_WAIT_S)
        soonest = min(times)
        return None if soonest == math.inf else soonest

    def _begin_handshake(self, now: float) -> None:
        """Clear the packet state of both sides."""
        self.linked = False
        self._queue.clear()
        self._current = None
        self._last_out_id = 0
        self._last_in = None
        self._dead_at = now + DEAD_S
        self._shake_hands(now)

    def _shake_hands(self, now: float) -> None:
        self._send(codec.encode(Frame(type=codec.HANDSHAKE)), None)
        self._handshake_at = now + HANDSHAKE_REPEAT_S

    def _die(self, now: float) -> None:
        self._events.append(Dead())
        self._begin_handshake(now)

    def _handle(self, frames: list[Frame], now: float) -> None:
        for frame in frames:
            self.heard_at = now
            self._dead_at = self._dead_from(now)
            if frame.type == codec.HANDSHAKE_CONFIRM:
                self._confirmed(now)
            elif frame.type == codec.HANDSHAKE:
                # The terminal began anew and may have acted on what it had not acknowledged
                # yet: it is not sent again, or it could be acted on twice.
                self._last_in = None
                self._stop_repeating()
                if self.linked:
                    # Before, it may be our own on a line that echoes, which is no terminal.
                    self._send(codec.encode(Frame(type=codec.HANDSHAKE_CONFIRM)), None)
            elif self.linked:
                self._take(frame)
        self._send_next(now)

    def _dead_from(self, now: float) -> float:
        """When the line is dead if nothing is heard after `now`."""
        return now + DEAD_S if self._beats or not self.linked else math.inf

    def _confirmed(self, now: float) -> None:
        if not self.linked:
            self.linked = True
            self._dead_at = self._dead_from(now)
            self._beat_at = now
            self._events.append(Linked())

    def _take(self, frame: Frame) -> None:
        if self._current is not None and frame.ack == self._current.id:
            self._events.append(Acknowledged(self._current.tag))
            self._current = None
        if frame.id and frame.data:
            self._send(codec.encode(Frame(ack=frame.id)), None)
            # A repeat has the same id and the same data. A terminal that started anew may use
            # the same id for something else, which must not be lost.
            if self._last_in != (frame.id, frame.data):
                self._last_in = (frame.id, frame.data)
                self._events.append(Message(frame.data))

    def _stop_repeating(self) -> None:
        if self._current is not None:
            self._events.append(NotAcknowledged(self._current.tag))
            self._current = None

    def _repeat(self, now: float) -> None:
        current = self._current
        if current is None:
            return
        if now >= current.give_up_at:
            self._stop_repeating()
            if not self._beats:
                self._die(now)
        elif now >= current.repeat_at:
            self._send(current.raw, current.tag)
            current.repeat_at = now + REPEAT_S

    def _send_next(self, now: float) -> None:
        if self._current is not None:
            return
        fresh = self.linked and (not self._beats or now <= self.heard_at + FRESH_S)
        while self._queue and not fresh and now >= self._queue[0].since + LINK_WAIT_S:
            self._events.append(NotSent(self._queue.popleft().tag))
        if not self._queue or not fresh:
            return
        self._last_out_id = self._last_out_id % 255 + 1
        current = self._queue.popleft()
        current.id = self._last_out_id
        current.raw = codec.encode(Frame(id=current.id, data=current.data))
        current.repeat_at = now + REPEAT_S
        current.give_up_at = now + WRITE_TIMEOUT_S
        self._current = current
        self._send(current.raw, current.tag)
