"""The ECR Hub driver against a terminal played by hand (payment terminal protocols, 1.1)."""

from __future__ import annotations

import pytest

from devices.payment_terminal.commands import (
    Close,
    Command,
    LateAnswer,
    Query,
    Refund,
    Sale,
    Transaction,
    Void,
)
from devices.status import (
    Failed,
    Level,
    OutcomeUnknown,
    Status,
    Success,
)
from tests.wire.terminal_by_hand import BEAT, CONFIRM, Bench, frame

ORDER = "38012611220000100ABC"
SALE = Sale(ORDER, 3450, "电费 2026-10")
PAID = {"merchant_order_no": ORDER, "trans_status": "2", "order_amount": "34.50"}
IRREVERSIBLE: list[Command] = [SALE, Void("V1", ORDER), Refund("R1", ORDER, 100)]


@pytest.fixture
def bench() -> Bench:
    return Bench().link()


def test_shakes_hands_at_open_and_again_each_second_until_confirmed() -> None:
    bench = Bench()
    bench.beating = False
    bench.open()
    bench.run(3.5)
    shakes = [one for one in bench.sent if one.kind == 1]
    assert [one.at - 100 for one in shakes] == pytest.approx([0, 1, 2, 3])
    bench.hear(CONFIRM)
    bench.run(2.5)
    assert len([one for one in bench.sent if one.kind == 1]) == 4
    assert bench.driver.status == Status(Level.READY)


def test_beats_every_second(bench: Bench) -> None:
    bench.sent.clear()
    bench.run(5.2)
    beats = [one for one in bench.sent if (one.kind, one.ack, one.number) == (0, 0, 0)]
    assert [one.at - 100 for one in beats] == pytest.approx([0, 1, 2, 3, 4, 5])


def test_a_terminal_that_never_confirms_is_unavailable_after_ten_seconds() -> None:
    bench = Bench()
    bench.beating = False
    bench.open()
    bench.run(9.9)
    assert bench.driver.status == Status(Level.UNKNOWN, "connecting")
    bench.run(0.2)
    assert bench.driver.status == Status(Level.UNAVAILABLE, "no_answer")
    # Opened anew without an answer it doesn't look better than it is.
    bench.lost("no_answer")
    bench.open()
    bench.run(1)
    assert bench.driver.status == Status(Level.UNAVAILABLE, "no_answer")


def test_silence_is_unknown_after_5_s_and_unavailable_after_30_with_a_new_handshake(
    bench: Bench,
) -> None:
    bench.run(3)
    bench.beating = False
    bench.sent.clear()
    bench.run(4.9)
    assert bench.driver.status == Status(Level.READY)
    bench.run(0.2)
    assert bench.driver.status == Status(Level.UNKNOWN, "silent")
    bench.run(24.8)
    assert not bench.driver.reopen_wanted
    assert not [one for one in bench.sent if one.kind == 1]
    bench.run(0.2)
    assert bench.driver.status == Status(Level.UNAVAILABLE, "no_answer")
    assert bench.driver.reopen_wanted
    assert [one for one in bench.sent if one.kind == 1]
    bench.hear(CONFIRM)
    assert bench.driver.status == Status(Level.READY)


def test_beats_that_return_make_a_silent_terminal_ready(bench: Bench) -> None:
    bench.beating = False
    bench.run(10)
    bench.hear(BEAT)
    assert bench.driver.status == Status(Level.READY)
    assert len([one for one in bench.sent if one.kind == 1]) == 1


def test_a_sale_from_frame_to_transaction(bench: Bench) -> None:
    number = bench.submit(SALE)
    request = bench.ack_last()
    assert request.number == 1
    assert bench.driver.status == Status(Level.BUSY, "payment")
    assert bench.progress() == [(number, "acknowledged")]
    bench.run(20)
    assert len(bench.data_frames()) == 1
    bench.hear(bench.answer(request, trans_no="T1", card_no="6222020000000001234", **PAID))
    assert bench.completion(number) == Success(
        Transaction(
            ORDER,
            "completed",
            amount_fen=3450,
            paid_fen=3450,
            trans_no="T1",
            card_masked="****1234",
        )
    )
    assert bench.sent[-1].ack == 1
    assert bench.driver.status == Status(Level.READY)


def test_an_answer_in_single_bytes_with_noise_around_it(bench: Bench) -> None:
    number = bench.submit(SALE)
    request = bench.ack_last()
    raw = b"\x55\x55\xaa" + b"\xcc\x33" + bench.answer(request, **PAID)
    for byte in raw:
        bench.hear(bytes((byte,)))
        bench.run(0.001)
    bench.run(1.1)
    assert isinstance(bench.completion(number), Success)


def test_a_lost_ack_makes_the_same_frame_come_again_each_100_ms(bench: Bench) -> None:
    number = bench.submit(SALE)
    bench.run(0.55)
    copies = bench.data_frames()
    assert len(copies) == 6
    assert len({(one.number, one.data) for one in copies}) == 1
    assert [one.at - copies[0].at for one in copies] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5])
    bench.ack_last()
    bench.run(1)
    assert len(bench.data_frames()) == 6
    assert bench.completion(number) is None


def test_a_sale_never_acknowledged_may_have_arrived_all_the_same(bench: Bench) -> None:
    number = bench.submit(SALE)
    bench.run(9.95)
    assert bench.completion(number) is None
    bench.run(0.1)
    assert bench.completion(number) == OutcomeUnknown("not_acknowledged")
    count = len(bench.data_frames())
    bench.run(60)
    assert len(bench.data_frames()) == count


def test_an_answer_stands_for_the_lost_ack(bench: Bench) -> None:
    number = bench.submit(SALE)
    bench.hear(bench.answer(bench.data_frames()[-1], **PAID))
    assert isinstance(bench.completion(number), Success)
    bench.run(1)
    assert len(bench.data_frames()) == 1


def test_a_repeated_answer_is_acknowledged_again_and_not_acted_on(bench: Bench) -> None:
    number = bench.submit(SALE)
    request = bench.ack_last()
    raw = bench.answer(request, number=9, **PAID)
    for _ in range(3):
        bench.hear(raw)
    assert isinstance(bench.completion(number), Success)
    assert len([one for one in bench.sent if one.ack == 9]) == 3
    # The same answer under another id is the same answer.
    bench.hear(bench.answer(request, number=10, **PAID))
    assert bench.sent[-1].ack == 10
    assert bench.notices() == []


def test_another_message_under_the_last_id_is_not_lost(bench: Bench) -> None:
    """A terminal that started anew counts from 1 again."""
    first = bench.submit(Query("A1"))
    bench.hear(bench.answer(bench.ack_last(), number=1, merchant_order_no="A1", trans_status="0"))
    second = bench.submit(Query("A2"))
    bench.hear(bench.answer(bench.ack_last(), number=1, merchant_order_no="A2", trans_status="2"))
    assert isinstance(bench.completion(first), Success)
    assert isinstance(bench.completion(second), Success)


def test_a_lost_answer_is_an_unknown_outcome_and_nothing_is_sent_again() -> None:
    bench = Bench(answer_wait_s=60).link()
    number = bench.submit(SALE)
    request = bench.ack_last()
    bench.run(59.9)
    assert bench.completion(number) is None
    bench.run(0.2)
    assert bench.completion(number) == OutcomeUnknown("no_answer")
    assert len(bench.data_frames()) == 1
    # The answer comes after all: the office should know, the command has ended.
    bench.hear(bench.answer(request, **PAID))
    (late,) = bench.notices()
    assert isinstance(late, LateAnswer)
    assert late.order_no == ORDER
    assert late.transaction is not None
    assert late.transaction.status == "completed"
    bench.hear(bench.answer(request, number=2, **PAID))
    assert len(bench.notices()) == 1


def test_the_answer_to_another_run_of_the_program_is_reported(bench: Bench) -> None:
    raw = b'{"request_id":"of before","response_code":"000","biz_data":%s}'
    bench.hear(frame(raw % b'{"merchant_order_no":"A9","trans_status":"2"}', number=1))
    (late,) = bench.notices()
    assert isinstance(late, LateAnswer)
    assert late.order_no == "A9"


def test_a_repeated_frame_is_one_message_even_without_a_request_id(bench: Bench) -> None:
    said = b'{"response_code":"000","biz_data":{"merchant_order_no":"A9","trans_status":"2"}}'
    for _ in range(3):
        bench.hear(frame(said, number=4))
    assert len(bench.notices()) == 1
    assert len([one for one in bench.sent if one.ack == 4]) == 3
    bench.hear(frame(said, number=5))
    assert len(bench.notices()) == 2


@pytest.mark.parametrize("command", IRREVERSIBLE)
def test_a_line_that_dies_leaves_the_outcome_unknown(bench: Bench, command: Command) -> None:
    number = bench.submit(command)
    bench.ack_last()
    bench.beating = False
    bench.run(29.9)
    assert bench.completion(number) is None
    bench.run(0.2)
    assert bench.completion(number) == OutcomeUnknown("link_lost")


@pytest.mark.parametrize("command", IRREVERSIBLE)
def test_a_port_that_goes_leaves_the_outcome_unknown(bench: Bench, command: Command) -> None:
    number = bench.submit(command)
    waiting = bench.submit(SALE)
    bench.lost()
    assert bench.completion(number) == OutcomeUnknown("unplugged")
    assert isinstance(bench.completion(waiting), Failed)
    assert bench.driver.status == Status(Level.UNAVAILABLE, "unplugged")


def test_after_a_reconnect_the_handshake_comes_first_and_the_sale_never_again(
    bench: Bench,
) -> None:
    number = bench.submit(SALE)
    bench.lost()
    bench.sent.clear()
    bench.open()
    query = bench.submit(Query(ORDER))
    bench.run(1.5)
    assert {one.kind for one in bench.sent} == {1}
    bench.hear(CONFIRM)
    (request,) = bench.data_frames()
    assert request.message["topic"] == "ecrhub.pay.query"
    assert request.number == 1
    bench.hear(bench.answer(request, **PAID))
    assert isinstance(bench.completion(query), Success)
    assert bench.completion(number) == OutcomeUnknown("unplugged")


def test_while_the_port_is_gone_nothing_is_taken_on() -> None:
    bench = Bench()
    number = bench.submit(SALE)
    assert bench.completion(number) == Failed("not_connected", "the port is not open")


@pytest.mark.parametrize("command", [*IRREVERSIBLE, Query(ORDER), Close(ORDER)])
def test_no_fresh_beat_no_sending_and_a_certain_failure(bench: Bench, command: Command) -> None:
    bench.beating = False
    bench.run(4)
    number = bench.submit(command)
    bench.run(2.9)
    assert bench.completion(number) is None
    bench.run(0.2)
    completion = bench.completion(number)
    assert isinstance(completion, Failed)
    assert completion.code == "not_connected"
    assert bench.data_frames() == []


def test_a_beat_in_time_lets_the_sale_go(bench: Bench) -> None:
    bench.beating = False
    bench.run(4)
    bench.submit(SALE)
    assert bench.data_frames() == []
    bench.hear(BEAT)
    assert len(bench.data_frames()) == 1
