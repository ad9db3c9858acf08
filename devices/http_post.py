"""One POST through requests, and every way in which it can end, as an answer.

requests is imported when the first POST is made. What a driver has to know of a POST that failed
is whether anything of it can have arrived: the body is handed out by an object that knows whether
it was ever asked. Sources: RFC 8010, 4 (IPP over HTTP); Design, "Dependencies".
"""

from __future__ import annotations

import io
import os
import stat
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devices.control import HttpAnswer, HttpRequest

if TYPE_CHECKING:
    import requests

CONNECT_S = 3.0
DOCUMENT_S = 30.0
"""A printer that takes no further bytes of a document for so long has stopped taking it."""
MOST = 1 << 20
"""A longer answer is none (bytes)."""
SLOWEST = 3
"""An answer may drip in for so many times the time allowed for its beginning."""
KEPT = 2
"""Connections kept open between questions."""


@dataclass(frozen=True, slots=True)
class Trust:
    """How the other side of TLS is known.

    By a file of certificate authorities, by the SHA-256 of its certificate (hex digits), or by the
    system's authorities when both are empty. Never blindly.
    """

    ca_file: str = ""
    pin: str = ""


SYSTEM = Trust()


class Poster:
    """POSTs to one address. Safe to use from several threads: each has a connection of its own."""

    def __init__(self, url: str, content_type: str, trust: Trust = SYSTEM) -> None:
        self._url, self._content_type, self._trust = url, content_type, trust
        self._lock = threading.Lock()
        self._idle: list[requests.Session] = []
        self._closed = False

    def post(self, request: HttpRequest) -> HttpAnswer:
        """Do it and wait. Never raises."""
        try:
            body = _Body(request)
        except OSError as error:
            return HttpAnswer(0, reason="no_document", body=str(error).encode(), sent=False)
        with body:
            return self._post(request, body)

    def close(self) -> None:
        """Close the connections that nobody uses; one in use goes when its answer is there."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for session in idle:
            session.close()

    def _post(self, request: HttpRequest, body: _Body) -> HttpAnswer:
        import requests
        from urllib3.exceptions import HTTPError

        session = self._take(fresh=request.once)
        sending_s = CONNECT_S if request.document is None else DOCUMENT_S
        headers = {
            "Content-Type": self._content_type,
            "Content-Length": str(len(body)),
            "Accept": self._content_type,
            "Accept-Encoding": "identity",
        }
        keep = False
        try:
            with session.post(
                self._url,
                data=body,
                headers=headers,
                timeout=(sending_s, request.read_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                data = _read(response, time.monotonic() + SLOWEST * request.read_s)
                keep = not request.once
        except (requests.RequestException, HTTPError, OSError) as error:
            return HttpAnswer(0, reason=_reason(error), sent=body.begun)
        except _LimitError as limit:
            return HttpAnswer(0, reason=limit.reason)
        finally:
            self._leave(session, keep)
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return HttpAnswer(response.status_code, kind, data)

    def _take(self, fresh: bool) -> requests.Session:
        with self._lock:
            if self._idle and not fresh:
                return self._idle.pop()
        return _session(self._trust)

    def _leave(self, session: requests.Session, keep: bool) -> None:
        with self._lock:
            if keep and not self._closed and len(self._idle) < KEPT:
                self._idle.append(session)
                return
        session.close()


def _session(trust: Trust) -> requests.Session:
    import requests
    from requests.adapters import HTTPAdapter

    class Pinned(HTTPAdapter):
        """Takes the one certificate with that digest, and no other."""

        def init_poolmanager(self, *args: Any, **more: Any) -> None:
            super().init_poolmanager(*args, assert_fingerprint=trust.pin, **more)

    session = requests.Session()
    session.trust_env = False
    if trust.pin:
        # The digest stands for the chain: urllib3 compares it before anything is sent.
        session.mount("https://", Pinned())
        session.verify = False
    elif trust.ca_file:
        session.verify = trust.ca_file
    return session


class _LimitError(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _read(response: requests.Response, until: float) -> bytes:
    """What there is as it comes: waiting for whole pieces, a drip would be waited for for ever."""
    data = bytearray()
    while piece := response.raw.read1(16384):
        data += piece
        if len(data) > MOST:
            raise _LimitError("too_long")
        if time.monotonic() > until:
            raise _LimitError("no_answer")
    return bytes(data)


def _reason(error: Exception) -> str:
    import requests
    from urllib3.exceptions import NewConnectionError
    from urllib3.exceptions import TimeoutError as UrllibTimeoutError

    if isinstance(error, requests.exceptions.SSLError):
        return "tls"
    if isinstance(error, requests.ConnectTimeout):
        return "unreachable"
    if isinstance(error, requests.Timeout | UrllibTimeoutError | TimeoutError):
        return "no_answer"
    cause = error.args[0] if error.args else None
    if isinstance(getattr(cause, "reason", None), NewConnectionError):
        refused = "refused" in str(cause).lower()
        return "refused" if refused else "unreachable"
    return "broken"


class _Body:
    """The bytes of a request and of its document behind them, read once.

    OSError when the document is a file that can't be read. ``begun``: a byte of it was asked for,
    so it may have arrived.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._head = io.BytesIO(request.body)
        self._size = len(request.body)
        self._tail: io.BufferedReader | io.BytesIO | None = None
        self.begun = False
        if isinstance(request.document, bytes):
            self._tail = io.BytesIO(request.document)
            self._size += len(request.document)
        elif request.document is not None:
            self._tail = Path(request.document).open("rb")  # noqa: SIM115 (closed by __exit__)
            found = os.fstat(self._tail.fileno())
            if not stat.S_ISREG(found.st_mode):
                self._tail.close()
                raise OSError(f"{request.document} is no file")
            self._size += found.st_size

    def __enter__(self) -> _Body:
        return self

    def __exit__(self, *error: object) -> None:
        if self._tail is not None:
            self._tail.close()

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read(16384):
            yield piece

    def read(self, size: int = -1) -> bytes:
        """The next bytes; b"" at the end."""
        self.begun = True
        data = self._head.read(size)
        if not data and self._tail is not None:
            data = self._tail.read(size)
        return data
