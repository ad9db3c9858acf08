"""What is noted of payments: the protocol whole, and nobody in it."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from devices.driver import Completed
from devices.payment_terminal import codec as ecr
from devices.payment_terminal.commands import Close, Query, Refund, Sale
from devices.payment_terminal.driver import EcrHubTerminal
from devices.payment_terminal.scribe import EcrHubScribe
from devices.plain import from_plain, to_plain
from devices.status import Success
from devices.trace import Note
from sim.devices.terminal import Terminal
from tests.support.ear import IN, OUT, Ear, all_is_noted, kept_of, notes_of
from tests.support.pair import Pair


def _answer(**changes: object) -> bytes:
    body: dict[str, object] = {
        "merchant_order_no": "A1",
        "order_amount": "34.50",
        "trans_status": "2",
        "trans_no": "T20261122987",
        "card_no": "622202******1234",
        "pay_user_account_name": "张三",
        "pay_method_id": "UnionPay",
        "attach": 'flat 12 "b"\\n',
    }
    message = {
        "topic": "ecrhub.pay.order",
        "request_id": "q7",
        "response_code": "000",
        "response_msg": "ok for 张三",
        "biz_data": body | changes,
    }
    return json.dumps(message, ensure_ascii=False).encode()


def _frame(data: bytes) -> bytes:
    return ecr.encode(ecr.Frame(id=1, data=data))


def _said(note: Note) -> dict[str, Any]:
    assert note.data is not None
    (frame,) = ecr.Decoder().feed(note.data)
    said = json.loads(frame.data)
    assert isinstance(said, dict)
    return said


def test_of_an_answer_only_the_protocol_is_kept() -> None:
    (note,) = EcrHubScribe().feed(IN, _frame(_answer()))
    said = _said(note)
    assert note.meaning == "message 1: ecrhub.pay.order A1 000 completed"
    assert said["biz_data"] == {
        "merchant_order_no": "A1",
        "order_amount": "34.50",
        "trans_status": "2",
        "trans_no": "x00000000000",
        "card_no": "000000******0000",
        "pay_user_account_name": "某某",
        "pay_method_id": "UnionPay",
        "attach": 'xxxx 00 "x"\\x',
    }
    assert (said["request_id"], said["response_msg"]) == ("x0", "xx xxx 某某")


@pytest.mark.parametrize(
    "secret",
    [
        {"card_no": "6222020000000001234"},
        {"card_no": 6222020000000001234},
        {"pay_method_id": "6222020000000001234"},
        {"merchant_order_no": "6222 0200 0000 0001 234"},
        {"auth_code": "28763443825664394"},
        {"nested": {"deep": ["6222020000000001234", 6222020000000001234]}},
        {"6222020000000001234": "x"},
        {"description": "6222020000000001234"},
    ],
)
def test_a_card_number_is_kept_nowhere(secret: dict[str, object]) -> None:
    for raw in (
        _answer(**secret),
        _answer(**secret).replace(b"6222", b"\\u0036222"),
        json.dumps({"biz_data": json.dumps({"trans_status": "2", **secret})}).encode(),
    ):
        (note,) = EcrHubScribe().feed(IN, _frame(raw))
        kept = note.data or b""
        for part in (b"6222", b"0001234", b"2876344", b"0200 0000"):
            assert part not in kept.replace(b"trans_status", b""), kept
        assert "1234" not in note.meaning


def test_a_body_that_is_text_keeps_its_form() -> None:
    inner = json.dumps({"trans_status": "2", "card_no": "6222", "order_amount": "1.00"})
    (note,) = EcrHubScribe().feed(IN, _frame(json.dumps({"biz_data": inner}).encode()))
    assert json.loads(_said(note)["biz_data"]) == {
        "trans_status": "2",
        "card_no": "0000",
        "order_amount": "1.00",
    }


@pytest.mark.parametrize("data", [b"\x0a\x05hello", b"{", b"[1]", b'"x"', b"\xff\xfe", b"[" * 900])
def test_of_a_message_that_is_not_json_only_the_length_is_kept(data: bytes) -> None:
    (note,) = EcrHubScribe().feed(IN, _frame(data))
    assert (note.data, note.length) == (None, len(_frame(data)))
    assert "can't be read" in note.meaning


def test_that_there_is_no_such_order_is_still_said() -> None:
    said = {"response_code": "9", "response_msg": "order A7 not found, 张三"}
    (note,) = EcrHubScribe().feed(IN, _frame(json.dumps(said, ensure_ascii=False).encode()))
    assert _said(note)["response_msg"] == "xxxxx x0 not found, 某某"


class Paying(Pair):
    def __init__(self, ids: itertools.count[int]) -> None:
        driver = EcrHubTerminal(
            "wz1", wall_clock=lambda: 1.7e9 + next(ids), new_request_id=lambda: f"id{next(ids):06}"
        )
        self.ear = driver.tap = Ear()
        super().__init__(driver, lambda clock, faults: Terminal(clock, faults, app_id="wz1"))


def _pay(ids: itertools.count[int], description: str) -> Paying:
    pair = Paying(ids)
    pair.until_ready()
    sale = Sale("A1", 3450, description)
    pair.submit(1, sale)
    pair.wait(1)
    pair.model.act("tap_card", {})
    pair.end(1)
    for number, command in enumerate((Query("A1"), Refund("R1", "A1", 50), Close("A2")), 2):
        pair.submit(number, command)
        pair.end(number)
    pair.unplug()
    return pair


def test_a_whole_session_is_noted_and_two_lives_alike_are_noted_alike() -> None:
    one = _pay(itertools.count(100), "电费 12 a-b")
    again = from_plain(to_plain(Sale("A1", 3450, "电费 12 a-b")))
    other = _pay(itertools.count(7000), again.description)
    notes, others = (notes_of(EcrHubScribe(), x.ear.heard) for x in (one, other))
    all_is_noted(one.ear.heard, notes)
    assert [x for x in notes if x.direction is OUT] == [x for x in others if x.direction is OUT]
    assert all(x.data is not None for x in notes)
    words = [x.meaning for x in notes]
    assert words[0] == "handshake"
    assert "beat" in words
    assert any(x.endswith("ecrhub.pay.order A1 000 completed") for x in words)
    kept = kept_of(notes, IN) + kept_of(notes, OUT)
    said = b"".join(data for _, data in one.ear.heard)
    for secret in ("电费".encode(), b"id000100"):
        assert secret in said
        assert secret not in kept


def test_a_noted_life_can_be_lived_again_by_a_driver_with_other_ids() -> None:
    old = _pay(itertools.count(100), "电费")
    notes = notes_of(EcrHubScribe(), old.ear.heard)
    ids = itertools.count(7000)
    driver = EcrHubTerminal(
        "wz1", wall_clock=lambda: 0.0, new_request_id=lambda: f"new{next(ids)}x"
    )
    scribe = EcrHubScribe()
    driver.opened(0.0)
    driver.receive(bytes.fromhex("55aa020000000002cc33"), 0.1)
    driver.submit(1, Sale("A1", 3450, "某某"), 0.2)
    answers = [x.data for x in notes if x.meaning.endswith("A1 000 completed") and x.data]
    for now in (1.0, 1.1):
        driver.tick(now)
        scribe.feed(OUT, driver.take_output())
        driver.receive(bytes.fromhex("55aa000100000001cc33"), now)
    assert answers[0] != scribe.revive(answers[0])
    driver.receive(scribe.revive(answers[0]), 2.0)
    (end,) = (x for x in driver.take_reports() if isinstance(x, Completed))
    assert isinstance(end.completion, Success)
