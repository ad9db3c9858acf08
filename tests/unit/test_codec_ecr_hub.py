"""ECR Hub frames and messages, byte by byte (payment terminal protocols, 1.1)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.payment_terminal import codec
from devices.payment_terminal.codec import MAX_DATA, Decoder, Frame, encode, sensitive_spans
from devices.payment_terminal.commands import Close, Query, Refund, Sale, Void
from devices.payment_terminal.messages import (
    NOT_FOUND,
    Envelope,
    decode_answer,
    encode_request,
    format_amount,
    mask_account,
    parse_amount,
)

HANDSHAKE = bytes.fromhex("55aa010000000001cc33")
CONFIRM = bytes.fromhex("55aa020000000002cc33")
BEAT = bytes.fromhex("55aa000000000000cc33")
ACK_1 = bytes.fromhex("55aa000100000001cc33")
ACK_127 = bytes.fromhex("55aa007f0000007fcc33")
QUERY = bytes.fromhex(
    "55aa000002009d7b22746f706963223a226563726875622e7061792e7175657279222c22726571756573745f6964"
    "223a225232222c226170705f6964223a22777a31222c2274696d657374616d70223a2231373030303030303030"
    "303030222c2276657273696f6e223a22322e30222c2262697a5f64617461223a7b226d65726368616e745f6f72"
    "6465725f6e6f223a2244433230323530313031303030303031227d7dfbcc33"
)
PAIRS = [
    (HANDSHAKE, Frame(type=1)),
    (CONFIRM, Frame(type=2)),
    (BEAT, Frame()),
    (ACK_1, Frame(ack=1)),
    (ACK_127, Frame(ack=127)),
]

frames = st.builds(
    Frame,
    type=st.just(0),
    ack=st.integers(0, 255),
    id=st.integers(1, 255),
    data=st.binary(max_size=60) | st.just(b"\x55\xaa\xcc\x33" * 5),
)


@pytest.mark.parametrize(("raw", "frame"), PAIRS)
def test_the_makers_frames(raw: bytes, frame: Frame) -> None:
    assert encode(frame) == raw
    assert Decoder().feed(raw) == [frame]


def test_the_query_is_built_as_in_the_worked_frame() -> None:
    envelope = Envelope("R2", "wz1", 1_700_000_000_000)
    data = encode_request(Query("DC20250101000001"), envelope)
    assert len(data) == 157
    assert encode(Frame(id=2, data=data)) == QUERY
    assert Decoder().feed(QUERY) == [Frame(id=2, data=data)]


@given(st.lists(frames, max_size=5), st.data())
def test_frames_survive_any_split(sent: list[Frame], data: st.DataObject) -> None:
    raw = b"".join(encode(frame) for frame in sent)
    decoder, got, position = Decoder(), [], 0
    while position < len(raw):
        size = data.draw(st.integers(1, len(raw) - position))
        got += decoder.feed(raw[position : position + size])
        position += size
    assert got == sent
    assert decoder.pending == 0


@given(st.binary(max_size=40), frames)
def test_a_frame_behind_garbage_is_found(garbage: bytes, frame: Frame) -> None:
    decoder = Decoder()
    got = decoder.feed(garbage + encode(frame))
    # A false start mark may claim that more is to come: giving it up frees what is behind.
    while decoder.pending:
        got += decoder.give_up()
    assert frame in got


@given(frames, st.data())
def test_a_frame_with_one_wrong_bit_is_dropped(frame: Frame, data: st.DataObject) -> None:
    raw = bytearray(encode(frame))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    decoder = Decoder()
    got = decoder.feed(bytes(raw))
    while decoder.pending:
        got += decoder.give_up()
    assert frame not in got


def test_a_good_frame_begins_within_a_bad_one() -> None:
    broken = encode(Frame(id=7, data=BEAT))
    assert Decoder().feed(broken[:-1] + b"\x34") == [Frame()]


def test_an_impossible_length_is_not_waited_for() -> None:
    false_start = bytes.fromhex("55aa000001ffff")
    assert Decoder().feed(false_start + BEAT) == [Frame()]


def test_a_frame_of_no_known_type_is_dropped() -> None:
    unknown = bytes.fromhex("55aa030000000003cc33")
    assert Decoder().feed(unknown + BEAT) == [Frame()]


def test_a_frame_holds_1024_bytes_and_no_more() -> None:
    largest = Frame(id=1, data=b"x" * MAX_DATA)
    assert len(encode(largest)) == 1024
    assert Decoder().feed(encode(largest)) == [largest]
    with pytest.raises(ValueError, match="at most 1014 bytes"):
        encode(Frame(id=1, data=b"x" * (MAX_DATA + 1)))


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x55\xaa" * 30_000,
        bytes.fromhex("55aa00000103f6") * 9_000,
        bytes.fromhex("55aa000001000755aa0000010007") * 4_000,
        b"\x55" * 60_000,
    ],
)
def test_the_worst_garbage_takes_a_step_a_byte(
    garbage: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = 0
    examine = Decoder._size_at

    def counted(self: Decoder, position: int) -> int | None:
        nonlocal steps
        steps += 1
        return examine(self, position)

    monkeypatch.setattr(Decoder, "_size_at", counted)
    decoder, calls = Decoder(), 0
    for start in range(0, len(garbage), 64):
        decoder.feed(garbage[start : start + 64])
        calls += 1
    while decoder.pending:
        decoder.give_up()
        calls += 1
    assert steps <= len(garbage) + calls
    assert decoder.feed(BEAT) == [Frame()]


def test_requests_say_what_was_asked() -> None:
    envelope = Envelope("r", "wz1", 1)

    def fields(command: Sale | Query | Close | Void | Refund) -> tuple[str, dict[str, object]]:
        message = json.loads(encode_request(command, envelope))
        return message["topic"], message["biz_data"]

    topic, sale = fields(Sale("A1", 3450, "电费", "qr", 120))
    assert topic == "ecrhub.pay.order"
    assert sale == {
        "merchant_order_no": "A1",
        "price_currency": "CNY",
        "order_amount": "34.50",
        "trans_type": "1",
        "expires": "120",
        "confirm_on_terminal": False,
        "pay_method_category": "QR_B_SCAN_C",
        "description": "电费",
    }
    assert fields(Sale("A1", 5, ""))[1]["order_amount"] == "0.05"
    assert "pay_method_category" not in fields(Sale("A1", 5, ""))[1]
    assert fields(Close("A1")) == ("ecrhub.pay.close", {"merchant_order_no": "A1"})
    assert fields(Void("V1", "A1")) == (
        "ecrhub.pay.order",
        {"merchant_order_no": "V1", "orig_merchant_order_no": "A1", "trans_type": "2"},
    )
    refund = fields(Refund("R1", "A1", 100))[1]
    assert refund["order_amount"] == "1.00"
    assert refund["trans_type"] == "3"
    assert refund["orig_merchant_order_no"] == "A1"


@given(st.text(max_size=1200))
def test_a_long_description_is_cut_between_characters(description: str) -> None:
    data = encode_request(Sale("A" * 32, 1, description), Envelope("r" * 24, "w" * 64, 10**12))
    assert len(data) <= MAX_DATA
    kept = json.loads(data)["biz_data"]["description"]
    whole = "".join(c if c.isprintable() else " " for c in description)
    assert whole.startswith(kept)
    # Nothing is cut that would have fitted: one more character and the frame is full.
    longest = len(json.dumps(whole[len(kept) : len(kept) + 1], ensure_ascii=False).encode()) - 2
    assert kept == whole or len(data) + longest > MAX_DATA


@pytest.mark.parametrize("order_no", ["", "A" * 33, "A-1", "订单", "A1\n"])
def test_an_order_number_that_would_not_travel_is_refused(order_no: str) -> None:
    with pytest.raises(ValueError, match="letters and digits"):
        Sale(order_no, 100, "")


@pytest.mark.parametrize("amount", [0, -1, True, 1.5])
def test_an_amount_that_is_none_is_refused(amount: object) -> None:
    with pytest.raises(ValueError, match="whole number of fen"):
        Sale("A1", amount, "")  # type: ignore[arg-type]


@given(st.integers(1, 10**11))
def test_amounts_survive_the_way_there_and_back(amount_fen: int) -> None:
    assert parse_amount(format_amount(amount_fen)) == amount_fen


@pytest.mark.parametrize("text", ["", "1.234", "-1", "1,00", "1e3", " 1", "1.", "１"])
def test_what_is_no_amount_is_not_guessed(text: str) -> None:
    assert parse_amount(text) is None


def _answer(**biz: object) -> bytes:
    head = {"topic": "ecrhub.pay.order", "request_id": "r", "response_code": "000"}
    return json.dumps({**head, "biz_data": biz}).encode()


def test_an_answer_is_read_whole() -> None:
    answer = decode_answer(
        _answer(
            merchant_order_no="A1",
            trans_status=2,
            trans_type="1",
            order_amount=34.50,
            paid_amount="30.00",
            trans_no="51230000000000000000001",
            pay_channel_trans_no="4200000000000000000000000001",
            pay_method_id="Visa",
            pay_scenario="SWIPE_CARD",
            card_no="430277****5723",
            trans_end_time="2026-11-22 12:00:00",
        )
    )
    assert answer is not None
    assert answer.ok
    transaction = answer.transaction
    assert transaction is not None
    assert transaction.status == "completed"
    assert (transaction.amount_fen, transaction.paid_fen) == (3450, 3000)
    assert transaction.card_masked == "****5723"
    assert transaction.channel_no == "4200000000000000000000000001"


def test_discounts_are_taken_off_what_was_paid() -> None:
    answer = decode_answer(
        _answer(trans_status="2", order_amount="50", discount_bmopc="10.00", discount_bpc="6.5")
    )
    assert answer is not None
    assert answer.transaction is not None
    assert answer.transaction.paid_fen == 3350


@pytest.mark.parametrize(
    ("account", "masked"),
    [
        ("6222020000000001234", "****1234"),
        ("6222 02** **** 1234", "****1234"),
        ("****5723", "****5723"),
        ("1234", "****"),
        ("", ""),
        ("nobody", ""),
    ],
)
def test_accounts_are_masked_to_the_last_four(account: str, masked: str) -> None:
    assert mask_account(account) == masked


def test_no_card_number_gets_through_in_any_text() -> None:
    pan = "6222020000000001234"
    spaced = "6222 0200 0000 0001 234"
    raw = _answer(
        merchant_order_no="A1",
        trans_status="2",
        card_no=pan,
        pay_user_account_id=pan,
        pay_method_id=pan,
        pay_scenario=spaced,
        attach=pan,
        description=pan,
    )
    message = json.loads(raw)
    message["response_msg"] = f"card {spaced} of {pan}"
    answer = decode_answer(json.dumps(message).encode())
    assert answer is not None
    shown = repr(answer)
    assert pan not in shown
    assert spaced not in shown
    assert "1234" in shown


def test_no_such_order_has_a_name_of_its_own() -> None:
    raw = b'{"request_id":"r","response_code":"404","response_msg":"order not found"}'
    answer = decode_answer(raw)
    assert answer is not None
    assert answer.code == NOT_FOUND


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"null", b"{", b"[" * 1000, b"\xff", b'"x"', b"0a", b"\x0a\x05hello"]
)
def test_what_is_no_message_is_none(raw: bytes) -> None:
    assert decode_answer(raw) is None


def test_half_a_surrogate_pair_can_be_written_down() -> None:
    answer = decode_answer(b'{"response_msg":"\\ud800","response_code":"1"}')
    assert answer is not None
    assert answer.message.encode() == b"?"


def test_card_and_account_numbers_are_named_for_recordings() -> None:
    data = b'{"biz_data":{"card_no":"6222020000000001234","trans_no":"77","pan":62220200}}'
    raw = encode(Frame(id=1, data=data))
    assert [raw[s] for s in sensitive_spans(raw)] == [b"6222020000000001234", b"62220200"]
    assert sensitive_spans(codec.STX) == ()
