"""A journal that doesn't verify is kept, and the cabin goes on with the next epoch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kiosk.journal import Journal, JournalBrokenError, JournalBusyError, new_epoch, replay
from tests.crash import lives
from tests.unit.test_journal_tampering import tamper

AT = 4_000_000_000_000
OPEN, CLOSED = lives.number(1), lives.number(2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal with an open and a closed order that doesn't verify."""
    journal = Journal(tmp_path / "journal.sqlite")
    writer = lives.Writer(journal)
    writer.live(lives.answer_lost(OPEN))
    writer.live(lives.paid_and_posted(CLOSED))
    journal.close()
    tamper(journal.store.path, "DELETE FROM rows WHERE seq = 8")
    return journal.store.path


def first_body(path: Path) -> dict[str, object]:
    journal = Journal(path)
    first = next(journal.store.rows())
    assert first.kind == "EpochOpened"
    journal.store.verify(whole=True)
    journal.close()
    body: dict[str, object] = json.loads(first.body)
    return {**body, "epoch": first.epoch, "at": first.at}


def test_the_next_epoch_names_the_last(path: Path) -> None:
    kept = new_epoch(path, "tail cut", "T. Echnician", AT)
    body = first_body(path)
    assert kept.exists()
    assert body["kept"] == kept.name
    assert body["epoch"] == 2
    assert body["rows"] == 8, "the anchor remembers what the file has lost"
    assert body["open_orders"] == [OPEN]
    assert (body["reason"], body["operator"]) == ("tail cut", "T. Echnician")
    old = Journal(kept, readonly=True, check=False)
    assert replay(old, OPEN).id == OPEN
    with pytest.raises(JournalBrokenError):
        old.store.verify(whole=True)
    old.close()


def test_the_cabin_works_on_in_the_new_epoch(path: Path) -> None:
    new_epoch(path, "tail cut", "operator", AT)
    journal = Journal(path)
    writer = lives.Writer(journal)
    writer.live(lives.paid_and_posted(lives.number(3)))
    journal.close()
    journal = Journal(path)
    journal.store.verify(whole=True)
    assert {x.epoch for x in journal.store.rows()} == {2}
    assert journal.now() >= AT
    journal.close()
    tamper(path, "DELETE FROM rows WHERE seq = 6")
    new_epoch(path, "again", "operator", AT)
    assert first_body(path)["epoch"] == 3


def test_an_unreadable_file_is_kept_too(path: Path) -> None:
    garbage = b"no database " * 400
    path.write_bytes(garbage)
    kept = new_epoch(path, "garbage", "operator", AT)
    assert kept.read_bytes() == garbage
    body = first_body(path)
    assert body["epoch"] == 2
    assert body["rows"] == 8
    assert body["open_orders"] == ["unreadable"]


def test_a_running_kiosk_keeps_its_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    with pytest.raises(JournalBusyError):
        new_epoch(journal.store.path, "why", "operator", AT)
    journal.close()


class PowerCutError(Exception):
    """The machine is off."""


@pytest.mark.parametrize("last", range(6))
def test_cut_off_in_between_it_is_begun_again(
    path: Path, last: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After any number of its steps on the disk: never a fresh, forgetful journal."""
    steps = 0

    def step(real: object) -> object:
        def counted(*args: object, **more: object) -> object:
            nonlocal steps
            if steps == last:
                raise PowerCutError
            steps += 1
            return real(*args, **more)  # type: ignore[operator]

        return counted

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", step(Path.rename))
        patched.setattr("kiosk.journal.epochs.sync_folder", step(lambda _: None))
        for name in ("begin", "insert", "commit"):
            real = getattr(Journal.__init__.__globals__["Store"], name)
            patched.setattr(f"kiosk.journal.store.Store.{name}", step(real))
        with pytest.raises(PowerCutError):
            new_epoch(path, "tail cut", "operator", AT)
    with pytest.raises(JournalBrokenError):
        Journal(path)
    new_epoch(path, "tail cut", "operator", AT + 1)
    body = first_body(path)
    assert body["open_orders"] == [OPEN]
    assert body["epoch"] == 2
