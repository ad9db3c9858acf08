"""The slave's side of Modbus RTU: frames between silences, four functions, three exceptions.

Written from "Rice mill", 4b. A frame ends with a silence of 3.5 characters; one whose check bytes
are wrong or that is for another slave is passed over without a word.
"""

from __future__ import annotations

import struct
from typing import Protocol

SILENCE_S = 0.00401
ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3


def crc(data: bytes) -> bytes:
    """The two check bytes, low byte first."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
    return struct.pack("<H", value)


class Registers(Protocol):
    """What a slave stands before. KeyError for a register that it doesn't have."""

    def read(self, function: int, address: int) -> int: ...

    def write(self, address: int, values: tuple[int, ...]) -> None: ...


def answer(slave: int, raw: bytes, registers: Registers) -> bytes | None:
    """The answer to one frame; None for one that isn't answered."""
    if len(raw) < 4 or raw[0] != slave or crc(raw[:-2]) != raw[-2:]:
        return None
    function, data = raw[1], raw[2:-2]
    try:
        body = _carry_out(function, data, registers)
    except KeyError:
        body = None
        code = ILLEGAL_ADDRESS
    except (ValueError, struct.error):
        body = None
        code = ILLEGAL_VALUE
    except NotImplementedError:
        body = None
        code = ILLEGAL_FUNCTION
    reply = (
        bytes((slave, function)) + body
        if body is not None
        else bytes((slave, function | 0x80, code))
    )
    return reply + crc(reply)


def _carry_out(function: int, data: bytes, registers: Registers) -> bytes:
    if function in (3, 4):
        address, count = struct.unpack(">HH", data)
        if not 1 <= count <= 125:
            raise ValueError("too many")
        values = [registers.read(function, address + i) for i in range(count)]
        return bytes((2 * count,)) + struct.pack(f">{count}H", *values)
    if function == 6:
        address, value = struct.unpack(">HH", data)
        registers.write(address, (value,))
        return data
    if function == 16:
        address, count, size = struct.unpack(">HHB", data[:5])
        if not 1 <= count <= 123 or size != 2 * count:
            raise ValueError("lengths that don't fit")
        registers.write(address, struct.unpack(f">{count}H", data[5:]))
        return data[:4]
    raise NotImplementedError
