"""The report that leaves the house: a day's visits, and nothing of anybody in the zip."""

from __future__ import annotations

import json
import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.journal import Journal
from kiosk.main import main
from tests.journey.booklets import dispenser, get
from tests.journey.stage import Stage, open_stage
from tests.support.booklets import seventeen

pytestmark = [pytest.mark.window, pytest.mark.long]

ACCOUNT = "3987654321"
CARD = "621234******9876"
WHO = seventeen(83)
CODE = "TELLNOBODY42"
PAYING = "134567890123456789"
PEOPLE = {
    "name": "经办人甲",
    "phone": "021-5555 1234",
    "operator": "李维护",
    "note": "王阿婆来过",
    "file": "赵大爷的病历",
    "password": "438219",
}
PLANTED = (ACCOUNT, CARD, "**9876", WHO, WHO[-8:], "测试某", CODE, PAYING, *PEOPLE.values())


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory, display: str) -> Iterator[Stage]:
    """A kiosk that records every wire, with people in its configuration."""
    folder = tmp_path_factory.mktemp("cabin")
    with open_stage(folder, display, {}, _with_people) as stage:
        yield stage


def _with_people(config: Path) -> None:
    text = config.read_text()
    text = re.sub(r"(?m)^(\[devices\.\w+\])$", r"\1\nrecord = true", text)
    text = re.sub(r"(?m)^operator_phone = .*$", f'operator_phone = "{PEOPLE["phone"]}"', text)
    text = text.replace('name = "小义工"', f'name = "{PEOPLE["name"]}"')
    assert PEOPLE["name"] in text
    config.write_text(f"# {PEOPLE['operator']} {PEOPLE['password']}\n{text}")


def _encoded(text: str) -> set[bytes]:
    """How it could stand there: as text, in hexadecimal, escaped."""
    raw = {text.encode(x) for x in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")}
    return raw | {x.hex().encode() for x in raw} | {json.dumps(text)[1:-1].encode()}


def _leaks(path: Path) -> list[tuple[str, str]]:
    """What of the planted stands in the zip, and in which file."""
    found = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            for text in PLANTED:
                if any(x in content or x in name.encode() for x in _encoded(text)):
                    found.append((text, name))
    return found


def _names(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def test_nothing_of_anybody_is_in_the_report(
    theatre: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stage, data = theatre, theatre.cabin.folder / "data"
    bill = stage.bill(9_999, account=ACCOUNT)
    order_id = stage.ask_to_pay(bill)
    stage.bench.act("terminal", "tap_card", card=CARD)
    stage.kiosk.on("result")
    assert "9876" in stage.paper()
    stage.kiosk.touch("order.done")
    stage.kiosk.on("home")
    out = dispenser(stage)["out"]
    get(stage, WHO)
    assert dispenser(stage)["out"] == out + 1
    stage.scan(CODE)
    stage.scan(PAYING)
    _plant_files(data)

    alive = tmp_path / "alive.zip"
    config = str(stage.cabin.config)
    assert main(["report", "--config", config, "--out", str(alive)]) == 0
    assert _leaks(alive) == []
    assert stat.S_IMODE(alive.stat().st_mode) == 0o600
    roles = {x.split(".")[1].rstrip("]") for x in _device_tables(stage.cabin.config)}
    assert {f"recordings/{x}.jsonl" for x in roles} <= _names(alive)
    assert {"traces/terminal.jsonl", "cabin.json", "devices.json"} <= _names(alive)
    told = _read(alive, "journal.json")
    assert order_id in told
    assert "9999" in told
    devices = {x["role"]: x for x in json.loads(_read(alive, "devices.json"))}
    counted = {(role, y["name"]): y["value"] for role, x in devices.items() for y in x["counters"]}
    assert counted["terminal", "payments"] == 1
    assert counted["booklet_dispenser", "dispensed"] == 1
    assert counted["id_reader", "reads"] == 1
    assert counted["scanner", "codes"] == 3, "the bill and two others"
    assert counted["receipt_printer", "slips"] == 2
    lines = [json.loads(x) for x in _read(alive, "recordings/terminal.jsonl").splitlines()]
    assert any("Sale" in str(x.get("command", "")) for x in lines), "it says what went on"

    stage.kiosk.end()
    journal = Journal(data / "journal.sqlite")
    body = {"operator": PEOPLE["operator"], "note": PEOPLE["note"]}
    journal.note("Maintenance", body, journal.now())
    journal.close()
    dead = tmp_path / "dead.zip"
    assert main(["report", "--config", config, "--out", str(dead)]) == 0
    assert _leaks(dead) == []
    assert "Maintenance" in _read(dead, "journal.json")
    assert "not_running" in _read(dead, "findings.json")
    stage.kiosk.start()
    assert not _leaks_of(capsys.readouterr().out)
    assert not _leaks_of(stage.kiosk.log.read_text())


def _device_tables(config: Path) -> list[str]:
    return re.findall(r"(?m)^\[devices\.\w+\]", config.read_text())


def _leaks_of(text: str) -> list[str]:
    return [x for x in PLANTED if x in text]


def _plant_files(data: Path) -> None:
    """Names where somebody might put them: beside the recordings and in lines that are none."""
    recordings = data / "recordings"
    (recordings / f"{PEOPLE['file']}.jsonl").write_text(PEOPLE["file"])
    (data / f"{PEOPLE['file']}.pdf").write_text(PEOPLE["file"])
    with (recordings / "scanner.jsonl").open("a") as file:
        file.write(json.dumps({"t": 1, "remark": PEOPLE["note"]}) + "\n")
        command = {"is": "devices.x:Print", "document": PEOPLE["file"]}
        file.write(json.dumps({"t": 2, "event": "asked", "command": command}) + "\n")
        file.write(PEOPLE["operator"] + "\n")


def _read(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()
