"""What a lesson may name: screens and the widgets on them, and what can be done to the cabin."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kiosk.lending import LENDABLE

FOLDER = Path(__file__).parent
LESSONS = FOLDER / "lessons"
WIDGETS = FOLDER / "widgets.json"
REAL = LENDABLE
"""Devices of the real cabin that a lesson may ask for; no other ever."""
FAULTS = "faults"
"""The device of an act that sets or clears a fault of the simulator's."""
_CABLE = ("plug", "unplug")
ACTIONS: Mapping[str, tuple[str, ...]] = {
    "scanner": ("scan", *_CABLE),
    "terminal": ("tap_card", "show_code", "decline", "cancel", "reboot", *_CABLE),
    "qr_payment": ("scan", "pay", "decline", *_CABLE),
    "biller": (
        *("new_bill", "change_amount", "late_fee", "finish_pending", "new_debts"),
        *_CABLE,
    ),
    "receipt_printer": (
        *("paper_out", "paper_in", "paper_low", "paper_out_after", "cover_open", "cover_close"),
        *("jam", "clear_jam", "power_cycle", *_CABLE),
    ),
    "document_printer": (
        *("load", "toner", "cover_open", "cover_close", "clear_jam", "pages", "speed"),
        *("power_cycle", *_CABLE),
    ),
    "document_scanner": ("lay_page", "lay_card_front", "lay_card_back", "lift", *_CABLE),
    "phone_file": ("pdf", "photo", "encrypted", "broken", *_CABLE),
    "usb_stick": _CABLE,
    "rice_mill": (
        "fill",
        "climate",
        "clear_faults",
        "empty",
        "power_cut",
        "take",
        "weight",
        *_CABLE,
    ),
    "bp_meter": ("person", "key", "emergency", *_CABLE),
    "id_reader": ("lay", "lift", *_CABLE),
    "booklet_dispenser": ("refill", "empty_bin", "clear_jam", "take", *_CABLE),
}
"""What can be done to each device of the simulated cabin; some of it only at its moment."""


@cache
def widgets() -> Mapping[str, tuple[str, ...]]:
    """The ids on each screen, ``{"home": ("home.hint", "home.pay_bill", …)}``.

    ``tests/journey/test_widget_walk.py`` compares the file with the screens, and says how to make
    it anew.
    """
    found: dict[str, list[str]] = json.loads(WIDGETS.read_text(encoding="utf-8"))
    return {screen: tuple(ids) for screen, ids in found.items()}


def screens_with(widget: str) -> tuple[str, ...]:
    """The screens that have a widget; empty if none has."""
    return tuple(screen for screen, ids in widgets().items() if widget in ids)


@cache
def fault_kinds() -> Mapping[str, tuple[str, ...]]:
    """The kinds of fault that each device of the simulated cabin can have.

    The simulator is imported for it: only the checker asks.
    """
    from sim.cabin import GATEWAY_IDS
    from sim.faults import DEVICE_KINDS, GATEWAY_KINDS, WIRE_KINDS

    own = {device: (*kinds, *WIRE_KINDS) for device, kinds in DEVICE_KINDS.items()}
    return own | dict.fromkeys(GATEWAY_IDS, tuple(GATEWAY_KINDS))
