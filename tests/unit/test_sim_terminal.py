"""The simulated ECR Hub terminal: its frames byte for byte, its rules, and its book."""

from __future__ import annotations

import json
import random

import pytest

from sim.clock import VirtualClock
from sim.devices.ecr_frames import BEAT, Frame, Frames
from sim.devices.model import ActionError
from sim.devices.terminal import Terminal
from sim.faults import Fault, Faults
from tests.unit.sim_till import ACK_1, BEAT_BYTES, CONFIRM, HANDSHAKE, NO, QUERY, Till


def test_frames_are_those_of_the_documentation() -> None:
    terminal = Terminal(VirtualClock(), Faults())
    terminal.receive(HANDSHAKE)
    assert terminal.take_writes() == [CONFIRM]
    assert BEAT == BEAT_BYTES
    assert Frame(ack=1).encode() == ACK_1
    assert Frame(ack=127).encode() == bytes.fromhex("55aa007f0000007fcc33")
    assert Frames().feed(QUERY)[0].id == 2


def test_it_beats_at_least_once_a_second_after_the_handshake_only() -> None:
    terminal = Terminal(VirtualClock(), Faults())
    terminal.advance(5)
    assert terminal.take_output() == b""
    terminal.receive(HANDSHAKE)
    terminal.take_output()
    terminal.advance(10)
    assert set(writes := terminal.take_writes()) == {BEAT_BYTES}
    assert len(writes) >= 10


def test_a_host_silent_for_thirty_seconds_must_shake_hands_again() -> None:
    till = Till()
    till.terminal.advance(31)
    till.terminal.take_output()
    till.terminal.receive(QUERY)
    assert till.terminal.take_output() == b""


@pytest.mark.parametrize("piece", [1, 2, 7, 1000])
def test_any_split_and_garbage_between_frames(piece: int) -> None:
    stream = b"\x55\x00\x55\xaa\xff\x55" + HANDSHAKE + b"\xcc\x33\x55\xaa\x00" + QUERY
    frames = Frames()
    found = [f for i in range(0, len(stream), piece) for f in frames.feed(stream[i : i + piece])]
    assert [(f.type, f.id) for f in found] == [(1, 0), (0, 2)]


def test_a_frame_with_a_wrong_check_is_dropped_without_a_word() -> None:
    till = Till()
    till.terminal.receive(QUERY[:-3] + b"\x00" + QUERY[-2:])
    assert till.terminal.take_output() == b""
    till.terminal.receive(QUERY)
    assert Frame(ack=2).encode() in till.terminal.take_writes()


def test_query_of_an_unknown_order_says_not_found_in_one_write() -> None:
    till = Till()
    till.terminal.receive(QUERY)
    writes = till.terminal.take_writes()
    assert writes[0] == Frame(ack=2).encode()
    answer = json.loads(Frames().feed(writes[1])[0].data)
    assert answer["response_code"] == "404"
    assert answer["request_id"] == "R2"


def test_card_payment() -> None:
    till = Till()
    till.sale(description="水费")
    assert till.terminal.state()["sale"] is not None
    till.terminal.act("tap_card", {})
    till.wait(2)
    answer = till.answers[-1]
    assert answer["response_code"] == "000"
    assert answer["biz_data"]["trans_status"] == "2"
    assert answer["biz_data"]["order_amount"] == "34.50"
    assert answer["biz_data"]["paid_amount"] == "34.50"
    assert "****" in answer["biz_data"]["pay_user_account_id"]
    assert till.money() == (3450, 0, 1)


def test_the_answer_repeats_every_100_ms_until_it_is_acked() -> None:
    till = Till()
    till.sale()
    till.terminal.act("cancel", {})
    first = Frames().feed(till.terminal.take_output())[0]
    till.terminal.advance(1.0)
    again = [f for f in Frames().feed(till.terminal.take_output()) if f.id]
    assert len(again) == 10
    assert set(again) == {first}
    till.terminal.receive(Frame(ack=first.id).encode())
    till.terminal.advance(1.0)
    assert [f for f in Frames().feed(till.terminal.take_output()) if f.id] == []


def test_a_repeated_frame_id_and_a_repeated_request_id_are_acked_but_not_acted_on() -> None:
    till = Till()
    till.sale()
    till.next_id -= 1
    till.sale()  # the same frame id
    till.ask("order", request_id="r1", merchant_order_no="X1", order_amount="1", trans_type="1")
    assert till.acks == [1, 1, 2]
    assert till.answers == []
    assert list(till.terminal.ledger()) == [NO]


def test_an_order_number_is_charged_once_for_ever() -> None:
    till = Till()
    till.paid_sale()
    till.sale()
    assert till.answers[-1]["response_code"] == "409"
    assert till.answers[-1]["biz_data"]["trans_status"] == "2"
    assert till.money() == (3450, 0, 1)
    with pytest.raises(ActionError):
        till.terminal.act("tap_card", {})


@pytest.mark.parametrize(
    ("action", "body", "code"),
    [("decline", {"code": "51"}, "51"), ("cancel", {}, "110")],
)
def test_decline_and_cancel_cost_nothing(action: str, body: dict[str, str], code: str) -> None:
    till = Till()
    till.sale()
    till.terminal.act(action, body)
    till.take()
    assert till.answers[-1]["response_code"] == code
    till.ask("query", merchant_order_no=NO)
    assert till.answers[-1]["biz_data"]["trans_status"] == "1"
    assert till.money() == (0, 0, 0)


def test_time_runs_out() -> None:
    till = Till()
    till.sale(expires="10")
    till.wait(9)
    assert till.answers == []
    till.wait(2)
    assert till.answers[-1]["response_code"] == "112"


def test_close_ends_a_waiting_sale_but_not_a_paid_one() -> None:
    till = Till()
    till.sale()
    till.ask("close", merchant_order_no=NO)
    assert [a["response_code"] for a in till.answers] == ["110", "000"]
    till.paid_sale("B1")
    till.ask("close", merchant_order_no="B1")
    assert till.answers[-1]["response_code"] == "422"
    assert till.money("B1") == (3450, 0, 1)


def test_phone_codes_pay_by_their_scheme_and_are_not_kept() -> None:
    till = Till()
    till.sale(pay_method_category="QR_B_SCAN_C")
    with pytest.raises(ActionError):
        till.terminal.act("tap_card", {})
    with pytest.raises(ActionError):
        till.terminal.act("show_code", {"code": "12345"})
    code = "25" + "0" * 18
    till.terminal.act("show_code", {"code": code})
    till.wait(2)
    assert till.answers[-1]["biz_data"]["pay_method_id"] == "Alipay"
    assert till.answers[-1]["biz_data"]["pay_scenario"] == "SCANQR_PAY"
    assert code not in repr(vars(till.terminal.book.entries[NO]))


def test_a_coupon_is_paid_by_somebody_else() -> None:
    till = Till(coupon={"fen": 200})
    till.paid_sale()
    biz = till.answers[-1]["biz_data"]
    assert (biz["order_amount"], biz["paid_amount"], biz["discount_bpc"]) == (
        "34.50",
        "32.50",
        "2.00",
    )
    assert till.money() == (3250, 0, 1)


def test_no_answer_charges_and_the_query_tells() -> None:
    till = Till(no_answer={})
    till.paid_sale()
    till.wait(30)
    assert till.answers == []
    assert till.money() == (3450, 0, 1)
    till.ask("query", merchant_order_no=NO)
    assert till.answers[-1]["biz_data"]["trans_status"] == "2"


def test_answer_late_and_duplicate_answer() -> None:
    till = Till(answer_late={"seconds": 20})
    till.paid_sale()
    assert till.answers == []
    till.wait(20)
    assert till.answers[-1]["response_code"] == "000"
    till.faults.add(Fault("terminal", "duplicate_answer", count=1))
    before = len(till.answers)
    till.paid_sale("B1")
    assert [a["request_id"] for a in till.answers[before:]] == ["r2", "r2"]
    assert till.money("B1") == (3450, 0, 1)


def test_crash_after_charge_needs_a_handshake_and_keeps_the_book() -> None:
    till = Till(crash_after_charge={"seconds": 5})
    till.paid_sale()
    assert till.answers == []
    till.shake()
    till.ask("query", merchant_order_no=NO)
    assert till.answers == []
    till.wait(5)
    till.ask("query", merchant_order_no=NO)
    assert till.answers == []
    till.shake()
    till.ask("query", merchant_order_no=NO)
    assert till.answers[-1]["biz_data"]["trans_status"] == "2"


@pytest.mark.parametrize("charged", [True, False])
def test_an_error_code_without_the_orders_status(charged: bool) -> None:
    kind = "code_after_charge" if charged else "code_without_charge"
    till = Till(**{kind: {"code": "113"}})
    till.paid_sale()
    said = till.answers[-1]
    assert (said["response_code"], said["biz_data"]) == ("113", {})
    assert till.money() == ((3450, 0, 1) if charged else (0, 0, 0))
    till.ask("query", merchant_order_no=NO)
    assert till.answers[-1]["biz_data"]["trans_status"] == ("2" if charged else "1")


def test_a_pulled_cable_loses_the_answer_not_the_money() -> None:
    till = Till()
    till.sale()
    till.terminal.act("tap_card", {})
    till.terminal.link_down()
    till.wait(5)
    assert till.answers == []
    till.terminal.link_up()
    till.shake()
    till.wait(5)
    assert till.answers == []
    till.ask("query", merchant_order_no=NO)
    assert till.answers[-1]["biz_data"]["paid_amount"] == "34.50"


def test_refunds_in_parts_up_to_what_was_paid() -> None:
    till = Till()
    till.paid_sale(amount="30.00")
    refund = {"orig_merchant_order_no": NO, "trans_type": "3"}
    till.ask("order", merchant_order_no=NO + "R1", order_amount="10.00", **refund)
    till.wait(2)
    assert till.answers[-1]["response_code"] == "000"
    till.ask("order", merchant_order_no=NO + "R1", order_amount="10.00", **refund)
    assert till.answers[-1]["response_code"] == "409"
    till.ask("order", merchant_order_no=NO + "R2", order_amount="20.01", **refund)
    assert till.answers[-1]["response_code"] == "422"
    assert till.money() == (3000, 1000, 1)
    till.ask("query", merchant_order_no=NO + "R1")
    assert till.answers[-1]["biz_data"]["trans_type"] == "3"


def test_void_gives_everything_back() -> None:
    till = Till()
    till.paid_sale()
    void = {"orig_merchant_order_no": NO, "trans_type": "2"}
    till.ask("order", merchant_order_no=NO + "V1", **void)
    till.wait(2)
    till.ask("query", merchant_order_no=NO)
    assert till.answers[-1]["biz_data"]["trans_status"] == "3"
    assert till.money() == (3450, 3450, 1)


def test_two_refunds_that_overlap_never_pay_out_more_than_was_paid() -> None:
    till = Till()
    till.paid_sale(amount="30.00")
    for suffix in ("R1", "R2"):
        till.ask(
            "order",
            merchant_order_no=NO + suffix,
            order_amount="20.00",
            orig_merchant_order_no=NO,
            trans_type="3",
        )
    till.wait(3)
    assert [a["response_code"] for a in till.answers[-2:]] == ["000", "422"]
    assert till.money() == (3000, 2000, 1)


def test_silence_is_deaf_and_mute() -> None:
    till = Till()
    till.faults.add(Fault("terminal", "silent"))
    till.sale()
    till.wait(5)
    assert till.acks == []
    assert till.terminal.ledger() == {}
    till.faults.clear("terminal")
    till.wait(1)
    till.sale()
    assert till.acks


def test_silence_for_some_seconds_ends_by_itself() -> None:
    till = Till()
    till.faults.add(Fault("terminal", "silent", {"seconds": 5}, count=1))
    till.sale()
    assert till.acks == []
    till.wait(5.5)
    till.sale()
    assert till.acks


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe", b"[1]", b"{}", b'{"topic":1}', b"[" * 900, b'{"biz_data":[]}'],
)
def test_messages_that_are_none_are_acked_and_forgotten(data: bytes) -> None:
    till = Till()
    till.terminal.receive(Frame(id=9, data=data).encode())
    till.take()
    assert till.acks == [9]
    assert till.answers == []


@pytest.mark.parametrize("amount", ["", "-1", "1e9", "0", "0.001", "Infinity", "٣", "1.234"])
def test_amounts_that_are_none_are_refused(amount: str) -> None:
    till = Till()
    till.sale(amount=amount)
    assert till.answers[-1]["response_code"] == "400"
    assert till.terminal.ledger() == {}


@pytest.mark.parametrize("expires", ["²", "-1", "1e999", "9" * 400, "", "0"])
def test_a_wait_that_is_none_is_the_usual_one(expires: str) -> None:
    till = Till()
    till.sale(expires=expires)
    till.wait(299)
    assert till.answers == []
    till.wait(2)
    assert till.answers[-1]["response_code"] == "112"


@pytest.mark.parametrize(("length", "answers"), [(300, 1), (880, 1), (940, 0)])
def test_requests_too_long_to_be_answered_in_full(length: int, answers: int) -> None:
    till = Till()
    data = b'{"topic":"x","request_id":"%s","app_id":"","biz_data":{}}' % (b"r" * length)
    till.terminal.receive(Frame(id=9, data=data).encode())
    till.take()
    assert till.acks == [9]
    assert len(till.answers) == answers
    till.sale()
    assert till.terminal.state()["sale"] is not None


def test_half_a_surrogate_pair_in_a_message() -> None:
    till = Till()
    data = (
        b'{"topic":"ecrhub.pay.order","request_id":"\\ud800","app_id":"w","biz_data":'
        b'{"merchant_order_no":"A1","order_amount":"1.00","trans_type":"1","description":"\\udfff"}}'
    )
    till.terminal.receive(Frame(id=9, data=data).encode())
    till.take()
    json.dumps(till.terminal.state(), ensure_ascii=False).encode()
    till.terminal.act("cancel", {})
    till.take()
    assert till.answers[-1]["response_code"] == "110"


def test_random_frames_never_break_it(seed: int) -> None:
    source = random.Random(seed)
    till = Till()
    fields = ["merchant_order_no", "order_amount", "trans_type", "expires", "price_currency"]
    values: list[object] = ["A1", "1.00", "1", "2", "3", "CNY", None, 5, {}, [], "屋", "²", -1.5]
    for _ in range(300):
        till.ask(
            source.choice(["order", "query", "close", "init", "x"]),
            **{name: source.choice(values) for name in source.sample(fields, 4)},  # type: ignore[arg-type]
        )
        till.terminal.receive(source.randbytes(source.randrange(20)))
        till.wait(source.random())
    till.wait(301)
    till.shake()
    till.sale("LAST")
    assert till.terminal.state()["sale"] is not None
