"""Copying what people bring: from 复印 to a page like any other file's. Pure.

Whoever was asked to lay something down is reminded to take it away, however the visit ends
(``common.leave``).
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.printing import SCANNER
from kiosk.core.state import Level, State
from kiosk.core.visit import print_messages as p
from kiosk.core.visit.common import ATTRACT, TAKE, TAKE_S, Moved, go, leave, next_request, stay
from kiosk.core.visit.messages import Ring, Touched
from kiosk.core.visit.print_choices import (
    SIDES,
    ChooseOriginal,
    LayOriginal,
    OpeningFile,
    Original,
    Scanning,
    TakeOriginal,
)
from kiosk.core.visit.steps import Attract, Home

COVER_OPEN, BUSY, HALF, JAMMED, GONE = "cover_open", "busy", "half", "jammed", "gone"
"""Why a scan came to nothing."""
TIMES_SAID = 5
"""请把原件拿走 is said so often; whoever hasn't heard it then has gone."""


def trouble(state: State) -> str:
    """Why nothing is copied just now, as the scanner's reason; empty if it is."""
    shop, device = state.rules.printing, state.device(SCANNER)
    if shop is None or not shop.scanner:
        return "none"
    usable = device.level.usable and device.level is not Level.BUSY
    return "" if usable else device.reason or "no_answer"


def touched(state: State, touch: Touched) -> Moved:
    """Something on one of the screens of copying was touched."""
    match state.visit.step, touch.target:
        case ChooseOriginal(), "copy.card":
            return _lay(state, LayOriginal(Original.CARD))
        case ChooseOriginal(), "copy.page":
            return _lay(state, LayOriginal(Original.PAGE))
        case LayOriginal() as step, "copy.start":
            state, number = next_request(state)
            scanning = Scanning(number, step.original, step.side)
            return go(state, scanning, p.ScanSide(number, step.original, step.side))
        case TakeOriginal(), "copy.taken":
            return leave(state)
        case _:
            return stay(state)


def _lay(state: State, step: LayOriginal) -> Moved:
    return go(replace(state, visit=replace(state.visit, original=True)), step)


def heard(state: State, step: Scanning, event: p.PrintEvent) -> Moved:
    """The scanner has said something of the side that lies there."""
    match event:
        case p.ScanProgressed(percent=percent):
            visit = replace(state.visit, step=replace(step, percent=percent))
            return replace(state, visit=visit), ()
        case p.SideScanned() if step.side < SIDES[step.original]:
            return go(state, LayOriginal(step.original, step.side + 1))
        case p.SideScanned():
            state, number = next_request(state)
            return go(state, OpeningFile(number), p.MakeCopy(number, step.original))
        case p.PrintTrouble(code=code):
            return go(state, LayOriginal(step.original, step.side, code))
        case _:
            return stay(state)


def left_behind(state: State) -> Moved:
    """The kiosk was killed while somebody copied, and has just been started again."""
    visit = replace(state.visit, original=True)
    if not isinstance(visit.step, Home | Attract):
        return replace(state, visit=visit), ()
    return replace(state, visit=visit.next(TakeOriginal())), (Ring(ATTRACT, 0), Ring(TAKE, TAKE_S))


def rang(state: State, step: TakeOriginal) -> Moved:
    """Nobody has touched 拿走了: say it again, and in the end go home."""
    if step.said >= TIMES_SAID:
        return leave(state, stays=False)
    visit = replace(state.visit, step=TakeOriginal(step.said + 1), again=state.visit.again + 1)
    return replace(state, visit=visit), (Ring(TAKE, TAKE_S),)
