"""Modbus RTU, the master's side, for functions 03, 04, 06 and 16. No I/O.

Source: rice mill protocol, 4b: address, function, data (big-endian), CRC16 (polynomial A001
reflected, begins with FFFF, low byte first); exceptions are the function with bit 7 and one code.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

READ_HOLDING, READ_INPUT, WRITE_ONE, WRITE_MANY = 0x03, 0x04, 0x06, 0x10
EXCEPTIONS = {
    0x01: "illegal function",
    0x02: "illegal address",
    0x03: "illegal value",
    0x04: "device failure",
    0x05: "acknowledged, still working",
    0x06: "busy",
}
_FAILED_ON_THE_WAY, _WORKING = 0x04, 0x05
MOST_READ, MOST_WRITTEN = 125, 123
SHORTEST, LONGEST = 5, 256


def _table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
        table.append(crc)
    return tuple(table)


_TABLE = _table()


def crc16(data: bytes | bytearray | memoryview) -> int:
    """The check value; it is sent low byte first."""
    crc = 0xFFFF
    table = _TABLE
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc


def framed(body: bytes) -> bytes:
    """``body`` with its check bytes."""
    return body + crc16(body).to_bytes(2, "little")


@dataclass(frozen=True, slots=True)
class Request:
    """One question or order. ``count`` registers are read, or ``values`` written."""

    function: int
    address: int
    count: int = 0
    values: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        reads = self.function in (READ_HOLDING, READ_INPUT)
        if reads and not 1 <= self.count <= MOST_READ:
            raise ValueError(f"1 to {MOST_READ} registers are read at once")
        if not reads and not 1 <= len(self.values) <= MOST_WRITTEN:
            raise ValueError(f"1 to {MOST_WRITTEN} registers are written at once")

    def encode(self, slave: int) -> bytes:
        """The frame to a slave."""
        if self.function in (READ_HOLDING, READ_INPUT):
            rest = struct.pack(">HH", self.address, self.count)
        elif self.function == WRITE_ONE:
            rest = struct.pack(">HH", self.address, self.values[0])
        else:
            count = len(self.values)
            rest = struct.pack(f">HHB{count}H", self.address, count, 2 * count, *self.values)
        return framed(bytes((slave, self.function)) + rest)


def read_holding(address: int, count: int) -> Request:
    """Read ``count`` holding registers."""
    return Request(READ_HOLDING, address, count)


def read_input(address: int, count: int) -> Request:
    """Read ``count`` input registers."""
    return Request(READ_INPUT, address, count)


def write(address: int, *values: int) -> Request:
    """Write one holding register, or several in a row in one frame."""
    return Request(WRITE_ONE if len(values) == 1 else WRITE_MANY, address, values=values)


@dataclass(frozen=True, slots=True)
class Words:
    """What was read."""

    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """The write was carried out."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The slave answered with an exception: what was asked has not been done, but for two codes."""

    code: int

    @property
    def maybe_done(self) -> bool:
        """Whether it has begun, or failed on the way: then only a look tells."""
        return self.code in (_FAILED_ON_THE_WAY, _WORKING)

    @property
    def meaning(self) -> str:
        """The exception in words."""
        return EXCEPTIONS.get(self.code, f"exception {self.code:02X}")


Answer = Words | Written | Refused


@dataclass
class Listener:
    """Finds the answer to the one request that is open, in any split and among any noise.

    An answer is known by its slave, its function, what it says of its own length or place, and its
    check bytes: a late answer to another request is noise.
    """

    slave: int
    _heads: tuple[tuple[bytes, int], ...] = ()
    """How the answer may begin, and how long it then is (bytes)."""
    _buffer: bytearray = field(default_factory=bytearray)

    def expect(self, request: Request) -> None:
        """Listen for the answer to this request; what came before is forgotten."""
        self._buffer.clear()
        function = request.function
        if function in (READ_HOLDING, READ_INPUT):
            good = (bytes((self.slave, function, 2 * request.count)), 5 + 2 * request.count)
        else:
            # A write's answer repeats the head of its request, which for one register is all of it.
            good = (request.encode(self.slave)[:6], 8)
        self._heads = (good, (bytes((self.slave, function | 0x80)), 5))

    def forget(self) -> None:
        """Nothing is open any more."""
        self._heads = ()
        self._buffer.clear()

    @property
    def pending(self) -> int:
        """Bytes that may yet become the answer."""
        return len(self._buffer)

    def feed(self, data: bytes) -> Answer | None:
        """The answer, if it is complete with these bytes. What follows it is dropped."""
        if not self._heads:
            return None
        self._buffer += data
        at = 0
        while at < len(self._buffer):
            length = self._length_at(at)
            if length == 0:
                following = self._buffer.find(self.slave, at + 1)
                at = following if following >= 0 else len(self._buffer)
                continue
            if at + length > len(self._buffer):
                break
            raw = bytes(self._buffer[at : at + length])
            if crc16(raw) == 0:
                self.forget()
                return _answer(raw)
            at += 1
        del self._buffer[:at]
        return None

    def _length_at(self, at: int) -> int:
        """How long the answer that may begin here is, 0 if none does."""
        for head, length in self._heads:
            if head.startswith(self._buffer[at : at + len(head)]):
                return length
        return 0


def _answer(raw: bytes) -> Answer:
    function = raw[1]
    if function & 0x80:
        return Refused(raw[2])
    if function in (READ_HOLDING, READ_INPUT):
        return Words(struct.unpack(f">{(len(raw) - 5) // 2}H", raw[3:-2]))
    return Written()
