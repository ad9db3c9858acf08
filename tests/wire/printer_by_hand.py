"""A printer driver fed by hand, in virtual time."""

from __future__ import annotations

import itertools
import re

from devices.driver import Completed, Report, StatusChanged
from devices.receipt_printer.document import Cut, Document, Print, Text
from devices.receipt_printer.driver import EscposPrinter
from devices.status import (
    Completion,
    Level,
    Status,
)

GOOD = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
PAPER_OUT = {1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x72}
XOFF, XON = b"\x13", b"\x11"
SLIP: Document = (*(Text(f"line {n} " + "x" * 30) for n in range(20)), Cut())


class Bench:
    """The driver, the time, and a printer whose state the test sets."""

    def __init__(self) -> None:
        self.driver = EscposPrinter()
        self.now = 50.0
        self.replies: dict[int, int] = dict(GOOD)
        self.answers_questions = True
        self.answers_barriers = True
        self.barriers_open = 0
        self.printed = bytearray()
        self.asked: list[tuple[float, int]] = []
        self.asked_to_tell: list[float] = []
        self.reports: list[Report] = []
        self._ids = itertools.count(1)

    def open(self) -> Bench:
        self.driver.opened(self.now)
        self._exchange()
        return self

    def ready(self) -> Bench:
        """Open, known good, and done with whatever was in the buffer."""
        self.open().run(3)
        assert self.driver.status == Status(Level.READY)
        self.printed.clear()
        return self

    def hear(self, data: bytes) -> None:
        self.driver.receive(data, self.now)
        self._exchange()

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while True:
            wanted = self.driver.deadline()
            self.now = end if wanted is None else min(end, max(wanted, self.now))
            self.driver.tick(self.now)
            self._exchange()
            if self.now >= end:
                return

    def submit(self, command: object) -> int:
        number = next(self._ids)
        self.driver.submit(number, command, self.now)
        self._exchange()
        return number

    def cancel(self, number: int) -> None:
        self.driver.cancel(number, self.now)
        self._exchange()

    def lost(self) -> None:
        self.driver.lost(self.now, "unplugged")
        self._exchange()

    def print(self, job_id: str = "J1", reprint: bool = False) -> int:
        return self.submit(Print(job_id, SLIP, reprint))

    def completion(self, number: int) -> Completion | None:
        ends = [r for r in self.reports if isinstance(r, Completed) and r.command_id == number]
        assert len(ends) <= 1
        return ends[0].completion if ends else None

    def statuses(self) -> list[Status]:
        return [r.status for r in self.reports if isinstance(r, StatusChanged)]

    def _exchange(self) -> None:
        """Let the printer answer, and the driver what follows from that."""
        while raw := self.driver.take_output():
            answer = bytearray()
            for match in re.finditer(
                rb"\x10\x04(.)|\x1d\x72\x01|(\x1d\x61\x0e)|(.)", raw, re.DOTALL
            ):
                if match[1]:
                    self.asked.append((self.now, match[1][0]))
                    if self.answers_questions:
                        answer.append(self.replies[match[1][0]])
                elif match[2]:
                    self.asked_to_tell.append(self.now)
                elif match[3]:
                    self.printed += match[3]
                elif self.answers_barriers:
                    answer.append(0)
                else:
                    self.barriers_open += 1
            self.driver.receive(bytes(answer), self.now)
        self.reports += self.driver.take_reports()
