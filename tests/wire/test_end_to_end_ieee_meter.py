"""The IEEE 11073 manager in its worker, on a real pty, with the simulator's meter at the end."""

from __future__ import annotations

import queue
import socket
from pathlib import Path

import pytest

from devices.bp_meter.ieee_config import Observation
from devices.bp_meter.ieee_driver import IeeeMeter, NextReading
from devices.driver import Completed, Report
from devices.status import Level, Success
from devices.worker import Worker
from tests.support.bridge import Bridge
from tests.support.simulated import simulated_cabin

PATIENCE_S = 30


class Heard:
    """Reports of a worker, awaited."""

    def __init__(self) -> None:
        self._reports: queue.Queue[Report] = queue.Queue()

    def __call__(self, name: str, report: Report) -> None:
        del name
        self._reports.put(report)

    def completion(self) -> object:
        while True:
            report = self._reports.get(timeout=PATIENCE_S)
            if isinstance(report, Completed):
                return report.completion


@pytest.mark.parametrize("config", ["standard", "its own"])
def test_a_measurement_over_a_cable_that_is_pulled_and_put_back(
    tmp_path: Path, config: str
) -> None:
    heard = Heard()
    with simulated_cabin(tmp_path, "--speed", "4") as cabin:
        bench = cabin.bench
        if config == "its own":
            bench.act("bp_meter_standard", "extended")
        port = str(cabin.folder / "bp_meter_standard")
        worker = Worker("bp_meter_standard", IeeeMeter, port, heard)
        worker.start()
        try:
            while worker.status.reason != "not_associated":
                heard._reports.get(timeout=PATIENCE_S)
            worker.submit(NextReading())
            bench.act("bp_meter_standard", "measure", systolic=133, diastolic=81, pulse=66)
            done = heard.completion()
            assert isinstance(done, Success)
            assert isinstance(done.value, Observation)
            assert (done.value.systolic, done.value.diastolic, done.value.pulse) == (133, 81, 66)
            bench.act("bp_meter_standard", "unplug")
            while worker.status.level is not Level.UNAVAILABLE:
                heard._reports.get(timeout=PATIENCE_S)
            bench.act("bp_meter_standard", "plug")
            while worker.status.reason != "not_associated":
                heard._reports.get(timeout=PATIENCE_S)
            worker.submit(NextReading())
            bench.act("bp_meter_standard", "measure", systolic=118)
            done = heard.completion()
            assert isinstance(done, Success)
            assert isinstance(done.value, Observation)
            assert done.value.systolic == 118
        finally:
            assert worker.stop()


def test_a_meter_that_calls_over_the_network(tmp_path: Path) -> None:
    heard = Heard()
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
    with simulated_cabin(tmp_path, "--speed", "4") as cabin:
        worker = Worker("meter", IeeeMeter, f"tcp-listen://127.0.0.1:{number}", heard)
        worker.start()
        try:
            for systolic in (126, 117):
                while worker.status.reason != "not_associated":
                    heard._reports.get(timeout=PATIENCE_S)
                bridge = Bridge(cabin.folder / "bp_meter_standard", number)
                # The meter doesn't notice that its network went: it believes in the association.
                cabin.bench.act("bp_meter_standard", "sleep")
                cabin.bench.until("bp_meter_standard", lambda state: not state["associated"])
                worker.submit(NextReading())
                cabin.bench.act("bp_meter_standard", "measure", systolic=systolic)
                done = heard.completion()
                assert isinstance(done, Success)
                assert isinstance(done.value, Observation)
                assert done.value.systolic == systolic
                bridge.hang_up()
                while worker.status.level is not Level.UNAVAILABLE:
                    heard._reports.get(timeout=PATIENCE_S)
        finally:
            assert worker.stop()
