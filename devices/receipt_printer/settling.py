"""Whether the printer's buffer may still hold something of before. No I/O.

An answer to `1D 72` doesn't say to which question it belongs. After a job that ended without its
answer, that answer may come late, when paper is put in and everything prints at once
(requirement R15), and must not be taken for the next job's. So the printer is asked once more,
and is settled when it has answered and then been quiet for a second: between an old answer and the
new one nothing is left to print, so they come together.
"""

from __future__ import annotations

QUIET_S = 1.0
_PATIENCE_S = 5.0
"""A question may be lost with a printer that is switched off: it is put again well within the time
that a job waits for its turn. Two answers come together, so a second question does no harm."""


class Settling:
    """Times are monotonic seconds."""

    def __init__(self) -> None:
        self.settled = False
        self._probed_at: float | None = None
        self._answered_at: float | None = None

    def unsettle(self) -> None:
        """Something may be left in the buffer, or the connection is a new one."""
        self.settled = False
        self._probed_at = None
        self._answered_at = None

    def wants_probe(self, now: float) -> bool:
        """Whether to put the question: not again while its answer may still come."""
        if self.settled:
            return False
        return self._probed_at is None or (
            self._answered_at is None and now >= self._probed_at + _PATIENCE_S
        )

    def probe(self, now: float) -> None:
        """The question was put."""
        self._probed_at = now

    def answered(self, now: float) -> None:
        """An answer came that belongs to no running job."""
        if self._probed_at is not None:
            self._answered_at = now

    def tick(self, now: float) -> None:
        """Time has passed."""
        if self._answered_at is not None and now >= self._answered_at + QUIET_S:
            self.settled = True
            self._probed_at = None
            self._answered_at = None

    def deadline(self) -> float | None:
        """When `tick` is wanted next."""
        return None if self._answered_at is None else self._answered_at + QUIET_S
