"""Memory that is no longer needed, given back."""

from __future__ import annotations

import ctypes

_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's; others do without


def give_back() -> None:
    """Return what has been freed to the system: about half a millisecond.

    glibc keeps freed memory between what is still in use; a kiosk that runs for months grows by
    such gaps. It also leaves less of the last visit behind.
    """
    if _trim is not None:
        _trim(0)
