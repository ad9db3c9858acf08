"""A touch panel's calibration from five touches: kept as a file, applied by `kiosk install`.

The best affine map from where the panel says it was touched to where the crosses stand (least
squares), as the X server takes it (xorg.conf(5), libinput(4): "TransformationMatrix", row by row,
coordinates as shares of the panel).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from pathlib import Path

FILE = "touch.json"
XORG = Path("etc/X11/xorg.conf.d/50-cabin.conf")
_IN_USE = re.compile(r'"TransformationMatrix" "([-0-9. e]+)"')
MOST_OFF = 0.2
"""A map that moves things further than that share of the panel comes of wrong touches."""

Hit = tuple[float, float, float, float, float]
Row = tuple[float, float, float]


def matrix(hits: Sequence[Hit]) -> tuple[Row, Row] | None:
    """The map of x and of y; None if the touches don't tell one."""
    rows = [(x, y, 1.0) for _, _, x, y, _ in hits]
    across = _least_squares(rows, [x[0] for x in hits])
    down = _least_squares(rows, [x[1] for x in hits])
    if across is None or down is None:
        return None
    same = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    off = max(
        abs(a - b)
        for row, ident in zip((across, down), same, strict=True)
        for a, b in zip(row, ident, strict=True)
    )
    return None if off > MOST_OFF else (across, down)


def _least_squares(rows: Sequence[Row], wanted: Sequence[float]) -> Row | None:
    """The three numbers that bring ``rows`` nearest to ``wanted`` (normal equations, Cramer)."""
    n = [[sum(r[i] * r[j] for r in rows) for j in range(3)] for i in range(3)]
    v = [sum(r[i] * w for r, w in zip(rows, wanted, strict=True)) for i in range(3)]
    whole = _det(n)
    if abs(whole) < 1e-9:
        return None
    a, b, c = (
        _det([[v[i] if j == k else n[i][j] for j in range(3)] for i in range(3)]) / whole
        for k in range(3)
    )
    return a, b, c


def _det(m: Sequence[Sequence[float]]) -> float:
    return (
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
        - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    )


def in_use(root: Path = Path("/")) -> tuple[Row, Row] | None:
    """The map that the X server was started with, as `kiosk install` has written it."""
    try:
        found = _IN_USE.search((root / XORG).read_text(encoding="utf-8"))
    except OSError:
        return None
    words = found[1].split() if found else []
    if len(words) != 9:
        return None
    a, b, c, d, e, f = map(float, words[:6])
    return (a, b, c), (d, e, f)


def after(new: tuple[Row, Row], old: tuple[Row, Row] | None) -> tuple[Row, Row]:
    """Both maps in one: ``old`` was in use when ``new`` was found."""
    if old is None:
        return new
    table = (*old, (0.0, 0.0, 1.0))

    def row(r: Row) -> Row:
        a, b, c = (sum(r[k] * table[k][j] for k in range(3)) for j in range(3))
        return a, b, c

    return row(new[0]), row(new[1])


def as_json(hits: Sequence[Hit], at: float, old: tuple[Row, Row] | None = None) -> str:
    """What the file holds: the touches, the map (on top of ``old``), and when."""
    found = matrix(hits)
    found = after(found, old) if found else old
    when = time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(at))
    told = {"at": when, "worst_mm": max(x[4] for x in hits), "hits": hits, "matrix": found}
    return json.dumps(told, indent=1)


def read(data_dir: Path) -> tuple[Row, Row] | None:
    """The map that is kept, None without one. What can't be understood is none."""
    try:
        found = json.loads((data_dir / FILE).read_text(encoding="utf-8"))["matrix"]
        across, down = (tuple(map(float, row)) for row in found)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if len(across) != 3 or len(down) != 3:
        return None
    return (across[0], across[1], across[2]), (down[0], down[1], down[2])
