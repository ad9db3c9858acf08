"""立即就医或拨打 120, and where the person is, to be read out on the telephone."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.core.clinic import Reading
from kiosk.core.state import State
from kiosk.core.visit.clinic_steps import ClinicAlert
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.clinic_layout import place_column
from screens.drawing import Box
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.message import Message
from screens.widgets.panel import Panel
from screens.widgets.values import PressureValues

_ADDRESS = (22.0, 18.0, 15.0, 12.0, 10.0)  # em of the address, mm: the largest that fits


@dataclass(frozen=True, slots=True)
class AlertView:
    title: str
    lead: str
    words: str
    here: str
    address: str
    reading: Reading = field(repr=False)


def view_of(state: State) -> AlertView:
    step = state.visit.step
    if not isinstance(step, ClinicAlert):
        raise ValueError("nothing alarms")
    rules = state.rules
    return AlertView(
        _("血压很高，请别等"),
        _("立即就医\n或拨打 120"),
        _("请坐着别走动，叫旁边的人来帮忙。"),
        _("您在这里（打电话时照着念）："),
        f"{rules.address} {rules.cabin_name}",
        step.session.readings[-1],
    )


def spoken(view: AlertView) -> Utterance:
    """What to do, and where to read the address; no figure."""
    return say(view.title, view.lead, view.words, view.here)


class ClinicAlertScreen(Screen):
    name = "clinic_alert"
    offers = ("home", "help")

    def build(self) -> None:
        self.message = self.add(
            Message(self.kit, "clinic_alert.words", "wait", em_mm=13.0, lead_mm=34.0)
        )
        self.panel = self.add(Panel(self.kit))
        self.here = self.add(
            Label(self.kit, "clinic_alert.here", em_mm=12.0, on="card", colour="soft")
        )
        self.address = self.add(
            Label(self.kit, "clinic_alert.address", em_mm=_ADDRESS[0], face="bold", on="card")
        )
        self.values = self.add(PressureValues(self.kit, "clinic_alert.value", em_mm=30.0))
        self.result = self.add(
            Button(
                self.kit,
                "clinic.result",
                "",
                lambda: self.send("clinic.result", None),
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        end = place_column(self, body, self.result)
        top = body.y + px(3)
        message = Box(body.x, top, body.w, self.message.fit(body.w))
        self.message.place(message)
        top = message.bottom + px(5)
        values = self.values.fit()
        # The address is what must be read out: the figures give way to one of many lines.
        self.values.visible = self._address_fits(Box(body.x, top, body.w, end - values - top))
        if self.values.visible:
            self.values.place(Box(body.x, end - values, body.w, values))
            end -= values
        self._address_fits(Box(body.x, top, body.w, end - top))

    def _address_fits(self, room: Box) -> bool:
        """Place the address as large as it can be; whether it is whole at all."""
        px = self.theme.px
        panel = Box(room.x, room.y, room.w, room.h - px(5))
        inner = panel.inset(px(9), px(4))
        line = self.here.line_px
        high = inner.h - line
        heights = []
        for em_mm in _ADDRESS:
            self.address.resize(em_mm)
            heights.append(self.address.fit_height(inner.w))
            if heights[-1] <= high:
                break
        self.panel.place(panel)
        self.here.place(Box(inner.x, inner.y, inner.w, line))
        self.address.place(Box(inner.x, inner.y + line, inner.w, high))
        return heights[-1] <= high

    def show(self, view: AlertView) -> None:
        self.heading.say(view.title)
        self.message.say(view.words, view.lead)
        self.here.say(view.here)
        self.address.say(view.address)
        self.values.show(view.reading)
        self.result.say(_("看结果，打一张给医生"))
        self.shape(view.lead, view.address)
