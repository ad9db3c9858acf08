"""The kiosk-type blood-pressure meter (protocol, 1b and 2), by bytes and against its twin."""

from __future__ import annotations

import random

import pytest

from devices.bp_meter import rbp_codec as c
from devices.bp_meter.rbp_driver import Identify, Measure, RbpMeter, Stop
from devices.bp_meter.rbp_scribe import RbpScribe
from devices.driver import Completed, Notice, Progress, Report
from devices.status import Cancelled, Failed, Level, OutcomeUnknown, Success, TimedOut
from devices.trace import Direction
from sim.clock import VirtualClock
from sim.devices.rbp_meter import RbpMeter as Twin
from sim.faults import Fault, Faults
from tests.support.in_virtual_time import InVirtualTime

CONNECT, START, STOP = "cc80030301010000", "cc80030301020003", "cc80030301030002"
# Another author's frame, of the Bluetooth twin: its version byte is 02.
RESULT = "aa80020f01060114050c0c1f120080004900459b"
ERROR_2 = "aa80030301070204"
LIVE_128, LIVE_260 = "aa80030801050000000080008f", "aa80030801050001000005000b"
STEP_S = 0.1


def _decoded(text: str) -> list[c.Message]:
    return [x for _, x in c.Decoder().feed(bytes.fromhex(text))]


def test_frames_byte_by_byte() -> None:
    assert [c.encode(x).hex() for x in (c.CONNECT, c.START, c.STOP)] == [CONNECT, START, STOP]
    assert _decoded(RESULT) == [c.Result(128, 73, 69, "2020-05-12T12:31:18", 1)]
    leak = "signal error, or the bladder leaks upstream"
    assert _decoded(ERROR_2) == [c.MeterError(2, leak)]
    assert _decoded(LIVE_128) == [c.CuffPressure(128)]
    assert _decoded(LIVE_260) == [c.CuffPressure(260)]


def test_any_split_and_noise_between() -> None:
    noise = "aa80aa0001cc80"
    whole = bytes.fromhex(noise + RESULT + noise + LIVE_260 + ERROR_2)
    for cut in range(len(whole)):
        decoder = c.Decoder()
        found = decoder.feed(whole[:cut]) + decoder.feed(whole[cut:])
        said = [x for _, x in found if not isinstance(x, c.Noise)]
        assert [type(x) for x in said] == [c.Result, c.CuffPressure, c.MeterError], cut
        assert b"".join(raw for raw, _ in found) == whole, "every byte is accounted for, once"


def test_a_bit_that_turned_over_is_no_frame() -> None:
    good = bytes.fromhex(RESULT)
    for bit in range(8 * len(good)):
        spoiled = bytearray(good)
        spoiled[bit // 8] ^= 1 << bit % 8
        decoder = c.Decoder()
        found = decoder.feed(bytes(spoiled) + bytes.fromhex(ERROR_2))
        while decoder.pending:
            found += decoder.give_up()
        assert [x for _, x in found if isinstance(x, c.Result)] == [], bit
        assert [x for _, x in found if isinstance(x, c.MeterError)], bit


class Pair(InVirtualTime):
    """Driver and twin on a line without delay; ``unplugged`` cuts it."""

    patience_s = 200.0

    def __init__(self, *faults: str) -> None:
        self.clock = VirtualClock()
        self.faults = Faults(1)
        for kind in faults:
            self.faults.add(Fault("bp_meter", kind))
        self.twin = Twin(self.clock, self.faults)
        self.driver = RbpMeter()
        self.reports: list[Report] = []
        self.sent: list[tuple[float, str]] = []
        self.driver.opened(self.now)
        self.settle()

    @property
    def now(self) -> float:
        return self.clock.monotonic()

    def settle(self) -> None:
        while True:
            said = self.driver.take_output()
            for at in range(0, len(said), 8):
                self.sent.append((self.now, said[at : at + 8].hex()))
            answer = self.twin.take_output()
            if not said and not answer:
                break
            self.twin.receive(said)
            self.driver.receive(answer, self.now)
        self.reports += self.driver.take_reports()

    def step(self) -> None:
        self.clock.advance(STEP_S)
        self.twin.advance(STEP_S)
        deadline = self.driver.deadline()
        if deadline is not None and deadline <= self.now:
            self.driver.tick(self.now)
        self.settle()

    def ready(self) -> Pair:
        self.until_ready()
        return self

    def count(self, frame: str) -> int:
        return sum(text == frame for _, text in self.sent)


def test_the_first_word_after_every_connect_is_stop() -> None:
    pair = Pair()
    assert pair.sent[0] == (0.0, STOP)
    assert pair.driver.status.level is Level.UNKNOWN
    pair.ready()
    assert [text for _, text in pair.sent] == [STOP, CONNECT]
    pair.driver.lost(pair.now, "unplugged")
    pair.driver.opened(pair.now)
    pair.settle()
    assert pair.sent[-1][1] == STOP


def test_a_measurement_from_start_to_result() -> None:
    pair = Pair().ready()
    pair.twin.act("person", {"systolic": 146, "diastolic": 92, "pulse": 77})
    pair.submit(1, Measure())
    done = pair.end(1)
    assert isinstance(done, Success)
    assert isinstance(done.value, c.Result)
    assert (done.value.systolic, done.value.diastolic, done.value.pulse) == (146, 92, 77)
    live = [x.what for x in pair.reports if isinstance(x, Progress)]
    assert max(x.mmhg for x in live if isinstance(x, c.CuffPressure)) >= 146
    assert pair.count(START) == 1
    assert pair.driver.status.level is Level.READY


def test_commands_keep_their_distance_but_stop_does_not() -> None:
    pair = Pair().ready()
    pair.submit(1, Measure())
    pair.until(lambda: pair.count(START) == 1)
    asked = max(at for at, text in pair.sent if text != START)
    started = next(at for at, text in pair.sent if text == START)
    assert started - asked >= 0.5 - 1e-6
    pair.submit(2, Stop())
    assert pair.sent[-1] == (pair.now, STOP)
    assert pair.end(2) == Success()
    assert pair.end(1) == Cancelled()
    assert pair.twin.phase in ("emptying", "idle")


def test_who_cancels_lets_the_cuff_go() -> None:
    pair = Pair().ready()
    pair.submit(1, Measure())
    pair.until(lambda: pair.twin.pressure > 60)
    pair.driver.cancel(1, pair.now)
    pair.settle()
    assert pair.sent[-1][1] == STOP
    assert pair.end(1) == Cancelled()


def test_a_stop_that_is_not_acknowledged_is_repeated_and_said_loudly() -> None:
    pair = Pair().ready()
    pair.submit(1, Measure())
    pair.until(lambda: pair.twin.pressure > 60)
    pair.faults.add(Fault("bp_meter", "stop_ignored", count=6))
    before, asked = pair.count(STOP), pair.now
    pair.submit(2, Stop())
    unknown = OutcomeUnknown("stop_unacknowledged")
    assert pair.end(2) == unknown
    assert 2.0 - 1e-6 <= pair.now - asked <= 2.0 + 2 * STEP_S
    assert pair.end(1) == unknown
    loud = (Level.UNAVAILABLE, "stop_unacknowledged")
    assert (pair.driver.status.level, pair.driver.status.reason) == loud
    pair.ready()
    assert pair.count(STOP) - before == 7, "repeated until it is heard"
    assert pair.twin.phase == "emptying" or pair.twin.phase == "idle"


def test_an_acknowledgement_that_is_lost_is_asked_for_again() -> None:
    pair = Pair().ready()
    pair.faults.add(Fault("bp_meter", "stop_unheard", count=1))
    pair.submit(1, Stop())
    assert pair.end(1) == Success()
    assert pair.driver.status.reason != "stop_unacknowledged"


@pytest.mark.parametrize(
    ("fault", "code"),
    [("leak", "02"), ("movement", "05"), ("no_pulse", "06")],
)
def test_the_meters_own_errors(fault: str, code: str) -> None:
    pair = Pair(fault).ready()
    pair.submit(1, Measure())
    done = pair.end(1)
    assert isinstance(done, Failed)
    assert (done.code, done.meaning) == (code, c.ERRORS[int(code, 16)])


def test_too_much_pressure_is_let_go_by_us_too() -> None:
    pair = Pair("over_pressure").ready()
    before = pair.count(STOP)
    pair.submit(1, Measure())
    done = pair.end(1)
    assert isinstance(done, Failed)
    assert done.code == "pressure_too_high"
    assert pair.count(STOP) == before + 1
    assert pair.twin.pressure < 340


@pytest.mark.parametrize(("fault", "code"), [("link_stalls", "silent"), ("no_result", "no_result")])
def test_silence_under_pressure_and_no_result_end_in_a_stop(fault: str, code: str) -> None:
    pair = Pair(fault).ready()
    pair.submit(1, Measure())
    done = pair.end(1)
    assert isinstance(done, Failed)
    assert done.code == code
    assert pair.sent[-1][1] in (STOP, CONNECT)
    pair.ready()


def test_a_start_that_is_refused_and_one_that_is_not_heard_are_never_repeated() -> None:
    for fault in ("start_refused", "silent"):
        pair = Pair().ready()
        pair.faults.add(Fault("bp_meter", fault, count=1))
        pair.submit(1, Measure())
        assert isinstance(pair.end(1), Failed)
        pair.wait(20)
        assert pair.count(START) == 1, fault
        assert pair.driver.status.level is Level.READY


def test_the_meters_own_key_is_watched_and_told() -> None:
    pair = Pair().ready()
    pair.twin.act("key", {})
    pair.until(lambda: pair.driver.status.level is Level.BUSY)
    pair.submit(1, Measure())
    assert isinstance(pair.end(1), Failed), "it measures already"
    pair.until(
        lambda: any(isinstance(x, Notice) and isinstance(x.what, c.Result) for x in pair.reports)
    )
    pair.ready()
    pair.twin.act("key", {})
    pair.faults.add(Fault("bp_meter", "link_stalls"))
    pair.until(lambda: pair.sent[-1][1] == STOP)


def test_a_cable_pulled_while_it_measures_leaves_an_open_outcome() -> None:
    pair = Pair().ready()
    pair.submit(1, Measure())
    pair.until(lambda: pair.twin.pressure > 60)
    pair.driver.lost(pair.now, "unplugged")
    pair.twin.link_down()
    pair.reports += pair.driver.take_reports()
    assert pair.ends() == {1: OutcomeUnknown("unplugged")}
    pair.wait(2)
    pair.driver.opened(pair.now)
    pair.settle()
    assert pair.sent[-1][1] == STOP
    pair.ready()
    assert pair.count(START) == 1


def test_a_meter_that_falls_silent_is_unavailable_and_comes_back() -> None:
    pair = Pair().ready()
    pair.faults.add(Fault("bp_meter", "silent", count=4))
    pair.until(lambda: pair.driver.status.level is Level.UNAVAILABLE)
    assert pair.driver.status.reason == "no_answer"
    assert pair.now < 20
    pair.ready()
    pair.submit(1, Identify())
    assert pair.end(1) == Success()


def test_without_a_word_it_is_never_ready() -> None:
    pair = Pair("silent")
    pair.submit(1, Measure())
    pair.wait(60)
    assert isinstance(pair.ends()[1], Failed)
    assert pair.count(START) == 0
    levels = {x.status.level for x in pair.reports if hasattr(x, "status")}
    assert Level.READY not in levels


def test_a_question_to_something_else_ends_while_stop_is_said_again_and_again() -> None:
    pair = Pair("silent")
    pair.submit(1, Identify())
    pair.until(lambda: 1 in pair.ends(), at_most_s=5)
    assert pair.ends() == {1: TimedOut()}
    pair.submit(2, Identify())
    pair.until(lambda: 2 in pair.ends(), at_most_s=5)
    assert pair.ends()[2] == TimedOut()


def test_an_answer_that_was_on_its_way_makes_no_measurement_ready() -> None:
    """The question went out just before somebody pressed the meter's own key."""
    pair = Pair().ready()
    pair.driver.receive(bytes.fromhex(LIVE_128), pair.now)
    pair.driver.receive(bytes.fromhex("aa80030301010000"), pair.now)
    assert pair.driver.status.level is Level.BUSY
    pair.submit(1, Measure())
    assert isinstance(pair.end(1), Failed)


def test_another_devices_answer_makes_nothing_ready() -> None:
    driver = RbpMeter()
    driver.opened(0.0)
    for moment in range(1, 40):
        driver.receive(b"\x12\x00\x06ECR\x55\xaa\x00\x01", float(moment))
        driver.tick(float(moment))
        driver.take_output()
        assert driver.status.level is not Level.READY


def test_any_bytes_are_borne(seed: int) -> None:
    rng = random.Random(seed)
    good = [bytes.fromhex(x) for x in (RESULT, LIVE_128, LIVE_260, ERROR_2)]
    good += [bytes.fromhex(f"aa8003030{x}") for x in ("1010000", "1020003", "1030002")]
    for _ in range(300):
        stream = bytearray(b"".join(rng.choice(good) for _ in range(rng.randrange(1, 8))))
        for _ in range(rng.randrange(5)):
            stream[rng.randrange(len(stream))] = rng.randrange(256)
        driver, now, number = RbpMeter(), 0.0, 0
        driver.opened(now)
        ends: list[int] = []
        while stream:
            size = rng.randrange(1, 30)
            driver.receive(bytes(stream[:size]), now)
            del stream[:size]
            if rng.random() < 0.2:
                number += 1
                driver.submit(number, rng.choice((Measure, Stop, Identify))(), now)
            now += rng.random()
            driver.tick(now)
            driver.take_output()
            ends += [x.command_id for x in driver.take_reports() if isinstance(x, Completed)]
        driver.lost(now, "unplugged")
        ends += [x.command_id for x in driver.take_reports() if isinstance(x, Completed)]
        assert sorted(ends) == list(range(1, number + 1))


def test_what_is_noted_holds_nothing_of_a_reading() -> None:
    scribe = RbpScribe()
    notes = [
        note
        for text in (RESULT, LIVE_128, LIVE_260, ERROR_2, "00" + RESULT[:20])
        for note in scribe.feed(Direction.IN, bytes.fromhex(text))
    ]
    kept = [x.data.hex() for x in notes if x.data is not None]
    assert [len(x) for x in kept] == [40, 26, 26, 16]
    assert _decoded(kept[0]) == [c.Result(120, 80, 70, "2000-01-01T00:00:00", 1)]
    assert _decoded(kept[1]) == [c.CuffPressure(120)]
    assert _decoded(kept[2]) == [c.CuffPressure(240)]
    assert _decoded(kept[3]) == _decoded(ERROR_2)
    assert [(x.length, x.data) for x in notes if x.meaning == "no frame"] == [(1, None)]
    assert [(x.length, x.data) for x in scribe.flush()] == [(10, None)]
    asked = scribe.feed(Direction.OUT, bytes.fromhex(CONNECT + START + STOP))
    assert [x.meaning for x in asked] == ["connect", "start", "stop"]
