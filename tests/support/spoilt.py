"""Good screens spoilt on purpose: what the rules for screens must see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from screens.app import KioskApp, Picture
from screens.base import Screen
from screens.drawing import Box
from screens.pictures import SCREENS
from tests.support.screen_rules import broken

Spoil = Callable[[Any], None]


def _move(widget: Any, **change: int) -> None:
    box = {x: getattr(widget.box, x) for x in ("x", "y", "w", "h")} | change
    widget.place(Box(**box))


def _swell(label: Any, em_mm: float) -> None:
    label.resize(em_mm)
    label.place(label.box)


def _rename(widget: Any, name: str) -> None:
    widget.id = name


# screen's state, what is done to it: each must break a rule
SPOILS: dict[str, tuple[str, Spoil]] = {
    "a tile over another": ("home", lambda s: _move(s.tiles[1], y=s.tiles[0].box.y + 90)),
    "tiles too close": ("home", lambda s: _move(s.tiles[1], y=s.tiles[0].box.bottom + 8)),
    "a tile off the panel": ("home", lambda s: _move(s.tiles[0], x=300)),
    "a flat button": ("confirm", lambda s: _move(s.ways["terminal"], h=100)),
    "a small key": ("account", lambda s: _move(s.pad, h=300)),
    "small print": ("bills", lambda s: _swell(s.hint, 9.5)),
    "a small heading": ("bills", lambda s: _swell(s.heading, 15.0)),
    "a heading over two lines": (
        "bills",
        lambda s: s.heading.say("查到三笔，您要付哪几笔账单呢？"),
    ),
    "a small sum": ("bills", lambda s: _swell(s.rows[0].amount, 13.0)),
    "a small sum to pay": ("confirm", lambda s: _swell(s.amount, 19.0)),
    "a text too long": ("bills", lambda s: s.count.say("一共付 2 笔，别的以后再付也可以")),
    "texts that overlap": ("confirm", lambda s: _move(s.total, x=600)),
    "a text over an edge": ("unknown", lambda s: _move(s.number, y=s.card.box.y - 30)),
    "a text on a foreign button": ("bill", lambda s: _move(s.other, y=s.kinds[0].box.y + 20)),
    "pale text": ("home", lambda s: s.hint.paint("edge")),
    "two filled buttons": ("confirm", lambda s: setattr(s.ways["wechat"], "kind", "main")),
    "one name twice": ("bills", lambda s: _rename(s.more, "bills.pay")),
}


def unseen(app: KioskApp, picture_of: Callable[[str], Picture]) -> list[str]:
    """What the rules don't see of :data:`SPOILS`; ``picture_of`` makes a state's picture."""
    missed = []
    for what, (state, spoil) in SPOILS.items():
        picture = picture_of(state)
        screen: Screen = SCREENS[picture.screen](app.kit, lambda *_: None)
        screen.show_frame(picture.frame)
        screen.show(picture.view)
        if broken(screen):
            missed.append(f"{state} is broken before it is spoilt")
        spoil(screen)
        if not broken(screen):
            missed.append(what)
    return missed
