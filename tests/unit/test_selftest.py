"""Self-tests: the run as a machine, what an answer means, the report, the calibration."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from devices import registry
from devices.declared import SafeTest
from kiosk.core import selftest as st
from kiosk.core.selftest import Check, Phase, Run, Verdict
from kiosk.diagnostics import calibration
from kiosk.diagnostics.selftest import as_json, checks_of, judge, make, report_lines
from kiosk.settings import DeviceSettings

PLAIN = Check("a.plain", "a", "甲", "一", "应该好", "修")
HANDS = Check("a.hands", "a", "甲", "二", "应该好", "修", prepare="放好", question="好吗？")
GOODS = Check("b.goods", "b", "乙", "三", "出来", "修", goods=True)


def through(run: Run, verdict: Verdict = Verdict.PASSED) -> Run:
    """One answer to the test that runs."""
    return st.answered(run, run.number, verdict, "ok", 1.0)


def test_a_test_without_hands_runs_at_once_and_the_next_follows() -> None:
    run = st.begin((PLAIN, HANDS))
    assert run.phase is Phase.RUNNING
    run = through(run)
    assert run.phase is Phase.PREPARE
    run = through(st.ready(run))
    assert run.phase is Phase.ASKING
    run = st.seen(run, good=True)
    assert run.passed
    assert [x.verdict for x in run.results] == [Verdict.PASSED, Verdict.PASSED]


def test_eyes_may_say_no() -> None:
    run = st.seen(through(st.ready(st.begin((HANDS,)))), good=False)
    assert run.results[0].verdict is Verdict.FAILED
    assert not run.passed


def test_what_failed_is_not_looked_at() -> None:
    run = through(st.ready(st.begin((HANDS,))), Verdict.FAILED)
    assert run.phase is Phase.OVER
    assert run.results[0].verdict is Verdict.FAILED


def test_goods_come_only_after_a_yes() -> None:
    run = st.begin((GOODS,))
    assert run.phase is Phase.PREPARE
    assert through(run) == run, "nothing has been begun that could answer"
    assert st.skip(run).results[0].verdict is Verdict.SKIPPED


def test_an_older_answer_counts_for_nothing() -> None:
    run = st.begin((PLAIN, PLAIN))
    old = run.number
    run = through(run)
    assert st.answered(run, old, Verdict.FAILED) == run


def test_what_is_stopped_in_the_middle_is_unknown() -> None:
    run = st.stop(through(st.begin((PLAIN, PLAIN, HANDS, GOODS))))
    verdicts = [x.verdict for x in run.results]
    assert verdicts == [Verdict.PASSED, Verdict.UNKNOWN, Verdict.SKIPPED, Verdict.SKIPPED]
    assert run.phase is Phase.OVER
    assert not run.passed


def test_any_touches_in_any_order_end_with_a_result_for_each(seed: int) -> None:
    chance = random.Random(seed)
    moves = (
        st.ready,
        st.skip,
        through,
        lambda x: through(x, Verdict.UNKNOWN),
        lambda x: st.seen(x, good=chance.random() < 0.5),
    )
    for _ in range(200):
        checks = tuple(chance.choices((PLAIN, HANDS, GOODS), k=chance.randrange(1, 6)))
        run = st.begin(checks)
        for _ in range(100):
            run = chance.choice(moves)(run)
        run = st.stop(run)
        assert [x.check for x in run.results] == list(checks)


def test_nothing_at_all_is_not_passed_by_a_stop() -> None:
    assert not st.stop(st.begin((PLAIN,))).passed


# Answers

TEST = SafeTest("weight", "砝码", "weigh", "", "", within={"net": (495, 505)}, also=frozenset("6"))


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ({"completion": "success", "value": {"net": 500}}, Verdict.PASSED),
        ({"completion": "success", "value": {"net": 494}}, Verdict.FAILED),
        ({"completion": "success", "value": {}}, Verdict.FAILED),
        ({"completion": "success", "value": None}, Verdict.FAILED),
        ({"completion": "failed", "code": "6"}, Verdict.PASSED),
        ({"completion": "failed", "code": "7"}, Verdict.FAILED),
        ({"completion": "outcome_unknown", "reason": "port"}, Verdict.UNKNOWN),
        ({"completion": "timed_out"}, Verdict.UNKNOWN),
        ({"completion": "cancelled"}, Verdict.UNKNOWN),
        ({"status": {"level": "ready"}}, Verdict.PASSED),
        ({"status": {"level": "attention", "reason": "paper_low"}}, Verdict.FAILED),
        ({"status": {"level": "unknown", "reason": "no_answer"}}, Verdict.UNKNOWN),
        ({}, Verdict.UNKNOWN),
    ],
)
def test_unknown_is_never_good(line: dict[str, object], verdict: Verdict) -> None:
    assert judge(TEST, line)[0] is verdict


def test_what_is_somebodys_is_not_told() -> None:
    line = {"completion": "success", "value": "310115194912310012"}
    plain = SafeTest("read", "读卡", "read", "", "")
    assert judge(plain, line, private=True) == (Verdict.PASSED, "")
    assert judge(plain, line)[1] == "310115194912310012"


class Scripted:
    """A device that says these lines; it keeps what it was asked."""

    def __init__(self, *lines: dict[str, object]) -> None:
        self.said = lines
        self.asked: list[tuple[str, str, dict[str, str]]] = []

    def lines(self, role, operation, parameters):  # type: ignore[no-untyped-def]
        self.asked.append((role, operation, dict(parameters)))
        yield from self.said


def test_each_run_prints_its_own_sample() -> None:
    devices = {"receipt_printer": DeviceSettings("escpos_serial", "/dev/x")}
    check = next(x for x in checks_of(devices) if x.id == "receipt_printer.sample")
    device = Scripted({"status": {"level": "ready"}}, {"completion": "success", "exit": 0})
    assert make(devices, check, device, "one") == (Verdict.PASSED, "")
    make(devices, check, device, "two")
    assert [x[2]["job_id"] for x in device.asked] == ["selftest-one", "selftest-two"]


def test_a_device_that_says_nothing_is_unknown() -> None:
    devices = {"rice_mill": DeviceSettings("rice_mill", "/dev/x")}
    check = next(x for x in checks_of(devices) if x.id == "rice_mill.look")
    assert make(devices, check, Scripted(), "w")[0] is Verdict.UNKNOWN


@pytest.mark.parametrize("driver", registry.names())
def test_every_test_that_a_driver_declares_can_be_asked_for(driver: str) -> None:
    operations = registry.load(driver).operations
    for test in registry.declaration(driver).tests:
        assert test.advice
        assert test.expect
        if test.operation != "status":
            known = operations[test.operation]
            if known.make is not None:
                known.command({k: v.replace("{run}", "r") for k, v in test.parameters.items()})
            assert known.lab <= test.goods, "what brings goods out wants a second yes"


def test_a_guided_run_begins_without_hands_and_leaves_goods_out() -> None:
    assert st.guided((HANDS, GOODS, PLAIN)) == (PLAIN, HANDS)
    assert set(st.guided((HANDS, GOODS, PLAIN), goods=True)) == {HANDS, GOODS, PLAIN}


def test_the_report_says_what_to_do() -> None:
    run = st.stop(through(through(st.begin((PLAIN, PLAIN, HANDS))), Verdict.FAILED))
    lines = report_lines(run, "小屋", 0)
    assert "通过 1 不通过 1 没有测 1" in lines
    assert lines.count("    修") == 1, "advice for what failed, and for nothing else"
    told = as_json(run, "小屋", 0)
    assert told["passed"] is False
    assert [x["verdict"] for x in told["results"]] == ["passed", "failed", "skipped"]


# The panel's calibration

CROSSES = ((0.12, 0.1), (0.88, 0.1), (0.5, 0.5), (0.12, 0.9), (0.88, 0.9))


def touched(scale: float, shift: float) -> list[calibration.Hit]:
    return [(x, y, x * scale + shift, y * scale - shift, 1.0) for x, y in CROSSES]


def test_the_map_brings_touches_to_their_crosses() -> None:
    found = calibration.matrix(touched(1.04, -0.02))
    assert found is not None
    for x, y, at_x, at_y, _ in touched(1.04, -0.02):
        there = [a * at_x + b * at_y + c for a, b, c in found]
        assert there == pytest.approx([x, y], abs=1e-6)


@pytest.mark.parametrize(
    "hits",
    [
        touched(1.0, 0.4),
        [(x, y, 0.5, 0.5, 99.0) for x, y in CROSSES],
        [],
    ],
    ids=["too far", "all in one place", "none"],
)
def test_wrong_touches_make_no_map(hits: list[calibration.Hit]) -> None:
    assert calibration.matrix(hits) is None


def test_a_second_calibration_stands_on_the_first(tmp_path: Path) -> None:
    first = calibration.matrix(touched(1.04, -0.02))
    assert first is not None
    second = calibration.matrix(touched(1.0, 0.01))
    assert second is not None
    both = calibration.after(second, first)
    x, y = 0.3 * 1.04, 0.6
    once = [a * x + b * y + c for a, b, c in first]
    twice = [a * once[0] + b * once[1] + c for a, b, c in second]
    assert [a * x + b * y + c for a, b, c in both] == pytest.approx(twice)
    text = calibration.as_json(touched(1.0, 0.01), 0, first)
    (tmp_path / calibration.FILE).write_text(text)
    kept = calibration.read(tmp_path)
    assert kept is not None
    assert kept[0] == pytest.approx(both[0])
    assert calibration.read(tmp_path / "nowhere") is None


def test_the_installed_map_is_read_back(tmp_path: Path) -> None:
    from kiosk.install.units import xorg

    path = tmp_path / calibration.XORG
    path.parent.mkdir(parents=True)
    path.write_text(xorg(((1.02, 0.0, -0.01), (0.0, 0.98, 0.005))))
    assert calibration.in_use(tmp_path) == ((1.02, 0.0, -0.01), (0.0, 0.98, 0.005))
    path.write_text(xorg())
    assert calibration.in_use(tmp_path) is None
