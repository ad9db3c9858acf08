"""What a virtual cabin has instead of child processes: the scanner's program, asked in memory.

The far end is the twin's own line (`sim.devices.document_scanner`); this is what `sim/scanimage.py`
is in real time.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from devices.control import (
    Answer,
    ProgramAnswer,
    ProgramRequest,
    ProgramSaid,
    Request,
    StopRequest,
)
from sim.virtual import VirtualCabin

HEAD_BYTES, TAIL_BYTES = 16 << 10, 16
_AWAY = "scanimage: open of device sim failed: Invalid argument"
_BUSY = "scanimage: open of device sim failed: Device busy"
_CUT = "scanimage: sane_read: Error during device I/O"
_PERCENT = re.compile(r"Progress: +(\d+)")


@dataclass(slots=True)
class _Run:
    """One run, with what it has written and said so far."""

    request: ProgramRequest
    by: float
    out: bytearray = field(default_factory=bytearray)
    words: str = ""
    frames: bytearray = field(default_factory=bytearray)


class VirtualPrograms:
    """Carries a driver's requests to the simulated scanner and brings the answers back."""

    def __init__(self, cabin: VirtualCabin, device_id: str) -> None:
        self._cabin, self._device_id = cabin, device_id
        self._came: list[tuple[Request, Answer]] = []
        self._run: _Run | None = None

    def post(self, requests: Iterable[Request]) -> bool:
        """Send these; True if there were any."""
        any_sent = False
        for request in requests:
            any_sent = True
            if isinstance(request, ProgramRequest):
                self._begin(request)
            elif isinstance(request, StopRequest) and self._runs(request.number):
                self._cabin.exchange(self._device_id, b"!")
                self._end(ProgramAnswer(143))
        return any_sent

    @property
    def has_answers(self) -> bool:
        """Whether `came` has something to give, time-outs apart."""
        line = self._cabin.lines[self._device_id]
        ends = self._run is not None and not (line.silent and line.plugged)
        return bool(self._came) or ends

    def came(self) -> list[tuple[Request, Answer]]:
        """What has been said and answered since."""
        if self._run is not None:
            self._hear(self._run)
        came, self._came = self._came, []
        return came

    def next_due(self) -> float | None:
        """When the run is given up."""
        return self._run.by if self._run is not None else None

    def _runs(self, number: int) -> bool:
        return self._run is not None and self._run.request.number == number

    def _begin(self, request: ProgramRequest) -> None:
        if not self._cabin.connected(self._device_id):
            self._came.append((request, ProgramAnswer(1, words=_AWAY)))
            return
        if self._run is not None:
            self._came.append((request, ProgramAnswer(1, words=_BUSY)))
            return
        if request.path:
            try:
                os.close(os.open(request.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            except OSError:
                self._came.append((request, ProgramAnswer(None, "no_place")))
                return
        self._run = _Run(request, self._cabin.clock.monotonic() + request.patience_s)
        line = json.dumps({"argv": ["-d", "sim", *request.arguments]}).encode("utf-8")
        self._run.frames += self._cabin.exchange(self._device_id, line + b"\n")

    def _hear(self, run: _Run) -> None:
        if not self._cabin.connected(self._device_id):
            self._end(ProgramAnswer(9, words=_CUT))
            return
        run.frames += self._cabin.exchange(self._device_id)
        while len(run.frames) >= 5:
            length = int.from_bytes(run.frames[1:5], "big")
            if len(run.frames) < 5 + length:
                break
            letter, content = run.frames[:1], bytes(run.frames[5 : 5 + length])
            del run.frames[: 5 + length]
            if letter == b"X":
                self._end(self._answer(run, int(content)))
                return
            self._take(run, bytes(letter), content)
            run.frames += self._cabin.exchange(self._device_id, b"+")
        if self._cabin.clock.monotonic() >= run.by:
            self._cabin.exchange(self._device_id, b"!")
            self._end(ProgramAnswer(143, "no_answer"))

    def _take(self, run: _Run, letter: bytes, content: bytes) -> None:
        if letter == b"O":
            run.out += content
            return
        text = content.decode("utf-8")
        found = _PERCENT.search(text)
        if found:
            self._came.append((run.request, ProgramSaid(int(found[1]))))
        else:
            run.words += text

    def _answer(self, run: _Run, code: int) -> ProgramAnswer:
        data = bytes(run.out)
        if run.request.path:
            try:
                with open(run.request.path, "r+b") as file:  # noqa: PTH123 (it must be there)
                    file.write(data)
            except OSError:
                return ProgramAnswer(None, "no_place")
        head, tail = data[:HEAD_BYTES], data[-TAIL_BYTES:]
        return ProgramAnswer(code, "", len(data), head, tail, run.words)

    def _end(self, answer: ProgramAnswer) -> None:
        run, self._run = self._run, None
        if run is not None:
            self._came.append((run.request, answer))
