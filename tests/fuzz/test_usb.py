"""What USB devices say of themselves, and the USB printer's driver, under random bytes."""

from __future__ import annotations

import random
import struct

import pytest

from devices import usb_descriptors
from devices.driver import Completed
from devices.receipt_printer.document import Ask, Cut, Print, Text
from devices.receipt_printer.usb_driver import EscposUsbPrinter, Identify
from devices.receipt_printer.usb_status import parse_device_id, parse_port_status
from tests.fuzz import streams
from tests.fuzz.test_codecs import DRIVER_TIERS, TIERS, _inputs
from tests.support.usb_fake import MANY, PRINTER

IDENTITY = b"\x00\x2dMFG:Example;MDL:X;CMD:ESC/POS;SN:1;CLS:PRINTER;"
DEVICE = bytes.fromhex("12010002000000401604115000010102 0301")


@pytest.mark.parametrize("count", TIERS)
def test_descriptors(seed: int, count: int) -> None:
    for own, rng in _inputs(seed, count):
        data = rng.choice((PRINTER, MANY, rng.randbytes(rng.randrange(9, 90))))
        if rng.random() < 0.9:
            data = streams.damaged(rng, data).ljust(9, b"\0")
        found = usb_descriptors.parse(data)
        numbers = [alternates[0][0].bInterfaceNumber for alternates in found.interfaces]
        assert len(set(numbers)) == len(numbers), own
        endpoints = sum(len(ends) for x in found.interfaces for _, ends in x)
        assert endpoints <= len(data) // 7, own


@pytest.mark.parametrize("length", range(18))
def test_a_descriptor_cut_short_is_an_error_of_one_kind(length: int) -> None:
    with pytest.raises(struct.error):
        usb_descriptors.device(DEVICE[:length])
    if length < 9:
        with pytest.raises(struct.error):
            usb_descriptors.parse(PRINTER[:length])


@pytest.mark.parametrize("count", TIERS)
def test_identities(seed: int, count: int) -> None:
    for own, rng in _inputs(seed, count):
        answer = rng.choice((streams.damaged(rng, IDENTITY), rng.randbytes(rng.randrange(60))))
        found = parse_device_id(answer)
        assert found is None or found.text, own
        parse_port_status(answer)


def _any_answer(rng: random.Random) -> bytes | None:
    return rng.choice((None, b"", IDENTITY, b"\x18", b"\x18", b"\x38", rng.randbytes(1)))


@pytest.mark.parametrize("count", DRIVER_TIERS)
def test_driver(seed: int, count: int) -> None:
    """Every command ends once, whatever comes on either pipe in whatever order."""
    slip = (Text("x" * 40), Cut())
    for own, rng in _inputs(seed, count):
        driver, now, number, waiting = EscposUsbPrinter(), 0.0, 0, []
        ends: list[int] = []
        for _ in range(rng.randrange(80)):
            now += rng.choice((0.0, 0.05, 0.3, 1.0, 10.0))
            match rng.randrange(9):
                case 0:
                    driver.opened(now)
                    waiting = []
                case 1 if rng.random() < 0.3:
                    driver.lost(now, "unplugged")
                case 2 | 3:
                    number += 1
                    job = Print(rng.choice("AB"), slip, rng.random() < 0.3)
                    driver.submit(number, rng.choice((job, Ask(), Identify(), object())), now)
                case 4 if number:
                    driver.cancel(rng.randrange(1, number + 1), now)
                case 5 if waiting:
                    driver.answered(waiting.pop(0), _any_answer(rng), now)
                case _:
                    driver.receive(
                        rng.choice((b"\x12", b"\x12" * 4, streams.printer_bytes(rng))), now
                    )
            driver.tick(now)
            later = driver.deadline()
            assert later is None or later > now, "a tick that changes nothing would spin"
            driver.take_output()
            waiting += driver.take_requests()
            ends += [x.command_id for x in driver.take_reports() if isinstance(x, Completed)]
        driver.lost(now, "stopped")
        ends += [x.command_id for x in driver.take_reports() if isinstance(x, Completed)]
        assert sorted(ends) == list(range(1, number + 1)), own
