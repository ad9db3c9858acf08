"""The simulated cabin of a class: a child process that lives no longer than this one.

It is told by a pipe: when the kiosk ends, however it ends, the pipe closes, and ``kiosk sim`` stops
and takes its folder away. Where the machine has a folder in memory, that folder is there: nothing
of a class touches the disk.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import requests

_log = logging.getLogger(__name__)

IN_MEMORY = Path("/dev/shm")  # the kernel's own place for it, tmpfs on every Linux
COMMAND = (sys.executable, "-m", "kiosk.main", "sim", "--bench-port", "0")
ANSWER_S = 10.0
STOP_S = 5.0
_OWN = re.compile(r"cabin-([0-9]+)-\w+")
"""How ``kiosk sim`` names its folder (`sim.main`): with the number of its process."""


def sweep(memory: Path) -> None:
    """Take away what children left that were killed: there it would be until the machine stops."""
    for folder in memory.iterdir():
        named = _OWN.fullmatch(folder.name)
        if named is None or Path(f"/proc/{named[1]}").exists():
            continue
        with contextlib.suppress(OSError):  # somebody else is at it, too
            if not folder.is_symlink() and folder.stat().st_uid == os.getuid():
                shutil.rmtree(folder)


class ChildError(Exception):
    """The simulated cabin didn't start, or refuses what a lesson asks of it."""


class Child:
    """A running ``kiosk sim``. ``folder`` holds its cabin.toml and its ports. ``died`` is called,
    on a thread of its own, if it ends though nobody wanted that.

    The constructor returns when its machines answer, after some seconds. Raises ChildError.
    """

    def __init__(self, command: tuple[str, ...] = COMMAND) -> None:
        self.died: Callable[[], None] = lambda: None
        self._stopping = False
        environment = dict(os.environ)
        if os.access(IN_MEMORY, os.W_OK | os.X_OK):
            environment["TMPDIR"] = str(IN_MEMORY)
            sweep(IN_MEMORY)
        environment.pop("DISPLAY", None)
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                env=environment,
            )
        except OSError as error:
            raise ChildError(f"the practice cabin can't be started: {error}") from error
        self.folder, self.url = self._hear()
        self._session = requests.Session()
        self._session.trust_env = False
        threading.Thread(target=self._drain, name="practice-words", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def _hear(self) -> tuple[Path, str]:
        """Its folder and the address of its bench, as it says them when it is ready."""
        folder, heard = "", []
        assert self._process.stdout is not None
        for line in self._process.stdout:
            word, _space, rest = line.strip().partition(" ")
            if word == "dir":
                folder = rest
            elif word == "ready" and folder:
                return Path(folder), rest.rstrip("/")
            else:
                heard.append(line.strip())
        self.stop()
        raise ChildError(f"the practice cabin didn't start: {' / '.join(heard[-3:])}")

    def _drain(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            _log.info("practice cabin: %s", line.rstrip())
        if not self._stopping:
            _log.error("the practice cabin has died")
            self.died()

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """A request to its bench. Raises ChildError if it refuses or doesn't answer."""
        try:
            answer = self._session.request(
                method, self.url + path, json=dict(body or {}), timeout=ANSWER_S
            )
        except requests.RequestException as error:
            raise ChildError(f"{method} {path}: {error}") from error
        if not answer.ok:
            raise ChildError(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer.json() if answer.content else None

    def stop(self) -> None:
        """End it and wait for that."""
        self._stopping = True
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            _log.warning("the practice cabin doesn't stop by itself")
            self._process.kill()
            self._process.wait()
