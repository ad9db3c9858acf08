"""The slow side of printing what people bring: each method is one job of a lane.

A job holds the stay that it belongs to. When that is over, whatever it brings is dropped, and what
it writes has no folder any more.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from devices.document_printer import commands as d
from kiosk.core.printing import RELAY
from kiosk.core.state import Device, Level
from kiosk.core.visit import messages as m
from kiosk.core.visit import print_messages as p
from kiosk.core.visit.copying import HALF
from kiosk.core.visit.print_choices import SIDES, Original, StickFile
from kiosk.documents.codes import BadDocumentError, Trouble
from kiosk.documents.limits import Limits
from kiosk.documents.opener import Facts, OpenDocument
from kiosk.documents.stick import Found, Stick
from kiosk.documents.visit_folder import LAID, VisitFolder
from kiosk.gateways.types import NoAnswer
from kiosk.pages import PagePicture, PageStore
from kiosk.relay.client import Arrived, Fetched, Gone, Lost, RelayClient, Slot, Waiting

_log = logging.getLogger(__name__)
NOT_REACHED, EXPIRED, LOST = "not_reached", "expired", "lost"
MISSES = 3
"""So often in a row the relay may not answer before a person is told."""
_NOBODY = Slot("A" * 22, "", 1, 1)
"""An address that doesn't exist: a relay that says so is there, and knows our key."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where files come from and lie: ``picture_px`` is the largest picture of a page."""

    folder: VisitFolder
    limits: Limits
    picture_px: tuple[int, int]
    stick: Stick | None = None
    relay: RelayClient | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a lane has found out, as events of the visit."""

    events: tuple[m.VisitEvent, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """The file for the printer lies there."""

    request: int
    file: str
    ticket: d.Ticket


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an original: where its picture lies, and the question that it answers."""

    stay: Stay
    request: int
    side: int
    path: Path


@dataclass(slots=True)
class Stay:
    """One file's time here. Its fields are written by the lanes; ``over`` by the engine."""

    folder: Path
    pictures: int
    over: bool = False
    used: bool = False
    document: OpenDocument | None = None
    facts: Facts | None = None
    listing: tuple[Found, ...] = ()
    slot: Slot | None = None
    upload: tuple[str, Path] | None = None
    misses: int = 0
    wanted_page: int = 0
    sides: dict[int, Path] = field(default_factory=dict)

    def is_over(self) -> bool:
        """Whether the engine has ended it meanwhile."""
        return self.over


class Jobs:
    """What the lanes do, one job after the other in each."""

    def __init__(self, place: Place, pages: PageStore) -> None:
        self._place, self._pages = place, pages

    # In the relay's lane

    def open_code(self, stay: Stay, number: int) -> Told | None:
        relay = self._place.relay
        if stay.is_over() or relay is None:
            return None
        answer = relay.open()
        if isinstance(answer, NoAnswer):
            _log.warning("relay: no address (%s)", answer.reason.value)
            return _relay_lost(answer, p.PrintTrouble(number, NOT_REACHED))
        stay.slot = answer
        if stay.is_over():
            relay.drop(answer)
            return None
        return Told((_relay_there(), p.CodeReady(number, answer.url)))

    def ask_phone(self, stay: Stay, number: int) -> Told | None:
        relay, slot = self._place.relay, stay.slot
        if stay.is_over() or relay is None or slot is None:
            return None
        seen = relay.look(slot)
        match seen:
            case NoAnswer():
                stay.misses += 1
                if stay.misses < MISSES:
                    return Told((p.PhoneHeard(number, receiving=False),))
                return _relay_lost(seen, p.PrintTrouble(number, NOT_REACHED))
            case Gone():
                return Told((p.PrintTrouble(number, EXPIRED),))
            case Arrived(name=name):
                return self._fetch(stay, number, relay, slot, name)
            case _:
                stay.misses = 0
                return Told((p.PhoneHeard(number, receiving=seen is Waiting.RECEIVING),))

    def _fetch(
        self, stay: Stay, number: int, relay: RelayClient, slot: Slot, name: str
    ) -> Told | None:
        to = self.new_file(stay)
        try:
            got = relay.fetch(slot, to)
        except OSError as error:
            # After the visit its folder is gone, and that is as it should be.
            if not stay.is_over():
                _log.error("a phone's file can't be kept: %s", error.strerror)
            return Told((p.PrintTrouble(number, Trouble.UNOPENED.value),))
        match got:
            case Fetched():
                stay.upload, stay.slot = (name, to), None
                return Told((p.FileArrived(number),))
            case Gone():
                return Told((p.PrintTrouble(number, EXPIRED),))
            case Lost():
                stay.slot = None
                return Told((p.PrintTrouble(number, LOST),))
            case _:
                return Told((p.PhoneHeard(number, receiving=False),))

    def drop(self, stay: Stay) -> None:
        """An address that can't be closed now expires by itself."""
        if stay.slot is not None and self._place.relay is not None:
            self._place.relay.drop(stay.slot)
            stay.slot = None

    def probe(self) -> Told | None:
        relay = self._place.relay
        if relay is None or isinstance(relay.look(_NOBODY), NoAnswer):
            return None
        return Told((_relay_there(),))

    # In the file's lane

    def read_stick(self, stay: Stay, number: int) -> Told | None:
        stick = self._place.stick
        if stay.is_over() or stick is None:
            return None
        try:
            listing = stick.listing()
        except BadDocumentError:
            return Told((p.StickRead(number, None, unread=stick.present()),))
        stay.listing = listing.files
        files = tuple(StickFile(x.name, x.folder, x.size) for x in listing.files)
        return Told((p.StickRead(number, files, listing.more),))

    def open_from_stick(self, stay: Stay, number: int, index: int) -> Told | None:
        stick = self._place.stick
        if stay.is_over() or stick is None or not 0 <= index < len(stay.listing):
            return None
        wanted, to = stay.listing[index], self.new_file(stay)
        try:
            stick.copy(wanted, to, self._place.limits.bytes_max)
        except BadDocumentError as error:
            return Told((p.PrintTrouble(number, error.trouble.value),))
        return self._open(stay, number, to, wanted.name)

    def open_upload(self, stay: Stay, number: int) -> Told | None:
        if stay.is_over() or stay.upload is None:
            return None
        name, path = stay.upload
        return self._open(stay, number, path, name)

    def keep_side(self, side: Side) -> Told | None:
        """A picture of the glass: is it whole?"""
        from kiosk.documents.copies import look_at

        if side.stay.is_over():
            return None
        try:
            look_at(side.path)
        except (BadDocumentError, OSError):
            return Told((p.PrintTrouble(side.request, HALF),))
        side.stay.sides[side.side] = side.path
        return Told((p.SideScanned(side.request),))

    def make_copy(self, stay: Stay, number: int, original: Original) -> Told | None:
        """One page with all sides of the original on it, opened as every other file is."""
        from kiosk.documents.copies import NAMES, write_page

        sides = [stay.sides[x] for x in sorted(stay.sides)]
        if stay.is_over() or len(sides) != SIDES[original]:
            return None
        to = self.new_file(stay)
        try:
            write_page(sides, original, to)
        except (BadDocumentError, OSError):
            return Told((p.PrintTrouble(number, Trouble.UNOPENED.value),))
        return self._open(stay, number, to, NAMES[original])

    def _open(self, stay: Stay, number: int, path: Path, name: str) -> Told | None:
        """Open it and draw its first page: the person sees at once that it is the right one."""
        try:
            stay.document = OpenDocument(path, stay.folder, self._place.limits)
            if stay.is_over():
                put_away(stay)
                return None
            stay.facts = stay.document.facts()
            picture = self._draw(stay, 1)
        except BadDocumentError as error:
            return Told((p.PrintTrouble(number, error.trouble.value),))
        return Told((p.FileOpened(number, name, stay.facts.pages, picture),))

    def draw_page(self, stay: Stay, number: int, page: int) -> Told | None:
        if stay.is_over() or stay.document is None or page != stay.wanted_page:
            return None  # the person has turned on meanwhile
        try:
            return Told((p.PageDrawn(number, page, self._draw(stay, page)),))
        except BadDocumentError as error:
            return Told((p.PrintTrouble(number, error.trouble.value),))

    def _draw(self, stay: Stay, page: int) -> int:
        assert stay.document is not None and stay.facts is not None  # opened before
        most_w, most_h = self._place.picture_px
        width, height = stay.facts.sizes[page - 1]
        across = max(1, min(most_w, most_h * width // height))
        drawn = stay.document.picture(page - 1, across)
        return self._pages.put(stay.pictures, PagePicture(drawn.width, drawn.height, drawn.rgb))

    def prepare(self, stay: Stay, job: p.PrepareJob) -> Told | Written | None:
        if stay.is_over() or stay.document is None:
            return None
        to = self.new_file(stay)
        try:
            stay.document.rewrite(range(job.first - 1, job.last), to)
        except BadDocumentError as error:
            return Told((p.PrintTrouble(job.request, error.trouble.value),))
        sides: d.Sides = "two-sided-long-edge" if job.both_sides else "one-sided"
        ticket = d.Ticket(job.copies, sides, (), "color" if job.colour else "monochrome")
        return Written(job.request, to.name, ticket)

    def mark_laid(self) -> None:
        """Note, for a kiosk that is killed, that something lies on the glass."""
        with contextlib.suppress(OSError):
            (self._place.folder.path / LAID).touch(mode=0o600)

    def unmark(self) -> None:
        """It was asked for, or is about to be."""
        with contextlib.suppress(OSError):
            (self._place.folder.path / LAID).unlink(missing_ok=True)

    def new_file(self, stay: Stay) -> Path:
        """A path in the stay's folder that no file has. After the stay there is no folder."""
        if not stay.is_over():
            with contextlib.suppress(OSError):  # whoever writes there will say it
                self._place.folder.claim()
                stay.folder.mkdir(mode=0o700, exist_ok=True)
        return stay.folder / os.urandom(8).hex()


def put_away(stay: Stay) -> None:
    """End the child and delete everything of the stay."""
    if stay.document is not None:
        stay.document.close()
        stay.document = None
    remove(stay.folder)
    stay.listing, stay.upload, stay.facts = (), None, None
    stay.sides.clear()


def remove(folder: Path) -> None:
    """Delete a folder with all in it; somebody else may be at it, too."""

    def gone_already(_do: object, _path: str, why: tuple[object, BaseException, object]) -> None:
        if not isinstance(why[1], FileNotFoundError):
            raise why[1]

    try:
        shutil.rmtree(folder, onerror=gone_already)
    except OSError as error:
        _log.error("files of a visit can't be removed: %s", error.strerror)


def _relay_there() -> m.DeviceChanged:
    return m.DeviceChanged(RELAY, Device(Level.READY))


def _relay_lost(answer: NoAnswer, event: m.VisitEvent) -> Told:
    gone = Device(Level.UNAVAILABLE, answer.reason.value)
    return Told((m.DeviceChanged(RELAY, gone), event))
