"""A lesson in a virtual cabin: runner, engine, drivers and simulator in one process, no window."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

from kiosk.classroom import runner
from kiosk.classroom.conditions import Facts, facts_of
from kiosk.classroom.known import FAULTS
from kiosk.classroom.learner import Learner, touch_of
from kiosk.classroom.lesson import Act, Lesson
from kiosk.classroom.outside import prepared
from kiosk.classroom.results import StepResult
from kiosk.virtual import VirtualKiosk
from sim.bills import sample_bills
from sim.devices.model import ActionError
from sim.faults import Fault

READY = (
    *("terminal", "receipt_printer", "scanner", "biller", "alipay", "wechat", "rice_mill"),
    *("document_printer", "bp_meter", "booklet_dispenser", "id_reader"),
)
LONGEST_S = 1800.0
THINKS_S = 0.7
"""Between two touches."""


class _Patient(VirtualKiosk):
    """A kiosk that asks nobody whether they are still there, as a practice cabin's doesn't."""

    def configure(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        for name in ("idle_warning", "idle_reset", "attract_after"):
            text = re.sub(rf"^{name} = \d+$", f"{name} = 600", text, flags=re.MULTILINE)
        file.write_text(text, encoding="utf-8")


class Class:
    """A practice cabin and the runner of a lesson in it."""

    def __init__(self, folder: Path) -> None:
        self.kiosk = _Patient(folder)
        self.said: list[str] = []
        self.ended: runner.Ended | None = None
        self.run: runner.Run | None = None
        self._wake: float | None = None
        self._seen: object = None
        assert self.kiosk.until(self._ready, 300), self.kiosk.state

    def _ready(self) -> bool:
        state = self.kiosk.state
        return state is not None and all(state.device(x).level.usable for x in READY)

    @property
    def now(self) -> float:
        return self.kiosk.clock.monotonic()

    @property
    def facts(self) -> Facts:
        assert self.kiosk.state is not None
        return facts_of(self.kiosk.state)

    @property
    def screen(self) -> str:
        return self.kiosk.screen

    def begin(self, lesson: Lesson) -> None:
        self.ended = None
        self.said.clear()
        self._carry_out(*runner.begin(lesson, self.facts, self.now))

    def happen(self, event: runner.Event) -> None:
        assert self.run is not None
        self._carry_out(*runner.decide(self.run, event))

    def control(self, word: str) -> None:
        self.happen(runner.Control(word, self.now))

    def _carry_out(self, run: runner.Run, commands: tuple[runner.Command, ...]) -> None:
        self.run = run
        for command in commands:
            match command:
                case runner.Say():
                    self.said += command.texts
                case runner.Do():
                    with contextlib.suppress(ActionError, LookupError):
                        # A card held before anybody asked for one: nothing happens, as outside.
                        self.act(command.act, command.order_id)
                case runner.Wake():
                    self._wake = command.at
                case runner.Ended():
                    self.ended = command

    def act(self, act: Act, order_id: str = "") -> None:
        """What the child simulator's API would do."""
        if act.device == FAULTS:
            device, kind = str(act.body["device"]), str(act.body["kind"])
            if act.action == "clear":
                self.kiosk.faults.clear(device, kind)
            else:
                count, params = act.body.get("count"), act.body.get("params", {})
                assert count is None or isinstance(count, int)
                assert isinstance(params, dict)
                self.kiosk.faults.add(Fault(device, kind, params, count))
            self.kiosk.cabin.poke()
            self.kiosk.settle()
            return
        bills = [
            {"account": x.account, "code": x.code} for x in sample_bills(self.kiosk.clock.time())
        ]
        done = prepared(act, bills, order_id)
        self.kiosk.act(done.device, done.action, **dict(done.body))

    def live(self, seconds: float) -> None:
        """Let time pass; the runner sees every state and is woken when it wants to be."""
        end = self.now + seconds
        while self.ended is None:
            self._look()
            until = end if self._wake is None else min(end, self._wake)
            self.kiosk.until(lambda: self.kiosk.state is not self._seen, max(0.0, until - self.now))
            if self.kiosk.state is not self._seen:
                continue
            if self._wake is not None and self.now >= self._wake:
                self._wake = None
                self.happen(runner.Rang(self.now))
            elif self.now >= end:
                return

    def _look(self) -> None:
        while self.kiosk.state is not self._seen and self.ended is None:
            self._seen = self.kiosk.state
            self.happen(runner.Seen(self.facts, self.now))

    def touch(self, widget: str) -> None:
        self.kiosk.touch(*touch_of(widget))

    def play(self, lesson: Lesson, learner: Learner) -> dict[str, StepResult]:
        """The whole lesson; what was learned, by step. Raises AssertionError if it doesn't end."""
        self.begin(lesson)
        start = self.now
        while self.ended is None and self.now - start < LONGEST_S:
            self.live(THINKS_S)
            if self.ended is not None:
                break
            assert self.run is not None
            wanted = learner.next(self.run, self.facts)
            if isinstance(wanted, str):
                self.touch(wanted)
            elif wanted is not None:
                self.happen(runner.Pressed(wanted, self.now))
        assert self.ended is not None, f"stuck at {self.run and self.run.step.id} on {self.screen}"
        return {x.step: x for x in self.ended.results}
