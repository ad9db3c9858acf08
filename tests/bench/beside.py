"""Our codecs beside the libraries that do the same work, in turns in one run.

Modbus: a request is written and its answer read, as a master does. ESC/POS: a receipt of thirty
lines with a QR code becomes bytes.

Run alone: ``python -m tests.bench.beside``.
"""

from __future__ import annotations

import json
import logging
import statistics
import time
from collections.abc import Callable

from escpos.printer import Dummy
from pymodbus.framer.rtu import FramerRTU
from pymodbus.pdu import DecodePDU
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest

from devices.receipt_printer.document import Cut, Document, Qr, Text
from devices.receipt_printer.encoder import encode
from devices.rice_mill import modbus

TURNS = 15
MODBUS_ROUNDS, RECEIPTS = 2000, 20
SLAVE, FIRST, COUNT = 0x0A, 0x1000, 7
ANSWER = modbus.framed(bytes((SLAVE, 3, 2 * COUNT)) + bytes(2 * COUNT))
LINES = tuple(f"Line {number:02} of a receipt {number * 1234:10}" for number in range(30))
ORDER = "SX13801261122000001ABCDEZ"


def _our_master() -> None:
    listener = modbus.Listener(SLAVE)
    for _ in range(MODBUS_ROUNDS):
        request = modbus.read_holding(FIRST, COUNT)
        listener.expect(request)
        request.encode(SLAVE)
        if listener.feed(ANSWER) is None:
            raise RuntimeError("the answer was not read")


def _pymodbus_master() -> None:
    framer = FramerRTU(DecodePDU(False))
    for _ in range(MODBUS_ROUNDS):
        framer.buildFrame(ReadHoldingRegistersRequest(address=FIRST, count=COUNT, dev_id=SLAVE))
        _, answer = framer.handleFrame(ANSWER, SLAVE, 0)
        if answer is None or answer.registers != [0] * COUNT:
            raise RuntimeError("the answer was not read")


def _our_receipts() -> None:
    document: Document = (*map(Text, LINES), Qr(ORDER, 6), Cut())
    for _ in range(RECEIPTS):
        b"".join(encode(document, 48, False))


def _library_receipts() -> None:
    for _ in range(RECEIPTS):
        printer = Dummy(profile="TM-T88V")
        printer.hw("INIT")
        for line in LINES:
            printer.text(line + "\n")
        printer.qr(ORDER, size=6, native=True)
        printer.cut()


def _turns(ours: Callable[[], None], theirs: Callable[[], None], units: int) -> dict[str, float]:
    """Microseconds of processor time a unit, ours and theirs, and ours over theirs by turn."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(TURNS + 1):
        for work, taken in zip((ours, theirs), times, strict=True):
            began = time.thread_time_ns()
            work()
            if turn:  # the first is a warm-up
                taken.append((time.thread_time_ns() - began) / 1000 / units)
    ratios = [one / other for one, other in zip(*times, strict=True)]
    return {
        "ours_us": round(statistics.median(times[0]), 2),
        "theirs_us": round(statistics.median(times[1]), 2),
        "ratio": round(statistics.median(ratios), 3),
    }


def measure() -> dict[str, dict[str, float]]:
    """By work: what it takes here and there, and the ratio."""
    logging.disable(logging.ERROR)  # the library complains about its profile at each receipt
    try:
        return {
            "Modbus request and answer, beside pymodbus": _turns(
                _our_master, _pymodbus_master, MODBUS_ROUNDS
            ),
            "receipt of 30 lines, beside python-escpos": _turns(
                _our_receipts, _library_receipts, RECEIPTS
            ),
        }
    finally:
        logging.disable(logging.NOTSET)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
