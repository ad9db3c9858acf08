"""One HTTPS request, one answer, no second try: a thin wrapper over a requests session.

Why so strict: a repeated request may pay twice, a redirect sends a signed body elsewhere, a proxy
of the environment reads it, and a connection kept open may be closed by the server just as a
request leaves on it, which would make an unknown outcome out of nothing. So: no retries, no
redirects, no environment, no cookies, no compression, a new connection for each request, and a
bound on time and size. requests is imported with the first request (24 MiB, 0.3 s).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.gateways.types import NoAnswer, Reason

if TYPE_CHECKING:
    import requests
    from requests.adapters import BaseAdapter

MAX_BODY = 512 * 1024
_CHUNK = 16 * 1024


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """`headers` have lower-case names; a header sent twice is joined with ", "."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class HttpClient:
    """Sends to one base URL.

    `adapter` makes a requests transport to use instead of the network (tests, virtual time); it is
    called for each request, so that building a client imports nothing.
    """

    def __init__(
        self,
        base_url: str,
        ca_file: Path | None,
        connect_timeout: float,
        read_timeout: float,
        *,
        adapter: Callable[[], BaseAdapter] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if not base_url.startswith("https://"):
            raise ValueError("a gateway's address must begin with https://")
        self.base_url = base_url.rstrip("/")
        self._ca_file = ca_file
        self._timeouts = (connect_timeout, read_timeout)
        self._adapter = adapter
        self._monotonic = monotonic

    def send(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        max_body: int = MAX_BODY,
    ) -> HttpAnswer | NoAnswer:
        """Send once. `target` is the path with its query, appended to the base URL as it is.

        Every failure is a NoAnswer; `sent` is False only when no byte of the request can have
        left (refused, name unknown, certificate not accepted, no connection in time).
        """
        import requests
        import urllib3

        from kiosk.gateways.transport import begin, explain

        # The bound of the whole answer: the read time-out alone restarts with every byte.
        give_up = self._monotonic() + sum(self._timeouts)
        if self._adapter is None and self._ca_file is not None and not self._ca_file.is_file():
            return NoAnswer(Reason.CA_MISSING, sent=False)
        session = self._make_session()
        try:
            prepared = session.prepare_request(
                requests.Request(method, self.base_url + target, dict(headers), data=body or None)
            )
        except (requests.RequestException, ValueError) as error:
            return NoAnswer(Reason.BAD_ARGUMENT, sent=False, detail=type(error).__name__)
        begin()
        try:
            # The session ends with the request: nothing is pooled, so nothing stale is reused.
            with (
                session,
                session.send(
                    prepared,
                    timeout=self._timeouts,
                    verify=str(self._ca_file) if self._ca_file is not None else True,
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                return self._read(response, max_body, give_up)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            return explain(error)
        except (ValueError, LookupError) as error:
            # Malformed answers make urllib3 and http.client let a few of these through.
            return NoAnswer(Reason.GARBAGE, detail=type(error).__name__)

    def _read(
        self, response: requests.Response, max_body: int, give_up: float
    ) -> HttpAnswer | NoAnswer:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            # We asked for plain bytes; unpacking what we did not ask for invites bombs.
            return NoAnswer(Reason.GARBAGE, detail="content_encoding")
        body = bytearray()
        for chunk in response.raw.stream(_CHUNK, decode_content=False):
            body += chunk
            if len(body) > max_body:
                return NoAnswer(Reason.TOO_LARGE)
            if self._monotonic() > give_up:
                return NoAnswer(Reason.TIMEOUT)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return HttpAnswer(response.status_code, headers, bytes(body))

    def _make_session(self) -> requests.Session:
        from http.cookiejar import DefaultCookiePolicy

        import requests

        from kiosk.gateways.transport import network_adapter

        session = requests.Session()
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.headers.clear()
        session.headers.update(
            {"User-Agent": "cabin-kiosk", "Accept-Encoding": "identity", "Connection": "close"}
        )
        session.adapters.clear()
        session.mount("https://", (self._adapter or network_adapter)())
        return session
