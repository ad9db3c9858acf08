"""A simulated cabin's machines in this process, with their USB sockets served on 127.0.0.1."""

from __future__ import annotations

from pathlib import Path

from sim.cabin import Cabin
from sim.clock import RealClock
from sim.devices.model import Model
from sim.faults import Fault, Faults
from sim.wire.loop import Wire


class UsbCabin:
    """Running until `stop`."""

    def __init__(self, folder: Path) -> None:
        clock = RealClock(speed=4.0)
        self.faults = Faults(1)
        self.cabin = Cabin(clock, self.faults)
        self.wire = Wire(self.cabin, clock, folder)
        self.wire.start()

    def url(self, device: str) -> str:
        assert self.wire.usb is not None
        return self.wire.usb.url(device)

    def model(self, device: str) -> Model:
        return self.cabin.lines[device].model

    def act(self, device: str, action: str, **body: object) -> None:
        with self.cabin.lock:
            self.cabin.catch_up()
            self.cabin.act(device, action, body)
        self.wire.wake()

    def strike(self, device: str, kind: str) -> None:
        self.faults.add(Fault(device, kind))

    def clear(self) -> None:
        self.faults.clear()
        with self.cabin.lock:
            self.cabin.poke()
        self.wire.wake()

    def stop(self) -> None:
        assert not self.wire.failed.is_set()
        self.wire.stop()
