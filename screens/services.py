"""The services of the home screen, in their order: one entry each.

At most six stand there. 查一笔 is one of them as long as there is room; else it is found inside
水电煤缴费 and 请人帮忙.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.core import guards
from kiosk.core.money import yuan
from kiosk.core.state import State
from kiosk.core.visit import booklet_steps, clinic_common, print_steps, rice_steps
from kiosk.i18n import N_, _

MOST = 6


def _always(state: State) -> bool:  # noqa: ARG001
    return True


def _none(state: State) -> str:  # noqa: ARG001
    return ""


def _rice_price(state: State) -> str:
    shop = state.rules.rice
    return _("一斤 {price} 元起").format(price=yuan(shop.least_price_fen)) if shop else ""


def _print_hint(state: State) -> str:
    shop = state.rules.printing
    return _("复印，打文件") if shop and shop.scanner else _("手机或U盘")


@dataclass(frozen=True, slots=True)
class Service:
    """``there``: whether this cabin has it. ``trouble``: why it can't be used now, or empty.

    ``label`` may hold a line break; ``hint`` (or what ``hint_of`` says instead) has at most ten
    characters. ``deed``: what one does there, for a sentence. Touched, its tile sends
    ``home.<id>``.
    """

    id: str
    seal: str
    colour: str
    label: str
    hint: str
    deed: str = ""
    there: Callable[[State], bool] = _always
    hint_of: Callable[[State], str] | None = None
    trouble: Callable[[State], str] = _none


FIND = Service("find_slip", N_("查"), "seal_print", N_("查一笔"), N_("带小票，看缴好没有"))
CALL = Service("call_person", N_("问"), "seal_help", N_("请人\n帮忙"), N_("居委会和义工"))
SERVICES = (
    Service(
        "pay_bill",
        N_("费"),
        "seal_bills",
        N_("水电煤\n缴费"),
        N_("带上账单就行"),
        N_("缴水电煤费"),
        trouble=guards.trouble,
    ),
    Service(
        "clinic",
        N_("压"),
        "seal_pressure",
        N_("量血压"),
        N_("坐十分钟，不花钱"),
        N_("量一量血压"),
        there=lambda state: state.rules.clinic is not None,
        trouble=clinic_common.trouble,
    ),
    Service(
        "print",
        N_("印"),
        "seal_print",
        N_("打印"),
        "",
        N_("打印文件"),
        there=lambda state: state.rules.printing is not None,
        hint_of=_print_hint,
        trouble=print_steps.trouble,
    ),
    Service(
        "rice",
        N_("米"),
        "seal_rice",
        N_("现碾\n新米"),
        "",
        N_("买新米"),
        there=lambda state: state.rules.rice is not None,
        hint_of=_rice_price,
        trouble=rice_steps.trouble,
    ),
    Service(
        "booklet",
        N_("本"),
        "seal_booklet",
        N_("病历本"),
        N_("带身份证，免费领"),
        N_("领病历本"),
        there=lambda state: state.rules.booklet is not None,
        trouble=booklet_steps.trouble,
    ),
)


def on_home(state: State) -> tuple[Service, ...]:
    """What stands on the home screen of this cabin."""
    here = tuple(x for x in SERVICES if x.there(state))
    return (*here, CALL) if find_is_inside(state) else (*here, FIND, CALL)


def find_is_inside(state: State) -> bool:
    """True if there is no room for 查一笔 on the home screen."""
    return sum(x.there(state) for x in SERVICES) + 2 > MOST
