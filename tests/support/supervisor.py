"""What systemd does for a service with Type=notify, WatchdogSec= and Restart=always, in a thread.

Sources: sd_notify(3), systemd.service(5). The service is told by NOTIFY_SOCKET and WATCHDOG_USEC.
Only what the main process itself says counts (NotifyAccess=main). A service that says nothing for
its watchdog time gets SIGABRT, and SIGKILL if it is still there after TimeoutAbortSec.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

_LOOK_S = 0.05
PATIENCE_S = 60.0
TIMED_OUT = "(the watchdog's time is over)"
STARTED = "(started)"
FED, READY = "WATCHDOG=1", "READY=1"


class Supervisor:
    """Runs a command until ``close``. ``heard``: what has happened, in order."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        *,
        watchdog_s: float,
        abort_s: float = 3.0,
        restart_s: float = 0.1,
        environment: Mapping[str, str] | None = None,
        address: str = "",
    ) -> None:
        self.log = folder / "service.log"
        self.heard: list[str] = []
        self.process: subprocess.Popen[bytes] | None = None
        self._command = list(command)
        self._watchdog_s, self._abort_s, self._restart_s = watchdog_s, abort_s, restart_s
        self._changed = threading.Condition()
        self._over = threading.Event()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._socket.settimeout(_LOOK_S)
        name = address or str(folder / "notify")
        self._socket.bind(name.replace("@", "\0", 1))
        self._environment = {
            **os.environ,
            **(environment or {}),
            "NOTIFY_SOCKET": name,
            "WATCHDOG_USEC": str(int(watchdog_s * 1e6)),
        }
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """systemctl stop."""
        self._over.set()
        self._thread.join()
        self._socket.close()

    def until(self, line: str, count: int = 1) -> None:
        """Wait until this was heard so many times."""
        self.wait_for(lambda: self.heard.count(line) >= count, f"{count} times {line}")

    def wait_for(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until the condition holds; it is looked at whenever something was heard."""
        end = time.monotonic() + PATIENCE_S
        with self._changed:
            while not condition():
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"never came: {what}; {self.heard}; {self.said()[-3000:]}")
                self._changed.wait(min(left, 0.2))

    def said(self) -> str:
        """The service's log."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def kill(self, number: signal.Signals) -> None:
        """Send the main process a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def _note(self, line: str) -> None:
        with self._changed:
            self.heard.append(line)
            self._changed.notify_all()

    def _work(self) -> None:
        while not self._over.is_set():
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    self._command, env=self._environment, stdout=log, stderr=log
                )
            self._note(STARTED)
            self._watch(self.process)
            self._over.wait(self._restart_s)

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Until it has ended, by itself or because it must."""
        until = float("inf")
        while process.poll() is None:
            for line in self._lines(process.pid):
                self._note(line)
                if line in (READY, FED):
                    until = time.monotonic() + self._watchdog_s
            if self._over.is_set():
                self._end(process, signal.SIGTERM, 15.0)
            elif time.monotonic() > until:
                self._note(TIMED_OUT)
                self._end(process, signal.SIGABRT, self._abort_s)
        for line in self._lines(process.pid):
            self._note(line)

    def _lines(self, pid: int) -> list[str]:
        """What the main process has said, if anything."""
        try:
            data, about, *_ = self._socket.recvmsg(4096, socket.CMSG_SPACE(12))
        except TimeoutError:
            return []
        sender = next((struct.unpack("iII", x[2])[0] for x in about), 0)
        return data.decode().split("\n") if sender == pid else []

    def _end(self, process: subprocess.Popen[bytes], number: signal.Signals, wait_s: float) -> None:
        process.send_signal(number)
        try:
            process.wait(wait_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
