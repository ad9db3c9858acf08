"""What glibc does with memory, told for a program that runs for months with some twenty threads.

Other C libraries go without.
"""

from __future__ import annotations

import ctypes

_libc = ctypes.CDLL(None)
_trim = getattr(_libc, "malloc_trim", None)
_option = getattr(_libc, "mallopt", None)
_M_ARENA_MAX = -8  # malloc.h


def share_one_heap() -> None:
    """Let all threads allocate from one heap; to be called before they begin.

    glibc otherwise opens one for each of them, up to eight a processor, each with gaps of its own.
    Python's threads hardly ever allocate at the same moment.
    """
    if _option is not None:
        _option(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Return what has been freed to the system: about half a millisecond.

    glibc keeps freed memory between what is still in use; a kiosk that runs for months grows by
    such gaps. It also leaves less of the last visit behind.
    """
    if _trim is not None:
        _trim(0)
