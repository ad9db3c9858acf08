"""The kiosk's picture for machines without a display, and clicks passed on to it.

Pictures come from the X display by python-xlib, or by ImageMagick's `import` where that is
missing; clicks need python-xlib (XTest). Both are optional: `reason` says what is wanting.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import shutil
import subprocess
import threading
import time
from typing import Any

HAS_XLIB = importlib.util.find_spec("Xlib") is not None
KEEP_S = 0.4  # several viewers share one picture


class ScreenError(RuntimeError):
    """No picture or no click; the text says why."""


class KioskScreen:
    """The root window of X display `name` (":99"), or nothing when `name` is None."""

    def __init__(self, name: str | None) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._display: Any = None
        self._kept: dict[bool, tuple[float, bytes]] = {}

    @property
    def reason(self) -> str:
        """Why there is no picture; empty when there can be one."""
        if self.name is None:
            return "started without --kiosk-display"
        if not HAS_XLIB and shutil.which("import") is None:
            return "neither python-xlib nor ImageMagick is installed"
        return ""

    def png(self, full: bool = False) -> bytes:
        """The display now, at half size or full. ScreenError when there is none."""
        if self.reason:
            raise ScreenError(self.reason)
        with self._lock:
            at, kept = self._kept.get(full, (0.0, b""))
            if kept and time.monotonic() - at < KEEP_S:
                return kept
            image = self._by_xlib() if HAS_XLIB else self._by_import()
            if not full:
                image = image.reduce(2)
            file = io.BytesIO()
            image.save(file, "PNG", compress_level=1)
            self._kept[full] = (time.monotonic(), file.getvalue())
            return file.getvalue()

    def click(self, x: int, y: int) -> None:
        """Touch the display at pixel (x, y) from the top left and let go."""
        if self.reason or not HAS_XLIB:
            raise ScreenError(self.reason or "clicks need python-xlib")
        with self._lock:
            display = self._connect()
            x11, xtest = _xlib("X"), _xlib("ext.xtest")
            try:
                xtest.fake_input(display, x11.MotionNotify, x=x, y=y)
                xtest.fake_input(display, x11.ButtonPress, 1)
                display.sync()
                xtest.fake_input(display, x11.ButtonRelease, 1)
                display.sync()
            except (_xlib("error").ConnectionClosedError, OSError) as error:
                self._display = None
                raise ScreenError(f"{self.name}: {error}") from error
            self._kept.clear()

    def _connect(self) -> Any:
        if self._display is None:
            try:
                self._display = _xlib("display").Display(self.name)
            except (_xlib("error").DisplayError, OSError) as error:
                raise ScreenError(f"{self.name}: {error}") from error
        return self._display

    def _by_xlib(self) -> Any:
        from PIL import Image

        error_types = _xlib("error")
        try:
            root = self._connect().screen().root
            size = root.get_geometry()
            raw = root.get_image(0, 0, size.width, size.height, _xlib("X").ZPixmap, 0xFFFFFFFF)
        except (error_types.ConnectionClosedError, error_types.XError, OSError) as error:
            self._display = None
            raise ScreenError(f"{self.name}: {error}") from error
        return Image.frombytes("RGB", (size.width, size.height), raw.data, "raw", "BGRX")

    def _by_import(self) -> Any:
        from PIL import Image

        command = ["import", "-display", str(self.name), "-window", "root", "png:-"]
        done = subprocess.run(command, capture_output=True, timeout=10, check=False)
        if done.returncode:
            raise ScreenError(done.stderr.decode("utf-8", "replace").strip())
        return Image.open(io.BytesIO(done.stdout)).convert("RGB")


def _xlib(name: str) -> Any:
    """A module of python-xlib, which has no types and need not be there."""
    return importlib.import_module(f"Xlib.{name}")
