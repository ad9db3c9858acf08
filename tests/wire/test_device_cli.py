"""``kiosk device`` against the simulated machines on real ptys, as a technician would use it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.config import load
from kiosk.journal import Journal
from kiosk.main import main
from sim.cabin import APP_ID
from tests.support.simulated import SimulatedCabin, simulated_cabin


@pytest.fixture(scope="module")
def cabin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCabin]:
    with simulated_cabin(tmp_path_factory.mktemp("cabin"), "--speed", "4") as running:
        yield running


def _port(cabin: SimulatedCabin, name: str) -> str:
    return str(cabin.folder / name)


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(x) for x in capsys.readouterr().out.splitlines()]


def test_a_measurement_told_as_json(
    cabin: SimulatedCabin, capsys: pytest.CaptureFixture[str]
) -> None:
    cabin.bench.act("bp_meter", "person", systolic=137, diastolic=85, pulse=68)
    words = ["device", "rbp_meter", "measure", "--port", _port(cabin, "bp_meter"), "--json"]
    assert main(words) == 0
    lines = _lines(capsys)
    assert lines[0] == {"status": {"level": "ready", "reason": "", "detail": ""}}
    assert max(x["progress"]["mmhg"] for x in lines if "progress" in x) > 137
    last = lines[-1]
    assert (last["completion"], last["exit"]) == ("success", 0)
    assert [last["value"][x] for x in ("systolic", "diastolic", "pulse")] == [137, 85, 68]


@pytest.mark.parametrize("operation", ["identify", "release", "abort"])
def test_a_meter_that_speaks_first_is_waited_for(
    cabin: SimulatedCabin, capsys: pytest.CaptureFixture[str], operation: str
) -> None:
    """Whoever asks has to walk over and switch it on."""
    for hand in ("unplug", "plug"):
        cabin.bench.act("bp_meter_standard", hand)  # it forgets whom it spoke with
    wake = threading.Timer(1.5, cabin.bench.act, ("bp_meter_standard", "wake"))
    wake.start()
    port = _port(cabin, "bp_meter_standard")
    assert main(["device", "ieee_meter", operation, "--port", port, "--json"]) == 0
    wake.join()
    lines = _lines(capsys)
    assert lines[0]["status"]["level"] == "ready"
    if operation == "identify":
        assert lines[-1]["value"]["config_id"] == 0x02BC


def test_a_sample_slip_is_printed(
    cabin: SimulatedCabin, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["device", "escpos_serial", "print", "--port", _port(cabin, "receipt_printer")]
    assert main([*words, "--set", "text=HELLO"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("success")
    assert "HELLO" in cabin.bench.receipt_text(1)


def test_a_machine_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    port = str(tmp_path / "nothing")
    assert main(["device", "rbp_meter", "status", "--port", port, "--json"]) == 1
    (line,) = _lines(capsys)
    assert (line["status"]["level"], line["status"]["reason"]) == ("unavailable", "port_missing")
    assert port in line["status"]["detail"]


def test_a_query_of_an_order_that_never_was(
    cabin: SimulatedCabin, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["device", "ecr_hub", "query", "--port", _port(cabin, "terminal"), "--json"]
    words += ["--set", f"app_id={APP_ID}", "--set", "order_no=NEVER1"]
    assert main(words) == 1
    assert _lines(capsys)[-1]["code"] == "not_found"


def test_the_mill_is_looked_at_and_mills_only_in_the_lab(
    cabin: SimulatedCabin, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["device", "rice_mill", "look", "--port", _port(cabin, "rice_mill"), "--json"]
    assert main(words) == 0
    said = _lines(capsys)[-1]["value"]
    assert (said["progress"], said["faults"], said["climates"][0]["celsius"]) == (1, 0, 12)
    words[2] = "mill"
    settings = ["--set", "bin=1", "--set", "grams=500", "--set", "level=7"]
    assert main([*words, *settings]) == 2
    assert "--lab" in capsys.readouterr().err
    assert cabin.bench.state("rice_mill")["starts"] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ecr_hub", "sale", "--set", "app_id=x"], "order_no is missing"),
        (["ecr_hub", "query", "--set", "app_id=x", "--set", "order_no=?"], "order number"),
        (["ecr_hub", "query", "--set", "order_no=A"], "app_id"),
        (["rbp_meter", "dance"], "it has status, identify, measure, stop"),
        (["rbp_meter", "stop", "--set", "how"], "key=value"),
        (["rbp_meter", "stop", "--set", "how=fast"], "unknown setting: how"),
    ],
)
def test_words_that_are_wrong_are_named(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["device", *words, "--port", "/dev/none"]) == 2
    assert said in capsys.readouterr().err


def _sale(cabin: SimulatedCabin, order_no: str) -> list[str]:
    words = ["device", "ecr_hub", "sale", "--port", _port(cabin, "terminal"), "--json"]
    return [*words, "--set", f"app_id={APP_ID}", "--set", f"order_no={order_no}"]


def test_money_moves_only_in_the_lab(
    cabin: SimulatedCabin, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*_sale(cabin, "LAB1"), "--set", "amount_fen=100"]) == 2
    assert "--lab" in capsys.readouterr().err
    assert cabin.bench.ledger()["terminal"] == {}


def test_maintenance_is_written_down_and_refused_while_the_books_are_in_use(
    cabin: SimulatedCabin, capsys: pytest.CaptureFixture[str]
) -> None:
    config = ["--lab", "--config", str(cabin.config)]
    path = load(cabin.config).cabin.data_dir / "journal.sqlite"
    path.parent.mkdir(exist_ok=True)
    words = ["device", "ecr_hub", "close", "--set", "order_no=LAB2", *config]
    held = Journal(path)
    try:
        assert main(words) == 2
        assert "another kiosk holds this journal" in capsys.readouterr().err
    finally:
        held.close()
    main(words)
    journal = Journal(path)
    try:
        (row,) = journal.notes()
    finally:
        journal.close()
    assert row.kind == "Maintenance"
    assert json.loads(row.body)["operation"] == "close"


def _start(cabin: SimulatedCabin) -> subprocess.Popen[str]:
    """A measurement in a process of its own, as far as its first pressure."""
    words = ["device", "rbp_meter", "measure", "--port", _port(cabin, "bp_meter"), "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "kiosk.main", *words], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "progress" in line:
            break
    return process


def test_ctrl_c_lets_the_cuff_go(cabin: SimulatedCabin) -> None:
    process = _start(cabin)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 4
    assert json.loads(said.splitlines()[-1])["completion"] == "cancelled"
    assert cabin.bench.state("bp_meter")["phase"] in ("emptying", "idle")


def test_a_cable_pulled_in_the_middle_is_an_open_outcome(cabin: SimulatedCabin) -> None:
    process = _start(cabin)
    cabin.bench.act("bp_meter", "unplug")
    said, _ = process.communicate(timeout=60)
    cabin.bench.act("bp_meter", "plug")
    assert process.returncode == 3
    assert json.loads(said.splitlines()[-1])["completion"] == "outcome_unknown"


def test_help_names_every_driver_and_operation(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["device", "--help"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    for word in ("ecr_hub", "sale *", "order_no", "rbp_meter", "measure", "--lab", "--json"):
        assert word in said
