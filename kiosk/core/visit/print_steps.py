"""From the home screen to the pages that are to be confirmed: which file, which pages, how. Pure.

From there on pages are goods like any other (``goods_steps``).
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import guards
from kiosk.core.print_price import PrintRule
from kiosk.core.printing import DOCUMENT_PRINTER, RELAY, PrintChoice, PrintShop, goods_of
from kiosk.core.state import Level, State
from kiosk.core.visit import copying
from kiosk.core.visit import print_messages as p
from kiosk.core.visit.common import (
    Moved,
    go,
    held_up,
    leave,
    next_request,
    order_at_screen,
    stay,
)
from kiosk.core.visit.messages import Ring, Touched, VisitCommand
from kiosk.core.visit.print_choices import (
    PRINT_WAITS,
    AwaitUpload,
    ChangePrint,
    ChooseFile,
    ChooseFileSource,
    ChooseOriginal,
    ChoosePages,
    LayOriginal,
    LookAtFile,
    OpeningFile,
    PreparingPrint,
    PrintStep,
    Scanning,
    TakeOriginal,
)
from kiosk.core.visit.steps import ConfirmGoods, OutOfService

POLL = "print.poll"
POLL_S = 1.5
ROWS = 4
"""So many files of a stick are on the screen at once."""
PRINTER_SAYS_NO = "printer_says_no"
MADE_OF = {
    (False, False): "黑白打印 单面",
    (False, True): "黑白打印 双面",
    (True, False): "彩色打印 单面",
    (True, True): "彩色打印 双面",
}
"""Colour, both sides → the name of the goods, in the books and on paper."""


def enter(state: State) -> Moved:
    """From the home screen."""
    if state.rules.printing is None:
        return stay(state)
    reason = trouble(state)
    return go(state, OutOfService(reason) if reason else ChooseFileSource())


def trouble(state: State) -> str:
    """Why nothing is printed just now, as ``guards.goods_trouble``; empty if it is."""
    shop = state.rules.printing
    free = shop is not None and (shop.rule.free_pages > 0 or not shop.rule.black_fen)
    return guards.goods_trouble(state, DOCUMENT_PRINTER, free=free)


def phone_lost(state: State) -> bool:
    """True once the relay has been tried and didn't answer. No money waits for it, so one that
    nobody has asked yet is worth a try.
    """
    return state.device(RELAY).level is Level.UNAVAILABLE


def touched(state: State, touch: Touched) -> Moved:
    """Something on one of the screens of printing was touched."""
    shop, reason = state.rules.printing, trouble(state)
    if isinstance(state.visit.step, TakeOriginal):
        return copying.touched(state, touch)  # whatever became of the printer meanwhile
    if shop is None or reason:
        return go(state, OutOfService(reason or DOCUMENT_PRINTER))
    match state.visit.step:
        case ChooseFileSource():
            return _touched_source(state, touch, shop)
        case ChooseFile() as step:
            return _touched_stick(state, touch, step)
        case LookAtFile():
            return _touched_look(state, touch)
        case ChangePrint():
            return _touched_change(state, touch, shop)
        case ChoosePages():
            return _touched_pages(state, touch, shop.rule)
        case ChooseOriginal() | LayOriginal():
            return copying.touched(state, touch)
        case _:
            return stay(state)


def _touched_source(state: State, touch: Touched, shop: PrintShop) -> Moved:
    state, number = next_request(state)
    if touch.target == "print.phone" and shop.phone and not phone_lost(state):
        return go(state, AwaitUpload(number), p.OpenCode(number))
    if touch.target == "print.stick" and shop.stick:
        return go(state, ChooseFile(number), p.ReadStick(number))
    if touch.target == "print.copy" and not copying.trouble(state):
        return go(state, ChooseOriginal())
    return stay(state)


def _touched_stick(state: State, touch: Touched, step: ChooseFile) -> Moved:
    files = step.files or ()
    match touch.target:
        case "print.file":
            index = int(touch.value)
            if not 0 <= index < len(files):
                return stay(state)
            state, number = next_request(state)
            return go(state, OpeningFile(number), p.OpenStickFile(number, index))
        case "print.files_on" if step.top + ROWS < len(files):
            return go(state, replace(step, top=step.top + ROWS))
        case "print.files_back" if step.top:
            return go(state, replace(step, top=max(0, step.top - ROWS)))
        case _:
            return stay(state)


def _touched_look(state: State, touch: Touched) -> Moved:
    choice = state.visit.document
    if choice is None:
        return stay(state)
    match touch.target:
        case "print.previous" if choice.shown > 1:
            return _turn(state, choice, choice.shown - 1)
        case "print.next" if choice.shown < choice.pages:
            return _turn(state, choice, choice.shown + 1)
        case "print.change":
            return go(state, ChangePrint())
        case "print.go":
            return _prepare(state, choice)
        case _:
            return stay(state)


def _turn(state: State, choice: PrintChoice, page: int) -> Moved:
    state, number = next_request(state)
    choice = replace(choice, shown=page, picture=0, request=number)
    return _with(state, choice), (p.DrawPage(number, page),)


def _prepare(state: State, choice: PrintChoice) -> Moved:
    state, number = next_request(state)
    job = p.PrepareJob(
        number, choice.first, choice.last, choice.copies, choice.both_sides, choice.colour
    )
    return go(_with(state, replace(choice, trouble="")), PreparingPrint(number), job)


def _touched_change(state: State, touch: Touched, shop: PrintShop) -> Moved:
    choice = state.visit.document
    if choice is None:
        return stay(state)
    match touch.target:
        case "print.pages" if choice.pages > 1:
            return go(state, ChoosePages())
        case "print.copies_less" if choice.copies > 1:
            choice = replace(choice, copies=choice.copies - 1)
        case "print.copies_more" if choice.copies < shop.rule.max_copies:
            choice = replace(choice, copies=choice.copies + 1)
        case "print.sides" if shop.both_sides:
            choice = replace(choice, both_sides=not choice.both_sides)
        case "print.colour" if shop.colour:
            choice = replace(choice, colour=not choice.colour)
        case "print.changed":
            return go(state, LookAtFile())
        case _:
            return stay(state)
    return _with(state, replace(choice, trouble="")), ()


def _touched_pages(state: State, touch: Touched, rule: PrintRule) -> Moved:
    choice = state.visit.document
    if choice is None:
        return stay(state)
    first, last = choice.first, choice.last
    match touch.target:
        case "print.all":
            return go(_from_to(state, choice, 1, most(rule, choice.pages)), LookAtFile())
        case "print.this":
            return go(_from_to(state, choice, choice.shown, choice.shown), LookAtFile())
        case "print.first_less" if first > 1:
            return _from_to(state, choice, first - 1, min(last, first - 2 + rule.max_pages)), ()
        case "print.first_more" if first < choice.pages:
            return _from_to(state, choice, first + 1, max(last, first + 1)), ()
        case "print.last_less" if last > 1:
            return _from_to(state, choice, min(first, last - 1), last - 1), ()
        case "print.last_more" if last < choice.pages:
            return _from_to(state, choice, max(first, last + 2 - rule.max_pages), last + 1), ()
        case "print.pages_chosen":
            return go(state, LookAtFile())
        case _:
            return stay(state)


def most(rule: PrintRule, pages: int) -> int:
    """The last page that is printed if all are wanted."""
    return min(pages, rule.max_pages)


def _from_to(state: State, choice: PrintChoice, first: int, last: int) -> State:
    return _with(state, replace(choice, first=first, last=last, trouble=""))


def _with(state: State, choice: PrintChoice | None) -> State:
    return replace(state, visit=replace(state.visit, document=choice))


def _at(state: State, step: PrintStep) -> State:
    """The step goes on behind whatever lies over it."""
    return replace(state, visit=replace(state.visit, step=step))


def polled(state: State) -> Moved:
    """Time to ask again."""
    match state.visit.step:
        case AwaitUpload(request=number, url=url) if url:
            return state, (p.AskPhone(number),)
        case ChooseFile(request=number, files=files) if not files:
            return state, (p.ReadStick(number),)
        case _:
            return stay(state)


def heard(state: State, event: p.PrintEvent) -> Moved:
    """Something was heard of the file; of an older question nothing is wanted any more."""
    step, choice = state.visit.step, state.visit.document
    again: tuple[VisitCommand, ...] = (Ring(POLL, POLL_S),)
    drawing = choice is not None and choice.request == event.request
    if getattr(step, "request", 0) != event.request and not drawing:
        return stay(state)
    if isinstance(step, Scanning):
        return copying.heard(state, step, event)
    match event, step:
        case p.CodeReady(), AwaitUpload():
            return _at(state, replace(step, url=event.url)), again
        case p.PhoneHeard(), AwaitUpload():
            return _at(state, replace(step, receiving=event.receiving)), again
        case p.FileArrived(), AwaitUpload():
            state, number = next_request(state)
            return go(state, OpeningFile(number), p.OpenUpload(number))
        case p.StickRead(), ChooseFile():
            found = ChooseFile(step.request, event.files, event.more, 0, event.unread)
            return _at(state, found), () if event.files else again
        case p.FileOpened(), OpeningFile():
            return _opened(state, event)
        case p.PageDrawn(page=page), _ if choice is not None and choice.shown == page:
            return _with(state, replace(choice, picture=event.picture)), ()
        case p.JobReady(), PreparingPrint():
            return _ready(state, event)
        case p.PrintTrouble(), _:
            return _troubled(state, event)
        case _:
            return stay(state)


def _opened(state: State, event: p.FileOpened) -> Moved:
    shop = state.rules.printing
    if shop is None:
        return stay(state)
    last = most(shop.rule, event.pages)
    choice = PrintChoice(event.name, event.pages, picture=event.picture, last=last)
    return go(_with(state, choice), LookAtFile())


def _ready(state: State, event: p.JobReady) -> Moved:
    choice, shop = state.visit.document, state.rules.printing
    if choice is None or shop is None:
        return stay(state)
    name = MADE_OF[choice.colour, choice.both_sides]
    return go(state, ConfirmGoods(goods_of(shop.rule, choice, event.file, name)))


def _troubled(state: State, event: p.PrintTrouble) -> Moved:
    """What the printer doesn't take can be asked otherwise; a file that fails is let go."""
    choice = state.visit.document
    if event.code == PRINTER_SAYS_NO and choice is not None:
        return go(_with(state, replace(choice, trouble=event.code)), LookAtFile())
    return _forget(state, ChooseFileSource(event.code))


def _forget(state: State, step: PrintStep) -> Moved:
    return go(_with(state, None), step, Ring(POLL, 0), p.ForgetFile())


def back(state: State) -> Moved:
    """返回: one question back."""
    match state.visit.step:
        case AwaitUpload() | ChooseFile() | OpeningFile() | LookAtFile():
            return _forget(state, ChooseFileSource())
        case LayOriginal() | Scanning():
            return _forget(state, ChooseOriginal())
        case ChooseOriginal():
            return go(state, ChooseFileSource())
        case ChangePrint() | PreparingPrint() | ConfirmGoods():
            return go(state, LookAtFile())
        case ChoosePages():
            return go(state, ChangePrint())
        case _:
            return leave(state)


def stop(state: State) -> Moved:
    """不等了: the printer can't go on, and the person doesn't want to wait for somebody to come."""
    order = order_at_screen(state)
    if order is None or not held_up(state):
        return stay(state)
    visit = replace(state.visit, progress=replace(state.visit.progress, word="stopping"))
    return replace(state, visit=visit), (p.StopPages(order.id),)


def works(state: State) -> bool:
    """True while a file is on its way or being opened: nobody is asked whether they are there."""
    step = state.visit.step
    receiving = isinstance(step, AwaitUpload) and step.receiving
    return receiving or isinstance(step, PRINT_WAITS)
