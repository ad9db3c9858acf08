"""Self-tests for the staff's screens: the devices through the workers that hold their ports.

A test runs in a lane of its own; its end comes back as an event. Nothing of it goes to the engine:
the switchboard keeps a technician's commands apart from a resident's.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from devices import registry
from devices.driver import Completed, Notice
from devices.status import Cancelled, Success, TimedOut
from kiosk.adapters.adapters import Lanes
from kiosk.core.selftest import Run, Verdict
from kiosk.core.state import PRINTER
from kiosk.core.visit import tech_test_messages as tt
from kiosk.core.visit.tech_test_steps import Hit
from kiosk.device_words import end_line, status_line
from kiosk.diagnostics import selftest
from kiosk.diagnostics.calibration import FILE as CALIBRATION
from kiosk.diagnostics.calibration import as_json as calibration_json
from kiosk.diagnostics.calibration import in_use
from kiosk.diagnostics.selftest import RefusedError
from kiosk.diagnostics.switchboard import Ear, Switchboard
from kiosk.settings import Settings

_log = logging.getLogger(__name__)

LANE = "selftest"
PAPER_LANE = "selftest-paper"
FOLDER = "selftests"
_LOOK_S = 0.1
_CANCEL_S = 15.0
"""A command that was taken back may still have to ask its device what became of it."""


@dataclass
class TestBench:
    """Asked on the engine's thread; works in lanes."""

    __test__ = False

    settings: Settings
    lanes: Lanes
    board: Switchboard | None
    wall: Callable[[], float] = time.time
    _stop: threading.Event = field(default_factory=threading.Event)

    def ask(self, command: tt.TestCommand) -> None:
        """Answer later, by an event of the same request."""
        match command:
            case tt.AskTests(request):
                checks = selftest.all_checks(self.settings, window=True)
                self.lanes.run(LANE, lambda: tt.TestsTold(request, checks))
            case tt.MakeTest(request):
                self._stop = threading.Event()
                stop = self._stop
                broken = tt.TestMade(request, Verdict.UNKNOWN, "程序出错，看日志")
                self.lanes.run(LANE, lambda: self._make(command, stop), broken)
            case tt.StopTest():
                self._stop.set()
            case tt.PrintReport(request, run):
                failed = tt.ReportPrinted(request, printed=False)
                self.lanes.run(PAPER_LANE, lambda: self._print(request, run), failed)
            case tt.SaveReport(request, run):
                lost = tt.ReportSaved(request, "")
                self.lanes.run(PAPER_LANE, lambda: self._save(request, run), lost)
            case tt.KeepTouches(hits):
                self.lanes.run(PAPER_LANE, lambda: self._keep(hits))

    def _make(self, command: tt.MakeTest, stop: threading.Event) -> tt.TestMade:
        if self.board is None:
            return tt.TestMade(command.request, Verdict.UNKNOWN, "这里没有设备")
        began = time.monotonic()
        hands = BoardHands(self.board, stop, command.check.patience_s)
        word = secrets.token_hex(4)
        verdict, said = selftest.make(self.settings.devices, command.check, hands, word)
        return tt.TestMade(command.request, verdict, said, time.monotonic() - began)

    def _print(self, request: int, run: Run) -> tt.ReportPrinted:
        if self.board is None or PRINTER not in self.settings.devices:
            return tt.ReportPrinted(request, printed=False)
        lines = selftest.report_lines(run, self.settings.cabin.name, self.wall())
        given = {"text": "\n".join(lines), "job_id": f"report-{secrets.token_hex(4)}"}
        hands = BoardHands(self.board, threading.Event(), selftest.SLOW_S)
        *_, last = hands.lines(PRINTER, "text", given)
        return tt.ReportPrinted(request, last.get("completion") == "success")

    def _save(self, request: int, run: Run) -> tt.ReportSaved:
        """The newest report under the minute it was made in, as text and for programs."""
        at, cabin = self.wall(), self.settings.cabin
        folder = cabin.data_dir / FOLDER
        path = folder / time.strftime("%Y%m%d-%H%M%S.txt", time.localtime(at))
        try:
            folder.mkdir(mode=0o750, exist_ok=True)
            lines = selftest.report_lines(run, cabin.name, at)
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            told = json.dumps(selftest.as_json(run, cabin.name, at), ensure_ascii=False, indent=1)
            path.with_suffix(".json").write_text(told, encoding="utf-8")
        except OSError as error:
            _log.error("%s: the self-tests' report can't be written: %s", path, error.strerror)
            return tt.ReportSaved(request, "")
        return tt.ReportSaved(request, str(path))

    def _keep(self, hits: tuple[Hit, ...]) -> None:
        path = self.settings.cabin.data_dir / CALIBRATION
        try:
            path.write_text(calibration_json(hits, self.wall(), in_use()), encoding="utf-8")
        except OSError as error:
            _log.error("%s: the panel's calibration can't be written: %s", path, error.strerror)


class BoardHands:
    """A device's operation through the running kiosk's own worker, until ``stop`` is set."""

    def __init__(self, board: Switchboard, stop: threading.Event, patience_s: float) -> None:
        self._board = board
        self._stop = stop
        self._patience_s = patience_s

    def lines(
        self, role: str, operation: str, parameters: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        """See ``selftest.Hands``: only the end is told, what comes on the way is nobody's."""
        status = self._board.book(role).status
        yield status_line(status)
        if operation == "status":
            return
        made = registry.load(self._board.devices[role].driver).operations.get(operation)
        if made is None:
            raise RefusedError(f"这种设备不会 {operation}")
        ear = Ear()
        if made.make is None:
            with self._board.listening(role, ear):
                yield end_line(self._heard(ear))
            return
        number = self._board.do(role, made.command(parameters), ear)
        found = self._end(ear, self._patience_s)
        if found is None:
            self._board.cancel(role, number)
            found = self._end(ear, _CANCEL_S, anyway=True)
        yield end_line(found.completion if found is not None else TimedOut())

    def _end(self, ear: Ear, patience_s: float, *, anyway: bool = False) -> Completed | None:
        """The command's end; None if it doesn't come in time, or is no longer wanted."""
        until = time.monotonic() + patience_s
        while time.monotonic() < until and (anyway or not self._stop.is_set()):
            report = ear.get(_LOOK_S)
            if isinstance(report, Completed):
                return report
        return None

    def _heard(self, ear: Ear) -> Success | Cancelled | TimedOut:
        """What a device that only speaks by itself came to: whether it spoke, not what."""
        until = time.monotonic() + self._patience_s
        while time.monotonic() < until:
            if self._stop.is_set():
                return Cancelled()
            if isinstance(ear.get(_LOOK_S), Notice):
                return Success()
        return TimedOut()
