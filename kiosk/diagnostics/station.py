"""What answers technicians in a running kiosk: over the control socket and for `/metrics`."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from devices import registry
from devices.driver import Completed, Notice, Report
from devices.operations import Operation, ParameterError
from devices.recording import told
from devices.status import Cancelled, Completion, Failed, Success, TimedOut
from kiosk import device_words
from kiosk.core.state import State
from kiosk.diagnostics.control import FILE, Control, RefusedError
from kiosk.diagnostics.facts import to_json
from kiosk.diagnostics.gather import LOOK_AGAIN_S, Gatherer, serving
from kiosk.diagnostics.heartbeat import ENGINE, JOURNAL, SCREEN, STUCK_S, Heartbeat, Ping
from kiosk.diagnostics.switchboard import Ear, Switchboard
from kiosk.diagnostics.tracing import Trace
from kiosk.settings import Settings

if TYPE_CHECKING:
    from kiosk.diagnostics.metrics import Exporter

_log = logging.getLogger(__name__)

CANCEL_S = 15.0
ALIVE_S = 2.0
"""A stream with nothing to say says so this often, and notices that nobody listens."""
FIRST_NAMES_S, LAST_NAMES_S = 5.0, 600.0
_LOOK_S = 0.02
QUIET_S = STUCK_S
"""How old a sign of life may be for whoever watches; the doctor wants a new one."""


class Station:
    """Opened when the engine works, closed before the books are."""

    def __init__(
        self,
        settings: Settings,
        board: Switchboard,
        heart: Heartbeat,
        state: Callable[[], State | None],
    ) -> None:
        self._settings = settings
        self.board = board
        self.heart = heart
        self.gatherer = Gatherer(settings, board.facts, state, heart)
        self._post: Callable[[object], None] = lambda _: None
        self._wake: Callable[[], None] = lambda: None
        self._control: Control | None = None
        self._exporter: Exporter | None = None
        self._closing = threading.Event()

    def open(self, post: Callable[[object], None], wake: Callable[[], None]) -> None:
        """Answer from now on. ``post`` reaches the engine, ``wake`` the screen.

        What can't be opened is logged; a resident isn't kept waiting for a technician's socket.
        """
        self._post, self._wake = post, wake
        self.board.begin()
        threading.Thread(target=self._learn_names, name="names", daemon=True).start()
        try:
            self._control = Control(self._settings.cabin.data_dir / FILE, self._answer)
        except OSError as error:
            _log.error("the control socket can't be opened: %s", error.strerror)
        port = self._settings.metrics_port
        if port is not None:
            from kiosk.diagnostics.metrics import Exporter

            try:
                self._exporter = Exporter(port, self.gatherer.facts_at_once, self._scraped)
            except OSError as error:
                _log.error("/metrics can't be served on port %d: %s", port, error.strerror)

    def close(self) -> None:
        """Stop answering and keep the counters."""
        self._closing.set()
        if self._control is not None:
            self._control.close()
        if self._exporter is not None:
            self._exporter.close()
        self.board.close()

    # Signs of life

    def ask_parts(self, age_s: float) -> None:
        """Let every part whose last sign of life is older give one; it shows in the facts.

        Each costs the engine a write to the disk, for which a touch would wait: whoever asks
        every second gets what the one before has got. An engine that owes its answer isn't asked
        again: it would only find a heap of questions when it comes round.
        """
        stale, owing = self.heart.stale(age_s), self.heart.wanted(ENGINE)
        self.heart.ask(*stale)
        if not owing and (ENGINE in stale or JOURNAL in stale):
            self._post(Ping(self.heart))
        if SCREEN in stale:
            self._wake()

    def _scraped(self) -> None:
        """Somebody watches: let there be something new the next time."""
        self.ask_parts(QUIET_S)
        self.gatherer.look_outside()

    def _pulse(self, patience_s: float, age_s: float = QUIET_S) -> None:
        self.ask_parts(age_s)
        until = time.monotonic() + patience_s
        while not self.heart.answered() and time.monotonic() < until:
            time.sleep(_LOOK_S)

    # Questions

    def _answer(self, question: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        match question:
            case {"get": "status"}:
                self._pulse(1.0)
                yield {**to_json(self.gatherer.facts_at_once()), "end": True}
            case {"get": "devices"}:
                yield {"devices": [to_json(x) for x in self.board.facts()], "end": True}
            case {"get": "facts"}:
                self._pulse(STUCK_S + 0.5, 0)
                age = question.get("gateways_age_s", LOOK_AGAIN_S)
                age_s = float(age) if isinstance(age, int | float) else LOOK_AGAIN_S
                yield {**to_json(self.gatherer.facts(age_s)), "pid": os.getpid(), "end": True}
            case {"do": str(operation), "role": str(role)}:
                given = question.get("parameters", {})
                yield from self._operate(role, operation, given if isinstance(given, dict) else {})
            case {"trace": str(role)}:
                yield from self._trace(role)
            case _:
                known = "get status|devices|facts, do OPERATION role ROLE, trace ROLE"
                raise RefusedError(f"not understood; known: {known}")

    def _driver_of(self, role: str) -> str:
        if role not in self.board.devices:
            raise RefusedError(f"no device {role}; there are: {', '.join(self.board.devices)}")
        return self.board.devices[role].driver

    # One operation

    def _operate(
        self, role: str, name: str, given: Mapping[str, object]
    ) -> Iterator[dict[str, Any]]:
        driver = self._driver_of(role)
        status = self.board.book(role).status
        if name == "status":
            line = device_words.status_line(status)
            yield {**line, "exit": device_words.status_exit(status), "end": True}
            return
        operation = registry.load(driver).operations.get(name)
        if operation is None:
            known = ", ".join(("status", *registry.load(driver).operations))
            raise RefusedError(f"{driver} has no {name}; it has {known}")
        self._allow(role, name, operation)
        try:
            command = operation.command({str(k): str(v) for k, v in given.items()})
        except (ParameterError, ValueError) as error:
            raise RefusedError(str(error)) from error
        _log.info("a technician lets %s do: %s", role, name)
        yield device_words.status_line(status)
        private = name in registry.declaration(driver).personal
        yield from self._run(role, operation, command, private=private)

    def _allow(self, role: str, name: str, operation: Operation) -> None:
        """Nothing that moves money or goods, and nothing that disturbs a resident."""
        if operation.lab:
            raise RefusedError(
                f"{name} moves money or goods: not while the kiosk runs. Stop it, then say --lab"
            )
        state = self.gatherer.state()
        open_orders = state is not None and any(not x.closed for x in state.orders.values())
        book = self.board.book(role)
        harmless = name in book.declared.asks and not book.facts().busy
        if (serving(state) or open_orders) and not harmless:
            raise RefusedError(f"somebody is being served: {name} has to wait until they are done")

    def _run(
        self, role: str, operation: Operation, command: object, *, private: bool
    ) -> Iterator[dict[str, Any]]:
        ear = Ear()
        until = time.monotonic() + operation.patience_s
        with self.board.listening(role, ear):
            if operation.make is None:
                yield from _until_heard(ear, until, private=private)
                return
            number = self.board.do(role, command, ear)
            try:
                for report in _reports(ear, until):
                    yield _line(report, private=private)
                    if isinstance(report, Completed):
                        return
            finally:
                self.board.cancel(role, number)  # of no effect on what has ended
            for report in _reports(ear, time.monotonic() + CANCEL_S):
                yield _line(report, private=private)
                if isinstance(report, Completed):
                    return
            yield {**device_words.end_line(TimedOut()), "end": True}

    # Traffic

    def _trace(self, role: str) -> Iterator[dict[str, Any]]:
        driver = self._driver_of(role)
        trace = Trace(registry.scribe(driver))
        status = self.board.book(role).status
        yield {"driver": driver, "role": role, **device_words.status_line(status)}
        with self.board.tapped(role, trace):
            lost = 0
            while not self._closing.is_set():
                line = trace.get(ALIVE_S)
                yield line if line is not None else {"alive": True}
                if trace.lost_lines != lost:
                    lost = trace.lost_lines
                    yield {"lost_lines": lost}

    # Names

    def _learn_names(self) -> None:
        """Ask each machine once what it is, when it answers and nobody is being served."""
        pause_s = FIRST_NAMES_S
        while not self._closing.wait(pause_s):
            waiting = [x for x in self.board.devices if not self.board.book(x).named]
            if not waiting:
                return
            for role in waiting:
                self._learn_name(role)
            pause_s = min(pause_s * 2, LAST_NAMES_S)

    def _learn_name(self, role: str) -> None:
        book = self.board.book(role)
        operation = registry.load(book.driver).operations.get(book.declared.identify_by)
        resident = serving(self.gatherer.state())
        if operation is None or resident or not book.status.usable or book.facts().busy:
            return
        self.board.do(role, operation.command({}), Ear())


def _reports(ear: Ear, until: float) -> Iterator[Report | None]:
    """What comes until then; None now and then, so that a caller who has gone is noticed."""
    while (left := until - time.monotonic()) > 0:
        yield ear.get(min(left, ALIVE_S))


def _until_heard(ear: Ear, until: float, *, private: bool) -> Iterator[dict[str, Any]]:
    for report in _reports(ear, until):
        if isinstance(report, Notice):
            yield _line(report, private=private)
            end: Completion = Success(None if private else report.what)
            yield {**device_words.end_line(end), "end": True}
            return
        yield _line(report, private=private)
    yield {**device_words.end_line(TimedOut()), "end": True}


def _line(report: Report | None, *, private: bool) -> dict[str, Any]:
    """A report for the caller. What is somebody's is told by its kind alone."""
    if report is None:
        return {"alive": True}
    if isinstance(report, Completed):
        completion = report.completion
        if private and not isinstance(completion, Cancelled | TimedOut):
            completion = _without_value(completion)
        return {**device_words.end_line(completion), "end": True}
    return told(report) if private else device_words.report_line(report)


def _without_value(completion: Completion) -> Completion:
    if isinstance(completion, Success):
        return Success()
    if isinstance(completion, Failed):
        return Failed(completion.code, completion.meaning)
    return completion
