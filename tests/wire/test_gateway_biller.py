"""The biller's client over real HTTPS, against answers of the tests' own (BILLER.md)."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from kiosk.gateways.factory import Outside, make_biller
from kiosk.gateways.settings import BillerSettings
from kiosk.gateways.types import (
    AccountFound,
    Bill,
    Biller,
    BillerCode,
    BillerRefused,
    ChargeMode,
    DailyFile,
    Kind,
    NoAnswer,
    PostCancelled,
    Posted,
    PostState,
    PostStatus,
    Reason,
    TopUp,
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

LINE = "3801260921000010ABCDL1"
ACCOUNT = "3100000077"
BILL = {"bill_no": "N-1", "period": "2026-08", "amount_fen": 9630, "late_fee_fen": 120}
FOUND = {
    "owner_masked": "某**",
    "charge_mode": "postpaid",
    "balance_fen": 0,
    "bills": [BILL],
    "topup": None,
}
POSTED = {"status": "posted", "biller_ref": "B1", "posted_at": 1_790_000_000_000}


def signed(
    seen: Seen,
    body: bytes,
    *,
    key: str = "biller server",
    to_nonce: str | None = None,
    at: float = WALL,
) -> dict[str, str]:
    """The headers of an answer, written from BILLER.md's "Transport"."""
    stamp = str(int(at * 1000))
    asked = seen.headers["x-nonce"] if to_nonce is None else to_nonce
    text = f"{asked}\n{stamp}\nfeedfacefeedface\n".encode() + body + b"\n"
    return {
        "X_Timestamp": stamp,
        "X_Nonce": "feedfacefeedface",
        "X_Signature": sign(key, text),
    }


def answering(data: object, code: str = "AAAAAAA") -> Callable[[Seen], bytes]:
    body = dumps({"code": code, "message": "户号 3100000077", "data": data})
    return lambda seen: http(200, body, **signed(seen, body))


def raw(body: bytes) -> Callable[[Seen], bytes]:
    return lambda seen: http(200, body, **signed(seen, body))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(authority().context(tmp_path)) as running:
        yield running


@pytest.fixture
def settings(server: Server, tmp_path: Path) -> BillerSettings:
    return BillerSettings(
        base_url=server.url,
        app_id="cabin-3801",
        private_key=write_private(tmp_path / "app.pem", rsa_key("biller app")),
        server_public_key=write_public(tmp_path / "server.pub", rsa_key("biller server")),
        ca_file=authority().write(tmp_path / "ca.pem"),
        connect_timeout=5.0,
        read_timeout=5.0,
    )


@pytest.fixture
def biller(settings: BillerSettings) -> Biller:
    return make_biller(settings, Outside(wall=lambda: WALL))


def post(biller: Biller) -> Posted | BillerRefused | NoAnswer:
    return biller.post(LINE, "SH-POWER", ACCOUNT, "N-1", 9750, 1_789_999_999_000)


def test_a_request_is_signed_over_exactly_what_leaves(server: Server, biller: Biller) -> None:
    server.behaviour = answering(POSTED)
    assert post(biller) == Posted("B1", 1_790_000_000_000)
    [seen] = server.seen
    assert (seen.method, seen.target) == ("POST", "/v1/post")
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["x-app-id"] == "cabin-3801"
    assert seen.headers["x-timestamp"] == "1790000000000"
    nonce = seen.headers["x-nonce"]
    assert re.fullmatch("[0-9a-f]{32}", nonce)
    text = f"POST\n/v1/post\n1790000000000\n{nonce}\n".encode() + seen.body + b"\n"
    assert verifies("biller app", text, seen.headers["x-signature"])
    assert seen.body == (
        b'{"order_no":"3801260921000010ABCDL1","institution":"SH-POWER","account":"3100000077",'
        b'"bill_no":"N-1","amount_fen":9750,"paid_at":1789999999000}'
    )


def test_nonces_are_never_repeated(server: Server, biller: Biller) -> None:
    server.behaviour = answering(POSTED)
    for _ in range(5):
        post(biller)
    assert len({seen.headers["x-nonce"] for seen in server.seen}) == 5


def test_institutions(server: Server, biller: Biller) -> None:
    one = {"id": "SH-WATER", "kind": "water", "name": "水务", "account_hint": "10位数字"}
    server.behaviour = answering(
        {
            "institutions": [
                {**one, "account_pattern": r"8\d{9}"},
                {**one, "id": "SH-GAS", "kind": "gas", "account_pattern": r"(\d+)+$"},
            ]
        }
    )
    answer = biller.institutions()
    assert isinstance(answer, tuple)
    water, gas = answer
    assert (water.id, water.kind, water.name) == ("SH-WATER", Kind.WATER, "水务")
    assert water.accepts("8000000001")
    assert not water.accepts("9000000001")
    assert not water.accepts("80000000012")
    assert gas.accepts("123")  # a rule that could hang us is replaced by the widest harmless one


def test_an_account_with_a_bill(server: Server, biller: Biller) -> None:
    server.behaviour = answering(FOUND)
    answer = biller.query("SH-POWER", ACCOUNT)
    bill = Bill("N-1", "2026-08", 9630, 120)
    assert answer == AccountFound("某**", ChargeMode.POSTPAID, 0, (bill,), None)
    assert bill.total_fen == 9750


def test_a_prepaid_account(server: Server, biller: Biller) -> None:
    topup = {"min_fen": 1000, "max_fen": 50000, "suggested_fen": [2000, 5000, 90000]}
    server.behaviour = answering(
        {**FOUND, "charge_mode": "prepaid", "balance_fen": -20, "bills": [], "topup": topup}
    )
    answer = biller.query("SH-PREPAID", "8000000001")
    assert isinstance(answer, AccountFound)
    assert (answer.charge_mode, answer.balance_fen) == (ChargeMode.PREPAID, -20)
    assert answer.topup == TopUp(1000, 50000, (2000, 5000))


def test_an_owner_that_came_unmasked_is_masked(server: Server, biller: Biller) -> None:
    server.behaviour = answering({**FOUND, "owner_masked": "某某某"})
    answer = biller.query("SH-POWER", ACCOUNT)
    assert isinstance(answer, AccountFound)
    assert answer.owner_masked == "某**"


@pytest.mark.parametrize("status", ["posted", "not_posted", "pending", "cancelled"])
def test_check(status: str, server: Server, biller: Biller) -> None:
    server.behaviour = answering({"status": status, "biller_ref": "B1", "reason_code": "EQ0007"})
    expected = PostState(PostStatus(status), "B1", BillerCode.BATCH_DEBIT)
    assert biller.check(LINE) == expected


def test_check_of_a_number_that_never_arrived(server: Server, biller: Biller) -> None:
    server.behaviour = answering({}, "DEF0001")
    state = biller.check(LINE)
    assert isinstance(state, PostState)
    assert state.status is PostStatus.NO_RECORD


def test_cancel(server: Server, biller: Biller) -> None:
    server.behaviour = answering({"status": "cancelled"})
    assert biller.cancel(LINE) == PostCancelled()
    server.behaviour = answering({}, "EQ0008")
    answer = biller.cancel(LINE)
    assert isinstance(answer, BillerRefused)
    assert (answer.code, answer.recorded) == (BillerCode.PAST_WINDOW, False)


def test_the_daily_file_is_compared_with_its_digest(server: Server, biller: Biller) -> None:
    content = "1|97.50\n20260921|3801|0|97.50|cabin|pay\n"
    data = {
        "name": "SH-POWER_20260921.txt",
        "content": content,
        "sha256": hashlib.sha256(content.encode()).hexdigest(),
    }
    server.behaviour = answering(data)
    answer = biller.daily_file(date(2026, 9, 21))
    assert isinstance(answer, DailyFile)
    assert answer.content == content
    assert server.seen[0].body == b'{"date":"2026-09-21"}'
    server.behaviour = answering({**data, "content": content + " "})
    assert biller.daily_file(date(2026, 9, 21)) == NoAnswer(
        Reason.GARBAGE, detail="the digest differs"
    )


@pytest.mark.parametrize(
    ("code", "certain", "recorded"),
    [
        ("SEC2001", True, False),
        ("EQ0001", True, False),
        ("EQ0014", True, False),
        ("EQ0004", True, True),
        ("EQ0005", True, True),
        ("EQ0006", True, True),
        ("EQ0007", True, True),
        ("EQ0008", True, True),
        ("EQ0024", True, True),
        ("DEF0001", False, False),
        ("DEF0002", False, False),
        ("SYS1001", False, False),
        ("EQ0010", False, False),
        ("EQ0011", False, False),
        ("EQ9999", False, False),
        ("other things!", False, False),
    ],
)
def test_what_a_refused_posting_makes_certain(
    code: str, certain: bool, recorded: bool, server: Server, biller: Biller
) -> None:
    server.behaviour = answering({}, code)
    answer = post(biller)
    assert isinstance(answer, BillerRefused)
    assert (answer.certain, answer.recorded) == (certain, recorded)
    assert answer.raw_code == (code if code != "other things!" else "")


Wrong = Callable[[Seen, bytes], Mapping[str, str]]


def without(name: str) -> Wrong:
    return lambda seen, body: {k: v for k, v in signed(seen, body).items() if k != name}


WRONG_HEADERS: dict[str, Wrong] = {
    "unsigned": lambda _seen, _body: {},
    "no timestamp": without("X_Timestamp"),
    "no nonce": without("X_Nonce"),
    "no signature": without("X_Signature"),
    "signed by another": lambda seen, body: signed(seen, body, key="somebody"),
    "signed by ourselves": lambda seen, body: signed(seen, body, key="biller app"),
    "an answer to another request": lambda seen, body: signed(seen, body, to_nonce="0" * 32),
    "over another body": lambda seen, body: signed(seen, body + b" "),
    "not base64": lambda seen, body: {**signed(seen, body), "X_Signature": "%%%"},
    "timestamp no number": lambda seen, body: {**signed(seen, body), "X_Timestamp": "1e12"},
    "timestamp changed": lambda seen, body: {**signed(seen, body), "X_Timestamp": "1790000000001"},
}


@pytest.mark.parametrize("name", WRONG_HEADERS)
def test_a_wrong_signature_is_no_answer(name: str, server: Server, biller: Biller) -> None:
    body = dumps({"code": "AAAAAAA", "message": "", "data": POSTED})
    server.behaviour = lambda seen: http(200, body, **WRONG_HEADERS[name](seen, body))
    assert post(biller) == NoAnswer(Reason.BAD_SIGNATURE)


@pytest.mark.parametrize(
    ("offset", "good"), [(-301, False), (-299, True), (299, True), (301, False)]
)
def test_five_minutes_between_the_clocks(
    offset: int, good: bool, server: Server, biller: Biller
) -> None:
    body = dumps({"code": "AAAAAAA", "message": "", "data": POSTED})
    server.behaviour = lambda seen: http(200, body, **signed(seen, body, at=WALL + offset))
    answer = post(biller)
    assert isinstance(answer, Posted) if good else answer == NoAnswer(Reason.CLOCK)


@pytest.mark.parametrize("status", [204, 302, 400, 404, 500, 502, 503])
def test_another_http_status_is_no_answer(status: int, server: Server, biller: Biller) -> None:
    body = dumps({"code": "AAAAAAA", "message": "", "data": POSTED})
    server.behaviour = lambda seen: http(status, body, **signed(seen, body))
    assert post(biller) == NoAnswer(Reason.HTTP_STATUS, detail=str(status))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"AAAAAAA"',
        b"{",
        b'{"code":"AAAAAAA"}',
        b'{"code":"AAAAAAA","data":null}',
        b'{"code":"AAAAAAA","data":{}}',
        b'{"code":"EQ0007","code":"AAAAAAA","data":{"status":"posted"}}',
        b'{"code":"AAAAAAA","data":{"status":"pending","status":"posted"}}',
        b'{"code":"AAAAAAA","data":{"status":"POSTED"}}',
        b'{"code":"AAAAAAA","data":{"status":"posted","n":NaN}}',
        b'{"code":"AAAAAAA","data":{"status":"posted"}} {}',
        b'{"code":0,"data":{"status":"posted"}}',
        b"\xff\xfe",
        b'{"code":"AAAAAAA","data":' + b"[" * 100_000,
        b'{"code":"AAAAAAA","data":{"status":"posted","n":' + b"9" * 10_000 + b"}}",
    ],
    ids=lambda body: body[:44].decode("latin-1"),
)
def test_a_signed_answer_that_says_nothing_is_no_answer(
    body: bytes, server: Server, biller: Biller
) -> None:
    server.behaviour = raw(body)
    answer = post(biller)
    assert isinstance(answer, NoAnswer)
    assert (answer.reason, answer.sent) == (Reason.GARBAGE, True)


@pytest.mark.parametrize(
    "change",
    [
        {"bills": [{**BILL, "amount_fen": 96.3}]},
        {"bills": [{**BILL, "amount_fen": "9630"}]},
        {"bills": [{**BILL, "amount_fen": True}]},
        {"bills": [{**BILL, "amount_fen": -1}]},
        {"bills": [{**BILL, "amount_fen": 10**12}]},
        {"bills": [{**BILL, "amount_fen": 0, "late_fee_fen": 0}]},
        {"bills": [{**BILL, "period": "2026-13"}]},
        {"bills": [{**BILL, "bill_no": ""}]},
        {"bills": [{**BILL, "bill_no": "N\x1b@1"}]},
        {"bills": [BILL, BILL]},
        {"bills": None},
        {"charge_mode": "gift"},
        {"topup": {"min_fen": 5, "max_fen": 1, "suggested_fen": []}},
        {"balance_fen": 0.5},
    ],
    ids=str,
)
def test_an_account_that_makes_no_sense_is_no_answer(
    change: Mapping[str, object], server: Server, biller: Biller
) -> None:
    server.behaviour = answering({**FOUND, **change})
    answer = biller.query("SH-POWER", ACCOUNT)
    assert isinstance(answer, NoAnswer)
    assert answer.reason is Reason.GARBAGE


def test_a_broken_connection_is_no_answer_and_not_repeated(server: Server, biller: Biller) -> None:
    server.behaviour = lambda _seen: b""
    answer = post(biller)
    assert isinstance(answer, NoAnswer)
    assert (answer.reason, answer.sent) == (Reason.BROKEN, True)
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda b: b.query("SH-POWER", "31 00"),
        lambda b: b.query("", ACCOUNT),
        lambda b: b.query("SH-POWER", "户号"),
        lambda b: b.check("lower"),
        lambda b: b.cancel("A" * 33),
        lambda b: b.post(LINE, "SH-POWER", ACCOUNT, "", 1, 1),
        lambda b: b.post(LINE, "SH-POWER", ACCOUNT, None, 0, 1),
        lambda b: b.post(LINE, "SH-POWER", ACCOUNT, None, 1.5, 1),
        lambda b: b.post(LINE, "SH-POWER", ACCOUNT, None, 1, -1),
    ],
)
def test_values_that_do_not_fit_the_wire_never_leave(
    call: Callable[[Biller], object], server: Server, biller: Biller
) -> None:
    assert call(biller) == NoAnswer(Reason.BAD_ARGUMENT, sent=False)
    assert server.connections == 0


@pytest.mark.parametrize("which", ["app.pem", "server.pub"])
@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN PRIVATE KEY-----\nxx\n"])
def test_an_unreadable_key_sends_nothing(
    which: str, content: bytes | None, server: Server, biller: Biller, tmp_path: Path
) -> None:
    if content is None:
        (tmp_path / which).unlink()
    else:
        (tmp_path / which).write_bytes(content)
    answer = post(biller)
    assert isinstance(answer, NoAnswer)
    assert (answer.reason, answer.sent) == (Reason.KEY_UNREADABLE, False)
    assert server.connections == 0


def test_nothing_personal_in_logs_and_reprs(
    server: Server, biller: Biller, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        server.behaviour = answering(FOUND)
        shown = [repr(biller.query("SH-POWER", ACCOUNT))]
        server.behaviour = answering({}, "EQ0006")
        shown.append(repr(biller.query("SH-POWER", ACCOUNT)))
        server.behaviour = raw(
            b'{"code": "AAAAAAA", "data": {"owner_masked": "x", "3100000077": 1}}'
        )
        shown.append(repr(biller.query("SH-POWER", ACCOUNT)))
        server.behaviour = lambda _seen: b""
        shown.append(repr(biller.query("SH-POWER", ACCOUNT)))
    assert caplog.records  # urllib3 does log at this level: the capture works
    for text in [*shown, caplog.text]:
        assert ACCOUNT not in text
        assert "某" not in text
