"""The receipt printer over USB: as over a serial line, with the port's status as a second witness.

Over USB a printer that stops (no paper, full buffer) takes no more data: the questions of DLE EOT
then wait in the queue behind the receipt. GET_PORT_STATUS goes another way, so both are asked, and
the worse of the two is believed: ready only when both say so, paper out when either does. A printer
that has never answered GET_PORT_STATUS on this connection is judged by DLE EOT alone; one that has
must go on doing so. That port status alone is good proves nothing: without DLE EOT it is silence,
but for the printer at work, which may be busy printing what it has.
Sources: receipt printer protocols, 3a; Serial and USB on Linux, "Liveness"; requirements R15, R16.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from devices.control import Answer, Request
from devices.operations import Operation
from devices.receipt_printer.driver import EscposPrinter
from devices.receipt_printer.job import Phase
from devices.receipt_printer.operations import ESCPOS
from devices.receipt_printer.poll import IDLE_S, MISSED_LIMIT, Round
from devices.receipt_printer.usb_status import (
    DEVICE_ID,
    PORT_STATUS,
    PortStatus,
    parse_device_id,
    parse_port_status,
)
from devices.status import Completion, Failed, Level, Status, Success

GLANCE_S = 0.8
"""So often the port's status is looked at between the rounds: a change is known within a second."""


@dataclass(frozen=True, slots=True)
class Identify:
    """Ask the printer what it is; ends with Success(DeviceId)."""


class EscposUsbPrinter(EscposPrinter):
    """One printer on a USB port. `baud` only paces what is handed over: USB itself holds back."""

    default_baud: ClassVar[int] = 921600
    tells_by_itself: ClassVar[bool] = False  # its port status is looked at more often than that
    operations: ClassVar[Mapping[str, Operation]] = {
        "identify": Operation("maker, model and serial number, as the printer says", Identify),
        **ESCPOS,
    }

    def __init__(self, columns: int = 48, baud: int = 921600, idle_s: float = IDLE_S) -> None:
        super().__init__(columns, baud, idle_s)
        self._poller.replies_come_late = True
        self._held: deque[Round | None] = deque()
        """For each port status that is asked and not answered: the round that waits for it, None
        for a glance."""
        self._identifying: deque[int] = deque()
        self._port: PortStatus | None = None
        self._port_missed = 0
        self._glance_at = 0.0

    # Hooks of the base.

    def _on_opened(self, now: float) -> None:
        self._held.clear()
        self._identifying.clear()
        self._port, self._port_missed = None, 0
        self._glance_at = now + GLANCE_S
        super()._on_opened(now)

    def _on_submitted(self, command_id: int, command: object, now: float) -> None:
        if isinstance(command, Identify):
            self._identifying.append(command_id)
            self._request(DEVICE_ID)
        else:
            super()._on_submitted(command_id, command, now)

    def _runs_beside(self, command: object) -> bool:
        return isinstance(command, Identify) or super()._runs_beside(command)

    def _on_answered(self, request: Request, answer: Answer, now: float) -> None:
        said = answer if isinstance(answer, bytes) else None
        if request == DEVICE_ID and self._identifying:
            self._identified(self._identifying.popleft(), said, now)
        elif request == PORT_STATUS and self._held:
            self._heard(self._held.popleft(), parse_port_status(said), now)
            self._advance(now)

    def _on_ticked(self, now: float) -> None:
        if now >= self._glance_at and not self._held:
            self._look(None, now)
        super()._on_ticked(now)

    def _next_tick(self) -> float | None:
        inherited = super()._next_tick()
        if self._held:
            return inherited
        return self._glance_at if inherited is None else min(inherited, self._glance_at)

    # The second witness.

    def _finish_round(self, finished: Round | None, now: float) -> None:
        """The round of DLE EOT is over; it counts once the port's status is known too."""
        if finished is not None:
            self._look(finished, now)

    def _look(self, waiting: Round | None, now: float) -> None:
        self._held.append(waiting)
        self._glance_at = now + GLANCE_S
        self._request(PORT_STATUS)

    def _heard(self, waiting: Round | None, port: PortStatus | None, now: float) -> None:
        before, self._port = self._port, port or self._port
        changed = port is not None and before is not None and port != before
        if waiting is None:
            if changed or (port is None and before is not None):
                self._poller.fresh(now)
            return
        status = self._believed(waiting.status, port)
        if port is None and before is not None:
            self._port_missed += 1
            self._poller.missed = max(self._poller.missed, self._port_missed)
            status = None if status is None or status.usable else status
        elif port is not None:
            self._port_missed = 0
        if waiting.status is None and port is not None:
            if port.trouble:
                # It takes nothing now: what is asked would only pile up. The next change is seen
                # on the port.
                self._poller.rest(now)
            elif self._at_work():
                self._poller.missed = min(self._poller.missed, MISSED_LIMIT - 1)
        super()._finish_round(Round(waiting.number, status), now)
        if changed:
            self._poller.fresh(now)

    def _at_work(self) -> bool:
        return self._job is not None and self._job.phase in (Phase.SEND, Phase.BARRIER)

    @staticmethod
    def _believed(said: Status | None, port: PortStatus | None) -> Status | None:
        """The worse of the two; DLE EOT's reason, which is the more exact, where both have one."""
        if port is None or not port.trouble or (said is not None and not said.usable):
            return said
        return Status(Level.UNAVAILABLE, port.trouble, f"port status {port.byte:02x}")

    def _identified(self, command_id: int, answer: bytes | None, now: float) -> None:
        if command_id not in self._commands:
            return
        found = parse_device_id(answer)
        unsaid = Failed("no_identity", "the printer doesn't say what it is, or isn't on a USB port")
        completion: Completion = unsaid if found is None else Success(found)
        self._complete(command_id, completion, now)
