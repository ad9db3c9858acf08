"""Which screen shows a state, and what it is given. No business rule, only a table."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from kiosk.core.state import State
from kiosk.core.visit.sound import loudness
from kiosk.core.visit.steps import Attract, Overlay
from kiosk.core.visit.view import screen_below, screen_of
from kiosk.i18n import N_, _, set_language
from screens.app import Picture
from screens.base import Frame, Screen
from screens.voice import Said, utterance_of

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
        set_language(state.visit.language if state is not None else "zh")
        if state is None:
            return Picture("attract", _module("attract").EMPTY, Frame(self._cabin), -1)
        name = screen_of(state)
        below = SERVICES.get(screen_below(state), BILLS)
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
