"""What a visit leaves behind: nothing, in memory where there is some, for our eyes alone."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest

from kiosk.documents.opener import OpenDocument
from kiosk.documents.visit_folder import SHARED_MEMORY, VisitFolder
from tests.support import print_files as files
from tests.support.leftovers import everywhere


def test_in_memory_and_for_us_alone(tmp_path: Path) -> None:
    folder = VisitFolder(tmp_path)
    try:
        assert folder.in_memory
        assert folder.path.is_relative_to(SHARED_MEMORY)
        assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
        assert folder.new_file(".pdf") != folder.new_file(".pdf")
        other = VisitFolder(tmp_path / "another")
        assert other.path != folder.path
        other.remove()
    finally:
        folder.remove()
    assert not folder.path.exists()


def test_nothing_stays_anywhere(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A real file, opened, drawn, re-written: gone from memory, data folder, temporary files."""
    mark = f"resident {os.urandom(8).hex()}"
    data = tmp_path / "data"
    data.mkdir()
    folder = VisitFolder(data)
    request.addfinalizer(folder.remove)
    path, printed = folder.new_file(".pdf"), folder.new_file(".pdf")
    path.write_bytes(files.saved(files.with_pages(1, text=mark), compress_streams=False))
    (folder.path / "deeper").mkdir()
    (folder.path / "deeper" / "link").symlink_to(path)
    with OpenDocument(path, folder.path) as document:
        document.picture(0, 100)
        document.rewrite([0], printed)
    places = (data, Path(tempfile.gettempdir()), SHARED_MEMORY)
    assert everywhere(mark.encode(), *places) == [path]
    assert printed.stat().st_size
    folder.wipe()
    assert list(folder.path.iterdir()) == []
    assert everywhere(mark.encode(), *places) == []


def test_what_a_killed_kiosk_left_is_wiped_at_the_next_start(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = VisitFolder(tmp_path)
    request.addfinalizer(folder.remove)
    folder.new_file().write_bytes(b"somebody's letter")
    again = VisitFolder(tmp_path)
    assert again.path == folder.path
    assert list(again.path.iterdir()) == []


def test_without_memory_it_lies_in_the_data_folder_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = tmp_path / "nowhere"
    folder = VisitFolder(tmp_path / "data", memory=nowhere)
    assert not folder.in_memory
    assert folder.path == tmp_path / "data" / "visit"
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert "on the disk" in caplog.text
    folder.new_file().write_bytes(b"x")
    folder.wipe()
    assert list(folder.path.iterdir()) == []


def test_somebody_elses_folder_is_not_used(tmp_path: Path) -> None:
    folder = VisitFolder(tmp_path)
    folder.remove()
    trap = tmp_path / "trap"
    trap.mkdir()
    (trap / "precious").write_text("keep")
    folder.path.symlink_to(trap)
    try:
        other = VisitFolder(tmp_path)
        assert not other.in_memory
        assert (trap / "precious").read_text() == "keep"
    finally:
        folder.path.unlink()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give folders to others")
def test_a_folder_of_another_user_is_not_used(tmp_path: Path) -> None:
    folder = VisitFolder(tmp_path)
    os.chown(folder.path, 12345, 12345)
    try:
        assert not VisitFolder(tmp_path).in_memory
    finally:
        folder.remove()


def test_between_visits_there_is_no_folder(tmp_path: Path) -> None:
    folder = VisitFolder(tmp_path, tmp_path)
    folder.new_file().write_bytes(b"somebody's")
    folder.leave()
    assert list(folder.path.iterdir()), "what is in it isn't lost by mistake"
    folder.wipe()
    folder.leave()
    assert not folder.path.exists()
    folder.claim()
    assert folder.path.stat().st_mode & 0o777 == 0o700
