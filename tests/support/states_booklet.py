"""A record booklet, from the card to the slip, and the home screens it stands on."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.booklet import OPEN, BookletRules, Person
from kiosk.core.events import Delivery
from kiosk.core.goods import Progress
from kiosk.core.notices import Notice
from kiosk.core.state import Device, Level, State
from kiosk.core.visit.booklet import CardTrouble, HadBooklet, LayCard
from kiosk.core.visit.booklet_steps import BOOKLET
from kiosk.core.visit.steps import CheckGoods, ConfirmGoods, Home, OutOfService
from tests.support import states as s
from tests.support.states_goods import GIFT, bought, gave

SOMEBODY = Person("王*", 1, "ab" * 32)
BY_CODE = Person("", 1, "cd" * 32)
NOTICE = Notice("小义工课堂", "学缴水电费，学自己量血压。义工手把手教。", 2, "09:30")
RULES = replace(s.RULES, booklet=BookletRules(365, insurance_code=True), notices=(NOTICE,))
MACHINES = {x: Device(Level.READY) for x in ("booklet_dispenser", "id_reader", "booklet_register")}


def here(state: State, rules: object = RULES) -> State:
    """The state in a cabin that gives booklets out."""
    return replace(state, rules=rules, devices={**state.devices, **MACHINES})  # type: ignore[arg-type]


def without(state: State, role: str, reason: str) -> State:
    down = Device(Level.UNAVAILABLE, reason)
    return replace(state, devices={**state.devices, role: down})


def _coming(word: str) -> State:
    return s.with_order(bought(BOOKLET, means=GIFT), progress=Progress(0, 1, word))


def _ended(result: Delivery, units: int = 0, code: str = "") -> State:
    events = (gave(result, units, 0, code), s.printed(1))
    return s.with_order(bought(BOOKLET, *events, means=GIFT), identified=SOMEBODY)


_STATES: dict[str, State] = {
    "booklet_home": s.at(Home()),
    "booklet_lay": s.at(LayCard(1)),
    "booklet_reading": s.at(LayCard(1, found=True)),
    "booklet_code_only": s.at(LayCard(1, card=False)),
    **{f"booklet_{x}": s.at(LayCard(trouble=x)) for x in CardTrouble},
    "booklet_had": s.at(HadBooklet("2026-03-05", "2027-03-05")),
    "booklet_had_open": s.at(HadBooklet(OPEN)),
    "booklet_confirm": s.at(ConfirmGoods(BOOKLET), identified=SOMEBODY),
    "booklet_confirm_code": s.at(ConfirmGoods(BOOKLET), identified=BY_CODE),
    "booklet_checking": s.at(CheckGoods(BOOKLET, GIFT, 1), identified=SOMEBODY),
    "booklet_moving": _coming("moving"),
    "booklet_at_take": _coming("at_take"),
    "booklet_calling_back": _coming("calling_back"),
    "booklet_printing": s.with_order(bought(BOOKLET, gave(Delivery.DONE, 1), means=GIFT)),
    "booklet_done": _ended(Delivery.DONE, 1),
    "booklet_not_taken": _ended(Delivery.NOT_DONE, 0, "not_taken"),
    "booklet_failure": _ended(Delivery.NOT_DONE, 0, "dispense_failure"),
    "booklet_unknown": _ended(Delivery.UNDECIDABLE, 0, "jammed"),
    "booklet_out_empty": s.at(OutOfService("booklet_dispenser:empty")),
    "booklet_out_reader": s.at(OutOfService("id_reader:no_answer")),
    "booklet_out_register": s.at(OutOfService("booklet_register:broken")),
}
STATES = {name: here(state) for name, state in _STATES.items()}
LONG = Notice(
    "小义工手把手的课堂",
    "学缴水电费，学自己量血压，学打印身份证，学买现碾的新米。义工手把手教，不着急的。",
    2,
    "09:30",
)
STATES |= {
    "booklet_home_long": replace(STATES["booklet_home"], rules=replace(RULES, notices=(LONG,))),
    "booklet_home_empty": without(STATES["booklet_home"], "booklet_dispenser", "empty"),
    "booklet_home_register": without(STATES["booklet_home"], "booklet_register", "broken"),
}
