"""The list of booklets and the power: whatever wasn't synced is lost, wholly or in part."""

from __future__ import annotations

import datetime
import random
from pathlib import Path

import pytest

from kiosk.booklet_register import Register
from kiosk.core.booklet import OPEN
from kiosk.durable import Disk

WHO = "id:310101185001010001"


class PowerCut(BaseException):
    """The power goes: nothing in the program can catch it."""


class Volatile(Disk):
    """A disk that keeps what was synced, and of the rest what chance leaves.

    ``files`` is what is there when the power comes back: contents as they were synced, names as
    their folder was. ``cut_after`` counts what reaches for the disk.
    """

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.now: dict[str, bytes] = {}
        self.names: dict[str, bytes] = {}
        self.cut_after = -1

    def _step(self) -> None:
        self.cut_after -= 1
        if self.cut_after == 0:
            raise PowerCut

    def read(self, path: Path) -> bytes | None:
        return self.now.get(path.name)

    def write(self, path: Path, content: bytes) -> None:
        self.now[path.name] = content[: self.rng.randrange(len(content) + 1)]
        self._step()
        self.now[path.name] = content
        self._step()

    def rename(self, fresh: Path, path: Path) -> None:
        self.now[path.name] = self.now.pop(fresh.name)
        self._step()

    def sync_folder(self, folder: Path) -> None:  # noqa: ARG002
        self.names = dict(self.now)
        self._step()

    def hold(self, path: Path) -> int:  # noqa: ARG002
        return -1

    def back(self) -> Volatile:
        """After the power has come back: the names of the last sync, or the newer ones."""
        found = Volatile(self.rng)
        found.now = dict(self.now if self.rng.random() < 0.5 else self.names)
        found.names = dict(found.now)
        return found


def opened(disk: Volatile) -> Register:
    today = datetime.date(2026, 3, 5)
    return Register(Path("booklets.json"), 365, lambda: today, lambda: 1.0, disk)


@pytest.mark.parametrize("cut", range(1, 20))
def test_what_was_written_down_stays_and_what_was_not_is_whole(cut: int, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(40):
        disk = Volatile(rng)
        book = opened(disk)
        person = book.look(WHO)[0]
        done = ""
        disk.cut_after = cut
        try:
            assert book.reserve("A1", person) == ""
            done = "reserved"
            book.settle("A1", given=True)
            done = "given"
            book.reserve("B1", book.look("id:2")[0])
            done = "more"
        except PowerCut:
            pass
        found = opened(disk.back()).look(WHO)[1]
        allowed = {
            "": {"", OPEN},
            "reserved": {OPEN, "2026-03-05"},
            "given": {"2026-03-05"},
            "more": {"2026-03-05"},
        }
        assert found in allowed[done], f"{done or 'nothing'} was written, and now it says {found!r}"


def test_the_cuts_reach_every_step(seed: int) -> None:
    """Else the test above would prove less than it says."""
    disk = Volatile(random.Random(seed))
    book = opened(disk)
    disk.cut_after = 13
    book.reserve("A1", book.look(WHO)[0])
    book.settle("A1", given=True)
    book.reserve("B1", book.look("id:2")[0])
    assert disk.cut_after == 1


def test_no_reservation_that_was_refused_by_the_disk_lets_anything_leave(tmp_path: Path) -> None:
    class Full(Disk):
        full = False

        def write(self, path: Path, content: bytes) -> None:
            if self.full:
                raise OSError(28, "No space left on device")
            super().write(path, content)

    disk = Full()
    today = datetime.date(2026, 3, 5)
    book = Register(tmp_path / "booklets.json", 365, lambda: today, lambda: 1.0, disk)
    disk.full = True
    with pytest.raises(OSError, match="space"):
        book.reserve("A1", book.look(WHO)[0])
    assert book.reserved() == ()
    assert book.look(WHO)[1] == ""
