"""More than one biller of a kind: which one is on the bill?"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.steps import ChooseInstitution
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.pictures import BillPicture

MOST = 6
ROOMY = 3  # choices that leave room for a picture and larger buttons


@dataclass(frozen=True, slots=True)
class InstitutionView:
    """``choices``: id and name, at most six."""

    title: str
    hint: str
    choices: tuple[tuple[str, str], ...]
    low: bool = False


def view_of(state: State) -> InstitutionView:
    step = state.visit.step
    if not isinstance(step, ChooseInstitution):
        raise ValueError("nothing to choose")
    choices = tuple((x.id, x.name) for x in state.institutions if x.kind is step.kind)
    return InstitutionView(
        _("账单是哪一家的？"),
        _("看看账单上面的名字，碰一下一样的那个。"),
        choices[:MOST],
        state.visit.lower,
    )


def spoken(view: InstitutionView) -> Utterance:
    return say(view.title, view.hint, *(name for _id, name in view.choices))


class InstitutionScreen(Screen):
    name = "institution"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "institution.hint", em_mm=11.0, colour="soft"))
        self.picture = self.add(BillPicture(self.kit, "institution.picture", mark="name"))
        self.picture.show(reader=False)
        self._ids = [""] * MOST
        self.buttons = [
            self.add(
                Button(
                    self.kit,
                    f"bill.institution.{n}",
                    "",
                    lambda n=n: self.send("bill.institution", self._ids[n]),  # type: ignore[misc]
                    guard=True,
                )
            )
            for n in range(MOST)
        ]

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        hint = Box(body.x, body.y, body.w, self.hint.line_px)
        self.hint.place(hint)
        shown = max(1, sum(x.visible for x in self.buttons))
        height = px(50 if shown <= ROOMY else 40)
        if self.low:
            height, gap = px(36 if shown <= ROOMY else 31), px(5)
        top = body.bottom - MOST * height - (MOST - 1) * gap
        for n, button in enumerate(self.buttons):
            button.place(Box(body.x, top + n * (height + gap), body.w, height))
        # A picture in the room above, where there is enough.
        end = body.bottom - shown * (height + gap) - px(SPACE.air)
        top = hint.bottom + px(SPACE.air)
        self.picture.visible = end - top >= px(100)
        if self.picture.visible:
            high = min(end - top, px(170))
            self.picture.place(Box(body.x, top + (end - top - high) // 2, body.w, high))

    def show(self, view: InstitutionView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        # The last ones of the column, so that few choices stand low, in reach.
        first = MOST - len(view.choices)
        for n, button in enumerate(self.buttons):
            button.visible = n >= first
            if n >= first:
                self._ids[n], name = view.choices[n - first]
                button.id = f"bill.institution.{self._ids[n]}"
                button.say(name)
        self.shape(len(view.choices), low=view.low)
