"""CUPS' own programs as the other side: `ippeveprinter` is printed on, `ipptool` asks our twin."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.document_printer.commands import (
    CancelJob,
    Identify,
    JobState,
    Print,
    Printed,
    Printing,
    Purge,
    Purged,
    Resolve,
    Ticket,
    Validate,
    Waiting,
)
from devices.document_printer.messages import Capabilities
from devices.status import Failed, OutcomeUnknown, Success
from tests.support.at_worker import AtWorker
from tests.support.document_pair import pdf
from tests.support.ippeve import EvePrinter, eve_printer, ipptool
from tests.support.simulated import SimulatedCabin, simulated_cabin

FIVE = pdf(5)


class Hand(AtWorker):
    """A worker with the driver on an address."""

    def __init__(self, url: str) -> None:
        super().__init__("printer", "ipp", url)

    def printing(self, **want: object) -> bool:
        """Whether such progress was told."""
        told = [x for x in self.progress if isinstance(x, Printing)]
        return any(all(getattr(x, key) == want[key] for key in want) for x in told)


@pytest.fixture(scope="module")
def eve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EvePrinter]:
    with eve_printer(tmp_path_factory.mktemp("eve")) as printer:
        printer.paper(100)
        yield printer


@pytest.fixture
def hand(eve: EvePrinter) -> Iterator[Hand]:
    eve.go_on()
    made = Hand(eve.url)
    made.until(made.ready)
    yield made
    eve.go_on()
    made.stop()


@pytest.fixture(scope="module")
def cabin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCabin]:
    with simulated_cabin(tmp_path_factory.mktemp("cabin"), "--speed", "20") as running:
        yield running


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "five.pdf"
    path.write_bytes(FIVE)
    return path


def cli(url: str, *words: str) -> tuple[int, list[dict[str, Any]]]:
    """`kiosk device ipp ...`: its exit code and its lines."""
    start = "import sys; from kiosk.main import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", start, "device", "ipp", *words, "--port", url, "--json"],
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_the_command_line_prints_as_asked(eve: EvePrinter, hand: Hand, document: Path) -> None:
    assert hand.ready()
    sets = ("copies=2", "sides=two-sided-long-edge", "pages=1-2,4", "color=monochrome", "job_no=C1")
    pairs = [word for pair in (f"document={document}", *sets) for word in ("--set", pair)]
    code, lines = cli(eve.url, "print", *pairs)
    assert code == 0, lines
    assert lines[-1]["value"]["sides"] == 6
    asked = json.loads((eve.folder / "jobs.jsonl").read_text().splitlines()[-1])
    assert asked == {
        "COPIES": "2",
        "SIDES": "two-sided-long-edge",
        "PAGE_RANGES": "1-2,4-4",
        "PRINT_COLOR_MODE": "monochrome",
        "MEDIA": "iso_a4_210x297mm",
        "JOB_NAME": "cabin-C1",
        "JOB_ORIGINATING_USER_NAME": "cabin",
    }
    spooled = [path.read_bytes() for path in (eve.folder / "spool").glob("*cabin-c1*.pdf")]
    assert spooled == [FIVE], "the document arrived whole"


def test_the_worker_prints_and_tells_each_side(hand: Hand) -> None:
    end = hand.do(Print(FIVE, "W1", Ticket(2), impressions=10))
    assert isinstance(end, Success), end
    assert isinstance(end.value, Printed)
    assert (end.value.state, end.value.sides) == ("completed", 10)
    told = [x.sides for x in hand.progress if isinstance(x, Printing) and x.sides]
    assert told
    assert told == sorted(told)
    found = hand.do(JobState("W1"))
    assert isinstance(found, Success)
    assert found.value == end.value


def test_what_it_says_of_itself(hand: Hand) -> None:
    end = hand.do(Identify())
    assert isinstance(end, Success)
    assert isinstance(end.value, Capabilities)
    assert end.value.model == "Example Printer"
    assert "application/pdf" in end.value.formats
    assert end.value.copies_most == 999
    assert hand.do(Validate(Ticket(2, "two-sided-long-edge", ((1, 3),)))) == Success()


def test_a_second_job_waits_while_the_printer_is_busy(
    eve: EvePrinter, hand: Hand, document: Path
) -> None:
    eve.hold()
    ipptool(eve.url, "print-job.test", document)
    number = hand.submit(Print(FIVE, "B1"))
    hand.until(lambda: Waiting(2) in hand.progress)
    eve.go_on()
    end = hand.end(number)
    assert isinstance(end, Success), end
    assert isinstance(end.value, Printed)
    assert end.value.sides == 5


@pytest.mark.long
def test_no_paper_and_little_ink_are_said(eve: EvePrinter, hand: Hand) -> None:
    eve.paper(0)
    hand.until(lambda: hand.reason == "paper_out")
    assert isinstance(hand.do(Print(FIVE, "P1")), Failed)
    eve.paper(100)
    hand.until(hand.ready)
    eve.ink(5)
    hand.until(lambda: hand.reason == "toner_low")
    eve.ink(0)
    hand.until(lambda: hand.reason == "toner_out")
    eve.ink(90)
    hand.until(hand.ready)


def test_a_jam_in_the_middle_is_told_and_waited_for(eve: EvePrinter, hand: Hand) -> None:
    eve.hold(jammed=True)
    number = hand.submit(Print(FIVE, "J1"))
    hand.until(lambda: hand.printing(reason="jammed"))
    eve.go_on()
    end = hand.end(number)
    assert isinstance(end, Success), end


def test_a_job_is_taken_back(eve: EvePrinter, hand: Hand) -> None:
    eve.hold()
    number = hand.submit(Print(FIVE, "X1"))
    hand.until(lambda: hand.printing(state="processing"))
    hand.cancel(number)
    # It lets the command that prints come to its end first: only then is the job gone.
    eve.until_said("Cancel-Job successful-ok")
    eve.go_on()
    end = hand.end(number)
    assert isinstance(end, Failed), end
    assert end.code == "canceled"
    assert isinstance(end.value, Printed)
    assert end.value.state == "canceled"
    assert isinstance(hand.do(CancelJob("X1")), Success)
    hand.until(hand.ready)
    assert hand.do(Purge()) == Success(Purged(0, 0))


@pytest.mark.long
def test_one_that_dies_in_the_middle_leaves_nobody_sure(eve: EvePrinter, hand: Hand) -> None:
    eve.hold()
    number = hand.submit(Print(FIVE, "D1"))
    hand.until(lambda: hand.printing(state="processing"))
    eve.stop()
    hand.until(lambda: hand.reason == "no_answer")
    eve.go_on()
    eve.start()
    eve.paper(100)
    assert hand.end(number) == OutcomeUnknown("job_not_found")
    hand.until(hand.ready)
    assert hand.do(Resolve("D1")) == OutcomeUnknown("job_not_found")


# ipptool against our twin.

SHIPPED = (
    "get-printer-attributes.test",
    "print-job.test",
    "validate-job.test",
    "create-job.test",
    "get-jobs.test",
    "get-completed-jobs.test",
)
HEAD = """\
    GROUP operation-attributes-tag
    ATTR charset attributes-charset utf-8
    ATTR naturalLanguage attributes-natural-language en
    ATTR uri printer-uri $uri
"""
OWN = f"""\
{{
    NAME "a job without a document"
    OPERATION Create-Job
{HEAD}
    ATTR name requesting-user-name tester
    ATTR name job-name own
    ATTR boolean ipp-attribute-fidelity true
    GROUP job-attributes-tag
    ATTR integer copies 2
    ATTR keyword sides two-sided-long-edge
    ATTR rangeOfInteger page-ranges 1-2,4-5
    ATTR keyword print-color-mode monochrome
    ATTR keyword media iso_a4_210x297mm
    STATUS successful-ok
    EXPECT job-id OF-TYPE integer IN-GROUP job-attributes-tag WITH-VALUE >0
    EXPECT job-uri OF-TYPE uri IN-GROUP job-attributes-tag
    EXPECT job-state OF-TYPE enum WITH-VALUE 3,4
}}
{{
    NAME "its document"
    OPERATION Send-Document
{HEAD}
    ATTR integer job-id $job-id
    ATTR name requesting-user-name tester
    ATTR mimeMediaType document-format application/pdf
    ATTR boolean last-document true
    FILE $filename
    STATUS successful-ok
}}
{{
    NAME "to its end"
    OPERATION Get-Job-Attributes
{HEAD}
    ATTR integer job-id $job-id
    ATTR keyword requested-attributes job-state,job-impressions-completed,job-media-sheets-completed
    STATUS successful-ok
    EXPECT job-state OF-TYPE enum WITH-VALUE 9 REPEAT-NO-MATCH REPEAT-LIMIT 30
    EXPECT job-impressions-completed OF-TYPE integer WITH-VALUE 8
    EXPECT job-media-sheets-completed OF-TYPE integer WITH-VALUE 4
}}
{{
    NAME "among the completed"
    OPERATION Get-Jobs
{HEAD}
    ATTR name requesting-user-name tester
    ATTR boolean my-jobs true
    ATTR keyword which-jobs completed
    ATTR keyword requested-attributes job-id,job-name
    STATUS successful-ok
    EXPECT job-name OF-TYPE name WITH-VALUE "own"
}}
{{
    NAME "too late to cancel"
    OPERATION Cancel-Job
{HEAD}
    ATTR integer job-id $job-id
    STATUS client-error-not-possible
}}
{{
    NAME "what it can't do is refused and named"
    OPERATION Validate-Job
{HEAD}
    ATTR boolean ipp-attribute-fidelity true
    GROUP job-attributes-tag
    ATTR integer copies 1000
    STATUS client-error-attributes-or-values-not-supported
    EXPECT copies IN-GROUP unsupported-attributes-tag
}}
{{
    NAME "no such job"
    OPERATION Get-Job-Attributes
{HEAD}
    ATTR integer job-id 99999
    STATUS client-error-not-found
}}
{{
    NAME "nothing of mine left"
    OPERATION Cancel-My-Jobs
{HEAD}
    ATTR name requesting-user-name tester
    STATUS successful-ok
}}
{{
    NAME "no such operation"
    OPERATION Hold-Job
{HEAD}
    ATTR integer job-id 1
    STATUS server-error-operation-not-supported
}}
"""


def printer_url(cabin: SimulatedCabin) -> str:
    """Where the simulator serves its document printer."""
    line = (cabin.folder / "network").read_text()
    return line.split()[1]


@pytest.mark.parametrize("test", SHIPPED)
def test_ipptool_asks_the_twin(cabin: SimulatedCabin, document: Path, test: str) -> None:
    assert "PASS" in ipptool(printer_url(cabin), test, document)


def test_ipptool_takes_the_twin_through_a_jobs_life(
    cabin: SimulatedCabin, document: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own.test"
    own.write_text(OWN)
    said = ipptool(printer_url(cabin), str(own), document)
    assert said.count("[PASS]") == OWN.count("NAME ")


def test_ipptool_hears_that_the_twin_is_out_of_paper(cabin: SimulatedCabin, tmp_path: Path) -> None:
    own = tmp_path / "empty.test"
    own.write_text(
        f"""{{
    OPERATION Get-Printer-Attributes
{HEAD}
    STATUS successful-ok
    EXPECT printer-state WITH-VALUE 5
    EXPECT printer-state-reasons WITH-VALUE "media-empty-error"
}}"""
    )
    cabin.bench.act("document_printer", "load", sheets=0)
    try:
        ipptool(printer_url(cabin), str(own))
    finally:
        cabin.bench.act("document_printer", "load")
