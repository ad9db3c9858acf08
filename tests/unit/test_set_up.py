"""The set-up script: root by apt, else by sudo once, else the line to run and exit code 2."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "set-up"
NEEDED = ("bash", "sh", "cat", "dirname", "flock", "grep", "head", "sha256sum")


class Machine:
    """A folder with the script, and commands that stand in for the system's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        for name in NEEDED:
            (self.bin / name).symlink_to(shutil.which(name) or name)
        (folder / ".ci").mkdir()
        shutil.copy(SCRIPT, folder / ".ci")
        (folder / "screens").mkdir()
        for name in ("setup.cfg", "pyproject.toml", "screens/fonts.py"):
            (folder / name).write_text("")
        self.command("python3", f'exec {sys.executable} "$@"')
        self.command("dpkg-query", "exit 1")

    def command(self, name: str, script: str) -> None:
        (self.bin / name).write_text(f"#!{shutil.which('bash')}\n{script}\n")
        (self.bin / name).chmod(0o755)

    def set_up(self, purpose: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.folder / ".ci" / "set-up"), purpose],
            env={"PATH": str(self.bin), "HOME": os.environ.get("HOME", "/")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def pretend_venv(self) -> None:
        """A .venv whose pip only notes what it was asked for."""
        pip = self.folder / ".venv" / "bin" / "pip"
        pip.parent.mkdir(parents=True)
        pip.write_text(f"#!{self.folder}/.venv/bin/python\n")
        python = pip.with_name("python")
        python.write_text(
            f"#!{shutil.which('bash')}\n"
            f'case "$*" in *prefix*) echo "{self.folder}/.venv";;\n'
            f'*install*|*fonts*) echo "$*" >>"{self.folder}/installed";; esac\n'
        )
        python.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_without_root_and_sudo_it_prints_the_line(machine: Machine) -> None:
    machine.command("id", "echo 1000")
    done = machine.set_up("run")
    assert done.returncode == 2
    (line,) = [text.strip() for text in done.stderr.splitlines() if text.startswith("    ")]
    assert line.startswith("apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install ")
    assert {"xvfb", "fonts-noto-cjk", "libgl1-mesa-dri"} <= set(line.split())


def test_sudo_is_asked_once_and_never_waits_for_a_password(machine: Machine) -> None:
    machine.command("id", "echo 1000")
    machine.command("sudo", f'printf "%s\\n" "$*" >>{machine.folder}/sudo; exit 1')
    done = machine.set_up("test")
    assert done.returncode == 2
    assert "With sudo, once: apt-get update" in done.stderr
    (line,) = (machine.folder / "sudo").read_text().splitlines()
    assert line.startswith("-n sh -c apt-get update")
    assert "chromium-driver" in line


def test_root_installs_and_the_second_time_nothing_is_done(machine: Machine) -> None:
    machine.command("id", "echo 0")
    machine.command("apt-get", f'echo "$@" >>{machine.folder}/apt')
    machine.pretend_venv()
    assert machine.set_up("run").returncode == 0
    update, install = (machine.folder / "apt").read_text().splitlines()
    assert update == "update -q"
    assert install.startswith("install -q -y --no-install-recommends xvfb ")
    machine.command("dpkg-query", "echo -n installed")
    assert machine.set_up("run").returncode == 0
    assert len((machine.folder / "apt").read_text().splitlines()) == 2
    done = (machine.folder / "installed").read_text()
    assert done.count("-e .[sim]") == 1
    assert done.endswith("-m screens.fonts\n")
    (machine.folder / "setup.cfg").write_text("changed")
    assert machine.set_up("run").returncode == 0
    assert (machine.folder / "installed").read_text().count("-e .[sim]") == 2


def test_apt_that_fails_ends_with_the_line(machine: Machine) -> None:
    machine.command("id", "echo 0")
    machine.command("apt-get", "exit 100")
    done = machine.set_up("run")
    assert done.returncode == 2
    assert "    apt-get update -q && " in done.stderr


def test_an_old_python_is_refused(machine: Machine) -> None:
    machine.command("python3", '[ "$1" = --version ] && echo Python 3.9.2; exit 1')
    done = machine.set_up("lint")
    assert done.returncode == 2
    assert "Python 3.11 or newer is needed; python3 is Python 3.9.2." in done.stderr


def test_an_unknown_purpose_is_refused(machine: Machine) -> None:
    assert machine.set_up("bench").returncode == 2
