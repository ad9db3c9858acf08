"""``kiosk soak``: simulated residents through engine and drivers in virtual time, then an audit.

Everything left to chance comes from one seed, which is printed: the same seed, the same days.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import math
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from kiosk.askers import Caller
from kiosk.audit import audit
from kiosk.audit_wares import balances
from kiosk.booklet_visitor import BookletVisitor
from kiosk.core.order import Order, RefundState
from kiosk.patient import Patient
from kiosk.population import DAY_S, QUICK_S, TYPICAL_S, Population, Visit
from kiosk.residents import Outdoors, Resident
from kiosk.soak_report import HOURS, Report, Service, text
from kiosk.troubles import Troubles
from kiosk.virtual import VirtualKiosk
from sim.devices.model import ActionError

__all__ = ["Report", "Soak", "add_parser", "handle", "rest", "step", "text"]

LONGEST_STAY_S = 1_200.0
PATIENCE_S = 3.0
"""So long somebody waits before trying the same thing again."""
REST_S = 3 * DAY_S
"""Time for every order to come to rest at the end: questions pause up to ten minutes, a line goes
to a person after 24 hours, and a jump of the clock may have delayed that."""
LOOKS_S = (1.0, 8.0)
"""So long an old person looks at a page before the next touch: an assumption."""
PROBE_S = 300.0
"""How often gateways are asked; a real cabin asks each minute, which is a third of a day's work."""
SLIPS_KEPT = 200
START_S = 30.0
"""So long the kiosk asks its machines before the first resident comes."""


class Soak:
    """A run: residents come one after the other, troubles strike by chance."""

    def __init__(self, folder: Path, seed: int, residents: int, days: float, faults: float) -> None:
        """``faults`` is how many troubles strike per resident, on average."""
        self.report = Report(seed, residents, days, faults)
        self._rng = random.Random(seed)
        self.kiosk = VirtualKiosk(folder, seed, probe_s=PROBE_S)
        self.troubles = Troubles(self.kiosk, self._rng)
        self.people = Population(self._rng, self._new_bill)
        self._hands: Counter[int] = Counter()
        self._began_at = self.kiosk.clock.time()

    def run(self) -> Report:
        """Let everybody come and go, put everything right, wait, and compare the books."""
        began = time.perf_counter()
        self.live()
        self.close_books()
        self.report.seconds = time.perf_counter() - began
        return self.report

    def live(self) -> None:
        """The days themselves. Whoever comes while somebody is there waits before the door."""
        kiosk, report = self.kiosk, self.report
        first_hour = self._began_at % DAY_S / 3600
        kiosk.advance(START_S)
        start = kiosk.clock.monotonic()
        for visit in self.people.visits(report.residents, report.days, first_hour):
            kiosk.advance(max(1.0, start + visit.at - kiosk.clock.monotonic()))
            self._visit(visit)
            if self._rng.random() < 0.3:
                self.troubles.repair()
        kiosk.advance(max(1.0, start + report.days * DAY_S - kiosk.clock.monotonic()))
        self.troubles.repair()
        rest(kiosk)

    def close_books(self) -> None:
        """Compare journal, ledgers and counters, and write down what it came to."""
        report, kiosk = self.report, self.kiosk
        orders, ledger = kiosk.orders(), kiosk.cabin.ledger()
        journal = kiosk.verify()
        report.audit = audit(orders, ledger, settled=True)
        report.wares = balances(orders, ledger)
        report.rows = journal.rows
        report.differences = (
            *(x for ware in report.wares for x in ware.differences),
            *([f"journal: {journal.broken}"] if journal.broken else ()),
            *(f"journal: {x}" for x in journal.problems),
            *(f"somebody has {n} booklets" for n in self._hands.values() if n > 1),
        )
        done = (RefundState.REFUNDED,)
        report.refunds = sum(x.state in done for order in orders for x in order.refunds)
        report.words = dict(Counter(_word(x) for x in orders).most_common())
        report.restarts, report.troubles = self.troubles.restarts, self.troubles.struck.total()
        report.struck = self.troubles.struck
        report.virtual_s = kiosk.clock.monotonic()

    def _visit(self, visit: Visit) -> None:
        """Somebody does one errand after the other; whoever walks off leaves the rest undone."""
        began = self.kiosk.clock.monotonic()
        self.report.arrivals[self._hour()] += 1
        for service in visit.errands:
            resident = self.people.resident(service)
            self._errand(service, resident)
            self.people.slips[:] = [*self.people.slips, *resident.orders][-SLIPS_KEPT:]
            if resident.gone:
                break
        self._was_busy(began)

    def _errand(self, service: str, resident: Resident) -> None:
        """Do what they came for, and tell it."""
        kiosk = self.kiosk
        moments = self._moments(service)
        end = kiosk.clock.monotonic() + LONGEST_STAY_S
        out = kiosk.cabin.booklet_dispenser.out
        while not resident.finished and kiosk.clock.monotonic() < end:
            while _over(moments, kiosk):
                moments.pop(0)
                self.troubles.strike()
            if step(kiosk, resident, lambda: _over(moments, kiosk)):
                kiosk.advance(self._rng.uniform(*LOOKS_S))
        name = "call" if isinstance(resident, Caller) else service
        found = self.report.services.setdefault(name, Service())
        found.came += 1
        found.served += resident.done and not resident.gone
        if isinstance(resident, Patient):
            self.report.measurements += resident.measured
        if isinstance(resident, BookletVisitor):
            self._hands[resident.booklet.somebody] += kiosk.cabin.booklet_dispenser.out - out

    def _moments(self, service: str) -> list[float]:
        """When troubles strike during this errand; one that is over before is spared them."""
        rate = self.report.faults
        count = int(rate) + (self._rng.random() < rate % 1)
        now, length = self.kiosk.clock.monotonic(), TYPICAL_S.get(service, QUICK_S)
        return sorted(now + self._rng.uniform(0, length) for _ in range(count))

    def _hour(self) -> int:
        since = self._began_at % DAY_S + self.kiosk.clock.monotonic()
        return int(since // 3600) % HOURS

    def _was_busy(self, began: float) -> None:
        """Spread a visit's seconds over the hours of the day that it touched."""
        at, end = began, self.kiosk.clock.monotonic()
        offset = self._began_at % DAY_S
        while at < end:
            hour = int((offset + at) // 3600)
            until = min(end, (hour + 1) * 3600 - offset)
            self.report.busy_s[hour % HOURS] += until - at
            at = until

    def _new_bill(self, institution: str, account: str, fen: int) -> None:
        body = {"institution": institution, "account": account, "period": "2026-10"}
        self.kiosk.act("biller", "new_bill", **body, amount_fen=fen)


def _over(moments: list[float], kiosk: VirtualKiosk) -> bool:
    """Whether the first of these moments has come."""
    return bool(moments) and moments[0] <= kiosk.clock.monotonic()


def step(kiosk: VirtualKiosk, resident: Resident, wake: Callable[[], bool] = lambda: False) -> bool:
    """Let a resident act once, and wait until something has changed, or ``wake`` says so.

    True if they did anything.
    """
    state = kiosk.state
    if state is None:
        raise RuntimeError("the kiosk has not started")
    act = resident.next(state)
    if isinstance(act, Outdoors):
        # The terminal may not be waiting yet, the code may have expired: try again later.
        with contextlib.suppress(ActionError):
            kiosk.act(act.device, act.action, **act.body)
    elif act is not None:
        kiosk.touch(act.target, act.value)
    kiosk.until(lambda: kiosk.state is not state or wake(), PATIENCE_S)
    return act is not None


def rest(kiosk: VirtualKiosk) -> None:
    """Let time pass until every order has come to rest, or none does any more."""

    def at_rest() -> bool:
        state = kiosk.state
        return state is not None and all(x.closed or x.needs_person for x in state.orders.values())

    kiosk.until(at_rest, REST_S)


def _word(order: Order) -> str:
    return "waits for a person" if order.needs_person else order.payment_word


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("soak", help="simulated residents in virtual time, and an audit")
    parser.add_argument("--residents", type=_people, default=80, metavar="N", help="visits in all")
    parser.add_argument("--days", type=_days, default=1.0, metavar="D")
    parser.add_argument(
        "--faults", type=_rate, default=0.5, metavar="RATE", help="troubles per errand"
    )
    parser.add_argument("--seed", type=int, help="a printed one repeats its run")
    parser.add_argument("--picture", type=_file, metavar="FILE.png", help="draw the report, too")
    parser.add_argument("--keep", type=_fresh, metavar="DIR", help="leave the cabin's files there")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(handler=handle)


def _people(word: str) -> int:
    if not word.isdecimal() or int(word) == 0:
        raise argparse.ArgumentTypeError("a whole number, at least 1")
    return int(word)


def _days(word: str) -> float:
    days = _rate(word)
    if days == 0:
        raise argparse.ArgumentTypeError("more than 0")
    return days


def _rate(word: str) -> float:
    try:
        rate = float(word)
    except ValueError:
        rate = math.nan
    if not 0 <= rate < math.inf:
        raise argparse.ArgumentTypeError("a number, not below 0")
    return rate


def _file(word: str) -> Path:
    """Known before the run, not after it."""
    path = Path(word)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise argparse.ArgumentTypeError(f"no file can be made at {word}")
    return path


def _fresh(word: str) -> Path:
    """The orders of an earlier run would be audited against machines that never heard of them."""
    path = Path(word)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise argparse.ArgumentTypeError(f"{word} isn't an empty folder")
    return path


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without a line in the log for each trouble and each order."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(level)


def handle(args: argparse.Namespace) -> int:
    """0: the books are right; 1: they differ."""
    seed = random.SystemRandom().randrange(1 << 31) if args.seed is None else args.seed
    print(f"seed {seed}", file=sys.stderr, flush=True)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_quiet())
        folder = args.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        folder.mkdir(parents=True, exist_ok=True)
        run = Soak(folder, seed, args.residents, args.days, args.faults)
        report = run.run()
        run.kiosk.close()
    if args.picture:
        from kiosk.soak_picture import draw

        draw(report, args.picture)
    print(json.dumps(asdict(report), ensure_ascii=False) if args.json else text(report))
    return 0 if report.good else 1
