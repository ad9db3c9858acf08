"""A simulated cabin in a process of its own, and the bench as tests use it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

PATIENCE_S = 30.0
LOOK_EVERY_S = 0.05
START = "import sys; from sim.main import run; sys.exit(run(sys.argv[1:]))"


class Bench:
    """The bench's API. Every call raises requests.HTTPError when the simulator refuses."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False

    def act(self, device: str, action: str, **body: object) -> Any:
        return self._json("POST", f"/api/devices/{device}/{action}", body)

    def fault(self, device: str, kind: str, count: int | None = 1, **params: object) -> None:
        body = {"device": device, "kind": kind, "count": count, "params": params}
        self._json("POST", "/api/faults", body)

    def clear_faults(self) -> None:
        self._json("DELETE", "/api/faults")

    def set_up(self, name: str) -> None:
        """Put the cabin into a named set-up; ``normal`` repairs everything."""
        self._json("POST", f"/api/setups/{name}")

    def state(self, device: str) -> dict[str, Any]:
        found = self._json("GET", "/api/devices")["devices"]
        return next(x["state"] for x in found if x["id"] == device)

    def states(self) -> dict[str, dict[str, Any]]:
        """What every machine and gateway says of itself."""
        return {x["id"]: x["state"] for x in self._json("GET", "/api/devices")["devices"]}

    def ledger(self) -> dict[str, Any]:
        return self._json("GET", "/api/ledger")

    def receipts(self) -> list[dict[str, Any]]:
        found = self._json("GET", "/api/receipts")
        return found["receipts"] if isinstance(found, dict) else found

    def receipt_text(self, number: int) -> str:
        answer = self._session.get(f"{self.url}/api/receipts/{number}.txt", timeout=10)
        answer.raise_for_status()
        answer.encoding = "utf-8"
        return answer.text

    def bills(self) -> list[dict[str, Any]]:
        """The paper bills lying about, each with the code printed on it."""
        found = self._json("GET", "/api/bills")
        return found["bills"] if isinstance(found, dict) else found

    def until(self, device: str, holds: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until a machine says of itself what is hoped for."""
        end = time.monotonic() + PATIENCE_S
        while not holds(self.state(device)):
            assert time.monotonic() < end, self.state(device)
            time.sleep(LOOK_EVERY_S)

    def when_asked_to_pay(self) -> None:
        """Wait until the terminal waits for a card or a phone."""
        self.until("terminal", lambda state: state["sale"] is not None)

    def _json(self, method: str, path: str, body: object = None) -> Any:
        answer = self._session.request(method, self.url + path, json=body, timeout=20)
        if not answer.ok:
            raise requests.HTTPError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None


class SimulatedCabin:
    """A running simulator; ``folder`` holds the kiosk's configuration and the ports."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        self.config = folder / "cabin.toml"
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, "--dir", str(folder), "--bench-port", "0", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None and self.process.stderr is not None
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            raise RuntimeError(f"the simulator did not start: {self.process.stderr.read()}")
        self.bench = Bench(line.split()[1])
        # Nobody's loudspeaker speaks because tests run; what tests the voice has it in a file.
        text = self.config.read_text(encoding="utf-8")
        self.config.write_text(text.replace('output = "alsa"', 'output = "none"'), encoding="utf-8")
        self.errors: list[str] = []
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        assert self.process.stderr is not None
        self.errors.extend(self.process.stderr)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@contextmanager
def simulated_cabin(folder: Path, *words: str) -> Iterator[SimulatedCabin]:
    cabin = SimulatedCabin(folder, *words)
    try:
        yield cabin
    finally:
        cabin.stop()
