"""The engine's timers and the clock that the books trust."""

from __future__ import annotations

from kiosk.clock import TrustedClock
from kiosk.timers import Timers
from tests.support.alone import START, HandClock


def test_timers_fall_due_in_order() -> None:
    timers = Timers()
    for key, when in (("c", 3.0), ("a", 1.0), ("b", 2.0)):
        timers.start(key, when)
    assert timers.next_due() == 1.0
    assert timers.due(2.5) == ["a", "b"]
    assert timers.due(2.5) == []
    assert timers.next_due() == 3.0


def test_a_timer_started_again_is_replaced() -> None:
    timers = Timers()
    timers.start("a", 1.0)
    timers.start("a", 5.0)
    assert timers.next_due() == 5.0
    assert timers.due(4.0) == []
    assert timers.due(5.0) == ["a"]


def test_a_timer_brought_forward_fires_once() -> None:
    timers = Timers()
    timers.start("a", 5.0)
    timers.start("a", 1.0)
    assert timers.due(9.0) == ["a"]


def test_a_stopped_timer_is_silent() -> None:
    timers = Timers()
    timers.start("a", 1.0)
    timers.stop("a")
    timers.stop("never started")
    assert timers.next_due() is None
    assert timers.due(9.0) == []


def test_equal_deadlines_keep_their_order_whatever_the_keys() -> None:
    timers = Timers()
    keys = [("order", "1", "x"), "text", ("parked",)]
    for key in keys:
        timers.start(key, 1.0)
    assert timers.due(1.0) == keys


def test_a_wall_that_jumps_while_running_moves_nothing() -> None:
    clock = HandClock()
    trusted = TrustedClock(clock, 0)
    clock.passed = 10.0
    for jump in (-86_400.0, 86_400.0):
        clock.start = START + jump
        assert trusted.now_ms() == int((START + 10.0) * 1000)


def test_a_wall_set_back_before_the_start_is_not_believed() -> None:
    clock = HandClock()
    last = int((START + 3_600.0) * 1000)
    trusted = TrustedClock(clock, last)
    assert trusted.now_ms() == last
    clock.passed = 1.5
    assert trusted.now_ms() == last + 1_500
