"""What a screen is: a function of state.

A screen is built once, keeps its widgets, and shows what it is given. It tells touches by
:attr:`send` and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from kiosk.i18n import language
from screens.drawing import Box
from screens.theme import SPACE, TYPE
from screens.widgets.bars import BottomBar, TopBar
from screens.widgets.base import Kit, Touchable, Widget
from screens.widgets.label import Label

Send = Callable[[str, object], None]


@dataclass(frozen=True, slots=True)
class Frame:
    """What is the same on every screen. ``clock`` as ``20:15``; ``voice``: there is a 声音."""

    cabin: str = "数字小屋"
    service: str = ""
    clock: str = ""
    voice: bool = True


class Screen(Widget):
    """Base of all screens: frame above and below, heading, room for the rest.

    Subclasses name themselves, say what the bottom bar offers, and define :meth:`build` (make the
    widgets, once), :meth:`arrange` (give them their places; again when 矮一点 is switched) and
    :meth:`show` (take over a view). Touches go out as ``send(touch_id, value)``.
    """

    name: ClassVar[str] = ""
    offers: ClassVar[tuple[str, ...]] = ("back", "home", "help", "sound")

    def __init__(self, kit: Kit, send: Send) -> None:
        super().__init__(kit)
        self.send = send
        self.low = False
        self._shape = hash(())
        self.top = self.add(TopBar(kit))
        em = TYPE.heading if language() == "zh" else TYPE.heading_latin
        self.heading = self.add(
            Label(kit, f"{self.name}.heading", em_mm=em, face="bold", role="heading")
        )
        self.bottom = self.add(BottomBar(kit, send, self.offers))
        self.build()
        self.lay_out(low=False)

    def build(self) -> None:
        """Make the widgets."""
        raise NotImplementedError

    def arrange(self, body: Box) -> None:
        """Give the widgets their places. ``body`` lies between heading and bottom bar."""
        raise NotImplementedError

    def show(self, view: Any) -> None:
        """Show this view. Called with the newest one only."""
        raise NotImplementedError

    def show_frame(self, frame: Frame) -> None:
        """Show what every screen shows."""
        self.top.show(frame.cabin, frame.service, frame.clock)
        self.bottom.voice(frame.voice)

    def lay_out(self, *, low: bool) -> None:
        """Place everything; ``low`` moves what can be touched further down (矮一点)."""
        self.low = low
        px = self.theme.px
        width, height = self.theme.width, self.theme.height
        margin, bar = px(SPACE.margin), px(SPACE.bottom_bar)
        self.box = Box(0, 0, width, height)
        self.top.place(Box(margin, px(8), width - 2 * margin, px(SPACE.top_bar)))
        line = round(px(TYPE.heading) * TYPE.line)
        heading = Box(margin, px(37), width - 2 * margin, line)
        self.heading.place(heading)
        self.bottom.place(Box(0, height - bar, width, bar))
        end = height - bar - px(SPACE.gap + 5)
        self.arrange(Box(margin, heading.bottom, width - 2 * margin, end - heading.bottom))

    def shape(self, *facts: object, low: bool | None = None) -> None:
        """Lay out again if one of the facts that decide the places has changed."""
        low = self.low if low is None else low
        shape = hash(facts)  # the facts themselves may be personal: they aren't kept
        if shape != self._shape or low != self.low:
            self._shape = shape
            self.lay_out(low=low)

    def unlock(self) -> None:
        """A new state is shown: guarded widgets answer again."""
        for widget in self.walk():
            if isinstance(widget, Touchable):
                widget.unlock()
