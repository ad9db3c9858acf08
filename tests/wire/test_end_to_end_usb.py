"""Receipt printer, IEEE 11073 meter and card reader in their workers, over simulated USB.

Between them stand pyusb, our USB/IP client and the `usbip` package's device side, over TCP.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices import usb_device
from devices import worker as worker_module
from devices.bp_meter import ieee_apdu
from devices.bp_meter.ieee_config import Observation
from devices.bp_meter.ieee_driver import IeeeMeter, NextReading, ReadIdentity, Release
from devices.driver import Driver
from devices.id_reader.codec import Identity
from devices.id_reader.driver import ReadCard, SamVReader
from devices.receipt_printer import poll, settling, usb_driver
from devices.receipt_printer.document import Columns, Cut, Document, Print, Qr, Text
from devices.receipt_printer.driver import EscposPrinter
from devices.receipt_printer.usb_driver import EscposUsbPrinter, Identify
from devices.receipt_printer.usb_status import DeviceId
from devices.status import Failed, Level, OutcomeUnknown, Success
from devices.worker import Limits, Worker
from kiosk.main import main
from sim.devices.paper import to_image, to_text
from sim.devices.receipt_printer import ReceiptPrinter
from tests.support.pair import Pair
from tests.support.simulated import simulated_cabin
from tests.support.usb_cabin import UsbCabin
from tests.wire.worker_by_hand import PATIENCE_S, Reports

SLIP: Document = (
    Text("缴费凭证", (2, 2), bold=True, align="center"),
    Columns("电费 2026-10", "96.30"),
    Text("㐂"),  # a character that printers lack: a picture
    Qr("SX1380126112200001ABCDE0"),
    Cut(),
)
LONG: Document = (*(Text(f"line {n} " + "x" * 30) for n in range(400)), Cut())
PRINTER, METER, READER = "receipt_printer", "bp_meter_standard", "id_reader"


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "FIRST_BACKOFF_S", 0.1)
    monkeypatch.setattr(usb_device, "READ_MS", 50)
    monkeypatch.setattr(settling, "QUIET_S", 0.2)
    monkeypatch.setattr(usb_driver, "GLANCE_S", 0.1)
    monkeypatch.setattr(poll, "REPLY_S", 0.7)


@pytest.fixture
def cabin(tmp_path: Path) -> Iterator[UsbCabin]:
    made = UsbCabin(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def reports() -> Reports:
    return Reports()


@pytest.fixture
def start(reports: Reports, cabin: UsbCabin) -> Iterator[Callable[..., Worker]]:
    workers: list[Worker] = []

    def make(factory: Callable[[], Driver], device: str, write_s: float = 5.0) -> Worker:
        limits = Limits(write_s=write_s)
        worker = Worker("device", factory, cabin.url(device), reports, limits=limits)
        workers.append(worker)
        worker.start()
        return worker

    yield make
    for worker in workers:
        assert worker.stop()


def printer_of(cabin: UsbCabin) -> ReceiptPrinter:
    model = cabin.model(PRINTER)
    assert isinstance(model, ReceiptPrinter)
    return model


def until_printing(cabin: UsbCabin) -> None:
    end = time.monotonic() + PATIENCE_S
    while not printer_of(cabin).piece():
        assert time.monotonic() < end, "nothing was printed"
        time.sleep(0.01)


def over_a_serial_line() -> ReceiptPrinter:
    """The same receipt, printed in virtual time over a serial line."""
    pair = Pair(EscposPrinter(), ReceiptPrinter)
    pair.until_ready()
    pair.submit(1, Print("J1", SLIP, False))
    assert isinstance(pair.end(1), Success)
    assert isinstance(pair.model, ReceiptPrinter)
    return pair.model


def test_a_receipt_comes_out_as_over_a_serial_line(
    cabin: UsbCabin, reports: Reports, start: Callable[..., Worker]
) -> None:
    worker = start(EscposUsbPrinter, PRINTER)
    reports.status(Level.READY)
    who = reports.completion(worker.submit(Identify()))
    assert isinstance(who, Success)
    assert isinstance(who.value, DeviceId)
    assert (who.value.model, who.value.serial) == ("Simulated receipt printer", "SIM3801")
    assert isinstance(reports.completion(worker.submit(Print("J1", SLIP, False))), Success)
    (paper,) = printer_of(cabin).receipts
    assert "电费 2026-10" in to_text(paper.elements)
    (wanted,) = over_a_serial_line().receipts
    assert to_image(paper.elements).tobytes() == to_image(wanted.elements).tobytes()
    # Paper out: known without printing anything, and from either witness alone.
    cabin.act(PRINTER, "paper_out")
    reports.status(Level.UNAVAILABLE, "paper_out")
    refused = reports.completion(worker.submit(Print("J2", SLIP, False)))
    assert isinstance(refused, Failed)
    assert refused.code == "paper_out"
    cabin.act(PRINTER, "paper_in")
    reports.status(Level.READY)
    cabin.strike(PRINTER, "silent")
    cabin.act(PRINTER, "paper_out")
    reports.status(Level.UNAVAILABLE, "paper_out")
    assert worker.status.detail == "port status 38"
    assert len(printer_of(cabin).receipts) == 1


def test_paper_out_is_known_without_port_status(
    cabin: UsbCabin, reports: Reports, start: Callable[..., Worker]
) -> None:
    cabin.strike(PRINTER, "no_port_status")
    cabin.act(PRINTER, "paper_out")
    worker = start(EscposUsbPrinter, PRINTER)
    reports.status(Level.UNAVAILABLE, "paper_out")
    assert worker.status.detail == "1a 32 12 7e"
    end = reports.completion(worker.submit(Identify()))
    assert isinstance(end, Failed)


def test_pulled_out_in_a_receipt_and_put_back(
    cabin: UsbCabin, reports: Reports, start: Callable[..., Worker]
) -> None:
    worker = start(EscposUsbPrinter, PRINTER)
    reports.status(Level.READY)
    number = worker.submit(Print("J1", LONG, False))
    until_printing(cabin)
    cabin.act(PRINTER, "unplug")
    assert reports.completion(number) == OutcomeUnknown("unplugged")
    reports.status(Level.UNAVAILABLE, "unplugged")
    refused = reports.completion(worker.submit(Print("J1", SLIP, False)))
    assert isinstance(refused, Failed)
    cabin.act(PRINTER, "plug")
    reports.status(Level.READY)
    refused = reports.completion(worker.submit(Print("J1", SLIP, False)))
    assert isinstance(refused, Failed)
    assert refused.code == "needs_reprint"
    assert isinstance(reports.completion(worker.submit(Print("J1", SLIP, True))), Success)
    torn, whole = printer_of(cabin).receipts
    assert "line 0" in to_text(torn.elements)
    assert "补打" in to_text(whole.elements)
    assert "line" not in to_text(whole.elements)


def test_a_printer_that_takes_no_more_is_given_up_and_found_again(
    cabin: UsbCabin, reports: Reports, start: Callable[..., Worker]
) -> None:
    worker = start(EscposUsbPrinter, PRINTER, 1.0)
    reports.status(Level.READY)
    number = worker.submit(Print("J1", LONG, False))
    until_printing(cabin)
    cabin.strike(PRINTER, "usb_hang")
    assert reports.completion(number) == OutcomeUnknown("write_timeout")
    reports.status(Level.UNAVAILABLE, "write_timeout")
    cabin.clear()
    reports.status(Level.READY)


def test_a_meters_whole_session_over_phdc(
    cabin: UsbCabin, reports: Reports, start: Callable[..., Worker]
) -> None:
    cabin.act(METER, "extended")
    worker = start(IeeeMeter, METER)
    reports.status(Level.UNKNOWN, "not_associated")
    number = worker.submit(NextReading())
    cabin.act(METER, "measure", systolic=133, diastolic=81, pulse=66)
    reports.status(Level.UNKNOWN, "configuring")
    done = reports.completion(number)
    assert isinstance(done, Success)
    assert isinstance(done.value, Observation)
    assert (done.value.systolic, done.value.diastolic, done.value.pulse) == (133, 81, 66)
    assert isinstance(reports.completion(worker.submit(ReadIdentity())), Success)
    assert isinstance(reports.completion(worker.submit(Release())), Success)
    assert cabin.model(METER).state()["associated"] is False
    # Pulled out and put back: the next reading comes over a new association.
    number = worker.submit(NextReading())
    cabin.act(METER, "unplug")
    assert reports.completion(number) == OutcomeUnknown("unplugged")
    cabin.act(METER, "plug")
    reports.status(Level.UNKNOWN, "not_associated")
    number = worker.submit(NextReading())
    cabin.act(METER, "measure", systolic=118, form="persons")
    done = reports.completion(number)
    assert isinstance(done, Success)
    assert isinstance(done.value, Observation)
    assert done.value.systolic == 118
    assert cabin.model(METER).state()["aborts"] == []


def test_metadata_that_nobody_asked_for_costs_no_apdu() -> None:
    released = bytes.fromhex("e400 0002 0000")
    decoder = ieee_apdu.Decoder()
    found = [x for _, x in decoder.feed(b"PhdQoSSignature\0\x01\x01\x08\x00" + released)]
    assert isinstance(found[-1], ieee_apdu.ReleaseRequest)


def test_a_card_is_read_through_two_pipes_before_and_after_a_pulled_plug(
    cabin: UsbCabin, reports: Reports, start: Callable[..., Worker]
) -> None:
    worker = start(SamVReader, READER)
    reports.status(Level.READY)
    for name in ("测试乙", "测试丙"):
        number = worker.submit(ReadCard(30.0))
        cabin.act(READER, "lay", name=name)
        done = reports.completion(number)
        assert isinstance(done, Success)
        assert isinstance(done.value, Identity)
        assert done.value.name == name
        cabin.act(READER, "lift")
        number = worker.submit(ReadCard(30.0))
        cabin.act(READER, "unplug")
        assert isinstance(reports.completion(number), Failed)
        cabin.act(READER, "plug")
        reports.status(Level.READY)


def test_kiosk_device_prints_on_the_simulators_usb_printer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with simulated_cabin(tmp_path, "--speed", "4") as running:
        ports = dict(line.split() for line in (tmp_path / "usb").read_text().splitlines())
        assert set(ports) == {PRINTER, METER, READER}
        words = ["device", "escpos_usb", "print", "--port", ports[PRINTER], "--json"]
        assert main(words) == 0
        said = [json.loads(x) for x in capsys.readouterr().out.splitlines()]
        assert said
        assert "数字小屋 3" in running.bench.receipt_text(1)
    assert not (tmp_path / "usb").exists()
