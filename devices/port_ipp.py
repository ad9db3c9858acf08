"""`ipp://host:port/path` and `ipps://host:port/path`: a printer to which requests are POSTed.

The port has no bytes of its own: everything goes through its control channel. Opening it touches
nothing, since HTTP has no connection that stands; whether a printer is there is what its driver
asks. Each POST runs on a thread of its own, so that one that hangs costs its thread, never the
worker. `ipps://` is TLS: the printer's certificate must come from the system's authorities, from
those in the file `?ca=/path`, or be the one whose SHA-256 is `?pin=HEX`.
Sources: RFC 8010, 4 and 5 (ipp is HTTP POST on port 631); RFC 7472 (ipps is the same over TLS).
"""

from __future__ import annotations

import functools
import os
import re
import threading
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

from devices.control import AddressRequest, Answer, HttpAnswer, HttpRequest, Request
from devices.http_post import SYSTEM, Poster, Trust
from devices.port import Opener, PortError, PortUrlError

DEFAULT_PORT = 631
MOST_AT_ONCE = 4
"""So many POSTs at once: a question, a document, and room for those that hang."""
_WANTED = "ipp://host:port/path, or ipps://host:port/path?ca=/file or ?pin=SHA-256 in hex"


def parse(url: str, default_baud: int) -> Opener:  # noqa: ARG001 (no line, no speed)
    """What opens the printer that `url` names; PortUrlError if it names none."""
    try:
        parts = urlsplit(url)
        host, number = parts.hostname or "", parts.port or DEFAULT_PORT
    except ValueError as error:
        raise PortUrlError(f"{url}: {error}; wanted is {_WANTED}") from error
    options = dict(parse_qsl(parts.query))
    trust = Trust(options.pop("ca", ""), options.pop("pin", "").replace(":", "").lower())
    is_tls = parts.scheme == "ipps"
    wrong = not host or options or parts.username is not None or parts.fragment
    if wrong or (trust != SYSTEM and not is_tls) or (trust.ca_file and trust.pin):
        raise PortUrlError(f"{url}: a printer is written {_WANTED}")
    if trust.pin and not re.fullmatch(r"[0-9a-f]{64}", trust.pin):
        raise PortUrlError(f"{url}: pin is the SHA-256 of the certificate, 64 hexadecimal digits")
    if ":" in host:
        host = f"[{host}]"
    path = parts.path or "/"
    own = f"{parts.scheme}://{parts.netloc}{path}"
    http = f"{'https' if is_tls else 'http'}://{host}:{number}{path}"
    return functools.partial(IppPort, own, http, trust)


class IppPort:
    """One printer. `own` is its name in IPP (printer-uri), `http` where requests go."""

    def __init__(self, own: str, http: str, trust: Trust = SYSTEM) -> None:
        self._own = own
        self._poster = Poster(http, "application/ipp", trust)
        self._quiet = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._lock = threading.Lock()
        self._closed = False
        self._under_way = 0

    def fileno(self) -> int:
        """A descriptor that never becomes readable."""
        return self._quiet

    def read_available(self) -> bytes:
        return b""

    def write(self, data: bytes) -> int:
        """There is nothing to write to: a driver that does has the wrong port."""
        raise PortError("port_error", f"{self._own} takes requests, not {len(data)} bytes")

    def ask(self, request: Request, answered: Callable[[Answer], None]) -> None:
        """As Askable.ask."""
        if isinstance(request, AddressRequest):
            answered(self._own.encode("utf-8"))
        elif not isinstance(request, HttpRequest):
            answered(None)
        elif not self._enter():
            answered(HttpAnswer(0, reason="too_many", sent=False))
        else:
            name = f"ipp-{request.number}"
            threading.Thread(
                target=self._post, args=(request, answered), name=name, daemon=True
            ).start()

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            os.close(self._quiet)
        self._poster.close()

    def abandon(self) -> None:
        """Nothing is held that another could want."""

    def _enter(self) -> bool:
        with self._lock:
            if self._under_way >= MOST_AT_ONCE:
                return False
            self._under_way += 1
            return True

    def _post(self, request: HttpRequest, answered: Callable[[Answer], None]) -> None:
        answer = self._poster.post(request)
        with self._lock:
            self._under_way -= 1
            if not self._closed:
                answered(answer)
