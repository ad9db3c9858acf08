"""Scanned codes: bills by rule, our slips, payment codes that must never be kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.barcodes import (
    BarcodeRule,
    BillCode,
    PaymentCode,
    SlipCode,
    UnknownCode,
    could_be_payment_code,
    is_payment_code,
    luhn_digit,
    luhn_valid,
    read_code,
    slip_code,
)

POWER = BarcodeRule("power", "SH-POWER", "91", 27, (2, 12), (12, 20), (20, 26), "luhn")
PLAIN = BarcodeRule("plain", "SH-GAS", "G7", 12, (2, 12), check="none")
RULES = (POWER, PLAIN)
ORDER_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
orders = st.text(ORDER_CHARACTERS, min_size=20, max_size=20)
digits = st.text("0123456789", min_size=1, max_size=40)


def power_code(account: str, amount_fen: int, period: str) -> str:
    body = f"91{account}{amount_fen:08}{period}"
    return body + luhn_digit(body)


def test_luhn_agrees_with_the_worked_example_of_the_standard() -> None:
    assert luhn_digit("7992739871") == "3"
    assert luhn_valid("79927398713")
    assert not luhn_valid("79927398710")
    assert not luhn_valid("0")
    assert not luhn_valid("")


@given(digits, st.data())
def test_luhn_finds_every_single_wrong_digit(text: str, data: st.DataObject) -> None:
    code = text + luhn_digit(text)
    assert luhn_valid(code)
    place = data.draw(st.integers(0, len(code) - 1))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != code[place]]))
    assert not luhn_valid(code[:place] + wrong + code[place + 1 :])


@given(
    st.text("0123456789", min_size=10, max_size=10),
    st.integers(0, 99_999_999),
    st.integers(2000, 2099),
    st.integers(1, 12),
)
def test_a_bill_is_read_as_it_was_made(account: str, fen: int, year: int, month: int) -> None:
    code = power_code(account, fen, f"{year}{month:02}")
    assert read_code(code, RULES) == BillCode("SH-POWER", account, fen, f"{year}-{month:02}")
    assert read_code(f" {code}\r", RULES) == read_code(code, RULES)
    assert read_code(code, ()) == UnknownCode()


@given(st.integers(0, 26), st.integers(1, 9))
def test_a_bill_with_one_wrong_digit_is_unknown(place: int, shift: int) -> None:
    code = power_code("3100004417", 9630, "202610")
    wrong = str((int(code[place]) + shift) % 10)
    assert read_code(code[:place] + wrong + code[place + 1 :], RULES) == UnknownCode()


@pytest.mark.parametrize("period", ["202600", "202613", "000001", "199912"])
def test_a_period_that_is_no_month_is_unknown(period: str) -> None:
    assert read_code(power_code("3100004417", 9630, period), RULES) == UnknownCode()


def test_a_rule_without_check_amount_and_period() -> None:
    assert read_code("G73300007730", RULES) == BillCode("SH-GAS", "3300007730")
    assert read_code("G733000077", RULES) == UnknownCode()
    assert read_code("G7330000 730", RULES) == UnknownCode()


@given(orders, st.data())
def test_a_slip_is_read_and_every_single_mistake_found(order: str, data: st.DataObject) -> None:
    code = slip_code(order)
    assert len(code) == 24
    assert read_code(code, RULES) == SlipCode(order)
    place = data.draw(st.integers(3, 23))
    wrong = data.draw(st.sampled_from([c for c in ORDER_CHARACTERS if c != code[place]]))
    assert read_code(code[:place] + wrong + code[place + 1 :], RULES) == UnknownCode()


@given(orders, st.integers(0, 18))
def test_a_slip_with_two_neighbours_exchanged_is_unknown(order: str, place: int) -> None:
    # Luhn to the base N finds every exchange of neighbours but that of the first and last digit.
    pair = {order[place], order[place + 1]}
    code = slip_code(order)
    exchanged = code[: 3 + place] + order[place + 1] + order[place] + code[5 + place :]
    if len(pair) == 2 and pair != {"0", "Z"}:
        assert read_code(exchanged, RULES) == UnknownCode()


@pytest.mark.parametrize("order", ["", "3801", "a" * 20, "3801261030000012ABC\n", "٣" * 20])
def test_no_slip_for_what_is_no_order_number(order: str) -> None:
    with pytest.raises(ValueError, match="20 characters"):
        slip_code(order)


@pytest.mark.parametrize(
    "code", ["28763443825664394", "289431869362714645", "135112298638468293", "6212345678901234567"]
)
def test_payment_codes_are_recognised_and_nothing_of_them_kept(code: str) -> None:
    seen = read_code(code, RULES)
    assert seen == PaymentCode()
    assert not any(code[start : start + 4] in repr(seen) for start in range(len(code) - 3))


@pytest.mark.parametrize(
    "text",
    [
        "09" + "1" * 16,
        "16" + "1" * 16,
        "13" + "1" * 15,
        "24" + "1" * 14,
        "31" + "1" * 14,
        "25" + "1" * 13,
        "25" + "1" * 23,
        "62" + "1" * 16,
        "1",
        "",
        "①③" + "1" * 16,
    ],
)
def test_beside_the_payment_codes(text: str) -> None:
    assert not is_payment_code(text)


@given(st.text(max_size=60))
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(read_code(text, RULES), BillCode | SlipCode | PaymentCode | UnknownCode)


@given(st.text("0123456789", min_size=1, max_size=4), st.integers(4, 30))
def test_a_prefix_that_payment_codes_can_have_is_found(prefix: str, length: int) -> None:
    possible = any(
        is_payment_code((prefix + filler + "0" * length)[:length]) for filler in "0123456789"
    )
    assert could_be_payment_code(prefix, length) == possible
