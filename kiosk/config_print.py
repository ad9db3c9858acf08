"""The part of cabin.toml about printing: [print]. The values are described in `kiosk.settings`."""

from __future__ import annotations

from pathlib import Path

from kiosk.config_reader import Mistakes, Section
from kiosk.core.print_price import PrintRule
from kiosk.core.printing import DOCUMENT_PRINTER, SCANNER
from kiosk.documents.limits import Limits
from kiosk.settings import NO_STICK, USB_STICK, PrintSettings, Settings

_MAX_FEN = 10_000
_STICK = rf"{USB_STICK}|{NO_STICK}|folder:[^\0]+"
_STICK_ALLOWED = '"usb", "none", or "folder:PATH" for a simulated one'


def read_print(section: Section, folder: Path) -> PrintSettings:
    """[print]; paths are relative to `folder`."""
    usual, most = PrintRule(), Limits()
    stick = section.text("stick", _STICK, _STICK_ALLOWED, USB_STICK)
    rule = PrintRule(
        black_fen=section.whole("black_fen", 0, _MAX_FEN, "number of fen", usual.black_fen),
        colour_fen=section.whole("colour_fen", 0, _MAX_FEN, "number of fen", usual.colour_fen),
        back_off_fen=section.whole("back_off_fen", 0, _MAX_FEN, "number of fen", 0),
        free_pages=section.whole("free_pages", 0, 1000, "number of pages", usual.free_pages),
        max_pages=section.whole("max_pages", 1, 300, "number of pages", usual.max_pages),
        max_copies=section.whole("max_copies", 1, 99, "number of copies", usual.max_copies),
    )
    limits = Limits(
        bytes_max=section.whole("file_max_mb", 1, 200, "number of MiB", most.bytes_max >> 20) << 20,
        pages_max=section.whole("file_max_pages", 1, 2000, "number of pages", most.pages_max),
        page_mm_max=section.whole("page_max_mm", 300, 5000, "number of mm", most.page_mm_max),
        image_pixels_max=1_000_000
        * section.whole(
            "image_max_megapixels", 1, 400, "number of megapixels", most.image_pixels_max // 10**6
        ),
    )
    both_sides, colour = _switch(section, "both_sides"), _switch(section, "colour")
    section.done()
    _, _, path = stick.partition(":")
    return PrintSettings(rule, limits, stick, folder / path if path else None, both_sides, colour)


def _switch(section: Section, key: str) -> bool:
    """A switch that is on unless the file says otherwise."""
    value = section.raw(key) if section.has(key) else True
    if not isinstance(value, bool):
        section.wrong(key, "is not a switch", "true or false")
        return True
    return value


def require_print(settings: Settings, mistakes: Mistakes) -> None:
    """Without these nothing could ever be printed."""
    if DOCUMENT_PRINTER not in settings.devices:
        allowed = "[devices.document_printer], or no [print]"
        mistakes.add(("print",), "section [devices.document_printer] is missing", allowed)
    stick = settings.printing.stick if settings.printing else NO_STICK
    original = SCANNER in settings.devices
    if stick == NO_STICK and settings.gateways.relay is None and not original:
        allowed = 'stick = "usb", or [gateways.relay], or [devices.document_scanner]'
        mistakes.add(("print", "stick"), "there is no way for a file to come", allowed)
