"""The ZVT payment terminal: what can be asked of it, and how a sale goes in two phases.

Sources: payment terminal protocols, 1.2 and "What the two terminals can and can't do"; Design,
"Devices" and "Money" (journal first, then the commit).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

from devices.driver import Progress
from devices.operations import Operation
from devices.payment_terminal import zvt_codes as codes
from devices.payment_terminal import zvt_commands as z
from devices.payment_terminal import zvt_messages as m
from devices.payment_terminal import zvt_outcome as outcome
from devices.payment_terminal.zvt_exchange import (
    End,
    Exchange,
    Finished,
    MoneyBack,
    Payment,
    Silent,
    Turned,
)
from devices.payment_terminal.zvt_line import ZvtLine
from devices.payment_terminal.zvt_link import Link, TcpLink
from devices.payment_terminal.zvt_operations import ZVT
from devices.status import (
    Cancelled,
    Completion,
    Failed,
    Level,
    OutcomeUnknown,
    Success,
    TimedOut,
)

BEGIN_S = 10.0
"""What was remembered must be written down within this, or the sale ends unasked."""
CLOSE_S = 20.0
"""A sale that is to be given up must end within this, or nobody knows."""
CANCEL_S = 10.0

_MOVES_MONEY = z.Sale | z.Reversal | z.Refund | z.EndOfDay


class ZvtTerminal(ZvtLine):
    """One terminal on a serial line, 9600 baud with two stop bits.

    Commands run one after the other. Beside a sale run what decides on it (`Begin`, `Commit`,
    `Reject`, `GoodsPending`, `GoodsPartly`, `Abort`) and a `Query` or `Close` of the same order.
    """

    operations: ClassVar[Mapping[str, Operation]] = ZVT
    refund: ClassVar[Literal["full", "partial", "card_present", "none"]] = "full"
    commit: ClassVar[Literal["at_once", "two_phase"]] = "two_phase"

    # Hooks of the base.

    def _runs_beside(self, command: object) -> bool:
        if isinstance(command, z.Close | z.Query):
            return self._desk.order_no == command.order_no
        return isinstance(command, z.Begin | z.Decision | z.Abort)

    def _on_submitted(self, command_id: int, command: object, now: float) -> None:
        match command:
            case z.Begin():
                self._begin(command_id, command, now)
            case z.Commit() | z.Reject() | z.GoodsPending() | z.GoodsPartly():
                self._decide(command_id, command, now)
            case z.Abort():
                self._stop("aborted", now)
                self._complete(command_id, Success(), now)
            case z.Query() if self._desk.order_no == command.order_no:
                running = outcome.transaction_of(command.order_no, "created", None)
                self._complete(command_id, Success(running), now)
            case z.Close() if self._desk.order_no == command.order_no:
                self._give_up(command_id, now)
            case _ if not isinstance(command, z.Command):
                failed = Failed("not_supported", f"a terminal can't do {type(command).__name__}")
                self._complete(command_id, failed, now)
            case _ if self._status.level is Level.UNAVAILABLE or self._exchange is None:
                if not self._ready and self._exchange is None:
                    self._next(now)
                self._line_free(now)
        self._refresh(now)

    def _on_cancelled(self, command_id: int, now: float) -> None:
        command = self._commands[command_id]
        if command_id == self._desk.sale_id:
            if not self._has_left(command_id):
                self._end_sale(Cancelled(), now)
            else:
                self._stop("cancelled", now)
                self._desk.stop_by(now + CANCEL_S)
        elif isinstance(command, _MOVES_MONEY) and self._has_left(command_id):
            self._complete(command_id, OutcomeUnknown("cancelled_while_waiting"), now)
        else:
            self._complete(command_id, Cancelled(), now)
        self._refresh(now)

    def _completion_when_lost(self, command_id: int, reason: str) -> Completion:
        if not self._has_left(command_id):
            return Failed("not_connected", "the terminal doesn't answer; nothing was sent")
        if not isinstance(self._commands[command_id], _MOVES_MONEY):
            return TimedOut()
        payment = self._exchange
        if self._owner != command_id or not isinstance(payment, Payment) or payment.may_stand:
            return OutcomeUnknown(reason)
        # Bitmap 27 other than 00 is failure, whatever follows.
        code = payment.refused
        return OutcomeUnknown(reason) if code is None else outcome.failed(code)

    def _on_completed(self, command_id: int, now: float) -> None:  # noqa: ARG002
        self._desk.left(command_id)

    def _on_ticked(self, now: float) -> None:
        for command_id, completion in self._desk.due(now):
            if command_id == self._desk.sale_id:
                self._end_sale(completion, now)
            elif command_id in self._commands:
                self._complete(command_id, completion, now)
        super()._on_ticked(now)

    # Commands.

    def _line_free(self, now: float) -> None:
        """Start the command whose turn has come, if it hasn't started."""
        command_id = self._main
        if command_id is None or command_id == self._desk.sale_id or self._has_begun(command_id):
            return
        command = self._commands[command_id]
        is_first = isinstance(command, z.Register)
        if self._exchange is not None and (self._ready or is_first):
            return
        if not self._ready and not is_first:
            if self._status.level is Level.UNKNOWN:
                return
            failed = Failed("not_connected", "the terminal isn't ready; nothing was sent")
            self._complete(command_id, failed, now)
            return
        match command:
            case z.Sale():
                self._desk.take(command_id, command, now + BEGIN_S)
                if command.decides == "ask":
                    self._report(Progress(command_id, self._desk.remembered()))
                else:
                    self._authorise(now)
            case z.Reversal() if not self._desk.may_reverse(command):
                anew = "the terminal's numbers began anew; this receipt may be another payment's"
                self._complete(command_id, Failed("numbers_began_anew", anew), now)
            case z.Close():
                self._start(Exchange(m.ABORT, short=True), "close", command_id, now)
            case _:
                self._start(self._exchange_of(command), "command", command_id, now)

    def _has_begun(self, command_id: int) -> bool:
        return self._exchange is not None and self._owner == command_id

    def _exchange_of(self, command: object) -> Exchange:
        match command:
            case z.Register():
                return Exchange(self._registration())
            case z.Reversal(receipt_no=receipt_no, amount_fen=amount_fen):
                return MoneyBack(m.reversal(self._password, receipt_no), amount_fen)
            case z.Refund(amount_fen=amount_fen):
                return MoneyBack(m.refund(self._password, amount_fen), amount_fen)
            case z.EndOfDay():
                return Exchange(self._with_password(codes.END_OF_DAY), tells=True)
            case z.Diagnose():
                return Exchange(m.DIAGNOSIS)
            case z.LogOff():
                return Exchange(m.LOG_OFF, short=True)
            case z.Enquire():
                return self._enquiry()
            case _:
                return self._repetition()

    def _command_over(self, exchange: Exchange, end: End, now: float) -> None:
        owner = self._owner
        command = None if owner is None else self._commands.get(owner)
        if owner is None or command is None:
            # It was taken back while it was under way.
            return
        if self._is_unknown_there(end, command):
            # Perhaps it has forgotten us: whatever it is asked for, registration comes first.
            self._begin_anew(now)
        if self._work == "close":
            self._close_over(exchange, end, now)
        elif isinstance(command, z.Sale):
            self._end_sale(self._completion(exchange, end, command), now)
        else:
            self._complete(owner, self._completion(exchange, end, command), now)
            self._afterwards(command, end, now)

    def _is_unknown_there(self, end: End, command: object) -> bool:
        """Whether a refusal may mean that we aren't registered any more."""
        if not isinstance(end, Turned) or end.code in codes.BUSY:
            return False
        return not (isinstance(command, z.Query | z.Repeat) and self._blank)

    def _completion(self, exchange: Exchange, end: End, command: object) -> Completion:
        match command:
            case z.Sale(order_no=order_no, amount_fen=amount_fen) if isinstance(exchange, Payment):
                return outcome.of_payment(exchange, end, order_no, amount_fen)
            case z.Query() if self._is_unknown_there(end, command):
                return TimedOut()
            case z.Query():
                return outcome.of_query(command, end)
            case z.EndOfDay():
                return outcome.of_day(exchange, end)
            case _ if isinstance(exchange, MoneyBack):
                return outcome.of_money_back(exchange, end)
            case _:
                return outcome.of_question(end)

    def _afterwards(self, command: object, end: End, now: float) -> None:
        """Some commands change what is known of the terminal."""
        if isinstance(command, z.LogOff):
            self._begin_anew(now + self._idle_s)
        elif isinstance(command, z.Register) and isinstance(end, Finished):
            self._registered = True
            self._ask_last(now)
        elif isinstance(command, z.Register):
            self._begin_anew(now)
        elif isinstance(command, z.EndOfDay):
            # Its numbers may have begun anew.
            self._desk.forget()
            self._ask_last(now)

    # A sale.

    def _begin(self, command_id: int, command: z.Begin, now: float) -> None:
        if not self._desk.may_begin(command.order_no):
            self._complete(command_id, Failed("nothing_to_begin"), now)
            return
        self._complete(command_id, Success(), now)
        self._authorise(now)

    def _authorise(self, now: float) -> None:
        sale = self._desk.begun()
        apdu = m.authorisation(
            sale.amount_fen, goods_wait_s=sale.goods_wait_s, most_asks=sale.most_asks
        )
        payment = Payment(apdu, sale.amount_fen, m.CNY)
        self._start(payment, "command", self._desk.sale_id, now)

    def _tell(self, exchange: Exchange, news: m.StatusInfo | m.Intermediate, now: float) -> None:
        if isinstance(news, m.Intermediate):
            if self._owner in self._commands:
                self._report(Progress(self._owner, z.Waiting(news.code)))
            return
        sale = self._desk.sale
        if not isinstance(exchange, Payment) or sale is None:
            return
        if sale.decides != "ask":
            self._say(exchange.decide(sale.decides, now, "rejected"), now)
            return
        offer = outcome.transaction_of(sale.order_no, "created", news, sale.amount_fen)
        self._report(Progress(self._desk.sale_id, z.Offer(offer)))

    def _decide(self, command_id: int, command: z.Decision, now: float) -> None:
        if isinstance(command, z.Reject) and self._desk.may_begin(command.order_no):
            self._complete(command_id, Success(), now)
            self._end_sale(Failed("rejected", "nothing was asked"), now)
            return
        payment = self._exchange
        fits = self._desk.order_no == command.order_no
        if not (fits and isinstance(payment, Payment) and payment.undecided):
            self._complete(command_id, Failed("nothing_offered"), now)
            return
        sale = self._desk.sale
        if isinstance(command, z.GoodsPartly) and sale and command.amount_fen > sale.amount_fen:
            self._complete(command_id, Failed("more_than_offered"), now)
            return
        match command:
            case z.Commit():
                answer = payment.decide("commit", now)
            case z.GoodsPartly(amount_fen=amount_fen):
                answer = payment.decide("partly", now, amount_fen=amount_fen)
            case z.GoodsPending():
                answer = payment.not_yet()
            case _:
                answer = payment.decide("reject", now, "rejected")
        self._say(answer, now)
        self._complete(command_id, Success(), now)

    def _end_sale(self, completion: Completion, now: float) -> None:
        """The sale at the desk ends, and with it those who wait for its end."""
        order_no = self._desk.order_no
        if self._desk.sale_id in self._commands:
            self._complete(self._desk.sale_id, completion, now)
        for command_id, end in self._desk.closed_by(order_no, completion):
            self._complete(command_id, end, now)

    def _give_up(self, command_id: int, now: float) -> None:
        self._desk.closing(command_id, now + CLOSE_S)
        if self._desk.may_begin(self._desk.order_no):
            self._end_sale(Failed("closed", "given up before anything was asked"), now)
        else:
            self._stop("closed", now)

    def _stop(self, why: str, now: float) -> None:
        """Stop what the terminal does: an offer that nobody has decided on, or the wait for one.

        It may come too late; only the end of the exchange says what became of it.
        """
        payment = self._exchange
        if not isinstance(payment, Payment):
            self._say(m.ABORT, now)
        elif payment.undecided:
            self._say(payment.decide("reject", now, why), now)
        elif not payment.may_stand:
            self._say(m.ABORT, now)

    def _close_over(self, exchange: Exchange, end: End, now: float) -> None:
        """A payment of an earlier life is given up; only an idle terminal proves it."""
        owner = self._owner
        command = None if owner is None else self._commands.get(owner)
        if owner is None or not isinstance(command, z.Close):
            return
        if exchange.apdu == m.ABORT and self._ready and not isinstance(end, Silent):
            self._start(self._enquiry(), "close", owner, now)
            return
        closed = Success(outcome.transaction_of(command.order_no, "closed", None))
        self._complete(owner, closed if isinstance(end, Finished) else TimedOut(), now)


class ZvtTcpTerminal(ZvtTerminal):
    """One terminal at TCP port 20007: the same commands without blocks."""

    link_type: ClassVar[Callable[[Callable[[bytes, int | None], None]], Link]] = TcpLink
