"""After a new epoch: the old one's open orders wait for a person, and nothing is paid twice."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from kiosk.books import ClosedBooks
from kiosk.core import events as e
from kiosk.core import guards
from kiosk.core.visit import messages as m
from kiosk.core.visit.steps import FoundOrder
from kiosk.journal import new_epoch
from kiosk.seal import GONE
from tests.support.alone import ALIPAY, START, Alone, bill, paid, posted, printed
from tests.unit.test_journal_cli import kiosk as journal_command
from tests.unit.test_journal_tampering import tamper

DAY_S = 86_400
AT = int(START * 1000) + 60_000


@pytest.fixture
def kiosk(tmp_path: Path) -> Alone:
    return Alone(tmp_path)


def put_aside(kiosk: Alone) -> Path:
    """Spoil the journal and begin the next epoch, with a start."""
    kiosk.engine.books.close()
    tamper(kiosk.path, "UPDATE rows SET program = 'another' WHERE seq = 1")
    kept = new_epoch(kiosk.path, "changed", "operator", AT)
    kiosk.again()
    return kept


def test_open_orders_of_an_old_epoch_wait_for_a_person_and_lock_their_bills(kiosk: Alone) -> None:
    unknown, closed = kiosk.open(1), kiosk.open(2, ALIPAY)
    kiosk.say(e.PaymentAnswered(unknown, e.Charge.NO_ANSWER))
    kiosk.say(paid(closed), posted(closed), printed(closed), e.PersonLeft(closed))
    kept = put_aside(kiosk)
    before = kept.read_bytes()
    for _ in range(2):
        order = kiosk.state.orders[unknown]
        assert order.needs_person
        assert order.poisoned == "old_epoch"
        assert guards.locked(kiosk.state, bill(1))
        assert not guards.locked(kiosk.state, bill(2))
        assert closed not in kiosk.state.orders
        assert kiosk.notes.carried == []
        kiosk.again()
    kiosk.say(paid(unknown), e.LateAnswered(unknown), e.PersonLeft(unknown))
    assert kiosk.order(unknown).payment.state.value == "unknown"
    found = kiosk.books.find(closed)
    assert found is not None
    assert found.closed
    assert not found.poisoned
    assert kiosk.books.journal.open_orders() == []
    assert [x.kind for x in kiosk.books.journal.store.rows()] == ["EpochOpened"]
    assert kept.read_bytes() == before


def test_numbers_and_the_days_sum_go_on(kiosk: Alone) -> None:
    first, second = kiosk.open(1), kiosk.open(2, ALIPAY)
    kiosk.say(paid(first), paid(second))
    assert kiosk.state.paid_today_fen == 2_000
    put_aside(kiosk)
    assert kiosk.state.paid_today_fen == 2_000
    third = kiosk.open(3, ALIPAY)
    assert [int(x[10:15]) for x in (first, second, third)] == [1, 2, 3]
    kiosk.say(paid(third))
    assert kiosk.state.paid_today_fen == 3_000
    put_aside(kiosk)
    assert int(kiosk.state.next_order_id[10:15]) == 4
    assert set(kiosk.state.orders) == {first, second, third}


def test_a_person_settles_it_in_the_new_epoch(
    kiosk: Alone, capsys: pytest.CaptureFixture[str]
) -> None:
    number = kiosk.open(1)
    kiosk.say(e.PaymentAnswered(number, e.Charge.NO_ANSWER))
    kept = put_aside(kiosk)
    before = kept.read_bytes()
    kiosk.engine.books.close()
    assert journal_command(kiosk.path, "list", "--open") == 0
    listed = capsys.readouterr().out
    assert "open in earlier epochs" in listed
    assert number in listed.splitlines()[-1]
    words = ["settle", number, "--verdict", "not_paid", "--operator", "op", "--note", "asked"]
    assert journal_command(kiosk.path, *words) == 0
    assert "payment not_paid" in capsys.readouterr().out
    assert journal_command(kiosk.path, *words) == 1
    assert "no such order" in capsys.readouterr().err
    assert journal_command(kiosk.path, "verify") == 0
    assert journal_command(kiosk.path, "list", "--open") == 0
    assert number not in capsys.readouterr().out
    kiosk.again()
    assert number not in kiosk.state.orders
    assert not guards.locked(kiosk.state, bill(1))
    found = kiosk.books.find(number)
    assert found is not None
    assert found.payment.state.value == "not_paid"
    put_aside(kiosk)
    assert number not in kiosk.state.orders, "what was settled stays settled in the third epoch"
    assert kept.read_bytes() == before


def test_an_unreadable_old_file_stops_nothing(kiosk: Alone) -> None:
    kiosk.open(1)
    kept = put_aside(kiosk)
    kiosk.engine.books.close()
    kept.write_bytes(b"no database " * 400)
    kiosk.again()
    assert kiosk.state.orders == {}
    number = kiosk.open(2)
    kiosk.say(paid(number))
    assert kiosk.order(number).payment.state.value == "paid"


def rows_of(kept: Path) -> list[tuple[object, ...]]:
    db = apsw.Connection(str(kept), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return [tuple(x) for x in db.execute("SELECT * FROM rows ORDER BY seq")]
    finally:
        db.close()


def keys_of(kept: Path) -> set[str]:
    db = apsw.Connection(str(kept), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return {str(x[0]) for x in db.execute("SELECT order_id FROM keys")}
    finally:
        db.close()


def test_old_epochs_forget_by_the_same_rule_and_keep_their_rows(kiosk: Alone) -> None:
    closed, settled, waiting = kiosk.open(1, ALIPAY), kiosk.open(2), kiosk.open(3, ALIPAY)
    kiosk.say(paid(closed), posted(closed), printed(closed), e.PersonLeft(closed))
    kiosk.say(e.PaymentAnswered(settled, e.Charge.NO_ANSWER))
    kept = put_aside(kiosk)
    rows, anchor = rows_of(kept), kept.with_suffix(".anchor").read_bytes()
    assert kiosk.books.forget(30) == 0, "none is old enough"
    kiosk.pass_time(31 * DAY_S)
    assert kiosk.books.forget(30) == 1
    assert keys_of(kept) == {settled, waiting}, "nobody has settled them yet"

    kiosk.engine.books.close()
    words = ["settle", settled, "--verdict", "not_paid", "--operator", "op", "--note", "asked"]
    assert journal_command(kiosk.path, *words) == 0
    kiosk.again()
    settled_at = max(x.at for x in kiosk.books.journal.notes())
    kiosk.clock.passed += max(0.0, settled_at / 1000 - kiosk.clock.wall())
    assert kiosk.books.forget(30) == 0, "days count from when a person settled it"
    kiosk.pass_time(31 * DAY_S)
    assert kiosk.books.forget(30) == 1
    assert keys_of(kept) == {waiting}
    assert kiosk.books.forget(30) == 0
    assert rows_of(kept) == rows
    assert kept.with_suffix(".anchor").read_bytes() == anchor
    order = kiosk.order(closed)
    assert order.closed
    assert order.lines[0].bill.account == GONE


def test_an_old_file_that_cannot_be_written_stops_no_forgetting(
    kiosk: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = kiosk.open(1)
    kiosk.say(paid(number), posted(number), printed(number), e.PersonLeft(number))
    kept = put_aside(kiosk)
    kiosk.pass_time(40 * DAY_S)

    writer = apsw.Connection(str(kept), flags=apsw.SQLITE_OPEN_READWRITE)
    writer.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("kiosk.journal.kept.BUSY_MS", 1)
    assert kiosk.books.forget(30) == 0
    assert keys_of(kept) == {number}
    writer.execute("ROLLBACK")
    writer.close()
    assert kiosk.books.forget(30) == 1


def look(kiosk: Alone, number: str) -> str:
    """Hold a slip to the reader; the note on the screen, empty if the order is shown."""
    kiosk.say(m.SlipScanned(number))
    step = kiosk.state.visit.step
    return "" if isinstance(step, FoundOrder) else step.note.code.value  # type: ignore[union-attr]


def test_where_books_cannot_be_read_a_slip_is_never_called_unknown(kiosk: Alone) -> None:
    first = kiosk.open(1)
    absent = f"{first[:10]}99999ABCDE"
    assert look(kiosk, first) == ""
    assert look(kiosk, absent) == "no_such_order"
    kept = put_aside(kiosk)
    assert look(kiosk, absent) == "no_such_order", "both files have been read"
    kiosk.engine.books.close()
    kept.write_bytes(b"no database " * 400)
    kiosk.again()
    assert look(kiosk, first) == "books_closed"
    second = kiosk.open(2)
    assert look(kiosk, second) == "", "what can be read is told"
    kiosk.again(ClosedBooks("row 7 was changed"))
    assert look(kiosk, second) == "books_closed"
