"""What the clinic's screens share: where the buttons stand, and the place of 停止."""

from __future__ import annotations

from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button

STOP_MM = 94.0
"""Height of 停止: with the width of the screen the largest thing that can be touched."""


def stop_button(screen: Screen) -> Button:
    """停止: it acts on press, and answers every press."""
    return screen.add(
        Button(
            screen.kit,
            "clinic.stop",
            "",
            lambda: screen.send("clinic.stop", None),
            kind="stop",
            on_press=True,
            em_mm=32.0,
        )
    )


def place_stop(screen: Screen, button: Button, body: Box) -> Box:
    """The same place on every screen that has it, in the lower half."""
    height = screen.theme.px(STOP_MM)
    box = Box(body.x, body.bottom - height, body.w, height)
    button.place(box)
    return box


def place_column(screen: Screen, body: Box, *buttons: Button, height_mm: float = 0) -> int:
    """Visible buttons across the screen from the bottom up, first one lowest; returns the top."""
    px, gap = screen.theme.px, screen.theme.px(SPACE.gap)
    height, top = px(height_mm or SPACE.button), body.bottom
    for button in buttons:
        if button.visible:
            top -= height
            button.place(Box(body.x, top, body.w, height))
            top -= gap
    return top


def place_pairs(screen: Screen, body: Box, *buttons: Button) -> int:
    """Visible buttons two a row, the last row at the bottom; returns the top above them."""
    px, gap = screen.theme.px, screen.theme.px(SPACE.gap)
    shown = [x for x in buttons if x.visible]
    height, half = px(SPACE.button), (body.w - gap) // 2
    rows = (len(shown) + 1) // 2
    top = body.bottom - rows * height - (rows - 1) * gap
    first = len(shown) % 2
    for n, button in enumerate(shown):
        if first and n == 0:
            button.place(Box(body.x, top, body.w, height))
            continue
        row, column = divmod(n + first, 2)
        x = body.x + column * (half + gap)
        width = half if not column else body.right - x
        button.place(Box(x, top + row * (height + gap), width, height))
    return top - gap


def clock(seconds: int) -> str:
    """``4:05``."""
    return f"{seconds // 60}:{seconds % 60:02d}"
