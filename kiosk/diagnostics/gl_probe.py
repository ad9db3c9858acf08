"""``python -m kiosk.diagnostics.gl_probe``: what draws here, told as a line of JSON.

In a process of its own, because a graphics driver may crash or hang. One X connection, one GLX
context on a window that is never shown. Source: GLX 1.4; Xlib.
"""

from __future__ import annotations

import ctypes
import json
import sys
from typing import Any

_RGBA, _DOUBLEBUFFER = 4, 5
_RENDERER, _VERSION = 0x1F01, 0x1F02


def probe() -> dict[str, Any]:
    """``{"trouble": …}`` ("display", "gl") or ``{"renderer", "version"}``."""
    try:
        x11, gl = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libGL.so.1")
    except OSError as error:
        return {"trouble": "gl", "detail": str(error)}
    pointer = ctypes.c_void_p
    x11.XOpenDisplay.restype = pointer
    for call in (gl.glXChooseVisual, gl.glXCreateContext):
        call.restype = pointer
    gl.glGetString.restype = ctypes.c_char_p
    x11.XDefaultRootWindow.argtypes = [pointer]
    x11.XDefaultRootWindow.restype = ctypes.c_ulong
    x11.XCreateSimpleWindow.argtypes = [pointer, ctypes.c_ulong, *[ctypes.c_int] * 7]
    x11.XCreateSimpleWindow.restype = ctypes.c_ulong
    display = x11.XOpenDisplay(None)
    if not display:
        return {"trouble": "display"}
    wanted = (ctypes.c_int * 3)(_RGBA, _DOUBLEBUFFER, 0)
    visual = gl.glXChooseVisual(pointer(display), 0, wanted)
    context = visual and gl.glXCreateContext(pointer(display), pointer(visual), None, 1)
    root = x11.XDefaultRootWindow(display)
    window = x11.XCreateSimpleWindow(display, root, 0, 0, 8, 8, 0, 0, 0)
    gl.glXMakeCurrent.argtypes = [pointer, ctypes.c_ulong, pointer]
    if not context or not gl.glXMakeCurrent(display, window, context):
        return {"trouble": "gl", "detail": "no GLX context"}
    told = [gl.glGetString(x) for x in (_RENDERER, _VERSION)]
    if told[0] is None:
        return {"trouble": "gl", "detail": "the driver says nothing"}
    words = [(x or b"").decode("ascii", "replace") for x in told]
    return {"renderer": words[0], "version": words[1]}


if __name__ == "__main__":
    print(json.dumps(probe()))
    sys.stdout.flush()
