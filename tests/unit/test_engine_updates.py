"""A later program on an older journal, and what a person settles when rows lead elsewhere."""

from __future__ import annotations

import argparse
import importlib
import json
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from kiosk.clock import BEHIND_S, SETTLED_S
from kiosk.core import events as e
from kiosk.core import guards
from kiosk.core.decide import decide
from kiosk.core.events import Charge, PaymentFacts
from kiosk.core.order import Order, PaymentState
from kiosk.journal import Journal, JournalBrokenError, cli
from kiosk.journal import journal as journal_module
from kiosk.journal.canonical import canonical
from tests.support.alone import Alone, bill, paid

DAY_S = 86_400.0


@pytest.fixture
def kiosk(tmp_path: Path) -> Alone:
    return Alone(tmp_path)


@dataclass(frozen=True, slots=True)
class LaterOrder(Order):
    """What an order may be to a program that knows more."""

    bags: int = 0
    marks: tuple[str, ...] = ()


def _later(order: Order) -> LaterOrder:
    values = {name: getattr(order, name) for name in Order.__dataclass_fields__}
    return LaterOrder(**values)


def test_a_field_that_nobody_used_yet_changes_no_digest(kiosk: Alone) -> None:
    order = kiosk.order(kiosk.open())
    assert canonical(_later(order)) == canonical(order)
    assert canonical(replace(_later(order), bags=1)) != canonical(order)
    assert canonical(replace(order, person_left=True)) != canonical(order)


def test_an_update_keeps_what_is_open_and_its_locks(
    kiosk: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = kiosk.open(1)
    kiosk.say(e.PaymentAnswered(number, Charge.NO_ANSWER))
    real = journal_module.digest
    monkeypatch.setattr(journal_module, "digest", lambda order, key: real(_later(order), key))
    kiosk.again()
    assert kiosk.order(number).payment.state is PaymentState.UNKNOWN
    assert not kiosk.order(number).poisoned


def test_when_not_even_the_first_row_agrees_the_bill_stays_locked(
    kiosk: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = kiosk.open(1)
    kiosk.say(e.PaymentAnswered(number, Charge.NO_ANSWER))
    real = journal_module.digest
    monkeypatch.setattr(
        journal_module, "digest", lambda order, key: real(replace(order, patience_s=99), key)
    )
    for _ in range(2):
        kiosk.again()
        assert kiosk.order(number).poisoned == "replay"
        assert guards.locked(kiosk.state, bill(1))
        assert not kiosk.notes.carried


def _settle(path: Path, *words: str) -> int:
    parser = argparse.ArgumentParser()
    cli.add_parser(parser.add_subparsers())
    by = ["--operator", "7", "--note", "asked the acquirer"]
    args = parser.parse_args(["journal", "settle", "--journal", str(path), *words, *by])
    return int(args.handler(args))


def test_an_order_whose_rows_lead_elsewhere_can_be_settled(
    kiosk: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = kiosk.open(1)
    kiosk.say(e.PaymentAnswered(number, Charge.NO_ANSWER))

    def other(order: Order | None, event: e.OrderEvent, at: int) -> object:
        after, commands = decide(order, event, at)
        changed = isinstance(event, e.PaymentAnswered)
        return (replace(after, patience_s=99) if changed else after), commands

    monkeypatch.setattr(importlib.import_module("kiosk.journal.replay"), "decide", other)
    kiosk.again()
    assert kiosk.order(number).poisoned == "replay"
    kiosk.engine.books.close()
    assert _settle(kiosk.path, number, "--verdict", "not_paid") == 0
    kiosk.again()
    assert number not in kiosk.state.orders
    assert not guards.locked(kiosk.state, bill(1))
    journal = Journal(kiosk.path.with_name("journal.sqlite"), readonly=True)
    assert journal.open_orders() == []
    journal.close()


def test_money_that_comes_after_the_key_was_forgotten_is_not_lost(kiosk: Alone) -> None:
    number = kiosk.open()
    kiosk.say(e.PaymentAnswered(number, Charge.NOT_PAID, code="51"), e.PersonLeft(number))
    assert kiosk.order(number).closed
    kiosk.pass_time(40 * DAY_S)
    assert kiosk.engine.books.forget(30) == 1
    facts = PaymentFacts(kiosk.order(number).amount_fen, 1000, "T1", card="****0018")
    kiosk.say(e.PaymentQueried(number, Charge.PAID, facts))
    assert kiosk.order(number).refunds
    kiosk.again()
    assert kiosk.order(number).refunds
    assert not kiosk.order(number).poisoned
    raw = sqlite3.connect(kiosk.path)
    (body,) = raw.execute("SELECT body FROM rows WHERE kind = 'PaymentQueried'").fetchone()
    raw.close()
    card = json.loads(body)["facts"]["card"]
    assert card and set(card) == {"•"}, "without a key nothing personal is written"


def test_an_order_of_the_list_without_rows_holds_up_no_start(kiosk: Alone) -> None:
    number = kiosk.open(1)
    kiosk.engine.books.close()
    raw = sqlite3.connect(kiosk.path)
    raw.execute("INSERT INTO orders VALUES ('38012611220009900000',1,NULL,1,0,0,'created',0)")
    raw.commit()
    raw.close()
    del kiosk.engine
    kiosk.again()
    assert number in kiosk.state.orders


def test_a_lock_that_cannot_be_taken_is_told_as_broken_books(tmp_path: Path) -> None:
    (tmp_path / "journal.lock").mkdir()
    with pytest.raises(JournalBrokenError, match="journal"):
        Journal(tmp_path / "journal.sqlite")


def test_the_books_follow_a_clock_that_was_set_forward_when_it_has_lasted(kiosk: Alone) -> None:
    first = kiosk.engine.books.next_order_id()
    kiosk.clock.start += 3 * DAY_S
    assert kiosk.engine.books.next_order_id()[4:10] == first[4:10], "not at once"
    kiosk.pass_time(SETTLED_S / 2)
    kiosk.engine.books.next_order_id()
    kiosk.pass_time(SETTLED_S)
    number = kiosk.open()
    assert abs(kiosk.order(number).opened_at / 1000 - kiosk.clock.wall()) < 2


def test_a_clock_that_jumps_to_and_fro_moves_nothing(kiosk: Alone) -> None:
    before = kiosk.order(kiosk.open(1)).opened_at
    for _ in range(20):
        kiosk.clock.start += DAY_S
        kiosk.engine.books.next_order_id()
        kiosk.pass_time(60)
        kiosk.clock.start -= DAY_S
        kiosk.engine.books.next_order_id()
        kiosk.pass_time(60)
    kiosk.say(paid(next(iter(kiosk.state.orders))))
    passed = kiosk.order(kiosk.open(2)).opened_at - before
    assert abs(passed / 1000 - 2400) < 2


def test_no_money_while_the_clock_is_behind_the_books(kiosk: Alone) -> None:
    assert kiosk.engine.books.trouble() == ""
    kiosk.clock.start -= BEHIND_S + 60
    assert "clock" in kiosk.engine.books.trouble()
    kiosk.clock.start += BEHIND_S
    assert kiosk.engine.books.trouble() == ""


def test_a_bill_that_the_biller_numbers_anew_is_locked_all_the_same(kiosk: Alone) -> None:
    kiosk.open(1)
    assert guards.locked(kiosk.state, replace(bill(1), bill_no="ANOTHER"))
    assert not guards.locked(kiosk.state, replace(bill(1), period="2031-01"))
