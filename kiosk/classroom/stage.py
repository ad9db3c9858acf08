"""What a lesson shows in the kiosk's window, by value, and where touches on it go."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Protocol

from kiosk.classroom.runner import Guidance, Run
from kiosk.core.state import State


class Hand(Protocol):
    """Takes what is done at the screen; called in the window's thread, never waits."""

    def touched(self, target: str, value: str, version: int) -> None:
        """A control of the practised screen was touched."""
        ...

    def control(self, word: str) -> None:
        """One of the volunteer's controls was."""
        ...

    def pressed(self, index: int) -> None:
        """What is to happen outside was."""
        ...


@dataclass(frozen=True, slots=True)
class Practised:
    """The practice cabin's state with what is drawn over it.

    ``texts`` are to be said; ``said`` grows with every time that something is. ``shown`` counts
    what was shown.
    """

    state: State
    run: Run
    guidance: Guidance
    hand: Hand
    texts: tuple[str, ...] = ()
    said: int = 0
    shown: int = 0

    def describe(self) -> dict[str, Any]:
        """Where the lesson is, for the inspect socket; nothing personal."""
        run = self.run
        return {
            "lesson": run.lesson.name,
            "index": run.index,
            "target": self.guidance.target,
            "times": run.result.times,
            "mistake": run.mistake.id if run.mistake is not None else "",
            "mistakes": list(run.result.mistakes),
            "facts": asdict(run.facts),
        }
