"""The biller's client over real HTTPS, against answers of the tests' own (BILLER.md)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
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
from tests.wire.gateway_biller import (
    ACCOUNT,
    FOUND,
    LINE,
    POSTED,
    answering,
    post,
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
