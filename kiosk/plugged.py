"""What is plugged in, as the kernel tells it in /sys, and the udev rules that give it names.

Source: Serial and USB on Linux, "Names": an adapter is told by vendor, product and serial number;
cheap ones share their serial numbers, so two that are alike are told by the socket they sit in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

SYSTEM = Path("/sys/bus/usb/devices")
_PRINTER, _HEALTH = "07", "0f"
_ROLE = re.compile(r"[a-z][a-z0-9_]*\Z")


class Kind(StrEnum):
    """How a machine is reached."""

    SERIAL = "serial"
    PRINTER = "usb printer"
    HEALTH = "usb health device"
    KEYBOARD = "keyboard"


@dataclass(frozen=True, slots=True)
class Plugged:
    """One thing on the USB bus that a machine of the cabin may sit behind.

    ``node`` is the name below /dev, empty where only libusb speaks with it. ``socket`` is where it
    is plugged in (`1-1.3`: bus and ports); ``vendor`` and ``product`` are four hexadecimal digits.
    """

    kind: Kind
    node: str
    vendor: str
    product: str
    serial: str
    socket: str
    name: str

    @property
    def port(self) -> str:
        """The URL that opens it."""
        if self.kind is Kind.SERIAL:
            return f"/dev/{self.node}"
        if self.kind is Kind.KEYBOARD:
            return f"input:///dev/{self.node}"
        return f"usb://{self.vendor}:{self.product}/{self.serial or self.socket}"


def plugged(system: Path = SYSTEM) -> tuple[Plugged, ...]:
    """Everything plugged in, in the order of the sockets. Nothing where there is no USB."""
    if not system.is_dir():
        return ()
    devices = (path for path in sorted(system.iterdir()) if (path / "idVendor").is_file())
    return tuple(thing for path in devices for thing in _things(path))


def _things(device: Path) -> Iterable[Plugged]:
    about = [_line(device / name) for name in ("idVendor", "idProduct", "serial")]
    name = " ".join(x for x in (_line(device / y) for y in ("manufacturer", "product")) if x)
    for interface in sorted(device.glob(f"{device.name}:*")):
        for kind, node in _nodes(interface):
            yield Plugged(kind, node, about[0], about[1], about[2], device.name, name)


def _nodes(interface: Path) -> Iterable[tuple[Kind, str]]:
    for tty in (*sorted(interface.glob("ttyUSB*")), *sorted(interface.glob("tty/tty*"))):
        yield Kind.SERIAL, tty.name
    if _line(interface / "bInterfaceClass") == "03" and _line(interface / "bInterfaceProtocol") == (
        "01"
    ):
        for event in sorted(interface.glob("*/input/input*/event*")):
            yield Kind.KEYBOARD, f"input/{event.name}"
    kinds = {_PRINTER: Kind.PRINTER, _HEALTH: Kind.HEALTH}
    kind = kinds.get(_line(interface / "bInterfaceClass").lower())
    if kind is not None:
        yield kind, ""


def _line(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def udev_rules(roles: Mapping[str, Plugged], everything: Iterable[Plugged]) -> str:
    """The rules file that gives each role's device the name /dev/cabin/ROLE.

    Raises ValueError for a role's name that no file could have.
    """
    alike = Counter((x.kind, x.vendor, x.product, x.serial) for x in everything)
    lines = [
        "# Names for the machines of the cabin. Put into /etc/udev/rules.d/70-cabin.rules, then:",
        "#   udevadm control --reload && udevadm trigger",
        "# ModemManager and brltty take adapters for themselves: mask them on a kiosk.",
    ]
    for role, thing in sorted(roles.items()):
        if not _ROLE.match(role):
            raise ValueError(f"{role}: a role has small letters, digits and _")
        several = alike[(thing.kind, thing.vendor, thing.product, thing.serial)] > 1
        by_socket = several or not thing.serial
        if by_socket and thing.kind in (Kind.SERIAL, Kind.KEYBOARD):
            lines.append(f"# {role} is told by its socket {thing.socket}: leave it plugged there.")
        lines.append(_rule(role, thing, by_socket=by_socket))
    return "\n".join(lines) + "\n"


_GROUPS = {Kind.SERIAL: "dialout", Kind.KEYBOARD: "input", Kind.PRINTER: "lp", Kind.HEALTH: "lp"}


def _rule(role: str, thing: Plugged, *, by_socket: bool) -> str:
    access = f'GROUP="{_GROUPS[thing.kind]}", MODE="0660"'
    if thing.kind in (Kind.PRINTER, Kind.HEALTH):
        # libusb opens it by number: no name of its own, but the right to.
        which = f'ATTR{{idVendor}}=="{thing.vendor}", ATTR{{idProduct}}=="{thing.product}"'
        return f'SUBSYSTEM=="usb", ENV{{DEVTYPE}}=="usb_device", {which}, {access}'
    which = f'ATTRS{{idVendor}}=="{thing.vendor}", ATTRS{{idProduct}}=="{thing.product}"'
    if by_socket:
        which += f', KERNELS=="{thing.socket}"'
    else:
        which += f', ATTRS{{serial}}=="{_quoted(thing.serial)}"'
    name = f'SYMLINK+="cabin/{role}"'
    if thing.kind is Kind.KEYBOARD:
        return f'SUBSYSTEM=="input", KERNEL=="event*", {which}, {name}, {access}'
    ours = 'ENV{ID_MM_DEVICE_IGNORE}="1"'
    return f'SUBSYSTEM=="tty", {which}, {name}, {access}, {ours}'


def _quoted(text: str) -> str:
    """A serial number as a udev pattern: what would be a wildcard or end the text becomes `?`."""
    return re.sub(r'[*?\[\]|"\\]', "?", text)
