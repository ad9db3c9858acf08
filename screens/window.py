"""The kiosk's window: the newest state as a picture, touches as events, the inspect socket."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.state import State
from kiosk.core.visit import messages as m
from kiosk.core.visit.class_decide import LEAVE
from kiosk.core.visit.common import order_at_screen
from kiosk.diagnostics.heartbeat import SCREEN, Heartbeat
from kiosk.inspection import Inspection
from kiosk.settings import Settings
from kiosk.shown import Shown, device_words, order_words
from kiosk.speech.speaker import Speaker, Voice
from screens import environment
from screens.panel_there import PanelThere

if TYPE_CHECKING:
    from kiosk.classroom.stage import Practised

_log = logging.getLogger(__name__)


def run_window(
    settings: Settings,
    shown: Shown,
    post: Callable[[object], None],
    inspect_socket: Path | None,
    seen: Callable[[], None] = lambda: None,
    heart: Heartbeat | None = None,
) -> int:
    """Show the cabin until SIGTERM or SIGINT. ``SCALE`` shrinks the window for a laptop.

    ``seen`` is called when the first screen is there. Whoever asks ``heart`` for the screen wakes
    it with ``shown.wake``.
    """
    panel = settings.panel
    environment.prepare(
        environment.Panel(
            panel.width_px,
            panel.height_px,
            panel.diagonal_inch,
            float(os.environ.get("SCALE", "1")),
        )
    )
    speaker = Speaker(settings.voice, settings.cabin.data_dir / "voice")
    window = _Window(
        settings, shown, post, seen, speaker, heart, inspect=inspect_socket is not None
    )
    inspection = Inspection(inspect_socket, window.describe) if inspect_socket else None
    try:
        window.run()
    finally:
        speaker.close()
        if inspection:
            inspection.close()
    return 0


def guided(picture: Any, practised: Practised) -> Any:
    """The practised screen's picture with the lesson drawn over it."""
    return replace(picture, guide=replace(practised.guidance, shown=practised.shown))


class _Window:
    def __init__(
        self,
        settings: Settings,
        shown: Shown,
        post: Callable[[object], None],
        seen: Callable[[], None],
        speaker: Voice,
        heart: Heartbeat | None = None,
        *,
        inspect: bool,
    ) -> None:
        # Kivy opens the window while it is imported: only after environment.prepare().
        from screens.app import KioskApp
        from screens.pictures import AHEAD, SCREENS, PictureMaker
        from screens.voice import Teller

        self._shown = shown
        self._post = post
        self._heart = heart
        self._pictures = PictureMaker(settings.cabin.name)
        self._speaker = speaker
        self._teller = Teller(speaker)
        scale = float(os.environ.get("SCALE", "1"))
        panel = settings.panel
        self._app = KioskApp(
            environment.Panel(panel.width_px, panel.height_px, panel.diagonal_inch, scale),
            SCREENS,
            self._picture,
            self._touched,
            data_dir=settings.cabin.data_dir,
            inspect=inspect,
            closable=scale != 1,
            on_first=seen,
            pages=shown.pages,
            on_finger=self._teller.touched,
            on_shown=self._tell,
            ahead=AHEAD,
        )
        shown.on_publish = self._app.wake
        self._panel = PanelThere(settings.panel.device, self._app.call_in, self._send)
        self._visit: tuple[bool, int] = (False, 0)
        self._practised: Practised | None = None
        self._made: tuple[State | None, Practised | None, Any] | None = None

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._app.stop())
        self._app.run()

    def _picture(self) -> Any:
        if self._heart is not None and self._heart.wanted(SCREEN):
            self._app.loop.sync()  # a display server that stands still is a screen that does
            self._heart.beat(SCREEN)
        practised = self._shown.practised()
        state = practised.state if practised is not None else self._shown.newest()
        made = self._made
        if made is not None and state is made[0] and practised is made[1]:
            return made[2]  # woken for a sign of life: there is nothing new to draw
        number = self._visit
        if state is not None:
            number = (practised is not None, state.visit.number)
        if number != self._visit:
            self._app.forget()
            self._teller.forget()
        self._visit = number
        self._practised = practised
        picture = self._pictures.of(state)
        if practised is not None:
            picture = guided(picture, practised)
        self._made = state, practised, picture
        return picture

    def _tell(self, picture: Any) -> None:
        """Say what is shown. A defect in that must not take the screen away."""
        try:
            if self._practised is not None:
                self._teller.lesson(picture, self._practised.texts, self._practised.said)
            else:
                self._teller.shown(picture)
        except Exception:  # noqa: BLE001  # the boundary named above
            _log.exception("%s could not be said", picture.screen)

    def _touched(self, target: str, value: object, version: int) -> None:
        self._panel.touched(target, value, version)

    def _send(self, target: str, value: object, version: int) -> None:
        text = "" if value is None else str(value)
        if self._practised is None:
            self._post(m.Touched(target, text, version))
        else:
            self._practise(self._practised, target, text, version)

    def _practise(self, practised: Practised, target: str, value: str, version: int) -> None:
        """A touch while something is practised: the lesson's, or the practice cabin's."""
        match target:
            case "guide.leave":
                real = self._shown.newest()
                self._post(m.Touched(LEAVE, "", real.version if real is not None else -1))
            case "guide.control":
                practised.hand.control(value)
            case "guide.press":
                practised.hand.pressed(int(value))
            case _:
                practised.hand.touched(target, value, version)

    def describe(self) -> dict[str, Any]:
        """What is on the screen (design, --inspect); called on the socket's thread."""
        picture = dict(self._app.snapshot)
        practised = self._shown.practised()
        state: State | None = practised.state if practised else self._shown.newest()
        if state is None or not picture:
            return {"screen": "", "version": 0, "settled": False, "widgets": [], "order": None}
        picture["settled"] = picture["version"] == state.version and picture["practised"] == (
            practised.shown if practised is not None else 0
        )
        picture["order"] = order_words(order_at_screen(state))
        picture["devices"] = device_words(state)
        picture["speaking"] = self._speaker.speaking
        picture["practice"] = practised.describe() if practised is not None else None
        return picture
