"""udev's rules for the machines' names and rights, and USBGuard's for what may be plugged in.

Sources: udev(7), usbguard-rules.conf(5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from kiosk.config_install import name_of
from kiosk.install.units import HEAD
from kiosk.plugged import Kind, Plugged, udev_rules
from kiosk.settings import Plug, Settings

_USB = re.compile(r"usb://([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})(?:/([^\s?]*))?")
_STICK = "08:06:50"
"""Mass storage, SCSI commands, bulk only: what a stick is, and nothing beside it."""


def udev(settings: Settings) -> tuple[str, list[str]]:
    """The rules, and the machines whose name in /dev/cabin nothing will make."""
    things, nameless = {}, []
    for role, device in settings.devices.items():
        name, plug = name_of(device.port), settings.install.plugs.get(role)
        usb = _USB.match(device.port)
        if name and plug is not None:
            kind = Kind.KEYBOARD if device.driver == "hid_scanner" else Kind.SERIAL
            things[name] = _plugged(kind, plug)
        elif name:
            nameless.append(role)
        elif usb is not None:
            plug = Plug(usb[1].lower(), usb[2].lower(), usb[3] or "")
            things[role] = _plugged(Kind.PRINTER, plug)  # any that libusb opens
    return HEAD + udev_rules(things, ()), nameless


def _plugged(kind: Kind, plug: Plug) -> Plugged:
    return Plugged(kind, "", plug.vendor, plug.product, plug.serial, plug.socket, "")


@dataclass(frozen=True, slots=True)
class UsbDevice:
    """One device on the bus, hubs among them. ``interfaces``: class:subclass:protocol of each."""

    socket: str
    vendor: str
    product: str
    serial: str
    interfaces: tuple[str, ...]


def on_the_bus(system: Path) -> tuple[UsbDevice, ...]:
    """Everything that is plugged in now, as sysfs tells it."""
    if not system.is_dir():
        return ()
    found = []
    for path in sorted(system.iterdir()):
        if not (path / "idVendor").is_file():
            continue
        words = [_line(path / x) for x in ("idVendor", "idProduct", "serial")]
        parts = sorted(path.glob(f"{path.name}:*")) or sorted(path.glob("*-0:1.0"))
        names = ("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol")
        faces = tuple(":".join(_line(x / name) for name in names) for x in parts)
        found.append(UsbDevice(path.name, words[0], words[1], words[2], faces))
    return tuple(found)


def _line(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def usbguard(devices: tuple[UsbDevice, ...], *, sticks: bool) -> str:
    """Allow what is plugged in now, and sticks if people may bring them. All else is blocked by
    USBGuard's own default (ImplicitPolicyTarget=block).

    A device that shows other interfaces than today is another device. One without a serial number
    is held to its socket.
    """
    lines = [_rule(x) for x in devices]
    if sticks:
        lines.append(f"allow with-interface equals {{ {_STICK} }}")
    return HEAD + "\n".join(lines) + "\n"


def _rule(device: UsbDevice) -> str:
    words = [f"allow id {device.vendor}:{device.product}"]
    if device.serial:
        words.append(f"serial {_quoted(device.serial)}")
    else:
        words.append(f"via-port {_quoted(device.socket)}")
    if device.interfaces:
        words.append(f"with-interface equals {{ {' '.join(device.interfaces)} }}")
    return " ".join(words)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
