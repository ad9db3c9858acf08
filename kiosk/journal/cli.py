"""``kiosk journal``: the books read, verified, exported, and what only a person may write.

Reading commands open the file for reading only and work beside a running kiosk. Exit codes:
0 good, 1 not good or refused, 2 the journal can't be found or the words are wrong.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import msgspec

from kiosk.core.decide import decide
from kiosk.core.events import PersonSettled, Verdict
from kiosk.core.order import Order
from kiosk.journal import telling
from kiosk.journal.aside import REPLAY, SETTLED, for_a_person, verdicts_in
from kiosk.journal.audit import Audit, audit
from kiosk.journal.epochs import new_epoch
from kiosk.journal.export import export
from kiosk.journal.journal import Journal, Summary
from kiosk.journal.kept import KeptEpochs
from kiosk.journal.replay import ReplayDiffersError, replay
from kiosk.journal.store import VERSION, JournalBrokenError, JournalBusyError, kept_epochs

FILE = "journal.sqlite"
SQLITE = b"SQLite format 3\0"
_LINE_VERDICTS = (Verdict.LINE_POSTED, Verdict.LINE_NOT_POSTED, Verdict.DELIVERED)


class RefusedError(Exception):
    """What was asked for isn't done; the message says why and what to do. ``code``: exit code."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``journal`` with its own commands; sets ``handler``, called with the arguments."""
    journal = commands.add_parser("journal", help="the books")
    journal.set_defaults(handler=run)
    parts = journal.add_subparsers(dest="journal_command", required=True)

    def add(name: str, what: Callable[[argparse.Namespace], int], text: str) -> Any:
        parser = parts.add_parser(name, help=text, description=text)
        parser.add_argument("--config", type=Path, default=Path("cabin.toml"), metavar="FILE")
        parser.add_argument("--journal", type=Path, metavar="FILE", help="instead of --config")
        parser.set_defaults(part=what)
        return parser

    verify = add("verify", _verify, "check the whole chain, its anchor and every order's replay")
    listing = add("list", _list, "list the orders, and what belongs to none")
    show = add("show", _show, "tell the life of one order; personal fields by their last four")
    add("export", _export, "all rows as JSON lines without personal fields; they verify outside")
    epoch = add("new-epoch", _new_epoch, "keep a journal that doesn't verify and begin the next")
    settle = add("settle", _settle, "book what a person has found out; stop the kiosk first")
    for parser in (verify, listing, show):
        parser.add_argument("--json", action="store_true")
    listing.add_argument("--open", action="store_true", help="only orders that aren't closed")
    for parser in (show, settle):
        parser.add_argument("order", metavar="ORDER", help="full or short number")
    for parser in (epoch, settle):
        parser.add_argument("--operator", required=True, help="who does this")
    epoch.add_argument("--reason", required=True)
    settle.add_argument("--verdict", required=True, choices=[x.value for x in Verdict])
    settle.add_argument("--line", type=int, help="which line, from 1, for the verdicts on lines")
    settle.add_argument(
        "--units", type=int, help="how many grams, pages or pieces came out in all, for delivered"
    )
    settle.add_argument("--refund", metavar="NO", default="", help="which refund was paid back")
    settle.add_argument("--note", required=True, help="how it was found out")


def run(args: argparse.Namespace) -> int:
    """Do what ``add_parser``'s arguments say. Returns the exit code."""
    try:
        code = int(args.part(args))
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever read (`| head`) has seen enough; Python's own flush at the end must not fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except RefusedError as refused:
        print(refused, file=sys.stderr)
        return refused.code
    except JournalBusyError as busy:
        print(f"{busy}\nStop the kiosk, then run this again.", file=sys.stderr)
    except JournalBrokenError as broken:
        print(_what_to_do(args, _file(args), str(broken)), file=sys.stderr)
    except apsw.Error as error:
        print(_what_to_do(args, _file(args), f"can't be read: {error}"), file=sys.stderr)
    except ReplayDiffersError as differs:
        print(f"{args.order}: {differs}. A person must look at this order.", file=sys.stderr)
    return 1


def _file(args: argparse.Namespace) -> Path:
    if args.journal:
        return Path(args.journal)
    from kiosk.config import ConfigError, load

    try:
        return load(args.config).cabin.data_dir / FILE
    except ConfigError as error:
        raise RefusedError(f"{error}\nOr name the journal's file with --journal.", 2) from error


def _existing(args: argparse.Namespace) -> Path:
    path = _file(args)
    if not path.exists() and not kept_epochs(path):
        raise RefusedError(
            f"{path}: there is no such journal. The kiosk makes it at its first start; name "
            "another file with --journal, or the cabin's configuration with --config.",
            2,
        )
    if not _could_be_journal(path):
        raise RefusedError(f"{path} is no journal of a kiosk, and none was ever there", 2)
    return path


def _could_be_journal(path: Path) -> bool:
    """Whether a file is, or was before it was damaged, a journal.

    A journal has its anchor beside it from its first moment on; one that has lost it is still
    known by what SQLite writes into the first bytes.
    """
    if path.with_suffix(".anchor").exists() or kept_epochs(path):
        return True
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise RefusedError(f"{path}: can't be read: {error.strerror}", 2) from error
    return head.startswith(SQLITE) and int.from_bytes(head[60:64], "big") == VERSION


def _what_to_do(args: argparse.Namespace, path: Path, trouble: str) -> str:
    """The sentences about a journal that doesn't verify, with the exact command."""
    where = ["--journal", str(args.journal)] if args.journal else ["--config", str(args.config)]
    command = shlex.join(["kiosk", "journal", "new-epoch", *where])
    return (
        f"{path} doesn't verify: {trouble}.\n"
        "Take no money with it. Keep the file: don't delete, repair or replace it, nor the files "
        "beside it.\n"
        "The next command puts it aside under another name and begins a new epoch; open orders "
        "of the old one are then for a person:\n"
        f'  {command} --operator NAME --reason "WHY"'
    )


def _reading(args: argparse.Namespace) -> Journal:
    """Open for reading; of a journal that doesn't verify, what can be read is still shown."""
    journal = Journal(_existing(args), readonly=True, check=False)
    try:
        journal.store.verify()
    except JournalBrokenError as error:
        print(_what_to_do(args, journal.store.path, str(error)), file=sys.stderr)
    return journal


def _verify(args: argparse.Namespace) -> int:
    path = _existing(args)
    try:
        journal = Journal(path, readonly=True, check=False)
    except JournalBrokenError as error:
        result = Audit(broken=str(error))
    else:
        result = audit(journal)
        journal.close()
    if args.json:
        _print_json({"file": str(path), "good": result.good, **dataclasses.asdict(result)})
    elif result.broken:
        print(_what_to_do(args, path, result.broken))
    else:
        _tell(result, path)
    return 0 if result.good else 1


def _tell(result: Audit, path: Path) -> None:
    for problem in result.problems:
        print(problem)
    gone = f" ({result.without_key} without personal fields)" if result.without_key else ""
    facts = f"epoch {result.epoch}, {result.rows} rows, {result.orders} orders{gone}"
    if result.problems:
        print(f"{path}: the chain and its anchor hold ({facts}), but the orders above don't agree")
        print("with their rows. The others are good. A person must look at those.")
    else:
        print(f"{path} verifies: {facts}; chain, anchor and every replay agree.")


def _list(args: argparse.Namespace) -> int:
    journal = _reading(args)
    found = [x for x in journal.summaries() if x.closed_at is None or not args.open]
    notes = [] if args.open else [telling.note_of(x) for x in journal.notes()]
    earlier = [telling.summary_of(x) for x in KeptEpochs(journal).open_orders()]
    journal.close()
    if args.json:
        _print_json({"orders": _rows(found), "earlier": _rows(earlier), "notes": notes})
        return 0
    print("\n".join(telling.table(found)))
    if earlier:
        print("\nopen in earlier epochs, and for a person to settle here:")
        print("\n".join(telling.table(earlier)))
    for line in telling.notes_text(notes):
        print(line)
    return 0


def _rows(found: list[Summary]) -> list[dict[str, Any]]:
    return [{"short": telling.short(x.order_id), **dataclasses.asdict(x)} for x in found]


def _show(args: argparse.Namespace) -> int:
    journal = _reading(args)
    try:
        order_id = _find(journal, args.order)
        entries: list[dict[str, Any]] = []
        trouble = ""
        try:
            entries.extend(telling.timeline(journal, order_id))
        except ValueError as error:
            trouble = str(error)
    finally:
        journal.close()
    if args.json:
        _print_json({"order_id": order_id, "events": entries, "trouble": trouble})
    else:
        print(f"{order_id} ({telling.short(order_id)})")
        for entry in entries:
            print("\n".join(telling.timeline_text(entry)))
        if trouble:
            print(f"The rest can't be told: {trouble}. A person must look at this order.")
    return 1 if trouble or any(x["agrees"] is False for x in entries) else 0


def _find(journal: Journal, wanted: str) -> str:
    found = telling.find(journal, wanted)
    if not found:
        raise RefusedError(f"{wanted}: no such order; `kiosk journal list` shows all of them")
    if len(found) > 1:
        raise RefusedError(f"{wanted} may be {', '.join(found)}: give the full number")
    return found[0]


def _export(args: argparse.Namespace) -> int:
    journal = _reading(args)
    try:
        for line in export(journal.store):
            print(line)
    finally:
        journal.close()
    return 0


def _new_epoch(args: argparse.Namespace) -> int:
    path = _existing(args)
    try:
        journal = Journal(path, readonly=True, check=False)
    except JournalBrokenError:
        result = None
    else:
        result = audit(journal)
        journal.close()
    if result is not None and not result.broken:
        raise RefusedError(f"{path} verifies: it stays in use, and no new epoch is needed")
    kept = new_epoch(path, args.reason, args.operator, int(time.time() * 1000))
    print(f"{path}: a new epoch has begun. The old file is kept as {kept.name}; its open orders")
    print(f"are for a person: kiosk journal list --open --journal {shlex.quote(str(kept))}")
    print(
        "They are settled in the new one, as any other: kiosk journal settle (without that file)."
    )
    print("Until then the kiosk takes no second payment for their bills.")
    return 0


def _settle(args: argparse.Namespace) -> int:
    verdict = Verdict(args.verdict)
    if verdict in _LINE_VERDICTS and not args.line:
        raise RefusedError(f"--verdict {verdict.value} needs --line N (the first is 1)", 2)
    if verdict is Verdict.DELIVERED and (args.units is None or args.units < 0):
        raise RefusedError("--verdict delivered needs --units N: all that came out, 0 if none", 2)
    if verdict is Verdict.REFUNDED and not args.refund:
        raise RefusedError("--verdict refunded needs --refund NO (`kiosk journal show`)", 2)
    journal = Journal(_existing(args))
    try:
        old = _old_order(journal, args.order)
        order, aside = (old, True) if old else _to_settle(journal, _find(journal, args.order))
        line = args.line - 1 if verdict in _LINE_VERDICTS else -1
        event = PersonSettled(
            order.id, verdict, args.operator, args.note, line, args.refund, args.units or 0
        )
        at = journal.now()
        try:
            after, _ = decide(order, event, at)
        except ValueError as error:
            raise RefusedError(f"nothing booked: {error}") from error
        if after == order:
            now = telling.state_text(telling.state_of(order))
            raise RefusedError(
                f"{order.id}: nothing booked, because {verdict.value!r} answers nothing that is "
                f"unknown. The order stands so: {now}"
            )
        if aside:
            journal.note(SETTLED, event, at, None if old else after)
        else:
            journal.append(event, after, at)
    finally:
        journal.close()
    print(f"{after.id}: booked. {telling.state_text(telling.state_of(after))}")
    print("Start the kiosk: it carries on from here.")
    return 0


def _to_settle(journal: Journal, order_id: str) -> tuple[Order, bool]:
    """The order as it stands, and whether it is settled beside its rows, which lead elsewhere."""
    try:
        return replay(journal, order_id), False
    except ReplayDiffersError as error:
        if error.order is None:
            raise RefusedError(f"{order_id}: nothing of it can be read: {error}") from error
        return for_a_person(error.order, REPLAY, verdicts_in(journal)), True


def _old_order(journal: Journal, wanted: str) -> Order | None:
    """An order that was open in an earlier epoch and is settled in this one."""
    if telling.find(journal, wanted):
        return None
    wanted = wanted.replace(" ", "").upper()
    found = [
        x
        for x in KeptEpochs(journal).open_orders()
        if wanted in (x.id, telling.short(x.id).replace(" ", ""))
    ]
    if len(found) > 1:
        raise RefusedError(
            f"{wanted} may be {', '.join(x.id for x in found)}: give the full number"
        )
    return found[0] if found else None


def _print_json(value: object) -> None:
    print(msgspec.json.format(msgspec.json.encode(value), indent=1).decode())
