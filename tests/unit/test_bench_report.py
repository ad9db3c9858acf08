"""The frame of the benchmark says what was reached, and what could not be measured."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.bench import report
from tests.bench.report import Failure, Reading

GOOD = Reading("touch", 20, "ms", 24)
BAD = Reading("start", 0.9, "s", 0.35, "over", 0.5, "bare window")
ONLY = Reading("flip", 14, "ms")


def test_a_target_may_stand_on_a_reference() -> None:
    assert (GOOD.target, GOOD.reached) == (24, True)
    assert (BAD.target, BAD.reached) == (0.85, False)
    assert Reading("start", 0.85, "s", 0.35, "over", 0.5).reached is True
    assert (ONLY.target, ONLY.reached) == (None, None)
    with pytest.raises(ValueError, match="over what"):
        Reading("start", 0.85, "s", 0.35, "over")


def test_table_and_json_say_the_same(tmp_path: Path) -> None:
    failure = Failure("memory", "OSError: no such process")
    lines = report.table([GOOD, BAD, ONLY], [failure]).splitlines()
    assert [line.split("  ")[0] for line in lines[1:]] == ["touch", "start", "flip", "memory"]
    assert "reached" in lines[1]
    assert "≤ 0.85 s" in lines[2]
    assert "NOT REACHED" in lines[2]
    assert "0.5 s bare window" in lines[2]
    assert "NOT MEASURED" in lines[4]
    file = tmp_path / "build" / "bench.json"
    report.write(file, [GOOD, BAD, ONLY], [failure])
    written = json.loads(file.read_text())
    assert [(row["value"], row["target"], row["reached"]) for row in written["readings"]] == [
        (20, 24, True),
        (0.9, 0.85, False),
        (14, None, None),
    ]
    assert written["readings"][1]["reference"] == 0.5
    assert written["failures"] == [{"name": "memory", "reason": "OSError: no such process"}]


def test_a_measure_that_breaks_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(report, "MEASURES", {})

    @report.measure("broken")
    def broken() -> Iterable[Reading]:
        raise OSError("no such process")

    @report.measure("good")
    def good() -> Iterable[Reading]:
        return [GOOD]

    with pytest.raises(ValueError, match="two measures are called good"):
        report.measure("good")(broken)
    assert report.take(["broken", "good"]) == (
        [GOOD],
        [Failure("broken", "OSError: no such process")],
    )
    assert "in broken" in capfd.readouterr().err
