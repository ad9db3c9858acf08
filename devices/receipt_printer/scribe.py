"""What may be noted of a receipt printer's traffic: its commands, and nothing of what was printed.

Text, the contents of codes and pictures can be anybody's name or address, so each character
becomes one that is as wide, each dot of a picture white; commands stay (design, Devices). What the
printer says is its state alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from devices.receipt_printer import codec
from devices.trace import Direction, Note

_ESC, _FS, _GS, _DLE = 0x1B, 0x1C, 0x1D, 0x10
_NARROW, _WIDE = b"x", "某".encode("gb18030")

# The commands of our own encoder and driver, whole. Anything else is treated as text.
_COMMANDS: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (rb"\x1b@", "reset"),
        (rb"\x1c&", "Chinese on"),
        (rb"\x1ba.", "align"),
        (rb"\x1bE.", "bold"),
        (rb"\x1bd.", "feed"),
        (rb"\x1d!.", "size"),
        (rb"\x1da.", "automatic status"),
        (rb"\x1dVB.", "cut"),
        (rb"\x1dr.", "barrier"),
        (rb"\x10\x04.", "question"),
        (rb"\x1d\(k\x04\x001A..", "code: model"),
        (rb"\x1d\(k\x03\x001C.", "code: size"),
        (rb"\x1d\(k\x03\x001E.", "code: correction"),
        (rb"\x1d\(k\x03\x001Q.", "code: print"),
    )
)
_STORE = re.compile(rb"\x1d\(k(..)1P0", re.DOTALL)
_PICTURE = re.compile(rb"\x1dv0.(..)(..)", re.DOTALL)
_LONGEST_HEAD = 9
_RUN = re.compile(rb"[\x20-\x7f]+")


@dataclass(slots=True)
class _Body:
    """What is left of a code's or a picture's contents, and what stands in for each byte."""

    left: int
    filler: bytes


class EscposScribe:
    """A scribe for both directions (`devices.trace.Scribe`)."""

    def __init__(self) -> None:
        self._held = b""
        self._body = _Body(0, b"")
        self._decoder = codec.Decoder()

    def feed(self, direction: Direction, data: bytes) -> list[Note]:
        """A note for these bytes, but for half a character or command at their end."""
        if not data:
            return []
        if direction is Direction.IN:
            return [_heard(data, self._decoder.feed(data))]
        self._held += data
        safe, words = self._take()
        return [Note(direction, len(safe), safe, _counted(words))] if safe else []

    def flush(self) -> list[Note]:
        """What was never finished, by its length alone."""
        held, self._held, self._body = self._held, b"", _Body(0, b"")
        return [Note(Direction.OUT, len(held), None, "unfinished")] if held else []

    def _take(self) -> tuple[bytes, list[str]]:
        """As much of what is held as can be understood, made safe, and its words."""
        safe, words = bytearray(), list[str]()
        at, held = 0, self._held
        while at < len(held):
            if self._body.left:
                size = min(self._body.left, len(held) - at)
                self._body.left -= size
                safe += self._body.filler * size
                at += size
                continue
            taken = self._one(held, at, safe, words)
            if not taken:
                break
            at += taken
        self._held = held[at:]
        return bytes(safe), words

    def _one(self, held: bytes, at: int, safe: bytearray, words: list[str]) -> int:
        """One command or run of text; how many bytes it is, 0 if its end isn't there yet."""
        first = held[at]
        if first in (_ESC, _FS, _GS, _DLE):
            return self._command(held, at, safe, words)
        if first < 0x20:
            safe.append(first)
            words.append("line" if first == 0x0A else "control")
            return 1
        if run := _RUN.match(held, at):
            safe += re.sub(rb"[^ ]", _NARROW, run[0])
            words.append("text")
            return len(run[0])
        # A Chinese character has two bytes, the second of which may look like Latin.
        if at + 1 == len(held):
            return 0
        words.append("text")
        if held[at + 1] < 0x30:
            safe += _NARROW
            return 1
        safe += _WIDE
        return 2

    def _command(self, held: bytes, at: int, safe: bytearray, words: list[str]) -> int:
        for pattern, name in _COMMANDS:
            if found := pattern.match(held, at):
                safe += found[0]
                words.append(name)
                return len(found[0])
        if found := _STORE.match(held, at):
            self._body = _Body(max(0, int.from_bytes(found[1], "little") - 3), _NARROW)
            words.append(f"code of {self._body.left} bytes")
        elif found := _PICTURE.match(held, at):
            width, rows = (int.from_bytes(found[n], "little") for n in (1, 2))
            self._body = _Body(width * rows, b"\0")
            words.append(f"picture {width * 8}×{rows}")
        elif len(held) - at < _LONGEST_HEAD:
            return 0
        else:
            safe += _NARROW
            words.append("unknown command")
            return 1
        safe += found[0]
        return len(found[0])


def _counted(words: list[str]) -> str:
    """The words in order, those that follow each other once, with their number."""
    told: list[tuple[str, int]] = []
    for word in words:
        if told and told[-1][0] == word:
            told[-1] = (word, told[-1][1] + 1)
        else:
            told.append((word, 1))
    return "; ".join(word if count == 1 or word == "text" else f"{count} × {word}"
                     for word, count in told) or "contents"  # fmt: skip


def _heard(data: bytes, messages: list[codec.Message]) -> Note:
    words = []
    for message in messages:
        match message:
            case codec.RealTimeReply(byte=byte):
                words.append(f"answer {byte:02X}")
            case codec.QueuedReply(byte=byte):
                words.append(f"barrier answered {byte:02X}")
            case codec.AutomaticStatus(raw=raw):
                words.append(f"status changed {raw.hex()}")
            case codec.Flow(go=go):
                words.append("go on" if go else "hold")
    return Note(Direction.IN, len(data), data, "; ".join(words) or "no message")
