"""What a ZVT driver has to remember between two exchanges. Pure.

The sale at the desk with its deadlines; the last transaction that the terminal told of; and how
the last offer was answered, because a status that comes again is answered the same way.
Source: payment terminal protocols, 1.2 (commit point) and "What the two terminals can and can't
do" (the last known trace).
"""

from __future__ import annotations

import math

from devices.payment_terminal import zvt_commands as z
from devices.payment_terminal import zvt_messages as m
from devices.payment_terminal.zvt_apdu import Apdu
from devices.payment_terminal.zvt_codes import OK
from devices.payment_terminal.zvt_exchange import Payment, is_same
from devices.payment_terminal.zvt_outcome import transaction_of
from devices.status import Completion, Failed, OutcomeUnknown, Success, TimedOut

NOBODY = -1


class Desk:
    """One sale at a time. `sale_id` is its command, `NOBODY` if there is none."""

    def __init__(self) -> None:
        self._trace_no = self._receipt_no = ""
        self._settled: tuple[m.StatusInfo, Apdu] | None = None
        self._clear()

    def _clear(self) -> None:
        self.sale_id = NOBODY
        self.sale: z.Sale | None = None
        self._is_begun = False
        self._begin_by = self._stop_by = math.inf
        self._closing: dict[int, float] = {}

    def forget(self) -> None:
        """The port was opened anew: what is remembered of the terminal has to be asked for."""
        self._trace_no = self._receipt_no = ""
        self._clear()

    @property
    def order_no(self) -> str:
        """The number of the sale at the desk, empty if there is none."""
        return "" if self.sale is None else self.sale.order_no

    # The sale.

    def take(self, command_id: int, sale: z.Sale, begin_by: float) -> None:
        """A sale comes to the desk; it must begin before `begin_by` (monotonic seconds)."""
        self._clear()
        self.sale_id, self.sale, self._begin_by = command_id, sale, begin_by

    def may_begin(self, order_no: str) -> bool:
        """Whether this sale waits for its beginning."""
        return self.sale is not None and self.order_no == order_no and not self._is_begun

    def begun(self) -> z.Sale:
        """The sale begins. RuntimeError if there is none."""
        if self.sale is None:
            raise RuntimeError("there is no sale to begin")
        self._is_begun, self._begin_by = True, math.inf
        return self.sale

    def stop_by(self, when: float) -> None:
        """The sale was taken back: after `when` nobody waits for its end."""
        self._stop_by = when

    def closing(self, command_id: int, by: float) -> None:
        """Command `command_id` waits for the sale's end until `by`."""
        self._closing[command_id] = by

    def left(self, command_id: int) -> None:
        """A command has ended, the sale or one that waits for it."""
        self._closing.pop(command_id, None)
        if command_id == self.sale_id:
            closing = self._closing
            self._clear()
            self._closing = closing

    def closed_by(self, order_no: str, end: Completion) -> list[tuple[int, Completion]]:
        """How those end that waited for the sale to be given up."""
        found: Completion
        match end:
            case Success(value=value):
                found = Failed("paid", "the payment was quicker", value)
            case OutcomeUnknown():
                found = TimedOut()
            case _:
                found = Success(transaction_of(order_no, "closed", None))
        return [(command_id, found) for command_id in self._closing]

    @property
    def deadline(self) -> float:
        """When something here has waited too long (infinite: never)."""
        return min((self._begin_by, self._stop_by, *self._closing.values()))

    def due(self, now: float) -> list[tuple[int, Completion]]:
        """What has waited too long, with its end."""
        found: list[tuple[int, Completion]] = [
            (command_id, TimedOut()) for command_id, by in self._closing.items() if now >= by
        ]
        if now >= self._begin_by:
            found.append((self.sale_id, Failed("not_begun", "nothing was asked")))
        elif now >= self._stop_by:
            found.append((self.sale_id, OutcomeUnknown("cancelled_while_waiting")))
        return found

    # The terminal's memory.

    def remembered(self) -> z.Remembered:
        """The last transaction known, to be written down for the sale at the desk."""
        return z.Remembered(self.order_no, self._trace_no, self._receipt_no)

    def heard_of(self, info: m.StatusInfo | None) -> None:
        """The terminal has told of a transaction."""
        if info is not None and info.trace:
            self._trace_no, self._receipt_no = info.trace, info.receipt

    def may_reverse(self, reversal: z.Reversal) -> bool:
        """Whether the receipt number can still be that payment's: the terminal's numbers are not
        behind it.
        """
        return not (self._trace_no and self._trace_no < reversal.trace_no)

    def settled(self, payment: Payment) -> None:
        """A payment is over: its offer, should it come again, is answered as it was."""
        if payment.offer is not None:
            self._settled = (payment.offer, payment.answer_again())

    def answer_to_stray(self, message: m.Message) -> Apdu | None:
        """What to answer to something that nobody waits for. A payment that nobody asked for is
        never let stand.
        """
        match message:
            case m.Done() | m.Refused():
                return None
            case m.Unknown():
                return m.UNKNOWN_COMMAND
            case m.StatusInfo(result=result) if result == OK:
                if self._settled is not None and is_same(message, self._settled[0]):
                    return self._settled[1]
                is_old = bool(message.trace) and message.trace <= self._trace_no
                return m.DONE if is_old else m.REJECT
            case _:
                return m.DONE
