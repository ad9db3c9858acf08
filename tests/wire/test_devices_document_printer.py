"""The document printer's driver against its twin in virtual time."""

from __future__ import annotations

import random

import pytest

from devices.control import AddressRequest, HttpAnswer, HttpRequest
from devices.document_printer import reasons
from devices.document_printer.commands import (
    Identify,
    JobState,
    Print,
    Printed,
    Printing,
    Purge,
    Resolve,
    Ticket,
    Validate,
    parse_pages,
)
from devices.document_printer.driver import IppPrinter
from devices.document_printer.messages import Capabilities
from devices.driver import Completed, SettingsError, StatusChanged
from devices.status import (
    Failed,
    Level,
    Status,
    Success,
)
from tests.support.document_pair import FIVE, JOB, URI, DocumentPair, ready, sides

TWO_SIDED: Ticket = Ticket(2, "two-sided-long-edge", ((1, 3),), "monochrome")


# Work.


def test_a_document_comes_out_as_asked() -> None:
    pair = ready()
    pair.submit(1, Print(FIVE, "A1", TWO_SIDED, impressions=6))
    end = pair.end(1)
    assert end == Success(Printed(1, "completed", 6, 4, ("job-completed-successfully",)))
    assert (pair.twin.sides, pair.twin.sheets, pair.twin.documents) == (6, 4, 1)
    counted = [x.sides for x in pair.progress() if isinstance(x, Printing)]
    assert counted == sorted(counted, key=lambda x: -1 if x is None else x)
    assert {1, 2, 3, 4, 5} <= set(counted), "page by page"
    pair.until_ready()


def test_the_job_has_a_number_before_its_document_goes() -> None:
    pair = ready()
    pair.submit(1, JOB)
    pair.end(1)
    mine = [x for x in pair.asked if x != "Get-Printer-Attributes"]
    assert mine[:3] == ["Create-Job", "Send-Document", "Get-Job-Attributes"]


def test_a_printer_without_create_job_gets_everything_at_once() -> None:
    pair = ready(without=("Create-Job", "Send-Document"))
    pair.submit(1, JOB)
    assert sides(pair, 1) == 5
    assert "Create-Job" not in pair.asked
    assert pair.twin.documents == pair.sent_documents() == 1


def test_a_printer_of_the_older_version_is_spoken_to_in_it() -> None:
    driver = IppPrinter()
    driver.opened(0.0)
    (address,) = driver.take_requests()
    driver.answered(address, URI.encode(), 0.0)
    (first,) = driver.take_requests()
    assert isinstance(first, HttpRequest)
    assert first.body[:2] == b"\x02\x00"
    refusal = b"\x01\x01\x05\x03" + first.body[4:8] + b"\x03"
    driver.answered(first, HttpAnswer(200, "application/ipp", refusal), 0.1)
    (second,) = driver.take_requests()
    assert isinstance(second, HttpRequest)
    assert second.body[:2] == b"\x01\x01"


def test_what_it_is_and_can_do() -> None:
    pair = ready()
    pair.submit(1, Identify())
    end = pair.end(1)
    assert isinstance(end, Success)
    assert isinstance(end.value, Capabilities)
    assert end.value.model == "Example Simulated document printer"
    assert end.value.copies_most == 99
    assert "application/pdf" in end.value.formats
    assert end.value.page_ranges is True
    assert "iso_a4_210x297mm" in end.value.media_ready


def test_what_it_cannot_do_is_said_before_and_refused_when_asked() -> None:
    pair = ready()
    pair.submit(1, Validate(Ticket(3)))
    assert pair.end(1) == Success()
    pair.submit(2, Validate(Ticket(100)))
    refused = Failed("0x040b", "the printer can't do what is asked: copies")
    assert pair.end(2) == refused
    pair.submit(3, Print(FIVE, "A1", Ticket(100)))
    assert pair.end(3) == refused
    assert pair.twin.documents == pair.sent_documents() == 0


@pytest.mark.parametrize(
    ("copies", "two_sided", "pages", "want"),
    [
        (1, False, (), (5, 5)),
        (3, False, (), (15, 15)),
        (1, True, (), (5, 3)),
        (3, True, (), (15, 9)),
        (2, True, ((2, 4),), (6, 4)),
        (1, False, ((1, 1), (4, 9)), (3, 3)),
    ],
)
def test_copies_sides_and_ranges(
    copies: int, two_sided: bool, pages: tuple[tuple[int, int], ...], want: tuple[int, int]
) -> None:
    pair = ready()
    how = Ticket(copies, "two-sided-short-edge" if two_sided else "one-sided", pages)
    pair.submit(1, Print(FIVE, "A1", how))
    assert sides(pair, 1) == want[0]
    assert (pair.twin.sides, pair.twin.sheets) == want


# Liveness.


def test_how_it_is_is_asked_slowly_at_rest_and_fast_at_work() -> None:
    pair = ready()
    before = len(pair.asked)
    pair.wait(50)
    assert 9 <= len(pair.asked) - before <= 11
    pair.submit(1, JOB)
    before = pair.asked.count("Get-Printer-Attributes")
    pair.wait(8)
    assert pair.asked.count("Get-Printer-Attributes") - before >= 6


def test_silence_is_no_status_that_work_begins_on() -> None:
    pair = DocumentPair("silent")
    pair.submit(1, JOB)
    pair.wait(60)
    assert pair.driver.status == Status(Level.UNAVAILABLE, "no_answer", "no_answer")
    levels = {x.status.level for x in pair.reports if isinstance(x, StatusChanged)}
    assert not levels & {Level.READY, Level.BUSY, Level.ATTENTION}
    assert isinstance(pair.ends()[1], Failed)
    assert pair.sent_documents() == 0


def test_one_question_missed_is_forgiven_and_two_are_not() -> None:
    pair = ready("silent")
    pair.wait(15)
    assert pair.driver.status.level is Level.READY
    pair.strike("silent", count=2)
    pair.until(lambda: pair.driver.status.level is Level.UNAVAILABLE)
    pair.until_ready()


@pytest.mark.parametrize("fault", ["http_5xx", "garbage_answer", "wrong_type", "half_answer"])
def test_what_answers_and_is_no_printer_is_never_ready(fault: str) -> None:
    pair = DocumentPair(fault)
    pair.wait(30)
    assert pair.driver.status.level is Level.UNAVAILABLE
    assert not pair.driver.status.answered
    pair.cabin.faults.clear()
    pair.until_ready()


def test_the_answer_of_another_question_is_none() -> None:
    driver = IppPrinter()
    driver.opened(0.0)
    driver.answered(driver.take_requests()[0], URI.encode(), 0.0)
    good = b"\x02\x00\x00\x00\x00\x00\x00\x63\x04\x23\x00\x0dprinter-state\x00\x04\0\0\0\x03\x03"
    for now in (0.1, 1.2):
        driver.tick(now)
        for request in driver.take_requests():
            driver.answered(request, HttpAnswer(200, "application/ipp", good), now)
    assert driver.status.reason == "other_device"


def test_a_port_that_takes_no_requests_is_said_to_be_the_wrong_one() -> None:
    driver = IppPrinter()
    driver.opened(0.0)
    driver.answered(AddressRequest(), None, 0.0)
    assert driver.status.level is Level.UNAVAILABLE
    assert driver.status.reason == "port_error"
    driver.submit(1, JOB, 0.1)
    assert isinstance(_ends(driver)[1], Failed)


def _ends(driver: IppPrinter) -> dict[int, object]:
    return {x.command_id: x.completion for x in driver.take_reports() if isinstance(x, Completed)}


# What is the matter with it.


@pytest.mark.parametrize(
    ("keywords", "state", "want"),
    [
        ((), 3, Status(Level.READY)),
        (("none",), 3, Status(Level.READY)),
        (("none",), 4, Status(Level.BUSY, "printing")),
        (("media-jam-warning",), 4, Status(Level.BUSY, "jammed", "media-jam-warning")),
        (("media-empty-error",), 5, Status(Level.UNAVAILABLE, "paper_out", "media-empty-error")),
        (("media-empty",), 3, Status(Level.UNAVAILABLE, "paper_out", "media-empty")),
        (
            ("media-empty-warning",),
            3,
            Status(Level.ATTENTION, "paper_out", "media-empty-warning"),
        ),
        (("media-jam",), 5, Status(Level.UNAVAILABLE, "jammed", "media-jam")),
        (
            ("toner-low", "door-open"),
            5,
            Status(Level.UNAVAILABLE, "cover_open", "door-open toner-low"),
        ),
        (("toner-low",), 3, Status(Level.ATTENTION, "toner_low", "toner-low")),
        (("toner-empty-error",), 5, Status(Level.UNAVAILABLE, "toner_out", "toner-empty-error")),
        (("paused",), 5, Status(Level.UNAVAILABLE, "paused", "paused")),
        (("x-unheard-of",), 5, Status(Level.UNAVAILABLE, "stopped")),
        (("x-unheard-of-error",), 3, Status(Level.READY)),
        (("none",), None, Status(Level.UNKNOWN, "no_state")),
    ],
)
def test_every_reason_in_plain_words(
    keywords: tuple[str, ...], state: int | None, want: Status
) -> None:
    found = reasons.troubles(keywords)
    assert reasons.status_of(state, None, found, ()) == want
    assert all(x.code in reasons.MEANINGS for x in found)


@pytest.mark.parametrize(
    ("levels", "want"),
    [((0, 0), "paper_out"), ((0, 40), "paper_low"), ((0, -3), "paper_low"), ((0, -2), "paper_out")],
)
def test_an_empty_tray_beside_a_full_one(levels: tuple[int, int], want: str) -> None:
    found = reasons.troubles(("media-empty-warning",))
    trays = tuple(reasons.Tray((29700, 21000), level) for level in levels)
    status = reasons.status_of(3, True, found, trays)
    assert status.reason == want
    assert status.usable == (levels != (0, 0))


def test_one_that_takes_no_jobs_is_not_ready() -> None:
    assert reasons.status_of(3, False, (), ()) == Status(Level.UNAVAILABLE, "not_accepting")


@pytest.mark.parametrize(
    ("action", "body", "reason", "repair", "with_"),
    [
        ("load", {"sheets": 0}, "paper_out", "load", {"sheets": 100}),
        ("cover_open", {}, "cover_open", "cover_close", {}),
        ("toner", {"percent": 0}, "toner_out", "toner", {"percent": 90}),
    ],
)
def test_what_hinders_refuses_before_and_waits_in_the_middle(
    action: str, body: dict[str, object], reason: str, repair: str, with_: dict[str, object]
) -> None:
    pair = ready()
    pair.act(action, **body)
    pair.until(lambda: pair.driver.status.reason == reason)
    pair.submit(1, JOB)
    assert pair.end(1) == Failed(reason, "nothing was sent")
    pair.act(repair, **with_)
    pair.until_ready()
    pair.submit(2, Print(FIVE, "A2"))
    pair.until(lambda: pair.twin.sides >= 2)
    pair.act(action, **body)
    pair.until(lambda: any(isinstance(x, Printing) and x.reason == reason for x in pair.progress()))
    assert pair.driver.status.level is Level.UNAVAILABLE
    pair.wait(60)
    assert 2 not in pair.ends()
    pair.act(repair, **with_)
    assert sides(pair, 2) == 5
    assert pair.twin.sides == 5
    assert pair.sent_documents() == 1


def test_paper_that_ends_and_never_comes_gives_the_job_up_in_the_end() -> None:
    pair = ready()
    pair.act("load", sheets=2)
    pair.submit(1, JOB)
    end = pair.end(1)
    assert isinstance(end, Failed)
    assert end.code == "stalled"
    assert sides(pair, 1) == pair.twin.sides == 2
    pair.act("load", sheets=100)
    pair.wait(60)
    assert pair.twin.sides == 2, "nothing comes out behind the back of the next one"


def test_a_jam_waits_until_it_is_cleared() -> None:
    pair = ready("jam")
    pair.submit(1, JOB)
    pair.until(lambda: pair.driver.status.reason == "jammed")
    pair.act("clear_jam")
    assert sides(pair, 1) == 5


def test_nothing_of_a_person_is_in_any_request() -> None:
    pair = ready()
    pair.submit(1, JOB)
    pair.end(1)
    assert all(b"cabin-A1" in x or b"job-name\x00" not in x for x in pair.bodies)
    assert all(b"requesting-user-name\x00\x05cabin" in x for x in pair.bodies)


# What may be asked at all.


def test_tickets_that_no_printer_could_do() -> None:
    for wrong in (
        lambda: Ticket(0),
        lambda: Ticket(sides="both"),  # type: ignore[arg-type]
        lambda: Ticket(color="sepia"),  # type: ignore[arg-type]
        lambda: Ticket(pages=((3, 2),)),
        lambda: Ticket(pages=((1, 3), (3, 4))),
        lambda: Print(FIVE, "name of somebody"),
        lambda: parse_pages("1-x"),
    ):
        with pytest.raises(ValueError, match=r".+"):
            wrong()
    assert parse_pages("1-3, 5") == ((1, 3), (5, 5))
    assert parse_pages("") == ()


def test_settings_are_checked() -> None:
    for wrong in ({"user": "a b"}, {"user": 1}, {"busy_s": -1}, {"busy_s": True}, {"other": 1}):
        with pytest.raises(SettingsError):
            IppPrinter.from_settings(wrong)
    IppPrinter.from_settings({"user": "cabin3801", "busy_s": 10})


def test_whatever_is_answered_every_command_ends_once(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(150):
        pair = DocumentPair()
        pair.cabin.faults.clear()
        kinds = ("silent", "answer_lost", "half_answer", "garbage_answer", "busy", "http_5xx")
        numbers = range(1, rng.randrange(2, 5))
        for number in numbers:
            pair.wait(rng.random() * 8)
            pair.strike(rng.choice(kinds), count=rng.randrange(1, 3))
            command = rng.choice(
                (Print(FIVE, f"N{number}"), Purge(), Resolve("N1"), Identify(), JobState("N1"))
            )
            pair.submit(number, command)
            if rng.random() < 0.3:
                pair.wait(rng.random() * 5)
                pair.cancel(number)
        pair.until(lambda: set(pair.ends()) == set(numbers))  # noqa: B023 (called at once)
        assert pair.twin.documents <= len(numbers)
