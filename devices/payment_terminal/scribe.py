"""What may be noted of an ECR Hub terminal's traffic: the protocol, and nobody's payment.

Of a message only the values of keys known to hold nothing personal are kept (words of the
protocol, amounts, our own order numbers); in every other value digits become 0 and letters x, the
length stays, and the frame's check byte is made good (design, Devices: card ports). Of bytes that
are no frame, or of a message that isn't JSON, only the length is kept.

Request ids are drawn anew in each run. They are numbered in the order in which they are sent, so
that two recordings of the same life are the same; `revive` puts the present ones back, for a
recording that is played against a driver.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace

from devices.payment_terminal import codec
from devices.payment_terminal.codec import Frame
from devices.payment_terminal.messages import NO_SUCH_ORDER, decode_answer
from devices.trace import Direction, Note

_WORD = r"(?!.*[0-9]{11})[A-Za-z0-9_.+\- ]{0,32}"
_AMOUNT = r"[0-9]{1,10}(?:\.[0-9]{1,2})?"
_ORDER_NO = r"[0-9A-Za-z]{1,32}"
_KEPT = {
    key: re.compile(pattern, re.ASCII)
    for pattern, keys in (
        (
            _WORD,
            "topic version response_code trans_type trans_status pay_method_category"
            " pay_method_id pay_scenario price_currency expires order_queue_mode",
        ),
        (
            _AMOUNT,
            "order_amount paid_amount discount_bmopc discount_bpc tip_amount cashback_amount",
        ),
        (_ORDER_NO, "merchant_order_no orig_merchant_order_no"),
    )
    for key in keys.split()
}
"""The keys whose values are kept, if they look as they should."""
_KEY = re.compile(_WORD, re.ASCII)

# A string with its quotes, or a number.
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?|-?[0-9][0-9.eE+-]*')
_IN_STRING = re.compile(r"\\u[0-9A-Fa-f]{4}|\\.|.", re.DOTALL)
# One character for each length that UTF-8 can have.
_FILLERS = {1: "x", 2: "é", 3: "某", 4: "𠀀"}


class EcrHubScribe:
    """A scribe for both directions (`devices.trace.Scribe`)."""

    def __init__(self) -> None:
        self._decoders = {way: codec.Decoder() for way in Direction}
        self._unnoted = dict.fromkeys(Direction, 0)
        """Bytes heard that no note has told of, those held by the decoder included."""
        self._ids: dict[str, str] = {}

    def feed(self, direction: Direction, data: bytes) -> list[Note]:
        """The frames complete with these bytes."""
        decoder = self._decoders[direction]
        frames = decoder.feed(data)
        whole = [codec.encode(frame) for frame in frames]
        self._unnoted[direction] += len(data) - sum(map(len, whole))
        noise = self._unnoted[direction] - decoder.pending
        self._unnoted[direction] = decoder.pending
        notes = [Note(direction, noise, None, "no frame")] if noise else []
        return notes + [self._note(direction, frame) for frame in frames]

    def flush(self) -> list[Note]:
        """What was never finished, by its length alone."""
        notes = [
            Note(direction, decoder.pending, None, "unfinished")
            for direction, decoder in self._decoders.items()
            if decoder.pending
        ]
        for direction, decoder in self._decoders.items():
            decoder.clear()
            self._unnoted[direction] = 0
        return notes

    def revive(self, data: bytes) -> bytes:
        """Noted frames with the request ids that this scribe has heard instead of their numbers.

        Bytes that are no frame stay as they are.
        """
        frames = codec.Decoder().feed(data)
        if not frames:
            return data
        out = b""
        for frame in frames:
            said = frame.data
            for real, number in self._ids.items():
                said = said.replace(f'"{number}"'.encode(), f'"{real}"'.encode())
            out += codec.encode(replace(frame, data=said))
        return out

    def _note(self, direction: Direction, frame: Frame) -> Note:
        size = len(codec.encode(frame))
        if not frame.data:
            return Note(direction, size, codec.encode(frame), _words(frame))
        scrubbed = self._scrubbed(direction, frame.data)
        if scrubbed is None:
            return Note(direction, size, None, f"message {frame.id} that can't be read")
        safe = replace(frame, data=scrubbed)
        return Note(direction, size, codec.encode(safe), f"{_words(frame)}{_told(scrubbed)}")

    def _scrubbed(self, direction: Direction, data: bytes) -> bytes | None:
        """The message with nothing of anybody in it, equally long; None if it can't be read."""
        try:
            text = data.decode("utf-8")
            readable = isinstance(json.loads(text), dict)
        except (ValueError, RecursionError):
            return None
        safe = self._scrub(direction, text).encode("utf-8", "replace") if readable else b""
        return safe if len(safe) == len(data) else None

    def _scrub(self, direction: Direction, text: str) -> str:
        key = ""

        def value(match: re.Match[str]) -> str:
            nonlocal key
            said = match[0]
            if match[2] is not None:
                key = match[1]
                return said if _KEY.fullmatch(key) else _filled(said)
            if match[1] is None:
                return said if _is_kept(key, said) else re.sub("[0-9]", "1", said)
            return f'"{self._value(direction, key, match[1])}"'

        return _TOKEN.sub(value, text)

    def _value(self, direction: Direction, key: str, said: str) -> str:
        if key == "request_id":
            return self._number(direction, said)
        if key == "biz_data":
            return self._inner(direction, said)
        if key == "response_msg":
            # That there is no such order is the terminal's words alone.
            found = NO_SUCH_ORDER.search(said)
            if found is not None:
                return _filled(said[: found.start()]) + found[0] + _filled(said[found.end() :])
        return said if _is_kept(key, said) else _filled(said, all_x=key == "description")

    def _number(self, direction: Direction, said: str) -> str:
        if said in self._ids:
            return self._ids[said]
        if direction is Direction.IN or not said.isalnum() or not said.isascii():
            # An answer to what an earlier run has asked.
            return _filled(said)
        self._ids[said] = str(len(self._ids) + 1).rjust(len(said), "0")[-len(said) :]
        return self._ids[said]

    def _inner(self, direction: Direction, said: str) -> str:
        """A body that is JSON in a string, escaped as it was."""
        try:
            inner = json.loads(f'"{said}"')
            body = json.loads(inner)
        except (ValueError, RecursionError):
            return _filled(said)
        again = json.dumps(self._scrub(direction, inner), ensure_ascii=False)[1:-1]
        fits = isinstance(body, dict) and len(again.encode("utf-8", "replace")) == len(
            said.encode("utf-8", "replace")
        )
        return again if fits else _filled(said)


def _is_kept(key: str, said: str) -> bool:
    pattern = _KEPT.get(key)
    return pattern is not None and pattern.fullmatch(said) is not None


def _filled(said: str, all_x: bool = False) -> str:
    """As long, with the same signs and spaces, but no letter or digit of it.

    ``all_x``: digits become x too, as they do in the commands of a recording.
    """

    def one(match: re.Match[str]) -> str:
        part = match[0]
        if part.startswith("\\u"):
            return "\\u0078"
        if len(part) > 1:
            return part
        if part.isascii():
            if part.isdigit():
                return "x" if all_x else "0"
            return "x" if part.isalpha() or (all_x and part != " ") else part
        return _FILLERS[len(part.encode("utf-8", "replace"))]

    return _IN_STRING.sub(one, said)


_NAMES = {codec.HANDSHAKE: "handshake", codec.HANDSHAKE_CONFIRM: "handshake confirmed"}


def _words(frame: Frame) -> str:
    ack = f"ack of {frame.ack}" if frame.ack else ""
    if frame.data:
        return f"message {frame.id}{', ' if ack else ''}{ack}"
    return _NAMES.get(frame.type) or ack or "beat"


def _told(scrubbed: bytes) -> str:
    """What a message is about, of the values that are kept."""
    answer = decode_answer(scrubbed)
    if answer is None:
        return ""
    parts = [answer.topic, answer.order_no, answer.code]
    if answer.transaction is not None:
        parts.append(answer.transaction.status)
    told = " ".join(part for part in parts if part)
    return f": {told}" if told else ""
