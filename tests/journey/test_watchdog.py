"""A part stands still: nobody feeds the watchdog, the log names the part, a new start follows.

The process, its window, the socket and the signals are real; the supervisor does what systemd
does.
"""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.simulated import SimulatedCabin, simulated_cabin
from tests.support.stuck_kiosk import ENGINE_RUNS
from tests.support.supervisor import FED, READY, STARTED, TIMED_OUT, Supervisor

pytestmark = [pytest.mark.window]

WATCHDOG_S = 6.0


@pytest.fixture(scope="module")
def cabin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCabin]:
    with simulated_cabin(tmp_path_factory.mktemp("cabin")) as cabin:
        yield cabin


def kiosk(
    cabin: SimulatedCabin,
    folder: Path,
    display: str,
    *words: str,
    address: str = "",
    engine_runs: Path | None = None,
) -> Supervisor:
    """The kiosk under supervision."""
    command = [sys.executable, "-m", "tests.support.stuck_kiosk", "run"]
    return Supervisor(
        [*command, "--config", str(cabin.config), *words],
        folder,
        watchdog_s=WATCHDOG_S,
        environment={"DISPLAY": display, ENGINE_RUNS: str(engine_runs or "")},
        address=address,
    )


def frames(path: Path) -> int:
    """How many frames the kiosk has drawn."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(b'{"get":"screen"}\n')
        with connection.makefile() as answer:
            return int(json.loads(answer.readline())["frame"])


def comes_back(service: Supervisor) -> None:
    """It was ended by the watchdog, and the next one is fed."""
    service.until(TIMED_OUT)
    fed = service.heard.count(FED)
    service.until(READY, 2)
    service.until(FED, fed + 1)


@pytest.mark.long
def test_a_quiet_home_screen_feeds_it(cabin: SimulatedCabin, tmp_path: Path, display: str) -> None:
    path = tmp_path / "inspect"
    with kiosk(cabin, tmp_path, display, "--inspect", str(path)) as service:
        service.until(FED, 2)
        before = frames(path)
        service.until(FED, 6)  # longer than the watchdog's time
        # A minute that ends draws one, and so does a machine that has just been heard of.
        assert frames(path) - before < 3, "a sign of life draws nothing"
        assert service.heard.count(READY) == 1
        assert TIMED_OUT not in service.heard
        assert "watchdog" not in service.said()
    assert service.heard[-1] == "STOPPING=1"
    assert service.heard.count(STARTED) == 1


def test_a_stuck_screen_is_named_and_started_again(
    cabin: SimulatedCabin, tmp_path: Path, display: str
) -> None:
    with kiosk(cabin, tmp_path, display) as service:
        service.until(FED)
        service.kill(signal.SIGUSR2)
        comes_back(service)
        said = service.said()
        assert "watchdog: the screen has not answered" in said
        assert "watchdog: the engine has not answered" not in said
        assert "in stand_still" in said, "where each thread stood"


@pytest.mark.long
def test_a_stuck_engine_is_named_and_started_again(
    cabin: SimulatedCabin, tmp_path: Path, display: str
) -> None:
    # Without a window, and by an abstract name, as systemd may choose.
    runs, name = tmp_path / "runs", f"@{tmp_path}"
    runs.touch()
    with kiosk(cabin, tmp_path, display, "--no-window", address=name, engine_runs=runs) as service:
        service.until(FED)
        runs.unlink()
        service.until(TIMED_OUT)
        runs.touch()
        comes_back(service)
        said = service.said()
        assert "watchdog: the engine has not answered" in said
        assert "in stand_still" in said, "where each thread stood"


@pytest.mark.long
def test_a_journal_that_cannot_be_written_is_named(
    cabin: SimulatedCabin, tmp_path: Path, display: str
) -> None:
    with kiosk(cabin, tmp_path, display, "--no-window") as service:
        service.until(FED)
        other = sqlite3.connect(cabin.folder / "data" / "journal.sqlite")
        other.execute("BEGIN IMMEDIATE")  # another program that never lets go
        service.until(TIMED_OUT)
        said = service.said()
        other.rollback()
        other.close()
        assert "watchdog: the journal can't do its work (BusyError" in said
        assert "watchdog: the engine can't" not in said
        comes_back(service)


@pytest.mark.long
def test_a_program_that_stands_as_a_whole_is_killed(
    cabin: SimulatedCabin, tmp_path: Path, display: str
) -> None:
    with kiosk(cabin, tmp_path, display, "--no-window") as service:
        service.until(FED)
        service.kill(signal.SIGSTOP)
        comes_back(service)


@pytest.mark.long
def test_a_short_trouble_is_no_reason_to_start_again(
    cabin: SimulatedCabin, tmp_path: Path, display: str
) -> None:
    with kiosk(cabin, tmp_path, display, "--no-window") as service:
        service.until(FED)
        other = sqlite3.connect(cabin.folder / "data" / "journal.sqlite")
        other.execute("BEGIN IMMEDIATE")
        service.wait_for(lambda: "the journal can't" in service.said(), "its name in the log")
        other.rollback()
        other.close()
        service.wait_for(lambda: "the journal answers again" in service.said(), "its return")
        service.until(FED, service.heard.count(FED) + 2)
        assert service.heard.count(STARTED) == 1


@pytest.mark.long
def test_a_new_start_in_the_same_process_is_watched_as_well(
    cabin: SimulatedCabin, tmp_path: Path, display: str
) -> None:
    with kiosk(cabin, tmp_path, display) as service:
        service.until(FED)
        service.kill(signal.SIGUSR1)
        service.until(READY, 2)
        service.until(FED, service.heard.count(FED) + 4)  # longer than the watchdog's time
        assert service.heard.count(STARTED) == 1
        assert TIMED_OUT not in service.heard
        assert "STOPPING=1" not in service.heard
