"""How fast each codec reads, beside what its line can bring: good frames, and the worst garbage.

Garbage is a megabyte of almost-frames: beginnings with lengths that promise more, and check bytes
that are wrong, so that every false start has to be given up. Linear time means that four times the
garbage takes four times as long; the slower of the two sizes is what counts.

Run alone: ``python -m tests.bench.codecs``.
"""

from __future__ import annotations

import functools
import json
import operator
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from devices.booklet_dispenser import codec as qu_cd
from devices.bp_meter import ieee_apdu, rbp_codec
from devices.document_printer import codec as ipp
from devices.id_reader import codec as sam_v
from devices.payment_terminal import codec as ecr
from devices.payment_terminal import zvt_apdu, zvt_block
from devices.receipt_printer import codec as escpos
from devices.rice_mill import modbus
from devices.scanner import codec as scanner
from tests.fuzz import streams
from tests.fuzz.test_device_codecs import (
    ieee_frame,
    modbus_answer,
    qu_cd_frame,
    rbp_frame,
    sam_v_frame,
    zvt_apdu_bytes,
    zvt_frame,
)
from tests.fuzz.test_ipp import attribute as ipp_attribute

FASTER = 100
"""A codec reads at least so many times as fast as its line."""
BITS = 10
GARBAGE = 1 << 20
GOOD = 1 << 18
CHUNK = 256
"""Bytes come in pieces, as from a port."""


@dataclass(frozen=True)
class Subject:
    """``baud``: the fastest line it is used on (bits a second; 0: a stream without a rate)."""

    baud: int
    decoder: Callable[[], Any]
    frame: Callable[[random.Random], bytes]
    almost: Callable[[random.Random], bytes]


def _wrong_end(frame: Callable[[random.Random], bytes]) -> Callable[[random.Random], bytes]:
    """A good frame whose last byte is another one."""

    def almost(rng: random.Random) -> bytes:
        raw = frame(rng)
        return raw[:-1] + bytes((raw[-1] ^ rng.randrange(1, 256),))

    return almost


def _ecr_almost(rng: random.Random) -> bytes:
    return b"\x55\xaa" + bytes((0, 0, 1)) + rng.randrange(1024).to_bytes(2, "big")


def _sam_almost(rng: random.Random) -> bytes:
    return b"\xaa\xaa\xaa\x96\x69" + rng.randrange(4, 1400).to_bytes(2, "big") + b"\0\0\x90"


def _rbp_almost(rng: random.Random) -> bytes:
    body = bytes((3, rng.choice((8, 15)), 1, 5))
    return b"\xaa\x80" + body + bytes((functools.reduce(operator.xor, body) ^ 1,))


def _ieee_almost(rng: random.Random) -> bytes:
    return b"\xe7\x00" + rng.randrange(200, 8000).to_bytes(2, "big")


def _zvt_almost(rng: random.Random) -> bytes:
    return rng.choice((b"\x10\x02", b"\x10\x10", b"\x10\x03\0\0", b"\x10", b"\x04\x0f\xff\xff\xff"))


def _zvt_tcp_almost(rng: random.Random) -> bytes:
    return rng.choice((b"\x04\x0f\x00", b"\xff", b"\x06\x0f\xff\x00\x01"))


def _printer_reply(rng: random.Random) -> bytes:
    return rng.choice((b"\x12", b"\x16", b"\x1a", b"\x14\x00\x00\x0f", b"\x11"))


class _Asking:
    """A master that asks again as soon as it is answered."""

    def __init__(self) -> None:
        self._listener = modbus.Listener(10)
        self._listener.expect(modbus.read_holding(0x1000, 7))

    def feed(self, data: bytes) -> None:
        if self._listener.feed(data) is not None:
            self._listener.expect(modbus.read_holding(0x1000, 7))


SUBJECTS: dict[str, Subject] = {
    "ECR Hub": Subject(115200, ecr.Decoder, streams.ecr_frame, _ecr_almost),
    "ESC/POS status": Subject(
        19200, escpos.Decoder, _printer_reply, lambda rng: rng.choice((b"\x14", b"\xff\x10"))
    ),
    "ZVT blocks": Subject(115200, zvt_block.Decoder, zvt_frame, _zvt_almost),
    "ZVT over TCP": Subject(115200, zvt_apdu.Decoder, zvt_apdu_bytes, _zvt_tcp_almost),
    "scanner": Subject(
        115200, scanner.Decoder, streams.scanner_line, lambda rng: b"]C" * rng.randrange(1, 300)
    ),
    "RBP": Subject(9600, rbp_codec.Decoder, rbp_frame, _rbp_almost),
    "IEEE 11073": Subject(115200, ieee_apdu.Decoder, ieee_frame, _ieee_almost),
    "QU-CD": Subject(9600, qu_cd.Decoder, qu_cd_frame, _wrong_end(qu_cd_frame)),
    "Modbus RTU": Subject(9600, _Asking, modbus_answer, _wrong_end(modbus_answer)),
    "SAM_V": Subject(115200, sam_v.Decoder, sam_v_frame, _sam_almost),
}


class _Bodies:
    """IPP's codec reads whole bodies: the pieces are attributes, read 64 KiB at a time."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, data: bytes) -> None:
        self._waiting += data
        if len(self._waiting) >= 1 << 16:
            ipp.decode(b"\2\0\0\0\0\0\0\1\2" + self._waiting)
            self._waiting.clear()


SUBJECTS["IPP"] = Subject(
    115200,  # it has no line of its own; as fast as the others is fast enough
    _Bodies,
    ipp_attribute,
    lambda rng: rng.choice((b"\x21\0\1a\0\0", b"\x44\0\0\0\0", b"\x34\0\1a\0\0\x37\0\0\0\0")),
)


def _stream(make: Callable[[random.Random], bytes], size: int) -> bytes:
    rng = random.Random(380)
    parts, length = [], 0
    while length < size:
        parts.append(make(rng))
        length += len(parts[-1])
    return b"".join(parts)[:size]


def _ns_a_byte(subject: Subject, stream: bytes) -> float:
    decoder = subject.decoder()
    began = time.thread_time_ns()
    for at in range(0, len(stream), CHUNK):
        decoder.feed(stream[at : at + CHUNK])
    return (time.thread_time_ns() - began) / len(stream)


def measure() -> dict[str, dict[str, float]]:
    """Nanoseconds of processor time a byte: good frames, garbage, a quarter of it; the limit."""
    found = {}
    for name, subject in SUBJECTS.items():
        garbage = _stream(subject.almost, GARBAGE)
        found[name] = {
            "good_ns": round(_ns_a_byte(subject, _stream(subject.frame, GOOD)), 1),
            "garbage_ns": round(_ns_a_byte(subject, garbage), 1),
            "quarter_ns": round(_ns_a_byte(subject, garbage[: GARBAGE // 4]), 1),
            "limit_ns": round(BITS / subject.baud / FASTER * 1e9, 1),
        }
    return found


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
