"""What a resident does to print, on a stage."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from tests.journey.stage import Stage
from tests.support.window import Screen

PRINTER = "document_printer"
PHONE = "phone_file"
STICK = "usb_stick"


def await_phone(stage: Stage) -> None:
    """From the home screen to the code that a phone can scan."""
    kiosk, before = stage.kiosk, stage.bench.state(PHONE)["codes"]
    kiosk.touch("home.print")
    kiosk.on("print_source")
    kiosk.touch("print.phone")
    kiosk.on("print_upload")
    stage.bench.until(PHONE, lambda state: state["codes"] > before)


def send(stage: Stage, sample: str = "pdf") -> None:
    """A phone sends a file to the code on the screen."""
    stage.bench.act(PHONE, sample)


def open_file(stage: Stage, sample: str = "pdf") -> Screen:
    """From the home screen to the open file."""
    await_phone(stage)
    send(stage, sample)
    return stage.kiosk.on("print_document")


def confirm_print(stage: Stage) -> Screen:
    """From the open file to the last look before paying."""
    stage.kiosk.touch("print.go")
    return stage.kiosk.on("confirm_goods")


def pay_for_pages(stage: Stage) -> str:
    """From the home screen until the pages are under way. Returns the order's number."""
    open_file(stage)
    confirm_print(stage)
    stage.kiosk.touch("confirm_goods.pay.terminal")
    order_id = str(stage.kiosk.on("pay")["order"]["id"])
    stage.bench.when_asked_to_pay()
    stage.tap_card()
    stage.kiosk.on("pages_delivering")
    return order_id


def come_out(stage: Stage, sides: int) -> None:
    """Wait until so many more sides have come out than when the printer had nothing to do."""
    before = int(stage.bench.state(PRINTER)["sides"])
    stage.bench.until(PRINTER, lambda state: int(state["sides"]) >= before + sides)


def no_paper(stage: Stage) -> None:
    for tray in (1, 2):
        stage.bench.act(PRINTER, "load", tray=tray, sheets=0)


def done(stage: Stage) -> None:
    stage.kiosk.touch("order.done")
    stage.kiosk.on("home")


def visit_files(stage: Stage) -> list[Path]:
    """Whatever lies in the folders of a visit of this cabin."""
    data = stage.cabin.folder / "data"
    mark = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]
    memory = Path(f"/dev/shm/cabin-visit-{os.getuid()}-{mark}")
    return [x for place in (memory, data / "visit") for x in place.rglob("*")]
