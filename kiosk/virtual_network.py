"""What a virtual cabin has on its network: the document printer's HTTP, and the upload relay.

The relay is the project's own application, asked in memory; a phone speaks to it as a browser does.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from devices.control import AddressRequest, Answer, HttpAnswer, HttpRequest, Request
from kiosk.relay import signing
from kiosk.relay.app import Relay
from kiosk.relay.slots import Slots
from sim.clock import VirtualClock
from sim.devices.document_ipp import Reply
from sim.devices.model import ActionError
from sim.files import SAMPLES
from sim.gateways.relay import CABIN
from sim.gateways.transport import LostAnswer, NotReached
from sim.virtual import VirtualCabin

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from requests.adapters import BaseAdapter

_URI = b"ipp://printer.invalid/ipp/print"
_URL = "https://relay.invalid"


class VirtualNetwork:
    """Carries a driver's requests to the simulated printer and brings the answers back."""

    def __init__(self, cabin: VirtualCabin) -> None:
        self._cabin = cabin
        self._came: list[tuple[Request, Answer]] = []
        self._pending: dict[int, tuple[float, HttpRequest]] = {}

    def post(self, requests: Iterable[Request]) -> bool:
        """Send these; True if there were any."""
        any_sent = False
        for request in requests:
            any_sent = True
            if isinstance(request, AddressRequest):
                self._came.append((request, _URI))
            elif isinstance(request, HttpRequest):
                self._ask(request)
        return any_sent

    @property
    def has_answers(self) -> bool:
        """Whether `came` has something to give, time-outs apart."""
        return bool(self._came)

    def came(self) -> list[tuple[Request, Answer]]:
        """What has been answered since, or has taken too long."""
        now = self._cabin.clock.monotonic()
        for number, (by, request) in list(self._pending.items()):
            if now >= by:
                del self._pending[number]
                self._came.append((request, HttpAnswer(0, reason="no_answer")))
        came, self._came = self._came, []
        return came

    def next_due(self) -> float | None:
        """When the first unanswered request is given up."""
        return min((by for by, _ in self._pending.values()), default=None)

    def _ask(self, request: HttpRequest) -> None:
        document = request.document or b""
        if isinstance(document, str):
            try:
                document = Path(document).read_bytes()
            except OSError:
                self._came.append((request, HttpAnswer(0, reason="no_document", sent=False)))
                return
        if not self._cabin.connected("document_printer"):
            self._came.append((request, HttpAnswer(0, reason="refused", sent=False)))
            return
        self._pending[request.number] = (self._cabin.clock.monotonic() + request.read_s, request)
        self._cabin.post(request.body + document, partial(self._hear, request))

    def _hear(self, request: HttpRequest, reply: Reply | None) -> None:
        if self._pending.pop(request.number, None) is None:
            return
        answer = HttpAnswer(0, reason="broken")
        if reply is not None and reply.cut is None:
            answer = HttpAnswer(reply.status, reply.content_type, reply.body)
        self._came.append((request, answer))


class VirtualRelay:
    """`urls`: the addresses opened, oldest first. ``there``: it can be reached.

    ``loses_fetch``: the file that the kiosk fetches gets lost on its way.
    """

    def __init__(self, clock: VirtualClock, key: Path) -> None:
        self.urls: list[str] = []
        self.there, self.loses_fetch = True, False
        self.slots = Slots(clock.monotonic)
        self._relay = Relay(
            {CABIN: signing.read_key(key)},
            _URL,
            self.slots,
            monotonic=clock.monotonic,
            wall=clock.time,
            opened=self.urls.append,
        )

    def adapter(self, wait: Callable[[float], None]) -> Callable[[], BaseAdapter]:
        """The way to it for the kiosk's client."""

        def make() -> BaseAdapter:
            from kiosk.gateways.transport import WsgiAdapter

            return WsgiAdapter(
                self._kiosk, not_reached=(NotReached,), lost=(LostAnswer,), wait=wait
            )

        return make

    def _kiosk(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self.there:
            raise NotReached
        answer = self._relay(environ, start_response)
        if self.loses_fetch and str(environ.get("PATH_INFO", "")).endswith("/fetch"):
            raise LostAnswer
        return answer

    def act(self, name: str) -> dict[str, object]:
        """As the bench's phone: ``plug`` and ``unplug`` are the relay's own cable, else a sample is
        sent to the newest address.
        """
        if name in ("plug", "unplug"):
            self.there = name == "plug"
            return {}
        file, _, _, make = SAMPLES[name]
        if not self.there:
            raise ActionError("the relay doesn't answer")
        return {"status": self.upload(file, make())}

    def upload(self, name: str, data: bytes, url: str = "") -> int:
        """A phone sends a file to the newest address, or to this one; the HTTP status."""
        boundary = secrets.token_hex(12)
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"'
        body = f"{head}\r\n\r\n".encode() + data + f"\r\n--{boundary}--\r\n".encode()
        said: list[int] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], info: object = None
        ) -> Callable[[bytes], object]:
            del headers, info
            said.append(int(status.split()[0]))
            return lambda _data: None

        environ: dict[str, Any] = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": urlsplit(url or self.urls[-1]).path,
            "CONTENT_TYPE": f"multipart/form-data; boundary={boundary}",
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_ADDR": "192.0.2.7",
            "wsgi.input": io.BytesIO(body),
        }
        self._relay(environ, start_response)
        return said[0]
