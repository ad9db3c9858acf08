"""The lines of an order: one posting (销账) for each bill, one after the other.

A line is refunded only when its biller has said for certain that it isn't posted. Posting again
uses the same number with growing pauses; after 24 hours a person looks, never a refund
(design, Money 4).
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.commands import CheckPost, Command, PostLine, StartTimer
from kiosk.core.events import Posting
from kiosk.core.order import (
    Line,
    LineState,
    Order,
    PaymentState,
    Step,
    pause,
    with_line,
    with_person,
    without_person,
)

TIMER = "line."
GIVE_UP_MS = 24 * 3600 * 1000
LEAST_ATTEMPTS = 5
"""A clock that jumped must not bring the 24 hours about by itself: so many questions at least."""
UNKNOWN = "post_unknown:"
AFTER_REFUND = "posted_after_refund:"
LATE = "late_payment"
"""Money that came after the person was told that none was taken goes back whole."""


def begin(order: Order, at: int) -> Step:
    """Post the next line that waits, if money is there and no other is being posted."""
    if order.payment.state is not PaymentState.PAID:
        return order, ()
    if order.payment.late:
        return _refuse_all(order), ()
    if any(x.state is LineState.POSTING for x in order.lines):
        return order, ()
    for index, line in enumerate(order.lines):
        if line.state is LineState.WAITING:
            return _post(order, index, at)
    return order, ()


def post_answered(order: Order, event: e.PostAnswered, at: int) -> Step:
    line = _line(order, event.line)
    if line is None or line.state is LineState.POSTED:
        return order, ()
    if event.result is Posting.POSTED:
        return _posted(order, event.line, event.reference)
    if line.state is LineState.REFUSED:
        return order, ()
    if event.result is Posting.REFUSED:
        # An earlier try may have gone through ("nothing to pay"): only a check is certain.
        order = with_line(
            order, event.line, state=LineState.POSTING, checking=True, code=event.code
        )
        return order, (_check(order, event.line),)
    return _later(order, event.line, event.code, at)


def post_checked(order: Order, event: e.PostChecked, at: int) -> Step:
    line = _line(order, event.line)
    if line is None or line.state is LineState.POSTED:
        return order, ()
    if event.result is Posting.POSTED:
        return _posted(order, event.line, event.reference)
    if line.state is LineState.REFUSED or not line.checking:
        return order, ()
    if event.result in (Posting.NOT_POSTED, Posting.CANCELLED):
        order = with_line(
            order,
            event.line,
            state=LineState.REFUSED,
            checking=False,
            code=event.code or line.code,
            needs_person=False,
        )
        return without_person(order, f"{UNKNOWN}{event.line}"), ()
    if event.result is Posting.NO_RECORD and line.state is LineState.POST_UNKNOWN:
        return _post(order, event.line, at)
    return _later(order, event.line, event.code or line.code, at)


def timer(order: Order, name: str) -> Step:
    """Ask what became of a line: the question comes before any second posting."""
    index = int(name.removeprefix(TIMER))
    line = _line(order, index)
    if line is None or line.state is not LineState.POST_UNKNOWN or line.checking:
        return order, ()
    return with_line(order, index, checking=True), (_check(order, index),)


def restarted(order: Order) -> Step:
    """Every line that was under way is unknown now; ask for each."""
    commands: list[Command] = []
    for index, line in enumerate(order.lines):
        if line.state in (LineState.POSTING, LineState.POST_UNKNOWN):
            order = with_line(order, index, state=LineState.POST_UNKNOWN, checking=True)
            commands.append(_check(order, index))
    return order, tuple(commands)


def _line(order: Order, index: int) -> Line | None:
    return order.lines[index] if 0 <= index < len(order.lines) else None


def _post(order: Order, index: int, at: int) -> Step:
    line = order.lines[index]
    order = with_line(
        order,
        index,
        state=LineState.POSTING,
        checking=False,
        attempts=line.attempts + 1,
        first_tried_at=line.first_tried_at or at,
    )
    bill = line.bill
    command = PostLine(
        order.id,
        index,
        order.line_no(index),
        bill.institution,
        bill.account,
        bill.bill_no,
        bill.total_fen,
        order.lines[index].first_tried_at,
    )
    return order, (command,)


def _posted(order: Order, index: int, reference: str) -> Step:
    line = order.lines[index]
    refused = line.state is LineState.REFUSED
    order = with_line(
        order,
        index,
        state=LineState.POSTED,
        checking=False,
        reference=reference,
        needs_person=False,
    )
    order = without_person(order, f"{UNKNOWN}{index}")
    if refused and order.refund_planned_fen:
        order = with_person(order, f"{AFTER_REFUND}{index}")
    return order, ()


def _later(order: Order, index: int, code: str, at: int) -> Step:
    line = order.lines[index]
    attempts = line.attempts + (1 if line.checking else 0)
    order = with_line(
        order,
        index,
        state=LineState.POST_UNKNOWN,
        checking=False,
        code=code,
        attempts=attempts,
    )
    if at - line.first_tried_at >= GIVE_UP_MS and attempts >= LEAST_ATTEMPTS:
        order = with_line(order, index, needs_person=True)
        order = with_person(order, f"{UNKNOWN}{index}")
    return order, (StartTimer(order.id, f"{TIMER}{index}", pause(attempts - 1)),)


def _check(order: Order, index: int) -> CheckPost:
    return CheckPost(order.id, index, order.line_no(index))


def _refuse_all(order: Order) -> Order:
    lines = tuple(
        replace(x, state=LineState.REFUSED, code=LATE) if x.state is LineState.WAITING else x
        for x in order.lines
    )
    return replace(order, lines=lines)
