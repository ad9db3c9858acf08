"""A visit's one decision: what happened in, what is shown and wanted out. Pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import guards
from kiosk.core.goods import Ware
from kiosk.core.state import State
from kiosk.core.visit import (
    bill_steps,
    booklet_steps,
    call_steps,
    class_decide,
    clinic_common,
    clinic_decide,
    clinic_outcome,
    copying,
    goods_steps,
    pay_steps,
    print_steps,
    rice_steps,
    ringing,
    sound,
    staff,
)
from kiosk.core.visit import booklet_messages as b
from kiosk.core.visit import messages as m
from kiosk.core.visit.booklet import HadBooklet, LayCard
from kiosk.core.visit.class_messages import ClassEvent
from kiosk.core.visit.class_steps import ClassStep
from kiosk.core.visit.clinic_messages import ClinicEvent, TokenScanned
from kiosk.core.visit.clinic_steps import ClinicMeasuring, ClinicStep
from kiosk.core.visit.common import (
    ATTRACT,
    IDLE,
    RESET,
    Moved,
    go,
    leave,
    may_leave,
    next_request,
    order_at_screen,
    stay,
)
from kiosk.core.visit.print_choices import PrintStep
from kiosk.core.visit.print_messages import OriginalLeft, PrintEvent
from kiosk.core.visit.rice_choices import (
    ChooseRice,
    ChooseRiceAmount,
    ChooseRiceLevel,
    ChooseRiceWeight,
)
from kiosk.core.visit.sign_in_steps import SignIn
from kiosk.core.visit.steps import (
    AtOrder,
    Attract,
    BillList,
    CallPerson,
    CheckGoods,
    ChooseInstitution,
    ChooseTopUp,
    Confirm,
    ConfirmGoods,
    EnterAccount,
    FindSlip,
    FoundOrder,
    Home,
    Looking,
    Note,
    NoteCode,
    OutOfService,
    Overlay,
    Rechecking,
    ScanBill,
)
from kiosk.core.visit.tech_base import TechStep
from kiosk.core.visit.view import may_call, screen_below

PAYING = Rechecking | AtOrder | Confirm | ConfirmGoods
"""Steps at which a code that is held to the reader does nothing but perhaps say where it goes."""


def decide(state: State, event: m.VisitEvent) -> Moved:
    """Return the state after ``event`` and the commands it gives."""
    after, commands = _decide(state, event)
    if staff.wanted(after):
        after, more = _awake(*staff.let_in(after))
        commands = (*commands, *more)
    return after, (
        *booklet_steps.let_go(state, after),
        *staff.let_go(state, after, event),
        *commands,
    )


def _decide(state: State, event: m.VisitEvent) -> Moved:
    match event:
        case m.Touched():
            return _awake(*_touched(state, event))
        case m.BillScanned() | m.SlipScanned() | m.PaymentCodeScanned() | m.UnknownScanned():
            return _awake(*_scanned(state, event))
        case ClassEvent():
            return class_decide.happened(state, event)
        case TokenScanned():
            return _awake(*clinic_decide.happened(state, event))
        case ClinicEvent():
            return clinic_decide.happened(state, event)
        case m.AccountFound() | m.AccountRefused() | m.AccountSilent():
            return _account(state, event)
        case m.PrinterAnswered():
            if isinstance(state.visit.step, CheckGoods):
                return goods_steps.printer_answered(state, event)
            return pay_steps.printer_answered(state, event)
        case m.GoodsProgressed():
            return goods_steps.progressed(state, event)
        case PrintEvent():
            return print_steps.heard(state, event)
        case OriginalLeft():
            return copying.left_behind(state)
        case m.StaffEvent():
            return staff.happened(state, event)
        case b.CardSilent():
            return booklet_steps.happened(state, event)
        case b.CardEvent():
            return _awake(*booklet_steps.happened(state, event))
        case m.OrderFound():
            return _order_found(state, event)
        case m.OfficeNotTold():
            step = state.visit.step
            if not isinstance(step, CallPerson):
                return stay(state)
            return go(state, CallPerson(failed=True, before=step.before))
        case m.TimerRang():
            return ringing.rang(state, event.name)
        case m.InstitutionsKnown():
            return replace(state, institutions=event.institutions), ()
        case m.DeviceChanged():
            devices = {**state.devices, event.role: event.device}
            changed = replace(state, devices=devices)
            if isinstance(state.visit.step, ClinicStep):
                return clinic_decide.device_changed(changed, event)
            return booklet_steps.machine_changed(state, changed)
        case m.ClockTurned():
            return replace(state, face=event.face, paid_today_fen=event.paid_today_fen), ()
        case m.JournalChanged():
            return replace(state, journal_trouble=event.trouble), ()
        case _:
            raise TypeError(f"unknown event {type(event).__name__}")


def _awake(state: State, commands: tuple[m.VisitCommand, ...]) -> Moved:
    """Somebody is here: measure the quiet anew."""
    if isinstance(state.visit.step, ClassStep):
        return state, (*commands, m.Ring(ATTRACT, 0))  # a class has a patience of its own
    if isinstance(state.visit.step, Home):
        quiet = m.Ring(IDLE, 0), m.Ring(ATTRACT, state.rules.attract_after_s)
        return state, (m.Ring(RESET, 0), *commands, *quiet)
    return state, (*commands, m.Ring(ATTRACT, 0), m.Ring(IDLE, staff.patience_s(state)))


def _touched(state: State, touch: m.Touched) -> Moved:
    visit = state.visit
    if isinstance(visit.step, Attract):
        # The touch that wakes the screen does nothing else (R21).
        return go(state, Home())
    if touch.target == m.STOP:
        return clinic_decide.stop(state)
    if touch.target == m.KNOCK:
        return staff.knocked(state)
    if visit.overlay is not Overlay.NONE:
        return _touched_overlay(state, touch)
    if touch.target.startswith("nav."):
        return _touched_bar(state, touch.target)
    match visit.step:
        case Home():
            return _touched_home(state, touch)
        case ScanBill():
            return bill_steps.touched_scan(state, touch)
        case ChooseInstitution():
            return bill_steps.touched_institution(state, touch)
        case EnterAccount():
            return bill_steps.touched_account(state, touch, visit.step)
        case BillList():
            return bill_steps.touched_list(state, touch)
        case ChooseTopUp():
            return bill_steps.touched_topup(state, touch, visit.step)
        case Confirm():
            return pay_steps.touched_confirm(state, touch, visit.step)
        case ConfirmGoods():
            return goods_steps.touched_confirm(state, touch, visit.step)
        case step if isinstance(step, PrintStep):
            return print_steps.touched(state, touch)
        case AtOrder() if touch.target == "pages.stop":
            return print_steps.stop(state)
        case LayCard() | HadBooklet():
            return booklet_steps.touched(state, touch, visit.step)
        case ChooseRice() | ChooseRiceAmount() | ChooseRiceWeight() | ChooseRiceLevel():
            return rice_steps.touched(state, touch)
        case AtOrder():
            return pay_steps.touched_order(state, touch)
        case FoundOrder():
            return leave(state) if touch.target == "found.done" else stay(state)
        case CallPerson():
            return call_steps.touched(state, touch)
        case OutOfService() if touch.target == "service.call_person":
            return go(state, CallPerson(before=visit.step))
        case step if isinstance(step, ClinicStep):
            return clinic_decide.touched(state, touch)
        case SignIn() | TechStep():
            return staff.touched(state, touch)
        case step if isinstance(step, ClassStep):
            return class_decide.touched(state, touch, step)
        case _:
            return stay(state)


def _touched_overlay(state: State, touch: m.Touched) -> Moved:
    if touch.target == "idle.leave" and state.visit.overlay is Overlay.IDLE:
        return leave(state, stays=False)
    if touch.target.startswith("sound.") and state.visit.overlay is Overlay.SOUND:
        return sound.touched(state, touch.target)
    if touch.target in ("idle.stay", "help.close", "nav.back", "nav.help"):
        return ringing.cover(state, Overlay.NONE), (m.Ring(RESET, 0),)
    if touch.target == "help.call_person" and may_call(state):
        return go(state, CallPerson(before=state.visit.step))
    if touch.target == "nav.home" and may_leave(state):
        return leave(state)
    return stay(state)


def _touched_bar(state: State, target: str) -> Moved:
    match target:
        case "nav.help" if isinstance(state.visit.step, ClinicMeasuring):
            return clinic_decide.help_beside_stop(state, state.visit.step)
        case "nav.help":
            return ringing.cover(state, Overlay.HELP), ()
        case "nav.sound" if state.rules.volume_steps:
            return ringing.cover(state, Overlay.SOUND), ()
        case "nav.language" if isinstance(state.visit.step, Home):
            return sound.other_language(state)
        case "nav.lower":
            visit = replace(state.visit, lower=not state.visit.lower)
            return replace(state, visit=visit), ()
        case "nav.home" if may_leave(state):
            return leave(state)
        case "nav.back" if isinstance(state.visit.step, CallPerson):
            return _back(state)
        case "nav.back" if may_leave(state):
            return _back(state)
        case _:
            return stay(state)


def _back(state: State) -> Moved:
    match state.visit.step:
        case ChooseInstitution() | EnterAccount() | Looking() | Confirm() | ChooseTopUp():
            return bill_steps.back(state)
        case BillList():
            return bill_steps.back(state)
        case Rechecking():
            return go(state, Confirm(state.visit.step.bills))
        case CheckGoods(goods=goods):
            return go(state, ConfirmGoods(goods))
        case ConfirmGoods(goods=goods) if goods.ware is Ware.PAGES:
            return print_steps.back(state)
        case step if isinstance(step, PrintStep):
            return print_steps.back(state)
        case ConfirmGoods(goods=goods) if goods.ware is Ware.RICE:
            return rice_steps.back_from(state, goods)
        case ChooseRiceAmount() | ChooseRiceWeight() | ChooseRiceLevel():
            return rice_steps.back(state)
        case CallPerson(before=before) if before is not None:
            return go(state, before)
        case ScanBill() if state.visit.accounts:
            return go(state, BillList())
        case SignIn():
            return staff.back(state)
        case step if isinstance(step, ClassStep):
            return class_decide.back(state, step)
        case step if isinstance(step, ClinicStep):
            return clinic_decide.back(state)
        case _:
            return leave(state)


def _touched_home(state: State, touch: m.Touched) -> Moved:
    match touch.target:
        case "home.pay_bill":
            return bill_steps.enter(state)
        case "home.clinic" if not clinic_common.trouble(state):
            return clinic_decide.enter(state)
        case "home.booklet" if state.rules.booklet is not None:
            return booklet_steps.enter(state)
        case "home.find_slip":
            return go(state, FindSlip())
        case "home.print":
            return print_steps.enter(state)
        case "home.rice":
            return rice_steps.enter(state)
        case "home.call_person":
            return go(state, CallPerson())
        case _:
            return stay(state)


def _scanned(state: State, event: m.VisitEvent) -> Moved:
    """A code is never acted on while money moves or a question is under way."""
    step = state.visit.step
    if isinstance(event, m.PaymentCodeScanned) and isinstance(step, PAYING):
        return pay_steps.scanned(state)
    if isinstance(step, AtOrder) and screen_below(state) == "result" and not _misled(event):
        # This one is over; the same person, or the next, begins with the next.
        state, gone = leave(state)
        state, commands = _scanned(state, event)
        return state, (*gone, *commands)
    deaf = Looking | CheckGoods | PAYING | PrintStep | SignIn | TechStep | ClassStep
    if isinstance(step, deaf) or order_at_screen(state):
        return stay(state)
    if isinstance(step, ClinicStep):
        return clinic_outcome.scanned_something_else(state)
    if isinstance(step, LayCard | HadBooklet):
        return booklet_steps.other_code(state)
    if isinstance(step, Attract):
        state, _ = go(state, Home())
    state = ringing.cover(state, Overlay.NONE)
    match event:
        case m.BillScanned():
            return bill_steps.scanned(state, event)
        case m.SlipScanned():
            state, request = next_request(state)
            return go(state, FindSlip(request), m.FindOrder(request, event.order_id))
        case _:
            return _misread(state, event)


def _misled(event: m.VisitEvent) -> bool:
    return not isinstance(event, m.BillScanned | m.SlipScanned)


def _misread(state: State, event: m.VisitEvent) -> Moved:
    payment_code = isinstance(event, m.PaymentCodeScanned)
    code = NoteCode.PAYMENT_CODE_HERE if payment_code else NoteCode.UNKNOWN_CODE
    if isinstance(state.visit.step, FindSlip):
        slip = NoteCode.PAYMENT_CODE_HERE if payment_code else NoteCode.NOT_A_SLIP
        return go(state, FindSlip(note=Note(slip)))
    if guards.trouble(state) and not payment_code:
        return bill_steps.enter(state)
    return bill_steps.not_read(state, Note(code))


def _account(state: State, event: m.AccountFound | m.AccountRefused | m.AccountSilent) -> Moved:
    if isinstance(state.visit.step, Rechecking):
        return pay_steps.rechecked(state, event)
    if isinstance(event, m.AccountFound):
        return bill_steps.found(state, event)
    return bill_steps.refused(state, event)


def _order_found(state: State, event: m.OrderFound) -> Moved:
    step = state.visit.step
    if not isinstance(step, FindSlip) or step.request != event.request:
        return stay(state)
    if event.order is None:
        code = NoteCode.NO_SUCH_ORDER if event.sure else NoteCode.BOOKS_CLOSED
        return go(state, FindSlip(note=Note(code)))
    return go(state, FoundOrder(event.order))
