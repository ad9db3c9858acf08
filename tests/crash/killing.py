"""Kills a kiosk process again and again, and compares the books after every death."""

from __future__ import annotations

import json
import random
import select
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from kiosk.audit import Audit, audit
from kiosk.core.order import Order
from kiosk.journal import Journal, replay
from tests.support.simulated import SimulatedCabin

ROOT = Path(__file__).resolve().parents[2]
MODULE = "tests.crash.kiosk_under_kill"
LONGEST_LIFE_S = 100.0


@dataclass(frozen=True)
class Life:
    """One process: what is paid how, and when it dies.

    ``row``: after that row of the new order; ``seconds``: so long after its start; neither: never,
    it pays nothing and waits until all is at rest.
    ``refused``: one of two bills is refused for certain, and its money goes back.
    """

    means: str = "terminal"
    refused: bool = False
    row: int = 0
    seconds: float = 0.0


class Killing:
    """One simulated cabin and all the kiosks that died before it."""

    def __init__(self, cabin: SimulatedCabin) -> None:
        self._cabin = cabin
        self._bills = 0
        self.kills = 0
        self.data = cabin.folder / "data" / "journal.sqlite"
        written = cabin.config.read_text()
        assert written.count("qr_payment = 120") == 1
        # An order that nobody paid is looked at once more when its code has expired.
        cabin.config.write_text(written.replace("qr_payment = 120", "qr_payment = 10"))

    def live(self, life: Life) -> None:
        """Start a kiosk, let it die as told, and compare the books."""
        errand = {"accounts": self._bills_of(life), "means": life.means}
        words = [str(self._cabin.config), self._cabin.bench.url, json.dumps(errand), str(life.row)]
        with subprocess.Popen(
            [sys.executable, "-m", MODULE, *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                said = self._wait(process, life)
            finally:
                process.kill()
        killed = process.returncode == -signal.SIGKILL
        # An instant may come too late: the life was over. After a row it can't.
        assert killed if life.row else process.returncode == 0 or (killed and life.seconds), (
            f"{life}: {process.returncode} {said}"
        )
        self.kills += killed
        found = self.audit(settled=not (life.row or life.seconds))
        assert not found.differences, f"{life}: {found.differences}"

    def _wait(self, process: subprocess.Popen[str], life: Life) -> str:
        assert process.stdout is not None
        if life.seconds:
            # Not a pause: the instant of the kill, measured from the first sign of life.
            assert process.stdout.readline().strip() == "alive"
            select.select([], [], [], life.seconds)
            process.kill()
        return process.communicate(timeout=LONGEST_LIFE_S)[1][-3000:]

    def _bills_of(self, life: Life) -> list[tuple[str, str]]:
        bench = self._cabin.bench
        bench.clear_faults()
        if life.refused:
            bench.fault("biller", "refuse", call="post", code="EQ0007")
        accounts: list[tuple[str, str]] = []
        if not life.row and not life.seconds:
            return accounts
        for institution in ("SH-POWER", "SH-WATER")[: 1 + life.refused]:
            self._bills += 1
            account = f"{self._bills:010d}"
            bench.act(
                "biller",
                "new_bill",
                institution=institution,
                account=account,
                period="2026-10",
                amount_fen=1_000 + self._bills,
            )
            accounts.append((institution, account))
        return accounts

    def orders(self) -> list[Order]:
        journal = Journal(self.data)
        try:
            return [replay(journal, x.order_id) for x in journal.summaries()]
        finally:
            journal.close()

    def audit(self, *, settled: bool) -> Audit:
        return audit(self.orders(), self._cabin.bench.ledger(), settled=settled)


def random_life(rng: random.Random) -> Life:
    """A death at a random instant; most lives last some three seconds."""
    means = rng.choice(("terminal", "terminal", "alipay", "wechat"))
    return Life(means, rng.random() < 0.4, seconds=rng.uniform(0.01, 3.5))
