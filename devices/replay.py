"""Plays a recording against a driver: does it still do what it did?

The driver is told what it was told, at the times it was told it, and what it says is held against
what was recorded. Values were invented, so what is compared is the frames as the recording has
them and the kinds of what was reported.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from devices.control import (
    AddressRequest,
    Answer,
    ClassRequest,
    HttpAnswer,
    HttpRequest,
    ProgramAnswer,
    ProgramRequest,
    ProgramSaid,
    Request,
)
from devices.driver import Driver, Report, Tap
from devices.plain import PlainError, from_plain
from devices.recording import VERSION, line_of, told
from devices.trace import Direction, Reviver, Scribe

LATE_S = 0.25
"""In a recording that doesn't tell: a worker's tick comes a little after the moment asked for; one
that is due for less than this is given at the time of the line that it led to."""
_ROUNDED_S = 0.0001
"""Times are written with four decimals."""


class RecordingError(ValueError):
    """The file is no recording, or one of its lines can't be understood; the text says which."""


@dataclass(frozen=True, slots=True)
class Head:
    """What is recorded."""

    driver: str
    settings: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Difference:
    """At line ``line`` of the recording: what it has, and what the driver did now."""

    line: int
    t: float
    recorded: str
    now: str


@dataclass(slots=True)
class Replayed:
    """What came of it.

    ``gaps`` lines had bytes of which nothing was kept: zeros stood in. ``skipped`` lines at the
    beginning belong to a connection whose own beginning isn't there.
    """

    lines: int = 0
    gaps: int = 0
    skipped: int = 0
    differences: list[Difference] = field(default_factory=list)


def read(lines: Iterable[bytes]) -> tuple[Head, Iterator[tuple[int, dict[str, Any]]]]:
    """The head, and the other lines with their numbers. Raises RecordingError."""
    numbered = _decoded(lines)
    try:
        _, head = next(numbered)
    except StopIteration:
        raise RecordingError("the file is empty") from None
    if head.get("recording") != VERSION or "driver" not in head:
        raise RecordingError(f"line 1: no recording of version {VERSION}")
    return Head(str(head["driver"]), dict(head.get("settings", {}))), numbered


def _decoded(lines: Iterable[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(lines, 1):
        if not line.endswith(b"\n"):
            return  # the last line of a recording that was cut off
        try:
            yield number, msgspec.json.decode(line, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise RecordingError(f"line {number}: {error}") from error


class Replay(Tap):
    """One recording against one driver and a scribe of its kind."""

    def __init__(self, driver: Driver, scribe: Scribe) -> None:
        self._driver = driver
        self._scribe = scribe
        self._sent: deque[dict[str, Any]] = deque()
        self._told: deque[dict[str, Any]] = deque()
        self._has_begun = self._tells_ticks = False
        self._result = Replayed()
        driver.tap = self

    # What the driver says now.

    def sent(self, data: bytes) -> None:
        self._sent += (line_of(note) for note in self._scribe.feed(Direction.OUT, data))

    def requested(self, request: Request) -> None:
        if isinstance(request, HttpRequest):
            self._sent += (line_of(x) for x in self._scribe.feed(Direction.OUT, request.body))

    def lost(self, now: float, reason: str) -> None:  # noqa: ARG002
        self._sent += (
            line_of(note) for note in self._scribe.flush() if note.direction is Direction.OUT
        )

    def reported(self, report: Report) -> None:
        self._told.append({"told": told(report)})

    # What it is told.

    def run(self, lines: Iterator[tuple[int, dict[str, Any]]]) -> Replayed:
        """Play to the end. Raises RecordingError."""
        number, t = 1, 0.0
        for number, line in lines:
            self._result.lines += 1
            try:
                t = float(line["t"])
                self._has_begun = self._has_begun or line.get("event") in ("opened", "lost")
                if self._has_begun:
                    self._step(number, t, line)
                else:
                    self._result.skipped += 1
            except (KeyError, TypeError, ValueError) as error:
                raise RecordingError(f"line {number}: {type(error).__name__} {error}") from error
        for now in (*self._sent, *self._told):
            self._result.differences.append(Difference(number, t, "nothing", words(now)))
        return self._result

    def _step(self, number: int, t: float, line: dict[str, Any]) -> None:
        if not self._tells_ticks:
            self._pass_time(t)
        if "out" in line or "told" in line:
            self._compare(number, t, {key: line[key] for key in line if key != "t"})
        elif "in" in line:
            kept = line["in"]
            if kept is None:
                self._result.gaps += 1
            data = bytes(line["length"]) if kept is None else bytes.fromhex(kept)
            if isinstance(self._scribe, Reviver):
                data = self._scribe.revive(data)
            self._driver.receive(data, t)
        else:
            self._event(line, t)
        self._listen()

    def _event(self, line: Mapping[str, Any], t: float) -> None:
        match line["event"]:
            case "opened":
                self._tells_ticks = line.get("ticks") is True
                self._driver.opened(t)
            case "ticked":
                self._tick(t)
            case "lost":
                self._driver.lost(t, str(line["reason"]))
            case "asked":
                self._ask(int(line["id"]), line["command"], t)
            case "cancelled":
                self._driver.cancel(int(line["id"]), t)
            case "answered":
                request = from_plain(line["request"])
                if not isinstance(
                    request, ClassRequest | AddressRequest | HttpRequest | ProgramRequest
                ):
                    raise RecordingError("a request is wanted")
                self._driver.answered(request, self._answer(line), t)
            case other:
                raise RecordingError(f"unknown event {other}")

    def _answer(self, line: Mapping[str, Any]) -> Answer:
        if "program" in line:
            return _program_answer(line["program"])
        if "http" not in line:
            answer = line["answer"]
            return None if answer is None else bytes.fromhex(answer)
        http, kept = line["http"], line["body"]
        if kept is None:
            self._result.gaps += 1
        body = bytes(line["length"]) if kept is None else bytes.fromhex(kept)
        return HttpAnswer(
            int(http["status"]), str(http["type"]), body, str(http["reason"]), bool(http["sent"])
        )

    def _ask(self, command_id: int, plain: Any, t: float) -> None:
        if "unwritten" in plain:
            raise PlainError(f"{plain['is']} was not written down: {plain['unwritten']}")
        self._driver.submit(command_id, from_plain(plain), t)

    def _tick(self, t: float) -> None:
        """What was due then is due now, whatever the rounding."""
        due = self._driver.deadline()
        is_rounded = due is not None and t < due <= t + 2 * _ROUNDED_S
        self._driver.tick(due if due is not None and is_rounded else t)

    def _pass_time(self, t: float) -> None:
        while (due := self._driver.deadline()) is not None and due <= t + _ROUNDED_S:
            self._driver.tick(due if due <= t - LATE_S else max(due, t))
            self._listen()

    def _listen(self) -> None:
        """Take what the driver says, in the order in which a worker does."""
        self._driver.take_reports()
        self._driver.take_output()
        self._driver.take_requests()

    def _compare(self, number: int, t: float, recorded: dict[str, Any]) -> None:
        said = self._sent if "out" in recorded else self._told
        now = said.popleft() if said else None
        if now != recorded:
            self._result.differences.append(
                Difference(number, t, words(recorded), words(now) if now else "nothing")
            )


def _program_answer(line: Mapping[str, Any]) -> Answer:
    if "percent" in line:
        return ProgramSaid(int(line["percent"]))
    code, tail = line["code"], b"\0\0\0\0IEND\xaeB`\x82" if line["whole"] else b""
    head = bytes.fromhex(line["head"])
    size, words_ = int(line["size"]), str(line["words"])
    return ProgramAnswer(
        code if code is None else int(code), str(line["reason"]), size, head, tail, words_
    )


def words(line: Mapping[str, Any]) -> str:
    """A line for people."""
    if "told" in line:
        return " ".join(f"{key}={value}" for key, value in line["told"].items() if value != "")
    for way in ("in", "out"):
        if way in line:
            data = line[way] or f"({line['length']} bytes, not kept)"
            return f"{way} {data} {line['means']}".rstrip()
    return " ".join(str(value) for key, value in line.items() if key != "t")
