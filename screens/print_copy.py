"""复印: an ID card with its two sides, or a page?"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.print_choices import ChooseOriginal
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.label import Label
from screens.widgets.pick import Pick


@dataclass(frozen=True, slots=True)
class PrintCopyView:
    title: str
    hint: str
    low: bool = False


def view_of(state: State) -> PrintCopyView:
    if not isinstance(state.visit.step, ChooseOriginal):
        raise ValueError("nothing is copied")
    hint = _("先看样子和价钱，再付钱。印完，机器里不留。")
    return PrintCopyView(_("要复印什么？"), hint, state.visit.lower)


def spoken(view: PrintCopyView) -> Utterance:
    card = (_("身份证"), _("正面反面，印在一张纸上"))
    return say(view.title, view.hint, *card, _("一页纸"), _("证明、病历、信，都可以"))


class PrintCopyScreen(Screen):
    name = "print_copy"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "print_copy.hint", em_mm=11.0, colour="soft"))
        self.card = self.add(self._way("copy.card"))
        self.page = self.add(self._way("copy.page"))

    def _way(self, target: str) -> Pick:
        return Pick(self.kit, target, lambda: self.send(target, None), em_mm=20.0)

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        self.hint.place(Box(body.x, body.y, body.w, self.hint.line_px))
        height = px(58 if self.low else 78)
        top = body.bottom - 2 * height - gap
        self.card.place(Box(body.x, top, body.w, height))
        self.page.place(Box(body.x, top + height + gap, body.w, height))

    def show(self, view: PrintCopyView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        self.card.show(_("身份证"), _("正面反面，印在一张纸上"))
        self.page.show(_("一页纸"), _("证明、病历、信，都可以"))
        self.shape(low=view.low)
