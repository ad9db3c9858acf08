"""Somebody has changed the books behind the kiosk's back, between two starts."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from kiosk.journal.aside import SETTLED
from tests.journey.staff import PINS, notes, type_pin
from tests.journey.stage import Stage, enabled, shown
from tests.journey.test_staff_screens import come_in, leave, press

pytestmark = [pytest.mark.window, pytest.mark.long]


def tamper(journal: Path) -> None:
    """Make the newest row say another time, with another program than ours."""
    other = sqlite3.connect(journal)
    with other:
        other.execute("DROP TRIGGER rows_stay")
        other.execute("DROP TRIGGER rows_last")
        changed = other.execute(
            "UPDATE rows SET at = at + 1 WHERE seq = (SELECT max(seq) FROM rows)"
        )
        assert changed.rowcount == 1
    other.close()


def test_books_that_do_not_verify_take_no_money_and_the_rest_goes_on(theatre: Stage) -> None:
    """The new epoch doesn't know the order of the old one: the old books are audited before."""
    stage = theatre
    stage.begin()
    stage.pay_by_card(stage.bill(1_100))
    stage.kiosk.touch("order.done")
    stage.kiosk.on("home")
    assert stage.journal("verify").returncode == 0
    stage.audit(settled=True)
    stage.kiosk.end()
    tamper(stage.journal_path)

    stage.kiosk.start()
    screen = stage.kiosk.wait_for(
        lambda x: (
            x["screen"] == "home"
            and "暂停收款，待检查" in (shown(x, "home.pay_bill") or {})["text"]
        ),
        "no money is taken",
    )
    assert not enabled(screen, "home.pay_bill")
    stage.kiosk.touch("home.call_person")
    stage.kiosk.on("call")
    assert "021-0000 0001" in stage.kiosk.everything()
    stage.kiosk.touch("nav.home")
    stage.go_to_find()
    stage.scan(stage.bill().code)
    stage.kiosk.on("out_of_service")
    stage.kiosk.touch("nav.home")
    stage.kiosk.on("home")
    assert "new-epoch" in stage.kiosk.log.read_text()
    assert stage.bench.state("terminal")["sale"] is None

    told = stage.journal("verify")
    assert told.returncode == 1
    assert "Take no money with it. Keep the file" in told.stdout
    stage.kiosk.end()
    begun = stage.journal("new-epoch", "--operator", "test", "--reason", "changed by a test")
    assert begun.returncode == 0, begun.stderr
    assert len(list(stage.journal_path.parent.glob("journal*.sqlite"))) == 2
    assert stage.journal("verify").returncode == 0

    stage.kiosk.start()
    stage.kiosk.widget("home.pay_bill")
    order_id = stage.ask_to_pay(stage.bill(1_200))
    stage.tap_card()
    assert stage.kiosk.on("result")["order"]["lines"] == ["posted"]
    assert [x.id for x in stage.orders()] == [order_id]


def test_two_operators_close_an_order_of_books_that_were_put_aside(theatre: Stage) -> None:
    """Nobody knows whether it was paid, and then its books don't verify any more."""
    stage = theatre
    kiosk = stage.kiosk
    stage.begin()
    bill = stage.bill()
    paid = stage.pay_by_card(bill)
    paid_id = str(paid["order"]["id"])
    kiosk.touch("order.done")
    kiosk.on("home")
    order_id = stage.ask_to_pay(stage.bill())
    kiosk.kill()
    tamper(stage.journal_path)
    begun = stage.journal("new-epoch", "--operator", "test", "--reason", "changed by a test")
    assert begun.returncode == 0, begun.stderr
    kiosk.start()
    come_in(stage)
    kiosk.touch("tech.orders")
    kiosk.on("tech_orders")
    kiosk.touch("orders.by.number")
    kiosk.on("tech_number")
    press(stage, paid_id[6:10] + paid_id[11:15])
    assert "办完了" in kiosk.widget(f"orders.open.{paid_id}")["text"]
    kiosk.touch("orders.waiting")
    kiosk.wait_for(lambda _: "没有办完的单子" in kiosk.everything(), "what waits")
    kiosk.touch(f"orders.open.{order_id}")
    kiosk.on("tech_order")
    kiosk.wait_for(lambda _: "开单" in kiosk.everything(), "its life from the old books")
    kiosk.touch("order.settle")
    kiosk.on("tech_settle")
    kiosk.touch("settle.verdict.not_paid")
    kiosk.touch("settle.reason.bank")
    kiosk.on("sign_in")
    type_pin(stage, PINS["office"])
    kiosk.on("tech_order")
    kiosk.wait_for(lambda _: "已经记进账本" in kiosk.everything(), "it is booked")
    kiosk.touch("tech.orders")
    kiosk.wait_for(lambda _: "一张也没有" in kiosk.everything(), "nothing waits any more")
    leave(stage)
    verdict = notes(stage, SETTLED)
    assert verdict == [f"{SETTLED} technician+office"]
    assert stage.journal("verify").returncode == 0
