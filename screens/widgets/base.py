"""The widget all others stand on.

These are no Kivy widgets: a kiosk screen has fixed places and one finger, so it needs none of
Kivy's properties, layouts and touch dispatch, which cost most of the time of a screen change.
Kivy's window, graphics instructions and text stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from kivy.graphics import InstructionGroup

from kiosk.pages import PageStore
from screens.drawing import Box
from screens.fonts import Fonts
from screens.text import TextCache
from screens.theme import Theme

W = TypeVar("W", bound="Widget")


@dataclass(frozen=True, slots=True)
class Kit:
    """What every widget needs: colours and sizes, fonts, the cache of drawn lines.

    ``pages`` holds the pictures of a visit's pages, which views name by number.
    """

    theme: Theme
    fonts: Fonts
    texts: TextCache
    pages: PageStore = field(default_factory=PageStore)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two colours (names of the palette) that must differ enough: ``text`` 7:1, ``edge`` 3:1."""

    front: str
    ground: str
    kind: str


class Widget:
    """A part of a screen. Boxes are window pixels from the top left corner."""

    role = "group"
    min_mm = (0.0, 0.0)  # smallest width and height on the panel
    min_em_mm = 0.0  # smallest em of its text on the panel
    touchable = False
    private = False  # for the eyes of the person at the screen: the inspect socket doesn't tell it

    def __init__(self, kit: Kit, widget_id: str = "") -> None:
        self.kit = kit
        self.theme = kit.theme
        self.id = widget_id
        self.box = Box()
        self.enabled = True
        self.children: list[Widget] = []
        self.em_mm = 0.0
        self.solid = InstructionGroup()
        self.ink = InstructionGroup()
        self._held = (InstructionGroup(), InstructionGroup())
        self._visible = True
        self._held[0].add(self.solid)
        self._held[1].add(self.ink)
        self.theme.on_change(self.repaint)

    @property
    def text(self) -> str:
        """What a person reads on it."""
        return ""

    @property
    def visible(self) -> bool:
        """Whether it is drawn and can be touched (its parents being visible)."""
        return self._visible

    @visible.setter
    def visible(self, visible: bool) -> None:
        if visible == self._visible:
            return
        self._visible = visible
        for holder, content in zip(self._held, (self.solid, self.ink), strict=True):
            if visible:
                holder.add(content)
            else:
                holder.clear()

    def add(self, child: W) -> W:
        """Put a widget on top of this one."""
        self.children.append(child)
        self.solid.add(child._held[0])
        self.ink.add(child._held[1])
        return child

    def place(self, box: Box) -> None:
        """Take this place and lay the children out in it."""
        self.box = box

    def repaint(self) -> None:
        """Take the colours of the palette in use."""

    def wipe(self) -> None:
        """The visit has ended: keep nothing of what it showed. The next view comes by showing."""
        for child in self.children:
            child.wipe()

    def pairs(self) -> tuple[Pair, ...]:
        """The colours that meet in this widget, for the contrast test."""
        return ()

    def walk(self) -> Iterator[Widget]:
        """This widget and all visible ones on it, in drawing order."""
        if not self._visible:
            return
        yield self
        for child in self.children:
            yield from child.walk()


class Touchable(Widget):
    """A widget that answers one finger: darkens at once, acts on release, cancels on sliding off.

    With ``guard`` it answers once and then waits for :meth:`unlock`, which a new state brings.
    ``on_press`` makes it act on touch instead: only for stopping what may hurt.
    """

    role = "button"
    touchable = True
    min_mm = (20.0, 20.0)

    def __init__(
        self,
        kit: Kit,
        widget_id: str,
        on_touch: Callable[[], None],
        *,
        guard: bool = False,
        on_press: bool = False,
    ) -> None:
        super().__init__(kit, widget_id)
        self.on_touch = on_touch
        self.guard = guard
        self.acts_on_press = on_press
        self.pressed = False
        self.locked = False
        self.touched_at = (0.0, 0.0)  # where the finger left it, in the window's pixels

    @property
    def answers(self) -> bool:
        """Whether a touch does anything now."""
        return self.enabled and not self.locked

    def press(self, pressed: bool) -> None:
        """Show the finger on it or off it."""
        if pressed != self.pressed:
            self.pressed = pressed
            self.repaint()

    def act(self) -> None:
        """Do what the widget is for, once per state when guarded."""
        if self.guard:
            self.locked = True
        self.on_touch()

    def unlock(self) -> None:
        """A new state was drawn: answer again."""
        self.locked = False
