"""What a printer answers on USB's control pipe, as frozen messages. No I/O; never raises.

Source: receipt printer protocols, 3a, "USB": GET_DEVICE_ID is request 0, its first two bytes the
length; GET_PORT_STATUS is request 1, one byte, 18 good, 38 no paper. The layout of the identity
(`KEY:value;`) is IEEE 1284's.
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.control import ClassRequest

DEVICE_ID = ClassRequest(0, 1023, index_high=True)
PORT_STATUS = ClassRequest(1, 1)

_NO_PAPER, _SELECTED, _NO_ERROR = 0x20, 0x10, 0x08


@dataclass(frozen=True, slots=True)
class PortStatus:
    """GET_PORT_STATUS. What it can't say (cover, cutter, paper low) DLE EOT says."""

    byte: int

    @property
    def trouble(self) -> str:
        """A status reason, "" if there is none."""
        if self.byte & _NO_PAPER:
            return "paper_out"
        if not self.byte & _NO_ERROR:
            return "printer_error"
        return "" if self.byte & _SELECTED else "offline"


@dataclass(frozen=True, slots=True)
class DeviceId:
    """GET_DEVICE_ID. Empty where the printer says nothing; `text` is all that it says."""

    manufacturer: str
    model: str
    serial: str
    commands: str
    text: str


_KEYS = {
    "MFG": "manufacturer",
    "MANUFACTURER": "manufacturer",
    "MDL": "model",
    "MODEL": "model",
    "SN": "serial",
    "SERN": "serial",
    "SERIALNUMBER": "serial",
    "CMD": "commands",
    "COMMAND SET": "commands",
}


def parse_port_status(answer: bytes | None) -> PortStatus | None:
    """None when there was no answer, or an empty one."""
    return PortStatus(answer[0]) if answer else None


def parse_device_id(answer: bytes | None) -> DeviceId | None:
    """None when there was no answer, or one without any text.

    The length is not insisted on: printers are known to count it differently, and what came is all
    there is.
    """
    text = (answer or b"")[2:].decode("ascii", "replace").strip(" \0")
    if not text:
        return None
    found: dict[str, str] = {}
    for entry in text.split(";"):
        key, colon, value = entry.partition(":")
        name = _KEYS.get(key.strip().upper())
        if colon and name is not None:
            found.setdefault(name, value.strip())
    return DeviceId(
        found.get("manufacturer", ""),
        found.get("model", ""),
        found.get("serial", ""),
        found.get("commands", ""),
        text,
    )
