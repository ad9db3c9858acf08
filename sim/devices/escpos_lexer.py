"""Cuts an ESC/POS stream into commands, in any split of the input.

Facts from "ESC/POS facts" and Epson's public command reference. What a command carries is found
by its length rule, so that bytes inside pictures and codes are never taken for commands. The
real-time request DLE EOT is not part of this stream: the printer picks it out on arrival.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

ESC, FS, GS, DLE = 0x1B, 0x1C, 0x1D, 0x10
CONTROLS = frozenset((0x09, 0x0A, 0x0C, 0x0D, 0x18))

# Bytes of parameters after the two bytes of the command's name.
_FIXED: dict[int, dict[int, int]] = {
    ESC: {
        0x20: 1,
        0x21: 1,
        0x24: 2,
        0x2D: 1,
        0x32: 0,
        0x33: 1,
        0x3C: 0,
        0x3D: 1,
        0x40: 0,
        0x42: 2,
        0x45: 1,
        0x47: 1,
        0x4A: 1,
        0x4C: 0,
        0x4D: 1,
        0x52: 1,
        0x53: 0,
        0x54: 1,
        0x56: 1,
        0x5C: 2,
        0x61: 1,
        0x63: 2,
        0x64: 1,
        0x69: 0,
        0x6D: 0,
        0x70: 3,
        0x72: 1,
        0x74: 1,
        0x7B: 1,
    },
    FS: {0x21: 1, 0x26: 0, 0x2E: 0, 0x2D: 1, 0x43: 1, 0x53: 2, 0x57: 1},
    GS: {
        0x21: 1,
        0x24: 2,
        0x2F: 1,
        0x42: 1,
        0x48: 1,
        0x49: 1,
        0x4C: 2,
        0x50: 2,
        0x57: 2,
        0x5C: 2,
        0x61: 1,
        0x62: 1,
        0x66: 1,
        0x68: 1,
        0x72: 1,
        0x77: 1,
        0x7C: 1,
    },
}


@dataclass(frozen=True)
class Command:
    """One command: `name` is its first two bytes (one for a control, none for text)."""

    name: bytes
    args: bytes = b""

    def __len__(self) -> int:
        return len(self.name) + len(self.args)


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _need(buffer: bytes) -> int | None:
    """Length of the command `buffer` begins with (a lower bound if cut short); None: unknown."""
    first = buffer[0]
    if first == DLE:
        # DLE ENQ n, DLE DC4 n m t; other DLEs mean nothing here
        if len(buffer) < 2:
            return 2
        return {0x05: 3, 0x14: 5}.get(buffer[1])
    if len(buffer) < 2:
        return 2
    second = buffer[1]
    if (fixed := _FIXED[first].get(second)) is not None:
        return 2 + fixed
    rule = _RULES.get((first, second))
    return None if rule is None else rule(buffer)


def _bit_image(b: bytes) -> int:
    if len(b) < 5:
        return 5
    columns = _little(b[3:5])
    return 5 + columns * (3 if b[2] in (32, 33) else 1)


def _until_nul(b: bytes) -> int:
    end = b.find(0, 2)
    return len(b) + 1 if end < 0 else end + 1


def _cut(b: bytes) -> int:
    if len(b) < 3:
        return 3
    return 4 if b[2] in (65, 66, 97, 98, 103, 104) else 3


def _raster(b: bytes) -> int:
    return 8 if len(b) < 8 else 8 + _little(b[4:6]) * _little(b[6:8])


def _barcode(b: bytes) -> int:
    if len(b) < 3:
        return 3
    if b[2] >= 65:
        return 4 if len(b) < 4 else 4 + b[3]
    end = b.find(0, 3)
    return len(b) + 1 if end < 0 else end + 1


def _function(b: bytes) -> int:
    return 5 if len(b) < 5 else 5 + _little(b[3:5])


def _long_function(b: bytes) -> int:
    return 7 if len(b) < 7 else 7 + _little(b[3:7])


_RULES: dict[tuple[int, int], Callable[[bytes], int]] = {
    (ESC, 0x2A): _bit_image,
    (ESC, 0x44): _until_nul,
    (ESC, 0x28): _function,
    (FS, 0x28): _function,
    (GS, 0x28): _function,
    (GS, 0x38): _long_function,
    (GS, 0x56): _cut,
    (GS, 0x6B): _barcode,
    (GS, 0x76): _raster,
}

LARGEST = 400_000  # a command that claims more than this is noise


class Lexer:
    """Feed bytes, take commands. `held` bytes wait for the rest of theirs."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._wanted = 1  # don't look again before this many bytes are there
        self.unknown: dict[str, int] = {}

    @property
    def held(self) -> int:
        return len(self._buffer)

    @property
    def inside(self) -> bool:
        """Whether what comes next belongs to a command begun already."""
        return bool(self._buffer)

    def clear(self) -> None:
        self._buffer.clear()
        self._wanted = 1

    def feed(self, data: bytes) -> list[Command]:
        """The commands that `data` completes. Text comes as it arrives, in one piece or more."""
        self._buffer += data
        if len(self._buffer) < self._wanted:
            return []
        commands: list[Command] = []
        whole = bytes(self._buffer)
        at = 0
        self._wanted = 1
        while at < len(whole):
            taken = self._one(whole, at, commands)
            if not taken:
                break
            at += taken
        del self._buffer[:at]
        return commands

    def _one(self, whole: bytes, at: int, commands: list[Command]) -> int:
        """Take one command at `at`; returns its length, 0 when its end isn't there yet."""
        first = whole[at]
        if first in CONTROLS:
            commands.append(Command(whole[at : at + 1]))
            return 1
        if first not in (ESC, FS, GS, DLE):
            end = at
            while end < len(whole) and whole[end] >= 0x20:
                end += 1
            if end == at:
                return 1  # a control that means nothing here
            commands.append(Command(b"", whole[at:end]))
            return end - at
        # Only the head is needed to know the length, but for those that end in a NUL.
        rest = len(whole) - at
        ends_in_nul = rest > 1 and whole[at : at + 2] in (b"\x1bD", b"\x1dk")
        need = _need(whole[at : at + (512 if ends_in_nul else 8)])
        if need is None or need > LARGEST:
            name = whole[at : at + 2].hex()
            if len(self.unknown) < 100 or name in self.unknown:
                self.unknown[name] = self.unknown.get(name, 0) + 1
            return 2
        if need > rest:
            self._wanted = need
            return 0
        commands.append(Command(whole[at : at + 2], whole[at + 2 : at + need]))
        return need
