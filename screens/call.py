"""请人帮忙: whom to call and when; one touch tells the office."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.steps import CallPerson
from kiosk.i18n import _
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE, TYPE
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.panel import Panel

MOST = 3


@dataclass(frozen=True, slots=True)
class CallView:
    """``contacts``: name, number, hours, at most three."""

    title: str
    address: str
    contacts: tuple[tuple[str, str, str], ...]
    words: str
    asked: bool


def view_of(state: State) -> CallView:
    step = state.visit.step
    asked = isinstance(step, CallPerson) and step.asked
    words = (
        _("已经告诉工作人员了，他们上班就会看到。")
        if asked
        else _("碰一下下面的按钮，工作人员上班时会看到，您来过、要帮忙。")
    )
    contacts = tuple((x.name, x.phone, x.hours) for x in state.rules.contacts[:MOST])
    address = _("这里是：{address}").format(address=state.rules.address)
    return CallView(_("请人帮忙"), address, contacts, words, asked)


class CallScreen(Screen):
    name = "call"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.address = self.add(Label(self.kit, "call.address", em_mm=12.0))
        self.cards = [self.add(Panel(self.kit)) for _n in range(MOST)]
        self.names = [
            self.add(Label(self.kit, f"call.name.{n}", em_mm=13.0, face="bold", on="card"))
            for n in range(MOST)
        ]
        self.phones = [
            self.add(Label(self.kit, f"call.phone.{n}", em_mm=18.0, face="bold", on="card"))
            for n in range(MOST)
        ]
        self.hours = [
            self.add(Label(self.kit, f"call.hours.{n}", colour="soft", on="card", align="right"))
            for n in range(MOST)
        ]
        self.words = self.add(Label(self.kit, "call.words", em_mm=12.0))
        self.ask = self.add(
            Button(
                self.kit,
                "call.ask",
                "",
                lambda: self.send("call.ask", None),
                kind="main",
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(38)
        self.ask.place(Box(body.x, body.bottom - button, body.w, button))
        words = 3 * round(px(12.0) * TYPE.line)
        self.words.place(Box(body.x, self.ask.box.y - gap - words, body.w, words))
        line = round(px(12.0) * TYPE.line)
        self.address.place(Box(body.x, body.y + px(2), body.w, line))
        top = body.y + px(2) + line + px(5)
        name, phone = round(px(13.0) * TYPE.line), round(px(18.0) * TYPE.line)
        height = name + phone + px(12)
        for n, card in enumerate(self.cards):
            box = Box(body.x, top + n * (height + gap), body.w, height)
            card.place(box)
            inner = box.inset(px(11), px(5))
            half = inner.w // 2
            self.names[n].place(Box(inner.x, inner.y, half, name))
            self.hours[n].place(Box(inner.x + half - px(30), inner.y + px(2), half + px(30), name))
            self.phones[n].place(Box(inner.x, inner.y + name, inner.w, phone))

    def show(self, view: CallView) -> None:
        self.heading.say(view.title)
        self.address.say(view.address)
        for n in range(MOST):
            there = n < len(view.contacts)
            for widget in (self.cards[n], self.names[n], self.phones[n], self.hours[n]):
                widget.visible = there
            if there:
                name, phone, hours = view.contacts[n]
                self.names[n].say(name)
                self.phones[n].say(phone)
                self.hours[n].say(hours)
        self.words.say(view.words)
        self.ask.say(_("告诉工作人员，我要帮忙"))
        self.ask.visible = not view.asked
