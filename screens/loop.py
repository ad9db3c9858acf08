"""The main loop: input first, drawing at once, sleep in between.

Kivy's own loop sleeps a frame out before it looks at input and wakes up sixty times a second when
nothing happens. This one waits on two file descriptors, the X connection and a pipe that other
threads write to, and on nothing else. When the finger moves it reads all input there is, lets the
screens change, draws one frame and waits again.
"""

from __future__ import annotations

import ctypes
import heapq
import itertools
import os
import select
from collections.abc import Callable
from time import monotonic
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import GL_COLOR_BUFFER_BIT, glClear, glClearColor

_QUEUED_AFTER_FLUSH = 2  # XEventsQueued: flush what we say, read what has come, don't wait
_FIRST_BUTTON_HELD = 1 << 8  # Button1Mask of X.h
_POINTER = ctypes.c_void_p
_BLIND_WAIT = 0.008  # without an X connection to wait on: look this often (seconds)


class Wake:
    """Wakes the loop from any thread. Many calls before it wakes are one."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def fileno(self) -> int:
        """Descriptor to wait on."""
        return self._read

    def set(self) -> None:
        """Wake the loop. Safe in every thread and in signal handlers."""
        try:
            os.write(self._write, b"\0")
        except BlockingIOError:
            return  # the pipe is full: the loop is as good as awake

    def clear(self) -> bool:
        """Take what has been written; whether there was anything."""
        try:
            while len(os.read(self._read, 4096)) == 4096:
                pass
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Close both ends."""
        os.close(self._read)
        os.close(self._write)


class Connection:
    """The window's X connection, for waiting on."""

    def __init__(self) -> None:
        info = Window.get_window_info()
        self._display = getattr(info, "display", None)
        self.fileno: int | None = None
        if self._display:
            self._x11 = ctypes.CDLL("libX11.so.6")
            self._x11.XConnectionNumber.argtypes = [ctypes.c_void_p]
            self._x11.XEventsQueued.argtypes = [ctypes.c_void_p, ctypes.c_int]
            self._x11.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
            self._x11.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
            self._x11.XDefaultRootWindow.restype = ctypes.c_ulong
            self._x11.XQueryPointer.argtypes = [ctypes.c_void_p, ctypes.c_ulong, *[_POINTER] * 7]
            self.fileno = int(self._x11.XConnectionNumber(self._display))

    def pending(self) -> bool:
        """Whether events were already read from the wire; waiting would not see them."""
        return bool(self._display and self._x11.XEventsQueued(self._display, _QUEUED_AFTER_FLUSH))

    def sync(self) -> None:
        """Wait until the server has carried out all that was sent."""
        if self._display:
            self._x11.XSync(self._display, 0)

    def pointer_held(self) -> bool:
        """Whether the server says that the pointer's first button is down."""
        if not self._display:
            return True  # nobody to ask
        mask = ctypes.c_uint()
        # Seven places for answers: two windows, four coordinates, and what is held.
        unused = [ctypes.byref(ctypes.c_ulong()) for _ in range(6)]
        root = self._x11.XDefaultRootWindow(self._display)
        self._x11.XQueryPointer(self._display, root, *unused, ctypes.byref(mask))
        return bool(mask.value & _FIRST_BUTTON_HELD)


class Loop:
    """Runs the window until :meth:`stop`.

    ``on_event`` gets each window event as ``(action, *args)``; ``on_wake`` runs when somebody
    called :attr:`wake`; ``on_drawn`` runs after each frame shown. ``background`` gives the colour
    of the paper as four floats.
    """

    def __init__(
        self,
        on_event: Callable[..., None],
        on_wake: Callable[[], None],
        on_drawn: Callable[[], None],
        background: Callable[[], tuple[float, float, float, float]],
    ) -> None:
        self.wake = Wake()
        self.frame = 0
        self._on_event = on_event
        self._on_wake = on_wake
        self._on_drawn = on_drawn
        self._background = background
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._stopped = False
        self._stale = True
        self._sdl: Any = Window._win
        self._sdl.set_event_filter(self._filter)
        self._connection = Connection()

    def call_at(self, when: float, call: Callable[[], None]) -> None:
        """Call once at ``when`` (seconds of ``time.monotonic``) in the loop's thread."""
        heapq.heappush(self._timers, (when, next(self._count), call))

    def redraw(self) -> None:
        """Draw a frame even if no drawing instruction has changed."""
        self._stale = True

    def sync(self) -> None:
        """Wait until the frame sent last can be seen on the screen."""
        self._connection.sync()

    def pointer_held(self) -> bool:
        """Whether the display server knows of a finger on the glass."""
        return self._connection.pointer_held()

    def stop(self) -> None:
        """End :meth:`run`. Safe in every thread and in signal handlers."""
        self._stopped = True
        self.wake.set()

    def run(self) -> None:
        """Draw, wait, answer, until stopped."""
        while not self._stopped:
            self.step()
            if not self._stopped and not self._connection.pending():
                self._wait(self._patience())

    def step(self) -> None:
        """Read what has come, let it take effect, draw if anything changed. Never waits."""
        self._read_events()
        if self.wake.clear():  # before drawing: one frame for a touch and its answer
            self._on_wake()
        self._run_timers()
        Clock.tick()  # Kivy's own deferred work; with maxfps 0 it doesn't sleep
        if self._stale or Window.canvas.needs_redraw:
            self.draw()

    def draw(self) -> None:
        """Draw and show one frame."""
        self._stale = False
        glClearColor(*self._background())
        glClear(GL_COLOR_BUFFER_BIT)
        Window.render_context.draw()
        self._sdl.flip()
        self.frame += 1
        self._on_drawn()

    def _read_events(self) -> None:
        poll = self._sdl.poll
        while True:
            event = poll()
            if event is False:
                return
            if event is None:
                continue
            if event[0] in ("windowexposed", "windowrestored", "windowshown", "windowresized"):
                self._stale = True
            self._on_event(*event)

    def _run_timers(self) -> None:
        now = monotonic()
        while self._timers and self._timers[0][0] <= now:
            heapq.heappop(self._timers)[2]()

    def _patience(self) -> float | None:
        """Seconds until something is due, ``None`` when nothing is."""
        due = [self._timers[0][0] - monotonic()] if self._timers else []
        if Clock.get_events():
            due.append(max(Clock.get_min_timeout(), 0.01))
        if self._connection.fileno is None:
            due.append(_BLIND_WAIT)
        return max(0.0, min(due)) if due else None

    def _wait(self, seconds: float | None) -> None:
        watched = [self.wake.fileno()]
        if self._connection.fileno is not None:
            watched.append(self._connection.fileno)
        select.select(watched, (), (), seconds)

    def _filter(self, action: str, *_: object) -> int:
        """SDL calls this in the middle of its own work: note, draw later."""
        if action == "windowresized":
            self._stale = True
        return 0
