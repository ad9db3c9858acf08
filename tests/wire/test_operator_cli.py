"""``kiosk operator`` at a real terminal: what is typed is nowhere to be seen."""

from __future__ import annotations

import os
import pty
import sys
from pathlib import Path

from kiosk import operators
from kiosk.config import load
from tests.unit.test_config import FILES, SMALL, complete

PIN = "246810"
WORDS = ["operator", "--id", "tech-1", "--name", "值班技术员", "--role", "technician"]


def _read_until(terminal: int, what: bytes) -> bytes:
    """What is said until then; with nothing to wait for, until the program ends."""
    said = b""
    while not what or what not in said:
        try:
            more = os.read(terminal, 4096)
        except OSError:  # a terminal whose program has gone (pty(7): EIO)
            more = b""
        if not more:
            return said
        said += more
    return said


def test_a_pin_typed_at_a_terminal_becomes_lines_that_are_read(tmp_path: Path) -> None:
    child, terminal = pty.fork()
    if not child:
        os.execv(sys.executable, [sys.executable, "-m", "kiosk.main", *WORDS])
    said = _read_until(terminal, b"digits): ")
    os.write(terminal, f"{PIN}\n".encode())
    said += _read_until(terminal, b"once more: ")
    seen = Path(f"/proc/{child}/cmdline").read_bytes()
    os.write(terminal, f"{PIN}\n".encode())
    said += _read_until(terminal, b"")
    os.close(terminal)
    assert os.waitpid(child, 0)[1] == 0
    assert PIN.encode() not in said + seen
    lines = said.decode().replace("\r", "")
    (tmp_path / "keys").mkdir()
    for name in FILES:
        (tmp_path / name).write_text("stands for a key\n")
    (tmp_path / "cabin.toml").write_text(
        complete(SMALL + lines[lines.index("[[operator]]") :]), encoding="utf-8"
    )
    (found,) = load(tmp_path / "cabin.toml").operators
    assert operators.read(found.pin).fits(PIN.encode())
