"""The scanner's driver before SANE's own test backend: scanimage of Debian, no twin of ours."""

from __future__ import annotations

import queue
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from devices import registry
from devices.document_scanner import commands as c
from devices.driver import Completed, Progress, Report, StatusChanged
from devices.status import Cancelled, Completion, Failed, Level, Success
from devices.worker import Worker
from kiosk.documents.copies import look_at

PATIENCE_S = 60.0
CARD = c.Area(95, 65)


class Machine:
    """A worker at the test backend, whose program may be wrapped with more options."""

    def __init__(self, folder: Path, options: str = "", name: str = "test") -> None:
        program = folder / "scanimage"
        program.write_text(f'#!/bin/sh\nexec {shutil.which("scanimage")} "$@" {options}\n')
        program.chmod(0o700)
        self.reports: queue.Queue[Report] = queue.Queue()
        self.progress: list[object] = []
        make = registry.factory("sane", {"program": str(program)})
        self.worker = Worker(
            "document_scanner", make, f"sane:{name}", lambda _role, x: self.reports.put(x)
        )
        self.worker.start()

    def until(self, level: Level) -> StatusChanged:
        while True:
            report = self.reports.get(timeout=PATIENCE_S)
            if isinstance(report, StatusChanged) and report.status.level is level:
                return report

    def end(self) -> Completion:
        while True:
            report = self.reports.get(timeout=PATIENCE_S)
            if isinstance(report, Progress):
                self.progress.append(report.what)
            if isinstance(report, Completed):
                return report.completion

    def do(self, command: object) -> Completion:
        self.worker.submit(command)
        return self.end()


@pytest.fixture
def machines() -> Iterator[list[Machine]]:
    made: list[Machine] = []
    yield made
    for machine in made:
        machine.worker.stop()


def test_a_picture_of_the_size_that_was_asked_for(machines: list[Machine], tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machines.append(machine)
    machine.until(Level.READY)
    page = tmp_path / "page"
    end = machine.do(c.Scan(str(page), CARD))
    assert isinstance(end, Success)
    assert isinstance(end.value, c.Scanned)
    assert end.value.size == page.stat().st_size
    look = look_at(page)
    assert (look.width, look.height) == (end.value.width, end.value.height) == (1122, 767)
    with Image.open(page) as image:
        image.load()
        assert image.mode == "RGB"
    assert machine.progress[-1] == c.Scanning(100)


def test_it_says_how_large_its_glass_is_and_a_larger_page_is_refused(
    machines: list[Machine], tmp_path: Path
) -> None:
    """The backend rounds such an area without a word and ends well."""
    machine = Machine(tmp_path)
    machines.append(machine)
    machine.until(Level.READY)
    end = machine.do(c.Identify())
    assert isinstance(end, Success)
    assert isinstance(end.value, c.Glass)
    assert (end.value.backend, end.value.width_mm, end.value.height_mm) == ("test", 200, 200)
    end = machine.do(c.Scan("", c.Area(210, 297), 100))
    assert isinstance(end, Failed)
    assert end.code == "too_small"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("DEVICE_BUSY", "busy"),
        ("JAMMED", "jammed"),
        ("NO_DOCS", "no_documents"),
        ("COVER_OPEN", "cover_open"),
        ("IO_ERROR", "io_error"),
        ("NO_MEM", "no_memory"),
        ("ACCESS_DENIED", "access_denied"),
    ],
)
def test_each_of_sanes_states_is_told_by_its_name(
    machines: list[Machine], tmp_path: Path, status: str, code: str
) -> None:
    machine = Machine(tmp_path, f"--read-return-value=SANE_STATUS_{status}")
    machines.append(machine)
    machine.until(Level.READY)
    end = machine.do(c.Scan(str(tmp_path / "page"), CARD))
    assert isinstance(end, Failed)
    assert end.code == code


def test_a_slow_scan_is_taken_back(machines: list[Machine], tmp_path: Path) -> None:
    machine = Machine(tmp_path, "--read-delay=yes --read-delay-duration=200000 --read-limit=yes")
    machines.append(machine)
    machine.until(Level.READY)
    number = machine.worker.submit(c.Scan(str(tmp_path / "page"), CARD))
    while not (tmp_path / "page").is_file():
        pass
    machine.worker.cancel(number)
    assert machine.end() == Cancelled()


def test_a_name_that_sane_does_not_know(machines: list[Machine], tmp_path: Path) -> None:
    machine = Machine(tmp_path, name="nowhere:0")
    machines.append(machine)
    status = machine.until(Level.UNAVAILABLE).status
    assert status.reason == "no_answer"
    assert "open of device nowhere:0 failed" in status.detail


def test_the_command_line_scans_into_a_file(tmp_path: Path) -> None:
    page = tmp_path / "page.png"
    command = [sys.executable, "-m", "kiosk.main", "device", "sane", "scan"]
    done = subprocess.run(
        [*command, "--port", "sane:test", "--set", f"file={page}"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert look_at(page).width == 1122
