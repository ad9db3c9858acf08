"""The cuff presses: a moving figure, how long yet, and 停止."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.clinic_steps import ClinicMeasuring
from kiosk.i18n import N_, _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.clinic_layout import place_stop, stop_button
from screens.drawing import Box
from screens.theme import TYPE
from screens.widgets.label import Label
from screens.widgets.panel import Panel
from screens.widgets.progress import Progress

USUAL_S = 45
"""About how long a measurement takes; the bar never says that it is over before it is."""
NEARLY = 0.95
ORDINALS = (N_("第一次"), N_("第二次"), N_("第三次"))


@dataclass(frozen=True, slots=True)
class MeasuringView:
    """``figure`` is empty for a meter that says nothing before its end.

    ``how`` and ``warning`` stand in the other texts: they are said, those change too often.
    """

    title: str
    hint: str
    figure: str
    caption: str
    share: float
    words: str
    how: str = ""
    warning: str = ""


def view_of(state: State) -> MeasuringView:
    step = state.visit.step
    if not isinstance(step, ClinicMeasuring):
        raise ValueError("nothing is measured")
    ordinal = _(ORDINALS[min(len(step.session.readings), 2)])
    hint = _("{ordinal}。手心向上，身体放松。").format(ordinal=ordinal)
    pain = _("觉得疼，就碰停止。")
    if step.hint:
        words = pain = _("袖带会越来越紧，一会儿就松开，这是正常的。觉得疼，就碰停止。")
    elif step.manual:
        words = _("量好了，这里自己会出结果。")
    else:
        words = _time_words(step.seconds) + pain
    if step.manual:
        how = _("按好以后坐着别动，别说话。\n要停，请按血压计上的停止键。")
        title = _("请按血压计的开始键")
        return MeasuringView(title, hint, "", how, 0.0, words, how, words)
    return MeasuringView(
        _("正在量，请不要说话"),
        hint,
        str(step.mmhg),
        _("袖带压力（毫米汞柱），会先升后降"),
        min(step.seconds / USUAL_S, NEARLY),
        words,
        warning=pain,
    )


def _time_words(seconds: int) -> str:
    left = USUAL_S - seconds
    if left <= 5:
        return _("马上就好。")
    rounded = -(-left // 5) * 5
    return _("大约还要 {seconds} 秒。").format(seconds=rounded)


def spoken(view: MeasuringView) -> Utterance:
    """Neither the pressure nor the seconds: they change all the time."""
    return say(view.title, view.hint, view.how, view.warning)


class ClinicMeasuringScreen(Screen):
    """No way out but 停止, and nothing ever covers it."""

    name = "clinic_measuring"
    offers = ("help",)

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "clinic_measuring.hint", em_mm=12.0, colour="soft"))
        self.panel = self.add(Panel(self.kit))
        self.figure = self.add(
            Label(
                self.kit,
                "clinic_measuring.figure",
                em_mm=TYPE.figure,
                face="bold",
                on="card",
                align="center",
                anchor="middle",
                private=True,
            )
        )
        self.caption = self.add(
            Label(
                self.kit,
                "clinic_measuring.caption",
                em_mm=12.0,
                on="card",
                colour="soft",
                align="center",
                anchor="middle",
            )
        )
        self.progress = self.add(Progress(self.kit, "clinic_measuring.progress"))
        self.words = self.add(
            Label(self.kit, "clinic_measuring.words", em_mm=12.0, anchor="middle")
        )
        self.stop = stop_button(self)

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        stop = place_stop(self, self.stop, body)
        words = Box(body.x, stop.y - px(10) - 2 * self.words.line_px, body.w, 0)
        words = Box(words.x, words.y, words.w, 2 * self.words.line_px)
        self.words.place(words)
        bar = px(14)
        self.progress.place(Box(body.x, words.y - px(4) - bar, body.w, bar))
        self.hint.place(Box(body.x, body.y, body.w, self.hint.line_px))
        top = body.y + self.hint.line_px + px(4)
        end = self.progress.box.y - px(6) if self.progress.visible else words.y - px(6)
        self.panel.place(Box(body.x, top, body.w, end - top))
        inner = self.panel.box.inset(px(8), px(8))
        if self.figure.visible:
            line = self.caption.line_px
            self.figure.place(Box(inner.x, inner.y, inner.w, inner.h - line))
            self.caption.place(Box(inner.x, inner.bottom - line, inner.w, line))
        else:
            self.caption.place(inner)

    def show(self, view: MeasuringView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        for part in (self.figure, self.progress):
            part.visible = bool(view.figure)
        self.figure.say(view.figure)
        self.caption.resize(12.0 if view.figure else 16.0)
        self.caption.say(view.caption)
        self.progress.show(view.share)
        self.words.say(view.words)
        self.stop.say(_("停止"))
        self.shape(bool(view.figure))
