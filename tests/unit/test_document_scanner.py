"""The scanner's driver, told by hand what its program came to."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

from devices import registry
from devices.control import ProgramAnswer, ProgramRequest, ProgramSaid, StopRequest
from devices.document_scanner import codec
from devices.document_scanner import commands as c
from devices.document_scanner.driver import AGAIN_S, ASK_S, GRACE_S, IDLE_S, SaneScanner
from devices.driver import Completed, Progress, SettingsError
from devices.recording import recorder
from devices.replay import Replay, read
from devices.status import Cancelled, Completion, Failed, Level, Success, TimedOut
from kiosk.diagnostics.tracing import Trace

CARD = c.Area(95, 65)
GOOD = ProgramAnswer(0)


def header(width: int, height: int) -> bytes:
    return codec.SIGNATURE + struct.pack(">I4sII", 13, b"IHDR", width, height) + bytes(20)


def picture(width: int = 1122, height: int = 767) -> ProgramAnswer:
    return ProgramAnswer(0, "", 5000, header(width, height), codec.IEND)


class Bench:
    """A driver whose port has just been opened."""

    def __init__(self, driver: SaneScanner | None = None, *, answered: bool = True) -> None:
        self.driver, self.now = driver or SaneScanner(), 0.0
        self.asked: list[ProgramRequest | StopRequest] = []
        self.ends: list[Completion] = []
        self.progress: list[object] = []
        self.driver.opened(0.0)
        self.take()
        if answered:
            self.answer(GOOD)

    def take(self) -> None:
        for request in self.driver.take_requests():
            assert isinstance(request, ProgramRequest | StopRequest)
            self.asked.append(request)
        for report in self.driver.take_reports():
            if isinstance(report, Completed):
                self.ends.append(report.completion)
            if isinstance(report, Progress):
                self.progress.append(report.what)

    def answer(
        self, answer: ProgramAnswer | ProgramSaid, request: ProgramRequest | None = None
    ) -> None:
        last = request or [x for x in self.asked if isinstance(x, ProgramRequest)][-1]
        self.driver.answered(last, answer, self.now)
        self.take()

    def scan(self, path: str = "/x/1") -> ProgramRequest:
        self.driver.submit(len(self.ends) + 1, c.Scan(path, CARD), self.now)
        self.take()
        last = self.asked[-1]
        assert isinstance(last, ProgramRequest)
        return last

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.driver.tick(self.now)
        self.take()


def test_a_picture_is_asked_for_in_scanimages_own_words() -> None:
    bench = Bench(SaneScanner(source="Flatbed"))
    request = bench.scan()
    assert request.path == "/x/1"
    assert request.arguments == (
        *("--source=Flatbed", "--mode=Color", "--resolution=300"),
        *("-l", "0", "-t", "0", "-x", "95", "-y", "65", "--format=png", "-p"),
    )
    bench.answer(ProgramSaid(2))
    bench.answer(ProgramSaid(50))
    bench.answer(picture())
    assert bench.progress == [c.Scanning(50)], "small steps are passed over"
    assert bench.ends == [Success(c.Scanned(1122, 767, 5000))]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (ProgramAnswer(3, words="scanimage: sane_start: Device busy"), "busy"),
        (ProgramAnswer(6), "jammed"),
        (ProgramAnswer(7), "no_documents"),
        (ProgramAnswer(8), "cover_open"),
        (ProgramAnswer(9, size=300, head=header(1122, 767)), "io_error"),
        (ProgramAnswer(10), "no_memory"),
        (ProgramAnswer(11), "access_denied"),
        (ProgramAnswer(1, words="open of device x failed: Invalid argument"), "no_answer"),
        (ProgramAnswer(1, words="open of device x failed: Device busy"), "busy"),
        (ProgramAnswer(-11), "exit_-11"),
        (ProgramAnswer(143), "exit_143"),
        (ProgramAnswer(None, "no_program", words="scanimage: No such file"), "no_program"),
        (ProgramAnswer(None, "no_place"), "no_place"),
        (ProgramAnswer(0), "half_picture"),
        (ProgramAnswer(0, "", 99, header(1122, 767), b"IDAT"), "half_picture"),
        (ProgramAnswer(0, "", 99, b"P6 1122 767", codec.IEND), "half_picture"),
        (picture(944, 767), "too_small"),
        (picture(1122, 600), "too_small"),
        (picture(9000, 767), "half_picture"),
    ],
)
def test_what_is_no_picture(answer: ProgramAnswer, code: str) -> None:
    bench = Bench()
    bench.scan()
    bench.answer(answer)
    (end,) = bench.ends
    assert isinstance(end, Failed)
    assert end.code == code
    bench.wait(0.0)
    assert bench.asked[-1].number > 2, "it is asked whether it is still there"


def test_a_scan_that_is_taken_back_is_stopped_and_ends_once() -> None:
    bench = Bench()
    request = bench.scan()
    bench.driver.cancel(1, bench.now)
    bench.take()
    assert bench.asked[-1] == StopRequest(request.number)
    assert bench.ends == []
    bench.answer(ProgramAnswer(143), request)
    assert bench.ends == [Cancelled()]
    bench.answer(picture(), request)
    assert bench.ends == [Cancelled()]


def test_a_program_that_never_ends_costs_its_command_and_no_more() -> None:
    bench = Bench()
    late = bench.scan()
    bench.wait(c.PATIENCE_S + GRACE_S + 0.1)
    assert bench.ends == [TimedOut()]
    request = bench.scan("/x/2")
    bench.wait(ASK_S + GRACE_S + 0.1)  # the question whether it is there is answered by nobody
    request = bench.asked[-1]
    bench.answer(picture(), late)
    assert bench.ends == [TimedOut()], "whose picture that is nobody knows"
    assert isinstance(request, ProgramRequest)
    assert request.path == "/x/2"
    bench.answer(picture(), request)
    assert bench.ends[1:] == [Success(c.Scanned(1122, 767, 5000))]


def test_it_is_never_opened_twice_at_once() -> None:
    bench = Bench(answered=False)
    question = bench.asked[-1]
    assert isinstance(question, ProgramRequest)
    assert bench.scan() is question
    bench.answer(GOOD)
    assert bench.asked[-1] != question
    assert "--format=png" in getattr(bench.asked[-1], "arguments")  # noqa: B009
    bench.answer(picture())
    assert len(bench.ends) == 1


def test_what_is_taken_back_before_it_began_never_begins() -> None:
    bench = Bench(answered=False)
    bench.scan()
    bench.driver.cancel(1, bench.now)
    bench.take()
    assert bench.ends == [Cancelled()]
    bench.answer(GOOD)
    assert len(bench.asked) == 1


@pytest.mark.parametrize(
    ("answer", "level", "reason"),
    [
        (GOOD, Level.READY, ""),
        (ProgramAnswer(1, words="open of device x failed: Device busy"), Level.BUSY, "busy"),
        (
            ProgramAnswer(1, words="open of device x failed: Invalid argument"),
            Level.UNAVAILABLE,
            "no_answer",
        ),
        (
            ProgramAnswer(1, words="failed: Access to resource has been denied"),
            Level.UNAVAILABLE,
            "port_forbidden",
        ),
        (ProgramAnswer(None, "no_program"), Level.UNAVAILABLE, "port_error"),
        (ProgramAnswer(None, "no_answer"), Level.UNAVAILABLE, "no_answer"),
        (ProgramAnswer(None, "stuck"), Level.UNAVAILABLE, "no_answer"),
    ],
)
def test_how_it_is(answer: ProgramAnswer, level: Level, reason: str) -> None:
    bench = Bench(answered=False)
    assert bench.driver.status.level is Level.UNKNOWN
    bench.answer(answer)
    assert (bench.driver.status.level, bench.driver.status.reason) == (level, reason)
    count = len(bench.asked)
    bench.wait(AGAIN_S + 0.1 if reason else AGAIN_S - 0.1)
    assert len(bench.asked) == count + bool(reason), "one that is away is asked sooner"
    bench.wait(IDLE_S)
    assert len(bench.asked) > count


def test_a_port_that_runs_no_programs_says_so() -> None:
    bench = Bench(answered=False)
    bench.driver.answered(bench.asked[0], None, 0.0)
    assert bench.driver.status.reason == "port_error"


def test_what_it_lists_of_itself() -> None:
    text = (
        b"\nOptions specific to device `pixma:04A9176D_000017':\n"
        b"    --mode Color|Gray|Lineart [Color]\n    --source Flatbed [Flatbed]\n"
        b"    -x 0..216.069mm [216.069]\n    -y 0..297.011mm [297.011]\n"
    )
    bench = Bench()
    bench.driver.submit(1, c.Identify(), 0.0)
    bench.take()
    bench.answer(ProgramAnswer(0, "", len(text), text))
    assert bench.ends == [
        Success(c.Glass("pixma", 216.069, 297.011, "Flatbed", "Color|Gray|Lineart"))
    ]


@pytest.mark.parametrize(
    "settings",
    [
        {"program": ""},
        {"program": "bin/scanimage"},
        {"program": 3},
        {"source": "x" * 65},
        {"source": "a\nb"},
        {"mode": "Gray"},
    ],
)
def test_settings_that_make_no_sense(settings: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        SaneScanner.from_settings(settings)


def test_a_recording_plays_again_and_holds_nothing_of_a_page(tmp_path: Path) -> None:
    path, driver = tmp_path / "recording.jsonl", SaneScanner()
    driver.tap = tap = recorder(path, "sane", {})
    bench = Bench(driver)
    bench.scan("/dev/shm/somebody/page")
    bench.answer(ProgramSaid(50))
    rows = b"somebody's rows"
    bench.answer(ProgramAnswer(0, "", 5000, header(1122, 767) + rows, codec.IEND, "warming up"))
    bench.scan("/dev/shm/somebody/page2")
    bench.answer(ProgramAnswer(8, words="Scanner cover is open"))
    bench.wait(0.0)
    bench.answer(ProgramAnswer(None, "no_answer"))
    bench.scan()
    bench.driver.cancel(3, bench.now)
    bench.take()
    bench.answer(ProgramAnswer(143), bench.asked[-2])  # type: ignore[arg-type]
    driver.lost(bench.now, "stopped")
    driver.take_reports()
    tap.close()
    text = path.read_text()
    assert "somebody" not in text
    assert rows.hex() not in text
    head, lines = read(iter(path.read_bytes().splitlines(keepends=True)))
    replayed = Replay(SaneScanner(), registry.scribe(head.driver)).run(lines)
    assert replayed.differences == []
    assert replayed.lines > 15
    assert [type(x) for x in bench.ends] == [Success, Failed, Cancelled]


def test_a_trace_tells_the_command_and_its_end(tmp_path: Path) -> None:
    driver = SaneScanner()
    driver.tap = trace = Trace(registry.scribe("sane"))
    bench = Bench(driver)
    bench.scan(str(tmp_path / "page"))
    bench.answer(ProgramAnswer(8, words="Scanner cover is open"))
    lines = []
    while (line := trace.get(0)) is not None:
        lines.append(line)
    text = str(lines)
    assert "scanimage --mode=Color" in text
    assert "Scanner cover is open" in text
    assert str(tmp_path) not in text


def test_whatever_a_program_says_each_command_has_one_end() -> None:
    seed = random.randrange(1 << 31)
    print(f"seed {seed}")
    rng = random.Random(seed)

    def some(length: int) -> bytes:
        good = rng.choice((codec.SIGNATURE, codec.IEND, header(1122, 767), b"Progress: 999.9%"))
        return rng.choice((b"", good, rng.randbytes(rng.randrange(length))))

    driver = SaneScanner()
    driver.opened(0.0)
    now, submitted, ended = 0.0, 0, 0
    for _ in range(3000):
        now += rng.choice((0.0, 0.1, 5.0, 30.0))
        match rng.randrange(4):
            case 0:
                submitted += 1
                driver.submit(submitted, rng.choice((c.Scan("", CARD), c.Identify())), now)
            case 1 if submitted:
                driver.cancel(rng.randrange(1, submitted + 1), now)
            case _:
                driver.tick(now)
        for request in driver.take_requests():
            if isinstance(request, ProgramRequest) and rng.random() < 0.8:
                code = rng.choice((None, 0, 0, 0, 1, 3, 8, 9, -15, 143, 255))
                reason = rng.choice(("", "", "", "no_answer", "stuck", "too_many"))
                words = some(200).decode("latin-1")
                answer = ProgramAnswer(code, reason, 10, some(60), some(20), words)
                driver.answered(request, rng.choice((ProgramSaid(rng.randrange(101)), answer)), now)
        ended += sum(isinstance(x, Completed) for x in driver.take_reports())
    driver.lost(now, "stopped")
    ended += sum(isinstance(x, Completed) for x in driver.take_reports())
    assert ended == submitted > 100
