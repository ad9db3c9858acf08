"""What the staff's screens want of the outside, before everything else goes to the cabin's own.

Between engine and ``Adapters``: residents' commands pass through untouched. What a sign-in needs is
made when somebody first signs in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from devices.driver import Notice
from devices.scanner.codec import Scanned
from kiosk.adapters.adapters import DeviceReport, Lanes
from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.order import Order
from kiosk.core.visit import messages as m
from kiosk.core.visit import sign_in_messages as s
from kiosk.core.visit.class_messages import ClassCommand, ClassEvent
from kiosk.settings import OperatorSettings

if TYPE_CHECKING:
    from kiosk.adapters.adapters import Adapters
    from kiosk.adapters.desk import Desk
    from kiosk.adapters.door import Door
    from kiosk.adapters.look import LookDesk
    from kiosk.adapters.selftests import TestBench
    from kiosk.books import AnyBooks

_log = logging.getLogger(__name__)


class ClassDesk(Protocol):
    """Who holds classes (`kiosk.classroom.desk`); loaded when somebody first does."""

    def ask(self, command: ClassCommand) -> None: ...

    def translate(self, message: object) -> ClassEvent | None:
        """What is meant for the class, None for everything else."""
        ...


class Staff:
    """Used on the engine's thread only."""

    def __init__(
        self,
        cabin: Adapters,
        operators: tuple[OperatorSettings, ...],
        lanes: Lanes,
        books: AnyBooks,
        monotonic: Callable[[], float],
        make_desk: Callable[[], Desk],
        make_tests: Callable[[], TestBench],
        make_look: Callable[[], LookDesk],
        class_desk: Callable[[], ClassDesk] | None = None,
    ) -> None:
        self._cabin = cabin
        self._operators = operators
        self._lanes = lanes
        self._books = books
        self._monotonic = monotonic
        self._door: Door | None = None
        self._make_desk = make_desk
        self._desk: Desk | None = None
        self._make_tests = make_tests
        self._tests: TestBench | None = None
        self._make_look = make_look
        self._look: LookDesk | None = None
        self._make_class_desk = class_desk
        self._class_desk: ClassDesk | None = None

    def carry_out(self, command: c.Command, order: Order) -> None:
        self._cabin.carry_out(command, order)

    def ask(self, command: m.VisitCommand) -> None:
        match command:
            case s.WriteDown():
                self._write_down(command)
            case ClassCommand():
                self._hold_class(command)
            case s.ForgetPin():
                if self._door is not None:
                    self._door.forget()
            case s.AskWait() | s.TypePin() | s.CheckPin() | s.CheckCard():
                self.door.ask(command)
            case m.StaffCommand():
                self._ask_desk(command)
            case _:
                self._cabin.ask(command)

    def _ask_desk(self, command: m.StaffCommand) -> None:
        from kiosk.core.visit.tech_look_steps import LookCommand
        from kiosk.core.visit.tech_test_messages import TestCommand

        if isinstance(command, TestCommand):
            self._tests = self._tests or self._make_tests()
            self._tests.ask(command)
        elif isinstance(command, LookCommand):
            self._look = self._look or self._make_look()
            self._look.ask(command)
        else:
            self._desk = self._desk or self._make_desk()
            self._desk.ask(command)

    def translate(self, message: object) -> list[e.OrderEvent | m.VisitEvent]:
        if self._door is not None:
            if isinstance(message, DeviceReport) and isinstance(message.report, Notice):
                held = message.report.what
                if isinstance(held, Scanned) and self._door.scanned(held):
                    return [s.CardHeld(0)]
            told = self._door.translate(message)
            if told is not None:
                return [told]
        if self._desk is not None and (found := self._desk.translate(message)) is not None:
            return [*found]
        if self._class_desk is not None:
            heard = self._class_desk.translate(message)
            if heard is not None:
                return [heard]
        return self._cabin.translate(message)

    def _hold_class(self, command: ClassCommand) -> None:
        if self._class_desk is None and self._make_class_desk is not None:
            self._class_desk = self._make_class_desk()
        if self._class_desk is not None:
            self._class_desk.ask(command)

    @property
    def door(self) -> Door:
        """Who checks PINs and cards."""
        if self._door is None:
            from kiosk.adapters.door import Door

            self._door = Door(self._operators, self._lanes, self._books, self._monotonic)
        return self._door

    def _write_down(self, command: s.WriteDown) -> None:
        """Write the row. When the books are what is broken, staff must come in: the log has it."""
        trouble = self._books.note(command.kind, dict(command.body))
        words = " ".join(f"{name}={value}" for name, value in command.body)
        _log.info("%s %s", command.kind, words)
        if trouble:
            _log.error("%s can't be journalled: %s", command.kind, trouble)
