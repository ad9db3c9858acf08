"""Sit still before the first measurement: a picture of how, and how long yet."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.clinic_steps import ClinicRest
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.clinic_layout import clock, place_column
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.progress import Progress
from screens.widgets.sitting import POSTURE, Sitting


@dataclass(frozen=True, slots=True)
class RestView:
    """``share`` of the rest that is over."""

    title: str
    left: str
    words: str
    button: str
    share: float
    over: bool


def view_of(state: State) -> RestView:
    step = state.visit.step
    if not isinstance(step, ClinicRest):
        raise ValueError("nobody rests")
    if step.left == 0:
        words, button = _("歇好了。不着急，准备好了再碰下面。"), _("下一步")
    else:
        words, button = _("还要歇这么久。已经歇过的，可以跳过。"), _("我歇过了，跳过")
    share = 1 - step.left / max(step.total, 1)
    return RestView(_("先坐好，歇一会儿"), clock(step.left), words, button, share, step.left == 0)


def spoken(view: RestView) -> Utterance:
    """Without the clock: it would be said anew every second."""
    return say(view.title, *map(_, POSTURE), view.words)


class ClinicRestScreen(Screen):
    name = "clinic_rest"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.picture = self.add(Sitting(self.kit, "clinic_rest.picture"))
        self.left = self.add(
            Label(
                self.kit, "clinic_rest.left", em_mm=48.0, face="bold", align="center",
                anchor="middle", role="time",
            )
        )  # fmt: skip
        self.progress = self.add(Progress(self.kit, "clinic_rest.progress"))
        self.words = self.add(Label(self.kit, "clinic_rest.words", em_mm=12.0, align="center"))
        # Filled only when its time has come: until then resting is what is wanted.
        self.skip, self.next = (
            self.add(
                Button(
                    self.kit,
                    "clinic.rested",
                    "",
                    lambda: self.send("clinic.rested", None),
                    kind=kind,
                    guard=True,
                    em_mm=18.0,
                )
            )
            for kind in ("plain", "main")
        )
        self.next.visible = False

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        top = place_column(self, body, self.skip, self.next, height_mm=50)
        line = self.words.line_px
        words = Box(body.x, top - line, body.w, line)
        self.words.place(words)
        bar = px(12)
        self.progress.place(Box(body.x, words.y - px(5) - bar, body.w, bar))
        figure = px(60)
        left = Box(body.x, self.progress.box.y - px(3) - figure, body.w, figure)
        self.left.place(left)
        start = body.y + px(SPACE.air)
        self.picture.place(Box(body.x, start, body.w, left.y - px(4) - start))

    def show(self, view: RestView) -> None:
        self.heading.say(view.title)
        self.picture.show()
        self.left.say(view.left)
        self.words.say(view.words)
        self.progress.show(view.share)
        self.skip.visible, self.next.visible = not view.over, view.over
        (self.next if view.over else self.skip).say(view.button)
        self.shape(view.over)
