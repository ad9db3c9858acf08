"""What the staff see, as synthetic states."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.access import Operator, Purpose, Role
from kiosk.core.state import State
from kiosk.core.visit.sign_in_steps import SignIn
from kiosk.core.visit.steps import Step
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
    "sign_in": staffed(PIN),
    "sign_in_typed": staffed(replace(PIN, typed=6)),
    "sign_in_full": staffed(replace(PIN, typed=12)),
    "sign_in_checking": staffed(replace(PIN, request=3)),
    "sign_in_wrong": staffed(replace(PIN, refused=True)),
    "sign_in_wait": staffed(replace(PIN, refused=True, wait_s=300)),
}
