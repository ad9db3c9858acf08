"""ZVT's bytes: APDUs, blocks, fields, messages (payment terminal protocols, 1.2)."""

from __future__ import annotations

import binascii

import pytest

from devices.payment_terminal import zvt_apdu, zvt_block
from devices.payment_terminal import zvt_fields as f
from devices.payment_terminal import zvt_messages as m
from devices.payment_terminal.zvt_apdu import Apdu

# From an independent implementation (EUR).
INDEPENDENT = {
    "060006123456ba0978": "1002060006123456ba0978100324c3",
    "06010a04000000011000490978": "100206010a04000000011010004909781003f2ff",
    "067000": "10020670001003d9f9",
    "800000": "10028000001003f51f",
    "849c00": "1002849c001003c341",
}
# Worked frames of the protocol file.
WORKED = {
    m.registration("000000", 0xBE): "1002060006000000be01561003ddd5",
    m.authorisation(3450): "100206010a04000000003450490156100368ff",
    Apdu(0x0601, bytes.fromhex("04000000001010")): "10020601070400000000101010101003f304",
    m.reversal("000000", "0001"): "1002063006000000870001 1003c2ac",
    m.with_password(0x0650, "000000"): "10020650030000001003fb37",
    m.with_password(0x0501, "000000"): "10020501030000001003dfdb",
    m.ABORT: "100206b000100343f3",
    m.DONE: "10028000001003f51f",
    Apdu(0x061E, b"\x6c"): "1002061e016c1003c9f2",
    Apdu(
        0x040F, bytes.fromhex("2700040000000034500b0000010c2037200d1122")
    ): "1002040f142700040000000034500b0000010c2037200d112210038936",
    m.WAIT: "1002849c001003c341",
    m.REJECT: "10028466001003 8dbe",
}
OFFER = Apdu(0x040F, bytes.fromhex("2700040000000034500b0000010c2037200d1122"))


def block_of(apdu: Apdu) -> bytes:
    return zvt_block.encode(zvt_apdu.encode(apdu))


@pytest.mark.parametrize(("apdu", "frame"), INDEPENDENT.items())
def test_blocks_of_an_independent_implementation(apdu: str, frame: str) -> None:
    assert zvt_block.encode(bytes.fromhex(apdu)).hex() == frame
    assert zvt_block.Decoder().feed(bytes.fromhex(frame)) == [zvt_block.Block(bytes.fromhex(apdu))]


@pytest.mark.parametrize(("apdu", "frame"), WORKED.items())
def test_worked_frames(apdu: Apdu, frame: str) -> None:
    raw = bytes.fromhex(frame)
    assert block_of(apdu) == raw
    (found,) = zvt_block.Decoder().feed(raw)
    assert isinstance(found, zvt_block.Block)
    assert zvt_apdu.parse(found.apdu) == apdu


def test_the_crc_is_kermit() -> None:
    assert zvt_block.crc(b"123456789") == 0x2189  # the catalogue's check value
    assert zvt_block.crc(b"") == 0
    assert binascii.crc_hqx(b"123456789", 0) == 0x31C3, "the mirrored one is XMODEM"


def test_any_split_of_a_stream_of_blocks_says_the_same() -> None:
    frames = [bytes.fromhex(x) for x in WORKED.values()]
    raw = b"\xff\x10" + b"\x06".join(frames) + b"\x15"
    whole = _read(zvt_block.Decoder(), [raw])
    blocks = [x for x in whole if isinstance(x, zvt_block.Block)]
    assert len(blocks) == len(frames)
    for cut in range(len(raw)):
        assert _read(zvt_block.Decoder(), [raw[:cut], raw[cut:]]) == whole, cut
    assert _read(zvt_block.Decoder(), [bytes((x,)) for x in raw]) == whole


def _read(decoder: zvt_block.Decoder, pieces: list[bytes]) -> list[zvt_block.Piece]:
    """Without the noise: how that is cut into pieces depends on the split."""
    found = [x for piece in pieces for x in decoder.feed(piece)] + decoder.give_up()
    return [x for x in found if not isinstance(x, zvt_block.Noise)]


def test_a_block_that_was_cut_off_is_damaged_and_the_next_one_is_read() -> None:
    good = block_of(OFFER)
    whole = zvt_block.Block(zvt_apdu.encode(OFFER))
    for cut in range(2, len(good)):
        found = _read(zvt_block.Decoder(), [good[:cut] + good])
        # A cut behind a 10 makes the next block's first 10 a doubled one, and one before the CRC
        # makes its beginning the CRC: both cost a NAK.
        lost = good[cut - 1] == zvt_block.DLE or cut >= len(good) - 2
        assert (found[-1] == whole) == (not lost), cut
        assert isinstance(found[0], zvt_block.Damaged), cut
    decoder = zvt_block.Decoder()
    decoder.feed(good[:9])
    assert decoder.pending == 9
    assert decoder.give_up() == [zvt_block.Damaged(9)]
    assert decoder.feed(good) == [zvt_block.Block(zvt_apdu.encode(OFFER))]


@pytest.mark.parametrize("bit", range(8))
def test_every_flipped_bit_is_noticed(bit: int) -> None:
    good = block_of(OFFER)
    for at in range(len(good)):
        spoilt = good[:at] + bytes((good[at] ^ 1 << bit,)) + good[at + 1 :]
        assert not any(
            isinstance(x, zvt_block.Block) for x in _read(zvt_block.Decoder(), [spoilt])
        ), at


def test_a_block_never_grows_without_end() -> None:
    decoder = zvt_block.Decoder()
    found = decoder.feed(b"\x10\x02" + bytes(zvt_block.LONGEST + 1))
    assert found[0] == zvt_block.Damaged(zvt_block.LONGEST + 3)
    assert decoder.pending == 0


@pytest.mark.parametrize("size", [0, 1, 254, 255, 256, 65535])
def test_lengths_of_one_byte_and_of_three(size: int) -> None:
    apdu = Apdu(0x040F, bytes(size))
    raw = zvt_apdu.encode(apdu)
    assert len(raw) == size + (3 if size < 255 else 5)
    assert zvt_apdu.parse(raw) == apdu
    assert zvt_apdu.parse(raw + b"\0") is None
    assert zvt_apdu.Decoder().feed(raw) == [apdu]
    with pytest.raises(ValueError, match="at most"):
        zvt_apdu.encode(Apdu(0x040F, bytes(65536)))


def test_plain_apdus_in_any_split() -> None:
    apdus = list(WORKED)
    raw = b"\xff\x01" + b"".join(map(zvt_apdu.encode, apdus))
    for cut in range(len(raw)):
        decoder = zvt_apdu.Decoder()
        found = decoder.feed(raw[:cut]) + decoder.feed(raw[cut:])
        assert [x for x in found if isinstance(x, Apdu)] == apdus, cut
        assert decoder.pending == 0
    decoder = zvt_apdu.Decoder()
    decoder.feed(b"\x04\x0f\xff\xff")
    assert decoder.give_up() == [zvt_apdu.Noise(4)]


def test_fields_of_every_kind_of_length() -> None:
    long_text = b"x" * 123
    data = b"\x27\x00" + b"\x22\xf0\xf8" + bytes.fromhex("6725eeeeeeee0018")
    data += b"\x3c\xf1\xf2\xf3" + long_text
    data += b"\x06\x81\x80" + bytes(128) + b"\x06\x82\x01\x00" + bytes(256)
    data += b"\x04" + f.bcd(1, 6)
    found = list(f.fields(data))
    assert [x.number for x in found] == [0x27, 0x22, 0x3C, 0x06, 0x06, 0x04]
    assert [len(x.value) for x in found] == [1, 8, 123, 128, 256, 6]
    assert all(data[x.at : x.at + len(x.value)] == x.value for x in found)
    assert f.read_to(data) == len(data)
    assert f.ll(b"a" * 10)[:2] == b"\xf1\xf0"
    with pytest.raises(ValueError, match="digits"):
        f.ll(bytes(100))


@pytest.mark.parametrize(
    "tail",
    ["fe", "0400", "22f0fa00", "22f9f900", "06", "0683000001", "0681", "3cf0f0"],
)
def test_behind_what_cannot_be_read_nothing_is_known(tail: str) -> None:
    data = b"\x27\x00" + bytes.fromhex(tail)
    assert [x.number for x in f.fields(data)] == [0x27]
    assert f.read_to(data) == 2
    said = m.decode(Apdu(0x040F, data))
    assert isinstance(said, m.StatusInfo)
    assert not said.whole


def test_a_status_in_words() -> None:
    said = m.decode(OFFER)
    assert said == m.StatusInfo(
        result=0, amount_fen=3450, trace="000001", time="203720", date="1122"
    )


@pytest.mark.parametrize(
    ("pan", "masked"),
    [
        ("6725eeeeeeee0018", "****0018"),  # masked by the terminal
        ("9900000000000018", "****0018"),  # not masked at all
        ("990000000000001f", "****0001"),  # an odd number of digits
        ("eeeeeeeeeeeeeeee", "****"),
        ("12345f", "****"),  # too short for even four
        ("", ""),
    ],
)
def test_of_a_card_number_only_the_last_four_digits_leave_the_decoder(
    pan: str, masked: str
) -> None:
    value = bytes.fromhex(pan)
    field = b"\x22" + f.ll(value) if value else b""
    said = m.decode(Apdu(0x040F, b"\x27\x00" + field))
    assert isinstance(said, m.StatusInfo)
    assert said.card_masked == masked


def test_tracks_expiry_and_containers_leave_nothing() -> None:
    card = bytes.fromhex("9900000000000018")
    data = b"\x27\x00\x23" + f.ll(card) + b"\x24" + f.ll(card, 3) + b"\x2d" + f.ll(card)
    data += b"\x0e\x30\x12\x3a\x12\x3f\x06\x0a\x1f\x45\x07" + card[:7]
    data += b"\x8b" + f.ll(b"Card 9900000000000018\0")
    said = repr(m.decode(Apdu(0x040F, data)))
    assert "990000" not in said
    assert "3012" not in said
    assert m.decode(Apdu(0x06D1, b"\x00CARD 9900000000000018")) == m.Print()


def test_intermediate_states_may_ask_for_patience() -> None:
    assert m.decode(Apdu(0x04FF, b"\x0a")) == m.Intermediate(10)
    assert m.decode(Apdu(0x04FF, b"\x0a\x05")) == m.Intermediate(10, 300.0)
    assert m.decode(Apdu(0x04FF, b"\x0a\x00")) == m.Intermediate(10)
    assert m.decode(Apdu(0x04FF)) == m.Intermediate()
    assert m.decode(Apdu(0x061E)) == m.Aborted(None)
    assert m.decode(Apdu(0x0F0F)) == m.Unknown(0x0F0F)


def test_goods_in_part() -> None:
    assert zvt_apdu.encode(m.partly(1010)).hex() == "849d0704000000001010"
    assert zvt_apdu.encode(m.authorisation(100, goods_wait_s=60, most_asks=9)).hex() == (
        "06010e04000000000100490156013c0209"
    )
