"""[print] and [gateways.relay] in cabin.toml."""

from __future__ import annotations

from pathlib import Path

from kiosk import config
from tests.unit.test_config import PRINTER, SMALL, complete, folder, mistakes

__all__ = ["folder"]  # the fixture


def test_printing(folder: Path) -> None:
    text = '[print]\nstick = "folder:usb_stick"\nfile_max_mb = 2\nimage_max_megapixels = 3\n'
    (folder / "small.toml").write_text(complete(SMALL + PRINTER + text))
    printing = config.load(folder / "small.toml").printing
    assert printing is not None
    assert printing.stick_folder == folder / "usb_stick"
    assert (printing.limits.bytes_max, printing.limits.image_pixels_max) == (2 << 20, 3_000_000)
    wrong = '[print]\nstick = "sdb1"\nblack_fen = -1\nmax_pages = 0\ncolour = "no"\n'
    assert mistakes(folder, SMALL + PRINTER + wrong) == [
        'cabin.toml:10: print.stick = "sdb1" is not "usb", "none", or "folder:PATH" for a simulated'
        ' one; allowed: "usb", "none", or "folder:PATH" for a simulated one',
        "cabin.toml:11: print.black_fen = -1 is out of range; allowed: 0 … 10000",
        "cabin.toml:12: print.max_pages = 0 is out of range; allowed: 1 … 300",
        'cabin.toml:13: print.colour = "no" is not a switch; allowed: true or false',
    ]


def test_printing_needs_a_printer_and_a_way_for_files_to_come(folder: Path) -> None:
    assert mistakes(folder, SMALL + '[print]\nstick = "none"\n') == [
        "cabin.toml:6: section [devices.document_printer] is missing; allowed:"
        " [devices.document_printer], or no [print]",
        'cabin.toml:7: there is no way for a file to come; allowed: stick = "usb", or'
        " [gateways.relay], or [devices.document_scanner]",
    ]


def test_the_relay(folder: Path) -> None:
    text = '[gateways.relay]\nbase_url = "http://x"\ncabin = "1"\nkey = "keys/none"\n'
    assert mistakes(folder, SMALL + text) == [
        'cabin.toml:7: gateways.relay.base_url = "http://x" is not an address that begins with'
        " https://; allowed: an address that begins with https://",
        'cabin.toml:8: gateways.relay.cabin = "1" is not the four digits that the relay knows us'
        " by; allowed: the four digits that the relay knows us by",
        'cabin.toml:9: gateways.relay.key = "keys/none" names no file (looked for keys/none);'
        " allowed: the path of the key shared with the relay (64 hex digits)",
    ]
