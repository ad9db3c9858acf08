"""The doctor, the report and the wire for the staff's screens, beside the engine."""

from __future__ import annotations

import errno
import json
import logging
import os
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from devices import registry
from devices.recording import VERSION
from devices.replay import words
from kiosk.adapters.adapters import Lanes
from kiosk.core.visit import tech_look_steps as k
from kiosk.diagnostics.findings import WORDS, Finding, Weight
from kiosk.diagnostics.secrets import without_secrets
from kiosk.diagnostics.switchboard import Switchboard
from kiosk.diagnostics.tracing import Trace
from kiosk.settings import Settings

_log = logging.getLogger(__name__)

DOCTOR, WIRE = "doctor", "wire"
REPORTS, RECORDINGS = "reports", "traces"
MOST = 2000
"""So many lines of a wire can be saved."""
_SIGNS = {Weight.SOON: "attention", Weight.NOTE: "attention"}


class LookDesk:
    """Used on the engine's thread; the wire is drained in its own lane alone."""

    def __init__(
        self,
        settings: Settings,
        lanes: Lanes,
        board: Switchboard | None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._lanes = lanes
        self._board = board
        self._wall = wall
        self._role = ""
        self._trace: Trace | None = None
        self._listening = ExitStack()
        self._kept: deque[dict[str, Any]] = deque(maxlen=MOST)

    def ask(self, command: k.LookCommand) -> None:
        """Answer later, by an event of the same request."""
        match command:
            case k.Examine(request):
                failed = k.Examined(request, (), ("看的时候程序出错，看日志",))
                self._lanes.run(DOCTOR, lambda: self._examine(request), failed)
            case k.WriteReport(request):
                lost = k.Written(request, "")
                self._lanes.run(DOCTOR, lambda: self._report(request), lost)
            case k.AskWire(request, role):
                self._lanes.run(WIRE, lambda: self._hear(request, role))
            case k.SaveWire(request, role):
                lost = k.Written(request, "")
                self._lanes.run(WIRE, lambda: self._save(request, role), lost)
            case k.LeaveWire():
                self._lanes.run(WIRE, self._leave)

    def _examine(self, request: int) -> k.Examined:
        from kiosk.diagnostics.doctor import examine

        found = examine(self._settings.source)
        return k.Examined(request, tuple(map(_trouble, found.findings)), found.unseen)

    def _report(self, request: int) -> k.Written:
        """On the stick that is plugged in, else into the data folder."""
        from kiosk.diagnostics import report_cli

        data, _gaps = report_cli.make(self._settings)  # the gaps stand in it
        name, place = report_cli.file_name(self._settings), "stick"
        try:
            report_cli.put_on_stick(self._settings, name, data)
        except OSError as error:
            place = "folder" if error.errno == errno.ENODEV else "instead"
            if place == "instead":
                _log.warning("the report can't go on the stick: %s", error.strerror)
        else:
            return k.Written(request, name, place)
        path = self._folder(REPORTS) / name
        report_cli.save(path, data)
        return k.Written(request, str(path), place)

    # The wire; in its lane

    def _hear(self, request: int, role: str) -> k.WireHeard:
        if role != self._role:
            self._leave()
            self._listen(role)
        frames: list[k.Frame] = []
        while self._trace is not None and (line := self._trace.get(0)) is not None:
            self._kept.append(line)
            frames.append(_frame(line))
        return k.WireHeard(request, tuple(reversed(frames)))

    def _listen(self, role: str) -> None:
        device = self._settings.devices.get(role)
        self._role = role
        if device is None or self._board is None:
            return
        self._trace = Trace(registry.scribe(device.driver), self._wall)
        self._listening.enter_context(self._board.tapped(role, self._trace))

    def _leave(self) -> None:
        self._listening.close()
        self._role, self._trace = "", None
        self._kept.clear()

    def _save(self, request: int, role: str) -> k.Written:
        """As a recording, which ``kiosk device replay`` plays."""
        device = self._settings.devices[role]
        options = without_secrets(dict(device.options))
        head = {"recording": VERSION, "driver": device.driver, "settings": options}
        name = time.strftime(f"{role}-%Y%m%d-%H%M%S.jsonl", time.localtime(self._wall()))
        path = self._folder(RECORDINGS) / name
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
            for line in (head, *self._kept):
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        return k.Written(request, str(path))

    def _folder(self, name: str) -> Path:
        folder = self._settings.cabin.data_dir / name
        folder.mkdir(mode=0o750, exist_ok=True)
        return folder


def _trouble(found: Finding) -> k.Trouble:
    sign = _SIGNS.get(found.weight, "bad")
    evidence = "" if found.evidence in found.what else found.evidence
    return k.Trouble(found.what, found.advice, WORDS[found.weight], sign, evidence)


def _frame(line: dict[str, Any]) -> k.Frame:
    """A line of a recording as the screen shows it."""
    at_ms = int(line.get("t", 0) * 1000)
    way = next((x for x in ("in", "out") if x in line), "")
    if way:
        data = line[way]
        shown = " ".join(data[n : n + 2] for n in range(0, len(data), 2)) if data else ""
        return k.Frame(at_ms, way, shown or f"{line.get('length', 0)} 字节", line.get("means", ""))
    return k.Frame(at_ms, "", words(line), "")
