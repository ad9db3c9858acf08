"""IPP messages as the simulated printer reads and writes them, from RFC 8010, section 3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

OPERATION_GROUP, JOB_GROUP, END, PRINTER_GROUP, UNSUPPORTED_GROUP = 1, 2, 3, 4, 5
KINDS = {
    "unsupported": 0x10,
    "unknown": 0x12,
    "none": 0x13,
    "integer": 0x21,
    "boolean": 0x22,
    "enum": 0x23,
    "octets": 0x30,
    "date": 0x31,
    "resolution": 0x32,
    "range": 0x33,
    "text": 0x41,
    "name": 0x42,
    "keyword": 0x44,
    "uri": 0x45,
    "charset": 0x47,
    "language": 0x48,
    "mime": 0x49,
    # A collection is written as its pieces, one after the other.
    "open": 0x34,
    "member": 0x4A,
    "close": 0x37,
}

Values = list[tuple[int, bytes]]
Attributes = dict[str, Values]


class FrameError(ValueError):
    """The bytes are no IPP request; the text says why."""


@dataclass
class Request:
    """One request; `document` is what follows it."""

    version: bytes
    operation: int
    number: bytes
    groups: dict[int, Attributes] = field(default_factory=dict)
    document: bytes = b""

    def asked(self, name: str) -> Values:
        """An operation attribute's values."""
        return self.groups.get(OPERATION_GROUP, {}).get(name, [])

    def text(self, name: str, default: str = "") -> str:
        """The first value of an operation attribute, as text."""
        values = self.asked(name)
        return values[0][1].decode("utf-8", "replace") if values else default

    def texts(self, name: str) -> list[str]:
        return [raw.decode("utf-8", "replace") for _, raw in self.asked(name)]

    def number_of(self, name: str) -> int | None:
        values = self.asked(name)
        return int.from_bytes(values[0][1], "big", signed=True) if values else None

    def is_on(self, name: str) -> bool:
        values = self.asked(name)
        return bool(values) and values[0][1] == b"\x01"


def read(body: bytes) -> Request:
    """The request in an HTTP body. FrameError if there is none."""
    if len(body) < 9:
        raise FrameError("shorter than any request")
    request = Request(body[:2], int.from_bytes(body[2:4], "big"), body[4:8])
    at, group, last, depth = 8, None, "", 0
    while True:
        if at >= len(body):
            raise FrameError("it doesn't end")
        tag = body[at]
        at += 1
        if tag == END:
            request.document = body[at:]
            return request
        if tag < 0x10:
            group, last = request.groups.setdefault(tag, {}), ""
            continue
        name, at = _piece(body, at)
        value, at = _piece(body, at)
        if group is None:
            raise FrameError("an attribute outside of a group")
        if depth == 0:
            last = name.decode("utf-8", "replace") or last
            if not last:
                raise FrameError("a value without a name")
            # What is inside a collection isn't looked at: only that there is one.
            group.setdefault(last, []).append((tag, value))
        depth += (tag == KINDS["open"]) - (tag == KINDS["close"])


def _piece(body: bytes, at: int) -> tuple[bytes, int]:
    length = int.from_bytes(body[at : at + 2], "big")
    end = at + 2 + length
    if at + 2 > len(body) or end > len(body):
        raise FrameError("it breaks off")
    return body[at + 2 : end], end


def put(kind: str, *values: object) -> Values:
    """Values of one kind, as bytes."""
    return [(KINDS[kind], _raw(kind, value)) for value in values]


def _raw(kind: str, value: object) -> bytes:
    if kind in ("integer", "enum"):
        assert isinstance(value, int)
        return value.to_bytes(4, "big", signed=True)
    if kind == "boolean":
        return b"\x01" if value else b"\x00"
    if kind == "range":
        assert isinstance(value, tuple)
        return b"".join(_raw("integer", end) for end in value)
    return value if isinstance(value, bytes) else str(value).encode("utf-8")


def write(
    version: bytes,
    status: int,
    number: bytes,
    groups: Iterable[tuple[int, Mapping[str, Values]]],
) -> bytes:
    """An answer's bytes."""
    out = bytearray(version + status.to_bytes(2, "big") + number)
    for tag, attributes in groups:
        out.append(tag)
        for name, values in attributes.items():
            written = name.encode("ascii")
            for kind, raw in values:
                out.append(kind)
                out += len(written).to_bytes(2, "big") + written
                out += len(raw).to_bytes(2, "big") + raw
                written = b""
    out.append(END)
    return bytes(out)
