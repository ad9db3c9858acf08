"""The mill's wire against programs of other hands: mbpoll, minimalmodbus and pymodbus.

mbpoll (on libmodbus) and minimalmodbus are masters before the simulated mill; pymodbus serves the
mill's registers to the driver. What none of them shares with us is the reading of Modbus.
"""

from __future__ import annotations

import asyncio
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import minimalmodbus
import pytest
from pymodbus import FramerType
from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from devices import registry
from devices.driver import Completed, Report
from devices.rice_mill.commands import Mill, Milled
from devices.status import Completion, Level, Success
from devices.worker import Worker
from tests.support.simulated import PATIENCE_S, SimulatedCabin, simulated_cabin

SLAVE, RUN, BIN, PROGRESS = 0x0A, 0x1000, 0x1001, 0x1104
ON, OFF = 0x0000, 0xFFFF


@pytest.fixture(scope="module")
def cabin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCabin]:
    with simulated_cabin(tmp_path_factory.mktemp("cabin"), "--speed", "4") as running:
        yield running


# ---- masters before the simulated mill ----


def mbpoll(port: Path, *words: str) -> str:
    """What mbpoll prints; it ends by itself."""
    program = shutil.which("mbpoll")
    assert program, "mbpoll is missing: run `make test`, which installs it"
    line = ["-m", "rtu", "-a", str(SLAVE), "-b", "9600", "-P", "none", "-0", "-1"]
    done = subprocess.run(
        [program, *line, str(port), *words], capture_output=True, text=True, timeout=PATIENCE_S
    )
    return done.stdout + done.stderr


def values(printed: str) -> list[int]:
    """The registers that mbpoll lists as `[4096]:  0`."""
    rows = [row.split(":")[1] for row in printed.splitlines() if row.startswith("[")]
    return [int(row.split()[0], 0) for row in rows]


def test_mbpoll_reads_and_writes(cabin: SimulatedCabin) -> None:
    port = (cabin.folder / "rice_mill").resolve()
    assert values(mbpoll(port, "-t", "3", "-r", str(PROGRESS), "-c", "1")) == [1]
    assert "Written 4 references" in mbpoll(port, "-r", str(BIN), "2", "0", "400", "5")
    assert values(mbpoll(port, "-r", str(BIN), "-c", "4")) == [2, 0, 400, 5]
    assert "Illegal function" in mbpoll(port, "-t", "0", "-r", "0", "-c", "1")
    assert "Illegal data address" in mbpoll(port, "-r", str(0x0FFF), "-c", "1")


@pytest.fixture
def master(cabin: SimulatedCabin) -> Iterator[minimalmodbus.Instrument]:
    """minimalmodbus at the mill's line."""
    instrument = minimalmodbus.Instrument(str((cabin.folder / "rice_mill").resolve()), SLAVE)
    instrument.serial.baudrate = 9600
    instrument.serial.timeout = 1.0
    yield instrument
    instrument.serial.close()


def test_minimalmodbus_mills_half_a_kilo(
    cabin: SimulatedCabin, master: minimalmodbus.Instrument
) -> None:
    before = cabin.bench.state("rice_mill")
    assert master.read_register(RUN) == ON, "at power-up, with nothing running"
    master.write_register(RUN, ON, functioncode=6)
    assert master.read_register(PROGRESS, functioncode=4) == 1, "no change, so nothing happens"
    master.write_registers(BIN, [1, 0, 500, 7])
    master.write_register(RUN, OFF, functioncode=6)
    master.write_register(RUN, ON, functioncode=6)
    assert master.read_register(PROGRESS, functioncode=4) == 2
    cabin.bench.until("rice_mill", lambda state: state["phase"] == "take")
    assert master.read_register(0x1109, functioncode=4) == 500
    cabin.bench.act("rice_mill", "take")
    cabin.bench.until("rice_mill", lambda state: state["phase"] == "idle")
    assert master.read_register(PROGRESS, functioncode=4) == 1
    after = cabin.bench.state("rice_mill")
    assert after["taken"] == before["taken"] + 500
    assert after["bins"]["1"] == before["bins"]["1"] - 500


def test_minimalmodbus_is_refused_and_left_without_an_answer(
    cabin: SimulatedCabin, master: minimalmodbus.Instrument
) -> None:
    with pytest.raises(minimalmodbus.IllegalRequestError):
        master.read_register(0x0FFF)
    with pytest.raises(minimalmodbus.IllegalRequestError):
        master.read_bit(0)
    cabin.bench.fault("rice_mill", "answer_lost")
    with pytest.raises(minimalmodbus.NoResponseError):
        master.read_register(RUN)
    master.address = SLAVE + 1
    with pytest.raises(minimalmodbus.NoResponseError):
        master.read_register(RUN)


# ---- the driver before pymodbus's registers ----


class OtherMill:
    """The mill's registers served by pymodbus: Modbus RTU over TCP, a cycle of a few readings.

    A start is a change of the switch to ON, as at the real one; `starts` counts them.
    """

    CYCLE = 2
    """So many readings of the inputs find it running."""

    def __init__(self) -> None:
        self.starts = 0
        self._left = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._ready.wait(PATIENCE_S)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._server.shutdown(), self._loop).result(PATIENCE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)

    async def _act(
        self,
        function: int,
        first: int,
        address: int,
        count: int,
        registers: list[int],
        values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        del count
        if function == 6 and address == RUN and values is not None:
            if values[0] == ON and registers[RUN - first] != ON:
                self.starts += 1
                self._left = self.CYCLE
        elif function == 4:
            registers[PROGRESS - first] = 2 if self._left else 1
            self._left = max(0, self._left - 1)
        return None

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._begin())
        self._ready.set()
        self._loop.run_forever()

    async def _begin(self) -> None:
        holding = SimData(RUN, count=22, values=0, datatype=DataType.REGISTERS)
        inputs = SimData(
            0x1100, values=[0, 1, 0, 1, 1, 12, 50, 12, 50, 0, 0], datatype=DataType.REGISTERS
        )
        bits = SimData(0, count=1, values=[False] * 16, datatype=DataType.BITS)
        device = SimDevice(SLAVE, simdata=([bits], [bits], [holding], [inputs]), action=self._act)
        self._server = ModbusTcpServer(device, framer=FramerType.RTU, address=("127.0.0.1", 0))
        await self._server.serve_forever(background=True)
        transport = self._server.transport
        self.number: int = transport.sockets[0].getsockname()[1]


class Driven:
    """The mill's driver in its worker; its ends can be awaited."""

    def __init__(self, url: str) -> None:
        self._reports: queue.SimpleQueue[Report] = queue.SimpleQueue()
        factory = registry.factory("rice_mill", {})
        self.worker = Worker("mill", factory, url, lambda _, report: self._reports.put(report))
        self.worker.start()

    def until(self, holds: Callable[[Report], bool]) -> Report:
        end = time.monotonic() + PATIENCE_S
        while True:
            report = self._reports.get(timeout=max(0.0, end - time.monotonic()))
            if holds(report):
                return report

    def do(self, command: object) -> Completion:
        number = self.worker.submit(command)
        end = self.until(lambda x: isinstance(x, Completed) and x.command_id == number)
        assert isinstance(end, Completed)
        return end.completion


def test_the_driver_mills_at_pymodbus() -> None:
    mill = OtherMill()
    try:
        driven = Driven(f"tcp://127.0.0.1:{mill.number}")
        try:
            driven.until(lambda _: driven.worker.status.level is Level.READY)
            assert driven.do(Mill(1, 2000, 9)) == Success(Milled(2000, 2, 2, weighed=0)), "no scale"
            assert mill.starts == 2
        finally:
            assert driven.worker.stop()
    finally:
        mill.stop()
