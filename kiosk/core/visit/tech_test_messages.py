"""What the self-tests' screens hear and want."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.selftest import Check, Run, Verdict
from kiosk.core.visit.messages import StaffCommand
from kiosk.core.visit.tech_messages import TechEvent
from kiosk.core.visit.tech_test_steps import Hit


@dataclass(frozen=True, slots=True)
class TestsTold(TechEvent):
    __test__ = False
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class TestMade(TechEvent):
    """``said``: what the device answered, nothing of anybody's."""

    __test__ = False
    verdict: Verdict
    said: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ReportPrinted(TechEvent):
    printed: bool


@dataclass(frozen=True, slots=True)
class ReportSaved(TechEvent):
    """``path`` is empty if it couldn't be written."""

    path: str


@dataclass(frozen=True, slots=True)
class TestCommand(StaffCommand):
    """Carried out by the self-tests' adapter."""

    __test__ = False


@dataclass(frozen=True, slots=True)
class AskTests(TestCommand):
    request: int


@dataclass(frozen=True, slots=True)
class MakeTest(TestCommand):
    request: int
    check: Check


@dataclass(frozen=True, slots=True)
class StopTest(TestCommand):
    """Take back what is being tested, if that is still possible."""


@dataclass(frozen=True, slots=True)
class PrintReport(TestCommand):
    request: int
    run: Run


@dataclass(frozen=True, slots=True)
class SaveReport(TestCommand):
    request: int
    run: Run


@dataclass(frozen=True, slots=True)
class KeepTouches(TestCommand):
    """Keep where the crosses were and where they were touched, as the panel's calibration."""

    hits: tuple[Hit, ...]
