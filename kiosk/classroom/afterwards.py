"""What stays of a lesson in the real cabin: counts, and a paper for whoever wants one."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from devices.driver import Completed
from devices.receipt_printer.document import Print
from devices.status import Completion, Failed, Success
from kiosk.adapters import DeviceReport
from kiosk.adapters.clinic import DeviceWorker
from kiosk.classroom import RECORD
from kiosk.classroom.certificate import best_of, compose
from kiosk.classroom.lesson import Lesson
from kiosk.classroom.record import ClassRecord
from kiosk.classroom.results import StepResult
from kiosk.core.state import PRINTER
from kiosk.core.visit.class_messages import CertificateTold, PrintCertificate
from kiosk.core.visit.class_steps import Paper
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
        self._record = ClassRecord(data_dir / RECORD)
        self._workers = workers
        self._head = head
        self._wall = wall
        self._printing: dict[int, int] = {}

    def learned(self, lesson: Lesson, results: tuple[StepResult, ...]) -> None:
        """Count what was learned; called on the thread of whoever led."""
        now = self._head.localtime(self._wall())
        today = date(now.tm_year, now.tm_mon, now.tm_mday)
        self._record.add(lesson.name, results, today)

    def certificate(self, command: PrintCertificate) -> bool:
        """Print it; False if there is no printer, or nothing was learned."""
        if PRINTER not in self._workers or not best_of(command.learned):
            return False
        paper = compose(command.learner, command.learned, self._head, self._wall())
        number = self._workers[PRINTER].submit(Print(f"CLASS{secrets.token_hex(6)}", paper))
        self._printing[number] = command.request
        return True

    def translate(self, message: object) -> CertificateTold | None:
        """What became of a certificate, None for everything else."""
        if not isinstance(message, DeviceReport) or message.role != PRINTER:
            return None
        report = message.report
        if not isinstance(report, Completed) or report.command_id not in self._printing:
            return None
        return CertificateTold(self._printing.pop(report.command_id), _paper(report.completion))


def _paper(completion: Completion) -> Paper:
    match completion:
        case Success():
            return Paper.PRINTED
        case Failed():
            return Paper.FAILED
        case _:
            return Paper.UNKNOWN
