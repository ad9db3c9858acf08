"""What belongs to printing: a page of somebody's file, a stick, and how far a job is."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture

from kiosk.i18n import _
from kiosk.pages import PagePicture
from screens.drawing import Box, Rects, RoundBox
from screens.widgets.base import Kit, Widget
from screens.widgets.label import Label


class PageView(Widget):
    """A page as large as it fits, on a sheet; the pixels come from the kit by their number."""

    role = "image"

    def __init__(self, kit: Kit, widget_id: str) -> None:
        super().__init__(kit, widget_id)
        self._shown: tuple[object, ...] = ()
        self._number = self._page = 0
        self._sheet = RoundBox(self.theme, self.solid, self.ink, "card", "edge")
        self._wait = self.add(
            Label(
                kit,
                text=_("正在画这一页"),
                em_mm=11.0,
                colour="soft",
                on="card",
                align="center",
                anchor="middle",
                role="",
            )
        )

    @property
    def text(self) -> str:
        return _("第 {n} 页的样子").format(n=self._page) if self._page else ""

    def show(self, number: int, page: int) -> None:
        """Show the picture of that number; 0, or one that is gone, is an empty sheet."""
        self._number, self._page = number, page
        self.place(self.box)

    def place(self, box: Box) -> None:
        super().place(box)
        picture = self.kit.pages.get(self._number) if self._number else None
        wanted = (box, self._number, picture is None)
        if box.h <= 0 or wanted == self._shown:
            return
        self._shown = wanted
        self._wait.visible = picture is None
        self.ink.remove_group("page")
        if picture is None:
            wide = min(box.w, box.h * 210 // 297)
            sheet = Box(box.x + (box.w - wide) // 2, box.y, wide, box.h)
            self._wait.place(sheet.inset(self.theme.px(4), 0))
        else:
            sheet = _fitted(box, picture)
            self.ink.add(Color(1, 1, 1, 1, group="page"))
            place = (sheet.x, self.theme.height - sheet.bottom)
            texture = _texture(picture, exact=sheet.w == picture.width)
            self.ink.add(
                Rectangle(pos=place, size=(sheet.w, sheet.h), texture=texture, group="page")
            )
        edge = self.theme.px(0.6)
        self._sheet.place(sheet.inset(-edge), 0, edge)

    def wipe(self) -> None:
        super().wipe()
        self._number = self._page = 0
        self._shown = ()
        self.ink.remove_group("page")

    def repaint(self) -> None:
        self._sheet.paint("card", "edge")


def _fitted(box: Box, picture: PagePicture) -> Box:
    """The picture in the middle of the box, as it is or smaller."""
    share = min(1.0, box.w / picture.width, box.h / picture.height)
    w, h = max(1, round(picture.width * share)), max(1, round(picture.height * share))
    return Box(box.x + (box.w - w) // 2, box.y + (box.h - h) // 2, w, h)


def _texture(picture: PagePicture, *, exact: bool) -> Any:
    texture = Texture.create(size=(picture.width, picture.height), colorfmt="rgb")
    texture.blit_buffer(picture.rgb, colorfmt="rgb", bufferfmt="ubyte")
    texture.flip_vertical()
    texture.mag_filter = texture.min_filter = "nearest" if exact else "linear"
    return texture


class StickIcon(Widget):
    """A USB stick: its plug and its body."""

    role = "image"

    def __init__(self, kit: Kit, colour: str = "action") -> None:
        super().__init__(kit)
        self._colour = colour
        self._plug = RoundBox(self.theme, self.solid, self.ink, "card", colour)
        self._holes = Rects(self.theme, self.solid, colour)
        self._body = RoundBox(self.theme, self.solid, self.ink, colour, "")

    def place(self, box: Box) -> None:
        super().place(box)
        px = self.theme.px
        width = min(box.w, box.h // 2)
        x = box.x + (box.w - width) // 2
        high = box.h * 3 // 5
        self._body.place(Box(x, box.bottom - high, width, high), px(2.4))
        plug = Box(x + width // 6, box.y, width * 2 // 3, box.h - high + px(1))
        self._plug.place(plug, px(0.6), px(1.2))
        side = max(1, plug.w // 5)
        top = plug.y + (plug.h - side) // 2
        holes = (plug.x + side, plug.right - 2 * side)
        self._holes.place(Box(left, top, side, side) for left in holes)

    def repaint(self) -> None:
        self._plug.paint("card", self._colour)
        self._holes.paint()
        self._body.paint(self._colour, "")


class JobBar(Widget):
    """How much of a job has come out: a bar that fills from the left."""

    role = "image"

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._share = 0.0
        self._back = RoundBox(self.theme, self.solid, self.ink, "card", "edge")
        self._bar = Rects(self.theme, self.solid, "action")

    def show(self, share: float) -> None:
        """``share`` from 0 to 1."""
        if share != self._share:
            self._share = share
            self.place(self.box)

    def place(self, box: Box) -> None:
        super().place(box)
        px = self.theme.px
        self._back.place(box, px(3), px(0.6))
        inner = box.inset(px(2), px(2))
        width = round(inner.w * max(0.0, min(1.0, self._share)))
        self._bar.place((Box(inner.x, inner.y, width, inner.h),) if width > 0 else ())

    def repaint(self) -> None:
        self._back.paint("card", "edge")
        self._bar.paint()
