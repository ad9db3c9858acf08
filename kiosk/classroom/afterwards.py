"""What stays of a lesson in the real cabin: counts, and a paper for whoever wants one."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from devices.receipt_printer.document import Print
from kiosk.adapters.clinic import DeviceWorker
from kiosk.classroom.certificate import best_of, compose
from kiosk.classroom.lesson import Lesson
from kiosk.classroom.record import FILE, ClassRecord
from kiosk.classroom.results import StepResult
from kiosk.core.state import PRINTER
from kiosk.core.visit.class_messages import PrintCertificate
from kiosk.order_text import Letterhead


class RealAfterwards:
    """``data_dir`` is the real cabin's, ``workers`` its machines; ``wall`` in Unix seconds."""

    def __init__(
        self,
        data_dir: Path,
        workers: Mapping[str, DeviceWorker],
        head: Letterhead,
        wall: Callable[[], float],
    ) -> None:
        self._record = ClassRecord(data_dir / FILE)
        self._workers = workers
        self._head = head
        self._wall = wall

    def learned(self, lesson: Lesson, results: tuple[StepResult, ...]) -> None:
        """Count what was learned; called on the thread of whoever led."""
        now = self._head.localtime(self._wall())
        today = date(now.tm_year, now.tm_mon, now.tm_mday)
        self._record.add(lesson.name, results, today)

    def certificate(self, command: PrintCertificate) -> None:
        """Print it; without a printer, or with nothing learned, there is none."""
        if PRINTER not in self._workers or not best_of(command.learned):
            return
        paper = compose(command.learner, command.learned, self._head, self._wall())
        self._workers[PRINTER].submit(Print(f"CLASS{secrets.token_hex(6)}", paper))
