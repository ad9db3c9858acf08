"""The log: levels as they matter, priorities for journald, one line an event."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk import log

PROGRAM = """
import logging, os, sys
from kiosk import log
if sys.argv[1] == "journald":
    stat = os.fstat(2)
    os.environ["JOURNAL_STREAM"] = f"{stat.st_dev}:{stat.st_ino}"
log.set_up()
logging.getLogger("kiosk.x").error("terminal: unavailable")
logging.getLogger("kiosk.x").info("terminal: ready")
logging.getLogger("kivy").info("what a library says at its start")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("kiosk.x").exception("it failed")
"""


def _said(*words: str, **environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    return done.stderr.splitlines()


def test_for_journald_each_event_is_a_line_with_its_priority() -> None:
    lines = _said("journald")
    assert lines[:2] == ["<3>kiosk.x: terminal: unavailable", "<6>kiosk.x: terminal: ready"]
    assert len(lines) == 3
    assert lines[2].startswith("<3>kiosk.x: it failed | Traceback")
    assert lines[2].endswith("ZeroDivisionError: division by zero")


def test_elsewhere_lines_have_their_time_and_a_stream_that_isn_t_ours_changes_nothing() -> None:
    lines = _said("terminal", JOURNAL_STREAM="1:2")
    assert "ERROR kiosk.x: terminal: unavailable" in lines[0]
    assert not lines[0].startswith("<")
    assert "what a library says" not in "\n".join(lines)


@pytest.mark.parametrize(
    ("level", "reason", "loud"),
    [
        ("unavailable", "paper_out", logging.ERROR),
        ("attention", "paper_low", logging.WARNING),
        ("unknown", "silent", logging.WARNING),
        ("unknown", "connecting", logging.INFO),
        ("ready", "", logging.INFO),
        ("busy", "printing", logging.INFO),
    ],
)
def test_how_loudly_a_change_is_told(level: str, reason: str, loud: int) -> None:
    assert log.level_of(level, reason) == loud
