"""A prepaid account: what is left, and how much to add."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.steps import ChooseTopUp
from kiosk.i18n import _
from screens.base import Screen
from screens.drawing import Box
from screens.notes import note_text
from screens.theme import SPACE, TYPE
from screens.widgets.button import Button
from screens.widgets.label import Amount, Label, amount_text
from screens.widgets.panel import Panel

MOST = 6


@dataclass(frozen=True, slots=True)
class TopUpView:
    """``choices`` in fen, at most six."""

    title: str
    owner: str
    balance_fen: int
    choices: tuple[int, ...]
    note: str


def view_of(state: State) -> TopUpView:
    step = state.visit.step
    if not isinstance(step, ChooseTopUp) or step.account.topup is None:
        raise ValueError("nothing to top up")
    account = step.account
    owner = _("户名：{owner}").format(owner=account.owner_masked) if account.owner_masked else ""
    tail = _("户号尾号 {tail}").format(tail=account.account[-4:])
    rule = step.account.topup
    choices = tuple(x for x in rule.suggested_fen if rule.min_fen <= x <= rule.max_fen)
    return TopUpView(
        _("预付费，要充多少钱？"),
        "    ".join(x for x in (owner, tail) if x),
        account.balance_fen,
        choices[:MOST],
        note_text(step.note),
    )


class TopUpScreen(Screen):
    name = "topup"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.owner = self.add(Label(self.kit, "topup.owner", colour="soft"))
        self.balance_title = self.add(
            Label(self.kit, "topup.balance_title", em_mm=12.0, anchor="middle")
        )
        self.balance = self.add(Amount(self.kit, "topup.balance"))
        self.panel = self.add(Panel(self.kit, kind="wait"))
        self.note = self.add(
            Label(self.kit, "topup.note", em_mm=11.0, colour="on_wait", on="wait", anchor="middle")
        )
        self._fen = [0] * MOST
        self.buttons = [
            self.add(
                Button(
                    self.kit,
                    f"topup.amount.{n}",
                    "",
                    lambda n=n: self.send("topup.amount", str(self._fen[n])),  # type: ignore[misc]
                    guard=True,
                    em_mm=18.0,
                )
            )
            for n in range(MOST)
        ]

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        owner = Box(body.x, body.y, body.w, round(px(TYPE.body) * TYPE.line))
        self.owner.place(owner)
        balance = Box(body.x, owner.bottom + px(4), body.w, px(30))
        self.balance_title.place(Box(balance.x, balance.y, px(90), balance.h))
        self.balance.place(Box(balance.x + px(90), balance.y, balance.w - px(90), balance.h))
        height, width = px(46), (body.w - gap) // 2
        top = body.bottom - 3 * height - 2 * gap
        for n, button in enumerate(self.buttons):
            x = body.x + (n % 2) * (width + gap)
            button.place(Box(x, top + (n // 2) * (height + gap), width, height))
        height = min(px(46), top - balance.bottom - 2 * gap)
        panel = Box(body.x, balance.bottom + gap, body.w, height)
        self.panel.place(panel)
        self.note.place(panel.inset(px(10), px(3)))

    def show(self, view: TopUpView) -> None:
        self.heading.say(view.title)
        self.owner.say(view.owner)
        self.balance_title.say(_("现在还有"))
        self.balance.show(view.balance_fen)
        self.panel.visible = self.note.visible = bool(view.note)
        self.note.say(view.note)
        for n, button in enumerate(self.buttons):
            button.visible = n < len(view.choices)
            if n < len(view.choices):
                self._fen[n] = view.choices[n]
                button.id = f"topup.amount.{view.choices[n]}"
                button.say(amount_text(view.choices[n]).removesuffix(".00"))
