"""What the terminal driver makes of answers, refusals and silence."""

from __future__ import annotations

import pytest

from devices.driver import SettingsError
from devices.payment_terminal.commands import (
    Close,
    Command,
    Query,
    Refund,
    Sale,
    Transaction,
    Void,
)
from devices.payment_terminal.driver import EcrHubTerminal
from devices.status import (
    Cancelled,
    Completion,
    Failed,
    Level,
    OutcomeUnknown,
    Status,
    Success,
    TimedOut,
)
from tests.wire.terminal_by_hand import BEAT, CONFIRM, HANDSHAKE, Bench, frame

ORDER = "38012611220000100ABC"
SALE = Sale(ORDER, 3450, "电费 2026-10")
PAID = {"merchant_order_no": ORDER, "trans_status": "2", "order_amount": "34.50"}
IRREVERSIBLE: list[Command] = [SALE, Void("V1", ORDER), Refund("R1", ORDER, 100)]


@pytest.fixture
def bench() -> Bench:
    return Bench().link()


def test_ids_run_to_255_and_begin_at_1_again(bench: Bench) -> None:
    for _ in range(257):
        bench.submit(Query("A1"))
        request = bench.ack_last()
        bench.hear(bench.answer(request, number=request.number, trans_status="0"))
    numbers = [one.number for one in bench.data_frames()]
    assert numbers == [*range(1, 256), 1, 2]


def test_a_decline_is_an_answer(bench: Bench) -> None:
    number = bench.submit(SALE)
    request = bench.ack_last()
    bench.hear(bench.answer(request, code="51", merchant_order_no=ORDER, trans_status="1"))
    completion = bench.completion(number)
    assert isinstance(completion, Failed)
    assert completion.code == "51"
    assert isinstance(completion.value, Transaction)


@pytest.mark.parametrize(
    ("code", "biz", "expected"),
    [
        ("110", {}, Failed("110", "cancelled at the terminal")),
        ("106", {}, Failed("106", "the terminal doesn't know our app_id")),
        ("112", {}, OutcomeUnknown("terminal_timeout")),
        ("999", {}, OutcomeUnknown("unknown_code")),
        ("113", {}, OutcomeUnknown("unknown_code")),
        ("-1", {}, OutcomeUnknown("unknown_code")),
        ("500", {}, OutcomeUnknown("unknown_code")),
        ("51", {}, OutcomeUnknown("unknown_code")),
        ("51", {"trans_status": "2"}, OutcomeUnknown("order_alive")),
        ("409", {"trans_status": "0"}, OutcomeUnknown("order_alive")),
        ("", {}, OutcomeUnknown("unreadable_answer")),
        ("000", {}, OutcomeUnknown("unreadable_answer")),
        ("000", {"trans_status": "0"}, OutcomeUnknown("not_final")),
        ("000", {"trans_status": "9"}, OutcomeUnknown("not_final")),
        ("000", {"trans_status": "77"}, OutcomeUnknown("unreadable_answer")),
        (
            "000",
            {"trans_status": "2", "order_amount": "34.51"},
            OutcomeUnknown("amount_mismatch"),
        ),
        (
            "000",
            {"trans_status": "2", "merchant_order_no": "OTHER"},
            OutcomeUnknown("answer_mismatch"),
        ),
    ],
)
def test_what_a_sales_answer_is_worth(
    bench: Bench, code: str, biz: dict[str, object], expected: Completion
) -> None:
    number = bench.submit(SALE)
    bench.hear(bench.answer(bench.ack_last(), code=code, **biz))
    assert bench.completion(number) == expected


def test_a_sale_that_the_terminal_closed_is_certainly_not_paid(bench: Bench) -> None:
    number = bench.submit(SALE)
    bench.hear(bench.answer(bench.ack_last(), code="112", trans_status="1"))
    completion = bench.completion(number)
    assert isinstance(completion, Failed)
    assert completion.code == "112"


def test_a_coupon_shows_in_what_was_paid(bench: Bench) -> None:
    number = bench.submit(SALE)
    bench.hear(bench.answer(bench.ack_last(), discount_bpc="4.50", **PAID))
    completion = bench.completion(number)
    assert isinstance(completion, Success)
    assert isinstance(completion.value, Transaction)
    assert (completion.value.amount_fen, completion.value.paid_fen) == (3450, 3000)


def test_a_waiting_sale_can_be_closed_and_ends_with_the_terminals_own_answer(
    bench: Bench,
) -> None:
    sale = bench.submit(SALE)
    sale_request = bench.ack_last()
    bench.run(10)
    close = bench.submit(Close(ORDER))
    close_request = bench.ack_last()
    assert close_request.message["topic"] == "ecrhub.pay.close"
    bench.hear(bench.answer(sale_request, number=1, code="110"))
    bench.hear(bench.answer(close_request, number=2, merchant_order_no=ORDER, trans_status="1"))
    assert bench.completion(sale) == Failed("110", "cancelled at the terminal")
    completion = bench.completion(close)
    assert isinstance(completion, Success)
    assert isinstance(completion.value, Transaction)
    assert completion.value.status == "closed"


def test_a_query_runs_beside_a_sale_and_a_second_sale_waits(bench: Bench) -> None:
    sale = bench.submit(SALE)
    sale_request = bench.ack_last()
    second = bench.submit(Sale("B2", 100, ""))
    query = bench.submit(Query(ORDER))
    query_request = bench.ack_last()
    bench.hear(bench.answer(query_request, number=1, trans_status="0"))
    assert isinstance(bench.completion(query), Success)
    bench.hear(bench.answer(sale_request, number=2, **PAID))
    assert isinstance(bench.completion(sale), Success)
    assert bench.data_frames()[-1].message["biz_data"]["merchant_order_no"] == "B2"  # type: ignore[index]
    assert bench.completion(second) is None


def test_a_query_that_knows_the_end_ends_the_sale_and_the_next_one_goes(bench: Bench) -> None:
    """The answer to the sale is lost: the next person's sale doesn't wait three minutes for it."""
    sale = bench.submit(SALE)
    bench.ack_last()
    query = bench.submit(Query(ORDER))
    asked = bench.ack_last()
    waiting = bench.submit(Sale("NEXT1", 100, ""))
    bench.hear(bench.answer(asked, **PAID))
    assert isinstance(bench.completion(query), Success)
    paid = bench.completion(sale)
    assert isinstance(paid, Success)
    assert isinstance(paid.value, Transaction)
    assert paid.value.amount_fen == 3450
    assert bench.data_frames()[-1].message["topic"] == "ecrhub.pay.order"
    assert bench.data_frames()[-1].message["biz_data"]["merchant_order_no"] == "NEXT1"
    assert bench.completion(waiting) is None


@pytest.mark.parametrize(
    "biz",
    [
        {**PAID, "trans_status": "0"},  # created: the card may still come
        {**PAID, "order_amount": "34.00"},  # another amount: for a person
    ],
)
def test_a_query_that_knows_no_end_leaves_the_sale_waiting(
    bench: Bench, biz: dict[str, str]
) -> None:
    sale = bench.submit(SALE)
    bench.ack_last()
    bench.submit(Query(ORDER))
    asked = bench.ack_last()
    bench.hear(bench.answer(asked, **biz))
    assert bench.completion(sale) is None


def test_a_sale_that_waits_too_long_behind_another_is_given_back(bench: Bench) -> None:
    bench.submit(SALE)
    bench.ack_last()
    second = bench.submit(Sale("B2", 100, ""))
    bench.run(31)
    assert bench.completion(second) == TimedOut()
    assert len(bench.data_frames()) == 1


@pytest.mark.parametrize("queued", [Sale("B2", 100, ""), Refund("B2", ORDER, 100)])
def test_a_close_takes_back_what_still_waits_for_its_turn(bench: Bench, queued: Command) -> None:
    """The terminal never hears of it, and nobody is asked for that money later."""
    first = bench.submit(Refund("R1", ORDER, 100))
    asked = bench.ack_last()
    second = bench.submit(queued)
    other = bench.submit(Refund("R2", ORDER, 100))
    bench.submit(Close("B2"))
    assert bench.completion(second) == Cancelled()
    closing = bench.ack_last()
    bench.hear(bench.answer(asked, number=1, **{**PAID, "merchant_order_no": "R1"}))
    bench.hear(bench.answer(closing, number=2, code="404"))
    assert isinstance(bench.completion(first), Success)
    bench.ack_last()
    numbers = [x.message["biz_data"]["merchant_order_no"] for x in bench.data_frames()]  # type: ignore[index]
    assert numbers == ["R1", "B2", "R2"], "of B2 only its close was sent"
    assert bench.completion(other) is None


def test_a_sale_does_not_wait_long_behind_a_silent_refund(bench: Bench) -> None:
    bench.submit(Refund("R1", ORDER, 100))
    bench.ack_last()
    bench.run(1)
    assert bench.driver.status == Status(Level.BUSY, "refund")
    later = bench.submit(Refund("R2", ORDER, 100))
    sale = bench.submit(SALE)
    bench.run(5)
    assert bench.completion(sale) == TimedOut(), "nothing was sent, so nothing can be paid"
    assert bench.completion(later) is None


@pytest.mark.parametrize("command", IRREVERSIBLE)
def test_cancelling_what_has_left_is_an_unknown_outcome(bench: Bench, command: Command) -> None:
    number = bench.submit(command)
    request = bench.ack_last()
    bench.cancel(number)
    assert bench.completion(number) == OutcomeUnknown("cancelled_while_waiting")
    bench.run(5)
    assert len(bench.data_frames()) == 1
    bench.hear(bench.answer(request, code="110"))
    assert len(bench.notices()) == 1
    bench.cancel(number)
    assert bench.completion(number) == OutcomeUnknown("cancelled_while_waiting")


def test_cancelling_before_a_byte_has_left_is_clean(bench: Bench) -> None:
    bench.beating = False
    bench.run(4)
    number = bench.submit(SALE)
    bench.cancel(number)
    bench.hear(BEAT)
    assert bench.completion(number) == Cancelled()
    assert bench.data_frames() == []


def test_bytes_nobody_took_have_not_left(bench: Bench) -> None:
    bench.driver.submit(77, SALE, bench.now)
    bench.driver.cancel(77, bench.now)
    bench.run(1)
    assert bench.completion(77) == Cancelled()
    assert bench.data_frames() == []


def test_a_query_without_an_answer_times_out_and_has_changed_nothing(bench: Bench) -> None:
    number = bench.submit(Query(ORDER))
    bench.ack_last()
    bench.run(15.1)
    assert bench.completion(number) == TimedOut()


def test_a_close_without_an_answer_may_have_closed(bench: Bench) -> None:
    number = bench.submit(Close(ORDER))
    bench.ack_last()
    bench.run(15.1)
    assert bench.completion(number) == OutcomeUnknown("no_answer")


def test_a_query_for_what_the_terminal_doesnt_know(bench: Bench) -> None:
    number = bench.submit(Query(ORDER))
    request = bench.ack_last()
    raw = b'{"request_id":"%s","response_code":"404","response_msg":"order not found"}'
    bench.hear(frame(raw % str(request.message["request_id"]).encode(), number=1))
    assert bench.completion(number) == Failed("not_found", "the terminal knows no such order")


def test_a_terminal_that_starts_anew_isnt_sent_an_unacknowledged_sale_again(bench: Bench) -> None:
    number = bench.submit(SALE)
    bench.hear(HANDSHAKE)
    assert bench.sent[-1].kind == 2
    assert bench.completion(number) == OutcomeUnknown("not_acknowledged")
    bench.run(5)
    assert len(bench.data_frames()) == 1


def test_an_ack_of_another_id_acknowledges_nothing(bench: Bench) -> None:
    bench.submit(SALE)
    bench.hear(frame(ack=200))
    bench.run(0.35)
    assert len(bench.data_frames()) == 4


def test_a_false_start_doesnt_make_the_line_deaf(bench: Bench) -> None:
    bench.beating = False
    bench.hear(bytes.fromhex("55aa00000003f0"))
    bench.run(1.1)
    bench.hear(BEAT)
    bench.run(4.5)
    assert bench.driver.status == Status(Level.READY)


def test_in_virtual_time_nothing_idles() -> None:
    bench = Bench(beats=False).link()
    bench.sent.clear()
    assert bench.driver.deadline() is None
    bench.run(10_000)
    assert bench.sent == []
    assert bench.driver.status == Status(Level.READY)
    number = bench.submit(SALE)
    bench.run(10.1)
    assert bench.completion(number) == OutcomeUnknown("not_acknowledged")
    # A terminal that acknowledges nothing has forgotten the handshake.
    assert bench.sent[-1].kind == 1
    bench.hear(CONFIRM)
    assert bench.driver.status == Status(Level.READY)


def test_what_it_cant_do_fails(bench: Bench) -> None:
    completion = bench.completion(bench.submit("dance"))
    assert isinstance(completion, Failed)
    assert completion.code == "not_supported"


def test_settings_are_checked() -> None:
    assert isinstance(EcrHubTerminal.from_settings({"app_id": "wz1"}), EcrHubTerminal)
    for wrong in (
        {},
        {"app_id": ""},
        {"app_id": "w", "baud": 1},
        {"app_id": "w", "answer_wait": 1},
    ):
        with pytest.raises(SettingsError):
            EcrHubTerminal.from_settings(wrong)
