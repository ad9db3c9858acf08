"""The window: it shows the newest state and passes touches on.

The application knows nothing of money or machines. It is woken, asks for the newest picture,
gives it to the screen that belongs to it, and draws.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from kivy.core.window import Window

from kiosk.core.visit.messages import KNOCK
from kiosk.i18n import language, set_language, speaking
from kiosk.memory import give_back
from kiosk.pages import PageStore
from screens import fonts
from screens.base import Frame, Screen
from screens.drawing import Box, Layer
from screens.environment import Panel
from screens.finger import OneFinger, touchable_at
from screens.finger_watch import FingerWatch
from screens.knock import AREA_MM, Knock
from screens.loop import Loop
from screens.text import TextCache
from screens.theme import Theme
from screens.voice import NOTHING, Said
from screens.walk import describe
from screens.widgets.base import Kit, Touchable

if TYPE_CHECKING:
    from kiosk.classroom.run import Guidance
    from screens.guide import Guide

_BUILD_AFTER_S = 1.0  # the first second belongs to the machines and the gateways
_BUILD_EVERY_S = 0.02  # between screens that are built ahead: the loop looks at input
_GIVE_BACK_S = 0.5  # after the last frame of a visit has been drawn over
_ANSWER_S = 0.15  # a touched button stays dark until the answer comes, but no longer than this

SendTouch = Callable[[str, object, int], None]


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything the window shows, by value.

    ``version`` is that of the state it was made from and goes back with every touch. ``asleep``
    darkens nothing by itself; it makes the next touch one that only wakes (it is sent as
    ``wake``). ``guide`` is what a lesson draws over it.
    """

    screen: str
    view: Any
    frame: Frame
    version: int
    palette: str = "day"
    asleep: bool = False
    language: str = "zh"
    said: Said = NOTHING
    guide: Guidance | None = None


class KioskApp:
    """One window, its screens and its loop.

    ``get_picture`` is called in the window's thread after each :meth:`wake` and returns the
    newest picture. ``send(touch_id, value, version)`` is called in the same thread for each
    touch, ``on_first`` once, after the first frame. ``on_finger`` is called when a finger comes
    down, whatever it meets, and ``on_shown(picture)`` when a new picture can be seen. ``screens``
    maps names to classes. Those named in ``ahead`` (all, if it is None) are built when the window
    has nothing else to do, and stay; the others, and those of the second language, are built when
    wanted and go with the visit.
    """

    def __init__(
        self,
        panel: Panel,
        screens: Mapping[str, type[Screen]],
        get_picture: Callable[[], Picture],
        send: SendTouch,
        *,
        data_dir: Path,
        inspect: bool = False,
        closable: bool = False,
        on_first: Callable[[], None] = lambda: None,
        pages: PageStore | None = None,
        on_finger: Callable[[], None] = lambda: None,
        on_shown: Callable[[Picture], None] = lambda _: None,
        ahead: Collection[str] | None = None,
    ) -> None:
        faces = fonts.provide(data_dir / "fonts")
        self.theme = Theme(panel)
        self.kit = Kit(self.theme, faces, TextCache(faces), pages or PageStore())
        self.snapshot: dict[str, Any] = {}
        self._classes = screens
        self._ahead = screens if ahead is None else ahead
        self._built: dict[tuple[str, str], Screen] = {}
        self._get_picture = get_picture
        self._send = send
        self._inspect = inspect
        self._closable = closable
        self._on_first = on_first
        self._on_finger = on_finger
        self._on_shown = on_shown
        self._fresh = False
        self._picture: Picture | None = None
        self._shown: Screen | None = None
        self._layer = Layer()
        self._guide: Guide | None = None
        Window.canvas.clear()
        Window.canvas.add(self._layer.root)
        self.finger = OneFinger(self._find, self._swallow)
        self._knock = Knock(
            Box(0, 0, *map(self.theme.px, AREA_MM)), lambda: self._touched(KNOCK, None)
        )
        self.loop = Loop(self._event, self.refresh, self._drawn, self._paper)
        self._watch = FingerWatch(self.finger, self.call_in, self.loop.pointer_held)

    def wake(self) -> None:
        """There is a newer picture. Safe in every thread."""
        self.loop.wake.set()

    def stop(self) -> None:
        """Close the window. Safe in every thread."""
        self.loop.stop()

    def run(self) -> None:
        """Show the first picture and go on until stopped."""
        self.refresh()
        try:
            self.loop.run()
        finally:
            Window.close()

    def screen(self, name: str) -> Screen:
        """The screen of that name in this language, built if it wasn't yet.

        Raises KeyError for an unknown one.
        """
        key = language(), name
        screen = self._built.get(key)
        if screen is None:
            screen = self._built[key] = self._classes[name](self.kit, self._touched)
        return screen

    def refresh(self) -> None:
        """Show the newest picture."""
        picture = self._get_picture()
        if picture is self._picture:
            return
        self._picture = picture
        self._fresh = True
        set_language(picture.language)
        self.theme.switch(picture.palette)
        screen = self.screen(picture.screen)
        screen.show_frame(picture.frame)
        screen.show(picture.view)
        screen.unlock()
        self.finger.settle()
        if screen is not self._shown:
            self.finger.release()
            self._shown = screen
            self._layer.show(screen.solid, screen.ink)
        self._lead(picture.guide, screen)
        self.loop.redraw()

    def _lead(self, view: Guidance | None, screen: Screen) -> None:
        """Draw a lesson over the screen; what draws it is loaded when there first is one."""
        if self._guide is None:
            if view is None:
                return
            from screens.guide import Guide

            self._guide = Guide(self.kit, self._touched)
            Window.canvas.add(self._guide.root)
        self._guide.show(view, screen)

    def forget(self) -> None:
        """A visit ended: drop what was drawn for it (WCAG 2.2, 2.2.6: nothing of it stays)."""
        for screen in self._built.values():
            screen.wipe()
        if self._guide is not None:
            self._guide.wipe()
        self.kit.texts.forget()
        self.loop.call_at(monotonic() + _GIVE_BACK_S, self._tidy)

    def _tidy(self) -> None:
        """Give memory back: first that of screens that nobody is about to read."""
        if language() == "zh":
            spare = [
                (tongue, name)
                for (tongue, name), screen in self._built.items()
                if (tongue != "zh" or name not in self._ahead) and screen is not self._shown
            ]
            for key in spare:
                del self._built[key]
            if spare:
                gc.collect()  # a screen and its buttons know each other
                self.theme.forget_gone()
        give_back()

    def _touched(self, touch_id: str, value: object) -> None:
        self.loop.call_at(monotonic() + _ANSWER_S, self.finger.settle)
        if self._picture is not None:
            self._send(touch_id, value, self._picture.version)

    def _find(self, x: float, y: float) -> Touchable | None:
        if self._guide is not None:
            covered, found = self._guide.find(x, y)
            if covered:
                return found
        return touchable_at(self._shown, x, y) if self._shown is not None else None

    def _swallow(self) -> bool:
        """Whether the touch that begins only wakes the screen."""
        if self._picture is None or not self._picture.asleep:
            return False
        self._touched("wake", None)
        return True

    def _event(self, action: str, *args: Any) -> None:
        """Pointer events are fingers. The keyboard does nothing: there is no way out by key."""
        if action.startswith("mouse"):
            self.finger.feed(action, *args)
            self._knock.feed(action, *args)
            if action == "mousebuttondown":
                self._on_finger()
                self._watch.begin()
        elif action == "windowleave":
            self.finger.release()
        elif action == "quit" and self._closable:
            self.stop()

    def call_in(self, seconds: float, call: Callable[[], None]) -> None:
        """Call once in so many seconds, in the window's thread."""
        self.loop.call_at(monotonic() + seconds, call)

    def _drawn(self) -> None:
        if self._inspect and self._shown is not None and self._picture is not None:
            self.loop.sync()  # whoever reads this may look at the screen next
            self.snapshot = {
                "screen": self._picture.screen,
                "version": self._picture.version,
                "practised": self._picture.guide.shown if self._picture.guide else 0,
                "frame": self.loop.frame,
                "size": [self.theme.width, self.theme.height],
                "widgets": describe(self._shown) + self._guided(),
            }
        if self._fresh and self._picture is not None:
            self._fresh = False
            self._on_shown(self._picture)
        if self.loop.frame == 1:
            self._on_first()
            self.loop.call_at(monotonic() + _BUILD_AFTER_S, self._build_next)

    def _paper(self) -> tuple[float, float, float, float]:
        return self.theme.rgba("paper") if self._guide is None else self._guide.paper

    def _guided(self) -> list[dict[str, Any]]:
        return self._guide.describe() if self._guide is not None else []

    def _build_next(self) -> None:
        """Build a screen ahead of need, so that its first showing is fast; input goes first."""
        name = next((name for name in self._ahead if ("zh", name) not in self._built), None)
        if name is not None:
            with speaking("zh"):  # what most people read; the other language when it is wanted
                self.screen(name)
            self.loop.call_at(monotonic() + _BUILD_EVERY_S, self._build_next)
        else:
            gc.collect()
            give_back()  # what the start needed and nobody needs again
