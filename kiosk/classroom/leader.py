"""Leads one learner through one lesson: a thread around the pure runner.

The practice cabin's states come in on its engine's thread, hands on the window's; each is put to
the runner in turn, and the window gets state and guidance together. What happens outside goes to
the child on another thread, so that no touch waits for it.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.classroom import runner
from kiosk.classroom.child import Child, ChildError
from kiosk.classroom.conditions import facts_of
from kiosk.classroom.lesson import Act, Lesson
from kiosk.classroom.outside import names_bill, prepared, request_of
from kiosk.classroom.stage import Practised
from kiosk.core.state import State
from kiosk.core.visit import messages as m
from kiosk.log import PRACTICE

_log = logging.getLogger(__name__)


HELD_S, HOLD_AGAIN_S = 3.0, 0.3


@dataclass(frozen=True, slots=True)
class _Stop:
    pass


@dataclass(frozen=True, slots=True)
class _Control:
    word: str


@dataclass(frozen=True, slots=True)
class _Pressed:
    index: int


class Leader:
    """``show`` gets what is to be drawn, on this thread; ``touch`` gives a touch to the practice
    engine; ``alive`` is called for each of them. ``over`` is called once, with the results, when
    the lesson has come to an end of its own.
    """

    def __init__(
        self,
        lesson: Lesson,
        child: Child,
        touch: Callable[[m.Touched], None],
        show: Callable[[Practised], None],
        over: Callable[[runner.Ended], None],
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self._lesson = lesson
        self._child = child
        self._touch = touch
        self._show = show
        self._over = over
        self._alive = alive
        self._queue: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._acts: queue.SimpleQueue[runner.Do | _Stop] = queue.SimpleQueue()
        self._run: runner.Run | None = None
        self._state: State | None = None
        self._wake: float | None = None
        self._texts: tuple[str, ...] = ()
        self._said = 0
        self._shown = 0
        self._threads = [
            threading.Thread(target=self._work, name=f"{PRACTICE}-lesson", daemon=True),
            threading.Thread(target=self._act, name=f"{PRACTICE}-outside", daemon=True),
        ]

    def start(self) -> None:
        """Begin: the practice cabin is ready."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Show nothing more."""
        self._queue.put(_Stop())
        self._acts.put(_Stop())

    def seen(self, state: State) -> None:
        """The practice cabin's newest state. On its engine's thread."""
        self._queue.put(state)

    # What hands do (kiosk.classroom.stage.Hand)

    def touched(self, target: str, value: str, version: int) -> None:
        self._touch(m.Touched(target, value, version))
        self._alive()

    def control(self, word: str) -> None:
        self._queue.put(_Control(word))
        self._alive()

    def pressed(self, index: int) -> None:
        self._queue.put(_Pressed(index))
        self._alive()

    # The thread

    def _work(self) -> None:
        while True:
            wait = None if self._wake is None else max(0.0, self._wake - time.monotonic())
            try:
                message = self._queue.get(timeout=wait)
            except queue.Empty:
                message = None
            if isinstance(message, _Stop):
                return
            try:
                ended = self._take(message)
            except Exception:  # noqa: BLE001  # the lesson stands still; the volunteer can end it
                _log.exception("lesson %s: %s failed", self._lesson.name, type(message).__name__)
                self._wake = None
                continue
            if ended is not None:
                self._over(ended)
                return

    def _take(self, message: object) -> runner.Ended | None:
        now = time.monotonic()
        match message:
            case State():
                self._state = message
                facts = facts_of(message)
                if self._run is None:
                    return self._obey(*runner.begin(self._lesson, facts, now))
                return self._decide(runner.Seen(facts, now))
            case _Control():
                return self._decide(runner.Control(message.word, now))
            case _Pressed():
                return self._decide(runner.Pressed(message.index, now))
            case _:
                self._wake = None
                return self._decide(runner.Rang(now))

    def _decide(self, event: runner.Event) -> runner.Ended | None:
        if self._run is None:
            return None
        return self._obey(*runner.decide(self._run, event))

    def _obey(self, run: runner.Run, commands: tuple[runner.Command, ...]) -> runner.Ended | None:
        self._run = run
        ended = None
        for command in commands:
            match command:
                case runner.Say():
                    self._texts, self._said = command.texts, self._said + 1
                case runner.Do():
                    self._acts.put(command)
                case runner.Wake():
                    self._wake = command.at
                case runner.Ended():
                    ended = command
        if ended is None and self._state is not None:
            guidance = runner.guidance(run)
            self._shown += 1
            self._show(
                Practised(self._state, run, guidance, self, self._texts, self._said, self._shown)
            )
        return ended

    # What happens outside

    def _act(self) -> None:
        while True:
            wanted = self._acts.get()
            if isinstance(wanted, _Stop):
                return
            self._hold(wanted.act, wanted.order_id)

    def _hold(self, act: Act, order_id: str) -> None:
        """Do it, and again for a moment if the machine isn't ready for it: a card that is held to
        a reader is still there when the reader asks.
        """
        end = time.monotonic() + HELD_S
        while True:
            try:
                self._do(act, order_id)
                return
            except (ChildError, LookupError) as error:
                if time.monotonic() > end:
                    _log.info("%s %s: %s", act.device, act.action, error)
                    return
            time.sleep(HOLD_AGAIN_S)

    def _do(self, act: Act, order_id: str) -> None:
        bills = self._child.ask("GET", "/api/bills")["bills"] if names_bill(act) else ()
        request = request_of(prepared(act, bills, order_id))
        self._child.ask(request.method, request.path, request.body)
