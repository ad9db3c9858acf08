"""What can be asked of a device beside its byte stream: USB class requests, HTTP requests, runs
of a program.

A driver without I/O puts a request out as it puts out bytes, the worker carries it to a port that
has a control channel, and the answer comes back as bytes do. A port that has none, or not for that
kind of request, answers nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class ClassRequest:
    """A class request to the port's own interface, from device to host (USB 2.0, 9.3).

    ``length`` is the most that the device may answer, in bytes. ``index_high`` puts the interface's
    number into the upper byte of wIndex, as the printer class's GET_DEVICE_ID wants it.
    """

    request: int
    length: int
    value: int = 0
    index_high: bool = False


@dataclass(frozen=True, slots=True)
class AddressRequest:
    """The port's own name for the device, which some protocols want to hear in every request."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A POST to the port's own address: ``body``, and behind it the document if there is one.

    ``number`` is the driver's own, by which it knows the answer. ``document`` is a file's path or
    its bytes. ``once``: doing it twice would do something twice, so it never goes on a connection
    that may have been closed by the other side in the meantime. ``read_s``: how long the answer
    may be awaited behind the last byte (seconds).
    """

    number: int
    body: bytes
    document: str | bytes | None = None
    once: bool = False
    read_s: float = 5.0


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came of it: an answer, or ``status`` 0 and why there is none.

    ``reason``: "refused", "unreachable", "no_answer", "broken", "too_long", "tls", "no_document",
    "too_many". ``sent`` is False when for certain not a byte of the request's body has left.
    """

    status: int
    content_type: str = ""
    body: bytes = b""
    reason: str = ""
    sent: bool = True


@dataclass(frozen=True, slots=True)
class ProgramRequest:
    """A run of the program that speaks with the device, with these ``arguments``.

    ``number`` is the driver's own. ``path``: a new file that takes what the program writes,
    readable by its owner alone; without one the beginning of it comes with the answer. After
    ``patience_s`` (seconds) the program is ended.
    """

    number: int
    program: str
    arguments: tuple[str, ...] = ()
    path: str = ""
    patience_s: float = 10.0


@dataclass(frozen=True, slots=True)
class StopRequest:
    """End the run of that number; its answer comes as ever. This request itself has none."""

    number: int


@dataclass(frozen=True, slots=True)
class ProgramSaid:
    """How far it is, per cent, by its own account. Comes any number of times before the answer."""

    percent: int


@dataclass(frozen=True, slots=True)
class ProgramAnswer:
    """What came of a run.

    ``code`` is its exit code, negative for the signal that ended it, None if it has none.
    ``reason``: "no_program" (with the system's words in ``words``), "no_place" (the file can't be
    made or written), "too_many", "too_long" (more than any page), "no_answer" (it ran out of time
    and was ended), "stuck" (and doesn't even end), empty if it ended by itself or by StopRequest.
    ``size`` bytes were written, ``head`` is their beginning and ``tail`` their end. ``words`` is
    the end of what it said of itself.
    """

    code: int | None
    reason: str = ""
    size: int = 0
    head: bytes = b""
    tail: bytes = b""
    words: str = ""


Request = ClassRequest | AddressRequest | HttpRequest | ProgramRequest | StopRequest

Answer = bytes | HttpAnswer | ProgramSaid | ProgramAnswer | None
"""What the device answered; None when it didn't, or when the port can't ask."""


@runtime_checkable
class Askable(Protocol):
    """A port with a control channel."""

    def ask(self, request: Request, answered: Callable[[Answer], None]) -> None:
        """Ask; ``answered`` is called from any thread, once at most (but for ProgramSaid), never
        after ``close``.
        """
        ...


class Hearer(Protocol):
    """The part of a driver that a channel needs."""

    def answered(self, request: Request, answer: Answer, now: float) -> None:
        """The answer to one of its requests has come."""
        ...


class Channel:
    """The requests of one connection: answers wait here until the worker hands them on."""

    def __init__(self, port: object, wake: Callable[[], None]) -> None:
        self._port = port
        self._wake = wake
        self._answers: deque[tuple[Request, Answer]] = deque()

    def ask(self, requests: tuple[Request, ...]) -> None:
        """Put each request to the port; returns at once."""
        for request in requests:
            if isinstance(self._port, Askable):
                self._port.ask(request, self._keep(request))
            else:
                self._keep(request)(None)

    def hand_over(self, driver: Hearer, now: float) -> None:
        """Tell the driver what has been answered."""
        while self._answers:
            request, answer = self._answers.popleft()
            driver.answered(request, answer, now)

    def _keep(self, request: Request) -> Callable[[Answer], None]:
        def keep(answer: Answer) -> None:
            self._answers.append((request, answer))
            self._wake()

        return keep
