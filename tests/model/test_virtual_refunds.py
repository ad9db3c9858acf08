"""A refund at the terminal, and the next person before it: nobody pays for somebody else."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kiosk.core.guards import means_trouble, trouble
from kiosk.core.order import PaymentState
from kiosk.gateways.alipay import AlipayQr
from kiosk.residents import Errand, Resident
from kiosk.soak import step
from sim.faults import Fault
from tests.model.faults import fault, sale_shown
from tests.support.virtually import REFUSING, Cabin


def to_confirm(cabin: Cabin, *accounts: tuple[str, str]) -> None:
    """Somebody has scanned these bills and stands before the ways of paying."""
    resident = Resident(Errand(accounts))
    end = cabin.clock.monotonic() + 300
    while cabin.screen != "confirm" and cabin.clock.monotonic() < end:
        step(cabin, resident)
    assert cabin.screen == "confirm", cabin.screen


def refund_under_way(cabin: Cabin, kind: str, **params: object) -> str:
    """Somebody pays three bills of which one is refused; the refund's answer has this fault."""
    to_confirm(cabin, *cabin.owe(three=True))
    cabin.touch("confirm.pay", "terminal")
    assert cabin.until(lambda: sale_shown(cabin), 10)
    cabin.act("terminal", "tap_card")
    order = cabin.order
    assert order is not None
    assert cabin.until(lambda: cabin.state.orders[order.id].payment.state is PaymentState.PAID, 10)
    cabin.faults.add(Fault("terminal", kind, params, 1))
    assert cabin.until(lambda: cabin.screen == "result", 60), cabin.screen
    cabin.touch("order.done")
    return order.id


def terminal_trouble(cabin: Cabin) -> str:
    state = cabin.state
    return means_trouble(state, next(x for x in state.rules.means if x.id == "terminal"))


@pytest.mark.parametrize(
    ("kind", "params"), [("answer_late", {"seconds": 22.0}), ("no_answer", {})]
)
def test_a_terminal_that_pays_somebody_back_takes_no_sale(
    tmp_path: Path, kind: str, params: dict[str, object]
) -> None:
    cabin = Cabin(tmp_path)
    refund_under_way(cabin, kind, **params)
    to_confirm(cabin, *cabin.owe())
    assert terminal_trouble(cabin) == "busy"
    assert not trouble(cabin.state), "it is over soon, and there are other ways"
    cabin.touch("confirm.pay", "terminal")
    cabin.advance(3)
    assert cabin.order is None, "nobody is asked for a card that the terminal doesn't ask for"
    assert cabin.screen == "confirm"
    assert cabin.until(lambda: terminal_trouble(cabin) == "", 40), "asked, not waited out"
    cabin.touch("confirm.pay", "terminal")
    assert cabin.until(lambda: sale_shown(cabin), 10)
    cabin.act("terminal", "tap_card")
    assert cabin.until(lambda: cabin.screen == "result", 60)
    cabin.touch("order.done")
    cabin.come_to_rest()
    cabin.close()


def test_a_refund_behind_customers_was_refused_by_nobody(tmp_path: Path) -> None:
    cabin = Cabin(tmp_path)
    fault("biller", "http_5xx", 5, when="before", call="post")(cabin)
    to_confirm(cabin, REFUSING)
    cabin.touch("confirm.pay", "terminal")
    assert cabin.until(lambda: sale_shown(cabin), 10)
    assert cabin.order is not None
    first = cabin.order.id
    cabin.act("terminal", "tap_card")
    assert cabin.until(lambda: cabin.screen == "result", 60)
    cabin.touch("order.done")
    assert cabin.until(lambda: not trouble(cabin.state), 100)
    for _ in range(3):
        to_confirm(cabin, *cabin.owe())
        cabin.touch("confirm.pay", "terminal")
        assert cabin.until(lambda: sale_shown(cabin), 40)
        cabin.until(lambda: cabin.screen != "pay", 175)
        cabin.touch("order.cancel")
        assert cabin.until(lambda: cabin.screen == "result", 60), cabin.screen
        cabin.touch("order.done")
    waiting = next(x for x in cabin.orders() if x.id == first)
    assert not waiting.needs_person, waiting.person_reasons
    orders = {x.id: x for x in cabin.come_to_rest()}
    assert orders[first].payment_word == "refunded"
    cabin.close()


def test_money_that_alipay_gives_back_while_cancelling_is_told_and_booked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The phone confirms between the close, which finds nothing, and the cancel."""
    cabin = Cabin(tmp_path)
    to_confirm(cabin, *cabin.owe())
    cabin.touch("confirm.pay", "alipay")
    assert cabin.until(lambda: bool(cabin.order and cabin.order.payment.qr_code), 10)
    assert cabin.order is not None
    number = cabin.order.id
    real = AlipayQr._cancel

    def cancel(self: AlipayQr, order_no: str) -> object:
        cabin.cabin.act("qr_payment", "pay", {"order_no": number})
        return real(self, order_no)

    monkeypatch.setattr(AlipayQr, "_cancel", cancel)
    cabin.touch("order.cancel")
    assert cabin.until(lambda: cabin.screen == "result", 60)
    order = cabin.order
    assert order.payment_word == "refunded"
    assert order.payment.late
    assert cabin.whole_paper(order), "a slip tells of it"
    cabin.check()
    cabin.touch("order.done")
    assert cabin.come_to_rest()[0].closed
    assert cabin.state.paid_today_fen == 0
    cabin.close()


def test_a_lost_answer_is_found_out_beside_the_sale(tmp_path: Path) -> None:
    cabin = Cabin(tmp_path)
    to_confirm(cabin, *cabin.owe())
    fault("terminal", "no_answer")(cabin)
    cabin.touch("confirm.pay", "terminal")
    assert cabin.until(lambda: sale_shown(cabin), 10)
    cabin.act("terminal", "tap_card")
    assert cabin.until(lambda: cabin.screen == "result", 20), "not after three minutes"
    assert "unknown" not in cabin.screens
    cabin.check()
    cabin.close()


def test_a_terminal_silent_in_mid_sale_stops_being_asked_for(tmp_path: Path) -> None:
    cabin = Cabin(tmp_path)
    to_confirm(cabin, *cabin.owe())
    cabin.touch("confirm.pay", "terminal")
    assert cabin.until(lambda: sale_shown(cabin), 10)
    cabin.act("terminal", "reboot", seconds=60)
    assert cabin.until(lambda: not cabin.state.device("terminal").level.usable, 40)
    cabin.until(lambda: cabin.screen == "unknown", 60)
    assert cabin.screen == "unknown"
    cabin.come_to_rest()
    cabin.close()


@pytest.mark.parametrize("walker", range(4))
def test_refunds_and_sales_overlap(tmp_path: Path, seed: int, walker: int) -> None:
    """Person after person without a pause, each refund with a fault, each third gives up."""
    rng = random.Random(seed + walker)
    cabin = Cabin(tmp_path, seed + walker)
    for _ in range(6):
        kind = rng.choice(("answer_late", "no_answer", "duplicate_answer", "code_after_charge"))
        cabin.faults.add(Fault("terminal", kind, {"seconds": rng.choice((2, 12, 22, 40))}, 1))
        resident = Resident(
            Errand(
                cabin.owe(three=rng.random() < 0.7),
                at_payment=rng.choice(("pay", "pay", "cancel", "cancel_and_pay")),
                when_unknown=rng.choice(("wait", "slip", "leave")),
            )
        )
        end = cabin.clock.monotonic() + 600
        while not resident.finished and cabin.clock.monotonic() < end:
            step(cabin, resident)
    cabin.check()
    cabin.come_to_rest()
    cabin.close()
