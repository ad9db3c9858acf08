"""A payment terminal played by hand, in virtual time: the tests say every byte it sends.

Frames are built here from the table in the payment terminal protocols, 1.1, not by the codec
under test.
"""

from __future__ import annotations

import functools
import itertools
import json
import operator
from dataclasses import dataclass

from devices.driver import Completed, Notice, Progress, Report, StatusChanged
from devices.payment_terminal.driver import EcrHubTerminal
from devices.status import Completion, Status

HANDSHAKE = bytes.fromhex("55aa010000000001cc33")
CONFIRM = bytes.fromhex("55aa020000000002cc33")
BEAT = bytes.fromhex("55aa000000000000cc33")


def frame(data: bytes = b"", ack: int = 0, number: int = 0, kind: int = 0) -> bytes:
    """A frame's bytes."""
    body = bytes((kind, ack, number)) + len(data).to_bytes(2, "big") + data
    return b"\x55\xaa" + body + bytes((functools.reduce(operator.xor, body),)) + b"\xcc\x33"


@dataclass(frozen=True)
class Sent:
    """One frame that the driver sent."""

    kind: int
    ack: int
    number: int
    data: bytes
    at: float

    @property
    def message(self) -> dict[str, object]:
        loaded = json.loads(self.data)
        assert isinstance(loaded, dict)
        return loaded


class Bench:
    """The driver, the time, and what passed between driver and terminal."""

    def __init__(self, beats: bool = True, answer_wait_s: float = 180.0) -> None:
        numbers = itertools.count(1)
        self.driver = EcrHubTerminal(
            "wz000000000000",
            answer_wait_s=answer_wait_s,
            wall_clock=lambda: 1_790_000_000.0,
            new_request_id=lambda: f"q{next(numbers)}",
            beats=beats,
        )
        self.now = 100.0
        self.beating = beats
        self._beat_at = 0.0
        self.sent: list[Sent] = []
        self.reports: list[Report] = []
        self._ids = itertools.count(1)

    def link(self) -> Bench:
        """Open, shake hands, be ready."""
        self.open()
        self.hear(CONFIRM)
        return self

    def open(self) -> None:
        self.driver.opened(self.now)
        self._collect()

    def hear(self, data: bytes) -> None:
        """The terminal sends `data`."""
        self.driver.receive(data, self.now)
        self._collect()

    def run(self, seconds: float) -> None:
        """Time passes; the terminal beats every second if it is `beating`."""
        end = self.now + seconds
        while True:
            wanted = self.driver.deadline()
            times = [end] if wanted is None else [end, max(wanted, self.now)]
            if self.beating:
                self._beat_at = max(self._beat_at, self.now)
                times.append(self._beat_at)
            self.now = min(times)
            if self.beating and self.now >= self._beat_at:
                self._beat_at = self.now + 1.0
                self.hear(BEAT)
            self.driver.tick(self.now)
            self._collect()
            if self.now >= end:
                return

    def submit(self, command: object) -> int:
        number = next(self._ids)
        self.driver.submit(number, command, self.now)
        self._collect()
        return number

    def cancel(self, number: int) -> None:
        self.driver.cancel(number, self.now)
        self._collect()

    def lost(self, reason: str = "unplugged") -> None:
        self.driver.lost(self.now, reason)
        self._collect()

    def ack_last(self) -> Sent:
        """Acknowledge the data frame sent last."""
        last = self.data_frames()[-1]
        self.hear(frame(ack=last.number))
        return last

    def answer(self, request: Sent, number: int = 1, code: str = "000", **biz: object) -> bytes:
        """The frame that answers `request`; not sent yet."""
        message = {
            "topic": request.message["topic"],
            "request_id": request.message["request_id"],
            "response_code": code,
            "response_msg": "",
            "biz_data": biz,
        }
        return frame(json.dumps(message).encode(), number=number)

    def data_frames(self) -> list[Sent]:
        """The data frames sent so far, repeats too."""
        return [one for one in self.sent if one.data]

    def completion(self, number: int) -> Completion | None:
        """How the command ended, None while it runs. It must not have ended twice."""
        ends = [r for r in self.reports if isinstance(r, Completed) and r.command_id == number]
        assert len(ends) <= 1
        return ends[0].completion if ends else None

    def notices(self) -> list[object]:
        return [r.what for r in self.reports if isinstance(r, Notice)]

    def progress(self) -> list[tuple[int, object]]:
        return [(r.command_id, r.what) for r in self.reports if isinstance(r, Progress)]

    def statuses(self) -> list[Status]:
        return [r.status for r in self.reports if isinstance(r, StatusChanged)]

    def _collect(self) -> None:
        raw = self.driver.take_output()
        while raw:
            assert raw[:2] == b"\x55\xaa"
            size = int.from_bytes(raw[5:7], "big")
            whole, raw = raw[: size + 10], raw[size + 10 :]
            data = whole[7 : 7 + size]
            assert whole == frame(data, whole[3], whole[4], whole[2])
            self.sent.append(Sent(whole[2], whole[3], whole[4], data, self.now))
        self.reports += self.driver.take_reports()
