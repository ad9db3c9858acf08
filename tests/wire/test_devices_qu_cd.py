"""The booklet dispenser QU-CD-720M/820M (protocol, 5b), by bytes and against its twin."""

from __future__ import annotations

import random

import pytest

from devices.booklet_dispenser import codec as c
from devices.booklet_dispenser.driver import (
    Capture,
    Dispense,
    Fate,
    Look,
    Place,
    QuCdDispenser,
    Resolve,
)
from devices.booklet_dispenser.scribe import QuCdScribe
from devices.driver import Completed, StatusChanged
from devices.status import Cancelled, Failed, Level, OutcomeUnknown, Status, Success, TimedOut
from devices.trace import Direction
from sim.devices.booklet_dispenser import BookletDispenser
from tests.support.pair import Pair

# From the maker's manual.
FRAMES = {
    c.DISPENSE: "0244430306",
    c.CAPTURE: "0243500312",
    c.STATE: "0252460315",
    c.RESET: "0253540306",
    c.POLL: "0250420313",
    c.CLEAR: "0250430312",
}
READY, EMPTY, JAMMED = "0253463030300324", "025346303038032c", "0253463032300326"
DC, ENQ = bytes.fromhex("0244430306"), b"\x05"


def flags(text: str) -> bytes:
    """An answer to PB with these three digits."""
    body = b"\x02PB" + text.encode() + b"\x03"
    check = 0
    for byte in body:
        check ^= byte
    return body + bytes((check,))


class Cabin(Pair):
    """A dispenser that is ready; ``twin`` is its machine."""

    def __init__(self, *faults: str) -> None:
        super().__init__(QuCdDispenser(take_s=10), lambda _, faults: BookletDispenser(faults))
        assert isinstance(self.model, BookletDispenser)
        self.twin = self.model
        self.until_ready()
        self.strike(*faults, count=1)

    def until_out(self) -> None:
        self.until(lambda: Place.AT_TAKE in self.progress())

    def commits(self) -> int:
        """How often ENQ followed DC."""
        said = [data for _, data in self.sent]
        return sum(
            data == ENQ and next(x for x in reversed(said[:at]) if x != ENQ) == DC
            for at, data in enumerate(said)
        )


def test_frames_byte_by_byte() -> None:
    assert {word: c.encode(word).hex() for word in FRAMES} == FRAMES
    for text, digits in ((READY, "000"), (EMPTY, "008"), (JAMMED, "020")):
        assert c.Decoder().feed(bytes.fromhex(text)) == [c.State(digits)]
    assert c.Decoder().feed(flags("001")) == [c.Flags(ready=True)]
    assert c.Decoder().feed(flags("080")) == [c.Flags(taken=True)]
    every = c.Decoder().feed(flags("???"))
    assert every == [c.Flags(*(True,) * 12)]


def test_any_split_and_noise_between() -> None:
    whole = b"\x02\x02P" + flags("141") + b"\xff\x02PB9" + b"\x06" + flags("001") + b"\x15"
    want = [c.Flags(bin_full=True, called_back=True, ready=True), c.Ack(), c.Flags(ready=True)]
    for cut in range(len(whole)):
        decoder = c.Decoder()
        found = decoder.feed(whole[:cut]) + decoder.feed(whole[cut:])
        while decoder.pending:
            found += decoder.give_up()
        assert [x for x in found if not isinstance(x, c.Noise)] == [*want, c.Nak()], cut


def test_nothing_is_asked_of_it_before_it_has_acknowledged() -> None:
    pair = Cabin()
    assert [data for _, data in pair.sent] == [c.encode(c.POLL), ENQ]
    assert pair.sent[0][0] < pair.sent[1][0]


def test_a_booklet_that_is_taken() -> None:
    pair = Cabin()
    pair.submit(1, Dispense())
    pair.until_out()
    assert pair.ends() == {}
    pair.twin.act("take", {})
    assert pair.end(1) == Success(Fate.TAKEN)
    assert pair.progress() == [Place.MOVING, Place.AT_TAKE]
    assert (pair.twin.dispenses, pair.twin.out, pair.commits()) == (1, 1, 1)
    pair.submit(2, Dispense())
    pair.until(lambda: pair.progress().count(Place.AT_TAKE) == 2)
    pair.twin.act("take", {})
    assert pair.end(2) == Success(Fate.TAKEN), "the flag of the first says nothing of the second"
    assert pair.twin.out == 2


def test_a_dispenser_that_clears_its_flags_without_a_word() -> None:
    """The manual says that ENQ executes or answers, and not which of them a PC gets."""
    pair = Cabin()
    enquired = pair.twin._enquired

    def wordless() -> None:
        if pair.twin._waiting == c.CLEAR:
            pair.twin._waiting, pair.twin.taken, pair.twin.called_back = None, False, False
        else:
            enquired()

    pair.twin._enquired = wordless  # type: ignore[method-assign]
    for number in (1, 2):
        pair.submit(number, Dispense())
        pair.until(lambda n=number: pair.progress().count(Place.AT_TAKE) == n)  # type: ignore[misc]
        pair.twin.act("take", {})
        assert pair.end(number) == Success(Fate.TAKEN)
        pair.wait(3)
        assert not pair.twin.taken
        assert pair.driver.status.level is Level.READY
    assert (pair.twin.out, pair.commits()) == (2, 2)


@pytest.mark.parametrize("taken", [True, False])
def test_an_end_that_was_told_cannot_be_taken_for_the_next_ones(taken: bool) -> None:
    """Another start, another order, and nothing dispensed for it: its flags are not the last's."""
    pair = Cabin()
    pair.submit(1, Dispense())
    pair.until_out()
    if taken:
        pair.twin.act("take", {})
    pair.end(1)
    pair.wait(2)
    assert not (pair.twin.taken or pair.twin.called_back)
    pair.unplug()
    pair.plug()
    pair.submit(2, Resolve())
    assert pair.end(2) == OutcomeUnknown("nothing_seen")
    assert pair.commits() == 1


def test_an_end_is_told_by_its_flags_until_somebody_has_heard_of_it() -> None:
    pair = Cabin()
    pair.submit(1, Dispense())
    pair.until_out()
    pair.unplug()
    pair.twin.act("take", {})
    pair.plug()
    pair.wait(30)
    assert pair.twin.taken, "nobody has asked yet"
    pair.submit(2, Resolve())
    assert pair.end(2) == Success(Fate.TAKEN)


def test_a_booklet_that_nobody_takes_is_called_back() -> None:
    pair = Cabin()
    pair.submit(1, Dispense())
    assert pair.end(1) == Failed("not_taken", "it was called back", Fate.CAPTURED)
    assert (pair.twin.bin, pair.twin.out) == (1, 0)
    assert pair.progress() == [Place.MOVING, Place.AT_TAKE, Place.CALLING_BACK]
    pair.until_ready()


def test_one_taken_at_the_last_moment_counts_as_taken() -> None:
    pair = Cabin("stays")
    pair.submit(1, Dispense())
    pair.until(lambda: Place.CALLING_BACK in pair.progress())
    pair.twin.act("take", {})
    assert pair.end(1) == Success(Fate.TAKEN)


def test_one_that_cannot_be_called_back_is_nobodys_knowledge() -> None:
    pair = Cabin("stays")
    pair.submit(1, Dispense())
    assert pair.end(1) == OutcomeUnknown("not_called_back")


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        ("jam", OutcomeUnknown("jammed")),
        ("failure", Failed("dispense_failure", "the dispenser says that none came out")),
    ],
)
def test_what_goes_wrong_on_the_way(fault: str, end: object) -> None:
    pair = Cabin(fault)
    pair.submit(1, Dispense())
    assert pair.end(1) == end
    assert pair.driver.status.level is Level.UNAVAILABLE
    pair.wait(110)
    assert pair.driver.status.level is Level.READY, "it resets itself, which proves nothing"
    assert pair.twin.dispenses == 1


def test_a_lost_acknowledgement_is_asked_for_again_and_one_booklet_comes() -> None:
    pair = Cabin()
    pair.submit(1, Dispense())
    pair.strike("ack_lost", count=1)
    pair.until_out()
    pair.twin.act("take", {})
    assert pair.end(1) == Success(Fate.TAKEN)
    assert (pair.twin.dispenses, pair.commits()) == (1, 1)


def test_a_dispense_that_was_never_heard_has_failed_for_certain() -> None:
    pair = Cabin()
    pair.strike("dispense_unheard", count=3)
    pair.submit(1, Dispense())
    assert pair.end(1) == TimedOut()
    assert [data for _, data in pair.sent].count(DC) == 3
    pair.wait(20)
    assert pair.twin.dispenses == pair.commits() == 0


def test_not_understood_is_said_again_and_then_is_a_failure() -> None:
    pair = Cabin()
    pair.strike("nak", count=3)
    pair.submit(1, Dispense())
    assert pair.end(1) == Failed("nak", "the dispenser doesn't understand")
    assert pair.twin.dispenses == 0
    pair.until_ready()


def test_lost_answers_are_asked_for_again() -> None:
    pair = Cabin()
    pair.submit(1, Dispense())
    pair.until(lambda: pair.commits() == 1)
    pair.strike("answer_lost", count=2)
    pair.until_out()
    pair.twin.act("take", {})
    assert pair.end(1) == Success(Fate.TAKEN)


@pytest.mark.parametrize("becomes", ["taken", "captured", "jammed"])
def test_a_lost_link_is_settled_by_asking(becomes: str) -> None:
    pair = Cabin("jam") if becomes == "jammed" else Cabin()
    pair.submit(1, Dispense())
    pair.until(lambda: pair.commits() == 1)
    pair.unplug()
    assert pair.end(1) == OutcomeUnknown("unplugged")
    pair.wait(5)
    if becomes == "taken":
        pair.twin.act("take", {})
    pair.plug()
    pair.submit(2, Resolve())
    want = {
        "taken": Success(Fate.TAKEN),
        "captured": Failed("not_taken", "it was called back", Fate.CAPTURED),
        "jammed": OutcomeUnknown("jammed"),
    }
    assert pair.end(2) == want[becomes]
    assert pair.twin.dispenses == pair.commits() == 1


def test_ready_alone_proves_nothing_after_a_lost_link() -> None:
    pair = Cabin("jam")
    pair.submit(1, Dispense())
    pair.until(lambda: pair.commits() == 1)
    pair.unplug()
    pair.wait(120)
    pair.plug()
    pair.submit(2, Resolve())
    assert pair.end(2) == OutcomeUnknown("nothing_seen")
    assert pair.twin.dispenses == 1


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_cable_pulled_at_any_moment_never_brings_two(cut: int) -> None:
    pair = Cabin()
    before = len(pair.sent)
    pair.submit(1, Dispense())
    pair.until(lambda: len(pair.sent) >= before + cut or 1 in pair.ends())
    pair.unplug()
    pair.wait(3)
    pair.plug()
    pair.wait(20)
    end = pair.ends()[1]
    assert isinstance(end, OutcomeUnknown) == (pair.commits() == 1)
    assert pair.twin.dispenses == pair.commits() <= 1


def test_who_cancels_before_anything_moved_gets_nothing() -> None:
    pair = Cabin()
    pair.submit(1, Dispense())
    pair.cancel(1)
    assert pair.end(1) == Cancelled()
    pair.wait(10)
    assert pair.twin.dispenses == 0


def test_who_cancels_later_leaves_no_booklet_behind() -> None:
    pair = Cabin()
    pair.submit(1, Dispense())
    pair.until_out()
    pair.cancel(1)
    assert pair.end(1) == Failed("not_taken", "it was called back", Fate.CAPTURED)


def test_every_flag_is_a_status() -> None:
    want = {
        "001": Status(Level.READY),
        "011": Status(Level.ATTENTION, "low"),
        "000": Status(Level.UNAVAILABLE, "not_ready"),
        "008": Status(Level.UNAVAILABLE, "empty"),
        "101": Status(Level.UNAVAILABLE, "bin_full"),
        "021": Status(Level.UNAVAILABLE, "jammed"),
        "201": Status(Level.UNAVAILABLE, "dispense_failure"),
        "800": Status(Level.BUSY, "dispensing"),
        "400": Status(Level.BUSY, "calling_back"),
        "004": Status(Level.BUSY, "booklet_waits"),
    }
    for digits, status in want.items():
        driver = QuCdDispenser()
        driver.opened(0.0)
        driver.receive(b"\x06", 0.1)
        driver.receive(flags(digits), 0.2)
        assert driver.status == status, digits


@pytest.mark.parametrize(("action", "reason"), [("refill", "empty")])
def test_an_empty_hopper_refuses_before_anything_moves(action: str, reason: str) -> None:
    pair = Cabin()
    pair.twin.act(action, {"count": 0})
    pair.submit(1, Dispense())
    assert pair.end(1) == Failed(reason, "nothing has moved")
    pair.submit(2, Look())
    assert pair.end(2) == Success(c.Flags(low=True, empty=True))


def test_capture_by_hand() -> None:
    pair = Cabin()
    pair.submit(1, Dispense())
    pair.until_out()
    pair.unplug()
    pair.plug()
    pair.submit(2, Capture())
    assert pair.end(2) == Success(Fate.CAPTURED)


def test_without_a_word_it_is_never_ready_and_nothing_is_committed() -> None:
    pair = Pair(QuCdDispenser(), lambda _, faults: BookletDispenser(faults), "silent")
    pair.submit(1, Dispense())
    pair.wait(60)
    assert isinstance(pair.ends()[1], TimedOut)
    levels = {x.status.level for x in pair.reports if isinstance(x, StatusChanged)}
    assert Level.READY not in levels
    assert pair.driver.status == Status(Level.UNAVAILABLE, "no_answer")
    assert ENQ not in [data for _, data in pair.sent]


def test_any_bytes_are_borne(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(300):
        driver, now, number = QuCdDispenser(), 0.0, 0
        driver.opened(now)
        ends: list[int] = []
        for _ in range(rng.randrange(1, 30)):
            digits = "".join(chr(0x30 + rng.randrange(16)) for _ in range(3))
            data = rng.choice((b"\x06", b"\x15", flags(digits), rng.randbytes(6), b"\x02PB"))
            driver.receive(data, now)
            if rng.random() < 0.3:
                number += 1
                driver.submit(number, rng.choice((Dispense, Capture, Resolve, Look))(), now)
            if number and rng.random() < 0.1:
                driver.cancel(rng.randrange(1, number + 1), now)
            now += rng.random() * 3
            driver.tick(now)
            driver.take_output()
            ends += [x.command_id for x in driver.take_reports() if isinstance(x, Completed)]
        driver.lost(now, "unplugged")
        ends += [x.command_id for x in driver.take_reports() if isinstance(x, Completed)]
        assert sorted(ends) == list(range(1, number + 1))


def test_what_is_said_is_noted_in_words() -> None:
    scribe = QuCdScribe()
    assert scribe.feed(Direction.OUT, DC)[0].meaning == "DC"
    assert scribe.feed(Direction.OUT, ENQ)[0].meaning == "ENQ"
    assert scribe.feed(Direction.IN, flags("001"))[0].meaning == "flags ready"
    assert scribe.feed(Direction.IN, b"\x02P")[0].meaning == "part of an answer"
