"""What the scale in the hopper shows while a batch runs: its final weight, and how far it is.

Source: rice mill protocol, 4a, Cycle: the rice is weighed before milling; then the motor settles
for 1 s, the rice falls, it is milled for 5 s, and the door opens. The mill says none of this: it
is read from the weight and the time. No I/O and no clock of its own.
"""

from __future__ import annotations

from devices.rice_mill.commands import Stage

STEADY_G = 2
"""Two looks that differ by no more show a weight that stands still."""
LEAST_G = 10
"""A weight below this is the scale's drift, not rice."""
BLIND_S = 0.9
"""Two looks further apart may have missed the weight: it stands still for 1 s and more."""
TO_THE_DOOR_S = 6.0
"""From the final weight until the door moves at the earliest: 1 s and 5 s of milling."""


class Hopper:
    """``empty`` is the gross weight before the start, in grams, seen at ``now``, in seconds."""

    def __init__(self, empty: int = 0, now: float = 0.0) -> None:
        self._empty = empty
        self._last, self._last_at = empty, now
        self._weighed = 0
        self._weighed_at = 0.0
        self._missed = False

    @property
    def weighed(self) -> int | None:
        """The weight that stood still, in grams; None if it may have passed unseen."""
        return None if self._missed else self._weighed

    def see(self, gross: int, now: float) -> Stage:
        """Take a look's gross weight in grams; ``now`` in seconds. Returns how far it is."""
        if now - self._last_at > BLIND_S:
            self.miss()
        steady = abs(gross - self._last) <= STEADY_G
        self._last, self._last_at = gross, now
        weight = gross - self._empty
        if steady and weight >= max(LEAST_G, self._weighed + STEADY_G):
            self._weighed, self._weighed_at = weight, now
        if self._missed:
            # What passed unseen may have been all but the door.
            return Stage.TAKING
        if not self._weighed:
            return Stage.FEEDING
        return Stage.TAKING if now - self._weighed_at >= TO_THE_DOOR_S else Stage.MILLING

    def miss(self) -> None:
        """A look got no answer. What the scale shows after it has been read doesn't matter."""
        self._missed = self._missed or not self._weighed
