"""A way of paying leaves the configuration while an order of it is open: the cabin starts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.adapters import Adapters
from kiosk.core import events as e
from kiosk.core.means import Means, RefundBy
from kiosk.engine import Engine
from kiosk.lanes import Job, outcome_of
from tests.support.alone import TERMINAL, Alone
from tests.unit.test_adapters import HEAD, Gateway

WECHAT = Means("wechat", RefundBy.PARTIAL, polled=True, deadline_s=120)


class Lanes:
    """Calls are made at once, and their answers posted."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, lane: str, call: Callable[[], object], broken: object = None) -> None:  # noqa: ARG002
        self._engine.post(outcome_of(Job(call, broken)))


def start_without(kiosk: Alone) -> None:
    """Start the same books anew where neither terminal, printer nor platform is configured."""
    kiosk.again()
    biller: Any = Gateway()
    kiosk.engine.connect(Adapters({}, biller, {}, Lanes(kiosk.engine), (), HEAD))
    kiosk.engine.books.close()
    kiosk.engine.books = kiosk._books()
    kiosk.engine.start()
    kiosk.engine.pump()


@pytest.mark.parametrize("means", [WECHAT, TERMINAL])
def test_the_cabin_starts_and_the_order_stays_openly_unknown(tmp_path: Path, means: Means) -> None:
    kiosk = Alone(tmp_path)
    number = kiosk.open(1, means)
    for _ in range(2):
        start_without(kiosk)
        assert kiosk.order(number).payment.state.value == "unknown"
        assert not kiosk.order(number).poisoned
    kiosk.pass_time(3_600)
    assert kiosk.order(number).payment.state.value == "unknown", "time makes nothing certain"
    kiosk.engine.books.close()


def test_what_was_never_sent_is_not_paid(tmp_path: Path) -> None:
    kiosk = Alone(tmp_path)
    start_without(kiosk)
    number = kiosk.open(1, WECHAT)
    assert kiosk.order(number).payment.state.value == "not_paid"
    assert kiosk.order(number).payment.code == "not_sent"


def test_a_receipt_without_a_printer_is_owed_and_nothing_stops(tmp_path: Path) -> None:
    kiosk = Alone(tmp_path)
    number = kiosk.open(1, TERMINAL)
    start_without(kiosk)
    kiosk.say(e.PaymentQueried(number, e.Charge.PAID, e.PaymentFacts(1_000, 1_000, "T1")))
    kiosk.say(e.PostAnswered(number, 0, e.Posting.POSTED, "R1"))
    kiosk.pass_time(30)
    order = kiosk.order(number)
    assert order.paper.state.value in ("pending", "shown_as_qr")
    assert order.paper.reason == "not_configured"
    assert not order.poisoned
