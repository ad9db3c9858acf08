"""`kiosk devices`: what is plugged in, what answers where, and cables that are exchanged."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.status import Level, Status
from kiosk import devices_cli
from kiosk.device_probe import can_answer, elsewhere
from kiosk.main import main
from kiosk.plugged import Kind, Plugged, plugged, udev_rules
from tests.support.simulated import SimulatedCabin, simulated_cabin


def _file(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")


def _device(system: Path, socket: str, ids: str, serial: str = "", name: str = "") -> Path:
    vendor, product = ids.split(":")
    device = system / socket
    for key, text in (("idVendor", vendor), ("idProduct", product), ("product", name)):
        _file(device / key, text)
    if serial:
        _file(device / "serial", serial)
    return device


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """A kernel's view: two adapters that are alike, one CDC scanner, a keyboard, a printer."""
    system = tmp_path / "devices"
    for socket, tty in (("1-1.1", "ttyUSB0"), ("1-1.2", "ttyUSB1")):
        _device(system, socket, "067b:23c3", "0001", "USB-Serial Controller")
        (system / socket / f"{socket}:1.0" / tty).mkdir(parents=True)
    _device(system, "1-2", "0c2e:0b0a", "S/N*7", "Scanner")
    (system / "1-2" / "1-2:1.0" / "tty" / "ttyACM0").mkdir(parents=True)
    _device(system, "1-3", "0c2e:0b01", "", "Keyboard scanner")
    _file(system / "1-3" / "1-3:1.0" / "bInterfaceClass", "03")
    _file(system / "1-3" / "1-3:1.0" / "bInterfaceProtocol", "01")
    (system / "1-3" / "1-3:1.0" / "0003:0C2E:0B01.0001" / "input" / "input5" / "event4").mkdir(
        parents=True
    )
    _device(system, "1-4", "0416:5011", "P1", "Receipt printer")
    _file(system / "1-4" / "1-4:1.0" / "bInterfaceClass", "07")
    _file(system / "usb1" / "idVendor", "1d6b")
    return system


def test_what_is_plugged_in_is_read_from_the_kernel(system: Path) -> None:
    assert [(x.kind, x.port, x.socket) for x in plugged(system)] == [
        (Kind.SERIAL, "/dev/ttyUSB0", "1-1.1"),
        (Kind.SERIAL, "/dev/ttyUSB1", "1-1.2"),
        (Kind.SERIAL, "/dev/ttyACM0", "1-2"),
        (Kind.KEYBOARD, "input:///dev/input/event4", "1-3"),
        (Kind.PRINTER, "usb://0416:5011/P1", "1-4"),
    ]
    assert plugged(system / "nothing") == ()


def test_rules_tell_two_adapters_that_are_alike_by_their_sockets(system: Path) -> None:
    things = plugged(system)
    roles = {"bp_meter": things[0], "terminal": things[1], "scanner": things[2]}
    lines = udev_rules(roles, things).splitlines()
    rules = {x.split("cabin/")[1].split('"')[0]: x for x in lines if "SYMLINK" in x}
    assert rules["bp_meter"] == (
        'SUBSYSTEM=="tty", ATTRS{idVendor}=="067b", ATTRS{idProduct}=="23c3", KERNELS=="1-1.1", '
        'SYMLINK+="cabin/bp_meter", GROUP="dialout", MODE="0660", ENV{ID_MM_DEVICE_IGNORE}="1"'
    )
    assert 'KERNELS=="1-1.2"' in rules["terminal"]
    assert "told by its socket 1-1.2" in "\n".join(lines)
    assert 'ATTRS{serial}=="S/N?7"' in rules["scanner"]
    assert "KERNELS" not in rules["scanner"]
    keys, printer = things[3], things[4]
    text = udev_rules({"scanner": keys, "receipt_printer": printer}, things)
    assert 'SUBSYSTEM=="input", KERNEL=="event*"' in text
    assert 'GROUP="input"' in text
    assert 'SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ATTR{idVendor}=="0416"' in text
    with pytest.raises(ValueError, match="small letters"):
        udev_rules({'x"y': keys}, things)


def test_rules_for_a_port_that_is_not_there_say_which_there_are(
    system: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(devices_cli, "plugged", lambda: plugged(system))
    assert main(["devices", "udev"]) == 2
    assert "/dev/ttyUSB1" in capsys.readouterr().err, "what there is to be named"
    assert main(["devices", "udev", "terminal=/dev/ttyUSB7"]) == 2
    assert "/dev/ttyACM0" in capsys.readouterr().err
    assert main(["devices", "udev", "terminal=/dev/ttyUSB1"]) == 0
    assert 'SYMLINK+="cabin/terminal"' in capsys.readouterr().out


def test_a_line_moves_with_its_own_settings() -> None:
    own = "serial:///dev/cabin/terminal?baud=115200"
    assert elsewhere(own, "serial:///dev/x?baud=9600") == "serial:///dev/x?baud=115200"
    assert elsewhere("/dev/a", "/dev/b") == "serial:///dev/b"
    assert elsewhere(own, "tcp://127.0.0.1:7") == "tcp://127.0.0.1:7"


def test_whoever_never_answers_is_not_asked() -> None:
    assert not can_answer("cdc_scanner")
    assert not can_answer("ieee_meter")
    assert can_answer("escpos_serial")


def test_a_complaint_is_an_answer_and_silence_is_none() -> None:
    assert Status(Level.UNAVAILABLE, "paper_out").answered
    assert Status(Level.BUSY, "printing").answered
    assert not Status(Level.UNAVAILABLE, "no_answer").answered
    assert not Status(Level.UNKNOWN, "silent").answered


@pytest.fixture(scope="module")
def cabin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCabin]:
    with simulated_cabin(tmp_path_factory.mktemp("cabin"), "--speed", "4") as running:
        yield running


def _exchanged(cabin: SimulatedCabin, one: str, other: str) -> Path:
    """The cabin's configuration with two cables exchanged: each role leads to the other's port."""
    text = (cabin.folder / "cabin.toml").read_text()
    a, b = (f"{cabin.folder.resolve() / name}?" for name in (one, other))
    path = cabin.folder / f"{one}-{other}.toml"
    path.write_text(text.replace(a, "ONE").replace(b, a).replace("ONE", b))
    return path


def test_what_answers_where(cabin: SimulatedCabin, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices", "list", "--config", str(cabin.folder / "cabin.toml"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    answered = {role: x["answered"] for role, x in told["machines"].items()}
    assert answered.pop("scanner") is None, "it speaks only when it reads"
    assert {"terminal", "receipt_printer", "rice_mill", "booklet_dispenser", "id_reader"} <= set(
        answered
    )
    assert set(answered.values()) == {True}, answered
    assert told["swapped"] == []


@pytest.mark.parametrize(
    ("one", "other"), [("terminal", "receipt_printer"), ("terminal", "scanner")]
)
def test_two_cables_that_are_exchanged_are_named(
    cabin: SimulatedCabin, one: str, other: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _exchanged(cabin, one, other)
    assert main(["devices", "list", "--config", str(path), "--patience", "2.5"]) == 1
    out = capsys.readouterr().out
    assert f"the cables of {one} and {other} are exchanged" in out
    assert f"{one} (ecr_hub)" in out
    assert "no answer" in out


def test_a_port_in_use_is_said_to_be(
    cabin: SimulatedCabin, capsys: pytest.CaptureFixture[str]
) -> None:
    fd = os.open(cabin.folder / "terminal", os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        assert main(["devices", "list", "--config", str(cabin.folder / "cabin.toml")]) == 1
        assert "in use by another program" in capsys.readouterr().out
    finally:
        os.close(fd)


def test_everything_plugged_in_is_asked(
    cabin: SimulatedCabin, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    port = _pty(cabin, "id_reader")
    thing = Plugged(Kind.SERIAL, port.removeprefix("/dev/"), "067b", "23c3", "", "1-1", "adapter")
    monkeypatch.setattr(devices_cli, "plugged", lambda: (thing,))
    assert main(["devices", "list", "--ask", "--patience", "1"]) == 0
    assert "answers to sam_v" in capsys.readouterr().out


def _pty(cabin: SimulatedCabin, name: str) -> str:
    """The pty behind a machine's link."""
    return str((cabin.folder / name).resolve())
