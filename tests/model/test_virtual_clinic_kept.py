"""What a person takes along from the clinic, and that nothing of it stays behind."""

from __future__ import annotations

import gc
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.bp_meter.ieee_config import Observation
from devices.bp_meter.rbp_codec import Result
from kiosk.core.clinic import Reading
from kiosk.core.visit import clinic_messages as cm
from kiosk.core.visit.clinic_steps import Outcome, Paper, Sending, Session
from kiosk.shown import Shown
from sim.devices.paper import to_text
from sim.faults import Fault
from sim.gateways.record import TOKENS
from tests.support.clinic import Clinic, ManualClinic, open_clinic

FIRST = {"systolic": 173, "diastolic": 97, "pulse": 61}
SECOND = {"systolic": 169, "diastolic": 93, "pulse": 63}
MEAN = (171, 95)
KEPT = (
    Observation,
    Result,
    Reading,
    Session,
    Outcome,
    cm.MeterRead,
    cm.CuffPressed,
    cm.TokenScanned,
)
FIGURES = re.compile(r"(?<!\d)(173|169|171|97|93|95)(?!\d)")


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    made = open_clinic(tmp_path)
    yield made
    made.close()


def to_result(clinic: Clinic) -> None:
    clinic.sit_down(**FIRST)
    clinic.to_arm()
    clinic.start()
    clinic.measured("clinic_pause")
    clinic.next_measurement(**SECOND)
    clinic.measured("clinic_result")


def papers(clinic: Clinic) -> list[str]:
    return [to_text(x.elements) for x in clinic.cabin.printer.receipts]


def test_the_slip_has_it_all_and_nobodys_name(clinic: Clinic) -> None:
    to_result(clinic)
    clinic.touch("clinic.print")
    assert clinic.until(lambda: clinic.step.outcome.paper is Paper.PRINTED, 30), clinic.step
    paper = papers(clinic)[-1]
    for words in ("171", "95", "2 级高血压范围", "中国高血压防治指南", "不算诊断", "2 次的平均"):
        assert words in paper, paper
    assert "173/97" in paper
    assert "169/93" in paper
    assert "药" not in paper
    assert clinic.orders() == [], "a slip of the clinic is no order"
    clinic.touch("clinic.print")
    assert clinic.until(lambda: len(papers(clinic)) == 2, 30), "another one when it is asked for"


def test_without_paper_the_code_is_on_the_screen(clinic: Clinic) -> None:
    to_result(clinic)
    clinic.act("receipt_printer", "paper_out")
    clinic.until(lambda: not clinic.state.device("receipt_printer").level.usable, 120)
    clinic.touch("clinic.print")
    assert clinic.screen == "clinic_code"
    assert clinic.step.outcome.paper is Paper.FAILED
    clinic.act("receipt_printer", "paper_in")
    clinic.until(lambda: clinic.state.device("receipt_printer").level.usable, 120)
    clinic.touch("clinic.print")
    assert clinic.until(lambda: clinic.step.outcome.paper is Paper.PRINTED, 30)


def test_paper_that_ends_on_the_way_is_said(clinic: Clinic) -> None:
    to_result(clinic)
    clinic.act("receipt_printer", "paper_out_after", lines=6)
    clinic.touch("clinic.print")
    assert clinic.until(lambda: clinic.screen == "clinic_code", 60), clinic.step
    assert clinic.step.outcome.paper in (Paper.UNKNOWN, Paper.FAILED)


# The record.


def kept(clinic: Clinic) -> dict[str, Any]:
    return clinic.gateways.record.kept


def scan(clinic: Clinic, code: str) -> None:
    clinic.act("scanner", "scan", code=code)
    clinic.until(lambda: clinic.step.outcome.sending is not Sending.SENDING, 60)


def test_scan_to_identify_sends_the_result_once(clinic: Clinic) -> None:
    to_result(clinic)
    clinic.touch("clinic.record")
    scan(clinic, TOKENS[0])
    assert clinic.step.outcome.sending is Sending.SENT
    assert clinic.step.outcome.token == "", "not needed any more"
    (entry,) = kept(clinic).values()
    assert entry["token"] == TOKENS[0]
    pressure = entry["bundle"]["entry"][0]["resource"]
    values = [x["valueQuantity"]["value"] for x in pressure["component"]]
    assert values == [*MEAN]
    assert "subject" not in json.dumps(entry["bundle"])
    scan(clinic, TOKENS[1])
    assert len(kept(clinic)) == 1, "what is sent isn't sent to somebody else as well"


def test_an_unknown_outcome_is_said_and_tried_again_under_the_same_number(clinic: Clinic) -> None:
    to_result(clinic)
    clinic.touch("clinic.record")
    clinic.faults.add(Fault("record", "timeout_after_acting", count=1))
    scan(clinic, TOKENS[0])
    assert clinic.step.outcome.sending is Sending.UNKNOWN
    scan(clinic, TOKENS[1])
    assert clinic.gateways.record.arrivals == 1, "only the button sends it again"
    clinic.touch("clinic.send_again")
    clinic.until(lambda: clinic.step.outcome.sending is not Sending.SENDING, 60)
    assert clinic.step.outcome.sending is Sending.SENT
    assert clinic.gateways.record.arrivals == 2
    assert len(kept(clinic)) == 1


@pytest.mark.parametrize(
    ("fault", "code", "sending"),
    [
        (None, "HR1-nobody", Sending.REFUSED),
        (None, "912345678901234567890123456", Sending.NOT_A_CODE),
        ("unreachable", TOKENS[0], Sending.NOT_SENT),
        ("tls_wrong", TOKENS[0], Sending.NOT_SENT),
        ("http_5xx", TOKENS[0], Sending.UNKNOWN),
        ("bad_signature", TOKENS[0], Sending.UNKNOWN),
        ("timeout_before_acting", TOKENS[0], Sending.UNKNOWN),
    ],
)
def test_whatever_becomes_of_it_is_said_and_can_be_mended(
    clinic: Clinic, fault: str | None, code: str, sending: Sending
) -> None:
    to_result(clinic)
    clinic.touch("clinic.record")
    if fault:
        clinic.faults.add(Fault("record", fault, count=1))
    scan(clinic, code)
    assert clinic.step.outcome.sending is sending
    if sending is Sending.UNKNOWN:
        clinic.touch("clinic.send_again")
        clinic.until(lambda: clinic.step.outcome.sending is not Sending.SENDING, 60)
    else:
        assert not kept(clinic)
        scan(clinic, TOKENS[0])
    assert clinic.step.outcome.sending is Sending.SENT
    assert len(kept(clinic)) == 1


def test_a_code_of_the_record_held_up_elsewhere_means_nothing(clinic: Clinic) -> None:
    clinic.act("scanner", "scan", code=TOKENS[0])
    assert clinic.screen == "home"
    to_result(clinic)
    clinic.act("scanner", "scan", code=TOKENS[0])
    clinic.advance(1)
    assert clinic.gateways.record.arrivals == 0


# Nothing is kept.


def files_with_figures(folder: Path) -> list[str]:
    """The files below that hold any of the planted values as a number of its own."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode("latin-1")
            found += [f"{path.name}: {x}" for x in ("173/97", "169/93", "171/95") if x in text]
            if path.suffix in (".jsonl", ".log"):
                found += [f"{path.name}: {x.group()}" for x in FIGURES.finditer(text)]
    return found


class Memory:
    """What of a visit is alive now and wasn't before (other tests hold synthetic ones)."""

    def __init__(self) -> None:
        self._before = {id(x): x for x in _living()}

    def left(self) -> list[object]:
        return [x for x in _living() if id(x) not in self._before]


def _living() -> list[object]:
    gc.collect()
    return [x for x in gc.get_objects() if isinstance(x, KEPT)]


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.mark.parametrize("way", ["done", "home", "idle", "print", "record", "code"])
def test_nothing_of_it_stays(
    clinic: Clinic, memory: Memory, tmp_path: Path, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    caplog.set_level(logging.DEBUG)
    to_result(clinic)
    assert memory.left(), "the search finds what is there"
    shown = Shown()
    shown.publish(clinic.state)
    assert not FIGURES.search(json.dumps(shown.describe())), "the inspect socket"
    assert not FIGURES.search(repr(clinic.state.visit)), "no repr tells it"
    del shown
    if way == "print":
        clinic.touch("clinic.print")
        clinic.until(lambda: clinic.step.outcome.paper is Paper.PRINTED, 30)
    elif way == "record":
        clinic.touch("clinic.record")
        scan(clinic, TOKENS[0])
    elif way == "code":
        clinic.touch("clinic.code")
    if way == "idle":
        assert clinic.until(lambda: clinic.screen == "home", 400)
    else:
        clinic.touch("nav.home" if way == "home" else "clinic.done")
    assert clinic.screen == "home"
    clinic.advance(5)
    assert memory.left() == []
    clinic.gateways.record.kept.clear()
    assert files_with_figures(tmp_path) == []
    figures = [x for r in caplog.records if FIGURES.search(x := r.getMessage())]
    assert figures == [], "the log"
    assert not [x for x in clinic.rows if "linic" in x], "the journal"
    assert TOKENS[0] not in caplog.text


def test_nothing_stays_when_the_kiosk_is_killed_at_the_result(
    clinic: Clinic, tmp_path: Path
) -> None:
    to_result(clinic)
    clinic.restart()
    assert clinic.screen == "home"
    assert not clinic.step.__slots__, "the home screen holds nothing"
    assert files_with_figures(tmp_path) == []


def test_nothing_stays_of_a_measurement_that_was_stopped(
    clinic: Clinic, memory: Memory, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    clinic.sit_down(**FIRST)
    clinic.to_arm()
    clinic.start()
    clinic.measured("clinic_pause")
    clinic.until(lambda: clinic.step.left == 0, 120)
    clinic.start()
    clinic.touch("clinic.stop")
    clinic.measured("clinic_trouble")
    clinic.touch("nav.home")
    assert memory.left() == []
    assert not FIGURES.search(caplog.text)


def test_nothing_stays_of_a_meter_that_only_reports(tmp_path: Path, memory: Memory) -> None:
    clinic = ManualClinic(tmp_path)
    clinic.to_arm()
    clinic.touch("clinic.start")
    clinic.advance(30)
    clinic.reads(**FIRST)
    clinic.measured("clinic_pause")
    clinic.touch("nav.home")
    assert memory.left() == []
    clinic.close()
