"""The account number, digit by digit, in large figures."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.bill_steps import LONGEST_ACCOUNT
from kiosk.core.visit.steps import EnterAccount
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, if_asked, say
from screens.base import Screen
from screens.drawing import Box
from screens.notes import note_text
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.digitpad import DigitPad
from screens.widgets.label import Label
from screens.widgets.message import Message
from screens.widgets.panel import Panel

SHORT = 19  # characters that fit the field in the larger size

LOW_PAD = 130  # height of the keys at least, mm


@dataclass(frozen=True, slots=True)
class AccountView:
    """``digits`` are grouped for reading: ``3100 0044 17``."""

    title: str
    hint: str
    digits: str
    full: bool
    note: str
    low: bool = False


def view_of(state: State) -> AccountView:
    step = state.visit.step
    if not isinstance(step, EnterAccount):
        raise ValueError("no account is being typed")
    rule = step.institution.account_hint or _("户号印在账单上面。")
    hint = f"{step.institution.name} · {rule}"
    full = len(step.digits) >= LONGEST_ACCOUNT
    digits, note = grouped(step.digits), note_text(step.note)
    return AccountView(_("请输入户号"), hint, digits, full, note, state.visit.lower)


def grouped(digits: str) -> str:
    """``3100004417`` → ``3100 0044 17``."""
    return " ".join(digits[n : n + 4] for n in range(0, len(digits), 4))


def spoken(view: AccountView) -> Utterance:
    institution, _sign, rule = view.hint.partition(" · ")
    figures = " ".join(view.digits.replace(" ", ""))  # one by one, as they were typed
    return say(view.title, institution, rule, view.note, if_asked(figures))


class AccountScreen(Screen):
    name = "account"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "account.hint", em_mm=11.0, colour="soft"))
        self.field = self.add(Panel(self.kit))
        self.digits = self.add(
            Label(self.kit, "account.digits", em_mm=20.0, face="bold", on="card", anchor="middle")
        )
        self.note = self.add(Message(self.kit, "account.note", "wait"))
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
        button = px(34 if self.low else SPACE.button)
        self.done.place(Box(body.x, body.bottom - button, body.w, button))
        hint = Box(body.x, body.y, body.w, max(1, self.hint.fit_height(body.w)))
        self.hint.place(hint)
        field = Box(body.x, hint.bottom + px(5), body.w, px(40))
        self.field.place(field)
        self.digits.place(field.inset(px(9), 0))
        top = field.bottom + gap
        if self.note.visible:
            height = self.note.fit(body.w)
            self.note.place(Box(body.x, top, body.w, height))
            top += height + gap
        # Below long words the keys are a little lower.
        end = self.done.box.y - gap
        pad = max(px(LOW_PAD), min(px(LOW_PAD if self.low else 162), end - top))
        self.pad.place(Box(body.x, end - pad, body.w, pad))

    def show(self, view: AccountView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        self.digits.resize(20.0 if len(view.digits) <= SHORT else 16.0)
        self.digits.say(view.digits)
        self.note.visible = bool(view.note)
        self.note.say(view.note)
        self.pad.enable(not view.full, bool(view.digits))
        self.done.say(_("查一查"))
        self.done.enable(bool(view.digits))
        self.shape(view.hint, view.note, low=view.low)
