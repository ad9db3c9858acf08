"""病历本, the visit: who is it for, may they have one, and nothing of them afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.core import events as e
from kiosk.core.booklet import OPEN, Person
from kiosk.core.events import Delivery
from kiosk.core.means import FREE
from kiosk.core.notices import Notice, newest
from kiosk.core.state import Device, Level, State
from kiosk.core.visit import booklet_messages as b
from kiosk.core.visit import messages as m
from kiosk.core.visit.booklet import CardTrouble, HadBooklet, LayCard
from kiosk.core.visit.booklet_steps import BOOKLET, trouble
from kiosk.core.visit.decide import decide
from kiosk.core.visit.steps import (
    AtOrder,
    CallPerson,
    ConfirmGoods,
    Home,
    OutOfService,
    Overlay,
)
from tests.support import states as s
from tests.support import states_booklet as sb

HOME = sb.STATES["booklet_home"]
SOMEBODY = sb.SOMEBODY
READY = Device(Level.READY)
GONE = Device(Level.UNAVAILABLE, "no_answer")


class Visitor:
    """Takes events one after the other; ``sent`` is what the last one gave, rings left out."""

    def __init__(self, state: State = HOME) -> None:
        self.state = state
        self.sent: list[m.VisitCommand] = []

    def take(self, *events: m.VisitEvent) -> Visitor:
        for event in events:
            self.state, commands = decide(self.state, event)
            self.sent = [x for x in commands if not isinstance(x, m.Ring)]
        return self

    def touch(self, target: str, value: str = "") -> Visitor:
        return self.take(m.Touched(target, value, self.state.version))

    @property
    def step(self) -> object:
        return self.state.visit.step

    @property
    def request(self) -> int:
        assert isinstance(self.step, LayCard)
        return self.step.request

    def at_reader(self) -> Visitor:
        return self.touch("home.booklet")

    def known(self, had: str = "", again: str = "") -> Visitor:
        self.at_reader()
        return self.take(b.Identified(self.request, SOMEBODY, had, again))


def test_a_card_is_awaited_read_and_shown_masked() -> None:
    visitor = Visitor().at_reader()
    assert visitor.sent == [b.ReadCard(visitor.request)]
    visitor.take(b.CardFound(visitor.request))
    assert visitor.step == LayCard(visitor.request, found=True)
    request = visitor.request
    visitor.take(b.Identified(request, SOMEBODY))
    assert visitor.step == ConfirmGoods(BOOKLET)
    assert visitor.state.visit.identified == SOMEBODY
    assert visitor.sent == [b.StopReading(request)]


def test_the_order_is_free_and_the_list_hears_first_whose_it_is() -> None:
    visitor = Visitor().known().touch("confirm_goods.pay", FREE)
    (ask,) = visitor.sent
    assert isinstance(ask, m.AskPrinter)
    visitor.take(m.PrinterAnswered(ask.request, READY))
    whose, opened = visitor.sent
    assert whose == b.BookletFor(s.ORDER_ID, SOMEBODY)
    assert isinstance(opened, m.Happen)
    assert isinstance(opened.event, e.OrderOpened)
    assert (opened.event.amount_fen, opened.event.means.id) == (0, FREE)
    assert "王" not in repr(opened)
    assert SOMEBODY.tag not in repr(opened)
    assert visitor.step == AtOrder(s.ORDER_ID)


@pytest.mark.parametrize(("had", "again"), [("2026-03-05", "2027-03-05"), (OPEN, "")])
def test_whoever_has_had_one_is_told_and_gets_none(had: str, again: str) -> None:
    visitor = Visitor().known(had, again)
    assert visitor.step == HadBooklet(had, again)
    assert visitor.state.visit.identified is None
    assert visitor.touch("booklet.call_person").step == CallPerson()
    visitor = Visitor().known(had, again).touch("booklet.done")
    assert visitor.step == Home()


@pytest.mark.parametrize(
    ("code", "trouble_"),
    [
        ("41", CardTrouble.UNREADABLE),
        ("66", CardTrouble.UNREADABLE),
        ("check_digit", CardTrouble.CHECK_DIGIT),
        ("other_layout", CardTrouble.OTHER_LAYOUT),
    ],
)
def test_a_card_that_tells_nobody_is_laid_down_again_or_somebody_is_called(
    code: str, trouble_: CardTrouble
) -> None:
    visitor = Visitor().at_reader()
    visitor.take(b.CardRefused(visitor.request, code))
    assert visitor.step == LayCard(trouble=trouble_)
    assert Visitor(visitor.state).touch("booklet.call_person").step == CallPerson()
    visitor.touch("booklet.again")
    assert visitor.sent == [b.ReadCard(visitor.request)]


def test_an_old_answer_says_nothing_about_whoever_stands_there_now() -> None:
    visitor = Visitor().at_reader()
    old = visitor.request
    visitor.touch("nav.home").at_reader()
    before = visitor.state
    visitor.take(b.Identified(old, SOMEBODY), b.CardRefused(old, "41"), b.CardFound(old))
    assert visitor.state == before
    visitor.touch("nav.home").take(b.Identified(visitor.state.visit.requests, SOMEBODY))
    assert visitor.step == Home()
    assert visitor.state.visit.identified is None


@pytest.mark.parametrize("way", ["nav.home", "nav.back"])
def test_whoever_leaves_takes_the_question_back(way: str) -> None:
    visitor = Visitor().at_reader()
    request = visitor.request
    assert b.StopReading(request) in visitor.touch(way).sent
    assert visitor.step == Home()


def test_no_card_is_no_sign_of_life() -> None:
    visitor = Visitor().at_reader().take(m.TimerRang("idle"))
    assert visitor.state.visit.overlay is Overlay.IDLE
    old = visitor.request
    visitor.take(b.CardSilent(old))
    assert visitor.state.visit.overlay is Overlay.IDLE
    assert visitor.sent == [b.StopReading(old), b.ReadCard(visitor.request)]
    visitor.take(m.TimerRang("reset"))
    assert visitor.step == Home()


def test_nothing_of_a_person_is_left_when_they_go() -> None:
    visitor = Visitor().known().touch("nav.home")
    assert visitor.state.visit.identified is None
    assert visitor.step == Home()
    assert visitor.touch("home.booklet").step == LayCard(visitor.request), "asked anew"


def test_who_has_said_who_they_are_is_not_asked_again_in_the_same_visit() -> None:
    visit = replace(HOME.visit, identified=SOMEBODY)
    visitor = Visitor(replace(HOME, visit=visit)).at_reader()
    assert visitor.step == ConfirmGoods(BOOKLET)
    assert visitor.sent == []


@pytest.mark.parametrize("event", [m.UnknownScanned(), m.PaymentCodeScanned(), m.SlipScanned("x")])
def test_other_codes_are_said_to_be_others(event: m.VisitEvent) -> None:
    visitor = Visitor().at_reader()
    request = visitor.request
    visitor.take(event)
    assert visitor.step == LayCard(trouble=CardTrouble.OTHER_CODE)
    assert visitor.sent == [b.StopReading(request)]


def test_a_reader_that_goes_while_somebody_waits() -> None:
    visitor = Visitor().at_reader().take(m.DeviceChanged("id_reader", GONE))
    assert visitor.step == LayCard(visitor.request, card=False), "a code will do"
    visitor.take(m.DeviceChanged("id_reader", READY))
    assert visitor.step == LayCard(visitor.request, card=True)
    visitor.take(m.DeviceChanged("id_reader", GONE), m.DeviceChanged("scanner", GONE))
    assert visitor.step == OutOfService("id_reader:no_answer")


@pytest.mark.parametrize(
    ("role", "reason", "said"),
    [
        ("booklet_dispenser", "empty", "booklet_dispenser:empty"),
        ("booklet_dispenser", "jammed", "booklet_dispenser:jammed"),
        ("booklet_dispenser", "bin_full", "booklet_dispenser:bin_full"),
        ("booklet_register", "broken", "booklet_register:broken"),
        ("receipt_printer", "paper_out", "receipt_printer"),
    ],
)
def test_what_is_missing_is_said_before_anybody_begins(role: str, reason: str, said: str) -> None:
    state = sb.without(HOME, role, reason)
    assert trouble(state) == said
    assert Visitor(state).at_reader().step == OutOfService(said)


def test_no_way_of_paying_is_needed_and_no_scanner() -> None:
    devices = {**HOME.devices, **dict.fromkeys(("terminal", "wechat", "alipay", "scanner"), GONE)}
    assert trouble(replace(HOME, devices=devices)) == ""


def test_a_dispenser_whose_last_booklet_nobody_knows_about_gives_none() -> None:
    order = sb.bought(BOOKLET, sb.gave(Delivery.NO_ANSWER), means=sb.GIFT)
    state = replace(HOME, orders={order.id: order})
    assert trouble(state) == "held:booklet_dispenser"


def test_a_cabin_without_booklets_offers_none() -> None:
    visitor = Visitor(sb.here(s.at(Home()), s.RULES)).at_reader()
    assert visitor.step == Home()


def test_a_person_shows_nothing_of_themselves() -> None:
    shown = repr(Person("王*", 3, "ab" * 32))
    assert "王" not in shown
    assert "abab" not in shown


@pytest.mark.parametrize(
    ("weekday", "now", "title"),
    [(2, "09:00", "b"), (2, "09:30", "b"), (2, "09:31", "c"), (3, "09:00", "a"), (6, "23:59", "a")],
)
def test_todays_notice_goes_before_the_first(weekday: int, now: str, title: str) -> None:
    notices = (
        Notice("a", "always"),
        Notice("b", "lesson", 2, "09:30"),
        Notice("c", "all day", 2),
    )
    found = newest(notices, weekday, now)
    assert found is not None
    assert found.title == title
    assert newest((), weekday, now) is None
