"""立即就医或拨打 120, and where the person is, to be read out on the telephone."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.core.clinic import Reading
from kiosk.core.state import State
from kiosk.core.visit.clinic_steps import ClinicAlert
from kiosk.i18n import _
from screens.base import Screen
from screens.clinic_layout import place_column
from screens.drawing import Box
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.message import Message
from screens.widgets.panel import Panel
from screens.widgets.values import PressureValues

_ADDRESS = 22.0  # em of the address, mm


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
            Label(self.kit, "clinic_alert.address", em_mm=_ADDRESS, face="bold", on="card")
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
        values = self.values.fit()
        self.values.place(Box(body.x, end - values, body.w, values))
        top = message.bottom + px(5)
        panel = Box(body.x, top, body.w, end - values - px(5) - top)
        self.panel.place(panel)
        inner = panel.inset(px(9), px(4))
        line = self.here.line_px
        self.here.place(Box(inner.x, inner.y, inner.w, line))
        self.address.place(Box(inner.x, inner.y + line, inner.w, inner.h - line))

    def show(self, view: AlertView) -> None:
        self.heading.say(view.title)
        self.message.say(view.words, view.lead)
        self.here.say(view.here)
        self.address.say(view.address)
        self.values.show(view.reading)
        self.result.say(_("看结果，打一张给医生"))
        self.shape(view.lead, view.address)
