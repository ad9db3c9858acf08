"""The screens with the longest plausible texts and in the rarest cases, as synthetic states."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kiosk.core.bills import Account, Bill, Institution, Kind, TopUp
from kiosk.core.order import (
    Line,
    LineState,
    Order,
    PaperState,
    PaymentState,
    Refund,
    RefundState,
    with_paper,
    with_payment,
)
from kiosk.core.state import Contact, Device, Level, Rules, State
from kiosk.core.visit.steps import (
    AtOrder,
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
    ScanBill,
)
from kiosk.gateways.types import BillerCode
from tests.support import states as s
from tests.support import states_print, states_rice

LONG = Institution(
    "SH-LONG", Kind.ELECTRIC, "国网上海市电力公司市南", r"\d{13}", "户号是13位数字，印在账单左上角"
)
TWENTY = "31000044173100004417"


def _bill(number: int, kind: Kind) -> Bill:
    period = "2026-12" if number % 2 else "2026-11/2026-12"
    return Bill(
        LONG.id, kind, LONG.name, TWENTY, f"B{number}", period, 1_234_560 - 120, late_fee_fen=120
    )


FOUR = tuple(
    _bill(n, kind) for n, kind in enumerate((Kind.ELECTRIC, Kind.WATER, Kind.GAS, Kind.GAS))
)
SPREAD = tuple(Account(LONG, f"{n}", "欧阳**", False, 0, (bill,)) for n, bill in enumerate(FOUR))
CHOSEN = frozenset(x.key for x in FOUR)
PREPAID = Account(
    LONG,
    TWENTY,
    "欧阳**",
    True,
    1_234_560,
    (),
    TopUp(1000, 500_000, (5000, 10_000, 20_000, 30_000, 100_000, 500_000)),
)

_IN_FEN = (
    NoteCode.OVER_PAYMENT_LIMIT,
    NoteCode.BILL_OVER_LIMIT,
    NoteCode.LESS_THAN_LIMIT,
    NoteCode.OVER_DAY_LIMIT,
)


def _notes(*codes: NoteCode) -> Iterable[Note]:
    """Each note with the longest detail it may have."""
    for code in codes or NoteCode:
        if code is NoteCode.BILLER_SAYS:
            yield from (Note(code, str(x)) for x in BillerCode)
        elif code in _IN_FEN:
            yield Note(code, "3000000")
        elif code is NoteCode.WRONG_LENGTH:
            yield Note(code, LONG.account_hint)
        else:
            yield Note(code, LONG.name)


def _at_confirm(note: Note | None) -> State:
    return s.at(Confirm(FOUR, note), accounts=SPREAD)


def _order(
    payment: PaymentState, *lines: LineState, paper: PaperState = PaperState.PRINTED
) -> Order:
    opened = s.order(s.TERMINAL, FOUR[: len(lines)])
    made = tuple(Line(x.bill, state) for x, state in zip(opened.lines, lines, strict=True))
    return with_paper(with_payment(replace(opened, lines=made), state=payment), state=paper)


def _refunded(order: Order, *states: RefundState) -> Order:
    refunds = tuple(
        Refund(f"{order.id}R{n}", 1_234_560, 1_234_560, x) for n, x in enumerate(states)
    )
    return replace(order, refunds=refunds)


def _ends() -> dict[str, Order]:
    """Orders in every end that has words of its own."""
    posted, refused, late = LineState.POSTED, LineState.REFUSED, LineState.POST_UNKNOWN
    one_refused = _order(PaymentState.PAID, posted, posted, late, refused)
    return {
        "all_posted": _order(PaymentState.PAID, *[posted] * 4),
        "no_paper_at_all": _order(PaymentState.PAID, *[posted] * 4, paper=PaperState.SHOWN_AS_QR),
        "all_late": _order(PaymentState.PAID, *[late] * 4),
        "refunding": _refunded(one_refused, RefundState.REFUNDING),
        "refunded": _refunded(one_refused, RefundState.REFUNDED),
        "refund_by_hand": _refunded(one_refused, RefundState.NEEDS_PERSON),
        "refund_not_begun": one_refused,
        "two_refused": _refunded(
            _order(PaymentState.PAID, posted, posted, refused, refused), RefundState.REFUNDING
        ),
        "all_refused": _refunded(
            _order(PaymentState.PAID, *[refused] * 4), RefundState.REFUND_UNKNOWN
        ),
        "not_paid": _order(PaymentState.NOT_PAID, *[LineState.WAITING] * 4),
        "cancelled": with_payment(
            _order(PaymentState.NOT_PAID, LineState.WAITING), cancel_wanted=True
        ),
        "too_late": with_payment(
            _order(PaymentState.NOT_PAID, LineState.WAITING), code="closed", qr_code="https://x"
        ),
        "closed": with_payment(_order(PaymentState.NOT_PAID, LineState.WAITING), code="closed"),
    }


def _undecided() -> dict[str, State]:
    """What is unknown, and paper that didn't come, for each state of the payment."""
    found = {}
    for payment in (PaymentState.UNKNOWN, PaymentState.NEEDS_PERSON):
        for paper in PaperState:
            order = _order(payment, *[LineState.WAITING] * 4, paper=paper)
            order = with_payment(order, asked=1234)
            found[f"{payment}_{paper}"] = s.with_order(order)
    for payment in (PaymentState.PAID, PaymentState.NOT_PAID):
        order = _order(payment, *[LineState.POSTED] * 4, paper=PaperState.PENDING)
        found[f"{payment}_pending"] = s.with_order(order)
    return found


def _paying() -> dict[str, State]:
    code = "https://qr.example.invalid/" + "bax00000ora0000000000000" * 3
    waiting = s.order(s.ALIPAY, FOUR)
    paid = replace(waiting, payment=replace(waiting.payment, state=PaymentState.PAID))
    noted = (
        AtOrder(waiting.id, Note(NoteCode.CODE_FOR_PHONE)),
        with_payment(waiting, qr_code=code),
    )
    return {
        "pay_long_noted": replace(s.at(noted[0]), orders={waiting.id: noted[1]}),
        "pay_long": s.with_order(s.order(s.TERMINAL, FOUR)),
        "pay_long_code": s.with_order(with_payment(waiting, qr_code=code)),
        "pay_long_after_the_code": s.with_order(paid),
        "pay_long_printing": s.with_order(with_paper(paid, state=PaperState.PRINTING)),
        "pay_long_again": s.with_order(with_payment(waiting, qr_code=code)),
    }


def _noted() -> dict[str, State]:
    """Every note where it can stand."""
    changed = (
        NoteCode.BILL_CHANGED,
        NoteCode.BILL_GONE,
        NoteCode.BILL_LOCKED,
        NoteCode.BILLER_SILENT,
        NoteCode.SERVICE_DOWN,
        NoteCode.MEANS_BUSY,
        NoteCode.CODE_BEFORE_CHOICE,
        NoteCode.DAY_LIMIT_REACHED,
        *_IN_FEN,
    )
    slip = (NoteCode.NO_SUCH_ORDER, NoteCode.NOT_A_SLIP, NoteCode.PAYMENT_CODE_HERE)
    typed = (
        NoteCode.WRONG_LENGTH,
        NoteCode.UNKNOWN_CODE,
        NoteCode.PAYMENT_CODE_HERE,
        NoteCode.BILLER_SAYS,
        NoteCode.BILLER_SILENT,
    )
    found: dict[str, State] = {}
    for note in _notes():
        name = f"{note.code}_{note.detail[:8]}"
        found[f"bill_{name}"] = s.at(ScanBill(note))
        found[f"bills_{name}"] = s.at(BillList(note), accounts=SPREAD, chosen=CHOSEN)
    found |= {f"confirm_{x.code}": _at_confirm(x) for x in _notes(*changed)}
    found |= {f"find_{x.code}": s.at(FindSlip(note=x)) for x in _notes(*slip)}
    for note in _notes(*typed):
        found[f"account_{note.code}_{note.detail[:8]}"] = s.at(EnterAccount(LONG, TWENTY, note))
    for note in _notes(NoteCode.BILL_LOCKED, *_IN_FEN):
        found[f"topup_{note.code}"] = s.at(ChooseTopUp(PREPAID, note))
    return found


def _out_of_order(state: State, *roles: str) -> State:
    down = {x: Device(Level.UNAVAILABLE, "no_answer") for x in roles}
    return replace(state, devices={**s.READY, **down})


def _troubled() -> dict[str, State]:
    means = ("terminal", "wechat", "alipay")
    home = s.at(Home())
    contacts = (
        Contact("示例路三百八十弄第一居民委员会", "021-0000 0001", "8:30–17:30"),
        Contact("小义工", "021-0000 0002", "周三 9:30–11:00"),
        Contact("夜间值班", "021-0000 0003-8000", "17:30–次日 8:30"),
    )
    called = s.at(CallPerson())
    rules = replace(s.RULES, contacts=contacts, address="示例路三百八十弄一号楼底层")
    found = {
        "home_journal": replace(home, journal_trouble="full"),
        "home_biller_refuses": replace(
            home, devices={**s.READY, "biller": Device(Level.UNAVAILABLE, "certificate")}
        ),
        "home_biller": _out_of_order(home, "biller"),
        "home_payment": _out_of_order(home, *means),
        "bill_no_scanner": _out_of_order(s.at(ScanBill()), "scanner"),
        "find_no_scanner": _out_of_order(s.at(FindSlip()), "scanner"),
        "find_asking": s.at(FindSlip(1)),
        "confirm_terminal_only": _out_of_order(_at_confirm(None), "wechat", "alipay"),
        "confirm_no_terminal": _out_of_order(_at_confirm(None), "terminal"),
        "call_long": replace(called, rules=rules),
        "clinic_alert_long": replace(s.STATES["clinic_alert"], rules=_longest(rules)),
        "clinic_code_long": replace(s.STATES["clinic_code"], rules=_longest(rules)),
        "call_one": replace(called, rules=replace(rules, contacts=contacts[:1])),
    }
    for reason in ("journal", "receipt_printer", "biller", "payment"):
        found[f"out_of_service_{reason}"] = s.at(OutOfService(reason))
    return found


def _longest(rules: Rules) -> Rules:
    """As long an address and a name as the configuration allows (60 characters each)."""
    return replace(rules, address=("示例路三百八十弄" * 8)[:60], cabin_name=("数字小屋" * 15)[:60])


def _plain() -> dict[str, State]:
    many = tuple(replace(LONG, id=f"SH-{n}") for n in range(7))
    choice = s.at(ChooseInstitution(Kind.ELECTRIC))
    found: dict[str, State] = {
        f"institution_{n}": replace(choice, institutions=many[:n]) for n in range(2, 8)
    }
    for n in range(1, 5):
        found[f"bills_{n}"] = s.at(BillList(), accounts=SPREAD[:n], chosen=CHOSEN)
        found[f"confirm_{n}"] = s.at(Confirm(FOUR[:n]), accounts=SPREAD)
    for n in (1, 2, 3, 4, 5, 6):
        rule = TopUp(1000, 500_000, (5000, 10_000, 20_000, 30_000, 100_000, 500_000)[:n])
        found[f"topup_{n}"] = s.at(ChooseTopUp(replace(PREPAID, topup=rule)))
    found["account_full"] = s.at(EnterAccount(LONG, TWENTY))
    found["looking_long"] = s.at(Looking(1, LONG, TWENTY))
    return found


def _covered(states: dict[str, State]) -> dict[str, State]:
    """Help and 声音 for every screen, and the question whether somebody is still here."""
    found = {}
    for name, state in states.items():
        for overlay in (Overlay.HELP, Overlay.SOUND, Overlay.IDLE):
            visit = replace(state.visit, overlay=overlay)
            found[f"{name}_{overlay}"] = replace(state, visit=visit)
    return found


def extremes() -> dict[str, State]:
    """Every state that stretches a screen, by name."""
    found = states_print.extremes() | states_rice.extremes()
    found |= _plain() | _noted() | _troubled() | _paying() | _undecided()
    for name, order in _ends().items():
        found[f"result_{name}"] = replace(s.at(AtOrder(order.id)), orders={order.id: order})
        found[f"found_{name}"] = s.at(FoundOrder(order))
    covered = {k: v for k, v in s.STATES.items() if v.visit.overlay is Overlay.NONE}
    return found | _covered({k: v for k, v in covered.items() if k != "attract"})
