"""The Alipay-style sandbox: signatures, codes, and what buyers and merchants can do."""

from __future__ import annotations

import json

import pytest
from cryptography.exceptions import InvalidSignature
from werkzeug.datastructures import MultiDict

from sim.devices.model import ActionError
from sim.faults import Fault
from sim.gateways.transport import LostAnswer
from tests.wire.gateway_clients import AlipayClient, World

NO = "38012611180000100001"


@pytest.fixture
def world(tmp_path) -> World:
    return World(tmp_path)


@pytest.fixture
def alipay(world) -> AlipayClient:
    return AlipayClient(world)


@pytest.fixture
def phone(world):
    return lambda action, **body: world.gateways.act("qr_payment", action, body)


def precreate(alipay, order_no=NO, amount="129.27", **more):
    return alipay.call(
        "precreate", out_trade_no=order_no, total_amount=amount, subject="水电煤缴费", **more
    )


def outcome(answer):
    return answer["code"], answer.get("sub_code")


def row(world, order_no=NO):
    rows = world.gateways.ledger()["alipay"]
    return next(r for r in rows if r["order_no"] == order_no)


def test_a_precreated_order_doesnt_exist_until_it_is_scanned(alipay, phone):
    answer = precreate(alipay)
    assert answer["code"] == "10000"
    assert answer["qr_code"].startswith("https://qr.alipay.com/")
    assert outcome(alipay.call("query", out_trade_no=NO)) == ("40004", "ACQ.TRADE_NOT_EXIST")
    phone("scan")
    answer = alipay.call("query", out_trade_no=NO)
    assert (answer["code"], answer["trade_status"]) == ("10000", "WAIT_BUYER_PAY")
    phone("pay")
    answer = alipay.call("query", out_trade_no=NO)
    assert (answer["trade_status"], answer["total_amount"]) == ("TRADE_SUCCESS", "129.27")
    assert alipay.call("query", trade_no=answer["trade_no"])["out_trade_no"] == NO


def test_what_the_buyer_paid_is_net_of_the_coupon(alipay, phone, world):
    precreate(alipay)
    phone("pay", coupon_fen=27)
    answer = alipay.call("query", out_trade_no=NO)
    assert (answer["receipt_amount"], answer["buyer_pay_amount"]) == ("129.27", "129.00")
    assert (row(world)["charged_fen"], row(world)["buyer_paid_fen"]) == (12_927, 12_900)


def test_a_repeated_precreate(alipay, phone):
    first = precreate(alipay)
    assert precreate(alipay) == first
    assert outcome(precreate(alipay, amount="1.00")) == ("40004", "ACQ.CONTEXT_INCONSISTENT")
    phone("pay")
    assert outcome(precreate(alipay)) == ("40004", "ACQ.TRADE_HAS_SUCCESS")


def test_an_order_is_charged_once(alipay, phone, world):
    precreate(alipay)
    phone("pay", order_no=NO)
    with pytest.raises(ActionError):
        phone("pay", order_no=NO)
    assert row(world)["charges"] == 1


def test_cancel_of_an_unscanned_code_ends_it(alipay, phone):
    precreate(alipay)
    answer = alipay.call("cancel", out_trade_no=NO)
    assert (answer["code"], answer["retry_flag"]) == ("10000", "N")
    assert "action" not in answer
    with pytest.raises(ActionError):
        phone("pay", order_no=NO)
    assert outcome(precreate(alipay)) == ("40004", "ACQ.TRADE_HAS_CLOSE")


def test_a_cancel_may_forget_a_code_that_nobody_scanned(alipay, phone, world):
    world.faults.add(Fault("qr_payment", "cancel_forgets", count=1))
    precreate(alipay, timeout_express="2m")
    assert alipay.call("cancel", out_trade_no=NO)["code"] == "10000"
    phone("pay", order_no=NO)
    assert alipay.call("query", out_trade_no=NO)["trade_status"] == "TRADE_SUCCESS"
    assert alipay.call("cancel", out_trade_no=NO)["action"] == "refund"


def test_cancel_of_an_unseen_number_succeeds(alipay):
    answer = alipay.call("cancel", out_trade_no=NO)
    assert (answer["code"], answer["retry_flag"]) == ("10000", "N")
    assert outcome(precreate(alipay)) == ("40004", "ACQ.TRADE_HAS_CLOSE")


def test_cancel_closes_a_scanned_order_and_refunds_a_paid_one(alipay, phone, world):
    precreate(alipay)
    phone("scan")
    assert alipay.call("cancel", out_trade_no=NO)["action"] == "close"
    other = NO[:-1] + "2"
    precreate(alipay, other)
    phone("pay", order_no=other)
    assert alipay.call("cancel", out_trade_no=other)["action"] == "refund"
    assert alipay.call("cancel", out_trade_no=other)["action"] == "refund"
    assert alipay.call("query", out_trade_no=other)["trade_status"] == "TRADE_CLOSED"
    assert (row(world, other)["charged_fen"], row(world, other)["refunded_fen"]) == (12_927,) * 2


def test_cancel_is_for_the_same_day(alipay, phone, world):
    precreate(alipay)
    phone("pay")
    world.clock.advance(14 * 3600)
    assert outcome(alipay.call("cancel", out_trade_no=NO)) == ("40004", "ACQ.TRADE_CANCEL_TIME_OUT")


def test_close_of_an_unscanned_code_leaves_it_payable(alipay, phone, world):
    precreate(alipay)
    assert outcome(alipay.call("close", out_trade_no=NO)) == ("40004", "ACQ.TRADE_NOT_EXIST")
    phone("pay")
    assert outcome(alipay.call("close", out_trade_no=NO)) == ("40004", "ACQ.TRADE_STATUS_ERROR")
    assert row(world)["charges"] == 1


def test_close_of_a_scanned_order(alipay, phone):
    precreate(alipay)
    phone("decline")
    assert alipay.call("close", out_trade_no=NO)["code"] == "10000"
    assert alipay.call("query", out_trade_no=NO)["trade_status"] == "TRADE_CLOSED"


@pytest.mark.parametrize(
    "lasts",
    [
        {"timeout_express": "2m"},
        {"qr_code_timeout_express": "2m"},
        {"time_expire": "2026-11-18 10:02:00"},
    ],
)
def test_a_code_ends_with_its_time(alipay, phone, world, lasts):
    precreate(alipay, **lasts)
    world.clock.advance(119.9)
    assert world.gateways.state("qr_payment")["open"][0]["order_no"] == NO
    world.clock.advance(0.1)
    with pytest.raises(ActionError):
        phone("scan", order_no=NO)


def test_a_scanned_order_closes_with_its_time(alipay, phone, world):
    precreate(alipay, timeout_express="2m")
    phone("scan")
    world.clock.advance(120)
    assert alipay.call("query", out_trade_no=NO)["trade_status"] == "TRADE_CLOSED"


def test_refunds_in_parts(alipay, phone, world):
    precreate(alipay)
    phone("pay")
    part = {"out_trade_no": NO, "refund_amount": "16.50", "out_request_no": NO + "R1"}
    first = alipay.call("refund", **part)
    assert (first["fund_change"], first["refund_fee"]) == ("Y", "16.50")
    again = alipay.call("refund", **part)
    assert (again["code"], again["fund_change"], again["refund_fee"]) == ("10000", "N", "16.50")
    other = alipay.call("refund", **part | {"refund_amount": "16.00"})
    assert outcome(other) == ("40004", "ACQ.DISCORDANT_REPEAT_REQUEST")
    whole = alipay.call("refund", out_trade_no=NO, refund_amount="16.50")
    assert outcome(whole) == ("40004", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
    more = alipay.call("refund", **part | {"refund_amount": "112.78", "out_request_no": NO + "R2"})
    assert outcome(more) == ("40004", "ACQ.REASON_TRADE_REFUND_FEE_ERR")
    cancel = alipay.call("cancel", out_trade_no=NO)
    assert outcome(cancel) == ("40004", "ACQ.REASON_TRADE_REFUND_FEE_ERR")
    assert alipay.call("query", out_trade_no=NO)["trade_status"] == "TRADE_SUCCESS"
    rest = alipay.call("refund", **part | {"refund_amount": "112.77", "out_request_no": NO + "R2"})
    assert rest["refund_fee"] == "129.27"
    assert alipay.call("query", out_trade_no=NO)["trade_status"] == "TRADE_CLOSED"
    assert row(world)["refunds"] == {NO + "R1": 1_650, NO + "R2": 11_277}


def test_refund_query(alipay, phone):
    ask = {"out_trade_no": NO, "out_request_no": NO + "R1"}
    precreate(alipay)
    assert outcome(alipay.call("fastpay.refund.query", **ask))[1] == "ACQ.TRADE_NOT_EXIST"
    phone("pay")
    assert "refund_status" not in alipay.call("fastpay.refund.query", **ask)
    alipay.call("refund", **ask, refund_amount="0.27")
    answer = alipay.call("fastpay.refund.query", **ask)
    assert (answer["refund_status"], answer["refund_amount"]) == ("REFUND_SUCCESS", "0.27")


def test_nothing_paid_nothing_refunded(alipay, phone):
    precreate(alipay)
    phone("scan")
    answer = alipay.call("refund", out_trade_no=NO, refund_amount="129.27")
    assert outcome(answer) == ("40004", "ACQ.TRADE_STATUS_ERROR")


def test_a_payment_code_is_used_once(alipay, world):
    code = "28" + "0" * 15 + "1"
    pay = {"total_amount": "5.00", "subject": "a", "scene": "bar_code", "auth_code": code}
    assert alipay.call("pay", out_trade_no=NO, **pay)["code"] == "10000"
    assert alipay.call("pay", out_trade_no=NO, **pay)["code"] == "10000"
    answer = alipay.call("pay", out_trade_no=NO[:-1] + "2", **pay)
    assert outcome(answer) == ("40004", "ACQ.PAYMENT_AUTH_CODE_INVALID")
    assert row(world)["charges"] == 1


def test_a_buyer_who_still_types_the_password(alipay, phone, world):
    world.faults.add(Fault("qr_payment", "pending", {"provider": "alipay"}, count=1))
    pay = {"total_amount": "5.00", "subject": "a", "auth_code": "28" + "0" * 15 + "2"}
    assert alipay.call("pay", out_trade_no=NO, **pay)["code"] == "10003"
    phone("pay", order_no=NO)
    assert alipay.call("pay", out_trade_no=NO, **pay)["code"] == "10000"


@pytest.mark.parametrize("amount", ["0.00", "1.005", "-1.00", "1e3", "", "1,00", None, True])
def test_amounts_that_arent(alipay, amount):
    assert outcome(precreate(alipay, amount=amount)) == ("40004", "ACQ.INVALID_PARAMETER")


# --- signatures


def refused(alipay, parameters, method="alipay.trade.query"):
    key = f"{method.replace('.', '_')}_response"
    return outcome(alipay.opened(alipay.send(parameters), key))


def test_signatures_are_over_the_unescaped_sorted_parameters(alipay, phone):
    precreate(alipay)
    phone("scan")
    parameters = alipay.parameters("alipay.trade.query", {"out_trade_no": NO})
    assert refused(alipay, parameters) == ("10000", None)
    wrong = parameters | {"sign": parameters["sign"][:-4] + "AAA="}
    assert refused(alipay, wrong) == ("40002", "isv.invalid-signature")
    other = parameters | {"biz_content": json.dumps({"out_trade_no": NO[:-1] + "2"})}
    assert refused(alipay, other) == ("40002", "isv.invalid-signature")
    extra = parameters | {"notify_url": "https://cabin.invalid"}
    assert refused(alipay, extra) == ("40002", "isv.invalid-signature")
    unsigned = {k: v for k, v in parameters.items() if k != "sign"}
    assert refused(alipay, unsigned) == ("40001", "isv.missing-signature")


def test_common_parameters_may_come_in_the_query(alipay):
    business = {"out_trade_no": NO, "total_amount": "1.00", "subject": "电费 & 水费=100%"}
    parameters = alipay.parameters("alipay.trade.precreate", business)
    answer = alipay.opened(alipay.send(parameters, split=True), "alipay_trade_precreate_response")
    assert answer["code"] == "10000"
    answer = alipay.http.get("/gateway.do", query_string=MultiDict(parameters))
    assert alipay.opened(answer, "alipay_trade_precreate_response")["code"] == "10000"


def test_other_applications_and_methods(alipay):
    business = {"out_trade_no": NO}
    parameters = alipay.parameters("alipay.trade.query", business, app_id="2026000000000001")
    assert refused(alipay, parameters) == ("40002", "isv.invalid-app-id")
    parameters = alipay.parameters("alipay.trade.query", business, timestamp="1700000000")
    assert refused(alipay, parameters) == ("40002", "isv.invalid-timestamp")
    answer = alipay.send(alipay.parameters("alipay.trade.steal", business))
    assert outcome(alipay.opened(answer, "error_response")) == ("40002", "isv.invalid-method")


def test_the_raw_text_is_what_is_signed(alipay):
    answer = alipay.send(
        alipay.parameters(
            "alipay.trade.precreate",
            {"out_trade_no": NO, "total_amount": "1.00", "subject": "a"},
        )
    )
    assert rb"https:\/\/qr.alipay.com" in answer.data  # who serialises again signs another text


# --- faults


def test_lost_answers(alipay, phone, world):
    world.faults.add(Fault("qr_payment", "timeout_after_acting", {"provider": "alipay"}, 2))
    with pytest.raises(LostAnswer):
        precreate(alipay)
    phone("pay")
    assert alipay.call("query", out_trade_no=NO)["trade_status"] == "TRADE_SUCCESS"
    refund = {"out_trade_no": NO, "refund_amount": "129.27", "out_request_no": NO + "R1"}
    with pytest.raises(LostAnswer):
        alipay.call("refund", **refund)
    assert alipay.call("refund", **refund)["fund_change"] == "N"
    assert row(world)["refunded_fen"] == 12_927


def test_faults_of_another_provider_wait(alipay, world):
    world.faults.add(Fault("qr_payment", "timeout_after_acting", {"provider": "wechat"}, count=1))
    assert precreate(alipay)["code"] == "10000"
    assert world.faults.waiting("qr_payment", "timeout_after_acting")


def test_a_forged_answer(alipay, world):
    world.faults.add(Fault("qr_payment", "bad_signature", count=1))
    with pytest.raises(InvalidSignature):
        precreate(alipay)


def test_nobody_knows_yet(alipay, phone, world):
    precreate(alipay)
    phone("pay")
    world.faults.add(Fault("qr_payment", "pending", {"call": "query"}, count=1))
    assert alipay.call("query", out_trade_no=NO)["code"] == "20000"
    assert alipay.call("query", out_trade_no=NO)["trade_status"] == "TRADE_SUCCESS"


def test_a_refused_refund_moves_nothing(alipay, phone, world):
    precreate(alipay)
    phone("pay")
    world.faults.add(Fault("qr_payment", "refuse", count=1))
    answer = alipay.call("refund", out_trade_no=NO, refund_amount="129.27")
    assert outcome(answer) == ("40004", "ACQ.SELLER_BALANCE_NOT_ENOUGH")
    assert row(world)["refunded_fen"] == 0


def test_a_refund_delivered_twice_is_one_refund(alipay, phone, world):
    precreate(alipay)
    phone("pay")
    world.faults.add(Fault("qr_payment", "duplicate", count=1))
    part = {"out_trade_no": NO, "refund_amount": "100.00", "out_request_no": NO + "R1"}
    assert alipay.call("refund", **part)["code"] == "10000"
    assert row(world)["refunded_fen"] == 10_000


def test_the_bench_shows_what_is_open(alipay, phone, world):
    code = precreate(alipay)["qr_code"]
    precreate(alipay, NO[:-1] + "2")
    shown = world.gateways.state("qr_payment")["open"]
    assert [(o["order_no"], o["state"]) for o in shown] == [
        (NO, "shown"),
        (NO[:-1] + "2", "shown"),
    ]
    assert phone("pay", code=code)["order_no"] == NO
    assert phone("pay")["order_no"] == NO[:-1] + "2"
    with pytest.raises(ActionError):
        phone("pay")
