"""Whatever the staff touch, in whatever order: no money moves, nothing breaks, the books verify.

What can be touched is read from the views that the screens draw; real engine, journal, adapters and
machines in virtual time.
"""

from __future__ import annotations

import importlib
import logging
import random
from pathlib import Path

import pytest

from kiosk.core import events as e
from kiosk.core.visit import messages as m
from kiosk.core.visit.sign_in_steps import SignIn
from kiosk.core.visit.tech_base import TechStep
from kiosk.residents import Errand
from screens.tech_number import TechNumberView
from screens.tech_page import TechPage
from sim.operators import STAFF
from tests.support.virtually import Cabin

PINS = {one: pin for one, _name, _role, pin in STAFF}
KEYS = (*"0123456789", "delete", "clear")
Touch = tuple[str, str]


def touchable(cabin: Cabin) -> list[Touch]:
    """What can be touched on the screen that is shown."""
    state = cabin.state
    name = cabin.screen
    if isinstance(state.visit.step, SignIn):
        return [("nav.back", ""), ("nav.home", "")]
    if name in ("tech_closed", "home", "attract"):
        return []
    view = importlib.import_module(f"screens.{name}").view_of(state)
    if isinstance(view, TechNumberView):
        keys = [("number.key", x) for x in KEYS]
        return [*keys, *([("number.done", "")] * 4 if view.ready else []), ("tech.back", "")]
    if not isinstance(view, TechPage):
        return [("tech.back", ""), ("tech.leave", "")]
    rows = [(x.target, x.value) for x in view.shown if x.target]
    buttons = [(x.target, x.value) for x in view.actions if x.enabled]
    turn = [("tech.more", ""), ("tech.first", "")] if view.pages > 1 else []
    return [*rows, *buttons, *turn, *((x, "") for x in view.bar)]


def act(cabin: Cabin, chance: random.Random) -> str:
    """One touch of somebody who wanders about."""
    step = cabin.state.visit.step
    if cabin.screen == "attract":
        touch = ("wake", "")
    elif not isinstance(step, SignIn | TechStep) or cabin.screen == "tech_closed":
        touch = (m.KNOCK, "")
    elif isinstance(step, SignIn) and chance.random() < 0.8:
        return sign_in(cabin, step, chance)
    else:
        touch = chance.choice(touchable(cabin))
    cabin.touch(*touch)
    return ".".join(x for x in touch if x)


def sign_in(cabin: Cabin, step: SignIn, chance: random.Random) -> str:
    who = step.operator
    if not who:
        who = chance.choice(step.may_be(cabin.state.rules.operators)).id
        cabin.touch("who.is", who)
        cabin.advance(0.3)
    pin = PINS[who] if chance.random() < 0.9 else "999999"
    for digit in pin:
        cabin.touch("pin.key", digit)
    cabin.touch("pin.done")
    return f"{who} {'signs in' if pin == PINS[who] else 'mistypes'}"


def wander(cabin: Cabin, seed: int, touches: int) -> set[str]:
    chance, seen, path = random.Random(seed), set[str](), list[str]()
    for _ in range(touches):
        path.append(f"{cabin.screen}: {act(cabin, chance)}")
        cabin.advance(chance.choice((0.1, 0.5, 2.0)))
        seen.add(cabin.screen)
        assert not cabin.lies, path[-20:]
    return seen


@pytest.fixture
def cabin(tmp_path: Path) -> Cabin:
    """A cabin with a paid order, and one that the program stopped in the middle of."""
    made = Cabin(tmp_path)
    made.serve(Errand(made.owe()))
    made.serve(
        Errand(made.owe(), when_unknown="leave"),
        lambda x: x.screen == "pay",
        lambda x: x.engine.post(e.Poisoned(x.order.id, "PaymentAnswered", "KeyError")),
    )
    while made.screen not in ("home", "attract"):
        made.advance(60)
    return made


def walk(cabin: Cabin, seed: int, touches: int, caplog: pytest.LogCaptureFixture) -> set[str]:
    charged = cabin.cabin.ledger()["terminal"]
    papers = len(cabin.cabin.printer.receipts)
    with caplog.at_level(logging.ERROR):
        seen = wander(cabin, seed, touches)
    broken = [x.message for x in caplog.records if x.exc_info]
    assert broken == [], "a defect that the engine's boundaries caught"
    assert cabin.cabin.ledger()["terminal"] == charged, "money moved"
    assert not cabin.verify().problems
    assert len(cabin.cabin.printer.receipts) >= papers
    return seen


def test_staff_wander_about(cabin: Cabin, seed: int, caplog: pytest.LogCaptureFixture) -> None:
    seen = walk(cabin, seed, 150, caplog)
    assert "tech_overview" in seen or "tech_settings" in seen, seen


@pytest.mark.long
@pytest.mark.parametrize("walker", range(4))
def test_staff_wander_about_for_long(
    cabin: Cabin, seed: int, walker: int, caplog: pytest.LogCaptureFixture
) -> None:
    seen = walk(cabin, seed + walker, 1500, caplog)
    assert {"tech_overview", "tech_orders", "tech_settings", "tech_number"} <= seen
