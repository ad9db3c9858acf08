"""Copying's steps, and that nobody leaves without being told to take what they laid down. Pure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.core.printing import SCANNER
from kiosk.core.state import Device, Level, State
from kiosk.core.visit import messages as m
from kiosk.core.visit import print_messages as p
from kiosk.core.visit.common import IDLE, RESET, TAKE
from kiosk.core.visit.copying import TIMES_SAID
from kiosk.core.visit.decide import decide
from kiosk.core.visit.print_choices import (
    ChooseFileSource,
    ChooseOriginal,
    LayOriginal,
    LookAtFile,
    OpeningFile,
    Original,
    Scanning,
    TakeOriginal,
)
from kiosk.core.visit.sound import loudness
from kiosk.core.visit.steps import Attract, Home, Overlay
from tests.support import states as s
from tests.support.all_states import STATES
from tests.support.states_print import copying
from tests.unit.test_core_printing import Desk


def at_source(scanner: Device | None = None) -> Desk:
    return Desk(copying(ChooseFileSource(), scanner or Device(Level.READY)))


def test_a_card_is_scanned_turned_over_and_opened_as_one_page() -> None:
    desk = at_source().touch("print.copy")
    assert desk.step == ChooseOriginal()
    assert desk.touch("copy.card").step == LayOriginal(Original.CARD)
    desk.touch("copy.start")
    first = desk.step
    assert isinstance(first, Scanning)
    assert desk.said == [p.ScanSide(first.request, Original.CARD, 1)]
    assert desk.hear(p.ScanProgressed(first.request, 40)).step == replace(first, percent=40)
    assert desk.hear(p.SideScanned(first.request)).step == LayOriginal(Original.CARD, 2)
    desk.touch("copy.start")
    second = desk.step
    assert isinstance(second, Scanning)
    assert desk.said == [p.ScanSide(second.request, Original.CARD, 2)]
    assert desk.hear(p.SideScanned(first.request)).step == second, "an older answer"
    desk.hear(p.SideScanned(second.request))
    opening = desk.step
    assert isinstance(opening, OpeningFile)
    assert desk.said == [p.MakeCopy(opening.request, Original.CARD)]
    desk.hear(p.FileOpened(opening.request, "身份证复印件", 1, 7))
    assert desk.step == LookAtFile()
    assert desk.choice.pages == 1


def test_a_page_has_one_side() -> None:
    desk = at_source().touch("print.copy").touch("copy.page").touch("copy.start")
    scanning = desk.step
    assert isinstance(scanning, Scanning)
    desk.hear(p.SideScanned(scanning.request))
    assert isinstance(desk.step, OpeningFile)


def test_a_scan_that_fails_is_told_and_the_same_side_is_laid_down_again() -> None:
    desk = at_source().touch("print.copy").touch("copy.card").touch("copy.start")
    desk.hear(p.SideScanned(getattr(desk.step, "request"))).touch("copy.start")  # noqa: B009
    desk.hear(p.PrintTrouble(getattr(desk.step, "request"), "cover_open"))  # noqa: B009
    assert desk.step == LayOriginal(Original.CARD, 2, "cover_open")
    assert isinstance(desk.touch("copy.start").step, Scanning)


@pytest.mark.parametrize("before", [LayOriginal(Original.CARD, 2), Scanning(3, Original.CARD, 2)])
def test_back_deletes_what_was_scanned(before: LayOriginal | Scanning) -> None:
    desk = Desk(copying(before)).touch("nav.back")
    assert desk.step == ChooseOriginal()
    assert p.ForgetFile() in desk.said
    assert desk.touch("nav.back").step == ChooseFileSource()


@pytest.mark.parametrize(
    "scanner", [Device(Level.UNKNOWN), Device(Level.UNAVAILABLE, "no_answer"), Device(Level.BUSY)]
)
def test_a_scanner_that_is_not_known_to_be_there_copies_nothing(scanner: Device) -> None:
    assert at_source(scanner).touch("print.copy").step == ChooseFileSource()


def test_a_cabin_without_a_scanner_copies_nothing() -> None:
    state = STATES["print_source"]
    ready = replace(state, devices={**state.devices, SCANNER: Device(Level.READY)})
    assert Desk(ready).touch("print.copy").step == ChooseFileSource()


def test_nobody_is_asked_whether_they_are_there_while_it_scans() -> None:
    desk = Desk(copying(Scanning(1, Original.PAGE))).hear(m.TimerRang(IDLE))
    assert desk.state.visit.overlay is Overlay.NONE


# Nothing is left behind

_LEAVING = (
    *("nav.home", "nav.back", "order.done", "order.copy_taken", "found.done", "order.cancel"),
    *("order.slip", "clinic.arm_out", "idle.leave", "goods.decline", "tech.leave"),
)


def _laid(state: State, overlay: Overlay | None = None) -> State:
    visit = replace(state.visit, original=True)
    return replace(state, visit=visit if overlay is None else replace(visit, overlay=overlay))


@pytest.mark.parametrize("name", sorted(STATES))
def test_no_visit_ends_at_home_before_the_original_was_asked_for(name: str) -> None:
    """However it ends: by a touch, by waiting, under a question, at any screen."""
    state = STATES[name]
    if isinstance(state.visit.step, Home | Attract | TakeOriginal):
        return
    ends = 0
    events: list[m.VisitEvent] = [m.Touched(x, "", state.version) for x in _LEAVING]
    events += [m.TimerRang(x) for x in (IDLE, RESET)]
    events += [m.UnknownScanned(), m.BillScanned("SH-POWER", "3900000001")]
    for overlay in (None, Overlay.IDLE, Overlay.HELP):
        for event in events:
            before = _laid(state, overlay)
            after, _ = decide(before, event)
            gone = after.visit.number != before.visit.number
            assert not isinstance(after.visit.step, Home | Attract), (event, overlay)
            if gone:
                ends += 1
                assert isinstance(after.visit.step, TakeOriginal), (event, overlay)
            else:
                assert after.visit.original, (event, overlay)
    unasked, _ = decide(state, m.Touched("nav.home", "", state.version))
    if isinstance(unasked.visit.step, Home):
        assert ends, "this screen can be left, and no way of it was tried"


def test_the_reminder_comes_again_and_again_and_ends_at_home() -> None:
    state, commands = decide(copying(LayOriginal(Original.CARD)), m.Touched("nav.home"))
    for said in range(1, TIMES_SAID):
        assert state.visit.step == TakeOriginal(said)
        assert any(isinstance(x, m.Ring) and x.name == TAKE and x.seconds for x in commands)
        before = state.visit.again
        state, commands = decide(state, m.TimerRang(TAKE))
        assert state.visit.again == before + 1, "it is said anew"
    state, _ = decide(state, m.TimerRang(TAKE))
    assert isinstance(state.visit.step, Home)


def test_whoever_took_it_goes_on_to_the_home_screen_at_once() -> None:
    state, commands = decide(copying(TakeOriginal()), m.Touched("copy.taken"))
    assert isinstance(state.visit.step, Home)
    assert m.VisitEnded() in commands
    assert not state.visit.original


def test_it_is_said_louder_than_was_chosen() -> None:
    state = copying(TakeOriginal())
    rules = replace(state.rules, volume_steps=5, volume=3, night_volume=1)
    day = replace(state, rules=rules, visit=replace(state.visit, volume=0))
    assert loudness(day) == 5
    assert loudness(replace(day, face=replace(day.face, night=True))) == 3
    other = replace(day, visit=replace(day.visit, step=ChooseOriginal()))
    assert loudness(other) == 0


def test_the_home_screen_of_those_who_copied_nothing_comes_as_ever() -> None:
    state, _ = decide(s.at(ChooseFileSource()), m.Touched("nav.home"))
    assert isinstance(state.visit.step, Home)
