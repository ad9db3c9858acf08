"""What was learned: counts without names, where people get stuck, the certificate."""

from __future__ import annotations

import csv
import io
import json
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from PIL import Image

from devices.driver import Completed
from devices.receipt_printer.document import Columns, Document, Text
from devices.receipt_printer.document import Print as PrintDocument
from devices.receipt_printer.driver import EscposPrinter
from devices.status import Completion, Failed, OutcomeUnknown, Success, TimedOut
from kiosk import clinic_slip, receipts
from kiosk.adapters import DeviceReport
from kiosk.cabin import forget_classes
from kiosk.classroom import RECORD, record_report
from kiosk.classroom.afterwards import RealAfterwards
from kiosk.classroom.certificate import best_of, compose
from kiosk.classroom.reading import shipped
from kiosk.classroom.record import KEPT_DAYS, ClassRecord, count_of
from kiosk.classroom.results import Help, StepResult
from kiosk.core.clinic import Reading
from kiosk.core.commands import Document as Kind
from kiosk.core.state import Rules, State
from kiosk.core.visit.class_messages import CertificateTold, PrintCertificate
from kiosk.core.visit.class_steps import ClassRoom, Learned, Paper
from kiosk.core.visit.clinic_steps import Outcome, Session
from kiosk.durable import Disk
from kiosk.main import main
from kiosk.order_text import Letterhead
from sim.devices.paper import to_png, to_text
from sim.devices.receipt_printer import ReceiptPrinter
from tests.support.pair import Pair
from tests.support.states import B_POWER, ORDER_ID, TERMINAL, order, paid
from tests.support.states_class import taught

TODAY = date(2026, 11, 25)
HEAD = Letterhead("数字小屋", "示例路380弄", "021-0000 0001", 3, time.gmtime)
RESULTS = (
    StepResult("begin", "home", done=True, times=1, seconds=4.4),
    StepResult("scan", "bill", done=True, help=Help.LIGHT, times=2, seconds=51.2, mistakes=("x",)),
    StepResult("look", "bills", skipped=True, times=1, seconds=9.0),
    StepResult("pay"),  # never come to
)
LEARNED = (
    Learned("touch", "敢碰：怎么碰都不会坏", 10, 10, 9, True),
    Learned("power_bill", "扫账单，缴电费", 8, 3, 1, False),
    Learned("power_bill", "扫账单，缴电费", 8, 8, 5, True),
    Learned("power_bill", "扫账单，缴电费", 8, 8, 7, True),
)


def test_a_lesson_is_counted_step_by_step(tmp_path: Path) -> None:
    record = ClassRecord(tmp_path / "classes.json")
    record.add("power_bill", RESULTS, TODAY)
    record.add("power_bill", RESULTS, TODAY)
    found = {x.step: x for x in record.read()}
    assert set(found) == {"begin", "scan", "look"}
    assert {x.day for x in found.values()} == {TODAY}
    scan = found["scan"].count
    assert (scan.came, scan.alone, scan.seconds, scan.stuck) == (2, 0, 102, 2)
    assert (scan.helped, scan.mistakes) == (Counter(light=2), Counter(x=2))
    assert found["scan"].screen == "bill"
    assert found["begin"].count.alone == 2
    assert (found["look"].count.skipped, found["look"].count.stuck) == (2, 2)


def test_hearing_it_again_is_not_being_stuck() -> None:
    assert count_of(StepResult("a", done=True, help=Help.AGAIN, times=1)).stuck == 0
    assert count_of(StepResult("a", done=True, help=Help.FINGER, times=1)).stuck == 1


def test_it_is_kept_for_ninety_days(tmp_path: Path) -> None:
    record = ClassRecord(tmp_path / "classes.json")
    first = TODAY - timedelta(days=KEPT_DAYS)
    record.add("touch", RESULTS, first)
    record.add("touch", RESULTS, first + timedelta(days=1))
    assert len(record.read()) == 6
    record.add("touch", RESULTS, TODAY)
    assert {x.day for x in record.read()} == {first + timedelta(days=1), TODAY}


def test_it_is_kept_no_longer_where_no_class_is_held(tmp_path: Path) -> None:
    record = ClassRecord(tmp_path / "classes.json")
    record.add("touch", RESULTS, TODAY - timedelta(days=1))
    record.add("touch", RESULTS, TODAY)
    record.forget(TODAY + timedelta(days=KEPT_DAYS - 1))
    assert {x.day for x in record.read()} == {TODAY}
    record.forget(TODAY + timedelta(days=KEPT_DAYS))
    assert record.read() == ()


def test_a_running_kiosk_drops_what_is_too_old(tmp_path: Path) -> None:
    """With nobody at the screen, and no class held since."""
    file = tmp_path / RECORD
    long_ago = date.today() - timedelta(days=KEPT_DAYS)
    ClassRecord(file).add("touch", RESULTS, long_ago)
    forget_classes(tmp_path, State(Rules("", "", "", ())))
    assert ClassRecord(file).read() == ()
    ClassRecord(file).add("touch", RESULTS, long_ago)
    forget_classes(tmp_path, taught(ClassRoom()))
    assert ClassRecord(file).read()  # a class writes into it now


def test_nothing_but_counts_is_on_the_disk(tmp_path: Path) -> None:
    file = tmp_path / "classes.json"
    ClassRecord(file).add("touch", RESULTS, TODAY)
    rows = json.loads(file.read_text())["entries"]
    assert set(rows[0]) == {
        *("day", "lesson", "step", "screen", "came", "alone", "skipped", "seconds"),
        *("helped", "mistakes"),
    }
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"version": 2, "entries": []}', b'{"version": 1}', b"\xff"]
)
def test_a_file_that_is_none_of_ours_begins_anew(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "classes.json"
    file.write_bytes(content)
    record = ClassRecord(file)
    assert record.read() == ()
    record.add("touch", RESULTS, TODAY)
    assert len(record.read()) == 3


def test_a_full_disk_costs_the_count_and_nothing_else(tmp_path: Path) -> None:
    class Full(Disk):
        def write(self, path: Path, content: bytes) -> None:  # noqa: ARG002
            raise OSError(28, "No space left on device")

    file = tmp_path / "classes.json"
    ClassRecord(file).add("touch", RESULTS, TODAY)
    ClassRecord(file, Full()).add("touch", RESULTS, TODAY)
    assert {x.count.came for x in ClassRecord(file).read()} == {1}


# Where people get stuck


def recorded(tmp_path: Path) -> ClassRecord:
    record = ClassRecord(tmp_path / "classes.json")
    record.add("power_bill", RESULTS, TODAY)
    record.add("power_bill", (RESULTS[0], StepResult("scan", "bill", True, times=1)), TODAY)
    return record


def test_the_screen_where_most_are_stuck_stands_first(tmp_path: Path) -> None:
    entries = recorded(tmp_path).read()
    found = record_report.by_screen(entries)
    assert [(x.screen, x.step, round(x.share, 2)) for x in found] == [
        ("bills", "look", 1.0),
        ("bill", "scan", 0.5),
        ("home", "begin", 0.0),
    ]
    lines = record_report.table(entries).splitlines()
    assert lines[1].split()[:5] == ["bills", "1", "0", "0", "1"]
    assert "power_bill.scan, 1 × x" in lines[2]


def test_the_csv_has_every_step_of_every_day(tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(record_report.as_csv(recorded(tmp_path).read()))))
    assert [x["step"] for x in rows] == ["begin", "scan", "look"]
    scan = rows[1]
    assert (scan["came"], scan["alone"], scan["help_light"], scan["mistakes"]) == (
        *("2", "1", "1"),
        "x:1",
    )


def test_the_picture_shows_a_row_for_each_screen(tmp_path: Path) -> None:
    file = tmp_path / "stuck.png"
    record_report.draw(recorded(tmp_path).read(), shipped(), file)
    with Image.open(file) as picture:
        colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 20) or ()}
        assert picture.height == 230 + 3 * record_report.ROW + 60
    assert {(0x1D, 0x5B, 0x2F), (0xA3, 0x20, 0x1A)} <= colours
    record_report.draw((), (), file)


def test_the_command_reads_the_cabins_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from sim.cabin_toml import write_cabin_toml
    from sim.clock import VirtualClock
    from sim.faults import Faults
    from sim.gateways import Gateways

    gateways = Gateways(VirtualClock(), Faults(0), tmp_path, 0)
    gateways.write_keys(tmp_path)
    config = write_cabin_toml(tmp_path, gateways.settings(), "ecr_hub")
    from kiosk.config import load

    data_dir = load(config).cabin.data_dir
    data_dir.mkdir(parents=True, exist_ok=True)
    words = ["lesson", "record", "--config", str(config)]
    assert main(words) == 0
    assert "no class has learned anything yet" in capsys.readouterr().out
    record, today = ClassRecord(data_dir / "classes.json"), date.today()
    record.add("touch", RESULTS, today - timedelta(days=KEPT_DAYS))
    assert main(words) == 0
    assert "no class has learned anything yet" in capsys.readouterr().out
    record.add("power_bill", RESULTS, today)
    assert main([*words, "--csv", "--picture", str(tmp_path / "x.png")]) == 0
    assert capsys.readouterr().out.startswith("\ufeffday,lesson,step,screen,came")
    assert (tmp_path / "x.png").stat().st_size > 5000
    assert main(["lesson", "record", "--config", str(tmp_path / "none.toml")]) == 2


# On paper


def printed(document: Document) -> tuple[str, bytes]:
    """A document through the real driver to the simulated printer: its words and its picture."""
    pair = Pair(EscposPrinter(), ReceiptPrinter)
    pair.until_ready()
    pair.submit(1, PrintDocument("TEST1", document))
    assert isinstance(pair.end(1), Success)
    receipt = pair.model.receipts[-1]  # type: ignore[attr-defined]
    return to_text(receipt.elements), to_png(receipt.elements)


def test_a_certificate_names_what_was_learned_to_its_end_at_its_best() -> None:
    assert [(x.lesson, x.alone) for x in best_of(LEARNED)] == [("touch", 9), ("power_bill", 7)]
    text, picture = printed(compose("王阿姨", LEARNED, HEAD, 1_795_000_000.0))
    assert "结 业 证" in text
    assert "王阿姨" in text
    assert text.count("扫账单，缴电费") == 1
    assert "7 步是自己做的" in text
    assert "2026-11-18" in text
    assert Image.open(io.BytesIO(picture)).height > 300


class Printer:
    def __init__(self) -> None:
        self.jobs: list[PrintDocument] = []

    def submit(self, command: object) -> int:
        assert isinstance(command, PrintDocument)
        self.jobs.append(command)
        return len(self.jobs)


def test_the_real_cabin_counts_and_prints(tmp_path: Path) -> None:
    printer = Printer()
    after = RealAfterwards(tmp_path, {"receipt_printer": printer}, HEAD, lambda: 1_795_000_000.0)
    after.learned(shipped()[0], RESULTS)
    assert {x.day for x in ClassRecord(tmp_path / "classes.json").read()} == {date(2026, 11, 18)}
    assert not after.certificate(PrintCertificate(1, "尾号 0042", LEARNED[1:2]))
    assert printer.jobs == []  # nothing was learned to its end
    assert after.certificate(PrintCertificate(2, "尾号 0042", LEARNED))
    assert after.certificate(PrintCertificate(3, "尾号 0042", LEARNED))
    assert len({x.job_id for x in printer.jobs}) == 2
    without = RealAfterwards(tmp_path, {}, HEAD, time.time)
    assert not without.certificate(PrintCertificate(4, "x", LEARNED))


@pytest.mark.parametrize(
    ("completion", "paper"),
    [
        (Success(None), Paper.PRINTED),
        (Failed("paper_out", "no paper"), Paper.FAILED),
        (OutcomeUnknown("port_missing"), Paper.UNKNOWN),
        (TimedOut(), Paper.UNKNOWN),
    ],
)
def test_what_became_of_a_certificate_is_told_once(
    tmp_path: Path, completion: Completion, paper: Paper
) -> None:
    printer = Printer()
    after = RealAfterwards(tmp_path, {"receipt_printer": printer}, HEAD, time.time)
    after.certificate(PrintCertificate(7, "尾号 0042", LEARNED))
    done = DeviceReport("receipt_printer", Completed(1, completion))
    assert after.translate(DeviceReport("document_printer", Completed(1, completion))) is None
    assert after.translate(DeviceReport("receipt_printer", Completed(2, completion))) is None
    assert after.translate(done) == CertificateTold(7, paper)
    assert after.translate(done) is None


def words_of(document: Document) -> str:
    texts = [x.text for x in document if isinstance(x, Text)]
    return "\n".join((*texts, *(x.left for x in document if isinstance(x, Columns))))


def test_every_paper_of_a_lesson_is_marked_and_no_real_one() -> None:
    practice = Letterhead(*(HEAD.name, HEAD.address, HEAD.phone, 3, time.gmtime), practice=True)
    done = order(TERMINAL, (B_POWER,), paid(B_POWER.total_fen))
    assert done.id == ORDER_ID
    outcome = Outcome(Session((Reading(118, 76, 68),)))
    for head, marked in ((practice, True), (HEAD, False)):
        for paper in (
            receipts.compose(done, Kind.RECEIPT, head, again=False),
            receipts.compose(done, Kind.SLIP, head, again=False),
            clinic_slip.compose(outcome, head),
        ):
            assert ("练习" in words_of(paper)) is marked
    receipt = receipts.compose(done, Kind.RECEIPT, practice, again=False)
    assert "这一张查不到" in words_of(receipt)  # the real kiosk knows no such order
