"""What an IPP message is made of: tags, values, attributes, groups.

Source: RFC 8010, 3.5 (tags) and 3.9 (how each value is written).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

# Delimiters (3.5.1).
OPERATION, JOB, END, PRINTER, UNSUPPORTED = 0x01, 0x02, 0x03, 0x04, 0x05

# Out-of-band values (3.5.2): the attribute has no value, and why.
NO_VALUE = 0x13
OUT_OF_BAND = range(0x10, 0x20)

# Values (3.5.2).
INTEGER, BOOLEAN, ENUM = 0x21, 0x22, 0x23
OCTETS, DATE_TIME, RESOLUTION, RANGE = 0x30, 0x31, 0x32, 0x33
BEGIN_COLLECTION, TEXT_LANGUAGE, NAME_LANGUAGE, END_COLLECTION = 0x34, 0x35, 0x36, 0x37
TEXT, NAME, KEYWORD, URI, URI_SCHEME = 0x41, 0x42, 0x44, 0x45, 0x46
CHARSET, LANGUAGE, MIME, MEMBER_NAME = 0x47, 0x48, 0x49, 0x4A
STRINGS = frozenset((TEXT, NAME, KEYWORD, URI, URI_SCHEME, CHARSET, LANGUAGE, MIME, MEMBER_NAME))


@dataclass(frozen=True, slots=True)
class Range:
    """Both ends belong to it."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Resolution:
    """``unit``: 3 dots an inch, 4 dots a centimetre."""

    across: int
    along: int
    unit: int


@dataclass(frozen=True, slots=True)
class Moment:
    """A dateTime: the eleven bytes of RFC 2579's DateAndTime, as they came."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text or a name together with its language."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Collection:
    """Attributes inside a value."""

    members: tuple[Attribute, ...]


Data = int | bool | str | bytes | Range | Resolution | Moment | Spoken | Collection | None
"""``None`` is an out-of-band value; ``bytes`` an octetString, and a value whose length or tag isn't
known: nothing is made of it."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value with the tag that says what it is."""

    tag: int
    data: Data


@dataclass(frozen=True, slots=True)
class Attribute:
    """A name and its values, one or more (1setOf)."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Attributes behind one delimiter."""

    tag: int
    attributes: tuple[Attribute, ...]

    def find(self, name: str) -> tuple[Data, ...]:
        """The values of an attribute that have one; () if there is none of that name."""
        for attribute in self.attributes:
            if attribute.name == name:
                return tuple(x.data for x in attribute.values if x.tag not in OUT_OF_BAND)
        return ()

    def whole(self, name: str) -> int | None:
        """Its first value if that is a number (integer or enum)."""
        found = self.find(name)
        return found[0] if found and type(found[0]) is int else None

    def switch(self, name: str) -> bool | None:
        """Its first value if that is a boolean."""
        found = self.find(name)
        return found[0] if found and isinstance(found[0], bool) else None

    def words(self, name: str) -> tuple[str, ...]:
        """Its values that are text of any kind."""
        return tuple(
            x.text if isinstance(x, Spoken) else x
            for x in self.find(name)
            if isinstance(x, str | Spoken)
        )

    def word(self, name: str) -> str:
        """The first of them, or nothing."""
        return next(iter(self.words(name)), "")


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer; ``code`` is the operation or the status.

    ``rest`` is how many bytes came behind it (the document).
    """

    version: tuple[int, int]
    code: int
    request_id: int
    groups: tuple[Group, ...]
    rest: int = 0

    def all(self, tag: int) -> Iterator[Group]:
        """Every group of that kind, in order: one for each job."""
        return (group for group in self.groups if group.tag == tag)

    def group(self, tag: int) -> Group:
        """The first group of that kind, empty if there is none."""
        return next(self.all(tag), Group(tag, ()))


@dataclass(frozen=True, slots=True)
class Unreadable:
    """No IPP message; ``at`` is the byte at which that shows."""

    why: str
    at: int
