"""``kiosk selftest`` against the simulated machines: by itself, with a person, beside a kiosk."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.simulated import SimulatedCabin, simulated_cabin
from tests.support.supervisor import READY, Supervisor

KIOSK = [sys.executable, "-m", "kiosk.main"]
PATIENCE_S = 90.0


@pytest.fixture(scope="module")
def cabin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCabin]:
    with simulated_cabin(tmp_path_factory.mktemp("cabin"), "--speed", "5") as cabin:
        yield cabin


@pytest.fixture(autouse=True)
def _mended(cabin: SimulatedCabin) -> None:
    cabin.bench.set_up("normal")


def selftest(cabin: SimulatedCabin, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KIOSK, "selftest", "--config", str(cabin.config), *words],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def verdicts(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    return {x["id"]: x["verdict"] for x in json.loads(done.stdout)["results"]}


def test_alone_it_leaves_out_what_needs_hands(cabin: SimulatedCabin, tmp_path: Path) -> None:
    done = selftest(cabin, "--json", "--print", "--save", str(tmp_path / "report"))
    found = verdicts(done)
    assert done.returncode == 1, "not everything was tested"
    assert set(found.values()) == {"passed", "skipped"}, found
    assert found["terminal.echo"] == "passed"
    assert found["scanner.read"] == "skipped"
    assert "booklet_dispenser.dispense" not in found
    assert "没有测 扫一个码" in (tmp_path / "report").read_text(encoding="utf-8")
    paper = cabin.bench.receipt_text(cabin.bench.receipts()[-1]["number"])
    assert "自检报告" in paper


def test_a_device_that_fails_says_what_to_do(cabin: SimulatedCabin) -> None:
    cabin.bench.act("receipt_printer", "paper_out")
    done = selftest(cabin, "receipt_printer", "--alone")
    assert done.returncode == 1
    assert re.search(r"不通过  receipt_printer\.status 状态：unavailable paper_out", done.stdout)
    assert "怎么办：" in done.stdout


def test_a_wrong_word_is_named(cabin: SimulatedCabin) -> None:
    done = selftest(cabin, "camera")
    assert done.returncode == 2
    assert "no device camera; there are: terminal" in done.stderr


def test_the_tests_can_be_listed(cabin: SimulatedCabin) -> None:
    done = selftest(cabin, "rice_mill", "--list")
    assert done.returncode == 0
    assert [x.split(":")[0] for x in done.stdout.splitlines()] == [
        "rice_mill.status",
        "rice_mill.look",
        "rice_mill.tare",
        "rice_mill.weight",
    ]


class Person:
    """Somebody at a terminal who does what is asked; what they see is always good."""

    def __init__(self, cabin: SimulatedCabin, *words: str) -> None:
        self._bench = cabin.bench
        ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [*KIOSK, "selftest", "--config", str(cabin.config), *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        self._terminal = ours
        self.said = ""

    def tests(self) -> int:
        """Answer until it has ended; its exit code."""
        asked = 0
        while True:
            try:
                self.said += os.read(self._terminal, 4096).decode("utf-8", "replace")
            except OSError:
                break  # it has closed its end
            questions = self.said.count("[是/否]")
            if questions > asked:
                asked = questions
                self._do(self.said.rsplit("\n", 1)[-1])
                os.write(self._terminal, "是\n".encode())
        os.close(self._terminal)
        return self.process.wait(PATIENCE_S)

    def _do(self, question: str) -> None:
        """What the question wants: at once, or as long as it takes until the machine looks."""
        if "砝码" in question:
            self._bench.act("rice_mill", "weight", grams=500)
        elif "扫" in question:
            threading.Timer(1.0, self._bench.act, ("scanner", "scan"), {"code": "69"}).start()
        elif "身份证" in question:
            threading.Timer(1.0, self._bench.act, ("id_reader", "lay")).start()


def test_a_person_is_asked_for_hands_and_eyes(cabin: SimulatedCabin) -> None:
    person = Person(cabin, "scanner", "rice_mill", "receipt_printer")
    assert person.tests() == 0, person.said
    assert "标尺占满一行" in person.said
    assert "通过  rice_mill.weight 500 克砝码：net 500" in person.said
    assert "通过  scanner.read" in person.said


@pytest.mark.long
def test_goods_come_out_when_they_are_asked_for(cabin: SimulatedCabin) -> None:
    person = Person(cabin, "booklet_dispenser", "--goods")
    assert person.tests() == 0, person.said
    assert "会出东西" in person.said
    assert "not_taken it was called back" in person.said
    notes = subprocess.run(
        [*KIOSK, "journal", "export", "--config", str(cabin.config)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "Maintenance" in notes


@pytest.mark.long
def test_a_running_kiosk_does_it_itself(cabin: SimulatedCabin, tmp_path: Path) -> None:
    command = [*KIOSK, "run", "--no-window", "--config", str(cabin.config)]
    with Supervisor(command, tmp_path, watchdog_s=60) as service:
        service.until(READY)
        end = time.monotonic() + PATIENCE_S
        found = verdicts(selftest(cabin, "--json"))
        while set(found.values()) != {"passed", "skipped"}:  # machines are still being asked
            assert time.monotonic() < end, found
            found = verdicts(selftest(cabin, "--json"))
        assert found["terminal.echo"] == "passed"
        person = Person(cabin, "booklet_dispenser", "--goods")
        assert person.tests() == 1
        assert "没有测  booklet_dispenser.dispense" in person.said, "not while the kiosk runs"
