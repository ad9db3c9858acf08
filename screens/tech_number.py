"""A number for the staff's screens: what to look for, how much came out, what it costs."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.money import yuan
from kiosk.core.overrides import sensible
from kiosk.core.state import State
from kiosk.core.visit.tech_steps import TechNumber, TechSettle
from screens.drawing import Box
from screens.tech_page import TechPage, TechScreen, bar_of, spoken, step_of
from screens.theme import SPACE
from screens.widgets.number_pad import NumberPad

__all__ = ["TechNumberScreen", "spoken", "view_of"]

ASKED = {
    "number": ("单号", "小票上单号的最后几位，四位起。"),
    "amount": ("金额", "以分计：128.40 元请按 12840。"),
    "day": ("哪一天，几点？", "月和日，如 1102；要加钟点，如 110215。"),
    "units": ("一共出来多少？", "米按克，纸按面，病历本按本。一点也没有出来，请按 0。"),
    "price": ("一斤多少钱？", "以分计：4.80 元请按 480。"),
}


@dataclass(frozen=True, slots=True)
class TechNumberView:
    page: TechPage
    figure: str
    room: bool
    ready: bool

    @property
    def title(self) -> str:
        return self.page.title


def view_of(state: State) -> TechNumberView:
    step = step_of(state, TechNumber)
    title, hint = ASKED[step.what]
    figure = step.digits
    if step.what in ("amount", "price") and figure:
        figure = f"¥ {yuan(int(figure))}"
    longest = {"number": 12, "amount": 8, "day": 6, "units": 5, "price": 4}[step.what]
    page = TechPage(title, hint, bar=bar_of(state))
    return TechNumberView(page, figure, len(step.digits) < longest, _ready(step))


def _ready(step: TechNumber) -> bool:
    digits = step.digits
    match step.what:
        case "number":
            return len(digits) >= 4
        case "day":
            return _is_day(digits)
        case "price":
            return bool(digits) and sensible(int(digits))
        case "units" if isinstance(step.back, TechSettle) and step.back.question is not None:
            return bool(digits) and int(digits) <= step.back.question.most
        case _:
            return bool(digits)


def _is_day(digits: str) -> bool:
    """Month and day, or month, day and hour."""
    if len(digits) not in (4, 6):
        return False
    month, day, hour = int(digits[:2]), int(digits[2:4]), int(digits[4:] or 0)
    return 1 <= month <= 12 and 1 <= day <= 31 and hour <= 23


class TechNumberScreen(TechScreen):
    name = "tech_number"

    def build(self) -> None:
        self.number = self.add(
            NumberPad(
                self.kit, "tech_number.figure", "number.key", "number.done", "好了", self.send
            )
        )
        super().build()

    def arrange(self, body: Box) -> None:
        super().arrange(body)
        top = self.hint.box.bottom + self.theme.px(SPACE.gap)
        self.number.place(Box(body.x, top, body.w, body.bottom - top))

    def show(self, view: TechNumberView) -> None:  # type: ignore[override]
        self.number.show(view.figure, room=view.room, ready=view.ready)
        super().show(view.page)
