"""The lines' rules: posting each bill (design, Money 4)."""

from __future__ import annotations

import pytest

from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.events import Posting
from kiosk.core.order import LineState as L

from .core_orders import DAY_MS, ID, Desk, checked, fired, posted, settled


def test_nothing_is_posted_before_the_money_is_there() -> None:
    assert Desk().count(c.PostLine) == 0
    desk = Desk().paid()
    post = next(x for x in desk.sent if isinstance(x, c.PostLine))
    assert (post.line_no, post.amount_fen) == (f"{ID}L1", 9630)


def test_lines_are_posted_one_after_the_other() -> None:
    desk = Desk(amounts=(100, 200, 300)).paid()
    for line in range(3):
        assert [x.line for x in desk.sent if isinstance(x, c.PostLine)] == [line]
        desk.take(posted(Posting.POSTED, line))
    assert [x.state for x in desk.order.lines] == [L.POSTED] * 3


def test_a_line_nobody_knows_of_does_not_hold_up_the_next() -> None:
    desk = Desk(amounts=(100, 200)).paid().take(posted(Posting.NO_ANSWER))
    assert [x.line for x in desk.sent if isinstance(x, c.PostLine)] == [1]


@pytest.mark.parametrize("result", [Posting.NO_ANSWER, Posting.PENDING])
def test_without_an_answer_the_question_comes_first(result: Posting) -> None:
    desk = Desk().paid().take(posted(result))
    assert desk.order.lines[0].state is L.POST_UNKNOWN
    desk.take(fired("line.0"))
    assert desk.sent_kinds() == [c.CheckPost]
    assert desk.count(c.PostLine) == 1


def test_a_refusal_alone_refunds_nothing() -> None:
    """An earlier try may have gone through: only the check is certain."""
    desk = Desk().paid().take(posted(Posting.REFUSED))
    assert desk.sent_kinds() == [c.CheckPost]
    assert desk.count(c.RefundPayment) == 0
    desk.take(checked(Posting.POSTED))
    assert desk.order.lines[0].state is L.POSTED


@pytest.mark.parametrize("result", [Posting.NOT_POSTED, Posting.CANCELLED])
def test_a_check_that_is_certain_refuses_the_line(result: Posting) -> None:
    desk = Desk().paid().take(posted(Posting.REFUSED), checked(result))
    assert desk.order.lines[0].state is L.REFUSED
    assert desk.count(c.RefundPayment) == 1


def test_no_record_posts_again_with_the_same_number_and_content() -> None:
    desk = Desk().paid().take(posted(Posting.NO_ANSWER), fired("line.0"))
    desk.at += 5000
    desk.take(checked(Posting.NO_RECORD))
    first, second = (x for x in desk.all if isinstance(x, c.PostLine))
    assert first == second


def test_an_answer_nobody_asked_for_changes_nothing() -> None:
    desk = Desk().paid()
    before = desk.order
    assert desk.take(checked(Posting.NOT_POSTED)).order == before


def test_posted_stays_posted() -> None:
    desk = Desk().paid().take(posted(Posting.POSTED))
    before = desk.order
    for late in (posted(Posting.REFUSED), checked(Posting.NOT_POSTED), posted(Posting.NO_ANSWER)):
        assert desk.take(late).order == before


def test_a_restart_asks_for_every_line_under_way() -> None:
    desk = Desk(amounts=(100, 200)).paid().take(posted(Posting.NO_ANSWER), e.Restarted(ID))
    assert [x.line for x in desk.sent if isinstance(x, c.CheckPost)] == [0, 1]
    assert desk.count(c.PostLine) == 2


def unknown_for(days: int, rounds: int) -> Desk:
    desk = Desk().paid().take(posted(Posting.NO_ANSWER))
    desk.at += days * DAY_MS
    for _ in range(rounds):
        desk.take(fired("line.0"), checked(Posting.NO_ANSWER))
    return desk


def test_after_a_day_a_person_looks_and_nothing_is_refunded() -> None:
    desk = unknown_for(days=1, rounds=6)
    assert desk.order.lines[0].needs_person
    assert desk.order.person_reasons == ("post_unknown:0",)
    assert desk.count(c.RefundPayment) == 0


def test_a_clock_that_jumped_brings_no_day_about() -> None:
    assert not unknown_for(days=30, rounds=2).order.needs_person


def test_what_the_biller_says_after_all_needs_no_person_any_more() -> None:
    desk = unknown_for(days=1, rounds=6).take(fired("line.0"), checked(Posting.POSTED))
    assert desk.order.lines[0].state is L.POSTED
    assert not desk.order.needs_person


@pytest.mark.parametrize(
    ("verdict", "state", "refunds"),
    [(e.Verdict.LINE_POSTED, L.POSTED, 0), (e.Verdict.LINE_NOT_POSTED, L.REFUSED, 1)],
)
def test_a_person_settles_a_line(verdict: e.Verdict, state: L, refunds: int) -> None:
    desk = unknown_for(days=1, rounds=6).take(settled(verdict, line=0))
    assert desk.order.lines[0].state is state
    assert desk.count(c.RefundPayment) == refunds
    assert not desk.order.needs_person


def test_a_posting_after_its_refund_is_for_a_person() -> None:
    desk = Desk().paid().take(posted(Posting.REFUSED), checked(Posting.NOT_POSTED))
    desk.take(posted(Posting.POSTED))
    assert desk.order.person_reasons == ("posted_after_refund:0",)
    assert not desk.order.closed
