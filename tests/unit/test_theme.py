"""Colours, sizes and line breaking: what needs no window."""

from __future__ import annotations

import gc
import weakref

import pytest

from screens.environment import Panel
from screens.theme import DAY, NIGHT, PALETTES, TOKENS, Theme, contrast, mix

TEXT_PAIRS = [
    *[(ink, ground) for ink in ("ink", "soft") for ground in ("paper", "card", "info", "off")],
    ("ink", "bar"),
    ("on_action", "action"),
    ("on_stop", "stop"),
    ("on_wait", "wait"),
    ("on_done", "done"),
    ("on_practice", "practice"),
    *[("on_seal", token) for token in sorted(TOKENS) if token.startswith("seal_")],
    ("on_code", "code"),
]
EDGE_PAIRS = [("edge", ground) for ground in ("paper", "card", "bar", "info", "off")]


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
@pytest.mark.parametrize(("front", "ground"), TEXT_PAIRS)
def test_text_has_a_contrast_of_seven(palette, front, ground):
    assert contrast(getattr(palette, front), getattr(palette, ground)) >= 7.0


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
@pytest.mark.parametrize(("front", "ground"), EDGE_PAIRS)
def test_edges_of_controls_have_a_contrast_of_three(palette, front, ground):
    assert contrast(getattr(palette, front), getattr(palette, ground)) >= 3.0


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize(
    ("front", "ground"),
    [("ink", "card"), ("soft", "card"), ("on_action", "action"), ("on_stop", "stop")],
)
def test_a_pressed_control_differs_and_stays_readable(name, front, ground):
    theme = Theme(Panel(), name)
    assert theme.colour(ground + "!") != theme.colour(ground)
    assert contrast(theme.colour(front), theme.colour(ground + "!")) >= 6.0


def test_contrast_matches_the_definition():
    # WCAG 2.2: black on white is 21:1; #767676 on white is the well-known 4.54:1.
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#FFFFFF", "#767676") == pytest.approx(4.54, abs=0.005)


def test_both_palettes_differ_in_paper_and_agree_on_codes():
    assert DAY.paper != NIGHT.paper
    assert (NIGHT.code, NIGHT.on_code) == ("#FFFFFF", "#000000")


def test_mixing_colours():
    assert mix("#000000", "#FFFFFF", 0.5) == "#808080"
    assert mix("#123456", "#FFFFFF", 0.0) == "#123456"


def test_sizes_are_physical():
    panel = Panel(1080, 1920, 21.5)
    assert panel.pixels_per_mm == pytest.approx(4.034, abs=0.001)  # 102.46 pixels an inch
    assert Theme(panel).px(10) == 40
    assert Theme(panel).mm(403.4) == pytest.approx(100, abs=0.1)


def test_the_same_millimetres_on_a_finer_panel_are_more_pixels():
    assert Theme(Panel(2160, 3840, 21.5)).px(10) == 81


def test_a_scaled_window_scales_everything():
    panel = Panel(scale=0.5)
    assert panel.window_size == (540, 960)
    assert Theme(panel).px(10) == 20


@pytest.mark.parametrize("wrong", [{"scale": 0}, {"width_px": 0}, {"diagonal_inch": -1}])
def test_an_impossible_panel_is_refused(wrong):
    with pytest.raises(ValueError, match=r"panel|scale"):
        Panel(**wrong)


class _Painted:
    """Something drawn: notes the paper's colour each time it is painted."""

    def __init__(self, theme, seen):
        self._theme, self._seen = theme, seen
        theme.on_change(self.repaint)

    def repaint(self):
        self._seen.append(self._theme.colour("paper"))


def test_switching_repaints_once_and_only_when_it_changes():
    theme, seen = Theme(Panel(), "day"), []
    drawn = _Painted(theme, seen)
    assert theme.switch("day") is False
    assert theme.switch("night") is True
    assert seen == [NIGHT.paper]
    assert drawn is not None


def test_what_is_gone_is_neither_painted_nor_kept():
    theme, seen = Theme(Panel(), "day"), []
    drawn = _Painted(theme, seen)
    gone = weakref.ref(drawn)
    del drawn
    gc.collect()
    assert gone() is None
    assert theme.switch("night") is True
    assert seen == []
    theme.forget_gone()
    assert theme._repaint == []
