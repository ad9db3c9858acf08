"""The engine: one thread, one queue; decide, journal, and only then the commands (design).

``pump`` does all that is due and returns; ``run`` is the thread around it, and virtual time calls
``pump`` itself. Whatever happens outside arrives through ``post`` from any thread.
"""

from __future__ import annotations

import logging
import queue
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from kiosk import log
from kiosk.books import AnyBooks, Found
from kiosk.clock import Clock
from kiosk.core import events as e
from kiosk.core.commands import Command, StartTimer
from kiosk.core.order import Order
from kiosk.core.state import State
from kiosk.core.visit import messages as m
from kiosk.core.visit.common import after_visit, order_at_screen, parting, told_anew
from kiosk.core.visit.decide import decide as decide_visit
from kiosk.core.visit.steps import AtOrder, OutOfService, Step, Visit
from kiosk.core.visit.view import offer_of
from kiosk.diagnostics.heartbeat import ENGINE, JOURNAL, Ping
from kiosk.timers import Chore, Timers

_log = logging.getLogger(__name__)

RETRY_JOURNAL_S = 5.0


class Outside(Protocol):
    """What carries commands out (``kiosk.adapters``); called on the engine's thread only."""

    def carry_out(self, command: Command, order: Order) -> None: ...

    def ask(self, command: m.VisitCommand) -> None: ...

    def translate(self, message: object) -> list[e.OrderEvent | m.VisitEvent]: ...


@dataclass(frozen=True, slots=True)
class _Stop:
    pass


class Engine:
    """Holds the state, and is the only one that changes it."""

    def __init__(
        self,
        state: State,
        books: AnyBooks,
        clock: Clock,
        publish: Callable[[State], None],
    ) -> None:
        self.state = state
        self.books = books
        self._clock = clock
        self._publish = publish
        self._outside: Outside | None = None
        self._queue: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._timers = Timers()
        self._chores: dict[str, Chore] = {}
        self._parked: deque[e.OrderEvent] = deque()
        self._offer: object = None
        self._shown: State | None = None
        self._answer_due = False

    def connect(self, outside: Outside) -> None:
        self._outside = outside

    def add_chore(self, chore: Chore) -> None:
        """Let a chore be done at once and then regularly."""
        self._chores[chore.name] = chore
        self._timers.start(("chore", chore.name), self._clock.monotonic())

    def post(self, message: object) -> None:
        """Tell the engine that something has happened. From any thread; never blocks."""
        self._queue.put(message)

    def start(self) -> None:
        """Recover every open order; there is no other start (design, one-way street).

        The state given may be on the screen already: a touch on what it offers stays good as
        long as that is still offered.
        """
        self._offer = offer_of(self.state)
        self._refresh_books()
        recovered = self.books.recover()
        orders = {x.id: x for x in recovered.orders}
        visit = self.state.visit
        if recovered.at_screen:
            visit = Visit(step=AtOrder(recovered.at_screen))
        self._change(replace(self.state, orders=orders, visit=visit))
        for order in recovered.orders:
            if order.id != recovered.at_screen and not order.person_left:
                self._order_event(e.PersonLeft(order.id))
            self._order_event(e.Restarted(order.id))
        if recovered.at_screen:
            self._ring(m.Ring("idle", self.state.rules.idle_warning_s))
        self._show()

    def run(self) -> None:
        """Work until ``stop``: the engine's thread."""
        while True:
            due = self.next_due()
            wait = None if due is None else max(0.0, due - self._clock.monotonic())
            try:
                message = self._queue.get(timeout=wait)
            except queue.Empty:
                message = None
            if isinstance(message, _Stop):
                for command in parting(self.state):
                    self._obey(command)
                return
            if message is not None:
                self._guarded(type(message).__name__, partial(self._take, message))
            self._fire_timers()
            self._show()

    def stop(self) -> None:
        self._queue.put(_Stop())

    def pump(self) -> None:
        """Do all that is due now, without waiting (virtual time)."""
        busy = True
        while busy:
            busy = self._fire_timers()
            while not self._queue.empty():
                message = self._queue.get()
                if not isinstance(message, _Stop):
                    self._guarded(type(message).__name__, partial(self._take, message))
                busy = True
        self._show()

    def next_due(self) -> float | None:
        """Return the monotonic time of the next timer."""
        return self._timers.next_due()

    def _guarded(self, what: str, do: Callable[[], None]) -> None:
        """Do one thing. A defect that shows in it must not stop the others.

        The last boundary: what concerns an order or the visit is guarded nearer to it.
        """
        try:
            do()
        except Exception:  # noqa: BLE001  # the boundary named above
            _log.exception("%s failed", what)

    def _take(self, message: object) -> None:
        if isinstance(message, e.OrderEvent):
            self._order_event(message)
        elif isinstance(message, m.VisitEvent):
            self._visit_event(message)
        elif isinstance(message, Ping):
            message.heart.beat(ENGINE)
            message.heart.beat(JOURNAL, self.books.unwritable())
        else:
            assert self._outside is not None, "connect() comes before start()"
            for event in self._outside.translate(message):
                self._take(event)

    def _fire_timers(self) -> bool:
        keys = self._timers.due(self._clock.monotonic())
        for key in keys:
            self._guarded(str(key), partial(self._fire, key))
        return bool(keys)

    def _fire(self, key: Hashable) -> None:
        match key:
            case ("order", str(order_id), str(name)):
                self._order_event(e.TimerFired(order_id, name))
            case ("visit", str(name)):
                self._visit_event(m.TimerRang(name))
            case ("chore", str(name)):
                self._do_chore(self._chores[name])
            case ("parked",):
                self._retry_parked()

    def _do_chore(self, chore: Chore) -> None:
        urgent = chore.urgent_s and not self.state.device(chore.name).level.usable
        period = chore.urgent_s if urgent else chore.period_s
        self._timers.start(("chore", chore.name), self._clock.monotonic() + period)
        chore.do()

    def _hasten(self, role: str) -> None:
        """What has just become unusable is asked again soon."""
        chore = self._chores.get(role)
        if chore is not None and chore.urgent_s:
            self._timers.start(("chore", role), self._clock.monotonic() + chore.urgent_s)

    # The visit

    def _visit_event(self, event: m.VisitEvent) -> None:
        """Let something happen to the visit. A defect there brings the home screen back.

        No order is lost by that: the one at the screen lives on by itself.
        """
        try:
            self._visit(event)
        except Exception:  # noqa: BLE001  # the boundary named above
            _log.exception("visit: %s failed", type(event).__name__)
            self._back_home()

    def _back_home(self) -> None:
        order = order_at_screen(self.state)
        for command in parting(self.state):
            self._obey(command)
        for name in ("idle", "reset"):
            self._timers.stop(("visit", name))
        step, timer = after_visit(self.state)
        self._show_step(step)
        self._ring(timer)
        if order is not None:
            self._order_event(e.PersonLeft(order.id))

    def _show_step(self, step: Step) -> None:
        """End the stay whatever it was at: nothing of it is left."""
        visit = self.state.visit
        kept = visit.original and isinstance(step, OutOfService)
        self._change(replace(self.state, visit=replace(visit.next(step), original=kept)))

    def _visit(self, event: m.VisitEvent) -> None:
        if isinstance(event, m.Touched):
            self._answer_due = True
        old = isinstance(event, m.Touched) and event.version < self.state.fresh_since
        if isinstance(event, m.Touched) and old and event.target != m.STOP:
            _log.info("stale touch on %s dropped", event.target)
            return
        state, commands = decide_visit(self.state, event)
        lost = (
            isinstance(event, m.DeviceChanged)
            and self.state.device(event.role).level.usable
            and not event.device.level.usable
        )
        another_day = state.face.day != self.state.face.day
        self._change(state)
        if another_day:
            self._refresh_books()  # the number that lies ready is yesterday's
        if isinstance(event, m.DeviceChanged) and lost:
            self._hasten(event.role)
        for command in commands:
            self._obey(command)

    def _obey(self, command: m.VisitCommand) -> None:
        match command:
            case m.Ring():
                self._ring(command)
            case m.Happen():
                self._order_event(command.event)
            case m.FindOrder():
                order = self.state.orders.get(command.order_id)
                found = Found(order) if order else self.books.look_up(command.order_id)
                self._visit_event(m.OrderFound(command.request, found.order, found.sure))
            case m.AskOffice():
                self._call_office(command)
            case _:
                assert self._outside is not None, "connect() comes before start()"
                self._outside.ask(command)

    def _ring(self, command: m.Ring) -> None:
        key = ("visit", command.name)
        if command.seconds <= 0:
            self._timers.stop(key)
        else:
            self._timers.start(key, self._clock.monotonic() + command.seconds)

    def _call_office(self, command: m.AskOffice) -> None:
        trouble = self.books.note("HelpAsked", {"order_id": command.order_id})
        if trouble:
            self._visit_event(m.OfficeNotTold())
            self._journal_failed(trouble)

    # The orders

    def _order_event(self, event: e.OrderEvent) -> None:
        """Let something happen to an order. A defect in that concerns this order alone."""
        try:
            self._order(event)
        except Exception as error:  # noqa: BLE001  # the boundary named above
            kind = type(event).__name__
            _log.exception("%s: %s failed", event.order_id, kind)
            if event.order_id in self.state.orders and not isinstance(event, e.Poisoned):
                self._order_event(e.Poisoned(event.order_id, kind, type(error).__name__))

    def _order(self, event: e.OrderEvent) -> None:
        order = self.state.orders.get(event.order_id)
        if order is None and not isinstance(event, e.OrderOpened):
            order = self.books.find(event.order_id)
            if order is None:
                _log.warning("%s for an unknown order dropped", type(event).__name__)
                return
        step = self.books.take(order, event)
        if step.trouble:
            self._park(event)
            self._journal_failed(step.trouble)
            return
        if step.order is None:
            # It couldn't even be opened: nothing was charged, and nothing may be.
            self._show_step(OutOfService("journal"))
            return
        self._tell(order, step.order)
        self._keep(step.order)
        for command in step.commands:
            self._hand_out(command, step.order)

    def _tell(self, before: Order | None, order: Order) -> None:
        """Let the log know how an order stands, by its number and in words of states alone."""
        words = log.words(order)
        if before is None or log.words(before) != words:
            _log.info("%s: %s", order.id, words)

    def _keep(self, order: Order) -> None:
        """Hold what is open or shown; the journal holds the rest."""
        self.state = replace(self.state, orders={**self.state.orders, order.id: order})
        state = told_anew(self.state, order)
        self._change(replace(state, paid_today_fen=self.books.paid_today()))

    def _drop_closed(self) -> None:
        shown = order_at_screen(self.state)
        closed = [
            x.id for x in self.state.orders.values() if x.closed and (not shown or x.id != shown.id)
        ]
        if closed:
            orders = {k: v for k, v in self.state.orders.items() if k not in closed}
            self._change(replace(self.state, orders=orders))

    def _hand_out(self, command: Command, order: Order) -> None:
        if isinstance(command, StartTimer):
            key = ("order", command.order_id, command.name)
            self._timers.start(key, self._clock.monotonic() + command.seconds)
            return
        assert self._outside is not None, "connect() comes before start()"
        self._outside.carry_out(command, order)

    def _park(self, event: e.OrderEvent) -> None:
        """What couldn't be written isn't acted on; it is tried again, in order."""
        if isinstance(event, e.OrderOpened):
            self._show_step(OutOfService("journal"))
            return
        self._parked.append(event)
        self._tell_parked()
        self._timers.start(("parked",), self._clock.monotonic() + RETRY_JOURNAL_S)

    def _retry_parked(self) -> None:
        waiting, self._parked = self._parked, deque()
        for event in waiting:
            self._order_event(event)
        self._tell_parked()
        if not self._parked:
            self._refresh_books()

    def _tell_parked(self) -> None:
        """The screens must not ask for money that may be paid, as far as the world goes."""
        parked = frozenset(x.order_id for x in self._parked)
        if parked != self.state.parked:
            self._change(replace(self.state, parked=parked))

    def _journal_failed(self, trouble: str) -> None:
        self._visit_event(m.JournalChanged(trouble))

    def _refresh_books(self) -> None:
        """Lay the next order's number ready, and say whether the books can be written."""
        number = self.books.next_order_id()
        state = replace(self.state, next_order_id=number, paid_today_fen=self.books.paid_today())
        self._change(replace(state, journal_trouble=self.books.trouble()))

    # Publishing

    def _change(self, state: State) -> None:
        if state.next_order_id in state.orders:
            state = replace(state, next_order_id=self.books.next_order_id())
        if state.journal_trouble != self.state.journal_trouble:
            if state.journal_trouble:
                _log.error("journal: %s", state.journal_trouble)
            else:
                _log.info("journal: can be written again")
        self.state = state

    def _show(self) -> None:
        """Publish the state if it differs from the one shown last.

        A touch is always answered, even by the same state: its button waits for that.
        """
        self._drop_closed()
        if self._shown is self.state and not self._answer_due:
            return
        self._answer_due = False
        offer = offer_of(self.state)
        version = self.state.version + 1
        fresh = version if offer != self._offer else self.state.fresh_since
        self._offer = offer
        self.state = replace(self.state, version=version, fresh_since=fresh)
        self._shown = self.state
        self._publish(self.state)
