"""What is asked of and said by the document printer, with nothing of anybody in it.

A printer's answers may hold other people's names, titles of documents, places and addresses. Only
what is a number, a switch or a word of the protocol's own lists is kept, and the names that this
program gave to its own jobs, the model and the paper trays; every other text becomes one of the
same length, so that the message keeps its form. Documents never come here. Bytes that are no
message are noted by their length.
Source: Design, "Devices" (recordings hold same-length synthetic values).
"""

from __future__ import annotations

import re
from dataclasses import replace

from devices.document_printer import messages as m
from devices.document_printer import values as v
from devices.document_printer.codec import decode, encode
from devices.trace import Direction, Note

_OWN_NAME = re.compile(r"cabin-[0-9A-Za-z-]{1,40}")
_KEPT = frozenset((v.KEYWORD, v.CHARSET, v.LANGUAGE, v.MIME, v.MEMBER_NAME, v.URI_SCHEME))
_KEPT_NAMES = frozenset(("printer-make-and-model", "printer-input-tray", "status-message"))


class IppScribe:
    """A scribe for both directions (`devices.trace.Scribe`): each call brings a whole message."""

    def feed(self, direction: Direction, data: bytes) -> list[Note]:
        """A note for this message."""
        message = decode(data)
        if isinstance(message, v.Unreadable):
            return [Note(direction, len(data), None, f"no message: {message.why}")]
        meaning = _meaning(direction, message)
        clean = replace(message, groups=tuple(_group(x) for x in message.groups))
        try:
            kept = encode(clean)
        except ValueError:
            kept = b""
        if len(kept) + message.rest != len(data):
            # It isn't written as we would write it: what was replaced may not lie where it did.
            return [Note(direction, len(data), None, meaning)]
        return [Note(direction, len(data), kept + bytes(message.rest), meaning)]

    def flush(self) -> list[Note]:
        """Everything has been noted."""
        return []


def _meaning(direction: Direction, message: v.Message) -> str:
    if direction is Direction.OUT:
        return m.OPERATIONS.get(message.code, f"operation {message.code:#06x}")
    found = [
        f"job {job.job_id} {m.JOB_STATES.get(job.state or 0, 'in no state')}"
        for job in m.jobs(message)
    ]
    state = message.group(v.PRINTER).whole("printer-state")
    if state is not None:
        found.append(f"printer state {state}")
    return ", ".join((f"status {message.code:#06x}", *found))


def _group(group: v.Group) -> v.Group:
    return v.Group(group.tag, tuple(_attribute(x) for x in group.attributes))


def _attribute(attribute: v.Attribute) -> v.Attribute:
    if attribute.name in _KEPT_NAMES and all(_is_plain(x) for x in attribute.values):
        return attribute
    return replace(attribute, values=tuple(_value(x) for x in attribute.values))


def _is_plain(value: v.Value) -> bool:
    return isinstance(value.data, str | bytes) and value.data.isascii()


def _value(value: v.Value) -> v.Value:
    match value.data:
        case str(text) if value.tag not in _KEPT and not _OWN_NAME.fullmatch(text):
            return replace(value, data="x" * len(text.encode("utf-8")))
        case bytes(raw):
            return replace(value, data=b"x" * len(raw))
        case v.Spoken(language, text):
            return replace(value, data=v.Spoken(language, "x" * len(text.encode("utf-8"))))
        case v.Collection(members):
            return replace(value, data=v.Collection(tuple(_attribute(x) for x in members)))
    return value
