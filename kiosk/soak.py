"""``kiosk soak``: simulated residents through engine and drivers in virtual time, then an audit.

Everything left to chance comes from one seed, which is printed: the same seed, the same days.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from kiosk.audit import Audit, audit
from kiosk.core.means import ALIPAY, TERMINAL, WECHAT
from kiosk.core.order import Order
from kiosk.residents import Outdoors, Resident, any_errand
from kiosk.troubles import Troubles
from kiosk.virtual import VirtualKiosk
from sim.devices.model import ActionError

DAY_S = 86_400.0
LONGEST_STAY_S = 1_200.0
PATIENCE_S = 3.0
"""So long somebody waits before trying the same thing again."""
REST_S = 3 * DAY_S
"""Time for every order to come to rest at the end: questions pause up to ten minutes, a line goes
to a person after 24 hours, and a jump of the clock may have delayed that."""
INSTITUTIONS = ("SH-POWER", "SH-WATER", "SH-GAS")
MEANS = (TERMINAL, ALIPAY, WECHAT)


@dataclass
class Report:
    """What a run came to. Times in seconds; ``virtual_s`` is the simulated time."""

    seed: int
    residents: int
    days: float
    faults: float
    seconds: float = 0.0
    virtual_s: float = 0.0
    restarts: int = 0
    troubles: int = 0
    words: dict[str, int] = field(default_factory=dict)
    audit: Audit | None = None

    @property
    def good(self) -> bool:
        return self.audit is not None and not self.audit.differences


class Soak:
    """A run: residents come one after the other, troubles strike by chance."""

    def __init__(self, folder: Path, seed: int, residents: int, days: float, faults: float) -> None:
        """``faults`` is how many troubles strike per resident, on average."""
        self.report = Report(seed, residents, days, faults)
        self._rng = random.Random(seed)
        self.kiosk = VirtualKiosk(folder, seed)
        self.troubles = Troubles(self.kiosk, self._rng)
        self._accounts = 0

    def run(self) -> Report:
        """Let everybody come and go, put everything right, wait, and compare the books."""
        began = time.perf_counter()
        report = self.report
        gap = report.days * DAY_S / max(1, report.residents)
        self.kiosk.advance(30)
        for _ in range(report.residents):
            arrives = self.kiosk.clock.monotonic() + self._rng.uniform(0.2, 1.8) * gap
            self._stay()
            if self._rng.random() < 0.3:
                self.troubles.repair()
            self.kiosk.advance(max(1.0, arrives - self.kiosk.clock.monotonic()))
        self.troubles.repair()
        rest(self.kiosk)
        orders = self.kiosk.orders()
        report.audit = audit(orders, self.kiosk.cabin.ledger(), settled=True)
        report.words = dict(Counter(_word(x) for x in orders).most_common())
        report.restarts, report.troubles = self.troubles.restarts, len(self.troubles.log)
        report.seconds = time.perf_counter() - began
        report.virtual_s = self.kiosk.clock.monotonic()
        return report

    def rest(self) -> None:
        """Everything is put right; every order that can come to rest does."""
        self.troubles.repair()
        self.kiosk.until(self._at_rest, REST_S)

    def _at_rest(self) -> bool:
        state = self.kiosk.state
        return state is not None and all(x.closed or x.needs_person for x in state.orders.values())

    def _stay(self) -> None:
        """One resident comes, does what they came for, and goes."""
        resident = Resident(any_errand(self._rng, self._bills(), MEANS))
        end = self.kiosk.clock.monotonic() + LONGEST_STAY_S
        chance = self.report.faults / 12
        while not resident.finished and self.kiosk.clock.monotonic() < end:
            while self._rng.random() < chance:
                self.troubles.strike()
            step(self.kiosk, resident)

    def _bills(self) -> tuple[tuple[str, str], ...]:
        """One to three new bills in the hand, each of an account of its own."""
        found = []
        for _ in range(self._rng.choices((1, 2, 3), (5, 3, 2))[0]):
            if self._rng.random() < 0.05:
                found.append(("SH-GAS", "3300000500"))  # refuses every posting
                continue
            self._accounts += 1
            institution = self._rng.choice(INSTITUTIONS)
            account = f"{self._accounts:010d}"
            body = {"institution": institution, "account": account, "period": "2026-10"}
            fen = self._rng.randrange(1_000, 20_000)
            self.kiosk.act("biller", "new_bill", **body, amount_fen=fen)
            found.append((institution, account))
        return tuple(dict.fromkeys(found))


def step(kiosk: VirtualKiosk, resident: Resident, wake: Callable[[], bool] = lambda: False) -> None:
    """Let a resident act once, and wait until something has changed, or ``wake`` says so."""
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


def rest(kiosk: VirtualKiosk) -> None:
    """Let time pass until every order has come to rest, or none does any more."""

    def at_rest() -> bool:
        state = kiosk.state
        return state is not None and all(x.closed or x.needs_person for x in state.orders.values())

    kiosk.until(at_rest, REST_S)


def _word(order: Order) -> str:
    return "waits for a person" if order.needs_person else order.payment_word


def text(report: Report) -> str:
    """The report for people."""
    found = report.audit
    if found is None:
        raise ValueError("the run has not ended")
    lines = [
        f"{report.residents} residents, {report.virtual_s / DAY_S:.1f} simulated days in "
        f"{report.seconds:.1f} s, seed {report.seed}",
        f"{report.troubles} troubles, {report.restarts} restarts",
        f"{found.orders} orders: {found.closed} closed, {found.waiting_for_person} wait for a "
        f"person, {found.open} open",
        f"charged {found.charged_fen} = posted {found.posted_fen} + paid back "
        f"{found.refunded_fen} + openly unknown {found.unknown_fen} fen",
        *(f"  {word}: {count}" for word, count in report.words.items()),
        *(f"DIFFERENCE {x}" for x in found.differences),
        "the books are right" if report.good else "THE BOOKS DIFFER",
    ]
    return "\n".join(lines)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("soak", help="simulated residents in virtual time, and an audit")
    parser.add_argument("--residents", type=int, default=100, metavar="N")
    parser.add_argument("--days", type=float, default=1.0, metavar="D")
    parser.add_argument(
        "--faults", type=float, default=0.5, metavar="RATE", help="troubles per resident"
    )
    parser.add_argument("--seed", type=int, help="a printed one repeats its run")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(handler=handle)


def handle(args: argparse.Namespace) -> int:
    """0: the books are right; 1: they differ."""
    seed = random.SystemRandom().randrange(1 << 31) if args.seed is None else args.seed
    print(f"seed {seed}", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        report = Soak(Path(folder), seed, args.residents, args.days, args.faults).run()
    print(json.dumps(asdict(report), ensure_ascii=False) if args.json else text(report))
    return 0 if report.good else 1
