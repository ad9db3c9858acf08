"""The walls around the child, raised before it reads the first byte of a file.

What it has when it works: memory, processor time and a few descriptors; no network, no file but
the system's fonts (a PDF need not bring its own), nothing that it can write but its pipe, no new
processes, no privileges to gain.

Sources: setrlimit(2), unshare(2), prctl(2), landlock(7) of the Linux manual pages, and
Documentation/userspace-api/landlock.rst of the kernel; constants from linux/landlock.h. The three
landlock calls have the same numbers on every architecture.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import struct

_NEW_USER, _NEW_NET, _NEW_IPC = 0x10000000, 0x40000000, 0x08000000
_NO_NEW_PRIVILEGES = 38
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FS_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}  # how many rights a version knows, from its number on
_NET_FROM, _SCOPE_FROM = 4, 6
FONTS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/X11/fonts/Type1",
    "/usr/share/X11/fonts/TTF",
)
"""Where PDFium looks for faces that a file lacks."""
_OPEN_FILES = 24


def build(memory_mb: int, cpu_s: int) -> dict[str, bool]:
    """Raise every wall that this machine allows; which of them stand.

    The limits always stand, or OSError or ValueError is raised. `network`: no network to speak
    to. `files`: no file to open. The parent says loudly which is missing.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    # First the network: a Landlock domain may forbid what unshare needs.
    walls = {"network": _leave_network(libc), "files": _close_files(libc)}
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _limit(resource.RLIMIT_AS, memory_mb << 20)
    # The soft limit's signal ends us; the hard one is for whoever would catch that.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    return walls


def _limit(what: int, value: int) -> None:
    resource.setrlimit(what, (value, value))


def _leave_network(libc: ctypes.CDLL) -> bool:
    """A network of our own with nothing in it. Root may do it without a user namespace."""
    ways = (_NEW_USER | _NEW_NET | _NEW_IPC, _NEW_NET | _NEW_IPC)
    return any(libc.unshare(flags) == 0 for flags in ways)


def _close_files(libc: ctypes.CDLL) -> bool:
    """Landlock: no file but fonts; where the kernel knows how, no TCP and no abstract sockets."""
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(_VERSION))
    if version < 1:
        return False
    rights = max(count for since, count in _FS_RIGHTS.items() if since <= version)
    words = [(1 << rights) - 1]
    if version >= _NET_FROM:
        words.append(3)  # bind and connect
    if version >= _SCOPE_FROM:
        words.append(3)  # abstract sockets and signals of others
    ruleset = struct.pack(f"={len(words)}Q", *words)
    fd = libc.syscall(_CREATE_RULESET, ruleset, ctypes.c_size_t(len(ruleset)), ctypes.c_uint(0))
    if fd < 0:
        return False
    try:
        for folder in FONTS:
            with contextlib.suppress(FileNotFoundError):
                _allow_reading(libc, fd, folder)
        return bool(libc.syscall(_RESTRICT_SELF, fd, ctypes.c_uint(0)) == 0)
    finally:
        os.close(fd)


def _allow_reading(libc: ctypes.CDLL, ruleset: int, folder: str) -> None:
    beneath = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", _READ_FILE | _READ_DIR, beneath)
        libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, ctypes.c_uint(0))
    finally:
        os.close(beneath)
