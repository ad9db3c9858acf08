"""A disk that is full or fails: what could not be written was not written, and nothing else."""

from __future__ import annotations

import errno
import logging
import os
from pathlib import Path
from typing import Any

import apsw
import pytest

from kiosk.core import events as e
from kiosk.core.decide import decide
from kiosk.journal import Journal, replay
from tests.crash import lives

NO = lives.number(1)


class FailingVfs(apsw.VFS):
    """SQLite's usual file layer; while ``failing`` names a call, that call fails."""

    def __init__(self) -> None:
        self.name = f"failing-{id(self)}"
        self.failing = ""
        super().__init__(self.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _FailingFile(self, name, flags)


class _FailingFile(apsw.VFSFile):
    def __init__(self, vfs: FailingVfs, name: Any, flags: list[int]) -> None:
        self._vfs = vfs
        super().__init__("", name, flags)

    def excepthook(self, *_: object) -> bool:
        """The error reaches the caller; it needn't be printed as well."""
        return True

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        if self._vfs.failing == "write":
            raise apsw.FullError("disk full")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        if self._vfs.failing == "sync":
            raise apsw.IOError("sync failed")
        super().xSync(flags)


@pytest.mark.parametrize("failing", ["write", "sync"])
def test_an_append_that_did_not_reach_the_disk_raises_and_can_be_repeated(
    failing: str, tmp_path: Path
) -> None:
    vfs = FailingVfs()
    returned = []
    path = tmp_path / "journal.sqlite"
    journal = Journal(path, vfs=vfs.name, on_append=lambda row: returned.append(row.seq))
    writer = lives.Writer(journal)
    writer.take(lives.opened(NO))
    before = writer.orders[NO]
    paid = e.PaymentAnswered(NO, e.Charge.PAID, lives.facts())
    other = lives.opened(lives.number(2))
    vfs.failing = failing
    for event in (paid, other):
        with pytest.raises(apsw.Error):
            writer.take(event)
    with pytest.raises(apsw.Error):
        journal.note("HelpAsked", {}, journal.now())
    vfs.failing = ""
    assert returned == [1]
    assert replay(journal, NO) == before
    writer.take(other)
    writer.take(paid)
    assert returned == [1, 2, 3]
    journal.store.verify(whole=True)
    journal.close()
    journal = Journal(path)
    assert {x: replay(journal, x) for x in writer.orders} == writer.orders
    journal.close()


def test_a_row_stands_even_if_its_anchor_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    at = journal.now()
    order, _ = decide(None, lives.opened(NO), at)

    def fail(*_: object) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patched, caplog.at_level(logging.ERROR):
        patched.setattr("kiosk.journal.store.os.pwrite", fail)
        assert journal.append(lives.opened(NO), order, at) == 1
    assert "the anchor can't be written" in caplog.text
    journal.store.verify(whole=True)
    assert replay(journal, NO) == order
    journal.close()
    Journal(tmp_path / "journal.sqlite").close()


def test_a_full_disk_keeps_nobody_from_starting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    vfs = FailingVfs()
    path = tmp_path / "journal.sqlite"
    journal = Journal(path, vfs=vfs.name)
    writer = lives.Writer(journal)
    writer.take(lives.opened(NO))
    journal.close()
    vfs.failing = "write"
    with caplog.at_level(logging.WARNING):
        journal = Journal(path, vfs=vfs.name)
    assert "no checkpoint" in caplog.text
    assert journal.open_orders() == [NO]
    vfs.failing = ""
    journal.close()
