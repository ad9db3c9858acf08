"""Frames of the ECR Hub serial line: bytes to frozen frames and back. No I/O, no clock.

Source: payment terminal protocols, 1.1 (frame table; rules 3 to 5). A frame is
`55 AA | type | ack id | id | length (2, big endian) | data | check | CC 33`, at most 1024 bytes,
where check is the XOR of everything from type to the last data byte. Nothing is escaped: the
length decides, then check and end mark, and what fails is scanned again one byte behind its
start mark.
"""

from __future__ import annotations

import itertools
import operator
import re
from dataclasses import dataclass

STX = b"\x55\xaa"
ETX = b"\xcc\x33"
NORMAL = 0
HANDSHAKE = 1
HANDSHAKE_CONFIRM = 2

_HEADER = 7
_TRAILER = 3
MAX_FRAME = 1024
MAX_DATA = MAX_FRAME - _HEADER - _TRAILER

_SENSITIVE = re.compile(
    rb'"(?:card_no|card_number|pan|pay_user_account_id|pay_user_account_name|auth_code|track\w*'
    rb'|pay_code)"\s*:\s*(?:"((?:[^"\\]|\\.)+)"|([0-9]+))'
)


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame. `ack` is the id of the last good data frame received, 0 for none; `id` is 1 to
    255 with data and 0 without.
    """

    type: int = NORMAL
    ack: int = 0
    id: int = 0
    data: bytes = b""


def encode(frame: Frame) -> bytes:
    """The frame's bytes; ValueError if the data doesn't fit the 1024 bytes of a frame."""
    if len(frame.data) > MAX_DATA:
        raise ValueError(f"a frame carries at most {MAX_DATA} bytes of data")
    length = len(frame.data).to_bytes(2, "big")
    body = bytes((frame.type, frame.ack, frame.id)) + length + frame.data
    check = 0
    for byte in body:
        check ^= byte
    return STX + body + bytes((check,)) + ETX


class Decoder:
    """Finds frames in a stream that may be split and soiled in any way. Never raises.

    Takes linear time on any input: a running XOR makes each check one step, and the place of the
    next possible start only moves forward.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._running_xor = bytearray()

    @property
    def pending(self) -> int:
        """How many bytes of a frame that isn't whole are held."""
        return len(self._buffer)

    def clear(self) -> None:
        """Forget what is held."""
        self._buffer.clear()
        self._running_xor.clear()

    def feed(self, data: bytes) -> list[Frame]:
        """Take more bytes; the frames that are whole now, in order."""
        last = self._running_xor[-1] if self._running_xor else 0
        sums = itertools.accumulate(data, operator.xor, initial=last)
        next(sums)
        self._running_xor.extend(sums)
        self._buffer += data
        return self._scan(0)

    def give_up(self) -> list[Frame]:
        """The frame begun isn't coming (a false start mark): scan behind it."""
        return self._scan(1)

    def _scan(self, start: int) -> list[Frame]:
        frames: list[Frame] = []
        position = start
        while True:
            position = self._next_start(position)
            if len(self._buffer) - position < _HEADER:
                break
            size = self._size_at(position)
            if size is None:
                position += 1
            elif len(self._buffer) - position < size:
                break
            elif self._is_whole(position, size):
                frames.append(self._cut(position, size))
                position += size
            else:
                position += 1
        del self._buffer[:position]
        del self._running_xor[:position]
        return frames

    def _next_start(self, position: int) -> int:
        """Where the next start mark is, or where half of one may be at the very end."""
        found = self._buffer.find(STX, position)
        if found >= 0:
            return found
        end = len(self._buffer)
        return end - 1 if end > position and self._buffer[-1] == STX[0] else end

    def _size_at(self, position: int) -> int | None:
        """The size of the frame that seems to begin here; None if none can."""
        frame_type = self._buffer[position + 2]
        length = int.from_bytes(self._buffer[position + 5 : position + 7], "big")
        if frame_type > HANDSHAKE_CONFIRM or length > MAX_DATA:
            return None
        return _HEADER + length + _TRAILER

    def _is_whole(self, position: int, size: int) -> bool:
        end = position + size
        if self._buffer[end - 2 : end] != ETX:
            return False
        xor = self._running_xor[end - 4] ^ self._running_xor[position + 1]
        return xor == self._buffer[end - 3]

    def _cut(self, position: int, size: int) -> Frame:
        buffer = self._buffer
        return Frame(
            type=buffer[position + 2],
            ack=buffer[position + 3],
            id=buffer[position + 4],
            data=bytes(buffer[position + _HEADER : position + size - _TRAILER]),
        )


def sensitive_spans(raw: bytes) -> tuple[slice, ...]:
    """Where in a frame's bytes card and account numbers stand, for recordings to replace."""
    return tuple(slice(*match.span(match.lastindex or 0)) for match in _SENSITIVE.finditer(raw))
