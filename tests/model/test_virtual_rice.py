"""Rice in a whole cabin in virtual time: real engine, adapters and driver, the mill's twin.

Σ grams paid = Σ grams given out + paid back, by the journal and by the mill's own counters, after
every fault; what is shown is true at every moment.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from kiosk.audit_goods import goods_differences
from kiosk.core.goods import GoodsState
from kiosk.core.order import Order
from kiosk.core.state import State
from kiosk.rice_buyer import RiceBuyer, RiceErrand
from sim.faults import DEVICE_KINDS, WIRE_KINDS
from tests.model.faults import Moment, Strike, does, fault, killed
from tests.support.virtually import Cabin, Killed

MILL = "rice_mill"
PRICE = 480
SMALL, LARGE = RiceErrand(1000), RiceErrand(2500, bin=2, level=9, means="wechat")


class RiceCabin(Cabin):
    """Every state shown is also judged by what the mill has given out."""

    def _publish(self, state: State) -> None:
        super()._publish(state)
        found = goods_differences(state.orders.values(), self.cabin.ledger())
        self.rice_lies = [*getattr(self, "rice_lies", []), *self._new(state, found)]

    def _new(self, state: State, found: list[str]) -> list[str]:
        """Closed orders leave the state: only the first order's life can be judged here."""
        return found if len(self.orders_seen(state)) == 1 and state.orders else []

    def orders_seen(self, state: State) -> set[str]:
        seen: set[str] = getattr(self, "_seen", set())
        seen |= set(state.orders)
        self._seen = seen
        return seen


@pytest.fixture
def cabin(tmp_path: Path) -> RiceCabin:
    return RiceCabin(tmp_path)


def buy(
    cabin: RiceCabin, errand: RiceErrand, due: Moment = lambda _: False, strike: Strike = killed
) -> Order:
    cabin.wait_until_ready()
    before = {x.id for x in cabin.orders()}
    cabin.serve(RiceBuyer(errand), due, strike)
    cabin.check()
    (order,) = (x for x in cabin.come_to_rest() if x.id not in before)
    balanced(cabin)
    return order


def balanced(cabin: RiceCabin) -> None:
    """In grams: what was paid for came out, was paid back, or is openly unknown."""
    assert not getattr(cabin, "rice_lies", [])
    for order in cabin.orders():
        for line in order.goods:
            if order.payment.facts is None or not line.certain:
                continue
            back = order.refunded_fen * line.goods.units / line.goods.total_fen
            out = line.goods.units if line.state is GoodsState.DELIVERED else line.given
            assert abs(out + back - line.goods.units) * PRICE / 500 <= 1, order


def phase(*names: str) -> Moment:
    return lambda cabin: cabin.cabin.rice_mill.phase in names


def batch(number: int, *names: str) -> Moment:
    """The mill's batch of that number is in one of these phases."""

    def holds(cabin: Cabin) -> bool:
        mill = cabin.cabin.rice_mill
        return mill.starts >= number and mill.phase in names

    return holds


def test_two_jin_are_paid_milled_weighed_and_taken(cabin: RiceCabin) -> None:
    order = buy(cabin, SMALL)
    line = order.goods[0]
    assert (order.amount_fen, line.state, line.given) == (960, GoodsState.DELIVERED, 1000)
    assert cabin.cabin.rice_mill.batches == [{"bin": 1, "set": 1060, "fed": 1060, "out": 1060}]
    assert cabin.cabin.rice_mill.taken == 1060
    shown = [x for x in cabin.screens if x.startswith("rice") or x in ("confirm_goods", "result")]
    assert shown == [
        "rice",
        "rice_amount",
        "rice_level",
        "confirm_goods",
        "rice_ready",
        "rice_delivering",
        "result",
    ]


def test_five_jin_come_out_in_parts_below_the_mills_limit(cabin: RiceCabin) -> None:
    order = buy(cabin, LARGE)
    assert order.goods[0].goods.parts == (1252, 1248)
    assert [x["set"] for x in cabin.cabin.rice_mill.batches] == [1390, 1385]
    assert order.goods[0].state is GoodsState.DELIVERED
    assert order.payment_word == "paid"


def test_an_amount_without_a_button_is_chosen_by_jin(cabin: RiceCabin) -> None:
    order = buy(cabin, RiceErrand(3500))
    assert order.goods[0].given == 3500
    assert "rice_weight" in cabin.screens


@dataclass(frozen=True)
class Case:
    """``word``: how the payment ends; ``given``: grams of 2,500 that the journal holds given."""

    name: str
    strike: Strike
    moment: Moment
    word: str
    given: int | None = None
    errand: RiceErrand = LARGE
    state: GoodsState | None = None


def mill_fault(kind: str, word: str, given: int, number: int = 2, **params: object) -> Case:
    return Case(
        f"{kind}_{number}",
        fault(MILL, kind, 1, **params),
        batch(number, "level"),
        word,
        given,
    )


def _stall_and_lose_the_refund(cabin: Cabin) -> None:
    fault(MILL, "motor_overcurrent")(cabin)
    fault("qr_payment", "timeout_after_acting", 1, call="refund")(cabin)


CASES = [
    *(mill_fault(x, "refunded", 1252) for x in ("level_stall", "valve_2_timeout", "valve_2_stall")),
    *(mill_fault(x, "refunded", 1252) for x in ("scale_silent", "scale_bad", "motor_overcurrent")),
    *(mill_fault(x, "refunded", 1252) for x in ("door_up_timeout", "board_overcurrent")),
    *(mill_fault(x, "refunded", 0, 1) for x in ("motor_overcurrent", "level_timeout")),
    mill_fault("door_down_timeout", "paid", 2500),
    mill_fault("door_down_timeout", "refunded", 1252, 1),
    mill_fault("short_weight", "refunded", 2319, grams=200),
    mill_fault("short_weight", "paid", 2490, grams=10),
    Case("bin_runs_empty", does(MILL, "fill", bin=2, grams=500), batch(2, "level"), "refunded",
         1252),
    Case("answers_lost", fault(MILL, "answer_lost", 4), batch(1, "feed"), "paid", 2500),
    Case("starts_unheard", fault(MILL, "unheard", 1), phase("idle"), "paid", 2500),
    Case("silent_for_long", fault(MILL, "silent", 40), batch(1, "mill"), "refunded", None),
    Case("unplugged_for_a_while", does(MILL, "unplug", "plug", after_s=5.0), batch(1, "mill"),
         "refunded", 1252),
    Case("unplugged_in_the_last", does(MILL, "unplug", "plug", after_s=5.0), batch(2, "mill"),
         "paid", 2500),
    Case("unplugged_for_long", does(MILL, "unplug", after_s=400.0), batch(1, "mill"), "refunded"),
    Case("power_cut", does(MILL, "power_cut"), batch(1, "mill"), "paid", None, LARGE,
         GoodsState.DELIVERY_UNKNOWN),
    Case("killed_while_milling", killed, batch(1, "mill"), "refunded", 1252),
    Case("killed_at_the_door", killed, batch(2, "take"), "paid", 2500),
    Case("killed_before_the_bag", killed, lambda c: c.screen == "rice_ready", "paid", 2500),
    Case("not_taken", lambda _: None, phase("idle"), "refunded", 1252,
         replace(LARGE, takes=False)),
    Case("declined", lambda _: None, phase("idle"), "refunded", 0,
         replace(LARGE, at_bag="decline")),
    Case("walked_off_before_the_bag", lambda _: None, phase("idle"), "refunded", 0,
         replace(LARGE, at_bag="walk_off")),
    Case("not_paid", lambda _: None, phase("idle"), "not_paid", 0,
         replace(LARGE, at_payment="cancel")),
    Case("paper_out", fault("receipt_printer", "paper_out"), batch(1, "mill"), "paid", 2500),
    Case("refund_lost", lambda c: _stall_and_lose_the_refund(c), batch(2, "level"), "refunded",
         1252),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_fault(cabin: RiceCabin, case: Case) -> None:
    order = buy(cabin, case.errand, case.moment, case.strike)
    line = order.goods[0]
    assert order.payment_word == case.word, order
    if case.given is not None:
        assert line.given == case.given, line
    if case.state is not None:
        assert line.state is case.state
        assert order.needs_person
    buy(cabin, SMALL) if case.state is None else None


@pytest.mark.parametrize("way", ["to_device", "from_device"])
@pytest.mark.parametrize("kind", [x for x in WIRE_KINDS if x != "baud"])
def test_a_spoilt_line(cabin: RiceCabin, kind: str, way: str) -> None:
    for moment in (phase("level"), phase("take")):
        params: dict[str, object] = {"seconds": 0.7} if kind == "delay" else {}
        order = buy(cabin, SMALL, moment, fault(MILL, kind, 3, direction=way, **params))
        assert order.closed
    assert cabin.cabin.rice_mill.starts <= 2


def test_sold_out_before_anybody_pays(cabin: RiceCabin) -> None:
    cabin.act(MILL, "fill", bin=1, grams=0)
    assert cabin.until(lambda: not cabin.state.device(MILL).level.usable, 120)
    buyer = cabin.serve(RiceBuyer(SMALL))
    assert buyer.orders == []
    assert "out_of_service" in cabin.screens
    assert cabin.orders() == []


def test_every_fault_of_the_mill_is_among_the_cases() -> None:
    elsewhere = {"valve_1_timeout", "valve_1_stall", "door_stall"}  # the twins of others
    missing = [x for x in DEVICE_KINDS[MILL] if not any(x in _kinds(y) for y in CASES)]
    assert set(missing) <= elsewhere


def _kinds(case: Case) -> str:
    return case.name + {"answers_lost": "answer_lost", "starts_unheard": "unheard"}.get(
        case.name, ""
    )


def bought_through_kills(cabin: RiceCabin, errand: RiceErrand, kill_after: int) -> bool:
    """A purchase with a kill after so many rows; False if it was over before."""
    cabin.kill_after = kill_after
    killed_once = False
    for _ in range(3):
        try:
            if killed_once:
                cabin.restart()
            cabin.serve(RiceBuyer(errand))
            break
        except Killed:
            killed_once = True
    cabin.kill_after = None
    cabin.come_to_rest()
    balanced(cabin)
    return killed_once


@pytest.mark.parametrize(
    "errand", [SMALL, replace(LARGE, at_bag="decline")], ids=["takes", "declines"]
)
def test_killed_after_every_row(cabin: RiceCabin, errand: RiceErrand) -> None:
    for rows in range(1, 40):
        if not bought_through_kills(cabin, errand, rows):
            break
    else:
        pytest.fail("a purchase has no end")
    assert rows > 4
    assert all(x.closed for x in cabin.check(settled=True))


@pytest.mark.long
@pytest.mark.timeout(600)
def test_killed_after_every_row_of_a_large_purchase(cabin: RiceCabin) -> None:
    for rows in range(1, 60):
        if not bought_through_kills(cabin, LARGE, rows):
            break
    else:
        pytest.fail("a purchase has no end")
    assert all(x.closed or x.needs_person for x in cabin.check(settled=True))
