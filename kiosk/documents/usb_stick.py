"""A real stick: found through /sys, mounted read-only in a folder of our own.

Which block device is a stick: its device path goes over USB, and it has a medium of some size
(Documentation/ABI/stable/sysfs-block of the kernel: `removable`, `size`, `partition`; the link
/sys/block/NAME is the device path). Fixed USB disks count too: people bring those as well. The
device that the system itself runs from never does.

Mounting is `mount(8)` with `ro,nosuid,nodev,noexec`, for the file systems that phones and PCs write
on sticks; ext4 and its like are not taken: more can go wrong in them than is worth it. It needs
root, or a line in sudoers for exactly this command. What the kernel makes of a file system that
was built to hurt it is beyond this program: keep the kernel up to date.
"""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.documents.codes import BadDocumentError, Trouble
from kiosk.documents.stick import Stick

_log = logging.getLogger(__name__)
FILE_SYSTEMS = "vfat,exfat,ntfs3,iso9660,udf"
OPTIONS = "ro,nosuid,nodev,noexec"
_MOUNT_S = 15.0

Run = Callable[[Sequence[str]], int]
"""Runs a command; its exit code."""


def run_quietly(command: Sequence[str]) -> int:
    """Run it, as root or by `sudo -n`; exit code, or 127 if it can't be run or takes too long."""
    words = list(command) if os.geteuid() == 0 else ["sudo", "-n", *command]
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_MOUNT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _log.warning("%s: %s", words[0], type(error).__name__)
        return 127
    return done.returncode


@dataclass(frozen=True, slots=True)
class System:
    """Where the kernel tells of devices; tests bring folders of their own."""

    sys: Path = Path("/sys")
    dev: Path = Path("/dev")
    mounts: Path = Path("/proc/self/mountinfo")
    run: Run = run_quietly


class UsbStick(Stick):
    """The first stick found. `folder`: where it is mounted, made by us, mode 0700."""

    def __init__(self, folder: Path, system: System | None = None) -> None:
        super().__init__()
        self._folder, self._system = folder, system or System()
        self._mounted: str | None = None  # the kernel's name of the partition, as sdb1
        if mount_points(self._system.mounts) & {str(folder)}:
            self._umount()  # a kiosk that was killed has left it

    def present(self) -> bool:
        return bool(partitions(self._system, self._folder))

    def close(self) -> None:
        """Unmount. A stick that was pulled is let go lazily."""
        self._stop.set()
        if self._mounted is not None:
            self._mounted = None
            self._umount()

    def _root(self) -> Path:
        there = partitions(self._system, self._folder)
        if self._mounted is not None:
            if self._mounted in there:
                return self._folder
            self.close()
            raise BadDocumentError(Trouble.PULLED)
        for name in there:
            if mount(self._system, name, self._folder, FILE_SYSTEMS, OPTIONS):
                self._mounted = name
                return self._folder
        raise BadDocumentError(Trouble.PULLED)

    def _umount(self) -> None:
        umount(self._system, self._folder)


def partitions(system: System, folder: Path) -> list[str]:
    """Names of the partitions (or whole devices without any) of all sticks.

    `folder`: where we mount them ourselves.
    """
    try:
        devices = sorted((system.sys / "block").iterdir())
    except OSError:
        return []
    used = _numbers_in_use(system.mounts, str(folder))
    names = []
    for device in devices:
        parts = _parts_of(device)
        if _is_stick(device) and not used & {_number(part) for part in (device, *parts)}:
            names += [part.name for part in parts or [device]]
    return names


def mount(system: System, name: str, folder: Path, file_systems: str, options: str) -> bool:
    """Mount a partition there, as ours; whether it went."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    where = ["--", str(system.dev / name), str(folder)]
    ways = [options]
    if os.geteuid() != 0:
        # Not every one of these file systems knows uid=.
        ways.insert(0, f"{options},uid={os.geteuid()},gid={os.getegid()}")
    return any(system.run(["mount", "-t", file_systems, "-o", x, *where]) == 0 for x in ways)


def umount(system: System, folder: Path) -> bool:
    """Unmount, lazily if it can't be at once; whether everything is on the stick now."""
    if system.run(["umount", "--", str(folder)]) == 0:
        return True
    code = system.run(["umount", "-l", "--", str(folder)])
    if code:
        _log.warning("the stick could not be let go: umount ended with %d", code)
    return False


def _is_stick(device: Path) -> bool:
    """Over USB, with a medium in it."""
    try:
        over_usb = any(part.startswith("usb") for part in device.resolve(strict=True).parts)
        return over_usb and int((device / "size").read_text()) > 0
    except (OSError, ValueError):
        return False  # pulled while we looked


def _parts_of(device: Path) -> list[Path]:
    try:
        return sorted(x for x in device.iterdir() if (x / "partition").is_file())
    except OSError:
        return []


def _number(part: Path) -> str:
    """Major and minor as "8:17"; something that nothing is mounted from if it is gone."""
    try:
        return (part / "dev").read_text().strip()
    except OSError:
        return "gone"


def _mounted(mounts: Path) -> list[tuple[str, str]]:
    """Device number and mount point of everything mounted (proc(5), /proc/pid/mountinfo)."""
    lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    rows = [line.split(" ") for line in lines]
    return [(row[2], row[4]) for row in rows if len(row) > 4]


def mount_points(mounts: Path) -> set[str]:
    return {place for _, place in _mounted(mounts)}


def _numbers_in_use(mounts: Path, ours: str) -> set[str]:
    """Devices that somebody else has mounted: the system's own, if it runs from USB."""
    return {number for number, place in _mounted(mounts) if place != ours}
