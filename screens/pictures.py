"""Which screen shows a state, and what it is given. No business rule, only a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kiosk.core.state import State
from kiosk.core.visit.steps import Attract
from kiosk.core.visit.view import screen_below, screen_of
from kiosk.i18n import N_, _
from screens import (
    account,
    attract,
    bill,
    bills,
    call,
    confirm,
    find,
    found,
    help_page,
    home,
    idle,
    institution,
    looking,
    out_of_service,
    pay,
    receipt_problem,
    result,
    topup,
    unknown,
)
from screens.app import Picture
from screens.base import Frame, Screen

View = Callable[[State], Any]

TABLE: Mapping[str, tuple[type[Screen], View]] = {
    "home": (home.HomeScreen, home.view_of),
    "attract": (attract.AttractScreen, attract.view_of),
    "bill": (bill.BillScreen, bill.view_of),
    "institution": (institution.InstitutionScreen, institution.view_of),
    "account": (account.AccountScreen, account.view_of),
    "looking": (looking.LookingScreen, looking.view_of),
    "bills": (bills.BillsScreen, bills.view_of),
    "topup": (topup.TopUpScreen, topup.view_of),
    "confirm": (confirm.ConfirmScreen, confirm.view_of),
    "pay": (pay.PayScreen, pay.view_of),
    "result": (result.ResultScreen, result.view_of),
    "unknown": (unknown.UnknownScreen, unknown.view_of),
    "receipt_problem": (receipt_problem.ReceiptProblemScreen, receipt_problem.view_of),
    "find": (find.FindScreen, find.view_of),
    "found": (found.FoundScreen, found.view_of),
    "call": (call.CallScreen, call.view_of),
    "help": (help_page.HelpScreen, help_page.view_of),
    "idle": (idle.IdleScreen, idle.view_of),
    "out_of_service": (out_of_service.OutOfServiceScreen, out_of_service.view_of),
}
SCREENS: Mapping[str, type[Screen]] = {name: screen for name, (screen, _view) in TABLE.items()}

SERVICES = {
    "find": N_("查一笔"),
    "found": N_("查一笔"),
    "call": N_("请人帮忙"),
    "attract": "",
    "home": "",
}
BILLS = N_("水电煤缴费")


class PictureMaker:
    """Turns states into pictures; remembers nothing but the cabin's name."""

    def __init__(self, cabin_name: str) -> None:
        self._cabin = cabin_name

    def of(self, state: State | None) -> Picture:
        """Return the picture of a state; before the first one, an empty clock."""
        if state is None:
            return Picture("attract", attract.EMPTY, Frame(self._cabin), -1)
        name = screen_of(state)
        below = SERVICES.get(screen_below(state), BILLS)
        service = _(below) if below else ""
        face = state.face
        frame = Frame(self._cabin, service or date_words(state), face.text)
        palette = "night" if face.night else "day"
        asleep = isinstance(state.visit.step, Attract)
        return Picture(name, TABLE[name][1](state), frame, state.version, palette, asleep)


WEEKDAYS = (
    N_("星期一"),
    N_("星期二"),
    N_("星期三"),
    N_("星期四"),
    N_("星期五"),
    N_("星期六"),
    N_("星期日"),
)


def date_words(state: State) -> str:
    """``11月22日 星期日``."""
    face = state.face
    day = _("{month}月{day}日").format(month=face.month, day=face.day)
    return f"{day} {_(WEEKDAYS[face.weekday])}"
