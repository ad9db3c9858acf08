"""The document printer as people have it: simulator, network, worker, command line, recordings."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devices import registry
from devices.document_printer.commands import Print, Printed, Printing, Purge, Purged, Resolve
from devices.recording import recorder
from devices.replay import Replay, Replayed, read
from devices.status import Completion, Failed, OutcomeUnknown, Success, TimedOut
from kiosk.main import main
from tests.support.at_worker import AtWorker
from tests.support.document_pair import DocumentPair, pdf
from tests.support.simulated import SimulatedCabin, simulated_cabin

FIVE = pdf(5)
DEVICE = "document_printer"


class Hand(AtWorker):
    """A worker on the simulated printer."""

    def __init__(self, cabin: SimulatedCabin) -> None:
        self.bench = cabin.bench
        self.url = (cabin.folder / "network").read_text().split()[1]
        super().__init__(DEVICE, "ipp", self.url)

    def gone(self) -> bool:
        return self.reason == "no_answer"

    def printing(self) -> bool:
        return any(isinstance(x, Printing) and x.sides for x in self.progress)

    def state(self) -> dict[str, Any]:
        return self.bench.state(DEVICE)


@pytest.fixture(scope="module")
def cabin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCabin]:
    with simulated_cabin(tmp_path_factory.mktemp("cabin"), "--speed", "2") as running:
        yield running


@pytest.fixture
def hand(cabin: SimulatedCabin) -> Iterator[Hand]:
    cabin.bench.set_up("normal")
    made = Hand(cabin)
    made.until(made.ready)
    yield made
    made.stop()


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "five.pdf"
    path.write_bytes(FIVE)
    return path


def sides(end: Completion) -> int | None:
    assert isinstance(end, Success | Failed), end
    assert isinstance(end.value, Printed), end
    return end.value.sides


def test_a_document_of_a_file_comes_out(hand: Hand, document: Path) -> None:
    before = hand.state()
    assert sides(hand.do(Print(str(document), "F1", impressions=5))) == 5
    after = hand.state()
    assert after["sides"] - before["sides"] == 5
    assert after["documents"] - before["documents"] == 1
    assert hand.printing()


def test_the_answer_to_the_document_is_lost_and_nothing_comes_twice(hand: Hand) -> None:
    before = hand.state()
    hand.bench.fault(DEVICE, "answer_lost", operation="Send-Document")
    assert sides(hand.do(Print(FIVE, "L1"))) == 5
    assert hand.state()["sides"] - before["sides"] == 5


def test_a_pulled_cable_is_borne_for_a_while(hand: Hand) -> None:
    number = hand.submit(Print(FIVE, "P1"))
    hand.until(hand.printing)
    hand.bench.act(DEVICE, "unplug")
    hand.until(hand.gone)
    hand.bench.act(DEVICE, "plug")
    assert sides(hand.end(number)) == 5
    hand.until(hand.ready)


@pytest.mark.long
def test_a_cable_that_stays_out_leaves_a_question_that_is_answered_later(hand: Hand) -> None:
    before = hand.state()
    number = hand.submit(Print(FIVE, "Q1"))
    hand.until(hand.printing)
    hand.bench.act(DEVICE, "unplug")
    assert hand.end(number) == OutcomeUnknown("no_answer")
    assert hand.do(Resolve("Q1")) == OutcomeUnknown("no_answer")
    hand.bench.act(DEVICE, "plug")
    hand.until(hand.ready)
    assert sides(hand.do(Resolve("Q1"))) == 5
    assert hand.state()["documents"] - before["documents"] == 1


def test_paper_that_ends_in_the_middle_is_waited_for(hand: Hand) -> None:
    hand.bench.act(DEVICE, "load", sheets=2)
    number = hand.submit(Print(FIVE, "E1"))
    waits = "paper_out"
    hand.until(lambda: any(isinstance(x, Printing) and x.reason == waits for x in hand.progress))
    hand.bench.act(DEVICE, "load")
    assert sides(hand.end(number)) == 5


def test_the_end_of_a_visit(hand: Hand) -> None:
    number = hand.submit(Print(FIVE, "V1"))
    hand.until(hand.printing)
    hand.cancel(number)
    end = hand.end(number)
    assert isinstance(end, Failed)
    assert end.code == "canceled"
    assert sides(end) == hand.state()["sides"] or (sides(end) or 0) < 5
    assert hand.do(Purge()) == Success(Purged(0, 0))
    assert hand.state()["waiting"] == 0


# The command line.


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[dict[str, Any]]]:
    code = main(["device", "ipp", *words, "--json"])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_operation_by_hand(
    cabin: SimulatedCabin, document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cabin.bench.set_up("normal")
    at = ("--port", (cabin.folder / "network").read_text().split()[1])
    code, lines = run(capsys, "status", *at)
    assert (code, lines) == (0, [{"status": {"level": "ready", "reason": "", "detail": ""}}])
    code, lines = run(capsys, "identify", *at)
    assert code == 0
    assert lines[-1]["value"]["copies_most"] == 99
    code, lines = run(capsys, "validate", *at, "--set", "copies=100")
    assert code == 1
    assert lines[-1]["meaning"].endswith("copies")
    sets = (f"document={document}", "job_no=H1", "pages=1-2", "impressions=2")
    code, lines = run(capsys, "print", *at, *(w for x in sets for w in ("--set", x)))
    assert code == 0
    assert lines[-1]["value"]["sides"] == 2
    for operation in ("job", "resolve", "cancel"):
        code, lines = run(capsys, operation, *at, "--set", "job_no=H1")
        assert code == 0
        assert lines[-1]["value"]["state"] == "completed"
    assert run(capsys, "resolve", *at, "--set", "job_no=NONE")[0] == 3
    assert run(capsys, "purge", *at)[0] == 0
    assert run(capsys, "purge", *at, "--set", "everybody=yes")[0] == 0


def test_what_cannot_be_meant_is_said(
    cabin: SimulatedCabin, document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ("--port", (cabin.folder / "network").read_text().split()[1])
    for wrong in ("copies=0", "sides=both", "pages=3-1", "document=/nowhere.pdf", "job_no=a b"):
        words = ["--set", f"document={document}", "--set", wrong]
        assert main(["device", "ipp", "print", *at, *words]) == 2
    assert main(["device", "ipp", "status", "--port", "ipp://"]) == 2
    capsys.readouterr()


def test_a_port_of_another_kind_is_refused_with_a_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with simulated_cabin(tmp_path / "other") as cabin:
        port = f"serial://{cabin.folder / 'booklet_dispenser'}"
        code, lines = run(capsys, "status", "--port", port)
    assert code == 1
    assert lines[-1]["status"]["reason"] == "port_error"


# Recordings.


def replayed(path: Path) -> Replayed:
    with path.open("rb") as file:
        head, lines = read(file)
        driver = registry.factory(head.driver, head.settings)()
        return Replay(driver, registry.scribe(head.driver)).run(lines)


@pytest.mark.parametrize(
    "fault", ["", "answer_lost", "http_5xx", "garbage_answer", "silent", "busy", "aborts"]
)
def test_a_recording_plays_again_and_holds_no_document(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "printer.jsonl"
    with contextlib.closing(recorder(path, "ipp", {"busy_s": 60.0})) as tap:
        pair = DocumentPair(tap=tap)
        pair.until_ready()
        if fault:
            pair.strike(fault, count=1)
        secret = FIVE + b"% secret"
        pair.submit(1, Print(secret, "R1"))
        end = pair.end(1)
        assert isinstance(end, Success | Failed | TimedOut | OutcomeUnknown)
        pair.wait(3)
    text = path.read_text()
    assert "Send-Document" in text or isinstance(end, TimedOut)
    assert b"secret".hex() not in text
    assert b"%PDF".hex() not in text
    result = replayed(path)
    assert result.differences == []
    assert result.lines > 10


def test_the_worker_records_too(
    cabin: SimulatedCabin, document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cabin.bench.set_up("normal")
    path = tmp_path / "by_hand.jsonl"
    at = ("--port", (cabin.folder / "network").read_text().split()[1], "--record", str(path))
    assert run(capsys, "print", *at, "--set", f"document={document}")[0] == 0
    assert str(document) not in path.read_text()
    assert main(["device", "replay", str(path)]) == 0
    assert "the same" in capsys.readouterr().out
