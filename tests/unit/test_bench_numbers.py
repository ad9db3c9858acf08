"""What the bench counts, and what it doesn't."""

from __future__ import annotations

import pytest

from tests.bench import own_share
from tests.bench.growth import SAMPLE_EVERY, SAMPLES, WARM_UP, growth
from tests.bench.numbers import percentile, summary_ms
from tests.bench.own_share import Meter


def test_a_percentile_is_a_value_that_was_measured() -> None:
    hundred = [float(n) for n in range(1, 101)]
    assert (percentile(hundred, 95), percentile(hundred, 100)) == (95.0, 100.0)
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0
    assert percentile([7.0], 95) == 7.0
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_seconds_are_told_in_milliseconds() -> None:
    found = summary_ms([0.010] * 19 + [0.2])
    assert found == {"p50": 10.0, "p95": 10.0, "max": 200.0, "count": 20}


class Clock:
    """Stands for the module ``time``: both clocks go when ``pass_`` says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now

    def thread_time(self) -> float:
        return self.now / 2

    def pass_(self, seconds: float) -> float:
        self.now += seconds
        return seconds


def test_the_own_share_leaves_out_what_the_machines_take(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(own_share, "time", clock)
    meter = Meter()
    machine = meter.theirs(clock.pass_)

    def kiosk() -> None:
        clock.pass_(1)
        machine(10)
        meter.ours(clock.pass_)(2)
        clock.pass_(4)

    clock.pass_(100)
    meter.ours(kiosk)()
    clock.pass_(100)
    machine(100)
    assert (meter.wall, meter.processor) == (7, 3.5)


def test_an_error_ends_what_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(own_share, "time", clock)
    meter = Meter()

    def fails() -> None:
        clock.pass_(3)
        raise OSError

    with pytest.raises(OSError):
        meter.ours(fails)()
    clock.pass_(100)
    meter.ours(clock.pass_)(1)
    assert meter.wall == 4


def test_growth_is_between_levels_and_leaves_out_the_warm_up() -> None:
    numbers = range(SAMPLE_EVERY, WARM_UP + 20 * SAMPLE_EVERY + 1, SAMPLE_EVERY)
    levels = [(n, 90.0 if n < WARM_UP else 100.0 + (n - WARM_UP) / 100) for n in numbers]
    before, after = growth(levels)
    assert before == 100.0 + (SAMPLES // 2) * SAMPLE_EVERY / 100
    assert after == 102.0 - (SAMPLES // 2) * SAMPLE_EVERY / 100
