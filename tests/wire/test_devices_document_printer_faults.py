"""What goes wrong with the document printer: ends, busy, taken back, answers lost, jobs left."""

from __future__ import annotations

import pytest

from devices.control import HttpAnswer, HttpRequest
from devices.document_printer.commands import (
    CancelJob,
    JobState,
    Print,
    Printed,
    Printing,
    Purge,
    Purged,
    Resolve,
    Waiting,
)
from devices.status import (
    Cancelled,
    Failed,
    Level,
    OutcomeUnknown,
    Success,
    TimedOut,
)
from tests.support.document_pair import FIVE, JOB, ready, sides

STEPS = ("Create-Job", "Send-Document", "Get-Job-Attributes")


# How a job ends.


def test_a_job_that_the_printer_gives_up_says_what_came_out() -> None:
    pair = ready()
    pair.submit(1, JOB)
    pair.until(lambda: pair.twin.sides == 3)
    pair.strike("aborts", count=1)
    end = pair.end(1)
    assert isinstance(end, Failed)
    assert end.code == "aborted"
    assert sides(pair, 1) == pair.twin.sides == 3


def test_completed_with_a_side_too_few_is_no_success() -> None:
    pair = ready("short")
    pair.submit(1, JOB)
    end = pair.end(1)
    assert isinstance(end, Failed)
    assert end.code == "fewer_sides"
    assert sides(pair, 1) == pair.twin.sides == 4


def test_fewer_than_the_caller_knows_is_no_success_either() -> None:
    pair = ready()
    pair.act("pages", count=4)
    pair.submit(1, Print(FIVE, "A1", impressions=5))
    end = pair.end(1)
    assert isinstance(end, Failed)
    assert (end.code, sides(pair, 1)) == ("fewer_sides", 4)


def test_one_that_counts_nothing_says_none_not_zero() -> None:
    pair = ready()
    pair.strike("uncounted")
    pair.submit(1, Print(FIVE, "A1", impressions=5))
    assert pair.end(1) == Success(
        Printed(1, "completed", None, None, ("job-completed-successfully",))
    )
    assert {x.sides for x in pair.progress() if isinstance(x, Printing)} == {None}


# Busy.


@pytest.mark.parametrize("without", [(), ("Create-Job", "Send-Document")])
def test_a_busy_printer_is_waited_for(without: tuple[str, ...]) -> None:
    pair = ready(without=without)
    pair.strike("busy", count=3)
    pair.submit(1, JOB)
    assert sides(pair, 1) == 5
    assert [x.tries for x in pair.progress() if isinstance(x, Waiting)] == [1, 2, 3]
    assert pair.twin.documents == 1


def test_one_that_stays_busy_is_not_waited_for_for_ever() -> None:
    pair = ready(busy_s=30.0)
    pair.strike("busy")
    began = pair.now
    pair.submit(1, JOB)
    assert pair.end(1) == TimedOut()
    assert pair.now - began <= 31
    assert pair.sent_documents() == 0


def test_who_waits_can_go() -> None:
    pair = ready()
    pair.strike("busy")
    pair.submit(1, JOB)
    pair.until(lambda: len(pair.progress()) == 3)
    pair.cancel(1)
    assert pair.end(1) == Cancelled()
    pair.cabin.faults.clear()
    pair.wait(60)
    assert pair.twin.documents == 0


def test_busy_when_the_document_comes_offers_the_same_one_again() -> None:
    pair = ready()
    pair.strike("busy", count=2, operation="Send-Document")
    pair.submit(1, JOB)
    assert sides(pair, 1) == 5
    assert (pair.twin.documents, pair.sent_documents()) == (1, 3)


# Taken back.


def test_taken_back_before_the_document_went() -> None:
    pair = ready()
    pair.submit(1, JOB)
    pair.cancel(1)
    assert pair.end(1) == Cancelled()
    assert pair.sent_documents() == 0
    assert not [x for x in pair.twin.jobs.values() if not x.is_over]


@pytest.mark.parametrize("out", [0, 2, 4])
def test_taken_back_while_it_prints_says_what_came_out(out: int) -> None:
    pair = ready()
    pair.submit(1, JOB)
    pair.until(lambda: pair.twin.documents == 1 and pair.twin.sides == out)
    pair.wait(1)
    pair.cancel(1)
    end = pair.end(1)
    assert isinstance(end, Failed)
    assert end.code == "canceled"
    assert sides(pair, 1) == pair.twin.sides >= out
    pair.wait(30)
    assert sides(pair, 1) == pair.twin.sides


def test_taken_back_while_the_document_goes() -> None:
    pair = ready()
    pair.strike("slow", count=1, operation="Send-Document", seconds=10)
    pair.submit(1, JOB)
    pair.until(lambda: pair.twin.documents == 1)
    pair.cancel(1)
    end = pair.end(1)
    assert isinstance(end, Failed)
    assert end.code == "canceled"
    pair.wait(30)
    assert pair.twin.sides == sides(pair, 1) or sides(pair, 1) is None


def test_a_printer_that_never_gives_it_up_leaves_nobody_sure() -> None:
    pair = ready()
    pair.submit(1, JOB)
    pair.until(lambda: pair.twin.sides == 1)
    pair.act("load", sheets=0)
    pair.strike("http_5xx", operation="Cancel-Job")
    pair.cancel(1)
    assert pair.end(1) == OutcomeUnknown("not_canceled")


def test_too_late_to_take_back_is_a_success() -> None:
    pair = ready()
    pair.submit(1, JOB)
    pair.until(lambda: pair.twin.sides == 5)
    pair.cancel(1)
    assert isinstance(pair.end(1), Success)


# What gets lost on the way, at each step.


@pytest.mark.parametrize("without", [(), ("Create-Job", "Send-Document")])
@pytest.mark.parametrize("fault", ["answer_lost", "half_answer", "garbage_answer", "wrong_type"])
@pytest.mark.parametrize("operation", [*STEPS, "Print-Job"])
def test_a_lost_answer_is_settled_by_asking(
    operation: str, fault: str, without: tuple[str, ...]
) -> None:
    pair = ready(without=without)
    pair.strike(fault, count=1, operation=operation)
    pair.submit(1, JOB)
    assert sides(pair, 1) == pair.twin.sides == 5
    assert pair.twin.documents == pair.sent_documents() == 1


@pytest.mark.parametrize("without", [(), ("Create-Job", "Send-Document")])
@pytest.mark.parametrize("operation", [*STEPS, "Print-Job"])
@pytest.mark.parametrize("fault", ["silent", "http_5xx", "slow"])
def test_a_request_that_comes_to_nothing_never_prints_twice(
    operation: str, fault: str, without: tuple[str, ...]
) -> None:
    pair = ready(without=without)
    seconds = {"seconds": 200} if fault == "slow" else {}
    pair.strike(fault, count=1, operation=operation, **seconds)
    pair.submit(1, JOB)
    end = pair.end(1)
    pair.wait(300)
    assert pair.sent_documents() <= 1
    assert pair.twin.documents <= 1
    if pair.twin.sides:
        assert isinstance(end, Success | OutcomeUnknown)
    if isinstance(end, Success):
        assert pair.twin.sides == 5


def test_an_unheard_document_is_given_up_by_the_printer_and_said_to_be() -> None:
    pair = ready()
    pair.strike("silent", count=1, operation="Send-Document")
    pair.submit(1, JOB)
    end = pair.end(1)
    assert isinstance(end, Failed)
    assert end.code in ("aborted", "stalled", "canceled")
    assert (pair.twin.sides, pair.sent_documents()) == (0, 1)


def test_a_printer_that_forgets_its_jobs_leaves_nobody_sure() -> None:
    pair = ready()
    pair.submit(1, JOB)
    pair.until(lambda: pair.twin.sides == 2)
    pair.act("power_cycle")
    assert pair.end(1) == OutcomeUnknown("job_not_found")
    pair.until_ready()
    pair.submit(2, Resolve("A1"))
    assert pair.end(2) == OutcomeUnknown("job_not_found")
    assert pair.sent_documents() == 1


@pytest.mark.parametrize(
    "kind", ["drop", "corrupt", "truncate", "garbage", "wrong_device", "delay"]
)
@pytest.mark.parametrize("direction", ["to_device", "from_device"])
@pytest.mark.parametrize("nth", range(4))
def test_faults_of_the_wire_at_each_request(kind: str, direction: str, nth: int) -> None:
    pair = ready()
    pair.submit(1, JOB)
    pair.until(lambda: len(pair.asked) > nth)
    pair.strike(kind, count=1, direction=direction)
    end = pair.end(1)
    pair.wait(120)
    assert pair.sent_documents() <= 1
    assert pair.twin.sides <= 5
    if isinstance(end, Success):
        assert pair.twin.sides == 5
    pair.until_ready()


@pytest.mark.parametrize("cut", range(1, 9))
def test_a_cable_pulled_at_any_moment_never_brings_two(cut: int) -> None:
    pair = ready()
    before = len(pair.asked)
    pair.submit(1, JOB)
    pair.until(lambda: len(pair.asked) >= before + cut or 1 in pair.ends())
    pair.unplug()
    end = pair.end(1)
    pair.until(lambda: pair.driver.status.level is Level.UNAVAILABLE)
    pair.wait(30)
    pair.plug()
    pair.until_ready()
    assert pair.sent_documents() <= 1
    if pair.sent_documents():
        assert isinstance(end, OutcomeUnknown)
        pair.submit(2, Resolve("A1"))
        assert sides(pair, 2) == pair.twin.sides == 5
    else:
        assert isinstance(end, Failed | TimedOut)
        pair.submit(2, Print(FIVE, "A2"))
        assert sides(pair, 2) == pair.twin.sides == 5


def test_a_short_break_of_the_network_is_borne() -> None:
    pair = ready()
    pair.submit(1, JOB)
    pair.until(lambda: pair.twin.sides == 2)
    pair.unplug()
    pair.wait(8)
    pair.plug()
    assert sides(pair, 1) == 5


def test_a_port_that_is_closed_ends_it_without_knowing() -> None:
    pair = ready()
    pair.submit(1, JOB)
    pair.until(lambda: pair.twin.sides == 2)
    pair.driver.lost(pair.now, "stopped")
    pair.reports += pair.driver.take_reports()
    assert pair.ends()[1] == OutcomeUnknown("stopped")
    pair = ready()
    pair.submit(1, JOB)
    pair.driver.lost(pair.now, "stopped")
    pair.reports += pair.driver.take_reports()
    assert isinstance(pair.ends()[1], Failed), "no document has gone"


def test_a_document_that_is_not_there_fails_for_certain() -> None:
    pair = ready()
    driver = pair.driver
    driver.submit(1, Print("/nowhere.pdf", "A1"), pair.now)
    (create,) = driver.take_requests()
    assert isinstance(create, HttpRequest)
    pair.cabin.post(create.body, pair._hear(create))
    pair._pending[create.number] = (pair.now + 99, create)
    pair.cabin.advance_to(pair.now + 1)
    for request, answer in pair._came:
        driver.answered(request, answer, pair.now)
    pair._came.clear()
    (send,) = driver.take_requests()
    assert isinstance(send, HttpRequest)
    assert send.document == "/nowhere.pdf"
    gone = HttpAnswer(0, reason="no_document", body=b"no such file", sent=False)
    driver.answered(send, gone, pair.now)
    pair.settle()
    assert pair.end(1) == Failed("no_document", "no such file")
    assert not [x for x in pair.twin.jobs.values() if not x.is_over]


# Jobs by their number, and the end of a visit.


def test_a_job_is_found_by_the_kiosks_number() -> None:
    pair = ready()
    pair.submit(1, JOB)
    pair.end(1)
    pair.submit(2, JobState("A1"))
    assert pair.end(2) == Success(Printed(1, "completed", 5, 5, ("job-completed-successfully",)))
    pair.submit(3, JobState("B2"))
    assert isinstance(pair.end(3), Failed)
    pair.submit(4, CancelJob("B2"))
    assert isinstance(pair.end(4), Failed)
    pair.submit(5, CancelJob("A1"))
    assert sides(pair, 5) == 5


def test_a_job_left_behind_is_taken_back_by_its_number() -> None:
    pair = ready()
    pair.submit(1, JOB)
    pair.until(lambda: pair.twin.sides == 1)
    pair.driver.lost(pair.now, "stopped")
    pair.driver.opened(pair.now)
    pair.settle()
    pair.until(lambda: pair.driver.status.level in (Level.READY, Level.BUSY))
    pair.submit(2, CancelJob("A1"))
    end = pair.end(2)
    assert isinstance(end, Success)
    assert isinstance(end.value, Printed)
    assert end.value.state == "canceled"
    assert end.value.sides == pair.twin.sides < 5


@pytest.mark.parametrize("without", [(), ("Cancel-My-Jobs",)])
def test_the_end_of_a_visit_leaves_nothing_of_ours(without: tuple[str, ...]) -> None:
    pair = ready(without=without)
    pair.submit(1, JOB)
    pair.until(lambda: pair.twin.sides == 1)
    other = next(iter(pair.twin.jobs.values()))
    stranger = type(other)(77, "else", "somebody", state=3)
    pair.twin.jobs[77] = stranger
    pair.cancel(1)
    pair.submit(2, Purge())
    end = pair.end(2)
    assert isinstance(end, Success)
    assert isinstance(end.value, Purged)
    assert end.value.left == 0
    assert not stranger.is_over or stranger.state == 9, "only our own"
    ours = [x for x in pair.twin.jobs.values() if x.user == "cabin"]
    assert ours
    assert all(x.is_over for x in ours)


def test_everybodys_jobs_go_only_when_that_is_asked_and_known() -> None:
    pair = ready()
    pair.submit(1, Purge(everybody=True))
    assert pair.end(1) == Success(Purged(0, 0))
    assert "Purge-Jobs" in pair.asked
    pair = ready(without=("Purge-Jobs",))
    pair.submit(1, Purge(everybody=True))
    assert isinstance(pair.end(1), Failed)
