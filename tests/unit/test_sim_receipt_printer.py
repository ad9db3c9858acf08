"""The simulated receipt printer: its own reading of ESC/POS, its mechanics, its paper."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from sim.clock import VirtualClock
from sim.devices.escpos_lexer import Lexer
from sim.devices.paper import QrCode, TextLine, to_image, to_png, to_text
from sim.devices.receipt_printer import BUFFER, ReceiptPrinter
from sim.faults import Fault, Faults

INIT = b"\x1b@"
KANJI = b"\x1c&"
CUT = b"\x1dVB\x00"
BARRIER = b"\x1dr\x01"


class Host:
    def __init__(self) -> None:
        self.faults = Faults()
        self.printer = ReceiptPrinter(VirtualClock(), self.faults)

    def write(self, data: bytes, piece: int = 10_000) -> bytes:
        for i in range(0, len(data), piece):
            self.printer.receive(data[i : i + piece])
        return self.printer.take_output()

    def wait(self, seconds: float) -> bytes:
        self.printer.advance(seconds)
        return self.printer.take_output()

    def eot(self) -> str:
        return self.write(b"".join(bytes((0x10, 4, n)) for n in (1, 2, 3, 4))).hex()

    def text(self, number: int = -1) -> str:
        return to_text(self.printer.receipts[number].elements)


def lines(count: int) -> bytes:
    return b"".join(b"line %d\n" % i for i in range(count))


def printed(data: bytes) -> str:
    host = Host()
    host.write(data + CUT)
    host.wait(60)
    return host.text()


def test_status_replies_of_a_healthy_printer() -> None:
    assert Host().eot() == "12121212"


def test_status_replies_out_of_paper() -> None:
    host = Host()
    host.printer.act("paper_out", {})
    assert host.eot() == "1a32127e"  # offline; paper end; no error; near end and end


def test_status_replies_cover_and_low_paper_and_jam() -> None:
    host = Host()
    host.printer.act("cover_open", {})
    assert host.eot() == "1a161212"
    host.printer.act("cover_close", {})
    host.printer.act("paper_low", {})
    assert host.eot() == "1212121e"
    host.printer.act("jam", {})
    assert host.eot() == "1a521a1e"


@pytest.mark.parametrize("piece", [1, 2, 3, 5, 10_000])
def test_chinese_sizes_alignment_and_code_in_any_split(piece: int) -> None:
    qr = b"SX1380126112200001ABCDEZ"
    data = (
        INIT + KANJI + b"\x1ba\x01\x1d!\x11" + "数字小屋\n".encode("gb18030")
        + b"\x1d!\x00\x1ba\x02\x1bE\x01" + "合计 ￥96.30\n".encode("gb18030")
        + b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1"
        + b"\x1d(k" + (len(qr) + 3).to_bytes(2, "little") + b"1P0" + qr + b"\x1d(k\x03\x001Q0"
        + CUT
    )  # fmt: skip
    host = Host()
    host.write(data, piece)
    host.wait(20)
    (receipt,) = host.printer.receipts
    title, total, code = receipt.elements[:3]
    assert isinstance(title, TextLine)
    assert (title.align, title.height) == ("center", 48)
    assert isinstance(total, TextLine)
    assert total.spans[0].bold
    assert total.align == "right"
    assert code == QrCode(qr.decode(), 6, "M", "right")
    assert not receipt.torn
    assert to_text(receipt.elements).splitlines()[1].endswith("合计 ￥96.30")


def test_text_bytes_of_the_documentation() -> None:
    assert printed(INIT + bytes.fromhex("1c26d1aad1b9b2e2c1bfbde1b9fb0a")) == "血压测量结果\n" + (
        "\n" * 3
    )
    assert printed(INIT + bytes.fromhex("1c26a3a431322e35300a")).startswith("￥12.50\n")


def test_outside_kanji_mode_chinese_is_rubbish() -> None:
    chinese = "电费".encode("gb18030")
    assert printed(INIT + chinese + b"\n").startswith("□□□□\n")
    assert printed(INIT + KANJI + chinese + b"\x1c." + chinese + b"\n").startswith("电费□□□□\n")
    # A Chinese-market printer wakes up in kanji mode.
    assert printed(chinese + b"\n").startswith("电费\n")


def test_a_four_byte_character_is_rubbish() -> None:
    assert "¥".encode("gb18030") == bytes.fromhex("81308436")
    assert printed(INIT + KANJI + "¥12".encode("gb18030") + b"\n").startswith("□0□612\n")


def test_rare_characters_of_two_bytes_print_and_codes_without_a_character_do_not() -> None:
    assert "䶮".encode("gb18030") == b"\xfe\x9f"
    assert printed(INIT + KANJI + b"\xfe\x9f" + b"\xaa\xa1" + b"!\n").startswith("䶮□!\n")


def test_long_lines_wrap_at_48_columns() -> None:
    text = printed(INIT + KANJI + b"x" * 47 + "电".encode("gb18030") + b"\n")
    assert text.splitlines()[:2] == ["x" * 47, "电"]


def test_realtime_status_overtakes_the_buffer_and_the_barrier_does_not() -> None:
    host = Host()
    # 20 lines of 30 dots at 800 dots a second take 0.75 s
    assert host.write(INIT + lines(20) + BARRIER) == b""
    assert host.eot() == "12121212"
    assert host.wait(0.74) == b""
    assert host.wait(0.02) == b"\x00"


def test_the_barrier_tells_low_paper() -> None:
    host = Host()
    host.printer.act("paper_low", {})
    assert host.write(BARRIER) == b"\x03"


def test_paper_ends_in_the_middle_and_the_buffer_prints_later() -> None:
    host = Host()
    host.faults.add(Fault("receipt_printer", "paper_out_after", {"lines": 3}, count=1))
    host.write(INIT + lines(8) + CUT + BARRIER)
    assert host.wait(30) == b""  # no barrier: not all is on paper
    assert host.eot() == "1a32127e"
    assert host.text() == "line 0\nline 1\nline 2\n"
    assert host.printer.receipts[0].torn
    host.printer.act("paper_in", {})
    assert host.wait(30) == b"\x00"
    assert host.text().splitlines()[:4] == ["line 4", "line 5", "line 6", "line 7"]
    assert not host.printer.receipts[1].torn


def test_switching_off_throws_the_buffer_away() -> None:
    host = Host()
    host.printer.act("paper_out", {})
    host.write(lines(3) + BARRIER)
    host.printer.act("power_cycle", {})
    host.printer.act("paper_in", {})
    assert host.wait(10) == b""
    assert host.printer.state()["buffered_bytes"] == 0


def test_jammed_cutter_stops_before_the_barrier() -> None:
    host = Host()
    host.faults.add(Fault("receipt_printer", "cutter_jam", count=1))
    host.write(INIT + lines(1) + CUT + BARRIER)
    assert host.wait(10) == b""
    assert host.eot() == "1a521a12"
    assert len(host.printer.receipts) == 0
    host.printer.act("clear_jam", {})
    assert host.wait(10) == b"\x00"
    assert len(host.printer.receipts) == 1


def test_stall_keeps_a_good_status_while_nothing_moves() -> None:
    host = Host()
    host.faults.add(Fault("receipt_printer", "stall", {"seconds": 20}, count=1))
    host.write(INIT + lines(2) + BARRIER)
    assert host.wait(19) == b""
    assert host.eot() == "12121212"
    assert host.wait(2) == b"\x00"


def test_silent_says_nothing_and_prints() -> None:
    host = Host()
    host.faults.add(Fault("receipt_printer", "silent"))
    assert host.write(INIT + lines(1) + CUT + BARRIER + b"\x10\x04\x01") == b""
    assert host.wait(10) == b""
    assert host.text().startswith("line 0\n")


def test_silence_for_some_seconds_ends_by_itself() -> None:
    host = Host()
    host.faults.add(Fault("receipt_printer", "silent", {"seconds": 5}, count=1))
    assert host.eot() == ""
    host.wait(4.9)
    assert host.eot() == ""
    host.wait(0.2)
    assert host.eot() == "12121212"


def test_automatic_status_comes_with_each_change() -> None:
    host = Host()
    assert host.write(b"\x1da\xff").hex() == "10000000"
    host.printer.act("cover_open", {})
    assert host.printer.take_output().hex() == "38000000"
    host.printer.act("cover_close", {})
    host.printer.act("paper_out", {})
    assert host.printer.take_output().hex() == "10000000" + "18000f00"


def test_a_picture_holds_bytes_that_look_like_commands() -> None:
    bits = b"\x10\x04\x01\x1b@\x1dV\x00" * 9
    data = INIT + b"\x1dv0\x00\x08\x00\x09\x00" + bits + b"after\n"
    host = Host()
    # A real printer answers the status request it sees in a picture, and so does this one.
    assert host.write(data + CUT, 3) == b"\x12" * 9
    host.wait(10)
    assert host.text().splitlines()[:2] == ["[picture 64×9]", "after"]


def test_a_picture_larger_than_the_buffer_streams_through() -> None:
    host = Host()
    rows = 200
    data = b"\x1dv0\x00\x48\x00" + rows.to_bytes(2, "little") + b"\xaa" * (72 * rows)
    assert len(data) > BUFFER
    at = 0
    while at < len(data):
        room = host.printer.room()
        assert room is not None
        assert room > 0
        host.write(data[at : at + min(room, 500)])
        at += min(room, 500)
    host.write(b"\n" + CUT)
    host.wait(10)
    assert host.text().startswith("[picture 576×200]\n")


def test_the_buffer_fills_while_the_paper_is_out() -> None:
    host = Host()
    host.printer.act("paper_out", {})
    while (room := host.printer.room()) is None or room > 0:
        host.write(lines(1))
    assert host.eot() == "1a32127e"
    host.printer.act("paper_in", {})
    host.wait(60)
    assert host.printer.room() == BUFFER


def test_picture_of_a_receipt_has_ink_where_it_should() -> None:
    host = Host()
    host.write(INIT + KANJI + b"\x1ba\x01\x1d!\x11" + "屋\n".encode("gb18030") + CUT)
    host.wait(10)
    image = Image.open(io.BytesIO(to_png(host.printer.receipts[0].elements)))
    assert image.width == 576 + 64
    dark = [
        (x, y)
        for y in range(image.height)
        for x in range(image.width)
        if sum(image.getpixel((x, y))) < 380
    ]
    assert dark
    assert 296 - 4 <= min(x for x, _ in dark) <= max(x for x, _ in dark) <= 344 + 4
    assert 32 <= min(y for _, y in dark) <= max(y for _, y in dark) <= 32 + 48


def test_every_kind_of_element_can_be_drawn() -> None:
    host = Host()
    data = (
        INIT + KANJI + b"\x1b-\x01\x1dB\x01abc\n\x1d!\x21wide\n\x1d!\x00\x1b\x64\x03"
        b"\x1dh\x40\x1dkI\x04{B12\x1dv0\x03\x02\x00\x02\x00\xff\x00\xff\x00"
    )
    host.write(data + CUT)
    host.wait(10)
    image = to_image(host.printer.receipts[0].elements, torn=True)
    assert image.getextrema() != ((255, 255),) * 3


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_never_break_it(seed: int) -> None:
    source = random.Random(seed)
    host = Host()
    starts = [b"\x1b", b"\x1c", b"\x1d", b"\x10\x04", b"\x1d(k", b"\x1dv0", b"\x1dk", b"\n"]
    for _ in range(200):
        host.write(source.choice(starts) + source.randbytes(source.randrange(12)))
        host.wait(source.random())
    for receipt in host.printer.receipts:
        to_text(receipt.elements)


def test_lexer_gives_the_same_commands_for_any_split() -> None:
    data = INIT + b"ab\n\x1d(k\x05\x001P0xy\x1dkI\x02ab\x1dk\x04abc\x00\x1bD\x01\x02\x00z\x1b*\x21"
    data += b"\x02\x00123456\x1d8L\x02\x00\x00\x00ab"
    whole = Lexer().feed(data)
    lexer = Lexer()
    split = [c for i in range(len(data)) for c in lexer.feed(data[i : i + 1])]

    def joined(commands: list) -> list:
        out: list = []
        for c in commands:
            if out and not c.name and not out[-1][0]:
                out[-1] = (b"", out[-1][1] + c.args)
            else:
                out.append((c.name, c.args))
        return out

    assert joined(whole) == joined(split)
    assert not lexer.inside
