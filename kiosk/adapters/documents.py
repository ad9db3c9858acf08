"""What people bring to be printed: fetched from phone or stick, opened, drawn, written anew.

Used on the engine's thread; what is slow runs in two lanes, one for the file and one for the
relay. A job of a lane holds the stay that it belongs to: when that is over, whatever the job
brings is dropped, and its files are gone with their folder.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from devices.document_printer import commands as d
from devices.status import Completion, Failed, Success
from kiosk.adapters.document_jobs import Jobs, Place, Stay, Told, Written, put_away, remove
from kiosk.core.visit import messages as m
from kiosk.core.visit import print_messages as p
from kiosk.core.visit.copying import GONE, HALF
from kiosk.core.visit.print_steps import PRINTER_SAYS_NO
from kiosk.documents.codes import Trouble
from kiosk.pages import PageStore

if TYPE_CHECKING:
    from kiosk.adapters.glass import Glass

_log = logging.getLogger(__name__)
LANE, RELAY_LANE = "document", "relay_files"


class Lanes(Protocol):
    def run(self, lane: str, call: Callable[[], object], broken: object = None) -> None: ...


class Printer(Protocol):
    def submit(self, command: object) -> int: ...

    def cancel(self, command_id: int) -> None: ...


@dataclass(slots=True)
class _Asked:
    """What of the printer's answers is ours, by its number: checks of a ticket, jobs taken back,
    and whose pages are coming out.
    """

    checks: dict[int, Written] = field(default_factory=dict)
    purges: set[int] = field(default_factory=set)
    jobs: dict[int, str] = field(default_factory=dict)


class Documents:
    """``printer`` is the document printer's worker, ``scanner`` the scanner's if there is one."""

    def __init__(
        self,
        place: Place,
        lanes: Lanes,
        pages: PageStore,
        printer: Printer,
        scanner: Printer | None = None,
    ) -> None:
        self._place, self._lanes, self._pages, self._printer = place, lanes, pages, printer
        self._jobs = Jobs(place, pages)
        self._scanner = scanner
        self._glass: Glass | None = None
        self._stay = self._new_stay()
        self._asked = _Asked()
        self._relay_lost = self._used = False

    def path_of(self, file: str) -> str:
        """Where the file of that token lies, if it does; only one of the present stay."""
        return str(self._stay.folder / file)

    # What the visit wants

    def ask(self, command: m.VisitCommand) -> None:
        """Carry it out; what comes of it is posted to the engine."""
        match command:
            case p.ForgetFile():
                self.forget()
            case p.StopPages(order_id=order_id):
                self._stop(order_id)
            case m.VisitEnded():
                self.end_visit()
            case p.PrintCommand():
                self._begin(command)
            case _:
                raise TypeError(f"nobody carries out {type(command).__name__}")

    def _begin(self, command: p.PrintCommand) -> None:
        stay, number = self._stay, command.request
        broken = p.PrintTrouble(number, Trouble.UNOPENED.value)
        stay.used = self._used = True
        match command:
            case p.OpenCode():
                self._lanes.run(RELAY_LANE, lambda: self._jobs.open_code(stay, number), broken)
            case p.AskPhone():
                self._lanes.run(RELAY_LANE, lambda: self._jobs.ask_phone(stay, number), broken)
            case p.ReadStick():
                self._lanes.run(LANE, lambda: self._jobs.read_stick(stay, number), broken)
            case p.OpenUpload():
                self._lanes.run(LANE, lambda: self._jobs.open_upload(stay, number), broken)
            case p.OpenStickFile(index=index):
                self._lanes.run(
                    LANE, lambda: self._jobs.open_from_stick(stay, number, index), broken
                )
            case p.ScanSide():
                self._scan(stay, command)
            case p.MakeCopy(original=original):
                self._lanes.run(LANE, lambda: self._jobs.make_copy(stay, number, original), broken)
            case p.DrawPage(page=page):
                stay.wanted_page = page
                self._lanes.run(LANE, lambda: self._jobs.draw_page(stay, number, page), broken)
            case p.PrepareJob():
                self._lanes.run(LANE, lambda: self._jobs.prepare(stay, command), broken)
            case _:
                raise TypeError(f"nobody carries out {type(command).__name__}")

    def _scan(self, stay: Stay, command: p.ScanSide) -> None:
        if self._scanner is None:
            gone = Told((p.PrintTrouble(command.request, GONE),))
            self._lanes.run("nobody", lambda: gone)
            return
        if self._glass is None:  # made when somebody first copies something
            from kiosk.adapters.glass import Glass

            self._glass = Glass(self._scanner, self._jobs)
        self._glass.scan(stay, command)

    def forget(self) -> None:
        """Put away what is open: the child ends, its files go, the address is closed."""
        stay, place = self._stay, self._place
        stay.over = True
        self._pages.wipe()
        self._stay = self._new_stay()
        if not stay.used:
            return
        if self._glass is not None:
            self._glass.stop()
        if stay.document is not None:
            stay.document.cancel()
        if place.stick is not None:
            place.stick.cancel()
        remove(stay.folder)  # at once; what a lane is still doing leaves nothing either:
        self._lanes.run(LANE, lambda: put_away(stay))
        if stay.slot is not None:
            self._lanes.run(RELAY_LANE, lambda: self._jobs.drop(stay))

    def end_visit(self) -> None:
        """The person has gone: no file stays, no page comes out any more, the stick is let go."""
        if self._stop(""):
            self.purge()
        self.forget()
        if not self._used:
            return
        self._used = False
        self._jobs.unmark()
        self._place.folder.leave()
        if self._place.stick is not None:
            self._lanes.run(LANE, self._place.stick.close)

    def began(self, number: int, order_id: str) -> None:
        """The printer has got the order's pages, or is asked about them, under that number."""
        self._asked.jobs[number] = order_id

    def _stop(self, order_id: str) -> bool:
        """Take the pages of that order back, or all of them; True if there were any."""
        numbers = [n for n, whose in self._asked.jobs.items() if order_id in ("", whose)]
        for number in numbers:
            self._printer.cancel(number)
        return bool(numbers)

    def purge(self) -> None:
        """No job of ours stays in the printer (R17)."""
        self._asked.purges.add(self._printer.submit(d.Purge()))

    def probe_relay(self) -> None:
        """A relay that was lost is asked whether it is back; one that wasn't isn't bothered."""
        if self._relay_lost and self._place.relay is not None:
            self._lanes.run(RELAY_LANE, self._jobs.probe)

    # What comes of it

    def translate(self, message: Told | Written) -> list[m.VisitEvent]:
        """The events that a lane's message means; a written file is shown to the printer first."""
        if isinstance(message, Told):
            for event in message.events:
                if isinstance(event, m.DeviceChanged):
                    self._relay_lost = not event.device.level.usable
            return list(message.events)
        self._asked.checks[self._printer.submit(d.Validate(message.ticket))] = message
        return []

    def scanning(self, number: int, what: object) -> list[m.VisitEvent]:
        """What the scanner's progress means."""
        return self._glass.progressed(number, what) if self._glass is not None else []

    def scanned(self, number: int, completion: Completion) -> list[m.VisitEvent]:
        """What the scanner's answer means; a picture is looked at first."""
        if self._glass is None:
            return []
        event, side = self._glass.completed(number, completion)
        if side is not None:
            broken = p.PrintTrouble(side.request, HALF)
            self._lanes.run(LANE, lambda: self._jobs.keep_side(side), broken)
        return [event] if event is not None else []

    def completed(self, number: int, completion: Completion) -> list[m.VisitEvent] | None:
        """What the printer's answer means, if the question was ours; None if it wasn't."""
        self._asked.jobs.pop(number, None)
        if number in self._asked.purges:
            self._asked.purges.discard(number)
            if isinstance(completion, Failed):
                _log.warning("document_printer: jobs may remain (%s)", completion.code)
            return []
        written = self._asked.checks.pop(number, None)
        if written is None:
            return None
        if isinstance(completion, Success):
            return [p.JobReady(written.request, written.file)]
        _log.info("document_printer: wouldn't print so (%s)", type(completion).__name__)
        return [p.PrintTrouble(written.request, PRINTER_SAYS_NO)]

    def _new_stay(self) -> Stay:
        return Stay(self._place.folder.new_file(), self._pages.file)
