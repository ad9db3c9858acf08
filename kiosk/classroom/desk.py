"""Carries out what a class wants: the child simulator, practice cabins one after the other, and
who leads through them. Everything that takes time is done in a lane of its own.

It is the only place where the real cabin and practice meet. From here to there go a lesson and the
window's touches; back come pictures, and what was learned.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from kiosk.classroom import reading, runner
from kiosk.classroom.child import Child, ChildError
from kiosk.classroom.leader import Leader
from kiosk.classroom.lesson import Lesson
from kiosk.classroom.practice import Lent, PracticeCabin
from kiosk.classroom.results import StepResult
from kiosk.classroom.stage import Practised
from kiosk.core.state import State
from kiosk.core.visit import class_messages as k
from kiosk.core.visit import messages as m
from kiosk.core.visit.class_steps import Learned, LessonEntry, Paper
from kiosk.lending import Lending
from kiosk.pages import PageStore

_log = logging.getLogger(__name__)

LANE = "class"


class Lanes(Protocol):
    """As the adapters have them."""

    def run(self, lane: str, call: Callable[[], object], broken: object = None) -> None: ...


class Afterwards(Protocol):
    """What stays of a lesson: counts, and a paper for whoever wants one."""

    def learned(self, lesson: Lesson, results: tuple[StepResult, ...]) -> None:
        """Count what was learned."""
        ...

    def certificate(self, command: k.PrintCertificate) -> bool:
        """Print it on the real receipt printer; False if there is none, or nothing to print."""
        ...

    def translate(self, message: object) -> k.CertificateTold | None:
        """What became of a certificate, None for everything else."""
        ...


class ClassDesk:
    """Used on the real engine's thread. ``show`` gets what the window shows instead of the real
    cabin, None for nothing, from any thread; ``post`` tells the real engine. ``lessons`` and
    ``child`` are called in the lane.
    """

    def __init__(
        self,
        lanes: Lanes,
        post: Callable[[m.VisitEvent], None],
        show: Callable[[Practised | None], None],
        pages: PageStore,
        afterwards: Afterwards | None = None,
        lending: Lending | None = None,
        lessons: Callable[[], tuple[Lesson, ...]] = reading.shipped,
        child: Callable[[], Child] = Child,
    ) -> None:
        self._lanes = lanes
        self._post = post
        self._show = show
        self._pages = pages
        self._afterwards = afterwards
        self._lending = lending
        self._lessons = lessons
        self._make_child = child
        # The lane's own:
        self._child: Child | None = None
        self._cabin: PracticeCabin | None = None
        self._leader: Leader | None = None
        self._played: tuple[Child, int] | None = None
        # Written on the engine's thread, read everywhere: which lesson is wanted now; and which
        # one is over, whoever found that out.
        self._wanted = 0
        self._done = 0
        self._gate = threading.Lock()
        """A picture that comes late must not cover what is shown after the lesson."""

    def ask(self, command: k.ClassCommand) -> None:
        """Carry a command out."""
        match command:
            case k.OpenClass():
                self._in_lane(self._open)
            case k.Practise(number=number, lesson=name):
                with self._gate:
                    self._wanted, self._done = number, 0  # another class counts from 1 again
                self._lanes.run(
                    LANE, lambda: self._practise(number, name), k.PracticeFailed(number)
                )
            case k.StopPractice():
                self._abandon()
                self._in_lane(self._stop_practice)
            case k.PrintCertificate():
                if self._afterwards is None or not self._afterwards.certificate(command):
                    self._post(k.CertificateTold(command.request, Paper.FAILED))
            case k.CloseClass():
                self._abandon()
                self._in_lane(self._close)
            case _:
                _log.error("%s: nobody does that", type(command).__name__)

    def translate(self, message: object) -> k.ClassEvent | None:
        """What is meant for the class, None for everything else."""
        return self._afterwards.translate(message) if self._afterwards is not None else None

    def _abandon(self) -> None:
        """On the engine's thread: no lesson is wanted any more."""
        with self._gate:
            self._wanted = 0
        self._let_go()

    def _end(self, number: int) -> bool:
        """From any thread: nothing of this lesson is shown from here on. False if that is so."""
        with self._gate:
            if not number or number != self._wanted or number == self._done:
                return False
            self._done = number
        self._let_go()
        return True

    def _show_of(self, number: int, practised: Practised) -> None:
        """From the leader's thread: its newest picture, if its lesson is still on."""
        with self._gate:
            if number == self._wanted and number != self._done:
                self._show(practised)

    def _let_go(self) -> None:
        """What can't wait for the lane, from any thread: the screen, a cuff on somebody's arm, and
        a printer that was lent.
        """
        self._show(None)
        cabin = self._cabin
        if cabin is not None:
            cabin.let_go()

    def _in_lane(self, call: Callable[[], object]) -> None:
        self._lanes.run(LANE, call)

    # In the lane

    def _open(self) -> k.LessonsKnown:
        entries = tuple(LessonEntry(x.name, x.title, x.about, x.minutes) for x in self._lessons())
        try:
            self._there()
        except ChildError as error:
            _log.error("%s", error)  # it is tried again when a lesson begins
        return k.LessonsKnown(entries)

    def _there(self) -> Child:
        """The child, begun again if it has died."""
        if self._child is None or not self._child.alive:
            child = self._child = self._make_child()
            child.died = lambda: self._child_died(child)
        return self._child

    def _child_died(self, child: Child) -> None:
        """From any thread, perhaps late: only the lesson that was played on it is over."""
        played = self._played
        if played is not None and played[0] is child:
            self._lost(played[1])

    def _practise(self, number: int, name: str) -> object:
        """Open a fresh cabin and begin. Returns what went wrong, None if nothing did."""
        self._stop_practice()
        lesson = next((x for x in self._lessons() if x.name == name), None)
        if lesson is None or number != self._wanted:
            return k.PracticeFailed(number)
        try:
            self._begin(number, lesson)
        except ChildError as error:
            _log.error("%s: %s", name, error)
            self._stop_practice()
            return k.PracticeFailed(number)
        return None

    def _begin(self, number: int, lesson: Lesson) -> None:
        child = self._there()
        self._played = child, number
        child.ask("POST", "/api/setups/normal")
        leader: Leader | None = None

        def shown(state: State) -> None:
            if leader is not None:
                leader.seen(state)

        def lost() -> None:
            self._lost(number)

        latest: list[State] = []

        def publish(state: State) -> None:
            latest[:] = [state]
            shown(state)

        lent = lent_to(lesson, self._lending)
        self._cabin = PracticeCabin(child, publish, self._pages, f"practice-{number}", lost, lent)
        if not self._cabin.wait():
            _log.warning("%s begins though not every practice machine answers", lesson.name)
        leader = Leader(
            lesson,
            child,
            self._cabin.post,
            lambda x: self._show_of(number, x),
            lambda x: self._over(number, lesson, x),
            lambda: self._post(k.Practising()),
        )
        self._leader = leader
        leader.seen(latest[0])
        leader.start()

    def _over(self, number: int, lesson: Lesson, ended: runner.Ended) -> None:
        """On the leader's thread: the lesson has come to its end."""
        if not self._end(number):
            return
        if self._afterwards is not None:
            self._afterwards.learned(lesson, ended.results)
        self._post(k.LessonOver(number, learned_of(lesson, ended.results, whole=ended.whole)))
        self._in_lane(self._stop_practice)

    def _lost(self, number: int) -> None:
        """From any thread: the practice cabin has broken down in the middle of a lesson."""
        if not self._end(number):
            return
        self._post(k.PracticeFailed(number))
        self._in_lane(self._stop_practice)

    def _stop_practice(self) -> None:
        leader, self._leader = self._leader, None
        cabin, self._cabin = self._cabin, None
        if leader is not None:
            leader.stop()
        if cabin is not None:
            cabin.stop()

    def _close(self) -> None:
        self._stop_practice()
        child, self._child = self._child, None
        if child is not None:
            child.stop()


def lent_to(lesson: Lesson, lending: Lending | None) -> tuple[Lent, ...]:
    """The real machines that the lesson names and that work now; the others are simulated."""
    if lending is None:
        return ()
    drivers = ((role, lending.driver_of(role)) for role in lesson.real)
    return tuple(Lent(role, driver, lending) for role, driver in drivers if driver)


def learned_of(lesson: Lesson, results: tuple[StepResult, ...], *, whole: bool) -> Learned:
    """What a class remembers of a lesson."""
    done = sum(x.done for x in results)
    alone = sum(x.alone for x in results)
    return Learned(lesson.name, lesson.title, len(results), done, alone, whole)
