"""What every simulated machine has in common: its own time, timers, output, and actions."""

from __future__ import annotations

import heapq
import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


class ActionError(ValueError):
    """The action can't be done now, or its body is wrong; the text says why."""


@dataclass(frozen=True)
class Action:
    """Something the outside world can do to a machine. `params`: name → an example."""

    zh: str
    en: str
    params: Mapping[str, object] = field(default_factory=dict)


class Timer:
    """A call that waits for its moment; `cancel()` makes it never come."""

    __slots__ = ("at", "call")

    def __init__(self, at: float, call: Callable[[], None] | None) -> None:
        self.at = at
        self.call = call

    def cancel(self) -> None:
        self.call = None


class Model(ABC):
    """A machine. Bytes go in by `receive`, come out by `take_writes`; `advance` lets time pass.

    `now` is the machine's own time in seconds from its making. `take_writes` gives one item per
    write the machine makes, because some hosts treat a frame that arrives in two reads badly.
    """

    def __init__(self, device_id: str) -> None:
        self.device_id = device_id
        self.now = 0.0
        self._writes: list[bytes] = []
        self._timers: list[tuple[float, int, Timer]] = []
        self._sequence = itertools.count()

    def advance(self, dt: float) -> None:
        """Let `dt` seconds pass, doing everything that falls due on the way, in order."""
        end = self.now + dt
        while (timer := self._next_timer()) is not None and timer.at <= end:
            heapq.heappop(self._timers)
            self.now = max(self.now, timer.at)
            call, timer.call = timer.call, None
            if call is not None:
                call()
        self.now = end

    def next_event(self) -> float | None:
        """Seconds until something happens by itself, or None."""
        timer = self._next_timer()
        return None if timer is None else max(0.0, timer.at - self.now)

    def quiet_until(self, end: float) -> bool:
        """Whether nothing happens by itself up to then."""
        timer = self._next_timer()
        return timer is None or timer.at > end

    @property
    def has_writes(self) -> bool:
        """Whether `take_writes` has something to give."""
        return bool(self._writes)

    def take_writes(self) -> list[bytes]:
        """The writes made since the last call."""
        writes, self._writes = self._writes, []
        return writes

    def take_output(self) -> bytes:
        """The bytes written since the last call."""
        return b"".join(self.take_writes())

    def room(self) -> int | None:
        """How many more bytes it accepts now (flow control); None when it never refuses."""
        return None

    def link_up(self) -> None:  # noqa: B027 - most machines don't notice their cable
        """The cable was plugged in."""

    def link_down(self) -> None:
        """The cable was pulled: what was being written is lost."""
        self._writes.clear()

    def poke(self) -> None:  # noqa: B027 - most machines look at their faults only when struck
        """The list of faults has changed."""

    def _write(self, data: bytes) -> None:
        if data:
            self._writes.append(data)

    def _after(self, seconds: float, call: Callable[[], None]) -> Timer:
        timer = Timer(self.now + max(0.0, seconds), call)
        heapq.heappush(self._timers, (timer.at, next(self._sequence), timer))
        return timer

    def _next_timer(self) -> Timer | None:
        while self._timers and self._timers[0][2].call is None:
            heapq.heappop(self._timers)
        return self._timers[0][2] if self._timers else None

    @abstractmethod
    def receive(self, data: bytes) -> None:
        """Bytes from the host, in any split."""

    @abstractmethod
    def actions(self) -> Mapping[str, Action]:
        """What can be done to it now, by name."""

    @abstractmethod
    def act(self, name: str, body: Mapping[str, object]) -> dict[str, object]:
        """Do it; the result is for the page. ActionError when it can't be done."""

    @abstractmethod
    def state(self) -> dict[str, object]:
        """What a person standing before it would see, as JSON values."""


def text_of(body: Mapping[str, object], name: str, default: str | None = None) -> str:
    """The text `name` of an action's body; ActionError when it is missing or no text."""
    value = body.get(name, default)
    if not isinstance(value, str):
        raise ActionError(f"{name}: text is wanted")
    return value.encode("utf-8", "replace").decode("utf-8")  # no halves of surrogate pairs


MOST = 1_000_000_000


def whole_of(body: Mapping[str, object], name: str, default: int | None = None) -> int:
    """The whole number `name` of an action's body; ActionError when missing, huge or none."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MOST:
        raise ActionError(f"{name}: a whole number is wanted")
    return value
