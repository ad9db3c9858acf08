"""What no machine finds out is openly a person's matter in the end, and asked for all the same."""

from __future__ import annotations

import pytest

from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.events import Charge, Refunding
from kiosk.core.means import Means

from .core_orders import DAY_MS, ID, POLLED, R1, TOLD, Desk, answered, fired, queried, settled
from .test_core_refunds import refused


def asked_in_vain(desk: Desk, times: int = 1) -> None:
    for _ in range(times):
        desk.take(fired("payment.resolve"), queried(Charge.NO_ANSWER))


@pytest.mark.parametrize("means", [TOLD, POLLED])
def test_a_payment_that_is_unknown_for_a_day_is_shown_to_the_office(means: Means) -> None:
    """A terminal that never came back: an open order alone would be nobody's matter."""
    desk = Desk(means).take(answered(Charge.NO_ANSWER), queried(Charge.NO_ANSWER))
    asked_in_vain(desk, 10)
    desk.at += DAY_MS - 1
    asked_in_vain(desk)
    assert not desk.order.needs_person
    assert desk.timers()["payment.resolve"] == 60.0
    desk.at += 1
    asked_in_vain(desk)
    assert desk.order.person_reasons == ("payment_overdue",)
    assert desk.order.payment.state.value == "unknown", "time makes nothing certain"
    assert desk.timers()["payment.resolve"] == 600.0, "it is asked all the same"
    desk.take(e.Restarted(ID))
    assert any(isinstance(x, c.QueryPayment) for x in desk.sent)
    assert desk.order.person_reasons == ("payment_overdue",)
    desk.take(queried(Charge.PAID, desk.facts()))
    assert not desk.order.needs_person, "it has been found out"


def test_a_clock_that_jumps_a_day_calls_nobody() -> None:
    desk = Desk().take(answered(Charge.NO_ANSWER))
    desk.at += 2 * DAY_MS
    desk.take(queried(Charge.NO_ANSWER))
    assert not desk.order.needs_person


@pytest.mark.parametrize("verdict", [e.Verdict.PAID, e.Verdict.NOT_PAID])
def test_a_person_settles_it(verdict: e.Verdict) -> None:
    desk = Desk().take(answered(Charge.NO_ANSWER), queried(Charge.NO_ANSWER))
    desk.at += DAY_MS
    asked_in_vain(desk, 10)
    assert desk.order.needs_person
    desk.take(settled(verdict))
    assert desk.order.payment.state.value == verdict.value
    assert not desk.order.needs_person


def test_a_refund_that_nobody_answers_is_shown_to_the_office() -> None:
    desk = refused().take(e.RefundAnswered(ID, R1, Refunding.NO_ANSWER))
    silent = e.RefundQueried(ID, R1, Refunding.NO_ANSWER)
    for _ in range(58):
        desk.take(fired(f"refund.{R1}"), silent)
    assert not desk.order.needs_person
    for _ in range(3):
        desk.take(fired(f"refund.{R1}"), silent)
    assert desk.order.person_reasons == (f"refund_silent:{R1}",)
    assert desk.order.payment_word == "refund_unknown", "time makes nothing certain"
    assert f"refund.{R1}" in desk.timers(), "it is asked all the same"
    desk.take(fired(f"refund.{R1}"), e.RefundQueried(ID, R1, Refunding.PENDING))
    assert not desk.order.needs_person, "the platform answers: it takes its days"
    desk.take(fired(f"refund.{R1}"), silent, fired(f"refund.{R1}"))
    assert desk.order.needs_person
    desk.take(e.RefundQueried(ID, R1, Refunding.REFUNDED))
    assert not desk.order.needs_person
    assert desk.order.money_settled


def test_a_refund_that_was_made_by_hand_after_all_is_settled() -> None:
    desk = refused().take(e.RefundAnswered(ID, R1, Refunding.NO_ANSWER))
    for _ in range(70):
        desk.take(fired(f"refund.{R1}"), e.RefundQueried(ID, R1, Refunding.NO_ANSWER))
    assert desk.order.needs_person
    desk.take(settled(e.Verdict.REFUNDED, refund_no=R1))
    assert desk.order.money_settled
    assert not desk.order.needs_person
