"""Between engine and journal: decide, write, and only then give the commands away."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import apsw

from kiosk.clock import BEHIND_S, TrustedClock
from kiosk.core import events as e
from kiosk.core.access import SIGNED_IN, TRIED
from kiosk.core.commands import IRREVERSIBLE, Command
from kiosk.core.decide import decide
from kiosk.core.order import Order
from kiosk.core.overrides import PRICE_SET, SERVICE_SET, Overrides
from kiosk.journal import Journal, ReplayDiffersError, replay
from kiosk.journal.aside import REPLAY, SETTLED, for_a_person, verdicts_in
from kiosk.journal.kept import KeptEpochs

_log = logging.getLogger(__name__)

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
RESUME_WITHIN_MS = 5 * 60 * 1000
"""A person who stood before the cabin when it stopped is thought to stand there still so long."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an event. ``trouble``: it couldn't be written, so nothing was done."""

    order: Order | None
    commands: tuple[Command, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Recovered:
    """The open orders of the journal; ``at_screen`` is the one whose person may still be there."""

    orders: tuple[Order, ...]
    at_screen: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What the books say of a number; ``sure`` is false if they can't be read just there."""

    order: Order | None
    sure: bool = True


class AnyBooks(Protocol):
    """What the engine wants of the books."""

    def take(self, order: Order | None, event: e.OrderEvent) -> Taken: ...
    def recover(self) -> Recovered: ...
    def find(self, order_id: str) -> Order | None: ...
    def look_up(self, order_id: str) -> Found: ...
    def note(self, kind: str, body: object) -> str: ...
    def now_ms(self) -> int: ...
    def sign_ins(self) -> list[tuple[int, str, str]]: ...
    def overrides(self) -> Overrides: ...
    def next_order_id(self) -> str: ...
    def paid_today(self) -> int: ...
    def trouble(self) -> str: ...
    def unwritable(self) -> str: ...
    def forget(self, days: int) -> int: ...
    def close(self) -> None: ...


class ClosedBooks:
    """Books that don't verify: no money is taken, everything else goes on."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def take(self, order: Order | None, event: e.OrderEvent) -> Taken:  # noqa: ARG002
        return Taken(order, (), self._reason)

    def recover(self) -> Recovered:
        return Recovered(())

    def find(self, order_id: str) -> Order | None:  # noqa: ARG002
        return None

    def look_up(self, order_id: str) -> Found:  # noqa: ARG002
        """The order may well be in the file; but a file that was changed is no answer."""
        return Found(None, sure=False)

    def note(self, kind: str, body: object) -> str:  # noqa: ARG002
        return self._reason

    def now_ms(self) -> int:
        return int(time.time() * 1000)

    def sign_ins(self) -> list[tuple[int, str, str]]:
        return []

    def overrides(self) -> Overrides:
        return Overrides()

    def next_order_id(self) -> str:
        return ""

    def paid_today(self) -> int:
        return 0

    def trouble(self) -> str:
        return self._reason

    def unwritable(self) -> str:
        """Nothing is to be written: that they don't verify is said, and no restart mends it."""
        return ""

    def forget(self, days: int) -> int:  # noqa: ARG002
        return 0

    def close(self) -> None:
        """Nothing is open."""


class Books:
    """The journal with the rules of writing into it."""

    def __init__(
        self,
        journal: Journal,
        clock: TrustedClock,
        cabin_id: str,
        least_free_bytes: int = 0,
        localtime: Callable[[float], time.struct_time] = time.localtime,
    ) -> None:
        self.journal = journal
        self._clock = clock
        self._cabin_id = cabin_id
        self._least_free = least_free_bytes
        self._localtime = localtime
        self._kept = KeptEpochs(journal)
        self._aside: set[str] = set()

    def take(self, order: Order | None, event: e.OrderEvent) -> Taken:
        """Decide on an event and write it; the commands may be handed out when this returns.

        An event that ``decide`` can't bear makes its order a person's matter, and no other's.
        """
        at = self._clock.now_ms()
        if order is not None and (self._kept.holds(order.id) or order.id in self._aside):
            # No machine goes on with it, its rows stay as they are: only a person's word counts.
            return self._settle_aside(order, event, at)
        try:
            after, commands = decide(order, event, at)
        except Exception as error:  # noqa: BLE001  # the boundary named by design, Money 10
            _log.exception("%s: %s failed", event.order_id, type(event).__name__)
            if order is None or isinstance(event, e.Poisoned):
                return Taken(None)
            return self.take(
                order, e.Poisoned(order.id, type(event).__name__, type(error).__name__)
            )
        if after == order and not any(isinstance(x, IRREVERSIBLE) for x in commands):
            return Taken(after, commands)
        try:
            self.journal.append(event, after, at)
        except (apsw.Error, OSError) as error:
            return Taken(order, (), f"{type(error).__name__}: {error}")
        return Taken(after, commands)

    def _settle_aside(self, order: Order, event: e.OrderEvent, at: int) -> Taken:
        if not isinstance(event, e.PersonSettled):
            return Taken(order)
        after, _ = decide(order, event, at)
        if after == order:
            return Taken(order)
        try:
            self.journal.note(SETTLED, event, at, None if self._kept.holds(order.id) else after)
        except (apsw.Error, OSError) as error:
            return Taken(order, (), f"{type(error).__name__}: {error}")
        return Taken(after)

    def recover(self) -> Recovered:
        """Replay every open order. One that can't be replayed goes to a person, alone.

        What was open in an epoch that was put aside waits for a person, and locks its bills.
        """
        orders = [x for x in map(self._replay, self.journal.open_orders()) if x is not None]
        now = self._clock.now_ms()
        waiting = [
            x
            for x in orders
            if not x.person_left
            and not x.poisoned
            and now - self.journal.last_at(x.id) < RESUME_WITHIN_MS
        ]
        newest = max(waiting, key=lambda x: x.opened_at, default=None)
        return Recovered((*self._kept.open_orders(), *orders), newest.id if newest else "")

    def _replay(self, order_id: str) -> Order | None:
        try:
            return replay(self.journal, order_id)
        except (ReplayDiffersError, ValueError, KeyError) as error:
            _log.exception("%s can't be replayed: a person must look at it", order_id)
            order = error.order if isinstance(error, ReplayDiffersError) else None
            if order is None:
                self.note("OrderUnreadable", {"order_id": order_id, "error": str(error)})
                return None
            if self.journal.last_kind(order_id) != "Poisoned":
                self.take(order, e.Poisoned(order_id, REPLAY, str(error)))
            self._aside.add(order_id)
            return for_a_person(order, REPLAY, verdicts_in(self.journal))

    def find(self, order_id: str) -> Order | None:
        """Return an order of any age and epoch, None if it isn't there or unreadable."""
        return self.look_up(order_id).order

    def look_up(self, order_id: str) -> Found:
        """As ``find``, and whether "there is none" is certain."""
        try:
            return Found(replay(self.journal, order_id))
        except KeyError:
            return Found(*self._kept.find(order_id))
        except (ReplayDiffersError, ValueError) as error:
            _log.error("%s: %s", order_id, error)
            order = error.order if isinstance(error, ReplayDiffersError) else None
            return Found(order, sure=order is not None)

    def note(self, kind: str, body: object) -> str:
        """Write a row that belongs to no order. Returns what went wrong, empty if nothing."""
        try:
            self.journal.note(kind, body, self._clock.now_ms())
        except (apsw.Error, OSError) as error:
            return f"{type(error).__name__}: {error}"
        return ""

    def now_ms(self) -> int:
        """The books' time in milliseconds: never earlier than their last row."""
        return self._clock.now_ms()

    def sign_ins(self) -> list[tuple[int, str, str]]:
        """Return each try to sign in and each success: when (ms), which of both, as whom."""
        found = self.journal.notes_of(TRIED, SIGNED_IN)
        return [(at, kind, str(body.get("operator", ""))) for at, kind, body in found]

    def overrides(self) -> Overrides:
        """Return what the staff have set at the screen."""
        found = Overrides()
        for _at, kind, body in self.journal.notes_of(PRICE_SET, SERVICE_SET):
            found = found.after(kind, body)
        return found

    def next_order_id(self) -> str:
        """Make a number: cabin, local date, counter of the day, five characters of chance."""
        day = time.strftime("%y%m%d", self._localtime(self._clock.now_ms() / 1000))
        prefix = self._cabin_id + day
        chance = "".join(secrets.choice(ALPHABET) for _ in range(5))
        last = self._kept.counter(prefix) + self.journal.counter(prefix)
        return f"{prefix}{last + 1:05d}{chance}"

    def paid_today(self) -> int:
        """Return what has been charged since local midnight, less refunds, in fen."""
        now = self._clock.now_ms() / 1000
        local = self._localtime(now)
        midnight = now - (local.tm_hour * 3600 + local.tm_min * 60 + local.tm_sec)
        since = int(midnight) * 1000
        return self._kept.charged_since(since) + self.journal.charged_since(since)

    def trouble(self) -> str:
        """Return why no money may be taken as far as the books go, empty if it may."""
        try:
            free = self.journal.free_bytes()
        except OSError as error:
            return f"{type(error).__name__}: {error}"
        if free < self._least_free:
            return f"only {free >> 20} MiB left for the journal"
        behind = self._clock.behind_s()
        if behind > BEHIND_S:
            return f"the machine's clock is {behind:.0f} s behind the last entry: set it"
        return ""

    def unwritable(self) -> str:
        """Return why no row could be written just now, empty if one could. Writes none."""
        try:
            self.journal.store.probe()
        except (apsw.Error, OSError) as error:
            return f"{type(error).__name__}: {error}"
        return ""

    def forget(self, days: int) -> int:
        """Delete the keys of orders closed more than ``days`` ago, of whatever epoch."""
        before = self._clock.now_ms() - days * 86_400_000
        return self.journal.forget(before) + self._kept.forget(before)

    def close(self) -> None:
        self.journal.close()
