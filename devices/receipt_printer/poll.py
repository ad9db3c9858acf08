"""Rounds of the four DLE EOT questions, one at a time, and what they add up to. No I/O.

Source: Serial and USB on Linux, "Liveness": a harmless question every 5 s idle and 1 s in use;
two missed rounds and the printer counts as silent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from devices.receipt_printer.codec import QUESTIONS, question, status_of
from devices.status import Status

REPLY_S = 1.0
IDLE_S = 5.0
IN_USE_S = 1.0
MISSED_LIMIT = 2
QUIET_S = 0.3
REST_S = 60.0


@dataclass(frozen=True, slots=True)
class Round:
    """A finished round. `status` is None when a question stayed without its reply."""

    number: int
    status: Status | None


class Poller:
    """Asks. A reply doesn't say to which question it belongs: the next one waits for it."""

    def __init__(self, send: Callable[[bytes], None], idle_s: float = IDLE_S) -> None:
        self._send = send
        self._idle_s = idle_s
        self._number = 0
        self._running = False
        self._again = False
        self._replies: list[int] = []
        self._reply_by = 0.0
        self._next_at = 0.0
        self._interval_s = idle_s
        self.missed = 0
        """How many rounds in a row stayed unanswered."""
        self.replies_come_late = False
        """Whether questions can wait in a queue and be answered long after they were given up."""
        self._doubtful = False
        self._draining = False

    def restart(self, now: float) -> None:
        """A new connection: what was asked on the old one is forgotten."""
        self._running = False
        self._again = False
        self._doubtful = self._draining = False
        self.missed = 0
        self.fresh(now)

    def fresh(self, now: float) -> int:
        """Ask anew as soon as can be; the number of the round that begins after now."""
        if self._running:
            self._again = True
            return self._number + 1
        if self._draining:
            return self._number + 1
        self._begin(now)
        return self._number

    def rest(self, now: float) -> None:
        """Hardly ask any more until somebody wants a `fresh` round."""
        if not self._running:
            self._next_at = now + REST_S

    def use(self, in_use: bool, now: float) -> None:
        """Whether the printer is at work: then it is asked more often."""
        self._interval_s = IN_USE_S if in_use else self._idle_s
        if in_use:
            self._next_at = min(self._next_at, now + IN_USE_S)

    def reply(self, byte: int, now: float) -> Round | None:
        """A reply came; the round if it is the last one. One that nobody waits for is dropped."""
        if self._draining:
            self._next_at = now + QUIET_S
        if not self._running:
            return None
        if self._doubtful:
            # Maybe the answer to the question that was given up: once no more come, all is asked
            # anew.
            self._running, self._again = False, False
            self._doubtful, self._draining = False, True
            self._next_at = now + QUIET_S
            return None
        self._replies.append(byte)
        if len(self._replies) < len(QUESTIONS):
            self._ask(now)
            return None
        general, offline, error, paper = self._replies
        self.missed = 0
        return self._end(status_of((general, offline, error, paper)), now)

    def tick(self, now: float) -> Round | None:
        """Time has passed; the round if it has failed by now."""
        if self._running and now >= self._reply_by:
            self.missed += 1
            self._doubtful = self.replies_come_late
            return self._end(None, now)
        if not self._running and now >= self._next_at:
            self._begin(now)
        return None

    def deadline(self) -> float:
        """When `tick` is wanted next."""
        return self._reply_by if self._running else self._next_at

    def _begin(self, now: float) -> None:
        self._number += 1
        self._running = True
        self._draining = False
        self._replies.clear()
        self._ask(now)

    def _ask(self, now: float) -> None:
        self._send(question(QUESTIONS[len(self._replies)]))
        self._reply_by = now + REPLY_S

    def _end(self, status: Status | None, now: float) -> Round:
        self._running = False
        finished = Round(self._number, status)
        # After a missed round the next one comes soon, but a late reply must be past by then.
        self._next_at = now + (self._interval_s if status is not None else IN_USE_S)
        if self._again:
            self._again = False
            if status is not None:
                self._begin(now)
        return finished
