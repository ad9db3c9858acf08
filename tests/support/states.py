"""Every screen in every variant, as synthetic states. Nothing here can be anyone's."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.bills import Account, Bill, Institution, Kind, TopUp
from kiosk.core.decide import decide
from kiosk.core.events import Charge, PaymentFacts, Posting, Printing, Refunding
from kiosk.core.means import Means, RefundBy
from kiosk.core.order import Order
from kiosk.core.state import ClockFace, Contact, Device, Level, Rules, State
from kiosk.core.visit.steps import (
    AtOrder,
    Attract,
    BillList,
    CallPerson,
    ChooseInstitution,
    ChooseTopUp,
    Confirm,
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
    Step,
    Visit,
)
from tests.support.clinic_states import RULES as CLINIC
from tests.support.clinic_states import clinic_states
from tests.support.print_shop import SHOP as PRINT
from tests.support.rice_shop import SHOP

POWER = Institution("SH-POWER", Kind.ELECTRIC, "电力", r"\d{10}", "户号是10位数字")
PREPAID = Institution("SH-PREPAID", Kind.ELECTRIC, "预付费电", r"8\d{9}", "户号是8开头的10位数字")
WATER = Institution("SH-WATER", Kind.WATER, "水务", r"\d{10}", "户号是10位数字")
GAS = Institution("SH-GAS", Kind.GAS, "燃气", r"\d{10}", "户号是10位数字")

B_POWER = Bill("SH-POWER", Kind.ELECTRIC, "电力", "3100004417", "P1", "2026-10", 9630)
B_WATER = Bill("SH-WATER", Kind.WATER, "水务", "3200000082", "W1", "2026-10", 3210)
B_GAS = Bill("SH-GAS", Kind.GAS, "燃气", "3300007730", "G1", "2026-10", 4100)
B_LATE = Bill("SH-POWER", Kind.ELECTRIC, "电力", "3100000900", "P2", "2026-09", 112_000, 1120)

TERMINAL = Means("terminal", RefundBy.PARTIAL, exclusive="terminal")
WECHAT = Means("wechat", RefundBy.PARTIAL, polled=True, refund_gap_s=60, deadline_s=120)
ALIPAY = Means("alipay", RefundBy.PARTIAL, polled=True, deadline_s=120)

RULES = Rules(
    "3801",
    "数字小屋",
    "示例路380弄",
    (TERMINAL, WECHAT, ALIPAY),
    contacts=(
        Contact("居委会", "021-0000 0001", "8:30–17:30"),
        Contact("小义工", "021-0000 0002", "周三 9:30–11:00"),
        Contact("夜间值班", "021-0000 0003", "17:30–次日 8:30"),
    ),
    printing=PRINT,
    clinic=CLINIC,
    rice=SHOP,
)
READY = {
    x: Device(Level.READY)
    for x in (
        *("terminal", "wechat", "alipay", "receipt_printer", "scanner", "biller"),
        *("bp_meter", "rice_mill", "document_printer"),
    )
}
ORDER_ID = "3801261122000470K7QD"
AT = 1_795_000_000_000


def account(institution: Institution, number: str, *bills: Bill) -> Account:
    return Account(institution, number, "金**", False, 0, bills)


BASE = State(
    RULES,
    version=7,
    devices=READY,
    institutions=(POWER, PREPAID, WATER, GAS),
    face=ClockFace(11, 22, 6, "20:15"),
    next_order_id=ORDER_ID,
)
ACCOUNTS = (
    account(POWER, "3100004417", B_POWER),
    account(WATER, "3200000082", B_WATER),
    account(GAS, "3300007730", B_GAS),
)


def at(step: Step, **changes: object) -> State:
    """The base state at a step of the visit; ``changes`` are fields of the visit."""
    return replace(BASE, visit=Visit(step=step, **changes))  # type: ignore[arg-type]


def order(means: Means, bills: tuple[Bill, ...], *events: e.OrderEvent) -> Order:
    """An order after some events."""
    opened = e.OrderOpened(ORDER_ID, means, bills, sum(x.total_fen for x in bills))
    found, _ = decide(None, opened, AT)
    for event in events:
        found, _ = decide(found, event, AT)
    return found


def with_order(found: Order, **changes: object) -> State:
    state = at(AtOrder(found.id), **changes)
    return replace(state, orders={found.id: found})


def paid(amount: int) -> e.PaymentAnswered:
    facts = PaymentFacts(amount, amount, "700000000001", "427000000001", "UnionPay", "****0018")
    return e.PaymentAnswered(ORDER_ID, Charge.PAID, facts)


def posted(line: int) -> e.PostAnswered:
    return e.PostAnswered(ORDER_ID, line, Posting.POSTED, "B0001")


def refused(line: int) -> tuple[e.OrderEvent, ...]:
    return (
        e.PostAnswered(ORDER_ID, line, Posting.REFUSED, code="EQ0007"),
        e.PostChecked(ORDER_ID, line, Posting.NOT_POSTED, code="EQ0007"),
    )


def printed(job: int, result: Printing = Printing.PRINTED) -> e.PrintAnswered:
    return e.PrintAnswered(ORDER_ID, f"{ORDER_ID}P{job}", result, "paper_out")


TWO = (B_POWER, B_WATER)
THREE = (B_POWER, B_WATER, B_GAS)
LOST = e.PaymentAnswered(ORDER_ID, Charge.NO_ANSWER)
ASKED = e.PaymentQueried(ORDER_ID, Charge.NO_ANSWER)
CODE = e.PaymentCodeReady(ORDER_ID, "https://qr.example.invalid/bax00000ora0000000000000")
DONE = order(TERMINAL, TWO, paid(12840), posted(0), posted(1), printed(1))
PART = order(
    TERMINAL,
    THREE,
    paid(16940),
    posted(0),
    posted(1),
    *refused(2),
    e.RefundAnswered(ORDER_ID, f"{ORDER_ID}R1", Refunding.REFUNDED),
    printed(1),
)
B_TWIN = replace(B_GAS, account="3300008812", bill_no="G2", period=B_GAS.period)
TWINS = order(
    TERMINAL,
    (B_GAS, B_TWIN),
    paid(8200),
    posted(0),
    *refused(1),
    e.RefundAnswered(ORDER_ID, f"{ORDER_ID}R1", Refunding.REFUNDED),
    printed(1),
)
"""The gas of two households, one of them refused."""
FOUR_TWINS = order(
    TERMINAL,
    (B_GAS, B_TWIN, B_POWER, replace(B_POWER, account="3100008812", bill_no="P8")),
    paid(27_460),
    posted(0),
    *refused(1),
    e.PostAnswered(ORDER_ID, 2, Posting.NO_ANSWER),
    e.PostAnswered(ORDER_ID, 3, Posting.NO_ANSWER),
    e.RefundAnswered(ORDER_ID, f"{ORDER_ID}R1", Refunding.REFUNDED),
    e.TimerFired(ORDER_ID, "paper.patience"),
    printed(1),
)
SLOW = order(
    TERMINAL,
    TWO,
    paid(12840),
    posted(0),
    e.PostAnswered(ORDER_ID, 1, Posting.NO_ANSWER),
    e.TimerFired(ORDER_ID, "paper.patience"),
    printed(1),
)
UNKNOWN = order(TERMINAL, TWO, LOST, ASKED)
NO_PAPER = order(TERMINAL, TWO, paid(12840), posted(0), posted(1), printed(1, Printing.UNKNOWN))
PROBLEM_UNKNOWN = order(
    TERMINAL, TWO, LOST, e.SlipWanted(ORDER_ID), printed(1, Printing.NOT_PRINTED)
)


def broken(role: str, reason: str = "no_answer", step: Step | None = None) -> State:
    devices = {**READY, role: Device(Level.UNAVAILABLE, reason)}
    return replace(at(step or Home()), devices=devices)


def shut(*means: Means, note: Note | None = None) -> State:
    """At confirm, with ways of paying that can't be used: not heard of, then not answering."""
    devices = dict(READY)
    for way in means:
        first = way is TERMINAL
        devices[way.id] = Device(Level.UNKNOWN if first else Level.UNAVAILABLE, "no_answer")
    return replace(at(Confirm(TWO, note), accounts=ACCOUNTS), devices=devices)


def unheard(state: State) -> State:
    """The same while the terminal doesn't answer."""
    silent = Device(Level.UNKNOWN, "silent")
    return replace(state, devices={**state.devices, "terminal": silent})


def noted(means: Means, code: NoteCode, *events: e.OrderEvent) -> State:
    """Paying, and something was held to the wrong reader."""
    found = order(means, TWO, *events)
    state = with_order(found)
    return replace(state, visit=replace(state.visit, step=AtOrder(found.id, Note(code))))


DECLINED = order(TERMINAL, TWO, e.PaymentAnswered(ORDER_ID, Charge.NOT_PAID, code="51"))
GIVEN_BACK = order(
    ALIPAY,
    TWO,
    CODE,
    e.CancelWanted(ORDER_ID),
    e.PaymentQueried(ORDER_ID, Charge.NOT_FOUND),
    e.PaymentClosed(ORDER_ID, e.Close.CLOSED, "refunded_by_close"),
    e.PaymentQueried(ORDER_ID, Charge.NOT_PAID, code="closed"),
)
COUPON = order(
    TERMINAL,
    TWO,
    e.PaymentAnswered(ORDER_ID, Charge.PAID, PaymentFacts(12840, 12640, "700000000001")),
    posted(0),
    posted(1),
    printed(1),
)
LATE = replace(SLOW, lines=(SLOW.lines[0], replace(SLOW.lines[1], needs_person=True)))
POISON = e.Poisoned(ORDER_ID, "PostAnswered", "ValueError")
AT_UNKNOWN = AtOrder(UNKNOWN.id)
BUSY = {**READY, "terminal": Device(Level.BUSY, "refund")}

STATES: dict[str, State] = {
    "home": at(Home()),
    "home_low": at(Home(), lower=True),
    "home_no_paper": broken("receipt_printer", "paper_out"),
    "home_no_printer": broken("receipt_printer"),
    "home_waking": replace(at(Home()), devices={}),
    "attract": at(Attract()),
    "bill": at(ScanBill()),
    "bill_unknown_code": at(ScanBill(Note(NoteCode.UNKNOWN_CODE))),
    "bill_no_debt": at(ScanBill(Note(NoteCode.NO_DEBT, "电力"))),
    "institution": at(ChooseInstitution(Kind.ELECTRIC)),
    "account": at(EnterAccount(POWER)),
    "account_digits": at(EnterAccount(POWER, "3100004417")),
    "account_wrong": at(
        EnterAccount(POWER, "31000044", Note(NoteCode.WRONG_LENGTH, POWER.account_hint))
    ),
    "account_not_known": at(
        EnterAccount(POWER, "3100004417", Note(NoteCode.BILLER_SAYS, "EQ0006"))
    ),
    "looking": at(Looking(1, POWER, "3100004417")),
    "rechecking": at(Rechecking(TWO, TERMINAL, (1, 2))),
    "rechecking_code_here": at(
        Rechecking(TWO, TERMINAL, (1, 2), note=Note(NoteCode.CODE_FOR_TERMINAL))
    ),
    "bills": at(BillList(), accounts=ACCOUNTS, chosen=frozenset({B_POWER.key, B_WATER.key})),
    "bills_one": at(BillList(), accounts=ACCOUNTS[:1], chosen=frozenset({B_POWER.key})),
    "bills_four": at(
        BillList(Note(NoteCode.LIST_FULL)),
        accounts=(*ACCOUNTS, account(POWER, "3100000900", B_LATE)),
        chosen=frozenset({B_LATE.key}),
    ),
    "bills_low": at(
        BillList(),
        accounts=(*ACCOUNTS, account(POWER, "3100000900", B_LATE)),
        chosen=frozenset({B_LATE.key}),
        lower=True,
    ),
    "bills_refunding": replace(
        at(BillList(Note(NoteCode.BILL_LOCKED)), accounts=ACCOUNTS),
        orders={ORDER_ID: order(TERMINAL, THREE, paid(16940), posted(0), *refused(1), posted(2))},
    ),
    "topup": at(
        ChooseTopUp(
            Account(
                PREPAID,
                "8000000001",
                "陆**",
                True,
                1250,
                (),
                TopUp(1000, 50000, (5000, 10000, 20000, 30000)),
            )
        )
    ),
    "confirm": at(Confirm(TWO), accounts=ACCOUNTS),
    "confirm_four_changed": at(Confirm((*THREE, B_LATE), Note(NoteCode.BILL_CHANGED))),
    "confirm_terminal_gone": shut(TERMINAL),
    "confirm_terminal_busy": replace(at(Confirm(TWO), accounts=ACCOUNTS), devices=BUSY),
    "confirm_code_here": at(Confirm(TWO, Note(NoteCode.CODE_BEFORE_CHOICE)), accounts=ACCOUNTS),
    "confirm_all_shut": shut(TERMINAL, WECHAT, ALIPAY, note=Note(NoteCode.SERVICE_DOWN)),
    "confirm_one_way": shut(WECHAT, ALIPAY),
    "confirm_four_shut": replace(
        shut(TERMINAL, WECHAT),
        visit=Visit(step=Confirm((*THREE, B_LATE), Note(NoteCode.BILL_CHANGED))),
    ),
    "pay_terminal": with_order(order(TERMINAL, TWO)),
    "pay_qr": with_order(order(WECHAT, TWO, CODE)),
    "pay_qr_waiting": with_order(order(ALIPAY, TWO)),
    "pay_cancelling": with_order(order(TERMINAL, TWO, e.CancelWanted(ORDER_ID))),
    "pay_unheard": unheard(with_order(order(TERMINAL, TWO))),
    "pay_code_here": noted(TERMINAL, NoteCode.CODE_FOR_TERMINAL),
    "pay_qr_code_here": noted(ALIPAY, NoteCode.CODE_FOR_PHONE, CODE),
    "pay_given_back": with_order(GIVEN_BACK),
    "pay_posting": with_order(order(TERMINAL, TWO, paid(12840), posted(0))),
    "pay_printing": with_order(order(TERMINAL, TWO, paid(12840), posted(0), posted(1))),
    "result_done": with_order(DONE),
    "result_part": with_order(PART),
    "result_twins": with_order(TWINS),
    "result_four_twins": with_order(FOUR_TWINS),
    "result_slow": with_order(SLOW),
    "result_not_paid": with_order(DECLINED),
    "result_given_back": with_order(decide(GIVEN_BACK, printed(1), AT)[0]),
    "result_coupon": with_order(COUPON),
    "result_person": with_order(LATE),
    "unknown": with_order(UNKNOWN),
    "unknown_line": with_order(
        order(TERMINAL, TWO, e.PaymentAnswered(ORDER_ID, Charge.NO_ANSWER, code="link_lost"))
    ),
    "unknown_cancel": with_order(
        order(TERMINAL, TWO, e.CancelWanted(ORDER_ID), LOST, ASKED),
    ),
    "unknown_unrecorded": replace(with_order(order(TERMINAL, TWO)), parked=frozenset({ORDER_ID})),
    "unknown_poisoned_paid": with_order(order(TERMINAL, TWO, paid(12840), POISON)),
    "unknown_poisoned_not_paid": with_order(decide(DECLINED, POISON, AT)[0]),
    "unknown_person": with_order(
        order(TERMINAL, TWO, e.PaymentAnswered(ORDER_ID, Charge.UNDECIDABLE))
    ),
    "receipt_problem": with_order(NO_PAPER),
    "receipt_problem_given_back": with_order(
        decide(GIVEN_BACK, printed(1, Printing.UNKNOWN), AT)[0]
    ),
    "receipt_problem_unknown": with_order(PROBLEM_UNKNOWN),
    "find": at(FindSlip()),
    "find_nothing": at(FindSlip(note=Note(NoteCode.NO_SUCH_ORDER))),
    "find_books_closed": at(FindSlip(note=Note(NoteCode.BOOKS_CLOSED))),
    "found_done": at(FoundOrder(DONE)),
    "found_part": at(FoundOrder(PART)),
    "found_unknown": at(FoundOrder(UNKNOWN)),
    "call": at(CallPerson()),
    "call_asked": at(CallPerson(asked=True)),
    "call_unknown": replace(with_order(UNKNOWN), visit=Visit(step=CallPerson(before=AT_UNKNOWN))),
    "call_unknown_asked": replace(
        with_order(UNKNOWN), visit=Visit(step=CallPerson(asked=True, before=AT_UNKNOWN))
    ),
    "help": at(EnterAccount(POWER), overlay=Overlay.HELP),
    "help_unknown": with_order(UNKNOWN, overlay=Overlay.HELP),
    "sound": at(BillList(), accounts=ACCOUNTS, overlay=Overlay.SOUND),
    "sound_mute": at(Home(), overlay=Overlay.SOUND, volume=0),
    "sound_loudest": at(Home(), overlay=Overlay.SOUND, volume=5),
    "idle": at(BillList(), accounts=ACCOUNTS, overlay=Overlay.IDLE),
    "out_of_service": at(OutOfService("receipt_printer")),
    "out_of_service_no_printer": broken("receipt_printer", step=OutOfService("receipt_printer")),
    "out_of_service_waking": replace(at(OutOfService("receipt_printer")), devices={}),
    **clinic_states(BASE),
}
