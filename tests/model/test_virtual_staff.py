"""The staff in a whole cabin in virtual time: real engine, journal, adapters and machines."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from kiosk.core import events as e
from kiosk.core.access import SIGNED_OUT
from kiosk.core.order import PaymentState
from kiosk.core.overrides import PRICE_SET, REFILLED, SERVICE_SET
from kiosk.core.visit import messages as m
from kiosk.core.visit.rice_steps import trouble as rice_trouble
from kiosk.core.visit.sign_in_steps import SignIn
from kiosk.core.visit.tech_orders import REPRINTED
from kiosk.core.visit.tech_steps import (
    TechConfig,
    TechOrder,
    TechOrders,
    TechOverview,
    TechSupplies,
)
from kiosk.residents import Errand
from kiosk.rice_buyer import RiceBuyer, RiceErrand
from sim.operators import STAFF
from tests.support.virtually import Cabin

PINS = {one: pin for one, _name, _role, pin in STAFF}


@pytest.fixture
def cabin(tmp_path: Path) -> Cabin:
    return Cabin(tmp_path)


def type_pin(cabin: Cabin, who: str) -> None:
    if cabin.screen == "sign_in_who":
        cabin.touch("who.is", who)
    cabin.advance(0.5)
    for digit in PINS[who]:
        cabin.touch("pin.key", digit)
    cabin.touch("pin.done")
    cabin.advance(0.5)


def come_in(cabin: Cabin, who: str = "technician") -> None:
    if cabin.screen == "attract":
        cabin.touch("wake")
    cabin.touch(m.KNOCK)
    type_pin(cabin, who)
    assert cabin.screen.startswith("tech_"), cabin.screen


def notes(cabin: Cabin, *kinds: str) -> list[dict[str, object]]:
    return [body for _at, _kind, body in cabin._books.journal.notes_of(*kinds)]


def at(cabin: Cabin, kind: type) -> object:
    step = cabin.state.visit.step
    assert isinstance(step, kind), step
    return step


def test_a_technician_looks_round_and_leaves(cabin: Cabin) -> None:
    come_in(cabin)
    step = at(cabin, TechOverview)
    assert {x.role for x in step.survey.devices} == set(cabin.settings.devices)
    cabin.touch("tech.device", "rice_mill")
    assert cabin.screen == "tech_device"
    cabin.touch("tech.back")
    cabin.touch("tech.cabin")
    assert cabin.screen == "tech_cabin"
    cabin.touch("tech.leave")
    assert cabin.screen == "home"
    assert notes(cabin, SIGNED_OUT) == [{"operator": "technician", "why": "left"}]


def test_what_changes_shows_by_itself(cabin: Cabin) -> None:
    come_in(cabin)
    cabin.act("rice_mill", "unplug")
    assert cabin.until(
        lambda: at(cabin, TechOverview).survey.device("rice_mill").level == "unavailable", 60
    )


def test_untouched_screens_give_way_to_residents(cabin: Cabin) -> None:
    come_in(cabin)
    cabin.advance(cabin.state.rules.maintenance_s - 20)
    assert cabin.screen == "tech_overview"
    cabin.advance(30)
    assert cabin.screen == "home"
    assert notes(cabin, SIGNED_OUT) == [{"operator": "technician", "why": "timeout"}]


def test_the_sign_stays_until_somebody_takes_it_down(cabin: Cabin) -> None:
    come_in(cabin)
    cabin.touch("tech.settings")
    cabin.touch("settings.closed")
    assert cabin.screen == "tech_closed"
    assert cabin.state.visit.operator is None
    cabin.advance(3600)
    assert cabin.screen == "tech_closed"
    cabin.touch(m.KNOCK)
    assert cabin.screen == "sign_in_who"
    cabin.advance(120)
    assert cabin.screen == "tech_closed"
    cabin.advance(cabin.state.rules.maintenance_s + 100)
    assert cabin.screen == "tech_closed"
    come_in(cabin)
    assert cabin.screen == "tech_overview"
    cabin.touch("tech.leave")
    come_in(cabin)
    cabin.touch("tech.settings")
    cabin.touch("settings.closed")
    cabin.advance(7300)
    assert cabin.screen in ("home", "attract")


def test_codes_mean_nothing_there(cabin: Cabin) -> None:
    come_in(cabin)
    cabin.act("scanner", "scan", code="SX1" + "0" * 21)
    cabin.advance(1)
    assert cabin.screen == "tech_overview"


def stopped_order(cabin: Cabin) -> str:
    """An order that the program stopped in the middle of a payment, and nobody at the screen."""
    accounts = cabin.owe()
    cabin.serve(
        Errand(accounts, when_unknown="leave"),
        lambda x: x.screen == "pay",
        lambda x: x.engine.post(e.Poisoned(x.order.id, "PaymentAnswered", "KeyError")),
    )
    (found,) = [x for x in cabin.orders() if x.poisoned]
    while cabin.screen not in ("home", "attract"):
        cabin.advance(60)
    return found.id


def test_two_close_what_no_machine_can(cabin: Cabin) -> None:
    order_id = stopped_order(cabin)
    come_in(cabin)
    cabin.touch("tech.orders")
    cabin.advance(0.5)
    assert [x.order_id for x in at(cabin, TechOrders).found] == [order_id]
    cabin.touch("orders.open", order_id)
    cabin.advance(0.5)
    life = at(cabin, TechOrder).life
    assert [x.kind for x in life.moments][:1] == ["OrderOpened"]
    assert life.moments[-1].kind == "Poisoned"
    cabin.touch("order.settle")
    cabin.touch("settle.verdict", "not_paid")
    cabin.touch("settle.reason", "platform")
    assert at(cabin, SignIn).operator == "office"  # the first of the two can't be the second
    type_pin(cabin, "office")
    cabin.advance(0.5)
    assert cabin.screen == "tech_order"
    step = at(cabin, TechOrder)
    assert step.said == "settled"
    assert step.life.order.payment.state is PaymentState.NOT_PAID
    assert step.life.moments[-1].kind in ("PersonSettled", "Restarted")
    settled = next(x for x in step.life.moments if x.kind == "PersonSettled")
    assert dict(settled.facts)["operator"] == "technician+office"
    assert dict(settled.facts)["note"] == "platform"
    assert not cabin.verify().problems
    cabin.touch("tech.leave")
    assert [x.closed for x in cabin.orders()] == [True]


def test_a_wrong_second_pin_books_nothing(cabin: Cabin) -> None:
    order_id = stopped_order(cabin)
    come_in(cabin, "office")
    cabin.touch("tech.orders")
    cabin.advance(0.5)
    cabin.touch("orders.open", order_id)
    cabin.advance(0.5)
    cabin.touch("order.settle")
    cabin.touch("settle.verdict", "paid")
    cabin.touch("settle.reason", "bank")
    cabin.advance(0.5)
    for digit in "999999":
        cabin.touch("pin.key", digit)
    cabin.touch("pin.done")
    cabin.advance(0.5)
    cabin.touch("nav.back")
    assert cabin.screen == "tech_settle"
    cabin.touch("tech.leave")
    (order,) = cabin.orders()
    assert order.poisoned and not order.closed


def test_the_paper_comes_once_more(cabin: Cabin) -> None:
    cabin.serve(Errand(cabin.owe()))
    cabin.come_to_rest()
    papers = len(cabin.cabin.printer.receipts)
    (order,) = cabin.orders()
    come_in(cabin)
    cabin.touch("tech.orders")
    cabin.touch("orders.by", "number")
    for digit in order.short_id.replace(" ", "")[-6:]:
        cabin.touch("number.key", digit)
    cabin.touch("number.done")
    cabin.advance(0.5)
    cabin.touch("orders.open", order.id)
    cabin.advance(0.5)
    cabin.touch("order.again")
    assert cabin.until(lambda: at(cabin, TechOrder).said == "printed", 60)
    assert len(cabin.cabin.printer.receipts) == papers + 1
    assert notes(cabin, REPRINTED) == [{"order_id": order.id, "operator": "technician"}]
    assert cabin.orders() == [order]


def test_found_by_sum_and_by_day_and_hour(cabin: Cabin) -> None:
    cabin.serve(Errand(cabin.owe()))
    (order,) = cabin.orders()
    come_in(cabin)
    day, amount = order.id[6:10], str(order.amount_fen)
    hour = int(time.strftime("%H", time.localtime(order.opened_at / 1000)))
    tries = {
        ("amount", amount): True,
        ("day", day): True,
        ("day", f"{day}{hour:02}"): True,
        ("day", f"{day}{(hour + 1) % 24:02}"): False,
    }
    for (what, digits), there in tries.items():
        cabin.touch("tech.orders")
        cabin.touch("orders.by", what)
        for digit in digits:
            cabin.touch("number.key", digit)
        cabin.touch("number.done")
        cabin.advance(0.5)
        assert [x.order_id for x in at(cabin, TechOrders).found] == [order.id] * there


def buy_rice(cabin: Cabin) -> None:
    cabin.wait_until_ready()
    cabin.serve(RiceBuyer(RiceErrand(1000)))
    cabin.come_to_rest()


def test_a_price_counts_at_once_and_after_a_start(cabin: Cabin) -> None:
    come_in(cabin, "merchant")
    assert cabin.screen == "tech_settings"
    cabin.touch("tech.orders")
    assert cabin.screen == "tech_settings"  # a merchant has no business there
    cabin.touch("settings.price", "1")
    for digit in "495":
        cabin.touch("number.key", digit)
    cabin.touch("number.done")
    assert cabin.screen == "tech_confirm"
    cabin.touch("confirm.yes")
    assert notes(cabin, PRICE_SET) == [
        {"operator": "merchant", "bin": 1, "fen": 495, "instead": 480}
    ]
    cabin.touch("tech.leave")
    cabin.restart()
    buy_rice(cabin)
    (order,) = cabin.orders()
    assert order.amount_fen == 990


def test_a_service_is_paused_until_it_is_switched_on(cabin: Cabin) -> None:
    come_in(cabin, "office")
    cabin.touch("tech.settings")
    cabin.touch("settings.service", "rice")
    cabin.touch("confirm.yes")
    cabin.touch("tech.leave")
    cabin.touch("home.rice")
    assert cabin.screen == "out_of_service"
    cabin.restart()
    cabin.wait_until_ready()
    assert rice_trouble(cabin.state) == "rice_mill:closed"
    come_in(cabin, "office")
    cabin.touch("tech.settings")
    cabin.touch("settings.service", "rice")
    cabin.touch("confirm.yes")
    assert rice_trouble(cabin.state) == ""
    assert [x["on"] for x in notes(cabin, SERVICE_SET)] == [0, 1]


def test_what_was_used_counts_from_the_last_refill(cabin: Cabin) -> None:
    buy_rice(cabin)
    come_in(cabin)

    def supplies() -> dict[str, int]:
        cabin.touch("tech.settings")
        cabin.touch("settings.supplies")
        cabin.advance(0.5)
        return {x.id: x.used for x in at(cabin, TechSupplies).supplies}

    before = supplies()
    assert (before["rice_1"], before["rice_2"], before["bags"]) == (1000, 0, 1)
    assert before["receipt_paper"] == 1
    cabin.touch("supplies.refilled", "rice_1")
    cabin.touch("confirm.yes")
    cabin.advance(0.5)
    after = supplies()
    assert (after["rice_1"], after["bags"]) == (0, 1)
    assert notes(cabin, REFILLED) == [{"operator": "technician", "what": "rice_1"}]


def test_a_new_configuration_is_checked_first_and_the_old_one_kept(cabin: Cabin) -> None:
    source = cabin.settings.source
    good = source.read_text(encoding="utf-8")
    new = source.with_name("cabin.toml.new")
    new.write_text(good.replace("day_max_fen = 3000000", "day_max_fen = 0"), encoding="utf-8")
    come_in(cabin)

    def look() -> TechConfig:
        cabin.touch("tech.settings")
        cabin.touch("settings.config")
        cabin.advance(0.5)
        found = at(cabin, TechConfig)
        assert isinstance(found, TechConfig)
        return found

    found = look().found
    assert found is not None
    assert "limits.day_max_fen = 0 is out of range" in found.mistakes[0]
    cabin.touch("config.new")
    assert cabin.screen == "tech_config"
    changed = good.replace("day_max_fen = 3000000", "day_max_fen = 2000000")
    new.write_text(changed, encoding="utf-8")
    look()
    cabin.touch("config.new")
    cabin.touch("confirm.yes")
    cabin.advance(0.5)
    assert at(cabin, TechConfig).said == "taken"
    assert source.read_text(encoding="utf-8") == changed
    assert source.with_name("cabin.toml.old").read_text(encoding="utf-8") == good
    look()
    cabin.touch("config.old")
    cabin.touch("confirm.yes")
    cabin.advance(0.5)
    assert source.read_text(encoding="utf-8") == good
    taken = notes(cabin, "ConfigTaken")
    assert [x["which"] for x in taken] == ["new", "old"]
    assert taken[0]["before"] == taken[1]["after"]
