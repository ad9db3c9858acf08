"""A poisoned order waits for a person, and a person can close it (design, Money 10)."""

from __future__ import annotations

from kiosk.core import events as e
from kiosk.core.decide import decide
from kiosk.core.events import Charge, PaymentFacts, Posting, Verdict
from kiosk.core.means import Means, RefundBy
from kiosk.core.order import Order
from tests.support.states import AT, B_POWER, B_WATER, ORDER_ID

TERMINAL = Means("terminal", RefundBy.PARTIAL)


def poisoned(*events: e.OrderEvent) -> Order:
    bills = (B_POWER, B_WATER)
    opened = e.OrderOpened(ORDER_ID, TERMINAL, bills, sum(x.total_fen for x in bills))
    order, _ = decide(None, opened, AT)
    for event in (*events, e.Poisoned(ORDER_ID, "PostAnswered", "ValueError")):
        order, _ = decide(order, event, AT)
    return order


def settle(order: Order, verdict: Verdict, line: int = -1) -> Order:
    event = e.PersonSettled(ORDER_ID, verdict, "a", "looked at", line)
    after, commands = decide(order, event, AT)
    assert commands == (), "a person's word moves no money from here"
    return after


def paid() -> e.PaymentAnswered:
    return e.PaymentAnswered(ORDER_ID, Charge.PAID, PaymentFacts(12840, 12840))


def test_nothing_but_a_person_moves_a_poisoned_order() -> None:
    order = poisoned(paid())
    answer = e.PostAnswered(ORDER_ID, 0, Posting.POSTED, "B1")
    assert decide(order, answer, AT) == (order, ())
    assert decide(order, e.Restarted(ORDER_ID), AT) == (order, ())
    assert order.needs_person


def test_the_office_settles_each_line_and_the_order_closes() -> None:
    order = settle(poisoned(paid()), Verdict.LINE_POSTED, 0)
    assert order.needs_person, "the other line is still open"
    order = settle(order, Verdict.LINE_POSTED, 1)
    assert order.money_settled
    assert not order.needs_person


def test_a_line_that_was_not_posted_is_paid_back_by_hand() -> None:
    order = settle(poisoned(paid()), Verdict.LINE_POSTED, 0)
    order = settle(order, Verdict.LINE_NOT_POSTED, 1)
    assert order.needs_person, "3210 fen are owed"
    order = settle(order, Verdict.REFUNDED)
    assert order.refunded_fen == 3210
    assert order.posted_fen == 9630
    assert not order.needs_person


def test_an_order_stopped_before_its_payment_was_known_can_be_called_unpaid() -> None:
    order = settle(poisoned(), Verdict.NOT_PAID)
    assert order.money_settled
    assert order.closed
