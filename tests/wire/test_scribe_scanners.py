"""What is noted of codes: their kind and length; and of any bytes, that all are counted."""

from __future__ import annotations

import random

import pytest

from devices import registry
from devices.driver import Driver, Notice
from devices.receipt_printer.document import Cut, Qr, Text
from devices.receipt_printer.encoder import encode
from devices.scanner import codec as lines
from devices.scanner.codec import Scanned
from devices.scanner.driver import CdcScanner
from devices.scanner.hid_driver import HidScanner
from devices.scanner.hid_scribe import HidScribe
from devices.scanner.scribe import CdcScribe
from sim.devices.scanner import Scanner
from sim.devices.scanner_hid import HidScanner as KeyTwin
from tests.fuzz import streams
from tests.fuzz.test_codecs import DRIVER_TIERS
from tests.support.ear import IN, OUT, Ear, all_is_noted, kept_of, notes_of
from tests.support.key_strokes import typed
from tests.support.pair import Pair

BILL = "910000001234500009630202611"
ORDER = "SX13801261122000001ABCDEZ"
PAYMENT = "28763443825664394"


@pytest.mark.parametrize(
    ("code", "kept", "words"),
    [
        (BILL, "91" + "0" * 25, "code of 27 bytes (invented)"),
        (PAYMENT, "28" + "0" * 15, "payment code of 17 bytes (invented)"),
        ("]Q1" + PAYMENT, "]Q128" + "0" * 15, "]Q1 payment code of 20 bytes (invented)"),
        ("]C1" + ORDER, "]C1XX" + "0" * 17 + "XXXXXX"[:6], "]C1 code of 28 bytes (invented)"),
        ("Zhang 3", "Xxxxx 0", "code of 7 bytes (invented)"),
        ("张三é𠮷1", "某某é𠀀0", "code of 13 bytes (invented)"),
        ("\x02123\x03", "\x02120\x03", "code of 5 bytes (invented)"),
    ],
)
def test_of_a_code_the_kind_is_kept(code: str, kept: str, words: str) -> None:
    raw = code.encode() + b"\r\n"
    for size in (1, 3, 100):
        pieces = [(IN, raw[at : at + size]) for at in range(0, len(raw), size)]
        notes = notes_of(CdcScribe(), pieces)
        all_is_noted(pieces, notes)
        assert kept_of(notes, IN) == kept.encode() + b"\r\n"
        assert [x.meaning for x in notes if "invented" in x.meaning] == [words]


@pytest.mark.parametrize("raw", [b"\xff\xfe1\r", b"A\x1bB\r", b"1" * 1025 + b"\r", b"\xe4\xb8\r"])
def test_what_cannot_be_read_still_cannot_be(raw: bytes) -> None:
    notes = CdcScribe().feed(IN, raw)
    assert notes[0].meaning.startswith("unreadable")
    (code,) = lines.Decoder().feed(kept_of(notes, IN))
    assert code.kind == "unreadable"


def _kinds(driver: Driver) -> list[tuple[str, str, int]]:
    found = [x.what for x in driver.take_reports() if isinstance(x, Notice)]
    return [(x.kind, x.aim, len(x.text)) for x in found if isinstance(x, Scanned)]


@pytest.mark.parametrize("kind", ["cdc_scanner", "hid_scanner"])
def test_a_noted_life_of_a_scanner_can_be_lived_again(kind: str) -> None:
    driver: Driver = HidScanner() if kind == "hid_scanner" else CdcScanner()
    ear = driver.tap = Ear()
    twin = KeyTwin if kind == "hid_scanner" else lambda _: Scanner()
    pair = Pair(driver, lambda _, faults: twin(faults))
    for code in (BILL, PAYMENT, ORDER, "a-Z 9/"):
        pair.model.act("scan", {"code": code, "aim": "]Q1"})
        pair.wait(2)
    if kind == "hid_scanner":
        for fault in ("syn_dropped", "stuck_shift", "half_code", "caps_lock", "key_repeats"):
            pair.strike(fault, count=1)
            pair.model.act("scan", {"code": ORDER})
            pair.wait(2)
    notes = notes_of(registry.scribe(kind), ear.heard)
    all_is_noted(ear.heard, notes)
    told = [x.what for x in pair.reports if isinstance(x, Notice)]
    want = [(x.kind, x.aim, len(x.text)) for x in told if isinstance(x, Scanned)]
    again = registry.factory(kind, {})()
    again.opened(0.0)
    for number, note in enumerate(notes):
        again.receive(note.data or b"", number * 0.001)
    again.tick(1e6)
    assert _kinds(again) == want
    assert ("payment_code", "]Q1", 0) in want
    kept = kept_of(notes, IN)
    for code in (BILL, PAYMENT, ORDER):
        assert code.encode() not in kept
    words = "; ".join(x.meaning for x in notes)
    assert "payment code of 20 bytes (invented)" in words


def test_no_key_of_a_code_stands_in_a_recording() -> None:
    """Two codes of one form are noted with the same keys."""
    kept = []
    for code in ("2811111111111117", "2898765432109876"):
        pair = Pair(HidScanner(), lambda _, faults: KeyTwin(faults))
        ear = pair.driver.tap = Ear()
        pair.model.act("scan", {"code": code})
        pair.wait(2)
        kept.append(kept_of(notes_of(HidScribe(), ear.heard), IN))
    assert kept[0] == kept[1]


@pytest.mark.parametrize("name", registry.names())
@pytest.mark.parametrize("count", DRIVER_TIERS)
def test_any_bytes_are_noted_and_counted(name: str, count: int, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(count):
        makers = (
            streams.noise,
            streams.ecr_frame,
            streams.scanner_line,
            streams.printer_bytes,
            lambda rng: b"".join(encode((Text("张三 96.30"), Qr("SX1"), Cut()))),  # noqa: ARG005
            lambda rng: typed(rng.choice((BILL, ORDER))),
        )
        raw = b"".join(rng.choice(makers)(rng) for _ in range(4))
        way = rng.choice((IN, OUT))
        heard = [(way, piece) for piece in streams.pieces(rng, streams.damaged(rng, raw))]
        notes = notes_of(registry.scribe(name), heard)
        assert all(x.data is None or len(x.data) == x.length for x in notes)
        if name in ("ecr_hub", "escpos_serial", "escpos_usb", "cdc_scanner", "hid_scanner"):
            all_is_noted(heard, notes)
