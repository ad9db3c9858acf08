"""The rice mill (protocol, 4a and 4b): frames by byte, and against its twin in virtual time."""

from __future__ import annotations

import random

import pytest

from devices.driver import Completed
from devices.rice_mill import modbus as m
from devices.rice_mill import registers as r
from devices.rice_mill.commands import (
    Batch,
    Clear,
    Door,
    Fate,
    Look,
    Mill,
    Milled,
    Milling,
    Resolve,
    Tare,
    Zero,
)
from devices.rice_mill.driver import RiceMill
from devices.rice_mill.scribe import RiceMillScribe
from devices.status import Cancelled, Failed, Level, OutcomeUnknown, Success, TimedOut
from devices.trace import Direction
from sim.devices.rice_mill import RiceMill as Twin
from tests.support.pair import Pair

# From a master and a controller's register layer that are not ours.
SET_BATCH = "0a1010010004080001000001f400072f22"
BATCH_SET = "0a101001000495b1"
START = "0a06100000008c71"
READ = "0a03100000058072"
READING = "0a030a00000001000001f400072f31"
ASK_ILLEGAL = "0a030fff0001b655"
ILLEGAL = "0a8302b133"


class Cabin(Pair):
    """A mill that is ready; ``twin`` is its machine. Whoever is served takes the rice."""

    def __init__(self, *faults: str, takes: bool = True) -> None:
        super().__init__(RiceMill(), lambda _, faults: Twin(faults))
        assert isinstance(self.model, Twin)
        self.twin = self.model
        self.takes = takes
        self.until_ready()
        self.strike(*faults, count=1)

    def step(self, seconds: float = 0.02) -> None:
        super().step(seconds)
        if self.takes and self.twin.phase == "take":
            self.twin.act("take", {})

    @property
    def started(self) -> int:
        """How often the switch was put on."""
        return sum(data.hex() == START for _, data in self.sent)

    def milled(self, grams: int, bin_no: int = 1) -> object:
        self.submit(1, Mill(bin_no, grams, 7))
        return self.end(1)


def test_frames_byte_by_byte() -> None:
    assert m.write(r.BIN, 1, 0, 500, 7).encode(0x0A).hex() == SET_BATCH
    assert m.write(r.RUN, r.ON).encode(0x0A).hex() == START
    assert m.read_holding(r.RUN, 5).encode(0x0A).hex() == READ
    assert m.read_holding(0x0FFF, 1).encode(0x0A).hex() == ASK_ILLEGAL
    assert m.framed(bytes.fromhex("0207")).hex() == "02074112"
    for request, raw, said in (
        (m.write(r.BIN, 1, 0, 500, 7), BATCH_SET, m.Written()),
        (m.write(r.RUN, r.ON), START, m.Written()),
        (m.read_holding(r.RUN, 5), READING, m.Words((0, 1, 0, 500, 7))),
        (m.read_holding(0x0FFF, 1), ILLEGAL, m.Refused(2)),
    ):
        listener = m.Listener(0x0A)
        listener.expect(request)
        assert listener.feed(bytes.fromhex(raw)) == said


@pytest.mark.parametrize("noise", ["", "0a", "0a03", "0a030a0000", "ff00", "0a8302b134", START])
def test_any_split_and_noise_before(noise: str) -> None:
    whole = bytes.fromhex(noise + READING)
    for cut in range(len(whole)):
        listener = m.Listener(0x0A)
        listener.expect(m.read_holding(r.RUN, 5))
        found = [listener.feed(whole[:cut]), listener.feed(whole[cut:])]
        assert [x for x in found if x is not None] == [m.Words((0, 1, 0, 500, 7))], cut


def test_a_changed_bit_is_never_an_answer() -> None:
    raw = bytes.fromhex(READING)
    for bit in range(8 * len(raw)):
        spoilt = bytearray(raw)
        spoilt[bit // 8] ^= 1 << bit % 8
        listener = m.Listener(0x0A)
        listener.expect(m.read_holding(r.RUN, 5))
        assert listener.feed(bytes(spoilt)) is None, bit


def test_an_answer_to_another_request_is_noise() -> None:
    listener = m.Listener(0x0A)
    listener.expect(m.write(r.RUN, r.ON))
    other = m.write(r.RUN, r.OFF).encode(0x0A)
    assert listener.feed(other) is None
    assert listener.feed(bytes.fromhex(READING)) is None
    assert listener.feed(bytes.fromhex(START)) == m.Written()
    assert listener.feed(bytes.fromhex(START)) is None, "nothing is open any more"


def test_amounts_are_split_below_the_mills_limit() -> None:
    for grams in range(1, 10_001, 7):
        parts = r.batches(grams)
        assert sum(parts) == grams
        assert max(parts) <= 1499
        assert max(parts) - min(parts) <= 1
        assert len(parts) == -(-grams // 1499)


def test_every_fault_bit_has_its_words() -> None:
    assert len({words for bit in range(19) for words in r.fault_words(1 << bit)}) == 19
    assert r.fault_words(1 << 8 | 1) == ("bin 1 empty", "main motor over-current")
    assert r.fault_words(1 << 25) == ("unknown fault 02000000",)


def test_half_a_kilo_is_milled_and_taken() -> None:
    cabin = Cabin()
    assert cabin.milled(500) == Success(Milled(500, 1, 1, 500))
    assert (cabin.twin.taken, cabin.twin.starts, cabin.started) == (500, 1, 1)
    assert cabin.progress()[0] == Batch(1, 1, 1, 500, 7)
    assert any(isinstance(x, Milling) for x in cabin.progress())
    cabin.wait(1)
    assert cabin.driver.status.level is Level.READY


def test_five_kilos_are_four_batches() -> None:
    cabin = Cabin()
    assert cabin.milled(5000, bin_no=2) == Success(Milled(5000, 4, 4, 5000))
    assert (cabin.twin.taken, cabin.twin.starts, cabin.started) == (5000, 4, 4)
    assert cabin.twin.bins == {1: 20_000, 2: 15_000}
    numbers = [x.number for x in cabin.progress() if isinstance(x, Batch)]
    assert numbers == [1, 2, 3, 4]


def test_switched_off_before_it_is_switched_on_and_nothing_within_a_frames_silence() -> None:
    cabin = Cabin()
    cabin.milled(500)
    frames = [(at, data.hex()) for at, data in cabin.sent]
    at = next(i for i, (_, x) in enumerate(frames) if x == START)
    before = [x for _, x in frames[:at]]
    assert "0a061000ffff" in "".join(before)
    assert SET_BATCH in before
    assert before.index(SET_BATCH) < max(i for i, x in enumerate(before) if x.startswith("0a03"))


@pytest.mark.parametrize("kind", ["unheard", "answer_lost"])
@pytest.mark.parametrize("nth", range(8))
def test_one_lost_frame_anywhere_starts_nothing_twice(kind: str, nth: int) -> None:
    cabin = Cabin()
    cabin.wait(1.0)
    sent = len(cabin.sent)
    cabin.submit(1, Mill(1, 500, 7))
    cabin.until(lambda: len(cabin.sent) >= sent + nth)
    cabin.strike(kind, count=1)
    end = cabin.end(1)
    assert cabin.started <= 1
    assert cabin.twin.starts <= 1
    if isinstance(end, Success):
        assert cabin.twin.taken == 500
    else:
        assert isinstance(end, Failed)
        assert end.code == "not_started"
        assert cabin.twin.starts == 0


def test_a_start_that_was_never_heard_is_certain_and_not_repeated() -> None:
    cabin = Cabin()
    cabin.submit(1, Mill(1, 500, 7))
    cabin.until(lambda: cabin.started == 1)
    cabin.twin._input = b""  # the start is lost on its way
    end = cabin.end(1)
    assert isinstance(end, Failed)
    assert end.code == "not_started"
    assert (cabin.started, cabin.twin.starts) == (1, 0)


@pytest.mark.parametrize(
    "kind",
    [
        "level_stall",
        "level_timeout",
        "valve_1_timeout",
        "valve_1_stall",
        "scale_silent",
        "scale_bad",
        "motor_overcurrent",
        "door_up_timeout",
        "door_down_timeout",
        "door_stall",
        "board_overcurrent",
    ],
)
def test_each_fault_ends_it_for_certain_and_is_named(kind: str) -> None:
    cabin = Cabin(kind)
    end = cabin.milled(500)
    assert isinstance(end, Failed)
    # A door that doesn't close has opened before: what was milled can be had.
    had = kind == "door_down_timeout"
    assert end.value == (Milled(500, 1, 1, 500) if had else Milled(0, 0, 1))
    assert sum(x["out"] for x in cabin.twin.batches) == (500 if had else 0)
    cabin.wait(2)
    assert cabin.driver.status.level is Level.UNAVAILABLE
    assert cabin.driver.status.reason == end.code
    cabin.submit(2, Mill(1, 500, 7))
    again = cabin.end(2)
    assert isinstance(again, Failed)
    assert cabin.started == 1, "a fault shows before anything is started"
    cabin.submit(3, Clear())
    assert isinstance(cabin.end(3), Success)


def test_a_fault_in_the_second_batch_says_what_was_milled_before() -> None:
    cabin = Cabin()
    cabin.submit(1, Mill(1, 3000, 7))
    cabin.until(lambda: cabin.twin.starts == 2)
    cabin.strike("motor_overcurrent", count=1)
    end = cabin.end(1)
    assert isinstance(end, Failed)
    assert end.value == Milled(1000, 1, 3, 1000)


def test_rice_that_is_not_taken_is_said_and_comes_out_first() -> None:
    cabin = Cabin(takes=False)
    end = cabin.milled(500)
    assert end == Failed("not_taken", "it is milled and was not taken", Milled(500, 1, 1, 500))
    cabin.wait(2)
    assert cabin.driver.status.reason == "rice_not_taken"


def test_an_empty_bin_is_seen_before_and_in_the_middle() -> None:
    cabin = Cabin()
    cabin.twin.act("fill", {"bin": 1, "grams": 0})
    cabin.wait(6)
    assert cabin.driver.status.reason == "bin_1_empty"
    end = cabin.milled(500)
    assert isinstance(end, Failed)
    assert (end.code, cabin.started) == ("bin_1_empty", 0)
    cabin.submit(2, Clear())
    stays = cabin.end(2)
    assert isinstance(stays, Failed)
    assert stays.code == "bin_1_empty"
    cabin = Cabin()
    cabin.twin.act("fill", {"bin": 1, "grams": 300})
    end = cabin.milled(500)
    assert isinstance(end, Failed)
    assert (end.code, cabin.started) == ("bin_1_empty", 1)


def test_the_link_is_lost_at_every_moment_and_reading_settles_it() -> None:
    outcomes = set()
    for nth in range(60):
        cabin = Cabin()
        cabin.submit(1, Mill(1, 500, 7))
        sent = len(cabin.sent)
        cabin.until(lambda c=cabin, n=sent + nth: len(c.sent) >= n or 1 in c.ends())  # type: ignore[misc]
        if 1 in cabin.ends():
            break
        cabin.unplug()
        end = cabin.ends()[1]
        cabin.wait(0.5 * (nth % 5))
        cabin.plug()
        cabin.submit(2, Resolve(1, 500, 7))
        fate = cabin.end(2)
        if isinstance(end, Failed):
            assert end.code == "not_connected"
            assert cabin.started == 0
            continue
        assert isinstance(end, OutcomeUnknown)
        assert cabin.started == 1, "reading, never starting again"
        assert isinstance(fate, Success), (nth, fate)
        outcomes.add(fate.value)
        assert fate.value is (Fate.DONE if cabin.twin.starts else Fate.NOT_STARTED)
        assert cabin.twin.taken == (500 if cabin.twin.starts else 0)
    assert Fate.DONE in outcomes


def test_after_a_power_cut_nobody_can_tell_by_reading() -> None:
    cabin = Cabin()
    cabin.submit(1, Mill(1, 500, 7))
    cabin.until(lambda: cabin.twin.phase == "mill")
    cabin.twin.act("power_cut", {})
    assert cabin.end(1) == OutcomeUnknown("lost_power")
    cabin.submit(2, Resolve(1, 500, 7))
    assert cabin.end(2) == OutcomeUnknown("lost_power")
    assert cabin.started == 1


def test_a_mill_that_falls_silent_while_it_runs() -> None:
    cabin = Cabin()
    cabin.submit(1, Mill(1, 500, 7))
    cabin.until(lambda: cabin.twin.phase == "mill")
    cabin.strike("silent")
    assert cabin.end(1) == OutcomeUnknown("no_answer")
    assert cabin.driver.status.level is Level.UNAVAILABLE
    cabin.faults.clear()
    cabin.submit(2, Resolve(1, 500, 7))
    assert cabin.end(2) == Success(Fate.DONE)


def test_silence_is_never_ready_and_a_command_then_ends() -> None:
    cabin = Cabin()
    cabin.strike("silent")
    cabin.wait(8)
    assert cabin.driver.status.level is Level.UNAVAILABLE
    cabin.submit(1, Mill(1, 500, 7))
    assert cabin.end(1) == TimedOut()
    assert cabin.started == 0
    cabin.faults.clear()
    cabin.until_ready()


def test_cancelled_before_the_start_and_between_two_batches() -> None:
    cabin = Cabin()
    cabin.submit(1, Mill(1, 3000, 7))
    cabin.cancel(1)
    assert cabin.end(1) == Cancelled()
    assert cabin.started == 0
    cabin.submit(2, Mill(1, 3000, 7))
    cabin.until(lambda: cabin.twin.phase == "mill")
    cabin.cancel(2)
    assert cabin.end(2) == Failed("cancelled", "between two batches", Milled(1000, 1, 3, 1000))
    assert cabin.twin.taken == 1000


def test_weights_door_and_scale() -> None:
    cabin = Cabin()
    cabin.twin._gross = 812
    cabin.submit(1, Look())
    seen = cabin.end(1)
    assert isinstance(seen, Success)
    assert isinstance(seen.value, r.MillState)
    assert (seen.value.gross, seen.value.net) == (812, 812)
    cabin.submit(2, Tare())
    seen = cabin.end(2)
    assert isinstance(seen, Success)
    assert isinstance(seen.value, r.MillState)
    assert (seen.value.gross, seen.value.net) == (812, 0)
    cabin.submit(3, Zero())
    seen = cabin.end(3)
    assert isinstance(seen, Success)
    assert isinstance(seen.value, r.MillState)
    assert seen.value.gross == 0
    for number, is_open in ((4, True), (5, False), (6, True)):
        cabin.submit(number, Door(is_open))
        assert isinstance(cabin.end(number), Success)
        assert cabin.twin.door_open is is_open


def test_warm_or_damp_rice_is_a_fault_that_comes_back() -> None:
    cabin = Cabin()
    cabin.twin.act("climate", {"bin": 2, "celsius": 19, "humidity": 50})
    cabin.wait(6)
    assert cabin.driver.status.reason == "bin_2_temperature_high"
    cabin.twin.act("climate", {"bin": 2, "celsius": 12, "humidity": 50})
    cabin.submit(1, Clear())
    assert isinstance(cabin.end(1), Success)


def test_any_bytes_raise_nothing_and_every_command_ends_once() -> None:
    seed = 20261123
    rng = random.Random(seed)
    for _ in range(300):
        driver = RiceMill()
        driver.opened(0.0)
        now, number = 0.0, 0
        for _ in range(30):
            now += rng.choice((0.005, 0.3, 0.6, 3.0))
            match rng.randrange(5):
                case 0:
                    number += 1
                    driver.submit(number, rng.choice((Mill(1, 500, 7), Look(), Clear())), now)
                case 1:
                    driver.cancel(rng.randrange(number + 1), now)
                case 2:
                    driver.receive(rng.randbytes(rng.randrange(20)), now)
                case 3:
                    answers = (READING, START, ILLEGAL, BATCH_SET)
                    driver.receive(bytes.fromhex(rng.choice(answers)), now)
                case _:
                    driver.tick(now)
            driver.take_output()
        driver.lost(now, "unplugged")
        ends = [x.command_id for x in driver.take_reports() if isinstance(x, Completed)]
        assert sorted(ends) == list(range(1, number + 1)), f"seed {seed}"


def test_what_is_said_is_noted_with_its_meaning() -> None:
    scribe = RiceMillScribe()
    notes = [
        *scribe.feed(Direction.OUT, bytes.fromhex(START)),
        *scribe.feed(Direction.IN, bytes.fromhex(READING)),
        *scribe.feed(Direction.IN, bytes.fromhex(ILLEGAL)),
        *scribe.feed(Direction.IN, b"\x0a"),
    ]
    assert [x.meaning for x in notes] == [
        "write 1000 0000",
        "read: 0000 0001 0000 01f4 0007",
        "exception 02 to 03",
        "part of a frame",
    ]
    assert scribe.flush() == []
