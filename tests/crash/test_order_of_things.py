"""The sync comes before each command that can't be taken back."""

from __future__ import annotations

from pathlib import Path

from kiosk.core.commands import PostLine, Print, RefundPayment, RequestPayment
from kiosk.core.decide import decide
from kiosk.journal import Journal
from tests.crash import lives
from tests.crash.order_of_things import Log, watch


def test_each_command_leaves_after_the_sync_of_its_row(tmp_path: Path) -> None:
    log = Log()
    journal = Journal(tmp_path / "journal.sqlite", vfs=watch(log), on_append=log.row)
    writer = lives.Writer(journal, log.command)
    for event in lives.interleaved(
        lives.one_refused(lives.number(1)), lives.paid_and_posted(lives.number(2))
    ):
        writer.take(event)
    sent = {type(x.what) for x in log.happened if x.kind == "command"}
    assert {RequestPayment, PostLine, RefundPayment, Print} <= sent
    assert log.problems(journal) == []
    journal.close()


def test_a_command_before_its_row_is_found(tmp_path: Path) -> None:
    log = Log()
    journal = Journal(tmp_path / "journal.sqlite", vfs=watch(log), on_append=log.row)
    at = journal.now()
    event = lives.opened(lives.number(1))
    order, commands = decide(None, event, at)
    for command in commands:
        log.command(command)
    journal.append(event, order, at)
    (problem,) = log.problems(journal)
    assert "RequestPayment" in problem
    assert "before its row" in problem
    journal.close()


def test_a_command_without_a_sync_is_found(tmp_path: Path) -> None:
    log = Log()
    journal = Journal(tmp_path / "journal.sqlite", vfs=watch(log), on_append=log.row)
    journal.store.db.execute("PRAGMA synchronous=NORMAL")  # what a fast-minded change would do
    lives.Writer(journal, log.command).take(lives.opened(lives.number(1)))
    (problem,) = log.problems(journal)
    assert "before a sync of" in problem
    journal.close()
