"""Pictures that come in other forms than a raster: column by column, or stored and then printed.

Facts from Epson's public command reference: `ESC *` (8 or 24 dots high, single density doubles the
dots) and `GS ( L` / `GS 8 L`, functions 112 (store) and 50 (print), one colour.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.devices.paper import Picture

_STORE, _PRINT = 112, (2, 50)
_COARSE = 3  # dots of the head to one of 8 a column


@dataclass(frozen=True)
class Strip:
    """A part of a line: rows of "1" and "0", each `scale_h` dots high."""

    rows: tuple[str, ...]
    scale_h: int


def strip(args: bytes) -> Strip | None:
    """`ESC * m nL nH d…`: columns from the left, the top bit first."""
    mode, columns = args[0], int.from_bytes(args[1:3], "little")
    if mode not in (0, 1, 32, 33) or not columns:
        return None
    size = 3 if mode >= 32 else 1
    wide = 1 if mode & 1 else 2
    data = args[3:]
    rows = (
        "".join(str(data[c * size + row // 8] >> 7 - row % 8 & 1) * wide for c in range(columns))
        for row in range(8 * size)
    )
    return Strip(tuple(rows), 1 if size == 3 else _COARSE)


def joined(strips: list[Strip], align: str) -> Picture:
    """Strips beside each other as one picture; those of another density than the first's drop."""
    first = strips[0]
    fitting = [s for s in strips if s.scale_h == first.scale_h]
    rows = [_packed("".join(s.rows[row] for s in fitting)) for row in range(len(first.rows))]
    return Picture(len(rows[0]), len(rows), b"".join(rows), align, 1, first.scale_h)


def stored(args: bytes) -> Picture | None:
    """What `m fn a bx by c xL xH yL yH d…` stores; None if it is no picture of one colour."""
    if len(args) < 10 or args[1] != _STORE or args[2] != 48:
        return None
    width, rows = int.from_bytes(args[6:8], "little"), int.from_bytes(args[8:10], "little")
    width_bytes = (width + 7) // 8
    bits = args[10 : 10 + width_bytes * rows]
    if not bits or len(bits) < width_bytes * rows:
        return None
    return Picture(width_bytes, rows, bits, "left", max(1, args[3]), max(1, args[4]))


def is_print(args: bytes) -> bool:
    """Whether it prints what is stored."""
    return len(args) >= 2 and args[1] in _PRINT


def _packed(dots: str) -> bytes:
    size = (len(dots) + 7) // 8
    return int(dots.ljust(size * 8, "0"), 2).to_bytes(size, "big")
