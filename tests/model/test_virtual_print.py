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
from kiosk.core.state import State
from kiosk.core.visit import print_steps
from kiosk.core.visit.print_choices import ChooseFileSource
from kiosk.documents.codes import Trouble
from kiosk.print_resident import PrintErrand, PrintUser
from sim.faults import DEVICE_KINDS
from sim.files import SAMPLES
from tests.model.faults import Moment, Strike, does, fault, killed
from tests.support.virtually import Cabin, Killed

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
    assert not cabin.files.exists(), "files of a visit are left"
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


def test_every_fault_of_the_printer_is_among_the_cases() -> None:
    named = {"free_of_count": "uncounted", "answer_lost": "answer_lost"}
    seen = " ".join(f"{x.name} {named.get(x.name, '')}" for x in CASES)
    seen += " half_answer garbage_answer" if "half_answers" in seen and "garbage" in seen else ""
    assert [x for x in DEVICE_KINDS[PRINTER] if x not in seen] == []


def refused(cabin: Cabin, errand: PrintErrand) -> PrintUser:
    """A visit that leads to no order; nothing of it is left."""
    cabin.wait_until_ready()
    user = PrintUser(errand)
    cabin.serve(user)
    assert user.orders == []
    assert cabin.orders() == []
    cabin.advance(5)
    nothing_left(cabin)
    return user


@pytest.mark.parametrize(
    ("sample", "trouble"),
    [
        ("encrypted", Trouble.ENCRYPTED),
        ("broken", Trouble.BROKEN),
        ("bomb", Trouble.BOMB),
    ],
)
@pytest.mark.parametrize("stick", [False, True], ids=["phone", "stick"])
def test_a_bad_file_gets_a_sentence_and_back_to_choosing(
    cabin: Cabin, sample: str, trouble: Trouble, stick: bool
) -> None:
    said: list[str] = []
    publish = cabin._publish

    def hear(state: State) -> None:
        publish(state)
        step = state.visit.step
        if isinstance(step, ChooseFileSource) and step.trouble:
            said.append(step.trouble)

    cabin.engine._publish = hear
    refused(cabin, PrintErrand(sample, stick=stick))
    assert set(said) == {trouble.value}


def waiting_for_phone(cabin: Cabin) -> None:
    cabin.wait_until_ready()
    cabin.touch("home.print")
    cabin.touch("print.phone")
    assert cabin.until(lambda: bool(cabin.relay.urls), 20)
    cabin.advance(2)


def trouble_of(cabin: Cabin) -> str:
    step = cabin.state.visit.step
    return step.trouble if isinstance(step, ChooseFileSource) else ""


def test_a_relay_that_cannot_be_reached_is_grey_until_it_answers(cabin: Cabin) -> None:
    cabin.act("phone_file", "unplug")
    cabin.touch("home.print")
    cabin.touch("print.phone")
    assert cabin.until(lambda: trouble_of(cabin) == "not_reached", 30)
    assert print_steps.phone_lost(cabin.state)
    cabin.touch("print.phone")
    assert cabin.screen == "print_source"
    cabin.act("phone_file", "plug")
    assert cabin.until(lambda: not print_steps.phone_lost(cabin.state), 60)
    cabin.touch("print.phone")
    assert cabin.screen == "print_upload"


def test_a_relay_that_falls_silent_while_the_code_is_shown(cabin: Cabin) -> None:
    waiting_for_phone(cabin)
    cabin.act("phone_file", "unplug")
    assert cabin.until(lambda: trouble_of(cabin) == "not_reached", 60)


def test_a_code_that_has_grown_old(cabin: Cabin) -> None:
    waiting_for_phone(cabin)
    for _ in range(45):
        cabin.advance(15)
        if cabin.screen == "idle":
            cabin.touch("idle.stay")
    assert trouble_of(cabin) == "expired"


def test_a_file_that_is_lost_on_its_way(cabin: Cabin) -> None:
    waiting_for_phone(cabin)
    assert cabin.act("phone_file", "pdf")["status"] == 200
    cabin.relay.loses_fetch = True
    assert cabin.until(lambda: trouble_of(cabin) == "lost", 100)  # the client's own patience
    cabin.relay.loses_fetch = False
    cabin.touch("print.phone")
    cabin.advance(2)
    cabin.act("phone_file", "pdf")
    assert cabin.until(lambda: cabin.screen == "print_document", 30)


def test_a_file_that_comes_after_the_visit_is_not_taken(cabin: Cabin) -> None:
    waiting_for_phone(cabin)
    url = cabin.relay.urls[-1]
    cabin.touch("nav.home")
    cabin.advance(3)
    assert cabin.relay.upload("a.pdf", SAMPLES["pdf"][3](), url) != 200
    assert cabin.screen == "home"
    nothing_left(cabin)


def test_a_stick_pulled_before_its_file_is_read(cabin: Cabin) -> None:
    cabin.act("usb_stick", "plug")
    cabin.touch("home.print")
    cabin.touch("print.stick")
    assert cabin.until(lambda: bool(getattr(cabin.state.visit.step, "files", ())), 20)
    cabin.act("usb_stick", "unplug")
    cabin.touch("print.file", "0")
    assert cabin.until(lambda: trouble_of(cabin) == Trouble.PULLED.value, 20)


def test_a_stick_is_let_go_with_the_visit_whatever_was_chosen_since(cabin: Cabin) -> None:
    outside = cabin.engine._outside
    stick = outside._cabin._documents._place.stick  # type: ignore[union-attr]
    let_go: list[bool] = []
    stick.close = lambda: let_go.append(True)
    cabin.act("usb_stick", "plug")
    cabin.touch("home.print")
    cabin.touch("print.stick")
    cabin.advance(2)
    cabin.touch("nav.back")
    assert let_go == []
    cabin.touch("nav.home")
    cabin.advance(2)
    assert let_go == [True]


def test_a_stick_that_comes_later_is_seen(cabin: Cabin) -> None:
    cabin.act("usb_stick", "unplug")
    cabin.touch("home.print")
    cabin.touch("print.stick")
    cabin.advance(10)
    assert cabin.screen == "print_files"
    cabin.act("usb_stick", "plug")
    assert cabin.until(lambda: bool(getattr(cabin.state.visit.step, "files", ())), 10)


def test_a_page_turned_quickly_shows_the_last_one_wanted(cabin: Cabin) -> None:
    waiting_for_phone(cabin)
    cabin.act("phone_file", "pdf")
    assert cabin.until(lambda: cabin.screen == "print_document", 30)
    cabin.touch("print.next")
    cabin.touch("print.next")
    cabin.advance(2)
    choice = cabin.state.visit.document
    assert choice is not None
    assert choice.shown == 3
    assert cabin.pages.get(choice.picture) is not None


def test_a_printer_out_of_order_is_said_before_anybody_pays(cabin: Cabin) -> None:
    cabin.act(PRINTER, "load", sheets=0)
    assert cabin.until(lambda: not cabin.state.device(PRINTER).level.usable, 120)
    cabin.touch("home.print")
    assert cabin.screen == "out_of_service"
    cabin.touch("nav.home")
    cabin.act(PRINTER, "load")
    assert cabin.until(lambda: cabin.state.device(PRINTER).level.usable, 120)
    waiting_for_phone(cabin)
    cabin.act("phone_file", "pdf")
    assert cabin.until(lambda: cabin.screen == "print_document", 30)
    cabin.act(PRINTER, "cover_open")
    assert cabin.until(lambda: not cabin.state.device(PRINTER).level.usable, 120)
    cabin.touch("print.go")
    assert cabin.screen == "out_of_service"
    assert cabin.orders() == []


def test_a_ticket_that_the_printer_refuses_is_said_before_anybody_pays(cabin: Cabin) -> None:
    waiting_for_phone(cabin)
    cabin.act("phone_file", "pdf")
    assert cabin.until(lambda: cabin.screen == "print_document", 30)
    fault(PRINTER, "http_5xx", 1, operation="Validate-Job")(cabin)
    cabin.touch("print.go")
    assert cabin.until(lambda: cabin.screen == "print_document", 30)
    choice = cabin.state.visit.document
    assert choice is not None
    assert choice.trouble == print_steps.PRINTER_SAYS_NO


class FreeCabin(Cabin):
    """Two free sides a visit."""

    def configure(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("[print]\n", "[print]\nfree_pages = 2\n"), encoding="utf-8")


def test_free_sides_cost_nothing_and_the_others_are_paid(tmp_path: Path) -> None:
    cabin = FreeCabin(tmp_path)
    assert printed(cabin, SMALL).amount_fen == 20
    assert printed(cabin, replace(SMALL, pages=(1, 2))).amount_fen == 0
    gift = replace(SMALL, pages=(1, 2), when_stopped="stop")
    order = printed(cabin, gift, out(6), NO_PAPER)
    assert (order.goods[0].given, order.amount_fen, order.closed) == (1, 0, True)


def test_what_comes_out_first_is_what_was_free(tmp_path: Path) -> None:
    cabin = FreeCabin(tmp_path)
    order = printed(cabin, STOP, out(2), NO_PAPER)
    assert order.goods[0].given == 2
    assert (order.payment_word, order.refunded_fen) == ("refunded", 20)


def printed_through_kills(cabin: Cabin, errand: PrintErrand, kill_after: int) -> bool:
    """A visit with a kill after so many rows; False if it was over before."""
    cabin.kill_after = kill_after
    killed_once = False
    for _ in range(3):
        try:
            if killed_once:
                cabin.restart()
            cabin.serve(PrintUser(errand))
            break
        except Killed:
            killed_once = True
    cabin.kill_after = None
    cabin.come_to_rest()
    balanced(cabin)
    nothing_left(cabin)
    return killed_once


@pytest.mark.parametrize("errand", [SMALL, LARGE], ids=["terminal", "wechat"])
def test_killed_after_every_row(tmp_path: Path, errand: PrintErrand) -> None:
    doubtful = 0
    for rows in range(1, 40):
        folder = tmp_path / str(rows)
        folder.mkdir()
        cabin = Cabin(folder)
        if not printed_through_kills(cabin, errand, rows):
            break
        (order,) = cabin.check(settled=True)
        if not order.closed:
            # The job was about to leave: a printer that doesn't know it may have forgotten it.
            doubtful += 1
            assert order.goods[0].state is GoodsState.DELIVERY_UNKNOWN
            assert order.needs_person
    else:
        pytest.fail("a visit has no end")
    assert rows > 4
    assert doubtful == 1


@pytest.mark.long
@pytest.mark.timeout(600)
def test_killed_after_every_row_of_a_job_that_stops(cabin: Cabin) -> None:
    for rows in range(1, 40):
        cabin.act(PRINTER, "load", sheets=1)
        if not printed_through_kills(cabin, replace(LARGE, when_stopped="stop"), rows):
            break
    else:
        pytest.fail("a visit has no end")
    assert all(x.closed or x.needs_person for x in cabin.check(settled=True))


def test_whoever_was_gone_when_the_kiosk_died_gets_no_more_pages(cabin: Cabin) -> None:
    """A job that still runs after a kill is taken back if nobody is there for it (R17)."""
    cabin.act(PRINTER, "load", sheets=1)
    cabin.serve(PrintUser(LEAVE), out(1), lambda _: None)
    (order,) = cabin.orders()
    assert order.person_left
    cabin.restart()
    cabin.act(PRINTER, "load")
    (order,) = cabin.come_to_rest()
    assert cabin.cabin.document_printer.sides == 1
    assert order.goods[0].given == 1
    nothing_left(cabin)
