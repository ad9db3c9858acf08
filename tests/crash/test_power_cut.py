"""A power cut after every single file operation loses no row that ``append`` has returned."""

from __future__ import annotations

import hashlib
import itertools
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.core import events as e
from kiosk.journal import Journal, JournalBrokenError, replay, store
from kiosk.journal.rows import Row
from tests.crash import lives
from tests.crash.power_cut import Disk, Recording, RecordingOs, RecordingVfs, put

FILE = "journal.sqlite"
SHORT_SEEDS = 2
LONG_SEEDS = 30


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder in memory where there is one: what a cut has left is only read back there."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None))
    yield folder
    shutil.rmtree(folder)


def record(folder: Path, monkeypatch: pytest.MonkeyPatch, synchronous: str = "") -> Recording:
    """Three orders at once, a clean end and a new start, one more, keys forgotten, one more.

    The log is folded into the file often, so that cuts fall into that as well.
    """
    recording = Recording()
    vfs = RecordingVfs(recording)
    monkeypatch.setattr(store, "os", RecordingOs(recording))
    seconds = itertools.count(1_795_300_000)

    def start() -> Journal:
        made = Journal(
            folder / FILE, vfs=vfs.name, wall=lambda: next(seconds), on_append=recording.mark
        )
        made.store.db.execute("PRAGMA wal_autocheckpoint=24")
        if synchronous:
            made.store.db.execute(f"PRAGMA synchronous={synchronous}")
        return made

    first, second, third, fourth, fifth = map(lives.number, range(1, 6))
    journal = start()
    writer = lives.Writer(journal)
    writer.live(
        list(
            lives.interleaved(
                lives.paid_and_posted(first), lives.one_refused(second), lives.answer_lost(third)
            )
        )
    )
    journal.close()
    journal = start()
    orders = {x: replay(journal, x) for x in journal.open_orders()}
    assert list(orders) == [third]
    writer = lives.Writer(journal)
    writer.orders = orders
    writer.take(e.Restarted(third))
    writer.live(lives.paid_and_posted(fourth))  # its key stands in the log, too
    keys = [bytes(x[0]) for x in journal.store.db.execute("SELECT key FROM keys")]
    assert journal.forget(journal.now() + 1) == 3
    kept = [bytes(x[0]) for x in journal.store.db.execute("SELECT key FROM keys")]
    recording.mark(frozenset(keys) - frozenset(kept))
    writer.live(lives.paid_and_posted(fifth))
    monkeypatch.undo()
    journal.store.db.close()
    return recording


def check(files: dict[str, bytes], marks: list[object], every: list[Row], folder: Path) -> None:
    """Start from what the cut has left; ``marks`` is what the program had been told by then."""
    put(files, folder)
    told = [x for x in marks if isinstance(x, Row)]
    journal = Journal(folder / FILE, wall=lambda: 1_795_400_000)
    try:
        journal.store.verify(whole=True)
        rows = list(journal.store.rows())
        assert len(told) <= len(rows) <= len(told) + 1, "a returned row is lost"
        assert rows == every[: len(rows)]
        orders = {x: replay(journal, x) for x in {x.stream for x in rows}}
        left_open = {x.id for x in orders.values() if not x.closed}
        assert set(journal.open_orders()) == left_open
        journal.note("CalledForHelp", {}, journal.now())
        journal.store.verify(whole=True)
    finally:
        journal.close()
    for forgotten in (x for x in marks if isinstance(x, frozenset)):
        for key, (name, content) in itertools.product(forgotten, files.items()):
            assert key not in content, f"a forgotten key stands in {name}"


def cut_everywhere(recording: Recording, seeds: range, scratch: Path) -> int:
    """Check a cut after each operation, several rolls each. Returns how many differed."""
    every = [x for x in recording.marks(len(recording.ops)) if isinstance(x, Row)]
    disk, marks, seen = Disk(), [], set()
    for index, op in enumerate(recording.ops):
        disk.play(op)
        if op.kind == "mark":
            marks.append(op.note)
        for seed in seeds:
            files = disk.cut(random.Random(f"{seed} {index}"))
            state = hashlib.sha256(repr((len(marks), sorted(files.items()))).encode()).digest()
            if state in seen:
                continue
            seen.add(state)
            folder = scratch / "start"
            folder.mkdir()
            try:
                check(files, marks, every, folder)
            except Exception as error:
                error.add_note(f"cut after operation {index} ({op.kind} {op.file}), seed {seed}")
                raise
            finally:
                shutil.rmtree(folder)
    return len(seen)


def test_no_returned_row_is_lost(
    tmp_path: Path, scratch: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = record(tmp_path, monkeypatch)
    kinds = {(x.kind, Path(x.file).suffix) for x in recording.ops}
    assert {("sync", ".sqlite"), ("sync", ".sqlite-wal"), ("truncate", ".sqlite-wal")} <= kinds
    assert cut_everywhere(recording, range(seed, seed + SHORT_SEEDS), scratch) > len(recording.ops)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_no_returned_row_is_lost_with_many_seeds(
    tmp_path: Path, scratch: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = record(tmp_path, monkeypatch)
    cut_everywhere(recording, range(seed, seed + LONG_SEEDS), scratch)


@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
def test_the_cut_shows_what_a_missing_sync_does(
    synchronous: str, tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same check fails as soon as the journal doesn't sync: it can fail."""
    recording = record(tmp_path, monkeypatch, synchronous)
    with pytest.raises((AssertionError, JournalBrokenError)) as failure:
        cut_everywhere(recording, range(SHORT_SEEDS), scratch)
    said = str(failure.value)
    assert "a returned row is lost" in said or "a tail was cut" in said
