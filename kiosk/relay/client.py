"""The kiosk's side of the relay. Every call asks once; nothing is repeated behind anybody's back.

What nobody knows is said: an answer to `fetch` that doesn't arrive is `Lost`, for the relay has
forgotten the file then; the phone has to send it again.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.documents import names
from kiosk.gateways.http import HttpAnswer, HttpClient
from kiosk.gateways.settings import RelaySettings
from kiosk.gateways.signing import random_hex
from kiosk.gateways.types import NoAnswer, Reason
from kiosk.relay import signing

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

_OK, _FORBIDDEN, _NOT_FOUND, _CONFLICT, _TOO_MANY = 200, 403, 404, 409, 429
_TOKEN_LENGTH = 22
_URL_MAX = 200
_LIFE_MAX_S = 3600


@dataclass(frozen=True, slots=True)
class Slot:
    """An address for one file. `url` is what the QR code holds; both are secrets of the visit."""

    token: str = field(repr=False)
    url: str = field(repr=False)
    expires_s: int
    bytes_max: int


class Waiting(Enum):
    """Nothing to fetch yet."""

    FOR_PHONE = auto()
    RECEIVING = auto()


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file is there. `name` is fit for the screen; `size` in bytes."""

    name: str = field(repr=False)
    size: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """The file is in the visit's folder; `size` in bytes."""

    size: int


@dataclass(frozen=True, slots=True)
class Gone:
    """The relay knows no such address (any more)."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The relay may have given the file away, and it isn't here: it must be sent again."""


@dataclass(frozen=True, slots=True)
class NotYet:
    """There was nothing to fetch, and nothing is lost."""


class RelayClient:
    """Blocking calls for a lane of their own. `adapter` stands in for the network."""

    def __init__(
        self,
        settings: RelaySettings,
        *,
        adapter: Callable[[], BaseAdapter] | None = None,
        wall: Callable[[], float] = time.time,
        nonce: Callable[[], str] = random_hex,
    ) -> None:
        """Raises ValueError if the address is not https."""
        self._http = HttpClient(
            settings.base_url,
            settings.ca_file,
            settings.connect_timeout,
            settings.read_timeout,
            adapter=adapter,
        )
        self._settings, self._wall, self._nonce = settings, wall, nonce

    def open(self) -> Slot | NoAnswer:
        """A new address. After NoAnswer just ask again: one that nobody heard of expires."""
        answer = self._send("POST", "/v1/slots")
        if isinstance(answer, NoAnswer):
            return answer
        if answer.status == _TOO_MANY:
            return NoAnswer(Reason.TOO_OFTEN)
        told = _object(answer)
        match told:
            case {
                "token": str(token),
                "url": str(url),
                "expires_s": int(life),
                "bytes_max": int(most),
            } if (
                len(token) == _TOKEN_LENGTH
                and url.startswith("https://")
                and len(url) <= _URL_MAX
                and 0 < life <= _LIFE_MAX_S
                and most > 0
            ):
                return Slot(token, url, life, most)
        return _useless(answer)

    def look(self, slot: Slot) -> Waiting | Arrived | Gone | NoAnswer:
        """How it stands. May be asked as often as wanted, a second or two apart."""
        answer = self._send("GET", f"/v1/slots/{slot.token}")
        if isinstance(answer, NoAnswer):
            return answer
        if answer.status == _NOT_FOUND:
            return Gone()
        match _object(answer):
            case {"state": "waiting"}:
                return Waiting.FOR_PHONE
            case {"state": "receiving"}:
                return Waiting.RECEIVING
            case {"state": "ready", "name": str(name), "size": int(size)} if size > 0:
                # Some phones send a path.
                return Arrived(names.shown(name.replace("\\", "/").rpartition("/")[2]), size)
        return _useless(answer)

    def fetch(self, slot: Slot, to: Path) -> Fetched | NotYet | Gone | Lost | NoAnswer:
        """Take the file into the visit's folder; `to` is whole or not there.

        NoAnswer: nothing left us, the file is still there. Raises OSError if `to` can't be
        written; the file is lost then, too.
        """
        path = f"/v1/slots/{slot.token}/fetch"
        answer = self._send("POST", path, max_body=slot.bytes_max)
        if isinstance(answer, NoAnswer):
            return Lost() if answer.sent else answer
        if answer.status == _NOT_FOUND:
            return Gone()
        if answer.status == _CONFLICT:
            return NotYet()
        if answer.status in (_FORBIDDEN, _TOO_MANY):
            return NoAnswer(Reason.REFUSED, sent=False, detail=str(answer.status))
        length = answer.headers.get("content-length", "")
        if answer.status != _OK or not answer.body or length != str(len(answer.body)):
            return Lost()
        return _written(answer.body, to)

    def drop(self, slot: Slot) -> bool:
        """The visit is over: whatever lies there is forgotten. False: nobody knows; it expires."""
        answer = self._send("DELETE", f"/v1/slots/{slot.token}")
        return isinstance(answer, HttpAnswer) and answer.status == _OK

    def _send(self, method: str, path: str, *, max_body: int = 64 << 10) -> HttpAnswer | NoAnswer:
        try:
            key = signing.read_key(self._settings.key)
        except signing.KeyFileError:
            return NoAnswer(Reason.KEY_UNREADABLE, sent=False)
        stamp, nonce = str(int(self._wall() * 1000)), self._nonce()
        headers = {
            "X-Cabin": self._settings.cabin,
            "X-Timestamp": stamp,
            "X-Nonce": nonce,
            "X-Signature": signing.signature(key, method, path, stamp, nonce, b""),
        }
        return self._http.send(method, path, headers, b"", max_body=max_body)


def _written(data: bytes, to: Path) -> Fetched:
    fresh = False
    try:
        with to.open("xb") as file:
            fresh = True
            os.fchmod(file.fileno(), 0o600)
            file.write(data)
    except OSError:
        if fresh:
            to.unlink(missing_ok=True)
        raise
    return Fetched(len(data))


def _object(answer: HttpAnswer) -> object:
    if answer.status != _OK:
        return None
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def _useless(answer: HttpAnswer) -> NoAnswer:
    if answer.status == _FORBIDDEN:
        return NoAnswer(Reason.REFUSED, detail=str(answer.status))
    if answer.status != _OK:
        return NoAnswer(Reason.HTTP_STATUS, detail=str(answer.status))
    return NoAnswer(Reason.GARBAGE)
