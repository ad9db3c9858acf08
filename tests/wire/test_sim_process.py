"""The simulator as a process: real ptys, driven by raw bytes."""

from __future__ import annotations

import errno
import os
import signal
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from sim.wire.pty_port import PtyPort

from .sim_process import (
    BEAT,
    CONFIRM,
    HANDSHAKE,
    RawPort,
    SimProcess,
    frame,
    order,
    raw_port,
    wait_for,
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimProcess]:
    process = SimProcess(tmp_path_factory.mktemp("cabin"), "--seed", "1", "--speed", "4")
    yield process
    process.stop()


@pytest.fixture
def sim(running: SimProcess) -> SimProcess:
    running.reset()
    return running


def test_the_folder_holds_what_a_kiosk_needs(sim: SimProcess) -> None:
    settings = tomllib.loads((sim.directory / "cabin.toml").read_text("utf-8"))
    for device_id, section in settings["devices"].items():
        scheme, _, rest = section["port"].partition("://")
        if scheme == "ipp":
            assert rest.startswith("127.0.0.1:")
            continue
        if section["driver"] == "sane":
            program = Path(section["program"])
            assert program == sim.directory / "scanimage"
            assert os.access(program, os.X_OK)
            continue
        path = rest.partition("?")[0]
        assert Path(path) == sim.directory / device_id
        assert stat.S_ISCHR(Path(path).stat().st_mode)
    for section in settings["gateways"].values():
        assert section["base_url"].startswith("https://127.0.0.1:")
        files = [k for k in ("ca_file", "private_key", "server_public_key", "key") if k in section]
        assert len(files) >= 2
        for key in files:
            assert (sim.directory / section[key]).is_file()
    for key in (sim.directory / "keys").iterdir():
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_terminal_shakes_hands_beats_and_takes_money(sim: SimProcess) -> None:
    with raw_port(sim.directory / "terminal") as port:
        port.write(HANDSHAKE)
        assert port.read_until(lambda d: len(d) >= 10)[:10] == CONFIRM
        port.read_until(lambda d: BEAT in d)
        port.write(order(1, "A1", "12.50"))
        port.read_until(lambda d: frame(1, 0, b"") in d)
        wait_for(lambda: sim.device("terminal")["state"]["sale"])
        sim.act("terminal/tap_card")
        answer = port.read_until(lambda d: b'"trans_status":"2"' in d and d.endswith(b"\xcc\x33"))
        assert b'"paid_amount":"12.50"' in answer
    assert sim.get("/api/ledger")["terminal"]["A1"]["charged_fen"] == 1250


def test_pyserial_opens_the_port_and_scanner_types(sim: SimProcess) -> None:
    path = str(sim.directory / "scanner")
    with serial.Serial(path, 9600, timeout=20, exclusive=True, write_timeout=1) as port:
        # nothing tells the simulator that the port was opened: it looks now and then
        wait_for(lambda: sim.act("scanner/scan", code="123") and port.in_waiting)
        assert port.read_until(b"\r\n") == b"123\r\n"


def test_what_is_said_to_a_closed_port_is_lost(sim: SimProcess) -> None:
    sim.act("scanner/scan", code="old")
    with raw_port(sim.directory / "receipt_printer") as other:
        # Its answer proves that what was scanned before has been carried to the closed port.
        other.write(b"\x10\x04\x01")
        other.read_until(lambda d: d)
    with raw_port(sim.directory / "scanner") as port:
        wait_for(lambda: sim.act("scanner/scan", code="new"))
        assert port.read_until(lambda d: b"new" in d).startswith(b"new")


def test_what_is_said_just_after_the_host_closed_is_lost_too(tmp_path: Path) -> None:
    port = PtyPort(tmp_path / "port")
    port.plug()
    with raw_port(tmp_path / "port"):
        assert port.write(b"heard")
    assert not port.write(b"old")  # before anybody has read that the port was closed
    port.unplug()


def test_a_pulled_cable_takes_the_port_away_and_plugging_brings_it_back(sim: SimProcess) -> None:
    path = sim.directory / "terminal"
    port = RawPort(path)
    port.write(HANDSHAKE)
    port.read_until(lambda d: CONFIRM in d)
    sim.act("terminal/unplug")
    wait_for(lambda: not path.is_symlink())

    def gone() -> bool:
        try:
            return os.read(port.fd, 100) == b""
        except BlockingIOError:
            return False
        except OSError as error:
            return error.errno == errno.EIO

    wait_for(gone)
    with pytest.raises(OSError, match="Input/output error"):
        os.write(port.fd, b"x")
    port.close()
    with pytest.raises(FileNotFoundError):
        RawPort(path)
    sim.act("terminal/plug")
    wait_for(path.exists)
    with raw_port(path) as port:
        port.write(HANDSHAKE)
        port.read_until(lambda d: CONFIRM in d)


def test_a_host_that_opens_again_finds_a_clean_line(sim: SimProcess) -> None:
    for _ in range(3):
        with raw_port(sim.directory / "receipt_printer") as port:
            port.write(b"\x10\x04\x01")
            assert port.read_until(lambda d: d) == b"\x12"


def test_printer_over_its_port(sim: SimProcess) -> None:
    with raw_port(sim.directory / "receipt_printer") as port:
        port.write(b"\x1b@\x1c&" + "您好\n".encode("gb18030") * 300 + b"\x1dVB\x00\x1dr\x01")
        assert port.read_until(lambda d: d) == b"\x00"
    assert not sim.get("/api/receipts")["receipts"][-1]["torn"]


def test_a_full_printer_holds_the_host_back(sim: SimProcess) -> None:
    sim.act("receipt_printer/paper_out")
    with raw_port(sim.directory / "receipt_printer") as port:

        def full() -> bool:
            try:
                os.write(port.fd, b"a line\n" * 100)
            except BlockingIOError:
                return True
            return False

        wait_for(full)
        assert sim.device("receipt_printer")["state"]["buffered_bytes"] < 10_000


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_and_takes_its_links_away(tmp_path: Path, number: int) -> None:
    sim = SimProcess(tmp_path)
    sim.process.send_signal(number)
    assert sim.stop() == 0
    assert not any((tmp_path / n).is_symlink() for n in ("terminal", "scanner", "receipt_printer"))


def test_it_stops_when_its_parent_is_gone(tmp_path: Path) -> None:
    sim = SimProcess(tmp_path)
    assert sim.process.stdin is not None
    sim.process.stdin.close()
    sim.process.stdin = None
    try:
        assert sim.process.wait(20) == 0
        assert not (tmp_path / "terminal").is_symlink()
    finally:
        sim.stop()


def test_wrong_arguments_and_a_taken_port(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    from sim.main import run

    assert run(["--setup", "no_such"]) == 2
    assert run(["--speed", "0"]) == 2
    assert "between 0 and 1000" in capfd.readouterr().err
    sim = SimProcess(tmp_path)
    taken = sim.url.rpartition(":")[2]
    try:
        assert run(["--dir", str(tmp_path / "other"), "--bench-port", taken]) == 1
        assert f"port {taken}" in capfd.readouterr().err
    finally:
        sim.stop()


def test_two_simulators_do_not_share_a_folder(
    sim: SimProcess, capfd: pytest.CaptureFixture[str]
) -> None:
    from sim.main import run

    assert run(["--dir", str(sim.directory), "--bench-port", "0"]) == 1
    assert "another simulator" in capfd.readouterr().err
    assert (sim.directory / "terminal").exists()


def test_a_setup_holds_from_the_first_moment(tmp_path: Path) -> None:
    sim = SimProcess(tmp_path, "--setup", "terminal_offline")
    try:
        assert not (tmp_path / "terminal").is_symlink()
        assert (tmp_path / "scanner").exists()
    finally:
        sim.stop()
