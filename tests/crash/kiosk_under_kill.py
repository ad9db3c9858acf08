"""A kiosk with real workers and a person before it, in a process made to be killed.

``python -m tests.crash.kiosk_under_kill CONFIG BENCH_URL ERRAND KILL_AFTER``: finishes whatever
the journal holds open, does the errand (JSON: ``accounts`` and ``means``), waits until every order
is closed or openly waits for a person, and ends with 0. With ``KILL_AFTER`` above 0 it kills
itself right after that row of the new order, when the row is durable and nothing it leads to has
left. A kiosk that is to be killed doesn't wait for the last look at a code that has expired.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
from pathlib import Path

import requests

from kiosk.cabin import build
from kiosk.config import load
from kiosk.core.order import PaymentState
from kiosk.core.state import State
from kiosk.core.visit import messages as m
from kiosk.journal import Journal
from kiosk.journal.rows import Row
from kiosk.residents import Errand, Outdoors, Resident
from sim.cabin_toml import TERMINAL_IDS
from tests.support.simulated import Bench

TRY_AGAIN_S = 0.5
USABLE = ("terminal", "receipt_printer", "scanner", "biller", "alipay", "wechat")


class Axe:
    """Counts the rows of the first order that is opened here, and falls after the n-th."""

    def __init__(self, rows: int) -> None:
        self._left = rows
        self._order = ""

    def written(self, row: Row) -> None:
        if row.kind == "OrderOpened" and not self._order:
            self._order = row.stream
        if row.stream != self._order or not self._left:
            return
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)


class Panel:
    """The newest state, and a way to wait for the next."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.state: State | None = None

    def publish(self, state: State) -> None:
        with self._changed:
            self.state = state
            self._changed.notify_all()

    def after(self, seen: State | None) -> None:
        """Wait for another state, but not for ever: the world may have changed instead."""
        with self._changed:
            self._changed.wait_for(lambda: self.state is not seen, TRY_AGAIN_S)


def main(config: Path, bench_url: str, errand: Errand, kill_after: int) -> int:
    settings = load(config)
    path = settings.cabin.data_dir / "journal.sqlite"
    panel, bench = Panel(), Bench(bench_url)
    terminal = TERMINAL_IDS[settings.devices["terminal"].driver]
    patient = not kill_after and not errand.accounts
    engine = build(settings, panel.publish, Journal(path, on_append=Axe(kill_after).written))
    engine.start()
    thread = threading.Thread(target=engine.run, daemon=True)
    thread.start()
    print("alive", flush=True)
    while not (panel.state and _usable(panel.state)):
        panel.after(panel.state)
    finisher = Resident(Errand((), paper="copy"))
    finisher.orders.append("whatever stands open")
    people = (finisher, Resident(errand)) if errand.accounts else (finisher,)
    for person in people:
        while not (person.finished and panel.state and _at_rest(panel.state, patient)):
            state = panel.state
            assert state is not None
            act = None if person.finished else person.next(state)
            if isinstance(act, Outdoors):
                # Not yet waiting for a customer, or no more: the person tries again.
                with contextlib.suppress(requests.HTTPError):
                    device = terminal if act.device == "terminal" else act.device
                    bench.act(device, act.action, **act.body)
            elif act is not None:
                engine.post(m.Touched(act.target, act.value, state.version))
            panel.after(state)
    engine.stop()
    thread.join(10)
    engine.books.close()
    return 0


def _usable(state: State) -> bool:
    return all(state.device(x).level.usable for x in USABLE)


def _at_rest(state: State, patient: bool) -> bool:
    return all(
        x.closed or x.needs_person or (not patient and x.payment.state is PaymentState.NOT_PAID)
        for x in state.orders.values()
    )


if __name__ == "__main__":
    wanted = json.loads(sys.argv[3])
    accounts = tuple((x, y) for x, y in wanted["accounts"])
    config_file, url, _, rows = sys.argv[1:]
    sys.exit(main(Path(config_file), url, Errand(accounts, wanted["means"]), int(rows)))
