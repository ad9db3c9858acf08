"""Parts of a running kiosk that stand still: the doctor names each, over the control socket."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from devices import registry
from devices.port import Port, PortError
from devices.recording import recorded
from devices.status import Level
from devices.supervisor import Supervisor
from devices.worker import Limits, Worker
from kiosk.behind import Behind, Outlook
from kiosk.config import load
from kiosk.diagnostics import judge, station
from kiosk.diagnostics.doctor import examine
from kiosk.diagnostics.heartbeat import ENGINE, JOURNAL, Heartbeat, Ping
from kiosk.diagnostics.station import Station
from kiosk.diagnostics.switchboard import Switchboard
from kiosk.shown import Shown
from tests.support.doctored import PATIENCE_S, all_ready, facts_of, own_display, until
from tests.support.simulated import simulated_cabin
from tests.support.window import KioskWindow


class Stone:
    """A heart whose engine never comes back from a beat, until it is let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def beat(self, *_: object) -> None:
        self.let_go.wait(PATIENCE_S)


def test_an_engine_that_stands_still_is_named(
    tmp_path: Path, display: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    for module in (station, judge):
        monkeypatch.setattr(module, "STUCK_S", 1.0)
    with simulated_cabin(tmp_path, "--speed", "4") as cabin:
        settings = load(cabin.folder / "cabin.toml")
        shown, heart, stone = Shown(), Heartbeat((ENGINE, JOURNAL)), Stone()
        behind = Behind(
            settings, shown.publish, shown.pages, Outlook(heart, shown.newest, shown.wake)
        )
        behind.go()
        try:
            until(lambda: all_ready(cabin), "a kiosk that works")
            behind.post(Ping(stone))  # type: ignore[arg-type]
            found = examine(settings.source)
        finally:
            stone.let_go.set()
            behind.stop()
    assert found.findings[0].code == "engine_stuck"
    assert "重启小屋程序" in found.findings[0].advice
    assert found.running, "the control socket answers all the same"


def test_a_worker_that_hangs_in_its_port_is_named(tmp_path: Path) -> None:
    with simulated_cabin(tmp_path, "--speed", "4") as cabin:
        settings = load(cabin.folder / "cabin.toml")
        board, heart = Switchboard(settings.devices, _made(cabin.folder / "data")), Heartbeat(())
        hang = threading.Event()

        def opening(_: str) -> Port:
            hang.wait(PATIENCE_S)
            raise PortError("port_missing", "it was let go")

        supervisor = Supervisor(0.05)
        worker = Worker(
            "terminal",
            recorded(registry.factory("ecr_hub", {"app_id": "x"}), board.tap("terminal")),
            "/dev/never",
            lambda role, report: board.heard(role, report) and None,
            opening,
            limits=Limits(stuck_s=0.2),
            supervisor=supervisor,
        )
        board.connect("terminal", worker)
        desk = Station(settings, board, heart, lambda: None)
        desk.open(lambda _: None, lambda: None)
        worker.start()
        try:
            until(lambda: worker.status.reason == "stuck", "the supervisor's verdict")
            assert worker.status.level is Level.UNAVAILABLE
            found = [x for x in examine(settings.source).findings if x.subject == "terminal"]
        finally:
            hang.set()
            worker.stop()
            desk.close()
    assert [x.code for x in found] == ["stuck"]
    assert "拔下这台设备的 USB 线" in found[0].advice
    assert "/dev/never" in found[0].evidence


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


@pytest.mark.long
@pytest.mark.window
def test_a_screen_that_stands_still_is_named(tmp_path: Path) -> None:
    with simulated_cabin(tmp_path, "--speed", "4") as cabin, own_display() as (name, pid):
        config = cabin.folder / "cabin.toml"
        kiosk = KioskWindow(config, name)
        try:
            until(lambda: all_ready(cabin), "a kiosk that works")
            parts = {x.name: x for x in facts_of(cabin).cabin.parts}
            assert parts["screen"].waiting_s == 0
            os.kill(pid, signal.SIGSTOP)
            found = examine(config)
            os.kill(pid, signal.SIGCONT)
        finally:
            os.kill(pid, signal.SIGCONT)
            kiosk.stop()
    assert found.findings[0].code == "screen_stuck"
    assert "显卡驱动" in found.findings[0].advice
    assert [x.code for x in found.findings if x.code == "engine_stuck"] == []
