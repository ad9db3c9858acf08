"""The home screen: what the cabin can do today."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core import guards
from kiosk.core.state import State
from kiosk.core.visit import print_steps
from kiosk.i18n import _
from screens.base import Screen
from screens.drawing import Box
from screens.out_of_service import SHORT
from screens.print_words import short_reason
from screens.theme import SPACE, TYPE
from screens.widgets.label import Label
from screens.widgets.panel import Panel
from screens.widgets.tile import ServiceTile


@dataclass(frozen=True, slots=True)
class Tile:
    """A service. ``label`` may hold a line break; ``reason`` says why it is out of order."""

    id: str
    seal: str
    colour: str
    label: str
    hint: str
    enabled: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HomeView:
    """Texts in the resident's language; ``notice`` has a title and a text, or is empty."""

    title: str
    hint: str
    tiles: tuple[Tile, ...]
    notice_title: str = ""
    notice: str = ""
    low: bool = False


def view_of(state: State) -> HomeView:
    """The services of this cabin, each with what it needs or why it is out of order."""
    trouble = guards.trouble(state)
    reason = _(SHORT[trouble]) if trouble else ""
    tiles = (
        Tile(
            "pay_bill",
            _("费"),
            "seal_bills",
            _("水电煤\n缴费"),
            _("带上账单就行"),
            not trouble,
            reason,
        ),
        Tile("find_slip", _("查"), "seal_print", _("查一笔"), _("带小票，看缴好没有")),
        *_print(state),
        Tile("call_person", _("问"), "seal_help", _("请人\n帮忙"), _("居委会和义工")),
    )
    return HomeView(
        _("您好，今天要办什么？"),
        _("用手指轻轻碰一下就可以，不着急。"),
        tiles,
        low=state.visit.lower,
    )


def _print(state: State) -> tuple[Tile, ...]:
    """The document printer's tile, where something can be printed."""
    if state.rules.printing is None:
        return ()
    reason = print_steps.trouble(state)
    words = short_reason(reason)
    return (Tile("print", _("印"), "seal_print", _("打印"), _("手机或 U 盘"), not reason, words),)


class HomeScreen(Screen):
    """Clock and notices above, at most six choices below, in reach.

    Up to three stand in rows as wide as the screen, more in two columns. Tiles send
    ``home.<id>``. A service out of order stays in its place, does not answer, and its tile says
    why and until when.
    """

    name = "home"
    offers = ("lower", "help")
    MOST = 6
    MOST_ROWS = 3

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "home.hint", colour="soft"))
        self.panel = self.add(Panel(self.kit, kind="info"))
        self.notice_title = self.add(
            Label(self.kit, "home.notice_title", em_mm=11.0, face="bold", on="info")
        )
        self.notice = self.add(Label(self.kit, "home.notice", on="info"))
        self.tiles: list[ServiceTile] = []
        self._top = 0

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        line = round(px(TYPE.body) * TYPE.line)
        self.hint.place(Box(body.x, body.y, body.w, line))
        self._place_tiles(body)
        top = body.y + line + px(5)
        panel = Box(body.x, top, body.w, min(px(54), self._top - px(12) - top))
        self.panel.place(panel)
        inner = panel.inset(px(11), px(3))
        title = round(px(11.0) * TYPE.line)
        top = panel.y + (panel.h - title - line) // 2
        self.notice_title.place(Box(inner.x, top, inner.w, title))
        self.notice.place(Box(inner.x, top + title, inner.w, line))

    def show(self, view: HomeView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        for part in (self.panel, self.notice_title, self.notice):
            part.visible = bool(view.notice_title)
        self.notice_title.say(view.notice_title)
        self.notice.say(view.notice)
        self._make_tiles(view.tiles)
        for widget, tile in zip(self.tiles, view.tiles, strict=True):
            widget.show(tile.label, tile.hint if tile.enabled else tile.reason, tile.enabled)
        self.bottom.rename("lower", _("高一点") if view.low else _("矮一点"))
        self.shape(len(view.tiles), low=view.low)

    def _make_tiles(self, tiles: tuple[Tile, ...]) -> None:
        """The services of a cabin are known from its first view on."""
        ids = [f"home.{tile.id}" for tile in tiles]
        if [tile.id for tile in self.tiles] == ids:
            return
        if self.tiles or len(ids) > self.MOST:
            raise ValueError(f"a home screen has the same services all day, at most {self.MOST}")
        for tile, touch_id in zip(tiles, ids, strict=True):
            self.tiles.append(
                self.add(
                    ServiceTile(
                        self.kit,
                        touch_id,
                        tile.seal,
                        tile.colour,
                        lambda touch_id=touch_id: self.send(touch_id, None),  # type: ignore[misc]
                    )
                )
            )

    def _place_tiles(self, body: Box) -> None:
        """From the bottom up; ``_top`` is where they begin."""
        px, gap, count = self.theme.px, self.theme.px(SPACE.gap), len(self.tiles)
        columns = 1 if count <= self.MOST_ROWS else 2
        rows = -(-count // columns)
        tall, short = (74, 50) if columns == 1 else (82, 57)
        height = px(short if self.low else tall)
        self._top = body.bottom - rows * height - max(rows - 1, 0) * gap
        width = (body.w - (columns - 1) * gap) // columns
        for n, tile in enumerate(self.tiles):
            x = body.x if n % columns == 0 else body.right - width
            tile.place(Box(x, self._top + (n // columns) * (height + gap), width, height))
