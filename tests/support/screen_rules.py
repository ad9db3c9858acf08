"""The rules of reading and touching, checked on a screen as it is laid out (standards).

Everything is measured anew from places, em sizes and colours; what a widget declares of itself is
checked besides.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from screens.base import Screen
from screens.drawing import Box
from screens.theme import TYPE
from screens.walk import faults
from screens.widgets.base import Touchable, Widget
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.panel import Panel, PressablePanel
from screens.widgets.qr import QrImage

AMOUNTS_DUE = ("pay.amount", "bills.amount", "confirm.amount", "result.amount", "found.amount")
_HOLDERS = (Panel, PressablePanel, Button, QrImage)


class Line(NamedTuple):
    """A line of text as it stands on the panel, and what it belongs to."""

    label: Label
    text: str
    box: Box


def broken(screen: Screen) -> list[str]:
    """Every rule that the screen breaks as it stands, in words."""
    widgets = list(screen.walk())
    lines = [x for w in widgets if isinstance(w, Label) for x in ink(w)]
    return [
        *faults(screen),
        *_sizes(widgets),
        *_types(widgets, 8.0 if _staff(screen) else 10.0),
        *_on_the_panel(screen, lines),
        *_texts_apart(lines),
        *_boxes_apart(screen, widgets, lines),
        *_counts(widgets, 16 if _lists(screen) else 6),
    ]


def _staff(screen: Screen) -> bool:
    """The staff's screens are denser: smaller type, longer lists. Targets are as large."""
    return screen.name.startswith("tech_") and screen.name != "tech_closed"


def _lists(screen: Screen) -> bool:
    """The staff's screens, and the volunteers', have longer lists."""
    return _staff(screen) or screen.name.startswith("class_")


def ink(label: Label) -> Iterator[Line]:
    """Where each line of a label is drawn, as wide as its text and as high as its characters."""
    px = label.theme.px(label.em_mm)
    measure = label.kit.texts.measure(label.face, px)
    broken_lines = label._lines
    top = label.box.y
    if label._anchor == "middle":
        top += (label.box.h - label.line_px * len(broken_lines)) // 2
    for n, text in enumerate(broken_lines):
        if text.strip():
            width = round(measure(text))
            spare = label.box.w - width
            x = label.box.x + {"left": 0, "center": spare // 2, "right": spare}[label._align]
            y = top + n * label.line_px + (label.line_px - px) // 2
            yield Line(label, text, Box(x, y, width, px))


def _sizes(widgets: list[Widget]) -> Iterator[str]:
    for widget in widgets:
        if not isinstance(widget, Touchable):
            continue
        small = isinstance(widget, Button) and widget.kind in ("bar", "key")
        least = (20, 20) if small else (60, 30)
        width, height = widget.theme.mm(widget.box.w), widget.theme.mm(widget.box.h)
        if width < least[0] - 0.2 or height < least[1] - 0.2:
            yield f"{widget.id} is {width:.1f} × {height:.1f} mm, not {least}"


def _types(widgets: list[Widget], body: float) -> Iterator[str]:
    for widget in widgets:
        if not isinstance(widget, Label) or not widget.text:
            continue
        least = body
        if widget.role == "heading":
            least = 16.0
        elif widget.role == "amount":
            least = 20.0 if widget.id in AMOUNTS_DUE else 14.0
        if widget.em_mm < least:
            yield f"{widget.id} {widget.text!r} has an em of {widget.em_mm} mm, not {least}"
        if widget.line_px < TYPE.line * widget.theme.px(widget.em_mm) - 1:
            yield f"{widget.id} has lines of {widget.line_px} px for an em of {widget.em_mm} mm"
        if widget.role == "heading" and len(widget._lines) > 1:
            yield f"the heading {widget.text!r} needs more than a line"


def _on_the_panel(screen: Screen, lines: list[Line]) -> Iterator[str]:
    for line in lines:
        box = line.box
        if box.x < 0 or box.y < 0 or box.right > screen.theme.width:
            yield f"{line.text!r} runs off the panel"
        if box.bottom > screen.theme.height:
            yield f"{line.text!r} runs below the panel"


def _meet(one: Box, other: Box, gap: int = 0) -> bool:
    return (
        one.x < other.right + gap
        and other.x < one.right + gap
        and one.y < other.bottom + gap
        and other.y < one.bottom + gap
    )


def _inside(one: Box, other: Box, margin: int = 0) -> bool:
    return (
        other.x + margin <= one.x
        and one.right <= other.right - margin
        and other.y + margin <= one.y
        and one.bottom <= other.bottom - margin
    )


def _texts_apart(lines: list[Line]) -> Iterator[str]:
    for one, other in combinations(lines, 2):
        if _meet(one.box, other.box):
            yield f"{one.text!r} and {other.text!r} overlap"


def _boxes_apart(screen: Screen, widgets: list[Widget], lines: list[Line]) -> Iterator[str]:
    """A text stands wholly on a box or wholly off it, and boxes don't touch one another."""
    px = screen.theme.px
    holders = [w for w in widgets if isinstance(w, _HOLDERS)]
    for one, other in combinations(holders, 2):
        nested = _inside(one.box, other.box) or _inside(other.box, one.box)
        touch = isinstance(one, Touchable) or isinstance(other, Touchable)
        if (touch or not nested) and _meet(one.box, other.box, px(3)):
            yield f"{_name(one)} and {_name(other)} are closer than 3 mm"
    for holder in holders:
        own = {id(w) for w in holder.walk()}
        for line in lines:
            if _inside(line.box, holder.box, px(1.5)):
                if isinstance(holder, Touchable) and id(line.label) not in own:
                    yield f"{line.text!r} stands on {_name(holder)}, which is not its own"
            elif _meet(line.box, holder.box, px(1)):
                yield f"{line.text!r} touches the edge of {_name(holder)}"


def _name(widget: Widget) -> str:
    return widget.id or f"{type(widget).__name__} at {widget.box}"


def _counts(widgets: list[Widget], most: int) -> Iterator[str]:
    ids = [w.id for w in widgets if w.id]
    for twice in {x for x in ids if ids.count(x) > 1}:
        yield f"two widgets are called {twice}"
    buttons = [w for w in widgets if isinstance(w, Button)]
    filled = [w.id for w in buttons if w.kind in ("main", "stop")]
    if len(filled) > 1:
        yield f"more than one filled button: {filled}"
    choices = [
        w.id
        for w in widgets
        if isinstance(w, Touchable) and not (isinstance(w, Button) and w.kind in ("bar", "key"))
    ]
    if len(choices) > most:
        yield f"more than {most} choices: {choices}"
