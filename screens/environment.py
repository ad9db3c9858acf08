"""What Kivy must be told before it is imported.

Kivy reads its environment and its configuration while it is being imported: it parses the
command line, makes a folder in the home directory, opens a log file and binds ESC and F1.
A kiosk wants none of that. :func:`prepare` must run before anything of ``kivy`` is imported;
importing this module imports nothing of it.

Nothing is written anywhere (the root file system may be read-only), so no folder of Kivy's own
is needed.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

_ENVIRONMENT = {
    "KIVY_NO_ARGS": "1",  # the command line belongs to the kiosk
    "KIVY_NO_CONFIG": "1",  # neither reads nor writes ~/.kivy/config.ini
    "KIVY_NO_ENV_CONFIG": "1",
    "KIVY_NO_FILELOG": "1",
    "KIVY_NO_CONSOLELOG": "1",
    "KIVY_LOG_MODE": "PYTHON",  # leave stderr and the root logger alone
    # One provider each: Kivy otherwise tries a list of them, which costs start-up time.
    "KIVY_WINDOW": "sdl2",
    "KIVY_TEXT": "sdl2",
    "KIVY_IMAGE": "sdl2",
    "KIVY_CLIPBOARD": "dummy",
    "SDL_NO_SIGNAL_HANDLERS": "1",  # SIGTERM is the program's business
    "SDL_VIDEO_X11_NET_WM_PING": "0",
    "SDL_MOUSE_TOUCH_EVENTS": "0",  # a pointer is not a second finger
    "SDL_TOUCH_MOUSE_EVENTS": "1",  # the first finger is the pointer
}


@dataclass(frozen=True, slots=True)
class Panel:
    """The touch panel. Lengths in pixels but for the diagonal, which is in inches.

    ``scale`` shrinks the whole window for a smaller screen (0.5 on a laptop); everything drawn
    shrinks with it.
    """

    width_px: int = 1080
    height_px: int = 1920
    diagonal_inch: float = 21.5
    scale: float = 1.0

    def __post_init__(self) -> None:
        if self.width_px <= 0 or self.height_px <= 0 or self.diagonal_inch <= 0:
            raise ValueError("a panel has a positive width, height and diagonal")
        if not 0.1 <= self.scale <= 4:
            raise ValueError("scale must lie between 0.1 and 4")

    @property
    def window_size(self) -> tuple[int, int]:
        """Size of the window in pixels."""
        return round(self.width_px * self.scale), round(self.height_px * self.scale)

    @property
    def pixels_per_mm(self) -> float:
        """Pixels of the window for a millimetre on the real panel."""
        diagonal_px = (self.width_px**2 + self.height_px**2) ** 0.5
        return float(diagonal_px / (self.diagonal_inch * 25.4) * self.scale)


def prepare(panel: Panel, *, kiosk: bool | None = None) -> None:
    """Set up Kivy for ``panel``. Must run before the first import of Kivy.

    ``kiosk`` hides the pointer and the window's border and covers the panel from its top left
    corner; by default it does so when the panel is not scaled.
    Raises RuntimeError when Kivy was imported before and nobody had prepared it.
    """
    if "kivy" in sys.modules and os.environ.get("KIVY_LOG_MODE") != "PYTHON":
        raise RuntimeError("screens.environment.prepare() must run before Kivy is imported")
    os.environ.update(_ENVIRONMENT)
    # X is the only display the kiosk is built for: it waits on the X connection.
    os.environ.setdefault("SDL_VIDEODRIVER", "x11")

    from kivy.config import Config

    whole = panel.scale == 1.0 if kiosk is None else kiosk
    width, height = panel.window_size
    graphics: dict[str, object] = {
        "width": width,
        "height": height,
        "multisamples": 0,  # costs 30 ms a frame without a GPU; shapes bring their own soft edges
        "vsync": 0,
        "maxfps": 0,  # the loop waits by itself and never sleeps a frame out
        "fullscreen": 0,
        "borderless": int(whole),
        "resizable": 0,
        "position": "custom" if whole else "auto",
        "left": 0,
        "top": 0,
        "show_cursor": int(not whole),
        "allow_screensaver": 0,
    }
    kivy: dict[str, object] = {
        "exit_on_escape": 0,
        "pause_on_minimize": 0,
        "keyboard_mode": "",
        "log_enable": 0,
        "log_level": "warning",
    }
    for section, options in (("graphics", graphics), ("kivy", kivy)):
        for option, value in options.items():
            Config.set(section, option, str(value))
    # No input provider of Kivy's: screens.loop reads the pointer and screens.finger makes one
    # finger of it. No modules: they bring the inspector, the monitor, screenshots and more.
    for section in ("input", "modules"):
        Config.remove_section(section)
        Config.add_section(section)
    _leave_out_asyncio()
    _leave_out_styles()


def _leave_out_asyncio() -> None:
    """Keep Kivy's clock from loading asyncio, which costs 2.5 MiB: our loop runs without it.

    The clock looks it up while it is imported, for those who let asyncio drive Kivy. It also
    reads ``maxfps`` then, so the configuration must stand before.
    """
    if "asyncio" in sys.modules:
        return
    stand_in: Any = ModuleType("asyncio")
    stand_in.Event, stand_in.wait_for = threading.Event, None
    sys.modules["asyncio"] = stand_in
    try:
        importlib.import_module("kivy.clock")
    finally:
        del sys.modules["asyncio"]


def _leave_out_styles() -> None:
    """Keep Kivy from parsing the styles of its widgets, a tenth of a second: we use none.

    It loads ``style.kv`` of its data folder while ``kivy.lang`` is imported.
    """
    import kivy

    kept = kivy.kivy_data_dir
    kivy.kivy_data_dir = str(Path(__file__).parent / "no_styles")
    try:
        importlib.import_module("kivy.lang")
    finally:
        kivy.kivy_data_dir = kept
