"""Dispenser, card reader, meter and mill in their workers on real ptys: work, pulls, returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from devices.booklet_dispenser.driver import Dispense, Fate, Place, Resolve
from devices.bp_meter import rbp_codec
from devices.bp_meter.rbp_driver import Measure
from devices.id_reader.codec import Identity
from devices.id_reader.driver import ReadCard
from devices.rice_mill import commands as mill
from devices.status import Failed, OutcomeUnknown, Success
from tests.support.at_worker import AtWorker
from tests.support.simulated import SimulatedCabin, simulated_cabin


class Machine(AtWorker):
    """A machine of the simulated cabin with its worker."""

    def __init__(self, cabin: SimulatedCabin, device: str, driver: str) -> None:
        self.device, self.bench = device, cabin.bench
        super().__init__(device, driver, str(cabin.folder / device))
        self.until(self.ready)

    def act(self, action: str, **body: object) -> None:
        self.bench.act(self.device, action, **body)

    def back(self) -> None:
        """The cable is put back."""
        self.act("plug")
        self.until(self.ready)


@pytest.fixture(scope="module")
def cabin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCabin]:
    with simulated_cabin(tmp_path_factory.mktemp("cabin"), "--speed", "8") as running:
        yield running


@pytest.fixture
def machine(cabin: SimulatedCabin) -> Iterator[Callable[[str, str], Machine]]:
    made: list[Machine] = []

    def make(device: str, driver: str) -> Machine:
        made.append(Machine(cabin, device, driver))
        return made[-1]

    yield make
    for one in made:
        one.stop()


Make = Callable[[str, str], Machine]


def test_a_booklet_is_taken(machine: Make) -> None:
    dispenser = machine("booklet_dispenser", "qu_cd")
    number = dispenser.submit(Dispense())
    dispenser.until(lambda: Place.AT_TAKE in dispenser.progress)
    dispenser.act("take")
    assert dispenser.end(number) == Success(Fate.TAKEN)


def test_a_cable_pulled_while_a_booklet_lies_there_costs_no_second_one(machine: Make) -> None:
    dispenser = machine("booklet_dispenser", "qu_cd")
    before = dispenser.bench.state("booklet_dispenser")["hopper"]
    number = dispenser.submit(Dispense())
    dispenser.until(lambda: Place.AT_TAKE in dispenser.progress)
    dispenser.act("unplug")
    assert isinstance(dispenser.end(number), OutcomeUnknown)
    assert dispenser.gone()
    dispenser.act("take")
    dispenser.back()
    settled = dispenser.do(Resolve())
    assert isinstance(settled, Success | OutcomeUnknown)
    assert dispenser.bench.state("booklet_dispenser")["hopper"] == before - 1


def test_a_card_is_read_and_a_pulled_cable_ends_a_reading_for_certain(machine: Make) -> None:
    reader = machine("id_reader", "sam_v")
    number = reader.submit(ReadCard(30.0))
    reader.act("lay", name="测试乙")
    read = reader.end(number)
    assert isinstance(read, Success)
    assert isinstance(read.value, Identity)
    assert read.value.name == "测试乙"
    reader.act("lift")
    number = reader.submit(ReadCard(30.0))
    reader.act("unplug")
    assert isinstance(reader.end(number), Failed)
    reader.back()
    number = reader.submit(ReadCard(30.0))
    reader.act("lay", name="测试丙")
    read = reader.end(number)
    assert isinstance(read, Success)
    assert isinstance(read.value, Identity)
    assert read.value.name == "测试丙"
    reader.act("lift")


def test_a_meter_whose_cable_is_pulled_is_told_to_stop_when_it_is_back(machine: Make) -> None:
    meter = machine("bp_meter", "rbp_meter")
    number = meter.submit(Measure())
    meter.until(lambda: any(isinstance(x, rbp_codec.CuffPressure) for x in meter.progress))
    meter.act("unplug")
    assert isinstance(meter.end(number), OutcomeUnknown)
    meter.back()
    meter.bench.until("bp_meter", lambda state: state["pressure"] == 0)
    done = meter.do(Measure())
    assert isinstance(done, Success)
    assert isinstance(done.value, rbp_codec.Result)


def test_rice_is_milled_and_a_pulled_cable_starts_nothing_twice(machine: Make) -> None:
    rice = machine("rice_mill", "rice_mill")
    number = rice.submit(mill.Mill(1, 500, 7))
    rice.bench.until("rice_mill", lambda state: state["phase"] == "take")
    rice.act("take")
    done = rice.end(number)
    assert isinstance(done, Success)
    # The machine's time runs faster here than ours: its weight may pass between two looks.
    assert (done.value.grams, done.value.batches, done.value.of) == (500, 1, 1)
    starts = rice.bench.state("rice_mill")["starts"]
    rice.progress.clear()
    number = rice.submit(mill.Mill(2, 500, 9))
    rice.until(lambda: any(isinstance(x, mill.Milling) and x.gross for x in rice.progress))
    rice.act("unplug")
    assert isinstance(rice.end(number), OutcomeUnknown)
    assert rice.gone()
    rice.bench.until("rice_mill", lambda state: state["phase"] == "take")
    rice.act("take")
    rice.back()
    assert rice.do(mill.Resolve(2, 500, 9)) == Success(mill.Fate.DONE)
    assert rice.bench.state("rice_mill")["starts"] == starts + 1
