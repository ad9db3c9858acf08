"""The place for sticks that the settings name."""

from __future__ import annotations

from pathlib import Path

from kiosk.documents.stick import FolderStick, Stick
from kiosk.documents.usb_stick import UsbStick
from kiosk.settings import NO_STICK, PrintSettings


def make_stick(settings: PrintSettings, mount_in: Path) -> Stick | None:
    """None if the cabin has no place for sticks.

    `mount_in`: a folder of our own, outside the visit's: wiping that must not reach into a stick.
    """
    if settings.stick == NO_STICK:
        return None
    if settings.stick_folder is not None:
        return FolderStick(settings.stick_folder)
    return UsbStick(mount_in)
