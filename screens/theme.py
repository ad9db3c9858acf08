"""Colours by day and by night, sizes in millimetres, contrast.

The values are the project's look: calm paper, dark ink, one filled button a screen. All sizes are
physical; Kivy's ``dp`` is not physical on a PC, so pixels come from the panel's diagonal and
resolution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from weakref import WeakMethod

from screens.environment import Panel

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour of the kiosk by the name of what it is for, as ``#RRGGBB``."""

    paper: str
    card: str
    ink: str
    soft: str  # second voice: hints, dates
    edge: str  # of controls
    bar: str  # ground of the bottom bar
    info: str  # ground of a panel that explains
    info_edge: str
    off: str  # ground of a service out of order
    action: str
    on_action: str
    stop: str
    on_stop: str
    wait: str  # waiting, unknown: nobody did anything wrong
    on_wait: str
    wait_edge: str
    done: str
    on_done: str
    practice: str
    on_practice: str
    seal_bills: str
    seal_pressure: str
    seal_print: str
    seal_rice: str
    seal_booklet: str
    seal_help: str
    seal_off: str
    on_seal: str
    shade: str = "#14232E"  # over whatever isn't meant
    code: str = "#FFFFFF"  # a QR code stays black on white at night: readers want it so
    on_code: str = "#000000"
    test_white: str = "#FFFFFF"  # the self-test's colours are the panel's own
    test_black: str = "#000000"
    test_red: str = "#FF0000"
    test_green: str = "#00FF00"
    test_blue: str = "#0000FF"
    test_grey: str = "#808080"


DAY = Palette(
    paper="#FBF8F1",
    card="#FFFFFF",
    ink="#14232E",
    soft="#3A4650",
    edge="#857C65",
    bar="#EEE8DA",
    info="#E6EFEB",
    info_edge="#A5C6BE",
    off="#F1ECE3",
    action="#0B5A5C",
    on_action="#FFFFFF",
    stop="#A3201A",
    on_stop="#FFFFFF",
    wait="#FFE2A3",
    on_wait="#4A3200",
    wait_edge="#B8860B",
    done="#1D5B2F",
    on_done="#FFFFFF",
    practice="#FFC933",
    on_practice="#2A1E00",
    seal_bills="#0B5A5C",
    seal_pressure="#A3201A",
    seal_print="#2F3C86",
    seal_rice="#7A4A0C",
    seal_booklet="#1D5B2F",
    seal_help="#6B2757",
    seal_off="#55554E",
    on_seal="#FFFFFF",
)

NIGHT = Palette(
    paper="#1C1A16",
    card="#26231E",
    ink="#F3ECDD",
    soft="#CFC6B4",
    edge="#8C8472",
    bar="#15130F",
    info="#1D2726",
    info_edge="#3F6660",
    off="#211F1A",
    action="#8FD0C4",
    on_action="#10201E",
    stop="#FF9C8F",
    on_stop="#2A0A06",
    wait="#FFD479",
    on_wait="#2A1E00",
    wait_edge="#B8860B",
    done="#9BD3A2",
    on_done="#0D2413",
    practice="#FFC933",
    on_practice="#2A1E00",
    seal_bills="#8FD0C4",
    seal_pressure="#FF9C8F",
    seal_print="#B4BEF5",
    seal_rice="#E3B778",
    seal_booklet="#9BD3A2",
    seal_help="#E2A9CC",
    seal_off="#C9C4B8",
    on_seal="#1C1A16",
    shade="#000000",
)

PALETTES = {"day": DAY, "night": NIGHT}


@dataclass(frozen=True, slots=True)
class Type:
    """Em sizes in millimetres."""

    body: float = 10.0
    small: float = 9.0  # below the body, never below 8
    label: float = 15.0
    heading: float = 18.0
    heading_latin: float = 16.0  # a sentence in letters is half as long again
    button: float = 14.0
    bar: float = 11.0
    amount: float = 16.0
    amount_due: float = 28.0
    figure: float = 80.0
    line: float = 1.5  # line height in em
    staff: float = 10.0  # the staff's screens are denser: what a row is about
    staff_small: float = 8.5  # and what is known of it


@dataclass(frozen=True, slots=True)
class Space:
    """Lengths of the frame in millimetres."""

    margin: float = 12.0
    gap: float = 7.0
    air: float = 8.0  # between the heading and a panel below it
    button: float = 38.0  # height of a button across the screen
    radius: float = 6.0
    bottom_bar: float = 44.0
    top_bar: float = 17.0
    edge: float = 0.6
    strong_edge: float = 0.75
    staff_row: float = 33.0  # height of a row on the staff's screens
    staff_gap: float = 4.0
    staff_sign: float = 15.0


TYPE = Type()
SPACE = Space()


def rgb(colour: str) -> Rgb:
    """``#RRGGBB`` as three numbers of 0–255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(colour: str, other: str, share: float) -> str:
    """``colour`` with ``share`` (0–1) of ``other`` in it."""
    mixed = (round(a + (b - a) * share) for a, b in zip(rgb(colour), rgb(other), strict=True))
    return "#{:02X}{:02X}{:02X}".format(*mixed)


def luminance(colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white). WCAG 2.2, "relative luminance"."""

    def linear(channel: int) -> float:
        c = channel / 255
        return float(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(channel) for channel in rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21. WCAG 2.2, "contrast ratio"."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Theme:
    """The palette in use and the panel's scale. One for the whole window.

    What is drawn asks for colours by name and registers a ``repaint`` callable; switching the
    palette calls them all, and rebuilds nothing.
    """

    def __init__(self, panel: Panel, palette: str = "day") -> None:
        self.panel = panel
        self.width, self.height = panel.window_size
        self.per_mm = panel.pixels_per_mm
        self.name = palette
        self.palette = PALETTES[palette]
        self._repaint: list[WeakMethod[Callable[[], None]]] = []

    def px(self, mm: float) -> int:
        """Millimetres on the panel as whole pixels of the window, at least one."""
        return max(1, round(mm * self.per_mm)) if mm else 0

    def mm(self, px: float) -> float:
        """Pixels of the window as millimetres on the panel."""
        return px / self.per_mm

    def colour(self, token: str) -> str:
        """The colour of that name as ``#RRGGBB``; ``token!`` is the same, pressed.

        Raises AttributeError for a name that no palette has.
        """
        if token.endswith("!"):
            colour: str = getattr(self.palette, token[:-1])
            return mix(colour, "#000000" if luminance(colour) > 0.18 else self.palette.ink, 0.14)
        plain: str = getattr(self.palette, token)
        return plain

    def rgba(self, token: str) -> tuple[float, float, float, float]:
        """The colour of that name as four floats of 0–1, opaque."""
        red, green, blue = rgb(self.colour(token))
        return red / 255, green / 255, blue / 255, 1.0

    def on_change(self, repaint: Callable[[], None]) -> None:
        """Call ``repaint``, a method, whenever the palette changes, as long as its object lives."""
        self._repaint.append(WeakMethod(repaint))

    def switch(self, palette: str) -> bool:
        """Use the palette of that name (``day`` or ``night``). True if it changed."""
        if palette == self.name:
            return False
        self.palette = PALETTES[palette]
        self.name = palette
        for reference in self._repaint:
            repaint = reference()
            if repaint is not None:
                repaint()
        return True

    @contextmanager
    def in_the_dark(self, share: float) -> Iterator[None]:
        """Whatever is painted meanwhile has that share (0–1) of ``shade`` in it."""
        lit = self.palette
        self.palette = darkened(lit, share)
        try:
            yield
        finally:
            self.palette = lit

    def forget_gone(self) -> None:
        """Keep nothing of what isn't drawn any more."""
        self._repaint = [x for x in self._repaint if x() is not None]


@lru_cache(maxsize=4)
def darkened(palette: Palette, share: float) -> Palette:
    """The palette with that share of its ``shade`` in every colour; codes stay readable."""
    kept = ("shade", "code", "on_code")
    colours = {x.name: getattr(palette, x.name) for x in fields(Palette) if x.name not in kept}
    return replace(palette, **{x: mix(c, palette.shade, share) for x, c in colours.items()})


TOKENS = frozenset(field.name for field in fields(Palette))
