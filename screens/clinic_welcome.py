"""一分钟诊所: what it is, how long it takes, and who should not.

Whose arm isn't to be measured (a fistula, a drip, a wound, an operation with its lymph nodes) and
whose values may be wrong (arrhythmia) are the cautions that makers' instructions and hospitals'
public pages give; the half hour before is of the guideline (blood-pressure meter protocol, 2).
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.clinic_common import rules_of
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.clinic_layout import place_column
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.message import Message

MEASURING_S = 240
"""What two measurements, sitting down and the result take besides the pauses."""


@dataclass(frozen=True, slots=True)
class WelcomeView:
    title: str
    lead: str
    words: str
    not_lead: str
    not_words: str


def view_of(state: State) -> WelcomeView:
    rules = rules_of(state)
    minutes = max(1, round((rules.rest_s + rules.pause_s + MEASURING_S) / 60))
    return WelcomeView(
        _("坐下来，量血压"),
        _("大约 {minutes} 分钟，不花钱").format(minutes=minutes),
        _("先坐着歇一会儿，再量两次。\n结果只给您看，机器里不留。"),
        _("这些情况请先别量"),
        _(
            "手臂有伤、在打点滴、有透析的瘘管，\n"
            "或那一侧做过乳腺手术：换另一只量。\n"
            "刚抽烟、喝咖啡、走急了：歇半小时。\n"
            "心跳不齐，或怀着孩子：请让医生量。"
        ),
    )


def spoken(view: WelcomeView) -> Utterance:
    return say(view.title, view.lead, view.words, view.not_lead, view.not_words)


class ClinicWelcomeScreen(Screen):
    name = "clinic_welcome"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.words = self.add(Message(self.kit, "clinic_welcome.words", em_mm=13.0, lead_mm=18.0))
        self.caution = self.add(
            Message(self.kit, "clinic_welcome.caution", "wait", em_mm=12.5, lead_mm=15.0)
        )
        self.begin = self.add(
            Button(
                self.kit,
                "clinic.begin",
                "",
                lambda: self.send("clinic.begin", None),
                kind="main",
                guard=True,
                em_mm=20.0,
            )
        )

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        place_column(self, body, self.begin, height_mm=56)
        top = body.y + px(4)
        for message in (self.words, self.caution):
            height = message.fit(body.w)
            message.place(Box(body.x, top, body.w, height))
            top += height + px(SPACE.air)

    def show(self, view: WelcomeView) -> None:
        self.heading.say(view.title)
        self.words.say(view.words, view.lead)
        self.caution.say(view.not_words, view.not_lead)
        self.begin.say(_("好，开始"))
        self.shape(view)
