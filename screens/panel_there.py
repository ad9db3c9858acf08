"""A panel that is pulled under a finger seems to let the button go; that touch must not pay.

The X server lifts every button of a device that goes, and its release looks like any other. But
the kernel takes the device's file away before the server can notice (drivers/input/evdev.c,
``evdev_disconnect``), but for the keys that it lifts itself a moment earlier. So a touch that
moves money is held for that moment, and passed on only if the panel's file is still there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

_log = logging.getLogger(__name__)

MONEY = ("confirm.pay",)
"""What a touch that nobody made must never say."""
SETTLE_S = 0.1
NOBODY = "panel.gone"
"""Sent instead: it means nothing, and is answered, so that the button is free again."""

Send = Callable[[str, object, int], None]


class PanelThere:
    """Between the window's touches and ``send``; without a ``device`` to look for it is nothing.

    ``call_in(seconds, call)`` calls once, in the window's thread.
    """

    def __init__(
        self,
        device: Path | None,
        call_in: Callable[[float, Callable[[], None]], None],
        send: Send,
    ) -> None:
        self._device = device
        self._call_in = call_in
        self._send = send

    def touched(self, target: str, value: object, version: int) -> None:
        """Pass a touch on, now or after a look at the panel."""
        if self._device is None or target not in MONEY:
            self._send(target, value, version)
        else:
            self._call_in(SETTLE_S, lambda: self._look(target, value, version))

    def _look(self, target: str, value: object, version: int) -> None:
        # exists() follows the stable link: it counts as gone with the device, not with the link.
        if self._device is not None and not self._device.exists():
            _log.warning("%s: the panel %s is gone; the touch is dropped", target, self._device)
            target, value = NOBODY, None
        self._send(target, value, version)
