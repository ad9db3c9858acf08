"""The ZVT terminal against its twin: money back, liveness, the line itself (protocol, 1.2)."""

from __future__ import annotations

import pytest

from devices.driver import StatusChanged
from devices.payment_terminal import zvt_codes as codes
from devices.payment_terminal import zvt_commands as z
from devices.payment_terminal import zvt_messages as m
from devices.payment_terminal.zvt_apdu import encode
from devices.payment_terminal.zvt_block import ACK
from devices.payment_terminal.zvt_block import encode as block
from devices.status import Failed, Level, OutcomeUnknown, Status, Success, TimedOut
from tests.support.zvt_pair import FEN, ORDER, Counter, Framing

FRAMINGS: tuple[Framing, ...] = ("blocks", "plain")


@pytest.fixture(params=FRAMINGS)
def framing(request: pytest.FixtureRequest) -> Framing:
    return request.param


def framed(framing: Framing, apdu: m.Apdu) -> bytes:
    raw = encode(apdu)
    return block(raw) if framing == "blocks" else raw


def test_it_registers_then_asks_for_the_last_transaction_and_is_ready(framing: Framing) -> None:
    counter = Counter(framing, ready=False)
    first = framed(framing, m.registration("000000", 0x3E))
    assert counter.sent[0][1] == first
    counter.until_ready()
    said = b"".join(data for _, data in counter.sent)
    assert framed(framing, m.with_password(codes.REPEAT_RECEIPT, "000000")) in said
    levels = [x.status.level for x in counter.reports if isinstance(x, StatusChanged)]
    assert levels == [Level.UNKNOWN, Level.READY]


def test_the_whole_of_a_payment_goes_back_once(framing: Framing) -> None:
    counter = Counter(framing)
    paid = counter.paid()
    reversal = z.Reversal(paid.trans_no, paid.channel_no, FEN)
    assert isinstance(counter.do(reversal), Success)
    assert counter.kept() == 0
    again = counter.do(reversal)
    assert isinstance(again, Success), "reversed already is reversed"
    assert [x["refunded_fen"] for x in counter.twin.ledger()] == [FEN]


def test_a_reversal_that_cannot_be(framing: Framing) -> None:
    counter = Counter(framing)
    paid = counter.paid()
    impossible = Failed("B5", "reversal impossible")
    assert counter.do(z.Reversal("0999", paid.channel_no, FEN)) == impossible
    counter.strike("reversal_impossible", count=1)
    assert counter.do(z.Reversal(paid.trans_no, paid.channel_no, FEN)) == impossible
    assert counter.kept() == FEN


def test_a_reversal_of_another_amount_is_not_acknowledged(framing: Framing) -> None:
    counter = Counter(framing)
    paid = counter.paid()
    end = counter.do(z.Reversal(paid.trans_no, paid.channel_no, FEN - 1))
    assert end == OutcomeUnknown("amount_mismatch")
    assert counter.kept() == FEN


def test_a_receipt_number_of_an_earlier_count_is_refused_here(framing: Framing) -> None:
    counter = Counter(framing)
    paid = counter.paid()
    counter.strike("trace_reset", count=1)
    counter.ask(z.Sale("SECOND", 100))
    counter.ask(z.Begin("SECOND"))
    counter.pay()
    counter.until(lambda: len(counter.said(z.Offer)) == 2)
    counter.do(z.Commit("SECOND"))
    counter.until_ready()
    end = counter.do(z.Reversal(paid.trans_no, paid.channel_no, FEN))
    assert isinstance(end, Failed)
    assert end.code == "numbers_began_anew"
    assert counter.kept() == FEN + 100


def test_a_lost_answer_to_a_reversal_is_nobodys_knowledge(framing: Framing) -> None:
    counter = Counter(framing)
    paid = counter.paid()
    number = counter.ask(z.Reversal(paid.trans_no, paid.channel_no, FEN))
    counter.wait(1)
    counter.unplug()
    assert counter.end(number) == OutcomeUnknown("unplugged")


def test_money_for_a_card_that_is_present(framing: Framing) -> None:
    counter = Counter(framing)
    number = counter.ask(z.Refund(1200))
    counter.pay()
    assert isinstance(counter.end(number), Success)
    assert counter.twin.book.given == [1200]


def test_the_other_commands(framing: Framing) -> None:
    counter = Counter(framing)
    counter.paid()
    told = counter.do(z.EndOfDay())
    assert isinstance(told, Success)
    assert isinstance(told.value, m.StatusInfo)
    assert told.value.amount_fen == FEN
    counter.until_ready()
    for command in (z.Enquire(), z.Repeat(), z.Diagnose(), z.Register(), z.Abort()):
        assert isinstance(counter.do(command), Success), command
        counter.until_ready()
    assert isinstance(counter.do(z.LogOff()), Success)
    assert counter.driver.status == Status(Level.UNKNOWN, "connecting")
    assert counter.do("dance") == Failed("not_supported", "a terminal can't do str")


def test_an_unmasked_card_number_goes_no_further(framing: Framing) -> None:
    counter = Counter(framing, "unmasked_pan", "print_lines")
    counter.paid()
    assert "99000000" not in repr(counter.reports)
    assert "62000000" not in repr(counter.reports)


def test_a_terminal_that_forgot_us_is_registered_anew(framing: Framing) -> None:
    counter = Counter(framing)
    counter.strike("forgets_registration", count=1)
    counter.wait(65)
    counter.until_ready()
    counter.strike("forgets_registration", count=1)
    number = counter.begin()
    assert counter.end(number) == Failed("83", "not possible")
    counter.wait(70)
    counter.paid()


def test_a_terminal_that_is_busy_is_asked_again(framing: Framing) -> None:
    counter = Counter(framing, ready=False)
    counter.strike("please_wait", count=2)
    counter.until_ready()
    counter.strike("please_wait", count=1)
    number = counter.begin()
    # It may be busy with this very payment, if the first answer to it was lost.
    assert counter.end(number) == OutcomeUnknown("busy")


def test_patience_that_the_terminal_asks_for(framing: Framing) -> None:
    counter = Counter(framing, "asks_patience")
    number = counter.begin()
    counter.until(lambda: bool(counter.said(z.Waiting)))
    counter.strike("silent")
    counter.wait(250)
    assert number not in counter.ends(), "five minutes were asked for"
    counter.wait(60)
    assert counter.ends()[number] == OutcomeUnknown("no_completion")


def test_t4_when_nothing_more_is_heard(framing: Framing) -> None:
    counter = Counter(framing)
    number = counter.begin()
    counter.until(counter.waits)
    counter.wait(1)
    counter.strike("silent")
    began = counter.now
    assert counter.end(number) == OutcomeUnknown("no_completion")
    assert 170 < counter.now - began < 185


def test_without_a_word_it_is_never_ready(framing: Framing) -> None:
    counter = Counter(framing, ready=False)
    counter.strike("silent")
    counter.unplug()
    counter.plug()
    number = counter.ask(z.Sale(ORDER, FEN))
    counter.wait(60)
    levels = {x.status.level for x in counter.reports if isinstance(x, StatusChanged)}
    assert Level.READY not in levels
    assert counter.driver.status == Status(Level.UNAVAILABLE, "no_answer")
    end = counter.ends()[number]
    assert isinstance(end, Failed | TimedOut)


def test_two_missed_enquiries_are_silence(framing: Framing) -> None:
    counter = Counter(framing)
    counter.strike("silent")
    began = counter.now
    counter.until(lambda: counter.driver.status.level is not Level.READY)
    assert counter.now - began >= 60
    assert counter.driver.status == Status(Level.UNKNOWN, "silent")
    counter.until(lambda: counter.driver.status.level is Level.UNAVAILABLE, 60)
    assert counter.driver.status.reason == "no_answer"
    counter.faults.clear()
    counter.until_ready()
    counter.paid()


def test_a_terminal_that_talks_unasked_is_never_let_stand(framing: Framing) -> None:
    counter = Counter(framing)
    counter.twin.act("talk", {})
    counter.settle()
    said = b"".join(data for _, data in counter.sent)
    assert framed(framing, m.REJECT) in said
    assert not counter.said(z.Offer)
    counter.paid()


def test_an_offer_that_comes_during_another_command_is_never_let_stand() -> None:
    counter = Counter("plain")
    driver, now = counter.driver, counter.now + 61
    driver.tick(now)
    assert driver.take_output() == encode(m.with_password(codes.STATUS_ENQUIRY, "000000"))
    driver.receive(encode(m.DONE), now)
    ok = b"\x27\x00\x04" + bytes.fromhex("000000003450") + b"\x0b\x00\x09\x99"
    driver.receive(encode(m.Apdu(codes.STATUS_INFO, ok)), now)
    assert driver.take_output() == encode(m.REJECT)


@pytest.mark.parametrize("fault", ["nak", "wrong_crc", "ack_lost"])
@pytest.mark.parametrize("count", [1, 2])
def test_blocks_are_sent_three_times_at_most(fault: str, count: int) -> None:
    counter = Counter()
    counter.strike(fault, count=count)
    counter.paid()
    assert counter.charged() == [FEN]
    assert [data for _, data in counter.sent].count(framed("blocks", m.authorisation(FEN))) <= 3


def test_a_storm_of_naks_is_a_line_that_carries_nothing() -> None:
    counter = Counter()
    counter.strike("nak")
    number = counter.begin()
    assert counter.end(number) == OutcomeUnknown("not_delivered")
    assert counter.charged() == []
    sale = framed("blocks", m.authorisation(FEN))
    assert b"".join(data for _, data in counter.sent).count(sale) == 3


def test_a_damaged_block_wants_a_nak() -> None:
    counter = Counter()
    good = framed("blocks", m.DONE)
    counter.driver.receive(good[:-1] + b"\0", counter.now)
    assert counter.driver.take_output() == b"\x15"
    counter.driver.receive(good[:5], counter.now)
    counter.driver.tick(counter.now + 0.19)
    assert counter.driver.take_output() == b""
    counter.driver.tick(counter.now + 0.21)
    assert counter.driver.take_output() == b"\x15"
    counter.driver.receive(good, counter.now + 0.3)
    assert counter.driver.take_output() == ACK


def test_over_tcp_half_an_apdu_opens_the_connection_anew() -> None:
    counter = Counter("plain")
    counter.driver.receive(b"\x04\x0f\x20", counter.now)
    counter.driver.tick(counter.now + 4.9)
    assert not counter.driver.reopen_wanted
    counter.driver.tick(counter.now + 5.1)
    assert counter.driver.reopen_wanted


def test_a_question_to_a_terminal_that_forgot_us_is_asked_again_after_registration(
    framing: Framing,
) -> None:
    counter = Counter(framing)
    counter.paid()
    counter.strike("forgets_registration", count=1)
    question = z.Query(ORDER, FEN, "000101", "0021", committed=True)
    assert counter.do(question) == TimedOut(), "a refusal is no answer"
    counter.until_ready()
    assert isinstance(counter.do(question), Success)
    counter.strike("forgets_registration", count=1)
    assert counter.do(z.Close(ORDER)) == TimedOut()
    counter.until_ready()
    assert isinstance(counter.do(z.Close(ORDER)), Success)
