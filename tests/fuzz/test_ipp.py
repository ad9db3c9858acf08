"""The document printer's codec, scribe, driver and twin under random bytes."""

from __future__ import annotations

import functools
import itertools
import random

import pytest

from devices.control import AddressRequest, HttpAnswer, HttpRequest, Request
from devices.document_printer import messages as m
from devices.document_printer import values as v
from devices.document_printer.codec import MOST, decode, encode
from devices.document_printer.commands import (
    CancelJob,
    Identify,
    JobState,
    Print,
    Purge,
    Resolve,
    Validate,
)
from devices.document_printer.driver import IppPrinter
from devices.document_printer.scribe import IppScribe
from devices.driver import Completed
from devices.trace import Direction
from sim.devices import ipp_frames
from tests.fuzz import streams
from tests.fuzz.test_codecs import DRIVER_TIERS, TIERS, _inputs

NAMES = (
    "job-id",
    "job-name",
    "job-state",
    "printer-state",
    "media-ready",
    "x",
    "printer-input-tray",
)
SECRET = "王小明"


def value(rng: random.Random) -> bytes:
    """A value with its tag, behind the place of its name: tag, and length and bytes."""
    numbers = (b"\0\0\0\3", b"\0\0\0\4", b"\0\0\0\5", b"\0\0\0\x09", rng.randbytes(4))
    match rng.randrange(9):
        case 0:
            tag, raw = 0x21, rng.choice(numbers)
        case 1:
            tag, raw = 0x23, rng.choice(numbers)
        case 2:
            tag, raw = (
                rng.choice((0x41, 0x42, 0x44, 0x45)),
                rng.choice((SECRET.encode(), b"cabin-A1", b"none", b"media-empty", b"\xff\xfe")),
            )
        case 3:
            tag, raw = rng.randrange(0x10, 0x80), rng.randbytes(rng.randrange(12))
        case 4:
            tag, raw = 0x33, rng.randbytes(8)
        case 5:
            tag, raw = 0x35, b"\0\2zh" + len(SECRET.encode()).to_bytes(2, "big") + SECRET.encode()
        case 6:
            tag, raw = 0x13, b""
        case 7:
            tag, raw = 0x22, rng.choice((b"\0", b"\1", b"\2"))
        case _:
            tag, raw = 0x30, rng.choice((b"level=0;mediafeed=29700;mediaxfeed=21000;", b"level=x"))
    if tag in (0x34, 0x37, 0x4A):
        tag = 0x21
    if tag < 0x20:
        raw = b""
    return bytes((tag,)) + b"NAME" + len(raw).to_bytes(2, "big") + raw


def attribute(rng: random.Random) -> bytes:
    """A name with its values, now and then a collection."""
    name = rng.choice(NAMES).encode()
    sized = len(name).to_bytes(2, "big") + name
    if rng.random() < 0.15:
        inner = b"\x4a\0\0\0\1m" + value(rng).replace(b"NAME", b"\0\0", 1)
        return b"\x34" + sized + b"\0\0" + inner + b"\x37\0\0\0\0"
    out = value(rng).replace(b"NAME", sized, 1)
    for _ in range(rng.choice((0, 0, 1, 3))):
        out += value(rng).replace(b"NAME", b"\0\0", 1)
    return out


def answer(rng: random.Random, number: int = 1) -> bytes:
    """A message that a printer might send."""
    status = rng.choice((0, 0, 0, 1, 0x0406, 0x0507, 0x0503, 0x0500, rng.randrange(0x600)))
    out = b"\2\0" + status.to_bytes(2, "big") + number.to_bytes(4, "big")
    for _ in range(rng.randrange(4)):
        out += bytes((rng.choice((1, 2, 4, 5)),))
        out += b"".join(attribute(rng) for _ in range(rng.randrange(6)))
    return out + b"\3"


@pytest.mark.parametrize("count", TIERS)
def test_messages(seed: int, count: int) -> None:
    for own, rng in _inputs(seed, count):
        good = answer(rng)
        found = decode(good)
        assert isinstance(found, v.Message), own
        m.printer_state(found)
        m.capabilities(found)
        repr(m.jobs(found)).encode()
        cut = rng.randrange(len(good))
        assert isinstance(decode(good[:cut]), v.Unreadable), own
        for raw in (streams.damaged(rng, good), rng.randbytes(rng.randrange(60)), good + b"%PDF"):
            again = decode(raw)
            if isinstance(again, v.Message):
                assert 0 <= again.rest <= len(raw), own


@pytest.mark.parametrize("count", TIERS)
def test_what_was_read_is_written_alike(seed: int, count: int) -> None:
    for own, rng in _inputs(seed, count):
        good = answer(rng)
        found = decode(good)
        assert isinstance(found, v.Message), own
        if b"\xff\xfe" not in good and "\ufffd" not in repr(found):
            assert encode(found) == good, own


@pytest.mark.parametrize("count", TIERS)
def test_the_twin_reads_alike_and_raises_one_thing(seed: int, count: int) -> None:
    for own, rng in _inputs(seed, count):
        good = answer(rng)
        ours = decode(good)
        theirs = ipp_frames.read(good)
        assert isinstance(ours, v.Message), own
        assert theirs.operation == ours.code, own
        for group in ours.groups:
            assert {x.name for x in group.attributes} <= set(theirs.groups[group.tag]), own
        try:
            ipp_frames.read(streams.damaged(rng, good))
        except ipp_frames.FrameError as error:
            assert str(error), own


@pytest.mark.parametrize("count", TIERS)
def test_notes_hold_nothing_of_anybody(seed: int, count: int) -> None:
    for own, rng in _inputs(seed, count):
        good = answer(rng)
        for raw in (good, streams.damaged(rng, good), rng.randbytes(30)):
            for note in IppScribe().feed(rng.choice(list(Direction)), raw):
                assert note.length == len(raw), own
                if note.data is not None:
                    assert len(note.data) == len(raw), own
        (note,) = IppScribe().feed(Direction.IN, good)
        if note.data is not None and b"\x44" not in good:  # words of the protocol's lists are kept
            assert SECRET.encode() not in note.data, own


@pytest.mark.parametrize("count", DRIVER_TIERS)
def test_driver(seed: int, count: int) -> None:
    """Any answers, in any order, late or never: each command ends once."""
    ask = (
        Print(b"%PDF", "A1"),
        Resolve("A1"),
        CancelJob("A1"),
        JobState("A1"),
        Purge(),
        Purge(everybody=True),
        Validate(),
        Identify(),
    )
    for own, rng in _inputs(seed, count):
        driver, now, numbers = IppPrinter(busy_s=60.0), 0.0, itertools.count(1)
        submitted: list[int] = []
        ends: list[Completed] = []
        asked: list[Request] = []
        for _ in range(60):
            now += rng.choice((0.0, 0.01, 0.1, 1.0, 5.0, 40.0))
            match rng.randrange(10):
                case 0:
                    driver.opened(now)
                case 1 if rng.random() < 0.2:
                    driver.lost(now, "unplugged")
                    asked.clear()
                case 2:
                    submitted.append(next(numbers))
                    driver.submit(submitted[-1], rng.choice(ask), now)
                case 3 if submitted:
                    driver.cancel(rng.choice(submitted), now)
                case 4:
                    driver.tick(now)
                case _ if asked:
                    request = asked.pop(rng.randrange(len(asked)))
                    driver.answered(request, said(rng, request), now)
            asked += driver.take_requests()
            ends += [x for x in driver.take_reports() if isinstance(x, Completed)]
            deadline = driver.deadline()
            if deadline is not None and deadline <= now:
                driver.tick(now)
                later = driver.deadline()
                assert later is None or later > now, (
                    f"{own}: a tick that changes nothing would spin"
                )
        driver.lost(now, "end")
        ends += [x for x in driver.take_reports() if isinstance(x, Completed)]
        assert sorted(x.command_id for x in ends) == submitted, own


def said(rng: random.Random, request: Request) -> bytes | HttpAnswer | None:
    """What might be answered."""
    if isinstance(request, AddressRequest):
        return rng.choice((b"ipp://p/q", b"ipp://p/q", b"ipp://p/q", None))
    assert isinstance(request, HttpRequest)
    number = request.number if rng.random() < 0.9 else 77
    good = functools.partial(HttpAnswer, 200, "application/ipp")
    return rng.choice(
        (
            good(answer(rng, number)),
            good(answer(rng, number)),
            good(useful(rng, number)),
            good(useful(rng, number)),
            good(useful(rng, number)),
            good(rng.randbytes(30)),
            HttpAnswer(200, "text/html", b"<html>"),
            HttpAnswer(rng.choice((404, 503))),
            HttpAnswer(0, reason="refused", sent=False),
            HttpAnswer(0, reason="no_answer"),
            None,
        )
    )


def useful(rng: random.Random, number: int) -> bytes:
    """A good answer to almost anything: a printer that is idle, and a job of ours."""
    job = (
        m.job_id(3),
        m.one("job-name", v.NAME, "cabin-A1"),
        m.one("job-state", v.ENUM, rng.choice((3, 4, 5, 6, 7, 8, 9))),
        m.one("job-impressions-completed", v.INTEGER, rng.randrange(4)),
    )
    printer = (
        m.one("printer-state", v.ENUM, rng.choice((3, 3, 4, 5))),
        m.one("operations-supported", v.ENUM, *rng.sample(sorted(m.OPERATIONS), 6)),
    )
    groups = (v.Group(v.OPERATION, ()), v.Group(v.JOB, job), v.Group(v.PRINTER, printer))
    return encode(v.Message((2, 0), rng.choice((0, 0, 0, 0x0507)), number, groups))


def test_a_megabyte_of_nothing_is_borne() -> None:
    tiny = b"\x21\0\1a\0\0"
    for body in (tiny * 170_000, b"\x34\0\1a\0\0" * 170_000, (tiny + b"\x34\0\1a\0\0") * 80_000):
        raw = b"\2\0\0\0\0\0\0\1\1" + body
        assert len(raw) <= MOST
        assert isinstance(decode(raw), v.Unreadable)
