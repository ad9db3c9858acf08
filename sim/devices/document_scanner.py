"""The document scanner: a glass, what lies on it, and the far end of `sim/scanimage.py`.

That program speaks scanimage's command line and asks here over a loopback socket: one line of JSON
with its arguments; back come frames of a letter (O for its stdout, E for its stderr, X for its exit
code), a length of four bytes and the content. Each O and E is acknowledged by a `+`; `!` is the end
of somebody's patience. Written from scanimage(1) and SANE's list of status codes.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping

from sim.devices.model import Action, ActionError, Model, Timer
from sim.devices.originals import GLASS_MM, ORIGINALS, halved, scan
from sim.faults import Faults

SCAN_S = 2.0
"""The carriage takes so long for 100 mm."""
CHUNK = 16 << 10
DEAF_S = 10.0
"""A program that acknowledges nothing for so long has gone."""
STATUS: Mapping[str, tuple[int, str]] = {
    "busy": (3, "Device busy"),
    "jam": (6, "Document feeder jammed"),
    "cover_open": (8, "Scanner cover is open"),
    "io_error": (9, "Error during device I/O"),
}
_OPTIONS = f"""
Options specific to device `sim':
  Scan Mode:
    --mode Gray|Color [Color]
    --resolution 75..600dpi (in steps of 1) [300]
    --source Flatbed [Flatbed]
  Geometry:
    -l 0..{GLASS_MM[0]:g}mm [0]
    -t 0..{GLASS_MM[1]:g}mm [0]
    -x 0..{GLASS_MM[0]:g}mm [{GLASS_MM[0]:g}]
    -y 0..{GLASS_MM[1]:g}mm [{GLASS_MM[1]:g}]
"""


class DocumentScanner(Model):
    """`scans` counts the pictures that were taken."""

    def __init__(self, faults: Faults, device_id: str = "document_scanner") -> None:
        super().__init__(device_id)
        self._faults = faults
        self._what = ""
        self.scans = 0
        self._input = b""
        self._busy = False
        self._to_say: list[tuple[bytes, bytes]] = []
        self._said: tuple[Timer, ...] = ()

    # ---- the bench ----

    def actions(self) -> Mapping[str, Action]:
        names = {f"lay_{x}": Action(f"放{zh}", f"lay {en}") for x, (zh, en) in ORIGINALS.items()}
        return names if not self._what else {**names, "lift": Action("拿走原件", "take it away")}

    def act(self, name: str, body: Mapping[str, object]) -> dict[str, object]:  # noqa: ARG002
        """lay_page, lay_card_front, lay_card_back; lift."""
        what = name.removeprefix("lay_")
        if name == "lift":
            self._what = ""
        elif name.startswith("lay_") and what in ORIGINALS:
            self._what = what
        else:
            raise ActionError(f"{name}: no such action")
        return {}

    def state(self) -> dict[str, object]:
        return {"original": self._what, "scanning": self._busy, "scans": self.scans}

    def link_down(self) -> None:
        super().link_down()
        self._end()

    # ---- the line ----

    def receive(self, data: bytes) -> None:
        while data:
            if not self._input and data[:1] in b"+!":
                sign, data = data[:1], data[1:]
                if sign == b"!":
                    self._end()
                elif self._busy:
                    self._say_next()
                continue
            line, newline, data = data.partition(b"\n")
            self._input = (self._input + line)[-4096:]
            if newline:
                line, self._input = self._input, b""
                self._begin(line)

    def _begin(self, line: bytes) -> None:
        self._end()
        try:
            arguments = json.loads(line)["argv"]
            wanted = _read([str(x) for x in arguments])
        except (ValueError, KeyError, TypeError):
            self._finish(1, b"scanimage: unrecognized option\n")
            return
        if self._strikes("silent"):
            return
        if "n" in wanted:
            self._finish(0)
        elif "A" in wanted:
            self._say([(b"O", _OPTIONS.encode())], 0)
        else:
            self._scan(wanted)

    def _scan(self, wanted: Mapping[str, str]) -> None:
        if self._strikes("hangs"):
            self._busy = True
            return
        for kind in ("busy", "cover_open", "jam"):
            if self._strikes(kind):
                code, words = STATUS[kind]
                self._finish(code, f"scanimage: sane_start: {words}\n".encode())
                return
        width, height = float(wanted.get("x", GLASS_MM[0])), float(wanted.get("y", GLASS_MM[1]))
        dpi, grey = int(wanted.get("resolution", "300")), wanted.get("mode") == "Gray"
        png = scan(self._what, width, height, dpi, grey)
        if self._strikes("half_quiet"):
            png = halved(png)
        says: list[tuple[bytes, bytes]] = []
        steps = max(1, min(20, len(png) // 1000))
        for n in range(steps):
            part = png[len(png) * n // steps : len(png) * (n + 1) // steps]
            says += [(b"O", part[at : at + CHUNK]) for at in range(0, len(part), CHUNK)]
            says.append((b"E", f"Progress: {100 * (n + 1) / steps:.1f}%\r".encode()))
        code = 0
        if self._strikes("half"):
            code, words = STATUS["io_error"]
            says = [*says[: len(says) // 2], (b"E", f"scanimage: sane_read: {words}\n".encode())]
        self._say(says, code, SCAN_S * height / 100 / max(1, len(says)))

    def _say(self, says: list[tuple[bytes, bytes]], code: int, pause_s: float = 0.0) -> None:
        """Say these one after the other, each when the one before was acknowledged."""
        self._busy, self._pause_s = True, pause_s
        self._to_say = [*says, (b"X", str(code).encode())]
        self._say_next()

    def _say_next(self) -> None:
        self._quiet()
        if not self._to_say:
            return
        letter, content = self._to_say.pop(0)
        pause = 0.0 if letter == b"X" else self._pause_s
        deaf = self._after(pause + DEAF_S, self._end)
        self._said = (self._after(pause, lambda: self._frame(letter, content)), deaf)

    def _frame(self, letter: bytes, content: bytes) -> None:
        self._write(letter + struct.pack(">I", len(content)) + content)
        if letter == b"X":
            self.scans += self._pause_s > 0 and content == b"0"
            self._end()

    def _finish(self, code: int, words: bytes = b"") -> None:
        self._say([(b"E", words)] if words else [], code)

    def _end(self) -> None:
        """Nobody waits for anything any more."""
        self._quiet()
        self._to_say, self._busy, self._pause_s = [], False, 0.0

    def _quiet(self) -> None:
        for timer in self._said:
            timer.cancel()
        self._said = ()

    def _strikes(self, kind: str) -> bool:
        return self._faults.take(self.device_id, kind) is not None


def _read(arguments: list[str]) -> dict[str, str]:
    """Options by name; ValueError for what scanimage wouldn't understand."""
    found: dict[str, str] = {}
    rest = iter(arguments)
    for argument in rest:
        if argument.startswith("--"):
            name, _, value = argument[2:].partition("=")
            if name not in ("mode", "resolution", "source", "format"):
                raise ValueError(name)
            found[name] = value
        elif argument in ("-n", "-p", "-A"):
            found[argument[1]] = ""
        elif argument in ("-d", "-l", "-t", "-x", "-y"):
            found[argument[1]] = next(rest, "")
        else:
            raise ValueError(argument)
    return found
