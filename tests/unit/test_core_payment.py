"""The payment machine's rules (design, Money 1–3, 5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.decide import decide
from kiosk.core.events import Charge, Close
from kiosk.core.order import PaymentState as P

from .core_orders import ID, OFFERED, POLLED, TOLD, Desk, answered, closed, fired, queried, settled

CANCEL = e.CancelWanted(ID)
CODE = e.PaymentCodeReady(ID, "https://qr.example/1")


def test_opening_asks_for_the_money_once() -> None:
    desk = Desk(amounts=(9630, 1650))
    request = desk.sent[0]
    assert isinstance(request, c.RequestPayment)
    assert request.amount_fen == 11280
    assert desk.order.payment.state is P.REQUESTED


def test_an_order_is_the_sum_of_its_bills() -> None:
    event = e.OrderOpened(ID, TOLD, tuple(x.bill for x in Desk().order.lines), 9631)
    with pytest.raises(ValueError, match="not the sum"):
        decide(None, event, 1)


def test_opening_twice_asks_for_nothing() -> None:
    desk = Desk()
    again = e.OrderOpened(ID, TOLD, tuple(x.bill for x in desk.order.lines), 9630)
    assert decide(desk.order, again, desk.at) == (desk.order, ())


@pytest.mark.parametrize(
    ("result", "state", "asks"),
    [
        (Charge.NOT_PAID, P.NOT_PAID, []),
        (Charge.UNDECIDABLE, P.NEEDS_PERSON, []),
        (Charge.NO_ANSWER, P.UNKNOWN, [c.QueryPayment]),
        (Charge.WAITING, P.UNKNOWN, [c.QueryPayment]),
        (Charge.NOT_FOUND, P.UNKNOWN, [c.QueryPayment]),
    ],
)
def test_what_the_answer_to_the_request_means(
    result: Charge, state: P, asks: list[type[c.Command]]
) -> None:
    desk = Desk().take(answered(result))
    assert desk.order.payment.state is state
    assert desk.sent_kinds() == asks


def test_a_coupon_is_booked_beside_the_amount() -> None:
    desk = Desk()
    desk.take(answered(Charge.PAID, desk.facts(coupon_fen=200)))
    assert desk.order.payment.state is P.PAID
    assert desk.order.payment.facts == desk.facts(coupon_fen=200)


@pytest.mark.parametrize("amount", [9629, 9631, None])
def test_another_amount_is_for_a_person(amount: int | None) -> None:
    desk = Desk()
    facts = None if amount is None else desk.facts(amount)
    desk.take(answered(Charge.PAID, facts))
    assert desk.order.payment.state is P.NEEDS_PERSON
    assert desk.order.person_reasons == ("amount_mismatch",)
    assert desk.count(c.PostLine) == 0


def test_time_alone_makes_nothing_unpaid() -> None:
    desk = Desk().take(fired("payment.deadline"))
    for _ in range(50):
        desk.take(queried(Charge.NO_ANSWER), fired("payment.resolve"))
        assert desk.order.payment.state is P.UNKNOWN


def test_the_pauses_between_questions_grow_to_a_minute() -> None:
    desk = Desk().take(answered(Charge.NO_ANSWER))
    waits = []
    for _ in range(7):
        waits.append(desk.take(queried(Charge.NO_ANSWER)).timers()["payment.resolve"])
        desk.take(fired("payment.resolve"))
    assert waits == [2, 4, 8, 16, 32, 60, 60]


def test_not_found_frees_nothing_before_close_and_query() -> None:
    desk = Desk().take(answered(Charge.NO_ANSWER), queried(Charge.NOT_FOUND))
    assert desk.sent_kinds() == [c.ClosePayment]
    desk.take(closed(Close.CLOSED))
    assert desk.sent_kinds() == [c.QueryPayment]
    assert desk.order.payment.state is P.UNKNOWN
    desk.take(queried(Charge.NOT_FOUND))
    assert desk.order.payment.state is P.NOT_PAID


def test_a_close_without_answer_frees_nothing() -> None:
    desk = Desk().take(answered(Charge.NO_ANSWER), queried(Charge.NOT_FOUND))
    desk.take(closed(Close.NO_ANSWER))
    assert desk.order.payment.state is P.UNKNOWN
    desk.take(fired("payment.resolve"), queried(Charge.NOT_FOUND))
    assert desk.sent_kinds() == [c.ClosePayment]


def test_closing_too_late_finds_the_payment() -> None:
    desk = Desk().take(CANCEL, queried(Charge.WAITING), closed(Close.ALREADY_PAID))
    desk.take(queried(Charge.PAID, desk.facts()))
    assert desk.order.payment.state is P.PAID


def test_not_found_after_closing_found_it_paid_frees_nothing() -> None:
    desk = Desk().take(CANCEL, queried(Charge.WAITING), closed(Close.ALREADY_PAID))
    assert desk.take(queried(Charge.NOT_FOUND)).order.payment.state is P.UNKNOWN


def test_a_code_that_was_seen_is_not_freed_by_a_close_that_finds_nothing() -> None:
    desk = Desk(POLLED).take(CODE, CANCEL, queried(Charge.NOT_FOUND), closed(Close.NOT_FOUND))
    assert desk.sent_kinds() == [c.StartTimer]
    assert desk.order.payment.state is P.UNKNOWN


def test_a_screen_code_is_polled_while_it_stands() -> None:
    desk = Desk(POLLED).take(CODE)
    assert desk.timers() == {"payment.poll": 3.0}
    for result in (Charge.NOT_FOUND, Charge.WAITING, Charge.NO_ANSWER):
        assert desk.take(fired("payment.poll")).sent_kinds() == [c.QueryPayment]
        assert desk.take(queried(result)).timers() == {"payment.poll": 3.0}
    assert desk.order.payment.state is P.REQUESTED


def test_a_machine_that_tells_by_itself_is_asked_beside_that() -> None:
    """Its answer may be lost on a line that is well."""
    desk = Desk()
    assert desk.timers()["payment.poll"] == 12.0
    for result in (Charge.WAITING, Charge.NOT_FOUND, Charge.NO_ANSWER):
        assert desk.take(fired("payment.poll")).sent_kinds() == [c.QueryPayment]
        assert desk.take(queried(result)).timers() == {"payment.poll": 12.0}
        assert desk.order.payment.state is P.REQUESTED
    desk.take(fired("payment.poll"), queried(Charge.PAID, desk.facts()))
    assert desk.order.payment.state is P.PAID


def test_a_machine_without_our_numbers_is_not_asked_about_them() -> None:
    assert "payment.poll" not in Desk(OFFERED).timers()


@pytest.mark.parametrize("after", [CANCEL, fired("payment.deadline")])
def test_a_code_that_comes_too_late_is_not_shown(after: e.OrderEvent) -> None:
    desk = Desk(POLLED).take(after, CODE)
    assert desk.order.payment.qr_code == ""


def test_only_one_question_is_under_way() -> None:
    """Of two, an old "not found" could close what the newer answer has found paid."""
    desk = Desk(POLLED).take(CODE, fired("payment.poll"), CANCEL)
    assert desk.count(c.QueryPayment) == 1
    desk.take(queried(Charge.WAITING))
    assert desk.sent_kinds() == [c.ClosePayment]


def test_what_comes_while_closing_waits_for_the_question_after_it() -> None:
    """Closing may give paid money back (Alipay, trade.cancel): PAID from before says nothing."""
    desk = Desk(POLLED).take(CODE, CANCEL, queried(Charge.WAITING))
    desk.take(queried(Charge.PAID, desk.facts()))
    assert desk.order.payment.state is P.REQUESTED
    desk.take(closed(Close.CLOSED), queried(Charge.NOT_PAID))
    assert desk.order.payment.state is P.NOT_PAID


def test_a_cancel_believes_nothing_by_itself() -> None:
    desk = Desk().take(CANCEL)
    assert desk.order.payment.state is P.REQUESTED
    assert desk.sent_kinds() == [c.QueryPayment]
    assert desk.take(CANCEL).sent == ()


def test_a_restart_asks_and_never_requests_again() -> None:
    desk = Desk().take(e.Restarted(ID))
    assert desk.order.payment.state is P.UNKNOWN
    assert desk.sent_kinds() == [c.QueryPayment]
    assert desk.count(c.RequestPayment) == 1


def test_money_that_comes_after_not_paid_goes_back_whole() -> None:
    desk = Desk(amounts=(9630, 1650)).take(answered(Charge.NOT_PAID))
    desk.take(queried(Charge.PAID, desk.facts()))
    assert desk.order.payment.late
    refund = next(x for x in desk.sent if isinstance(x, c.RefundPayment))
    assert refund.amount_fen == 11280
    assert desk.count(c.PostLine) == 0


def unscanned_and_closed() -> Desk:
    """A code was shown, nobody scanned it, the platform knows of no order and "closes" it."""
    desk = Desk(POLLED).take(CODE, CANCEL, queried(Charge.NOT_FOUND))
    return desk.take(closed(Close.CLOSED), queried(Charge.NOT_FOUND))


def test_a_code_nobody_scanned_is_looked_at_once_more_when_it_has_expired() -> None:
    desk = unscanned_and_closed()
    assert desk.order.payment.state is P.NOT_PAID
    assert desk.timers() == {"payment.last_look": 135.0}
    assert not desk.order.closed
    assert desk.take(fired("payment.last_look")).sent_kinds() == [c.QueryPayment]
    assert desk.take(queried(Charge.NOT_FOUND)).order.closed


def test_the_last_look_is_not_cut_short_by_an_old_answer() -> None:
    desk = unscanned_and_closed().take(queried(Charge.NOT_FOUND))
    assert not desk.order.closed


def test_the_last_look_survives_a_restart() -> None:
    desk = unscanned_and_closed().take(e.Restarted(ID))
    assert desk.timers() == {"payment.last_look": 135.0}
    assert desk.order.payment.state is P.NOT_PAID


@pytest.mark.parametrize("result", [Charge.NO_ANSWER, Charge.WAITING])
def test_the_last_look_is_repeated_until_somebody_knows(result: Charge) -> None:
    desk = unscanned_and_closed().take(fired("payment.last_look"), queried(result))
    assert desk.timers() == {"payment.last_look": 60.0}
    assert desk.take(fired("payment.last_look")).sent_kinds() == [c.QueryPayment]


def test_money_found_at_the_last_look_goes_back_whole() -> None:
    desk = unscanned_and_closed().take(fired("payment.last_look"))
    desk.take(queried(Charge.PAID, desk.facts()))
    assert desk.order.payment.late
    assert desk.count(c.RefundPayment) == 1


@pytest.mark.parametrize(
    ("close_code", "query_code"), [("refunded_by_close", ""), ("", "refunded_full")]
)
def test_money_that_closing_gave_back_is_booked_as_charged_and_paid_back(
    close_code: str, query_code: str
) -> None:
    desk = Desk(POLLED, (9630, 1650)).take(CODE, CANCEL, queried(Charge.NOT_FOUND))
    desk.take(e.PaymentClosed(ID, Close.CLOSED, close_code))
    desk.take(e.PaymentQueried(ID, Charge.NOT_PAID, code=query_code))
    order = desk.order
    assert order.payment.state is P.PAID
    assert (order.refunded_fen, order.payment_word) == (11280, "refunded")
    assert order.money_settled
    assert desk.count(c.PostLine) == desk.count(c.RefundPayment) == 0
    assert desk.sent_kinds()[-1] is c.Print, "a slip tells of it"


def test_what_a_coupon_paid_does_not_go_back_to_the_person() -> None:
    means = replace(POLLED, refund_net=True)
    desk = Desk(means).take(CODE, CANCEL, queried(Charge.NOT_FOUND), closed(Close.CLOSED))
    facts = desk.facts(coupon_fen=200)
    desk.take(e.PaymentQueried(ID, Charge.NOT_PAID, facts, "refunded_full"))
    assert [(x.amount_fen, x.money_fen) for x in desk.order.refunds] == [(9630, 9430)]


def test_money_given_back_long_after_is_booked_too() -> None:
    desk = unscanned_and_closed().take(fired("payment.last_look"))
    desk.take(e.PaymentQueried(ID, Charge.NOT_PAID, code="refunded_full"))
    assert desk.order.payment_word == "refunded"


def test_paid_stays_paid() -> None:
    desk = Desk().paid()
    for late in (answered(Charge.NOT_PAID), queried(Charge.NOT_FOUND), closed(Close.CLOSED)):
        assert desk.take(late).order.payment.state is P.PAID
        assert desk.sent == ()


def test_an_offer_is_committed_when_it_is_what_was_asked_for() -> None:
    desk = Desk(OFFERED)
    desk.take(e.PaymentOffered(ID, desk.facts()))
    assert desk.sent_kinds() == [c.CommitPayment]
    assert desk.order.payment.state is P.REQUESTED, "paid only when the terminal says so"


@pytest.mark.parametrize(
    "before", [CANCEL, e.Restarted(ID), answered(Charge.NOT_PAID)], ids=lambda x: type(x).__name__
)
def test_an_offer_nobody_waits_for_is_rejected(before: e.OrderEvent) -> None:
    desk = Desk(OFFERED).take(before)
    desk.take(e.PaymentOffered(ID, desk.facts()))
    assert desk.sent_kinds() == [c.RejectPayment]


def test_an_offer_of_another_amount_is_rejected() -> None:
    desk = Desk(OFFERED)
    desk.take(e.PaymentOffered(ID, desk.facts(9631)))
    assert desk.sent_kinds() == [c.RejectPayment]


def test_a_committed_offer_is_committed_again_after_a_restart() -> None:
    desk = Desk(OFFERED)
    offer = e.PaymentOffered(ID, desk.facts())
    desk.take(offer, e.Restarted(ID), offer)
    assert desk.sent_kinds() == [c.CommitPayment]


def test_a_committed_offer_is_not_committed_once_it_is_not_paid() -> None:
    desk = Desk(OFFERED)
    offer = e.PaymentOffered(ID, desk.facts())
    desk.take(offer, answered(Charge.NOT_PAID), offer)
    assert desk.sent_kinds() == [c.RejectPayment]


@pytest.mark.parametrize(
    ("verdict", "state"), [(e.Verdict.PAID, P.PAID), (e.Verdict.NOT_PAID, P.NOT_PAID)]
)
def test_a_person_settles_what_no_machine_could(verdict: e.Verdict, state: P) -> None:
    desk = Desk().take(answered(Charge.UNDECIDABLE), settled(verdict))
    assert desk.order.payment.state is state
    assert desk.order.person_reasons == ()


def test_a_person_cannot_settle_what_is_certain() -> None:
    desk = Desk().take(answered(Charge.NOT_PAID), settled(e.Verdict.PAID))
    assert desk.order.payment.state is P.NOT_PAID
