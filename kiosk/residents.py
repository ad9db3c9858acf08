"""Simulated residents: what somebody with bills in the hand touches at each screen.

A resident sees the state as the screens do and acts on the newest one only; whatever screen the
kiosk stands at (after a restart, or left by somebody else), there is a next thing to do. Who lets
time pass, real or virtual, carries the acts out: see `kiosk.soak` and the crash tests.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from kiosk.core.guards import usable_means
from kiosk.core.means import TERMINAL
from kiosk.core.order import Order, PaperState, PaymentState
from kiosk.core.state import State
from kiosk.core.visit.common import order_at_screen
from kiosk.core.visit.pay_steps import may_pay_again
from kiosk.core.visit.steps import ChooseTopUp, EnterAccount, NoteCode
from kiosk.core.visit.view import screen_of
from sim.bills import Bill

ENOUGH = 4
"""So often somebody tries the same thing again before giving up."""

HOPELESS = (NoteCode.BILL_LOCKED, NoteCode.OVER_DAY_LIMIT, NoteCode.DAY_LIMIT_REACHED)
"""What is said of bills that can't be paid today."""


@dataclass(frozen=True, slots=True)
class Touch:
    target: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Outdoors:
    """Something done to a device: a card tapped, a code scanned by a phone, a bill shown."""

    device: str
    action: str
    body: dict[str, object] = field(default_factory=dict)


Act = Touch | Outdoors


@dataclass(frozen=True, slots=True)
class Errand:
    """What somebody came for.

    ``accounts``: institution and account number of each bill. ``at_payment`` is ``pay``,
    ``cancel`` (on the kiosk), ``cancel_and_pay``, ``refuse`` (at the terminal) or ``walk_off``;
    ``when_unknown`` is ``wait``, ``slip`` or ``leave``; ``paper`` is ``reprint`` or ``copy``.
    """

    accounts: tuple[tuple[str, str], ...]
    means: str = TERMINAL
    types: bool = False
    at_payment: str = "pay"
    when_unknown: str = "wait"
    paper: str = "reprint"


class Resident:
    """One person with one thing to do. ``finished`` once they have gone away, or are home again.

    ``tile`` is what they touch on the home screen, ``done`` whether they did what they came for,
    ``gone`` whether they walked off and left the screen as it stood.
    """

    tile = "home.pay_bill"

    def __init__(self, errand: Errand) -> None:
        self.errand = errand
        self.finished = self.gone = False
        self.orders: list[str] = []
        self._done: Counter[str] = Counter()
        self._shown: set[tuple[str, str]] = set()

    def next(self, state: State) -> Act | None:
        """Return what is done now, None to wait for something to change."""
        screen = screen_of(state)
        order = order_at_screen(state)
        if order is not None and order.id not in self.orders:
            self.orders.append(order.id)
        act = self._at(screen, state, order)
        self._done[screen] += act is not None
        return act

    def _at(self, screen: str, state: State, order: Order | None) -> Act | None:
        match screen:
            case "attract":
                return Touch("anything")
            case "home":
                return self._home()
            case "bill" | "institution" | "account" | "bills" | "topup" | "confirm":
                return self._before_paying(screen, state)
            case "pay" | "unknown" | "receipt_problem" | "result" if order is not None:
                return self._at_order(screen, order)
            case "idle":
                return Touch("idle.stay" if self.errand.when_unknown == "wait" else "idle.leave")
            case "help":
                return Touch("help.close")
            case "print_take":
                return Touch("copy.taken")
            case "out_of_service" | "find" | "found" | "call":
                return Touch("nav.home")
            case _ if order is None and screen != "looking":
                return Touch("nav.home")  # somebody else's, who has gone
            case _:
                return None

    def _home(self) -> Act | None:
        if self.done or self._done["home"] >= ENOUGH:
            self.finished = True
            return None
        return Touch(self.tile)

    @property
    def done(self) -> bool:
        return bool(self.orders)

    def _walk_off(self) -> None:
        self.finished = self.gone = True

    def _give_up(self) -> Act:
        self._done["home"] = ENOUGH
        return Touch("nav.home")

    def _before_paying(self, screen: str, state: State) -> Act | None:
        if self._done[screen] > ENOUGH * (12 if screen == "account" else 2):
            return self._give_up()
        step = state.visit.step
        if isinstance(step, EnterAccount):
            return self._typing(step)
        if isinstance(step, ChooseTopUp):
            rule = step.account.topup
            return Touch("topup.amount", str(rule.choices[0])) if rule else self._give_up()
        match screen:
            case "institution":
                return Touch("bill.institution", self._newest()[0])
            case "bill":
                return self._show_bill(state)
            case "bills":
                return self._list(state)
            case _:
                return self._confirm(state)

    def _newest(self) -> tuple[str, str]:
        return next((x for x in self.errand.accounts if x not in self._shown), ("", ""))

    def _listed(self, state: State) -> set[tuple[str, str]]:
        return {(x.institution.id, x.account) for x in state.visit.accounts}

    def _show_bill(self, state: State) -> Act:
        missing = [x for x in self.errand.accounts if x not in self._listed(state)]
        if not missing or self._done["bill"] >= 2 * ENOUGH:
            return self._give_up()
        # In turn, so that one account the biller doesn't answer for isn't asked for ever.
        institution, account = missing[self._done["bill"] % len(missing)]
        if self.errand.types:
            self._shown = set(self.errand.accounts) - {(institution, account)}
            kinds = {x.id: x.kind.value for x in state.institutions}
            return Touch("bill.kind", kinds.get(institution, "electric"))
        paper = Bill(institution, account, 0, "202601", "", "")
        return Outdoors("scanner", "scan", {"code": paper.code})

    def _typing(self, step: EnterAccount) -> Act:
        institution, account = self._newest()
        if step.institution.id != institution:
            return Touch("nav.back")
        if step.digits == account:
            return Touch("digits.done")
        if not account.startswith(step.digits):
            return Touch("digits.erase")
        return Touch("digits.key", account[len(step.digits)])

    def _list(self, state: State) -> Act:
        missing = set(self.errand.accounts) - self._listed(state)
        if missing and self._done["bills"] < ENOUGH:
            return Touch("bills.add")
        return Touch("bills.pay") if state.visit.chosen else self._give_up()

    def _confirm(self, state: State) -> Act | None:
        usable = [x.id for x in usable_means(state)]
        note = getattr(state.visit.step, "note", None)
        if not usable or (note and note.code in HOPELESS):
            return self._give_up()
        return Touch("confirm.pay", self.errand.means if self.errand.means in usable else usable[0])

    def _at_order(self, screen: str, order: Order) -> Act | None:
        if screen == "result":
            # Whoever was refused tries once more with the same bills.
            again = self.errand.at_payment == "refuse" and may_pay_again(order)
            return Touch("order.again" if again and not self._done[screen] else "order.done")
        if screen == "receipt_problem":
            again = self.errand.paper == "reprint" and self._done[screen] < 2
            return Touch("order.reprint" if again else "order.copy_taken")
        if screen == "unknown":
            return self._unknown(order)
        if order.payment.state is PaymentState.REQUESTED and not order.payment.cancel_wanted:
            return self._pay(order)
        if order.payment.cancel_wanted and self.errand.at_payment == "cancel_and_pay":
            return self._with_card_or_phone(order) if self._done["pay"] < ENOUGH else None
        return None

    def _unknown(self, order: Order) -> Act | None:
        wants = self.errand.when_unknown
        if order.paper.state is PaperState.PRINTING:
            return None
        if order.needs_person or wants == "leave":
            return Touch("order.done")
        if wants == "slip":
            return Touch("order.slip" if self._done["unknown"] == 0 else "order.done")
        return None

    def _pay(self, order: Order) -> Act | None:
        match self.errand.at_payment:
            case "walk_off":
                self._walk_off()
                return None
            case "cancel" | "cancel_and_pay":
                return Touch("order.cancel")
            case "refuse" if order.means.id == TERMINAL:
                return Outdoors(TERMINAL, "decline")
            case "refuse":
                return Touch("order.cancel")
            case _:
                return self._with_card_or_phone(order)

    def _with_card_or_phone(self, order: Order) -> Act | None:
        if order.means.id == TERMINAL:
            return Outdoors(TERMINAL, "tap_card")
        if not order.payment.qr_code:
            return None
        return Outdoors("qr_payment", "pay", {"order_no": order.id, "coupon_fen": 0})


def any_errand(
    rng: random.Random, accounts: tuple[tuple[str, str], ...], means: tuple[str, ...]
) -> Errand:
    """Somebody at random: most people pay and take their receipt."""
    return Errand(
        accounts,
        rng.choice(means),
        rng.random() < 0.3,
        rng.choices(("pay", "cancel", "cancel_and_pay", "refuse", "walk_off"), (80, 6, 5, 5, 4))[0],
        rng.choice(("wait", "slip", "leave")),
        rng.choice(("reprint", "copy")),
    )
