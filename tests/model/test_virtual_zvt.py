"""Bills paid through a ZVT terminal: offer, journal, commit, whatever goes wrong (virtual time)."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.core.order import PaymentState
from kiosk.residents import Errand
from sim.faults import Fault
from tests.model.test_virtual_kills import MOST_ROWS, life
from tests.support.virtually import Cabin

DRIVERS = ("zvt", "zvt_tcp")


@pytest.fixture(params=DRIVERS)
def cabin(request: pytest.FixtureRequest, tmp_path: Path) -> Cabin:
    return Cabin(tmp_path, terminal=request.param)


def strike(cabin: Cabin, kind: str, count: int | None = 1) -> None:
    cabin.faults.add(Fault(cabin.terminal_id, kind, count=count))


def charged(cabin: Cabin) -> list[int]:
    return [x["charged_fen"] for x in cabin.cabin.ledger()["terminal_zvt"]]


def test_a_bill_is_paid_and_the_journal_comes_before_each_step(cabin: Cabin) -> None:
    cabin.serve(Errand(cabin.owe(), "terminal"))
    (order,) = cabin.come_to_rest()
    assert order.closed
    assert order.payment.state is PaymentState.PAID
    assert charged(cabin) == [order.amount_fen]
    rows = [x for x in cabin.rows if x.startswith(("Order", "Payment"))]
    assert rows == ["OrderOpened", "PaymentMarked", "PaymentOffered", "PaymentAnswered"]
    assert order.payment.facts is not None
    assert order.payment.facts.card == "****0018"
    assert order.payment.mark is not None
    assert order.payment.mark.trace_no < order.payment.facts.channel_no


def test_one_after_the_other_each_has_its_own_payment(cabin: Cabin) -> None:
    for _ in range(3):
        cabin.serve(Errand(cabin.owe(), "terminal"))
    orders = cabin.come_to_rest()
    assert [x.payment.state for x in orders] == [PaymentState.PAID] * 3
    assert len(set(charged(cabin))) == 3


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("decline", PaymentState.NOT_PAID),
        ("cancel", PaymentState.NOT_PAID),
        ("info_lost", PaymentState.NOT_PAID),
        ("wrong_amount", PaymentState.NOT_PAID),
        ("wrong_currency", PaymentState.NOT_PAID),
        ("completion_lost", PaymentState.PAID),
        ("status_twice", PaymentState.PAID),
        ("asks_patience", PaymentState.PAID),
        ("print_lines", PaymentState.PAID),
        ("unmasked_pan", PaymentState.PAID),
        ("trace_reset", PaymentState.PAID),
        ("answer_unheard", PaymentState.NEEDS_PERSON),
        ("please_wait", PaymentState.NOT_PAID),
        ("forgets_registration", PaymentState.NOT_PAID),
    ],
)
def test_what_goes_wrong_at_the_terminal(cabin: Cabin, fault: str, state: PaymentState) -> None:
    strike(cabin, fault)
    cabin.serve(Errand(cabin.owe(), "terminal"))
    (order,) = cabin.come_to_rest()
    assert order.payment.state is state
    paid = state is PaymentState.PAID
    assert charged(cabin) == ([order.amount_fen] if paid else [])
    assert order.closed == (state is not PaymentState.NEEDS_PERSON)


@pytest.mark.parametrize("at_payment", ["cancel", "refuse", "walk_off", "cancel_and_pay"])
def test_people_who_change_their_minds(cabin: Cabin, at_payment: str) -> None:
    cabin.serve(Errand(cabin.owe(), "terminal", at_payment=at_payment))
    cabin.serve(Errand(cabin.owe(), "terminal"))
    orders = cabin.come_to_rest()
    assert all(x.closed for x in orders)
    paid = [x.amount_fen for x in orders if x.payment.state is PaymentState.PAID]
    assert charged(cabin) == paid


def test_a_refused_bill_goes_back_whole_and_a_part_of_a_payment_by_hand(cabin: Cabin) -> None:
    refusing = cabin.owe(three=True)[1:2]
    cabin.serve(Errand(refusing, "terminal"))
    (order,) = cabin.come_to_rest()
    assert order.closed
    assert order.refunded_fen == order.amount_fen
    assert [x["refunded_fen"] for x in cabin.cabin.ledger()["terminal_zvt"]] == [order.amount_fen]
    cabin.serve(Errand(cabin.owe(three=True), "terminal"))
    orders = cabin.come_to_rest()
    assert orders[1].needs_person, "a terminal that can only reverse the whole"
    assert orders[1].refunds[0].state.value == "needs_person"
    assert cabin.cabin.ledger()["terminal_zvt"][1]["refunded_fen"] == 0


def test_a_lost_answer_to_a_refund_is_for_a_person(cabin: Cabin) -> None:
    refusing = cabin.owe(three=True)[1:2]
    strike(cabin, "completion_lost", None)
    cabin.serve(Errand(refusing, "terminal"))
    (order,) = cabin.come_to_rest()
    assert order.needs_person
    assert order.refunds[0].code == "answer_lost"


def test_the_cable_is_pulled_while_it_waits_for_the_card(cabin: Cabin) -> None:
    def waits(cabin: Cabin) -> bool:
        return cabin.cabin.lines[cabin.terminal_id].model.state()["sale"] is not None

    cabin.serve(
        Errand(cabin.owe(), "terminal", when_unknown="slip"),
        waits,
        lambda cabin: cabin.act("terminal", "unplug"),
    )
    (order,) = cabin.come_to_rest()
    assert order.payment.state is PaymentState.NOT_PAID
    assert charged(cabin) == []
    cabin.serve(Errand(cabin.owe(), "terminal"))
    assert cabin.come_to_rest()[1].payment.state is PaymentState.PAID


@pytest.mark.parametrize("three", [False, True], ids=["one_bill", "three_one_refused"])
def test_killed_after_every_row(cabin: Cabin, three: bool) -> None:
    for rows in range(1, MOST_ROWS):
        if not life(cabin, Errand(cabin.owe(three=three), "terminal"), rows):
            break
    else:
        pytest.fail("a payment has no end")
    assert rows > 5
    orders = cabin.check(settled=True)
    assert len(orders) == rows
    # Killed between the journal and the commit: whether it was heard, only a person finds out.
    unknown = [x for x in orders if x.payment.state is PaymentState.NEEDS_PERSON]
    assert [x.payment.committing for x in unknown] == [True]
    assert all(x.closed or x.needs_person for x in orders)
    paid = [x.amount_fen for x in orders if x.payment.state is PaymentState.PAID]
    assert charged(cabin) == paid


@pytest.mark.long
@pytest.mark.timeout(600)
def test_killed_in_recovery_too(cabin: Cabin) -> None:
    for rows in range(1, MOST_ROWS):
        more = [life(cabin, Errand(cabin.owe(), "terminal"), rows, again) for again in (1, 2, 3)]
        if not any(more):
            break
    else:
        pytest.fail("a payment has no end")
    assert all(x.closed or x.needs_person for x in cabin.check(settled=True))
