"""The WeChat-Pay-style sandbox, API v3: signatures, states, and the rules about refunds."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidSignature

from sim.devices.model import ActionError
from sim.faults import Fault
from sim.gateways.transport import LostAnswer, NotReached
from tests.wire.gateway_clients import WechatClient, World

NO = "38012611180000100001"


@pytest.fixture
def world(tmp_path) -> World:
    return World(tmp_path)


@pytest.fixture
def wechat(world) -> WechatClient:
    return WechatClient(world)


@pytest.fixture
def phone(world):
    return lambda action, **body: world.gateways.act("qr_payment", action, body)


def code(answer):
    status, content = answer
    return status, content.get("code")


def state(wechat, order_no=NO):
    status, content = wechat.query(order_no)
    assert status == 200
    return content["trade_state"]


def row(world, order_no=NO):
    rows = world.gateways.ledger()["wechat"]
    return next(r for r in rows if r["order_no"] == order_no)


def test_order_pay_query(wechat, phone, world):
    assert code(wechat.query(NO)) == (404, "ORDER_NOT_EXIST")
    status, content = wechat.native(NO, 12_927)
    assert status == 200
    assert content["code_url"].startswith("weixin://wxpay/bizpayurl")
    assert state(wechat) == "NOTPAY"
    phone("scan")
    assert state(wechat) == "NOTPAY"
    phone("pay", coupon_fen=27)
    status, content = wechat.query(NO)
    assert (status, content["trade_state"]) == (200, "SUCCESS")
    assert content["amount"]["total"] == 12_927
    assert content["amount"]["payer_total"] == 12_900
    assert content["success_time"] == "2026-11-18T10:00:00+08:00"
    assert (row(world)["charges"], row(world)["buyer_paid_fen"]) == (1, 12_900)


def test_a_repeated_order(wechat, phone):
    first = wechat.native(NO, 100)
    assert wechat.native(NO, 100) == first
    assert code(wechat.native(NO, 101)) == (403, "OUT_TRADE_NO_USED")
    phone("pay")
    assert code(wechat.native(NO, 100)) == (403, "OUT_TRADE_NO_USED")


def test_close(wechat, phone):
    assert code(wechat.close(NO)) == (404, "ORDER_NOT_EXIST")
    wechat.native(NO, 100)
    assert wechat.close(NO) == (204, {})
    assert state(wechat) == "CLOSED"
    assert wechat.close(NO) == (204, {})
    with pytest.raises(ActionError):
        phone("pay", order_no=NO)
    assert code(wechat.native(NO, 100)) == (400, "ORDER_CLOSED")
    other = NO[:-1] + "2"
    wechat.native(other, 100)
    phone("pay")
    assert code(wechat.close(other)) == (400, "ORDERPAID")
    assert state(wechat, other) == "SUCCESS"


def test_expiry(wechat, phone, world):
    wechat.native(NO, 100, time_expire="2026-11-18T10:02:00+08:00")
    world.clock.advance(120)
    assert state(wechat) == "CLOSED"
    assert code(wechat.native(NO[:-1] + "2", 1, time_expire="2026-11-18T10:02:00+08:00"))[0] == 400
    assert code(wechat.native(NO[:-1] + "3", 1, time_expire="soon")) == (400, "PARAM_ERROR")
    wechat.native(NO[:-1] + "4", 100)
    world.clock.advance(7200)
    assert state(wechat, NO[:-1] + "4") == "NOTPAY"
    with pytest.raises(ActionError):
        phone("scan", order_no=NO[:-1] + "4")


def test_a_refund_is_accepted_first_and_done_later(wechat, phone, world):
    wechat.native(NO, 1_000)
    phone("pay")
    status, content = wechat.refund(NO, NO + "R1", 400, 1_000)
    assert (status, content["status"]) == (200, "PROCESSING")
    assert state(wechat) == "REFUND"
    world.clock.advance(3)
    assert wechat.refund_query(NO + "R1")[1]["status"] == "SUCCESS"
    status, again = wechat.refund(NO, NO + "R1", 400, 1_000)
    assert (status, again["refund_id"]) == (200, content["refund_id"])
    assert row(world)["refunded_fen"] == 400


def test_refunds_of_one_order_are_a_minute_apart(wechat, phone, world):
    wechat.native(NO, 1_000)
    phone("pay")
    assert wechat.refund(NO, NO + "R1", 400, 1_000)[0] == 200
    world.clock.advance(59.9)
    assert code(wechat.refund(NO, NO + "R2", 600, 1_000)) == (429, "FREQUENCY_LIMITED")
    assert code(wechat.refund_query(NO + "R2")) == (404, "RESOURCE_NOT_EXISTS")
    world.clock.advance(0.1)
    assert code(wechat.refund(NO, NO + "R2", 601, 1_000)) == (400, "INVALID_REQUEST")
    assert wechat.refund(NO, NO + "R2", 600, 1_000)[0] == 200
    assert row(world)["refunds"] == {NO + "R1": 400, NO + "R2": 600}


def test_refunds_that_are_refused(wechat, phone, world):
    assert code(wechat.refund(NO, NO + "R1", 1, 100)) == (404, "RESOURCE_NOT_EXISTS")
    wechat.native(NO, 100)
    assert code(wechat.refund(NO, NO + "R1", 1, 100)) == (400, "INVALID_REQUEST")
    phone("pay")
    assert code(wechat.refund(NO, NO + "R1", 1, 99)) == (400, "INVALID_REQUEST")
    assert code(wechat.refund(NO, NO + "R1", 101, 100)) == (400, "INVALID_REQUEST")
    assert wechat.refund(NO, NO + "R1", 1, 100)[0] == 200
    assert code(wechat.refund(NO, NO + "R1", 2, 100)) == (400, "INVALID_REQUEST")
    assert row(world)["refunded_fen"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"description": ""},
        {"notify_url": "http://cabin.invalid"},
        {"notify_url": None},
        {"amount": {"total": 0}},
        {"amount": {"total": "100"}},
        {"amount": 100},
        {"out_trade_no": "short"},
        {"out_trade_no": "x" * 33},
        {"out_trade_no": "中文订单号码"},
    ],
)
def test_orders_that_arent(wechat, changes):
    assert code(wechat.native(NO, 100, **changes)) == (400, "PARAM_ERROR")


def test_another_merchants_orders(wechat):
    assert code(wechat.native(NO, 100, mchid="1900000001")) == (400, "APPID_MCHID_NOT_MATCH")


# --- signatures


def asked(wechat, authorization):
    target = f"/v3/pay/transactions/out-trade-no/{NO}?mchid={wechat.settings['mchid']}"
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = wechat.http.get(target, headers=headers)
    wechat.verify(answer)
    return answer.status_code, answer.json["code"]


def test_the_authorization_header(wechat):
    target = f"/v3/pay/transactions/out-trade-no/{NO}?mchid={wechat.settings['mchid']}"
    good = wechat.authorization("GET", target, b"")
    refused = (401, "SIGN_ERROR")
    assert asked(wechat, good) == (404, "ORDER_NOT_EXIST")
    assert asked(wechat, None) == refused
    assert asked(wechat, good.replace("RSA2048", "SM2")) == refused
    assert asked(wechat, good.replace(wechat.settings["serial_no"], "00")) == refused
    assert asked(wechat, wechat.authorization("POST", target, b"")) == refused
    assert asked(wechat, wechat.authorization("GET", target.split("?")[0], b"")) == refused
    assert asked(wechat, wechat.authorization("GET", target, b"{}")) == refused
    assert asked(wechat, wechat.authorization("GET", target, b"", skew_s=301)) == refused
    assert asked(wechat, wechat.authorization("GET", target, b"", skew_s=-299))[0] == 404


def test_the_escaped_address_is_what_is_signed(wechat):
    status, _ = wechat.native("38*|A-_1", 100)
    assert status == 200
    answer = wechat.call(
        "GET", f"/v3/pay/transactions/out-trade-no/38%2A%7CA-_1?mchid={wechat.settings['mchid']}"
    )
    assert answer[1]["trade_state"] == "NOTPAY"


# --- faults


def test_lost_answers(wechat, phone, world):
    world.faults.add(Fault("qr_payment", "timeout_after_acting", {"provider": "wechat"}, count=2))
    with pytest.raises(LostAnswer):
        wechat.native(NO, 100)
    phone("pay")
    with pytest.raises(LostAnswer):
        wechat.refund(NO, NO + "R1", 100, 100)
    assert wechat.refund_query(NO + "R1")[0] == 200
    assert wechat.refund(NO, NO + "R1", 100, 100)[0] == 200
    assert row(world)["refunded_fen"] == 100


def test_a_forged_answer(wechat, world):
    world.faults.add(Fault("qr_payment", "bad_signature", count=1))
    with pytest.raises(InvalidSignature):
        wechat.native(NO, 100)


def test_pending_and_refused_refunds(wechat, phone, world):
    wechat.native(NO, 100)
    phone("pay")
    world.faults.add(Fault("qr_payment", "refuse", {"provider": "wechat"}, count=1))
    assert code(wechat.refund(NO, NO + "R1", 100, 100)) == (403, "NOT_ENOUGH")
    wechat.refund(NO, NO + "R1", 100, 100)
    world.clock.advance(3)
    world.faults.add(Fault("qr_payment", "pending", count=1))
    assert wechat.refund_query(NO + "R1")[1]["status"] == "PROCESSING"
    assert wechat.refund_query(NO + "R1")[1]["status"] == "SUCCESS"


def test_the_cable(wechat, phone, world):
    phone("unplug")
    with pytest.raises(NotReached):
        wechat.native(NO, 100)
    phone("plug")
    assert wechat.native(NO, 100)[0] == 200
    assert set(world.gateways.actions("qr_payment")) == {
        "scan",
        "pay",
        "decline",
        "unplug",
        "plug",
    }
