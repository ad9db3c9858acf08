"""Goods: each part given out once, what doesn't come out paid back (design, Money 8)."""

from __future__ import annotations

import random

import pytest

from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.decide import decide
from kiosk.core.events import Charge, Delivery, PaymentFacts, Refunding
from kiosk.core.goods import Goods, GoodsState, Ware
from kiosk.core.means import FREE, Means, RefundBy
from kiosk.core.order import Order, PaperState, PaymentState

from .core_orders import AT, DAY_MS, ID, R1, TOLD, refunded, settled

BAG = Goods(Ware.RICE, "rice_mill", "长粒香 胚芽", 2500, (1250, 1250), 2400, by_hand=True)
PAGES = Goods(Ware.PAGES, "document_printer", "打印", 6, (6,), 300)
BOOKLET = Goods(Ware.BOOKLET, "booklet_dispenser", "病历本", 1, (1,), 0)
GIVEN_FREE = Means(FREE, RefundBy.NONE)
FACTS = PaymentFacts(2400, 2400, "T1")


class Counter:
    """One order of goods; ``sent`` is what the last event brought."""

    def __init__(self, goods: Goods = BAG, means: Means = TOLD) -> None:
        self.at = AT
        self.all: list[c.Command] = []
        self._order: Order | None = None
        self.take(e.OrderOpened(ID, means, (), goods.total_fen, goods=(goods,)))

    @property
    def order(self) -> Order:
        assert self._order is not None
        return self._order

    @property
    def line(self) -> GoodsState:
        return self.order.goods[0].state

    def take(self, *events: e.OrderEvent) -> Counter:
        for event in events:
            self._order, self.sent = decide(self._order, event, self.at)
            self.all += self.sent
        return self

    def paid(self) -> Counter:
        amount = self.order.amount_fen
        facts = PaymentFacts(amount, amount, "T1")
        return self.take(e.PaymentAnswered(ID, Charge.PAID, facts))

    def begun(self) -> Counter:
        return self.paid().take(e.DeliveryWanted(ID))

    def parts(self) -> list[int]:
        return [x.part for x in self.all if isinstance(x, c.Deliver)]

    def back(self) -> list[int]:
        return [x.amount_fen for x in self.all if isinstance(x, c.RefundPayment)]


def gave(result: Delivery, units: int = 0, part: int = 0, code: str = "") -> e.DeliveryAnswered:
    return e.DeliveryAnswered(ID, 0, part, result, units, code)


def found(result: Delivery, units: int = 0, part: int = 0) -> e.DeliveryChecked:
    return e.DeliveryChecked(ID, 0, part, result, units)


def test_parts_must_be_the_whole() -> None:
    for parts in ((), (1250,), (2500, 0), (3000, -500)):
        with pytest.raises(ValueError, match="given out"):
            Goods(Ware.RICE, "rice_mill", "米", 2500, parts, 2400)


def test_nothing_comes_out_before_it_is_paid_and_wanted() -> None:
    counter = Counter()
    counter.take(e.DeliveryWanted(ID))
    assert counter.parts() == []
    counter = Counter().paid()
    assert counter.parts() == []
    counter.take(e.DeliveryWanted(ID))
    assert counter.parts() == [0]
    counter.take(e.DeliveryWanted(ID))
    assert counter.parts() == [0]


def test_pages_come_at_once_when_they_are_paid() -> None:
    assert Counter(PAGES).paid().parts() == [0]


def test_a_free_booklet_is_given_without_any_way_of_paying() -> None:
    counter = Counter(BOOKLET, GIVEN_FREE)
    assert counter.parts() == [0]
    assert not any(isinstance(x, c.RequestPayment) for x in counter.all)
    counter.take(gave(Delivery.DONE, 1))
    assert counter.line is GoodsState.DELIVERED
    assert counter.back() == []


@pytest.mark.parametrize(
    ("goods", "means"), [(BOOKLET, TOLD), (BAG, GIVEN_FREE)], ids=["nothing paid", "gift"]
)
def test_what_costs_nothing_and_what_is_free_are_the_same(goods: Goods, means: Means) -> None:
    with pytest.raises(ValueError, match="sum"):
        Counter(goods, means)


def test_part_after_part_and_then_the_receipt() -> None:
    counter = Counter().begun().take(gave(Delivery.DONE, 1250))
    assert counter.parts() == [0, 1]
    counter.take(e.TimerFired(ID, "paper.patience"))
    assert counter.order.paper.state is PaperState.NONE, "the receipt waits for the machine"
    counter.take(gave(Delivery.DONE, 1250, 1))
    assert counter.line is GoodsState.DELIVERED
    assert counter.order.posted_fen == 2400
    assert any(isinstance(x, c.Print) for x in counter.sent)


def test_an_answer_counts_once() -> None:
    counter = Counter().begun().take(*[gave(Delivery.DONE, 1250)] * 3)
    assert counter.parts() == [0, 1]
    assert counter.order.goods[0].given == 1250


@pytest.mark.parametrize(
    ("units", "tolerance", "state", "back"),
    [
        (2500, 0, GoodsState.DELIVERED, []),
        (2499, 0, GoodsState.PARTLY, [1]),
        (2450, 50, GoodsState.DELIVERED, []),
        (2449, 50, GoodsState.PARTLY, [49]),
        (1, 0, GoodsState.PARTLY, [2400]),
        (0, 0, GoodsState.NOT_DELIVERED, [2400]),
        (2600, 0, GoodsState.DELIVERED, []),
    ],
)
def test_short_measure_goes_back_to_the_fen(
    units: int, tolerance: int, state: GoodsState, back: list[int]
) -> None:
    goods = Goods(Ware.RICE, "rice_mill", "米", 2500, (2500,), 2400, tolerance=tolerance)
    counter = Counter(goods).paid().take(gave(Delivery.DONE, units))
    assert counter.line is state
    assert counter.back() == back
    assert counter.order.posted_fen + sum(back) == 2400


def test_a_fault_in_the_second_part_pays_the_rest_back() -> None:
    counter = Counter().begun().take(gave(Delivery.DONE, 1250))
    counter.take(gave(Delivery.NOT_DONE, 0, 1, "main_motor_over-current"))
    assert counter.line is GoodsState.PARTLY
    assert counter.back() == [1200]
    counter.take(refunded(Refunding.REFUNDED))
    assert counter.order.money_settled


def test_a_lost_answer_is_asked_about_and_nothing_is_begun_again() -> None:
    counter = Counter().begun().take(gave(Delivery.NO_ANSWER))
    assert counter.line is GoodsState.DELIVERY_UNKNOWN
    assert counter.back() == []
    counter.take(e.TimerFired(ID, "goods.0"))
    assert [type(x) for x in counter.sent] == [c.CheckDelivery]
    counter.take(found(Delivery.UNDER_WAY), e.TimerFired(ID, "goods.0"))
    counter.take(found(Delivery.DONE, 1250))
    assert counter.line is GoodsState.PARTLY
    assert (counter.parts(), counter.back()) == ([0], [1200])


def test_what_the_machine_has_forgotten_is_for_a_person() -> None:
    counter = Counter().begun().take(gave(Delivery.UNDECIDABLE, code="lost_power"))
    assert counter.line is GoodsState.DELIVERY_UNKNOWN
    assert counter.order.needs_person
    assert counter.back() == []
    counter.take(e.PersonSettled(ID, e.Verdict.DELIVERED, "7", "weighed", 0, "", 1000))
    assert counter.line is GoodsState.PARTLY
    assert not counter.order.needs_person
    assert counter.back() == [1440]


def test_a_day_of_silence_is_for_a_person() -> None:
    counter = Counter().begun().take(gave(Delivery.NO_ANSWER))
    counter.at += DAY_MS
    for _ in range(5):
        counter.take(e.TimerFired(ID, "goods.0"), found(Delivery.NO_ANSWER))
    assert counter.order.needs_person


@pytest.mark.parametrize("goods", [BAG, PAGES])
def test_whoever_leaves_before_it_begins_gets_the_money_back(goods: Goods) -> None:
    counter = Counter(goods)
    counter.take(e.PersonLeft(ID)).paid()
    assert counter.parts() == []
    assert counter.line is GoodsState.NOT_DELIVERED
    assert counter.back() == [goods.total_fen]


def test_a_start_asks_what_became_of_it_and_begins_nothing() -> None:
    counter = Counter().begun().take(e.Restarted(ID))
    assert any(isinstance(x, c.CheckDelivery) for x in counter.sent)
    counter.take(found(Delivery.NOT_DONE, 0))
    assert counter.line is GoodsState.NOT_DELIVERED
    assert (counter.parts(), counter.back()) == ([0], [2400])
    pages = Counter(PAGES).take(e.Restarted(ID)).paid()
    assert pages.parts() == [], "the file is gone"
    assert pages.back() == [300]
    bag = Counter().paid().take(e.Restarted(ID))
    assert bag.parts() == []
    bag.take(e.DeliveryWanted(ID))
    assert bag.parts() == [0], "somebody still stands there with a bag"


def test_late_money_for_goods_goes_back_whole() -> None:
    counter = Counter().take(e.CancelWanted(ID))
    counter.take(e.PaymentAnswered(ID, Charge.NOT_PAID)).paid()
    assert counter.order.payment.state is PaymentState.PAID
    assert counter.parts() == []
    assert counter.back() == [2400]


def test_random_lives_keep_the_books(seed: int) -> None:
    """Σ charged = Σ given out + Σ on its way back + Σ openly unknown; no part is begun twice."""
    for number in range(400):
        rng = random.Random(seed + number)
        counter = Counter(rng.choice((BAG, PAGES)))
        for _ in range(rng.randrange(4, 30)):
            counter.at += rng.choice((0, 1000, 60_000, DAY_MS))
            counter.take(_something(rng))
            _check_books(counter, seed + number)


def _something(rng: random.Random) -> e.OrderEvent:
    part, units = rng.randrange(2), rng.choice((0, 6, 1250, 1100))
    facts = PaymentFacts(*rng.choice(((2400, 2400), (300, 300))), "T1")
    return rng.choice(
        (
            e.PaymentAnswered(ID, rng.choice(list(Charge)), facts),
            e.PaymentQueried(ID, rng.choice(list(Charge)), facts),
            e.PaymentClosed(ID, rng.choice(list(e.Close))),
            e.DeliveryWanted(ID),
            e.DeliveryWanted(ID),
            gave(rng.choice(list(Delivery)), units, part),
            gave(rng.choice(list(Delivery)), units, part),
            found(rng.choice(list(Delivery)), units, part),
            refunded(rng.choice(list(Refunding)), R1),
            e.TimerFired(ID, "goods.0"),
            e.Restarted(ID),
            e.PersonLeft(ID),
            e.CancelWanted(ID),
            settled(e.Verdict.DELIVERED, 0),
        )
    )


def _check_books(counter: Counter, seed: int) -> None:
    order = counter.order
    parts = counter.parts()
    assert len(parts) == len(set(parts)), f"seed {seed}: a part was begun twice"
    if order.payment.state is not PaymentState.PAID:
        assert not parts, f"seed {seed}: something came out unpaid"
        return
    line = order.goods[0]
    open_fen = 0 if line.certain else line.goods.total_fen
    planned = order.refund_planned_fen
    assert order.posted_fen + planned + open_fen == order.amount_fen, f"seed {seed}"
