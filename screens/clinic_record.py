"""自助扫码: the result goes to the health record of whoever holds their code to the reader."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.clinic_steps import ClinicRecord, Sending
from kiosk.i18n import N_, _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.clinic_layout import place_column
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.message import Message
from screens.widgets.pictures import SlipPicture

TITLES = {
    Sending.WAITING: N_("请扫您的健康档案码"),
    Sending.SENDING: N_("正在发，请等一下"),
    Sending.SENT: N_("已经存好了"),
    Sending.UNKNOWN: N_("还不知道存好没有"),
}
WORDS = {
    Sending.WAITING: N_("把手机上的码对准红光。结果只发到您自己的档案里，机器里不留。"),
    Sending.SENDING: N_("一般几秒钟就好。"),
    Sending.SENT: N_("结果在您的健康档案里了。"),
    Sending.REFUSED: N_("这个码不能用，结果没有发出去。请换一个新码，再扫一扫。"),
    Sending.NOT_SENT: N_("网络断了，结果没有发出去。可以再扫一次，或回去打一张纸。"),
    Sending.UNKNOWN: N_("发出去了，但那边没有回话。可以再发一次，不会存成两份。"),
    Sending.NOT_A_CODE: N_("这不是健康档案的码。请打开手机上的健康档案，再扫一扫。"),
}


@dataclass(frozen=True, slots=True)
class RecordView:
    """``again``: it can be sent once more. ``reader``: a code is waited for."""

    title: str
    words: str
    amber: bool
    again: bool
    reader: bool
    done: bool


def view_of(state: State) -> RecordView:
    step = state.visit.step
    if not isinstance(step, ClinicRecord):
        raise ValueError("nothing is to be sent")
    sending = step.outcome.sending
    troubled = sending in (
        Sending.REFUSED,
        Sending.NOT_SENT,
        Sending.UNKNOWN,
        Sending.NOT_A_CODE,
    )
    title = _(TITLES.get(sending, TITLES[Sending.WAITING]))
    return RecordView(
        title,
        _(WORDS[sending]),
        troubled,
        sending is Sending.UNKNOWN,
        sending not in (Sending.SENDING, Sending.SENT, Sending.UNKNOWN),
        sending is Sending.SENT,
    )


def spoken(view: RecordView) -> Utterance:
    return say(view.title, view.words)


class ClinicRecordScreen(Screen):
    name = "clinic_record"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.words = self.add(Message(self.kit, "clinic_record.words", em_mm=15.0))
        self.picture = self.add(SlipPicture(self.kit, "clinic_record.picture"))
        self.again = self.add(
            Button(
                self.kit,
                "clinic.send_again",
                "",
                lambda: self.send("clinic.send_again", None),
                kind="main",
                guard=True,
            )
        )
        self.done = self.add(
            Button(self.kit, "clinic.done", "", lambda: self.send("clinic.done", None), guard=True)
        )

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        end = place_column(self, body, self.done, self.again)
        top = body.y + px(SPACE.air)
        words = Box(body.x, top, body.w, self.words.fit(body.w))
        self.words.place(words)
        top = words.bottom + px(SPACE.air)
        high = min(end - top, px(190))
        self.picture.place(Box(body.x, top, body.w, high))

    def show(self, view: RecordView) -> None:
        self.heading.say(view.title)
        self.words.turn("wait" if view.amber else "info")
        self.words.say(view.words)
        self.picture.visible = view.reader
        self.again.say(_("再发一次"))
        self.again.visible = view.again
        self.done.say(_("好了"))
        self.done.visible = view.done
        self.shape(view)
