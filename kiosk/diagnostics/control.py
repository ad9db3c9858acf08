"""The control socket: lines of JSON between a technician's shell and the running kiosk.

A Unix socket in the data folder that only its owner and group may open (0660). Each line is one
question; it is answered by one line or, for what goes on, by many, the last of which has
``"end": true``. Each caller has a thread of its own, so that a slow one delays nobody.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

_log = logging.getLogger(__name__)

FILE = "control.sock"
MODE = 0o660
LONGEST_LINE = 64 * 1024
MOST_CALLERS = 32
"""A report listens to every machine at once, beside whoever else asks."""
SEND_S = 10.0
"""A caller that doesn't read for so long is hung up on."""

Answer = Callable[[Mapping[str, Any]], Iterator[dict[str, Any]]]


class RefusedError(Exception):
    """What was asked for isn't done; the text says why and what to do."""


def _near(path: Path) -> tuple[int, str]:
    """A folder's descriptor and a short name for a socket in it: a socket's may have 107 bytes."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    return folder, f"/proc/self/fd/{folder}/{path.name}"


class Control:
    """Answers at ``path`` from the moment it is made until ``close``. Raises OSError."""

    def __init__(self, path: Path, answer: Answer) -> None:
        self._path = path
        self._answer = answer
        self._callers = threading.BoundedSemaphore(MOST_CALLERS)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        path.unlink(missing_ok=True)  # whoever holds the journal's lock is the only kiosk
        # bind() gives the file this mode less the umask, so there is no moment with more.
        os.fchmod(self._socket.fileno(), MODE)
        folder, name = _near(path)
        try:
            self._socket.bind(name)
            Path(name).chmod(MODE)
        finally:
            os.close(folder)
        self._socket.listen(MOST_CALLERS)
        threading.Thread(target=self._accept, name="control", daemon=True).start()

    def close(self) -> None:
        """Hang up on newcomers; whoever is being answered is let go with the program."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return  # closed
            if not self._callers.acquire(blocking=False):
                self._refuse(caller)
                continue
            threading.Thread(
                target=self._serve, args=(caller,), name="control-caller", daemon=True
            ).start()

    def _refuse(self, caller: socket.socket) -> None:
        """Say why: who is hung up on without a word takes the kiosk for dead."""
        told = {"error": f"{MOST_CALLERS} others are asking already; try again", "end": True}
        caller.setblocking(False)
        with caller, contextlib.suppress(OSError):
            caller.sendall(msgspec.json.encode(told) + b"\n")

    def _serve(self, caller: socket.socket) -> None:
        caller.settimeout(SEND_S)
        try:
            with caller, caller.makefile("rb") as lines:
                for line in iter(lambda: lines.readline(LONGEST_LINE), b""):
                    for told in self._replies(line):
                        caller.sendall(msgspec.json.encode(told) + b"\n")
        except OSError:
            return  # whoever asked has gone, or doesn't read
        finally:
            self._callers.release()

    def _replies(self, line: bytes) -> Iterator[dict[str, Any]]:
        try:
            question = json.loads(line)
        except ValueError:
            yield {"error": "not JSON", "end": True}
            return
        if not isinstance(question, dict):
            yield {"error": "a JSON object is wanted", "end": True}
            return
        try:
            yield from self._answer(question)
        except RefusedError as error:
            yield {"error": str(error), "end": True}
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001  # one question's trouble is no other's
            _log.exception("control: %s failed", str(question.get("get") or question.get("do")))
            yield {"error": f"the kiosk failed: {type(error).__name__}", "end": True}


class NotRunningError(Exception):
    """No kiosk answers at the socket."""


class SilentError(NotRunningError):
    """A kiosk is there and doesn't answer."""


class ForbiddenError(Exception):
    """A kiosk is there, and this user may not ask it; the text says who may."""


class Client:
    """A caller. Raises NotRunningError or ForbiddenError; use it as a context."""

    def __init__(self, data_dir: Path, timeout: float = 15.0) -> None:
        path = data_dir / FILE
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout)
        folder = -1
        try:
            folder, name = _near(path)
            self._socket.connect(name)
        except PermissionError as error:
            self._socket.close()
            raise ForbiddenError(f"{path}: only its owner and group may ask the kiosk") from error
        except OSError as error:
            self._socket.close()
            raise NotRunningError(str(path)) from error
        finally:
            if folder >= 0:
                os.close(folder)
        self._lines = self._socket.makefile("rb")

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._socket.close()

    def ask(self, **question: object) -> Iterator[dict[str, Any]]:
        """The lines of the answer.

        Raises RefusedError; NotRunningError if the kiosk goes, SilentError if it says nothing.
        """
        try:
            with contextlib.suppress(BrokenPipeError):  # refused; why can still be read
                self._socket.sendall(json.dumps(question).encode() + b"\n")
            while line := self._lines.readline():
                told = json.loads(line)
                if "error" in told:
                    raise RefusedError(str(told["error"]))
                yield told
                if told.get("end"):
                    return
        except TimeoutError as error:
            raise SilentError("the kiosk doesn't answer") from error
        except (OSError, ValueError) as error:
            raise NotRunningError("the kiosk went away") from error
        raise NotRunningError("the kiosk went away")

    def one(self, **question: object) -> dict[str, Any]:
        """The only line of an answer."""
        return next(self.ask(**question))
