"""One print job and what has become of it so far; which jobs have been printed. No I/O."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from enum import Enum, auto

_REMEMBERED = 256


class Phase(Enum):
    """What a job is waiting for."""

    CHECK = auto()
    """A good status, asked for after the job came: nothing of it is sent before."""
    SETTLE = auto()
    """The printer being done with what an earlier job left in its buffer."""
    SEND = auto()
    """Its bytes going out."""
    BARRIER = auto()
    """The answer to the question queued behind them."""
    CONFIRM = auto()
    """A good status asked for after that answer."""


@dataclass(slots=True)
class Job:
    """A running Print. Times are monotonic seconds; `round` is the status round it waits for."""

    command_id: int
    job_id: str
    pieces: deque[bytes]
    phase: Phase
    round: int
    patient_until: float
    send_at: float = 0.0
    started: bool = False
    """Whether a piece of it has been put out."""


class Memory:
    """How the last jobs ended, so that a repeated order doesn't print twice unmarked."""

    def __init__(self) -> None:
        self._ends: OrderedDict[str, bool] = OrderedDict()

    def printed(self, job_id: str) -> bool:
        """Whether it is known to have been printed."""
        return self._ends.get(job_id, False)

    def doubtful(self, job_id: str) -> bool:
        """Whether some of it has been sent and nobody knows what came out."""
        return self._ends.get(job_id) is False

    def note(self, job_id: str, printed: bool) -> None:
        """It was printed, or something of it was sent."""
        self._ends[job_id] = printed or self._ends.get(job_id, False)
        self._ends.move_to_end(job_id)
        while len(self._ends) > _REMEMBERED:
            self._ends.popitem(last=False)
