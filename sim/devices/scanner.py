"""The barcode scanner as a CDC serial port: it says what it reads and never answers.

"Scanners", USB-CDC: ASCII, then CR or CR LF, 9600 8N1. Serial trigger: on 16 54 0D, off 16 55 0D.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.devices.model import Action, ActionError, Model, text_of
from sim.devices.payment_codes import scheme_of

LONGEST = 4096


class Scanner(Model):
    """`suffix` ends each code; `aim` (an AIM identifier such as "]C0") goes before it."""

    def __init__(self, device_id: str = "scanner", suffix: str = "\r\n", aim: str = "") -> None:
        super().__init__(device_id)
        self._suffix, self._aim = suffix, aim
        self._scans = 0
        self._last = ""
        self._trigger = False
        self._input = b""

    def receive(self, data: bytes) -> None:
        self._input = (self._input + data)[-64:]
        on, off = self._input.rfind(b"\x16\x54\x0d"), self._input.rfind(b"\x16\x55\x0d")
        if on != off:
            self._trigger = on > off

    def actions(self) -> Mapping[str, Action]:
        return {"scan": Action("扫这个码", "scan this code", {"code": "91" + "0" * 25})}

    def act(self, name: str, body: Mapping[str, object]) -> dict[str, object]:
        """scan {"code", "aim"?, "suffix"?}: the code as the reader would type it."""
        if name != "scan":
            raise ActionError(f"{name}: no such action")
        code = text_of(body, "code")
        if not code or len(code) > LONGEST:
            raise ActionError("code: between 1 and 4096 characters are wanted")
        aim, suffix = text_of(body, "aim", self._aim), text_of(body, "suffix", self._suffix)
        self._write((aim + code + suffix).encode())
        self._scans += 1
        # A payment code is worth money for a minute: not even the simulator keeps one.
        self._last = code if scheme_of(code) is None else "****" + code[-4:]
        return {}

    def state(self) -> dict[str, object]:
        return {"scans": self._scans, "last": self._last, "trigger": self._trigger}
