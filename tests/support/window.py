"""The real kiosk in a real window, seen through its inspect socket and touched through X."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.documents.visit_folder import VisitFolder
from tests.support.finger import Finger

PATIENCE_S = 40.0
LOOK_EVERY_S = 0.02

Screen = dict[str, Any]


class KioskWindow:
    """A kiosk process. ``kill`` and ``start`` are a power failure of the program."""

    def __init__(self, config: Path, display: str) -> None:
        self.config = config
        self._display = display
        self._socket_path = config.parent / "inspect"
        self.log = config.parent / "kiosk.log"
        self.finger = Finger(display)
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start the kiosk and wait for its first settled screen."""
        self._socket_path.unlink(missing_ok=True)
        words = ["run", "--config", str(self.config), "--inspect", str(self._socket_path)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kiosk.main", *words],
                env={**os.environ, "DISPLAY": self._display},
                stdout=log,
                stderr=log,
            )
        self.wait_for(lambda screen: screen["settled"], "a first screen")

    def kill(self) -> None:
        """SIGKILL: nothing is tidied up."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def ensure_running(self) -> None:
        """Start the kiosk if it isn't there."""
        if self.process is None or self.process.poll() is not None:
            self.start()

    def end(self) -> None:
        """SIGTERM, as the system ends it for the night."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(15)

    def stop(self) -> None:
        """For good: what a killed one left in memory goes, too, as with its next start."""
        assert self.process is not None
        self.process.terminate()
        try:
            self.process.wait(15)
        finally:
            self.finger.close()
            VisitFolder(self.config.parent / "data").remove()

    def look(self) -> Screen:
        """Return what is on the screen now; nothing while the kiosk isn't there."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(5)
                connection.connect(str(self._socket_path))
                connection.sendall(b'{"get":"screen"}\n')
                with connection.makefile() as answer:
                    return dict(json.loads(answer.readline()))
        except (OSError, ValueError):
            return {"screen": "", "settled": False, "widgets": [], "order": None, "version": 0}

    def wait_for(self, condition: Callable[[Screen], bool], what: str) -> Screen:
        """Look until the condition holds on a settled screen."""
        end = time.monotonic() + PATIENCE_S
        while True:
            screen = self.look()
            if screen["settled"] and condition(screen):
                return screen
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"the kiosk ended: {self.log.read_text()[-3000:]}")
            if time.monotonic() > end:
                raise AssertionError(f"never came: {what}; now {summary(screen)}")
            time.sleep(LOOK_EVERY_S)

    def settled(self) -> Screen:
        """Return the next screen that shows the newest state."""
        return self.wait_for(lambda screen: bool(screen["screen"]), "a settled screen")

    def on(self, *names: str) -> Screen:
        """Wait for one of these screens."""
        return self.wait_for(lambda screen: screen["screen"] in names, f"screen {names}")

    def widget(self, widget_id: str) -> dict[str, Any]:
        """Wait until a widget is there and enabled."""
        screen = self.wait_for(lambda x: _find(x, widget_id) is not None, f"widget {widget_id}")
        found = _find(screen, widget_id)
        assert found is not None
        return found

    def touch(self, widget_id: str) -> None:
        """Touch the middle of an enabled widget."""
        self.finger.touch(*self.middle(widget_id))

    def middle(self, widget_id: str) -> tuple[int, int]:
        """Where the middle of an enabled widget is, in pixels from the top left."""
        x, y, width, height = self.widget(widget_id)["box"]
        return x + width // 2, y + height // 2

    def text(self, widget_id: str) -> str:
        """Return what a widget says, empty if it isn't there."""
        found = [x for x in self.settled()["widgets"] if x["id"] == widget_id]
        return str(found[0]["text"]) if found else ""

    def everything(self) -> str:
        """Return all texts of the screen, joined."""
        return "\n".join(str(x["text"]) for x in self.settled()["widgets"])


def _find(screen: Screen, widget_id: str) -> dict[str, Any] | None:
    for widget in screen["widgets"]:
        if widget["id"] == widget_id and widget["enabled"]:
            return dict(widget)
    return None


def summary(screen: Screen) -> dict[str, Any]:
    return {
        **{k: v for k, v in screen.items() if k != "widgets"},
        "texts": [x["text"] for x in screen["widgets"]],
    }
