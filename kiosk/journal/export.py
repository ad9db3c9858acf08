"""Rows for somebody else: everything but the personal fields, and the chain still verifies.

One JSON object a line, UTF-8. The first line says what the file is::

    {"kiosk_journal_export": 1, "epoch": 1, "rows": 7, "head": "…", "anchor": {"rows": 7, …}}

Every other line is a row: ``seq epoch at stream kind body sealed_sha256 digest program hash``.
``body`` is text (JSON inside) and must be taken as it stands. ``sealed_sha256`` is the SHA-256 of
the encrypted personal fields, which are left out, or null.

To verify: ``hash`` of each row is the SHA-256, in hexadecimal, of the JSON array ::

    [previous hash, seq, epoch, at, stream, kind, body, sealed_sha256, digest, program]

written in UTF-8 without spaces and without escaping what needs none (Python:
``json.dumps(…, separators=(",", ":"), ensure_ascii=False)``). The hash before the first row is 64
zeros; ``seq`` counts 1, 2, 3 …; the last hash is ``head``. ``digest`` is keyed with the order's own
key and can be checked by the cabin alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from kiosk.journal.rows import Row, sealed_sha256
from kiosk.journal.store import Store

FORMAT = 1


def export(store: Store) -> Iterator[str]:
    """Yield the lines of an export, without line ends."""
    anchor = store.anchor()
    with store.db:  # one view, while the kiosk goes on
        query = "SELECT seq, hash, epoch FROM rows ORDER BY seq DESC LIMIT 1"
        rows, head, epoch = store.db.execute(query).fetchone() or (0, store.head_hash, store.epoch)
        known = dict(zip(("epoch", "rows", "head"), anchor, strict=True)) if anchor else None
        first = {"kiosk_journal_export": FORMAT, "epoch": epoch, "rows": rows, "head": head}
        yield _line({**first, "anchor": known})
        for row in store.rows():
            yield _line(_public(row))


def _public(row: Row) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "epoch": row.epoch,
        "at": row.at,
        "stream": row.stream,
        "kind": row.kind,
        "body": row.body,
        "sealed_sha256": sealed_sha256(row.sealed),
        "digest": row.digest,
        "program": row.program,
        "hash": row.hash,
    }


def _line(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value).decode()
