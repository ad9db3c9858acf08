"""What the sandbox gateways share: requests, replies, faults, and the WSGI edge.

A gateway is a WSGI application. Over HTTPS (`servers.py`) a lost answer is a connection that is
dropped. In memory there is no connection, so it leaves the application as an exception:
`NotReached` (nothing arrived) or `LostAnswer` (the request arrived, nobody hears the answer).
A slow answer is left in `environ[DELAY_KEY]`, in seconds, for the caller to wait or to count.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from sim.clock import Clock
from sim.faults import Fault, Faults

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DELAY_KEY = "sim.delay_s"
"""Where a fault `slow` leaves the seconds that the answer takes."""

BODY_LIMIT = 256 * 1024


class NotReached(Exception):  # noqa: N818 - names what happened on the line
    """No connection came about: the request never arrived. The text says why."""


class LostAnswer(Exception):  # noqa: N818 - names what happened on the line
    """The request arrived, its answer never will. `hold_s`: how long the line stays silent."""

    def __init__(self, hold_s: float = 0.0) -> None:
        super().__init__("the answer was lost")
        self.hold_s = hold_s


@dataclass(frozen=True)
class Request:
    """One HTTP request. `target` is path and query exactly as sent; header names are lower case."""

    method: str
    path: str
    query: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        return self.headers.get(name, "")


@dataclass(frozen=True)
class Reply:
    """One HTTP reply, ready to send."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """What all gateways share. `wall`: the date that signatures are compared by, since 1970 UTC.

    It is the simulated date, unless the simulated clock runs faster than the client's.
    """

    clock: Clock
    faults: Faults
    lock: threading.RLock
    wall: Callable[[], float]


class Gateway(ABC):
    """A sandbox gateway: checks, acts, seals; every fault strikes here, whatever the edge.

    Faults name the device (`biller` or `qr_payment`) and may narrow themselves by the parameters
    `provider` (this gateway's name) and `call` (one of `calls`). Those that lose an answer after
    the gateway acted strike only calls that change something, unless `call` says otherwise.
    - `unreachable`, `tls_wrong`: no connection, so no `call` to narrow them by.
    - `timeout_before_acting`, `timeout_after_acting` {hold}: the connection ends without an
      answer, after `hold` seconds (0).
    - `http_5xx` {when, status}: `when` is "before" (the default) or "after" acting; 502.
    - `duplicate`: the request is delivered twice. `bad_signature`: the answer's doesn't fit.
    - `slow` {seconds}: the answer takes so long (5).
    """

    name: str
    device: str
    calls: frozenset[str]
    changing: frozenset[str]

    def __init__(self, world: World) -> None:
        self.clock = world.clock
        self.faults = world.faults
        self.lock = world.lock
        self.wall = world.wall

    @abstractmethod
    def call_of(self, request: Request) -> str | None:
        """Which of `calls` this is; None: no such address."""

    @abstractmethod
    def refuse(self, request: Request) -> object | None:
        """An answer of `seal`'s kind if the request is not accepted (signature, clock)."""

    @abstractmethod
    def act(self, request: Request, call: str) -> object:
        """Do what is asked; whatever it returns goes to `seal`."""

    @abstractmethod
    def seal(self, request: Request, answer: object, forged: bool) -> Reply:
        """Sign the answer; `forged`: with a signature that doesn't fit."""

    def strike(self, kind: str, call: str, default: frozenset[str] | None = None) -> Fault | None:
        """The fault of `kind` that strikes this call now; of several, only the first waiting.

        `default`: the calls that a fault without the parameter `call` strikes (None: all).
        """

        def fits(fault: Fault) -> bool:
            if fault.params.get("provider", self.name) != self.name:
                return False
            wanted = fault.params.get("call")
            if wanted is None:
                return default is None or call in default
            return wanted == call

        for waiting in self.faults.active():
            if (waiting.device, waiting.kind) == (self.device, kind):
                if not fits(waiting):
                    return None
                break
        else:
            return None
        fault = self.faults.take(self.device, kind)
        if fault is None or fits(fault):
            return fault
        if fault.count is not None:  # chance spared the first and took another's: give it back
            self.faults.add(replace(fault, count=1))
        return None

    def connection_fault(self) -> str | None:
        """The kind of fault that keeps the next connection from coming about, or None."""
        with self.lock:
            for kind in ("unreachable", "tls_wrong"):
                if self.strike(kind, "") is not None:
                    return kind
        return None

    def handle(self, request: Request) -> tuple[Reply, float]:
        """The reply and how many seconds it is to take. LostAnswer when nobody will hear it."""
        with self.lock:
            call = self.call_of(request)
            if call is None:
                return Reply(HTTPStatus.NOT_FOUND), 0.0
            if (fault := self.strike("timeout_before_acting", call)) is not None:
                raise LostAnswer(fault.number("hold", 0.0))
            broken = self.strike("http_5xx", call)
            if broken is not None and broken.text("when", "before") == "before":
                return Reply(int(broken.number("status", 502))), 0.0
            answer = self.refuse(request)
            if answer is None:
                answer = self.act(request, call)
                if self.strike("duplicate", call, self.changing) is not None:
                    answer = self.act(request, call)
            if (fault := self.strike("timeout_after_acting", call, self.changing)) is not None:
                raise LostAnswer(fault.number("hold", 0.0))
            if broken is not None:
                return Reply(int(broken.number("status", 502))), 0.0
            forged = self.strike("bad_signature", call) is not None
            slow = self.strike("slow", call)
            delay = 0.0 if slow is None else slow.number("seconds", 5.0)
            return self.seal(request, answer, forged), delay

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = request_of(environ)
        if request is None:
            reply, delay = Reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE), 0.0
        else:
            reply, delay = self.handle(request)
        environ[DELAY_KEY] = delay
        status = HTTPStatus(reply.status)
        headers = list(reply.headers.items())
        if status != HTTPStatus.NO_CONTENT:
            headers.append(("Content-Length", str(len(reply.body))))
        start_response(f"{status.value} {status.phrase}", headers)
        return [reply.body]


def memory_edge(gateway: Gateway) -> WSGIApplication:
    """The gateway for callers in the same process: what hinders a connection is `NotReached`."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        kind = gateway.connection_fault()
        if kind is not None:
            raise NotReached(kind)
        return gateway(environ, start_response)

    return app


def request_of(environ: WSGIEnvironment) -> Request | None:
    """The request of a WSGI environment; None when its body is too large to be one of ours."""
    length = environ.get("CONTENT_LENGTH") or "0"
    size = int(length) if length.isdecimal() else 0
    if size > BODY_LIMIT:
        return None
    body: bytes = environ["wsgi.input"].read(size) if size else b""
    headers = {
        key[5:].replace("_", "-").lower(): str(value)
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }
    headers["content-type"] = str(environ.get("CONTENT_TYPE", ""))
    path = str(environ.get("PATH_INFO", "")).encode("latin-1").decode("utf-8", "replace")
    query = str(environ.get("QUERY_STRING", ""))
    target = environ.get("REQUEST_URI")
    if not isinstance(target, str) or not target:
        target = quote(path, safe="/:@!$&'()*+,;=-._~") + (f"?{query}" if query else "")
    return Request(str(environ["REQUEST_METHOD"]), path, query, target, headers, body)
