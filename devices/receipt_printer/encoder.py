"""Documents to ESC/POS bytes, in pieces that nothing may come between. No I/O but for a font.

Sources: receipt printer protocols, 3a: init resets the Chinese mode, so `1C 26` follows; the yen
sign U+00A5 is never sent; a character that GB18030 writes in four bytes is not in a printer's
font, so its line is sent as a picture.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from devices.receipt_printer import raster
from devices.receipt_printer.document import (
    Align,
    Block,
    Columns,
    Cut,
    Document,
    Feed,
    Qr,
    Rule,
    Text,
)

INIT = b"\x1b\x40\x1c\x26\x1d\x61\x00"
"""Reset, Chinese on, no automatic status: its bytes look like the answer to a `1D 72` if the
first one is lost."""
CUT = b"\x1d\x56\x42\x00"
REPRINT_MARK = "补打"

_ALIGN: dict[Align, int] = {"left": 0, "center": 1, "right": 2}
_GETA = "〓"


@dataclass(frozen=True, slots=True)
class Style:
    """How the next line is printed."""

    size: tuple[int, int] = (1, 1)
    bold: bool = False
    align: Align = "left"

    def commands(self, before: Style) -> bytes:
        """The commands that lead from style `before` to this one."""
        parts = []
        if self.align != before.align:
            parts.append(bytes((0x1B, 0x61, _ALIGN[self.align])))
        if self.bold != before.bold:
            parts.append(bytes((0x1B, 0x45, self.bold)))
        if self.size != before.size:
            width, height = self.size
            parts.append(bytes((0x1D, 0x21, (width - 1) << 4 | (height - 1))))
        return b"".join(parts)


def encode(document: Document, columns: int = 48, reprint: bool = False) -> list[bytes]:
    """The document's pieces. Each is sent whole: a question to the printer may stand between two
    pieces but not within one, where it would be taken for text or picture.

    A reprint is marked 补打 at its head if nothing in it says so yet.
    """
    blocks = document
    if reprint and not any(isinstance(b, Text) and REPRINT_MARK in b.text for b in document):
        blocks = (Text(REPRINT_MARK, (2, 2), bold=True, align="center"), *document)
    return [INIT, *_Encoder(columns).pieces(blocks)]


class _Encoder:
    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._style = Style()

    def pieces(self, blocks: Document) -> Iterator[bytes]:
        for block in blocks:
            yield from self._block(block)

    def _block(self, block: Block) -> Iterator[bytes]:
        match block:
            case Text(text=text, size=size, bold=bold, align=align):
                style = Style(size, bold, align)
                for line in wrap(clean(text), self._columns // size[0]):
                    yield from self._line(line, style)
            case Columns(left=left, right=right, bold=bold):
                for line in side_by_side(clean(left), clean(right), self._columns):
                    yield from self._line(line, Style(bold=bold))
            case Rule():
                yield from self._line("-" * self._columns, Style())
            case Qr(data=data, size=size):
                yield self._switch(Style(align="center")) + _qr(data, size)
            case Feed(lines=lines):
                yield bytes((0x1B, 0x64, lines))
            case Cut():
                yield CUT

    def _switch(self, style: Style) -> bytes:
        commands = style.commands(self._style)
        self._style = style
        return commands

    def _line(self, text: str, style: Style) -> Iterator[bytes]:
        if not is_printable(text):
            picture = raster.line_pieces(text, style.size, style.bold, style.align, self._columns)
            if picture:
                # The picture has its alignment within it.
                yield self._switch(Style())
                yield from picture
                return
            text = "".join(c if is_printable(c) else _GETA for c in text)
        yield self._switch(style) + text.encode("gb18030") + b"\n"


def clean(text: str) -> str:
    """Text without what a printer would obey or garble: control characters and separators of lines
    and paragraphs become spaces, the yen sign the full-width one, half a surrogate pair a question
    mark.
    """
    if text.isprintable() and "¥" not in text and "\ufffd" not in text:
        return text  # most lines
    text = text.replace("¥", "￥").replace("\r\n", "\n")
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = text.replace("\ufffd", "?")
    return "".join(" " if c != "\n" and _is_control(c) else c for c in text)


def _is_control(character: str) -> bool:
    kind = unicodedata.category(character)
    return kind[0] == "C" or kind in ("Zl", "Zp")


def is_printable(text: str) -> bool:
    """Whether a Chinese printer's font has it: one or two bytes a character in GB18030."""
    if text.isascii():
        return True
    if text.encode("gbk", "ignore") == text.encode("gb18030"):
        return True  # GBK has no longer ones, but a few less of two bytes
    return all(len(c.encode("gb18030")) <= 2 for c in text)


def width_of(text: str) -> int:
    """Columns that the text takes: one for an ASCII character, two for any other."""
    return 2 * len(text) - len(text.encode("ascii", "ignore"))


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most `columns`, broken between any two characters as Chinese is."""
    lines = []
    for paragraph in text.split("\n"):
        if width_of(paragraph) <= columns:
            lines.append(paragraph)
            continue
        line, used = "", 0
        for character in paragraph:
            width = width_of(character)
            if used + width > columns and line:
                lines.append(line)
                line, used = "", 0
            line += character
            used += width
        lines.append(line)
    return lines


def side_by_side(left: str, right: str, columns: int) -> list[str]:
    """`left` and `right` at the two edges of one line, or of several if they don't fit."""
    left, right = left.replace("\n", " "), right.replace("\n", " ")
    gap = columns - width_of(left) - width_of(right)
    if gap >= 1:
        return [left + " " * gap + right]
    ends = [" " * (columns - width_of(line)) + line for line in wrap(right, columns)]
    return [*wrap(left, columns), *ends]


def _qr(data: str, size: int) -> bytes:
    """A QR code: model 2, module size, error correction M, store, print."""
    stored = data.encode()
    length = (len(stored) + 3).to_bytes(2, "little")
    return (
        b"\x1d\x28\x6b\x04\x00\x31\x41\x32\x00"
        + b"\x1d\x28\x6b\x03\x00\x31\x43"
        + bytes((size,))
        + b"\x1d\x28\x6b\x03\x00\x31\x45\x31"
        + b"\x1d\x28\x6b"
        + length
        + b"\x31\x50\x30"
        + stored
        + b"\x1d\x28\x6b\x03\x00\x31\x51\x30"
    )


_COMMAND = re.compile(
    rb"\x1b@|\x1b[aEdt!].|\x1c[&.]|\x1c!.|\x1d[!ar].|\x1dVB.|\x1dV.|\x10\x04.|\n"
    rb"|\x1d\(k..1A..|\x1d\(k..1[CEQ].",
    re.DOTALL,
)
_STORE_QR = re.compile(rb"\x1d\(k(..)1P0", re.DOTALL)
_PICTURE = re.compile(rb"\x1dv0.(..)(..)", re.DOTALL)
_TEXT = re.compile(rb"[^\x10\x1b-\x1d\n]+|.", re.DOTALL)


def sensitive_spans(raw: bytes) -> tuple[slice, ...]:
    """Where text, QR contents and pictures stand in what is sent: all that isn't a command."""
    spans: list[slice] = []
    position = 0
    while position < len(raw):
        if command := _COMMAND.match(raw, position):
            position = command.end()
            continue
        if store := _STORE_QR.match(raw, position):
            start, size = store.end(), int.from_bytes(store[1], "little") - 3
        elif picture := _PICTURE.match(raw, position):
            width, rows = (int.from_bytes(picture[n], "little") for n in (1, 2))
            start, size = picture.end(), width * rows
        else:
            text = _TEXT.match(raw, position)
            start, size = position, len(text[0]) if text else 1
        position = min(start + max(size, 0), len(raw))
        if position > start:
            spans.append(slice(start, position))
    return tuple(spans)
