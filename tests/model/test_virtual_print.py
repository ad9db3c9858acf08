"""Printing in a whole cabin in virtual time: real engine, adapters, child, relay and driver.

Σ sides paid = Σ sides that came out + paid back, by the journal and by the printer's own counter,
after every fault; what is shown is true at every moment.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from kiosk.core.goods import GoodsState
from kiosk.core.order import Order
from kiosk.print_resident import PrintErrand, PrintUser
from tests.model.faults import Moment, Strike, does, fault, killed
from tests.support.virtually import Cabin

PRINTER = "document_printer"
SMALL = PrintErrand()
"""Three pages, black, on one side: ¥ 0.60."""
LARGE = PrintErrand(copies=2, both_sides=True, means="wechat")
"""Two copies of three pages on both sides: fronts 20 fen, backs 15: 55 a copy."""


@pytest.fixture
def cabin(tmp_path: Path) -> Cabin:
    return Cabin(tmp_path)


def printed(
    cabin: Cabin, errand: PrintErrand, due: Moment = lambda _: False, strike: Strike = killed
) -> Order:
    """One visit with something going wrong in it; its order at rest."""
    cabin.wait_until_ready()
    before = {x.id for x in cabin.orders()}
    cabin.serve(PrintUser(errand), due, strike)
    cabin.check()
    (order,) = (x for x in cabin.come_to_rest() if x.id not in before)
    balanced(cabin)
    nothing_left(cabin)
    return order


def balanced(cabin: Cabin) -> None:
    """To the fen: what was paid for came out, was paid back, or is openly unknown."""
    for order in cabin.orders():
        for line in order.goods:
            if order.payment.facts is None or not line.certain:
                continue
            out = cabin.cabin.document_printer.out.get(f"cabin-{order.line_no(0)}", 0)
            assert line.goods.worth_fen(out) >= line.worth_fen, line
            assert order.refunded_fen == order.amount_fen - line.worth_fen, order


def nothing_left(cabin: Cabin) -> None:
    """No file of the visit, no picture of a page, no job in the printer, no open address."""
    assert cabin.files is not None
    assert list(cabin.files.iterdir()) == [], "files of a visit are left"
    assert cabin.pages._pictures == {}
    jobs = cabin.cabin.document_printer.jobs.values()
    assert all(x.is_over for x in jobs), "a job is left in the printer"


def test_a_phones_file_is_paid_and_printed(cabin: Cabin) -> None:
    order = printed(cabin, SMALL)
    line = order.goods[0]
    assert (order.amount_fen, line.state, line.given) == (60, GoodsState.DELIVERED, 3)
    shown = [x for x in cabin.screens if x.startswith(("print", "pages")) or x == "confirm_goods"]
    assert shown == [
        "print_source",
        "print_upload",
        "print_document",
        "confirm_goods",
        "pages_delivering",
    ]
    assert cabin.cabin.document_printer.sheets == 3


def test_a_sticks_photo_is_printed_in_colour(cabin: Cabin) -> None:
    order = printed(cabin, PrintErrand("photo", stick=True, colour=True))
    assert (order.amount_fen, order.goods[0].given) == (100, 1)
    assert "print_files" in cabin.screens


def test_copies_on_both_sides_cost_what_the_rule_says(cabin: Cabin) -> None:
    order = printed(cabin, LARGE)
    assert (order.amount_fen, order.goods[0].given) == (110, 6)
    assert cabin.cabin.document_printer.sheets == 4


def test_some_pages_are_printed(cabin: Cabin) -> None:
    order = printed(cabin, replace(SMALL, pages=(2, 3)))
    assert (order.amount_fen, order.goods[0].given) == (40, 2)


def out(sides: int) -> Moment:
    """So many sides have come out of the printer."""
    return lambda cabin: cabin.cabin.document_printer.sides >= sides


def screen(name: str) -> Moment:
    return lambda cabin: cabin.screen == name


@dataclass(frozen=True)
class Case:
    """``word``: how the payment ends; ``given``: sides that the journal holds given."""

    name: str
    strike: Strike
    moment: Moment
    word: str
    given: int | None = None
    errand: PrintErrand = SMALL
    person: bool = False


STOP, LEAVE = replace(SMALL, when_stopped="stop"), replace(SMALL, when_stopped="leave")
NO_PAPER = does(PRINTER, "load", sheets=0)
PAPER_BACK = ("load", "cover_close")


def _paper_for_a_while(cabin: Cabin) -> None:
    cabin.act(PRINTER, "load", sheets=0)
    cabin.advance(30)
    assert cabin.screen == "pages_delivering"
    assert cabin.state.visit.progress.word == "paper_out"
    cabin.act(PRINTER, "load")


CASES = [
    Case("paper_comes_back", _paper_for_a_while, out(1), "paid", 3),
    Case("paper_out_stop", NO_PAPER, out(1), "refunded", 1, STOP),
    Case("paper_out_leave", NO_PAPER, out(2), "refunded", 2, LEAVE),
    Case("paper_out_nobody", NO_PAPER, out(1), "refunded", 1),
    Case("jam_stop", fault(PRINTER, "jam", 1), out(1), "refunded", 1, STOP),
    Case("toner_out", does(PRINTER, "toner", percent=0), out(1), "refunded", 1, STOP),
    Case("cover_open", does(PRINTER, "cover_open"), out(1), "refunded", 1, STOP),
    Case("aborts", fault(PRINTER, "aborts", 1), out(1), "refunded", 1),
    Case("short", fault(PRINTER, "short", 1), screen("pages_delivering"), "refunded", 2),
    Case("both_sides_stop", NO_PAPER, out(3), "refunded", None,
         replace(LARGE, when_stopped="stop")),
    Case("free_of_count", fault(PRINTER, "uncounted", None), screen("confirm_goods"), "paid", 3),
    Case("uncounted_and_aborted", lambda c: (fault(PRINTER, "uncounted", None)(c),
         fault(PRINTER, "aborts", 1)(c)), screen("confirm_goods"), "paid", None, SMALL, True),
    Case("answer_lost", fault(PRINTER, "answer_lost", 1, operation="Send-Document"),
         screen("confirm_goods"), "paid", 3),
    Case("create_lost", fault(PRINTER, "answer_lost", 1, operation="Create-Job"),
         screen("confirm_goods"), "paid", 3),
    Case("answers_lost_while_printing", fault(PRINTER, "answer_lost", 3), out(1), "paid", 3),
    Case("garbage", fault(PRINTER, "garbage_answer", 2), out(1), "paid", 3),
    Case("half_answers", fault(PRINTER, "half_answer", 2), out(1), "paid", 3),
    Case("wrong_type", fault(PRINTER, "wrong_type", 2), out(1), "paid", 3),
    Case("http_5xx", fault(PRINTER, "http_5xx", 3), out(1), "paid", 3),
    Case("slow", fault(PRINTER, "slow", 5), screen("pages_delivering"), "paid", 3),
    Case("silent", fault(PRINTER, "silent", 4), out(1), "paid", 3),
    Case("busy", fault(PRINTER, "busy", 3), screen("confirm_goods"), "paid", 3),
    Case("job_lost", fault(PRINTER, "job_lost", 1), out(1), "paid", None, SMALL, True),
    Case("power_cycle", does(PRINTER, "power_cycle"), out(1), "paid", None, SMALL, True),
    Case("unplugged_for_a_while", does(PRINTER, "unplug", "plug", after_s=8.0), out(1), "paid", 3),
    Case("unplugged_for_long", does(PRINTER, "unplug", "plug", after_s=200.0), out(1), "paid", 3),
    Case("killed_while_printing", killed, out(1), "paid", 3),
    Case("killed_before_paying", killed, screen("pay"), "not_paid", 0,
         replace(SMALL, at_payment="walk_off")),
    Case("not_paid", lambda _: None, screen("pay"), "not_paid", 0,
         replace(SMALL, at_payment="cancel")),
    Case("receipt_paper_out", fault("receipt_printer", "paper_out"), out(1), "paid", 3),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_fault(cabin: Cabin, case: Case) -> None:
    order = printed(cabin, case.errand, case.moment, case.strike)
    assert order.payment_word == case.word, order
    if case.given is not None:
        assert order.goods[0].given == case.given, order.goods[0]
    assert order.needs_person == case.person, order.person_reasons
