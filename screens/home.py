"""The home screen: what the cabin can do today."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.notices import newest
from kiosk.core.state import State
from kiosk.i18n import N_, _
from kiosk.speech.utterance import Utterance, say
from screens.base import Screen
from screens.drawing import Box
from screens.out_of_service import short_words
from screens.services import MOST, Service, on_home
from screens.theme import SPACE, TYPE
from screens.widgets.label import Label
from screens.widgets.panel import Panel
from screens.widgets.tile import ServiceTile, one_line

SHORT_WEEKDAYS = (
    N_("周一"),
    N_("周二"),
    N_("周三"),
    N_("周四"),
    N_("周五"),
    N_("周六"),
    N_("周日"),
)


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
    title, text = notice_words(state)
    return HomeView(
        _("您好，今天要办什么？"),
        _("用手指轻轻碰一下就可以，不着急。"),
        tuple(_tile(x, state) for x in on_home(state)),
        title,
        text,
        low=state.visit.lower,
    )


def _tile(service: Service, state: State) -> Tile:
    trouble = service.trouble(state)
    hint = _(service.hint) if service.hint_of is None else service.hint_of(state)
    names = _(service.seal), service.colour, _(service.label), hint
    return Tile(service.id, *names, not trouble, short_words(trouble))


def notice_words(state: State) -> tuple[str, str]:
    """Title, with its day, and text of the notice to show; both empty without one."""
    notice = newest(state.rules.notices, state.face.weekday, state.face.text)
    if notice is None:
        return "", ""
    if notice.weekday is None:
        return notice.title, notice.text
    hour, _colon, minute = notice.begins.partition(":")
    time = f"{int(hour)}:{minute}" if hour else ""
    if notice.weekday == state.face.weekday:
        day = _("今天")
    else:
        day = _("每{weekday}").format(weekday=_(SHORT_WEEKDAYS[notice.weekday]))
    return f"{notice.title} · {day} {time}".strip(), notice.text


def spoken(view: HomeView) -> Utterance:
    tiles = [one_line(x.label) for x in view.tiles if x.enabled]
    shut = [x for t in view.tiles if not t.enabled for x in (one_line(t.label), t.reason)]
    return say(view.title, view.hint, view.notice_title, view.notice, *tiles, *shut)


class HomeScreen(Screen):
    """Clock and notices above, at most six choices below, in reach.

    Up to three stand in rows as wide as the screen, more in two columns. Tiles send
    ``home.<id>``. A service out of order stays in its place, does not answer, and its tile says
    why and until when.
    """

    name = "home"
    offers = ("lower", "language", "help")
    MOST = MOST
    MOST_ROWS = 3

    def build(self) -> None:
        self.hint = self.add(Label(self.kit, "home.hint", colour="soft"))
        self.panel = self.add(Panel(self.kit, kind="info"))
        self.notice_title = self.add(
            Label(self.kit, "home.notice_title", em_mm=11.0, face="bold", on="info")
        )
        self.notice = self.add(Label(self.kit, "home.notice", on="info"))
        self._made: dict[str, ServiceTile] = {}
        self.tiles: list[ServiceTile] = []
        self._top = 0

    def arrange(self, body: Box) -> None:
        px = self.theme.px
        line = round(px(TYPE.body) * TYPE.line)
        self.hint.place(Box(body.x, body.y, body.w, line))
        self._place_tiles(body)
        top = body.y + line + px(5)
        panel = Box(body.x, top, body.w, min(px(58), self._top - px(12) - top))
        self.panel.place(panel)
        inner = panel.inset(px(11), px(3))
        title = round(px(11.0) * TYPE.line)
        text = max(line, self.notice.fit_height(inner.w))
        top = panel.y + (panel.h - title - text) // 2
        self.notice_title.place(Box(inner.x, top, inner.w, title))
        self.notice.place(Box(inner.x, top + title, inner.w, text))

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
        self.shape(tuple(x.id for x in view.tiles), view.notice, low=view.low)

    def _make_tiles(self, tiles: tuple[Tile, ...]) -> None:
        """A tile is made when its service is first shown, and kept."""
        if len(tiles) > self.MOST:
            raise ValueError(f"a home screen has at most {self.MOST} services")
        for tile in tiles:
            if tile.id not in self._made:
                touch_id = f"home.{tile.id}"
                self._made[tile.id] = self.add(
                    ServiceTile(
                        self.kit,
                        touch_id,
                        tile.seal,
                        tile.colour,
                        lambda touch_id=touch_id: self.send(touch_id, None),  # type: ignore[misc]
                    )
                )
        self.tiles = [self._made[tile.id] for tile in tiles]
        for widget in self._made.values():
            widget.visible = widget in self.tiles

    def _place_tiles(self, body: Box) -> None:
        """From the bottom up; ``_top`` is where they begin."""
        px, gap, count = self.theme.px, self.theme.px(SPACE.gap), len(self.tiles)
        columns = 1 if count <= self.MOST_ROWS else 2
        rows = -(-count // columns)
        tall, short = (74, 50) if columns == 1 else (82, 55)
        height = px(short if self.low else tall)
        self._top = body.bottom - rows * height - max(rows - 1, 0) * gap
        width = (body.w - (columns - 1) * gap) // columns
        for n, tile in enumerate(self.tiles):
            x = body.x if n % columns == 0 else body.right - width
            tile.place(Box(x, self._top + (n // columns) * (height + gap), width, height))
