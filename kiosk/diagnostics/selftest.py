"""Which self-tests this cabin has, what a device's answer means, and the report on a run.

The tests are declared by the drivers (`devices.declared`); `kiosk.core.selftest` goes through
them. What a device answers comes as the lines that `kiosk device` writes, so that a test is judged
in the same way whether the running kiosk has the port or nobody has.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from devices import registry
from devices.declared import Declaration, SafeTest
from kiosk.core.selftest import (
    COLOURS,
    SOUND,
    TOUCH,
    Check,
    Phase,
    Result,
    Run,
    Verdict,
    answered,
    leave_out,
    ready,
    seen,
    skip,
)
from kiosk.settings import DeviceSettings, Settings

SCREEN = "screen"
QUICK_S, SLOW_S = 40.0, 90.0
_SLOW = frozenset(("dispense", "measure", "listen"))
WORDS = {
    Verdict.PASSED: "通过",
    Verdict.FAILED: "不通过",
    Verdict.UNKNOWN: "没有结果",
    Verdict.SKIPPED: "没有测",
}
OWN = (
    Check(
        "screen.touch",
        SCREEN,
        "屏幕",
        "五点触摸",
        "五个十字都点得准，偏差不超过 5 毫米",
        "擦干净屏幕再试；还不准就保存校准，再运行 kiosk install。",
        kind=TOUCH,
    ),
    Check(
        "screen.colours",
        SCREEN,
        "屏幕",
        "颜色和坏点",
        "每种颜色都均匀，没有亮点、暗点和条纹",
        "有条纹：检查屏幕排线；坏点多：报修换屏。",
        question="颜色都对、没有坏点吗？",
        kind=COLOURS,
    ),
    Check(
        "screen.sound",
        SCREEN,
        "喇叭",
        "说一句话",
        "听见一句话，不破音",
        "检查喇叭插头和音量；配置里 [voice] 的 output 和 device。",
        question="听清楚了吗？",
        kind=SOUND,
    ),
)
"""What the kiosk's own screen and voice can show; only with its window."""


class Hands(Protocol):
    """Who carries a device's test out: the running kiosk, or a port of our own."""

    def lines(
        self, role: str, operation: str, parameters: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        """What the device says, the end last. Raises RefusedError where it isn't done."""
        ...


class RefusedError(Exception):
    """The test isn't made now; the text says why."""


def checks_of(devices: Mapping[str, DeviceSettings]) -> tuple[Check, ...]:
    """Every test of these devices, in their order."""
    found = []
    for role, device in devices.items():
        declared = registry.declaration(device.driver)
        found += [_check(role, declared, x) for x in declared.tests]
    return tuple(found)


def all_checks(settings: Settings, *, window: bool) -> tuple[Check, ...]:
    """What can be tested here. ``window``: the kiosk's own screen is before the technician."""
    voice = settings.voice.output != "none"
    own = tuple(x for x in OWN if x.kind != SOUND or voice) if window else ()
    return (*checks_of(settings.devices), *own)


def _check(role: str, declared: Declaration, test: SafeTest) -> Check:
    return Check(
        f"{role}.{test.name}",
        role,
        declared.title,
        test.title,
        test.expect,
        test.advice,
        test.prepare,
        test.question,
        test.goods,
        patience_s=SLOW_S if test.operation in _SLOW else QUICK_S,
    )


def test_of(devices: Mapping[str, DeviceSettings], check: Check) -> SafeTest:
    """What the driver declares of a test. Raises KeyError."""
    declared = registry.declaration(devices[check.role].driver)
    name = check.id.partition(".")[2]
    found = next((x for x in declared.tests if x.name == name), None)
    if found is None:
        raise KeyError(check.id)
    return found


def make(
    devices: Mapping[str, DeviceSettings], check: Check, hands: Hands, word: str
) -> tuple[Verdict, str]:
    """Make one test of a device: what came of it, and what the device said. ``word`` differs from
    run to run.
    """
    test = test_of(devices, check)
    private = test.operation in registry.declaration(devices[check.role].driver).personal
    given = {key: value.replace("{run}", word) for key, value in test.parameters.items()}
    last: dict[str, Any] = {}
    try:
        for line in hands.lines(check.role, test.operation, given):
            if "completion" in line or "status" in line:
                last = line
    except RefusedError as error:
        return Verdict.SKIPPED, str(error)
    return judge(test, last, private=private)


def judge(test: SafeTest, line: Mapping[str, Any], *, private: bool = False) -> tuple[Verdict, str]:
    """What the last line of an answer means. What is somebody's isn't repeated."""
    if "completion" in line:
        return _judge_end(test, line, private=private)
    status = line.get("status")
    if not isinstance(status, Mapping):
        return Verdict.UNKNOWN, "没有应答"
    level, reason = str(status.get("level", "")), str(status.get("reason", ""))
    said = f"{level} {reason}".strip()
    verdicts = {"ready": Verdict.PASSED, "busy": Verdict.PASSED, "unknown": Verdict.UNKNOWN}
    return verdicts.get(level, Verdict.FAILED), said


def _judge_end(test: SafeTest, line: Mapping[str, Any], *, private: bool) -> tuple[Verdict, str]:
    code, kind = str(line.get("code") or line.get("reason") or ""), str(line["completion"])
    if kind == "success":
        value = {} if private else line.get("value")
        return _judge_numbers(test, value)
    if kind == "failed":
        as_expected = code in test.also
        said = f"{code} {line.get('meaning') or ''}".strip()
        return (Verdict.PASSED if as_expected else Verdict.FAILED), said
    words = {"timed_out": "没有应答", "cancelled": "取消了", "outcome_unknown": "不知道结果"}
    return Verdict.UNKNOWN, f"{words.get(kind, kind)} {code}".strip()


def _judge_numbers(test: SafeTest, value: Any) -> tuple[Verdict, str]:
    """Numbers that the test names must lie within their limits; one that is missing isn't good."""
    table = value if isinstance(value, Mapping) else {}
    said = []
    for name, (low, high) in test.within.items():
        number = table.get(name)
        if isinstance(number, list):
            number = len(number)  # faults, for one: how many there are
        said.append(f"{name} {number}")
        if not isinstance(number, int | float) or not low <= number <= high:
            return Verdict.FAILED, f"{name} {number}（应在 {low:g} 到 {high:g}）"
    if not said and isinstance(value, str):
        said.append(value)
    return Verdict.PASSED, " ".join(said)


# The run without a screen


class Person(Protocol):
    """Who stands in the cabin, or sits far away and can neither do nor see anything."""

    @property
    def there(self) -> bool: ...

    def does(self, check: Check) -> bool:
        """Whether it has done what comes before, and wants the test made."""
        ...

    def sees(self, check: Check) -> bool:
        """What its eyes say."""
        ...


def carry_out(
    run: Run,
    devices: Mapping[str, DeviceSettings],
    hands: Hands,
    word: str,
    person: Person,
    tell: Callable[[Result], None],
) -> Run:
    """Go through a run of device tests, and tell each result."""
    while (check := run.current) is not None:
        before = len(run.results)
        if check.hands and not person.there:
            run = leave_out(run)
        elif run.phase is Phase.PREPARE:
            run = ready(run) if person.does(check) else skip(run)
        elif run.phase is Phase.RUNNING:
            began = time.monotonic()
            verdict, said = make(devices, check, hands, word)
            run = answered(run, run.number, verdict, said, time.monotonic() - began)
        else:
            run = seen(run, good=person.sees(check))
        if len(run.results) > before:
            tell(run.results[-1])
    return run


# The report


def report_lines(run: Run, cabin: str, at: float) -> list[str]:
    """The report for paper and file: what was tested, what came of it, what to do."""
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
    lines = [f"自检报告 {cabin}", when]
    counts = " ".join(f"{WORDS[x]} {run.count(x)}" for x in Verdict if run.count(x))
    lines += [counts or "没有测", ""]
    role = ""
    for result in run.results:
        check = result.check
        if check.role != role:
            role = check.role
            lines.append(f"{check.device}（{role}）")
        said = f"：{result.said}" if result.said else ""
        lines.append(f"  {WORDS[result.verdict]} {check.title}{said}")
        if result.verdict in (Verdict.FAILED, Verdict.UNKNOWN):
            lines.append(f"    {check.advice}")
    return lines


def as_json(run: Run, cabin: str, at: float) -> dict[str, Any]:
    """The same for programs."""
    return {
        "cabin": cabin,
        "at": round(at),
        "passed": run.passed,
        "counts": {x.value: run.count(x) for x in Verdict},
        "results": [
            {
                "id": x.check.id,
                "verdict": x.verdict.value,
                "said": x.said,
                "seconds": round(x.seconds, 2),
                "expect": x.check.expect,
                "advice": x.check.advice if x.verdict is not Verdict.PASSED else "",
            }
            for x in run.results
        ],
    }
