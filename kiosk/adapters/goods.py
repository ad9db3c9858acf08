"""Goods between the core and the machines that give them out. Pure.

For each ware: what the machine is told for one part, what its answers mean, and how it is asked
what became of a part. Grams in the core are grams sold; the mill is told what goes in before
milling (rice mill protocol, closed points: grams in = grams sold × (1 + compensation)).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from devices.booklet_dispenser import driver as booklets
from devices.rice_mill import commands as mill
from devices.status import Completion, Failed, OutcomeUnknown, Success
from kiosk.adapters.terminal import code_of
from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.events import Delivery
from kiosk.core.goods import Goods, Progress, Ware
from kiosk.core.rice import fed_grams

_STAGES = {
    mill.Stage.FEEDING: "feeding",
    mill.Stage.MILLING: "milling",
    mill.Stage.TAKING: "at_take",
}
_FORGOTTEN = frozenset(("lost_power", "fault_set"))
"""Reasons with which the mill will never know again what it did."""


class Words(Protocol):
    """How one ware is spoken of."""

    def deliver(self, command: c.Deliver) -> object:
        """What the driver is told."""
        ...

    def check(self, command: c.CheckDelivery) -> object:
        """What the driver is asked."""
        ...

    def progress(self, command: c.Deliver, what: object) -> Progress | None:
        """What the driver's progress means to the screen; None if nothing."""
        ...

    def delivered(
        self, command: c.Deliver, completion: Completion, most: int
    ) -> e.DeliveryAnswered:
        """The event that a completion means; ``most`` is the highest ``done`` of its progress."""
        ...

    def checked(self, command: c.CheckDelivery, completion: Completion) -> e.DeliveryChecked:
        """The event that the answer to `check` means."""
        ...


def absent(command: c.Deliver | c.CheckDelivery, code: str) -> e.OrderEvent:
    """The answer instead of a machine that the configuration no longer names."""
    if isinstance(command, c.Deliver):
        return _answered(command, Delivery.NOT_DONE, 0, code)
    return _checked(command, Delivery.NO_ANSWER, 0, code)


def not_started(command: c.CheckDelivery) -> e.DeliveryChecked:
    """The answer when for certain no machine was ever told of it."""
    return _checked(command, Delivery.NOT_DONE, 0, "not_started")


def _answered(
    command: c.Deliver, result: Delivery, units: int = 0, code: str = ""
) -> e.DeliveryAnswered:
    return e.DeliveryAnswered(command.order_id, command.line, command.part, result, units, code)


def _checked(
    command: c.CheckDelivery, result: Delivery, units: int = 0, code: str = ""
) -> e.DeliveryChecked:
    return e.DeliveryChecked(command.order_id, command.line, command.part, result, units, code)


class Rice:
    """Settings of the goods: ``bin``, ``level``, ``more`` (per mille that milling takes away)."""

    def deliver(self, command: c.Deliver) -> mill.Mill:
        goods = command.goods
        grams = grams_in(goods, command.part)
        return mill.Mill(int(goods.setting("bin")), grams, int(goods.setting("level")))

    def check(self, command: c.CheckDelivery) -> mill.Resolve:
        goods = command.goods
        grams = grams_in(goods, command.part)
        return mill.Resolve(int(goods.setting("bin")), grams, int(goods.setting("level")))

    def progress(self, command: c.Deliver, what: object) -> Progress | None:
        goods, part = command.goods, command.part
        before = sum(goods.parts[:part])
        match what:
            case mill.Batch():
                return Progress(before, goods.units, "setting")
            case mill.Milling(gross=gross, stage=stage):
                sold = grams_sold(goods, part, gross)
                return Progress(before + sold, goods.units, _STAGES[stage], sold)
            case _:
                return None

    def delivered(
        self,
        command: c.Deliver,
        completion: Completion,
        most: int,  # noqa: ARG002
    ) -> e.DeliveryAnswered:
        match completion:
            case Success(value=mill.Milled() as milled):
                return _answered(command, Delivery.DONE, _weighed(command, milled))
            case Failed(code=code, value=mill.Milled(batches=1) as milled):
                # It is milled and lies behind the door, or was taken: no further part begins.
                return _answered(command, Delivery.DONE, _weighed(command, milled), code)
            case OutcomeUnknown(reason=reason) if reason in _FORGOTTEN:
                return _answered(command, Delivery.UNDECIDABLE, 0, reason)
            case OutcomeUnknown():
                return _answered(command, Delivery.NO_ANSWER, 0, code_of(completion))
            case _:
                return _answered(command, Delivery.NOT_DONE, 0, code_of(completion))

    def checked(self, command: c.CheckDelivery, completion: Completion) -> e.DeliveryChecked:
        wanted = command.goods.parts[command.part]
        match completion:
            case Success(value=mill.Fate.DONE):
                return _checked(command, Delivery.DONE, wanted)
            case Success(value=mill.Fate.NOT_STARTED):
                return _checked(command, Delivery.NOT_DONE, 0, "not_started")
            case Failed(code=code, value=mill.Milled(batches=1)):
                return _checked(command, Delivery.DONE, wanted, code)
            case Failed(code="not_connected"):
                return _checked(command, Delivery.NO_ANSWER, 0, "not_connected")
            case Failed(code=code):
                return _checked(command, Delivery.NOT_DONE, 0, code)
            case OutcomeUnknown(reason=reason) if reason in _FORGOTTEN:
                return _checked(command, Delivery.UNDECIDABLE, 0, reason)
            case _:
                return _checked(command, Delivery.NO_ANSWER, 0, code_of(completion))


def _weighed(command: c.Deliver, milled: mill.Milled) -> int:
    """What the scale showed, as grams sold. Unseen, the mill is believed: it feeds until then."""
    if milled.weighed is None:
        return command.goods.parts[command.part]
    return grams_sold(command.goods, command.part, milled.weighed)


def grams_in(goods: Goods, part: int) -> int:
    """What goes into the mill so that a part comes out."""
    return fed_grams(goods.parts[part], int(goods.setting("more")))


def grams_sold(goods: Goods, part: int, gross: int) -> int:
    """What the grams on the scale before milling come to, never more than the part."""
    wanted = goods.parts[part]
    return max(0, min(wanted, gross * wanted // grams_in(goods, part)))


class Booklet:
    """One booklet; no settings."""

    def deliver(self, command: c.Deliver) -> booklets.Dispense:  # noqa: ARG002
        return booklets.Dispense()

    def check(self, command: c.CheckDelivery) -> booklets.Resolve:  # noqa: ARG002
        return booklets.Resolve()

    def progress(self, command: c.Deliver, what: object) -> Progress | None:
        known = isinstance(what, booklets.Place)
        return Progress(0, command.goods.units, str(what)) if known else None

    def delivered(
        self,
        command: c.Deliver,
        completion: Completion,
        most: int,  # noqa: ARG002
    ) -> e.DeliveryAnswered:
        match completion:
            case Success(value=booklets.Fate.TAKEN):
                return _answered(command, Delivery.DONE, 1)
            case Success(value=booklets.Fate.CAPTURED):
                return _answered(command, Delivery.NOT_DONE, 0, "not_taken")
            case OutcomeUnknown():
                return _answered(command, Delivery.NO_ANSWER, 0, code_of(completion))
            case _:
                return _answered(command, Delivery.NOT_DONE, 0, code_of(completion))

    def checked(self, command: c.CheckDelivery, completion: Completion) -> e.DeliveryChecked:
        match completion:
            case Success(value=booklets.Fate.TAKEN):
                return _checked(command, Delivery.DONE, 1)
            case Success(value=booklets.Fate.CAPTURED) | Failed(code="not_taken"):
                return _checked(command, Delivery.NOT_DONE, 0, "not_taken")
            case Failed(code="dispense_failure"):
                return _checked(command, Delivery.NOT_DONE, 0, "dispense_failure")
            case OutcomeUnknown(reason="nothing_seen" | "jammed" as reason):
                return _checked(command, Delivery.UNDECIDABLE, 0, reason)
            case _:
                return _checked(command, Delivery.NO_ANSWER, 0, code_of(completion))


WARES: Mapping[Ware, Words] = {Ware.RICE: Rice(), Ware.BOOKLET: Booklet()}
