"""Codecs and drivers under random bytes: never an exception, never a loss they could avoid.

A few hundred inputs each here, 50,000 in the long tier; the seed is printed by the suite's head
and with a failure.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator

import pytest

from devices.driver import Completed, Driver, Notice
from devices.payment_terminal import codec as ecr
from devices.payment_terminal.commands import Close, Query, Refund, Sale
from devices.payment_terminal.driver import EcrHubTerminal
from devices.payment_terminal.messages import decode_answer
from devices.receipt_printer import codec as escpos
from devices.receipt_printer.document import Ask, Columns, Cut, Print, Qr, Text
from devices.receipt_printer.driver import EscposPrinter
from devices.receipt_printer.encoder import encode, sensitive_spans
from devices.scanner import codec as scanner
from devices.scanner.driver import CdcScanner
from tests.fuzz import streams

TIERS = [
    pytest.param(300, id="short"),
    pytest.param(50_000, id="long", marks=[pytest.mark.long, pytest.mark.timeout(900)]),
]
DRIVER_TIERS = [
    pytest.param(100, id="short"),
    pytest.param(5_000, id="long", marks=[pytest.mark.long, pytest.mark.timeout(900)]),
]


def _inputs(seed: int, count: int) -> Iterator[tuple[int, random.Random]]:
    """Each input has a seed of its own, named when it fails."""
    for number in range(count):
        own = seed * 1_000_003 + number
        yield own, random.Random(own)


@pytest.mark.parametrize("count", TIERS)
def test_ecr_hub_frames(seed: int, count: int) -> None:
    for own, rng in _inputs(seed, count):
        good = streams.ecr_frame(rng)
        before = b"".join(
            rng.choice((streams.noise, streams.ecr_frame))(rng) for _ in range(rng.randrange(4))
        )
        if rng.random() < 0.5:
            before = streams.damaged(rng, before)
        raw = before + good
        decoder = ecr.Decoder()
        got = list(itertools.chain.from_iterable(map(decoder.feed, streams.pieces(rng, raw))))
        assert got == ecr.Decoder().feed(raw), own
        while decoder.pending:
            got += decoder.give_up()
        # The last frame is found, unless what is before it makes a good frame that swallows it.
        last = ecr.Decoder().feed(good)[0]
        assert last in got or any(good[:7] in ecr.encode(frame) for frame in got), own
        assert all(0 <= s.start < s.stop <= len(raw) for s in ecr.sensitive_spans(raw)), own


@pytest.mark.parametrize("count", TIERS)
def test_ecr_hub_messages(seed: int, count: int) -> None:
    for own, rng in _inputs(seed, count):
        raw = streams.ecr_message(rng)
        answer = decode_answer(raw)
        assert answer is not None, own
        assert streams.CARDS not in repr(answer), own
        repr(answer).encode()
        decode_answer(streams.damaged(rng, raw))
        decode_answer(streams.noise(rng))


@pytest.mark.parametrize("count", TIERS)
def test_escpos_bytes(seed: int, count: int) -> None:
    for own, rng in _inputs(seed, count):
        raw = b"".join(rng.choice((streams.noise, streams.printer_bytes))(rng) for _ in range(10))
        decoder = escpos.Decoder()
        got = list(itertools.chain.from_iterable(map(decoder.feed, streams.pieces(rng, raw))))
        assert got == escpos.Decoder().feed(raw), own
        replies = [m.byte for m in got if isinstance(m, escpos.RealTimeReply)]
        assert all(byte & 0x93 == 0x12 for byte in replies), own
        if len(replies) >= 4:
            escpos.status_of((replies[0], replies[1], replies[2], replies[3]))
        end = 0
        for span in sensitive_spans(raw):
            assert end <= span.start < span.stop <= len(raw), own
            end = span.stop


@pytest.mark.parametrize("count", TIERS)
def test_documents(seed: int, count: int) -> None:
    # No rare characters: a font's picture of each would be all that is measured.
    letters = "电费 ¥￥AB12\x00\x1b\x10\x04\n户名金…—\ud800é"
    for own, rng in _inputs(seed, count):
        text = "".join(rng.choice(letters) for _ in range(rng.randrange(80)))
        size = (rng.randrange(1, 9), rng.randrange(1, 9))
        document = (Text(text, size), Columns(text, text[:9]), Qr("SX1", 4), Cut())
        columns = rng.choice((32, 48))
        raw = b"".join(encode(document, columns, rng.random() < 0.5))
        inside = b"".join(raw[span] for span in sensitive_spans(raw))
        assert bytes.fromhex("81308436") not in raw, own
        assert b"\x10" not in inside, own
        assert b"\x1b" not in inside, own


@pytest.mark.parametrize("count", TIERS)
def test_scanner_lines(seed: int, count: int) -> None:
    for own, rng in _inputs(seed, count):
        raw = b"".join(rng.choice((streams.noise, streams.scanner_line))(rng) for _ in range(6))
        decoder = scanner.Decoder()
        got = list(itertools.chain.from_iterable(map(decoder.feed, streams.pieces(rng, raw))))
        assert got == scanner.Decoder().feed(raw), own
        for code in got:
            assert not scanner.is_payment_code(code.text), own
            assert len(code.masked) <= 5, own
            assert code.text.isprintable(), own


def _play(driver: Driver, rng: random.Random, say: Callable[[], bytes], ask: list[object]) -> None:
    """A random life: bytes, commands, cancellations, time, cables; then the books are checked."""
    now, numbers, submitted = 0.0, itertools.count(1), []
    ends: list[int] = []
    for _ in range(40):
        now += rng.choice((0.0, 0.01, 0.1, 1.0, 5.0, 40.0))
        match rng.randrange(9):
            case 0:
                driver.opened(now)
            case 1 if rng.random() < 0.3:
                driver.lost(now, "unplugged")
            case 2:
                submitted.append(next(numbers))
                driver.submit(submitted[-1], rng.choice(ask), now)
            case 3 if submitted:
                driver.cancel(rng.choice(submitted), now)
            case 4 | 5:
                driver.tick(now)
            case _:
                driver.receive(say(), now)
        if rng.random() < 0.9:
            driver.take_output()
        for report in driver.take_reports():
            if isinstance(report, Completed):
                ends.append(report.command_id)
            elif isinstance(report, Notice):
                repr(report.what).encode()
        deadline = driver.deadline()
        if deadline is not None and deadline <= now:
            driver.tick(now)
            later = driver.deadline()
            assert later is None or later > now, "a tick that changes nothing would spin"
    driver.lost(now, "end")
    ends += [r.command_id for r in driver.take_reports() if isinstance(r, Completed)]
    assert sorted(ends) == submitted


@pytest.mark.parametrize("count", DRIVER_TIERS)
def test_terminal_driver(seed: int, count: int) -> None:
    ask: list[object] = [Sale("A1", 3450, "电费"), Query("A1"), Close("A1"), Refund("R1", "A1", 5)]
    for _own, rng in _inputs(seed, count):
        numbers = itertools.count(1)
        driver = EcrHubTerminal(
            "wz1",
            wall_clock=lambda: 0.0,
            new_request_id=lambda numbers=numbers: f"q{next(numbers)}",  # type: ignore[misc]
            beats=rng.random() < 0.7,
        )

        def say(rng: random.Random = rng) -> bytes:
            confirm = bytes.fromhex("55aa020000000002cc33")
            raw = rng.choice((confirm, streams.ecr_frame(rng), streams.noise(rng)))
            return streams.damaged(rng, raw) if rng.random() < 0.2 else raw

        _play(driver, rng, say, ask)


@pytest.mark.parametrize("count", DRIVER_TIERS)
def test_printer_driver(seed: int, count: int) -> None:
    ask: list[object] = [Ask(), Print("J1", (Text("电费"), Cut())), Print("J2", (Cut(),), True)]
    for _own, rng in _inputs(seed, count):

        def say(rng: random.Random = rng) -> bytes:
            good = b"\x12\x12\x12\x12\x00"
            return rng.choice((good, good, streams.printer_bytes(rng), streams.noise(rng)))

        _play(EscposPrinter(), rng, say, ask)


@pytest.mark.parametrize("count", DRIVER_TIERS)
def test_scanner_driver(seed: int, count: int) -> None:
    for _own, rng in _inputs(seed, count):
        _play(CdcScanner(), rng, lambda rng=rng: streams.scanner_line(rng), ["scan"])  # type: ignore[misc]
