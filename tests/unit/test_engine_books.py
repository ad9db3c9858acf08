"""When something is wrong with an order or with the books: that alone stops, and says so."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import apsw
import pytest

from kiosk import books as kiosk_books
from kiosk.books import ClosedBooks
from kiosk.core import events as e
from kiosk.core.decide import decide
from kiosk.core.visit.steps import AtOrder, Visit
from kiosk.journal import Journal
from tests.support.alone import ALIPAY, Alone, paid, posted, printed


@pytest.fixture
def kiosk(tmp_path: Path) -> Alone:
    return Alone(tmp_path)


def fails_for(number: str, kind: type[e.OrderEvent]) -> Any:
    """A ``decide`` with a defect: it can't bear one kind of event of one order."""

    def broken(order: Any, event: e.OrderEvent, at: int) -> Any:
        if event.order_id == number and isinstance(event, kind):
            raise ZeroDivisionError("a defect")
        return decide(order, event, at)

    return broken


def test_a_poisoned_event_stops_its_order_alone(
    kiosk: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = kiosk.open(1), kiosk.open(2, ALIPAY)
    monkeypatch.setattr(kiosk_books, "decide", fails_for(bad, e.PaymentAnswered))
    kiosk.say(paid(bad), paid(good), posted(good))
    assert kiosk.order(bad).poisoned == "PaymentAnswered"
    assert kiosk.order(bad).needs_person
    assert kiosk.order(good).lines[0].state.value == "posted"
    assert [x.order_id for x in kiosk.notes.carried[-2:]] == [good, good]
    kiosk.say(paid(bad), posted(bad))
    assert kiosk.order(bad).payment.state.value == "requested"


def test_the_next_start_goes_on_after_a_poisoned_event(
    kiosk: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = kiosk.open(1), kiosk.open(2, ALIPAY)
    monkeypatch.setattr(kiosk_books, "decide", fails_for(bad, e.PaymentAnswered))
    kiosk.say(paid(bad), paid(good))
    for _ in range(2):
        kiosk.again()
        assert kiosk.order(bad).poisoned
        assert not kiosk.order(good).poisoned
        assert {x.order_id for x in kiosk.notes.carried} == {good}


def test_an_order_that_cannot_even_be_opened_takes_no_money(
    kiosk: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = kiosk.state.next_order_id
    monkeypatch.setattr(kiosk_books, "decide", fails_for(number, e.OrderOpened))
    assert kiosk.open() == number
    assert kiosk.notes.carried == []
    assert kiosk.screen == "out_of_service"
    assert kiosk.state.orders == {}


def test_a_replay_that_differs_stops_its_order_alone(
    kiosk: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = kiosk.open(1), kiosk.open(2, ALIPAY)
    kiosk.say(paid(bad), e.PaymentAnswered(good, e.Charge.NO_ANSWER))

    def other(order: Any, event: e.OrderEvent, at: int) -> Any:
        after, commands = decide(order, event, at)
        changed = event.order_id == bad and isinstance(event, e.PaymentAnswered)
        return (replace(after, patience_s=99) if changed else after), commands

    # The package names the function; the module of the same name is behind it.
    monkeypatch.setattr(sys.modules["kiosk.journal.replay"], "decide", other)
    for _ in range(2):
        kiosk.again()
        assert kiosk.order(bad).poisoned == "replay"
        assert kiosk.order(bad).needs_person
        assert not kiosk.order(good).poisoned
        assert {x.order_id for x in kiosk.notes.carried} == {good}


def test_what_cannot_be_written_is_not_done(kiosk: Alone, monkeypatch: pytest.MonkeyPatch) -> None:
    number = kiosk.open()
    carried = list(kiosk.notes.carried)
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", _full)
        kiosk.say(paid(number))
        assert kiosk.notes.carried == carried
        assert kiosk.order(number).payment.state.value == "requested"
        assert "FullError" in kiosk.state.journal_trouble
        kiosk.pass_time(30)
        assert kiosk.notes.carried == carried
        assert "FullError" in kiosk.state.journal_trouble
    kiosk.pass_time(30)
    assert kiosk.order(number).payment.state.value == "paid"
    # The receipt doesn't wait for the biller.
    assert kiosk.notes.kinds() == ["RequestPayment", "PostLine", "Print"]
    assert kiosk.state.journal_trouble == ""
    kiosk.say(posted(number), printed(number), e.PersonLeft(number))
    assert kiosk.order(number).closed


def test_a_payment_that_cannot_be_written_asks_nobody_to_pay_again(
    kiosk: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = kiosk.open()
    kiosk.engine.state = replace(kiosk.engine.state, visit=Visit(step=AtOrder(number)))
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", _full)
        kiosk.say(paid(number))
        assert kiosk.state.parked == {number}
        assert kiosk.screen == "unknown", "paid, as far as the world goes"
        kiosk.pass_time(30)
        assert kiosk.screen == "unknown"
    kiosk.pass_time(30)
    assert kiosk.state.parked == frozenset()
    assert kiosk.screen == "pay"
    assert kiosk.order(number).payment.state.value == "paid"


def test_nobody_is_held_where_nothing_can_be_written(
    kiosk: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = kiosk.open()
    kiosk.engine.state = replace(kiosk.engine.state, visit=Visit(step=AtOrder(number)))
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", _full)
        kiosk.say(paid(number))
        kiosk.touch("order.done")
        assert kiosk.screen == "home"
    kiosk.pass_time(30)
    order = kiosk.order(number)
    assert order.payment.state.value == "paid"
    assert order.person_left


def test_an_order_is_not_opened_while_the_journal_is_full(
    kiosk: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Journal, "append", _full)
    kiosk.open()
    assert kiosk.notes.carried == []
    assert kiosk.screen == "out_of_service"
    kiosk.touch("nav.home")
    kiosk.touch("home.pay_bill")
    assert kiosk.screen == "out_of_service"


def _full(*_: object) -> int:
    raise apsw.FullError("database or disk is full")


def test_books_that_do_not_verify_take_no_money_and_nothing_else_stops(kiosk: Alone) -> None:
    kiosk.again(ClosedBooks("row 7 was changed"))
    kiosk.touch("home.pay_bill")
    assert kiosk.screen == "out_of_service"
    kiosk.touch("nav.home")
    kiosk.touch("home.find_slip")
    assert kiosk.screen == "find"
    kiosk.touch("nav.home")
    kiosk.touch("home.call_person")
    kiosk.touch("call.ask")
    assert kiosk.screen == "call"
    assert kiosk.state.journal_trouble == "row 7 was changed"
    number = "38012611220000100000"
    kiosk.say(e.OrderOpened(number, ALIPAY, (), 0), paid(number))
    assert kiosk.notes.carried == []


def test_a_changed_row_closes_the_books_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kiosk import cabin as real
    from kiosk.composition import World
    from kiosk.virtual import VirtualKiosk

    cabin = VirtualKiosk(tmp_path)
    cabin.touch("home.call_person")
    cabin.touch("call.ask")
    settings = cabin.settings
    cabin.close()
    path = settings.cabin.data_dir / "journal.sqlite"
    db = apsw.Connection(str(path))
    db.execute("DROP TRIGGER rows_stay")
    db.execute("""UPDATE rows SET body = '{"order_id": "somebody"}'""")
    db.close()
    before = path.read_bytes()
    world = World({}, Any, {}, Any)  # type: ignore[arg-type]
    monkeypatch.setattr(real, "world_of", lambda *_: world)
    shown: list[Any] = []
    engine = real.build(settings, shown.append)
    assert isinstance(engine.books, ClosedBooks)
    engine.start()
    assert "was changed" in shown[-1].journal_trouble
    assert path.read_bytes() == before


def test_a_command_that_cannot_be_carried_out_stops_its_order_alone(
    kiosk: Alone, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = kiosk.open(1), kiosk.open(2, ALIPAY)
    carry_out = kiosk.notes.carry_out

    def broken(command: Any, order: Any) -> None:
        if order.id == bad:
            raise KeyError("terminal")
        carry_out(command, order)

    monkeypatch.setattr(kiosk.notes, "carry_out", broken)
    kiosk.say(paid(bad), paid(good), posted(good))
    assert kiosk.order(bad).poisoned == "PaymentAnswered"
    assert kiosk.order(bad).needs_person
    assert kiosk.order(bad).payment.state.value == "paid"
    assert kiosk.order(good).lines[0].state.value == "posted"
    kiosk.again()
    assert kiosk.order(bad).poisoned == "PaymentAnswered"
    assert bad not in {x.order_id for x in kiosk.notes.carried}
    assert not kiosk.order(good).poisoned


def test_a_failing_visit_event_brings_the_home_screen_and_loses_no_order(
    kiosk: Alone, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    number = kiosk.open()
    monkeypatch.setattr(
        kiosk.engine, "state", replace(kiosk.engine.state, visit=Visit(step=AtOrder(number)))
    )

    def broken(*_: object) -> Any:
        raise ZeroDivisionError("a defect")

    with monkeypatch.context() as patch:
        patch.setattr("kiosk.engine.decide_visit", broken)
        kiosk.touch("order.cancel")
    assert kiosk.screen == "home"
    assert "visit: Touched failed" in caplog.text
    assert kiosk.order(number).person_left
    kiosk.say(paid(number), posted(number), printed(number))
    assert kiosk.order(number).closed


def test_what_cannot_be_translated_is_logged_and_the_next_message_taken(
    kiosk: Alone, caplog: pytest.LogCaptureFixture
) -> None:
    number = kiosk.open()
    kiosk.say("nobody knows this", paid(number))
    assert kiosk.order(number).payment.state.value == "paid"
    assert "str failed" in caplog.text


def test_the_log_tells_orders_by_number_and_trouble_once(
    kiosk: Alone, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "kiosk.engine")
    number = kiosk.open()
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", _full)
        kiosk.say(paid(number))
        kiosk.pass_time(30)
    kiosk.pass_time(30)
    kiosk.say(posted(number), printed(number))
    assert [x.getMessage() for x in caplog.records] == [
        f"{number}: payment requested, lines waiting, paper none",
        "journal: FullError: database or disk is full",
        f"{number}: payment paid, lines posting, paper none",
        "journal: can be written again",
        f"{number}: payment paid, lines posting, paper printing",
        f"{number}: payment paid, lines posted, paper printing",
        f"{number}: payment paid, lines posted, paper printed, closed",
    ]
    assert "0000000001" not in caplog.text, "whose account it is stays out of the log"


def test_without_its_engine_the_program_ends_and_says_so() -> None:
    program = (
        "import threading\n"
        "from kiosk import behind\n"
        "class Engine:\n"
        "    def run(self): raise ZeroDivisionError('a defect')\n"
        "behind.Behind._built = lambda self: Engine()\n"
        "behind.Behind(None, print).go()\n"
        "threading.Event().wait(60)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "the engine has failed" in done.stderr
