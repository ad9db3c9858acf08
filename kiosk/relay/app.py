"""The relay as a WSGI application: what is answered to phones and to kiosks. RELAY.md.

It reads no body before it knows that somebody may send one. Nothing personal is logged: no file,
no name, no address of a slot, no client address.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kiosk.documents.codes import kind_of
from kiosk.relay import page, signing, upload
from kiosk.relay.rates import Nonces, Rate
from kiosk.relay.slots import SlotRefusedError, Slots, SlotState

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_log = logging.getLogger(__name__)
_PHONE = re.compile(r"/u/([A-Za-z0-9_-]{22})")
_SLOT = re.compile(r"/v1/slots/([A-Za-z0-9_-]{22})(/fetch)?")
_NONCE = re.compile(r"[0-9a-f]{32}")
_STAMP = re.compile(r"[0-9]{1,15}")
_SIGNED_BODY_MAX = 4096
REQUESTS_A_MINUTE = 60

Answer = tuple[str, tuple[tuple[str, str], ...], bytes]
_JSON = (("Content-Type", "application/json"), ("Cache-Control", "no-store"))


class Relay:
    """`keys` by cabin. `public_url`: what phones call it. `opened` hears every new address."""

    def __init__(
        self,
        keys: Mapping[str, bytes],
        public_url: str,
        slots: Slots,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        opened: Callable[[str], None] = lambda _url: None,
    ) -> None:
        self._keys, self._url, self.slots, self._opened = keys, public_url, slots, opened
        self._wall = wall
        self._rate = Rate(monotonic, REQUESTS_A_MINUTE, 60.0)
        self._nonces = Nonces(monotonic, 2.0 * signing.MAX_SKEW_S)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, method = str(environ.get("PATH_INFO", "")), str(environ.get("REQUEST_METHOD", ""))
        status, headers, body = self._answer(path, method, environ)
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [b"" if method == "HEAD" else body]

    def _answer(self, path: str, method: str, environ: WSGIEnvironment) -> Answer:
        if path.startswith("/v1/"):
            return self._kiosk(path, method, environ)
        if not self._rate.allows(str(environ.get("REMOTE_ADDR", ""))):
            return self._page("too_often")
        found = _PHONE.fullmatch(path)
        if found is None:
            return self._page("gone")
        return self._phone(found[1], method, environ)

    # --- phones

    def _phone(self, token: str, method: str, environ: WSGIEnvironment) -> Answer:
        seen = self.slots.look(token)
        if seen is None:
            return self._page("gone")
        if method in ("GET", "HEAD"):
            if seen.state is SlotState.READY:
                return self._page("busy")
            return "200 OK", page.HEADERS, page.form(self.slots.limits.file_max)
        if method != "POST":
            return self._page("gone")
        try:
            self._receive(token, environ)
        except (SlotRefusedError, upload.UploadError) as refused:
            return self._page(refused.why)
        return self._page("done")

    def _receive(self, token: str, environ: WSGIEnvironment) -> None:
        length = _length(environ)
        if length is None:
            raise upload.UploadError("broken")
        most = self.slots.limits.file_max
        # The file's own size is known only at its end; the form's is enough to plan with.
        self.slots.receive(token, max(0, length - upload.OVERHEAD_MAX))
        try:
            boundary = upload.boundary_of(str(environ.get("CONTENT_TYPE", "")))
            if boundary is None:
                raise upload.UploadError("broken")
            name, data = upload.read_file(environ["wsgi.input"].read, length, boundary, most)
            if kind_of(data) is None:
                raise upload.UploadError("unsupported")
            self.slots.received(token, name, data)
        except OSError as error:  # the phone went away, or took too long
            raise upload.UploadError("broken") from error
        finally:
            self.slots.broken_off(token)  # does nothing when all went well

    def _page(self, word: str) -> Answer:
        status, body = page.said(word, self.slots.limits.file_max)
        return status, page.HEADERS, body

    # --- kiosks

    def _kiosk(self, path: str, method: str, environ: WSGIEnvironment) -> Answer:
        cabin = self._who(path, method, environ)
        if cabin is None:
            if not self._rate.allows(str(environ.get("REMOTE_ADDR", ""))):
                return _json("429 Too Many Requests", {"error": "too_often"})
            return _json("403 Forbidden", {"error": "not signed by a cabin that is known here"})
        try:
            if (method, path) == ("POST", "/v1/slots"):
                return self._open(cabin)
            found = _SLOT.fullmatch(path)
            if found is None:
                return _json("404 Not Found", {"error": "gone"})
            match method, found[2]:
                case "GET", None:
                    return self._look(found[1], cabin)
                case "POST", "/fetch":
                    data = self.slots.take(found[1], cabin)
                    return "200 OK", (("Content-Type", "application/octet-stream"),), data
                case "DELETE", None:
                    self.slots.drop(found[1], cabin)
                    return _json("200 OK", {})
        except SlotRefusedError as refused:
            status = {"too_many": "429 Too Many Requests", "empty": "409 Conflict"}
            return _json(status.get(refused.why, "404 Not Found"), {"error": refused.why})
        return _json("405 Method Not Allowed", {"error": "no such request"})

    def _open(self, cabin: str) -> Answer:
        token = self.slots.open(cabin)
        url = f"{self._url}/u/{token}"
        self._opened(url)
        _log.info("an address was opened for cabin %s", cabin)
        limits = self.slots.limits
        return _json(
            "200 OK",
            {
                "token": token,
                "url": url,
                "expires_s": int(limits.life_s),
                "bytes_max": limits.file_max,
            },
        )

    def _look(self, token: str, cabin: str) -> Answer:
        seen = self.slots.look(token, cabin)
        if seen is None:
            return _json("404 Not Found", {"error": "gone"})
        if seen.state is not SlotState.READY:
            return _json("200 OK", {"state": seen.state})
        return _json("200 OK", {"state": seen.state, "name": seen.name, "size": seen.size})

    def _who(self, path: str, method: str, environ: WSGIEnvironment) -> str | None:
        """The cabin that signed this request, if one did."""
        cabin, stamp, nonce, signed = (
            str(environ.get(f"HTTP_X_{name}", ""))
            for name in ("CABIN", "TIMESTAMP", "NONCE", "SIGNATURE")
        )
        key = self._keys.get(cabin)
        length = _length(environ, 0)
        if key is None or not _STAMP.fullmatch(stamp) or not _NONCE.fullmatch(nonce):
            return None
        if length is None or length > _SIGNED_BODY_MAX or environ.get("QUERY_STRING"):
            return None
        try:
            body = environ["wsgi.input"].read(length) if length else b""
        except OSError:
            return None
        if not signing.same(signing.signature(key, method, path, stamp, nonce, body), signed):
            return None
        if abs(int(stamp) / 1000 - self._wall()) > signing.MAX_SKEW_S:
            return None
        # Last: only who has the key may fill this memory.
        return cabin if self._nonces.fresh(nonce) else None


def _length(environ: WSGIEnvironment, default: int | None = None) -> int | None:
    """Content-Length; None when it is missing, wrong, or the body comes in pieces."""
    text = str(environ.get("CONTENT_LENGTH") or "")
    if environ.get("HTTP_TRANSFER_ENCODING"):
        return None
    if not text:
        return default
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None


def _json(status: str, words: Mapping[str, Any]) -> Answer:
    return status, _JSON, json.dumps(words).encode()
