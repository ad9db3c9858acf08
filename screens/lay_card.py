"""病历本: lay the ID card down, or hold the insurance code to the scanner."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import State
from kiosk.core.visit.booklet import CardTrouble, LayCard
from kiosk.core.visit.booklet_steps import by_code
from kiosk.i18n import N_, _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.booklet_pictures import CardPicture
from screens.widgets.button import Button
from screens.widgets.how_to_pay import PhoneIcon
from screens.widgets.label import Label
from screens.widgets.message import Message

TITLES = {
    CardTrouble.UNREADABLE: N_("没有读出来"),
    CardTrouble.CHECK_DIGIT: N_("证上的号码没有读对"),
    CardTrouble.OTHER_LAYOUT: N_("这张证机器还不认识"),
    CardTrouble.OTHER_CODE: N_("这个码不能用来领"),
}
WORDS = {
    CardTrouble.UNREADABLE: N_(
        "请把身份证拿起来，再平放一次，放好了先别动。\n\n还是不行的话，请人帮忙。"
    ),
    CardTrouble.CHECK_DIGIT: N_(
        "请把身份证拿起来，擦一擦，再平放一次。\n\n还是不行的话，请人帮忙。"
    ),
    CardTrouble.OTHER_LAYOUT: N_("这里只会读居民身份证。\n\n拿别的证件，请工作人员帮您办。"),
    CardTrouble.OTHER_CODE: N_("请把身份证平放在读卡口上。\n\n不会弄的话，请人帮忙。"),
}


@dataclass(frozen=True, slots=True)
class LayCardView:
    """``note``: what went wrong and what to do; ``again``: it can be tried again."""

    title: str
    hint: str
    words: str
    found: bool = False
    card: bool = True
    note: str = ""
    again: bool = False


def view_of(state: State) -> LayCardView:
    step = state.visit.step
    if not isinstance(step, LayCard):
        raise ValueError("nobody lays a card down")
    if step.trouble is not None:
        again = step.trouble is not CardTrouble.OTHER_LAYOUT
        words = _(WORDS[step.trouble])
        return LayCardView(_(TITLES[step.trouble]), "", "", note=words, again=again)
    kept = _("机器不留您的姓名和号码。")
    if step.found:
        return LayCardView(_("正在读，请先别拿走"), _("一两秒钟就好。"), kept, found=True)
    if not step.card:
        hint = _("读卡口现在用不了，扫医保码也一样。")
        return LayCardView(_("请把医保码对准红光"), hint, kept, card=False)
    code = _("也可以把医保码对准红光。") if by_code(state) else ""
    words = "\n".join(x for x in (code, kept) if x)
    return LayCardView(_("请把身份证放在读卡口"), _("看下图：平放着，先别拿走。"), words)


def spoken(view: LayCardView) -> Utterance:
    words = view.words.split("\n")
    return say(view.title, view.hint, *words, view.note)


class LayCardScreen(Screen):
    name = "lay_card"
    offers = ("back", "home", "help")

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "lay_card.hint", em_mm=12.0, colour="soft"))
        self.picture = self.add(CardPicture(self.kit, "lay_card.picture"))
        self.phone = self.add(PhoneIcon(self.kit))
        self.words = self.add(Message(self.kit, "lay_card.words", em_mm=12.0))
        self.note = self.add(Message(self.kit, "lay_card.note", "wait", em_mm=14.0))
        self.again = self.add(
            Button(
                self.kit,
                "booklet.again",
                "",
                lambda: self.send("booklet.again", None),
                kind="main",
                guard=True,
            )
        )
        self.call, self.only = (
            self.add(
                Button(
                    self.kit,
                    "booklet.call_person",
                    "",
                    lambda: self.send("booklet.call_person", None),
                    kind=kind,
                    guard=True,
                )
            )
            for kind in ("plain", "main")
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        if self.note.visible:
            button = px(SPACE.button)
            self.call.place(Box(body.x, body.bottom - button, body.w, button))
            self.only.place(self.call.box)
            top = self.call.box.y - gap - button
            self.again.place(Box(body.x, top, body.w, button))
            self.note.place(
                Box(body.x, body.y + px(SPACE.air), body.w, self.note.fit(body.w) + px(10))
            )
            return
        hint = Box(body.x, body.y, body.w, self.hint.line_px)
        self.hint.place(hint)
        height = self.words.fit(body.w)
        self.words.place(Box(body.x, body.bottom - height, body.w, height))
        top = hint.bottom + px(SPACE.air)
        end = self.words.box.y - px(SPACE.air)
        self.picture.place(Box(body.x, top, body.w, end - top))
        side = min(px(110), end - top)
        self.phone.place(
            Box(body.x + (body.w - side) // 2, top + (end - top - side) // 2, side, side)
        )

    def show(self, view: LayCardView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        self.words.say(view.words)
        self.note.say(view.note)
        trouble = bool(view.note)
        self.hint.visible = self.words.visible = not trouble
        self.picture.visible = not trouble and view.card
        self.phone.visible = not trouble and not view.card
        self.note.visible = trouble
        self.again.visible = self.call.visible = trouble and view.again
        self.only.visible = trouble and not view.again
        self.picture.show(lies=view.found)
        self.again.say(_("再试一次"))
        self.call.say(_("请人帮忙"))
        self.only.say(_("请人帮忙"))
        self.shape(view.note, view.words, view.again)
