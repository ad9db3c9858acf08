"""What is put on a stick that staff bring: one file, and the stick is let go at once.

Residents' sticks are only ever read (`kiosk.documents.usb_stick`). Here somebody of the staff wants
a file taken along: the stick is mounted for writing for that moment, the file and its folder are
synced, and only when it is unmounted may it be said that the stick can be pulled.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Protocol

from kiosk.documents.usb_stick import System, mount, mount_points, partitions, umount
from kiosk.settings import NO_STICK, PrintSettings

FILE_SYSTEMS = "vfat,exfat,ntfs3"
OPTIONS = "rw,nosuid,nodev,noexec"


class Outlet(Protocol):
    """Where a stick may be plugged in. Calls block."""

    def present(self) -> bool:
        """Whether there is one."""
        ...

    def put(self, name: str, data: bytes) -> None:
        """Write a new file that will still be there when the stick is pulled. Raises OSError."""
        ...


def outlet(settings: PrintSettings | None, mount_in: Path) -> Outlet | None:
    """The place for sticks that the settings name; None if the cabin has none."""
    if settings is None or settings.stick == NO_STICK:
        return None
    if settings.stick_folder is not None:
        return FolderOutlet(settings.stick_folder)
    return UsbOutlet(mount_in)


class FolderOutlet:
    """A folder that stands in for a stick."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def present(self) -> bool:
        return self._folder.is_dir()

    def put(self, name: str, data: bytes) -> None:
        write(self._folder / name, data)


class UsbOutlet:
    """The first stick that takes it. ``folder``: where it is mounted meanwhile."""

    def __init__(self, folder: Path, system: System | None = None) -> None:
        self._folder, self._system = folder, system or System()

    def present(self) -> bool:
        return bool(partitions(self._system, self._folder))

    def put(self, name: str, data: bytes) -> None:
        if str(self._folder) in mount_points(self._system.mounts):
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))  # somebody's, who prints
        trouble = OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        for one in partitions(self._system, self._folder):
            if not mount(self._system, one, self._folder, FILE_SYSTEMS, OPTIONS):
                trouble = OSError(errno.EROFS, os.strerror(errno.EROFS))
                continue
            try:
                write(self._folder / name, data)
            except OSError as error:
                trouble = error
                umount(self._system, self._folder)
                continue
            if not umount(self._system, self._folder):
                raise OSError(errno.EBUSY, "it could not be unmounted")
            return
        raise trouble


def write(path: Path, data: bytes) -> None:
    """A new file, on the disk with its name when this returns. Raises OSError; then it is gone."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(path, flags, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError:
        path.unlink(missing_ok=True)
        raise
