"""Between the visit and the scanner: whose picture it is, what its end means, and that it goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from devices.document_scanner import commands as d
from devices.status import Cancelled, Completion, Failed, Success, TimedOut
from kiosk import engine as kiosk_engine
from kiosk.adapters.document_jobs import Place, Told, Written
from kiosk.adapters.documents import Documents
from kiosk.core.printing import SCANNER
from kiosk.core.state import Device, Level
from kiosk.core.visit import messages as m
from kiosk.core.visit import print_messages as p
from kiosk.core.visit.common import TAKE_S
from kiosk.core.visit.copying import BUSY, COVER_OPEN, GONE, HALF, JAMMED, TIMES_SAID
from kiosk.core.visit.decide import decide
from kiosk.core.visit.print_choices import Original
from kiosk.documents.limits import Limits
from kiosk.documents.visit_folder import LAID, VisitFolder
from kiosk.pages import PageStore
from sim.devices.originals import halved, scan
from tests.support.alone import Alone
from tests.support.print_shop import SHOP

FRONT = scan("card_front", 95, 65, 300, grey=False)


class Worker:
    """A device's worker that only takes notes."""

    def __init__(self) -> None:
        self.commands: list[object] = []
        self.cancelled: list[int] = []

    def submit(self, command: object) -> int:
        self.commands.append(command)
        return len(self.commands)

    def cancel(self, command_id: int) -> None:
        self.cancelled.append(command_id)


class Desk:
    """Documents with lanes that work at once; ``heard`` is what the visit is told."""

    def __init__(self, folder: Path, scanner: Worker | None) -> None:
        self.folder = VisitFolder(folder, folder / "no memory")
        place = Place(self.folder, Limits(), (400, 560))
        self.pages, self.scanner = PageStore(), scanner or Worker()
        self.documents = Documents(place, self, self.pages, Worker(), scanner)
        self.heard: list[m.VisitEvent] = []

    def run(self, lane: str, call: Callable[[], object], broken: object = None) -> None:  # noqa: ARG002
        found = call()
        if isinstance(found, Told | Written):
            self.heard += self.documents.translate(found)

    def scan(self, side: int = 1, original: Original = Original.CARD) -> d.Scan:
        self.documents.ask(p.ScanSide(10 + side, original, side))
        command = self.scanner.commands[-1]
        assert isinstance(command, d.Scan)
        return command

    def end(self, completion: Completion) -> None:
        self.heard += self.documents.scanned(len(self.scanner.commands), completion)

    def files(self) -> list[Path]:
        return [x for x in self.folder.path.rglob("*") if x.is_file()]


GOOD = Success(d.Scanned(1122, 768, len(FRONT)))


def test_two_sides_become_one_open_page_and_go_when_the_visit_ends(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Worker())
    for side in (1, 2):
        command = desk.scan(side)
        assert (command.area, command.dpi) == (d.Area(95, 65), 300)
        Path(command.path).write_bytes(FRONT)
        assert desk.documents.scanning(side, d.Scanning(30)) == [p.ScanProgressed(10 + side, 30)]
        desk.end(GOOD)
    assert desk.heard == [p.SideScanned(11), p.SideScanned(12)]
    desk.documents.ask(p.MakeCopy(20, Original.CARD))
    opened = desk.heard[-1]
    assert isinstance(opened, p.FileOpened)
    assert (opened.request, opened.name, opened.pages) == (20, "身份证复印件", 1)
    assert desk.pages.get(opened.picture) is not None
    assert len(desk.files()) >= 3
    desk.documents.ask(m.VisitEnded())
    assert desk.files() == []
    assert desk.pages.get(opened.picture) is None


def test_a_side_that_is_scanned_anew_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Worker())
    for _ in range(2):
        command = desk.scan(1, Original.PAGE)
        assert (command.area, command.dpi) == (d.Area(210, 297), 200)
        Path(command.path).write_bytes(FRONT)
        desk.end(GOOD)
    desk.documents.ask(p.MakeCopy(20, Original.PAGE))
    assert isinstance(desk.heard[-1], p.FileOpened)


@pytest.mark.parametrize(
    ("completion", "code"),
    [
        (Failed("cover_open"), COVER_OPEN),
        (Failed("busy"), BUSY),
        (Failed("jammed"), JAMMED),
        (Failed("io_error"), HALF),
        (Failed("half_picture"), HALF),
        (Failed("too_small"), GONE),
        (Failed("not_connected"), GONE),
        (Failed("no_place"), GONE),
        (Failed("exit_-11"), GONE),
        (TimedOut(), GONE),
        (Cancelled(), GONE),
    ],
)
def test_what_an_end_means(tmp_path: Path, completion: Completion, code: str) -> None:
    desk = Desk(tmp_path, Worker())
    desk.scan()
    desk.end(completion)
    assert desk.heard == [p.PrintTrouble(11, code)]


@pytest.mark.parametrize("data", [None, b"", halved(FRONT), FRONT[:5000]])
def test_a_picture_that_is_not_whole_is_scanned_again(tmp_path: Path, data: bytes | None) -> None:
    desk = Desk(tmp_path, Worker())
    command = desk.scan()
    if data is not None:
        Path(command.path).write_bytes(data)
    desk.end(GOOD)
    assert desk.heard == [p.PrintTrouble(11, HALF)]


@pytest.mark.parametrize("end", [p.ForgetFile(), m.VisitEnded()])
def test_whoever_goes_while_it_scans_stops_it_and_hears_nothing_of_it(
    tmp_path: Path, end: m.VisitCommand
) -> None:
    scanner = Worker()
    desk = Desk(tmp_path, scanner)
    command = desk.scan()
    Path(command.path).write_bytes(FRONT)
    desk.documents.ask(end)
    assert scanner.cancelled == [1]
    assert not Path(command.path).exists()
    assert desk.documents.scanning(1, d.Scanning(50)) == []
    desk.end(GOOD)
    assert desk.heard == []
    assert Path(desk.scan().path).parent != Path(command.path).parent, "a stay of its own"


def test_a_cabin_whose_scanner_is_gone_from_the_configuration(tmp_path: Path) -> None:
    desk = Desk(tmp_path, None)
    desk.documents.ask(p.ScanSide(11, Original.CARD, 1))
    assert desk.heard == [p.PrintTrouble(11, GONE)]
    desk.documents.ask(m.VisitEnded())


# The engine's own ways home


@pytest.fixture
def copying(tmp_path: Path) -> Alone:
    """Somebody has laid a card down."""
    kiosk = Alone(tmp_path)
    rules = replace(kiosk.engine.state.rules, printing=replace(SHOP, scanner=True))
    kiosk.engine.state = replace(kiosk.engine.state, rules=rules)
    for role in ("document_printer", SCANNER):
        kiosk.say(m.DeviceChanged(role, Device(Level.READY)))
    for target in ("home.print", "print.copy", "copy.card"):
        kiosk.touch(target)
    assert kiosk.screen == "print_lay"
    return kiosk


def test_even_a_defect_leads_home_by_way_of_the_reminder(
    copying: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_state: object, _event: object) -> object:
        raise ZeroDivisionError("a defect")

    with monkeypatch.context() as patch:
        patch.setattr(kiosk_engine, "decide_visit", broken)
        copying.touch("copy.start")
    assert copying.screen == "print_take"
    monkeypatch.setattr(kiosk_engine, "decide_visit", decide)
    copying.pass_time(TAKE_S * TIMES_SAID + 1)
    assert copying.screen == "home"


def test_whoever_walks_away_is_called_until_nobody_can_be_there(copying: Alone) -> None:
    rules = copying.state.rules
    copying.pass_time(rules.idle_warning_s + 1)
    assert copying.screen == "idle"
    copying.pass_time(rules.idle_reset_s)
    assert copying.screen == "print_take"
    times = {x.visit.again for x in copying.shown}
    copying.pass_time(TAKE_S * TIMES_SAID + 1)
    assert copying.screen == "home"
    assert len({x.visit.again for x in copying.shown} - times) == TIMES_SAID - 1


def test_one_touch_at_the_reminder_is_enough(copying: Alone) -> None:
    copying.touch("nav.home")
    assert copying.screen == "print_take"
    copying.touch("copy.taken")
    assert copying.screen == "home"
    copying.pass_time(TAKE_S * 2)
    assert copying.screen == "home"


# After a kill


def test_a_folder_tells_what_a_killed_kiosk_has_left(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Worker())
    assert LAID not in desk.folder.left_behind
    desk.scan()
    assert LAID in VisitFolder(tmp_path, tmp_path / "no memory").left_behind
    assert LAID not in VisitFolder(tmp_path, tmp_path / "no memory").left_behind, "it was wiped"
    desk.scan()
    desk.documents.ask(m.VisitEnded())
    assert LAID not in VisitFolder(tmp_path, tmp_path / "no memory").left_behind


def test_a_kiosk_that_comes_back_asks_for_what_was_laid_down(tmp_path: Path) -> None:
    kiosk = Alone(tmp_path)
    kiosk.say(p.OriginalLeft())
    assert kiosk.screen == "print_take"
    kiosk.pass_time(TAKE_S * TIMES_SAID + 1)
    assert kiosk.screen == "home"


def test_and_if_an_order_is_at_the_screen_behind_that(copying: Alone) -> None:
    copying.engine.state = replace(
        copying.engine.state, visit=replace(copying.engine.state.visit, original=False)
    )
    copying.say(p.OriginalLeft())
    assert copying.screen == "print_lay", "whoever is in the middle of something stays there"
    copying.touch("nav.home")
    assert copying.screen == "print_take"
