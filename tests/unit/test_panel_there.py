"""A touch that moves money counts only if the panel it came from is still there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.core.visit import messages as m
from kiosk.core.visit.decide import decide
from screens.panel_there import NOBODY, PanelThere
from tests.support.all_states import STATES


class Glass:
    """A panel's file, what was sent, and what is to be called after a moment."""

    def __init__(self, folder: Path, *, named: bool = True) -> None:
        self.node, self.link = folder / "event7", folder / "usb-panel"
        self.node.touch()
        self.link.symlink_to(self.node)
        self.later: list[Callable[[], None]] = []
        self.sent: list[tuple[str, object, int]] = []
        self.there = PanelThere(
            self.link if named else None,
            lambda _seconds, call: self.later.append(call),
            lambda *touch: self.sent.append(touch),
        )

    def pass_time(self) -> None:
        calls, self.later = self.later, []
        for call in calls:
            call()


@pytest.fixture
def glass(tmp_path: Path) -> Glass:
    return Glass(tmp_path)


def test_a_touch_that_pays_waits_for_a_look_at_the_panel(glass: Glass) -> None:
    glass.there.touched("confirm.pay", "terminal", 7)
    assert glass.sent == []
    glass.pass_time()
    assert glass.sent == [("confirm.pay", "terminal", 7)]


@pytest.mark.parametrize("link_stays", [True, False])
def test_a_release_by_a_panel_that_went_pays_nothing(glass: Glass, link_stays: bool) -> None:
    glass.there.touched("confirm.pay", "terminal", 7)
    glass.node.unlink()
    if not link_stays:
        glass.link.unlink()
    glass.pass_time()
    assert glass.sent == [(NOBODY, None, 7)]
    confirm = STATES["confirm"]
    assert decide(confirm, m.Touched(NOBODY))[0] == confirm, "it means nothing to the visit"


def test_other_touches_do_not_wait(glass: Glass) -> None:
    glass.node.unlink()
    glass.there.touched("nav.back", None, 7)
    assert glass.sent == [("nav.back", None, 7)]


def test_without_a_panel_named_no_touch_waits(tmp_path: Path) -> None:
    glass = Glass(tmp_path, named=False)
    glass.node.unlink()
    glass.there.touched("confirm.pay", "alipay", 7)
    assert glass.sent == [("confirm.pay", "alipay", 7)]
