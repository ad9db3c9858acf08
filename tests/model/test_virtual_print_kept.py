"""Nothing of what somebody printed stays anywhere: looked for byte by byte."""

from __future__ import annotations

import gc
import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.core.visit.common import parting
from kiosk.pages import PagePicture
from sim.files import pdf
from tests.support.virtually import Cabin

NAME = "顾某某的化验单.pdf"
MARK = b"KEPT-BY-NOBODY-7431"
SHARED = Path("/dev/shm")


def secret() -> bytes:
    """A file whose every copy can be found: the mark stands in it uncompressed."""
    return pdf(3).replace(b"(sample page)", b"(" + MARK + b")")


def places(cabin: Cabin) -> list[Path]:
    """Wherever a kiosk can write: its data folder, shared memory, the folder for temporary files.

    What other programs own there isn't ours to read; a file named for another cabin isn't, either.
    """
    assert cabin.files is not None
    mine = [cabin.settings.cabin.data_dir, cabin.files]
    made = [x for x in Path(tempfile.gettempdir()).iterdir() if x.stat().st_mtime >= cabin.began]
    return mine + [x for x in made if x.is_file()]


def left(cabin: Cabin) -> list[str]:
    """Every file that holds the mark, the name, or a page of it."""
    found = []
    for place in places(cabin):
        for file in [place] if place.is_file() else place.rglob("*"):
            if file.is_file() and os.access(file, os.R_OK):
                data = file.read_bytes()
                if MARK in data or NAME.encode() in data or "化验单".encode() in data:
                    found.append(str(file))
    return found


class Kept(Cabin):
    began = 0.0


@pytest.fixture
def cabin(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path)
    made.began = (tmp_path / "cabin.toml").stat().st_mtime
    yield made
    made.close()


def to_document(cabin: Kept) -> None:
    cabin.touch("home.print")
    cabin.touch("print.phone")
    assert cabin.until(lambda: bool(cabin.relay.urls), 20)
    cabin.advance(2)
    assert cabin.relay.upload(NAME, secret()) == 200
    assert cabin.until(lambda: cabin.screen == "print_document", 30)
    assert left(cabin), "the search finds a file that is there"


def to_pages(cabin: Kept) -> None:
    to_document(cabin)
    cabin.touch("print.go")
    assert cabin.until(lambda: cabin.screen == "confirm_goods", 30)
    cabin.touch("confirm_goods.pay", "terminal")
    assert cabin.until(lambda: cabin.screen == "pay", 10)
    cabin.advance(1)
    cabin.act("terminal", "tap_card")
    assert cabin.until(lambda: cabin.screen == "pages_delivering", 30)


def gone(cabin: Kept, caplog: pytest.LogCaptureFixture) -> None:
    cabin.advance(3)
    assert left(cabin) == []
    assert NAME not in caplog.text
    assert "/u/" not in caplog.text, "an address of a file is in the log"
    assert cabin.pages._pictures == {}
    gc.collect()
    assert [x for x in gc.get_objects() if isinstance(x, PagePicture)] == []
    assert all(x.is_over for x in cabin.cabin.document_printer.jobs.values())
    assert cabin.relay.slots.look(cabin.relay.urls[-1].rpartition("/")[2]) is None


def test_after_leaving(cabin: Kept, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    to_document(cabin)
    cabin.touch("nav.home")
    gone(cabin, caplog)


def test_at_once_and_not_when_a_lane_has_time(cabin: Kept) -> None:
    to_document(cabin)
    cabin.touch("nav.home")
    assert left(cabin) == []


def test_after_going_back_to_another_file(cabin: Kept, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    to_document(cabin)
    cabin.touch("nav.back")
    assert cabin.screen == "print_source"
    gone(cabin, caplog)


def test_after_an_idle_reset(cabin: Kept, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    to_document(cabin)
    assert cabin.until(lambda: cabin.screen == "home", 300)
    gone(cabin, caplog)


def test_after_a_whole_visit(cabin: Kept, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    to_pages(cabin)
    assert cabin.until(lambda: cabin.screen == "result", 60)
    cabin.touch("order.done")
    gone(cabin, caplog)
    assert cabin.check(settled=True)


def test_after_leaving_a_job_that_stands_still(
    cabin: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    to_pages(cabin)
    cabin.act("document_printer", "load", sheets=0)
    assert cabin.until(lambda: cabin.state.visit.progress.word == "paper_out", 60)
    cabin.touch("nav.home")
    cabin.advance(30)
    gone(cabin, caplog)


def test_after_a_kill(cabin: Kept, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    to_document(cabin)
    stay = cabin.engine._outside._cabin._documents._stay  # type: ignore[union-attr]
    assert stay.document is not None
    stay.document.cancel()  # a child dies with its parent
    cabin.restart()
    assert left(cabin) == []
    assert cabin.screen == "home"


def test_the_end_of_the_kiosk_is_the_end_of_the_visit(cabin: Kept) -> None:
    to_document(cabin)
    for command in parting(cabin.state):
        cabin.engine._obey(command)
    assert left(cabin) == []


def test_a_stick_is_only_read(cabin: Kept, caplog: pytest.LogCaptureFixture) -> None:
    cabin.act("usb_stick", "plug")
    stick = cabin.settings.printing.stick_folder  # type: ignore[union-attr]
    assert stick is not None
    before = {x: x.stat().st_mtime_ns for x in stick.rglob("*")}
    cabin.touch("home.print")
    cabin.touch("print.stick")
    assert cabin.until(lambda: bool(getattr(cabin.state.visit.step, "files", ())), 20)
    names = [x.name for x in cabin.state.visit.step.files]  # type: ignore[union-attr]
    cabin.touch("print.file", str(names.index("全家福.jpg")))
    assert cabin.until(lambda: cabin.screen == "print_document", 30)
    cabin.touch("nav.home")
    assert {x: x.stat().st_mtime_ns for x in stick.rglob("*")} == before
    assert "全家福" not in caplog.text
