"""What carries a request: the network, or a WSGI application in the same process.

Imported with the first request only, because requests and urllib3 are.
"""

from __future__ import annotations

import io
import ssl
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3 import exceptions as u3
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.util import Retry

from kiosk.gateways.types import NoAnswer, Reason

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_now = threading.local()  # .sent: may a byte of this thread's request have left?


def begin() -> None:
    """A new request of this thread begins: nothing has left yet."""
    _now.sent = False


class _Connection(HTTPSConnection):
    """Notes the first byte of a request; connecting and the TLS handshake come before that."""

    def send(self, data: Any) -> None:
        _now.sent = True
        super().send(data)


class _Pool(HTTPSConnectionPool):
    ConnectionCls = _Connection


def network_adapter() -> HTTPAdapter:
    """The real thing, with every kind of repeating switched off."""
    never = Retry(0, connect=0, read=False, redirect=0, status=0, other=0)
    adapter = HTTPAdapter(max_retries=never)
    adapter.poolmanager.pool_classes_by_scheme = {"https": _Pool}
    return adapter


def explain(error: Exception) -> NoAnswer:
    """Say why there is no answer, by the class of the error alone: its text may hold the URL."""
    sent = bool(getattr(_now, "sent", True))
    cause: object = error.args[0] if error.args else None
    if isinstance(cause, u3.MaxRetryError):
        cause = cause.reason
    if isinstance(cause, (u3.ProtocolError, u3.SSLError)) and cause.args:
        inner = cause.args[-1]
        cause = inner if isinstance(inner, Exception) else cause
    detail = type(cause if isinstance(cause, Exception) else error).__name__
    if not sent:
        if isinstance(cause, u3.NameResolutionError):
            return NoAnswer(Reason.NAME_UNKNOWN, sent=False, detail=detail)
        if isinstance(cause, ssl.SSLCertVerificationError):
            return NoAnswer(Reason.CERTIFICATE, sent=False, detail=detail)
        return NoAnswer(Reason.UNREACHABLE, sent=False, detail=detail)
    late = (requests.Timeout, u3.TimeoutError, TimeoutError)
    if isinstance(error, late) or isinstance(cause, late):
        return NoAnswer(Reason.TIMEOUT, detail=detail)
    return NoAnswer(Reason.BROKEN, detail=detail)


class WsgiAdapter(BaseAdapter):
    """Runs the same client code against a WSGI application, for tests and virtual time.

    `not_reached` and `lost` are the exceptions by which the application says that no connection
    came about, or that nobody will hear the answer. `delay_of` reads from the environ how many
    seconds the answer takes; `wait` lets them pass, or the read time-out if that is shorter.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        not_reached: tuple[type[Exception], ...] = (),
        lost: tuple[type[Exception], ...] = (),
        delay_of: Callable[[Mapping[str, Any]], float] = lambda _environ: 0.0,
        wait: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        super().__init__()
        self._app = app
        self._not_reached = not_reached
        self._lost = lost
        self._delay_of = delay_of
        self._wait = wait

    def send(
        self, request: requests.PreparedRequest, *_args: Any, **options: Any
    ) -> requests.Response:
        timeout = options.get("timeout")
        read_timeout = timeout[1] if isinstance(timeout, tuple) else timeout
        environ = _environ(request)
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], _info: object = None
        ) -> Any:
            started.append((status, headers))
            return lambda _data: None

        try:
            body = b"".join(self._app(environ, start_response))
        except self._not_reached:
            raise requests.ConnectTimeout(request=request) from None
        except self._lost:
            _now.sent = True
            self._wait(read_timeout or 0.0)
            raise requests.ReadTimeout(request=request) from None
        except Exception as error:
            # A fault of the application itself must not pass for one of the network.
            raise RuntimeError("the WSGI application failed") from error
        _now.sent = True
        delay = self._delay_of(environ)
        if read_timeout is not None and delay > read_timeout:
            self._wait(read_timeout)
            raise requests.ReadTimeout(request=request)
        if delay > 0:
            self._wait(delay)
        status, headers = started[-1]
        return _response(request, status, headers, body)

    def close(self) -> None:
        """Nothing is held."""


def _environ(request: requests.PreparedRequest) -> dict[str, Any]:
    parts = urlsplit(request.url or "")
    body = request.body or b""
    data = body if isinstance(body, bytes) else str(body).encode("utf-8")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method or "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "REQUEST_URI": request.path_url,
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or 443),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(data)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(data),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ[key] = value
        elif key != "CONTENT_LENGTH":
            environ[f"HTTP_{key}"] = value
    return environ


def _response(
    request: requests.PreparedRequest, status: str, headers: list[tuple[str, str]], body: bytes
) -> requests.Response:
    response = requests.Response()
    response.status_code = int(status.split(" ", 1)[0])
    response.headers = requests.structures.CaseInsensitiveDict(headers)
    response.url = request.url or ""
    response.request = request
    response.raw = HTTPResponse(
        body=io.BytesIO(body),
        headers=HTTPHeaderDict(headers),
        status=response.status_code,
        preload_content=False,
    )
    return response
