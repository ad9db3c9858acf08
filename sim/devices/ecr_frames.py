"""ECR Hub frames as the terminal sees them: the simulator's own reading.

Layout ("ECR Hub serial/USB", Frame): 55 AA, type, ack id, id, length (2, big endian), data,
XOR from type to the last data byte, CC 33. A whole message is at most 1,024 bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import xor

NORMAL, HANDSHAKE, CONFIRM = 0, 1, 2
STX, ETX = b"\x55\xaa", b"\xcc\x33"
HEAD, TAIL = 7, 3
LARGEST = 1024


@dataclass(frozen=True)
class Frame:
    """One frame. `ack` 0 acknowledges nothing, `id` 0 carries no data."""

    type: int = NORMAL
    ack: int = 0
    id: int = 0
    data: bytes = b""

    def encode(self) -> bytes:
        """The frame as bytes; ValueError when the message would pass 1,024 bytes."""
        body = bytes((self.type, self.ack, self.id)) + len(self.data).to_bytes(2, "big") + self.data
        frame = STX + body + bytes((reduce(xor, body),)) + ETX
        if len(frame) > LARGEST:
            raise ValueError(f"message of {len(frame)} bytes is longer than {LARGEST}")
        return frame


BEAT = Frame().encode()


class Frames:
    """Cuts a stream into frames. Bad ones are dropped in silence (rule 3), and it then looks

    for the next STX one byte further on (rule 5).
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def clear(self) -> None:
        self._buffer.clear()

    @property
    def waiting(self) -> bool:
        """Whether part of a frame is held."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that `data` completes."""
        self._buffer += data
        return self._cut()

    def give_up(self) -> list[Frame]:
        """The rest of a frame never came: look for others in what is held."""
        del self._buffer[:1]
        return self._cut()

    def _cut(self) -> list[Frame]:
        frames: list[Frame] = []
        buffer = self._buffer
        start = 0
        while True:
            start = buffer.find(STX, start)
            if start < 0:
                # the last byte may be the first half of an STX
                start = len(buffer) - (1 if buffer[-1:] == STX[:1] else 0)
                break
            if len(buffer) - start < HEAD:
                break
            total = HEAD + int.from_bytes(buffer[start + 5 : start + 7], "big") + TAIL
            if total > LARGEST:
                start += 1
                continue
            if len(buffer) - start < total:
                break
            raw = bytes(buffer[start : start + total])
            if raw[-2:] != ETX or reduce(xor, raw[2:-TAIL]) != raw[-TAIL]:
                start += 1
                continue
            frames.append(Frame(raw[2], raw[3], raw[4], raw[HEAD:-TAIL]))
            start += total
        del buffer[:start]
        return frames
