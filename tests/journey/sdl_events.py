"""A window fed with SDL's own events, in a process of its own: what a panel's driver would send.

X reports a touch of a panel as a pointer; SDL may report it as a finger as well, and a second
finger as a finger only. This program puts such events into SDL's queue and prints which touches
the screens sent, as one line of JSON.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from screens import environment

PANEL = environment.Panel()
FINGER_DOWN, FINGER_UP, FINGER_MOTION = 0x700, 0x701, 0x702
MOUSE_MOTION, MOUSE_DOWN, MOUSE_UP = 0x400, 0x401, 0x402
TOUCH_DEVICE = 7
DOUBTED_AFTER_S = 1.05  # a little more than the window lets pass before it asks the server
TOUCH_AS_MOUSE = 0xFFFFFFFF  # SDL_TOUCH_MOUSEID: a pointer event that SDL made of a finger


class _MouseButton(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_uint32),
        ("timestamp", ctypes.c_uint32),
        ("window", ctypes.c_uint32),
        ("which", ctypes.c_uint32),
        ("button", ctypes.c_uint8),
        ("state", ctypes.c_uint8),
        ("clicks", ctypes.c_uint8),
        ("padding", ctypes.c_uint8),
        ("x", ctypes.c_int32),
        ("y", ctypes.c_int32),
    )


class _Finger(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_uint32),
        ("timestamp", ctypes.c_uint32),
        ("touch", ctypes.c_int64),
        ("finger", ctypes.c_int64),
        ("x", ctypes.c_float),
        ("y", ctypes.c_float),
        ("dx", ctypes.c_float),
        ("dy", ctypes.c_float),
        ("pressure", ctypes.c_float),
        ("window", ctypes.c_uint32),
    )


class _Event(ctypes.Union):
    _fields_ = (
        ("button", _MouseButton),
        ("finger", _Finger),
        ("padding", ctypes.c_uint8 * 128),
    )


class Panel:
    """SDL's queue of events, as the panel's driver fills it. Places in pixels."""

    def __init__(self, let_it_read: Callable[[], None]) -> None:
        import kivy

        self.let_it_read = let_it_read

        folder = Path(kivy.__file__).parent.parent / "Kivy.libs"
        self._sdl = ctypes.CDLL(str(next(folder.glob("libSDL2-2-*.so*"))))

    def pointer(self, kind: int, x: int, y: int, which: int = 0) -> None:
        event = _Event()
        event.button = _MouseButton(kind, 0, 1, which, 1, int(kind == MOUSE_DOWN), 1, 0, x, y)
        self._push(event)

    def finger(self, kind: int, x: int, y: int, number: int = 0) -> None:
        event = _Event()
        width, height = PANEL.width_px, PANEL.height_px
        event.finger = _Finger(kind, 0, TOUCH_DEVICE, number, x / width, y / height, 0, 0, 1, 1)
        self._push(event)

    def waiting(self, kind: int) -> bool:
        """Whether an event of this kind hasn't been read yet."""
        return bool(self._sdl.SDL_HasEvent(ctypes.c_uint32(kind)))

    def _push(self, event: _Event) -> None:
        if self._sdl.SDL_PushEvent(ctypes.byref(event)) != 1:
            raise RuntimeError("SDL took no event")


def main() -> int:
    """Play the scene that is named and print what the screens made of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("scene", choices=sorted(SCENES))
    parser.add_argument("--data-dir", type=Path, required=True)
    args = parser.parse_args()
    environment.prepare(PANEL)
    from screens.app import KioskApp
    from screens.pictures import SCREENS, PictureMaker
    from tests.support.all_states import STATES

    picture = PictureMaker("数字小屋").of(STATES["home"])
    touches: list[str] = []
    app = KioskApp(
        PANEL,
        SCREENS,
        lambda: picture,
        lambda target, _value, _version: touches.append(target),
        data_dir=args.data_dir,
        inspect=True,
    )
    app.refresh()
    app.loop.step()
    boxes = {x["id"]: x["box"] for x in app.snapshot["widgets"]}

    def middle(widget_id: str) -> tuple[int, int]:
        x, y, w, h = boxes[widget_id]
        return x + w // 2, y + h // 2

    panel = Panel(app.loop.step)
    SCENES[args.scene](panel, middle("home.pay_bill"), middle("home.find_slip"))
    sent = any(map(panel.waiting, (FINGER_DOWN, MOUSE_DOWN, MOUSE_UP)))
    app.loop.step()
    read = not any(map(panel.waiting, (FINGER_DOWN, MOUSE_DOWN, MOUSE_UP)))
    said = {"touches": touches, "down": app.finger.down, "sent": sent, "read": read}
    print(json.dumps(said), flush=True)
    return 0


Spot = tuple[int, int]


def both(panel: Panel, one: Spot, _other: Spot) -> None:
    """One touch that arrives as finger, as SDL's pointer made of it, and as X's pointer."""
    panel.finger(FINGER_DOWN, *one)
    panel.pointer(MOUSE_DOWN, *one, which=TOUCH_AS_MOUSE)
    panel.pointer(MOUSE_DOWN, *one)
    panel.finger(FINGER_MOTION, *one)
    panel.finger(FINGER_UP, *one)
    panel.pointer(MOUSE_UP, *one, which=TOUCH_AS_MOUSE)
    panel.pointer(MOUSE_UP, *one)


def finger_alone(panel: Panel, one: Spot, _other: Spot) -> None:
    """Finger events without a pointer."""
    panel.finger(FINGER_DOWN, *one)
    panel.finger(FINGER_UP, *one)


def second_finger(panel: Panel, one: Spot, other: Spot) -> None:
    """The first finger rests on a button while a second one comes, taps and goes."""
    panel.finger(FINGER_DOWN, *one, number=0)
    panel.pointer(MOUSE_DOWN, *one)
    panel.finger(FINGER_DOWN, *other, number=1)
    panel.finger(FINGER_UP, *other, number=1)
    panel.pointer(MOUSE_UP, *one)
    panel.finger(FINGER_UP, *one, number=0)


def second_pointer(panel: Panel, one: Spot, other: Spot) -> None:
    """The same from a panel that calls its second finger a pointer as well."""
    panel.pointer(MOUSE_DOWN, *one)
    panel.pointer(MOUSE_DOWN, *other, which=2)
    panel.pointer(MOUSE_UP, *one)
    panel.pointer(MOUSE_UP, *other, which=2)


def release_on_its_way(panel: Panel, one: Spot, other: Spot) -> None:
    """A second touch that begins when the first one's is doubted: its release isn't read yet.

    These events don't pass the display server, so it knows of no finger.
    """
    panel.pointer(MOUSE_DOWN, *one)
    panel.pointer(MOUSE_UP, *one)
    panel.let_it_read()
    end = time.monotonic() + DOUBTED_AFTER_S
    while time.monotonic() < end:
        time.sleep(end - time.monotonic())
    panel.pointer(MOUSE_DOWN, *other)
    panel.let_it_read()
    panel.pointer(MOUSE_UP, *other)


SCENES = {
    "both": both,
    "release_on_its_way": release_on_its_way,
    "finger_alone": finger_alone,
    "second_finger": second_finger,
    "second_pointer": second_pointer,
}

if __name__ == "__main__":
    sys.exit(main())
