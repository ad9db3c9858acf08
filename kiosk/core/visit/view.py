"""Which screen a state is shown on, and which exits it has. Pure."""

from __future__ import annotations

from kiosk.core.goods import GoodsState, Ware
from kiosk.core.order import Order, PaperState, PaymentState
from kiosk.core.state import State
from kiosk.core.visit.booklet import HadBooklet, LayCard
from kiosk.core.visit.class_steps import CLASS_SCREENS
from kiosk.core.visit.clinic_steps import CLINIC_SCREENS
from kiosk.core.visit.common import may_leave, order_at_screen, unrecorded
from kiosk.core.visit.print_choices import (
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
    Scanning,
    TakeOriginal,
)
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
    OutOfService,
    Overlay,
    Rechecking,
    ScanBill,
)
from kiosk.core.visit.tech_base import TechStep

SCREENS: dict[type, str] = {
    Home: "home",
    Attract: "attract",
    ScanBill: "bill",
    ChooseInstitution: "institution",
    EnterAccount: "account",
    Looking: "looking",
    BillList: "bills",
    ChooseTopUp: "topup",
    Confirm: "confirm",
    Rechecking: "looking",
    ConfirmGoods: "confirm_goods",
    CheckGoods: "looking",
    FindSlip: "find",
    FoundOrder: "found",
    CallPerson: "call",
    OutOfService: "out_of_service",
    ChooseFileSource: "print_source",
    AwaitUpload: "print_upload",
    ChooseFile: "print_files",
    OpeningFile: "looking",
    LookAtFile: "print_document",
    ChangePrint: "print_change",
    ChoosePages: "print_pages",
    PreparingPrint: "looking",
    ChooseOriginal: "print_copy",
    LayOriginal: "print_lay",
    Scanning: "print_scanning",
    TakeOriginal: "print_take",
    **CLINIC_SCREENS,
    **CLASS_SCREENS,
    LayCard: "lay_card",
    HadBooklet: "had_booklet",
    ChooseRice: "rice",
    ChooseRiceAmount: "rice_amount",
    ChooseRiceWeight: "rice_weight",
    ChooseRiceLevel: "rice_level",
}


def screen_of(state: State) -> str:
    """Return the name of the screen that shows this state, overlays included."""
    if state.visit.overlay is Overlay.HELP:
        return "help"
    if state.visit.overlay is Overlay.SOUND:
        return "sound"
    if state.visit.overlay is Overlay.IDLE:
        return "idle"
    return screen_below(state)


def screen_below(state: State) -> str:
    """Return the name of the screen without regard to overlays."""
    step = state.visit.step
    if isinstance(step, AtOrder):
        order = order_at_screen(state)
        if order is None:
            return "looking"
        if _seen_again(state, order):
            return f"{order.goods[0].goods.ware}_delivering"
        return "unknown" if unrecorded(state, order) else screen_of_order(order)
    if isinstance(step, TechStep):
        return step.screen
    if isinstance(step, SignIn):
        return "sign_in" if step.operator else "sign_in_who"
    return SCREENS[type(step)]


def _seen_again(state: State, order: Order) -> bool:
    """True if a machine that is asked what became of a booklet says where it is just now."""
    asked = any(x.checking and x.goods.ware is Ware.BOOKLET for x in order.goods)
    return asked and bool(state.visit.progress.word) and screen_of_order(order) == "pay"


def screen_of_order(order: Order) -> str:
    """The ladder of truth while something works, then the result or what is unknown.

    Goods that wait for a hand, or come out, have a screen of their kind: ``rice_ready``,
    ``pages_delivering``.
    """
    payment = order.payment.state
    if order.paper.state is PaperState.PENDING:
        return "receipt_problem"
    if payment in (PaymentState.UNKNOWN, PaymentState.NEEDS_PERSON) or order.poisoned:
        return "unknown"
    if payment is PaymentState.NOT_PAID:
        return "result"
    goods = next((x for x in order.goods if not x.at_rest), None)
    if payment is PaymentState.PAID and goods is not None:
        if goods.state is GoodsState.WAITING and goods.goods.by_hand:
            return f"{goods.goods.ware}_ready"
        if goods.state is GoodsState.DELIVERING:
            return f"{goods.goods.ware}_delivering"
        silent = goods.state is GoodsState.DELIVERY_UNKNOWN and order.paper.state is PaperState.NONE
        if silent and goods.goods.ware is Ware.RICE:
            return "rice_delivering"  # the mill goes on by itself, and opens its door
    if payment is PaymentState.PAID and order.paper.state in (
        PaperState.PRINTED,
        PaperState.SHOWN_AS_QR,
    ):
        return "pay" if order.paper.slip else "result"
    return "pay"


def may_call(state: State) -> bool:
    """Whether 请人帮忙 stands in 帮助: not where going away would leave money moving."""
    step = state.visit.step
    if isinstance(step, Home | CallPerson | Looking | Rechecking | CheckGoods):
        return False
    quiet = ("unknown", "result", "receipt_problem")
    return not isinstance(step, AtOrder) or screen_below(state) in quiet


def exits(state: State) -> tuple[bool, bool]:
    """Return whether 返回 and 首页 are there."""
    if isinstance(state.visit.step, Home | Attract | TechStep | TakeOriginal):
        return False, False  # the staff's screens have a bar of their own
    free = may_leave(state)
    if isinstance(state.visit.step, CallPerson):
        return True, free
    return free and not isinstance(state.visit.step, AtOrder), free


def offer_of(state: State) -> object:
    """What a touch could mean on this screen: if it changes, touches drawn before are stale."""
    return screen_of(state), _offered(state)


def _offered(state: State) -> object:
    step = state.visit.step
    order = order_at_screen(state)
    if order is not None and isinstance(step, AtOrder):
        goods = tuple(x.state for x in order.goods)
        return (order.id, order.payment.state, order.paper.state, goods)
    bills = tuple((x.key, x.total_fen) for x in state.visit.bills)
    listed = (
        getattr(step, "files", ()),
        getattr(step, "top", 0),
        getattr(step, "page", 0),
        getattr(step, "found", ()),
        getattr(step, "run", None),
        getattr(step, "hits", ()),
        getattr(step, "at", 0),
    )
    return (type(step), bills, getattr(step, "bills", ()), getattr(step, "goods", None), listed)
