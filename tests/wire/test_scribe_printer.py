"""What is noted of receipts: their form, and nothing that stands on them."""

from __future__ import annotations

import json

import pytest

from devices.plain import from_plain, to_plain
from devices.receipt_printer.document import Columns, Cut, Document, Feed, Print, Qr, Rule, Text
from devices.receipt_printer.driver import EscposPrinter
from devices.receipt_printer.encoder import encode
from devices.receipt_printer.scribe import EscposScribe
from devices.status import Success
from devices.trace import Note
from sim.clock import VirtualClock
from sim.devices.escpos_lexer import Lexer
from sim.devices.paper import Picture, QrCode, TextLine
from sim.devices.receipt_printer import ReceiptPrinter
from sim.faults import Faults
from tests.support.ear import IN, OUT, Ear, all_is_noted, kept_of, notes_of
from tests.support.pair import Pair

RECEIPT: Document = (
    Text("数字小屋", (2, 2), bold=True, align="center"),
    Rule(),
    Columns("户名", "张三 38弄2号"),
    Text("No. 4117 ￥96.30 a\nsecond"),
    Qr("SX13801261122000001ABCDEZ"),
    Feed(2),
    Cut(),
)


def _printed(raw: bytes) -> list[object]:
    """The paper's form: kinds, sizes, places; of text how wide each line is."""
    printer = ReceiptPrinter(VirtualClock(), Faults())
    printer.receive(raw)
    printer.advance(60.0)
    form: list[object] = []
    for element in [x for receipt in printer.receipts for x in receipt.elements]:
        match element:
            case TextLine(spans, align, height):
                form.append((align, height, [(s.dots, s.w, s.h, s.bold) for s in spans]))
            case QrCode(data, module, level, align):
                form.append((len(data), module, level, align))
            case Picture(width, rows, _, align):
                form.append((width, rows, align))
            case other:
                form.append(other)
    return form


def _paper_notes(pieces: list[bytes]) -> list[Note]:
    return notes_of(EscposScribe(), [(OUT, piece) for piece in pieces])


def test_of_a_receipt_the_form_is_kept() -> None:
    pieces = encode(RECEIPT)
    notes = _paper_notes(pieces)
    all_is_noted([(OUT, x) for x in pieces], notes)
    kept, said = kept_of(notes, OUT), b"".join(pieces)
    assert _printed(kept) == _printed(said)
    for secret in ("张三".encode("gb18030"), b"4117", b"96.30", b"SX1", b"second"):
        assert secret in said
        assert secret not in kept
    assert [(x.name, x.args) for x in Lexer().feed(said) if x.name and b"1P0" not in x.args] == [
        (x.name, x.args) for x in Lexer().feed(kept) if x.name and b"1P0" not in x.args
    ]
    assert notes[0].meaning == "reset; Chinese on; automatic status"
    assert notes[-1].meaning == "cut"
    assert any("code of 25 bytes" in x.meaning for x in notes)


def test_a_picture_of_a_rare_name_is_white() -> None:
    pieces = encode((Text("\U00020bb7野家", (2, 2)), Cut()))
    notes = _paper_notes(pieces)
    pictures = [x for x in notes if x.meaning.startswith("picture")]
    assert pictures
    for note in pictures:
        assert note.data is not None
        assert set(note.data[8:]) == {0}
    assert _printed(kept_of(notes, OUT)) == _printed(b"".join(pieces))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_any_split_keeps_the_same(size: int) -> None:
    raw = b"".join(encode((*RECEIPT, Text("\U00020bb7"))))
    split = _paper_notes([raw[at : at + size] for at in range(0, len(raw), size)])
    assert kept_of(split, OUT) == kept_of(_paper_notes([raw]), OUT)
    assert sum(x.length for x in split) == len(raw)


def test_the_document_of_a_recording_is_noted_alike() -> None:
    again = from_plain(json.loads(json.dumps(to_plain(Print("J", RECEIPT)))))
    assert again.document != RECEIPT
    assert _paper_notes(encode(again.document)) == _paper_notes(encode(RECEIPT))


def test_what_the_printer_says_is_told_in_words() -> None:
    (note,) = EscposScribe().feed(IN, bytes.fromhex("12 16 11 00 18000f00 13"))
    assert note.meaning == (
        "answer 12; answer 16; go on; barrier answered 00; status changed 18000f00; hold"
    )


def test_the_printers_driver_and_its_twin_are_noted() -> None:
    driver = EscposPrinter()
    ear = driver.tap = Ear()
    pair = Pair(driver, ReceiptPrinter)
    pair.until_ready()
    pair.submit(1, Print("J1", RECEIPT))
    assert isinstance(pair.end(1), Success)
    notes = notes_of(EscposScribe(), ear.heard)
    all_is_noted(ear.heard, notes)
    assert all(x.data is not None for x in notes)
    told = " ".join(x.meaning for x in notes)
    for word in ("question", "answer 12", "barrier", "barrier answered 00", "cut"):
        assert word in told
    assert "unknown" not in told
