"""Writes `cabin.toml`: the configuration of a kiosk that stands in the simulated cabin."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from sim.bills import PREFIXES
from sim.cabin import APP_ID, BAUD
from sim.operators import operators_toml

_HEAD = """\
# Written by the simulator for the kiosk beside it. Everything here is invented.

[cabin]
id = "3801"
name = "数字小屋"
address = "示例路380弄"
data_dir = "data"
operator_phone = "021-0000 0000"

[panel]
width_px = 1080
height_px = 1920
diagonal_inch = 21.5

[night]
from = "22:00"
until = "06:00"

[limits]
payment_max_fen = 500000
day_max_fen = 3000000
journal_min_free_mb = 64

[refund]
days = 3

[times]
idle_warning = 90
idle_reset = 30
attract_after = 180
terminal_payment = 180
qr_payment = 120
receipt_patience = 8
maintenance = 300

[privacy]
forget_days = 30

[clinic]
rest_s = 300
pause_s = 60
difference = 5
fhir = true

[voice]
output = "alsa"

[print]
stick = "folder:usb_stick"
back_off_fen = 5

[[help.contact]]
name = "居委会"
phone = "021-0000 0001"
hours = "8:30–17:30"

[[help.contact]]
name = "小义工"
phone = "021-0000 0002"
hours = "周三 9:30–11:00"

[booklet]
per_days = 365
insurance_code = true

[[notice]]
title = "小义工课堂"
text = "学缴水电费，学自己量血压。义工手把手教。"
weekday = "wed"
time = "09:30"
"""

TERMINALS: Mapping[str, Mapping[str, object]] = {
    "ecr_hub": {"driver": "ecr_hub", "app_id": APP_ID},
    "zvt": {"driver": "zvt"},
    "zvt_tcp": {"driver": "zvt_tcp"},
}
"""What can stand for [devices.terminal], by the driver's name."""
TERMINAL_IDS = {"ecr_hub": "terminal", "zvt": "terminal_zvt", "zvt_tcp": "terminal_zvt_tcp"}

_DEVICES: Mapping[str, Mapping[str, object]] = {
    "scanner": {"driver": "cdc_scanner"},
    "receipt_printer": {"driver": "escpos_serial", "columns": 48},
    "bp_meter": {"driver": "rbp_meter"},
    "booklet_dispenser": {"driver": "qu_cd", "take_s": 30},
    "id_reader": {"driver": "sam_v"},
    "rice_mill": {"driver": "rice_mill"},
}

SCANNER, PROGRAM = "document_scanner", "scanimage"
_NOWHERE = "127.0.0.1:20007"

_RICE = """
[rice]
merchant = "示例粮油店"
phone = "021-0000 0003"
trial_from = {first}
trial_until = {last}
tolerance_g = 15

[[rice.bin]]
number = 1
name = "长粒香"
origin = "东北 示例县"
price_fen_per_500g = 480
more_per_mille = [60, 80, 100]
picture = "long"

[[rice.bin]]
number = 2
name = "珍珠米"
origin = "江苏 示例县"
price_fen_per_500g = 520
more_per_mille = [70, 90, 110]
picture = "round"
"""

_BARCODE_NAMES = {
    "SH-POWER": "synthetic electricity bill",
    "SH-WATER": "synthetic water bill",
    "SH-GAS": "synthetic gas bill",
}

_BARCODE = """
[[barcode]]
name = "{name}"
biller = "{biller}"
prefix = "{prefix}"
length = 27
account = [2, 12]
amount_fen = [12, 20]
period = [20, 26]
check = "luhn"
"""


def cabin_toml(
    directory: Path,
    gateways: Mapping[str, Mapping[str, object]],
    terminal: str = "ecr_hub",
    day: date | None = None,
) -> str:
    """The file's text. `gateways`: the sections [gateways.NAME]; ports are in `directory`.

    `terminal` is one of `TERMINALS`. On `day`, today if it is None, the merchant is in the middle
    of the trial.
    """
    parts = [_HEAD]
    port = _terminal_port(directory, terminal)
    parts.append(_section("devices.terminal", {**TERMINALS[terminal], "port": port}))
    for name, settings in _DEVICES.items():
        port = f"serial://{directory.resolve() / name}?baud={BAUD[name]}"
        parts.append(_section(f"devices.{name}", {**settings, "port": port}))
    program = directory.resolve() / PROGRAM
    scanner = {"driver": "sane", "port": "sane:sim", "program": str(program)}
    parts.append(_section("devices.document_scanner", scanner))
    network = _section("devices.document_printer", {"driver": "ipp", "port": _network(directory)})
    parts.append(network)
    first = (day or date.today()) - timedelta(days=60)
    parts.append(_RICE.format(first=first, last=first + timedelta(days=150)))
    for name, section in gateways.items():
        parts.append(_section(f"gateways.{name}", section))
    parts.append("\n# Synthetic: there is no public rule for the barcodes of real bills.")
    for biller, prefix in PREFIXES.items():
        parts.append(_BARCODE.format(name=_BARCODE_NAMES[biller], biller=biller, prefix=prefix))
    parts.append(operators_toml())
    return "".join(parts)


def write_program(directory: Path) -> Path:
    """What stands for `scanimage` in the simulated cabin: a line that starts `sim/scanimage.py`."""
    program, folder = directory.resolve() / PROGRAM, Path(__file__).resolve().parent
    words = (sys.executable, "-IS", folder / "scanimage.py", directory.resolve() / SCANNER)
    line = " ".join(shlex.quote(str(x)) for x in words)
    program.write_text(f'#!/bin/sh\nexec {line} "$@"\n', encoding="utf-8")
    program.chmod(0o700)
    return program


def _network(directory: Path) -> str:
    """The document printer's address, as the wire has written it down."""
    file = directory / "network"
    if not file.is_file():
        return "ipp://printer.invalid/ipp/print"  # in virtual time there is no network
    return dict(x.split() for x in file.read_text(encoding="ascii").splitlines())[
        "document_printer"
    ]


def _terminal_port(directory: Path, terminal: str) -> str:
    device_id = TERMINAL_IDS[terminal]
    place = directory.resolve() / device_id
    if terminal == "zvt_tcp":
        # In virtual time nobody listens anywhere.
        return place.read_text(encoding="ascii").strip() if place.is_file() else f"tcp://{_NOWHERE}"
    stop = "&stop=2" if terminal == "zvt" else ""
    return f"serial://{place}?baud={BAUD[device_id]}{stop}"


def write_cabin_toml(
    directory: Path,
    gateways: Mapping[str, Mapping[str, object]],
    terminal: str = "ecr_hub",
    day: date | None = None,
) -> Path:
    """Write it to `directory`/cabin.toml, whole or not at all; returns the path."""
    write_program(directory)
    path = directory / "cabin.toml"
    fresh = directory / ".cabin.toml.new"
    fresh.write_text(cabin_toml(directory, gateways, terminal, day), encoding="utf-8")
    fresh.replace(path)
    return path


def _section(name: str, settings: Mapping[str, object]) -> str:
    # A JSON text or whole number is a TOML one too.
    lines = [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in settings.items()]
    return f"\n[{name}]\n" + "\n".join(lines) + "\n"
