"""A prepaid account: what is left, and how much to add."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.bills import MOST_CHOICES
from kiosk.core.state import State
from kiosk.core.visit.steps import ChooseTopUp
from kiosk.i18n import _
from kiosk.speech.utterance import Utterance, if_asked, say
from screens.base import Screen
from screens.drawing import Box
from screens.notes import note_text
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Amount, Label, amount_text
from screens.widgets.message import Message
from screens.widgets.panel import Panel


@dataclass(frozen=True, slots=True)
class TopUpView:
    """``choices`` in fen, at most six."""

    title: str
    owner: str
    balance_fen: int
    choices: tuple[int, ...]
    note: str
    low: bool = False


def view_of(state: State) -> TopUpView:
    step = state.visit.step
    if not isinstance(step, ChooseTopUp) or step.account.topup is None:
        raise ValueError("nothing to top up")
    account = step.account
    owner = _("户名：{owner}").format(owner=account.owner_masked) if account.owner_masked else ""
    tail = _("户号尾号 {tail}").format(tail=account.account[-4:])
    return TopUpView(
        _("预付费，要充多少钱？"),
        "    ".join(x for x in (owner, tail) if x),
        account.balance_fen,
        step.account.topup.choices,
        note_text(step.note),
        state.visit.lower,
    )


def spoken(view: TopUpView) -> Utterance:
    choices = [_round(x) for x in view.choices]
    balance = (_("现在还有"), amount_text(view.balance_fen))
    return say(view.title, if_asked(view.owner), *balance, view.note, *choices)


def _round(fen: int) -> str:
    """A sum to choose, without fen if it has none."""
    return amount_text(fen).removesuffix(".00")


class TopUpScreen(Screen):
    name = "topup"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.owner = self.add(
            Label(self.kit, "topup.owner", em_mm=11.0, colour="soft", personal=True)
        )
        self.card = self.add(Panel(self.kit))
        self.balance_title = self.add(
            Label(self.kit, "topup.balance_title", em_mm=13.0, on="card", anchor="middle")
        )
        self.balance = self.add(Amount(self.kit, "topup.balance", on="card", em_mm=20.0))
        self.note = self.add(Message(self.kit, "topup.note", "wait"))
        self._fen = [0] * MOST_CHOICES
        self.buttons = [
            self.add(
                Button(
                    self.kit,
                    f"topup.amount.{n}",
                    "",
                    lambda n=n: self.send("topup.amount", str(self._fen[n])),  # type: ignore[misc]
                    guard=True,
                    em_mm=20.0,
                )
            )
            for n in range(MOST_CHOICES)
        ]

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        owner = Box(body.x, body.y, body.w, self.owner.line_px)
        self.owner.place(owner)
        card = Box(body.x, owner.bottom + px(SPACE.air), body.w, px(42))
        self.card.place(card)
        inner = card.inset(px(11), 0)
        self.balance_title.place(Box(inner.x, inner.y, px(70), inner.h))
        self.balance.place(Box(inner.x + px(70), inner.y, inner.w - px(70), inner.h))
        self.note.place(Box(body.x, card.bottom + gap, body.w, self.note.fit(body.w)))
        rows = -(-max(1, sum(x.visible for x in self.buttons)) // 2)
        height, width = px(38 if self.low else 52), (body.w - gap) // 2
        top = body.bottom - rows * (height + gap) + gap
        for n, button in enumerate(self.buttons):
            x = body.x + (n % 2) * (width + gap)
            button.place(Box(x, top + (n // 2) * (height + gap), width, height))

    def show(self, view: TopUpView) -> None:
        self.heading.say(view.title)
        self.owner.say(view.owner)
        self.balance_title.say(_("现在还有"))
        self.balance.show(view.balance_fen)
        self.note.visible = bool(view.note)
        self.note.say(view.note)
        for n, button in enumerate(self.buttons):
            button.visible = n < len(view.choices)
            if n < len(view.choices):
                self._fen[n] = view.choices[n]
                button.id = f"topup.amount.{view.choices[n]}"
                button.say(_round(view.choices[n]))
        self.shape(len(view.choices), view.note, low=view.low)
