"""The practice cabin is made of its child's machines and nothing else."""

from __future__ import annotations

import inspect
import logging
import os
import subprocess
import sys
import threading
import time
import typing
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest

from devices.bp_meter.rbp_driver import Stop
from devices.status import Level, Status
from kiosk.classroom.child import COMMAND, Child, ChildError, sweep
from kiosk.classroom.practice import (
    Lent,
    PracticeCabin,
    StrangerError,
    practice_settings,
    refuse_strangers,
)
from kiosk.core.state import State
from kiosk.core.visit import messages as m
from kiosk.lending import Lending
from kiosk.log import _mark_practice
from kiosk.opening_files import place_of
from kiosk.pages import PageStore
from kiosk.settings import Settings

PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    one = Child()
    yield one
    one.stop()
    assert not one.folder.exists()


def test_its_settings_are_the_childs(child: Child) -> None:
    settings = practice_settings(child, "a")
    assert settings.source.parent == child.folder
    assert settings.cabin.data_dir == child.folder / "a"
    assert settings.operators == ()
    assert str(child.folder).startswith("/dev/shm/")  # nothing touches the disk


STRANGE_PORTS = (
    "serial:///dev/serial/by-id/usb-terminal?baud=115200",
    "serial:///dev/ttyUSB0",
    "/dev/ttyACM0",
    "tcp://192.0.2.7:20007",
    "tcp://terminal.example:20007",
    "usb://0416:5011",
    "ipp://printer.example/ipp/print",
)


@pytest.mark.parametrize("port", STRANGE_PORTS)
def test_a_port_that_is_not_the_childs_is_refused(child: Child, port: str) -> None:
    settings = practice_settings(child, "a")
    for role, device in settings.devices.items():
        devices = {**settings.devices, role: replace(device, port=port)}
        with pytest.raises(StrangerError, match=role):
            refuse_strangers(replace(settings, devices=devices), child.folder)


def test_a_path_out_of_its_folder_is_refused(child: Child) -> None:
    settings = practice_settings(child, "a")
    out = f"serial://{child.folder}/../elsewhere/terminal?baud=115200"
    devices = {**settings.devices, "terminal": replace(settings.devices["terminal"], port=out)}
    with pytest.raises(StrangerError):
        refuse_strangers(replace(settings, devices=devices), child.folder)


@pytest.mark.parametrize("program", ["scanimage", "/usr/bin/scanimage", "../scanimage", ""])
def test_a_scanners_program_that_is_not_its_own_is_refused(child: Child, program: str) -> None:
    settings = practice_settings(child, "a")
    scanner = settings.devices["document_scanner"]
    assert scanner.port.startswith("sane:")
    strange = replace(scanner, options={"program": program} if program else {})
    devices = {**settings.devices, "document_scanner": strange}
    with pytest.raises(StrangerError, match="document_scanner"):
        refuse_strangers(replace(settings, devices=devices), child.folder)


def test_a_gateway_elsewhere_is_refused(child: Child) -> None:
    settings = practice_settings(child, "a")
    gateways = settings.gateways
    tried = 0
    for field in fields(gateways):
        one = getattr(gateways, field.name)
        if one is None:
            continue
        for url in [x.name for x in fields(one) if "://" in str(getattr(one, x.name))]:
            strange = replace(one, **{url: "https://biller.example/api"})
            elsewhere = replace(settings, gateways=replace(gateways, **{field.name: strange}))
            with pytest.raises(StrangerError):
                refuse_strangers(elsewhere, child.folder)
            tried += 1
    assert tried >= 4


def test_another_cabins_settings_are_refused(child: Child, tmp_path: Path) -> None:
    """Whoever manages to hand it another file gets nothing."""
    with pytest.raises(StrangerError):
        refuse_strangers(practice_settings(child, "a"), tmp_path)


def test_a_practice_cabin_starts_from_nothing_each_time(child: Child) -> None:
    for name in ("one", "two"):
        states: list[State] = []
        cabin = PracticeCabin(child, states.append, PageStore(), name, lambda: None)
        assert cabin.wait(PATIENCE_S)
        assert states[0].orders == {}
        assert cabin.journal_path.is_relative_to(child.folder)
        cabin.post(m.Touched("home.pay_bill", "", states[-1].version))
        _until(lambda states=states: type(states[-1].visit.step).__name__ == "ScanBill")  # type: ignore[misc]
        cabin.stop()
        assert not cabin.journal_path.exists()


def test_whatever_it_does_is_marked_in_the_log(child: Child) -> None:
    """By the names of its threads: those of engine, lanes and machines."""
    before = set(threading.enumerate())
    states: list[State] = []
    cabin = PracticeCabin(child, states.append, PageStore(), "marked", lambda: None)
    assert cabin.wait(PATIENCE_S)  # the biller has answered in a lane
    fresh = {x.name for x in threading.enumerate() if x not in before and x.name != "supervisor"}
    cabin.stop()
    assert {"practice", "practice-terminal-1"} <= fresh
    assert [x for x in fresh if x.startswith("practice-lane-")]
    assert [x for x in fresh if not x.startswith("practice")] == []
    heard: list[str] = []
    handler = logging.StreamHandler()
    handler.addFilter(_mark_practice)
    handler.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    record = logging.LogRecord("kiosk", logging.INFO, "", 0, "%s: paid", ("SX1",), None)
    record.threadName = "practice-lane-biller"
    handler.handle(record)
    assert heard == ["practice: SX1: paid"]


class Meter:
    """A cuff of the real cabin on somebody's arm."""

    last_id = 0
    status = Status(Level.BUSY, "measuring")

    def __init__(self) -> None:
        self.told: list[object] = []

    def submit(self, command: object) -> int:
        self.told.append(command)
        return len(self.told)

    def cancel(self, command_id: int) -> None:
        raise NotImplementedError


def test_a_lent_cuff_lets_go_however_the_cabin_ends(child: Child) -> None:
    lending, meter = Lending(), Meter()
    lending.add("bp_meter", "rbp_meter", meter)
    lent = (Lent("bp_meter", "rbp_meter", lending),)
    cabin = PracticeCabin(child, lambda _: None, PageStore(), "cuff", lambda: None, lent)
    cabin.stop()
    assert [type(x) for x in meter.told] == [Stop]
    cabin.let_go()
    assert len(meter.told) == 1  # it isn't ours any more


def test_what_a_printed_file_leaves_is_in_its_folder(child: Child) -> None:
    settings = practice_settings(child, "printing")
    settings.cabin.data_dir.mkdir()
    place = place_of(settings)
    assert place is not None
    assert place.folder.path.is_relative_to(child.folder)
    assert place.folder.in_memory


def test_what_killed_children_left_is_swept(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left, alive = tmp_path / f"cabin-{dead.pid}-abc_12", tmp_path / f"cabin-{os.getpid()}-abc_12"
    others = tmp_path / "cabin-visit-0-0", tmp_path / "cabin-old"
    for folder in (left, alive, *others):
        (folder / "data").mkdir(parents=True)
    sweep(tmp_path)
    assert {*tmp_path.iterdir()} == {alive, *others}


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_it_knows_no_other_settings_than_the_childs() -> None:
    """By its types: nothing that a practice cabin is made of can carry the real cabin's ports."""
    hints = typing.get_type_hints(PracticeCabin.__init__)
    assert Settings not in hints.values()
    assert next(iter(inspect.signature(PracticeCabin).parameters)) == "child"


def test_the_child_ends_with_the_process_that_began_it() -> None:
    program = (
        "import os, signal, sys\n"
        "from kiosk.classroom.child import Child\n"
        "child = Child()\n"
        "print(child.pid, child.folder, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=False
    )
    pid, folder = done.stdout.split()
    _until(lambda: not Path(folder).exists())
    _until(lambda: not _runs(int(pid)))


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_child_that_does_not_start_says_why() -> None:
    with pytest.raises(ChildError, match="--no-such-word"):
        Child((*COMMAND, "--no-such-word"))
    with pytest.raises(ChildError, match="can't be started"):
        Child(("/no/such/program",))


def test_a_refusal_names_what_was_asked(child: Child) -> None:
    with pytest.raises(ChildError, match="no device nobody"):
        child.ask("POST", "/api/devices/nobody/scan", {})
    assert child.alive
