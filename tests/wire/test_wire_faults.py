"""Every driver on a line that spoils any one of its frames, or is pulled at any one of them.

Whatever happens to a frame, the command ends once, and what its end says is true of the machine:
success means done, failure means not done, and what can't be taken back was done once at most.
Then the line is whole again, and so is the device. Sources: Design, "Devices"; requirements R12,
R16, R18.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from devices import registry
from devices.booklet_dispenser.driver import Dispense
from devices.bp_meter.ieee_config import Observation
from devices.bp_meter.ieee_driver import NextReading
from devices.bp_meter.rbp_codec import Result
from devices.bp_meter.rbp_driver import Measure
from devices.driver import Driver
from devices.id_reader.codec import Identity
from devices.id_reader.driver import ReadCard
from devices.payment_terminal.commands import Sale
from devices.payment_terminal.zvt_commands import Sale as ZvtSale
from devices.receipt_printer.document import Cut, Print, Text
from devices.rice_mill.commands import Mill
from devices.status import Completion, Level, OutcomeUnknown, Success
from sim.cabin import APP_ID
from sim.devices.booklet_dispenser import BookletDispenser
from sim.devices.id_reader import IdReader
from sim.devices.ieee_meter import IeeeMeter
from sim.devices.model import Model
from sim.devices.rbp_meter import RbpMeter
from sim.devices.receipt_printer import ReceiptPrinter
from sim.devices.rice_mill import RiceMill
from sim.devices.terminal import Terminal
from sim.devices.terminal_zvt import TerminalZvt
from sim.faults import WIRE_KINDS
from sim.wire.line import FROM_DEVICE, TO_DEVICE
from tests.support.wired import Make, Wired

COMMAND, AGAIN = 1, 2


def _nobody(model: Model) -> None:
    """Nobody is there."""
    del model


def _nothing(model: Model) -> int:
    """It does nothing that couldn't be taken back."""
    del model
    return 0


@dataclass(frozen=True)
class Subject:
    """A driver with its machine, what is asked of it, and what somebody does before and meanwhile.

    `done` counts what can't be taken back. `tells` says whether a success says what is so; None
    for a line whose protocol has no check bytes, so that nobody can tell a spoilt frame from a
    good one.
    """

    driver: str
    make: Make
    command: object
    settings: dict[str, object] = field(default_factory=dict)
    prepare: Callable[[Model], None] = _nobody
    act: Callable[[Model], None] = _nobody
    done: Callable[[Model], int] = _nothing
    tells: Callable[[object], bool] | None = None


def _pays(model: Model) -> None:
    if "tap_card" in model.actions() and model.state()["sale"] is not None:
        model.act("tap_card", {})


def _charges(model: Model) -> int:
    assert isinstance(model, Terminal)
    return sum(bool(entry["charged_fen"]) for entry in model.ledger().values())


def _charges_zvt(model: Model) -> int:
    assert isinstance(model, TerminalZvt)
    return len(model.ledger())


def _takes(model: Model) -> None:
    if "take" in model.actions():
        model.act("take", {})


def _lays(model: Model) -> None:
    assert isinstance(model, IdReader)
    if "lay" in model.actions() and not model.reads:
        model.act("lay", {})


def _wakes(model: Model) -> None:
    if not model.state()["associated"]:
        model.act("wake", {})


def _measures(model: Model) -> None:
    _wakes(model)
    if model.state() == {**model.state(), "associated": True, "confirmed": 0, "waiting": 0}:
        model.act("measure", {})


SUBJECTS = {
    "terminal": Subject(
        "ecr_hub",
        lambda clock, faults: Terminal(clock, faults, app_id=APP_ID),
        Sale("SX13801", 9630, "电费"),
        {"app_id": APP_ID},
        act=_pays,
        done=_charges,
        tells=lambda value: getattr(value, "paid_fen", None) == 9630,
    ),
    "zvt terminal": Subject(
        "zvt",
        TerminalZvt,
        ZvtSale("SX13801", 9630, "commit"),
        act=_pays,
        done=_charges_zvt,
        tells=lambda value: getattr(value, "paid_fen", None) == 9630,
    ),
    "printer": Subject(
        "escpos_serial",
        ReceiptPrinter,
        Print("J1", (Text("电费 96.30"), Cut())),
        {"columns": 48},
    ),
    "dispenser": Subject(
        "qu_cd",
        lambda _, faults: BookletDispenser(faults),
        Dispense(),
        act=_takes,
        done=lambda model: int(str(model.state()["dispenses"])),
    ),
    "mill": Subject(
        "rice_mill",
        lambda _, faults: RiceMill(faults),
        Mill(1, 500, 7),
        act=_takes,
        done=lambda model: int(str(model.state()["starts"])),
    ),
    "meter": Subject(
        "rbp_meter",
        RbpMeter,
        Measure(),
        tells=lambda value: (
            isinstance(value, Result) and (value.systolic, value.pulse) == (128, 71)
        ),
    ),
    "standard meter": Subject(
        "ieee_meter",
        IeeeMeter,
        NextReading(),
        prepare=_wakes,
        act=_measures,
        tells=lambda value: isinstance(value, Observation),
    ),
    "card reader": Subject(
        "sam_v",
        lambda _, faults: IdReader(faults),
        ReadCard(20.0),
        act=_lays,
        tells=lambda value: isinstance(value, Identity) and value.name == "测试甲",
    ),
}
DIRECTIONS = (TO_DEVICE, FROM_DEVICE)


def _driver(subject: Subject) -> Driver:
    return registry.factory(subject.driver, subject.settings)()


def _ready(subject: Subject) -> Wired:
    wired = Wired(_driver(subject), subject.make, subject.prepare)
    wired.until_ready()
    return wired


def _ask(subject: Subject, wired: Wired, number: int = COMMAND) -> None:
    wired.act = subject.act
    wired.submit(number, subject.command)


def _frames(subject: Subject) -> list[tuple[str, int]]:
    """Which writes there are to be spoilt, seen in a command with which nothing happens."""
    wired = _ready(subject)
    before = dict(wired.line.writes)
    _ask(subject, wired)
    assert isinstance(wired.end(COMMAND), Success)
    frames = []
    for direction in DIRECTIONS:
        count = wired.line.writes[direction] - before[direction]
        frames += [(direction, number) for number in range(count)]
    return frames


def _is_true(subject: Subject, wired: Wired, end: Completion, what: object) -> None:
    """What the end says is so."""
    done = subject.done(wired.model)
    assert done <= 1, what
    if isinstance(end, Success):
        if subject.tells is not None:
            assert subject.tells(end.value), what
        if subject.done is not _nothing:
            assert done == 1, what
    elif not isinstance(end, OutcomeUnknown):
        assert not done, (what, end)


def _recovers(wired: Wired, what: object) -> None:
    wired.faults.clear()
    wired.until(lambda: wired.driver.status.usable, 200.0)
    assert wired.ends().keys() == {COMMAND}, what


@pytest.mark.parametrize("kind", WIRE_KINDS)
@pytest.mark.parametrize("name", SUBJECTS)
def test_one_spoilt_frame_is_survived_and_told_truly(name: str, kind: str) -> None:
    subject = SUBJECTS[name]
    for direction, number in _frames(subject):
        what = (name, kind, direction, number)
        wired = _ready(subject)
        wired.spoil(kind, direction, number)
        _ask(subject, wired)
        _is_true(subject, wired, wired.end(COMMAND), what)
        _recovers(wired, what)


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_cable_pulled_at_any_frame_is_survived_and_told_truly(name: str) -> None:
    subject = SUBJECTS[name]
    for direction, number in _frames(subject):
        what = (name, "pulled", direction, number)
        wired = _ready(subject)
        wired.pull(direction, number)
        _ask(subject, wired)
        wired.until(lambda pulled=wired: not pulled.line.plugged or COMMAND in pulled.ends())
        assert wired.driver.status.level is Level.UNAVAILABLE or wired.line.plugged, what
        end = wired.end(COMMAND)
        wired.wait(60.0)  # the machine comes to an end by itself
        _is_true(subject, wired, end, what)
        if not wired.line.plugged:
            wired.plug()
        _recovers(wired, what)


@pytest.mark.parametrize("name", SUBJECTS)
def test_silence_is_never_ready(name: str) -> None:
    subject = SUBJECTS[name]
    driver = _driver(subject)
    driver.opened(0.0)
    for second in range(120):
        driver.tick(float(second))
        driver.take_output()
        assert driver.status.level in (Level.UNKNOWN, Level.UNAVAILABLE), second
        if driver.reopen_wanted:
            driver.lost(float(second), "no_answer")
            driver.opened(float(second))


def _talk(subject: Subject) -> list[bytes]:
    """Everything that a machine says in a command, piece by piece."""
    wired = _ready(subject)
    heard: list[bytes] = []
    take = wired.line.to_host

    def to_host() -> list[bytes]:
        pieces = take()
        heard.extend(pieces)
        return pieces

    wired.line.to_host = to_host  # type: ignore[method-assign]
    _ask(subject, wired)
    wired.end(COMMAND)
    return heard


@pytest.mark.parametrize("name", SUBJECTS)
def test_what_other_machines_say_makes_nothing_ready(name: str) -> None:
    subject = SUBJECTS[name]
    for other in SUBJECTS:
        if other == name:
            continue
        driver = _driver(subject)
        driver.opened(0.0)
        now = 0.0
        for piece in _talk(SUBJECTS[other]) * 3:
            now += 0.3
            driver.receive(piece, now)
            driver.tick(now)
            driver.take_output()
            assert not driver.status.usable, (name, other, piece.hex())


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_machine_that_talks_without_being_asked_completes_nothing(name: str) -> None:
    subject = SUBJECTS[name]
    said = _talk(subject)
    wired = _ready(subject)
    for piece in said * 2:
        wired.driver.receive(piece, wired.now)
        wired.step()
    assert not wired.ends()
    assert not subject.done(wired.model)
    wired.until(lambda: wired.driver.status.usable, 200.0)
    _ask(subject, wired, AGAIN)
    end = wired.end(AGAIN)
    assert isinstance(end, Success | OutcomeUnknown), end
    assert subject.done(wired.model) <= 1
