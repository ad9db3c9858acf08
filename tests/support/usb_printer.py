"""The USB receipt printer's driver and a simulated printer, in virtual time.

The control channel is carried like the bytes. ``jammed`` is the queue of a printer that takes no
more data: what the driver sends waits there, and is delivered in order when it opens.
"""

from __future__ import annotations

from devices.control import ClassRequest
from devices.receipt_printer.document import Cut, Document, Print, Text
from devices.receipt_printer.usb_driver import EscposUsbPrinter
from sim.clock import VirtualClock
from sim.devices.receipt_printer import ReceiptPrinter
from sim.faults import Faults
from tests.support.pair import Pair

IDENTITY = b"\x00\x1bMFG:Example;MDL:X;SN:1;"
SLIP: Document = (*(Text(f"line {n} " + "x" * 30) for n in range(20)), Cut())


def _printer(clock: VirtualClock, faults: Faults) -> ReceiptPrinter:
    return ReceiptPrinter(clock, faults)


class UsbPair(Pair):
    """``port_answers``: whether the control pipe answers; ``port_says`` overrides what."""

    def __init__(self, *faults: str) -> None:
        self.port_answers = True
        self.port_says: bytes | None = None
        self.asked: list[ClassRequest] = []
        self.jammed: bytearray | None = None
        self.sent_when_jammed = 0
        super().__init__(EscposUsbPrinter(), _printer, *faults)

    @property
    def printer(self) -> ReceiptPrinter:
        assert isinstance(self.model, ReceiptPrinter)
        return self.model

    def jam(self) -> None:
        """From now on no data gets into the printer."""
        self.jammed = bytearray()

    def open_up(self) -> None:
        """What has waited goes into the printer, in order."""
        waiting, self.jammed = self.jammed or bytearray(), None
        self.model.receive(bytes(waiting))
        self.settle()

    def settle(self) -> None:
        while self.plugged:
            said, answer = self.driver.take_output(), self.model.take_output()
            requests = self.driver.take_requests()
            if not said and not answer and not requests:
                break
            if said:
                self.sent.append((self.now, said))
                if self.jammed is not None:
                    self.jammed += said
                else:
                    self.model.receive(said)
            self.driver.receive(answer, self.now)
            for request in requests:
                self.asked.append(request)
                self.driver.answered(request, self._control(request), self.now)
        self.reports += self.driver.take_reports()

    def _control(self, request: ClassRequest) -> bytes | None:
        if not self.port_answers:
            return None
        if request.request == 0:
            return IDENTITY
        return self.port_says or bytes((self.printer.port_status(),))

    def print(self, number: int, job_id: str = "J1", reprint: bool = False) -> None:
        self.submit(number, Print(job_id, SLIP, reprint))

    def pieces(self) -> int:
        """How many pieces of paper the knife has cut."""
        return len(self.printer.receipts)
