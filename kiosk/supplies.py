"""What is used up: how much since it was last refilled, by the journal's own rows.

A row ``Refilled`` says what, when and who. What came out since is counted from the rows of orders:
papers printed, grams milled, pages, booklets. Where no row of that kind stands, the count is that
since the books began.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from kiosk.core.overrides import REFILLED
from kiosk.core.visit.tech_steps import Supply
from kiosk.journal import Journal
from kiosk.journal.rows import CABIN
from kiosk.settings import Settings

_KINDS = ("OrderOpened", "DeliveryAnswered", "DeliveryChecked", "PrintAnswered")


@dataclass(frozen=True, slots=True)
class _Used:
    """``amount`` of a supply went at ``seq``."""

    seq: int
    supply: str
    amount: int


def of(settings: Settings) -> tuple[tuple[str, str, str], ...]:
    """What this cabin uses up: id, title, unit."""
    found = [("receipt_paper", "小票纸", "张")]
    if settings.printing is not None:
        found += [("print_paper", "打印纸", "面"), ("toner", "墨粉", "面")]
    if settings.rice is not None:
        found += [
            (f"rice_{x.number}", f"{x.number} 号仓 {x.name}", "克") for x in settings.rice.bins
        ]
        found.append(("bags", "米袋", "个"))
    if settings.booklet is not None:
        found.append(("booklets", "病历本", "本"))
    return tuple(found)


def look(settings: Settings, opened: Callable[[], Journal]) -> tuple[Supply, ...]:
    """Count what went since each was refilled."""
    journal = opened()
    try:
        refills = {
            body.get("what"): (seq, at, str(body.get("operator", "")))
            for seq, at, body in _refills(journal)
        }
        named = of(settings)
        all_known = all(x in refills for x, _title, _unit in named)
        after = min((refills[x][0] for x, _t, _u in named), default=0) if all_known else 0
        used = _used(journal, after)
    finally:
        journal.close()
    supplies = []
    for name, title, unit in named:
        seq, at, by = refills.get(name, (0, None, ""))
        amount = sum(x.amount for x in used if x.supply == name and x.seq > seq)
        supplies.append(Supply(name, title, unit, amount, at, by))
    return tuple(supplies)


def _refills(journal: Journal) -> list[tuple[int, int, dict[str, Any]]]:
    return [
        (x.seq, x.at, msgspec.json.decode(x.body, type=dict[str, Any]))
        for x in journal.store.rows(CABIN)
        if x.kind == REFILLED
    ]


def _used(journal: Journal, after: int) -> list[_Used]:
    """What went by the rows after ``after``. A part that is told of twice counts once."""
    goods: dict[str, list[dict[str, Any]]] = {}
    given: dict[tuple[str, int, int], int] = {}
    used: list[_Used] = []
    marks = ",".join("?" * len(_KINDS))
    query = f"SELECT seq, stream, kind, body FROM rows WHERE kind IN ({marks}) ORDER BY seq"
    for seq, order_id, kind, text in journal.store.db.execute(query, _KINDS):
        body: dict[str, Any] = msgspec.json.decode(text)
        if kind == "OrderOpened":
            goods[order_id] = body.get("goods", [])
        elif kind == "PrintAnswered":
            if body.get("result") == "printed" and seq > after:
                used.append(_Used(seq, "receipt_paper", 1))
        else:
            used += _delivered(seq, order_id, body, goods, given)
    return [x for x in used if x.seq > after]


def _delivered(
    seq: int,
    order_id: str,
    body: dict[str, Any],
    goods: dict[str, list[dict[str, Any]]],
    given: dict[tuple[str, int, int], int],
) -> list[_Used]:
    line, part, units = int(body["line"]), int(body["part"]), int(body.get("units", 0))
    before = given.get((order_id, line, part), 0)
    given[order_id, line, part] = max(before, units)
    more, bought = units - before, goods.get(order_id, [])
    if more <= 0 or line >= len(bought):
        return []
    what = bought[line]
    match what.get("ware"):
        case "rice":
            number = dict(what.get("how", [])).get("bin", "")
            grams = _Used(seq, f"rice_{number}", more)
            return [grams, _Used(seq, "bags", 1)] if part == 0 and not before else [grams]
        case "pages":
            return [_Used(seq, "print_paper", more), _Used(seq, "toner", more)]
        case "booklet":
            return [_Used(seq, "booklets", more)]
        case _:
            return []
