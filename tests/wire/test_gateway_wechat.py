"""The WeChat-Pay-v3-style client over real HTTPS, against answers of the tests' own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from kiosk.gateways.factory import Outside, make_wechat
from kiosk.gateways.settings import WechatSettings
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
from tests.wire.gateway_server import (
    WALL,
    Seen,
    Server,
    authority,
    dumps,
    http,
    rsa_key,
    sign,
    verifies,
    write_private,
    write_public,
)

ORDER = "3801260921000010ABCD"
REFUND = ORDER + "R1"
SERIAL = "PUB_KEY_ID_0000000000000000000000000000000001"
PAID = {
    "out_trade_no": ORDER,
    "trade_state": "SUCCESS",
    "transaction_id": "4200000000000000000000000001",
    "amount": {"total": 9630, "payer_total": 9500, "currency": "CNY", "payer_currency": "CNY"},
}
BACK = {
    "out_trade_no": ORDER,
    "out_refund_no": REFUND,
    "refund_id": "5030",
    "status": "SUCCESS",
    "amount": {"refund": 1000, "total": 9630, "currency": "CNY"},
}


def signed(body: bytes, *, key: str = "wechat server", at: float = WALL) -> dict[str, str]:
    """The headers of an answer, written from "签名验证" of API v3."""
    text = f"{int(at)}\nfeedface\n".encode() + body + b"\n"
    return {
        "Wechatpay_Timestamp": str(int(at)),
        "Wechatpay_Nonce": "feedface",
        "Wechatpay_Signature": sign(key, text),
        "Wechatpay_Serial": SERIAL,
    }


def answering(content: object, status: int = 200) -> Callable[[Seen], bytes]:
    body = b"" if content is None else dumps(content)
    return lambda _seen: http(status, body, **signed(body))


def failing(status: int, code: str) -> Callable[[Seen], bytes]:
    return answering({"code": code, "message": "x"}, status)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(authority().context(tmp_path)) as running:
        yield running


@pytest.fixture
def qr(server: Server, tmp_path: Path) -> QrPayment:
    settings = WechatSettings(
        base_url=server.url,
        app_id="wx0000000000000000",
        mchid="1900000000",
        serial_no="51DE01",
        private_key=write_private(tmp_path / "app.pem", rsa_key("wechat app")),
        server_serial=SERIAL,
        server_public_key=write_public(tmp_path / "server.pub", rsa_key("wechat server")),
        ca_file=authority().write(tmp_path / "ca.pem"),
        connect_timeout=5.0,
        read_timeout=5.0,
    )
    return make_wechat(settings, Outside(wall=lambda: WALL, nonce=lambda: "c0ffee"))


def check_signature(seen: Seen) -> None:
    scheme, _, rest = seen.headers["authorization"].partition(" ")
    assert scheme == "WECHATPAY2-SHA256-RSA2048"
    fields = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    assert (fields["mchid"], fields["serial_no"]) == ("1900000000", "51DE01")
    assert (fields["timestamp"], fields["nonce_str"]) == ("1790000000", "c0ffee")
    text = f"{seen.method}\n{seen.target}\n1790000000\nc0ffee\n".encode() + seen.body + b"\n"
    assert verifies("wechat app", text, fields["signature"])


def test_native(server: Server, qr: QrPayment) -> None:
    server.behaviour = answering({"code_url": "weixin://wxpay/x"})
    answer = qr.precreate(ORDER, 9630, "数字小屋", 120)
    assert isinstance(answer, CodeReady)
    assert answer.code_text == "weixin://wxpay/x"
    assert "weixin" not in repr(answer)
    [seen] = server.seen
    check_signature(seen)
    assert (seen.method, seen.target) == ("POST", "/v3/pay/transactions/native")
    assert json.loads(seen.body) == {
        "appid": "wx0000000000000000",
        "mchid": "1900000000",
        "description": "数字小屋",
        "out_trade_no": ORDER,
        "time_expire": "2026-09-21T22:15:20+08:00",
        "notify_url": "https://cabin.invalid/wechat",
        "amount": {"total": 9630, "currency": "CNY"},
    }


def test_a_long_description_fits_the_platform(server: Server, qr: QrPayment) -> None:
    server.behaviour = answering({"code_url": "weixin://wxpay/x"})
    qr.precreate(ORDER, 9630, "费" * 200, 120)
    description = json.loads(server.seen[0].body)["description"]
    assert 0 < len(description.encode()) <= 127


def test_capabilities(qr: QrPayment) -> None:
    assert qr.capabilities == Capabilities(RefundAbility.PARTIAL, 60, Commit.AT_ONCE)


@pytest.mark.parametrize("code", ["ORDERPAID", "OUT_TRADE_NO_USED", "RULE_LIMIT", "NEW_CODE"])
def test_native_refused(code: str, server: Server, qr: QrPayment) -> None:
    server.behaviour = failing(403, code)
    answer = qr.precreate(ORDER, 9630, "缴费", 120)
    assert isinstance(answer, QrRefused)
    assert answer.code == code
    assert answer.meaning


def state(status: TradeStatus, raw: str, paid: int | None = None, no: str = "") -> TradeState:
    return TradeState(status, ORDER, 9630, paid, no, raw)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PAID, state(TradeStatus.PAID, "SUCCESS", 9500, "4200000000000000000000000001")),
        (
            {**PAID, "amount": {"total": 9630}},
            state(TradeStatus.PAID, "SUCCESS", 9630, "4200000000000000000000000001"),
        ),
        (
            {**PAID, "trade_state": "REFUND"},
            state(TradeStatus.REFUNDED_PART, "REFUND", 9500, "4200000000000000000000000001"),
        ),
        *[
            (
                {"out_trade_no": ORDER, "trade_state": raw, "amount": {"total": 9630}},
                state(status, raw),
            )
            for raw, status in (
                ("NOTPAY", TradeStatus.WAITING),
                ("USERPAYING", TradeStatus.WAITING),
                ("PAYERROR", TradeStatus.WAITING),
                ("CLOSED", TradeStatus.CLOSED),
                ("REVOKED", TradeStatus.CLOSED),
            )
        ],
        ({"trade_state": "MAYBE"}, NoAnswer(Reason.GARBAGE, detail="unknown trade_state")),
        ({}, NoAnswer(Reason.GARBAGE, detail="unknown trade_state")),
    ],
)
def test_query(content: object, expected: object, server: Server, qr: QrPayment) -> None:
    server.behaviour = answering(content)
    assert qr.query(ORDER) == expected
    [seen] = server.seen
    check_signature(seen)
    assert seen.target == f"/v3/pay/transactions/out-trade-no/{ORDER}?mchid=1900000000"


@pytest.mark.parametrize(
    ("change", "order_no", "amount"),
    [
        ({"out_trade_no": "3801260921000011ABCD"}, "3801260921000011ABCD", 9630),
        ({"amount": {"total": 9631, "payer_total": 9631}}, ORDER, 9631),
        ({"amount": {"total": 9630, "currency": "USD"}}, ORDER, None),
        ({"amount": {"total": "9630"}}, ORDER, None),
        ({"amount": {"total": 9630.0}}, ORDER, None),
        ({"amount": None}, ORDER, None),
    ],
)
def test_a_payment_that_differs_is_shown_as_it_is(
    change: Mapping[str, object],
    order_no: str,
    amount: int | None,
    server: Server,
    qr: QrPayment,
) -> None:
    server.behaviour = answering({**PAID, **change})
    found = qr.query(ORDER)
    assert isinstance(found, TradeState)
    assert (found.status, found.order_no, found.amount_fen) == (TradeStatus.PAID, order_no, amount)
    assert not found.matches(ORDER, 9630)


@pytest.mark.parametrize("code", ["ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"])
def test_not_found(code: str, server: Server, qr: QrPayment) -> None:
    server.behaviour = failing(404, code)
    assert qr.query(ORDER) == TradeState(TradeStatus.NOT_FOUND, raw_status=code)
    assert qr.close(ORDER) == NotFound()
    assert qr.query_refund(ORDER, REFUND) == NotFound()


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (answering(None, 204), Closed()),
        (failing(400, "ORDER_CLOSED"), Closed()),
        (failing(400, "ORDERPAID"), AlreadyPaid()),
        (failing(400, "PARAM_ERROR"), NoAnswer(Reason.REFUSED, detail="PARAM_ERROR")),
        (failing(429, "FREQUENCY_LIMITED"), NoAnswer(Reason.TOO_OFTEN)),
        (failing(403, "FREQUENCY_LIMITED"), NoAnswer(Reason.TOO_OFTEN, detail="FREQUENCY_LIMITED")),
        (failing(400, "SYSTEM_ERROR"), NoAnswer(Reason.GATEWAY_UNKNOWN, detail="SYSTEM_ERROR")),
        (failing(500, "SYSTEM_ERROR"), NoAnswer(Reason.HTTP_STATUS, detail="500")),
        (lambda _seen: http(401, b'{"code":"SIGN_ERROR"}'), NoAnswer(Reason.REFUSED, detail="401")),
        (lambda _seen: http(302, b"", Location="/"), NoAnswer(Reason.HTTP_STATUS, detail="302")),
    ],
)
def test_close(
    behaviour: Callable[[Seen], bytes], expected: object, server: Server, qr: QrPayment
) -> None:
    server.behaviour = behaviour
    assert qr.close(ORDER) == expected
    [seen] = server.seen
    check_signature(seen)
    assert seen.target == f"/v3/pay/transactions/out-trade-no/{ORDER}/close"
    assert seen.body == b'{"mchid":"1900000000"}'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (BACK, Refunded(REFUND, 1000, "5030")),
        ({**BACK, "amount": None}, Refunded(REFUND, None, "5030")),
        ({**BACK, "status": "PROCESSING"}, RefundPending()),
        (
            {**BACK, "status": "?"},
            NoAnswer(Reason.GARBAGE, detail="unknown status of a refund"),
        ),
        (
            {**BACK, "out_refund_no": ORDER + "R2"},
            NoAnswer(Reason.GARBAGE, detail="another refund"),
        ),
        (
            {**BACK, "out_trade_no": "3801260921000011ABCD"},
            NoAnswer(Reason.GARBAGE, detail="another refund"),
        ),
    ],
)
def test_refund_and_its_query(
    content: object, expected: object, server: Server, qr: QrPayment
) -> None:
    server.behaviour = answering(content)
    assert qr.refund(ORDER, REFUND, 1000, 9630) == expected
    assert qr.query_refund(ORDER, REFUND) == expected
    asked, queried = server.seen
    check_signature(asked)
    check_signature(queried)
    assert json.loads(asked.body) == {
        "out_trade_no": ORDER,
        "out_refund_no": REFUND,
        "amount": {"refund": 1000, "total": 9630, "currency": "CNY"},
    }
    assert (queried.method, queried.body) == ("GET", b"")
    assert queried.target == f"/v3/refund/domestic/refunds/{REFUND}"


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (failing(403, "NOT_ENOUGH"), "NOT_ENOUGH"),
        (failing(400, "INVALID_REQUEST"), "INVALID_REQUEST"),
        (answering({**BACK, "status": "ABNORMAL"}), "ABNORMAL"),
        (answering({**BACK, "status": "CLOSED"}), "CLOSED"),
    ],
)
def test_refund_refused(
    behaviour: Callable[[Seen], bytes], code: str, server: Server, qr: QrPayment
) -> None:
    server.behaviour = behaviour
    answer = qr.refund(ORDER, REFUND, 1000, 9630)
    assert isinstance(answer, RefundRefused)
    assert answer.code == code
    assert answer.meaning


def changed(**headers: str | None) -> Callable[[bytes], dict[str, str]]:
    def headers_of(body: bytes) -> dict[str, str]:
        merged = {**signed(body), **headers}
        return {name: value for name, value in merged.items() if value is not None}

    return headers_of


WRONG_HEADERS: dict[str, Callable[[bytes], dict[str, str]]] = {
    "unsigned": lambda _body: {},
    "no timestamp": changed(Wechatpay_Timestamp=None),
    "no nonce": changed(Wechatpay_Nonce=None),
    "no signature": changed(Wechatpay_Signature=None),
    "no serial": changed(Wechatpay_Serial=None),
    "another serial": changed(Wechatpay_Serial="PUB_KEY_ID_2"),
    "another nonce": changed(Wechatpay_Nonce="feedfacf"),
    "probe signature": changed(Wechatpay_Signature="WECHATPAY/SIGNTEST/abcd"),
    "signed by another": lambda body: signed(body, key="somebody"),
    "over another body": lambda body: signed(body + b" "),
}


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize("name", WRONG_HEADERS)
def test_a_wrong_signature_is_no_answer(
    name: str, status: int, server: Server, qr: QrPayment
) -> None:
    body = dumps(PAID if status == 200 else {"code": "ORDER_NOT_EXIST"})
    server.behaviour = lambda _seen: http(status, body, **WRONG_HEADERS[name](body))
    answer = qr.query(ORDER)
    assert isinstance(answer, NoAnswer)
    assert (answer.reason, answer.sent) == (Reason.BAD_SIGNATURE, True)


@pytest.mark.parametrize(
    ("offset", "good"), [(-301, False), (-300, True), (300, True), (301, False)]
)
def test_five_minutes_between_the_clocks(
    offset: int, good: bool, server: Server, qr: QrPayment
) -> None:
    body = dumps(PAID)
    server.behaviour = lambda _seen: http(200, body, **signed(body, at=WALL + offset))
    answer = qr.query(ORDER)
    assert isinstance(answer, TradeState) if good else answer == NoAnswer(Reason.CLOCK)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"[]"),
        (200, b"{"),
        (200, b'{"trade_state":"NOTPAY","trade_state":"SUCCESS"}'),
        (200, b"\xff"),
        (200, b"[" * 100_000),
        (404, b""),
        (404, b"{}"),
        (404, b'{"code":["ORDER_NOT_EXIST"]}'),
        (404, b'{"code":"ORDER NOT EXIST!"}'),
    ],
    ids=lambda value: value[:30].decode("latin-1") if isinstance(value, bytes) else None,
)
def test_a_signed_answer_that_says_nothing_is_no_answer(
    status: int, body: bytes, server: Server, qr: QrPayment
) -> None:
    server.behaviour = lambda _seen: http(status, body, **signed(body))
    answer = qr.query(ORDER)
    assert isinstance(answer, NoAnswer)
    assert (answer.reason, answer.sent) == (Reason.GARBAGE, True)


def test_values_that_do_not_fit_the_wire_never_leave(server: Server, qr: QrPayment) -> None:
    nothing = NoAnswer(Reason.BAD_ARGUMENT, sent=False)
    assert qr.precreate("short", 1, "x", 120) == nothing
    assert qr.precreate(ORDER, -1, "x", 120) == nothing
    assert qr.query("../../refunds") == nothing
    assert qr.close(ORDER + "?x=") == nothing
    assert qr.refund(ORDER, REFUND, 9631, 9630) == nothing
    assert qr.query_refund(ORDER, "") == nothing
    assert server.connections == 0
