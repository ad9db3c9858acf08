"""ESC/POS bytes (receipt printer protocols, 3a)."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from devices.receipt_printer import raster
from devices.receipt_printer.codec import (
    AutomaticStatus,
    Decoder,
    Flow,
    QueuedReply,
    RealTimeReply,
    question,
    status_of,
)
from devices.receipt_printer.document import Columns, Cut, Document, Feed, Qr, Rule, Text
from devices.receipt_printer.encoder import (
    INIT,
    clean,
    encode,
    is_printable,
    sensitive_spans,
    side_by_side,
    width_of,
    wrap,
)
from devices.status import Level

RARE = "𬭚"  # a character of four bytes in GB18030, as some surnames are

ALL_CLEAR = (0x12, 0x12, 0x12, 0x12)


def printed(document: Document, columns: int = 48, reprint: bool = False) -> bytes:
    """What follows the head that every job has."""
    head, *pieces = encode(document, columns, reprint)
    assert head == INIT
    return b"".join(pieces)


def test_a_job_begins_with_reset_and_chinese() -> None:
    assert INIT.startswith(bytes.fromhex("1b40 1c26"))


def test_chinese_text_as_in_the_worked_bytes() -> None:
    assert printed((Text("血压测量结果"),)) == bytes.fromhex("d1aad1b9b2e2c1bfbde1b9fb 0a")
    assert printed((Text("￥12.50"),)) == bytes.fromhex("a3a431322e3530 0a")


def test_the_half_width_yen_sign_is_never_sent() -> None:
    assert printed((Text("¥12.50"),)) == bytes.fromhex("a3a431322e3530 0a")
    assert printed((Columns("¥1", "¥2"),)).count(bytes.fromhex("a3a4")) == 2


def test_size_bold_and_align_are_set_and_taken_back() -> None:
    document = (Text("A", (2, 3), bold=True, align="center"), Text("B"))
    assert printed(document) == bytes.fromhex(
        "1b6101 1b4501 1d2112 41 0a 1b6100 1b4500 1d2100 42 0a"
    )


def test_a_qr_code_is_stored_and_printed_in_the_middle() -> None:
    assert printed((Qr("SX1", 6),)) == bytes.fromhex(
        "1b6101"
        "1d286b0400 314132 00"
        "1d286b0300 3143 06"
        "1d286b0300 3145 31"
        "1d286b0600 315030 535831"
        "1d286b0300 315130"
    )


def test_feed_cut_and_rule() -> None:
    assert printed((Rule(), Feed(3), Cut()), columns=32) == (
        b"-" * 32 + b"\n" + bytes.fromhex("1b6403 1d564200")
    )


def test_a_reprint_is_marked_once() -> None:
    mark = "补打".encode("gb18030")
    assert printed((Text("x"),), reprint=True).count(mark) == 1
    assert printed((Text("【补打】"), Text("x")), reprint=True).count(mark) == 1
    assert mark not in printed((Text("x"),))


def test_columns_stand_at_the_edges() -> None:
    assert side_by_side("电费", "96.30", 16) == ["电费       96.30"]
    assert side_by_side("甲" * 10, "1.00", 16) == ["甲" * 8, "甲" * 2, " " * 12 + "1.00"]


@given(st.text("a甲 \n", max_size=200), st.integers(2, 48))
def test_wrapping_loses_nothing_and_fits(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert all(width_of(line) <= columns for line in lines)
    assert "".join(lines) == text.replace("\n", "")
    assert len(lines) >= text.count("\n") + 1


@given(st.text(st.one_of(st.characters(), st.sampled_from("a ￥€电·—\ufffd"))))
def test_whole_lines_are_judged_as_their_characters_are(text: str) -> None:
    text = clean(text)
    assert is_printable(text) == all(len(c.encode("gb18030")) <= 2 for c in text)
    assert width_of(text) == sum(1 if c.isascii() else 2 for c in text)
    assert clean(text) == text == "".join(map(clean, text))


def test_wide_characters_wrap_earlier() -> None:
    assert printed((Text("甲" * 13, (2, 1)),)).count(b"\n") == 2


def test_controls_in_a_text_command_nothing() -> None:
    raw = printed((Text("a\x1b@b\x10\x04\x01c\x1dr\x01\td"),))
    assert raw == b"a @b   c r  d\n"


def test_half_a_surrogate_pair_is_a_question_mark() -> None:
    assert printed((Text("a\ud800b"),)) == b"a?b\n"


def test_a_rare_surname_is_printed_as_a_picture() -> None:
    assert not is_printable(RARE)
    pieces = encode((Text("户名 " + RARE), Text("after")))[1:]
    pictures = [piece for piece in pieces if piece.startswith(bytes.fromhex("1d763000"))]
    assert len(pictures) == 3
    for piece in pictures:
        assert piece[4:8] == bytes.fromhex("4800 0800")  # 576 dots wide, 8 rows high
        assert len(piece) == 8 + 72 * 8
    assert any(any(piece[8:]) for piece in pictures)
    assert pieces[-1] == b"after\n"


def test_without_a_font_a_rare_character_becomes_a_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "_font", lambda: None)
    assert printed((Text("户" + RARE),)) == "户〓\n".encode("gb18030")


def test_a_picture_never_holds_a_question_to_the_printer() -> None:
    band = bytes.fromhex("10041005101410100410")
    assert raster._without_questions(band) == bytes.fromhex("18041805181410180410")


@example("\u2029", (1, 1))
@example("龘\u2028", (2, 2))
@given(st.text(max_size=300), st.sampled_from([(1, 1), (2, 2)]))
def test_any_text_keeps_out_of_the_commands(text: str, size: tuple[int, int]) -> None:
    raw = printed((Text(text, size),), columns=48)
    if is_printable(text.encode("utf-8", "replace").decode()):
        body = raw.removeprefix(bytes.fromhex("1d2111"))
        assert not set(body) & (set(range(0x20)) - {0x0A})
    assert "¥".encode("gb18030") not in raw or "¥" not in text


def test_replies_as_a_known_printer_gives_them() -> None:
    # Offline, stopped for paper end, near end and end; the cover is closed.
    status = status_of((0x1A, 0x32, 0x12, 0x7E))
    assert (status.level, status.reason) == (Level.UNAVAILABLE, "paper_out")
    assert status.detail == "1a 32 12 7e"


@pytest.mark.parametrize(
    ("replies", "level", "reason"),
    [
        (ALL_CLEAR, Level.READY, ""),
        ((0x12, 0x12, 0x12, 0x1E), Level.ATTENTION, "paper_low"),
        ((0x1A, 0x16, 0x12, 0x12), Level.UNAVAILABLE, "cover_open"),
        ((0x1A, 0x32, 0x12, 0x12), Level.UNAVAILABLE, "paper_out"),
        ((0x12, 0x12, 0x12, 0x72), Level.UNAVAILABLE, "paper_out"),
        ((0x1A, 0x52, 0x1A, 0x12), Level.UNAVAILABLE, "cutter_error"),
        ((0x1A, 0x52, 0x32, 0x12), Level.UNAVAILABLE, "printer_error"),
        ((0x1A, 0x52, 0x52, 0x12), Level.UNAVAILABLE, "printer_recovering"),
        ((0x1A, 0x52, 0x12, 0x12), Level.UNAVAILABLE, "printer_recovering"),
        ((0x1A, 0x1A, 0x12, 0x12), Level.UNAVAILABLE, "paper_feeding"),
        ((0x52, 0x12, 0x12, 0x12), Level.UNAVAILABLE, "paper_feeding"),
        ((0x1A, 0x12, 0x12, 0x12), Level.UNAVAILABLE, "offline"),
        ((0x32, 0x12, 0x12, 0x12), Level.UNAVAILABLE, "offline"),
        ((0x1A, 0x36, 0x12, 0x7E), Level.UNAVAILABLE, "cover_open"),
    ],
)
def test_what_replies_add_up_to(
    replies: tuple[int, int, int, int], level: Level, reason: str
) -> None:
    status = status_of(replies)
    assert (status.level, status.reason) == (level, reason)


def test_questions() -> None:
    assert [question(n).hex() for n in (1, 2, 3, 4)] == ["100401", "100402", "100403", "100404"]


def test_each_kind_of_byte_is_told_from_the_others() -> None:
    raw = bytes.fromhex("12 13 00 11 7e 0c 16 80 ff 03")
    assert Decoder().feed(raw) == [
        RealTimeReply(0x12),
        Flow(go=False),
        QueuedReply(0x00),
        Flow(go=True),
        RealTimeReply(0x7E),
        QueuedReply(0x0C),
        RealTimeReply(0x16),
        QueuedReply(0x03),
    ]


@pytest.mark.parametrize("split", range(7))
def test_automatic_status_isnt_taken_for_answers(split: int) -> None:
    raw = bytes.fromhex("18 00 13 00 0f 12")
    decoder = Decoder()
    assert decoder.feed(raw[:split]) + decoder.feed(raw[split:]) == [
        Flow(go=False),
        AutomaticStatus(bytes.fromhex("1800000f")),
        RealTimeReply(0x12),
    ]


def test_automatic_status_cut_short_spoils_nothing_after_it() -> None:
    assert Decoder().feed(bytes.fromhex("18 00 12 0c")) == [RealTimeReply(0x12), QueuedReply(0x0C)]


@given(st.binary(max_size=200), st.data())
def test_any_split_says_the_same(raw: bytes, data: st.DataObject) -> None:
    whole = Decoder().feed(raw)
    decoder, got, position = Decoder(), [], 0
    while position < len(raw):
        size = data.draw(st.integers(1, len(raw) - position))
        got += decoder.feed(raw[position : position + size])
        position += size
    assert got == whole


def test_everything_personal_is_named_for_recordings() -> None:
    document = (
        Text("户名 金某", (2, 2), bold=True),
        Columns("3100000000", "96.30"),
        Qr("SX1380100000"),
        Text("金" + RARE),
        Cut(),
    )
    raw = b"".join(encode(document))
    spans = sensitive_spans(raw)
    inside = b"".join(raw[span] for span in spans)
    outside = bytearray(raw)
    for span in reversed(spans):
        del outside[span]
    for personal in ("户名 金某".encode("gb18030"), b"3100000000", b"SX1380100000"):
        assert personal in inside
        assert personal not in outside
    # What is left is commands alone: a hundred bytes, no picture.
    assert len(outside) < 130
    assert bytes.fromhex("1d564200") in outside


@given(st.binary(max_size=300))
def test_spans_are_in_order_and_within_any_bytes(raw: bytes) -> None:
    end = 0
    for span in sensitive_spans(raw):
        assert end <= span.start < span.stop <= len(raw)
        end = span.stop
