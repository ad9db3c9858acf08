"""Invented state and a second screen for the stage."""

from __future__ import annotations

from dataclasses import dataclass

from screens.app import Picture
from screens.base import Frame, Screen
from screens.drawing import Box
from screens.home import HomeScreen, HomeView, Tile
from screens.theme import SPACE, TYPE
from screens.widgets.button import Button
from screens.widgets.choice import RowChoice
from screens.widgets.label import Amount, Label

HOME = HomeView(
    title="您好，今天要办什么？",
    hint="用手指轻轻碰一下就可以，不着急。",
    notice_title="小义工课堂 · 本周三 9:30",
    notice="学缴水电费，学自己量血压。义工手把手教。",
    tiles=(
        Tile("pay_bill", "费", "seal_bills", "水电煤\n缴费", "带上账单就行"),
        Tile("measure_bp", "压", "seal_pressure", "量血压", "约十分钟，免费"),
        Tile("print", "印", "seal_print", "打印", "手机或U盘"),
        Tile("rice", "米", "seal_rice", "现碾\n新米", "一斤 4.80 元起"),
        Tile(
            "booklet",
            "本",
            "seal_booklet",
            "病历本",
            "带上身份证",
            enabled=False,
            reason="本子发完了，明早补",
        ),
        Tile("ask", "问", "seal_help", "请人\n帮忙", "居委会和义工"),
    ),
)


@dataclass(frozen=True, slots=True)
class ChooseView:
    """Three bills and their sum."""

    title: str
    hint: str
    bills: tuple[tuple[str, str, int, bool], ...]
    sum_text: str
    sum_fen: int
    button: str


CHOOSE = ChooseView(
    title="查到三笔，要付哪几笔？",
    hint="户名：金**    碰一下方框可以选或不选。",
    bills=(
        ("电费", "10 月 · 户号尾号 4417", 9630, True),
        ("水费", "9–10 月 · 户号尾号 0082", 3210, True),
        ("煤气费", "10 月 · 户号尾号 7730", 4100, False),
    ),
    sum_text="一共付 2 笔",
    sum_fen=12840,
    button="去付款",
)


class ChooseScreen(Screen):
    """Which bills to pay."""

    name = "choose"

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "choose.hint", colour="soft"))
        self.rows = [
            self.add(RowChoice(self.kit, f"choose.bill{n}", self._toggler(n))) for n in (1, 2, 3)
        ]
        self.sum_label = self.add(Label(self.kit, "choose.sum_text", em_mm=12.0, anchor="middle"))
        self.sum = self.add(Amount(self.kit, "choose.sum", due=True))
        self.button = self.add(
            Button(
                self.kit,
                "choose.pay",
                "",
                lambda: self.send("choose.pay", None),
                kind="main",
                guard=True,
            )
        )

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        line = round(px(TYPE.body) * TYPE.line)
        self.hint.place(Box(body.x, body.y, body.w, line))
        row, gap = px(61), px(SPACE.gap)
        for n, widget in enumerate(self.rows):
            widget.place(Box(body.x, body.y + line + px(4) + n * (row + gap), body.w, row))
        self.button.place(Box(body.x, body.bottom - px(36), body.w, px(36)))
        total = Box(body.x, body.bottom - px(36 + 52), body.w, px(46))
        self.sum_label.place(Box(total.x, total.y, px(80), total.h))
        self.sum.place(Box(total.x + px(80), total.y, total.w - px(80), total.h))

    def show(self, view: ChooseView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        for widget, (title, detail, fen, chosen) in zip(self.rows, view.bills, strict=True):
            widget.show(title, detail, fen, chosen)
        self.sum_label.say(view.sum_text)
        self.sum.show(view.sum_fen)
        self.button.say(view.button)

    def _toggler(self, number: int):
        return lambda: self.send("choose.toggle", number)


SCREENS: dict[str, type[Screen]] = {"home": HomeScreen, "choose": ChooseScreen}


def first_pictures(palette: str, *, low: bool = False) -> dict[str, Picture]:
    """A picture of each screen."""
    from dataclasses import replace

    return {
        "home": Picture(
            "home",
            replace(HOME, low=low),
            Frame(service="11月22日 星期日", clock="20:15"),
            1,
            palette,
        ),
        "choose": Picture("choose", CHOOSE, Frame(service="水电煤缴费", clock="20:16"), 1, palette),
    }
