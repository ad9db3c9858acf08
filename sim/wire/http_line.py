"""A network cable: it carries whole POSTs, can be pulled, and spoils what goes over it."""

from __future__ import annotations

from collections.abc import Callable

from sim.devices.document_ipp import Reply
from sim.devices.document_printer import HANG_S, DocumentPrinter
from sim.faults import Faults
from sim.wire.line import FROM_DEVICE, TO_DEVICE, Line

Answered = Callable[[Reply | None], None]


class HttpLine(Line):
    """The cable of a machine that is asked by HTTP. Callers hold the cabin's lock."""

    def __init__(self, model: DocumentPrinter, faults: Faults) -> None:
        super().__init__(model, faults)
        self._printer = model
        self._waiting: dict[int, Answered] = {}
        self._count = 0

    def post(self, body: bytes, answered: Answered) -> None:
        """`answered` is called once: with the answer, or None when the line is cut."""
        if not self.plugged:
            answered(None)
            return
        self._count += 1
        number = self._count
        self._waiting[number] = answered
        seconds, pieces = self.spoil(TO_DEVICE, body)
        arrived = b"".join(pieces)
        if 0 < len(arrived) < len(body):
            # HTTP says how long a body is: half of one is none, and the connection ends.
            self._printer.later(seconds, lambda: self._say(number, None))
        elif arrived:
            self._printer.later(
                seconds, lambda: self._printer.post(arrived, lambda x: self._answer(number, x))
            )
        else:
            self._printer.later(HANG_S, lambda: self._say(number, None))

    def unplug(self) -> None:
        super().unplug()
        for number in list(self._waiting):
            self._say(number, None)

    def _answer(self, number: int, reply: Reply | None) -> None:
        if reply is None or not self.plugged:
            self._say(number, None)
            return
        seconds, pieces = self.spoil(FROM_DEVICE, reply.body)
        if not pieces:
            self._printer.later(HANG_S, lambda: self._say(number, None))
            return
        spoilt = Reply(reply.status, reply.content_type, b"".join(pieces), reply.cut)
        self._printer.later(seconds, lambda: self._say(number, spoilt))

    def _say(self, number: int, reply: Reply | None) -> None:
        """Tell whoever waits; a cut line has told them already."""
        answered = self._waiting.pop(number, None)
        if answered is not None:
            answered(reply)
