"""Rows of the journal: an event as text, its seal, and the hash that chains it."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from typing import Any, get_type_hints

import msgspec

from kiosk import seal
from kiosk.core.events import ORDER_EVENTS, OrderEvent
from kiosk.core.order import Order
from kiosk.journal.canonical import canonical

GENESIS = "0" * 64
CABIN = "CABIN"
"""The stream of rows that belong to no order."""

_KINDS: dict[str, type[OrderEvent]] = {x.__name__: x for x in ORDER_EVENTS}


@dataclass(frozen=True, slots=True)
class Row:
    """One row as stored. ``at`` is milliseconds of wall time, ``hash`` SHA-256 over the rest."""

    seq: int
    epoch: int
    at: int
    stream: str
    kind: str
    body: str
    sealed: bytes | None
    digest: str
    program: str
    hash: str

    def expected_hash(self, previous: str) -> str:
        """Return what ``hash`` must be after a row whose hash is ``previous``.

        The ciphertext enters by its own hash, so that the chain can be checked by somebody who
        was given everything but the sealed fields (``kiosk journal export``).
        """
        return chain_hash(
            previous,
            self.seq,
            self.epoch,
            self.at,
            self.stream,
            self.kind,
            self.body,
            sealed_sha256(self.sealed),
            self.digest,
            self.program,
        )


def sealed_sha256(sealed: bytes | None) -> str | None:
    """Return the SHA-256 of a ciphertext, which stands for it in the chain and in exports."""
    return None if sealed is None else hashlib.sha256(sealed).hexdigest()


def chain_hash(previous: str, *fields: str | int | None) -> str:
    """Return the hash of a row: SHA-256 of a JSON array without spaces, in UTF-8.

    ``fields``: seq, epoch, at, stream, kind, body, sealed_sha256, digest, program.
    """
    return hashlib.sha256(msgspec.json.encode((previous, *fields))).hexdigest()


def _flat(kind: type[OrderEvent]) -> bool:
    """Whether all fields of an event are plain and none is personal: such a one needs no walk."""
    hints = get_type_hints(kind)
    return all(
        isinstance(hints[x.name], type)
        and issubclass(hints[x.name], str | int)
        and not x.metadata.get("personal")
        for x in dataclasses.fields(kind)
    )


_FLAT = frozenset(x.__name__ for x in ORDER_EVENTS if _flat(x))


def encode(event: OrderEvent, key: bytes | None) -> tuple[str, str, bytes | None]:
    """Return kind, public body and sealed personal fields of an event.

    Without a key (it was forgotten, as it should be) personal fields are not written at all.
    """
    kind = type(event).__name__
    if kind in _FLAT:
        return kind, msgspec.json.encode(event).decode(), None
    plain, secrets = seal.split(event)
    sealed = seal.encrypt(secrets, key, event.order_id.encode()) if secrets and key else None
    return kind, msgspec.json.encode(plain).decode(), sealed


def decode(row: Row, key: bytes | None) -> OrderEvent:
    """Return the event of a row; without the key its personal fields hold ``seal.GONE``.

    Raises ValueError if the row holds no known event or its seal doesn't open.
    """
    kind = _KINDS.get(row.kind)
    if kind is None:
        raise ValueError(f"row {row.seq}: unknown kind {row.kind!r}")
    plain: Any = msgspec.json.decode(row.body)
    if row.sealed and key:
        seal.join(plain, seal.decrypt(row.sealed, key, row.stream.encode()))
    try:
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"row {row.seq}: {error}") from error


def digest(order: Order, key: bytes) -> str:
    """Return the keyed digest of a state: equal states, equal digests, and no way back."""
    return hashlib.blake2b(canonical(order), key=key[:32], digest_size=16).hexdigest()
