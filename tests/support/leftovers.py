"""Looks for what should be gone."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from pathlib import Path

LARGEST = 64 << 20
LATELY_S = 3600


def everywhere(mark: bytes, *folders: Path) -> list[Path]:
    """Every file below `folders`, written lately, that holds `mark`."""
    since = time.time() - LATELY_S
    found = []
    # Other programs' files come and go meanwhile: os.walk passes over what is gone.
    for folder, _, names in (step for place in folders for step in os.walk(place)):
        for name in names:
            path = Path(folder, name)
            with contextlib.suppress(FileNotFoundError):
                about = path.lstat()
                lately = about.st_mtime > since and about.st_size <= LARGEST
                if stat.S_ISREG(about.st_mode) and lately and mark in path.read_bytes():
                    found.append(path)
    return list(dict.fromkeys(found))
