"""Key strokes of a keyboard-type scanner (scanner protocols, 3)."""

from __future__ import annotations

import random

import pytest

from devices.scanner.codec import MAX_LINE, Scanned, is_payment_code
from devices.scanner.hid_codec import Decoder, Event, Events, Lost
from sim.devices.scanner_hid import KEYS, record
from tests.support.key_strokes import (
    BILL,
    ENTER,
    ONE_DOWN,
    ORDER,
    PAYMENT,
    SHIFT,
    UNREADABLE,
    stroke,
    typed,
)

# ---- records ----


def test_the_kernels_bytes() -> None:
    assert Events().feed(ONE_DOWN) == [
        Event(5.25, 4, 4, 0x7001E),
        Event(5.25, 1, 2, 1),
        Event(5.25, 0, 0, 0),
    ]
    decoder = Decoder()
    assert decoder.feed(ONE_DOWN) == []
    assert decoder.feed(stroke(5.254, 2, 0) + stroke(5.258, ENTER, 1)) == [Scanned("1")]


@pytest.mark.parametrize("size", [1, 7, 23, 24, 25, 1000])
def test_any_split_says_the_same(size: int) -> None:
    raw = typed(ORDER) + typed(BILL, 20.0)
    decoder, codes = Decoder(), []
    for at in range(0, len(raw), size):
        codes += decoder.feed(raw[at : at + size])
    assert codes == [Scanned(ORDER), Scanned(BILL)]
    assert not decoder.pending


def test_every_character_of_the_layout_is_its_own() -> None:
    for char in KEYS:
        (code,) = Decoder().feed(typed(f"a{char}b"))
        assert code == Scanned(f"a{char}b")
    assert len(KEYS) == 95


@pytest.mark.parametrize("length", [1, 5, 23, 24, 100])
def test_bytes_that_are_no_event_cost_the_code_and_not_the_next(length: int) -> None:
    rng = random.Random(length)
    noise = bytes(rng.randrange(0x20, 0x100) for _ in range(length))
    raw = typed(BILL)
    assert Events().feed(noise + ONE_DOWN)[-3:] == Events().feed(ONE_DOWN)
    assert Lost(length) in Events().feed(noise + ONE_DOWN)
    decoder = Decoder()
    middle = len(raw) // 48 * 24
    assert decoder.feed(raw[:middle] + noise + raw[middle:]) == [UNREADABLE]
    assert decoder.feed(typed(ORDER, 30.0)) == [Scanned(ORDER)]


def test_noise_is_passed_over_in_linear_time_and_not_kept() -> None:
    events = Events()
    almost = record(1.0, 1, 2, 1)[:-5] + b"\xff"
    events.feed(almost * 20_000)
    assert events.pending < 24


# ---- keys ----


@pytest.mark.parametrize("end", [ENTER, 96])
@pytest.mark.parametrize("aim", ["", "]C1", "]Q1"])
def test_codes_are_those_of_a_serial_scanner(end: int, aim: str) -> None:
    for text in (BILL, ORDER):
        assert Decoder().feed(typed(aim + text, suffix=end)) == [Scanned(text, aim)]
    (code,) = Decoder().feed(typed(aim + PAYMENT, suffix=end))
    assert code == Scanned("", aim, "payment_code", "…" + PAYMENT[-4:])


def test_a_key_that_is_held_types_once() -> None:
    held = b"".join(stroke(10.05 + n * 0.03, 2, 2) for n in range(5))
    raw = stroke(10.0, 2, 1) + held + stroke(10.2, 2, 0) + stroke(10.21, ENTER, 1)
    assert Decoder().feed(raw) == [Scanned("1")]


def test_either_shift_and_caps_lock() -> None:
    def codes(*keys: tuple[int, int]) -> list[Scanned]:
        return Decoder().feed(b"".join(stroke(1 + n / 1000, *k) for n, k in enumerate(keys)))

    a, one, end = (30, 1), (2, 1), (ENTER, 1)
    up = [(30, 0), (2, 0)]
    assert codes((54, 1), a, one, (54, 0), *up, a, one, end) == [Scanned("A!a1")]
    caps = [(58, 1), (58, 0)]
    assert codes(*caps, a, one, *up, (42, 1), a, (42, 0), end) == [Scanned("A1a")]
    assert codes(*caps, *caps, a, end) == [Scanned("a")]


def test_control_codes_as_some_scanners_type_them() -> None:
    def at_once(at: float, *keys: int) -> bytes:
        return b"".join(stroke(at, k, 1) for k in keys) + b"".join(stroke(at, k, 0) for k in keys)

    separator, line_end = at_once(1.01, 29, 27), at_once(1.03, 29, 36)  # Ctrl ], Ctrl J
    raw = at_once(1.0, 2) + separator + at_once(1.02, 3) + line_end
    assert Decoder().feed(raw) == [Scanned("12")]
    # Enter and Ctrl J: the line between the two is empty.
    assert Decoder().feed(at_once(1.0, 2) + at_once(1.01, ENTER) + at_once(1.02, 29, 36)) == [
        Scanned("1")
    ]


@pytest.mark.parametrize("key", [14, 56, 59, 100, 103, 125, 0x110])
def test_a_key_that_types_nothing_known_spoils_the_code(key: int) -> None:
    raw = stroke(9.99, 2, 1) + stroke(9.995, key, 1) + stroke(9.997, key, 0) + stroke(9.998, 2, 0)
    assert Decoder().feed(raw + typed("2")) == [UNREADABLE]


def test_a_stand_in_that_never_releases_a_key() -> None:
    raw = b"".join(record(1 + n / 1000, 1, k, 1) for n, k in enumerate((2, 2, 3, ENTER)))
    assert Decoder().feed(raw) == [Scanned("112")]


# ---- what may be lost ----


def test_the_kernel_dropped_events() -> None:
    raw = typed(BILL)
    for cut in range(0, len(raw), 48):
        dropped = raw[:cut] + record(10.01, 0, 3, 0) + raw[cut + 48 :]
        codes = Decoder().feed(dropped + typed(ORDER, 30.0))
        assert codes[-1] == Scanned(ORDER)
        was_whole = cut == len(raw) - 48  # only Enter's release came after it
        assert codes[:-1] == ([Scanned(BILL)] if was_whole else [UNREADABLE]), cut


@pytest.mark.parametrize("what", ["dropped", "doubled"])
@pytest.mark.parametrize("text", [BILL, ORDER, PAYMENT])
def test_a_report_lost_or_doubled_never_makes_another_code(what: str, text: str) -> None:
    raw = typed(text)
    want = Decoder().feed(raw)
    for at in range(0, len(raw), 48):
        spoilt = raw[:at] + (raw[at : at + 48] * 2 if what == "doubled" else b"") + raw[at + 48 :]
        decoder = Decoder()
        decoder.feed(typed(ORDER, 1.0))
        codes = decoder.feed(spoilt) + decoder.give_up()
        assert codes in (want, [UNREADABLE]), at // 48
        assert decoder.feed(typed("77", 30.0)) == [Scanned("77")]


def test_one_bit_turned_over_spoils_one_code_at_most(seed: int) -> None:
    rng = random.Random(seed)
    raw = typed(ORDER)
    for _ in range(200):
        spoilt = bytearray(raw)
        spoilt[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
        decoder = Decoder()
        decoder.feed(bytes(spoilt))
        decoder.give_up()
        assert decoder.feed(typed(BILL, 30.0)) in ([Scanned(BILL)], [UNREADABLE])
        decoder.give_up()
        assert decoder.feed(typed(BILL, 60.0)) == [Scanned(BILL)]


def test_shift_that_is_down_at_the_end_spoils_the_code_and_not_the_next() -> None:
    raw = stroke(9.99, SHIFT, 1) + typed("123")
    assert Decoder().feed(raw + typed(BILL, 20.0)) == [UNREADABLE, Scanned(BILL)]


# ---- ends ----


def test_a_pause_ends_a_code_where_no_enter_comes() -> None:
    decoder = Decoder()
    assert decoder.feed(typed(BILL, suffix=None)) == []
    assert decoder.feed(typed(ORDER, 11.0, suffix=None)) == [Scanned(BILL)]
    assert decoder.give_up() == [Scanned(ORDER)]
    assert decoder.give_up() == []


def test_a_pause_ends_nothing_good_where_an_enter_came_before() -> None:
    decoder = Decoder()
    decoder.feed(typed(ORDER))
    assert decoder.feed(typed(BILL[:9], 11.0, suffix=None)) == []
    assert decoder.feed(typed(BILL, 12.0)) == [UNREADABLE, Scanned(BILL)]


def test_half_a_payment_code_is_never_told() -> None:
    for whole in ("10" + "0" * 16, "28" + "0" * 22, "62" + "0" * 17):
        for size in range(1, len(whole) + 1):
            decoder = Decoder()
            decoder.feed(typed("]Q1" + whole[:size], suffix=None))
            (code,) = decoder.give_up()
            assert code.text == ""
            assert code.kind == ("payment_code" if is_payment_code(whole[:size]) else "unreadable")


def test_a_clock_that_is_set_back_spoils_one_code() -> None:
    decoder = Decoder()
    assert decoder.feed(typed("12", suffix=None) + typed("34", at=3.0)) == [UNREADABLE]
    assert decoder.feed(typed("34", at=3.5)) == [Scanned("34")]


def test_between_codes_a_clock_may_be_set() -> None:
    decoder = Decoder()
    for _ in range(3):
        assert decoder.feed(typed(BILL)) == [Scanned(BILL)]


def test_a_clock_that_jumps_and_returns_makes_no_code_of_a_rest() -> None:
    raw = typed(BILL)
    jump = stroke(99.0, 1, 2)
    for at in range(48, len(raw) - 96, 48):
        decoder = Decoder()
        decoder.feed(typed("1"))
        assert set(decoder.feed(raw[:at] + jump + raw[at:])) == {UNREADABLE}


def test_a_code_too_long_is_unreadable_once() -> None:
    decoder = Decoder()
    assert decoder.feed(typed("7" * (MAX_LINE + 1))) == [UNREADABLE]
    assert decoder.feed(typed("1", 100.0)) == [Scanned("1")]


def test_a_release_from_before_the_port_was_opened_is_no_code() -> None:
    decoder = Decoder()
    assert decoder.feed(stroke(1.0, 2, 0)) == []
    assert decoder.pending
    assert decoder.give_up() == []
    assert decoder.feed(typed("1")) == [Scanned("1")]
