"""Pages between the core and the printer: what is sent, and what its answers are taken for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from devices.document_printer import commands as d
from devices.status import (
    Cancelled,
    Completion,
    Failed,
    OutcomeUnknown,
    Success,
    TimedOut,
)
from kiosk.adapters.pages import Pages
from kiosk.core import commands as c
from kiosk.core.events import Delivery
from kiosk.core.goods import Progress
from kiosk.core.print_price import PrintRule
from kiosk.core.printing import goods_of
from tests.support.states_print import REPORT

GOODS = goods_of(PrintRule(), replace(REPORT, copies=2), "token", "x")
ODD = goods_of(PrintRule(), replace(REPORT, copies=2, both_sides=True), "token", "x")
PAGES = Pages(lambda file: f"/folder/{file}")


def deliver(goods: object = GOODS) -> c.Deliver:
    return c.Deliver("ORDER", 0, 0, "ORDERL1", goods)  # type: ignore[arg-type]


def check(goods: object = GOODS) -> c.CheckDelivery:
    return c.CheckDelivery("ORDER", 0, 0, "ORDERL1", goods)  # type: ignore[arg-type]


def job(state: str, sides: int | None) -> d.Printed:
    return d.Printed(4, state, sides, None)


def test_the_job_is_known_by_its_orders_line_and_says_nothing_of_a_person() -> None:
    told = PAGES.deliver(deliver(ODD))
    assert told.document == "/folder/token"
    assert (told.job_no, told.impressions) == ("ORDERL1", 6)
    assert told.ticket == d.Ticket(2, "two-sided-long-edge", (), "monochrome")
    assert PAGES.check(check()) == d.Resolve("ORDERL1", 6)


@pytest.mark.parametrize(
    ("completion", "result", "units"),
    [
        (Success(job("completed", 6)), Delivery.DONE, 6),
        (Success(job("completed", 8)), Delivery.DONE, 6),
        (Success(job("completed", None)), Delivery.DONE, 6),
        (Failed("fewer_sides", "", job("completed", 4)), Delivery.NOT_DONE, 4),
        (Failed("fewer_sides", "", job("completed", 0)), Delivery.UNDECIDABLE, 0),
        (Failed("canceled", "", job("canceled", 2)), Delivery.NOT_DONE, 2),
        (Failed("canceled", "", job("canceled", 0)), Delivery.NOT_DONE, 0),
        (Failed("canceled", "", job("canceled", None)), Delivery.UNDECIDABLE, 0),
        (Failed("aborted", "", job("aborted", 5)), Delivery.NOT_DONE, 5),
        (Failed("errors", "", job("completed", None)), Delivery.UNDECIDABLE, 0),
        (Failed("stalled", "", job("canceled", 1)), Delivery.NOT_DONE, 1),
        (Failed("no_document", ""), Delivery.NOT_DONE, 0),
        (Failed("paper_out", ""), Delivery.NOT_DONE, 0),
        (Cancelled(), Delivery.NOT_DONE, 0),
        (TimedOut(), Delivery.NOT_DONE, 0),
        (OutcomeUnknown("no_answer"), Delivery.NO_ANSWER, 0),
        (OutcomeUnknown("job_not_found"), Delivery.NO_ANSWER, 0),
    ],
)
def test_what_an_end_means(completion: Completion, result: Delivery, units: int) -> None:
    event = PAGES.delivered(deliver(), completion, 0)
    assert (event.result, event.units) == (result, units)


@pytest.mark.parametrize(
    ("completion", "result", "units"),
    [
        (Success(job("completed", 6)), Delivery.DONE, 6),
        (Failed("canceled", "", job("canceled", 2)), Delivery.NOT_DONE, 2),
        (OutcomeUnknown("job_not_found"), Delivery.UNDECIDABLE, 0),
        (OutcomeUnknown("no_answer"), Delivery.NO_ANSWER, 0),
        # What says nothing of the job is no answer: money is never paid back on a guess.
        (Failed("not_connected", ""), Delivery.NO_ANSWER, 0),
        (Cancelled(), Delivery.NO_ANSWER, 0),
        (TimedOut(), Delivery.NO_ANSWER, 0),
    ],
)
def test_what_a_later_question_brings(completion: Completion, result: Delivery, units: int) -> None:
    event = PAGES.checked(check(), completion)
    assert (event.result, event.units) == (result, units)


def test_blank_backs_are_never_charged() -> None:
    """3 pages on both sides, twice: a printer may count the blank back of the first copy."""
    event = PAGES.delivered(deliver(ODD), Failed("aborted", "", job("aborted", 4)), 0)
    assert event.units == 3


def test_progress_says_how_far_and_why_not() -> None:
    def told(what: object) -> Progress | None:
        return PAGES.progress(deliver(), what)

    assert told(d.Waiting(1)) == Progress(0, 6, "waiting")
    assert told(d.Printing("sending", None, None)) == Progress(0, 6, "sending")
    assert told(d.Printing("processing", 2, 2)) == Progress(2, 6, "")
    assert told(d.Printing("stopped", 2, 2, "paper_out")) == Progress(2, 6, "paper_out")
    assert told(d.Printing("processing", 99, None)) == Progress(6, 6, "")
    assert told(object()) is None
