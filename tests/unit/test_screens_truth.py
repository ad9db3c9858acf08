"""What screens say of money while something is wrong: only what is known, and what to do."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from devices import status
from kiosk import receipts
from kiosk.core import events as e
from kiosk.core.commands import Document
from kiosk.core.order import Order
from kiosk.core.state import Device, Level, State
from kiosk.core.visit.common import order_at_screen
from kiosk.core.visit.steps import FoundOrder, Home, NoteCode, OutOfService
from kiosk.order_text import Letterhead
from screens import environment
from tests.support import states as s
from tests.support.all_states import STATES as ALL_STATES

environment.prepare(environment.Panel())  # before the modules below bring Kivy in

from screens import (  # noqa: E402
    found,
    help_page,
    home,
    out_of_service,
    pay,
    receipt_problem,
    result,
    unknown,
)
from screens.pictures import PictureMaker  # noqa: E402

HEAD = Letterhead("数字小屋", "示例路380弄", "021-0000 0000", 3)


def order_of(state: State) -> Order | None:
    """The order that a screen is about."""
    step = state.visit.step
    return step.order if isinstance(step, FoundOrder) else order_at_screen(state)


def test_a_terminal_that_is_not_heard_of_asks_nobody_for_a_card() -> None:
    assert pay.view_of(s.STATES["pay_terminal"]).title == "请在右边的机器上付款"
    view = pay.view_of(s.STATES["pay_unheard"])
    assert view.title == "结果确认中，请先不要付款"
    assert view.how is None
    assert view.amber
    assert view.cancel


def test_a_payment_code_at_the_scanner_is_answered_only_while_one_is_wanted() -> None:
    assert "右边刷卡机" in pay.view_of(s.STATES["pay_code_here"]).note
    cancelling = s.noted(s.TERMINAL, NoteCode.CODE_FOR_TERMINAL, e.CancelWanted(s.ORDER_ID))
    assert pay.view_of(cancelling).note == ""


def test_money_that_was_given_back_is_not_called_untouched() -> None:
    view = result.view_of(s.STATES["result_given_back"])
    assert view.lead == "刚才付的钱已经退回。"
    assert "已退 128.40 元" in view.words
    assert "没有扣" not in view.lead + view.words
    assert "退给您" in pay.view_of(s.STATES["pay_given_back"]).title
    no_paper = receipt_problem.view_of(s.STATES["receipt_problem_given_back"])
    assert "退给您" in no_paper.words
    assert "没有缴成，这笔钱退给您" in no_paper.code
    assert found.view_of(s.at(FoundOrder(s.GIVEN_BACK))).lead == view.lead


def test_a_coupon_shows_what_was_really_paid_and_the_bill_beside_it() -> None:
    view = result.view_of(s.STATES["result_coupon"])
    assert (view.fen, view.caption) == (12640, "账单 ¥ 128.40，优惠后付了")
    assert result.view_of(s.STATES["result_done"]).caption == "一共付了"


def test_a_payment_that_came_to_nothing_has_its_number_and_another_try() -> None:
    view = result.view_of(s.STATES["result_not_paid"])
    assert view.caption == "单号 3801 1122 0047"
    assert view.again
    assert not result.view_of(s.STATES["result_done"]).again


def test_a_line_that_a_person_looks_at_is_told_as_such() -> None:
    view = result.view_of(s.STATES["result_person"])
    assert "工作人员在核对" in view.words
    assert "一直问" not in view.words
    assert [x.text for x in view.steps][1] == "水费 10 月：工作人员在核对"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unknown", "机器没有得到准信。"),
        ("unknown_line", "线路断了一下。"),
        ("unknown_cancel", "您取消的时候"),
        ("unknown_unrecorded", "账本暂时写不进去"),
        ("unknown_poisoned_paid", "钱已经付好了。"),
        ("unknown_poisoned_not_paid", "没有付成"),
    ],
)
def test_what_is_unknown_says_why(name: str, words: str) -> None:
    view = unknown.view_of(s.STATES[name])
    assert view.story.startswith(words) or words in view.story.partition("。")[0]
    known = "poisoned" in name
    assert ("有没有付成" in view.story) != known, "what is known isn't called unknown"


@pytest.mark.parametrize(
    ("reason", "short"),
    [
        ("unreachable", "网络断了，正在接"),
        ("timeout", "网络断了，正在接"),
        ("certificate", "要请技术人员来看"),
        ("bad_signature", "要请技术人员来看"),
        ("SEC2001", "要请技术人员来看"),
        ("clock", "机器时间不对，待修"),
        ("EQ0008", "缴费单位现在不办"),
    ],
)
def test_a_biller_that_is_not_there_says_why(reason: str, short: str) -> None:
    biller = Device(Level.UNAVAILABLE, reason)
    state = replace(s.at(Home()), devices={**s.READY, "biller": biller})
    assert home.view_of(state).tiles[0].reason == short
    closed = out_of_service.view_of(replace(state, visit=s.at(OutOfService("biller")).visit))
    assert ("网络" in closed.reason) == ("网络" in short)


def test_help_leads_back_and_to_people_where_that_does_no_harm() -> None:
    assert not help_page.view_of(s.with_order(s.DONE)).words.startswith("碰“返回”")
    listed = help_page.view_of(s.STATES["bills"])
    assert "返回" in listed.words
    assert listed.call
    assert help_page.view_of(s.STATES["unknown"]).call
    assert not help_page.view_of(s.STATES["pay_terminal"]).call


GOODS = {
    name: state
    for name, state in ALL_STATES.items()
    if (order := order_of(state)) is not None and order.goods
}


@pytest.mark.parametrize("name", GOODS)
def test_who_buys_goods_hears_nothing_of_bills(name: str) -> None:
    state, order = GOODS[name], order_of(GOODS[name])
    assert order is not None
    view = PictureMaker("数字小屋").of(state).view
    said = [str(x) for x in asdict(view).values()]  # type: ignore[call-overload]
    for document in Document:
        said.append(str(receipts.compose(order, document, HEAD, again=False)))
    for word in ("账单", "缴"):
        assert not [x for x in said if word in x]


def test_a_printer_that_has_said_nothing_is_not_called_out_of_paper() -> None:
    """Screens know no driver, so the list of such reasons stands twice: none may be missing."""
    not_a_printers = {"untrusted", "stop_unacknowledged"}
    assert status._UNHEARD - not_a_printers <= out_of_service.UNHEARD
