"""What screens say of a state: what happened, whether the money is safe, what to do."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.core.bills import Kind
from kiosk.core.order import Order, PaperState, PaymentState, with_paper, with_payment
from kiosk.core.state import Device, Level, State
from kiosk.core.visit.steps import (
    AtOrder,
    ChooseInstitution,
    Home,
    Note,
    NoteCode,
    OutOfService,
    Overlay,
)
from kiosk.gateways.sentences import BILLER_SENTENCES, QR_SENTENCES
from kiosk.gateways.types import BillerCode
from screens import environment
from tests.support import extremes
from tests.support import states as s

environment.prepare(environment.Panel())  # before the modules below bring Kivy in

from screens import (  # noqa: E402
    confirm,
    find,
    found,
    home,
    idle,
    institution,
    notes,
    order_words,
    out_of_service,
    pay,
    receipt_problem,
    result,
    topup,
    unknown,
)

ENDS = extremes._ends()
ROOMS = sorted(Path(environment.__file__).parent.rglob("*.py"))


def sentences() -> list[str]:
    """Everything that the screens and the gateways' answers can say."""
    found_ = [*BILLER_SENTENCES.values(), *QR_SENTENCES.values()]
    for file in ROOMS:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                argument = node.args[0] if node.func.id in ("_", "N_") and node.args else None
                if isinstance(argument, ast.Constant):
                    found_.append(str(argument.value))
    return found_


def at_order(order: Order, overlay: Overlay = Overlay.NONE) -> State:
    state = replace(s.at(AtOrder(order.id)), orders={order.id: order})
    return replace(state, visit=replace(state.visit, overlay=overlay))


def test_nobody_is_told_of_systems_errors_or_failures() -> None:
    said = sentences()
    assert len(said) > 150
    cold = re.compile("系统|异常|失败|错误|故障|稍后再试|非法|你")
    assert [x for x in said if cold.search(x)] == []


def test_sentences_end_as_sentences_do_and_use_chinese_marks() -> None:
    western = re.compile(r"[\u4e00-\u9fff][,;:!?]|[,;:!?][\u4e00-\u9fff]")
    assert [x for x in sentences() if western.search(x)] == []
    commas_only = [x for x in sentences() if "，" in x and x.endswith(("，", "、", "；"))]
    assert commas_only == []


def test_no_screen_offers_the_sound_before_there_is_any() -> None:
    offers = re.compile(r"offers = (\(.*?\))", re.DOTALL)
    for file in ROOMS:
        if file.name != "base.py":
            for found_ in offers.findall(file.read_text(encoding="utf-8")):
                assert "sound" not in found_, file


@pytest.mark.parametrize("name", sorted(ENDS))
def test_a_result_says_whether_money_was_taken(name: str) -> None:
    order = ENDS[name]
    view = result.view_of(at_order(order))
    not_paid = order.payment.state is PaymentState.NOT_PAID
    assert view.paid is not not_paid
    assert ("没有扣" in view.lead) is not_paid
    assert (view.steps == ()) is not_paid
    assert view.amber is ("posted" not in name and "paper" not in name and not not_paid)
    if "refus" in name or "refund" in name:
        assert "退" in view.title + view.words


def test_a_result_names_how_many_were_refused() -> None:
    titles = {name: result.result_of(ENDS[name], 3).title for name in ENDS}
    assert titles["refunding"] == "有一笔没有缴成，钱退给您"
    assert titles["two_refused"] == "有几笔没有缴成，钱退给您"
    assert titles["all_refused"] == "没有缴成，钱退给您"
    assert titles["cancelled"] == "已经取消，没有付款"
    assert titles["too_late"] == "没有付款，付款码作废了"
    assert titles["closed"] == "没有付款", "there was no code"


def test_of_two_like_bills_it_is_told_which_was_refused() -> None:
    """Shown by the last four, as on the paper, and not said aloud to the whole room."""
    steps = result.result_of(s.TWINS, 3).steps
    assert [x.text for x in steps] == [
        "煤气费 10 月：已缴好\n户号尾号 7730",
        "煤气费 10 月：没有缴成，退给您\n户号尾号 8812",
    ]
    assert [x.said for x in steps] == ["煤气费 10 月：已缴好", "煤气费 10 月：没有缴成，退给您"]
    assert "户号尾号" not in result.result_of(s.PART, 3).steps[0].text


@pytest.mark.parametrize("name", sorted(ENDS))
def test_a_slip_that_is_looked_up_tells_the_same(name: str) -> None:
    view = found.view_of(s.at(found.FoundOrder(ENDS[name])))
    ended = result.result_of(ENDS[name], 3)
    assert (view.title, view.steps, view.amber) == (ended.title, ended.steps, ended.amber)
    assert view.paid is ended.paid
    assert "全部缴好" in view.words or (view.lead, view.words) == (ended.lead, ended.words)
    assert ("全部缴好" in view.words) is (ended.paid and not ended.amber)


@pytest.mark.parametrize(
    "payment",
    [
        PaymentState.CREATED,
        PaymentState.REQUESTED,
        PaymentState.UNKNOWN,
        PaymentState.NEEDS_PERSON,
    ],
)
def test_a_slip_of_an_open_payment_says_not_to_pay_again(payment: PaymentState) -> None:
    order = with_payment(s.order(s.TERMINAL, s.TWO), state=payment)
    view = found.view_of(s.at(found.FoundOrder(order)))
    assert view.amber
    assert view.lead == "请不要再付一次。"
    assert view.steps == ()


@pytest.mark.parametrize(
    ("paper", "main"),
    [
        (PaperState.NONE, "order.slip"),
        (PaperState.PRINTING, ""),
        (PaperState.PRINTED, "order.done"),
        (PaperState.SHOWN_AS_QR, "order.done"),
    ],
)
@pytest.mark.parametrize("payment", [PaymentState.UNKNOWN, PaymentState.NEEDS_PERSON])
def test_who_does_not_know_may_wait_or_go_with_a_slip(
    paper: PaperState, main: str, payment: PaymentState
) -> None:
    order = with_paper(with_payment(s.order(s.TERMINAL, s.TWO), state=payment), state=paper)
    view = unknown.view_of(at_order(order))
    assert view.main[1] == main
    assert view.other[1] == ("order.wait" if payment is PaymentState.UNKNOWN else "")
    assert view.home is (payment is PaymentState.NEEDS_PERSON and paper is not PaperState.PRINTING)
    assert view.warning == "请不要再付一次。"
    assert view.number == order.short_id


@pytest.mark.parametrize(
    ("payment", "said"),
    [
        (PaymentState.PAID, "钱已经付好"),
        (PaymentState.NOT_PAID, "您的钱没有扣"),
        (PaymentState.UNKNOWN, "请不要重复付款"),
        (PaymentState.NEEDS_PERSON, "请不要重复付款"),
    ],
)
def test_without_paper_the_words_follow_the_payment(payment: PaymentState, said: str) -> None:
    order = with_payment(s.order(s.TERMINAL, s.TWO), state=payment)
    words = receipt_problem.view_of(at_order(with_paper(order, state=PaperState.PENDING))).words
    assert said in words


def test_the_ladder_runs_no_further_than_the_order() -> None:
    def signs(order: Order) -> list[str]:
        return [x.state for x in pay.steps_of(order)]

    assert signs(s.order(s.TERMINAL, s.TWO)) == ["done", "now", "next", "next"]
    paid = s.order(s.TERMINAL, s.TWO, s.paid(12840))
    assert signs(paid) == ["done", "done", "now", "next"]
    assert signs(s.order(s.TERMINAL, s.TWO, s.paid(12840), s.posted(0))) == signs(paid)
    both = s.order(s.TERMINAL, s.TWO, s.paid(12840), s.posted(0), s.posted(1))
    assert signs(both) == ["done", "done", "done", "now"]


def test_cancelling_asks_nobody_to_pay() -> None:
    order = s.order(s.TERMINAL, s.TWO, s.e.CancelWanted(s.ORDER_ID))
    view = pay.view_of(at_order(order))
    assert view.cancel == ""
    assert [x.text for x in view.steps if x.state == "now"] == ["正在取消"]
    assert "请不要付款" in view.hint


def test_a_code_is_shown_only_while_it_may_be_paid() -> None:
    order = s.order(s.WECHAT, s.TWO, s.CODE)
    assert pay.view_of(at_order(order)).code == s.CODE.code
    assert pay.view_of(at_order(with_payment(order, cancel_wanted=True))).code == ""
    assert pay.view_of(at_order(with_payment(order, state=PaymentState.PAID))).code == ""


@pytest.mark.parametrize(
    ("paper", "slip"),
    [(PaperState.NONE, True), (PaperState.PRINTED, False), (PaperState.SHOWN_AS_QR, False)],
)
def test_idle_promises_a_slip_only_where_one_will_come(paper: PaperState, slip: bool) -> None:
    order = with_payment(s.order(s.TERMINAL, s.TWO), state=PaymentState.UNKNOWN)
    words = idle.view_of(at_order(with_paper(order, state=paper), Overlay.IDLE)).words
    assert ("打一张凭条" in words) is slip
    assert "一直问" in words


@pytest.mark.parametrize("code", list(NoteCode))
def test_every_note_is_a_whole_sentence(code: NoteCode) -> None:
    details = [str(x) for x in BillerCode] if code is NoteCode.BILLER_SAYS else ["500000"]
    for detail in details:
        text = notes.note_text(Note(code, detail))
        assert text.endswith("。")
        assert not set("{}") & set(text)


def test_a_limit_is_said_in_yuan_and_an_unknown_answer_still_has_words() -> None:
    assert "5000.00 元" in notes.note_text(Note(NoteCode.OVER_PAYMENT_LIMIT, "500000"))
    said = notes.note_text(Note(NoteCode.BILLER_SAYS, "never heard of"))
    assert "没有扣钱" in said


@pytest.mark.parametrize("code", sorted(set(BillerCode) - {BillerCode.UNFINISHED}))
def test_a_look_up_speaks_of_no_payment(code: BillerCode) -> None:
    said = notes.note_text(Note(NoteCode.BILLER_SAYS, code.value))
    assert said
    assert "重复付款" not in said
    assert "单号" not in said


def test_no_note_says_nothing() -> None:
    assert notes.note_text(None) == ""


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2026-10", "10 月"),
        ("2026-09", "9 月"),
        ("202609", "9 月"),
        ("2026-09/2026-10", "9–10 月"),
        ("2026-13", "2026-13"),
        ("2026-09/later", "2026-09/later"),
        ("", ""),
    ],
)
def test_periods_are_said_as_months(period: str, words: str) -> None:
    assert order_words.months(period) == words


def test_a_top_up_is_called_one() -> None:
    bill = extremes.PREPAID.top_up_bill(5000)
    view = confirm.view_of(s.at(confirm.Confirm((bill,))))
    assert [(x.name, x.fen) for x in view.lines] == [("电费充值", 5000)]


def test_a_way_that_is_down_stays_in_its_place_and_does_not_answer() -> None:
    state = extremes._out_of_order(s.STATES["confirm"], "terminal")
    assert [(x.id, x.free) for x in confirm.view_of(state).ways] == [
        ("terminal", False),
        ("wechat", True),
        ("alipay", True),
    ]


def test_what_costs_money_stops_when_none_can_be_taken() -> None:
    tiles = home.view_of(s.STATES["home_no_paper"]).tiles
    assert [(x.id, x.enabled) for x in tiles] == [
        ("pay_bill", False),
        ("clinic", True),
        ("print", False),
        ("rice", False),
        ("find_slip", True),
        ("call_person", True),
    ]
    assert tiles[2].reason == "小票纸没好，暂停"
    assert tiles[0].reason == "小票纸没好，暂停"


@pytest.mark.parametrize(
    ("role", "device", "short", "long"),
    [
        ("receipt_printer", Device(Level.UNAVAILABLE, "paper_out"), "小票纸没好", "可能是没有纸了"),
        ("receipt_printer", Device(Level.UNAVAILABLE, "unplugged"), "小票机没接上", "没有回话"),
        ("receipt_printer", Device(Level.UNAVAILABLE, "no_answer"), "小票机没接上", "没有回话"),
        ("receipt_printer", Device(Level.UNKNOWN, "connecting"), "正在准备", "正在准备"),
        ("receipt_printer", Device(), "正在准备", "正在准备"),
        ("biller", Device(), "正在准备", "正在准备"),
        ("biller", Device(Level.UNAVAILABLE, "unreachable"), "网络断了", "网络断了"),
    ],
)
def test_a_reason_says_no_more_than_is_known(
    role: str, device: Device, short: str, long: str
) -> None:
    """Nobody is told of paper or network when only silence is known."""
    state = replace(s.at(OutOfService(role)), devices={**s.READY, role: device})
    assert long in out_of_service.view_of(state).reason
    at_home = replace(state, visit=replace(state.visit, step=Home()))
    assert short in home.view_of(at_home).tiles[0].reason


def test_no_more_choices_than_fit() -> None:
    state = extremes.extremes()["institution_7"]
    assert len(institution.view_of(state).choices) == institution.MOST
    gas = replace(state, visit=replace(state.visit, step=ChooseInstitution(Kind.GAS)))
    assert institution.view_of(gas).choices == ()
    limit = replace(extremes.PREPAID.topup, max_fen=20_000)  # type: ignore[type-var]
    step = topup.ChooseTopUp(replace(extremes.PREPAID, topup=limit))
    assert topup.view_of(s.at(step)).choices == (5000, 10_000, 20_000)


def test_closed_books_say_whom_to_call_and_never_that_there_is_no_such_payment() -> None:
    view = find.view_of(s.STATES["find_books_closed"])
    assert "现在查不了" in view.title
    assert "021-0000 0001" in view.note
    assert "没有查到" not in view.note


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("confirm", ""),
        ("confirm_terminal_gone", "刷卡机正在检查"),
        ("confirm_one_way", "微信、支付宝暂时不能用"),
        ("confirm_all_shut", "刷卡机正在检查，微信、支付宝暂时不能用"),
    ],
)
def test_a_way_of_paying_that_is_closed_says_why(name: str, words: str) -> None:
    assert confirm.view_of(s.STATES[name]).shut == words


def test_a_terminal_that_is_asked_about_another_payment_says_so() -> None:
    lost = s.STATES["unknown"].orders
    state = replace(s.STATES["confirm"], orders=lost)
    assert confirm.view_of(state).shut == "刷卡机在查上一笔付款"
