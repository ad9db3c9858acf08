"""USB devices for pyusb only: a backend whose devices a test makes, breaks and watches."""

from __future__ import annotations

import array
import errno
import queue
import threading
from dataclasses import dataclass, field
from types import SimpleNamespace

import usb.backend
import usb.core

from devices import usb_descriptors

PRINTER = bytes.fromhex(
    "09 02 20 00 01 01 00 80 32  09 04 00 00 02 07 01 02 00"
    "07 05 01 02 40 00 00  07 05 82 02 40 00 00"
)
"""One bidirectional printer interface, bulk 01 and 82."""
MANY = bytes.fromhex(
    "09 02 7e 00 03 01 00 80 32"
    "09 04 00 00 01 03 00 00 00  07 05 83 03 08 00 0a"  # a keyboard: no bulk data
    "09 04 01 00 02 ff 00 00 00  07 05 04 02 40 00 00  07 05 84 02 40 00 00"  # the maker's own
    "09 04 02 00 02 07 01 04 00  07 05 05 02 40 00 00  07 05 85 02 40 00 00"  # IPP over USB
    "09 04 02 01 01 07 01 01 00  07 05 06 02 40 00 00"  # a printer that can't answer
    "09 04 02 02 02 07 01 02 00  07 05 07 02 40 00 00  07 05 87 02 40 00 00"  # this one
)

TWO_PIPES = bytes.fromhex(
    "09 02 2e 00 01 01 00 80 32  09 04 00 00 04 ff 00 00 00"
    "07 05 06 02 40 00 00  07 05 02 02 40 00 00  07 05 81 02 40 00 00  07 05 85 02 40 00 00"
)
"""One interface of the maker's own with two bulk pipes each way."""


def refused(number: int) -> usb.core.USBError:
    """What libusb says, by the system's number."""
    kind = usb.core.USBTimeoutError if number == errno.ETIMEDOUT else usb.core.USBError
    return kind("no", None, number)


@dataclass(eq=False)
class Fake:
    """A device. `calls` is what was done to it, in order; `taken` is what it was sent.

    `taken_by` is that by pipe, a part for each write; a pipe in `says_by` says things of its own.
    Each entry of `write_errors` and `read_errors` is raised once; `hang`, when cleared, keeps every
    write from returning until it is set again.
    """

    serial: str | None = "A1"
    bus: int = 1
    ports: tuple[int, ...] = (1, 3)
    config: bytes = PRINTER
    configured: bool = True
    kernel: bool = False
    claim_error: int = 0
    open_error: int = 0
    gone: bool = False
    product: int = 0x5011
    claimed: bool = False
    calls: list[str] = field(default_factory=list)
    taken: bytearray = field(default_factory=bytearray)
    taken_by: list[tuple[int, bytes]] = field(default_factory=list)
    takes_at_most: int = 4096
    says: queue.SimpleQueue[bytes] = field(default_factory=queue.SimpleQueue)
    says_by: dict[int, queue.SimpleQueue[bytes]] = field(default_factory=dict)
    write_errors: list[int] = field(default_factory=list)
    read_errors: list[int] = field(default_factory=list)
    answers: dict[tuple[int, int], bytes] = field(default_factory=dict)
    hang: threading.Event = field(default_factory=threading.Event)
    hang_in_release: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.hang.set()
        self.hang_in_release.set()

    def check(self) -> None:
        if self.gone:
            raise refused(errno.ENODEV)


class FakeBackend(usb.backend.IBackend):  # type: ignore[misc]
    """The devices of a test."""

    def __init__(self, *devices: Fake) -> None:
        self.devices = list(devices)

    def enumerate_devices(self) -> list[Fake]:
        return [x for x in self.devices if not x.gone]

    def get_parent(self, dev: Fake) -> None:  # noqa: ARG002
        return None

    def get_device_descriptor(self, dev: Fake) -> SimpleNamespace:
        raw = bytes.fromhex("12 01 00 02 00 00 00 40 16 04") + dev.product.to_bytes(2, "little")
        raw += bytes.fromhex("00 01 00 00") + bytes((3 if dev.serial else 0, 1))
        where = {"bus": dev.bus, "address": 7, "speed": 2, "port_number": dev.ports[-1]}
        return usb_descriptors.device(raw, **where, port_numbers=dev.ports)

    def get_configuration_descriptor(self, dev: Fake, config: int) -> SimpleNamespace:
        if config:
            raise IndexError(config)
        return usb_descriptors.parse(dev.config).descriptor

    def get_interface_descriptor(
        self,
        dev: Fake,
        intf: int,
        alt: int,
        config: int,  # noqa: ARG002
    ) -> SimpleNamespace:
        return usb_descriptors.parse(dev.config).interfaces[intf][alt][0]

    def get_endpoint_descriptor(
        self,
        dev: Fake,
        ep: int,
        intf: int,
        alt: int,
        config: int,  # noqa: ARG002
    ) -> SimpleNamespace:
        return usb_descriptors.parse(dev.config).interfaces[intf][alt][1][ep]

    def open_device(self, dev: Fake) -> Fake:
        dev.check()
        if dev.open_error:
            raise refused(dev.open_error)
        return dev

    def close_device(self, dev_handle: Fake) -> None:
        dev_handle.calls.append("close")

    def get_configuration(self, dev_handle: Fake) -> int:
        return int(dev_handle.configured)

    def set_configuration(self, dev_handle: Fake, config_value: int) -> None:
        dev_handle.calls.append(f"configure {config_value}")
        dev_handle.configured = True

    def set_interface_altsetting(self, dev_handle: Fake, intf: int, altsetting: int) -> None:
        dev_handle.calls.append(f"alternate {intf} {altsetting}")

    def is_kernel_driver_active(self, dev_handle: Fake, intf: int) -> bool:  # noqa: ARG002
        return dev_handle.kernel

    def detach_kernel_driver(self, dev_handle: Fake, intf: int) -> None:
        dev_handle.calls.append(f"detach {intf}")
        dev_handle.kernel = False

    def attach_kernel_driver(self, dev_handle: Fake, intf: int) -> None:
        dev_handle.check()
        dev_handle.calls.append(f"attach {intf}")
        dev_handle.kernel = True

    def claim_interface(self, dev_handle: Fake, intf: int) -> None:
        if dev_handle.claim_error or dev_handle.kernel or dev_handle.claimed:
            raise refused(dev_handle.claim_error or errno.EBUSY)
        dev_handle.claimed = True
        dev_handle.calls.append(f"claim {intf}")

    def release_interface(self, dev_handle: Fake, intf: int) -> None:
        dev_handle.hang_in_release.wait()
        dev_handle.claimed = False
        dev_handle.check()
        dev_handle.calls.append(f"release {intf}")

    def clear_halt(self, dev_handle: Fake, ep: int) -> None:
        dev_handle.check()
        dev_handle.calls.append(f"clear {ep:02x}")

    def bulk_write(
        self, dev_handle: Fake, ep: int, intf: int, data: array.array[int], timeout: int
    ) -> int:
        del intf, timeout
        dev_handle.hang.wait()
        dev_handle.check()
        if dev_handle.write_errors:
            raise refused(dev_handle.write_errors.pop(0))
        taken = data.tobytes()[: dev_handle.takes_at_most]
        dev_handle.taken += taken
        dev_handle.taken_by.append((ep, taken))
        return len(taken)

    def bulk_read(
        self, dev_handle: Fake, ep: int, intf: int, buff: array.array[int], timeout: int
    ) -> int:
        del intf
        try:
            says = dev_handle.says_by.get(ep, dev_handle.says)
            data = says.get(timeout=timeout / 1000)
        except queue.Empty:
            dev_handle.check()
            raise refused(errno.ETIMEDOUT) from None
        if dev_handle.read_errors:
            raise refused(dev_handle.read_errors.pop(0))
        buff[: len(data)] = array.array("B", data)
        return len(data)

    def ctrl_transfer(
        self,
        dev_handle: Fake,
        bmRequestType: int,  # noqa: N803
        bRequest: int,  # noqa: N803
        wValue: int,  # noqa: N803
        wIndex: int,  # noqa: N803
        data: array.array[int],
        timeout: int,  # noqa: ARG002
    ) -> int:
        dev_handle.check()
        if bmRequestType == 0x80 and bRequest == 6 and wValue >> 8 == 3:
            text = (dev_handle.serial or "").encode("utf-16-le")
            body = b"\x09\x04" if not wValue & 0xFF else text
            answer = bytes((len(body) + 2, 3)) + body
        elif (bRequest, wIndex) in dev_handle.answers and bmRequestType == 0xA1:
            answer = dev_handle.answers[bRequest, wIndex]
        else:
            raise refused(errno.EPIPE)
        count = min(len(answer), len(data))
        data[:count] = array.array("B", answer[:count])
        return count
