"""What comes from the Alipay-style gateway and is not believed, over real HTTPS."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.gateways.factory import Outside, make_alipay
from kiosk.gateways.settings import AlipaySettings
from kiosk.gateways.types import (
    NoAnswer,
    QrPayment,
    Reason,
    TradeState,
    TradeStatus,
)
from tests.wire.gateway_alipay import (
    OK,
    ORDER,
    PAID,
    REFUND,
    answering,
    envelope,
    refused,
)
from tests.wire.gateway_server import (
    WALL,
    Seen,
    Server,
    authority,
    http,
    rsa_key,
    sign,
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


@pytest.mark.parametrize(
    "raw",
    [
        '{"code":"10000","trade_status":"TRADE_SUCCESS","out_trade_no":"%s","x":"a\\/b"}',
        '{ "code" : "10000" ,\n "trade_status":"TRADE_SUCCESS", "out_trade_no":"%s"}',
        '{"msg":"},\\"sign\\":\\"x","code":"10000","trade_status":"TRADE_SUCCESS",'
        '"out_trade_no":"%s"}',
        '{"msg":"\\u597d","code":"10000","trade_status":"TRADE_SUCCESS","out_trade_no":"%s"}',
    ],
    ids=["escaped slash", "spaces", "an envelope in a text", "escaped characters"],
)
def test_the_signature_is_over_the_raw_text(raw: str, server: Server, qr: QrPayment) -> None:
    server.behaviour = answering(raw % ORDER)
    state = qr.query(ORDER)
    assert isinstance(state, TradeState)
    assert (state.status, state.order_no) == (TradeStatus.PAID, ORDER)


def forged(seen: Seen, change: Callable[[bytes], bytes]) -> bytes:
    return http(200, change(envelope(seen, PAID)))


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace(b"96.30", b"96.31"),
        lambda body: body.replace(b'": "96.30"', b'":"96.30"'),
        lambda body: body[: body.index(b',"sign"')] + b"}",
        lambda body: body[: body.index(b',"sign"')] + b',"sign":7}',
        lambda body: body[: body.index(b',"sign"')] + b',"sign":""}',
    ],
    ids=["amount", "a space", "unsigned", "sign a number", "sign empty"],
)
def test_a_forged_answer_is_no_answer(
    change: Callable[[bytes], bytes], server: Server, qr: QrPayment
) -> None:
    server.behaviour = lambda seen: forged(seen, change)
    assert qr.query(ORDER) == NoAnswer(Reason.BAD_SIGNATURE)


def test_an_answer_signed_by_another_key_is_no_answer(server: Server, qr: QrPayment) -> None:
    server.behaviour = lambda seen: http(200, envelope(seen, PAID, key="somebody"))
    assert qr.query(ORDER) == NoAnswer(Reason.BAD_SIGNATURE)


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace(b"trade_query", b"trade_refund"),
        lambda body: body[:-1] + b',"alipay_trade_query_response":{"code":"10000"}}',
        lambda body: body[:-1] + b',"error_response":{}}',
        lambda body: body + b"x",
        lambda body: body[:-1],
        lambda body: b"[" + body + b"]",
        lambda _body: b"",
        lambda _body: b"<html>busy</html>",
        lambda _body: b'{"alipay_trade_query_response":' + b"[" * 200_000,
    ],
    ids=["method", "twice", "two kinds", "more", "less", "list", "empty", "html", "deep"],
)
def test_garbage_is_no_answer(
    change: Callable[[bytes], bytes], server: Server, qr: QrPayment
) -> None:
    server.behaviour = lambda seen: forged(seen, change)
    answer = qr.query(ORDER)
    assert isinstance(answer, NoAnswer)
    assert (answer.reason, answer.sent) == (Reason.GARBAGE, True)


def test_a_signed_error_response_is_a_refusal(server: Server, qr: QrPayment) -> None:
    raw = json.dumps(refused("isv.invalid-signature", "40002"))
    body = f'{{"error_response":{raw},"sign":"{sign("alipay server", raw.encode())}"}}'.encode()
    server.behaviour = lambda _seen: http(200, body)
    assert qr.query(ORDER) == NoAnswer(Reason.REFUSED, detail="isv.invalid-signature")


def test_values_that_do_not_fit_the_wire_never_leave(server: Server, qr: QrPayment) -> None:
    nothing = NoAnswer(Reason.BAD_ARGUMENT, sent=False)
    assert qr.precreate(ORDER, 0, "x", 120) == nothing
    assert qr.precreate(ORDER, 1, "x", 0) == nothing
    assert qr.query("a&b") == nothing
    assert qr.close("") == nothing
    assert qr.refund(ORDER, REFUND, 2, 1) == nothing
    assert qr.query_refund(ORDER, "R-1") == nothing
    assert server.connections == 0


def test_the_code_is_in_no_log_and_no_repr(
    server: Server, qr: QrPayment, caplog: pytest.LogCaptureFixture
) -> None:
    server.behaviour = answering({**OK, "qr_code": "https://qr.example/secret"})
    with caplog.at_level(logging.DEBUG):
        shown = repr(qr.precreate(ORDER, 1, "缴费", 120))
    assert caplog.records
    assert "secret" not in shown + caplog.text
