"""A simulated learner: what is touched next, by one who does all right or who errs. Pure of I/O.

Used to play lessons in tests, by whatever touches: virtual events or the real window.
"""

from __future__ import annotations

from kiosk.classroom.conditions import Facts
from kiosk.classroom.lesson import Mistake
from kiosk.classroom.runner import Run

Next = str | int | None
"""A widget to touch, the number of an ``outside`` to press, or None to wait."""
_VALUES = (
    *("bill.kind", "bill.institution", "bills.row", "confirm.pay", "confirm_goods.pay"),
    *("rice.bin", "rice.grams", "rice.level", "topup.amount", "print.file"),
)
PATIENCE = 60
"""So often nothing is to be done at a step until all of it is done once more."""
_KEYS = {"clear": "digits.clear", "delete": "digits.erase"}


class Learner:
    """``errs``: makes every mistake of the lesson that says how, each once, and follows what is
    said then.
    """

    def __init__(self, *, errs: bool = False) -> None:
        self._errs = errs
        self._made: set[tuple[str, str]] = set()
        self._key: tuple[int, int] = (-1, -1)
        self._queue: list[str] = []
        self._erring = ""
        self._waited = 0

    def next(self, run: Run, facts: Facts) -> Next:
        """What is done now."""
        if run.mistake is not None and run.mistake.target:
            self._key = (-1, -1)  # whatever was begun is begun anew
            return run.mistake.target
        if not run.step.at.holds(facts):
            return None
        key = (run.index, run.result.times)
        noticed = bool(self._erring) and self._erring in run.result.mistakes
        if key != self._key or noticed or self._waited >= PATIENCE:
            if key == self._key and not noticed:
                self._made.discard((run.step.id, self._erring))  # it didn't take: once more
            self._key, self._waited = key, 0
            self._queue = self._plan(run)
        if not self._queue:
            self._waited += 1
            return None
        wanted = self._queue.pop(0)
        head, _dot, number = wanted.partition(".")
        return int(number) if head == "outside" else wanted

    def _plan(self, run: Run) -> list[str]:
        step = run.step
        mistake = self._mistake(run)
        self._erring = mistake.id if mistake is not None else ""
        if mistake is not None:
            self._made.add((step.id, mistake.id))
            return list(mistake.do)
        return list(step.do)

    def _mistake(self, run: Run) -> Mistake | None:
        if not self._errs:
            return None
        ways = (x for x in run.step.mistakes if x.do)
        return next((x for x in ways if (run.step.id, x.id) not in self._made), None)


def touch_of(widget: str) -> tuple[str, str]:
    """What a widget sends when it is touched: target and value."""
    head, _dot, value = widget.rpartition(".")
    if head == "digits.key":
        return (_KEYS[value], "") if value in _KEYS else (head, value)
    return (head, value) if head in _VALUES else (widget, "")
