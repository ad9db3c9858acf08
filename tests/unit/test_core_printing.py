"""Printing's steps: what is chosen, what it costs, what is asked of the outside. Pure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.core.goods import Goods, Ware
from kiosk.core.print_price import Asked, PagePrice, PrintRule
from kiosk.core.printing import (
    DOCUMENT_PRINTER,
    RELAY,
    PrintChoice,
    PrintShop,
    goods_of,
    price_of,
)
from kiosk.core.state import Device, Level, State
from kiosk.core.visit import messages as m
from kiosk.core.visit import print_messages as p
from kiosk.core.visit.decide import decide
from kiosk.core.visit.print_choices import (
    AwaitUpload,
    ChangePrint,
    ChooseFile,
    ChooseFileSource,
    ChoosePages,
    LookAtFile,
    OpeningFile,
    PreparingPrint,
    StickFile,
)
from kiosk.core.visit.print_steps import POLL, PRINTER_SAYS_NO, ROWS
from kiosk.core.visit.steps import ConfirmGoods, Home, OutOfService, Overlay
from tests.support import states as s
from tests.support.states_print import FILES, REPORT, STATES, printing

RULE = PrintRule(back_off_fen=5)


class Desk:
    """A visit, touched and told; ``said`` are the commands of the last event, without timers."""

    def __init__(self, state: State | None = None) -> None:
        self.state = state or printing(s.at(Home()))
        self.said: list[m.VisitCommand] = []

    def hear(self, event: m.VisitEvent) -> Desk:
        self.state, commands = decide(self.state, event)
        self.said = [x for x in commands if not isinstance(x, m.Ring)]
        self.rings = [x for x in commands if isinstance(x, m.Ring)]
        return self

    def touch(self, target: str, value: str = "") -> Desk:
        return self.hear(m.Touched(target, value))

    @property
    def step(self) -> object:
        return self.state.visit.step

    @property
    def choice(self) -> PrintChoice:
        assert self.state.visit.document is not None
        return self.state.visit.document


def opened(pages: int = 3, shop: PrintShop | None = None) -> Desk:
    """A file from a phone is open."""
    desk = Desk()
    if shop is not None:
        desk = Desk(printing(s.at(Home()), shop))
    desk.touch("home.print").touch("print.phone")
    (asked,) = desk.said
    assert isinstance(asked, p.OpenCode)
    desk.hear(p.CodeReady(asked.request, "https://x/u/1"))
    desk.hear(p.FileArrived(asked.request))
    (wanted,) = desk.said
    assert isinstance(wanted, p.OpenUpload)
    return desk.hear(p.FileOpened(wanted.request, "a.pdf", pages, 7))


def test_from_the_phone_to_the_open_file() -> None:
    desk = opened()
    assert isinstance(desk.step, LookAtFile)
    assert (desk.choice.pages, desk.choice.first, desk.choice.last) == (3, 1, 3)
    assert desk.choice.picture == 7


def test_answers_of_an_older_question_are_nothing() -> None:
    desk = Desk().touch("home.print").touch("print.phone")
    (first,) = desk.said
    desk.touch("nav.back").touch("print.phone")
    assert isinstance(first, p.OpenCode)
    before = desk.state
    desk.hear(p.CodeReady(first.request, "https://x/u/old"))
    assert desk.state == before


def test_the_phone_is_asked_again_and_again_whatever_lies_over_the_screen() -> None:
    desk = Desk(STATES["print_upload"]).hear(m.TimerRang(POLL))
    assert desk.said == [p.AskPhone(1)]
    visit = replace(desk.state.visit, overlay=Overlay.HELP)
    desk = Desk(replace(desk.state, visit=visit)).hear(p.PhoneHeard(1, receiving=True))
    assert desk.state.visit.overlay is Overlay.HELP
    assert desk.step == AwaitUpload(1, STATES["print_upload"].visit.step.url, True)  # type: ignore[union-attr]
    assert [x.name for x in desk.rings] == [POLL]


def test_a_stick_is_read_until_there_is_one() -> None:
    desk = Desk().touch("home.print").touch("print.stick")
    (read,) = desk.said
    assert isinstance(read, p.ReadStick)
    desk.hear(p.StickRead(read.request, None))
    assert [x.name for x in desk.rings] == [POLL]
    desk.hear(m.TimerRang(POLL))
    assert desk.said == [read]
    desk.hear(p.StickRead(read.request, FILES))
    assert desk.rings == []
    assert desk.step == ChooseFile(read.request, FILES)


def test_the_rows_of_a_long_list_and_the_file_that_is_meant() -> None:
    desk = Desk(STATES["print_files_many"]).touch("print.files_on")
    assert desk.step == ChooseFile(1, FILES, top=ROWS)
    desk.touch("print.files_on")
    assert desk.step == ChooseFile(1, FILES, top=ROWS), "there is no more"
    desk.touch("print.file", "5")
    (wanted,) = desk.said
    assert isinstance(wanted, p.OpenStickFile)
    assert wanted.index == 5
    assert isinstance(desk.step, OpeningFile)
    assert Desk(STATES["print_files"]).touch("print.file", "99").said == []


def test_pages_are_turned_and_a_late_picture_of_another_page_is_not_shown() -> None:
    desk = opened().touch("print.next")
    (second,) = desk.said
    desk.touch("print.next")
    (third,) = desk.said
    assert isinstance(second, p.DrawPage)
    assert isinstance(third, p.DrawPage)
    desk.hear(p.PageDrawn(second.request, 2, 8))
    assert (desk.choice.shown, desk.choice.picture) == (3, 0)
    desk.hear(p.PageDrawn(third.request, 3, 9))
    assert desk.choice.picture == 9
    assert desk.touch("print.next").said == [], "it was the last one"


@pytest.mark.parametrize(
    ("touches", "first", "last"),
    [
        (("print.all",), 1, 9),
        (("print.this",), 1, 1),
        (("print.first_more", "print.pages_chosen"), 2, 9),
        (("print.last_less", "print.last_less", "print.pages_chosen"), 1, 7),
        (("print.first_more",) * 9, 9, 9),
        (("print.last_less",) * 9, 1, 1),
        (("print.last_less",) * 9 + ("print.last_more",), 1, 2),
        (("print.first_less", "print.last_more"), 1, 9),
    ],
)
def test_pages_are_chosen_without_typing(touches: tuple[str, ...], first: int, last: int) -> None:
    desk = opened(9).touch("print.change").touch("print.pages")
    assert isinstance(desk.step, ChoosePages)
    for target in touches:
        desk.touch(target)
    assert (desk.choice.first, desk.choice.last) == (first, last)


def test_no_more_pages_at_once_than_the_rule_allows() -> None:
    desk = opened(80)
    assert (desk.choice.first, desk.choice.last) == (1, 50)
    desk.touch("print.change").touch("print.pages").touch("print.last_more")
    assert (desk.choice.first, desk.choice.last) == (2, 51)
    for _ in range(100):
        desk.touch("print.last_more")
        assert desk.choice.last - desk.choice.first < 50
    assert desk.choice.last == 80
    for _ in range(100):
        desk.touch("print.first_less")
        assert desk.choice.last - desk.choice.first < 50
    assert desk.choice.first == 1


def test_copies_sides_and_colour_have_their_limits() -> None:
    desk = opened().touch("print.change").touch("print.copies_less")
    assert desk.choice.copies == 1
    for _ in range(20):
        desk.touch("print.copies_more")
    assert desk.choice.copies == 10
    desk.touch("print.sides").touch("print.colour")
    assert (desk.choice.both_sides, desk.choice.colour) == (True, True)
    few = PrintShop(RULE, both_sides=False, colour=False)
    desk = opened(shop=few).touch("print.change").touch("print.sides").touch("print.colour")
    assert (desk.choice.both_sides, desk.choice.colour) == (False, False)


def test_what_is_confirmed_is_what_was_chosen() -> None:
    desk = opened().touch("print.change").touch("print.sides").touch("print.copies_more")
    desk.touch("print.changed").touch("print.go")
    (job,) = desk.said
    assert isinstance(job, p.PrepareJob)
    assert (job.first, job.last, job.copies, job.both_sides, job.colour) == (1, 3, 2, True, False)
    assert isinstance(desk.step, PreparingPrint)
    desk.hear(p.JobReady(job.request, "abc"))
    assert isinstance(desk.step, ConfirmGoods)
    goods = desk.step.goods
    assert (goods.units, goods.total_fen, goods.setting("file")) == (6, 110, "abc")
    assert desk.touch("nav.back").step == LookAtFile()


def test_what_the_printer_refuses_can_be_asked_otherwise() -> None:
    desk = opened().touch("print.go")
    (job,) = desk.said
    assert isinstance(job, p.PrepareJob)
    desk.hear(p.PrintTrouble(job.request, PRINTER_SAYS_NO))
    assert isinstance(desk.step, LookAtFile)
    assert desk.choice.trouble == PRINTER_SAYS_NO
    assert desk.touch("print.change").touch("print.sides").choice.trouble == ""


def test_a_file_that_fails_is_put_away_and_another_can_be_chosen() -> None:
    desk = opened().touch("print.next")
    (drawing,) = desk.said
    assert isinstance(drawing, p.DrawPage)
    desk.hear(p.PrintTrouble(drawing.request, "too_slow"))
    assert desk.step == ChooseFileSource("too_slow")
    assert desk.said == [p.ForgetFile()]
    assert desk.state.visit.document is None


@pytest.mark.parametrize("name", ["print_upload", "print_files", "print_opening", "print_document"])
def test_back_puts_the_file_away(name: str) -> None:
    desk = Desk(STATES[name]).touch("nav.back")
    assert desk.step == ChooseFileSource()
    assert desk.said == [p.ForgetFile()]


def test_back_from_the_settings_keeps_it() -> None:
    assert Desk(STATES["print_change"]).touch("nav.back").step == LookAtFile()
    assert Desk(STATES["print_pages"]).touch("nav.back").step == ChangePrint()
    assert Desk(STATES["print_preparing"]).touch("nav.back").step == LookAtFile()


def test_whoever_leaves_is_forgotten() -> None:
    desk = Desk(STATES["print_document"]).touch("nav.home")
    assert m.VisitEnded() in desk.said
    assert desk.state.visit.document is None


def test_nothing_is_offered_while_the_printer_cannot() -> None:
    state = printing(s.at(Home()))
    down = {**state.devices, DOCUMENT_PRINTER: Device(Level.UNKNOWN, "no_answer")}
    desk = Desk(replace(state, devices=down)).touch("home.print")
    assert desk.step == OutOfService("document_printer:no_answer")
    state = STATES["print_document"]
    desk = Desk(replace(state, devices=down)).touch("print.go")
    assert isinstance(desk.step, OutOfService)


def test_a_relay_that_was_lost_is_not_asked_for_another_code() -> None:
    state = STATES["print_source_cut"]
    assert Desk(state).touch("print.phone").said == []
    back = {**state.devices, RELAY: Device(Level.READY)}
    desk = Desk(replace(state, devices=back)).touch("print.phone")
    assert isinstance(desk.step, AwaitUpload)


def test_a_stop_that_nobody_needs_does_nothing() -> None:
    assert Desk(STATES["pages_printing"]).touch("pages.stop").said == []
    desk = Desk(STATES["pages_stopped"]).touch("pages.stop")
    assert desk.said == [p.StopPages(s.ORDER_ID)]
    assert desk.state.visit.progress.word == "stopping"
    assert desk.touch("pages.stop").said == [], "once is enough"


def test_nobody_is_sent_away_while_pages_come_and_everybody_may_go_when_they_stop() -> None:
    moving = Desk(STATES["pages_printing"]).hear(m.TimerRang("idle"))
    assert moving.state.visit.overlay is Overlay.NONE
    assert moving.touch("nav.home").state.visit.step == moving.step
    still = Desk(STATES["pages_stopped"]).hear(m.TimerRang("idle"))
    assert still.state.visit.overlay is Overlay.IDLE
    assert isinstance(Desk(STATES["pages_stopped"]).touch("nav.home").step, Home)


def test_a_name_and_an_address_are_in_no_log() -> None:
    told = (repr(REPORT), repr(STATES["print_upload"].visit.step), repr(FILES[0]))
    assert all("体检报告" not in x and "https" not in x for x in told)
    assert "照片" not in repr(StickFile("a", "照片", 1))


# Prices and settlement.


def test_each_side_costs_what_the_rule_says_of_it() -> None:
    asked = Asked(3, 2, both_sides=True)
    price = PagePrice(RULE, asked)
    assert [price.fen(n) for n in range(7)] == [0, 20, 35, 55, 75, 90, 110]


def test_goods_are_worth_what_their_first_sides_cost() -> None:
    choice = replace(REPORT, copies=2, both_sides=True)
    goods = goods_of(RULE, choice, "token", "x")
    assert goods.total_fen == price_of(RULE, choice) == 110
    assert [goods.worth_fen(n) for n in (0, 1, 6, 99)] == [0, 20, 110, 110]
    free = goods_of(replace(RULE, free_pages=4), choice, "token", "x")
    assert [free.worth_fen(n) for n in (4, 5, 6)] == [0, 15, 35]


def test_a_price_that_is_not_the_total_is_no_order() -> None:
    price = PagePrice(RULE, Asked(3))
    with pytest.raises(ValueError, match="don't cost"):
        Goods(Ware.PAGES, DOCUMENT_PRINTER, "x", 3, (3,), 61, pages=price)
