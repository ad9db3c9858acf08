"""The worker over a real pty: unplugged, plugged, stuck (requirements R9, R11, R13)."""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices.driver import Driver, Notice, StatusChanged
from devices.payment_terminal.driver import EcrHubTerminal
from devices.port import Port, PortError
from devices.port_tcp import SocketPort, memory_ports
from devices.scanner.codec import Scanned
from devices.scanner.driver import CdcScanner
from devices.status import Failed, Level, OutcomeUnknown, Status, Success
from devices.supervisor import Supervisor
from devices.worker import Limits, Worker
from tests.wire.worker_by_hand import PATIENCE_S, Echo, Reports, Socket


@pytest.fixture
def socket_(tmp_path: Path) -> Iterator[Socket]:
    place = Socket(tmp_path)
    yield place
    if place.master >= 0:
        os.close(place.master)


@pytest.fixture
def reports() -> Reports:
    return Reports()


@pytest.fixture
def start(reports: Reports) -> Iterator[Callable[..., Worker]]:
    """Makes and starts workers that stop with the test."""
    workers: list[Worker] = []

    def make(factory: Callable[[], Driver], url: str, **options: object) -> Worker:
        worker = Worker("device", factory, url, reports, **options)  # type: ignore[arg-type]
        workers.append(worker)
        worker.start()
        return worker

    yield make
    for worker in workers:
        worker.stop()


def test_bytes_go_both_ways(
    socket_: Socket, reports: Reports, start: Callable[..., Worker]
) -> None:
    socket_.plug()
    worker = start(Echo, str(socket_.path))
    reports.status(Level.READY)
    number = worker.submit(b"ping")
    assert socket_.read(4) == b"ping"
    os.write(socket_.master, b"k")
    assert reports.completion(number) == Success(b"k")
    assert worker.status == Status(Level.READY)


def test_a_scanned_code_arrives(
    socket_: Socket, reports: Reports, start: Callable[..., Worker]
) -> None:
    socket_.plug()
    start(CdcScanner, f"serial://{socket_.path}?baud=9600")
    reports.status(Level.READY)
    os.write(socket_.master, b"910000\r\n")
    assert reports.wait(lambda r: isinstance(r, Notice)) == Notice(Scanned("910000"))


def test_unplugged_in_the_middle_and_plugged_again(
    socket_: Socket, reports: Reports, start: Callable[..., Worker]
) -> None:
    socket_.plug()
    worker = start(Echo, str(socket_.path))
    reports.status(Level.READY)
    number = worker.submit(b"ping")
    assert socket_.read(4) == b"ping"
    socket_.unplug()
    assert reports.completion(number) == OutcomeUnknown("unplugged")
    reports.status(Level.UNAVAILABLE, "unplugged")
    reports.status(Level.UNAVAILABLE, "port_missing")
    late = worker.submit(b"more")
    completion = reports.completion(late)
    assert isinstance(completion, Failed)
    socket_.plug()
    reports.status(Level.READY)
    number = worker.submit(b"pong")
    assert socket_.read(4) == b"pong"
    os.write(socket_.master, b"k")
    assert reports.completion(number) == Success(b"k")


def test_a_terminal_shakes_hands_at_once_and_again_after_its_cable_was_out(
    socket_: Socket, reports: Reports, start: Callable[..., Worker]
) -> None:
    handshake = bytes.fromhex("55aa010000000001cc33")
    confirm = bytes.fromhex("55aa020000000002cc33")
    socket_.plug()
    start(lambda: EcrHubTerminal("wz1"), str(socket_.path))
    assert socket_.read(10) == handshake
    os.write(socket_.master, confirm)
    reports.status(Level.READY)
    socket_.unplug()
    reports.status(Level.UNAVAILABLE, "unplugged")
    socket_.plug()
    reports.status(Level.UNKNOWN, "connecting")
    assert socket_.read(10) == handshake
    os.write(socket_.master, confirm)
    reports.status(Level.READY)


def test_pauses_between_attempts_grow_to_thirty_seconds(reports: Reports) -> None:
    """The worker's clock runs ahead by itself: each look at it lets 0.05 s pass."""
    ticks, attempts = [0.0], []
    enough = threading.Event()

    def monotonic() -> float:
        ticks[0] += 0.05
        return ticks[0]

    def open_port(url: str) -> Port:  # noqa: ARG001
        attempts.append(ticks[0])
        if len(attempts) == 9:
            enough.set()
        raise PortError("port_missing", "not there")

    worker = Worker("device", Echo, "/x", reports, open_port=open_port, monotonic=monotonic)
    pauses = []
    worker._pause = lambda life, seconds: (  # type: ignore[method-assign]
        pauses.append(seconds) or worker._is_mine(life)
    )
    worker.start()
    assert enough.wait(PATIENCE_S)
    assert worker.stop()
    assert pauses[:9] == [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


def test_a_device_that_spoke_is_looked_for_soon_when_it_goes(reports: Reports) -> None:
    near, far = memory_ports()
    far.write(b"x")
    far.close()
    outcomes: list[Port | None] = [None, None, None, near, None]
    enough = threading.Event()

    def open_port(url: str) -> Port:  # noqa: ARG001
        port = outcomes.pop(0) if outcomes else None
        if not outcomes:
            enough.set()
        if port is None:
            raise PortError("port_missing", "not there")
        return port

    worker = Worker("device", Echo, "/x", reports, open_port=open_port)
    pauses = []
    worker._pause = lambda life, seconds: (  # type: ignore[method-assign]
        pauses.append(seconds) or worker._is_mine(life)
    )
    worker.start()
    assert enough.wait(PATIENCE_S)
    assert worker.stop()
    assert pauses[:6] == [0.0, 1.0, 2.0, 4.0, 1.0, 2.0]


class Hanging(SocketPort):
    """A port on which a call hangs until it is let go."""

    def __init__(self, where: str) -> None:
        self.near, self.far = memory_ports()
        self._socket = self.near._socket
        self.where = where
        self.let_go = threading.Event()
        self.hangs = threading.Event()
        self.abandoned = threading.Event()
        self.closed = threading.Event()

    def write(self, data: bytes) -> int:
        self._hang("write")
        return super().write(data)

    def close(self) -> None:
        self._hang("close")
        super().close()
        self.closed.set()

    def abandon(self) -> None:
        self.abandoned.set()

    def _hang(self, where: str) -> None:
        if where == self.where:
            self.hangs.set()
            assert self.let_go.wait(PATIENCE_S)


@pytest.mark.parametrize("where", ["write", "close"])
def test_a_stuck_thread_is_abandoned_and_replaced(
    where: str, reports: Reports, start: Callable[..., Worker]
) -> None:
    stuck = Hanging(where)
    near, far = memory_ports()
    ports: list[SocketPort] = [stuck, near]
    worker = start(
        Echo,
        "/x",
        open_port=lambda url: ports.pop(0),  # noqa: ARG005
        limits=Limits(stuck_s=0.2),
        supervisor=Supervisor(interval_s=0.05),
    )
    reports.status(Level.READY)
    number = worker.submit(b"pay")
    if where == "close":
        # The far end goes, and closing the near one hangs.
        assert select.select([stuck.far.fileno()], [], [], PATIENCE_S)[0]
        stuck.far.close()
    assert stuck.hangs.wait(PATIENCE_S)
    assert reports.completion(number) == OutcomeUnknown("stuck")
    reports.status(Level.UNAVAILABLE, "stuck")
    assert stuck.abandoned.wait(PATIENCE_S)
    reports.status(Level.READY)
    # The new thread works while the old one hangs.
    number = worker.submit(b"again")
    assert select.select([far.fileno()], [], [], PATIENCE_S)[0]
    far.write(b"k")
    assert reports.completion(number) == Success(b"k")
    # The old one wakes, closes its port and touches nothing else.
    stuck.let_go.set()
    assert stuck.closed.wait(PATIENCE_S)
    assert worker.status == Status(Level.READY)
    far.close()


def test_stopping_a_stuck_worker_leaves_it_behind(reports: Reports) -> None:
    stuck = Hanging("write")
    worker = Worker("device", Echo, "/x", reports, open_port=lambda url: stuck)  # noqa: ARG005
    worker.start()
    reports.status(Level.READY)
    number = worker.submit(b"pay")
    assert stuck.hangs.wait(PATIENCE_S)
    assert worker.stop(timeout=0.1) is False
    assert reports.completion(number) == OutcomeUnknown("stopped")
    stuck.let_go.set()
    assert stuck.closed.wait(PATIENCE_S)
    stuck.far.close()


def test_bytes_nobody_takes_lose_the_port(
    socket_: Socket, reports: Reports, start: Callable[..., Worker]
) -> None:
    socket_.plug()
    worker = start(Echo, str(socket_.path), limits=Limits(write_s=0.2))
    reports.status(Level.READY)
    number = worker.submit(b"x" * 1_000_000)
    assert reports.completion(number) == OutcomeUnknown("write_timeout")
    reports.status(Level.UNAVAILABLE, "write_timeout")
    os.read(socket_.master, 1_000_000)
    reports.status(Level.READY)


def test_a_mistake_in_a_driver_costs_that_device_a_moment(
    socket_: Socket, reports: Reports, start: Callable[..., Worker]
) -> None:
    socket_.plug()
    worker = start(Echo, str(socket_.path))
    reports.status(Level.READY)
    number = worker.submit(b"ping")
    assert socket_.read(4) == b"ping"
    os.write(socket_.master, b"!")
    assert reports.completion(number) == OutcomeUnknown("driver_error")
    reports.status(Level.UNAVAILABLE, "driver_error")
    reports.status(Level.READY)
    number = worker.submit(b"pong")
    assert socket_.read(4) == b"pong"
    os.write(socket_.master, b"k")
    assert reports.completion(number) == Success(b"k")


class Clumsy(Echo):
    """Fails in the hand of whoever submits `!` or cancels."""

    def _on_submitted(self, command_id: int, command: object, now: float) -> None:
        if command == b"!":
            raise KeyError("a mistake of the driver")
        super()._on_submitted(command_id, command, now)

    def _on_cancelled(self, command_id: int, now: float) -> None:  # noqa: ARG002
        raise KeyError("a mistake of the driver")


def test_a_mistake_in_taking_a_command_hits_nobody_else(
    socket_: Socket, reports: Reports, start: Callable[..., Worker]
) -> None:
    socket_.plug()
    worker = start(Clumsy, str(socket_.path))
    reports.status(Level.READY)
    assert reports.completion(worker.submit(b"!")) == OutcomeUnknown("driver_error")
    reports.status(Level.UNAVAILABLE, "driver_error")
    reports.status(Level.READY)
    number = worker.submit(b"ping")
    assert socket_.read(4) == b"ping"
    worker.cancel(number)
    assert reports.completion(number) == OutcomeUnknown("driver_error")
    reports.status(Level.READY)
    number = worker.submit(b"pong")
    assert socket_.read(4) == b"pong"
    os.write(socket_.master, b"k")
    assert reports.completion(number) == Success(b"k")


def test_a_port_that_fails_in_its_own_way_is_tried_again(reports: Reports) -> None:
    """Libraries raise what they like, in opening and in closing."""
    far_ends: list[SocketPort] = []

    class Bad(SocketPort):
        def close(self) -> None:
            super().close()
            raise RuntimeError("closed badly")

    def open_port(url: str) -> Port:  # noqa: ARG001
        if not far_ends:
            near, far = socket.socketpair()
            far_ends.append(SocketPort(far))
            return Bad(near)
        if len(far_ends) == 1:
            far_ends.append(far_ends[0])
            raise RuntimeError("opened badly")
        one, other = memory_ports()
        far_ends.append(other)
        return one

    worker = Worker("device", Echo, "/x", reports, open_port=open_port)
    worker.start()
    reports.status(Level.READY)
    far_ends[0].close()
    reports.status(Level.UNAVAILABLE, "unplugged")
    reports.status(Level.UNAVAILABLE, "port_error")
    reports.status(Level.READY)
    assert worker.stop()
    far_ends[-1].close()


def test_a_driver_may_want_its_port_reopened(reports: Reports) -> None:
    opened: list[SocketPort] = []
    far_ends: list[SocketPort] = []

    def open_port(url: str) -> Port:  # noqa: ARG001
        near, far = memory_ports()
        opened.append(near)
        far_ends.append(far)
        return near

    driver = Echo()
    worker = Worker("device", lambda: driver, "/x", reports, open_port=open_port)
    worker.start()
    reports.status(Level.READY)
    driver.reopen_wanted = True
    worker.submit(b"wake")
    reports.wait(lambda r: isinstance(r, StatusChanged) and r.status.level is Level.UNAVAILABLE)
    reports.status(Level.READY)
    assert worker.stop()
    assert len(opened) == 2
    for far in far_ends:
        far.close()


def test_stop_ends_the_thread_and_what_runs(
    socket_: Socket, reports: Reports, start: Callable[..., Worker]
) -> None:
    socket_.plug()
    worker = start(Echo, str(socket_.path))
    reports.status(Level.READY)
    number = worker.submit(b"ping")
    assert socket_.read(4) == b"ping"
    assert worker.stop()
    assert reports.completion(number) == OutcomeUnknown("stopped")
    assert worker.stop()
    completion = reports.completion(worker.submit(b"late"))
    assert isinstance(completion, Failed)
    assert not [t for t in threading.enumerate() if t.name.startswith("device-")]


def test_an_idle_worker_sleeps(
    socket_: Socket, reports: Reports, start: Callable[..., Worker]
) -> None:
    looks = 0

    def monotonic() -> float:
        nonlocal looks
        looks += 1
        return time.monotonic()

    socket_.plug()
    start(Echo, str(socket_.path), monotonic=monotonic)
    reports.status(Level.READY)
    # The far end hears nothing for half a second: the thread looks at its clock a few times at
    # its start and never again.
    assert select.select([socket_.master], [], [], 0.5)[0] == []
    assert looks < 20


def test_a_worker_starts_once(socket_: Socket, start: Callable[..., Worker]) -> None:
    socket_.plug()
    worker = start(Echo, str(socket_.path))
    with pytest.raises(RuntimeError, match="starts once"):
        worker.start()


def test_cancelling_reaches_the_driver(
    socket_: Socket, reports: Reports, start: Callable[..., Worker]
) -> None:
    socket_.plug()
    worker = start(Echo, str(socket_.path))
    reports.status(Level.READY)
    number = worker.submit(b"ping")
    worker.cancel(number)
    assert reports.completion(number) == OutcomeUnknown("cancelled")
