"""What comes from the biller and is not believed, over real HTTPS."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from kiosk.gateways.factory import Outside, make_biller
from kiosk.gateways.settings import BillerSettings
from kiosk.gateways.types import (
    Biller,
    NoAnswer,
    Posted,
    Reason,
)
from tests.wire.gateway_biller import (
    ACCOUNT,
    BILL,
    FOUND,
    LINE,
    POSTED,
    answering,
    post,
    raw,
    signed,
)
from tests.wire.gateway_server import (
    WALL,
    Seen,
    Server,
    authority,
    dumps,
    http,
    rsa_key,
    write_private,
    write_public,
)


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
