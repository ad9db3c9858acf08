"""The account number, digit by digit, in large figures."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.bill_steps import LONGEST_ACCOUNT
from kiosk.core.visit.steps import EnterAccount
from kiosk.i18n import _
from screens.base import Screen
from screens.drawing import Box
from screens.notes import note_text
from screens.theme import SPACE, TYPE
from screens.widgets.button import Button
from screens.widgets.digitpad import DigitPad
from screens.widgets.label import Label
from screens.widgets.panel import Panel


@dataclass(frozen=True, slots=True)
class AccountView:
    """``digits`` are grouped for reading: ``3100 0044 17``."""

    title: str
    hint: str
    digits: str
    full: bool
    note: str


def view_of(state: State) -> AccountView:
    step = state.visit.step
    if not isinstance(step, EnterAccount):
        raise ValueError("no account is being typed")
    title = _("请输入{name}户号").format(name=step.institution.name)
    hint = step.institution.account_hint or _("户号印在账单上面。")
    full = len(step.digits) >= LONGEST_ACCOUNT
    return AccountView(title, hint, grouped(step.digits), full, note_text(step.note))


def grouped(digits: str) -> str:
    """``3100004417`` → ``3100 0044 17``."""
    return " ".join(digits[n : n + 4] for n in range(0, len(digits), 4))


class AccountScreen(Screen):
    name = "account"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "account.hint", em_mm=11.0, colour="soft"))
        self.field = self.add(Panel(self.kit))
        self.digits = self.add(
            Label(self.kit, "account.digits", em_mm=20.0, face="bold", on="card", anchor="middle")
        )
        self.panel = self.add(Panel(self.kit, kind="wait"))
        self.note = self.add(
            Label(
                self.kit, "account.note", em_mm=10.5, colour="on_wait", on="wait", anchor="middle"
            )
        )
        self.pad = self.add(DigitPad(self.kit, "digits.key", self._key))
        self.done = self.add(
            Button(
                self.kit,
                "digits.done",
                "",
                lambda: self.send("digits.done", None),
                kind="main",
                guard=True,
            )
        )

    def _key(self, key: str) -> None:
        if key.isdigit():
            self.send("digits.key", key)
        else:
            self.send("digits.clear" if key == "clear" else "digits.erase", None)

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        button = px(36)
        self.done.place(Box(body.x, body.bottom - button, body.w, button))
        pad = px(158)
        self.pad.place(Box(body.x, self.done.box.y - gap - pad, body.w, pad))
        hint = Box(body.x, body.y, body.w, round(px(11.0) * TYPE.line))
        self.hint.place(hint)
        field = Box(body.x, hint.bottom + px(3), body.w, px(40))
        self.field.place(field)
        self.digits.place(field.inset(px(9), 0))
        top = field.bottom + px(5)
        panel = Box(body.x, top, body.w, self.pad.box.y - px(5) - top)
        self.panel.place(panel)
        self.note.place(panel.inset(px(8), px(2)))

    def show(self, view: AccountView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        self.digits.say(view.digits)
        self.panel.visible = self.note.visible = bool(view.note)
        self.note.say(view.note)
        self.pad.enable(not view.full, bool(view.digits))
        self.done.say(_("查一查"))
        self.done.enable(bool(view.digits))
