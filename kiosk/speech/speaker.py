"""The kiosk's side of the voice: say this, be silent. Never waits, never fails.

The process that speaks is started by a thread of its own when first needed, and again if it dies.
Whatever is wrong with it is a line in the log for the technician, and silence for the resident.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Protocol

from kiosk.settings import VoiceSettings
from kiosk.speech.pcm import gain

_log = logging.getLogger(__name__)

AGAIN_S = 30.0
"""After a failure of the loudspeaker or of the voice nothing is tried for so long."""
CHILD = "kiosk.speech.child"


class Voice(Protocol):
    """What the window needs of a speaker."""

    @property
    def speaking(self) -> str | None: ...

    def say(self, name: str, texts: tuple[str, ...], language: str, step: int) -> None: ...

    def stop(self) -> None: ...

    def forget(self) -> None: ...


class Speaker:
    """Says one thing at a time; what is said next cuts it off. ``files`` is where tests find sound.

    Call it from one thread. ``command`` is the process that speaks.
    """

    def __init__(
        self,
        settings: VoiceSettings,
        files: Path,
        command: tuple[str, ...] = (sys.executable, "-m", CHILD),
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._settings = settings
        self._words = (*command, _for_child(settings, files))
        self._clock = clock
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: bytes = b""
        self._starting = False
        self._closed = False
        self._number = 0
        self._name: str | None = None
        self._mute_until = 0.0
        self._trouble = ""

    @property
    def speaking(self) -> str | None:
        """The name of what is being said now. Safe in every thread."""
        return self._name

    def say(self, name: str, texts: tuple[str, ...], language: str, step: int) -> None:
        """Say these texts in "zh" or "en" at that step of the volume; ``name`` tells them apart."""
        silent = step <= 0 or not texts or self._settings.output == "none"
        if silent or self._clock() < self._mute_until:
            self.stop()
            return
        with self._lock:
            self._number += 1
            self._name = name
            words = {
                "say": self._number,
                "texts": texts,
                "language": language,
                "gain": gain(step, self._settings.steps),
            }
            self._send(json.dumps(words, ensure_ascii=False).encode() + b"\n")

    def stop(self) -> None:
        """Be silent. Costs nothing if nothing is being said."""
        with self._lock:
            if self._name is None:
                return
            self._name = None
            self._waiting = b""
            if self._process is not None:
                self._send(b'{"stop": true}\n')

    def forget(self) -> None:
        """Be silent, and let the process end that has heard a name: nothing of it stays."""
        with self._lock:
            self._name = None
            self._waiting = b""
            process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()

    def close(self) -> None:
        """Be silent for good, and let the process end."""
        with self._lock:
            self._closed = True
            self._name = None
            process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            try:
                process.wait(1)
            except subprocess.TimeoutExpired:
                process.kill()

    # Below, the lock is held.

    def _send(self, line: bytes) -> None:
        if self._process is None:
            self._waiting = line  # only the newest: the queue holds one
            self._start()
            return
        assert self._process.stdin is not None
        try:
            whole = os.write(self._process.stdin.fileno(), line) == len(line)
        except BlockingIOError:
            whole = False
        except OSError:
            self._name = None  # it has just ended; its thread will tell
            return
        if not whole:
            # It doesn't read: it hangs. After its end the next words start another one.
            self._name = None
            self._process.kill()

    def _start(self) -> None:
        if not self._starting and not self._closed:
            self._starting = True
            threading.Thread(target=self._serve, name="voice", daemon=True).start()

    # On the voice's thread.

    def _serve(self) -> None:
        """Start the process, send what waits, and listen until it ends."""
        try:
            process = subprocess.Popen(
                self._words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
        except OSError as error:
            with self._lock:
                self._starting = False
                self._name = None
            self._told(f"can't be started: {error.strerror}", mute=True)
            return
        assert process.stdin is not None
        assert process.stdout is not None
        os.set_blocking(process.stdin.fileno(), False)
        with self._lock:
            self._process, self._starting = process, False
            line, self._waiting = self._waiting, b""
            if self._closed:
                process.stdin.close()
            elif line:
                self._send(line)
        for answer in process.stdout:
            self._heard(answer)
        with self._lock:
            # Nobody may write any more before the pipe is closed: its number is given anew at once.
            ours = self._process is process
            if ours:
                self._process, self._name = None, None
        process.stdin.close()
        process.stdout.close()
        process.wait()
        if ours:
            self._told(f"its process ended with {process.returncode}", mute=True)

    def _heard(self, answer: bytes) -> None:
        words = json.loads(answer)
        with self._lock:
            if words["ended"] == self._number:
                self._name = None
        self._told(str(words["trouble"]), mute=bool(words["mute"]))

    def _told(self, trouble: str, *, mute: bool) -> None:
        """Note how it is; the log hears of it when it changes."""
        if mute:
            self._mute_until = self._clock() + AGAIN_S
        if trouble != self._trouble:
            self._trouble = trouble
            if trouble:
                _log.warning("voice: %s", trouble)
            else:
                _log.info("voice: can be heard again")


def _for_child(settings: VoiceSettings, files: Path) -> str:
    return json.dumps(
        {
            "output": settings.output,
            "device": settings.device,
            "folder": str(settings.folder) if settings.folder else "",
            "rate": settings.rate,
            "files": str(files),
        },
        ensure_ascii=False,
    )
