"""The codecs and drivers of meters, dispenser, mill and card reader under random bytes.

Any split says the same as the whole, the last good frame is found whatever was before it, no byte
raises, every command ends once. Frames are built here, not by the codecs under test.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import operator
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from devices.booklet_dispenser import codec as qu_cd
from devices.booklet_dispenser.driver import Capture, Dispense, Look, QuCdDispenser, Resolve
from devices.bp_meter import ieee_apdu, rbp_codec
from devices.bp_meter.ieee_config import STANDARD, parse_config, parse_scan
from devices.bp_meter.ieee_driver import IeeeMeter, NextReading, ReadIdentity, Release
from devices.bp_meter.mder import ShortError
from devices.bp_meter.rbp_driver import Identify, Measure, RbpMeter, Stop
from devices.driver import Driver
from devices.id_reader import codec as sam_v
from devices.id_reader.driver import ReadCard, SamVReader
from devices.payment_terminal import zvt_apdu, zvt_block
from devices.payment_terminal import zvt_commands as zvt
from devices.payment_terminal.zvt_driver import ZvtTcpTerminal, ZvtTerminal
from devices.payment_terminal.zvt_messages import decode as zvt_decode
from devices.payment_terminal.zvt_scribe import scrubbed
from devices.rice_mill import commands as mill
from devices.rice_mill import modbus
from devices.rice_mill.driver import RiceMill
from devices.scanner import codec as scanner
from devices.scanner import hid_codec
from devices.scanner.hid_driver import HidScanner
from tests.fuzz import streams
from tests.fuzz.test_codecs import DRIVER_TIERS, TIERS, _inputs, _play


def _xor(data: bytes) -> bytes:
    return bytes((functools.reduce(operator.xor, data),))


def rbp_frame(rng: random.Random) -> bytes:
    data = rng.randbytes(rng.choice((1, 1, 6, 13)))
    body = bytes((3, 2 + len(data), 1, rng.choice((1, 2, 3, 5, 6, 7, 8, 9)))) + data
    return b"\xaa\x80" + body + _xor(body)


def qu_cd_frame(rng: random.Random) -> bytes:
    digits = bytes(0x30 + rng.randrange(16) for _ in range(3))
    body = b"\x02" + rng.choice((b"PB", b"PB", b"SF", b"GV")) + digits + b"\x03"
    return rng.choice((body + _xor(body), b"\x06", b"\x15"))


def sam_v_frame(rng: random.Random) -> bytes:
    status = rng.choice((0x90, 0x9F, 0x80, 0x41, 0x66))
    payload = rng.choice((b"", bytes(4), b"\x01\0\x04\0" + rng.randbytes(256) + bytes(1024)))
    body = struct.pack(">H", len(payload) + 4) + bytes((0, 0, status)) + payload
    return b"\xaa\xaa\xaa\x96\x69" + body + _xor(body)


def ieee_frame(rng: random.Random) -> bytes:
    choice = rng.choice((0xE200, 0xE400, 0xE500, 0xE600, 0xE700, 0xE700))
    body = rng.randbytes(rng.randrange(60))
    if choice == 0xE700 and rng.random() < 0.8:
        info = rng.randbytes(rng.randrange(50))
        kind = rng.choice((0x0D1C, 0x0D1D, 0x0D1E, 0x0D1F, 0x0D20))
        data = struct.pack(">HIHH", 0, 0, kind, len(info)) + info
        inner = struct.pack(">HHH", rng.randrange(9), rng.choice((0x0101, 0x0203)), len(data))
        body = struct.pack(">H", len(inner) + len(data)) + inner + data
    return struct.pack(">HH", choice, len(body)) + body


def zvt_apdu_bytes(rng: random.Random) -> bytes:
    """An APDU of a terminal, mostly a good one."""
    card = bytes.fromhex(streams.CARDS + "f")
    fields = (
        b"\x27" + rng.choice((b"\0", b"\0", b"\x64", b"\x6c")),
        b"\x04\0\0\0\0\x34\x50",
        b"\x0b\0\0" + bytes((rng.randrange(256),)),
        b"\x22\xf1\xf0" + card,
        b"\x23\xf1\xf0" + card,
        b"\x24\xf0\xf1\xf0" + card,
        b"\x06" + bytes((rng.randrange(6),)) + rng.randbytes(3),
        b"\x8b\xf0\xf3" + rng.randbytes(3),
        rng.randbytes(rng.randrange(4)),
    )
    data = b"".join(rng.choice(fields) for _ in range(rng.randrange(6)))
    control = rng.choice(
        (b"\x04\x0f", b"\x04\x0f", b"\x04\xff", b"\x06\x0f", b"\x06\x1e", b"\x80\0", b"\x84\x9c")
    )
    if rng.random() < 0.1:
        return control + b"\xff" + len(data).to_bytes(2, "little") + data
    return control + bytes((len(data),)) + data


def _crc(data: bytes) -> bytes:
    register = 0
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x8408 if register & 1 else 0)
    return register.to_bytes(2, "little")


def zvt_frame(rng: random.Random) -> bytes:
    if rng.random() < 0.2:
        return rng.choice((b"\x06", b"\x06", b"\x15"))
    apdu = zvt_apdu_bytes(rng)
    return b"\x10\x02" + apdu.replace(b"\x10", b"\x10\x10") + b"\x10\x03" + _crc(apdu + b"\x03")


ZVT_ASK = (
    zvt.Sale("A1", 3450),
    zvt.Sale("A1", 3450, "commit"),
    zvt.Begin("A1"),
    zvt.Commit("A1"),
    zvt.Reject("A1"),
    zvt.GoodsPending("A1"),
    zvt.GoodsPartly("A1", 10),
    zvt.Close("A1"),
    zvt.Query("A1", 3450, "000001", "", True),
    zvt.Reversal("0001"),
    zvt.EndOfDay(),
    zvt.LogOff(),
)


def modbus_answer(rng: random.Random) -> bytes:
    data = rng.randbytes(2 * rng.choice((7, 11)))
    body = rng.choice(
        (
            bytes((10, rng.choice((3, 4)), len(data))) + data,
            bytes((10, 6, 0x10, 0, 0, rng.choice((0, 255)))),
            bytes((10, 16, 0x10, 1, 0, 4)),
            bytes((10, rng.choice((0x83, 0x84, 0x86, 0x90)), rng.randrange(1, 7))),
        )
    )
    return body + _crc16(body)


def _crc16(data: bytes) -> bytes:
    value = 0xFFFF
    for bit in (byte >> place & 1 for byte in data for place in range(8)):
        value = value >> 1 ^ 0xA001 * (value & 1 ^ bit)
    return value.to_bytes(2, "little")


@dataclass(frozen=True)
class Subject:
    """A codec and its driver; ``noise`` is what the codec calls bytes that belong to nothing."""

    frame: Callable[[random.Random], bytes]
    decoder: Callable[[], Any]
    driver: Callable[[], Driver]
    ask: tuple[object, ...]
    noise: Any


SUBJECTS = {
    "rbp": Subject(
        rbp_frame, rbp_codec.Decoder, RbpMeter, (Measure(), Stop(), Identify()), rbp_codec.Noise
    ),
    "qu_cd": Subject(
        qu_cd_frame,
        qu_cd.Decoder,
        QuCdDispenser,
        (Dispense(), Capture(), Resolve(), Look()),
        qu_cd.Noise,
    ),
    "sam_v": Subject(
        sam_v_frame, sam_v.Decoder, SamVReader, (ReadCard(), ReadCard(wait_s=1.0)), sam_v.Noise
    ),
    "zvt": Subject(
        zvt_frame, zvt_block.Decoder, ZvtTerminal, ZVT_ASK, zvt_block.Noise | zvt_block.Damaged
    ),
    "zvt_tcp": Subject(zvt_apdu_bytes, zvt_apdu.Decoder, ZvtTcpTerminal, ZVT_ASK, zvt_apdu.Noise),
    "ieee": Subject(
        ieee_frame,
        ieee_apdu.Decoder,
        IeeeMeter,
        (NextReading(), ReadIdentity(), Release()),
        ieee_apdu.Unreadable,
    ),
}


MILL_ASKS = (mill.Mill(1, 500, 7), mill.Resolve(1, 500, 7), mill.Look(), mill.Clear())
MILL_QUESTIONS = (
    modbus.read_holding(0x1000, 7),
    modbus.read_input(0x1100, 11),
    modbus.write(0x1000, 0),
    modbus.write(0x1001, 1, 0, 500, 7),
)


@pytest.mark.parametrize("count", TIERS)
def test_modbus_answers(seed: int, count: int) -> None:
    """An answer is found whatever came before it, in any split; nothing else is taken for one."""
    for own, rng in _inputs(seed, count):
        question = rng.choice(MILL_QUESTIONS)
        noise = [rng.choice((streams.noise, modbus_answer))(rng) for _ in range(rng.randrange(3))]
        raw = streams.damaged(rng, b"".join(noise)) if noise else b""
        listener, whole = modbus.Listener(10), modbus.Listener(10)
        for one in (listener, whole):
            one.expect(question)
        answers = [listener.feed(x) for x in streams.pieces(rng, raw)] if raw else []
        assert [x for x in answers if x is not None] == [
            x for x in (whole.feed(raw),) if x is not None
        ], own
        listener.expect(question)
        good = bytes((10, question.function | 0x80, 6))
        assert listener.feed(good + _crc16(good)) == modbus.Refused(6), own


@pytest.mark.parametrize("count", DRIVER_TIERS)
def test_mill_driver(seed: int, count: int) -> None:
    for _, rng in _inputs(seed, count):
        say = functools.partial(rng.choice((streams.noise, modbus_answer, modbus_answer)), rng)
        _play(RiceMill(), rng, say, list(MILL_ASKS))


LONGEST = {
    "rbp": 37,
    "qu_cd": 8,
    "sam_v": 2407,
    "ieee": 0xFFFF + 4,
    "zvt": 2 * zvt_block.LONGEST + 8,
    "zvt_tcp": zvt_block.LONGEST,
}
"""The longest frame that each may wait for, in bytes."""


def _said(found: list[Any], noise: Any) -> list[Any]:
    """The messages alone: how noise is cut into pieces depends on the split."""
    messages = [x[1] if isinstance(x, tuple) else x for x in found]
    return [x for x in messages if not isinstance(x, noise)]


@pytest.mark.parametrize("name", SUBJECTS)
@pytest.mark.parametrize("count", TIERS)
def test_codecs(seed: int, count: int, name: str) -> None:
    subject = SUBJECTS[name]
    for own, rng in _inputs(seed, count):
        before = b"".join(
            rng.choice((streams.noise, subject.frame))(rng) for _ in range(rng.randrange(4))
        )
        if rng.random() < 0.5:
            before = streams.damaged(rng, before)
        good = subject.frame(rng)
        raw = before + good
        decoder = subject.decoder()
        split = list(itertools.chain.from_iterable(map(decoder.feed, streams.pieces(rng, raw))))
        whole_decoder = subject.decoder()
        whole = whole_decoder.feed(raw)
        while decoder.pending:
            split += decoder.give_up()
        while whole_decoder.pending:
            whole += whole_decoder.give_up()
        assert _said(split, subject.noise) == _said(whole, subject.noise), own


@pytest.mark.parametrize("name", SUBJECTS)
@pytest.mark.parametrize("count", DRIVER_TIERS)
def test_drivers(seed: int, count: int, name: str) -> None:
    subject = SUBJECTS[name]
    for _, rng in _inputs(seed, count):
        say = functools.partial(rng.choice((streams.noise, subject.frame, subject.frame)), rng)
        _play(subject.driver(), rng, say, list(subject.ask))


@pytest.mark.parametrize("count", TIERS)
def test_zvt_contents(seed: int, count: int) -> None:
    """Whatever an APDU holds, no card number passes the decoder or the scribe."""
    for own, rng in _inputs(seed, count):
        raw = zvt_apdu_bytes(rng)
        if rng.random() < 0.3:
            raw = streams.damaged(rng, raw)
        apdu = zvt_apdu.parse(raw)
        if apdu is None:
            continue
        assert streams.CARDS[:-4] not in repr(zvt_decode(apdu)), own
        safe = scrubbed(apdu)
        if safe is not None:
            assert streams.CARDS[:-4] not in safe.data.hex(), own
            assert len(safe.data) == len(apdu.data), own
            assert safe.data.count(0x10) == apdu.data.count(0x10), own


@pytest.mark.parametrize("count", TIERS)
def test_ieee_contents(seed: int, count: int) -> None:
    for _, rng in _inputs(seed, count):
        info = rng.randbytes(rng.randrange(80))
        kind = rng.choice((0x0D1D, 0x0D1E, 0x0D1F, 0x0D20))
        with contextlib.suppress(ShortError):  # all that either may say of bad bytes
            parse_config(info)
        with contextlib.suppress(ShortError):
            parse_scan(kind, info, STANDARD)


@pytest.mark.parametrize("name", SUBJECTS)
def test_what_a_decoder_keeps_is_bounded(name: str) -> None:
    """Frames cut short, again and again: no more is kept than the longest that may yet come."""
    subject = SUBJECTS[name]
    rng = random.Random(1)
    decoder = subject.decoder()
    for _ in range(2000):
        frame = subject.frame(rng)
        decoder.feed(frame[: max(1, len(frame) - 1)])
        assert decoder.pending <= LONGEST[name]


def key_strokes(rng: random.Random) -> bytes:
    """A digit or another key pressed and released, shift now and then, mostly in order."""
    at, out = rng.randrange(1 << 34), b""
    for _ in range(rng.randrange(1, 30)):
        at += rng.choice((1_000, 1_000, 4_000, 200_000, -5_000))
        key = rng.choice((*range(2, 12), *range(2, 12), 28, 42, 30, 58, rng.randrange(768)))
        events = [(4, 4, rng.randrange(1 << 20)), (1, key, 1), (1, key, 0), (0, 0, 0)]
        if rng.random() < 0.1:
            events.insert(rng.randrange(4), rng.choice(((0, 3, 0), (1, key, 2), (1, key, 1))))
        out += b"".join(
            struct.pack("<qqHHi", *divmod(at, 1_000_000), *event)
            for event in events
            if rng.random() < 0.98
        )
    return out


@pytest.mark.parametrize("count", TIERS)
def test_typing_scanner(seed: int, count: int) -> None:
    for own, rng in _inputs(seed, count):
        raw = b"".join(rng.choice((streams.noise, key_strokes, key_strokes))(rng) for _ in range(3))
        if rng.random() < 0.5:
            raw = streams.damaged(rng, raw)
        decoder = hid_codec.Decoder()
        got = list(itertools.chain.from_iterable(map(decoder.feed, streams.pieces(rng, raw))))
        whole = hid_codec.Decoder()
        assert got == whole.feed(raw), own
        got += decoder.give_up()
        assert not decoder.pending, own
        for code in got:
            assert not scanner.is_payment_code(code.text), own
            assert len(code.masked) <= 5, own
            assert code.text.isprintable(), own


@pytest.mark.parametrize("count", DRIVER_TIERS)
def test_typing_scanner_driver(seed: int, count: int) -> None:
    for _, rng in _inputs(seed, count):
        _play(HidScanner(), rng, functools.partial(key_strokes, rng), ["scan"])
