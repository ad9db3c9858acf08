"""The Alipay-style client over real HTTPS, against answers of the tests' own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kiosk.gateways.factory import Outside, make_alipay
from kiosk.gateways.settings import AlipaySettings
from kiosk.gateways.types import (
    AlreadyPaid,
    Capabilities,
    Closed,
    CodeReady,
    Commit,
    NoAnswer,
    NotFound,
    QrPayment,
    QrRefused,
    Reason,
    RefundAbility,
    Refunded,
    RefundPending,
    RefundRefused,
    TradeState,
    TradeStatus,
)
from tests.wire.gateway_alipay import (
    OK,
    ORDER,
    PAID,
    REFUND,
    answering,
    by_method,
    method,
    parameters,
    refused,
)
from tests.wire.gateway_server import (
    WALL,
    Server,
    authority,
    rsa_key,
    verifies,
    write_private,
    write_public,
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(authority().context(tmp_path)) as running:
        yield running


@pytest.fixture
def qr(server: Server, tmp_path: Path) -> QrPayment:
    settings = AlipaySettings(
        base_url=f"{server.url}/gateway.do",
        app_id="2026000000000000",
        private_key=write_private(tmp_path / "app.pem", rsa_key("alipay app")),
        server_public_key=write_public(tmp_path / "server.pub", rsa_key("alipay server")),
        ca_file=authority().write(tmp_path / "ca.pem"),
        connect_timeout=5.0,
        read_timeout=5.0,
    )
    return make_alipay(settings, Outside(wall=lambda: WALL))


def test_the_request_is_signed_as_the_platform_reads_it(server: Server, qr: QrPayment) -> None:
    server.behaviour = answering({**OK, "qr_code": "https://qr.example/1"})
    answer = qr.precreate(ORDER, 9630, "数字小屋 水费/电费 & a=b", 90)
    assert isinstance(answer, CodeReady)
    assert answer.code_text == "https://qr.example/1"
    [seen] = server.seen
    assert urlsplit(seen.target).path == "/gateway.do"
    sent = parameters(seen)
    text = "&".join(f"{k}={v}" for k, v in sorted(sent.items()) if k != "sign")
    assert verifies("alipay app", text.encode(), sent["sign"])
    assert sent["timestamp"] == "2026-09-21 22:13:20"  # Beijing time of WALL
    assert (sent["sign_type"], sent["charset"], sent["version"]) == ("RSA2", "utf-8", "1.0")
    assert json.loads(sent["biz_content"]) == {
        "out_trade_no": ORDER,
        "total_amount": "96.30",
        "subject": "数字小屋 水费电费  ab",
        "timeout_express": "2m",
        "qr_code_timeout_express": "2m",
    }


def test_capabilities(qr: QrPayment) -> None:
    assert qr.capabilities == Capabilities(RefundAbility.PARTIAL, 0, Commit.AT_ONCE)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (refused("ACQ.TRADE_HAS_SUCCESS"), "ACQ.TRADE_HAS_SUCCESS"),
        (refused("ACQ.SOMETHING_NEW"), "ACQ.SOMETHING_NEW"),
        (refused("isv.invalid-app-id", "40002"), "isv.invalid-app-id"),
    ],
)
def test_precreate_refused(content: object, code: str, server: Server, qr: QrPayment) -> None:
    server.behaviour = answering(content)
    answer = qr.precreate(ORDER, 9630, "缴费", 120)
    assert isinstance(answer, QrRefused)
    assert answer.code == code
    assert answer.meaning


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (
            PAID,
            TradeState(TradeStatus.PAID, ORDER, 9630, 9500, PAID["trade_no"], "TRADE_SUCCESS"),
        ),
        (
            {**PAID, "trade_status": "TRADE_FINISHED", "buyer_pay_amount": "96.30"},
            TradeState(TradeStatus.PAID, ORDER, 9630, 9630, PAID["trade_no"], "TRADE_FINISHED"),
        ),
        (
            {**OK, "trade_status": "WAIT_BUYER_PAY", "total_amount": "96.30"},
            TradeState(TradeStatus.WAITING, ORDER, 9630, None, "", "WAIT_BUYER_PAY"),
        ),
        (
            {**OK, "trade_status": "TRADE_CLOSED", "total_amount": "96.30"},
            TradeState(TradeStatus.CLOSED, ORDER, 9630, None, "", "TRADE_CLOSED"),
        ),
        (
            {**PAID, "trade_status": "TRADE_CLOSED"},
            TradeState(
                TradeStatus.REFUNDED_FULL, ORDER, 9630, 9500, PAID["trade_no"], "TRADE_CLOSED"
            ),
        ),
        (
            refused("ACQ.TRADE_NOT_EXIST"),
            TradeState(TradeStatus.NOT_FOUND, raw_status="ACQ.TRADE_NOT_EXIST"),
        ),
    ],
)
def test_query(content: object, state: TradeState, server: Server, qr: QrPayment) -> None:
    server.behaviour = answering(content)
    assert qr.query(ORDER) == state


@pytest.mark.parametrize(
    ("change", "order_no", "amount"),
    [
        ({"total_amount": "96.31"}, ORDER, 9631),
        ({"total_amount": "0.96"}, ORDER, 96),
        ({"total_amount": "9630"}, ORDER, 963000),
        ({"total_amount": "96,30"}, ORDER, None),
        ({"total_amount": 96.3}, ORDER, None),
        ({"total_amount": "９６.３０"}, ORDER, None),
        ({"out_trade_no": "3801260921000011ABCD"}, "3801260921000011ABCD", 9630),
        ({"out_trade_no": None}, "", 9630),
    ],
)
def test_a_payment_that_differs_is_shown_as_it_is(
    change: dict[str, object], order_no: str, amount: int | None, server: Server, qr: QrPayment
) -> None:
    server.behaviour = answering({**PAID, **change})
    state = qr.query(ORDER)
    assert isinstance(state, TradeState)
    assert (state.status, state.order_no, state.amount_fen) == (TradeStatus.PAID, order_no, amount)
    assert not state.matches(ORDER, 9630)


def test_close_of_a_scanned_unpaid_trade(server: Server, qr: QrPayment) -> None:
    server.behaviour = answering(OK)
    assert qr.close(ORDER) == Closed()
    assert [method(seen) for seen in server.seen] == ["alipay.trade.close"]


@pytest.mark.parametrize(
    ("cancel", "closed"),
    [
        ({**OK, "retry_flag": "N"}, Closed(found=False)),
        ({**OK, "retry_flag": "N", "action": "close"}, Closed()),
        ({**OK, "retry_flag": "N", "action": "refund"}, Closed(refunded=True)),
        ({**OK, "retry_flag": "Y"}, NoAnswer(Reason.ASK_AGAIN, detail="10000")),
        (
            refused("ACQ.SYSTEM_ERROR", retry_flag="Y"),
            NoAnswer(Reason.ASK_AGAIN, detail="ACQ.SYSTEM_ERROR"),
        ),
        ({**OK, "action": "burn"}, NoAnswer(Reason.GARBAGE, detail="unknown action")),
        (refused("ACQ.TRADE_NOT_EXIST"), NotFound()),
    ],
)
def test_a_code_that_nobody_scanned_is_cancelled(
    cancel: object, closed: object, server: Server, qr: QrPayment
) -> None:
    server.behaviour = by_method(close=refused("ACQ.TRADE_NOT_EXIST"), cancel=cancel)
    assert qr.close(ORDER) == closed
    assert [method(seen) for seen in server.seen] == ["alipay.trade.close", "alipay.trade.cancel"]


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (PAID, AlreadyPaid()),
        ({**OK, "trade_status": "TRADE_CLOSED", "total_amount": "96.30"}, Closed()),
        ({**PAID, "trade_status": "TRADE_CLOSED"}, Closed(refunded=True)),
        (
            {**OK, "trade_status": "WAIT_BUYER_PAY"},
            NoAnswer(Reason.REFUSED, detail="ACQ.TRADE_STATUS_ERROR"),
        ),
        (
            {**PAID, "out_trade_no": "3801260921000011ABCD"},
            NoAnswer(Reason.GARBAGE, detail="another order"),
        ),
    ],
)
def test_close_refused_is_explained_by_a_query(
    content: object, answer: object, server: Server, qr: QrPayment
) -> None:
    server.behaviour = by_method(close=refused("ACQ.TRADE_STATUS_ERROR"), query=content)
    assert qr.close(ORDER) == answer
    # A paid trade must never be cancelled here: that would give the money back unasked.
    assert "alipay.trade.cancel" not in [method(seen) for seen in server.seen]


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        ({**OK, "fund_change": "Y", "send_back_fee": "10.00"}, Refunded(REFUND, 1000)),
        ({**OK, "fund_change": "Y", "refund_fee": "50.00"}, Refunded(REFUND, None)),
        ({**OK, "fund_change": "N", "refund_fee": "10.00"}, RefundPending()),
        (OK, RefundPending()),
        (refused("ACQ.SYSTEM_ERROR"), NoAnswer(Reason.GATEWAY_UNKNOWN, detail="ACQ.SYSTEM_ERROR")),
        (
            refused("isp.unknow-error", "20000"),
            NoAnswer(Reason.GATEWAY_UNKNOWN, detail="isp.unknow-error"),
        ),
        (
            refused("isv.invalid-signature", "40002"),
            NoAnswer(Reason.REFUSED, detail="isv.invalid-signature"),
        ),
        ({"code": "10003"}, NoAnswer(Reason.GATEWAY_UNKNOWN, detail="10003")),
        ({"code": "40004"}, NoAnswer(Reason.GATEWAY_UNKNOWN, detail="40004")),
        (
            {**OK, "out_trade_no": "3801260921000011ABCD", "fund_change": "Y"},
            NoAnswer(Reason.GARBAGE, detail="another order"),
        ),
    ],
)
def test_refund(content: object, answer: object, server: Server, qr: QrPayment) -> None:
    server.behaviour = answering(content)
    assert qr.refund(ORDER, REFUND, 1000, 9630) == answer
    assert json.loads(parameters(server.seen[0])["biz_content"]) == {
        "out_trade_no": ORDER,
        "refund_amount": "10.00",
        "out_request_no": REFUND,
    }


def test_refund_refused(server: Server, qr: QrPayment) -> None:
    server.behaviour = answering(refused("ACQ.SELLER_BALANCE_NOT_ENOUGH"))
    answer = qr.refund(ORDER, REFUND, 1000, 9630)
    assert isinstance(answer, RefundRefused)
    assert answer.code == "ACQ.SELLER_BALANCE_NOT_ENOUGH"
    assert "余额不足" in answer.meaning


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (
            {**OK, "out_request_no": REFUND, "refund_amount": "10.00", "trade_no": "T1"},
            Refunded(REFUND, 1000, "T1"),
        ),
        (
            {**OK, "refund_status": "REFUND_SUCCESS", "refund_amount": "10.00"},
            Refunded(REFUND, 1000),
        ),
        ({**OK, "refund_status": "REFUND_PROCESSING", "refund_amount": "1.00"}, RefundPending()),
        ({"code": "10000", "msg": "Success"}, NotFound()),
        (refused("ACQ.TRADE_NOT_EXIST"), NotFound()),
        (
            {**OK, "out_request_no": ORDER + "R2", "refund_amount": "10.00"},
            NoAnswer(Reason.GARBAGE, detail="another refund"),
        ),
        (
            refused("ACQ.INVALID_PARAMETER"),
            NoAnswer(Reason.REFUSED, detail="ACQ.INVALID_PARAMETER"),
        ),
    ],
)
def test_query_refund(content: object, answer: object, server: Server, qr: QrPayment) -> None:
    server.behaviour = answering(content)
    assert qr.query_refund(ORDER, REFUND) == answer
