"""Which of the staff is it? Their names; nobody has to remember a number."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.access import Purpose, Role
from kiosk.core.state import State
from kiosk.core.visit.sign_in_begin import PAGE
from kiosk.core.visit.sign_in_steps import SignIn
from kiosk.speech.utterance import SILENCE, Utterance
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.row import Row

ROLES = {
    Role.TECHNICIAN: "技术人员",
    Role.OFFICE: "街道办",
    Role.MERCHANT: "店家",
    Role.VOLUNTEER: "义工",
}
TITLES = {
    Purpose.MAINTENANCE: "工作人员登录",
    Purpose.CLASS: "义工登录",
    Purpose.SECOND: "请第二位来确认",
}


@dataclass(frozen=True, slots=True)
class SignInWhoView:
    """``names``: id, name and role of each on this page."""

    title: str
    hint: str
    names: tuple[tuple[str, str, str], ...]
    more: bool


def view_of(state: State) -> SignInWhoView:
    step = state.visit.step
    if not isinstance(step, SignIn):
        raise ValueError("nobody signs in")
    who = step.may_be(state.rules.operators)
    page = who[step.page * PAGE :][:PAGE]
    names = tuple((x.id, x.name, ROLES[x.role]) for x in page)
    card = "" if step.purpose is Purpose.SECOND else "也可以把工作卡对准扫码口。"
    hint = "没认出这张卡。请选您的名字，输入密码。" if step.refused else f"请选您的名字。{card}"
    return SignInWhoView(TITLES[step.purpose], hint, names, len(who) > PAGE)


def spoken(view: SignInWhoView) -> Utterance:  # noqa: ARG001
    """Staff read for themselves."""
    return SILENCE


class SignInWhoScreen(Screen):
    name = "sign_in_who"
    offers = ("back", "home")

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "sign_in_who.hint", em_mm=11.0, colour="soft"))
        self.rows: dict[str, Row] = {}
        self.shown: list[Row] = []
        self.more = self.add(
            Button(self.kit, "who.more", "下一页", lambda: self.send("who.more", None), guard=True)
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        self.hint.place(Box(body.x, body.y, body.w, max(1, self.hint.fit_height(body.w))))
        height = px(SPACE.button)
        count = len(self.shown) + self.more.visible
        top = body.bottom - count * (height + gap) + gap
        for row in (*self.shown, self.more):
            row.place(Box(body.x, top, body.w, height))
            top += height + gap

    def show(self, view: SignInWhoView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        self.more.visible = view.more
        for row in self.rows.values():
            row.visible = False
        self.shown = []
        for operator_id, name, role in view.names:
            row = self.rows.get(operator_id) or self._row(operator_id)
            row.visible = True
            row.show(name, role)
            self.shown.append(row)
        self.shape(view.names, view.hint)

    def _row(self, operator_id: str) -> Row:
        row = Row(
            self.kit, f"who.is.{operator_id}", lambda: self.send("who.is", operator_id), em_mm=15.0
        )
        row.share = 0.72  # ten characters
        self.rows[operator_id] = self.add(row)
        return row
