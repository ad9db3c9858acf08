"""Printed pages between the core and the document printer. Pure.

Units are impressions: printed sides. Settings of the goods: ``file`` (the token of the file made
for the printer), ``copies``, ``sides``, ``color``, ``pages`` (of one copy). What came out is what
the printer counted as far as that is certain (`kiosk.core.print_price`); a job of which it has
counted nothing is a person's matter, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from devices.document_printer import commands as d
from devices.status import (
    Cancelled,
    Completion,
    Failed,
    OutcomeUnknown,
    Success,
    TimedOut,
)
from kiosk.adapters.terminal import code_of
from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.events import Delivery
from kiosk.core.goods import Goods, Progress
from kiosk.core.print_price import certain

UNCOUNTED = "uncounted"
FORGOTTEN = "job_not_found"


@dataclass(frozen=True, slots=True)
class _Found:
    """What a completion says for certain; ``units`` None: nobody knows."""

    units: int | None
    code: str = ""


class Pages:
    """``path_of`` finds the file of a token; one that is gone is never printed."""

    def __init__(self, path_of: Callable[[str], str]) -> None:
        self._path_of = path_of

    def deliver(self, command: c.Deliver) -> d.Print:
        goods = command.goods
        path = self._path_of(goods.setting("file"))
        return d.Print(path, command.line_no, ticket_of(goods), goods.units)

    def check(self, command: c.CheckDelivery) -> d.Resolve:
        return d.Resolve(command.line_no, command.goods.units)

    def progress(self, command: c.Deliver, what: object) -> Progress | None:
        total = command.goods.units
        match what:
            case d.Waiting():
                return Progress(0, total, "waiting")
            case d.Printing(state="sending"):
                return Progress(0, total, "sending")
            case d.Printing(sides=sides, reason=reason):
                return Progress(min(sides or 0, total), total, reason)
            case _:
                return None

    def delivered(
        self,
        command: c.Deliver,
        completion: Completion,
        most: int,  # noqa: ARG002
    ) -> e.DeliveryAnswered:
        place = (command.order_id, command.line, command.part)
        match completion:
            case OutcomeUnknown():
                return e.DeliveryAnswered(*place, Delivery.NO_ANSWER, 0, code_of(completion))
            case _:
                result, units, code = _told(command.goods, found(command.goods, completion))
                return e.DeliveryAnswered(*place, result, units, code)

    def checked(self, command: c.CheckDelivery, completion: Completion) -> e.DeliveryChecked:
        place = (command.order_id, command.line, command.part)
        match completion:
            case OutcomeUnknown(reason="job_not_found"):
                return e.DeliveryChecked(*place, Delivery.UNDECIDABLE, 0, FORGOTTEN)
            case Success(value=d.Printed()) | Failed(value=d.Printed()):
                result, units, code = _told(command.goods, found(command.goods, completion))
                return e.DeliveryChecked(*place, result, units, code)
            case _:
                # Only a printer that speaks of the job has said something of it.
                return e.DeliveryChecked(*place, Delivery.NO_ANSWER, 0, code_of(completion))


def ticket_of(goods: Goods) -> d.Ticket:
    """The goods' settings in the printer's words."""
    return d.Ticket(
        int(goods.setting("copies")),
        cast(d.Sides, goods.setting("sides")),
        (),
        cast(d.Color, goods.setting("color")),
    )


def found(goods: Goods, completion: Completion) -> _Found:
    """How many sides came out, by the end of a job."""
    match completion:
        case Success(value=d.Printed(sides=None)):
            return _Found(goods.units)  # it says that all is done, and never counts
        case Success(value=d.Printed(sides=int(sides))):
            return _Found(min(sides, goods.units), "" if sides >= goods.units else "fewer_sides")
        case Failed(code="fewer_sides", value=d.Printed(sides=int(sides))) if sides > 0:
            return _Found(sides, "fewer_sides")
        case Failed(code=code, value=d.Printed(sides=sides)):
            if sides is None or code == "fewer_sides":
                return _Found(None, UNCOUNTED)
            return _Found(_certain(goods, sides), code)
        case Failed() | Cancelled() | TimedOut():
            return _Found(0, code_of(completion))
        case _:
            return _Found(None, code_of(completion))


def _certain(goods: Goods, sides: int) -> int:
    if goods.pages is None:
        return min(sides, goods.units)
    return min(certain(goods.pages.asked, sides), goods.units)


def _told(goods: Goods, what: _Found) -> tuple[Delivery, int, str]:
    if what.units is None:
        return Delivery.UNDECIDABLE, 0, what.code
    whole = what.units >= goods.units
    return Delivery.DONE if whole else Delivery.NOT_DONE, what.units, what.code
