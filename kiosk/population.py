"""Who comes to a simulated cabin, when, and what for.

Every figure here is an assumption made for simulation and testing, chosen to look like a
neighbourhood with many old people; none is a measurement or taken from a source.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.askers import Caller, SlipReader
from kiosk.booklet_visitor import BookletErrand, BookletVisitor
from kiosk.core.means import ALIPAY, TERMINAL, WECHAT
from kiosk.patient import ClinicErrand, Patient
from kiosk.print_resident import PrintErrand, PrintUser
from kiosk.residents import Resident, any_errand
from kiosk.rice_buyer import RiceBuyer, RiceErrand

DAY_S = 86_400.0
HOURS = (1, 0, 0, 0, 1, 3, 6, 9, 12, 13, 10, 6, 4, 5, 8, 9, 8, 6, 5, 5, 4, 3, 2, 1)
"""Weight of each hour's arrivals: up early, most before ten and again at three, a few by night."""
MIX = {"bills": 34, "clinic": 30, "rice": 13, "print": 11, "booklet": 5, "find": 4, "call": 3}
"""Of a hundred errands, so many of each service: bills and blood pressure are why most come."""
MORE_THAN_ONE = 0.2
"""So many of those who are there anyway do another errand."""
TYPICAL_S = {"clinic": 480.0, "rice": 150.0, "print": 90.0}
"""So long an errand takes about, for a trouble to fall into it; others `QUICK_S`."""
QUICK_S = 60.0
PEOPLE = 900
"""Residents with a card of their own; few enough that some come for a second booklet."""
CASH_FREE = (TERMINAL, ALIPAY, WECHAT)
BY_CARD = (6, 2, 3)
"""Old people rather hold a card to the terminal than a phone."""
INSTITUTIONS = ("SH-POWER", "SH-WATER", "SH-GAS")
BILL_FEN = {
    "SH-POWER": (3_000, 40_000, 11_000),
    "SH-WATER": (1_500, 12_000, 5_000),
    "SH-GAS": (1_000, 18_000, 4_000),
}
"""Least, most and most frequent amount of a bill of a small old household, in fen."""
NOT_POSTED = 0.05
"""So many bills lie with a biller that refuses every posting."""
REFUSING = ("SH-GAS", "3300000500")

NewBill = Callable[[str, str, int], None]


@dataclass(frozen=True)
class Visit:
    """Somebody comes ``at`` so many seconds after the start, with one errand or two."""

    at: float
    errands: tuple[str, ...]


@dataclass
class Population:
    """Draws visits and errands. ``new_bill`` makes a bill with the biller.

    ``slips`` are the orders that people have kept a receipt of.
    """

    rng: random.Random
    new_bill: NewBill
    slips: list[str] = field(default_factory=list)
    _accounts: int = 0

    def visits(self, count: int, days: float, first_hour: float = 0.0) -> list[Visit]:
        """So many visits in so many days, in order; the curve begins at ``first_hour``."""
        return [Visit(x, self._errands()) for x in self._times(count, days, first_hour)]

    def _times(self, count: int, days: float, first_hour: float) -> list[float]:
        steps = max(1, round(days * 24))
        width = days * DAY_S / steps
        weights = [HOURS[int(first_hour + x * width / 3600) % 24] for x in range(steps)]
        if not any(weights):
            weights = [1] * steps
        drawn = self.rng.choices(range(steps), weights, k=count)
        return sorted((x + self.rng.random()) * width for x in drawn)

    def _errands(self) -> tuple[str, ...]:
        first = self._service()
        second = self._service() if self.rng.random() < MORE_THAN_ONE else first
        return (first,) if second == first else (first, second)

    def _service(self) -> str:
        return self.rng.choices(list(MIX), list(MIX.values()))[0]

    def resident(self, service: str) -> Resident:
        """Somebody who comes for a service. Whoever has no slip to show asks for help."""
        match service:
            case "clinic":
                return Patient(self._clinic())
            case "rice":
                return RiceBuyer(self._rice())
            case "print":
                return PrintUser(self._print())
            case "booklet":
                takes = self.rng.random() < 0.95
                return BookletVisitor(BookletErrand(self.rng.randrange(PEOPLE), takes))
            case "find" if self.slips:
                return SlipReader(self.rng.choice(self.slips))
            case "find" | "call":
                return Caller()
            case _:
                return Resident(any_errand(self.rng, self.bills(), (self._means(),)))

    def bills(self) -> tuple[tuple[str, str], ...]:
        """One to three new bills in the hand, each of an account of its own."""
        found = []
        for _ in range(self.rng.choices((1, 2, 3), (5, 3, 2))[0]):
            if self.rng.random() < NOT_POSTED:
                found.append(REFUSING)
                continue
            self._accounts += 1
            institution = self.rng.choice(INSTITUTIONS)
            account = f"{self._accounts:010d}"
            low, high, mode = BILL_FEN[institution]
            self.new_bill(institution, account, round(self.rng.triangular(low, high, mode)))
            found.append((institution, account))
        return tuple(dict.fromkeys(found))

    def _means(self) -> str:
        return self.rng.choices(CASH_FREE, BY_CARD)[0]

    def _clinic(self) -> ClinicErrand:
        """Old people's pressure: systolic about 138, diastolic about 80, a few very high.

        Three measurements of one person lie within some millimetres of each other.
        """
        top = min(220.0, max(92.0, self.rng.gauss(138, 19)))
        bottom = min(top - 20, max(48.0, self.rng.gauss(80, 11)))
        pulse = min(120.0, max(48.0, self.rng.gauss(72, 9)))
        readings = []
        for _ in range(3):
            high = round(top + self.rng.gauss(0, 3))
            low = min(high - 12, round(bottom + self.rng.gauss(0, 2)))
            readings.append((high, low, round(pulse + self.rng.gauss(0, 2))))
        return ClinicErrand(
            tuple(readings),
            self.rng.random() < 0.6,  # the others don't sit still for five minutes
            self.rng.choices(("paper", "code", "record", "nothing"), (60, 10, 10, 20))[0],
            self.rng.random() < 0.04,
            self.rng.random() < 0.3,
        )

    def _rice(self) -> RiceErrand:
        """Mostly two to ten 斤: what an old person carries home."""
        return RiceErrand(
            500 * self.rng.choices((1, 2, 3, 4, 5, 6, 8, 10), (1, 4, 2, 5, 4, 2, 2, 4))[0],
            self.rng.choice((1, 2)),
            self.rng.choice((5, 7, 9)),
            self._means(),
            self.rng.choices(("pay", "cancel", "refuse", "walk_off"), (90, 4, 4, 2))[0],
            self.rng.choices(("begin", "decline", "walk_off"), (94, 4, 2))[0],
            self.rng.random() < 0.97,
            self.rng.choice(("wait", "slip", "leave")),
        )

    def _print(self) -> PrintErrand:
        """A report or a photo from the phone; some bring a stick, some a file past reading, some a
        card or a page to copy.
        """
        sample = self.rng.choices(("pdf", "photo", "encrypted", "broken"), (60, 32, 4, 4))[0]
        return PrintErrand(
            sample,
            self.rng.random() < 0.25,
            self.rng.choices((1, 2, 3), (8, 2, 1))[0],
            sample == "pdf" and self.rng.random() < 0.3,
            sample == "photo" and self.rng.random() < 0.7,
            None,
            self._means(),
            self.rng.choices(("pay", "cancel", "refuse", "walk_off"), (90, 4, 4, 2))[0],
            self.rng.choice(("wait", "stop", "leave")),
            self.rng.choice(("wait", "slip", "leave")),
            copy=self.rng.choices(("", "card", "page"), (7, 2, 1))[0],
        )
