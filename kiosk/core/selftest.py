"""A run of self-tests as a pure machine: what the technician is asked, what comes of each test.

Each test goes through getting ready (when hands are needed), the test itself, and a question (when
only eyes can answer). Nothing is passed by default: an answer that never came is "unknown", and
what was left out says so. Times are seconds and come from outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

DEVICE, TOUCH, COLOURS, SOUND = "device", "touch", "colours", "sound"
"""Who carries a test out: a device's driver, or the kiosk's own screen and voice."""


class Verdict(StrEnum):
    """What came of a test."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


class Phase(StrEnum):
    """Where a run is with its current test."""

    PREPARE = "prepare"
    RUNNING = "running"
    ASKING = "asking"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Check:
    """One test. ``id``: role and name ("scanner.read"). The other words are Chinese and are for
    the technician; ``prepare`` and ``question`` are empty where nothing is to be done or seen.

    ``goods``: something comes out, which is never done without a yes. ``patience_s``: how long
    it may take.
    """

    id: str
    role: str
    device: str
    title: str
    expect: str
    advice: str
    prepare: str = ""
    question: str = ""
    goods: bool = False
    kind: str = DEVICE
    patience_s: float = 40.0

    @property
    def hands(self) -> bool:
        """Whether somebody must do or see something."""
        return bool(self.prepare or self.question or self.goods)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one test; ``said`` is what the device answered, nothing of anybody's."""

    check: Check
    verdict: Verdict
    said: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """Some tests in order. ``number`` tells the answer to this test from an older one's."""

    checks: tuple[Check, ...]
    phase: Phase = Phase.OVER
    results: tuple[Result, ...] = ()
    said: str = ""
    seconds: float = 0.0
    number: int = 0

    @property
    def current(self) -> Check | None:
        """The test that is being made, None when all is over."""
        at = len(self.results)
        return self.checks[at] if at < len(self.checks) and self.phase is not Phase.OVER else None

    @property
    def passed(self) -> bool:
        """Whether everything was tested, and nothing is wrong or unknown."""
        fine = all(x.verdict is Verdict.PASSED for x in self.results)
        return self.phase is Phase.OVER and fine and len(self.results) == len(self.checks)

    def count(self, verdict: Verdict) -> int:
        """How many came out so."""
        return sum(x.verdict is verdict for x in self.results)


def guided(checks: Sequence[Check], *, goods: bool = False) -> tuple[Check, ...]:
    """Everything in the order of a guided run: what needs no hands first, so that it is over soon;
    what brings goods out only if that is wanted.
    """
    wanted = [x for x in checks if goods or not x.goods]
    return tuple(sorted(wanted, key=lambda x: (x.hands or x.kind != DEVICE, bool(x.prepare))))


NOTHING = Run(())


def begin(checks: tuple[Check, ...]) -> Run:
    """The first test."""
    return _next(Run(checks))


def ready(run: Run) -> Run:
    """The technician has done what was to be done before."""
    return replace(run, phase=Phase.RUNNING) if run.phase is Phase.PREPARE else run


def answered(run: Run, number: int, verdict: Verdict, said: str = "", seconds: float = 0.0) -> Run:
    """The test with that number has ended. What passed may still have to be looked at."""
    if run.phase is not Phase.RUNNING or number != run.number or run.current is None:
        return run
    if verdict is Verdict.PASSED and run.current.question:
        return replace(run, phase=Phase.ASKING, said=said, seconds=seconds)
    return _record(run, verdict, said, seconds)


def seen(run: Run, *, good: bool) -> Run:
    """What the technician's eyes or ears say."""
    if run.phase is not Phase.ASKING:
        return run
    return _record(run, Verdict.PASSED if good else Verdict.FAILED, run.said, run.seconds)


def skip(run: Run) -> Run:
    """Leave this one out. One that runs is taken back, and nobody knows what came of it."""
    if run.current is None:
        return run
    unknown = run.phase is Phase.RUNNING
    return _record(run, Verdict.UNKNOWN if unknown else Verdict.SKIPPED, run.said, 0.0)


def leave_out(run: Run) -> Run:
    """Leave this one out before it has begun: nobody is there to do or see what it wants."""
    return run if run.current is None else _record(run, Verdict.SKIPPED, "", 0.0)


def stop(run: Run) -> Run:
    """Leave out all that is left."""
    while run.current is not None:
        run = skip(run)
    return run


def _record(run: Run, verdict: Verdict, said: str, seconds: float) -> Run:
    check = run.checks[len(run.results)]
    return _next(replace(run, results=(*run.results, Result(check, verdict, said, seconds))))


def _next(run: Run) -> Run:
    run = replace(run, said="", seconds=0.0, number=run.number + 1)
    if len(run.results) == len(run.checks):
        return replace(run, phase=Phase.OVER)
    check = run.checks[len(run.results)]
    hands = check.prepare or check.goods
    return replace(run, phase=Phase.PREPARE if hands else Phase.RUNNING)
