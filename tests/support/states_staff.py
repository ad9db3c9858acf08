"""What the staff see, as synthetic states."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.access import Operator, Purpose, Role
from kiosk.core.order import PaymentState
from kiosk.core.settling import questions
from kiosk.core.state import State
from kiosk.core.visit.rice_choices import ChooseRice
from kiosk.core.visit.sign_in_steps import SignIn
from kiosk.core.visit.steps import Home, OutOfService, Step
from kiosk.core.visit.tech_base import TechStep
from kiosk.core.visit.tech_look_steps import Frame, TechDoctor, TechWire, Trouble
from kiosk.core.visit.tech_steps import (
    CabinRow,
    ConfigFound,
    DeviceRow,
    Life,
    Moment,
    OrderLine,
    Supply,
    Survey,
    TechCabin,
    TechClosed,
    TechConfig,
    TechConfirm,
    TechDevice,
    TechNumber,
    TechOrder,
    TechOrders,
    TechOverview,
    TechSettings,
    TechSettle,
    TechSupplies,
)
from tests.support import states as s

TECHNICIAN = Operator("tech-1", "技术员甲", Role.TECHNICIAN)
OFFICE = Operator("office-1", "街道办值班", Role.OFFICE)
STAFF = (
    TECHNICIAN,
    OFFICE,
    Operator("merchant-1", "示例粮油店店长", Role.MERCHANT),
    Operator("volunteer-1", "小义工", Role.VOLUNTEER),
    Operator("volunteer-2", "大义工", Role.VOLUNTEER),
)
MANY = (
    *STAFF,
    *(Operator(f"tech-{n}", f"夜间值班技术员{n}", Role.TECHNICIAN) for n in range(2, 9)),
)


def staffed(step: Step, operators: tuple[Operator, ...] = STAFF, **visit: object) -> State:
    """A step in a cabin with these operators."""
    state = s.at(step, **visit)
    return replace(state, rules=replace(state.rules, operators=operators))


WHO = SignIn(Purpose.MAINTENANCE)
PIN = replace(WHO, operator=TECHNICIAN.id)
STATES: dict[str, State] = {
    "sign_in_who": staffed(WHO),
    "sign_in_who_class": staffed(SignIn(Purpose.CLASS)),
    "sign_in_who_second": staffed(SignIn(Purpose.SECOND, not_id=TECHNICIAN.id)),
    "sign_in_who_many": staffed(WHO, MANY),
    "sign_in_who_many_2": staffed(replace(WHO, page=1), MANY),
    "sign_in_who_card_wrong": staffed(replace(WHO, refused=True)),
    "sign_in_who_card_waits": staffed(replace(WHO, refused=True, wait_s=300)),
    "sign_in": staffed(PIN),
    "sign_in_typed": staffed(replace(PIN, typed=6)),
    "sign_in_full": staffed(replace(PIN, typed=12)),
    "sign_in_checking": staffed(replace(PIN, request=3)),
    "sign_in_wrong": staffed(replace(PIN, refused=True)),
    "sign_in_wait": staffed(replace(PIN, refused=True, wait_s=300)),
}


# Signed in


def signed_in(step: TechStep, who: Operator = TECHNICIAN, base: State | None = None) -> State:
    """One of the staff at this step."""
    state = base or staffed(step)
    visit = replace(state.visit, step=step, operator=who)
    rules = replace(state.rules, operators=STAFF)
    return replace(state, visit=visit, rules=rules)


DEVICES = (
    DeviceRow(
        "terminal",
        "缴费终端",
        "ecr_hub",
        "serial:///dev/cabin/terminal?baud=115200",
        "ready",
        since_ms=s.AT,
        identity="WZ-1 000017",
        firmware="2.4.1",
        answered_ms=s.AT,
        counters=(("刷卡", "1280 次"), ("退款", "12 次")),
    ),
    DeviceRow("scanner", "扫码器", "cdc_scanner", "/dev/cabin/scanner", "ready", answered_ms=s.AT),
    DeviceRow(
        "receipt_printer",
        "小票打印机",
        "escpos_serial",
        "/dev/cabin/receipt_printer",
        "attention",
        "paper_low",
        errors=(("paper_out", 2), ("no_answer", 1)),
    ),
    DeviceRow("document_printer", "文件打印机", "ipp", "ipp://192.0.2.20/ipp/print", "ready"),
    DeviceRow(
        "bp_meter",
        "血压计",
        "rbp_meter",
        "/dev/cabin/bp_meter",
        "unavailable",
        "no_answer",
        why="没有应答",
        advice="看设备电源灯；把线两头重新插紧；还不行换一根线，再不行就请厂家来看，保修卡在柜门里面。",
    ),
    DeviceRow("rice_mill", "碾米机", "rice_mill", "/dev/cabin/rice_mill", "ready"),
    DeviceRow(
        "id_reader", "身份证读卡器", "sam_v", "usb://0400:c35a/serial-number-000017", "unknown"
    ),
    DeviceRow("booklet_dispenser", "病历本机", "qu_cd", "/dev/cabin/booklets", "ready"),
)
CABIN = (
    CabinRow("账本", "12.4 MiB，18240 行，查到第 18000 行"),
    CabinRow("没有办完的单子", "2 张，1 张等人核对", "attention"),
    CabinRow("等外面答复的", "1 件", "attention"),
    CabinRow("磁盘", "还有 12.1 GiB", "ok"),
    CabinRow("内存", "还有 840 MiB", "ok"),
    CabinRow("时钟", "快了 3600 秒", "bad"),
    CabinRow("网络", "eth0", "ok"),
    CabinRow("证书", "还有 12 天", "attention"),
    CabinRow("温度", "不知道", "unknown"),
    CabinRow("程序", "0.1.0"),
)
SURVEY = Survey(s.AT, DEVICES, CABIN)
UNKNOWN = s.order(
    s.TERMINAL,
    (s.B_POWER,),
    e.PaymentAnswered(s.ORDER_ID, e.Charge.NO_ANSWER),
    *(
        x
        for _ in range(40)
        for x in (
            e.TimerFired(s.ORDER_ID, "payment.query"),
            e.PaymentQueried(s.ORDER_ID, e.Charge.NO_ANSWER),
        )
    ),
)
WAITS = replace(UNKNOWN, payment=replace(UNKNOWN.payment, state=PaymentState.NEEDS_PERSON))
MOMENTS = (
    Moment(
        s.AT,
        "OrderOpened",
        (
            ("means", "terminal"),
            ("bills[1].institution_name", "国网上海市电力公司"),
            ("bills[1].account", "…4417"),
            ("bills[1].period", "2026-10"),
            ("bills[1].amount_fen", "96.30 yuan"),
            ("amount_fen", "96.30 yuan"),
        ),
    ),
    Moment(s.AT + 1000, "PaymentAnswered", (("result", "no_answer"),)),
    *(Moment(s.AT + 2000 * n, "PaymentQueried", (("result", "no_answer"),)) for n in range(1, 12)),
    Moment(s.AT + 90_000, "Unheard", (), agrees=False),
)
LIFE = Life(WAITS, MOMENTS)
FOUND = tuple(
    OrderLine(f"380126112200{n:03d}0K7QD", s.AT + n * 60_000, 960 * n, word, closed, person)
    for n, (word, closed, person) in enumerate(
        (
            ("needs_person", False, True),
            ("unknown", False, False),
            ("paid", True, False),
            ("refunded", True, False),
        )
        * 3
    )
)
ORDERS = TechOrders(found=FOUND)
ORDER = TechOrder(order_id=WAITS.id, life=LIFE, back=ORDERS)
SETTLE = TechSettle(order=WAITS, question=questions(WAITS)[0], back=ORDER)
SUPPLIES = (
    Supply("receipt_paper", "小票纸", "张", 412, s.AT, TECHNICIAN.id),
    Supply("print_paper", "打印纸", "面", 88),
    Supply("rice_1", "1 号仓 长粒香", "克", 12_400, s.AT, "merchant-1"),
)
MISTAKES = (
    "cabin.toml.new:12: limits.payment_max_fen = 0 is out of range; allowed: 1 … 10000000",
    "cabin.toml.new:31: devices.terminal.port is missing; allowed: /dev/… | serial:///dev/…",
)
CONFIG = ConfigFound("cabin.toml", s.AT)
PRICE = TechConfirm(what="price", value="1", back=TechSettings())
_TECH: dict[str, TechStep] = {
    "tech_overview_first": TechOverview(),
    "tech_overview": TechOverview(survey=SURVEY),
    "tech_overview_well": TechOverview(survey=Survey(s.AT, DEVICES[:2])),
    "tech_device": TechDevice(role="terminal", survey=SURVEY),
    "tech_device_ill": TechDevice(role="receipt_printer", survey=SURVEY),
    "tech_cabin": TechCabin(survey=SURVEY),
    "tech_cabin_2": TechCabin(page=1, survey=SURVEY),
    "tech_orders_looking": TechOrders(),
    "tech_orders": ORDERS,
    "tech_orders_none": TechOrders(sought="number", value="0047", found=()),
    "tech_orders_day": TechOrders(sought="day", value="1122", found=FOUND[:2]),
    "tech_orders_hour": TechOrders(sought="day", value="112215", found=FOUND * 5),
    "tech_orders_amount": TechOrders(sought="amount", value="12840", found=FOUND[2:3]),
    "tech_order_looking": TechOrder(order_id=WAITS.id, back=ORDERS),
    "tech_order": ORDER,
    "tech_order_2": replace(ORDER, page=-1, said="printed"),
    "tech_order_unreadable": replace(ORDER, life=Life(None, MOMENTS[:2], "row 17")),
    "tech_settle": SETTLE,
    "tech_settle_how": replace(SETTLE, verdict="not_paid"),
    "tech_number": TechNumber(what="number", back=ORDERS),
    "tech_number_amount": TechNumber(what="amount", digits="12840", back=ORDERS),
    "tech_number_day": TechNumber(what="day", digits="1102", back=ORDERS),
    "tech_number_hour": TechNumber(what="day", digits="110215", back=ORDERS),
    "tech_number_price": TechNumber(what="price", digits="480", back=PRICE),
    "tech_supplies_looking": TechSupplies(),
    "tech_supplies": TechSupplies(supplies=SUPPLIES),
    "tech_settings": TechSettings(),
    "tech_config_looking": TechConfig(),
    "tech_config": TechConfig(found=CONFIG),
    "tech_config_good": TechConfig(found=replace(CONFIG, new_ms=s.AT, old_ms=s.AT)),
    "tech_config_bad": TechConfig(found=replace(CONFIG, new_ms=s.AT, mistakes=MISTAKES)),
    "tech_config_taken": TechConfig(found=CONFIG, said="taken"),
    "tech_confirm_refilled": TechConfirm(
        what="refilled", value="rice_1", back=TechSupplies(supplies=SUPPLIES)
    ),
    "tech_confirm_off": TechConfirm(what="service_off", value="pay_bill", back=TechSettings()),
    "tech_confirm_on": TechConfirm(what="service_on", value="rice", back=TechSettings()),
    "tech_confirm_config": TechConfirm(what="config_new", back=TechConfig(found=CONFIG)),
    "tech_confirm_old": TechConfirm(what="config_old", back=TechConfig(found=CONFIG)),
}
TROUBLES = (
    Trouble(
        "小票打印机没有纸了",
        "打开盖子，装一卷新纸（热敏面朝外），合上盖。",
        "不能收款",
        "bad",
        "escpos_serial at serial:///dev/cabin/receipt_printer?baud=19200: unavailable (paper_out)",
    ),
    Trouble("血压计没有应答", DEVICES[4].advice, "一项服务停用", "bad"),
    Trouble("证书还有 12 天到期", "请向缴费单位要新的证书。", "快要出问题", "attention"),
)
FRAMES = tuple(
    Frame(s.AT - 40 * n, way, data, means)
    for n, (way, data, means) in enumerate(
        (
            ("in", "06 10 40 00 12 00 31 2e 30 2e 34 03 5a", "ack"),
            ("out", "02 10 40 00 03 5b", "status?"),
            ("", "opened", ""),
            ("in", "64 字节", "card number replaced"),
            ("in", "02 " * 60, "a long answer with many fields, more than fit on a line of a row"),
        )
        * 4
    )
)
_TECH |= {
    "tech_doctor_looking": TechDoctor(),
    "tech_doctor": TechDoctor(found=TROUBLES, unseen=("机器没有问：端口可能被占着",)),
    "tech_doctor_well": TechDoctor(found=(), report="/srv/cabin/data/reports/cabin-3801.zip"),
    "tech_doctor_on_stick": TechDoctor(
        found=TROUBLES[:1], report="cabin-3801-20261122-201500.zip", place="stick"
    ),
    "tech_doctor_instead": TechDoctor(
        found=(), report="/srv/cabin/data/reports/cabin-3801-20261122-201500.zip", place="instead"
    ),
    "tech_doctor_writing": TechDoctor(found=(), report="…"),
    "tech_device_advice": TechDevice(role="bp_meter", survey=SURVEY),
    "tech_wire_quiet": TechWire(role="terminal"),
    "tech_wire": TechWire(role="terminal", frames=FRAMES),
    "tech_wire_paused": TechWire(role="terminal", frames=FRAMES, paused=True, only="in", page=-1),
    "tech_wire_saved": TechWire(role="terminal", frames=FRAMES[:3], saved="-"),
}
STATES |= {name: signed_in(step) for name, step in _TECH.items()}
MERCHANT = STAFF[2]
STATES["tech_settings_merchant"] = signed_in(TechSettings(), MERCHANT)
STATES["tech_settings_office"] = signed_in(TechSettings(), OFFICE)
STATES["tech_confirm_price"] = signed_in(replace(PRICE, words=("495",)), MERCHANT)
STATES["tech_closed"] = staffed(TechClosed())
STATES["rice_wanted_staff"] = replace(staffed(ChooseRice()), knocked=True)
for _name, _step, _service in (
    ("home_paused", Home(), "pay_bill"),
    ("home_rice_paused", Home(), "rice"),
    ("home_clinic_paused", Home(), "clinic"),
    ("rice_paused", ChooseRice(), "rice"),
    ("paused", OutOfService("closed"), "pay_bill"),
    ("print_paused", OutOfService("document_printer:closed"), "print"),
):
    _state = staffed(_step)
    STATES[_name] = replace(_state, overrides=_state.overrides.service(_service, on=False))
