"""One order between the pure core and the world, with the audit after every event.

``Life.moves`` lists what the adversary may do now; Hypothesis and the random walk pick from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.bills import Bill, Kind
from kiosk.core.decide import decide
from kiosk.core.events import Posting
from kiosk.core.means import Commit, Means, RefundBy
from kiosk.core.order import LineState, Order, PaymentState, RefundState

from . import audit
from .ledgers import Biller, Payer, RefundLedger, Side
from .world import Flight, World

ORDER = "38012611220004700000"
AMOUNTS = (9630, 1650, 4100)
LATE_FEES = (0, 120, 0)
Move = tuple[str, Callable[[int], None]]
"""A name and what happens; the number chooses between variants."""
TIDY_STEPS = 400
"""More events than any order needs once the world is honest."""


@dataclass(frozen=True)
class SetUp:
    side: Side
    refund: RefundBy
    lines: int = 1
    gap_s: int = 0
    forgets: bool = False

    @property
    def means(self) -> Means:
        commit = Commit.TWO_PHASE if self.side is Side.TWO_PHASE else Commit.AT_ONCE
        return Means(
            self.side.value, self.refund, commit, "", self.side.polled, self.gap_s, deadline_s=120
        )

    @property
    def bills(self) -> tuple[Bill, ...]:
        return tuple(
            Bill("SH-POWER", Kind.ELECTRIC, "电力", f"31000{i:05}", f"B{i}", "2026-10", amount, fee)
            for i, (amount, fee) in enumerate(zip(AMOUNTS, LATE_FEES, strict=True))
        )[: self.lines]


@dataclass
class Life:
    setup: SetUp
    order: Order | None = None
    at: int = 0
    log: list[c.Command] = field(default_factory=list)
    journal: list[tuple[e.OrderEvent, int]] = field(default_factory=list)
    past: list[e.OrderEvent] = field(default_factory=list)
    crash_after: int | None = None
    trusted: tuple[int, float] | None = None

    def __post_init__(self) -> None:
        bills = self.setup.bills
        total = sum(x.total_fen for x in bills)
        numbers = {f"{ORDER}L{i + 1}": x.total_fen for i, x in enumerate(bills)}
        payer = Payer(self.setup.side, total, forgets=self.setup.forgets)
        refunds = RefundLedger(payer, self.setup.gap_s)
        self.world = World(self.setup.side, payer, Biller(numbers), refunds)

    @property
    def now(self) -> Order:
        assert self.order is not None
        return self.order

    # --- events -------------------------------------------------------------------------------

    def open(self, crash_after: int | None = None) -> None:
        self.crash_after = crash_after
        bills = self.setup.bills
        total = sum(x.total_fen for x in bills)
        self.feed(e.OrderOpened(ORDER, self.setup.means, bills, total))

    def feed(self, event: e.OrderEvent) -> None:
        """Decide, journal, hand the commands out, audit; a crash loses commands, not the row."""
        self.at = self._trusted_ms()
        before = self.order
        self.order, commands = decide(before, event, self.at)
        self.journal.append((event, self.at))
        if before is not None:
            audit.check_transition(before, event, self.order)
            audit.check_repeat(self.order, event, self.at)
        crash, self.crash_after = self.crash_after, None
        for command in commands[:crash]:
            self.log.append(command)
            audit.check_commands(self.log)
            audit.check_means(self.order, command)
            self.world.take(command)
        self._show()
        audit.check_books(self.order, self.world)
        if crash is not None:
            self.restart()

    def restart(self) -> None:
        """Replay comes out the same; then ask for everything that was under way."""
        self.world.restart()
        order: Order | None = None
        for event, at in self.journal:
            order, _ = decide(order, event, at)
        assert order == self.order, "a replay came out differently"
        self.trusted = None
        self.feed(e.Restarted(ORDER))

    def _trusted_ms(self) -> int:
        """As the engine's clock: the later of wall and journal at the start, then it only runs."""
        if self.trusted is None:
            self.trusted = (max(self.at, self.world.wall_ms), self.world.now)
        base, since = self.trusted
        return base + int((self.world.now - since) * 1000)

    def _show(self) -> None:
        payment = self.now.payment
        wanted = payment.state is PaymentState.REQUESTED and not payment.cancel_wanted
        if payment.qr_code and wanted:
            self.world.payer.code_seen = True

    def deliver(self, flight: Flight) -> None:
        flight.delivered, flight.waited = True, False
        assert flight.answer is not None
        if not self.world.once(flight.answer):
            self.past.append(flight.answer)
        self.feed(flight.answer)

    def lose(self, flight: Flight) -> None:
        self.feed(self.world.lose(flight))

    def fire(self, name: str) -> None:
        self.world.fire(name)
        self.feed(e.TimerFired(ORDER, name))

    def mark(self) -> None:
        self.world.payer.marked = True
        event = e.PaymentMarked(ORDER, e.Mark("000101", "0021"))
        self.past.append(event)
        self.feed(event)

    def offer(self) -> None:
        facts = self.world.payer.facts
        assert facts is not None
        event = e.PaymentOffered(ORDER, facts)
        self.past.append(event)
        self.feed(event)

    # --- what the adversary may do ------------------------------------------------------------

    def moves(self) -> dict[str, list[Move]]:
        """What may happen now, by kind; kinds without a move are left out."""
        kinds = {
            "wires": self.wires(),
            "losses": self.losses(),
            "payer": self.payer(),
            "presses": self.presses(),
            "timers": self.timers(),
            "troubles": self.troubles(),
        }
        return {kind: found for kind, found in kinds.items() if found}

    def wires(self) -> list[Move]:
        """Commands arrive, answers come back: in any order."""
        world = self.world
        found: list[Move] = []
        for flight in world.arriving():
            name = type(flight.command).__name__
            found.append((f"{name} arrives", lambda n, f=flight: world.act(f, n)))
        for flight in world.answering():
            name = type(flight.command).__name__
            found.append((f"answer of {name}", lambda _, f=flight: self.deliver(f)))
        if world.payer.asked and not world.payer.marked:
            found.append(("mark", lambda _: self.mark()))
        if world.payer.offer_open:
            found.append(("offer", lambda _: self.offer()))
        return found

    def losses(self) -> list[Move]:
        found: list[Move] = []
        for flight in self.world.waiting():
            name = type(flight.command).__name__
            found.append((f"no answer of {name}", lambda _, f=flight: self.lose(f)))
        return found

    def timers(self) -> list[Move]:
        name = self.world.next_timer()
        return [] if name is None else [(f"timer {name}", lambda _: self.fire(name))]

    def payer(self) -> list[Move]:
        """The person at the payer's side."""
        payer = self.world.payer
        found: list[Move] = []
        if payer.can_charge and not payer.offer_open:
            found += [
                ("pays", lambda _: payer.pay()),
                ("pays with a coupon", lambda n: payer.pay(coupon_fen=1 + n % 500)),
                ("pays a wrong amount", lambda n: payer.pay(wrong_fen=1 + n % 100)),
                ("scans", lambda _: setattr(payer, "scanned", True)),
            ]
        if payer.arrived and not payer.over:
            found.append(("declined, expired or reversed", lambda _: payer.end()))
        return found

    def presses(self) -> list[Move]:
        found: list[Move] = []
        for press in (e.CancelWanted, e.SlipWanted, e.ReprintWanted, e.CopyTaken, e.PersonLeft):
            found.append((press.__name__, lambda _, x=press: self.feed(x(ORDER))))
        if self.verdict() is not None:
            found.append(("a person settles", lambda _: self.person()))
        return found

    def troubles(self) -> list[Move]:
        world = self.world
        found: list[Move] = [
            ("restart", lambda _: self.restart()),
            ("crash at the next event", self._crash_next),
            ("clock jumps", self._jump),
            ("time passes", self._pass),
            ("back ends decide", self._settle_pending),
        ]
        for event in self.past[-6:]:
            found.append(("said again", lambda _, x=event: self.feed(x)))
        for name in world.stale_timers():
            found.append((f"stale timer {name}", lambda _, x=name: self.fire_stale(x)))
        for no, record in world.biller.records.items():
            if record is Posting.PENDING:
                found.append(("the office cancels", lambda _, x=no: world.biller.cancel(x)))
        return found

    def fire_stale(self, name: str) -> None:
        self.feed(e.TimerFired(ORDER, name))

    def _crash_next(self, n: int) -> None:
        self.crash_after = n % 3

    def _jump(self, n: int) -> None:
        self.world.wall_offset += (-3, -1, 1, 3)[n % 4] * 86_400 * (1 + n % 2)

    def _pass(self, n: int) -> None:
        self.world.advance((1, 30, 90, 3_600, 90_000)[n % 5])

    def _settle_pending(self, n: int) -> None:
        self.world.settle_pending(posted=n % 2 == 0)

    # --- a truthful person in the office ------------------------------------------------------

    def verdict(self) -> e.PersonSettled | None:
        """What a person would find out now, if the order asks for one and nothing is under way."""
        order, world = self.now, self.world
        if not order.needs_person:
            return None
        payment = order.payment.state
        if payment in (PaymentState.UNKNOWN, PaymentState.NEEDS_PERSON):
            paid = world.payer.kept_fen == order.amount_fen
            return _verdict(e.Verdict.PAID if paid else e.Verdict.NOT_PAID)
        for index, line in enumerate(order.lines):
            if line.needs_person and line.state is LineState.POST_UNKNOWN:
                posted = world.biller.check(order.line_no(index)) is Posting.POSTED
                name = e.Verdict.LINE_POSTED if posted else e.Verdict.LINE_NOT_POSTED
                return _verdict(name, line=index)
        for refund in order.refunds:
            if refund.state is RefundState.NEEDS_PERSON:
                return _verdict(e.Verdict.REFUNDED, refund_no=refund.no)
        return None

    def person(self) -> None:
        """The office makes sure outside that the verdict stays true, then books it."""
        event = self.verdict()
        assert event is not None
        order, world = self.now, self.world
        match event.verdict:
            case e.Verdict.NOT_PAID:
                world.payer.given_back_fen = world.payer.charged_fen
                world.payer.over, world.payer.offer_open = True, False
            case e.Verdict.LINE_NOT_POSTED:
                world.biller.cancel(order.line_no(event.line))
            case e.Verdict.REFUNDED:
                amount = next(x.amount_fen for x in order.refunds if x.no == event.refund_no)
                world.refunds.by_hand(event.refund_no, amount)
        self.feed(event)

    # --- without trouble ----------------------------------------------------------------------

    def pay_fairly(self, steps: int = 20) -> None:
        """The person pays and everything answers until the order is paid."""
        payer = self.world.payer
        for _ in range(steps):
            if self.now.payment.state is PaymentState.PAID:
                return
            if payer.can_charge and not payer.offer_open:
                payer.pay()
            else:
                self._honest_step()

    def cancel_fairly(self, steps: int = 20) -> None:
        """The person gives up before paying and everything answers until nothing is paid."""
        for _ in range(steps):
            if self.now.payment.state is PaymentState.NOT_PAID:
                return
            if self.world.payer.can_charge and not self.now.payment.cancel_wanted:
                self.feed(e.CancelWanted(ORDER))
            else:
                self._honest_step()

    # --- the world turns honest ---------------------------------------------------------------

    def tidy(self) -> None:
        """From here on everything answers: the order must close or openly need a person."""
        self.crash_after = None
        for flight in self.world.flights:
            flight.dead = flight.dead or not (flight.waited or flight.acted)
        self.feed(e.PersonLeft(ORDER))
        for _ in range(TIDY_STEPS):
            if self.now.closed or self.now.needs_person:
                break
            assert self._honest_step(), f"stuck: {self.now}"
        else:
            raise AssertionError(f"no end in {TIDY_STEPS} steps: {self.now}")

    def person_closes(self) -> None:
        """What openly needs a person can be closed by one, with machines that answer."""
        for _ in range(TIDY_STEPS):
            if self.now.closed:
                return
            if self.verdict() is not None:
                self.person()
            else:
                assert self._honest_step(), f"stuck after a person: {self.now}"
        raise AssertionError(f"a person can't close it: {self.now}")

    def _honest_step(self) -> bool:
        world = self.world
        world.settle_pending(posted=True)
        arriving = [x for x in world.arriving() if x.waited or not _answers(x)]
        if arriving:
            world.act(arriving[0])
            return True
        answers = [x for x in world.answering() if x.waited]
        if answers:
            self.deliver(answers[0])
            return True
        lost = [x for x in world.waiting() if x.dead]
        if lost:
            self.lose(lost[0])
            return True
        if world.payer.offer_open:
            self.offer()
            if not [x for x in world.arriving() if not _answers(x)]:
                world.payer.end()
            return True
        if (name := world.next_timer()) is not None:
            self.fire(name)
            return True
        return False


def _answers(flight: Flight) -> bool:
    return not isinstance(flight.command, c.CommitPayment | c.RejectPayment)


def _verdict(verdict: e.Verdict, line: int = -1, refund_no: str = "") -> e.PersonSettled:
    return e.PersonSettled(ORDER, verdict, "7", "checked", line, refund_no)
