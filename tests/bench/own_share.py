"""The kiosk's own share of a payment: what it takes itself between confirm and receipt.

The whole cabin in virtual time, where machines, wires and gateways take no real time. What is
left is the kiosk's: engine, journal with its syncs, adapters, drivers, gateway clients with
their signatures. The simulator's machines and applications run in between, and aren't counted.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from kiosk.core.means import ALIPAY, TERMINAL, WECHAT
from kiosk.core.order import Order, PaperState
from kiosk.engine import Engine
from kiosk.residents import Errand, Resident
from kiosk.soak import step
from kiosk.virtual import VirtualKiosk
from tests.bench.numbers import summary_ms

P95_MS = 60.0
PAYMENTS_EACH = 50
WAYS: dict[str, tuple[str, int]] = {
    "card, one bill": (TERMINAL, 1),
    "card, three bills": (TERMINAL, 3),
    "Alipay code, one bill": (ALIPAY, 1),
    "Alipay code, three bills": (ALIPAY, 3),
    "WeChat code, one bill": (WECHAT, 1),
    "WeChat code, three bills": (WECHAT, 3),
}
INSTITUTIONS = ("SH-POWER", "SH-WATER", "SH-GAS")
LONGEST_S = 600.0

P = ParamSpec("P")
R = TypeVar("R")


class Meter:
    """Adds up the real time spent in the kiosk's own code, on the wall and on the processor."""

    def __init__(self) -> None:
        self.wall = self.processor = 0.0
        self._depth: list[bool] = []
        self._since = (0.0, 0.0)

    def ours(self, call: Callable[P, R]) -> Callable[P, R]:
        """Count what this call takes."""
        return self._timed(call, True)

    def theirs(self, call: Callable[P, R]) -> Callable[P, R]:
        """Don't count what this call takes, if it is made by one that counts."""
        return self._timed(call, False)

    def _timed(self, call: Callable[P, R], counts: bool) -> Callable[P, R]:
        def timed(*args: P.args, **words: P.kwargs) -> R:
            self._turn()
            self._depth.append(counts)
            try:
                return call(*args, **words)
            finally:
                self._turn()
                self._depth.pop()

        return timed

    def _turn(self) -> None:
        """Somebody else's time begins."""
        now = time.perf_counter(), time.thread_time()
        if self._depth and self._depth[-1]:
            self.wall += now[0] - self._since[0]
            self.processor += now[1] - self._since[1]
        self._since = now


class MeteredKiosk(VirtualKiosk):
    """A cabin that knows what the kiosk's own part of it takes."""

    def __init__(self, folder: Path, meter: Meter) -> None:
        self._meter = meter
        self._accounts = itertools.count(1)
        super().__init__(folder)

    def _boot(self) -> Engine:
        meter = self._meter
        wsgi, exchange = self.gateways.wsgi, self.cabin.exchange
        self.gateways.wsgi = lambda name: meter.theirs(wsgi(name))  # type: ignore[method-assign]
        self.cabin.exchange = meter.theirs(exchange)  # type: ignore[method-assign]
        engine = super()._boot()
        engine.pump = meter.ours(engine.pump)  # type: ignore[method-assign]
        for worker in self._workers.values():
            worker.step = meter.ours(worker.step)  # type: ignore[method-assign]
        return engine

    def owe(self, bills: int) -> tuple[tuple[str, str], ...]:
        """New debts of as many institutions, each of an account of its own."""
        accounts = []
        for institution in INSTITUTIONS[:bills]:
            account = f"{next(self._accounts):010d}"
            body = {"institution": institution, "account": account, "period": "2026-10"}
            self.act("biller", "new_bill", **body, amount_fen=1_234)
            accounts.append((institution, account))
        return tuple(accounts)


def pay(kiosk: MeteredKiosk, meter: Meter, means: str, bills: int) -> tuple[float, float]:
    """Seconds on the wall and of the processor, from confirm to the receipt in the hand."""
    resident = Resident(Errand(kiosk.owe(bills), means))
    began: tuple[float, float] | None = None
    taken: tuple[float, float] | None = None
    end = kiosk.clock.monotonic() + LONGEST_S
    while not resident.finished:
        if kiosk.clock.monotonic() > end:
            raise TimeoutError(f"nobody got a receipt; the screen is {kiosk.screen}")
        if began is None and kiosk.screen == "confirm":
            began = meter.wall, meter.processor
        step(kiosk, resident, lambda: _done(kiosk.order))
        if began and taken is None and _done(kiosk.order):
            taken = meter.wall - began[0], meter.processor - began[1]
    if taken is None:
        raise RuntimeError("somebody went away without a receipt")
    return taken


def _done(order: Order | None) -> bool:
    return order is not None and order.paper.state is PaperState.PRINTED


def measure(payments_each: int = PAYMENTS_EACH) -> dict[str, Any]:
    """p50 and p95 in milliseconds, of all payments and by way of paying."""
    meter = Meter()
    wall: dict[str, list[float]] = {way: [] for way in WAYS}
    processor: list[float] = []
    # On the disk the cabin would use: /tmp may be memory, where a sync costs nothing.
    with tempfile.TemporaryDirectory(prefix="bench-", dir=Path.cwd()) as folder:
        kiosk = MeteredKiosk(Path(folder), meter)
        kiosk.advance(70)
        for n in range(payments_each + 1):
            for way, (means, bills) in WAYS.items():
                seconds, work = pay(kiosk, meter, means, bills)
                if n:  # the first of each loads libraries
                    wall[way].append(seconds)
                    processor.append(work)
                kiosk.advance(60)
        kiosk.close()
    return {
        "own_ms": summary_ms([x for times in wall.values() for x in times]),
        "processor_ms": summary_ms(processor),
        "ways_ms": {way: summary_ms(times) for way, times in wall.items()},
    }
