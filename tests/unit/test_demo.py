"""`kiosk demo`: the two processes live and end together. Scripts stand in for both of them."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk import demo

# A module kiosk/main.py of its own, found first: what demo starts is this, not the real program.
STAND_IN = """
import os, signal, sys
from pathlib import Path
name, folder = sys.argv[1], Path(os.environ["NOTES"])
(folder / name).write_text(f"{os.getpid()} {os.environ.get('DISPLAY')} {' '.join(sys.argv)}")
if os.environ.get("FAIL") == name:
    sys.exit(3)
if name == "sim":
    print("ready http://127.0.0.1:1", flush=True)
    sys.stdin.read()
    sys.exit(0)
if os.environ.get("LEAVE") == name:
    sys.exit(0)
(folder / "told").write_text("")
signal.pause()
"""


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    package = tmp_path / "kiosk"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "main.py").write_text(STAND_IN)
    source = Path(demo.__file__)

    def go(**environment: str) -> subprocess.Popen[str]:
        runner = (
            "import argparse, importlib.util, sys;"
            f"spec = importlib.util.spec_from_file_location('demo', {str(source)!r});"
            "demo = importlib.util.module_from_spec(spec); spec.loader.exec_module(demo);"
            "parser = argparse.ArgumentParser(); demo.add_parser(parser.add_subparsers());"
            "args = parser.parse_args(['demo', '--dir', 'cabin', '--bench-port', '0']);"
            "sys.exit(args.handler(args))"
        )
        base = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
        return subprocess.Popen(
            [sys.executable, "-c", runner],
            cwd=tmp_path,
            env=base | {"PYTHONPATH": str(tmp_path), "NOTES": str(tmp_path)} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return go


def await_file(path: Path, process: subprocess.Popen[str]) -> None:
    while not path.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def alive(note: Path) -> bool:
    try:
        os.kill(int(note.read_text().split()[0]), 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_both_end_when_told(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path, number: int
) -> None:
    process = start(DISPLAY=":99")
    await_file(tmp_path / "told", process)
    process.send_signal(number)
    out, _ = process.communicate()
    assert process.returncode == 0
    assert "http://127.0.0.1:1" in out
    assert "run --config cabin/cabin.toml" in (tmp_path / "run").read_text()
    assert "--kiosk-display" not in (tmp_path / "sim").read_text()
    assert not alive(tmp_path / "sim")
    assert not alive(tmp_path / "run")


def test_the_simulator_ends_with_the_kiosk(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = start(DISPLAY=":99", LEAVE="run")
    _, errors = process.communicate()
    assert process.returncode == 0
    assert "kiosk run ended with code 0" in errors
    assert not alive(tmp_path / "sim")


def test_the_kiosk_ends_with_the_simulator(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = start(DISPLAY=":99")
    await_file(tmp_path / "told", process)
    os.kill(int((tmp_path / "sim").read_text().split()[0]), signal.SIGKILL)
    _, errors = process.communicate()
    assert process.returncode == 1
    assert "kiosk sim ended with code -9" in errors
    assert not alive(tmp_path / "run")


def test_a_simulator_that_does_not_start_is_named(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = start(DISPLAY=":99", FAIL="sim")
    _, errors = process.communicate()
    assert process.returncode == 1
    assert "did not start (code 3)" in errors
    assert not (tmp_path / "run").exists()


def test_without_a_display_there_is_a_virtual_one(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = start(SCALE="0.5")
    await_file(tmp_path / "told", process)
    display = (tmp_path / "run").read_text().split()[1]
    assert display.startswith(":")
    assert f"--kiosk-display {display}" in (tmp_path / "sim").read_text()
    process.terminate()
    process.communicate()
    assert not Path(f"/tmp/.X11-unix/X{display[1:]}").exists()


@pytest.mark.parametrize("scale", ["big", "0", "5", "nan"])
def test_an_impossible_scale_is_named(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    scale: str,
    tmp_path: Path,
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("SCALE", scale)
    assert demo.run(argparse.Namespace(dir=tmp_path, bench_port=0)) == 1
    assert f"SCALE = {scale!r} is no number from 0.1 to 4" in capsys.readouterr().err
