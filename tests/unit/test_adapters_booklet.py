"""What the reader says of a person ends in the adapter: a mask and a keyed hash go on."""

from __future__ import annotations

import datetime
import logging
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from devices.driver import Completed, Notice, Progress
from devices.id_reader.codec import Identity
from devices.id_reader.driver import ReadCard
from devices.scanner.codec import Scanned
from devices.status import Cancelled, Failed, OutcomeUnknown, Success, TimedOut
from kiosk.adapters import Adapters
from kiosk.adapters.adapters import DeviceReport
from kiosk.adapters.booklet import Booklets, mask
from kiosk.adapters.goods import WARES
from kiosk.booklet_register import Register
from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.booklet import OPEN
from kiosk.core.events import Delivery
from kiosk.core.goods import Ware
from kiosk.core.order import Order
from kiosk.core.visit import booklet_messages as b
from kiosk.core.visit import messages as m
from kiosk.core.visit.booklet_steps import BOOKLET
from tests.support import states as s
from tests.support.states_booklet import GIFT, bought, gave
from tests.unit.test_adapters import HEAD, Gateway, Lanes

CODE = "6812" + "0" * 24
NUMBER = "310101185001010003"


def identity(name: str = "测试甲", number: str = NUMBER) -> Identity:
    return Identity(name, "1", "01", "18500101", "示例路", number, "示例", "20200101", "长期")


@dataclass
class Reader:
    told: list[object] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)

    def submit(self, command: object) -> int:
        self.told.append(command)
        return len(self.told)

    def cancel(self, command_id: int) -> None:
        self.cancelled.append(command_id)


class Desk:
    """Adapters with a reader, a dispenser and a list."""

    def __init__(self, folder: Path, *, by_code: bool = True) -> None:
        self.lanes, self.reader, self.dispenser = Lanes(), Reader(), Reader()
        today = datetime.date(2026, 3, 5)
        self.register = Register(folder / "booklets.json", 365, lambda: today, lambda: 1.0)
        desk = Booklets(self.register, self.reader, self.lanes, by_code=by_code)
        workers = {"id_reader": self.reader, "booklet_dispenser": self.dispenser}
        self.adapters = Adapters(workers, Gateway(), {}, self.lanes, (), HEAD, booklet=desk)  # type: ignore[arg-type]

    def ask(self, request: int = 1, *, card: bool = True) -> None:
        self.adapters.ask(b.ReadCard(request, card))

    def read(self, completion: object, number: int = 1) -> list[object]:
        report = DeviceReport("id_reader", Completed(number, completion))  # type: ignore[arg-type]
        return list(self.adapters.translate(report))

    def scan(self, text: str) -> list[object]:
        return list(self.adapters.translate(DeviceReport("scanner", Notice(Scanned(text)))))

    def person(self, request: int = 1) -> b.Identified:
        self.ask(request)
        (said,) = self.read(Success(identity()), len(self.reader.told))
        assert isinstance(said, b.Identified)
        return said

    def lane(self) -> list[object]:
        """What the list's work comes to."""
        return [y for x in self.lanes.values() for y in self._means(x)]

    def _means(self, value: object) -> list[object]:
        known = isinstance(value, e.OrderEvent | m.VisitEvent)
        return [value] if known else list(self.adapters.translate(value))

    def deliver(self, order: Order) -> None:
        self.adapters.carry_out(c.Deliver(order.id, 0, 0, f"{order.id}L1", BOOKLET), order)

    def check(self, order: Order) -> None:
        self.adapters.carry_out(c.CheckDelivery(order.id, 0, 0, f"{order.id}L1", BOOKLET), order)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王五", "王*"),
        ("王小明", "王*"),
        ("欧阳小明", "欧*"),
        ("阿卜杜拉·买买提", "阿*"),
        ("", "*"),
    ],
)
def test_of_a_name_one_character_is_shown_whatever_its_length(name: str, masked: str) -> None:
    assert mask(name) == masked


def test_a_card_becomes_a_mask_and_a_hash(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    desk.ask()
    assert desk.reader.told == [ReadCard(60.0)]
    found = DeviceReport("id_reader", Progress(1, "found"))
    assert desk.adapters.translate(found) == [b.CardFound(1)]
    (said,) = desk.read(Success(identity()))
    assert isinstance(said, b.Identified)
    assert (said.person.masked, said.had) == ("测*", "")
    assert said.person.tag == desk.register.look(f"id:{NUMBER}")[0].tag
    assert NUMBER not in repr(said)
    assert NUMBER not in caplog.text
    assert "测试" not in caplog.text


@pytest.mark.parametrize(
    ("completion", "said"),
    [
        (Failed("check_digit"), [b.CardRefused(1, "check_digit")]),
        (Failed("other_layout"), [b.CardRefused(1, "other_layout")]),
        (Failed("41"), [b.CardRefused(1, "41")]),
        (Failed("not_connected"), [b.CardSilent(1)]),
        (TimedOut(), [b.CardSilent(1)]),
        (Cancelled(), []),
    ],
)
def test_every_end_of_a_reading(desk: Desk, completion: object, said: list[object]) -> None:
    desk.ask()
    assert desk.read(completion) == said


def test_a_card_read_for_a_screen_that_is_gone_is_forgotten(desk: Desk) -> None:
    desk.ask()
    desk.adapters.ask(b.StopReading(1))
    assert desk.reader.cancelled == [1]
    assert desk.read(Success(identity())) == []
    assert desk.scan(CODE) == [m.UnknownScanned()]
    desk.ask(2)
    desk.ask(3)
    assert desk.read(Success(identity()), 2) == [], "an older question's card"


def test_an_insurance_code_stands_for_a_person_only_when_awaited(desk: Desk) -> None:
    assert desk.scan(CODE) == [m.UnknownScanned()]
    desk.ask(card=False)
    assert desk.reader.told == []
    assert desk.scan("6901234567892") == [m.UnknownScanned()], "a product's code is nobody's"
    (said,) = desk.scan(CODE)
    assert isinstance(said, b.Identified)
    assert said.person.masked == ""
    assert CODE not in repr(said)
    assert desk.scan(CODE) == [m.UnknownScanned()], "once"


def test_without_leave_no_code_stands_for_anybody(tmp_path: Path) -> None:
    desk = Desk(tmp_path, by_code=False)
    desk.ask()
    assert desk.scan(CODE) == [m.UnknownScanned()]


def test_a_card_and_a_code_of_the_same_digits_are_two_people(desk: Desk) -> None:
    assert desk.register.look(f"id:{CODE}")[0].tag != desk.register.look(f"code:{CODE}")[0].tag


def test_it_is_written_down_before_the_dispenser_is_told(desk: Desk) -> None:
    order = bought(BOOKLET, means=GIFT)
    desk.adapters.ask(b.BookletFor(order.id, desk.person().person))
    desk.deliver(order)
    assert desk.dispenser.told == []
    assert desk.lane() == []
    assert desk.register.reserved() == (order.id,)
    assert len(desk.dispenser.told) == 1
    assert desk.person(2).had == OPEN


def test_what_cannot_be_written_down_does_not_leave(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    order = bought(BOOKLET, means=GIFT)
    desk.adapters.ask(b.BookletFor(order.id, desk.person().person))
    monkeypatch.setattr(desk.register, "reserve", full)
    desk.deliver(order)
    (said,) = desk.lane()
    assert said == e.DeliveryAnswered(order.id, 0, 0, Delivery.NOT_DONE, 0, "register")
    assert desk.dispenser.told == []


def test_nobody_known_nothing_given(desk: Desk) -> None:
    order = bought(BOOKLET, means=GIFT)
    desk.deliver(order)
    (said,) = desk.lane()
    assert said == e.DeliveryAnswered(order.id, 0, 0, Delivery.NOT_DONE, 0, "nobody")
    desk.adapters.ask(b.BookletFor("another order", desk.person().person))
    desk.deliver(order)
    assert len(desk.lane()) == 1
    assert desk.dispenser.told == []


@pytest.mark.parametrize(
    ("end", "had"),
    [
        (gave(Delivery.DONE, 1), "2026-03-05"),
        (gave(Delivery.NOT_DONE, 0, 0, "not_taken"), ""),
        (gave(Delivery.UNDECIDABLE, 0, 0, "jammed"), OPEN),
        (gave(Delivery.NO_ANSWER), OPEN),
    ],
)
def test_the_list_follows_the_journal(desk: Desk, end: e.OrderEvent, had: str) -> None:
    order = bought(BOOKLET, means=GIFT)
    desk.adapters.ask(b.BookletFor(order.id, desk.person().person))
    desk.deliver(order)
    desk.lane()
    order = bought(BOOKLET, end, means=GIFT)
    desk.adapters._booklet.look_after(lambda _: order)
    desk.lane()
    assert desk.person(2).had == had


def test_what_was_never_written_down_never_left(desk: Desk) -> None:
    order = bought(BOOKLET, e.Restarted(s.ORDER_ID), means=GIFT)
    desk.check(order)
    assert desk.lane() == [e.DeliveryChecked(order.id, 0, 0, Delivery.NOT_DONE, 0, "not_started")]
    assert desk.dispenser.told == []
    desk.adapters.ask(b.BookletFor(order.id, desk.person().person))
    desk.deliver(order)
    desk.lane()
    desk.check(order)
    assert len(desk.dispenser.told) == 2, "now only the dispenser can say"


@pytest.mark.parametrize(
    ("completion", "result"),
    [
        (Failed("not_taken"), Delivery.NOT_DONE),
        (Failed("dispense_failure"), Delivery.NOT_DONE),
        (Failed("not_connected"), Delivery.NO_ANSWER),
        (TimedOut(), Delivery.NO_ANSWER),
        (OutcomeUnknown("nothing_seen"), Delivery.UNDECIDABLE),
        (OutcomeUnknown("jammed"), Delivery.UNDECIDABLE),
        (OutcomeUnknown("unplugged"), Delivery.NO_ANSWER),
    ],
)
def test_what_the_dispenser_says_when_asked(completion: object, result: Delivery) -> None:
    command = c.CheckDelivery("O", 0, 0, "OL1", BOOKLET)
    assert WARES[Ware.BOOKLET].checked(command, completion).result is result  # type: ignore[arg-type]
