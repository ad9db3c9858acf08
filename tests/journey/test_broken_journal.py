"""Somebody has changed the books behind the kiosk's back, between two starts."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.journey.stage import Stage, enabled, shown

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
