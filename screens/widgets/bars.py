"""The frame every screen shares: who and when above, the four ways out below."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.i18n import N_, _, language
from screens.drawing import Box, Rects
from screens.theme import SPACE
from screens.widgets.base import Kit, Pair, Widget
from screens.widgets.button import Button
from screens.widgets.label import Label


class TopBar(Widget):
    """The cabin's name on the left, the service and the time on the right."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit, "top")
        self.name = self.add(Label(kit, "top.name", em_mm=11.0, face="serif", anchor="middle"))
        self.service = self.add(
            Label(kit, "top.service", colour="soft", align="right", anchor="middle")
        )
        self.clock = self.add(
            Label(
                kit,
                "top.clock",
                em_mm=14.0,
                face="bold",
                align="right",
                anchor="middle",
                role="time",
            )
        )

    def show(self, name: str, service: str, clock: str) -> None:
        """``clock`` as ``20:15``."""
        self.name.say(name)
        self.service.say(service)
        self.clock.say(clock)

    def place(self, box: Box) -> None:
        super().place(box)
        px = self.theme.px
        clock = px(42)
        self.clock.place(Box(box.right - clock, box.y, clock, box.h))
        # The smaller texts stand on the line of the clock's figures.
        drop = px(1.2)
        self.name.place(Box(box.x, box.y, px(80), box.h))
        left = box.x + px(84)
        self.service.place(Box(left, box.y + drop, box.right - clock - left, box.h))


# Place of each button, in fourths from the left. On the home screen 矮一点 takes the first place,
# and the other language that of 首页.
PLACES = {"back": 0, "lower": 0, "home": 1, "language": 1, "help": 2, "sound": 3}
OTHER_LANGUAGE = {"zh": "English", "en": "中文"}
"""What the button is called whose readers can't read the screen: never translated."""
WORDS = {
    "back": N_("返回"),
    "lower": N_("矮一点"),
    "home": N_("首页"),
    "help": N_("帮助"),
    "sound": N_("声音"),
}


class BottomBar(Widget):
    """返回 首页 帮助 声音, always in the same places; absent where one would do harm.

    ``send`` gets ``nav.back``, ``nav.home``, ``nav.help``, ``nav.sound``, ``nav.lower`` or
    ``nav.language``. 声音 stands wherever 帮助 does, if the cabin has a voice.
    """

    def __init__(
        self,
        kit: Kit,
        send: Callable[[str, object], None],
        offer: tuple[str, ...] = ("back", "home", "help", "sound"),
        words: dict[str, str] | None = None,
    ) -> None:
        super().__init__(kit, "nav")
        self._ground = Rects(self.theme, self.solid, "bar")
        self._line = Rects(self.theme, self.solid, "edge")
        self._buttons = {
            name: self.add(
                Button(
                    kit,
                    f"nav.{name}",
                    _((words or WORDS).get(name, OTHER_LANGUAGE[language()])),
                    lambda name=name: send(f"nav.{name}", None),  # type: ignore[misc]
                    kind="bar",
                )
            )
            for name in PLACES
        }
        self._voice = True
        self.offer(offer)

    def offer(self, names: tuple[str, ...]) -> None:
        """Show these buttons and no others."""
        for name, button in self._buttons.items():
            button.visible = name in names
        self._buttons["sound"].visible = self._voice and "help" in names

    def voice(self, there: bool) -> None:
        """Have a 声音 or none."""
        self._voice = there
        self._buttons["sound"].visible = there and self._buttons["help"].visible

    def rename(self, name: str, text: str) -> None:
        """Put another text on a button (矮一点 becomes 高一点)."""
        self._buttons[name].say(text)

    def place(self, box: Box) -> None:
        super().place(box)
        px = self.theme.px
        self._ground.place((box,))
        self._line.place((Box(box.x, box.y, box.w, px(0.6)),))
        margin, gap = px(SPACE.margin), px(6)
        width = (box.w - 2 * margin - 3 * gap) // 4
        for name, button in self._buttons.items():
            x = box.x + margin + PLACES[name] * (width + gap)
            button.place(Box(x, box.y + px(6.5), width, box.h - px(12.5)))

    def repaint(self) -> None:
        self._ground.paint()
        self._line.paint()

    def pairs(self) -> tuple[Pair, ...]:
        return (Pair("edge", "paper", "edge"),)
