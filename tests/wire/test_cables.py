"""Exchanged cables: machines that never answered are tried at each other's ports, once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from devices import registry
from devices.driver import Report, StatusChanged
from devices.status import Level, Status
from devices.worker import Worker
from kiosk.cables import Cables
from kiosk.device_probe import can_answer
from sim.cabin import APP_ID
from tests.support.simulated import PATIENCE_S, SimulatedCabin, simulated_cabin

READY = Status(Level.READY)
SILENT = Status(Level.UNAVAILABLE, "no_answer")
GONE = Status(Level.UNAVAILABLE, "unplugged")
MOVED = Status(Level.UNAVAILABLE, "moved")


class Hand:
    """A worker that only writes down where it was moved to."""

    def __init__(self) -> None:
        self.moves: list[str] = []

    def move(self, url: str) -> None:
        self.moves.append(url)


class Desk:
    """Cables under a clock of the test's own, with workers that do as they are told."""

    def __init__(self, *roles: str) -> None:
        self.now = 0.0
        self.cables = Cables(lambda: self.now, patience_s=20, trial_s=12)
        self.hands = {role: Hand() for role in roles}
        for role, hand in self.hands.items():
            url = f"serial:///dev/{role}?baud={len(role)}00"
            self.cables.add(role, hand, url, answers=role != "scanner")

    def say(self, status: Status, *roles: str) -> None:
        for role in roles:
            self.cables.heard(role, StatusChanged(status))

    def after(self, seconds: float) -> dict[str, list[str]]:
        self.now += seconds
        self.cables.look()
        return {role: hand.moves for role, hand in self.hands.items() if hand.moves}


def test_two_that_never_answered_are_exchanged_and_stay_if_both_answer_there() -> None:
    desk = Desk("terminal", "printer")
    desk.say(SILENT, "terminal", "printer")
    assert desk.after(19) == {}
    moves = {
        "terminal": ["serial:///dev/printer?baud=800"],
        "printer": ["serial:///dev/terminal?baud=700"],
    }
    assert desk.after(1) == moves
    desk.say(MOVED, "terminal", "printer")
    desk.say(READY, "terminal", "printer")
    assert desk.after(1) == moves
    assert desk.cables.exchanged == (("terminal", "printer"),)
    assert desk.after(1000) == moves


def test_two_that_are_switched_off_go_back_and_are_left_alone() -> None:
    desk = Desk("terminal", "printer")
    desk.say(SILENT, "terminal", "printer")
    desk.after(20)
    desk.say(MOVED, "terminal", "printer")
    desk.say(SILENT, "terminal", "printer")
    moves = desk.after(12)
    assert [urls[-1] for urls in moves.values()] == [
        "serial:///dev/terminal?baud=800",
        "serial:///dev/printer?baud=700",
    ]
    desk.say(SILENT, "terminal", "printer")
    assert all(len(urls) == 2 for urls in desk.after(1000).values())
    assert desk.cables.exchanged == ()


def test_a_cable_pulled_later_may_be_another_one_when_it_is_back() -> None:
    desk = Desk("terminal", "printer")
    both = ("terminal", "printer")
    desk.say(SILENT, *both)
    desk.after(20)
    desk.say(MOVED, *both)
    desk.after(12)
    desk.say(GONE, *both)
    desk.say(SILENT, *both)
    assert all(len(urls) == 3 for urls in desk.after(20).values())


def test_whoever_answered_at_its_port_keeps_it() -> None:
    desk = Desk("terminal", "printer")
    desk.say(READY, "terminal")
    desk.say(SILENT, "terminal", "printer")
    assert desk.after(1000) == {}


def test_an_answer_from_before_the_move_is_none() -> None:
    desk = Desk("terminal", "printer")
    desk.say(SILENT, "terminal", "printer")
    desk.after(20)
    desk.say(READY, "terminal", "printer")
    desk.after(1)
    assert desk.cables.exchanged == ()


def test_one_answer_of_two_is_not_enough() -> None:
    desk = Desk("terminal", "printer")
    desk.say(SILENT, "terminal", "printer")
    desk.after(20)
    desk.say(MOVED, "terminal", "printer")
    desk.say(READY, "terminal")
    desk.say(SILENT, "printer")
    assert all(len(urls) == 2 for urls in desk.after(12).values())


def test_a_scanner_is_disturbed_last_and_believed_by_the_others_answer() -> None:
    desk = Desk("scanner", "terminal", "printer")
    desk.say(READY, "scanner")
    desk.say(SILENT, "terminal", "printer")
    assert set(desk.after(20)) == {"terminal", "printer"}
    desk.say(MOVED, "terminal", "printer")
    desk.say(SILENT, "terminal", "printer")
    desk.after(12)
    desk.say(SILENT, "terminal", "printer")
    desk.after(20)
    assert len(desk.hands["scanner"].moves) == 1
    tried = next(x for x in ("terminal", "printer") if len(desk.hands[x].moves) == 3)
    desk.say(MOVED, "scanner", tried)
    desk.say(READY, tried)
    desk.after(1)
    assert desk.cables.exchanged == (("scanner", tried),)


class Kiosk:
    """The cabin's workers with `Cables` looking on, as the kiosk has them."""

    def __init__(self, cabin: SimulatedCabin, ports: dict[str, str]) -> None:
        settings: dict[str, tuple[str, dict[str, object], int]] = {
            "terminal": ("ecr_hub", {"app_id": APP_ID}, 115200),
            "receipt_printer": ("escpos_serial", {"columns": 48}, 19200),
        }
        self.cables = Cables(patience_s=2.0, trial_s=6.0)
        self.workers = {}
        self._heard = threading.Condition()
        for role, (driver, options, baud) in settings.items():
            url = f"serial://{(cabin.folder / ports[role])}?baud={baud}"
            factory = registry.factory(driver, options)
            self.workers[role] = Worker(role, factory, url, self._report)
            self.cables.add(role, self.workers[role], url, answers=can_answer(driver))
        for worker in self.workers.values():
            worker.start()

    def _report(self, role: str, report: Report) -> None:
        self.cables.heard(role, report)
        with self._heard:
            self._heard.notify_all()

    def until(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < end, {x: y.status for x, y in self.workers.items()}
            self.cables.look()
            with self._heard:
                self._heard.wait(0.1)

    def all_ready(self) -> bool:
        return all(worker.status.level is Level.READY for worker in self.workers.values())

    def stop(self) -> None:
        for worker in self.workers.values():
            assert worker.stop()


def test_machines_whose_cables_are_exchanged_work(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with simulated_cabin(tmp_path) as cabin:
        kiosk = Kiosk(cabin, {"terminal": "receipt_printer", "receipt_printer": "terminal"})
        try:
            kiosk.until(kiosk.all_ready)
            kiosk.until(lambda: bool(kiosk.cables.exchanged))
        finally:
            kiosk.stop()
    said = "the cables of terminal and receipt_printer are exchanged"
    assert said in caplog.text


def test_machines_at_their_own_ports_stay_there(tmp_path: Path) -> None:
    with simulated_cabin(tmp_path) as cabin:
        kiosk = Kiosk(cabin, {"terminal": "terminal", "receipt_printer": "receipt_printer"})
        try:
            kiosk.until(kiosk.all_ready)
            assert kiosk.cables.exchanged == ()
        finally:
            kiosk.stop()
