"""What came of a step: done alone, with which help, how long, which mistakes. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Help(IntEnum):
    """How much help there was; each level has all before it."""

    NONE = 0
    AGAIN = 1
    """It was said again."""
    FINGER = 2
    LIGHT = 3
    WORDS = 4
    """The volunteer's hint."""
    VOLUNTEER = 5
    """The volunteer did it, or went on without it."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """``screen`` is where it is done. ``times``: how often it was come to; ``seconds`` in all.

    ``mistakes`` in the order they were made, by id.
    """

    step: str
    screen: str = ""
    done: bool = False
    skipped: bool = False
    help: Help = Help.NONE
    times: int = 0
    seconds: float = 0.0
    mistakes: tuple[str, ...] = ()

    @property
    def alone(self) -> bool:
        """Done by the learner without any help, however often they strayed."""
        return self.done and self.help is Help.NONE
