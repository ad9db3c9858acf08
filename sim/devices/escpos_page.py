"""What ESC/POS commands mean for the paper: styles, the line being set, codes and pictures.

A Chinese-market printer starts in kanji mode; ESC @ leaves it, and FS & enters it again
("ESC/POS facts"). Outside kanji mode, and where the font has no character, it prints rubbish:
shown here as □.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sim.devices import escpos_graphics
from sim.devices.escpos_lexer import FS, GS, Command
from sim.devices.paper import (
    CELL_H,
    DOTS,
    BarcodeBlock,
    Element,
    Feed,
    Picture,
    QrCode,
    Span,
    TextLine,
    cells,
)

ALIGN = {0: "left", 1: "center", 2: "right", 48: "left", 49: "center", 50: "right"}
LINE = 30  # dots, the usual line spacing
TABS = tuple(range(8, DOTS // 12, 8))  # columns, until ESC D sets others
QR_BYTES = {"L": 2953, "M": 2331, "Q": 1663, "H": 1273}  # capacity of version 40, ISO 18004
LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}


@dataclass(frozen=True)
class Style:
    """Sizes of Latin and of Chinese characters are separate, as the commands set them."""

    w: int = 1
    h: int = 1
    kanji_w: int = 1
    kanji_h: int = 1
    bold: bool = False
    underline: bool = False
    reverse: bool = False
    align: str = "left"
    spacing: int = LINE
    kanji: bool = False
    qr_module: int = 3
    qr_level: str = "L"
    barcode_height: int = 162


class Page:
    """Turns commands into elements. It knows no time and no faults: that is the machine's."""

    def __init__(self) -> None:
        self._style = Style(kanji=True)
        self._spans: list[Span] = []
        self._width = 0
        self._lead = b""  # a Chinese character whose second byte has not come
        self._qr_data = b""
        self._tabs = TABS
        # Of the line that is set; text beside them comes below.
        self._strips: list[escpos_graphics.Strip] = []
        self._stored: Picture | None = None

    def run(self, command: Command) -> list[Element]:
        """The elements that the command prints, in order."""
        name, args = command.name, command.args
        if not name:
            return self._text(args)
        if name == b"\n":
            return self._new_line()
        if name == b"\t":
            return self._tab()
        if len(name) == 1:
            return []  # CR, FF, CAN: nothing here in standard mode
        if name[0] == GS:
            return self._gs(name[1], args)
        if name[0] == FS:
            self._fs(name[1], args)
            return []
        return self._esc(name[1], args)

    # ---- text ----

    def _text(self, data: bytes) -> list[Element]:
        out: list[Element] = []
        for char, wide in self._decode(self._lead + data):
            self._put(char, wide, out)
        return out

    def _decode(self, data: bytes) -> list[tuple[str, bool]]:
        self._lead = b""
        chars: list[tuple[str, bool]] = []
        i = 0
        while i < len(data):
            byte = data[i]
            if byte < 0x80:
                chars.append((chr(byte), False))
                i += 1
            elif not self._style.kanji or byte in (0x80, 0xFF):
                chars.append(("□", False))
                i += 1
            elif i + 1 == len(data):
                self._lead = data[i:]
                break
            elif data[i + 1] < 0x40 or data[i + 1] in (0x7F, 0xFF):
                # The first half of a four-byte form, or noise: the font has neither.
                chars.append(("□", True))
                i += 1
            else:
                chars.append((_two_bytes(data[i : i + 2]), True))
                i += 2
        return chars

    def _put(self, char: str, wide: bool, out: list[Element]) -> None:
        s = self._style
        w, h = (s.kanji_w, s.kanji_h) if wide else (s.w, s.h)
        span = Span(char, w, h, s.bold, s.underline, s.reverse)
        width = cells(char) * 12 * w
        if self._width + width > DOTS:
            out += self._new_line()
        self._width += width
        last = self._spans[-1] if self._spans else None
        if last is not None and replace(last, text=char) == span:
            self._spans[-1] = replace(last, text=last.text + char)
        else:
            self._spans.append(span)

    def _tab(self) -> list[Element]:
        column = self._width // 12
        stop = next((tab for tab in self._tabs if tab > column), column)
        out: list[Element] = []
        for _ in range(stop - column):
            self._put(" ", False, out)
        return out

    def _new_line(self, feed: int | None = None) -> list[Element]:
        """Print the line that is set and feed at least `feed` dots (the line spacing)."""
        spans, self._spans, self._width = tuple(self._spans), [], 0
        feed = self._style.spacing if feed is None else feed
        if self._strips:
            picture = escpos_graphics.joined(self._strips, self._style.align)
            self._strips = []
            self._spans = list(spans)
            rest = self._new_line(feed) if spans else [Feed(feed - picture.height)]
            return [picture, *(e for e in rest if e.height > 0)]
        if not spans:
            return [Feed(feed)] if feed else []
        tallest = max(s.h for s in spans) * CELL_H
        return [TextLine(spans, self._style.align, max(tallest, feed))]

    # ---- commands ----

    def _esc(self, name: int, args: bytes) -> list[Element]:
        s = self._style
        match name:
            case 0x40:
                self._style = Style()
                self._spans, self._width, self._lead, self._qr_data = [], 0, b"", b""
                self._tabs, self._strips, self._stored = TABS, [], None
            case 0x21:
                n = args[0]
                self._style = replace(
                    s,
                    w=2 if n & 0x20 else 1,
                    h=2 if n & 0x10 else 1,
                    bold=bool(n & 0x08),
                    underline=bool(n & 0x80),
                )
            case 0x2D:
                self._style = replace(s, underline=args[0] % 48 > 0)
            case 0x32:
                self._style = replace(s, spacing=LINE)
            case 0x33:
                self._style = replace(s, spacing=args[0])
            case 0x45 | 0x47:
                self._style = replace(s, bold=bool(args[0] & 1))
            case 0x61:
                self._style = replace(s, align=ALIGN.get(args[0], s.align))
            case 0x2A:
                found = escpos_graphics.strip(args)
                self._strips += [found] if found is not None else []
            case 0x44:
                self._tabs = tuple(args[:-1])
            case 0x4A:
                return self._new_line(args[0])
            case 0x64:
                first = self._new_line() if self._spans else []
                lines = args[0] - len(first)
                return first + ([Feed(lines * s.spacing)] if lines > 0 else [])
            case _:
                pass  # code pages, drawers, fonts: nothing on this paper
        return []

    def _fs(self, name: int, args: bytes) -> None:
        s = self._style
        if name == 0x26:
            self._style = replace(s, kanji=True)
        elif name == 0x2E:
            self._style = replace(s, kanji=False)
            self._lead = b""
        elif name == 0x21:
            n = args[0]
            self._style = replace(
                s,
                kanji_w=2 if n & 0x04 else 1,
                kanji_h=2 if n & 0x08 else 1,
                underline=bool(n & 0x80),
            )
        elif name == 0x57:
            size = 2 if args[0] & 1 else 1
            self._style = replace(s, kanji_w=size, kanji_h=size)

    def _gs(self, name: int, args: bytes) -> list[Element]:
        s = self._style
        match name:
            case 0x21:
                w, h = (args[0] >> 4 & 7) + 1, (args[0] & 7) + 1
                self._style = replace(s, w=w, h=h, kanji_w=w, kanji_h=h)
            case 0x42:
                self._style = replace(s, reverse=bool(args[0] & 1))
            case 0x68:
                self._style = replace(s, barcode_height=args[0])
            case 0x28 if args[:1] == b"k":
                return self._qr(args[3:])
            case 0x28 if args[:1] == b"L":
                return self._graphics(args[3:])
            case 0x38 if args[:1] == b"L":
                return self._graphics(args[5:])
            case 0x76:
                return self._raster(args)
            case 0x6B:
                text = args[2:] if args[0] >= 65 else args[1:-1]
                return [BarcodeBlock(text.decode("latin-1"), s.barcode_height, s.align)]
            case _:
                pass
        return []

    def _raster(self, args: bytes) -> list[Element]:
        width, rows = int.from_bytes(args[2:4], "little"), int.from_bytes(args[4:6], "little")
        if not width or not rows:
            return []
        mode = args[1] % 48
        scale_w, scale_h = 2 if mode & 1 else 1, 2 if mode & 2 else 1
        first = self._new_line() if self._spans else []
        return [*first, Picture(width, rows, args[6:], self._style.align, scale_w, scale_h)]

    def _graphics(self, args: bytes) -> list[Element]:
        if not escpos_graphics.is_print(args):
            self._stored = escpos_graphics.stored(args) or self._stored
            return []
        if self._stored is None:
            return []
        first = self._new_line() if self._spans else []
        picture = replace(self._stored, align=self._style.align)
        self._stored = None
        return [*first, picture]

    def _qr(self, args: bytes) -> list[Element]:
        """GS ( k for QR codes (cn 31): 43 module size, 45 level, 50 store, 51 print."""
        s = self._style
        if len(args) < 2 or args[0] != 0x31:
            return []
        function, rest = args[1], args[2:]
        if function == 0x43 and rest:
            self._style = replace(s, qr_module=min(max(rest[0], 1), 16))
        elif function == 0x45 and rest:
            self._style = replace(s, qr_level=LEVELS.get(rest[0], "L"))
        elif function == 0x50:
            self._qr_data = rest[1:]
        elif function == 0x51 and 0 < len(self._qr_data) <= QR_BYTES[s.qr_level]:
            text = self._qr_data.decode("utf-8", "replace")
            first = self._new_line() if self._spans else []
            return [*first, QrCode(text, s.qr_module, s.qr_level, s.align)]
        return []


def _two_bytes(pair: bytes) -> str:
    """The character of a two-byte code; □ where the standard has put none."""
    char = pair.decode("gb18030", "replace")
    return "□" if len(char) != 1 or char == "\ufffd" or "\ue000" <= char <= "\uf8ff" else char
