"""Recordings: what stands in them, what must not, and that they can be played again."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from devices import registry
from devices.booklet_dispenser.driver import Dispense
from devices.bp_meter.ieee_driver import NextReading
from devices.bp_meter.rbp_driver import Measure
from devices.control import ClassRequest
from devices.driver import Driver
from devices.id_reader.driver import ReadCard
from devices.payment_terminal.commands import Sale
from devices.plain import PlainError, from_plain, invented, to_plain
from devices.receipt_printer.document import Print, Qr, Text
from devices.recording import Recorder, recorder
from devices.replay import RecordingError, Replay, Replayed, read
from devices.rice_mill.commands import Mill
from devices.status import Level
from devices.trace import Lengths
from kiosk.main import main
from sim.clock import VirtualClock
from sim.devices.booklet_dispenser import BookletDispenser
from sim.devices.id_reader import PERSON, IdReader
from sim.devices.ieee_meter import IeeeMeter as IeeeAgent
from sim.devices.model import Model
from sim.devices.rbp_meter import RbpMeter as RbpTwin
from sim.devices.rice_mill import RiceMill
from sim.faults import Faults
from tests.support.pair import Pair
from tests.support.simulated import SimulatedCabin, simulated_cabin

Make = Callable[[VirtualClock, Faults], Model]


@dataclass(frozen=True)
class Machine:
    """A driver's name, its twin, what to ask of it and what the world does for it."""

    driver: str
    make: Make
    command: object
    acts: tuple[tuple[str, dict[str, object]], ...] = ()
    faults: tuple[str, ...] = ()


def _booklets(clock: VirtualClock, faults: Faults) -> Model:
    del clock
    return BookletDispenser(faults)


def _cards(clock: VirtualClock, faults: Faults) -> Model:
    del clock
    return IdReader(faults)


def _rice(clock: VirtualClock, faults: Faults) -> Model:
    del clock
    return RiceMill(faults)


CARD = ("lay", dict[str, object](PERSON))
MACHINES = {
    "booklet": Machine("qu_cd", _booklets, Dispense()),
    "booklet, answer lost": Machine("qu_cd", _booklets, Dispense(), faults=("lost_answer",)),
    "rice": Machine("rice_mill", _rice, Mill(1, 500, 7)),
    "rice, answers lost": Machine("rice_mill", _rice, Mill(1, 500, 7), faults=("answer_lost",)),
    "card": Machine("sam_v", _cards, ReadCard(5.0), (CARD,)),
    "card, broken reading": Machine("sam_v", _cards, ReadCard(5.0), (CARD,), ("corrupt_read",)),
    "pressure": Machine("rbp_meter", RbpTwin, Measure()),
    "pressure, repeated": Machine("rbp_meter", RbpTwin, Measure(), faults=("repeat",)),
    "pressure, own": Machine("ieee_meter", IeeeAgent, NextReading(), (("measure", {}),)),
}


def _record(machine: Machine, path: Path) -> Pair:
    """A whole life: connect, work, unplug, plug, work, stop."""
    driver = registry.factory(machine.driver, {})()
    tap = recorder(path, machine.driver, {})
    driver.tap = tap
    pair = Pair(driver, machine.make)
    pair.wait(3)
    pair.strike(*machine.faults, count=1)
    for number in (1, 2):
        pair.submit(number, machine.command)
        pair.wait(1)
        for name, body in machine.acts:
            pair.model.act(name, body)
        pair.end(number)
        pair.unplug()
        pair.wait(2)
        pair.plug()
        pair.wait(3)
    pair.submit(3, machine.command)
    pair.wait(1)
    pair.cancel(3)
    pair.wait(2)
    driver.lost(pair.now, "stopped")
    driver.take_reports()
    tap.close()
    return pair


def _replay(path: Path, driver: Driver | None = None) -> Replayed:
    head, lines = read(iter(path.read_bytes().splitlines(keepends=True)))
    driver = driver or registry.factory(head.driver, head.settings)()
    return Replay(driver, registry.scribe(head.driver)).run(lines)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("name", MACHINES)
def test_what_was_recorded_happens_again(name: str, tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    _record(MACHINES[name], path)
    result = _replay(path)
    assert result.differences == []
    assert result.lines == len(_lines(path)) - 1
    kinds = {key for line in _lines(path)[1:] for key in line}
    assert {"in", "out", "told", "event"} <= kinds


def test_an_answer_that_came_just_before_a_late_tick_comes_before_it_again(tmp_path: Path) -> None:
    """A thread wakes late, and finds a deadline that has passed and an answer that has come."""
    path = tmp_path / "traffic.jsonl"
    driver = registry.factory("qu_cd", {})()
    driver.tap = tap = recorder(path, "qu_cd", {})
    driver.opened(0.0)
    for now, data in ((0.501, b"\x06"), (0.6, bytes.fromhex("0250423030310322"))):
        driver.take_output()
        driver.receive(data, now)
        driver.take_output()
        driver.tick(now)
    driver.take_reports()
    assert driver.status.level is Level.READY
    tap.close()
    assert _replay(path).differences == []


def test_another_driver_shows(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    _record(MACHINES["booklet"], path)
    text = path.read_text()
    sent = next(line for line in text.splitlines() if '"out"' in line)
    changed = json.loads(sent)
    changed["out"] = "00" + changed["out"][2:]
    path.write_text(text.replace(sent, json.dumps(changed), 1))
    (difference,) = _replay(path).differences
    assert "00" in difference.recorded
    assert difference.now.startswith("out ")


def test_nothing_of_a_card_or_a_measurement_is_in_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "card.jsonl"
    somebody = {**PERSON, "name": "甲乙丙", "birth": "18610617", "address": "虚构路一号"}
    _record(Machine("sam_v", _cards, ReadCard(5.0), (("lay", somebody),)), path)
    kept = path.read_text()
    for value in ("甲乙丙", "18610617", "虚构路一号"):
        assert value not in kept
        assert value.encode("utf-16-le").hex() not in kept
    path = tmp_path / "pressure.jsonl"
    pair = _record(Machine("rbp_meter", RbpTwin, Measure(), (("person", {"systolic": 167}),)), path)
    assert any("167" in str(end) for end in pair.ends().values())
    assert "00a7" not in path.read_text().replace("aa80", "")
    assert oct(path.stat().st_mode)[-3:] == "600"


def test_a_recording_that_is_full_is_put_aside_and_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    tap = Recorder(path, Lengths(), {"driver": "qu_cd", "settings": {}}, limit_bytes=2000)
    for number in range(100):
        tap.received(b"x" * 10, float(number))
    tap.close()
    aside = path.with_name("recording.jsonl.1")
    assert path.stat().st_size <= 2100
    assert aside.stat().st_size <= 2100
    assert (
        _lines(path)[0] == _lines(aside)[0] == {"recording": 1, "driver": "qu_cd", "settings": {}}
    )
    result = _replay(path)
    assert result.skipped == result.lines > 0


class FullDisc:
    """A file on a disc that takes no more."""

    def write(self, data: bytes) -> int:
        del data
        raise OSError(errno.ENOSPC, "No space left on device")

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    close = flush


def test_a_full_disc_ends_the_recording_and_nothing_else(tmp_path: Path) -> None:
    tap = Recorder(tmp_path / "recording.jsonl", Lengths(), {"driver": "qu_cd"})
    tap._file = FullDisc()  # type: ignore[assignment]
    tap.received(b"x", 1.0)
    tap.received(b"x", 2.0)
    tap.close()


def test_a_folder_that_can_not_be_made_ends_it_too(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    tap = Recorder(tmp_path / "file" / "recording.jsonl", Lengths(), {"driver": "qu_cd"})
    tap.received(b"x", 1.0)
    tap.close()


HEAD = '{"recording": 1, "driver": "qu_cd"}\n'
OPENED = '{"t": 1, "event": "opened"}\n'
ASKED = '{"t": 1, "event": "asked", "id": 1, "command": {"is": "os:system"}}\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ('{"hello": 1}\n', "no recording"),
        ('{"recording": 1, "driver": "qu_cd"}\nnot json\n', "line 2"),
        (
            f'{HEAD}{{"t": 1, "event": "lost", "reason": ""}}\n{{"t": 1, "event": "sang"}}\n',
            "line 3",
        ),
        (f'{HEAD}{OPENED}{{"t": 1, "in": "zz"}}\n', "line 3"),
        (f"{HEAD}{OPENED}{ASKED}", "no command of a driver"),
    ],
)
def test_what_is_no_recording_says_where(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    path.write_text(text)
    with pytest.raises(RecordingError, match=says):
        _replay(path)


def test_a_recording_cut_off_in_a_line_is_played_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    _record(MACHINES["booklet"], path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    assert _replay(path).lines == len(_lines_of(whole)) - 2


def _lines_of(data: bytes) -> list[bytes]:
    return data.splitlines()


def test_commands_lose_what_is_somebodys() -> None:
    sale = Sale("A1", 1234, "张三家的电费", "card")
    again = from_plain(json.loads(json.dumps(to_plain(sale))))
    assert again == Sale("A1", 1234, "某" * 6, "card")
    slip = Print("job-7", (Text("电费 12.30\n元", (2, 2), align="center"), Qr("https://x")))
    again = from_plain(json.loads(json.dumps(to_plain(slip))))
    assert again == Print("job-7", (Text("某某 xxxxx\n某", (2, 2), align="center"), Qr("x" * 9)))
    request = ClassRequest(1, 1)
    assert from_plain(to_plain(request)) == request
    assert invented("甲a 乙\n") == "某x 某\n"
    with pytest.raises(PlainError):
        to_plain(object())


@pytest.fixture(scope="module")
def cabin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCabin]:
    with simulated_cabin(tmp_path_factory.mktemp("cabin"), "--speed", "4") as running:
        yield running


def test_a_technician_records_and_plays(
    cabin: SimulatedCabin, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "meter.jsonl"
    port = str(cabin.folder / "bp_meter")
    assert main(["device", "rbp_meter", "measure", "--port", port, "--record", str(path)]) == 0
    capsys.readouterr()
    assert main(["device", "replay", str(path), "--verbose"]) == 0
    out = capsys.readouterr().out
    assert "result (invented)" in out
    assert out.splitlines()[-1].endswith("the same")
    assert main(["device", "replay", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["differences"] == []
    text = path.read_text()
    path.write_text(text.replace('"means":"start"', '"means":"sing"', 1))
    assert main(["device", "replay", str(path)]) == 1
    assert "sing" in capsys.readouterr().out
    assert main(["device", "replay", str(tmp_path / "nothing")]) == 2
