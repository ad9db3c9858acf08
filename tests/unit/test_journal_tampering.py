"""Whatever is changed behind the journal's back is noticed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.journal import Journal, JournalBrokenError, JournalBusyError
from kiosk.journal.store import ANCHOR_SLOT, SCHEMA
from tests.crash import lives

FILE = "journal.sqlite"
COLUMNS = ("epoch", "at", "stream", "kind", "body", "sealed", "digest", "program", "hash")
ROWS = 12


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a closed journal of ``ROWS`` rows; tests copy it."""
    folder = tmp_path_factory.mktemp("clean")
    journal = Journal(folder / FILE)
    writer = lives.Writer(journal)
    writer.live(lives.paid_and_posted(lives.number(1)))
    writer.live(lives.one_refused(lives.number(2)))
    assert journal.store.head_seq == ROWS
    journal.close()
    return folder


@pytest.fixture
def path(clean: Path, tmp_path: Path) -> Path:
    shutil.copytree(clean, tmp_path, dirs_exist_ok=True)
    return tmp_path / FILE


def tamper(path: Path, statement: str, *values: object) -> None:
    """Change the file with another program, its triggers taken out of the way."""
    other = sqlite3.connect(path)
    with other:
        other.execute("DROP TRIGGER rows_stay")
        other.execute("DROP TRIGGER rows_last")
        assert other.execute(statement, values).rowcount > 0
    other.close()


def verify_whole(path: Path) -> None:
    journal = Journal(path, readonly=True, check=False)
    try:
        journal.store.verify(whole=True)
    finally:
        journal.close()


def changed(value: object) -> object:
    if isinstance(value, int):
        return value + 1
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:]
    return b"\x00" if value is None else f"{value} "


def test_an_untouched_journal_verifies(path: Path) -> None:
    verify_whole(path)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("seq", range(1, ROWS + 1))
def test_a_changed_column_of_any_row_is_noticed(path: Path, seq: int, column: str) -> None:
    reader = sqlite3.connect(path)
    (before,) = reader.execute(f"SELECT {column} FROM rows WHERE seq = ?", (seq,)).fetchone()
    reader.close()
    tamper(path, f"UPDATE rows SET {column} = ? WHERE seq = ?", changed(before), seq)
    with pytest.raises(JournalBrokenError):
        verify_whole(path)


@pytest.mark.parametrize("seq", range(1, ROWS + 1))
def test_a_deleted_row_is_noticed(path: Path, seq: int) -> None:
    tamper(path, "DELETE FROM rows WHERE seq = ?", seq)
    with pytest.raises(JournalBrokenError):
        verify_whole(path)


@pytest.mark.parametrize("first", range(1, ROWS + 1))
def test_a_cut_tail_is_noticed_at_the_start(path: Path, first: int) -> None:
    tamper(path, "DELETE FROM rows WHERE seq >= ?", first)
    with pytest.raises(JournalBrokenError):
        Journal(path)


def test_an_old_copy_put_back_is_noticed_at_the_start(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copy(path, copy)
    journal = Journal(path)
    lives.Writer(journal).live(lives.answer_lost(lives.number(3)))
    journal.close()
    shutil.copy(copy, path)
    with pytest.raises(JournalBrokenError, match="old copy"):
        Journal(path)


def test_a_deleted_file_is_not_taken_for_a_new_cabin(path: Path) -> None:
    path.unlink()
    with pytest.raises(JournalBrokenError):
        Journal(path)


def test_a_missing_anchor_is_noticed(path: Path) -> None:
    path.with_suffix(".anchor").unlink()
    with pytest.raises(JournalBrokenError, match="anchor"):
        Journal(path)


@pytest.mark.parametrize("slot", [0, 1])
def test_one_torn_slot_of_the_anchor_does_no_harm(path: Path, slot: int) -> None:
    _tear(path, slot)
    journal = Journal(path)
    anchor = journal.store.anchor()
    assert anchor is not None
    assert anchor[1] in (ROWS, ROWS - 1)
    lives.Writer(journal).take(lives.opened(lives.number(3)))
    journal.close()
    verify_whole(path)


def test_both_slots_torn_are_a_missing_anchor(path: Path) -> None:
    _tear(path, 0)
    _tear(path, 1)
    with pytest.raises(JournalBrokenError, match="anchor"):
        Journal(path)


def _tear(path: Path, slot: int) -> None:
    with path.with_suffix(".anchor").open("r+b") as anchor:
        anchor.seek(slot * ANCHOR_SLOT + 20)
        anchor.write(b"~~~~")


def test_an_index_that_hides_rows_is_noticed(path: Path) -> None:
    other = sqlite3.connect(path)
    with other:
        other.execute("CREATE TABLE other (a, b)")
        other.execute("CREATE INDEX empty ON other (a, b)")
        other.execute("PRAGMA writable_schema=ON")
        other.execute(
            "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema "
            "WHERE name = 'empty') WHERE name = 'rows_by_stream'"
        )
    other.close()
    with pytest.raises(JournalBrokenError, match="integrity_check"):
        verify_whole(path)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rows SET kind = 'Other' WHERE seq = 1",
        "DELETE FROM rows WHERE seq = 12",
        "DELETE FROM rows",
    ],
)
def test_rows_are_append_only(path: Path, statement: str) -> None:
    other = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="append only"):
        other.execute(statement)
    other.close()
    assert "append only" in SCHEMA


@pytest.mark.parametrize("damage", [lambda x: x[:3000], lambda x: b"no" + x])
def test_a_damaged_file_is_broken_and_lets_go_of_the_lock(
    path: Path, damage: Callable[[bytes], bytes]
) -> None:
    path.write_bytes(damage(path.read_bytes()))
    for _ in range(2):
        with pytest.raises(JournalBrokenError):
            Journal(path)


def test_a_second_opener_is_told(path: Path) -> None:
    first = Journal(path)
    with pytest.raises(JournalBusyError, match="another kiosk"):
        Journal(path)
    reader = Journal(path, readonly=True)
    assert len(list(reader.summaries())) == 2
    reader.close()
    first.close()
    Journal(path).close()


def test_all_files_are_private_from_the_first_byte(tmp_path: Path) -> None:
    journal = Journal(tmp_path / FILE)
    lives.Writer(journal).take(lives.opened(lives.number(1)))
    modes = {x.name: x.stat().st_mode & 0o777 for x in tmp_path.iterdir()}
    assert {f"{FILE}-wal", FILE, "journal.anchor", "journal.lock"} <= modes.keys()
    assert set(modes.values()) == {0o600}
    journal.close()
