"""The paper machine and when an order is closed (design, Money; R15, R16)."""

from __future__ import annotations

import pytest

from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.events import Charge, Posting, Printing
from kiosk.core.order import PaperState as P

from .core_orders import ID, Desk, answered, fired, posted, printed


def prints(desk: Desk) -> list[tuple[c.Document, bool]]:
    return [(x.document, x.again) for x in desk.all if isinstance(x, c.Print)]


def receipt() -> Desk:
    return Desk().paid().take(posted(Posting.POSTED))


def test_the_receipt_comes_when_every_line_has_its_answer() -> None:
    assert prints(Desk().paid()) == []
    assert prints(receipt()) == [(c.Document.RECEIPT, False)]


def test_the_receipt_does_not_wait_for_a_slow_biller() -> None:
    desk = Desk().paid()
    assert desk.timers() == {"paper.patience": 8.0}
    assert prints(desk.take(fired("paper.patience"))) == [(c.Document.RECEIPT, False)]


@pytest.mark.parametrize(
    ("result", "state"),
    [
        (Printing.PRINTED, P.PRINTED),
        (Printing.NOT_PRINTED, P.PENDING),
        (Printing.UNKNOWN, P.PENDING),
    ],
)
def test_printed_is_what_the_printer_said_so(result: Printing, state: P) -> None:
    assert receipt().take(printed(result)).order.paper.state is state


def test_nothing_is_printed_a_second_time_by_itself() -> None:
    desk = receipt().take(printed(Printing.UNKNOWN), e.Restarted(ID))
    assert len(prints(desk)) == 1


def test_a_reprint_is_marked_and_has_its_own_job() -> None:
    desk = receipt().take(printed(Printing.UNKNOWN), e.ReprintWanted(ID))
    assert prints(desk) == [(c.Document.RECEIPT, False), (c.Document.RECEIPT, True)]
    jobs = [x.job_id for x in desk.all if isinstance(x, c.Print)]
    assert jobs == [f"{ID}P1", f"{ID}P2"]


def test_an_answer_about_another_job_says_nothing() -> None:
    desk = receipt().take(printed(Printing.UNKNOWN), e.ReprintWanted(ID))
    assert desk.take(printed(Printing.PRINTED, job=1)).order.paper.state is P.PRINTING


def test_a_copy_on_the_screen_replaces_the_paper() -> None:
    desk = receipt().take(printed(Printing.NOT_PRINTED), e.CopyTaken(ID))
    assert desk.order.paper.state is P.SHOWN_AS_QR
    assert desk.order.closed


def test_nothing_is_printed_for_somebody_who_has_left() -> None:
    desk = Desk().paid().take(e.PersonLeft(ID), posted(Posting.POSTED))
    assert prints(desk) == []
    assert desk.order.closed


def test_a_slip_for_whoever_leaves_while_nobody_knows() -> None:
    desk = Desk().take(answered(Charge.NO_ANSWER), e.SlipWanted(ID))
    assert prints(desk) == [(c.Document.SLIP, False)]


def test_the_receipt_follows_the_slip() -> None:
    desk = Desk().take(answered(Charge.NO_ANSWER), e.SlipWanted(ID), printed(Printing.PRINTED))
    desk.paid().take(posted(Posting.POSTED))
    assert prints(desk) == [(c.Document.SLIP, False), (c.Document.RECEIPT, False)]


@pytest.mark.parametrize("result", [Charge.PAID, Charge.NOT_PAID])
def test_no_slip_when_it_is_known(result: Charge) -> None:
    desk = Desk()
    desk.take(answered(result, desk.facts()), e.SlipWanted(ID))
    assert prints(desk) == []


def test_a_restart_leaves_a_print_pending() -> None:
    desk = receipt().take(e.Restarted(ID))
    assert desk.order.paper.state is P.PENDING


def test_an_order_closes_when_money_and_paper_rest() -> None:
    desk = receipt()
    assert not desk.order.closed
    assert desk.take(printed(Printing.PRINTED)).order.closed


def test_an_order_that_took_no_money_closes_at_once() -> None:
    assert Desk().take(answered(Charge.NOT_PAID)).order.closed


def test_a_poisoned_order_waits_for_a_person_and_moves_no_more() -> None:
    desk = Desk().take(e.Poisoned(ID, "PostAnswered", "KeyError"))
    before = desk.order
    assert desk.order.needs_person and not desk.order.closed
    assert desk.paid().order == before
    assert desk.sent == ()
