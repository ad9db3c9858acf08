"""``kiosk rice sales``: what the merchant has sold, with a total that the journal must confirm.

Works beside a running kiosk. Exit codes: 0 the total agrees with a journal that verifies, 1 it
doesn't, 2 the journal can't be found or the words are wrong.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from kiosk import rice_sales as s
from kiosk.config import ConfigError, load
from kiosk.core.order import Order
from kiosk.journal import Journal, JournalBrokenError, ReplayDiffersError, replay
from kiosk.journal.audit import audit

BYTE_ORDER_MARK = "\ufeff"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    rice = commands.add_parser("rice", help="the merchant's books")
    parts = rice.add_subparsers(dest="rice_command", required=True)
    sales = parts.add_parser("sales", help="number, grams, value and refunds of each kind of rice")
    sales.add_argument("--config", type=Path, default=Path("cabin.toml"), metavar="FILE")
    sales.add_argument("--journal", type=Path, metavar="FILE", help="instead of --config")
    sales.add_argument("--from", dest="begins", type=date.fromisoformat, metavar="DATE")
    sales.add_argument("--until", dest="ends", type=date.fromisoformat, metavar="DATE")
    how = sales.add_mutually_exclusive_group(required=True)
    how.add_argument("--csv", action="store_true")
    how.add_argument("--json", action="store_true")
    how.add_argument("--check", type=Path, metavar="FILE", help="does this report still agree?")
    rice.set_defaults(handler=handle)


def handle(args: argparse.Namespace) -> int:
    """Print the report, or compare one. Returns the exit code."""
    try:
        path = args.journal or load(args.config).cabin.data_dir / "journal.sqlite"
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    if not path.is_file():
        print(f"{path}: there is no such journal", file=sys.stderr)
        return 2
    try:
        journal = Journal(path, readonly=True, check=False)
    except JournalBrokenError as error:
        print(f"{path} doesn't verify: {error}", file=sys.stderr)
        return 1
    try:
        return _check(journal, args.check) if args.check else _print(journal, args)
    finally:
        journal.close()


def _print(journal: Journal, args: argparse.Namespace) -> int:
    found, troubles = sales_of(journal, args.begins, args.ends)
    # Excel takes a CSV without the mark for GBK, and shows no Chinese.
    sys.stdout.write(s.as_json(found) if args.json else BYTE_ORDER_MARK + s.as_csv(found))
    sys.stdout.flush()
    return _tell(troubles)


def _check(journal: Journal, file: Path) -> int:
    """Make the report of the same days again and compare."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
        begins, ends = (date.fromisoformat(x) if x else None for x in s.period_of(text))
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{file}: is no report of sales: {error}", file=sys.stderr)
        return 2
    found, troubles = sales_of(journal, begins, ends)
    again = s.as_json(found) if text.lstrip().startswith("{") else s.as_csv(found)
    if again != text:
        troubles.append(f"{file}: isn't what the journal says of these days")
    if not troubles:
        print(f"{file} agrees with the journal.")
    return _tell(troubles)


def _tell(troubles: list[str]) -> int:
    for trouble in troubles:
        print(trouble, file=sys.stderr)
    return 1 if troubles else 0


def sales_of(journal: Journal, begins: date | None, ends: date | None) -> tuple[s.Sales, list[str]]:
    """The sales of orders opened from ``begins`` to ``ends`` (local days, both counted), and why
    the report can't be trusted, if so.
    """
    result = audit(journal)
    troubles = [f"the journal doesn't verify: {result.broken}"] if result.broken else []
    troubles += result.problems
    orders: list[Order] = []
    totals = dict.fromkeys(s.MONEY, 0)
    for listed in journal.summaries():
        day = date.fromtimestamp(listed.opened_at / 1000)
        if (begins and day < begins) or (ends and day > ends):
            continue
        try:
            order = replay(journal, listed.order_id)
        except ReplayDiffersError as error:
            troubles.append(f"{listed.order_id}: {error}")
            continue
        if s.is_rice(order) and listed.charged_fen:
            orders.append(order)
            totals["sales"] += 1
            totals["charged_fen"] += listed.charged_fen
            totals["refunded_fen"] += listed.refunded_fen
    found = s.Sales(begins, ends, s.products_of(orders), totals)
    return found, list(dict.fromkeys([*troubles, *found.differences]))
