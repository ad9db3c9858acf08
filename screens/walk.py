"""What is on the screen, as data: for the inspect socket, for tests, for screen readers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from screens.theme import Palette, contrast, rgb
from screens.widgets.base import Touchable, Widget
from screens.widgets.label import Label

_NEEDED = {"text": 7.0, "edge": 3.0}  # WCAG 2.2, 1.4.6 and 1.4.11


def describe(root: Widget) -> list[dict[str, Any]]:
    """Every visible widget with an id: id, role, text, box (pixels from the top left), enabled."""
    return [
        {
            "id": widget.id,
            "role": widget.role,
            "text": "" if widget.private else widget.text,
            "box": [widget.box.x, widget.box.y, widget.box.w, widget.box.h],
            "enabled": widget.enabled,
        }
        for widget in root.walk()
        if widget.id and widget.role and (widget.role != "group")
    ]


def faults(root: Widget) -> list[str]:
    """What breaks the rules of size, contrast and room on a laid-out screen, in words."""
    return [
        f"{widget.id or type(widget).__name__} {widget.text!r}: {fault}"
        for widget in root.walk()
        for fault in (*_size_faults(widget), *_text_faults(widget), *_contrast_faults(widget))
    ] + list(_gap_faults(root))


def _size_faults(widget: Widget) -> Iterator[str]:
    width, height = (widget.theme.mm(px) for px in (widget.box.w, widget.box.h))
    tolerance = widget.theme.mm(1)
    if width + tolerance < widget.min_mm[0] or height + tolerance < widget.min_mm[1]:
        yield f"{width:.1f} × {height:.1f} mm is smaller than {widget.min_mm}"
    box = widget.box
    if box.x < 0 or box.y < 0 or box.right > widget.theme.width:
        yield f"{box} lies off the panel"
    if box.bottom > widget.theme.height:
        yield f"{box} lies below the panel"


def _text_faults(widget: Widget) -> Iterator[str]:
    if widget.text and widget.em_mm and widget.em_mm < widget.min_em_mm:
        yield f"an em of {widget.em_mm} mm is smaller than {widget.min_em_mm}"
    if isinstance(widget, Label) and widget.text and widget.overflows:
        yield f"does not fit its box of {widget.box.w} × {widget.box.h}"


def _contrast_faults(widget: Widget) -> Iterator[str]:
    for pair in widget.pairs():
        ratio = contrast(widget.theme.colour(pair.front), widget.theme.colour(pair.ground))
        if ratio < _NEEDED[pair.kind]:
            yield f"{pair.front} on {pair.ground} has a contrast of {ratio:.2f}"


def _gap_faults(root: Widget) -> Iterator[str]:
    """Touchable widgets stand at least 4 mm apart."""
    touchables = [w for w in root.walk() if isinstance(w, Touchable)]
    for n, one in enumerate(touchables):
        for other in touchables[n + 1 :]:
            dx = max(one.box.x, other.box.x) - min(one.box.right, other.box.right)
            dy = max(one.box.y, other.box.y) - min(one.box.bottom, other.box.bottom)
            gap = root.theme.mm(max(dx, dy) + 1)
            if gap < 4:
                yield f"{one.id} and {other.id} are {gap:.1f} mm apart"


def colours(palette: Palette) -> dict[str, tuple[int, int, int]]:
    """The palette as numbers, for comparing with pixels."""
    return {name: rgb(getattr(palette, name)) for name in palette.__dataclass_fields__}
