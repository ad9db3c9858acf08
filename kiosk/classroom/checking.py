"""Whether a lesson can be held: what it names is there, every step can be come to and be done.

Every finding has the line it is about. A lesson with errors isn't offered; warnings are for its
author.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from kiosk.classroom import known
from kiosk.classroom.conditions import MIXED, Condition
from kiosk.classroom.lesson import Lesson, Mistake, Step
from kiosk.classroom.reading import LessonError, parse
from kiosk.config_reader import Mistakes
from kiosk.config_toml import Path as Place
from kiosk.core.bills import Kind
from kiosk.core.goods import GoodsState
from kiosk.core.means import ALIPAY, FREE, TERMINAL, WECHAT
from kiosk.core.order import LineState, PaperState, PaymentState
from kiosk.core.state import Level
from kiosk.core.visit.clinic_steps import Paper, Why
from kiosk.core.visit.steps import NoteCode

UNFINISHED = "…"
"""Stands in a template where the author's own words belong."""
GO_ON = frozenset(
    (
        *("looking", "pay", "unknown", "receipt_problem", "print_upload", "attract"),
        *("clinic_rest", "clinic_measuring", "clinic_stopping", "clinic_pause"),
        *("rice_ready", "rice_delivering", "pages_delivering", "booklet_delivering"),
    )
)
"""Screens that a machine takes on to others by itself."""


def _vocabulary() -> Mapping[str, frozenset[str]]:
    screens = frozenset(known.widgets())
    return {
        "screen": screens,
        "below": screens,
        "note": frozenset(("", *NoteCode)),
        "payment": frozenset(("", *PaymentState)),
        "lines": frozenset(("", MIXED, *LineState)),
        "goods": frozenset(("", MIXED, *GoodsState)),
        "paper": frozenset(("", *PaperState)),
        "means": frozenset(("", TERMINAL, ALIPAY, WECHAT, FREE)),
        "why": frozenset(("", *Why)),
        "slip": frozenset(("", *Paper)),
        "language": frozenset(("zh", "en")),
        "kind": frozenset(("", *Kind)),
    }


@dataclass(frozen=True, slots=True)
class Report:
    """Sentences with file and line, in the order of lines."""

    lesson: Lesson | None
    errors: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def check(file: Path) -> Report:
    """Read a lesson and find what is wrong with it."""
    try:
        read = parse(file)
    except LessonError as error:
        return Report(None, error.mistakes)
    warnings = Mistakes(file, read.document)
    _Checker(read.lesson, read.mistakes, warnings).run()
    return Report(read.lesson, read.mistakes.sentences, warnings.sentences)


class _Checker:
    def __init__(self, lesson: Lesson, errors: Mistakes, warnings: Mistakes) -> None:
        self._lesson = lesson
        self._errors = errors
        self._warnings = warnings
        self._words = _vocabulary()

    def run(self) -> None:
        """Look at every step, then at the way through them."""
        ids = [x.id for x in self._lesson.steps]
        for n, step in enumerate(self._lesson.steps):
            place: Place = ("step", n)
            if ids.index(step.id) != n:
                self._errors.add((*place, "id"), f"step {step.id!r} is there twice", "another id")
            self._step(place, step)
        self._way()
        self._setup()

    # One step

    def _step(self, place: Place, step: Step) -> None:
        self._condition((*place, "at"), step.at)
        self._condition((*place, "done"), step.done)
        self._widget((*place, "target"), step.target, step.at.screens)
        self._doing((*place, "do"), (x for x in step.do if x != step.target), step)
        names = [x.id for x in step.mistakes]
        for n, mistake in enumerate(step.mistakes):
            where = (*place, "mistake", n)
            if names.index(mistake.id) != n:
                self._errors.add(where, f"mistake {mistake.id!r} is there twice", "another id")
            self._mistake(where, mistake, step)
        for n, outside in enumerate(step.outside):
            self._bill((*place, "outside", n), outside.act.body.get("bill"))
        self._can_be_done(place, step)
        self._advice(place, step)

    def _mistake(self, place: Place, mistake: Mistake, step: Step) -> None:
        self._condition((*place, "when"), mistake.when)
        self._widget((*place, "target"), mistake.target, mistake.when.screens)
        self._doing((*place, "do"), mistake.do, step)
        if UNFINISHED in mistake.say:
            self._warnings.add((*place, "say"), "words are missing here", "a kind sentence")

    def _can_be_done(self, place: Place, step: Step) -> None:
        done, at = step.done.screens, step.at.screens
        if done is not None and not done:
            self._errors.add(
                (*place, "done"), "can't hold: no screen is all of these", "one screen"
            )
        if at and any(x.only_screens and at <= (x.screens or at) for x in _ways(step.done)):
            what = f"{step.id} is done as soon as it begins: it ends where it can be done"
            self._errors.add((*place, "done"), what, "a condition that doesn't hold before")
        if not step.do and not step.waits and step.done.after_s is None:
            what = f"{step.id} can't be done: nothing is to be touched, waited for or pressed"
            self._errors.add(
                place, what, "target, do, [[step.outside]], waits, or done after seconds"
            )

    def _advice(self, place: Place, step: Step) -> None:
        texts = {"text": step.text, "more": step.more, "hint": step.hint}
        for key, text in texts.items():
            if UNFINISHED in text:
                self._warnings.add((*place, key), f"{key} isn't written yet", "your own words")
        if step.do and not step.hint:
            self._warnings.add(place, f"{step.id} has no hint", "hint: what a volunteer could do")
        if step.target and not step.mistakes and step.done.screens is None:
            what = f"{step.id} names no mistakes"
            self._warnings.add(place, what, "[[step.mistake]]: what people do instead")

    # What is named

    def _condition(self, place: Place, condition: Condition) -> None:
        for name, words in condition.words:
            for word in words:
                allowed = self._words.get(name)
                if allowed is not None and word not in allowed:
                    self._unknown((*place, name), f"{name} {word!r}", allowed)
        for role, levels in condition.devices:
            if role not in (*known.ACTIONS, ALIPAY, WECHAT, "relay"):
                self._unknown((*place, "device"), f"device {role!r}", known.ACTIONS)
            for level in set(levels) - set(Level):
                self._unknown((*place, "device", role), f"level {level!r}", Level)
        for n, inner in enumerate(condition.any_of):
            self._condition((*place, "any", n), inner)
        for inner in condition.none_of:
            self._condition((*place, "not"), inner)

    def _widget(self, place: Place, widget: str, screens: frozenset[str] | None) -> None:
        """The widget exists, and stands where it is pointed at."""
        if not widget:
            return
        where = known.screens_with(widget)
        if not where:
            self._unknown(place, f"widget {widget}", _every_widget())
        elif screens and not screens & set(where):
            what = f"widget {widget} isn't on {' or '.join(sorted(screens))}"
            self._errors.add(place, what, f"where it is: {', '.join(where)}")

    def _doing(self, place: Place, do: Iterable[str], step: Step) -> None:
        for what in do:
            head, _dot, number = what.partition(".")
            if head == "outside":
                if not number.isdigit() or int(number) >= len(step.outside):
                    self._errors.add(place, f"{what} is no [[step.outside]]", "outside.0 …")
            elif not known.screens_with(what):
                self._unknown(place, f"widget {what}", _every_widget())

    def _unknown(self, place: Place, what: str, allowed: Iterable[str]) -> None:
        names = sorted({str(x) for x in allowed if x})
        near = difflib.get_close_matches(what.split()[-1].strip("'"), names, n=3)
        listed = near or (names if len(names) <= 12 else names[:12])
        more = "" if near or len(names) <= 12 else " …"
        self._errors.add(place, f"{what} is not known", ", ".join(listed) + more)

    def _bill(self, place: Place, account: object) -> None:
        from sim.bills import sample_bills

        accounts = [x.account for x in sample_bills(0)]
        if account and account not in accounts:
            self._unknown(place, f"bill {account}", accounts)

    def _setup(self) -> None:
        for n, act in enumerate(self._lesson.setup):
            self._bill(("setup", n), act.body.get("bill"))

    # The way through

    def _way(self) -> None:
        steps = self._lesson.steps
        if steps and (first := steps[0].at.screens) and "home" not in first:
            what = f"{steps[0].id} can't be come to: a lesson begins on the home screen"
            self._errors.add(("step", 0), what, 'at = { screen = "home" }, or a step before it')
        for n, (before, after) in enumerate(pairwise(steps), start=1):
            ends, begins = _where_it_ends(steps[:n]), after.at.screens
            if ends and begins and not ends & begins and not ends & GO_ON:
                what = f"{after.id} can't be come to: {before.id} ends on {', '.join(sorted(ends))}"
                allowed = f"a step between that leads to {', '.join(sorted(begins))}"
                self._errors.add(("step", n), what, allowed)


def _ways(condition: Condition) -> tuple[Condition, ...]:
    """The conditions each of which is enough, if nothing else is asked."""
    alone = condition.only_screens and not condition.words
    return condition.any_of if alone and condition.any_of else (condition,)


def _where_it_ends(steps: tuple[Step, ...]) -> frozenset[str] | None:
    """The screens on which these steps leave the learner; None if they don't say."""
    for step in reversed(steps):
        if step.done.screens:
            return step.done.screens
        if step.do:
            return None  # something was touched, and who knows where it led
    return None


def _every_widget() -> Iterator[str]:
    for ids in known.widgets().values():
        yield from ids
