"""The window in a process of its own, touched and seen through the X server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from Xlib import XK

from screens.theme import DAY, NIGHT, rgb
from tests.bench.stage_process import Stage
from tests.bench.touch import Glass
from tests.support.panel import UnpluggablePanel

pytestmark = pytest.mark.window


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def stage(display: str, data_dir: Path) -> Iterator[Stage]:
    stage = Stage(display, data_dir)
    stage.read("ready")
    yield stage
    stage.stop()


@pytest.fixture
def glass(display: str) -> Iterator[Glass]:
    with Glass(display) as glass:
        yield glass


@pytest.fixture
def panel(display: str) -> Iterator[UnpluggablePanel]:
    panel = UnpluggablePanel(display)
    yield panel
    panel.plug()
    panel.close()


def snapshot(stage: Stage) -> dict[str, Any]:
    """What the inspect socket will tell. The question queues behind the touches before it."""
    stage.say("snapshot")
    return stage.read("snapshot")["snapshot"]


def show(stage: Stage, **change: Any) -> dict[str, Any]:
    """Give the stage another picture; the snapshot once it is drawn."""
    version = snapshot(stage)["version"]
    stage.say(json.dumps(change))
    while (seen := snapshot(stage))["version"] == version:
        pass
    return seen


def middle(seen: dict[str, Any], widget_id: str) -> tuple[int, int]:
    x, y, w, h = next(w["box"] for w in seen["widgets"] if w["id"] == widget_id)
    return x + w // 2, y + h // 2


def corner(seen: dict[str, Any], widget_id: str) -> tuple[int, int]:
    """A point on the ground of a button, beside its text."""
    x, y, w, h = next(w["box"] for w in seen["widgets"] if w["id"] == widget_id)
    return x + w // 2, y + h - 12


def tap(glass: Glass, point: tuple[int, int]) -> None:
    glass.move(*point)
    glass.press()
    glass.release()


def test_a_touch_changes_the_screen_and_says_so_once(stage: Stage, glass: Glass) -> None:
    seen = snapshot(stage)
    assert seen["screen"] == "home"
    before = glass.pixels(540, 700)
    tap(glass, middle(seen, "home.pay_bill"))
    assert stage.read("touch") == {"touch": "home.pay_bill", "value": None, "version": 1}
    glass.wait_change(540, 700, before)
    seen = snapshot(stage)
    assert (seen["screen"], seen["version"]) == ("choose", 2)
    tap(glass, middle(seen, "nav.back"))
    assert stage.read("touch")["touch"] == "nav.back"  # and no second home.pay_bill between


def test_a_button_darkens_on_touch_and_sliding_off_cancels(stage: Stage, glass: Glass) -> None:
    seen = snapshot(stage)
    point = corner(seen, "home.pay_bill")
    plain = glass.pixels(*point)
    glass.move(*middle(seen, "home.pay_bill"))
    glass.press()
    glass.wait_change(*point, plain)
    dark = glass.pixels(*point)
    glass.move(540, 330)
    glass.wait_change(*point, dark)
    assert glass.pixels(*point) == plain
    glass.move(*middle(seen, "home.pay_bill"))  # coming back doesn't count either
    glass.release()
    tap(glass, middle(seen, "home.rice"))
    assert stage.read("touch")["touch"] == "home.rice"


def test_only_the_first_button_is_a_finger(stage: Stage, glass: Glass) -> None:
    seen = snapshot(stage)
    for button in (2, 3, 4, 5):
        glass.move(*middle(seen, "home.pay_bill"))
        glass.press(button)
        glass.release(button)
    tap(glass, middle(seen, "home.ask"))
    assert stage.read("touch")["touch"] == "home.ask"


def test_a_service_out_of_order_does_not_answer(stage: Stage, glass: Glass) -> None:
    seen = snapshot(stage)
    booklet = next(w for w in seen["widgets"] if w["id"] == "home.booklet")
    assert not booklet["enabled"]
    assert "明早补" in booklet["text"]
    tap(glass, middle(seen, "home.booklet"))
    tap(glass, middle(seen, "home.print"))
    assert stage.read("touch")["touch"] == "home.print"


def test_the_palette_changes_without_rebuilding(stage: Stage, glass: Glass) -> None:
    assert glass.rgb(20, 700) == rgb(DAY.paper)
    show(stage, palette="night")
    assert glass.rgb(20, 700) == rgb(NIGHT.paper)
    show(stage, palette="day")
    assert glass.rgb(20, 700) == rgb(DAY.paper)


def test_the_touch_that_wakes_does_nothing_else(stage: Stage, glass: Glass) -> None:
    seen = show(stage, asleep=True)
    tap(glass, middle(seen, "home.pay_bill"))
    assert stage.read("touch")["touch"] == "wake"
    seen = show(stage, asleep=False)
    tap(glass, middle(seen, "home.rice"))
    assert stage.read("touch")["touch"] == "home.rice"


def test_a_button_answers_again_when_the_same_is_shown_once_more(
    stage: Stage, glass: Glass
) -> None:
    """A touch that changed nothing is answered by the same state; its guarded button unlocks."""
    spot = middle(snapshot(stage), "home.rice")
    for version in (1, 2):
        tap(glass, spot)
        touch = stage.read("touch")
        assert (touch["touch"], touch["version"]) == ("home.rice", version)
        while snapshot(stage)["version"] != version + 1:
            pass


def test_a_finger_that_the_server_does_not_know_is_forgotten(stage: Stage, glass: Glass) -> None:
    """As when a panel goes and nobody says that the finger left it."""
    seen = snapshot(stage)
    spot = corner(seen, "home.pay_bill")
    plain = glass.pixels(*spot)
    stage.say("ghost")
    glass.wait_change(*spot, plain)
    dark = glass.pixels(*spot)
    glass.wait_change(*spot, dark)
    assert glass.pixels(*spot) == plain
    tap(glass, middle(seen, "home.rice"))
    assert stage.read("touch")["touch"] == "home.rice"


def test_a_panel_that_goes_and_returns_is_touched_again(
    stage: Stage, glass: Glass, panel: UnpluggablePanel
) -> None:
    seen = snapshot(stage)
    panel.unplug()
    panel.plug()
    panel.press(*middle(seen, "home.rice"))
    panel.release()
    assert stage.read("touch")["touch"] == "home.rice"
    dark = corner(seen, "home.print")
    plain = glass.pixels(*dark)
    panel.press(*middle(seen, "home.print"))
    glass.wait_change(*dark, plain)
    panel.unplug()  # under the finger: the server lifts it
    assert stage.read("touch")["touch"] == "home.print"
    panel.plug()
    panel.press(*middle(seen, "home.rice"))
    panel.release()
    assert stage.read("touch")["touch"] == "home.rice"


def test_no_key_leaves_the_kiosk(stage: Stage, glass: Glass) -> None:
    alt, control, shift = XK.XK_Alt_L, XK.XK_Control_L, XK.XK_Shift_L
    glass.move(540, 330)
    for key in (
        (XK.XK_Escape,),
        (XK.XK_F1,),
        (XK.XK_F11,),
        (XK.XK_F12,),
        (XK.XK_Print,),
        (XK.XK_Menu,),
        (XK.XK_F4, alt),
        (XK.XK_Tab, alt),
        (XK.XK_q, control),
        (XK.XK_w, control),
        (XK.XK_c, control),
        (XK.XK_e, control),
        (XK.XK_e, control, shift),
    ):
        glass.key(*key)
    seen = snapshot(stage)
    assert seen["screen"] == "home"
    tap(glass, middle(seen, "home.rice"))
    assert stage.read("touch")["touch"] == "home.rice"


@pytest.mark.parametrize("palette", ["day", "night"])
def test_sizes_contrasts_and_room_keep_the_rules(stage: Stage, palette: str) -> None:
    for screen in ("home", "choose"):
        show(stage, show=screen, palette=palette)
    stage.say("faults")
    assert stage.read("faults")["faults"] == {"home": [], "choose": []}


def test_nothing_is_drawn_while_nothing_happens(stage: Stage, glass: Glass) -> None:
    frame = snapshot(stage)["frame"]
    for _ in range(50):
        glass.pixels(540, 700)
        assert snapshot(stage)["frame"] == frame


def test_the_pictures_repeat_themselves(stage: Stage, glass: Glass) -> None:
    """A screen is built once: going back and forth ends in the same widgets and pixels."""
    first = snapshot(stage)
    pixels = glass.pixels(0, 0, 1080, 1000)
    for _ in range(5):
        show(stage, show="choose")
        last = show(stage, show="home")
    assert last["widgets"] == first["widgets"]
    assert glass.pixels(0, 0, 1080, 1000) == pixels


def test_it_runs_without_a_home_and_writes_nowhere_but_its_folder(
    display: str, tmp_path: Path
) -> None:
    home, data = tmp_path / "home", tmp_path / "data"
    home.mkdir()
    environment = {**os.environ, "DISPLAY": display, "HOME": str(home), "TMPDIR": str(home)}
    environment.pop("KIVY_HOME", None)
    environment["MESA_SHADER_CACHE_DISABLE"] = "true"
    process = subprocess.run(
        [sys.executable, "-m", "tests.bench.stage", "--data-dir", str(data)],
        input="stop\n",
        capture_output=True,
        text=True,
        env=environment,
        timeout=100,
        check=True,
    )
    assert list(home.iterdir()) == []
    # Whole faces, where set-up has not prepared any.
    assert {path.name for path in data.glob("*")} <= {"fonts"}
    assert process.stderr == ""
