"""Whatever a gateway answers, no public method raises, and nothing becomes good by garbage.

Signatures are taken for right here (tests/wire proves those), so that everything behind them is
reached. The short tier runs some hundred inputs for each gateway; the long tier 3,000 that
Hypothesis makes and can shrink, and 50,000 quick mutations of good answers.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import date
from typing import Any, cast

import hypothesis
import pytest
from hypothesis import strategies as st

from kiosk.gateways import types
from kiosk.gateways.alipay import AlipayQr
from kiosk.gateways.alipay_wire import AlipayGateway
from kiosk.gateways.biller import HttpBiller
from kiosk.gateways.http import HttpAnswer, HttpClient
from kiosk.gateways.signing import Signer, Verifier
from kiosk.gateways.wechat import WechatQr
from kiosk.gateways.wechat_wire import Merchant, WechatGateway

WALL = 1_790_000_000.0
ORDER = "3801260921000010ABCD"
REFUND = ORDER + "R1"
METHODS = ("precreate", "query", "close", "cancel", "refund", "fastpay.refund.query")
SHORT, LONG, MUTATIONS = 300, 3_000, 50_000

Answer = tuple[int, dict[str, str], bytes]


class Trusting:
    """Stands for Signer and Verifier: every signature is right."""

    def prepare(self) -> None: ...

    def sign(self, _text: bytes) -> str:
        return "c2ln"

    def verify(self, _text: bytes, _signature: str) -> bool:
        return True


class Canned:
    """Stands for HttpClient: one answer to whatever is asked."""

    def __init__(self) -> None:
        self.answer = HttpAnswer(200, {}, b"")

    def send(self, *_args: object, **_options: object) -> HttpAnswer:
        return self.answer


canned = Canned()
_client = cast(HttpClient, canned)
_signer, _verifier = cast(Signer, Trusting()), cast(Verifier, Trusting())
biller = HttpBiller(_client, "a", _signer, _verifier, wall=lambda: WALL)
alipay = AlipayQr(AlipayGateway(_client, "a", _signer, _verifier, lambda: WALL))
wechat = WechatQr(
    WechatGateway(_client, Merchant("a", "m", "s", "S"), _signer, _verifier, wall=lambda: WALL)
)

HEADERS = {
    "x-timestamp": str(int(WALL * 1000)),
    "x-nonce": "n",
    "x-signature": "s",
    "wechatpay-timestamp": str(int(WALL)),
    "wechatpay-nonce": "n",
    "wechatpay-signature": "s",
    "wechatpay-serial": "S",
}

# --- what may come

GOOD: tuple[dict[str, Any], ...] = (
    {
        "code": "AAAAAAA",
        "message": "",
        "data": {
            "institutions": [
                {"id": "W", "kind": "water", "name": "水", "account_pattern": r"\d{10}"}
            ],
            "owner_masked": "某**",
            "charge_mode": "prepaid",
            "balance_fen": -1,
            "bills": [{"bill_no": "1", "period": "2026-08", "amount_fen": 100, "late_fee_fen": 0}],
            "topup": {"min_fen": 1, "max_fen": 9, "suggested_fen": [5]},
            "status": "posted",
            "biller_ref": "B",
            "posted_at": 1,
            "reason_code": "EQ0007",
            "name": "n",
            "content": "",
            "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        },
    },
    {
        **{
            f"alipay_trade_{method.replace('.', '_')}_response": {
                "code": "10000",
                "sub_code": "",
                "out_trade_no": ORDER,
                "trade_no": "T",
                "trade_status": "TRADE_SUCCESS",
                "total_amount": "96.30",
                "buyer_pay_amount": "95.00",
                "qr_code": "q",
                "retry_flag": "N",
                "action": "close",
                "fund_change": "Y",
                "send_back_fee": "1.00",
                "refund_amount": "1.00",
                "refund_status": "REFUND_SUCCESS",
            }
            for method in METHODS
        },
        "sign": "s",
    },
    {
        "code": "ORDER_NOT_EXIST",
        "code_url": "w",
        "out_trade_no": ORDER,
        "out_refund_no": REFUND,
        "transaction_id": "T",
        "trade_state": "SUCCESS",
        "status": "SUCCESS",
        "refund_id": "R",
        "amount": {"total": 9630, "payer_total": 9500, "refund": 100, "currency": "CNY"},
    },
)
WORDS = [
    *("AAAAAAA", "EQ0007", "DEF0001", "SYS1001", "posted", "not_posted", "pending", "cancelled"),
    *("no_record", "prepaid", "postpaid", "water", "10000", "10003", "20000", "40004", "40002"),
    *("ACQ.TRADE_NOT_EXIST", "ACQ.SYSTEM_ERROR", "ACQ.TRADE_STATUS_ERROR", "Y", "N", "close"),
    *("refund", "TRADE_SUCCESS", "TRADE_CLOSED", "WAIT_BUYER_PAY", "REFUND", "NOTPAY", "SUCCESS"),
    *("PROCESSING", "CLOSED", "ABNORMAL", "ORDER_CLOSED", "ORDERPAID", "SYSTEM_ERROR", "CNY"),
    *("USD", "(a+)+$", "2026-13", "1e9", "\ud800", "\x1b@", ORDER, REFUND),
]
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(WORDS)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)


def replace_at(whole: Any, path: list[int], value: object) -> Any:
    """A copy of `whole` with what lies at `path` (choices among members) replaced."""
    if not path or not isinstance(whole, dict | list) or not whole:
        return value
    if isinstance(whole, list):
        at = path[0] % len(whole)
        return [replace_at(v, path[1:], value) if i == at else v for i, v in enumerate(whole)]
    name = sorted(whole)[path[0] % len(whole)]
    return {k: replace_at(v, path[1:], value) if k == name else v for k, v in whole.items()}


near = st.builds(
    lambda good, path, value: json.dumps(replace_at(good, path, value)).encode(),
    st.sampled_from(GOOD),
    st.lists(st.integers(0, 30), min_size=1, max_size=4),
    values,
)
cut = st.builds(
    lambda body, at, junk: body[: at % (len(body) + 1)] + junk, near, st.integers(0), st.binary()
)
bodies = st.one_of(
    near, near, cut, st.binary(max_size=60), values.map(lambda value: json.dumps(value).encode())
)
statuses = st.sampled_from([200, 200, 200, 204, 400, 403, 404, 429, 500, 302, 100, 999])
headers = st.just(HEADERS) | st.dictionaries(
    st.sampled_from(sorted(HEADERS)), st.text(max_size=8) | st.just("9" * 14)
)
answers = st.tuples(statuses, headers, bodies)

# --- what must come of it

NOTHING = (types.NoAnswer,)
PAYING = (types.NoAnswer, types.QrRefused, types.CodeReady)
CLOSING = (types.NoAnswer, types.Closed, types.AlreadyPaid, types.NotFound)
REFUNDING = (types.NoAnswer, types.Refunded, types.RefundPending, types.RefundRefused)
REFUSING = (types.NoAnswer, types.BillerRefused)

Call = tuple[Callable[[], object], tuple[type, ...]]
BILLER_CALLS: list[Call] = [
    (biller.institutions, (*REFUSING, tuple)),
    (lambda: biller.query("W", "1"), (*REFUSING, types.AccountFound)),
    (lambda: biller.post(ORDER, "W", "1", None, 1, 1), (*REFUSING, types.Posted)),
    (lambda: biller.check(ORDER), (*REFUSING, types.PostState)),
    (lambda: biller.cancel(ORDER), (*REFUSING, types.PostCancelled)),
    (lambda: biller.daily_file(date(2026, 9, 21)), (*REFUSING, types.DailyFile)),
]


def qr_calls(qr: types.QrPayment) -> list[Call]:
    return [
        (lambda: qr.precreate(ORDER, 1, "x", 60), PAYING),
        (lambda: qr.query(ORDER), (*NOTHING, types.TradeState)),
        (lambda: qr.close(ORDER), CLOSING),
        (lambda: qr.refund(ORDER, REFUND, 1, 2), REFUNDING),
        (lambda: qr.query_refund(ORDER, REFUND), (*REFUNDING, types.NotFound)),
    ]


CALLS = {"biller": BILLER_CALLS, "alipay": qr_calls(alipay), "wechat": qr_calls(wechat)}


def check(calls: list[Call], answer: Answer) -> None:
    status, head, body = answer
    canned.answer = HttpAnswer(status, head, body)
    for call, allowed in calls:
        result = call()
        assert isinstance(result, allowed)
        if isinstance(result, types.NoAnswer):
            assert result.sent  # it did leave: nobody may take this for "nothing happened"
            result.detail.encode()
        elif isinstance(result, types.Posted):
            assert status == 200
            assert b"posted" in body
        elif isinstance(result, types.TradeState):
            result.order_no.encode()  # fit for the journal: no lone surrogates
            if result.status is types.TradeStatus.PAID:
                assert status in (200, 204)
                assert b"SUCCESS" in body or b"TRADE_FINISHED" in body
                assert type(result.amount_fen) in (int, type(None))


def fuzz(name: str, examples: int, seed: int) -> None:
    print(f"{name}: {examples} inputs, seed {seed}")

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(answers)
    def run(answer: Answer) -> None:
        check(CALLS[name], answer)

    run()


def mutated(chance: random.Random) -> Answer:
    """A good answer with one value replaced, and now and then with some bytes as well."""
    words = [*WORDS, None, True, 0, -1, 9630, 1.5, 10**20, [], {}, "", "96.30", "9" * 5000]
    path = [chance.randrange(30) for _ in range(chance.randint(1, 4))]
    whole = replace_at(chance.choice(GOOD), path, chance.choice(words))
    body = bytearray(json.dumps(whole, ensure_ascii=chance.random() < 0.5).encode(errors="replace"))
    if chance.random() < 0.4:
        at = chance.randrange(len(body))
        body[at : at + chance.randrange(4)] = chance.randbytes(chance.randrange(4))
    if chance.random() < 0.1:
        del body[chance.randrange(len(body)) :]
    return chance.choice([200, 200, 200, 204, 400, 404]), HEADERS, bytes(body)


@pytest.mark.parametrize("name", CALLS)
def test_any_answer(name: str, seed: int) -> None:
    fuzz(name, SHORT, seed)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", CALLS)
def test_very_many_answers(name: str, seed: int) -> None:
    fuzz(name, LONG, seed)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", CALLS)
def test_very_many_mutations(name: str, seed: int) -> None:
    print(f"{name}: {MUTATIONS} mutations, seed {seed}")
    chance = random.Random(seed)
    for number in range(MUTATIONS):
        answer = mutated(chance)
        try:
            check(CALLS[name], answer)
        except Exception:
            print(f"mutation {number}: {answer}")
            raise


@pytest.mark.parametrize("name", CALLS)
def test_the_answers_that_are_mutated_are_good_ones(name: str) -> None:
    """Else the fuzzing would only ever see the first check."""
    good = dict(zip(CALLS, GOOD, strict=True))[name]
    canned.answer = HttpAnswer(200, HEADERS, json.dumps(good).encode())
    results = [call() for call, _ in CALLS[name]]
    missed = [number for number, result in enumerate(results) if isinstance(result, types.NoAnswer)]
    # "posted" cannot be an answer to a cancellation as well.
    assert missed == ([4] if name == "biller" else [])
