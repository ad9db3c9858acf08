"""The IEEE 11073 manager (blood-pressure meter protocol, 1a), by bytes and against an agent."""

from __future__ import annotations

import random

import pytest

from devices.bp_meter import ieee_apdu as a
from devices.bp_meter.ieee_config import Observation
from devices.bp_meter.ieee_driver import (
    AbortAssociation,
    Identity,
    IeeeMeter,
    NextReading,
    ReadIdentity,
    Release,
)
from devices.bp_meter.ieee_scribe import IeeeScribe
from devices.bp_meter.mder import sfloat
from devices.driver import Completed, Notice, Report
from devices.status import Cancelled, Failed, Level, OutcomeUnknown, Success, TimedOut
from devices.trace import Direction
from sim.clock import VirtualClock
from sim.devices.ieee_meter import EXTENDED
from sim.devices.ieee_meter import IeeeMeter as Agent
from sim.faults import Fault, Faults

MANAGER = bytes.fromhex("1122334455667788")
# One session, written by an independent agent whose configuration the manager didn't know.
ASKS = (
    "e2000032800000000001002a50790026800000008000800000000000000000800000"
    "00081133557799bbddff02bc0001010000000000"
)
ANSWERED = (
    "e300002c000350790026800000008000800000000000000080000000000811223344556677880000000000000000"
    "0000"
)
ANNOUNCES = (
    "e7000084008200000101007c0000ffffffff0d1c007202bc0002006c0006000100060038092f000400024a04"
    "0a460002f0400a73000203030a76000a000300064a054a064a07099600020f200a55000c000200080a75000a"
    "099000080006000200040024092f00040002482a0a460002f040099600020aa00a55000c000200080a4c0002"
    "09900008"
)
CONFIG_ACCEPTED = "e7000016001400000201000e0000ffffffff0d1c000402bc0000"
REPORTS = (
    "e700003e003c0001010100360000ffffffff0d1d002cf0000000000200240001001200030006007b004c0061"
    "20261122203349500002000a00552026112220334950"
)
CONFIRMED = "e7000012001000010201000a0000ffffffff0d1d0000"
READING = Observation(123.0, 76.0, 97.0, 85.0, "2026-11-22T20:33:49.50")


def _manager(*, trust: bool = True) -> IeeeMeter:
    driver = IeeeMeter(MANAGER, trust_standard=trust)
    driver.opened(0.0)
    driver.take_reports()
    return driver


def _says(driver: IeeeMeter, text: str, now: float = 0.0) -> str:
    driver.receive(bytes.fromhex(text), now)
    return driver.take_output().hex()


def _notices(reports: tuple[Report, ...]) -> list[object]:
    return [x.what for x in reports if isinstance(x, Notice)]


def _ends(reports: tuple[Report, ...]) -> dict[int, object]:
    ends = [x for x in reports if isinstance(x, Completed)]
    assert len({x.command_id for x in ends}) == len(ends), "one completion each"
    return {x.command_id: x.completion for x in ends}


def test_a_session_with_an_unknown_configuration_byte_by_byte() -> None:
    driver = _manager(trust=False)
    assert _says(driver, ASKS) == ANSWERED
    assert driver.status.level is Level.UNKNOWN, "who hasn't said what it is isn't ready"
    assert _says(driver, ANNOUNCES) == CONFIG_ACCEPTED
    assert driver.status.level is Level.READY
    assert _says(driver, REPORTS) == CONFIRMED
    assert _notices(driver.take_reports()) == [READING]


def test_the_standard_configuration_needs_no_announcement() -> None:
    driver = _manager()
    assert _says(driver, ASKS) == ANSWERED.replace("e300002c0003", "e300002c0000")
    assert driver.status.level is Level.READY
    assert _says(driver, REPORTS) == CONFIRMED
    assert _notices(driver.take_reports()) == [READING]


def test_any_split_says_the_same() -> None:
    whole = bytes.fromhex(ASKS + ANNOUNCES + REPORTS)
    for cut in range(1, len(whole)):
        driver = _manager(trust=False)
        driver.receive(whole[:cut], 0.0)
        driver.receive(whole[cut:], 0.1)
        assert driver.take_output().hex() == ANSWERED + CONFIG_ACCEPTED + CONFIRMED, cut
        assert _notices(driver.take_reports()) == [READING], cut


def test_a_report_that_comes_again_is_confirmed_again_and_told_once() -> None:
    driver = _manager()
    _says(driver, ASKS)
    again = REPORTS.replace("003c0001", "003c0002")
    assert _says(driver, REPORTS) == CONFIRMED
    assert _says(driver, again) == CONFIRMED.replace("00100001", "00100002")
    assert _notices(driver.take_reports()) == [READING]


def test_a_report_that_comes_again_in_the_next_association_is_nobody_elses() -> None:
    driver = _manager()
    _says(driver, ASKS)
    assert _says(driver, REPORTS) == CONFIRMED
    driver.lost(0.0, "unplugged")
    driver.opened(0.0)
    driver.submit(1, NextReading(), 0.0)
    _says(driver, ASKS)
    assert _says(driver, REPORTS) == CONFIRMED
    reports = driver.take_reports()
    assert _notices(reports) == [READING]
    assert driver.running == (1,)
    other = REPORTS.replace("007b004c0061", "007c004c0061")
    assert _says(driver, other) == CONFIRMED
    assert driver.running == ()


@pytest.mark.parametrize("said", [REPORTS, "e40000020000"])
def test_who_believes_in_an_association_that_is_lost_is_told(said: str) -> None:
    driver = _manager()
    assert _says(driver, said) == "e60000020000"
    assert driver.status.level is Level.UNKNOWN
    assert _notices(driver.take_reports()) == []


def test_noise_between_is_passed_over() -> None:
    driver = _manager()
    assert _says(driver, "00ffe2" + ASKS).startswith("e300002c0000")
    assert _says(driver, "0d0a" + REPORTS) == CONFIRMED


def test_what_was_never_finished_does_not_swallow_what_follows() -> None:
    driver = _manager()
    driver.receive(bytes.fromhex("e700ffff"), 0.0)
    driver.receive(bytes.fromhex(ASKS), 1.0)
    assert driver.take_output() == b""
    deadline = driver.deadline()
    assert deadline is not None
    driver.tick(deadline)
    assert driver.take_output().hex().startswith("e300002c0000")


@pytest.mark.parametrize(
    ("change", "result"),
    [
        (("e200003280000000", "e200003240000000"), a.UNSUPPORTED_VERSION),
        (("50790026", "50780026"), a.NO_COMMON_PROTOCOL),
        (("00800000" + "00081133", "80000000" + "00081133"), a.REJECTED_PERMANENT),
    ],
)
def test_whoever_is_no_meter_is_refused(change: tuple[str, str], result: int) -> None:
    driver = _manager()
    assert change[0] in ASKS
    assert _says(driver, ASKS.replace(*change)) == f"e3000006{result:04x}00000000"
    assert driver.status.level is Level.UNAVAILABLE
    assert driver.status.reason == "other_device"
    assert _says(driver, REPORTS) == "e60000020000"
    assert _notices(driver.take_reports()) == []


def test_another_device_of_the_family_is_refused_by_its_configuration() -> None:
    driver = _manager(trust=False)
    _says(driver, ASKS)
    assert _says(driver, ANNOUNCES.replace("00024a04", "00024b04")) == "e60000020000"
    assert (driver.status.level, driver.status.reason) == (Level.UNAVAILABLE, "other_device")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (0x007B, 123.0),
        (0xF4CC, 122.8),
        (0x1000 | 12, 120.0),
        (0x0FFF, -1.0),
        (0x07FF, None),
        (0x0800, None),
        (0x07FE, None),
        (0x0802, None),
        (0x0801, None),
    ],
)
def test_sfloat(raw: int, value: float | None) -> None:
    assert sfloat(raw) == (pytest.approx(value) if value is not None else None)


class Pair:
    """Manager and agent on a line without time; `lost` bytes don't arrive."""

    def __init__(self, *, trust: bool = True) -> None:
        self.clock = VirtualClock()
        self.faults = Faults(1)
        self.agent = Agent(self.clock, self.faults)
        self.driver = IeeeMeter(MANAGER, trust_standard=trust)
        self.driver.opened(0.0)
        self.reports: list[Report] = []
        self.settle()

    @property
    def now(self) -> float:
        return self.clock.monotonic()

    def settle(self) -> None:
        while True:
            to_agent, to_driver = self.driver.take_output(), self.agent.take_output()
            if not to_agent and not to_driver:
                break
            self.agent.receive(to_agent)
            self.driver.receive(to_driver, self.now)
        self.reports += self.driver.take_reports()

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.clock.advance(0.5)
            self.agent.advance(0.5)
            self.driver.tick(self.now)
            self.settle()

    def act(self, name: str, **body: object) -> None:
        self.agent.act(name, body)
        self.settle()

    def submit(self, number: int, command: object) -> None:
        self.driver.submit(number, command, self.now)
        self.settle()

    def ends(self) -> dict[int, object]:
        return _ends(tuple(self.reports))

    def readings(self) -> list[Observation]:
        return [x for x in _notices(tuple(self.reports)) if isinstance(x, Observation)]


@pytest.mark.parametrize("form", ["fixed", "variable", "persons"])
@pytest.mark.parametrize("trust", [True, False])
def test_a_measurement_in_every_form(form: str, *, trust: bool) -> None:
    pair = Pair(trust=trust)
    pair.submit(1, NextReading())
    pair.act("measure", systolic=141, diastolic=88, pulse=64, form=form)
    (reading,) = pair.readings()
    assert (reading.systolic, reading.diastolic, reading.pulse) == (141, 88, 64)
    assert reading.person == (1 if form == "persons" else 0)
    assert pair.ends() == {1: Success(reading)}
    pair.wait(20)
    assert pair.agent.aborts == []
    assert pair.agent.confirmed == 1


def test_an_announced_configuration_is_remembered() -> None:
    pair = Pair()
    pair.act("extended")
    assert pair.agent.config_id == EXTENDED
    pair.act("measure")
    pair.act("sleep")
    assert pair.driver.status.reason == "released"
    pair.act("measure", systolic=130)
    assert [x.systolic for x in pair.readings()] == [128, 130]


def test_no_reading_is_never_zero() -> None:
    pair = Pair()
    pair.faults.add(Fault("bp_meter_standard", "nan", count=1))
    pair.act("measure")
    (reading,) = pair.readings()
    assert (reading.systolic, reading.diastolic, reading.mean, reading.pulse) == (None,) * 4


def test_a_confirmation_that_is_lost_brings_the_report_again_but_one_reading() -> None:
    pair = Pair()
    pair.faults.add(Fault("bp_meter_standard", "repeat", count=1))
    pair.act("measure")
    assert pair.agent.confirmed == 2
    assert len(pair.readings()) == 1


def test_identify_release_and_abort() -> None:
    pair = Pair()
    pair.submit(1, ReadIdentity())
    assert pair.ends()[1] == Failed("not_associated", "the meter hasn't associated: wake it")
    pair.act("wake")
    pair.submit(2, ReadIdentity())
    system = "1133557799bbddff"
    assert pair.ends()[2] == Success(Identity("Example", "Simulated meter", system, 0x02BC))
    pair.submit(3, Release())
    assert pair.ends()[3] == Success()
    assert pair.driver.status.level is Level.UNKNOWN
    pair.act("wake")
    pair.submit(4, AbortAssociation())
    assert pair.ends()[4] == Success()
    assert not pair.agent.state()["associated"]


def test_a_meter_that_falls_silent_is_not_ready_for_long() -> None:
    pair = Pair()
    pair.act("wake")
    pair.faults.add(Fault("bp_meter_standard", "silent"))
    pair.submit(1, ReadIdentity())
    pair.wait(4)
    assert pair.ends()[1] == TimedOut()
    assert (pair.driver.status.level, pair.driver.status.reason) == (Level.UNKNOWN, "no_answer")


def test_a_configuration_that_ends_early_ends_the_association() -> None:
    pair = Pair(trust=False)
    pair.faults.add(Fault("bp_meter_standard", "half_config", count=1))
    pair.act("measure")
    assert pair.driver.status.level is not Level.READY
    pair.wait(1)
    pair.act("measure")
    assert pair.driver.status.level is Level.READY
    assert len(pair.readings()) == 2, "what wasn't reported before comes now"


def test_a_configuration_that_never_comes_is_given_up() -> None:
    driver = _manager(trust=False)
    _says(driver, ASKS)
    driver.tick(9.9)
    assert driver.take_output() == b""
    driver.tick(10.0)
    assert driver.take_output().hex() == "e60000020003"
    assert driver.status.level is Level.UNKNOWN


def test_an_abort_leaves_who_waits_waiting() -> None:
    pair = Pair()
    pair.faults.add(Fault("bp_meter_standard", "abort", count=1))
    pair.submit(1, NextReading())
    pair.act("measure")
    assert pair.ends() == {}
    pair.act("measure", systolic=117)
    assert set(pair.ends()) == {1}


def test_a_cable_pulled_while_somebody_waits_is_an_open_outcome() -> None:
    pair = Pair()
    pair.submit(1, NextReading())
    pair.submit(2, NextReading())
    pair.driver.cancel(2, pair.now)
    pair.driver.lost(pair.now, "unplugged")
    pair.settle()
    assert pair.ends() == {1: OutcomeUnknown("unplugged"), 2: Cancelled()}
    assert pair.driver.status.level is Level.UNAVAILABLE


def test_a_second_association_within_the_first_is_aborted() -> None:
    driver = _manager()
    _says(driver, ASKS)
    assert _says(driver, ASKS) == "e60000020000"
    assert driver.status.level is Level.UNKNOWN


def test_any_bytes_are_borne(seed: int) -> None:
    rng = random.Random(seed)
    good = [bytes.fromhex(x) for x in (ASKS, ANNOUNCES, REPORTS, "e40000020000", "e60000020000")]
    for _ in range(400):
        stream = bytearray(b"".join(rng.choice(good) for _ in range(rng.randrange(1, 5))))
        for _ in range(rng.randrange(4)):
            stream[rng.randrange(len(stream))] = rng.randrange(256)
        driver = _manager(trust=rng.random() < 0.5)
        driver.submit(1, NextReading(), 0.0)
        now = 0.0
        while stream:
            size = rng.randrange(1, 60)
            driver.receive(bytes(stream[:size]), now)
            del stream[:size]
            now += rng.random()
            driver.tick(now)
        _ends(driver.take_reports())
        driver.tick(now + 100)
        driver.lost(now + 100, "unplugged")
        _ends(driver.take_reports())


def test_what_is_noted_holds_nothing_of_a_reading() -> None:
    scribe = IeeeScribe()
    notes = [
        note
        for text in (ASKS, ANNOUNCES, REPORTS)
        for note in scribe.feed(Direction.IN, bytes.fromhex(text))
    ]
    assert [x.meaning for x in notes] == ["APDU E200", "event 0D1C", "reading (invented values)"]
    assert [x.length for x in notes] == [len(x) // 2 for x in (ASKS, ANNOUNCES, REPORTS)]
    kept = notes[-1].data
    assert kept is not None
    driver = _manager()
    _says(driver, ASKS)
    driver.receive(kept, 0.0)
    (reading,) = _notices(driver.take_reports())
    assert reading == Observation(120.0, 80.0, 93.0, 70.0, "2000-01-01T00:00:01.00")
    again, other = (
        scribe.feed(Direction.IN, bytes.fromhex(text))[0].data
        for text in (REPORTS, REPORTS.replace("20334950", "20334951"))
    )
    assert again == kept
    assert other != kept


def test_no_reading_stays_none_in_what_is_noted() -> None:
    (note,) = IeeeScribe().feed(Direction.IN, bytes.fromhex(REPORTS.replace("007b", "07ff")))
    assert note.data is not None
    assert note.data[38:40].hex() == "07ff"
    assert note.data[40:42].hex() == "0050"


def test_of_a_report_in_another_layout_only_the_length_is_noted() -> None:
    pair = Pair()
    pair.act("wake")
    scribe = IeeeScribe()
    pair.agent.act("measure", {"form": "variable"})
    raw = pair.agent.take_output()
    (note,) = scribe.feed(Direction.IN, raw)
    assert (note.length, note.data) == (len(raw), None)
    assert scribe.feed(Direction.IN, raw[:7]) == []
    assert [x.length for x in scribe.flush()] == [7]
