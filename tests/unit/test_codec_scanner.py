"""Scanner lines (scanner protocols, 3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.scanner.codec import (
    MAX_LINE,
    Decoder,
    Scanned,
    is_payment_code,
    sensitive_spans,
)

# Publicly quoted codes, long expired.
EXPIRED = ["28763443825664394", "289431869362714645", "135112298638468293"]
BILL = "910000000000000000000000000"


@pytest.mark.parametrize("end", [b"\r", b"\r\n", b"\n"])
def test_a_code_ends_with_its_line(end: bytes) -> None:
    assert Decoder().feed(BILL.encode() + end) == [Scanned(BILL)]


@pytest.mark.parametrize("aim", ["]C1", "]C0", "]E0", "]Q1"])
def test_the_symbology_is_parsed_and_taken_off(aim: str) -> None:
    assert Decoder().feed(f"{aim}{BILL}\r".encode()) == [Scanned(BILL, aim)]


@pytest.mark.parametrize("code", EXPIRED)
@pytest.mark.parametrize("aim", ["", "]Q1"])
@pytest.mark.parametrize("wrap", ["{}", " {} ", "\x02{}\x03"])
def test_a_payment_code_is_never_seen(code: str, aim: str, wrap: str) -> None:
    (scanned,) = Decoder().feed((aim + wrap.format(code) + "\r").encode())
    assert scanned.kind == "payment_code"
    assert scanned.masked == "…" + code[-4:]
    assert code[:-4] not in repr(scanned)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10" + "0" * 16, True),
        ("15" + "0" * 16, True),
        ("16" + "0" * 16, False),
        ("10" + "0" * 15, False),
        ("25" + "0" * 14, True),
        ("30" + "0" * 22, True),
        ("30" + "0" * 23, False),
        ("31" + "0" * 14, False),
        ("24" + "0" * 14, False),
        ("62" + "0" * 17, True),
        ("62" + "0" * 16, False),
        (BILL, False),
        ("１０" + "0" * 16, False),
    ],
)
def test_what_a_payment_code_is(text: str, expected: bool) -> None:
    assert is_payment_code(text) is expected


@given(st.lists(st.text("0123456789ABCXYZ", min_size=1), max_size=5), st.data())
def test_codes_survive_any_split(codes: list[str], data: st.DataObject) -> None:
    raw = b"".join(code.encode() + b"\r\n" for code in codes)
    decoder, got, position = Decoder(), [], 0
    while position < len(raw):
        size = data.draw(st.integers(1, len(raw) - position))
        got += decoder.feed(raw[position : position + size])
        position += size
    assert [one.text or one.masked[1:] for one in got] == [
        code[-4:] if is_payment_code(code) else code for code in codes
    ]
    assert not decoder.pending


def test_a_line_too_long_is_unreadable_once_and_the_next_one_good() -> None:
    decoder = Decoder()
    assert decoder.feed(b"1" * (MAX_LINE + 1)) == []
    assert decoder.feed(b"2" * 5000) == []
    assert decoder.feed(b"\r" + b"A1\r") == [Scanned("", kind="unreadable"), Scanned("A1")]


@pytest.mark.parametrize("raw", [b"A\x00B\r", b"A\x1bB\r", b"\xff\xfe1\r", b"]C1\r", b"\x1d\r"])
def test_what_cant_be_read_shows_nothing(raw: bytes) -> None:
    (scanned,) = Decoder().feed(raw)
    assert (scanned.text, scanned.masked, scanned.kind) == ("", "", "unreadable")


def test_separators_within_a_symbol_are_taken_out() -> None:
    assert Decoder().feed(b"12\x1d34\r") == [Scanned("1234")]


def test_chinese_in_a_qr_code_is_read() -> None:
    assert Decoder().feed("]Q1查一笔\r".encode()) == [Scanned("查一笔", "]Q1")]


def test_half_a_code_is_no_code() -> None:
    decoder = Decoder()
    assert decoder.feed(b"91000") == []
    assert decoder.pending
    assert decoder.give_up() == [Scanned("", kind="unreadable")]
    assert decoder.give_up() == []
    assert decoder.feed(b"A1\r") == [Scanned("A1")]


def test_numbers_are_named_for_recordings() -> None:
    raw = b"]C1910000000000123\rSX12\r"
    assert [raw[span] for span in sensitive_spans(raw)] == [b"1910000000000123"]
