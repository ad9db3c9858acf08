"""The card reader, the scanner beside it, and the list of who has had a booklet.

What the reader says of a person ends here: a masked name and a keyed hash go on, nothing else.
The list is written in a lane of its own, before the dispenser is told and after the journal knows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from devices.id_reader.codec import Identity
from devices.id_reader.driver import ReadCard
from devices.status import Completion, Failed, Success, TimedOut
from kiosk.adapters import goods as goods_words
from kiosk.booklet_register import Register
from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.booklet import Person
from kiosk.core.goods import GoodsState, Ware
from kiosk.core.order import Order
from kiosk.core.state import Device, Level
from kiosk.core.visit import booklet_messages as b
from kiosk.core.visit import messages as m

_log = logging.getLogger(__name__)

LANE = "booklet_register"
WAIT_S = 60.0
"""So long one question to the reader lasts; it is asked again as long as its screen is shown."""
SHORTEST_CODE = 20
"""A medical insurance code is opaque. Shorter ones are goods' (8 to 14 digits) or typed ones."""

Event = e.OrderEvent | m.VisitEvent


class ReaderWorker(Protocol):
    def submit(self, command: object) -> int: ...

    def cancel(self, command_id: int) -> None: ...


class Lanes(Protocol):
    def run(self, lane: str, call: Callable[[], object], broken: object = None) -> None: ...


@dataclass(frozen=True, slots=True)
class Reserved:
    """The list's answer to a booklet that is about to leave; ``why_not`` is empty if it may."""

    command: c.Deliver
    why_not: str


@dataclass(frozen=True, slots=True)
class Listed:
    """How the list is, after something was done with it."""

    trouble: str = ""


class Booklets:
    """Used on the engine's thread; in its lane only the list is touched.

    ``register`` is None, with ``trouble``, if its file can't be read: nobody gets a booklet then.
    """

    def __init__(
        self,
        register: Register | None,
        reader: ReaderWorker | None,
        lanes: Lanes,
        *,
        by_code: bool,
        trouble: str = "",
    ) -> None:
        self._register = register
        self._reader = reader
        self._lanes = lanes
        self._by_code = by_code
        self._trouble = trouble
        self._asked = 0
        self._reading: dict[int, int] = {}
        self._whose: tuple[str, Person] | None = None
        self._settling: set[str] = set()

    # Who is it?

    def ask(self, command: m.VisitCommand) -> None:
        match command:
            case b.ReadCard(request=request, card=card):
                self._asked = request
                if card and self._reader is not None:
                    self._reading[self._reader.submit(ReadCard(WAIT_S))] = request
            case b.StopReading(request=request):
                self._stop(request)
            case b.BookletFor(order_id=order_id, person=person):
                self._whose = (order_id, person)
            case _:
                raise TypeError(f"nobody answers {type(command).__name__}")

    def _stop(self, request: int) -> None:
        if self._asked == request:
            self._asked = 0
        for number in [x for x, y in self._reading.items() if y == request]:
            if self._reader is not None:
                self._reader.cancel(number)

    def found(self, number: int) -> list[Event]:
        """A card lies there."""
        request = self._reading.get(number)
        return [b.CardFound(request)] if request else []

    def read(self, number: int, completion: Completion) -> list[Event]:
        """The reader has done, one way or another."""
        request = self._reading.pop(number, 0)
        if not request or request != self._asked:
            return []  # its screen is gone, and so is whoever it was
        match completion:
            case Success(value=Identity() as identity):
                self._asked = 0
                masked = mask(identity.name)
                return [self._identified(request, f"id:{identity.number}", masked)]
            case Failed(code="not_connected") | TimedOut():
                return [b.CardSilent(request)]
            case Failed(code=code):
                self._asked = 0
                return [b.CardRefused(request, code)]
            case _:
                return []

    def scanned(self, text: str) -> list[Event]:
        """A code that nobody knows: an insurance code if one is awaited, else nothing."""
        request = self._asked
        if not request or not self._by_code or len(text) < SHORTEST_CODE:
            return []
        self._stop(request)
        return [self._identified(request, f"code:{text}", "")]

    def _identified(self, request: int, number: str, masked: str) -> Event:
        if self._register is None:
            return b.CardRefused(request, "no_register")
        person, had, again = self._register.look(number)
        return b.Identified(request, replace(person, masked=masked), had, again)

    # Reserve, dispense, settle

    def deliver(self, command: c.Deliver) -> None:
        """Write it down first; the answer is `Reserved`."""
        whose, self._whose = self._whose, None
        if self._register is None or whose is None or whose[0] != command.order_id:
            self._lanes.run("nobody", lambda: Reserved(command, "nobody"))
            return
        register, person = self._register, whose[1]
        self._lanes.run(
            LANE,
            lambda: Reserved(command, _written(lambda: register.reserve(command.order_id, person))),
            Reserved(command, "register"),
        )

    def reserved(self, answer: Reserved) -> e.OrderEvent:
        """What an order is told for which the list said no."""
        return goods_words.absent(answer.command, answer.why_not)

    def never_left(self, command: c.CheckDelivery, order: Order) -> bool:
        """True if for certain the dispenser was never told: nothing is reserved for it."""
        register = self._register
        if register is None or command.goods.ware is not Ware.BOOKLET:
            return False
        return not register.may_have_left(order.id, order.opened_at)

    def settle(self, order: Order) -> None:
        """The journal knows what became of it: so shall the list."""
        register = self._register
        line = next((x for x in order.goods if x.goods.ware is Ware.BOOKLET), None)
        if register is None or line is None or not line.certain or order.id in self._settling:
            return
        if order.id in register.reserved():
            given = line.state is GoodsState.DELIVERED
            self._settling.add(order.id)
            self._lanes.run(
                LANE, lambda: Listed(_written(lambda: _settle(register, order.id, given=given)))
            )

    # The list itself

    def look_after(self, find: Callable[[str], Order | None]) -> None:
        """Regularly: settle what the journal knows, let go what is over, say how the list is."""
        register = self._register
        if register is None:
            self._lanes.run("nobody", lambda: Listed(self._trouble))
            return
        self._settling.clear()
        for order_id in register.reserved():
            order = find(order_id)
            if order is not None:
                self.settle(order)
        self._lanes.run(LANE, lambda: Listed(_written(lambda: _tidy(register))))

    def listed(self, answer: Listed) -> Device:
        level = Level.UNAVAILABLE if answer.trouble else Level.READY
        return Device(level, answer.trouble)


def mask(name: str) -> str:
    """``王*``: the first character of a name, whatever its length, and one star."""
    return name.strip()[:1] + "*"


def _written(change: Callable[[], str]) -> str:
    try:
        return change()
    except OSError as error:
        _log.error("the list of booklets can't be written: %s", error.strerror)
        return "register"


def _settle(register: Register, order_id: str, *, given: bool) -> str:
    register.settle(order_id, given=given)
    return ""


def _tidy(register: Register) -> str:
    register.tidy()
    return ""
