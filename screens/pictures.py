"""Which screen shows a state, and what it is given. No business rule, only a table."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from kiosk.core.goods import Ware
from kiosk.core.state import State
from kiosk.core.visit.class_steps import CLASS_SCREENS
from kiosk.core.visit.clinic_steps import CLINIC_SCREENS
from kiosk.core.visit.common import order_at_screen
from kiosk.core.visit.print_choices import PrintStep
from kiosk.core.visit.sign_in_steps import SignIn
from kiosk.core.visit.sound import loudness
from kiosk.core.visit.steps import (
    Attract,
    CheckGoods,
    ConfirmGoods,
    Home,
    OutOfService,
    Overlay,
)
from kiosk.core.visit.view import screen_below, screen_of
from kiosk.i18n import N_, _, set_language
from screens.app import Picture
from screens.base import Frame, Screen
from screens.voice import Said, utterance_of

TECH = (
    *("overview", "device", "cabin", "orders", "order", "settle", "number"),
    *("supplies", "settings", "config", "confirm", "closed"),
    *("tests", "test", "tested", "touch", "colours", "doctor", "wire"),
)
"""The staff's screens."""
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
    "sound": ("sound", "SoundScreen"),
    "idle": ("idle", "IdleScreen"),
    "out_of_service": ("out_of_service", "OutOfServiceScreen"),
    "print_source": ("print_source", "PrintSourceScreen"),
    "print_upload": ("print_upload", "PrintUploadScreen"),
    "print_files": ("print_files", "PrintFilesScreen"),
    "print_document": ("print_document", "PrintDocumentScreen"),
    "print_change": ("print_change", "PrintChangeScreen"),
    "print_pages": ("print_pages", "PrintPagesScreen"),
    "print_copy": ("print_copy", "PrintCopyScreen"),
    "print_lay": ("print_lay", "PrintLayScreen"),
    "print_scanning": ("print_scanning", "PrintScanningScreen"),
    "print_take": ("print_take", "PrintTakeScreen"),
    "pages_delivering": ("pages_delivering", "PagesDeliveringScreen"),
    "clinic_welcome": ("clinic_welcome", "ClinicWelcomeScreen"),
    "clinic_rest": ("clinic_rest", "ClinicRestScreen"),
    "clinic_arm": ("clinic_arm", "ClinicArmScreen"),
    "clinic_measuring": ("clinic_measuring", "ClinicMeasuringScreen"),
    "clinic_stopping": ("clinic_stopping", "ClinicStoppingScreen"),
    "clinic_trouble": ("clinic_trouble", "ClinicTroubleScreen"),
    "clinic_pause": ("clinic_pause", "ClinicPauseScreen"),
    "clinic_symptoms": ("clinic_symptoms", "ClinicSymptomsScreen"),
    "clinic_alert": ("clinic_alert", "ClinicAlertScreen"),
    "clinic_result": ("clinic_result", "ClinicResultScreen"),
    "clinic_code": ("clinic_code", "ClinicCodeScreen"),
    "clinic_record": ("clinic_record", "ClinicRecordScreen"),
    "class_room": ("class_room", "ClassRoomScreen"),
    "class_name": ("class_name", "ClassNameScreen"),
    "class_digits": ("class_digits", "ClassDigitsScreen"),
    "class_lessons": ("class_lessons", "ClassLessonsScreen"),
    "class_wait": ("class_wait", "ClassWaitScreen"),
    "lay_card": ("lay_card", "LayCardScreen"),
    "had_booklet": ("had_booklet", "HadBookletScreen"),
    "booklet_delivering": ("booklet_delivering", "BookletDeliveringScreen"),
    "rice": ("rice", "RiceScreen"),
    "rice_amount": ("rice_amount", "RiceAmountScreen"),
    "rice_weight": ("rice_weight", "RiceWeightScreen"),
    "rice_level": ("rice_level", "RiceLevelScreen"),
    "rice_ready": ("rice_ready", "RiceReadyScreen"),
    "rice_delivering": ("rice_delivering", "RiceDeliveringScreen"),
    "sign_in_who": ("sign_in_who", "SignInWhoScreen"),
    "sign_in": ("sign_in", "SignInScreen"),
    **{f"tech_{x}": (f"tech_{x}", f"Tech{x.title()}Screen") for x in TECH},
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
AHEAD = ("home", "attract", "bill")
"""Built before anybody wants them. The others take 1 to 15 ms when they are wanted (once in a run
up to 40, for what they import), and memory that is better kept for the rest of the cabin."""

SERVICES = {
    "find": N_("查一笔"),
    "found": N_("查一笔"),
    "call": N_("请人帮忙"),
    **dict.fromkeys(CLINIC_SCREENS.values(), N_("量血压")),
    **dict.fromkeys(CLASS_SCREENS.values(), "小义工课堂"),
    "lay_card": N_("病历本"),
    "had_booklet": N_("病历本"),
    **{f"tech_{x}": N_("维护") for x in TECH},
}
BILLS = N_("水电煤缴费")
WARES = {
    Ware.RICE: N_("现碾新米"),
    Ware.PAGES: N_("打印"),
    Ware.BOOKLET: N_("病历本"),
}


SERVICES |= dict.fromkeys(("rice", "rice_amount", "rice_weight", "rice_level"), WARES[Ware.RICE])
ROLES = {
    "rice_mill": WARES[Ware.RICE],
    "document_printer": WARES[Ware.PAGES],
    "booklet_dispenser": WARES[Ware.BOOKLET],
    "id_reader": WARES[Ware.BOOKLET],
    "booklet_register": WARES[Ware.BOOKLET],
}


STAFF_NEXT = N_("办完后维护")
"""Staff have knocked while somebody is in the middle of something."""


def _service_of(state: State) -> str:
    """The service of a screen that several share, by what is bought there."""
    step = state.visit.step
    if isinstance(step, Home | Attract | SignIn):
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
        set_language(state.visit.language if state is not None else "zh")
        if state is None:
            return Picture("attract", _module("attract").EMPTY, Frame(self._cabin), -1)
        name = screen_of(state)
        below = SERVICES.get(screen_below(state)) or _service_of(state)
        if state.knocked:
            below = STAFF_NEXT
        service = _(below) if below else ""
        face = state.face
        voice = state.rules.volume_steps > 0
        frame = Frame(self._cabin, service or date_words(state), face.text, voice)
        palette = "night" if face.night else "day"
        asleep = isinstance(state.visit.step, Attract)
        view = _module(name).view_of(state)
        said = Said(
            utterance_of(_module(name), view),
            loudness(state),
            state.visit.again,
            state.visit.overlay is not Overlay.NONE,
        )
        return Picture(
            name, view, frame, state.version, palette, asleep, state.visit.language, said
        )


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
