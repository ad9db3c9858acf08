"""Where technicians listen to the devices of a running kiosk and let them do something.

It sits between the workers and the engine and never stands in their way: what it is told it puts
on queues, whoever listens too slowly loses lines and is told how many. Operations asked for here
go through the worker that holds the port, and their ends go back here, not to the engine.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from devices import registry
from devices.driver import Completed, Driver, Notice, Progress, Report, StatusChanged, Tap
from devices.recording import recorded, recorder
from devices.status import Status
from devices.taps import Taps
from kiosk.diagnostics.facts import DeviceFacts
from kiosk.diagnostics.ledger import FILE, Ledger
from kiosk.diagnostics.tally import DeviceBook
from kiosk.settings import DeviceSettings

MOST_WAITING = 1000
"""Reports or lines that a slow listener may have before it loses some."""


class Worker(Protocol):
    """What holds a device's port."""

    def submit(self, command: object) -> int: ...
    def cancel(self, command_id: int) -> None: ...
    @property
    def status(self) -> Status: ...


class Ear:
    """One listener's queue; what comes when it is full is lost and counted."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._queue: queue.Queue[Report] = queue.Queue(most)
        self.lost = 0

    def put(self, report: Report) -> None:
        try:
            self._queue.put_nowait(report)
        except queue.Full:
            self.lost += 1

    def get(self, timeout: float) -> Report | None:
        """The next report, None if none comes in time (seconds)."""
        try:
            return self._queue.get(timeout=max(0.0, timeout))
        except queue.Empty:
            return None


class _Line(Tap):
    """One device: its book, its listeners, and which of its commands are a technician's."""

    def __init__(self, book: DeviceBook) -> None:
        self.book = book
        self.taps = Taps(book, self)
        self.worker: Worker | None = None
        self.lock = threading.Lock()
        self._wanted: object = None
        self._ours: dict[int, Ear] = {}
        self._ear: Ear | None = None
        self._ears: tuple[Ear, ...] = ()

    def submitted(self, command_id: int, command: object, now: float) -> None:  # noqa: ARG002
        """Called before the command can end, so that no end is taken for the engine's."""
        if command is self._wanted and self._ear is not None:
            self._ours[command_id] = self._ear

    def do(self, command: object, ear: Ear) -> int:
        assert self.worker is not None, "connect() comes before do()"
        with self.lock:
            self._wanted, self._ear = command, ear
            try:
                return self.worker.submit(command)
            finally:
                self._wanted = self._ear = None

    def add(self, ear: Ear) -> None:
        with self.lock:
            self._ears = (*self._ears, ear)

    def remove(self, ear: Ear) -> None:
        with self.lock:
            self._ears = tuple(x for x in self._ears if x is not ear)

    def heard(self, report: Report) -> bool:
        """Pass a report on. Returns whether it is ours alone."""
        match report:
            case Completed(command_id, _):
                ear = self._ours.pop(command_id, None)
            case Progress(command_id, _):
                ear = self._ours.get(command_id)
            case StatusChanged() | Notice():
                for listening in self._ears:
                    listening.put(report)
                return False
        if ear is None:
            return False
        ear.put(report)
        return True


class Switchboard:
    """All devices of one running kiosk."""

    def __init__(self, devices: Mapping[str, DeviceSettings], data_dir: Path) -> None:
        self.devices = dict(devices)
        self._data_dir = data_dir
        self._lines: dict[str, _Line] = {}
        for role, x in self.devices.items():
            declared = registry.declaration(x.driver)
            book = DeviceBook(role, x.driver, x.port, declared, touched=self._touched)
            self._lines[role] = _Line(book)
        self._ledger = Ledger(data_dir / FILE, [x.book for x in self._lines.values()])

    def _touched(self) -> None:
        self._ledger.touch()

    def factory(self, role: str) -> Callable[[], Driver]:
        """Makes the drivers of that role, listened to and, if it is wanted, recorded."""
        device = self.devices[role]
        if device.record:
            path = self._data_dir / "recordings" / f"{role}.jsonl"
            self._lines[role].taps.add(recorder(path, device.driver, device.options))
        maker = registry.factory(device.driver, device.options)
        return recorded(maker, self._lines[role].taps)

    def tap(self, role: str) -> Tap:
        """What listens to the drivers of that role."""
        return self._lines[role].taps

    def connect(self, role: str, worker: Worker) -> None:
        """The worker that holds the role's port."""
        self._lines[role].worker = worker

    def begin(self) -> None:
        """Keep the counters from now on."""
        self._ledger.begin()

    def close(self) -> None:
        """Write what is to be kept."""
        self._ledger.close()

    def heard(self, role: str, report: Report) -> bool:
        """A worker's report, on its thread. Returns whether it is a technician's alone."""
        return self._lines[role].heard(report)

    def facts(self) -> tuple[DeviceFacts, ...]:
        """All that is known of every device now."""
        return tuple(x.book.facts() for x in self._lines.values())

    def book(self, role: str) -> DeviceBook:
        """The book of one device; KeyError if there is none of that role."""
        return self._lines[role].book

    def exchanged(self, pairs: tuple[tuple[str, str], ...]) -> None:
        """Say which roles are driven at each other's ports."""
        for one, other in pairs:
            self._lines[one].book.exchanged = other
            self._lines[other].book.exchanged = one

    def do(self, role: str, command: object, ear: Ear) -> int:
        """Submit a command; its progress and its end go to ``ear`` alone. Returns its number."""
        return self._lines[role].do(command, ear)

    def cancel(self, role: str, number: int) -> None:
        """Take a command back if that is still possible."""
        worker = self._lines[role].worker
        if worker is not None:
            worker.cancel(number)

    @contextmanager
    def listening(self, role: str, ear: Ear) -> Iterator[None]:
        """Status and notices of a device go to ``ear`` too, for as long as this lasts."""
        line = self._lines[role]
        line.add(ear)
        try:
            yield
        finally:
            line.remove(ear)

    @contextmanager
    def tapped(self, role: str, tap: Tap) -> Iterator[None]:
        """``tap`` hears what the driver hears and says, for as long as this lasts."""
        taps = self._lines[role].taps
        taps.add(tap)
        try:
            yield
        finally:
            taps.remove(tap)
