"""请人帮忙: whom to call and when; one touch tells the office."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.access import Role
from kiosk.core.state import State
from kiosk.core.visit.common import order_at_screen
from kiosk.core.visit.steps import CallPerson
from kiosk.core.visit.view import exits
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.services import find_is_inside
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.message import Message
from screens.widgets.panel import Panel

MOST = 3


@dataclass(frozen=True, slots=True)
class CallView:
    """``contacts``: name, number, hours, at most three. ``find``: 查一笔 is here.
    ``volunteer``: a class can be held here.
    """

    title: str
    address: str
    contacts: tuple[tuple[str, str, str], ...]
    words: str
    asked: bool
    home: bool = True
    find: bool = False
    volunteer: bool = False


def view_of(state: State) -> CallView:
    step = state.visit.step
    asked = isinstance(step, CallPerson) and step.asked
    if asked and order_at_screen(state) is not None:
        words = _("已经告诉工作人员，您的单号也写上了。他们上班就会看到。")
    elif asked:
        words = _("已经告诉工作人员，他们上班就会看到。")
    elif isinstance(step, CallPerson) and step.failed:
        words = _("现在没办法告诉工作人员。请照着上面的号码打电话。")
    else:
        words = _("碰一下下面，工作人员上班时就会看到您要帮忙。急的话，请直接打电话。")
    contacts = tuple((x.name, x.phone, x.hours) for x in state.rules.contacts[:MOST])
    address = _("这里是：{address}").format(address=state.rules.address)
    title, home = _("打个电话，有人帮您"), exits(state)[1]
    find = find_is_inside(state) and order_at_screen(state) is None
    return CallView(title, address, contacts, words, asked, home, find, volunteer=_may_teach(state))


def _may_teach(state: State) -> bool:
    """A volunteer can begin a class: nobody is in the middle of anything."""
    step = state.visit.step
    idle = isinstance(step, CallPerson) and step.before is None
    chinese = state.visit.language == "zh"  # as a class is
    return idle and chinese and any(x.role is Role.VOLUNTEER for x in state.rules.operators)


def spoken(view: CallView) -> Utterance:
    contacts = [x for contact in view.contacts for x in contact]
    return say(view.title, *contacts, view.words)


class CallScreen(Screen):
    name = "call"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.address = self.add(Label(self.kit, "call.address", em_mm=11.0, colour="soft"))
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
            self.add(
                Label(
                    self.kit,
                    f"call.hours.{n}",
                    colour="soft",
                    on="card",
                )
            )
            for n in range(MOST)
        ]
        self.words = self.add(Message(self.kit, "call.words"))
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
        self.volunteer = self.add(
            Button(
                self.kit,
                "call.volunteer",
                "",
                lambda: self.send("call.volunteer", None),
                kind="bar",
                guard=True,
            )
        )
        self.find = self.add(
            Button(
                self.kit,
                "call.find_slip",
                "",
                lambda: self.send("call.find_slip", None),
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(SPACE.button)
        row = Box(body.x, body.bottom - button, body.w, button)
        beside = px(62) if self.find.visible and self.ask.visible else 0
        self.find.place(Box(row.x, row.y, beside or row.w, row.h))
        left = row.x + (beside + gap if beside else 0)
        self.ask.place(Box(left, row.y, row.right - left, row.h))
        height = self.words.fit(body.w)
        end = row.y - gap if self.ask.visible or self.find.visible else body.bottom
        self.words.place(Box(body.x, end - height, body.w, height))
        corner = px(54)
        self.volunteer.place(Box(body.right - corner, self.heading.box.y, corner, px(26)))
        address = Box(body.x, body.y, body.w, self.address.line_px)
        self.address.place(address)
        top = address.bottom + px(5)
        rows = [labels[0].line_px for labels in (self.names, self.phones, self.hours)]
        height = sum(rows) + px(8)
        for n, card in enumerate(self.cards):
            box = Box(body.x, top + n * (height + gap), body.w, height)
            card.place(box)
            inner = box.inset(px(11), px(4))
            y = inner.y
            for labels, line in zip((self.names, self.phones, self.hours), rows, strict=True):
                labels[n].place(Box(inner.x, y, inner.w, line))
                y += line

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
        self.find.say(_("查一笔"))
        self.find.visible = view.find
        self.volunteer.say("义工上课")
        self.volunteer.visible = view.volunteer
        self.bottom.offer(("back", "home", "help") if view.home else ("back", "help"))
        self.shape(view.asked, view.words, view.find)
