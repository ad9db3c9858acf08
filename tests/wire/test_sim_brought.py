"""What people bring to the simulated cabin: files from a phone through the real relay, a stick."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from kiosk import config
from kiosk.documents.codes import BadDocumentError
from kiosk.documents.opener import OpenDocument
from kiosk.documents.sticks import make_stick
from kiosk.gateways.types import NoAnswer
from kiosk.relay.client import Arrived, Fetched, Gone, RelayClient, Slot
from kiosk.settings import Settings
from sim.files import SAMPLES
from tests.unit.test_documents import pdfinfo

from .sim_process import SimProcess

WHAT = {"pdf": 3, "photo": 1, "encrypted": "encrypted", "broken": "broken", "bomb": 1}
"""Sample → its pages, or its code."""


@pytest.fixture
def sim(tmp_path: Path) -> Iterator[SimProcess]:
    process = SimProcess(tmp_path / "cabin")
    try:
        yield process
    finally:
        assert process.stop() == 0


@pytest.fixture
def settings(sim: SimProcess) -> Settings:
    return config.load(sim.directory / "cabin.toml")


def opened(client: RelayClient) -> Slot:
    slot = client.open()
    assert isinstance(slot, Slot), slot
    return slot


def judged(path: Path, folder: Path) -> object:
    try:
        with OpenDocument(path, folder) as document:
            return document.facts().pages
    except BadDocumentError as error:
        return error.trouble.value


def test_a_phone_sends_a_file_of_every_sort(
    sim: SimProcess, settings: Settings, tmp_path: Path
) -> None:
    assert settings.gateways.relay is not None
    client = RelayClient(settings.gateways.relay)
    assert sim.post("/api/devices/phone_file/pdf").status_code == 409  # no code is shown yet
    for name in SAMPLES:
        slot = opened(client)
        assert sim.act(f"phone_file/{name}")["result"] == {"status": 200}
        seen = client.look(slot)
        assert isinstance(seen, Arrived)
        assert seen.name == SAMPLES[name][0]
        path = tmp_path / name
        assert client.fetch(slot, path) == Fetched(path.stat().st_size)
        assert judged(path, tmp_path) == WHAT[name], name
    assert pdfinfo(tmp_path / "pdf")["Pages"] == "3"
    assert sim.act("phone_file/pdf")["result"] == {"status": 404}  # that code was used


def test_a_relay_whose_cable_is_pulled(sim: SimProcess, settings: Settings) -> None:
    assert settings.gateways.relay is not None
    client = RelayClient(settings.gateways.relay)
    slot = opened(client)
    sim.act("phone_file/unplug")
    answer = client.look(slot)
    assert isinstance(answer, NoAnswer) and answer.sent is False
    assert sim.device("phone_file")["state"]["reachable"] is False
    sim.act("phone_file/plug")
    assert isinstance(client.look(slot), Gone)  # it kept nothing
    opened(client)


def test_the_relay_ends_with_the_simulator(tmp_path: Path) -> None:
    sim = SimProcess(tmp_path / "cabin")
    settings = config.load(sim.directory / "cabin.toml")
    assert settings.gateways.relay is not None
    watched = psutil.Process(sim.process.pid)
    assert watched.children() == []  # until somebody knocks
    opened(RelayClient(settings.gateways.relay))
    (relay,) = watched.children()
    assert "relay" in relay.cmdline()
    sim.process.kill()  # without a chance to say goodbye
    sim.process.communicate()
    psutil.wait_procs([relay], 20)
    assert not relay.is_running()


def test_a_stick_is_plugged_in_and_pulled(
    sim: SimProcess, settings: Settings, tmp_path: Path
) -> None:
    assert settings.printing is not None
    stick = make_stick(settings.printing, tmp_path / "mnt")
    assert stick is not None and not stick.present()
    sim.act("usb_stick/plug")
    assert stick.present()
    found = {file.name: file for file in stick.listing().files}
    assert set(found) == {name for name, _, _, _ in SAMPLES.values()}
    for name, (file, _, _, _) in SAMPLES.items():
        path = tmp_path / name
        stick.copy(found[file], path, settings.printing.limits.bytes_max)
        assert judged(path, tmp_path) == WHAT[name], name
    sim.act("usb_stick/unplug")
    assert not stick.present()
    with pytest.raises(BadDocumentError, match=r"^pulled$"):
        stick.copy(found["体检报告.pdf"], tmp_path / "again", 1 << 20)
