"""A touch panel as a device of its own, which can be unplugged: the server's own mouse.

XTest's pointer, which other tests touch with, can't be taken away. Through libXi and libXtst:
an XI device's property ``Device Enabled`` is what the server itself clears when a device goes.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, c_char_p, c_int, c_uint, c_ulong, c_void_p

_DEVICE = b"Xvfb mouse"
_INTEGER = 19  # XA_INTEGER of Xatom.h


class _DeviceInfo(ctypes.Structure):
    """XIDeviceInfo of XInput2.h."""

    _fields_ = (
        ("deviceid", c_int),
        ("name", c_char_p),
        ("use", c_int),
        ("attachment", c_int),
        ("enabled", c_int),
        ("num_classes", c_int),
        ("classes", c_void_p),
    )


class UnpluggablePanel:
    """Touches at pixels from the top left corner; ``unplug`` and ``plug``."""

    def __init__(self, display: str) -> None:
        self._x = ctypes.CDLL("libX11.so.6")
        self._xi = ctypes.CDLL("libXi.so.6")
        self._xtst = ctypes.CDLL("libXtst.so.6")
        self._declare()
        self._display = self._x.XOpenDisplay(display.encode())
        self._id = self._find()
        self._device = self._xi.XOpenDevice(self._display, self._id)

    def _declare(self) -> None:
        x, xi, xtst = self._x, self._xi, self._xtst
        x.XOpenDisplay.argtypes, x.XOpenDisplay.restype = [c_char_p], c_void_p
        x.XCloseDisplay.argtypes = [c_void_p]
        x.XSync.argtypes = [c_void_p, c_int]
        x.XInternAtom.argtypes, x.XInternAtom.restype = [c_void_p, c_char_p, c_int], c_ulong
        xi.XIQueryVersion.argtypes = [c_void_p, POINTER(c_int), POINTER(c_int)]
        xi.XIQueryDevice.argtypes = [c_void_p, c_int, POINTER(c_int)]
        xi.XIQueryDevice.restype = POINTER(_DeviceInfo)
        xi.XOpenDevice.argtypes, xi.XOpenDevice.restype = [c_void_p, c_ulong], c_void_p
        xi.XIChangeProperty.argtypes = [
            *(c_void_p, c_int, c_ulong, c_ulong, c_int, c_int, c_char_p, c_int)
        ]
        xtst.XTestFakeMotionEvent.argtypes = [c_void_p, c_int, c_int, c_int, c_ulong]
        xtst.XTestFakeDeviceButtonEvent.argtypes = [
            *(c_void_p, c_void_p, c_uint, c_int, c_void_p, c_int, c_ulong)
        ]

    def _find(self) -> int:
        major, minor, count = c_int(2), c_int(2), c_int()
        self._xi.XIQueryVersion(self._display, ctypes.byref(major), ctypes.byref(minor))
        found = self._xi.XIQueryDevice(self._display, 0, ctypes.byref(count))
        return next(found[n].deviceid for n in range(count.value) if found[n].name == _DEVICE)

    def press(self, x: int, y: int) -> None:
        self._xtst.XTestFakeMotionEvent(self._display, -1, int(x), int(y), 0)
        self._button(1)

    def release(self) -> None:
        self._button(0)

    def _button(self, down: int) -> None:
        self._xtst.XTestFakeDeviceButtonEvent(self._display, self._device, 1, down, None, 0, 0)
        self._x.XSync(self._display, 0)

    def unplug(self) -> None:
        self._enable(0)

    def plug(self) -> None:
        self._enable(1)

    def _enable(self, enabled: int) -> None:
        name = self._x.XInternAtom(self._display, b"Device Enabled", 0)
        self._xi.XIChangeProperty(
            self._display, self._id, name, _INTEGER, 8, 0, bytes((enabled,)), 1
        )
        self._x.XSync(self._display, 0)

    def close(self) -> None:
        self._x.XCloseDisplay(self._display)
