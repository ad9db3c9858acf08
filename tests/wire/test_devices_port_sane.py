"""`sane:NAME`: real programs, and every way in which one can behave."""

from __future__ import annotations

import os
import queue
import signal
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices import port_sane
from devices.control import (
    Answer,
    ClassRequest,
    ProgramAnswer,
    ProgramRequest,
    ProgramSaid,
    StopRequest,
)
from devices.port import PortError, PortUrlError, open_port
from devices.port_sane import MOST_AT_ONCE, SanePort

PATIENCE_S = 30.0
Run = Callable[..., ProgramAnswer]


class Scripts:
    """A port, programs written in shell, and what comes of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = open_port("sane:test scanner")
        assert isinstance(self.port, SanePort)
        self.answers: queue.Queue[Answer] = queue.Queue()
        self.said: list[int] = []
        self._count = 0

    def begin(self, script: str, path: str = "", patience_s: float = 10.0) -> int:
        self._count += 1
        program = self.folder / f"program{self._count}"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o700)
        self.ask(ProgramRequest(self._count, str(program), ("-n", "a b"), path, patience_s))
        return self._count

    def ask(self, request: ProgramRequest | StopRequest | ClassRequest) -> None:
        assert isinstance(self.port, SanePort)
        self.port.ask(request, self.answers.put)

    def end(self) -> ProgramAnswer:
        while True:
            answer = self.answers.get(timeout=PATIENCE_S)
            if isinstance(answer, ProgramAnswer):
                return answer
            assert isinstance(answer, ProgramSaid)
            self.said.append(answer.percent)

    def await_file(self, path: Path) -> str:
        while not (path.is_file() and path.read_text()):
            os.sched_yield()
        return path.read_text().strip()


@pytest.fixture
def scripts(tmp_path: Path) -> Iterator[Scripts]:
    made = Scripts(tmp_path)
    yield made
    made.port.close()


def test_a_run_with_its_words_its_picture_and_its_progress(
    scripts: Scripts, tmp_path: Path
) -> None:
    path = tmp_path / "page"
    scripts.begin(
        "printf 'Progress: 12.5%%\\rProgress: 50.0%%\\r' >&2; printf '%s|' \"$@\" \"$LC_ALL\";"
        " echo warm >&2; printf 'Progress: 100.0%%\\r' >&2",
        str(path),
    )
    answer = scripts.end()
    assert (answer.code, answer.reason, answer.words) == (0, "", "warm")
    assert path.read_bytes() == b"-d|test scanner|-n|a b|C|" == answer.head
    assert answer.size == len(answer.head)
    assert answer.tail == answer.head[-16:]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert scripts.said[-1] == 100
    assert scripts.said == sorted(scripts.said)


@pytest.mark.parametrize("code", [1, 3, 9, 143])
def test_its_exit_code_is_told(scripts: Scripts, code: int) -> None:
    scripts.begin(f"exit {code}")
    assert scripts.end().code == code


def test_a_program_that_is_not_there(scripts: Scripts) -> None:
    scripts.ask(ProgramRequest(1, "/nowhere/scanimage"))
    answer = scripts.end()
    assert (answer.code, answer.reason) == (None, "no_program")
    assert "/nowhere/scanimage" in answer.words


def test_a_file_that_can_not_be_made_or_is_there_already(scripts: Scripts, tmp_path: Path) -> None:
    scripts.begin("touch ran; echo x", str(tmp_path / "gone" / "page"))
    assert scripts.end().reason == "no_place"
    (tmp_path / "old").write_text("somebody's")
    scripts.begin("echo x", str(tmp_path / "old"))
    assert scripts.end().reason == "no_place"
    assert (tmp_path / "old").read_text() == "somebody's"


def test_one_that_hangs_is_ended_and_so_is_all_that_it_began(
    scripts: Scripts, tmp_path: Path
) -> None:
    child = tmp_path / "child"
    scripts.begin(f"sleep 1000 & echo $! >{child}; wait", patience_s=0.5)
    answer = scripts.end()
    assert answer.reason == "no_answer"
    assert answer.code == -signal.SIGTERM
    _gone(int(scripts.await_file(child)))


def test_one_that_does_not_listen_is_killed(
    scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(port_sane, "TERM_S", 0.3)
    scripts.begin("trap '' TERM; while :; do sleep 0.1; done", patience_s=0.3)
    answer = scripts.end()
    assert (answer.reason, answer.code) == ("no_answer", -signal.SIGKILL)


def test_one_that_closes_its_pipes_and_stays(
    scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(port_sane, "TERM_S", 0.3)
    scripts.begin("exec >&- 2>&-; trap '' TERM; while :; do sleep 0.1; done", patience_s=5)
    assert scripts.end().code == -signal.SIGKILL


def test_a_run_is_stopped_when_nobody_wants_it(scripts: Scripts, tmp_path: Path) -> None:
    began = tmp_path / "began"
    number = scripts.begin(f"echo yes >{began}; exec sleep 1000")
    scripts.await_file(began)
    scripts.ask(StopRequest(number))
    answer = scripts.end()
    assert (answer.reason, answer.code) == ("", -signal.SIGTERM)
    scripts.ask(StopRequest(number))  # nothing runs any more: nothing happens
    scripts.begin("exit 0")
    assert scripts.end().code == 0


def test_a_program_that_writes_without_end_is_ended(
    scripts: Scripts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(port_sane, "MOST_BYTES", 1 << 20)
    path = tmp_path / "page"
    scripts.begin("exec cat /dev/zero", str(path))
    assert scripts.end().reason == "too_long"
    assert path.stat().st_size <= 1 << 20


def test_not_more_than_a_few_at_once(scripts: Scripts) -> None:
    numbers = [scripts.begin("exec sleep 1000") for _ in range(MOST_AT_ONCE)]
    scripts.begin("exit 0")
    assert scripts.end().reason == "too_many"
    for number in numbers:
        scripts.ask(StopRequest(number))
    assert [scripts.end().code for _ in numbers] == [-signal.SIGTERM] * MOST_AT_ONCE


def test_a_closed_port_ends_its_runs_and_tells_nobody(scripts: Scripts, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    scripts.begin(f"echo $$ >{pid}; exec sleep 1000")
    number = int(scripts.await_file(pid))
    scripts.port.close()
    _gone(number)
    assert scripts.answers.empty()


def test_it_has_no_bytes_and_answers_no_other_requests(scripts: Scripts) -> None:
    assert scripts.port.read_available() == b""
    with pytest.raises(PortError):
        scripts.port.write(b"x")
    scripts.ask(ClassRequest(0, 10))
    assert scripts.answers.get(timeout=PATIENCE_S) is None


@pytest.mark.parametrize("url", ["sane:", "sane: ", "sane:-L", "sane:a\nb"])
def test_what_names_no_scanner(url: str) -> None:
    with pytest.raises(PortUrlError):
        open_port(url)


def _gone(pid: int) -> None:
    """Wait until that process has ended (a zombie that its parent hasn't buried has)."""
    while True:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return
        if state == "Z":
            return
        os.sched_yield()
