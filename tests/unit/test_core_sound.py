"""声音 and the language, as the visit has them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.core.state import State
from kiosk.core.visit import messages as m
from kiosk.core.visit.common import IDLE, RESET
from kiosk.core.visit.decide import decide
from kiosk.core.visit.sound import loudness
from kiosk.core.visit.steps import Home, Overlay, ScanBill
from kiosk.core.visit.view import screen_of
from tests.support.states import STATES, at


def touch(state: State, *targets: str) -> State:
    for target in targets:
        state, _ = decide(state, m.Touched(target, version=state.version))
    return state


def test_louder_and_softer_go_step_by_step_to_their_ends() -> None:
    state = touch(at(ScanBill()), "nav.sound")
    assert screen_of(state) == "sound"
    steps = [loudness(state)]
    for target in ("sound.louder",) * 3 + ("sound.softer",) * 5 + ("sound.mute", "sound.softer"):
        state = touch(state, target)
        steps.append(loudness(state))
    assert steps == [3, 4, 5, 5, 4, 3, 2, 1, 1, 0, 0]
    assert loudness(touch(state, "sound.louder")) == 1


def test_closing_and_saying_again_come_back_to_the_same_step() -> None:
    before = touch(at(ScanBill()), "nav.sound")
    for target, again in (("sound.close", 0), ("sound.again", 1)):
        after = touch(before, target)
        assert after.visit.overlay is Overlay.NONE
        assert (after.visit.step, after.visit.again) == (ScanBill(), again)


def test_nothing_is_said_again_while_there_is_no_sound() -> None:
    state = touch(at(ScanBill()), "nav.sound", "sound.mute")
    assert touch(state, "sound.again") == state


def test_the_panel_answers_only_while_it_is_there() -> None:
    state = at(ScanBill())
    assert touch(state, "sound.louder") == state


def test_a_visit_begins_as_the_hour_has_it() -> None:
    night = replace(STATES["home"], face=replace(STATES["home"].face, night=True))
    assert (loudness(STATES["home"]), loudness(night)) == (3, 1)
    assert loudness(touch(night, "nav.sound", "sound.louder")) == 2


@pytest.mark.parametrize("target", ["nav.sound", "sound.louder"])
def test_a_cabin_without_a_voice_has_no_panel(target: str) -> None:
    state = at(Home())
    state = replace(state, rules=replace(state.rules, volume_steps=0))
    assert touch(state, target) == state
    assert loudness(state) == 0


def _quiet_and_english() -> State:
    state = touch(at(Home()), "nav.language", "nav.sound", "sound.mute", "sound.close")
    return touch(state, "nav.lower", "home.pay_bill")


def test_volume_and_language_go_along_from_one_service_to_the_next() -> None:
    state = _quiet_and_english()
    number = state.visit.number
    for _ in range(2):
        state, commands = decide(state, m.Touched("nav.home", version=state.version))
        assert state.visit.step == Home()
        assert state.visit.number > number, "what was looked up is wiped all the same"
        assert (state.visit.language, loudness(state), state.visit.lower) == ("en", 0, True)
        rings = [x for x in commands if isinstance(x, m.Ring) and x.name == RESET]
        assert rings[-1] == m.Ring(RESET, state.rules.idle_reset_s)
        state = touch(state, "home.pay_bill")


def test_the_end_of_the_visit_takes_volume_and_language_back() -> None:
    state = touch(_quiet_and_english(), "nav.home")
    state, _ = decide(state, m.TimerRang(RESET))
    assert (state.visit.language, loudness(state), state.visit.lower) == ("zh", 3, False)


@pytest.mark.parametrize("end", [m.TimerRang(RESET), m.Touched("idle.leave")])
def test_whoever_walks_away_leaves_nothing_of_it(end: m.VisitEvent) -> None:
    state, _ = decide(_quiet_and_english(), m.TimerRang(IDLE))
    state, _ = decide(state, end)
    assert (state.visit.step, state.visit.language, loudness(state)) == (Home(), "zh", 3)


def test_a_home_screen_as_everybody_finds_it_needs_no_reset() -> None:
    _, commands = decide(at(ScanBill()), m.Touched("nav.home", version=at(ScanBill()).version))
    assert all(x.seconds == 0 for x in commands if isinstance(x, m.Ring) and x.name == RESET)
    assert decide(at(Home()), m.TimerRang(RESET)) == (at(Home()), ())


def test_a_touch_at_home_puts_the_reset_off() -> None:
    state = touch(_quiet_and_english(), "nav.home")
    _, commands = decide(state, m.Touched("nav.lower", version=state.version))
    rings = [x for x in commands if isinstance(x, m.Ring) and x.name == RESET]
    assert rings == [m.Ring(RESET, 0)]


def test_the_language_is_chosen_on_the_home_screen_and_there_alone() -> None:
    state = at(Home())
    assert touch(state, "nav.language", "nav.language") == state
    assert touch(at(ScanBill()), "nav.language") == at(ScanBill())
