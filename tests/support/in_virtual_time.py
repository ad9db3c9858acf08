"""What every test does with a driver whose machine is simulated: wait, submit, read the end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from devices.driver import Completed, Progress, Report
from devices.status import Completion, Level


class InVirtualTime(ABC):
    """``step`` lets a little time pass, ``settle`` carries what is said until nobody says more."""

    patience_s: ClassVar[float] = 300.0
    driver: Any
    reports: list[Report]

    @property
    @abstractmethod
    def now(self) -> float:
        """Seconds of the virtual clock."""

    @abstractmethod
    def step(self) -> None:
        """Let a moment pass."""

    @abstractmethod
    def settle(self) -> None:
        """Carry bytes until nobody has anything to say."""

    def until(self, holds: Callable[[], bool], at_most_s: float | None = None) -> None:
        """Let time pass until something holds."""
        end = self.now + (self.patience_s if at_most_s is None else at_most_s)
        while not holds():
            assert self.now < end, f"never came: {self.driver.status}"
            self.step()

    def wait(self, seconds: float) -> None:
        """Let time pass: so much and less than a step more."""
        end = self.now + seconds - 1e-6
        self.until(lambda: self.now >= end, seconds + 1)

    def until_ready(self) -> None:
        self.until(lambda: self.driver.status.level is Level.READY)

    def submit(self, number: int, command: object) -> None:
        self.driver.submit(number, command, self.now)
        self.settle()

    def cancel(self, number: int) -> None:
        self.driver.cancel(number, self.now)
        self.settle()

    def ends(self) -> dict[int, Completion]:
        """Every end so far; two of one command are a failure."""
        ends = [x for x in self.reports if isinstance(x, Completed)]
        assert len({x.command_id for x in ends}) == len(ends), "one completion each"
        return {x.command_id: x.completion for x in ends}

    def end(self, number: int) -> Completion:
        """How a command ends, as soon as it does."""
        self.until(lambda: number in self.ends())
        return self.ends()[number]

    def progress(self) -> list[object]:
        return [x.what for x in self.reports if isinstance(x, Progress)]
