"""A ZVT sale with something wrong at each frame: the books never say more than the terminal's."""

from __future__ import annotations

import random

import pytest

from devices.driver import Completed
from devices.payment_terminal import zvt_block
from devices.payment_terminal import zvt_commands as z
from devices.payment_terminal.commands import Transaction
from devices.payment_terminal.zvt_driver import ZvtTcpTerminal, ZvtTerminal
from devices.payment_terminal.zvt_outcome import UNDECIDABLE
from devices.status import Completion, Failed, OutcomeUnknown, Success
from tests.support.zvt_pair import FEN, ORDER, Counter, Framing

OTHERS = (
    "01030200017984",
    "55aa0000000000 00cc33",
    "025346303030300324",
    "aaaaaa966900040000909404",
)
"""Answers of a mill, an ECR Hub terminal, a dispenser and a card reader."""
MOST_PIECES = 60


class Spoilt(Counter):
    """The ``at``-th piece of the sale, either way, meets with ``kind``."""

    def __init__(self, framing: Framing, kind: str, at: int) -> None:
        self.left: int | None = None
        self.kind = kind
        # No network brings a terminal bytes that nobody sent.
        self.both_ways = framing == "blocks" or kind == "unplug"
        super().__init__(framing)
        self.left = at

    def settle(self) -> None:
        while self.plugged:
            said, answers = self.driver.take_output(), self.model.take_writes()
            if not said and not answers:
                break
            if said:
                self.sent.append((self.now, said))
                if heard := self.spoil(said, to_us=False):
                    self.model.receive(heard)
            for answer in answers:
                if self.plugged and (heard := self.spoil(answer)):
                    self.driver.receive(heard, self.now)
        self.reports += self.driver.take_reports()

    def spoil(self, data: bytes, to_us: bool = True) -> bytes:
        if self.left is None or not (to_us or self.both_ways):
            return data
        self.left -= 1
        if self.left:
            return data
        self.left = None
        match self.kind:
            case "drop":
                return b""
            case "half":
                return data[: len(data) // 2]
            case "bit":
                middle = len(data) // 2
                return data[:middle] + bytes((data[middle] ^ 0x04,)) + data[middle + 1 :]
            case "twice":
                return data + data
            case "noise":
                return b"\xff\x10\x00\x3c" + data
            case "other":
                return bytes.fromhex(OTHERS[len(data) % len(OTHERS)])
            case _:
                self.unplug()
                return b""


def sell(counter: Spoilt) -> tuple[Completion, bool]:
    """One sale, paid and committed if it is offered; its end, and whether it was committed."""
    number = counter.ask(z.Sale(ORDER, FEN))
    begun = tapped = committed = False
    end_at = counter.now + 400
    while number not in counter.ends():
        assert counter.now < end_at, "never came"
        if not begun and counter.said(z.Remembered):
            begun = True
            counter.ask(z.Begin(ORDER))
        if not tapped and "tap_card" in counter.twin.actions():
            tapped = True
            counter.twin.act("tap_card", {})
        if not committed and counter.said(z.Offer):
            committed = True
            counter.ask(z.Commit(ORDER))
        counter.step()
    return counter.ends()[number], committed


def settle_by_asking(counter: Spoilt, committed: bool) -> Completion:
    """What is found out once the line is good again."""
    counter.left = None
    if not counter.plugged:
        counter.wait(3)
        counter.plug()
    counter.wait(30)
    counter.until_ready()
    counter.do(z.Close(ORDER))
    counter.until_ready()
    return counter.do(z.Query(ORDER, FEN, "000101", "0021", committed))


def check(counter: Spoilt, end: Completion, committed: bool) -> None:
    charged = counter.charged()
    assert len(charged) <= 1, "never twice"
    if isinstance(end, Success):
        assert charged == [FEN]
        return
    if isinstance(end, Failed):
        assert charged == []
        return
    assert isinstance(end, OutcomeUnknown), end
    found = settle_by_asking(counter, committed)
    assert counter.charged() == charged, "asking charges nothing"
    match found:
        case Success(Transaction(status="completed")):
            assert charged == [FEN]
        case Success() | Failed(code="not_found"):
            assert charged == []
        case OutcomeUnknown(reason=reason):
            assert committed
            assert reason in UNDECIDABLE
        case _:
            pytest.fail(f"{found} is no end of a question on a good line")


@pytest.mark.parametrize("kind", ["drop", "half", "bit", "twice", "noise", "other", "unplug"])
def test_something_wrong_at_each_piece_of_a_serial_sale(kind: str) -> None:
    ends = set()
    for at in range(1, MOST_PIECES):
        counter = Spoilt("blocks", kind, at)
        end, committed = sell(counter)
        if counter.left is not None:
            break
        check(counter, end, committed)
        ends.add(type(end))
    else:
        pytest.fail("a sale has no end")
    assert at > 12
    wanted = {OutcomeUnknown} if kind == "unplug" else {Success}
    assert wanted <= ends
    if kind in ("bit", "noise", "twice"):
        assert ends == {Success}, "the line's own repeats make it good"


@pytest.mark.parametrize("kind", ["unplug", "noise", "twice", "other"])
def test_something_wrong_at_each_apdu_of_a_sale_over_tcp(kind: str) -> None:
    for at in range(1, MOST_PIECES):
        counter = Spoilt("plain", kind, at)
        end, committed = sell(counter)
        if counter.left is not None:
            break
        if counter.driver.reopen_wanted:
            counter.unplug()
        check(counter, end, committed)
    else:
        pytest.fail("a sale has no end")
    assert at >= 5


@pytest.mark.parametrize("driver", [ZvtTerminal, ZvtTcpTerminal])
def test_any_bytes_and_any_commands_are_borne(driver: type[ZvtTerminal], seed: int) -> None:
    rng = random.Random(seed)
    commands = (
        z.Sale(ORDER, FEN),
        z.Sale(ORDER, FEN, "commit"),
        z.Begin(ORDER),
        z.Commit(ORDER),
        z.Reject(ORDER),
        z.GoodsPending(ORDER),
        z.GoodsPartly(ORDER, 1),
        z.Close(ORDER),
        z.Query(ORDER, FEN, "000001", "", True),
        z.Reversal("0001"),
        z.Refund(5),
        z.EndOfDay(),
        z.Abort(),
        z.Register(),
        z.LogOff(),
    )
    pieces = (
        "800000",
        "840c00",
        "849c00",
        "04ff010a",
        "060f00",
        "061e016c",
        "040f0227 6c",
        "040f142700040000000034500b0000010c2037200d1122",
        "06d100",
        "ff",
    )
    for _ in range(200):
        one = driver()
        one.opened(0.0)
        now, number = 0.0, 0
        ends: list[int] = []
        for _ in range(60):
            data = bytes.fromhex(rng.choice(pieces))
            if driver is ZvtTerminal:
                data = rng.choice((zvt_block.encode(data) + b"\x06", b"\x06", data))
            one.receive(data, now)
            if rng.random() < 0.4:
                number += 1
                one.submit(number, rng.choice(commands), now)
            if number and rng.random() < 0.1:
                one.cancel(rng.randrange(1, number + 1), now)
            now += rng.choice((0.0, 0.1, 1.0, 20.0))
            if (due := one.deadline()) is not None and due <= now:
                one.tick(now)
            one.take_output()
            ends += [x.command_id for x in one.take_reports() if isinstance(x, Completed)]
        one.lost(now, "unplugged")
        ends += [x.command_id for x in one.take_reports() if isinstance(x, Completed)]
        assert sorted(ends) == list(range(1, number + 1))
