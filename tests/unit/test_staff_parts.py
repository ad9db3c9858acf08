"""The pure parts of the staff's screens: what can be settled, what is set, which file counts."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import config_files
from kiosk.adapters.survey import survey_of_facts
from kiosk.core import events as e
from kiosk.core.access import RIGHTS, Operator, Right, Role, may
from kiosk.core.decide import decide
from kiosk.core.means import Means
from kiosk.core.order import LineState, Order, PaymentState, Refund, RefundState
from kiosk.core.overrides import PRICE_SET, SERVICE_SET, SERVICES, Overrides
from kiosk.core.settling import questions, verdict_event
from kiosk.core.visit import tech_settings
from kiosk.core.visit.messages import Touched
from kiosk.core.visit.tech_look_steps import Frame, TechDoctor, TechWire, Trouble
from kiosk.core.visit.tech_settings import services
from kiosk.core.visit.tech_steps import TechNumber, TechSettings
from kiosk.diagnostics.facts import CabinFacts, DeviceFacts, Facts, GatewayFacts, JournalFacts
from kiosk.diagnostics.gather import _pursued
from screens import tech_doctor, tech_number, tech_wire
from screens.tech_order_words import FIELDS, RESULTS, told, value_words
from screens.tech_overview import port_words
from screens.tech_page import MOST, WIDE, Action, TechPage, ago, wrapped
from screens.tech_words import KINDS
from screens.widgets.staff_row import StaffLine
from tests.support import states as s
from tests.support.rice_shop import SHOP
from tests.support.states_goods import STATES as GOODS
from tests.support.states_staff import STATES, WAITS, signed_in
from tests.support.states_staff import UNKNOWN as ASKING
from tests.unit.test_config import FILES, SMALL, complete

# What only a person can find out


def test_an_order_that_no_person_need_look_at_asks_nothing() -> None:
    assert not ASKING.needs_person
    assert questions(ASKING) == ()
    assert questions(s.order(s.TERMINAL, (s.B_POWER,), s.paid(9630))) == ()


def test_every_answer_that_is_offered_is_booked() -> None:
    """On every order that any screen of the tests shows: an answer changes it, and no more."""
    seen = 0
    for state in (*s.STATES.values(), *GOODS.values(), *STATES.values()):
        for order in state.orders.values():
            for stopped in (order, replace(order, poisoned="X", person_reasons=("poisoned",))):
                for question in questions(stopped):
                    for verdict in question.verdicts:
                        event = verdict_event(stopped, question, verdict, "a+b", "platform")
                        after, commands = decide(stopped, event, stopped.opened_at)
                        seen += after != stopped
                        assert stopped.poisoned == "" or commands == ()
    assert seen > 50


def test_both_answers_to_a_payment_come_to_rest() -> None:
    (question,) = questions(WAITS)
    words = set()
    for verdict in question.verdicts:
        event = verdict_event(WAITS, question, verdict, "a+b", "platform")
        after, _ = decide(WAITS, event, WAITS.opened_at)
        words.add(after.payment_word)
        assert questions(after) == ()
    assert words == {"paid", "not_paid"}


# What the staff set


@given(
    st.lists(
        st.one_of(
            st.tuples(
                st.just(PRICE_SET),
                st.fixed_dictionaries(
                    {
                        "bin": st.integers(1, 3),
                        "fen": st.integers(-5, 20_000),
                        "instead": st.sampled_from((480, 520)),
                    }
                ),
            ),
            st.tuples(
                st.just(SERVICE_SET),
                st.fixed_dictionaries(
                    {"service": st.sampled_from((*SERVICES, "x")), "on": st.integers(0, 1)}
                ),
            ),
            st.tuples(st.just("Other"), st.just({"bin": "x"})),
        )
    )
)
def test_the_newest_row_of_each_thing_counts(rows: list[tuple[str, dict[str, object]]]) -> None:
    found = Overrides().beside(SHOP)
    for kind, body in rows:
        found = found.after(kind, body)
    off, prices = {}, {}
    for kind, body in rows:
        if kind == SERVICE_SET and body["service"] in SERVICES:
            off[body["service"]] = body["on"] == 0
        if kind == PRICE_SET and 50 <= int(str(body["fen"])) <= 9_999:
            prices[body["bin"]] = body["fen"], body["instead"]
    assert found.off == {x for x, is_off in off.items() if is_off}
    shop = found.shop(SHOP)
    assert shop is not None
    for before, after in zip(SHOP.bins, shop.bins, strict=True):
        fen, instead = prices.get(before.number, (0, 0))
        # A price that was set instead of another one has lapsed: the configuration is newer.
        assert after.price_fen == (fen if instead == before.price_fen else before.price_fen)
        assert after == replace(before, price_fen=after.price_fen)


def test_each_role_may_what_it_needs() -> None:
    assert not may(None, Right.ORDERS)
    assert RIGHTS[Role.VOLUNTEER] == frozenset()
    merchant = Operator("m", "m", Role.MERCHANT)
    assert not may(merchant, Right.ORDERS) and not may(merchant, Right.DEVICES)
    state = signed_in(TechSettings(), merchant)
    assert services(state) == ("rice",)
    assert tech_settings.touched(
        state, Touched("settings.service", "pay_bill"), TechSettings()
    ) == (state, ())
    technician = Operator("t", "t", Role.TECHNICIAN)
    assert not may(technician, Right.PRICES)


# cabin.toml


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir()
    for name in FILES:
        (tmp_path / name).write_text("stands for a key\n")
    file = tmp_path / "cabin.toml"
    file.write_text(complete(SMALL))
    file.chmod(0o640)
    return file


def test_a_bad_configuration_is_never_taken(source: Path) -> None:
    before = source.read_text()
    assert not config_files.take(source, "new")
    config_files.beside(source, "new").write_text("[cabin]\nid = 1\n")
    assert config_files.look(source).mistakes[0].startswith("cabin.toml.new:")
    assert not config_files.take(source, "new")
    assert source.read_text() == before
    assert config_files.look(source).old_ms is None


@pytest.mark.parametrize("which", ["new", "old"])
@pytest.mark.parametrize("step", range(3))
def test_there_is_a_whole_configuration_after_every_step(
    source: Path, monkeypatch: pytest.MonkeyPatch, which: str, step: int
) -> None:
    """The power fails before each of the renames: one of both is in place, and it is told which."""
    before, wanted = source.read_text(), source.read_text() + "\n# the other\n"
    config_files.beside(source, which).write_text(wanted)
    left, real = [step], Path.replace

    def failing(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(5, "the power has failed")
        return real(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", failing)
        taken = config_files.take(source, which)
    assert source.read_text() == (wanted if taken else before)
    assert taken is (step == 2 or (which, step) == ("old", 1))
    old = config_files.beside(source, "old")
    if step == 2:
        assert old.read_text() == before
        assert (old.stat().st_mode & 0o777) == 0o640


# Facts on the screen


def _facts(**changes: object) -> Facts:
    books = JournalFacts("j", 2 << 20, 17, 12, 3, 1)
    known = CabinFacts(1000.0, "0.1.0", "3801", 10.0, "home", False, books)
    return Facts(replace(known, **changes))  # type: ignore[arg-type]


def test_what_is_not_known_is_never_good() -> None:
    signs = {x.name: x.sign for x in survey_of_facts(_facts()).cabin}
    unknown = {"磁盘", "内存", "时钟", "网络", "证书", "温度", "等外面答复的"}
    assert {x for x in unknown if signs[x] == "unknown"} == unknown
    assert signs["没有办完的单子"] == "attention"


@pytest.mark.parametrize(
    ("changes", "name", "sign", "says"),
    [
        ({"clock_off_s": 3600.0}, "时钟", "bad", "快了 3600 秒"),
        ({"clock_off_s": -1.0}, "时钟", "ok", "准的"),
        ({"certificate_ends": 1000.0 + 12 * 86_400}, "证书", "attention", "还有 12 天"),
        ({"certificate_ends": 1000.0 - 86_400}, "证书", "bad", "过期 1 天"),
        ({"online": False, "network": ()}, "网络", "attention", "没有接上"),
        ({"disk_free": 5 << 20, "disk_total": 1 << 34}, "磁盘", "attention", "还有 0.0 / 16.0"),
        ({"outbox": 2}, "等外面答复的", "attention", "2 件"),
        ({"outbox": 0}, "等外面答复的", "ok", "没有"),
        (
            {"gateways": (GatewayFacts("biller", "x.invalid", trouble="not_yet"),)},
            "缴费单位",
            "bad",
            "还没有到生效的日子",
        ),
        ({"temperature_c": 91.0}, "温度", "attention", "91 ℃"),
        (
            {"gateways": (GatewayFacts("biller", "x.invalid", "unavailable", "timeout"),)},
            "缴费单位",
            "bad",
            "timeout",
        ),
        ({"gateways": (GatewayFacts("relay", "x.invalid"),)}, "上传中转", "unknown", "还没有问过"),
    ],
)
def test_each_fact_has_its_sign(
    changes: dict[str, object], name: str, sign: str, says: str
) -> None:
    row = next(x for x in survey_of_facts(_facts(**changes)).cabin if x.name == name)
    assert (row.sign, says in row.value) == (sign, True), row


def test_a_device_that_is_ill_says_what_to_do() -> None:
    ill = DeviceFacts("x", "机器", "d", "p", "unavailable", "no_answer", "", 5.0)
    well = replace(ill, level="ready", reason="")
    rows = survey_of_facts(Facts(_facts().cabin, (ill, well))).devices
    assert "线" in rows[0].advice and rows[0].why
    assert (rows[1].advice, rows[1].why) == ("", "")


# Words and pages


def test_pages_lose_no_line() -> None:
    for count in range(40):
        lines = tuple(StaffLine(str(n)) for n in range(count))
        for buttons in range(6):
            for columns in (2, 3):
                actions = tuple(Action("x", f"a{n}") for n in range(buttons))
                page = TechPage("x", "", lines, actions, 0, (), columns)
                shown = [y for n in range(page.pages) for y in replace(page, page=n).shown]
                assert tuple(shown) == lines
                assert len(page.shown) <= MOST


@given(st.text("一二三，。；", min_size=1, max_size=200))
def test_long_advice_is_cut_between_clauses_and_loses_nothing(text: str) -> None:
    lines = wrapped("怎么办", text)
    assert "".join(x.detail for x in lines) == text
    assert lines[0].title == "怎么办"


def test_times_and_ports_are_short() -> None:
    assert ago(None, 5) == ""
    assert ago(1000, 4000) == "3 秒前"
    assert ago(0, 600_000) == "10 分钟前"
    assert port_words("serial:///dev/cabin/x?baud=9600") == "/dev/cabin/x"


def _leaf_names(kind: Any) -> Iterator[str]:
    """The last word of every name that a row of this kind can have."""
    for name, hint in get_type_hints(kind).items():
        inner = [x for x in (hint, *get_args(hint)) if dataclasses.is_dataclass(x)]
        yield name
        for one in inner:
            if one is not Means:
                yield from _leaf_names(one)


EVENTS = [x for x in vars(e).values() if isinstance(x, type) and issubclass(x, e.OrderEvent)]


@pytest.mark.parametrize("kind", EVENTS)
def test_every_row_of_an_order_s_life_is_told_in_chinese(kind: type) -> None:
    if kind is not e.OrderEvent:
        assert kind.__name__ in KINDS
    for name in {*_leaf_names(kind)} - {"order_id"}:
        assert name in FIELDS, (kind, name)


@pytest.mark.parametrize(
    "answer", [e.Charge, e.Close, e.Posting, e.Refunding, e.Delivery, e.Printing]
)
def test_every_answer_has_words_and_keeps_its_own(answer: type[StrEnum]) -> None:
    for x in answer:
        assert value_words("result", x.value) == f"{RESULTS[x.value]} {x.value}"


def test_a_row_s_facts_as_they_are_read() -> None:
    facts = (
        ("bills[1].account", "…4417"),
        ("bills[1].amount_fen", "96.30 yuan"),
        ("facts.card", "…9876"),
        ("result", "no_answer"),
        ("goods[1].by_hand", "True"),
        ("name", "payment.poll"),
        ("shoe", "39"),
    )
    assert told(facts) == (
        "账单1户号 …4417；账单1金额 96.30 元；卡号 …9876；结果 没有回答 no_answer；"
        "货1等居民开始 是；名称 付款 payment.poll；shoe 39"
    )


@pytest.mark.parametrize(
    ("digits", "good"),
    [("1102", True), ("110215", True), ("110224", False), ("11021", False), ("1302", False)],
)
def test_a_day_and_an_hour_are_checked(digits: str, good: bool) -> None:
    state = signed_in(TechNumber(what="day", digits=digits))
    assert tech_number.view_of(state).ready is good


def test_a_wire_that_is_stopped_shows_every_byte() -> None:
    data = " ".join(f"{n:02x}" for n in range(200))
    means = "sale amount=9630 order=0047 terminal=000017 trace=000123 and more that is long"
    step = TechWire(frames=(Frame(0, "in", data, means), Frame(0, "", "opened", "")))
    (live, _opened) = tech_wire.view_of(signed_in(step)).lines
    assert live.detail == data, "cut by the row: it goes on by itself"
    lines = tech_wire.view_of(signed_in(replace(step, paused=True))).lines
    assert " ".join(x.detail for x in lines) == f"{data} {means} opened"
    assert max(len(x.detail) for x in lines) <= 2 * WIDE


def test_what_waits_for_an_answer_from_outside_is_counted() -> None:
    def outbox(*orders: Order) -> int:
        return sum(map(_pursued, orders))

    assert outbox(ASKING) == 1, "somebody's payment is asked for"
    assert outbox(WAITS) == 0, "that is a person's matter now"
    lines = tuple(replace(x, state=LineState.POST_UNKNOWN) for x in ASKING.lines)
    paid = replace(ASKING, lines=lines, payment=replace(WAITS.payment, state=PaymentState.PAID))
    assert outbox(paid) == len(lines) > 0
    refunds = (Refund("R1", 100, 100, RefundState.REFUND_UNKNOWN),)
    assert outbox(replace(WAITS, refunds=refunds)) == 1


def test_what_is_wrong_comes_with_the_port_and_the_words_it_is_told_by() -> None:
    evidence = f"rice_mill at serial:///dev/cabin/{'x' * 40}?baud=9600: unavailable (no_answer)"
    found = (Trouble("碾米机：没有应答", "插紧。", "一项服务停用", "bad", evidence),)
    lines = tech_doctor.view_of(signed_in(TechDoctor(found=found))).lines
    assert [x.title for x in lines[:2]] == ["碾米机：没有应答", "依据"]
    assert "".join(x.detail for x in lines[1:]).replace(" ", "") == evidence.replace(" ", "")
