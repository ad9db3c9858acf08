"""Recordings of a ZVT terminal hold the protocol and nobody's card, and play again."""

from __future__ import annotations

from pathlib import Path

import pytest

from devices import registry
from devices.payment_terminal import zvt_apdu, zvt_block
from devices.payment_terminal import zvt_commands as z
from devices.payment_terminal import zvt_fields as f
from devices.payment_terminal import zvt_messages as m
from devices.payment_terminal.zvt_apdu import Apdu
from devices.payment_terminal.zvt_scribe import ZvtScribe, scrubbed
from devices.recording import recorder
from devices.replay import Replay, Replayed, read
from devices.trace import Direction
from tests.support.zvt_pair import FEN, ORDER, Counter, Framing

CARD = "1010101010101018"
SECRETS = (CARD, "9900000000000018", "3012", "10101", "654321")


def status(pan: str = CARD) -> Apdu:
    """A status with everything in it that a card can bring."""
    card = bytes.fromhex(pan)
    data = b"\x27\x00\x04" + f.bcd(3450, 6) + b"\x0b\x00\x01\x02\x0e\x30\x12"
    data += b"\x22" + f.ll(card) + b"\x23" + f.ll(card) + b"\x24" + f.ll(card, 3)
    data += b"\x2d" + f.ll(card) + b"\x3a\x12\x3f\x06\x0b\x1f\x45\x08" + card
    data += b"\x87\x00\x22\x8b" + f.ll(b"Card 10101\0")
    return Apdu(0x040F, data)


def test_nothing_of_a_card_is_noted_and_the_block_stays_whole() -> None:
    raw = zvt_block.encode(zvt_apdu.encode(status()))
    (note,) = ZvtScribe().feed(Direction.IN, raw)
    assert note.data is not None
    assert note.length == len(raw) == len(note.data)
    (block,) = zvt_block.Decoder().feed(note.data)
    assert isinstance(block, zvt_block.Block), "its CRC is good"
    apdu = zvt_apdu.parse(block.apdu)
    assert apdu is not None
    kept = {x.number: x.value for x in f.fields(apdu.data)}
    assert kept[f.AMOUNT] == f.bcd(3450, 6)
    assert kept[f.TRACE].hex() == "000102"
    for number in f.SENSITIVE | {f.CARD_NAME}:
        assert not any(x not in (0x00, 0x10) for x in kept[number]), number
    assert note.meaning == "status result 00 3450 fen trace 000102"


@pytest.mark.parametrize("pan", ["6725eeeeeeee0018", "e1eeeeeeeeee00ef", "10e01eee1010101f"])
def test_a_masked_number_stays_masked_where_it_was(pan: str) -> None:
    before, after = status(pan), scrubbed(status(pan))
    assert after is not None
    old, new = (
        next(x.value for x in f.fields(a.data) if x.number == f.PAN) for a in (before, after)
    )
    assert new.count(0x10) >= old.count(0x10) - 1
    for one, other in zip(old.hex(), new.hex(), strict=True):
        assert (other == one) if one in "ef" else other in "01"


def test_passwords_are_not_noted() -> None:
    for apdu in (m.registration("654321", 0x3E), m.reversal("654321", "0022")):
        safe = scrubbed(apdu)
        assert safe is not None
        assert "654321" not in safe.data.hex()
        assert len(safe.data) == len(apdu.data)
        assert safe.data[3:] == apdu.data[3:]


@pytest.mark.parametrize(
    "apdu",
    [
        Apdu(0x06D1, b"\x00CARD 9900000000000018"),
        Apdu(0x06D3, b"\x06\x03\x25\x01x"),
        Apdu(0x0F0F, b"9900000000000018"),
        Apdu(0x040F, b"\x27\x00\xfe9900000000000018"),
    ],
)
def test_of_what_cannot_be_read_only_the_length_is_kept(apdu: Apdu) -> None:
    raw = zvt_block.encode(zvt_apdu.encode(apdu))
    (note,) = ZvtScribe().feed(Direction.IN, raw)
    assert (note.data, note.length) == (None, len(raw))


def test_noise_and_halves_are_noted_by_their_length() -> None:
    scribe = ZvtScribe()
    raw = zvt_block.encode(zvt_apdu.encode(status()))
    notes = scribe.feed(Direction.IN, b"\xff\xff" + raw[:-1] + b"\x00" + raw[:20])
    assert [(x.length, x.data) for x in notes] == [(2, None), (len(raw), None)]
    assert [(x.length, x.data) for x in scribe.flush()] == [(20, None)]
    assert scribe.flush() == []


def _lived(path: Path, framing: Framing, *faults: str) -> Replayed:
    name = "zvt" if framing == "blocks" else "zvt_tcp"
    settings: dict[str, object] = {"password": "000000"}
    counter = Counter(framing, *faults, ready=False)
    tap = recorder(path, name, settings)
    counter.unplug()
    counter.driver.tap = tap
    counter.plug()
    counter.until_ready()
    number = counter.offered()
    if number not in counter.ends():
        counter.ask(z.Commit(ORDER))
    counter.end(number)
    counter.until_ready()
    counter.do(z.Query(ORDER, FEN, "000101", "0021", committed=True))
    counter.do(z.Reversal("0022", "000102", FEN))
    counter.wait(130)
    counter.unplug()
    counter.plug()
    counter.wait(2)
    counter.driver.lost(counter.now, "stopped")
    counter.driver.take_reports()
    tap.close()
    head, lines = read(iter(path.read_bytes().splitlines(keepends=True)))
    again = registry.factory(head.driver, head.settings)()
    return Replay(again, registry.scribe(head.driver)).run(lines)


@pytest.mark.parametrize(
    "fault", ["", "decline", "completion_lost", "status_twice", "unmasked_pan"]
)
@pytest.mark.parametrize("framing", ["blocks", "plain"])
def test_a_recorded_life_plays_again(framing: Framing, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "terminal.jsonl"
    result = _lived(path, framing, *([fault] if fault else []))
    assert result.differences == []
    assert result.gaps == 0
    said = path.read_text()
    assert not [x for x in SECRETS if x in said]
    assert "status result 00 3450 fen trace 000102" in said or fault == "decline"


def test_a_password_in_the_settings_is_not_written_down(tmp_path: Path) -> None:
    tap = recorder(tmp_path / "x.jsonl", "zvt", {"password": "654321"})
    tap.close()
    assert "654321" not in (tmp_path / "x.jsonl").read_text()
