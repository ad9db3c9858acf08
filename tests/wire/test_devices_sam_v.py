"""The ID-card reader SAM_V (protocol, 5a), by bytes and against its twin."""

from __future__ import annotations

import random

import pytest

from devices.driver import Completed, StatusChanged
from devices.id_reader import codec as c
from devices.id_reader.driver import Identify, ReadCard, SamVReader
from devices.id_reader.scribe import SamVScribe, invented_reading
from devices.status import Cancelled, Failed, Level, Status, Success, TimedOut
from devices.trace import Direction
from sim.devices.id_reader import PERSON, IdReader
from tests.support.pair import Pair

FRAMES = {
    c.STATUS: "aaaaaa9669000311ffed",
    c.SAM_ID: "aaaaaa9669000312ffee",
    c.FIND: "aaaaaa96690003200122",
    c.SELECT: "aaaaaa96690003200221",
    c.READ: "aaaaaa96690003300132",
}
FOUND, NONE = "aaaaaa9669000800009f0000000097", "aaaaaa9669000400008084"
SELECTED = "aaaaaa9669000c00009000000000000000009c"


class Desk(Pair):
    """A reader that is ready; ``twin`` is its machine."""

    def __init__(self, *faults: str) -> None:
        super().__init__(SamVReader(), lambda _, faults: IdReader(faults))
        assert isinstance(self.model, IdReader)
        self.twin = self.model
        self.until_ready()
        self.strike(*faults, count=1)

    def said(self, word: bytes) -> int:
        return sum(data == c.encode(word) for _, data in self.sent)


def _identity(end: object) -> c.Identity:
    assert isinstance(end, Success)
    assert isinstance(end.value, c.Identity)
    return end.value


def test_frames_byte_by_byte() -> None:
    assert {word: c.encode(word).hex() for word in FRAMES} == FRAMES
    answers = [c.Decoder().feed(bytes.fromhex(x))[0] for x in (FOUND, NONE, SELECTED)]
    assert answers == [c.Answer(0x9F, bytes(4)), c.Answer(0x80), c.Answer(0x90, bytes(8))]
    reading = invented_reading()
    assert len(reading) == 1295
    assert reading[5:14] == bytes.fromhex("050800009001000400")


def test_any_split_and_noise_between() -> None:
    noise = bytes.fromhex("aaaaaaaa96aaaa")
    whole = noise + bytes.fromhex(FOUND) + noise + invented_reading() + bytes.fromhex(NONE)
    for cut in (*range(60), *range(60, len(whole), 37)):
        decoder = c.Decoder()
        found = decoder.feed(whole[:cut]) + decoder.feed(whole[cut:])
        said = [x for x in found if not isinstance(x, c.Noise)]
        assert [type(x) for x in said] == [c.Answer, c.CardText, c.Answer], cut
        assert decoder.pending == 0


@pytest.mark.parametrize(
    ("number", "good"),
    [
        ("310101185001010007", True),
        ("310101185001010008", False),
        ("310101185001010015", True),
        ("31010118500101001", False),
        ("3101011850010100A5", False),
        ("31010118500101004X", True),
    ],
)
def test_the_check_digit_by_worked_examples(number: str, *, good: bool) -> None:
    assert c.number_is_good(number) is good


def test_a_card_that_lies_there_is_read_once() -> None:
    pair = Desk()
    pair.twin.act("lay", {})
    pair.submit(1, ReadCard())
    identity = _identity(pair.end(1))
    assert identity.name == PERSON["name"]
    assert identity.address == PERSON["address"]
    assert identity.number[:17] == PERSON["number"]
    assert identity.valid_until == "长期"
    assert pair.progress() == ["found"]
    words = [data for _, data in pair.sent]
    order = [words.index(c.encode(x)) for x in (c.FIND, c.SELECT, c.READ)]
    assert order == sorted(order)
    pair.submit(2, ReadCard(wait_s=5))
    assert pair.end(2) == TimedOut(), "it must be lifted first"
    pair.twin.act("lift", {})
    pair.twin.act("lay", {})
    pair.submit(3, ReadCard())
    _identity(pair.end(3))


def test_a_card_that_comes_later_and_one_that_never_comes() -> None:
    pair = Desk()
    pair.submit(1, ReadCard())
    pair.wait(4)
    assert pair.ends() == {}
    pair.twin.act("lay", {"name": "测试乙"})
    assert _identity(pair.end(1)).name == "测试乙"
    pair.twin.act("lift", {})
    began = pair.now
    pair.submit(2, ReadCard(wait_s=10))
    assert pair.end(2) == TimedOut()
    assert 10 <= pair.now - began <= 11.5


def test_nothing_of_a_card_is_kept_or_shown() -> None:
    pair = Desk()
    pair.twin.act("lay", {})
    pair.submit(1, ReadCard())
    pair.end(1)
    secrets = (PERSON["name"], PERSON["number"], PERSON["address"])
    assert not any(x in repr(pair.reports) for x in secrets)
    pair.reports.clear()
    assert not any(x in repr(_everything(pair.driver)) for x in secrets)


def _everything(thing: object, depth: int = 6) -> list[object]:
    """What can be reached from an object, as far as it matters here."""
    if depth == 0 or isinstance(thing, str | bytes | int | float | type(None)):
        return [thing]
    if isinstance(thing, dict):
        inner = [*thing.keys(), *thing.values()]
    elif isinstance(thing, list | tuple | set):
        inner = list(thing)
    elif hasattr(thing, "__dataclass_fields__"):
        inner = [getattr(thing, x) for x in thing.__dataclass_fields__]
    else:
        inner = list(vars(thing).values()) if hasattr(thing, "__dict__") else []
    return [x for each in inner for x in _everything(each, depth - 1)]


@pytest.mark.parametrize("fault", ["select_fails", "read_fails", "corrupt_read"])
def test_a_reading_that_fails_is_begun_anew_from_find(fault: str) -> None:
    pair = Desk(fault)
    pair.twin.act("lay", {})
    pair.submit(1, ReadCard())
    if fault == "corrupt_read":
        pair.until(lambda: pair.said(c.FIND) > 1)
        pair.twin.act("lift", {})
        pair.twin.act("lay", {})
    _identity(pair.end(1))
    assert pair.said(c.FIND) >= 2


def test_a_card_that_cannot_be_read_at_all() -> None:
    pair = Desk()
    pair.strike("read_fails", count=3)
    pair.twin.act("lay", {})
    pair.submit(1, ReadCard())
    assert pair.end(1) == Failed("41", "the card could not be read")


def test_a_wrong_check_digit_and_another_layout_are_said() -> None:
    pair = Desk()
    pair.twin.act("lay", {"number": "310101185001010000"})
    pair.submit(1, ReadCard())
    end = pair.end(1)
    assert isinstance(end, Failed)
    assert end.code == "check_digit"
    pair.twin.act("lift", {})
    pair.twin.act("lay", {"kind": "I"})
    pair.submit(2, ReadCard())
    end = pair.end(2)
    assert isinstance(end, Failed)
    assert end.code == "other_layout"


def test_identify_and_cancel() -> None:
    pair = Desk()
    pair.submit(1, Identify())
    assert pair.end(1) == Success(bytes(range(16)).hex())
    pair.submit(2, ReadCard())
    pair.wait(2)
    pair.cancel(2)
    assert pair.end(2) == Cancelled()
    pair.twin.act("lay", {})
    pair.wait(10)
    assert pair.twin.reads == 0


def test_silence_is_unavailable_and_ends_who_waits() -> None:
    pair = Desk()
    pair.strike("silent", count=6)
    pair.submit(1, ReadCard())
    assert pair.end(1) == TimedOut()
    assert pair.driver.status == Status(Level.UNAVAILABLE, "no_answer")
    pair.until_ready()


def test_without_a_word_it_is_never_ready() -> None:
    pair = Pair(SamVReader(), lambda _, faults: IdReader(faults), "silent")
    pair.submit(1, ReadCard())
    pair.wait(60)
    levels = {x.status.level for x in pair.reports if isinstance(x, StatusChanged)}
    assert Level.READY not in levels
    assert set(pair.ends()) == {1}


def test_a_cable_pulled_in_the_middle_and_put_back() -> None:
    pair = Desk()
    pair.twin.act("lay", {})
    pair.submit(1, ReadCard())
    pair.until(lambda: pair.said(c.READ) == 1)
    pair.unplug()
    assert pair.end(1) == Failed("not_connected", "the reader is gone")
    pair.wait(3)
    pair.plug()
    pair.until_ready()


def test_what_is_noted_is_nobodys() -> None:
    pair = Desk()
    pair.twin.act("lay", {})
    heard = []
    for word in (c.FIND, c.SELECT, c.READ):
        pair.twin.receive(c.encode(word))
        pair.twin.advance(2)
        heard.append(pair.twin.take_output())
    scribe = SamVScribe()
    notes = [x for data in heard for x in scribe.feed(Direction.IN, data)]
    assert [x.length for x in notes] == [len(x) for x in heard]
    kept = b"".join(x.data or b"" for x in notes)
    assert PERSON["name"].encode("utf-16-le") not in kept
    assert PERSON["address"].encode("utf-16-le") not in kept
    (card,) = c.Decoder().feed(notes[-1].data or b"")
    assert isinstance(card, c.CardText)
    assert card.identity is not None
    assert c.number_is_good(card.identity.number)
    assert scribe.feed(Direction.OUT, c.encode(c.READ))[0].meaning == "read"
    assert scribe.feed(Direction.IN, heard[-1][:40]) == []
    assert [(x.length, x.data) for x in scribe.flush()] == [(40, None)]


def test_any_bytes_are_borne(seed: int) -> None:
    rng = random.Random(seed)
    good = [bytes.fromhex(x) for x in (FOUND, NONE, SELECTED)] + [invented_reading()]
    for _ in range(120):
        driver, now, number = SamVReader(), 0.0, 0
        driver.opened(now)
        ends: list[int] = []
        for _ in range(rng.randrange(1, 12)):
            data = bytearray(rng.choice(good))
            if rng.random() < 0.4:
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            driver.receive(bytes(data[: rng.randrange(1, len(data) + 1)]), now)
            if rng.random() < 0.4:
                number += 1
                driver.submit(number, rng.choice((ReadCard(), Identify())), now)
            now += rng.random() * 3
            driver.tick(now)
            driver.take_output()
            ends += [x.command_id for x in driver.take_reports() if isinstance(x, Completed)]
        driver.lost(now, "unplugged")
        ends += [x.command_id for x in driver.take_reports() if isinstance(x, Completed)]
        assert sorted(ends) == list(range(1, number + 1))
