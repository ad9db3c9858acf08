"""Money on its way back (design, Money 3–5)."""

from __future__ import annotations

import pytest

from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.events import Charge, Posting, Refunding
from kiosk.core.means import Means, RefundBy
from kiosk.core.order import RefundState as R

from .core_orders import (
    ID,
    POLLED,
    R1,
    TOLD,
    Desk,
    checked,
    fired,
    posted,
    refund_queried,
    refunded,
    settled,
)


def refused(
    means: Means = TOLD, amounts: tuple[int, ...] = (100, 200), lines: tuple[int, ...] = (0,)
) -> Desk:
    """An order whose ``lines`` the biller has refused for certain; the others are posted."""
    desk = Desk(means, amounts).paid()
    for line in range(len(amounts)):
        if line in lines:
            desk.take(posted(Posting.REFUSED, line), checked(Posting.NOT_POSTED, line))
        else:
            desk.take(posted(Posting.POSTED, line))
    return desk


def asked(desk: Desk) -> list[tuple[str, int, int]]:
    return [
        (x.refund_no, x.amount_fen, x.total_fen) for x in desk.all if isinstance(x, c.RefundPayment)
    ]


def test_a_refused_line_goes_back_once_all_lines_have_answered() -> None:
    desk = Desk(amounts=(100, 200)).paid()
    desk.take(posted(Posting.REFUSED), checked(Posting.NOT_POSTED))
    assert asked(desk) == [], "the second may be refused too"
    desk.take(posted(Posting.POSTED, 1))
    assert asked(desk) == [(R1, 100, 300)]


def test_several_refused_lines_go_back_together() -> None:
    assert asked(refused(amounts=(100, 200, 300), lines=(0, 2))) == [(R1, 400, 600)]


@pytest.mark.parametrize(
    ("by", "lines", "sent"),
    [
        (RefundBy.PARTIAL, (0,), True),
        (RefundBy.PARTIAL, (0, 1), True),
        (RefundBy.FULL, (0,), False),
        (RefundBy.FULL, (0, 1), True),
        (RefundBy.CARD_PRESENT, (0, 1), False),
        (RefundBy.NONE, (0, 1), False),
    ],
)
def test_each_way_of_paying_does_what_it_can(
    by: RefundBy, lines: tuple[int, ...], sent: bool
) -> None:
    desk = refused(Means("any", by), lines=lines)
    assert bool(asked(desk)) is sent
    assert desk.order.needs_person is not sent, "what no machine can send back, the office does"


def test_a_whole_refund_waits_for_a_line_nobody_knows_of() -> None:
    desk = Desk(Means("any", RefundBy.FULL), (100, 200)).paid()
    desk.take(posted(Posting.REFUSED), checked(Posting.NOT_POSTED))
    desk.take(posted(Posting.NO_ANSWER, 1))
    assert not asked(desk) and not desk.order.needs_person
    desk.take(fired("line.1"), checked(Posting.NOT_POSTED, 1))
    assert asked(desk) == [(R1, 300, 300)]


def test_after_a_lost_answer_the_question_comes_first() -> None:
    desk = refused().take(refunded(Refunding.NO_ANSWER))
    assert desk.order.refunds[0].state is R.REFUND_UNKNOWN
    desk.take(fired(f"refund.{R1}"))
    assert desk.sent_kinds() == [c.QueryRefund]
    desk.take(refund_queried(Refunding.REFUNDED))
    assert desk.order.refunds[0].state is R.REFUNDED


def ask(desk: Desk, result: Refunding) -> Desk:
    return desk.take(fired(f"refund.{R1}"), refund_queried(result))


def test_two_times_not_found_request_it_again_with_the_same_number() -> None:
    desk = refused().take(refunded(Refunding.NO_ANSWER))
    ask(desk, Refunding.NOT_FOUND)
    assert len(asked(desk)) == 1
    ask(desk, Refunding.NOT_FOUND)
    assert asked(desk) == [(R1, 100, 300)] * 2


def test_one_answer_said_twice_counts_once() -> None:
    desk = refused().take(refunded(Refunding.NO_ANSWER))
    ask(desk, Refunding.NOT_FOUND)
    before = desk.order
    assert desk.take(refund_queried(Refunding.NOT_FOUND)).order == before


@pytest.mark.parametrize("result", [Refunding.PENDING, Refunding.NO_ANSWER])
def test_a_refund_under_way_is_only_asked_for(result: Refunding) -> None:
    desk = refused().take(refunded(result))
    for _ in range(20):
        ask(desk, result)
    assert len(asked(desk)) == 1
    assert desk.order.refunds[0].state is R.REFUND_UNKNOWN


def refused_for_good() -> Desk:
    desk = refused().take(refunded(Refunding.REFUSED))
    for _ in range(20):
        ask(desk, Refunding.REFUSED)
        if desk.order.refunds[0].state is R.REFUNDING:
            desk.take(refunded(Refunding.REFUSED))
    return desk


def test_a_refund_refused_again_and_again_goes_to_a_person() -> None:
    desk = refused_for_good()
    assert desk.order.refunds[0].state is R.NEEDS_PERSON
    assert desk.order.person_reasons == (f"refund_refused:{R1}",)


def test_a_late_refusal_does_not_take_it_back_from_the_person() -> None:
    desk = refused_for_good()
    before = desk.order
    assert desk.take(refunded(Refunding.REFUSED)).order == before
    assert desk.sent == ()


def test_the_person_pays_back_and_the_order_closes() -> None:
    desk = refused_for_good().take(settled(e.Verdict.REFUNDED, refund_no=R1), e.PersonLeft(ID))
    assert desk.order.money_settled
    assert not desk.order.needs_person


def test_a_refund_just_sent_cannot_be_settled_by_hand() -> None:
    desk = refused().take(settled(e.Verdict.REFUNDED, refund_no=R1))
    assert desk.order.refunds[0].state is R.REFUNDING


def test_another_question_of_the_order_stays_with_the_person() -> None:
    desk = refused_for_good()
    desk.take(settled(e.Verdict.LINE_POSTED, line=1))
    assert desk.order.person_reasons == (f"refund_refused:{R1}",)


def test_refunds_of_one_order_keep_their_distance() -> None:
    desk = Desk(POLLED, (100, 200)).paid()
    desk.take(posted(Posting.NO_ANSWER), posted(Posting.REFUSED, 1))
    desk.take(checked(Posting.NOT_POSTED, 1), refunded(Refunding.REFUNDED))
    desk.at += 20_000
    desk.take(fired("line.0"), checked(Posting.NOT_POSTED))
    assert desk.timers()["refund.plan"] == 40
    assert len(asked(desk)) == 1
    desk.at += 40_000
    desk.take(fired("refund.plan"))
    assert asked(desk) == [(R1, 200, 300), (f"{ID}R2", 100, 300)]


def test_a_restart_asks_before_it_requests() -> None:
    desk = refused().take(e.Restarted(ID))
    assert c.QueryRefund in desk.sent_kinds()
    assert len(asked(desk)) == 1


NET = Means("terminal", RefundBy.PARTIAL, refund_net=True)


def _refused_line(desk: Desk) -> Desk:
    return desk.take(
        e.PostAnswered(ID, 0, Posting.REFUSED, code="EQ0007"),
        e.PostChecked(ID, 0, Posting.NOT_POSTED, code="EQ0007"),
    )


def test_no_more_goes_back_than_was_paid_net_of_a_coupon() -> None:
    desk = Desk(NET, (5280,))
    desk.take(e.PaymentAnswered(ID, Charge.PAID, desk.facts(coupon_fen=300)))
    _refused_line(desk)
    asked = [x for x in desk.all if isinstance(x, c.RefundPayment)]
    assert [x.amount_fen for x in asked] == [4980]
    desk.take(e.RefundAnswered(ID, R1, Refunding.REFUNDED))
    assert desk.order.money_settled


def test_a_refund_refused_and_never_found_goes_to_a_person() -> None:
    desk = _refused_line(Desk(NET, (5280,)).paid())
    for _ in range(20):
        if desk.order.needs_person:
            break
        desk.take(
            e.RefundAnswered(ID, R1, Refunding.REFUSED, "422"),
            e.TimerFired(ID, f"refund.{R1}"),
            e.RefundQueried(ID, R1, Refunding.NOT_FOUND),
            e.TimerFired(ID, f"refund.{R1}"),
            e.RefundQueried(ID, R1, Refunding.NOT_FOUND),
        )
    assert desk.order.needs_person
    assert desk.count(c.RefundPayment) < 10
    desk.take(e.RefundAnswered(ID, R1, Refunding.REFUNDED))
    assert not desk.order.needs_person, "it went through after all"


def test_a_late_answer_makes_a_closed_order_ask_once_more() -> None:
    desk = Desk().take(e.PaymentAnswered(ID, Charge.NOT_PAID, code="not_found"))
    assert desk.order.closed
    desk.take(e.LateAnswered(ID))
    assert c.QueryPayment in desk.sent_kinds()
    assert not desk.order.closed
    desk.take(e.PaymentQueried(ID, Charge.PAID, desk.facts()))
    assert c.RefundPayment in desk.sent_kinds(), "money that came too late goes back"


def test_a_refund_is_asked_about_before_its_answer_is_overdue() -> None:
    """A machine whose answer is lost would hold up the next person for three minutes."""
    desk = refused()
    assert desk.timers()[f"refund.{R1}"] == 12.0
    assert desk.take(fired(f"refund.{R1}")).sent_kinds() == [c.QueryRefund]
    for result in (Refunding.NOT_FOUND, Refunding.REFUSED, Refunding.NO_ANSWER):
        desk.take(refund_queried(result))
        assert desk.order.refunds[0].state is R.REFUNDING, "its own answer may still come"
        assert desk.timers() == {f"refund.{R1}": 12.0}
        desk.take(fired(f"refund.{R1}"))
    desk.take(refund_queried(Refunding.REFUNDED))
    assert desk.order.refunds[0].state is R.REFUNDED
    assert len(asked(desk)) == 1


def test_a_platform_is_not_asked_about_a_refund_while_it_answers() -> None:
    assert f"refund.{R1}" not in refused(POLLED).timers()
