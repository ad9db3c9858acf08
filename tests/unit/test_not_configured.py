"""A way of paying leaves the configuration while an order of it is open: the cabin starts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.adapters import Adapters
from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.means import Means, RefundBy
from kiosk.core.visit.view import screen_of_order
from kiosk.engine import Engine
from kiosk.journal import telling
from kiosk.lanes import Job, outcome_of
from tests.support.alone import TERMINAL, Alone, paid
from tests.unit.core_orders import ID, POLLED, Desk, closed, fired, queried
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


def answers(kiosk: Alone, number: str, kind: type[e.OrderEvent]) -> int:
    return sum(isinstance(x.event, kind) for x in kiosk.books.journal.entries(number))


@pytest.mark.parametrize("means", [WECHAT, TERMINAL])
def test_a_way_that_is_gone_is_a_persons_matter_until_it_is_back(
    tmp_path: Path, means: Means
) -> None:
    kiosk = Alone(tmp_path)
    number = kiosk.open(1, means)
    start_without(kiosk)
    order = kiosk.order(number)
    assert order.person_reasons == (f"means_gone:{means.id}",)
    shown = telling.state_text(telling.state_of(order))
    gone = f"the way of paying {means.id} isn't configured any more"
    assert f"{gone}: ask the platform by hand" in shown
    kiosk.pass_time(86_400)
    assert answers(kiosk, number, e.PaymentQueried) == 1, "nobody is asked for ever"
    assert screen_of_order(order) == "unknown"

    kiosk.again()  # the way is back in the configuration
    assert any(isinstance(x, c.QueryPayment) for x in kiosk.notes.carried)
    kiosk.say(e.PaymentQueried(number, e.Charge.NO_ANSWER))
    assert not kiosk.order(number).needs_person, "it is asked again"
    kiosk.say(e.PaymentQueried(number, e.Charge.PAID, e.PaymentFacts(1_000, 1_000, "T1")))
    assert kiosk.order(number).payment.state.value == "paid"
    assert not kiosk.order(number).needs_person


def test_a_refund_by_a_way_that_is_gone_is_a_persons_matter_until_it_is_back(
    tmp_path: Path,
) -> None:
    kiosk = Alone(tmp_path)
    number = kiosk.open(1, WECHAT)
    kiosk.say(paid(number))
    kiosk.say(e.PostAnswered(number, 0, e.Posting.REFUSED))
    kiosk.say(e.PostChecked(number, 0, e.Posting.NOT_POSTED))
    assert kiosk.order(number).payment_word == "refunding"
    start_without(kiosk)
    order = kiosk.order(number)
    assert order.person_reasons == (f"means_gone:wechat:{number}R1",)
    assert f"ask the platform about refund {number}R1 by hand" in telling.reason_text(
        order.person_reasons[0]
    )
    kiosk.pass_time(86_400)
    assert answers(kiosk, number, e.RefundQueried) == 1, "nobody is asked for ever"
    assert kiosk.order(number).payment_word == "refund_unknown", "nothing was made up"

    kiosk.again()
    kiosk.say(e.RefundQueried(number, f"{number}R1", e.Refunding.REFUNDED))
    assert kiosk.order(number).payment_word == "refunded"
    assert not kiosk.order(number).needs_person


def test_a_last_look_that_nobody_can_take_is_a_persons_matter() -> None:
    desk = Desk(POLLED).take(e.CancelWanted(ID), queried(e.Charge.NOT_FOUND))
    desk.take(closed(e.Close.CLOSED), queried(e.Charge.NOT_FOUND), fired("payment.last_look"))
    desk.take(e.PaymentQueried(ID, e.Charge.NO_ANSWER, code="not_configured"))
    assert desk.order.payment.state.value == "not_paid"
    assert desk.order.person_reasons == ("means_gone:wechat",)
    assert not desk.order.closed
    assert desk.sent == ()
    desk.take(e.Restarted(ID), fired("payment.last_look"), queried(e.Charge.NOT_FOUND))
    assert desk.order.closed
