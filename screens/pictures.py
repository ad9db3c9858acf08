"""Which screen shows a state, and what it is given. No business rule, only a table."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from kiosk.core.goods import Ware
from kiosk.core.state import State
from kiosk.core.visit.common import order_at_screen
from kiosk.core.visit.print_choices import PrintStep
from kiosk.core.visit.steps import Attract, CheckGoods, ConfirmGoods, Home, OutOfService
from kiosk.core.visit.view import screen_below, screen_of
from kiosk.i18n import N_, _
from screens.app import Picture
from screens.base import Frame, Screen

# Each has a module with a ``view_of`` and this class. They are imported when first needed: a home
# screen that starts needs one of them.
_CLASSES: Mapping[str, tuple[str, str]] = {
    "home": ("home", "HomeScreen"),
    "attract": ("attract", "AttractScreen"),
    "bill": ("bill", "BillScreen"),
    "institution": ("institution", "InstitutionScreen"),
    "account": ("account", "AccountScreen"),
    "looking": ("looking", "LookingScreen"),
    "bills": ("bills", "BillsScreen"),
    "topup": ("topup", "TopUpScreen"),
    "confirm": ("confirm", "ConfirmScreen"),
    "confirm_goods": ("confirm_goods", "ConfirmGoodsScreen"),
    "pay": ("pay", "PayScreen"),
    "result": ("result", "ResultScreen"),
    "unknown": ("unknown", "UnknownScreen"),
    "receipt_problem": ("receipt_problem", "ReceiptProblemScreen"),
    "find": ("find", "FindScreen"),
    "found": ("found", "FoundScreen"),
    "call": ("call", "CallScreen"),
    "help": ("help_page", "HelpScreen"),
    "idle": ("idle", "IdleScreen"),
    "out_of_service": ("out_of_service", "OutOfServiceScreen"),
    "print_source": ("print_source", "PrintSourceScreen"),
    "print_upload": ("print_upload", "PrintUploadScreen"),
    "print_files": ("print_files", "PrintFilesScreen"),
    "print_document": ("print_document", "PrintDocumentScreen"),
    "print_change": ("print_change", "PrintChangeScreen"),
    "print_pages": ("print_pages", "PrintPagesScreen"),
    "pages_delivering": ("pages_delivering", "PagesDeliveringScreen"),
}


def _module(name: str) -> Any:
    return importlib.import_module(f"screens.{_CLASSES[name][0]}")


class _Screens(Mapping[str, type[Screen]]):
    """Screens' classes by name; looking one up imports it."""

    def __getitem__(self, name: str) -> type[Screen]:
        screen: type[Screen] = getattr(_module(name), _CLASSES[name][1])
        return screen

    def __iter__(self) -> Iterator[str]:
        return iter(_CLASSES)

    def __len__(self) -> int:
        return len(_CLASSES)


SCREENS: Mapping[str, type[Screen]] = _Screens()

SERVICES = {
    "find": N_("查一笔"),
    "found": N_("查一笔"),
    "call": N_("请人帮忙"),
}
BILLS = N_("水电煤缴费")
WARES = {
    Ware.RICE: N_("现碾新米"),
    Ware.PAGES: N_("打印"),
    Ware.BOOKLET: N_("病历本"),
}


ROLES = {
    "rice_mill": WARES[Ware.RICE],
    "document_printer": WARES[Ware.PAGES],
    "booklet_dispenser": WARES[Ware.BOOKLET],
}


def _service_of(state: State) -> str:
    """The service of a screen that several share, by what is bought there."""
    step = state.visit.step
    if isinstance(step, Home | Attract):
        return ""
    if isinstance(step, PrintStep):
        return WARES[Ware.PAGES]
    if isinstance(step, OutOfService):
        return ROLES.get(step.reason.removeprefix("held:").partition(":")[0], BILLS)
    goods = step.goods if isinstance(step, ConfirmGoods | CheckGoods) else None
    order = order_at_screen(state)
    if order is not None and order.goods:
        goods = order.goods[0].goods
    return BILLS if goods is None else WARES[goods.ware]


class PictureMaker:
    """Turns states into pictures; remembers nothing but the cabin's name."""

    def __init__(self, cabin_name: str) -> None:
        self._cabin = cabin_name

    def of(self, state: State | None) -> Picture:
        """Return the picture of a state; before the first one, an empty clock."""
        if state is None:
            return Picture("attract", _module("attract").EMPTY, Frame(self._cabin), -1)
        name = screen_of(state)
        below = SERVICES.get(screen_below(state)) or _service_of(state)
        service = _(below) if below else ""
        face = state.face
        frame = Frame(self._cabin, service or date_words(state), face.text)
        palette = "night" if face.night else "day"
        asleep = isinstance(state.visit.step, Attract)
        return Picture(name, _module(name).view_of(state), frame, state.version, palette, asleep)


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
