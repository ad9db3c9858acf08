"""The running kiosk over its control socket: who may ask, what it does, and what stands still."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from kiosk.config import load
from kiosk.diagnostics.control import FILE, MOST_CALLERS, Client, RefusedError
from kiosk.diagnostics.doctor import examine
from kiosk.diagnostics.facts import from_json
from kiosk.diagnostics.heartbeat import ENGINE, JOURNAL
from kiosk.main import NICE, main
from tests.support.doctored import PATIENCE_S, all_ready, facts_of, until
from tests.support.simulated import SimulatedCabin, simulated_cabin


@pytest.fixture(scope="module")
def cabin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCabin]:
    with simulated_cabin(tmp_path_factory.mktemp("cabin"), "--speed", "4") as running:
        yield running


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def metrics_port() -> int:
    return _free_port()


@pytest.fixture(scope="module")
def config(cabin: SimulatedCabin, metrics_port: int) -> Iterator[Path]:
    """The configuration of a running kiosk without a window."""
    path = cabin.folder / "watched.toml"
    text = (cabin.folder / "cabin.toml").read_text()
    path.write_text(f"{text}\n[metrics]\nport = {metrics_port}\n")
    words = [sys.executable, "-m", "kiosk.main", "run", "--no-window", "--config", str(path)]
    with subprocess.Popen(words) as kiosk:
        try:
            until(lambda: all_ready(cabin), "every machine ready")
            yield path
        finally:
            kiosk.terminate()
            assert kiosk.wait(15) == 0
    assert not (cabin.folder / "data" / FILE).exists()


def _data(cabin: SimulatedCabin) -> Path:
    return cabin.folder / "data"


def test_only_owner_and_group_may_open_it(config: Path) -> None:
    mode = (config.parent / "data" / FILE).stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o660


def test_facts_of_every_device_and_of_the_cabin(config: Path, cabin: SimulatedCabin) -> None:
    with Client(_data(cabin)) as client:
        facts = from_json(client.one(get="facts"))
    assert {x.role for x in facts.devices} == set(load(config).devices)
    for device in facts.devices:
        assert device.last_answer is not None
        assert device.last_answer >= device.since - 60
        assert device.title != "设备"
    assert [x.name for x in facts.cabin.parts] == [ENGINE, JOURNAL], "no window, no screen"
    assert all(x.waiting_s == 0 and x.age_s is not None for x in facts.cabin.parts)
    assert facts.cabin.memory_used is not None
    assert facts.cabin.journal.rows is not None
    assert {x.name for x in facts.cabin.gateways} >= {"biller", "alipay", "wechat"}
    biller = next(x for x in facts.cabin.gateways if x.name == "biller")
    assert biller.trouble == ""
    assert biller.certificate_ends is not None
    assert biller.certificate_ends > time.time()
    assert biller.clock_off_s is not None
    assert abs(biller.clock_off_s) < 30


@pytest.mark.usefixtures("config")
def test_machines_say_what_they_are(cabin: SimulatedCabin) -> None:
    def named() -> bool:
        facts = facts_of(cabin)
        found = {x.role: (x.identity, x.firmware) for x in facts.devices}
        return bool(found["id_reader"][0] and found["rice_mill"][1])

    until(named, "names of the machines")


def test_an_operation_goes_through_the_worker_that_has_the_port(
    config: Path, cabin: SimulatedCabin, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["device", "escpos_serial", "print", "--config", str(config), "--json"]
    papers = len(cabin.bench.receipts())
    assert main([*words, "--set", "text=THROUGH", "--set", "job_id=c1"]) == 0
    lines = [json.loads(x) for x in capsys.readouterr().out.splitlines()]
    assert lines[0]["status"]["level"] == "ready"
    assert lines[-1]["completion"] == "success"
    assert len(cabin.bench.receipts()) == papers + 1
    assert "THROUGH" in cabin.bench.receipt_text(cabin.bench.receipts()[-1]["number"])

    def counted() -> bool:
        printer = facts_of(cabin).device("receipt_printer")
        assert printer is not None
        return {x.name: x.value for x in printer.counters} == {"slips": 1, "cuts": 1}

    until(counted, "one slip, one cut")


def test_a_question_that_fails_has_the_exit_code_of_the_direct_way(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["device", "ecr_hub", "query", "--config", str(config), "--json"]
    assert main([*words, "--set", "order_no=NEVER1"]) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["code"] == "not_found"


def test_what_moves_money_or_goods_is_refused(
    config: Path, cabin: SimulatedCabin, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["device", "qu_cd", "dispense", "--config", str(config)]
    assert main(words) == 2
    assert main([*words, "--lab"]) == 2
    assert "nothing was done" in capsys.readouterr().err
    with Client(_data(cabin)) as client, pytest.raises(RefusedError, match="money or goods"):
        client.one(do="dispense", role="booklet_dispenser")
    assert facts_of(cabin).device("booklet_dispenser") is not None


@pytest.mark.usefixtures("config")
def test_who_hangs_up_takes_a_command_back(cabin: SimulatedCabin) -> None:
    until(lambda: not facts_of(cabin).cabin.visit, "nobody at the screen")
    cabin.bench.act("bp_meter", "person", systolic=137, diastolic=85, pulse=68)
    stops = cabin.bench.state("bp_meter")["stops"]
    with Client(_data(cabin), timeout=PATIENCE_S) as client:
        for line in client.ask(do="measure", role="bp_meter"):
            if "progress" in line:
                assert "mmhg" not in str(line), "a pressure is somebody's"
                break
        cabin.bench.until("bp_meter", lambda x: x["pressure"] > 60)
    cabin.bench.until("bp_meter", lambda x: x["stops"] > stops and x["pressure"] == 0)


@pytest.mark.usefixtures("config")
def test_somebody_s_card_and_code_are_told_by_their_kind_alone(cabin: SimulatedCabin) -> None:
    told: list[dict[str, Any]] = []

    def listen() -> None:
        with Client(_data(cabin), timeout=60) as client:
            for line in client.ask(do="listen", role="scanner"):
                told.append(line)

    until(lambda: not facts_of(cabin).cabin.visit, "nobody at the screen")
    listener = threading.Thread(target=listen)
    listener.start()
    until(lambda: told, "that it listens")
    while listener.is_alive():
        cabin.bench.act("scanner", "scan", code="TELLNOBODY42")
        listener.join(0.3)
    assert told[-1]["completion"] == "success"
    assert "TELLNOBODY42" not in json.dumps(told)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (b"nonsense\n", "not JSON"),
        (b"[1]\n", "a JSON object"),
        (b'{"get":"secrets"}\n', "not understood"),
        (b'{"do":"dance","role":"rice_mill"}\n', "rice_mill has no dance"),
        (b'{"do":"look","role":"rice_mill","parameters":{"x":1}}\n', "unknown parameter x"),
        (b'{"trace":"nothing"}\n', "no device nothing"),
    ],
)
@pytest.mark.usefixtures("config")
def test_a_wrong_question_is_answered_and_the_next_one_too(
    cabin: SimulatedCabin, question: bytes, said: str
) -> None:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(PATIENCE_S)
        caller.connect(str(_data(cabin) / FILE))
        caller.sendall(question + b'{"get":"devices"}\n')
        lines = caller.makefile("rb")
        assert said in json.loads(lines.readline())["error"]
        assert json.loads(lines.readline())["devices"]


def test_whoever_finds_the_house_full_is_told_so_and_the_doctor_does_not_think_it_empty(
    config: Path, cabin: SimulatedCabin, display: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    with ExitStack() as stack:
        for _ in range(MOST_CALLERS):
            caller = stack.enter_context(Client(_data(cabin)))
            caller.one(trace="rice_mill")
        with Client(_data(cabin)) as late, pytest.raises(RefusedError, match="others are asking"):
            late.one(get="devices")
        found = examine(config)
    assert found.exit_code == 2
    assert [x for x in found.unseen if "小屋程序在运行" in x]
    assert [x.code for x in found.findings] == []
    until(lambda: _answers(cabin), "room again")


def _answers(cabin: SimulatedCabin) -> bool:
    try:
        with Client(_data(cabin)) as client:
            return bool(client.one(get="devices"))
    except RefusedError:
        return False


def test_traffic_as_it_passes_filtered_and_saved(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "t.jsonl"
    words = ["trace", "terminal", "--config", str(config), "--seconds", "3", "--save", str(saved)]
    assert main([*words, "--filter", "in "]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out
    assert all("in 55aa" in x for x in out)
    lines = [json.loads(x) for x in saved.read_text().splitlines()]
    assert (lines[0]["driver"], lines[0]["recording"]) == ("ecr_hub", 1)
    assert any("out" in x for x in lines[1:]), "the filter is for the eyes"
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert main(["device", "replay", str(saved)]) == 0


def test_whoever_has_read_enough_of_the_traffic_hears_of_no_error(config: Path) -> None:
    words = [sys.executable, "-m", "kiosk.main", "trace", "rice_mill", "--config", str(config)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, text=True, **pipes) as watching:  # type: ignore[call-overload]
        assert watching.stdout.readline() == "rice_mill (rice_mill): ready\n"
        watching.stdout.close()  # as ``| head -1`` does
        assert watching.stderr.read() == ""
        assert watching.wait() == 0


def test_a_machine_is_named_by_its_role_too(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["device", "receipt_printer", "status", "--config", str(config)]) == 0
    assert "level=ready" in capsys.readouterr().out
    assert main(["device", "printer", "status", "--config", str(config)]) == 2
    assert "no driver, nor a role in the configuration" in capsys.readouterr().err


def test_the_running_kiosk_tells_what_answers_where(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has the ports: nobody else could ask."""

    def identified() -> bool:
        with Client(config.parent / "data") as client:
            reader = from_json(client.one(get="facts")).device("id_reader")
        return reader is not None and bool(reader.identity)

    until(identified, "the reader has said what it is")
    assert main(["devices", "list", "--config", str(config), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["told_by"] == "kiosk"
    assert {x["status"] for x in told["machines"].values()} == {"ready"}
    assert told["machines"]["id_reader"]["identity"]
    assert main(["devices", "list", "--config", str(config)]) == 0
    out = capsys.readouterr().out
    assert "as the running kiosk sees them" in out
    assert told["machines"]["id_reader"]["identity"] in out


def test_whoever_watches_gives_way_to_the_kiosk(config: Path) -> None:
    words = [sys.executable, "-m", "kiosk.main", "trace", "rice_mill", "--config", str(config)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as watching:
        try:
            assert watching.stdout is not None
            assert watching.stdout.readline()
            theirs = os.getpriority(os.PRIO_PROCESS, watching.pid)
        finally:
            watching.kill()
    assert theirs == min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICE)


def test_the_status_of_the_cabin_in_a_few_lines(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--config", str(config)]) == 0
    out = capsys.readouterr().out
    assert "● 刷卡机 terminal  正常" in out
    assert "未完订单 0" in out


@pytest.mark.usefixtures("config")
def test_who_asks_every_moment_writes_to_the_disk_no_more_often(cabin: SimulatedCabin) -> None:
    """A sign of life costs the engine a write, for which a resident's touch would wait."""

    def age(**question: object) -> float:
        with Client(_data(cabin)) as client:
            (found,) = (
                x for x in from_json(client.one(**question)).cabin.parts if x.name == JOURNAL
            )
        assert found.age_s is not None
        return time.monotonic() - found.age_s

    beaten = age(get="facts")
    assert age(get="status") == pytest.approx(beaten, abs=0.2)
    assert age(get="status") == pytest.approx(beaten, abs=0.2)
    assert age(get="facts") > beaten + 0.005, "the doctor wants a new one"


@pytest.mark.usefixtures("config")
def test_metrics_as_prometheus_reads_them(metrics_port: int) -> None:
    url = f"http://127.0.0.1:{metrics_port}/metrics"

    def scraped() -> str:
        with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
            return str(answer.read().decode())

    until(lambda: "\ncabin_clock_offset_seconds " in scraped(), "a look outside")
    text = scraped()
    assert "\ncabin_certificate_end_seconds " in text
    samples = [x for x in text.splitlines() if not x.startswith("#")]
    assert 'cabin_device_level{device="terminal",level="ready"} 1' in samples
    assert 'cabin_device_level{device="terminal",level="unknown"} 0' in samples
    assert any(x.startswith("cabin_memory_pss_bytes ") for x in samples)
    assert all(len(x.rsplit(" ", 1)) == 2 and float(x.rsplit(" ", 1)[1]) >= -1 for x in samples)
    typed = [x.split()[2] for x in text.splitlines() if x.startswith("# TYPE")]
    assert len(typed) == len(set(typed))
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(url.replace("metrics", "other"), timeout=PATIENCE_S)


def test_the_doctor_asks_the_kiosk_and_leaves_its_ports_alone(
    config: Path, cabin: SimulatedCabin, display: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    found = examine(config)
    assert found.running
    assert [x.code for x in found.findings] == []
    assert found.exit_code == 0
    cabin.bench.act("bp_meter", "unplug")
    try:
        until(
            lambda: [x.subject for x in examine(config).findings] == ["bp_meter"],
            "the cable that is out",
        )
    finally:
        cabin.bench.act("bp_meter", "plug")


def test_of_a_silent_machine_the_doctor_says_how_to_find_out_more(
    config: Path, cabin: SimulatedCabin, display: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong speed is no lost cable, but only at a free port the two can be told apart."""
    monkeypatch.setenv("DISPLAY", display)
    cabin.bench.fault("rice_mill", "silent", count=None)
    try:
        until(
            lambda: [x.subject for x in examine(config).findings] == ["rice_mill"],
            "a mill that doesn't answer",
        )
        (found,) = examine(config).findings
    finally:
        cabin.bench.clear_faults()
    assert found.code == "no_answer"
    assert "systemctl stop cabin-kiosk" in found.advice
    assert "波特率" in found.advice


def test_who_may_not_ask_is_told_so_and_the_doctor_cannot_tell(
    config: Path, cabin: SimulatedCabin
) -> None:
    socket_path = _data(cabin) / FILE
    lock_path = _data(cabin) / "journal.lock"
    socket_path.chmod(0)
    lock_path.chmod(0)
    drop = ["setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"]
    words = [sys.executable, "-m", "kiosk.main"]
    before = [*drop, *words] if os.geteuid() == 0 else words

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        asked = [*before, *more, "--config", str(config)]
        return subprocess.run(asked, capture_output=True, text=True, check=False)

    try:
        status, doctor = run("status"), run("doctor", "--json")
    finally:
        socket_path.chmod(0o660)
        lock_path.chmod(0o600)
    assert status.returncode == 1
    assert "owner and group" in status.stderr
    told = json.loads(doctor.stdout)
    assert "不能问它" in told["unseen"][0]
    assert [x for x in told["unseen"] if "机器没有问" in x], "its ports are left alone"
    assert told["exit"] == (1 if told["findings"] else 2)
    assert not [x for x in told["findings"] if x["code"] in ("not_running", "journal_locked")]


def test_a_kiosk_that_stands_still_as_a_whole_is_named(
    config: Path,
    cabin: SimulatedCabin,
    display: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    with Client(_data(cabin)) as client:
        pid = int(client.one(get="facts")["pid"])
    os.kill(pid, signal.SIGSTOP)
    try:
        found = examine(config)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert [x.code for x in found.findings] == ["kiosk_stuck"]
    assert "systemctl restart cabin-kiosk" in found.findings[0].advice
    until(lambda: all_ready(cabin), "that it goes on")
