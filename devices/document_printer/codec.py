"""IPP messages: bytes ⇄ values, without I/O.

A message is the whole body of an HTTP request or answer, so there is no stream to find it in: half
a body is no message. Whatever the bytes are, nothing is raised, no more than `MOST` of them are
looked at, and each is looked at once.
Source: RFC 8010, 3.1 to 3.9; 3.1.6 and 3.1.7 for collections.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from devices.document_printer import values as v

MOST = 1 << 20
"""A longer body is no answer of a printer."""
DEEPEST = 8
"""Collections inside collections inside ..."""
_DELIMITERS = range(0x10)


class _BadError(Exception):
    """The bytes are no message; says why, and where that shows."""

    def __init__(self, why: str, at: int) -> None:
        super().__init__(why)
        self.why, self.at = why, at


def decode(body: bytes) -> v.Message | v.Unreadable:
    """The message that ``body`` begins with."""
    if len(body) > MOST:
        return v.Unreadable("too long", MOST)
    try:
        return _Reader(body).message()
    except _BadError as bad:
        return v.Unreadable(bad.why, bad.at)


class _Reader:
    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def message(self) -> v.Message:
        if len(self._body) < 9:
            raise _BadError("too short", len(self._body))
        major, minor, code, request_id = struct.unpack_from(">BBHi", self._body)
        if major not in (1, 2):
            raise _BadError("another version", 0)
        self._at = 8
        groups: list[v.Group] = []
        tag = self._byte()
        while tag != v.END:
            if tag not in _DELIMITERS:
                raise _BadError("a value outside of a group", self._at - 1)
            attributes, following = self._attributes()
            groups.append(v.Group(tag, attributes))
            tag = following
        rest = len(self._body) - self._at
        return v.Message((major, minor), code, request_id, tuple(groups), rest)

    def _attributes(self) -> tuple[tuple[v.Attribute, ...], int]:
        """The attributes up to the next delimiter, and that delimiter."""
        found: list[tuple[str, list[v.Value]]] = []
        while (tag := self._byte()) not in _DELIMITERS:
            name = self._text(self._field())
            value = self._value(tag, self._field(), 0)
            if name:
                found.append((name, [value]))
            elif found:
                found[-1][1].append(value)
            else:
                raise _BadError("a further value of nothing", self._at)
        return _closed(found), tag

    def _value(self, tag: int, raw: bytes, depth: int) -> v.Value:
        if tag == v.BEGIN_COLLECTION:
            return v.Value(tag, self._collection(depth + 1))
        return v.Value(tag, _data(tag, raw))

    def _collection(self, depth: int) -> v.Collection:
        if depth > DEEPEST:
            raise _BadError("collections too deep", self._at)
        found: list[tuple[str, list[v.Value]]] = []
        while (tag := self._byte()) != v.END_COLLECTION:
            if tag in _DELIMITERS:
                raise _BadError("a collection that doesn't end", self._at - 1)
            self._field()
            raw = self._field()
            if tag == v.MEMBER_NAME:
                found.append((self._text(raw), []))
            elif found:
                found[-1][1].append(self._value(tag, raw, depth))
            else:
                raise _BadError("a member without a name", self._at)
        self._field()
        self._field()
        return v.Collection(_closed(found))

    def _byte(self) -> int:
        if self._at >= len(self._body):
            raise _BadError("cut off", self._at)
        self._at += 1
        return self._body[self._at - 1]

    def _field(self) -> bytes:
        """Two bytes of length, and so many bytes."""
        begin = self._at + 2
        end = begin + int.from_bytes(self._body[self._at : begin], "big")
        if begin > len(self._body) or end > len(self._body):
            raise _BadError("cut off", self._at)
        self._at = end
        return self._body[begin:end]

    @staticmethod
    def _text(raw: bytes) -> str:
        return raw.decode("utf-8", "replace")


def _closed(found: list[tuple[str, list[v.Value]]]) -> tuple[v.Attribute, ...]:
    return tuple(v.Attribute(name, tuple(values)) for name, values in found)


def _data(tag: int, raw: bytes) -> v.Data:
    """What the bytes of one value mean; the bytes themselves where they fit nothing."""
    if tag in v.OUT_OF_BAND:
        return None
    if tag in v.STRINGS:
        return raw.decode("utf-8", "replace")
    if tag in (v.INTEGER, v.ENUM) and len(raw) == 4:
        return int.from_bytes(raw, "big", signed=True)
    if tag == v.BOOLEAN and raw in (b"\0", b"\1"):
        return raw == b"\1"
    if tag == v.RANGE and len(raw) == 8:
        return v.Range(*struct.unpack(">ii", raw))
    if tag == v.RESOLUTION and len(raw) == 9:
        return v.Resolution(*struct.unpack(">iib", raw))
    if tag == v.DATE_TIME and len(raw) == 11:
        return v.Moment(raw)
    if tag in (v.TEXT_LANGUAGE, v.NAME_LANGUAGE):
        return _spoken(raw)
    return raw


def _spoken(raw: bytes) -> v.Spoken | bytes:
    """Language and text, each with its own length in front (3.9)."""
    parts: list[str] = []
    at = 0
    for _ in range(2):
        end = at + 2 + int.from_bytes(raw[at : at + 2], "big")
        if at + 2 > len(raw) or end > len(raw):
            return raw
        parts.append(raw[at + 2 : end].decode("utf-8", "replace"))
        at = end
    return v.Spoken(*parts) if at == len(raw) else raw


def encode(message: v.Message) -> bytes:
    """The message's bytes. ValueError for what has no form: a text too long, a huge number."""
    major, minor = message.version
    try:
        out = [struct.pack(">BBHi", major, minor, message.code, message.request_id)]
        for group in message.groups:
            out.append(bytes((group.tag,)))
            for attribute in group.attributes:
                out += _attribute(attribute.name, attribute.values)
    except struct.error as error:
        raise ValueError(f"no IPP value: {error}") from error
    return b"".join((*out, bytes((v.END,))))


def _attribute(name: str, values: Iterable[v.Value]) -> list[bytes]:
    out: list[bytes] = []
    for value in values:
        out += _encoded(value, name)
        name = ""
    return out


def _encoded(value: v.Value, name: str = "") -> list[bytes]:
    head = bytes((value.tag,)) + _sized(name.encode("utf-8"))
    if not isinstance(value.data, v.Collection):
        return [head + _sized(_raw(value))]
    out = [head + _sized(b"")]
    for member in value.data.members:
        out += _encoded(v.Value(v.MEMBER_NAME, member.name))
        for inner in member.values:
            out += _encoded(inner)
    return [*out, bytes((v.END_COLLECTION,)) + bytes(4)]


def _raw(value: v.Value) -> bytes:
    match value.data:
        case None:
            return b""
        case bool(data):
            return bytes((data,))
        case int(data):
            return struct.pack(">i", data)
        case str(data):
            return data.encode("utf-8")
        case bytes(data):
            return data
        case v.Range(low, high):
            return struct.pack(">ii", low, high)
        case v.Resolution(across, along, unit):
            return struct.pack(">iib", across, along, unit)
        case v.Moment(raw):
            return raw
        case v.Spoken(language, text):
            return _sized(language.encode("utf-8")) + _sized(text.encode("utf-8"))
    raise ValueError(f"{value.data!r} is no value")


def _sized(raw: bytes) -> bytes:
    return struct.pack(">H", len(raw)) + raw
