"""Random byte streams for the codecs: good messages, damaged ones, noise, cut anywhere.

Frames are built here, not by the codecs under test.
"""

from __future__ import annotations

import functools
import json
import operator
import random

CARDS = "6222020000000001234"


def ecr_frame(rng: random.Random, data: bytes | None = None) -> bytes:
    """A good ECR Hub frame."""
    if data is None:
        data = ecr_message(rng) if rng.random() < 0.5 else rng.randbytes(rng.randrange(40))
    kind = rng.choice((0, 0, 0, 1, 2))
    number = rng.randrange(1, 256) if data else 0
    body = bytes((kind, rng.choice((0, 0, 1, 2, 255)), number)) + len(data).to_bytes(2, "big")
    body += data
    return b"\x55\xaa" + body + bytes((functools.reduce(operator.xor, body),)) + b"\xcc\x33"


def ecr_message(rng: random.Random) -> bytes:
    """Something like an answer."""
    odd: list[object] = ["", "0", "2", 2, 2.5, None, [], {}, "34.50", CARDS, "\ud800", "A1", True]
    keys = ("trans_status", "order_amount", "paid_amount", "card_no", "pay_method_id", "attach")
    biz = {key: rng.choice(odd) for key in keys if rng.random() < 0.8}
    biz["merchant_order_no"] = rng.choice(("A1", "A2", "", None, 5))
    message = {
        "topic": rng.choice(("ecrhub.pay.order", "\ud800", None)),
        "request_id": rng.choice(("q1", "q2", "q3", "x", 5)),
        "response_code": rng.choice(("000", "0", "110", "112", "51", "", 7)),
        "response_msg": rng.choice(("", "order not found", CARDS, None)),
        "biz_data": rng.choice((biz, biz, biz, json.dumps(biz), [], "x", None)),
    }
    return json.dumps(message).encode()


def scanner_line(rng: random.Random) -> bytes:
    """A line with its end, mostly."""
    text = "".join(rng.choice("0123456789") for _ in range(rng.randrange(1, 30)))
    line = rng.choice(("", "]C1", "]Q1", "]", "\x02")) + text
    return line.encode() + rng.choice((b"\r", b"\r\n", b"\n", b""))


def printer_bytes(rng: random.Random) -> bytes:
    """What a printer may say."""
    return rng.choice(
        (
            b"\x12",
            b"\x16",
            b"\x7e",
            b"\x1a",
            b"\x00",
            b"\x0c",
            b"\x11",
            b"\x13",
            b"\x18\x00\x0f\x00",
        )
    )


def noise(rng: random.Random) -> bytes:
    """Bytes of no kind, or of the worst kind."""
    kind = rng.randrange(4)
    if kind == 0:
        return rng.randbytes(rng.randrange(30))
    if kind == 1:
        return b"\x55\xaa" * rng.randrange(1, 10)
    if kind == 2:
        return b"\x55\xaa\x00\x00\x01" + rng.randrange(65536).to_bytes(2, "big")
    return bytes((rng.randrange(256),)) * rng.randrange(1, 50)


def damaged(rng: random.Random, raw: bytes) -> bytes:
    """Some of its bytes changed, lost or doubled."""
    data = bytearray(raw)
    for _ in range(rng.randrange(1, 3)):
        if not data:
            break
        at = rng.randrange(len(data))
        match rng.randrange(4):
            case 0:
                data[at] ^= 1 << rng.randrange(8)
            case 1:
                del data[at]
            case 2:
                data.insert(at, data[at])
            case _:
                del data[at:]
    return bytes(data)


def pieces(rng: random.Random, raw: bytes) -> list[bytes]:
    """The same bytes, cut anywhere."""
    cuts = sorted(rng.randrange(len(raw) + 1) for _ in range(rng.randrange(6)))
    return [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
