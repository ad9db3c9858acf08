"""One finger is one touch, whatever the panel reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from screens.finger import OneFinger
from screens.finger_watch import HELD_S, FingerWatch


@dataclass
class Box:
    left: int
    right: int

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x < self.right and 0 <= y < 100


@dataclass
class Key:
    """What a finger needs of a widget, noting what is done to it."""

    box: Box
    acts_on_press: bool = False
    answers: bool = True
    log: list[str] = field(default_factory=list)

    def press(self, pressed: bool) -> None:
        self.log.append("dark" if pressed else "light")

    def act(self) -> None:
        self.log.append("act")


@pytest.fixture
def keys() -> list[Key]:
    return [Key(Box(0, 100)), Key(Box(200, 300))]


@pytest.fixture
def finger(keys: list[Key]) -> OneFinger:
    return OneFinger(lambda x, y: next((k for k in keys if k.box.holds(x, y)), None))


def test_it_darkens_at_once_and_acts_on_release(finger: OneFinger, keys: list[Key]) -> None:
    finger.feed("mousebuttondown", 50, 50, 1)
    assert keys[0].log == ["dark"]
    finger.feed("mousebuttonup", 50, 50, 1)
    assert keys[0].log == ["dark", "act"]


def test_it_stays_dark_until_the_answer_is_there(finger: OneFinger, keys: list[Key]) -> None:
    finger.feed("mousebuttondown", 50, 50, 1)
    finger.feed("mousebuttonup", 50, 50, 1)
    finger.settle()
    finger.settle()
    assert keys[0].log == ["dark", "act", "light"]


def test_the_next_touch_lightens_the_one_before(finger: OneFinger, keys: list[Key]) -> None:
    for x in (50, 250):
        finger.feed("mousebuttondown", x, 50, 1)
        finger.feed("mousebuttonup", x, 50, 1)
    assert keys[0].log == ["dark", "act", "light"]
    assert keys[1].log == ["dark", "act"]


def test_the_same_touch_as_pointer_and_as_finger_is_one(finger: OneFinger, keys: list[Key]) -> None:
    finger.feed("fingerdown", 7, 0, 0.5, 0.5, 1.0)
    finger.feed("mousebuttondown", 50, 50, 1)
    finger.feed("fingermotion", 7, 0, 0.5, 0.5, 1.0)
    finger.feed("mousemotion", 51, 50)
    finger.feed("fingerup", 7, 0, 0.5, 0.5, 1.0)
    finger.feed("mousebuttonup", 51, 50, 1)
    assert keys[0].log == ["dark", "act"]


def test_a_second_finger_presses_nothing_and_disturbs_nothing(
    finger: OneFinger, keys: list[Key]
) -> None:
    finger.feed("mousebuttondown", 50, 50, 1)
    finger.feed("fingerdown", 7, 1, 0.2, 0.2, 1.0)  # as SDL reports it
    finger.feed("mousebuttondown", 250, 50, 1)  # as a second pointer would
    finger.feed("fingerup", 7, 1, 0.2, 0.2, 1.0)
    assert keys[1].log == []
    finger.feed("mousebuttonup", 50, 50, 1)
    assert keys[0].log == ["dark", "act"]
    finger.feed("mousebuttonup", 250, 50, 1)
    assert keys[1].log == []


@pytest.mark.parametrize("button", [2, 3, 4, 5])
def test_other_buttons_do_nothing(finger: OneFinger, keys: list[Key], button: int) -> None:
    finger.feed("mousebuttondown", 50, 50, button)
    finger.feed("mousebuttonup", 50, 50, button)
    assert keys[0].log == []


def test_sliding_off_cancels_for_good(finger: OneFinger, keys: list[Key]) -> None:
    finger.feed("mousebuttondown", 50, 50, 1)
    finger.feed("mousemotion", 250, 50)
    finger.feed("mousemotion", 50, 50)
    finger.feed("mousebuttonup", 50, 50, 1)
    assert keys[0].log == ["dark", "light"]
    assert keys[1].log == []


def test_releasing_elsewhere_without_a_motion_between_cancels(
    finger: OneFinger, keys: list[Key]
) -> None:
    finger.feed("mousebuttondown", 50, 50, 1)
    finger.feed("mousebuttonup", 250, 50, 1)
    assert keys[0].log == ["dark", "light"]
    assert keys[1].log == []


def test_what_does_not_answer_is_not_even_darkened(finger: OneFinger, keys: list[Key]) -> None:
    keys[0].answers = False
    finger.feed("mousebuttondown", 50, 50, 1)
    finger.feed("mousebuttonup", 50, 50, 1)
    assert keys[0].log == []


def test_what_stops_answering_under_the_finger_does_not_act(
    finger: OneFinger, keys: list[Key]
) -> None:
    finger.feed("mousebuttondown", 50, 50, 1)
    keys[0].answers = False
    finger.feed("mousebuttonup", 50, 50, 1)
    assert keys[0].log == ["dark", "light"]


def test_stop_acts_on_touch_once_and_not_again_on_release(
    finger: OneFinger, keys: list[Key]
) -> None:
    keys[0].acts_on_press = True
    finger.feed("mousebuttondown", 50, 50, 1)
    assert keys[0].log == ["dark", "act"]
    finger.feed("mousebuttonup", 50, 50, 1)
    assert keys[0].log == ["dark", "act", "light"]


def test_the_touch_that_wakes_is_swallowed_to_its_end(keys: list[Key]) -> None:
    asleep = [True]
    finger = OneFinger(lambda *_: keys[0], lambda: asleep[0])
    finger.feed("mousebuttondown", 50, 50, 1)
    asleep[0] = False
    finger.feed("mousemotion", 51, 50)
    finger.feed("mousebuttonup", 51, 50, 1)
    assert keys[0].log == []
    finger.feed("mousebuttondown", 50, 50, 1)
    finger.feed("mousebuttonup", 50, 50, 1)
    assert keys[0].log == ["dark", "act"]


def test_a_screen_that_changes_under_the_finger_gets_no_release(
    finger: OneFinger, keys: list[Key]
) -> None:
    finger.feed("mousebuttondown", 50, 50, 1)
    finger.release()
    finger.feed("mousebuttonup", 50, 50, 1)
    assert keys[0].log == ["dark", "light"]


def test_a_panel_unplugged_under_the_finger_works_again(finger: OneFinger, keys: list[Key]) -> None:
    finger.feed("mousebuttondown", 50, 50, 1)
    finger.lost()
    finger.feed("mousebuttondown", 250, 50, 1)
    finger.feed("mousebuttonup", 250, 50, 1)
    assert keys[0].log == ["dark", "light"]
    assert keys[1].log == ["dark", "act"]


@dataclass
class Server:
    """What the display server says of the pointer, and the calls that are due later."""

    held: bool = True
    calls: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def call_in(self, seconds: float, call: Callable[[], None]) -> None:
        self.calls.append((seconds, call))

    def later(self) -> float:
        """Let the next call happen; after how many seconds it was due."""
        seconds, call = self.calls.pop(0)
        call()
        return seconds


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def watch(finger: OneFinger, server: Server) -> FingerWatch:
    return FingerWatch(finger, server.call_in, lambda: server.held)


def test_a_finger_that_the_server_does_not_know_is_forgotten(
    finger: OneFinger, keys: list[Key], watch: FingerWatch, server: Server
) -> None:
    finger.feed("mousebuttondown", 50, 50, 1)
    watch.begin()
    assert server.later() == HELD_S
    assert finger.down
    server.held = False
    assert [server.later(), server.later()] == [HELD_S, 0.0]
    assert not finger.down
    assert keys[0].log == ["dark", "light"]
    assert not server.calls


def test_a_finger_that_leaves_while_the_server_is_asked_has_touched(
    finger: OneFinger, keys: list[Key], watch: FingerWatch, server: Server
) -> None:
    finger.feed("mousebuttondown", 50, 50, 1)
    watch.begin()
    server.held = False  # it has left, but its release was not read yet
    server.later()
    finger.feed("mousebuttonup", 50, 50, 1)
    server.later()
    assert keys[0].log == ["dark", "act"]


def test_a_doubt_about_one_touch_does_not_end_the_next(
    finger: OneFinger, keys: list[Key], watch: FingerWatch, server: Server
) -> None:
    server.held = False
    for x in (50, 250):
        finger.feed("mousebuttondown", x, 50, 1)
        watch.begin()
        if x == 50:
            finger.feed("mousebuttonup", x, 50, 1)
    server.later()
    finger.feed("mousebuttonup", 250, 50, 1)
    assert keys[1].log == ["dark", "act"]
