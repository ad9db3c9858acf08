"""A small file written anew, durably: after a power cut it is the old one or the new one, whole.

Tests put their own `Disk` in its place, to lose what wasn't synced.
"""

from __future__ import annotations

import os
from pathlib import Path


class Disk:
    """The machine's file system."""

    def read(self, path: Path) -> bytes | None:
        """What the file holds, None if there is none. Raises OSError."""
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None

    def replace(self, path: Path, content: bytes) -> None:
        """Put ``content`` in the file's place; it has reached the disk when this returns.

        The old content is blanked on the disk, as far as the file system writes in place. Raises
        OSError: then the file is still the old one, or already the new one.
        """
        fresh = path.with_suffix(".new")
        self.write(fresh, content)
        old = self.hold(path)
        try:
            self.rename(fresh, path)
            self.sync_folder(path.parent)
            if old >= 0:
                self.blank(old)
        finally:
            if old >= 0:
                os.close(old)

    def write(self, path: Path, content: bytes) -> None:
        """Write a file, readable by nobody else, and sync it."""
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(number, "wb", closefd=False) as file:
                file.write(content)
            os.fsync(number)
        finally:
            os.close(number)

    def rename(self, fresh: Path, path: Path) -> None:
        """Put one file in another's place, at once or not at all."""
        fresh.replace(path)

    def sync_folder(self, folder: Path) -> None:
        """What stands in the folder has reached the disk."""
        number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(number)
        finally:
            os.close(number)

    def hold(self, path: Path) -> int:
        """The file as it is now, even when another takes its place; -1 if there is none."""
        try:
            return os.open(path, os.O_WRONLY)
        except FileNotFoundError:
            return -1

    def blank(self, number: int) -> None:
        """Write zeros over a file that was held."""
        os.pwrite(number, bytes(os.fstat(number).st_size), 0)
        os.fsync(number)
