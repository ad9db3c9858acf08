"""What a learner is called: a surname, and how one says it. Nothing else is asked."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.class_decide import NAMES_A_PAGE, TITLES, surnames_on
from kiosk.core.visit.class_steps import ClassName
from kiosk.speech.utterance import SILENCE, Utterance
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Label

_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class ClassNameView:
    """``titles`` are shown when a surname has been chosen."""

    title: str
    hint: str
    surnames: tuple[str, ...]
    titles: tuple[str, ...]


def view_of(state: State) -> ClassNameView:
    step = state.visit.step
    if not isinstance(step, ClassName):
        raise ValueError("nobody is asked for a name")
    page = surnames_on(step.page)
    titles = tuple(f"{step.surname}{x}" for x in TITLES) if step.surname else TITLES
    hint = "怎么称呼？再选一个。" if step.surname else "先选姓，再选称呼。别的都不用问。"
    return ClassNameView("学员怎么称呼？", hint, page, titles if step.surname else ())


def spoken(view: ClassNameView) -> Utterance:  # noqa: ARG001
    """The volunteer reads for themselves."""
    return SILENCE


class ClassNameScreen(Screen):
    name = "class_name"
    offers = ("back", "home")

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "class_name.hint", em_mm=11.0, colour="soft"))
        self.keys = [
            self.add(
                Button(
                    self.kit,
                    f"class.surname.{n}",
                    "",
                    lambda n=n: self.send("class.surname", str(n)),  # type: ignore[misc]
                    kind="key",
                )
            )
            for n in range(NAMES_A_PAGE)
        ]
        self.titles = [
            self.add(
                Button(
                    self.kit,
                    f"class.title.{n}",
                    title,
                    lambda n=n: self.send("class.title", str(n)),  # type: ignore[misc]
                    guard=True,
                )
            )
            for n, title in enumerate(TITLES)
        ]
        self.more = self._button("class.more", "别的姓")
        self.phone = self._button("class.by_phone", "用手机尾号")

    def _button(self, touch_id: str, text: str) -> Button:
        return self.add(
            Button(self.kit, touch_id, text, lambda: self.send(touch_id, None), guard=True)
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        self.hint.place(Box(body.x, body.y, body.w, self.hint.line_px))
        high, half = px(SPACE.button), (body.w - gap) // 2
        y = body.bottom - high
        self.more.place(Box(body.x, y, half, high))
        self.phone.place(Box(body.right - half, y, half, high))
        for n, button in enumerate(self.titles):
            x = body.x if n % 2 == 0 else body.right - half
            button.place(Box(x, y - (2 - n // 2) * (high + gap), half, high))
        top = self.hint.box.bottom + px(SPACE.air)
        rows = NAMES_A_PAGE // _COLUMNS
        width = (body.w - (_COLUMNS - 1) * gap) // _COLUMNS
        end = y - 2 * (high + gap) - gap
        height = min(px(50), (end - top - (rows - 1) * gap) // rows)
        for n, key in enumerate(self.keys):
            x, row = n % _COLUMNS, n // _COLUMNS
            key.place(Box(body.x + x * (width + gap), top + row * (height + gap), width, height))

    def show(self, view: ClassNameView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        for n, key in enumerate(self.keys):
            key.visible = n < len(view.surnames)
            if key.visible:
                key.say(view.surnames[n])
        for n, button in enumerate(self.titles):
            button.enable(bool(view.titles))
            button.say(view.titles[n] if view.titles else TITLES[n])
