"""A configuration descriptor's bytes as the objects that pyusb wants of a backend.

Source: USB 2.0, 9.6; the field names are that document's. Descriptors of other kinds are passed
over, and what is cut short ends the list.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from types import SimpleNamespace

_DEVICE_FIELDS = (
    *("bLength", "bDescriptorType", "bcdUSB", "bDeviceClass", "bDeviceSubClass"),
    *("bDeviceProtocol", "bMaxPacketSize0", "idVendor", "idProduct", "bcdDevice"),
    *("iManufacturer", "iProduct", "iSerialNumber", "bNumConfigurations"),
)
_CONFIGURATION_FIELDS = (
    *("bLength", "bDescriptorType", "wTotalLength", "bNumInterfaces", "bConfigurationValue"),
    *("iConfiguration", "bmAttributes", "bMaxPower"),
)
_INTERFACE_FIELDS = (
    *("bLength", "bDescriptorType", "bInterfaceNumber", "bAlternateSetting", "bNumEndpoints"),
    *("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol", "iInterface"),
)
_ENDPOINT_FIELDS = (
    *("bLength", "bDescriptorType", "bEndpointAddress", "bmAttributes", "wMaxPacketSize"),
    "bInterval",
)
Alternate = tuple[SimpleNamespace, list[SimpleNamespace]]


@dataclass(slots=True)
class Configuration:
    """`interfaces`: by place and alternate setting, each with its endpoints."""

    descriptor: SimpleNamespace
    interfaces: list[list[Alternate]] = field(default_factory=list)


def _named(fields: tuple[str, ...], layout: str, data: bytes, **more: int) -> SimpleNamespace:
    values = zip(fields, struct.unpack_from(layout, data), strict=True)
    return SimpleNamespace(**dict(values), extra_descriptors=b"", **more)


def device(data: bytes, **more: object) -> SimpleNamespace:
    """A device descriptor of 18 bytes; `more` is what pyusb wants beside its fields."""
    values = struct.unpack("<BBHBBBBHHHBBBB", data)
    return SimpleNamespace(**dict(zip(_DEVICE_FIELDS, values, strict=True)), **more)


def parse(data: bytes) -> Configuration:
    """Interfaces in the order of their first mention, each with its alternates and endpoints."""
    found = Configuration(_named(_CONFIGURATION_FIELDS, "<BBHBBBBB", data))
    by_number: dict[int, list[Alternate]] = {}
    at = 9
    endpoints: list[SimpleNamespace] = []
    while at + 2 <= len(data) and data[at] >= 2:
        length, kind = data[at], data[at + 1]
        if kind == 4 and length >= 9 and at + 9 <= len(data):
            interface = _named(_INTERFACE_FIELDS, "<9B", data[at:])
            endpoints = []
            if interface.bInterfaceNumber not in by_number:
                by_number[interface.bInterfaceNumber] = []
                found.interfaces.append(by_number[interface.bInterfaceNumber])
            by_number[interface.bInterfaceNumber].append((interface, endpoints))
        elif kind == 5 and length >= 7 and at + 7 <= len(data):
            more = {"bRefresh": 0, "bSynchAddress": 0}
            endpoints.append(_named(_ENDPOINT_FIELDS, "<BBBBHB", data[at:], **more))
        at += length
    return found
