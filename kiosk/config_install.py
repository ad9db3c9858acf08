"""The part of cabin.toml about the machine itself: which plug is which machine's."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kiosk.config_reader import Section
from kiosk.settings import DeviceSettings, InstallSettings, Plug

NAMES = "/dev/cabin/"
TURNS = ("none", "left", "right", "inverted")
_PLUG = r"[0-9a-f]{4}:[0-9a-f]{4}(/[^\s/@]{1,64}|@[0-9]+-[0-9]+(\.[0-9]+)*)"
_ALLOWED = "vendor:product/serial or vendor:product@socket, as `kiosk devices list` tells them"


def read_install(section: Section, devices: Mapping[str, DeviceSettings]) -> InstallSettings:
    """[install]: how the panel is turned, and the adapters behind the names in /dev/cabin."""
    rotate = section.choice("rotate", TURNS, TURNS[0])
    plugs = _plugs(section.section("ports"), devices)
    section.done()
    return InstallSettings(plugs, rotate)


def _plugs(ports: Section, devices: Mapping[str, DeviceSettings]) -> Mapping[str, Plug]:
    plugs = {}
    for role, device in devices.items():
        if not ports.has(role):
            continue
        text = ports.text(role, _PLUG, _ALLOWED)
        if name_of(device.port):
            plugs[role] = _plug(text)
        else:
            allowed = f"{NAMES}… as its port, or no such line"
            ports.wrong(role, f"is for a machine whose port isn't in {NAMES}", allowed)
    ports.done()
    return MappingProxyType(plugs)


def _plug(text: str) -> Plug:
    socket, serial = "", ""
    which, _, serial = text.partition("/")
    if not serial:
        which, _, socket = text.partition("@")
    vendor, _, product = which.partition(":")
    return Plug(vendor, product, serial, socket)


def name_of(port: str) -> str:
    """The name in /dev/cabin that a port's address asks for, "" if it has another."""
    path = (port.partition("://")[2] if "://" in port else port).partition("?")[0]
    name = path.removeprefix(NAMES)
    return name if name != path and "/" not in name else ""
