"""A real relay on the loopback interface, a phone, and the kiosk's client for it."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from kiosk.gateways.settings import RelaySettings
from kiosk.relay.app import Relay
from kiosk.relay.client import RelayClient, Slot
from kiosk.relay.server import RelayServer, ServerLimits, serve, server_context
from kiosk.relay.slots import SlotLimits, Slots
from sim.gateways.certificates import sandbox_authority

CABIN = "3801"
KEY = bytes(range(32))


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class RunningRelay:
    """`url` of the relay, its memory, and whoever speaks to it."""

    def __init__(self, folder: Path, server: RelayServer, slots: Slots, clock: Clock) -> None:
        self.folder, self.server, self.slots, self.clock = folder, server, slots, clock
        self.url = f"https://127.0.0.1:{server.port}"

    def settings(self, cabin: str = CABIN, key: bytes = KEY) -> RelaySettings:
        path = self.folder / f"{key.hex()[:8]}.key"
        path.write_text(key.hex())
        return RelaySettings(
            base_url=self.url, cabin=cabin, key=path, ca_file=self.folder / "ca.pem"
        )

    def client(self, cabin: str = CABIN, key: bytes = KEY) -> RelayClient:
        return RelayClient(self.settings(cabin, key))

    def slot(self) -> Slot:
        slot = self.client().open()
        assert isinstance(slot, Slot), slot
        return slot

    def get(self, url: str) -> requests.Response:
        return requests.get(url, verify=str(self.folder / "ca.pem"), timeout=20)

    def upload(self, url: str, data: bytes, name: str = "a.pdf") -> requests.Response:
        """As a browser sends the page's form."""
        return requests.post(
            url, files={"file": (name, data)}, verify=str(self.folder / "ca.pem"), timeout=20
        )

    def connect(self) -> ssl.SSLSocket:
        """A connection to send raw bytes on."""
        context = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))
        raw = socket.create_connection(("127.0.0.1", self.server.port), 20)
        return context.wrap_socket(raw, server_hostname="127.0.0.1")


@contextmanager
def running_relay(
    folder: Path, slot_limits: SlotLimits | None = None, limits: ServerLimits | None = None
) -> Iterator[RunningRelay]:
    (folder / "ca.pem").write_bytes(sandbox_authority().pem())
    (folder / "relay.pem").write_bytes(sandbox_authority().server_pem())
    clock = Clock()
    slots = Slots(clock, slot_limits)
    url = "https://127.0.0.1"
    app = Relay({CABIN: KEY, "3802": KEY[::-1]}, url, slots, monotonic=clock)
    context = server_context(folder / "relay.pem", folder / "relay.pem")
    server = RelayServer(app, slots, context, ("127.0.0.1", 0), limits)
    app._url = f"https://127.0.0.1:{server.port}"
    stop = serve(server)
    try:
        yield RunningRelay(folder, server, slots, clock)
    finally:
        stop()


def wait_for(condition: Callable[[], object]) -> None:
    """Until the condition holds; AssertionError when it never does."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)
