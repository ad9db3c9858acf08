"""How ZVT's APDUs travel: in blocks that are acknowledged (serial), or as they are (TCP).

No I/O; `send` puts bytes in the driver's outbox. Source: payment terminal protocols, 1.2
(transport; timers T1 and T2).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from devices.payment_terminal import zvt_apdu, zvt_block
from devices.payment_terminal.zvt_apdu import Apdu

T1_S = 0.2
"""Between two bytes of a block; then it is cut and wants a NAK."""
T2_S = 5.0
"""From a block to its ACK or NAK; then it is sent again."""
MOST_REPEATS = 2
STALL_S = 5.0
"""Over TCP: the rest of an APDU is awaited so long. The protocol names no time; T3 is taken."""
_ANSWER_CLASSES = (0x80, 0x84)


@dataclass(frozen=True, slots=True)
class Heard:
    """A good APDU came."""

    apdu: Apdu


@dataclass(frozen=True, slots=True)
class Delivered:
    """The APDU posted under that number has arrived (over TCP: is on its way)."""

    number: int


@dataclass(frozen=True, slots=True)
class NotDelivered:
    """It was repeated and never acknowledged; it may have arrived all the same."""

    number: int


@dataclass(frozen=True, slots=True)
class OutOfStep:
    """Nobody knows any more where an APDU begins: the port must be opened anew."""


LinkEvent = Heard | Delivered | NotDelivered | OutOfStep
Send = Callable[[bytes, int | None], None]


@dataclass(slots=True)
class _Outgoing:
    number: int
    owner: int | None
    apdu: Apdu
    repeats: int = 0
    again_at: float = 0.0


class Link(ABC):
    """The kiosk's end of the line. What happens is handed out by `take_events`."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._events: list[LinkEvent] = []
        self._posted = 0

    def take_events(self) -> list[LinkEvent]:
        """What happened since the last call, oldest first."""
        events, self._events = self._events, []
        return events

    @abstractmethod
    def clear(self) -> None:
        """The port was opened or is gone: forget everything."""

    def post(self, apdu: Apdu, owner: int | None, now: float) -> int:
        """Send an APDU, on behalf of command `owner` if it is one's; the number it goes under."""
        self._posted += 1
        self._post(_Outgoing(self._posted, owner, apdu), now)
        return self._posted

    @abstractmethod
    def drop(self, number: int) -> None:
        """Don't send it, or not again."""

    @abstractmethod
    def _post(self, one: _Outgoing, now: float) -> None:
        """Send it when its turn comes."""

    @abstractmethod
    def receive(self, data: bytes, now: float) -> None:
        """Bytes came."""

    @abstractmethod
    def tick(self, now: float) -> None:
        """Time has passed."""

    @abstractmethod
    def deadline(self) -> float | None:
        """When `tick` is wanted next."""


class SerialLink(Link):
    """Blocks: one is under way at a time, and is sent three times at most."""

    def __init__(self, send: Send) -> None:
        super().__init__(send)
        self._decoder = zvt_block.Decoder()
        self._queue: deque[_Outgoing] = deque()
        self._current: _Outgoing | None = None
        self._half_since: float | None = None

    def clear(self) -> None:
        self._decoder.clear()
        self._queue.clear()
        self._current = None
        self._half_since = None
        self._events.clear()

    def _post(self, one: _Outgoing, now: float) -> None:
        self._queue.append(one)
        self._send_next(now)

    def drop(self, number: int) -> None:
        self._queue = deque(one for one in self._queue if one.number != number)
        if self._current is not None and self._current.number == number:
            self._current = None

    def receive(self, data: bytes, now: float) -> None:
        pieces = self._decoder.feed(data)
        self._half_since = now if self._decoder.pending else None
        for piece in pieces:
            self._take(piece, now)

    def tick(self, now: float) -> None:
        if self._half_since is not None and now >= self._half_since + T1_S:
            self._half_since = None
            for piece in self._decoder.give_up():
                self._take(piece, now)
        if self._current is not None and now >= self._current.again_at:
            self._again(self._current, now)
        self._send_next(now)

    def deadline(self) -> float | None:
        times = [] if self._half_since is None else [self._half_since + T1_S]
        if self._current is not None:
            times.append(self._current.again_at)
        return min(times, default=None)

    def _take(self, piece: zvt_block.Piece, now: float) -> None:
        match piece:
            case zvt_block.Ack() if self._current is not None:
                self._arrived(self._current)
            case zvt_block.Nak() if self._current is not None:
                self._again(self._current, now)
            case zvt_block.Damaged():
                self._send(zvt_block.NAK, None)
            case zvt_block.Block(raw):
                self._send(zvt_block.ACK, None)
                apdu = zvt_apdu.parse(raw)
                if apdu is not None:
                    self._arrived_by(apdu)
                    self._events.append(Heard(apdu))
        self._send_next(now)

    def _arrived_by(self, apdu: Apdu) -> None:
        """What follows from a block says that ours arrived, although its ACK was lost: a command
        that were sent again could be done twice.
        """
        current = self._current
        if current is None:
            return
        is_answer = apdu.control >> 8 in _ANSWER_CLASSES
        if is_answer or current.apdu.control >> 8 in _ANSWER_CLASSES:
            self._arrived(current)

    def _arrived(self, current: _Outgoing) -> None:
        self._current = None
        self._events.append(Delivered(current.number))

    def _again(self, current: _Outgoing, now: float) -> None:
        if current.repeats >= MOST_REPEATS:
            self._current = None
            self._events.append(NotDelivered(current.number))
            return
        current.repeats += 1
        self._transmit(current, now)

    def _send_next(self, now: float) -> None:
        if self._current is None and self._queue:
            self._current = self._queue.popleft()
            self._transmit(self._current, now)

    def _transmit(self, current: _Outgoing, now: float) -> None:
        current.again_at = now + T2_S
        self._send(zvt_block.encode(zvt_apdu.encode(current.apdu)), current.owner)


class TcpLink(Link):
    """Plain APDUs: TCP itself sees to it that they arrive, or the connection ends."""

    def __init__(self, send: Send) -> None:
        super().__init__(send)
        self._decoder = zvt_apdu.Decoder()
        self._half_since: float | None = None

    def clear(self) -> None:
        self._decoder.clear()
        self._half_since = None
        self._events.clear()

    def _post(self, one: _Outgoing, now: float) -> None:  # noqa: ARG002
        self._send(zvt_apdu.encode(one.apdu), one.owner)
        self._events.append(Delivered(one.number))

    def drop(self, number: int) -> None:
        """What was written can't be held back."""

    def receive(self, data: bytes, now: float) -> None:
        found = self._decoder.feed(data)
        whole = [x for x in found if isinstance(x, Apdu)]
        if not self._decoder.pending:
            self._half_since = None
        elif whole or self._half_since is None:
            self._half_since = now
        self._events += [Heard(apdu) for apdu in whole]

    def tick(self, now: float) -> None:
        if self._half_since is not None and now >= self._half_since + STALL_S:
            self._half_since = None
            self._decoder.clear()
            self._events.append(OutOfStep())

    def deadline(self) -> float | None:
        return None if self._half_since is None else self._half_since + STALL_S
