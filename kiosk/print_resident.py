"""A simulated resident who comes to print: what is touched at each screen, and the phone's part."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.guards import refundable_means
from kiosk.core.means import FREE, TERMINAL
from kiosk.core.order import Order
from kiosk.core.printing import PrintChoice
from kiosk.core.state import State
from kiosk.core.visit import copying
from kiosk.core.visit.common import held_up
from kiosk.core.visit.print_choices import (
    AwaitUpload,
    ChooseFile,
    ChooseFileSource,
    LayOriginal,
    Original,
)
from kiosk.residents import ENOUGH, Act, Errand, Outdoors, Resident, Touch


@dataclass(frozen=True, slots=True)
class PrintErrand:
    """``sample``: one of the simulator's files. ``stick``: it is on a stick, not on the phone.
    ``copy``: ``card`` or ``page`` is copied instead.

    ``when_stopped`` is ``wait``, ``stop`` or ``leave``. The rest is as of any errand.
    """

    sample: str = "pdf"
    stick: bool = False
    copies: int = 1
    both_sides: bool = False
    colour: bool = False
    pages: tuple[int, int] | None = None
    means: str = TERMINAL
    at_payment: str = "pay"
    when_stopped: str = "wait"
    when_unknown: str = "wait"
    paper: str = "reprint"
    copy: str = ""


class PrintUser(Resident):
    """Wants one file printed, and nothing else."""

    tile = "home.print"

    def __init__(self, errand: PrintErrand) -> None:
        plain = Errand(
            (), errand.means, False, errand.at_payment, errand.when_unknown, errand.paper
        )
        super().__init__(plain)
        self.job = errand
        self._sent: set[str] = set()
        self._lies = ""

    def _at(self, screen: str, state: State, order: Order | None) -> Act | None:
        if order is None and self._done[screen] > 8 * ENOUGH and screen not in ("home", "attract"):
            return self._give_up()
        choice = state.visit.document
        match screen:
            case "print_source":
                return self._source(state)
            case "print_upload":
                return self._send(state)
            case "print_files":
                return self._file(state)
            case "print_copy":
                return Touch(f"copy.{self.job.copy or 'page'}")
            case "print_lay":
                return self._lay(state)
            case "print_scanning":
                return None
            case "print_take":
                return self._take()
            case "print_document" if choice is not None:
                return Touch("print.go" if self._settled(choice) else "print.change")
            case "print_change" if choice is not None:
                return self._change(choice)
            case "print_pages" if choice is not None:
                return self._pages(choice)
            case "confirm_goods":
                return self._choose_means(state)
            case "pages_delivering":
                return self._stopped(state)
            case _:
                return super()._at(screen, state, order)

    def _source(self, state: State) -> Act:
        step = state.visit.step
        if isinstance(step, ChooseFileSource) and step.trouble and self._done["print_source"] > 2:
            return self._give_up()
        if self.job.copy:
            return Touch("print.copy") if not copying.trouble(state) else self._give_up()
        return Touch("print.stick" if self.job.stick else "print.phone")

    def _lay(self, state: State) -> Act:
        """First what is in the hand, then the touch."""
        step = state.visit.step
        if not isinstance(step, LayOriginal) or self._done["print_lay"] > 4 * ENOUGH:
            return self._give_up()
        side = ("front", "back")[step.side - 1]
        what = "page" if step.original is Original.PAGE else f"card_{side}"
        if self._lies != what:
            self._lies = what
            return Outdoors("document_scanner", f"lay_{what}")
        return Touch("copy.start")

    def _take(self) -> Act:
        if self._lies:
            self._lies = ""
            return Outdoors("document_scanner", "lift")
        return Touch("copy.taken")

    def _send(self, state: State) -> Act | None:
        step = state.visit.step
        if not isinstance(step, AwaitUpload) or not step.url or step.url in self._sent:
            return None
        self._sent.add(step.url)
        return Outdoors("phone_file", self.job.sample)

    def _file(self, state: State) -> Act | None:
        step = state.visit.step
        if not isinstance(step, ChooseFile):
            return None
        if not step.files:
            return Outdoors("usb_stick", "plug") if self._done["print_files"] < 1 else None
        names = [x.name for x in step.files]
        wanted = self.wanted_name()
        return Touch("print.file", str(names.index(wanted) if wanted in names else 0))

    def wanted_name(self) -> str:
        """What the file is called on the stick."""
        from sim.files import SAMPLES

        return SAMPLES[self.job.sample][0]

    def _settled(self, choice: PrintChoice) -> bool:
        job = self.job
        as_wanted = (choice.copies, choice.both_sides, choice.colour) == (
            job.copies,
            job.both_sides,
            job.colour,
        )
        return as_wanted and self._pages_settled(choice)

    def _pages_settled(self, choice: PrintChoice) -> bool:
        return self.job.pages in (None, (choice.first, choice.last))

    def _change(self, choice: PrintChoice) -> Act:
        job = self.job
        if choice.copies != job.copies:
            more = choice.copies < job.copies
            return Touch("print.copies_more" if more else "print.copies_less")
        if choice.both_sides != job.both_sides:
            return Touch("print.sides")
        if choice.colour != job.colour:
            return Touch("print.colour")
        return Touch("print.changed" if self._pages_settled(choice) else "print.pages")

    def _pages(self, choice: PrintChoice) -> Act:
        if self.job.pages is None or self._pages_settled(choice):
            return Touch("print.pages_chosen")
        first, last = self.job.pages
        if choice.first != first:
            return Touch("print.first_more" if choice.first < first else "print.first_less")
        return Touch("print.last_more" if choice.last < last else "print.last_less")

    def _choose_means(self, state: State) -> Act:
        usable = [x.id for x in refundable_means(state)]
        goods = getattr(state.visit.step, "goods", None)
        if goods is not None and not goods.total_fen:
            return Touch("confirm_goods.pay", FREE)
        if not usable or self._done["confirm_goods"] >= ENOUGH:
            return self._give_up()
        means = self.job.means if self.job.means in usable else usable[0]
        return Touch("confirm_goods.pay", means)

    def _stopped(self, state: State) -> Act | None:
        if not held_up(state) or self.job.when_stopped == "wait":
            return None
        return Touch("pages.stop" if self.job.when_stopped == "stop" else "nav.home")
