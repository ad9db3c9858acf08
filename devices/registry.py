"""Driver names, as the configuration writes them, and the classes behind them.

A driver's module is imported when its driver is first asked for, so that a cabin pays start-up
time and memory only for the devices it has.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping

from devices.declared import UNDECLARED, Declaration
from devices.driver import Driver, SettingsError
from devices.trace import Lengths, Scribe

_CLASSES: Mapping[str, tuple[str, str]] = {
    "ecr_hub": ("devices.payment_terminal.driver", "EcrHubTerminal"),
    "zvt": ("devices.payment_terminal.zvt_driver", "ZvtTerminal"),
    "zvt_tcp": ("devices.payment_terminal.zvt_driver", "ZvtTcpTerminal"),
    "cdc_scanner": ("devices.scanner.driver", "CdcScanner"),
    "hid_scanner": ("devices.scanner.hid_driver", "HidScanner"),
    "qu_cd": ("devices.booklet_dispenser.driver", "QuCdDispenser"),
    "sam_v": ("devices.id_reader.driver", "SamVReader"),
    "rbp_meter": ("devices.bp_meter.rbp_driver", "RbpMeter"),
    "rice_mill": ("devices.rice_mill.driver", "RiceMill"),
    "ieee_meter": ("devices.bp_meter.ieee_driver", "IeeeMeter"),
    "escpos_serial": ("devices.receipt_printer.driver", "EscposPrinter"),
    "escpos_usb": ("devices.receipt_printer.usb_driver", "EscposUsbPrinter"),
    "ipp": ("devices.document_printer.driver", "IppPrinter"),
    "sane": ("devices.document_scanner.driver", "SaneScanner"),
}

# What may be noted of a driver's traffic; of one that isn't here only the lengths.
_SCRIBES: Mapping[str, tuple[str, str]] = {
    "ecr_hub": ("devices.payment_terminal.scribe", "EcrHubScribe"),
    "zvt": ("devices.payment_terminal.zvt_scribe", "ZvtScribe"),
    "zvt_tcp": ("devices.payment_terminal.zvt_scribe", "ZvtTcpScribe"),
    "escpos_serial": ("devices.receipt_printer.scribe", "EscposScribe"),
    "escpos_usb": ("devices.receipt_printer.scribe", "EscposScribe"),
    "ipp": ("devices.document_printer.scribe", "IppScribe"),
    "cdc_scanner": ("devices.scanner.scribe", "CdcScribe"),
    "hid_scanner": ("devices.scanner.hid_scribe", "HidScribe"),
    "qu_cd": ("devices.booklet_dispenser.scribe", "QuCdScribe"),
    "sam_v": ("devices.id_reader.scribe", "SamVScribe"),
    "rbp_meter": ("devices.bp_meter.rbp_scribe", "RbpScribe"),
    "rice_mill": ("devices.rice_mill.scribe", "RiceMillScribe"),
    "ieee_meter": ("devices.bp_meter.ieee_scribe", "IeeeScribe"),
}

# What a driver declares of itself; no driver is imported for it.
_DECLARATIONS: Mapping[str, tuple[str, str]] = {
    "ecr_hub": ("devices.payment_terminal.declared", "ECR_HUB"),
    "zvt": ("devices.payment_terminal.declared", "ZVT"),
    "zvt_tcp": ("devices.payment_terminal.declared", "ZVT"),
    "cdc_scanner": ("devices.scanner.declared", "CDC"),
    "hid_scanner": ("devices.scanner.declared", "HID"),
    "qu_cd": ("devices.booklet_dispenser.declared", "QU_CD"),
    "sam_v": ("devices.id_reader.declared", "SAM_V"),
    "rbp_meter": ("devices.bp_meter.declared", "RBP"),
    "rice_mill": ("devices.rice_mill.declared", "RICE_MILL"),
    "ieee_meter": ("devices.bp_meter.declared", "IEEE"),
    "escpos_serial": ("devices.receipt_printer.declared", "SERIAL"),
    "escpos_usb": ("devices.receipt_printer.declared", "USB"),
    "ipp": ("devices.document_printer.declared", "IPP"),
    "sane": ("devices.document_scanner.declared", "SANE"),
}


def names() -> tuple[str, ...]:
    """Every driver's name."""
    return tuple(_CLASSES)


def load(name: str) -> type[Driver]:
    """The driver's class; SettingsError if there is none of that name."""
    if name not in _CLASSES:
        raise SettingsError(f"unknown driver {name!r}; known: {', '.join(_CLASSES)}")
    module, attribute = _CLASSES[name]
    found: type[Driver] = getattr(importlib.import_module(module), attribute)
    return found


def scribe(name: str) -> Scribe:
    """A new scribe for the traffic of the driver of that name."""
    if name not in _SCRIBES:
        return Lengths()
    module, attribute = _SCRIBES[name]
    made: Scribe = getattr(importlib.import_module(module), attribute)()
    return made


def declaration(name: str) -> Declaration:
    """What the driver of that name declares; little where it declares nothing."""
    if name not in _DECLARATIONS:
        return UNDECLARED
    module, attribute = _DECLARATIONS[name]
    found: Declaration = getattr(importlib.import_module(module), attribute)
    return found


def factory(name: str, settings: Mapping[str, object]) -> Callable[[], Driver]:
    """Makes drivers with `settings` (the device's table without `driver` and `port`).

    One is made here and thrown away, so that a mistake raises SettingsError now, not in a thread.
    """
    driver_class = load(name)
    kept = dict(settings)
    driver_class.from_settings(kept)
    return lambda: driver_class.from_settings(kept)
