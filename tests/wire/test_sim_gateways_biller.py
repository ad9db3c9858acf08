"""The biller sandbox against the cabin's biller interface (kiosk/gateways/BILLER.md)."""

from __future__ import annotations

import hashlib
import json
import secrets

import pytest
from cryptography.exceptions import InvalidSignature
from werkzeug.test import EnvironBuilder

from sim.faults import Fault
from sim.gateways.transport import DELAY_KEY, LostAnswer, NotReached
from tests.wire.gateway_clients import START, BillerClient, World

OK = "AAAAAAA"
POWER = ("SH-POWER", "3100004417", "POWER3100004417202610", 9_630)
LATE = ("SH-POWER", "3100000900", "POWER3100000900202609", 12_120)


@pytest.fixture
def world(tmp_path) -> World:
    return World(tmp_path)


@pytest.fixture
def biller(world) -> BillerClient:
    return BillerClient(world)


def bills(biller, institution, account):
    code, data = biller.call("query", institution=institution, account=account)
    return code, [(b["period"], b["amount_fen"], b["late_fee_fen"]) for b in data.get("bills", [])]


def posted(world):
    return [(r["order_no"], r["posted_fen"]) for r in world.gateways.ledger()["biller"]]


def test_institutions_carry_their_account_rules(biller):
    code, data = biller.call("institutions")
    assert code == OK
    rules = {i["id"]: (i["kind"], i["account_pattern"]) for i in data["institutions"]}
    assert rules == {
        "SH-POWER": ("electric", r"\d{10}"),
        "SH-WATER": ("water", r"\d{10}"),
        "SH-GAS": ("gas", r"\d{10}"),
        "SH-PREPAID": ("electric", r"8\d{9}"),
    }
    assert all(
        set(i) == {"id", "kind", "name", "account_pattern", "account_hint"}
        for i in data["institutions"]
    )


def test_debts_of_the_last_months(biller):
    assert bills(biller, *POWER[:2]) == (OK, [("2026-10", 9_630, 0)])
    water = [("2026-09", 1_560, 0), ("2026-10", 1_650, 0)]
    assert bills(biller, "SH-WATER", "3200000082") == (OK, water)
    assert bills(biller, *LATE[:2]) == (OK, [("2026-09", 12_000, 120)])
    assert bills(biller, "SH-POWER", "3100000001") == ("EQ0005", [])
    assert bills(biller, "SH-POWER", "3100000002") == ("EQ0006", [])


def test_a_posted_bill_is_gone_and_answers_the_same_again(biller, world):
    code, first = biller.post("3801A1L1", *POWER)
    assert (code, first["status"]) == (OK, "posted")
    world.clock.advance(5)
    assert biller.post("3801A1L1", *POWER) == (OK, first)
    assert biller.call("check", order_no="3801A1L1") == (
        OK,
        {"status": "posted", "biller_ref": first["biller_ref"], "reason_code": ""},
    )
    assert bills(biller, *POWER[:2]) == ("EQ0005", [])
    assert biller.post("3801B2L1", *POWER)[0] == "EQ0005"
    assert posted(world) == [("3801A1L1", 9_630), ("3801B2L1", 0)]


def test_the_same_number_with_other_content_is_refused(biller, world):
    assert biller.post("3801A1L1", *POWER)[0] == OK
    assert biller.post("3801A1L1", *LATE)[0] == "DEF0002"
    assert posted(world) == [("3801A1L1", 9_630)]


def test_a_post_names_the_sum_with_the_late_fee(biller):
    assert biller.post("3801A1L1", *LATE[:3], 12_000)[0] == "DEF0002"
    code, data = biller.call("check", order_no="3801A1L1")
    assert (code, data["status"], data["reason_code"]) == (OK, "not_posted", "DEF0002")
    assert biller.post("3801A2L1", *LATE)[0] == OK


def test_a_certain_refusal_is_recorded(biller):
    gas = ("SH-GAS", "3300000500", "GAS3300000500202610", 5_280)
    assert biller.post("3801A1L1", *gas)[0] == "EQ0007"
    assert biller.call("check", order_no="3801A1L1")[1]["reason_code"] == "EQ0007"
    assert biller.post("3801A1L1", *gas)[0] == "EQ0007"


def test_a_number_that_never_arrived(biller):
    assert biller.call("check", order_no="3801NEVER") == ("DEF0001", {})


def test_top_up_of_a_prepaid_account(biller):
    account = {"institution": "SH-PREPAID", "account": "8000000001"}
    code, data = biller.call("query", **account)
    assert (code, data["charge_mode"], data["balance_fen"]) == (OK, "prepaid", 1_250)
    assert data["bills"] == []
    assert data["topup"]["min_fen"] <= data["topup"]["suggested_fen"][0]
    assert biller.post("3801A1L1", "SH-PREPAID", "8000000001", None, 5_000)[0] == OK
    assert biller.post("3801A1L1", "SH-PREPAID", "8000000001", None, 5_000)[0] == OK
    assert biller.call("query", **account)[1]["balance_fen"] == 6_250
    assert biller.post("3801A2L1", "SH-PREPAID", "8000000001", None, 999)[0] == "DEF0002"
    assert biller.post("3801A3L1", *POWER[:2], None, 5_000)[0] == "EQ0001"


def test_cancel_restores_the_debt_and_the_number_stays_dead(biller, world):
    biller.post("3801A1L1", *POWER)
    assert biller.call("cancel", order_no="3801A1L1") == (OK, {"status": "cancelled"})
    assert biller.call("cancel", order_no="3801A1L1") == (OK, {"status": "cancelled"})
    assert biller.call("check", order_no="3801A1L1")[1]["status"] == "cancelled"
    assert biller.post("3801A1L1", *POWER)[0] == "EQ0024"
    assert biller.post("3801A2L1", *POWER)[0] == OK
    assert posted(world) == [("3801A1L1", 0), ("3801A2L1", 9_630)]


def test_cancel_of_an_unseen_number_leaves_a_tombstone(biller, world):
    assert biller.call("cancel", order_no="3801A1L1") == (OK, {"status": "cancelled"})
    assert biller.post("3801A1L1", *POWER)[0] == "EQ0024"
    assert biller.call("check", order_no="3801A1L1")[1]["status"] == "cancelled"
    assert posted(world) == [("3801A1L1", 0)]


def test_cancel_works_until_the_clearing_of_that_night(biller, world):
    biller.post("3801A1L1", *POWER)
    biller.post("3801A2L1", *LATE)
    world.clock.advance(13.5 * 3600 - 1)  # from 10:00 to one second before 23:30
    assert biller.call("cancel", order_no="3801A1L1")[0] == OK
    world.clock.advance(1)
    assert biller.call("cancel", order_no="3801A2L1")[0] == "EQ0008"
    assert biller.call("check", order_no="3801A2L1")[1]["status"] == "posted"


def test_daily_file_lists_what_stands(biller):
    biller.post("3801A1L1", *POWER)
    biller.post("3801A1L2", "SH-WATER", "3200000082", "WATER3200000082202609", 1_560)
    biller.post("3801A2L1", *LATE)
    biller.call("cancel", order_no="3801A2L1")
    code, data = biller.call("daily-file", date="2026-11-18")
    assert code == OK
    assert data["name"].split(";")[1] == "SH-POWER_20261118.txt"
    assert data["content"].splitlines() == [
        "0|0.00",
        "1|96.30",
        "20261118|3801A1L1|3100004417|96.30|cabin-3801|缴费",
        "0|0.00",
        "1|15.60",
        "20261118|3801A1L2|3200000082|15.60|cabin-3801|缴费",
    ]
    assert data["sha256"] == hashlib.sha256(data["content"].encode()).hexdigest()
    assert biller.call("daily-file", date="20261118")[0] == "EQ0001"


def test_ten_queries_a_minute_for_each_account(biller, world):
    answers = [bills(biller, *POWER[:2])[0] for _ in range(11)]
    assert answers == [OK] * 10 + ["EQ0014"]
    assert bills(biller, "SH-GAS", "3300007730")[0] == OK
    world.clock.advance(60)
    assert bills(biller, *POWER[:2])[0] == OK


def test_five_postings_a_minute_but_repetitions_and_checks_are_free(biller, world):
    top_up = ("SH-PREPAID", "8000000001", None, 1_000)
    assert [biller.post(f"3801A{n}L1", *top_up)[0] for n in range(6)] == [OK] * 5 + ["EQ0014"]
    assert biller.post("3801A0L1", *top_up)[0] == OK
    assert biller.call("check", order_no="3801A5L1")[0] == "DEF0001"
    world.clock.advance(60)
    assert biller.post("3801A5L1", *top_up)[0] == OK


def security_code(biller, path="/v1/institutions", body=b"{}", **changes):
    nonce = secrets.token_hex(16)
    skew_s = changes.pop("skew_s", 0)
    headers = biller.headers(path, body, changes.get("X-Nonce", nonce), skew_s) | changes
    return json.loads(biller.http.post(path, data=body, headers=headers).data)["code"]


def test_what_isnt_signed_by_us_is_refused(biller):
    assert security_code(biller) == OK
    assert security_code(biller, **{"X-App-Id": "cabin-0000"}) == "SEC2001"
    assert security_code(biller, **{"X-Signature": "AAAA"}) == "SEC2001"
    assert security_code(biller, **{"X-Signature": "not base64 §"}) == "SEC2001"
    assert security_code(biller, **{"X-Timestamp": "yesterday"}) == "SEC2001"
    assert security_code(biller, **{"X-Nonce": "short"}) == "SEC2001"
    body, path, nonce = b'{"order_no":"A"}', "/v1/check", secrets.token_hex(16)
    headers = biller.headers(path, body, nonce)
    other = biller.http.post(path, data=body + b" ", headers=headers)
    assert json.loads(other.data)["code"] == "SEC2001"


def test_clock_difference_and_nonce(biller):
    assert security_code(biller, skew_s=299) == OK
    assert security_code(biller, skew_s=-301) == "SEC2001"
    nonce = secrets.token_hex(16)
    assert security_code(biller, **{"X-Nonce": nonce}) == OK
    assert security_code(biller, **{"X-Nonce": nonce}) == "SEC2001"


def test_signatures_can_go_by_the_clients_date(tmp_path):
    biller = BillerClient(World(tmp_path, wall=lambda: START + 3600))
    assert security_code(biller) == "SEC2001"
    assert security_code(biller, skew_s=3600) == OK
    assert bills(biller, *POWER[:2])[0] == "SEC2001"
    biller.world.clock.advance(3600)  # the simulated date catches up with the client's
    assert bills(biller, *POWER[:2])[0] == OK


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"[" * 5000, b'{"order_no":7}'])
def test_bad_bodies_do_nothing(biller, body):
    assert security_code(biller, "/v1/check", body) == "EQ0001"


def test_addresses_that_dont_exist(biller):
    assert biller.http.post("/v1/nothing").status_code == 404
    assert biller.http.get("/v1/query").status_code == 404


# --- faults


def test_the_answer_to_a_post_is_lost_after_posting(biller, world):
    world.faults.add(Fault("biller", "timeout_after_acting", count=1))
    assert bills(biller, *POWER[:2])[0] == OK  # it strikes what changes something
    with pytest.raises(LostAnswer):
        biller.post("3801A1L1", *POWER)
    assert biller.call("check", order_no="3801A1L1")[1]["status"] == "posted"
    assert biller.post("3801A1L1", *POWER)[0] == OK
    assert posted(world) == [("3801A1L1", 9_630)]


def test_the_request_is_lost_before_posting(biller, world):
    world.faults.add(Fault("biller", "timeout_before_acting", {"call": "post"}, count=1))
    assert biller.call("institutions")[0] == OK
    with pytest.raises(LostAnswer):
        biller.post("3801A1L1", *POWER)
    assert biller.call("check", order_no="3801A1L1")[0] == "DEF0001"


@pytest.mark.parametrize(("when", "status"), [("before", "DEF0001"), ("after", OK)])
def test_http_5xx_before_and_after(biller, world, when, status):
    world.faults.add(Fault("biller", "http_5xx", {"call": "post", "when": when}, count=1))
    fields = {"order_no": "3801A1L1", "institution": POWER[0], "account": POWER[1]}
    answer, _ = biller.raw("post", **fields, bill_no=POWER[2], amount_fen=9_630, paid_at=0)
    assert answer.status_code == 502
    assert biller.call("check", order_no="3801A1L1")[0] == status


def test_a_forged_answer(biller, world):
    world.faults.add(Fault("biller", "bad_signature", count=1))
    answer, nonce = biller.raw("institutions")
    with pytest.raises(InvalidSignature):
        biller.verify(answer, nonce)
    assert biller.call("institutions")[0] == OK


def test_a_slow_answer_tells_its_delay(biller, world):
    world.faults.add(Fault("biller", "slow", {"seconds": 12}, count=1))
    delays = []
    for _ in range(2):
        headers = biller.headers("/v1/institutions", b"{}", secrets.token_hex(16))
        path = "/v1/institutions"
        environ = EnvironBuilder(path, method="POST", data=b"{}", headers=headers).get_environ()
        world.gateways.wsgi("biller")(environ, lambda *_reply: None)
        delays.append(environ[DELAY_KEY])
    assert delays == [12, 0]


@pytest.mark.parametrize("kind", ["unreachable", "tls_wrong"])
def test_no_connection(biller, world, kind):
    world.faults.add(Fault("biller", kind, count=1))
    with pytest.raises(NotReached, match=kind):
        biller.post("3801A1L1", *POWER)
    assert posted(world) == []


def test_a_pending_posting_comes_out_later(biller, world):
    world.faults.add(Fault("biller", "pending", {"seconds": 30}, count=1))
    assert biller.post("3801A1L1", *POWER)[0] == "EQ0010"
    assert biller.call("check", order_no="3801A1L1")[1]["status"] == "pending"
    assert biller.post("3801A1L1", *POWER)[0] == "EQ0010"
    assert biller.post("3801A2L1", *POWER)[0] == "EQ0024"
    assert biller.call("cancel", order_no="3801A1L1")[0] == "EQ0024"
    world.clock.advance(30)
    assert biller.call("check", order_no="3801A1L1")[1]["status"] == "posted"
    assert posted(world) == [("3801A1L1", 9_630), ("3801A2L1", 0)]


def test_a_pending_posting_can_be_refused_in_the_end(biller, world):
    world.faults.add(Fault("biller", "pending", {"seconds": 30, "code": "EQ0008"}, count=1))
    assert biller.post("3801A1L1", *POWER)[0] == "EQ0010"
    assert world.gateways.act("biller", "finish_pending", {}) == {"finished": 1}
    assert biller.call("check", order_no="3801A1L1")[1]["reason_code"] == "EQ0008"
    assert bills(biller, *POWER[:2])[0] == OK


def test_refuse_and_nobody_knows(biller, world):
    world.faults.add(Fault("biller", "refuse", {"code": "EQ0008"}, count=1))
    world.faults.add(Fault("biller", "refuse", {"code": "SYS1001"}, count=1))
    assert biller.post("3801A1L1", *POWER)[0] == "EQ0008"
    assert biller.post("3801A2L1", *POWER)[0] == "SYS1001"
    assert biller.call("check", order_no="3801A2L1")[1]["status"] == "posted"


def test_the_debt_changes_between_two_looks(biller, world):
    assert bills(biller, *POWER[:2])[1] == [("2026-10", 9_630, 0)]
    world.faults.add(Fault("biller", "amount_changed", {"fen": 70}, count=1))
    world.faults.add(Fault("biller", "late_fee", {"fen": 50}, count=1))
    assert bills(biller, *POWER[:2])[1] == [("2026-10", 9_700, 50)]
    assert biller.post("3801A1L1", *POWER)[0] == "DEF0002"
    assert biller.post("3801A2L1", *POWER[:3], 9_750)[0] == OK


def test_a_request_delivered_twice_posts_once(biller, world):
    world.faults.add(Fault("biller", "duplicate", count=1))
    assert biller.post("3801A1L1", *POWER)[0] == OK
    assert posted(world) == [("3801A1L1", 9_630)]


def test_bench_actions(biller, world):
    bill = {"institution": "SH-GAS", "account": "3300001111", "period": "2026-08"}
    world.gateways.act("biller", "new_bill", bill | {"amount_fen": 700})
    assert bills(biller, "SH-GAS", "3300001111") == (OK, [("2026-08", 700, 0)])
    world.gateways.act("biller", "late_fee", {"account": "3300001111", "fen": 7})
    assert bills(biller, "SH-GAS", "3300001111") == (OK, [("2026-08", 700, 7)])
    world.gateways.act("biller", "unplug", {})
    assert world.gateways.state("biller")["reachable"] is False
    with pytest.raises(NotReached):
        biller.call("institutions")
    world.gateways.act("biller", "plug", {})
    biller.post("3801A1L1", *POWER)
    world.gateways.act("biller", "new_debts", {})
    assert bills(biller, *POWER[:2])[0] == OK
    assert set(world.gateways.actions("biller")) >= {"unplug", "plug", "new_bill", "new_debts"}


def test_paid_at_belongs_to_the_content(biller):
    fields = {"order_no": "3801A1L1", "institution": POWER[0], "account": POWER[1]}
    rest = {"bill_no": POWER[2], "amount_fen": POWER[3]}
    assert biller.call("post", **fields, **rest, paid_at=int(START))[0] == OK
    assert biller.call("post", **fields, **rest, paid_at=int(START) + 1)[0] == "DEF0002"
