"""The ZVT terminal against its twin: the commit point, goods, lost answers (protocol, 1.2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from devices.payment_terminal import zvt_codes as codes
from devices.payment_terminal import zvt_commands as z
from devices.payment_terminal import zvt_messages as m
from devices.payment_terminal.commands import Transaction
from devices.payment_terminal.zvt_apdu import encode
from devices.payment_terminal.zvt_exchange import Finished
from devices.payment_terminal.zvt_outcome import of_query
from devices.status import Cancelled, Failed, Level, OutcomeUnknown, Status, Success
from tests.support.zvt_pair import FEN, ORDER, Counter, Framing

FRAMINGS: tuple[Framing, ...] = ("blocks", "plain")


@pytest.fixture(params=FRAMINGS)
def framing(request: pytest.FixtureRequest) -> Framing:
    return request.param


def test_a_payment_stands_when_it_was_offered_and_committed(framing: Framing) -> None:
    counter = Counter(framing)
    number = counter.ask(z.Sale(ORDER, FEN))
    assert counter.said(z.Remembered) == [z.Remembered(ORDER, "000101", "0021")]
    counter.wait(2)
    assert not counter.waits(), "nothing is asked before it was written down"
    assert counter.do(z.Begin(ORDER)) == Success()
    counter.pay()
    counter.until(lambda: bool(counter.said(z.Offer)))
    (offer,) = counter.said(z.Offer)
    assert isinstance(offer, z.Offer)
    assert (offer.transaction.amount_fen, offer.transaction.card_masked) == (FEN, "****0018")
    assert counter.charged() == []
    assert number not in counter.ends()
    assert counter.do(z.Commit(ORDER)) == Success()
    end = counter.end(number)
    assert isinstance(end, Success)
    assert isinstance(end.value, Transaction)
    assert (end.value.status, end.value.amount_fen, end.value.paid_fen) == ("completed", FEN, FEN)
    assert (end.value.trans_no, end.value.channel_no) == ("0022", "000102")
    assert counter.charged() == [FEN]
    counter.until_ready()


def test_the_next_sale_remembers_the_last_one(framing: Framing) -> None:
    counter = Counter(framing)
    counter.paid()
    counter.ask(z.Sale("SECOND", 100))
    assert counter.said(z.Remembered)[-1] == z.Remembered("SECOND", "000102", "0022")


def test_an_offer_that_is_rejected_is_taken_back(framing: Framing) -> None:
    counter = Counter(framing)
    number = counter.offered()
    assert counter.do(z.Reject(ORDER)) == Success()
    assert counter.end(number) == Failed("rejected", "the terminal took the payment back")
    assert counter.charged() == []


def test_an_offer_on_which_nobody_decides_is_taken_back(framing: Framing) -> None:
    counter = Counter(framing)
    number = counter.offered()
    assert counter.end(number) == Failed("not_decided", "the terminal took the payment back")
    assert counter.charged() == []
    assert counter.do(z.Commit(ORDER)) == Failed("nothing_offered")
    assert counter.charged() == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [("wrong_amount", "amount_mismatch"), ("wrong_currency", "currency_mismatch")],
)
def test_another_payment_than_asked_for_is_never_offered(
    framing: Framing, fault: str, code: str
) -> None:
    counter = Counter(framing, fault)
    number = counter.begin()
    counter.pay()
    assert counter.end(number) == Failed(code, "the terminal took the payment back")
    assert not counter.said(z.Offer)
    assert counter.charged() == []


@pytest.mark.parametrize(
    ("what", "end"),
    [
        ("decline", Failed("64", "card unreadable")),
        ("cancel", Failed("6C", "cancelled by key or time-out")),
        ("expire", Failed("6C", "cancelled by key or time-out")),
    ],
)
def test_what_ends_without_a_payment_is_certain(framing: Framing, what: str, end: Failed) -> None:
    counter = Counter(framing)
    number = counter.begin()
    counter.until(counter.waits)
    if what != "expire":
        counter.twin.act(what, {})
    assert counter.end(number) == end
    assert counter.charged() == []
    counter.until_ready()


@pytest.mark.parametrize("fault", ["decline", "cancel"])
def test_what_the_bank_refuses_is_certain(framing: Framing, fault: str) -> None:
    counter = Counter(framing, fault)
    number = counter.begin()
    counter.pay()
    assert isinstance(counter.end(number), Failed)
    assert counter.charged() == []


def test_bitmap_27_is_failure_whatever_follows() -> None:
    counter = Counter("plain")
    number = counter.begin()
    counter.until(counter.waits)
    driver, now = counter.driver, counter.now
    driver.receive(encode(m.Apdu(codes.STATUS_INFO, b"\x27\x64")), now)
    ok = b"\x27\x00\x04" + bytes.fromhex("000000003450")
    driver.receive(encode(m.Apdu(codes.STATUS_INFO, ok)), now)
    assert driver.take_output() == encode(m.DONE) + encode(m.REJECT)
    driver.receive(encode(m.Apdu(codes.COMPLETION, ok)), now)
    counter.settle()
    assert counter.end(number) == Failed("64", "card unreadable")
    assert not counter.said(z.Offer)


def test_a_status_that_comes_again_is_answered_again_and_counted_once(framing: Framing) -> None:
    counter = Counter(framing, "status_twice")
    counter.paid()
    counter.wait(5)
    assert counter.charged() == [FEN]
    assert len(counter.said(z.Offer)) == 1
    assert counter.twin.state()["sale"] is None


def test_a_status_that_comes_again_after_the_end_is_answered_the_same_way() -> None:
    counter = Counter("plain")
    counter.paid()
    info = counter.twin._last
    counter.driver.receive(encode(m.Apdu(codes.STATUS_INFO, info)), counter.now)
    assert counter.driver.take_output() == encode(m.DONE)
    other = info.replace(bytes.fromhex("000102"), bytes.fromhex("000103"))
    assert other != info
    counter.driver.receive(encode(m.Apdu(codes.STATUS_INFO, other)), counter.now)
    assert counter.driver.take_output() == encode(m.REJECT), "nobody asked for that payment"


def test_an_answer_that_is_not_heard_lets_the_terminal_reverse(framing: Framing) -> None:
    counter = Counter(framing, "answer_unheard")
    number = counter.offered()
    counter.do(z.Commit(ORDER))
    end = counter.end(number)
    assert end == OutcomeUnknown("aborted_after_commit")
    assert counter.charged() == []
    asked = counter.do(z.Query(ORDER, FEN, "000101", "0021", committed=True))
    assert asked == OutcomeUnknown("nothing_to_compare"), "a person decides"


def test_a_status_that_is_lost_is_no_payment(framing: Framing) -> None:
    counter = Counter(framing, "info_lost")
    number = counter.begin()
    counter.pay()
    assert isinstance(counter.end(number), Failed)
    assert counter.charged() == []
    asked = counter.do(z.Query(ORDER, FEN, "000101", "0021", committed=False))
    assert asked == Failed("not_found", "the terminal knows of no such payment")


def test_a_lost_completion_is_found_out_by_asking(framing: Framing) -> None:
    counter = Counter(framing, "completion_lost")
    number = counter.offered()
    counter.do(z.Commit(ORDER))
    began = counter.now
    assert counter.end(number) == OutcomeUnknown("completion_lost")
    assert counter.now - began < 20, "nobody stands there for T4"
    asked = counter.do(z.Query(ORDER, FEN, "000101", "0021", committed=True))
    assert isinstance(asked, Success)
    assert isinstance(asked.value, Transaction)
    assert (asked.value.status, asked.value.channel_no) == ("completed", "000102")
    assert counter.charged() == [FEN]


@pytest.mark.parametrize(
    ("trace_no", "fen", "committed", "end"),
    [
        ("000102", FEN, True, OutcomeUnknown("nothing_newer")),
        ("000103", FEN, True, OutcomeUnknown("nothing_newer")),  # its numbers began anew
        ("000101", FEN + 1, True, OutcomeUnknown("other_amount")),
        ("", FEN, True, OutcomeUnknown("nothing_to_compare")),
        ("000102", FEN, False, Failed("not_found", "the terminal knows of no such payment")),
        ("000101", FEN + 1, False, Failed("not_found", "the terminal knows of no such payment")),
        ("000101", FEN, False, OutcomeUnknown("paid_uncommitted")),
    ],
)
def test_a_repeated_status_is_believed_only_if_it_must_be_this_payment(
    trace_no: str, fen: int, committed: bool, end: object
) -> None:
    counter = Counter()
    counter.paid()
    assert counter.do(z.Query(ORDER, fen, trace_no, "", committed)) == end


@pytest.mark.parametrize(("amount_fen", "known"), [(FEN, True), (FEN + 1, False), (None, False)])
def test_a_newer_failure_of_another_amount_says_nothing_of_a_committed_payment(
    amount_fen: int | None, known: bool
) -> None:
    """Somebody else's card may have been declined since; this payment may stand all the same."""
    failure = m.StatusInfo(result=0x64, amount_fen=amount_fen, trace="000103", receipt="0023")
    query = z.Query(ORDER, FEN, "000101", "0021", committed=True)
    said = of_query(query, Finished(failure, None))
    if known:
        assert isinstance(said, Success)
        assert isinstance(said.value, Transaction)
        assert said.value.status == "cancelled"
    else:
        assert said == OutcomeUnknown("other_amount")
    uncommitted = replace(query, committed=False)
    assert isinstance(of_query(uncommitted, Finished(failure, None)), Success)


def test_a_terminal_with_nothing_to_repeat(framing: Framing) -> None:
    counter = Counter(framing, blank=True)
    counter.ask(z.Sale(ORDER, FEN))
    assert counter.said(z.Remembered) == [z.Remembered(ORDER)]
    assert counter.driver.status == Status(Level.BUSY, "payment")


def test_goods_that_take_their_time(framing: Framing) -> None:
    counter = Counter(framing)
    number = counter.offered(z.Sale(ORDER, FEN, goods_wait_s=60, most_asks=9))
    for asked in range(2, 5):
        assert counter.do(z.GoodsPending(ORDER)) == Success()
        assert counter.do(z.Commit(ORDER)) == Failed("nothing_offered"), "it isn't asked now"
        counter.until(lambda asked=asked: len(counter.said(z.Offer)) == asked)
    assert counter.do(z.Commit(ORDER)) == Success()
    assert isinstance(counter.end(number), Success)
    assert counter.charged() == [FEN]


def test_goods_that_never_come_out_are_not_paid(framing: Framing) -> None:
    counter = Counter(framing)
    number = counter.offered(z.Sale(ORDER, FEN, most_asks=3))
    answered = 0
    while number not in counter.ends():
        if len(counter.said(z.Offer)) > answered:
            answered += 1
            counter.do(z.GoodsPending(ORDER))
        counter.step()
    assert counter.end(number) == Failed("6C", "cancelled by key or time-out")
    assert answered == 5, "one more than the most, and the first"
    assert counter.charged() == []


def test_goods_that_came_out_in_part_are_paid_in_part(framing: Framing) -> None:
    counter = Counter(framing)
    number = counter.offered()
    assert counter.do(z.GoodsPartly(ORDER, FEN + 1)) == Failed("more_than_offered")
    assert counter.do(z.GoodsPartly(ORDER, 1010)) == Success()
    end = counter.end(number)
    assert isinstance(end, Success)
    assert isinstance(end.value, Transaction)
    assert (end.value.amount_fen, end.value.paid_fen) == (FEN, 1010)
    assert counter.charged() == [1010]


def test_a_sale_that_is_never_written_down_is_never_asked(framing: Framing) -> None:
    counter = Counter(framing)
    number = counter.ask(z.Sale(ORDER, FEN))
    assert counter.end(number) == Failed("not_begun", "nothing was asked")
    assert counter.do(z.Begin(ORDER)) == Failed("nothing_to_begin")
    counter.wait(5)
    assert not counter.waits()


def test_a_decision_for_another_order_meets_nothing(framing: Framing) -> None:
    counter = Counter(framing)
    counter.offered()
    for command in (z.Commit("OTHER"), z.Reject("OTHER"), z.GoodsPartly("OTHER", 1)):
        assert counter.do(command) == Failed("nothing_offered")
    assert counter.do(z.Begin("OTHER")) == Failed("nothing_to_begin")
    assert counter.charged() == []


def test_closing_while_it_waits_for_the_card(framing: Framing) -> None:
    counter = Counter(framing)
    number = counter.begin()
    counter.until(counter.waits)
    running = counter.do(z.Query(ORDER, FEN, "000101", "0021", committed=False))
    assert isinstance(running, Success)
    assert isinstance(running.value, Transaction)
    assert running.value.status == "created"
    closed = counter.ask(z.Close(ORDER))
    assert counter.end(number) == Failed("6C", "cancelled by key or time-out")
    assert isinstance(counter.end(closed), Success)
    assert not counter.waits()


def test_closing_comes_too_late_once_it_stands(framing: Framing) -> None:
    counter = Counter(framing)
    number = counter.offered()
    counter.ask(z.Commit(ORDER))
    closed = counter.ask(z.Close(ORDER))
    assert isinstance(counter.end(number), Success)
    end = counter.end(closed)
    assert isinstance(end, Failed)
    assert end.code == "paid"
    assert counter.charged() == [FEN]


def test_closing_an_undecided_offer_rejects_it(framing: Framing) -> None:
    counter = Counter(framing)
    number = counter.offered()
    closed = counter.ask(z.Close(ORDER))
    assert counter.end(number) == Failed("closed", "the terminal took the payment back")
    assert isinstance(counter.end(closed), Success)
    assert counter.charged() == []


def test_closing_a_payment_of_an_earlier_life(framing: Framing) -> None:
    counter = Counter(framing)
    counter.begin()
    counter.until(counter.waits)
    counter.unplug()
    counter.plug()
    counter.until_ready()
    assert not counter.waits(), "it was asked to stop when it wouldn't register"
    assert isinstance(counter.do(z.Close(ORDER)), Success)
    asked = counter.do(z.Query(ORDER, FEN, "000101", "0021", committed=False))
    assert asked == Failed("not_found", "the terminal knows of no such payment")


def test_who_cancels_gets_the_terminals_word(framing: Framing) -> None:
    counter = Counter(framing)
    number = counter.begin()
    counter.until(counter.waits)
    counter.cancel(number)
    assert counter.end(number) == Failed("6C", "cancelled by key or time-out")
    early = counter.ask(z.Sale("SECOND", 100))
    counter.cancel(early)
    assert counter.end(early) == Cancelled()
    assert counter.charged() == []
