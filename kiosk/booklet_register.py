"""Who has had a record booklet: keyed hashes in a file, and nothing else of anybody.

Of a person the file holds HMAC-SHA-256 (RFC 2104, FIPS 180-4) over their number, under a random
key that is replaced every period, and the day. An entry goes when its time is over; a key goes
when a newer one is in use and its last entry has gone, so that no key is older than two periods
and the limit holds across every change of keys. Whoever asks is looked for under every key there
is.

A booklet is reserved in the file before the dispenser is told; the journal's order settles it.
Each change writes the file anew, durably, and blanks the old one: a key that has gone can't be
read from it. Changes are made on one thread; asking is free on any.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import secrets
from collections.abc import Callable
from pathlib import Path

import msgspec

from kiosk.core.booklet import OPEN, Person
from kiosk.durable import Disk

KEY_BYTES = 32
HAD = "had"
"""The answer to a reservation for somebody who has one, or for whom one is under way."""


class RegisterBrokenError(Exception):
    """The file can't be read: nobody knows who has had a booklet, so nobody gets one."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``day`` as ``YYYY-MM-DD``. ``order_id`` stays until the journal has settled it."""

    tag: str
    day: str
    order_id: str = ""


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One period's key, its first day, and who is listed under it."""

    number: int
    since: str
    key: bytes
    entries: tuple[Entry, ...] = ()


class Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file. ``latest``: no earlier day is believed; ``made_at``: ms since 1970."""

    latest: str
    made_at: int
    keys: tuple[Key, ...]


class Register:
    """The list, and the rule of one booklet for each person in ``per_days`` days."""

    def __init__(
        self,
        path: Path,
        per_days: int,
        today: Callable[[], datetime.date],
        wall: Callable[[], float],
        disk: Disk | None = None,
    ) -> None:
        """Read the file, or begin one. Raises RegisterBrokenError, OSError."""
        self._path = path
        self._per_days = per_days
        self._today = today
        self._disk = disk or Disk()
        content = self._disk.read(path)
        if content is None:
            day = today().isoformat()
            self._book = Book(day, int(wall() * 1000), (_new_key(1, day),))
            self._write(self._book)
        else:
            self._book = _read(content, path)

    # Asking

    def look(self, number: str) -> tuple[Person, str, str]:
        """The person with this number, unmasked nowhere; when they had one, and when again.

        Both dates are empty for whoever may have one; instead of the first stands ``OPEN`` while
        nobody knows what became of theirs.
        """
        book, day = self._book, self._day()
        newest = book.keys[-1]
        person = Person("", newest.number, _tag(newest, number))
        for key in reversed(book.keys):
            entry = _entry(self._live(key, day), _tag(key, number))
            if entry is not None:
                again = "" if entry.order_id else self._until(entry).isoformat()
                return person, OPEN if entry.order_id else entry.day, again
        return person, "", ""

    def reserved(self) -> tuple[str, ...]:
        """The orders whose booklets aren't settled yet."""
        return tuple(x.order_id for key in self._book.keys for x in key.entries if x.order_id)

    def may_have_left(self, order_id: str, opened_at: int) -> bool:
        """False if for certain no dispenser was ever told of this order.

        A list that is younger than the order (``opened_at``: ms) can't say that.
        """
        return order_id in self.reserved() or self._book.made_at > opened_at

    # Changing

    def reserve(self, order_id: str, person: Person) -> str:
        """Write down that a booklet is about to leave. Returns why not, empty if it is written.

        ``person`` is what `look` has said of somebody who may have one. Raises OSError: then
        nothing may leave.
        """
        key = next((x for x in self._book.keys if x.number == person.key), None)
        day = self._day()
        live = self._live(key, day) if key is not None else ()
        if key is None or _entry(live, person.tag) is not None:
            return HAD
        entry = Entry(person.tag, day.isoformat(), order_id)
        self._put(msgspec.structs.replace(key, entries=(*live, entry)))
        return ""

    def settle(self, order_id: str, *, given: bool) -> None:
        """The journal is certain: the booklet is theirs, or none was given. Raises OSError."""
        for key in self._book.keys:
            for entry in key.entries:
                if entry.order_id == order_id:
                    kept = tuple(x for x in key.entries if x is not entry)
                    if given:
                        kept = (*kept, msgspec.structs.replace(entry, order_id=""))
                    self._put(msgspec.structs.replace(key, entries=kept))
                    return

    def tidy(self) -> None:
        """Let go what is over, and take a new key when the old one's time is. Raises OSError."""
        book, day = self._book, self._day()
        keys = [msgspec.structs.replace(x, entries=self._live(x, day)) for x in book.keys]
        newest = keys[-1]
        if day >= _later(newest.since, self._per_days):
            keys.append(_new_key(newest.number + 1, day.isoformat()))
        # Whoever was asked about under a key may have a booklet by it on the same day.
        today = keys[-1].since == day.isoformat()
        kept = tuple(x for x in keys if x.entries or x is keys[-1] or today)
        # A new day by itself changes nothing that is worth a new file.
        if kept != book.keys:
            self._replace(msgspec.structs.replace(book, keys=kept, latest=day.isoformat()))

    def _day(self) -> datetime.date:
        """Today, but never earlier than a day that the list has seen (a clock set back)."""
        return max(self._today(), datetime.date.fromisoformat(self._book.latest))

    def _live(self, key: Key, day: datetime.date) -> tuple[Entry, ...]:
        """What still counts of a period: what nobody knows the end of, and what isn't over."""
        return tuple(x for x in key.entries if x.order_id or self._until(x) > day)

    def _until(self, entry: Entry) -> datetime.date:
        return _later(entry.day, self._per_days)

    def _put(self, changed: Key) -> None:
        keys = tuple(changed if x.number == changed.number else x for x in self._book.keys)
        latest = self._day().isoformat()
        self._replace(msgspec.structs.replace(self._book, keys=keys, latest=latest))

    def _replace(self, book: Book) -> None:
        self._write(book)
        self._book = book

    def _write(self, book: Book) -> None:
        self._disk.replace(self._path, msgspec.json.encode(book))


def _read(content: bytes, path: Path) -> Book:
    try:
        book = msgspec.json.decode(content, type=Book)
        days = [book.latest, *(x.since for x in book.keys)]
        days += [y.day for x in book.keys for y in x.entries]
        for day in days:
            datetime.date.fromisoformat(day)
    except (msgspec.DecodeError, ValueError) as error:
        raise RegisterBrokenError(f"{path.name}: {error}") from error
    if not book.keys or any(len(x.key) != KEY_BYTES for x in book.keys):
        raise RegisterBrokenError(f"{path.name}: no keys, or short ones")
    return book


def _new_key(number: int, day: str) -> Key:
    return Key(number, day, secrets.token_bytes(KEY_BYTES))


def _tag(key: Key, number: str) -> str:
    return hmac.new(key.key, number.encode(), hashlib.sha256).hexdigest()


def _entry(entries: tuple[Entry, ...], tag: str) -> Entry | None:
    return next((x for x in entries if hmac.compare_digest(x.tag, tag)), None)


def _later(day: str, days: int) -> datetime.date:
    return datetime.date.fromisoformat(day) + datetime.timedelta(days=days)
