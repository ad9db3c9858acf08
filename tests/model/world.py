"""The outside world of one order in virtual time: wires, ledgers, printer, timers, clocks.

Nothing happens here by itself. Whoever drives it (Hypothesis, a random walk) is the adversary
and decides of each command when it arrives, if at all, and when its answer comes, if at all.

What the adversary may not do, because real systems don't:

* on a terminal's wire a command never overtakes an older one of the same order (one serial
  line; the handshake after a restart clears what was half sent);
* a cancellation that gives money back (Alipay) doesn't act after a younger question of the same
  order was answered: nothing inside the kiosk could tell that from an honest payment;
* there, too, the answer to a question or a cancellation comes once and never after the kiosk gave
  up waiting: it comes on the connection that asked (one completion for each command).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.events import Charge, Close, Posting, Printing, Refunding

from .ledgers import Biller, Payer, RefundLedger, Side

PAYMENT = (
    c.RequestPayment,
    c.BeginPayment,
    c.CommitPayment,
    c.RejectPayment,
    c.QueryPayment,
    c.ClosePayment,
)
SILENT = (c.BeginPayment, c.CommitPayment, c.RejectPayment)
"""Commands without an answer of their own."""


@dataclass(eq=False)
class Flight:
    """A command on its way.

    ``waited``: the kiosk still expects its completion; ``dead``: it will never arrive; ``cut``: it
    may arrive, but its answer can't come back.
    """

    command: c.Command
    acted: bool = False
    dead: bool = False
    cut: bool = False
    answer: e.OrderEvent | None = None
    delivered: bool = False
    waited: bool = True


@dataclass
class World:
    side: Side
    payer: Payer
    biller: Biller
    refunds: RefundLedger
    now: float = 0.0
    wall_offset: float = 1_790_000_000.0
    flights: list[Flight] = field(default_factory=list)
    timers: dict[str, float] = field(default_factory=dict)
    first_due: dict[str, float] = field(default_factory=dict)
    code_expires: float = float("inf")
    printed: list[str] = field(default_factory=list)
    requests: int = 0

    @property
    def wall_ms(self) -> int:
        return int((self.now + self.wall_offset) * 1000)

    def take(self, command: c.Command) -> None:
        """The engine hands out one command."""
        if isinstance(command, c.StartTimer):
            self.timers[command.name] = self.now + command.seconds
            self.first_due.setdefault(command.name, self.timers[command.name])
            return
        self.requests += isinstance(command, c.RequestPayment)
        self.flights.append(Flight(command, waited=not isinstance(command, SILENT)))

    def restart(self) -> None:
        """The kiosk forgets: nobody waits for any answer, no timer runs."""
        self.timers.clear()
        # The driver has died with the sale that waited for its beginning.
        self.payer.asked = False
        for flight in self.flights:
            flight.waited = False
            self._hang_up(flight)

    # --- what the adversary can choose from ---------------------------------------------------

    def arriving(self) -> list[Flight]:
        return [x for x in self.flights if not (x.acted or x.dead)]

    def answering(self) -> list[Flight]:
        for flight in self.flights:
            if flight.acted and isinstance(flight.command, c.RequestPayment):
                flight.answer = flight.answer or self._told(flight.command)
        return [x for x in self.flights if x.answer is not None and not (x.delivered or x.cut)]

    def once(self, event: e.OrderEvent) -> bool:
        """Can this answer not come a second time?"""
        return self.side is Side.ALIPAY and isinstance(event, e.PaymentQueried | e.PaymentClosed)

    def waiting(self) -> list[Flight]:
        return [x for x in self.flights if x.waited and not x.delivered]

    def next_timer(self) -> str | None:
        return min(self.timers, key=lambda x: (self.timers[x], x), default=None)

    def stale_timers(self) -> list[str]:
        """Names whose time has come once: a timer may be late or come twice, but not early."""
        return [name for name, due in self.first_due.items() if due <= self.now]

    # --- what then happens --------------------------------------------------------------------

    def fire(self, name: str) -> None:
        self.advance(max(0.0, self.timers.pop(name, self.now) - self.now))

    def advance(self, seconds: float) -> None:
        self.now += seconds
        if self.now >= self.code_expires:
            self.payer.expire()

    def act(self, flight: Flight, fate: int = 0) -> None:
        """The command arrives and does what it does there; ``fate`` 0 is the happy one."""
        assert not flight.acted and not flight.dead
        flight.acted = True
        command = flight.command
        if isinstance(command, PAYMENT):
            self._overtaken(flight)
            flight.answer = self._payment(command, fate)
        elif isinstance(command, c.PostLine | c.CheckPost):
            flight.answer = self._post(command, fate)
        elif isinstance(command, c.RefundPayment | c.QueryRefund):
            flight.answer = self._refund(command, fate)
        elif isinstance(command, c.Print):
            flight.answer = self._print(command, fate)
        else:
            raise TypeError(type(command).__name__)

    def lose(self, flight: Flight) -> e.OrderEvent:
        """The driver gives up waiting: nobody knows. The command may still arrive later."""
        flight.waited = False
        self._hang_up(flight)
        command = flight.command
        oid = command.order_id
        match command:
            case c.RequestPayment():
                return e.PaymentAnswered(oid, Charge.NO_ANSWER)
            case c.QueryPayment():
                return e.PaymentQueried(oid, Charge.NO_ANSWER)
            case c.ClosePayment():
                return e.PaymentClosed(oid, Close.NO_ANSWER)
            case c.PostLine():
                return e.PostAnswered(oid, command.line, Posting.NO_ANSWER)
            case c.CheckPost():
                return e.PostChecked(oid, command.line, Posting.NO_ANSWER)
            case c.RefundPayment():
                return e.RefundAnswered(oid, command.refund_no, Refunding.NO_ANSWER)
            case c.QueryRefund():
                return e.RefundQueried(oid, command.refund_no, Refunding.NO_ANSWER)
            case c.Print():
                return e.PrintAnswered(oid, command.job_id, Printing.UNKNOWN, "no_answer")
        raise TypeError(type(command).__name__)

    def settle_pending(self, *, posted: bool) -> bool:
        """The back ends make up their minds about what they had put off."""
        moved = False
        for no, state in self.biller.records.items():
            if state is Posting.PENDING:
                self.biller.records[no] = Posting.POSTED if posted else Posting.NOT_POSTED
                moved = True
        for no, refund in self.refunds.states.items():
            if refund is Refunding.PENDING:
                self.refunds.states[no] = Refunding.REFUNDED
                moved = True
        return moved

    def _hang_up(self, flight: Flight) -> None:
        asking = isinstance(flight.command, c.QueryPayment | c.ClosePayment)
        flight.cut = flight.cut or (self.side is Side.ALIPAY and asking)

    def _overtaken(self, flight: Flight) -> None:
        for older in self.flights[: self.flights.index(flight)]:
            if older.acted or not isinstance(older.command, PAYMENT):
                continue
            closing = isinstance(older.command, c.ClosePayment)
            if not self.side.polled or (self.side is Side.ALIPAY and closing):
                older.dead = True

    def _payment(self, command: c.Command, fate: int) -> e.OrderEvent | None:
        oid = command.order_id
        match command:
            case c.RequestPayment():
                if self.side is Side.TWO_PHASE:
                    self.payer.asked = True
                    return None
                if not self.side.polled:
                    self.payer.request()
                    return None
                if fate % 8 == 7 and not self.payer.arrived:
                    self.payer.over = True
                self.code_expires = self.now + command.means.deadline_s
                if not self.payer.request():
                    return e.PaymentAnswered(oid, Charge.NOT_PAID, code="refused")
                return e.PaymentCodeReady(oid, "https://qr.example/1")
            case c.BeginPayment():
                if self.payer.asked:
                    self.payer.request()
            case c.CommitPayment():
                self.payer.commit()
            case c.RejectPayment():
                self.payer.asked = False
                self.payer.reject()
            case c.ClosePayment():
                return e.PaymentClosed(oid, self.payer.close())
            case c.QueryPayment():
                if self.side is Side.TWO_PHASE and fate % 8 == 7:
                    return e.PaymentQueried(oid, Charge.UNDECIDABLE)
                result, facts = self.payer.query()
                return e.PaymentQueried(oid, result, facts)
        return None

    def _told(self, command: c.RequestPayment) -> e.OrderEvent | None:
        """A terminal answers the request once the transaction has ended."""
        if self.side.polled or not self.payer.over:
            return None
        result, facts = self.payer.query()
        return e.PaymentAnswered(command.order_id, result, facts)

    def _post(self, command: c.PostLine | c.CheckPost, fate: int) -> e.OrderEvent:
        oid, line, no = command.order_id, command.line, command.line_no
        if isinstance(command, c.CheckPost):
            return e.PostChecked(oid, line, self.biller.check(no))
        fates = (Posting.POSTED, Posting.NOT_POSTED, Posting.PENDING, None)
        return e.PostAnswered(oid, line, self.biller.post(no, command, fates[fate % 4]))

    def _refund(self, command: c.RefundPayment | c.QueryRefund, fate: int) -> e.OrderEvent:
        oid, no = command.order_id, command.refund_no
        if isinstance(command, c.QueryRefund):
            return e.RefundQueried(oid, no, self.refunds.query(no))
        fates = (Refunding.REFUNDED, Refunding.PENDING, Refunding.REFUSED)
        result = self.refunds.refund(no, command.amount_fen, self.now, fates[fate % 3])
        return e.RefundAnswered(oid, no, result)

    def _print(self, command: c.Print, fate: int) -> e.OrderEvent:
        oid, job = command.order_id, command.job_id
        if fate % 3 == 1:
            return e.PrintAnswered(oid, job, Printing.NOT_PRINTED, "paper_out")
        self.printed.append(job)
        if fate % 3 == 2:
            return e.PrintAnswered(oid, job, Printing.UNKNOWN, "paper_out")
        return e.PrintAnswered(oid, job, Printing.PRINTED)
