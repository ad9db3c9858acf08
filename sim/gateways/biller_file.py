"""The biller's daily file (kiosk/gateways/BILLER.md, `daily-file`)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from sim.gateways.biller_accounts import INSTITUTIONS
from sim.gateways.biller_book import BAD_REQUEST, Posting, Refusal, State
from sim.gateways.dates import local


def daily_file(postings: Iterable[Posting], day: str, channel: str) -> dict[str, object]:
    """`name`, `content`, `sha256` for that day (YYYY-MM-DD, local time).

    One part for each institution in the order of their names, also where nothing was posted:
    first line `笔数|总金额`, then a line for each posting that stands. `name` holds the parts'
    names, joined by `;`: the count in each first line says where the next part begins.
    """
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day, re.ASCII):
        raise Refusal(BAD_REQUEST)
    compact = day.replace("-", "")
    rows: dict[str, list[tuple[int, str]]] = {i.id: [] for i in INSTITUTIONS}
    for posting in postings:
        order = posting.order
        if order is None or posting.state is not State.POSTED:
            continue
        if local(posting.posted_at).date().isoformat() != day:
            continue
        fields = (compact, order.order_no, order.account, _yuan(order.amount_fen), channel, "缴费")
        rows[order.institution].append((order.amount_fen, "|".join(fields)))
    lines: list[str] = []
    for institution_id in sorted(rows):
        part = rows[institution_id]
        lines.append(f"{len(part)}|{_yuan(sum(fen for fen, _ in part))}")
        lines.extend(line for _, line in part)
    content = "".join(f"{line}\n" for line in lines)
    return {
        "name": ";".join(f"{institution_id}_{compact}.txt" for institution_id in sorted(rows)),
        "content": content,
        "sha256": hashlib.sha256(content.encode()).hexdigest(),
    }


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
