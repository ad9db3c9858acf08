"""A new cabin.toml is looked at before it counts, and the one before is kept.

Beside ``cabin.toml`` stand ``cabin.toml.new``, if somebody has put one there, and
``cabin.toml.old``, which was in use before. Taking either puts the one in use in the old one's
place.
"""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

from kiosk.config import ConfigError, load
from kiosk.core.visit.tech_steps import ConfigFound

_log = logging.getLogger(__name__)


def beside(source: Path, which: str) -> Path:
    """Where the ``new`` or the ``old`` configuration stands."""
    return source.with_name(f"{source.name}.{which}")


def look(source: Path) -> ConfigFound:
    """What is there, and every mistake of the new one, by its own name and lines."""
    new = beside(source, "new")
    written = _written(new)
    return ConfigFound(
        source.name,
        _written(source) or 0,
        written,
        _written(beside(source, "old")),
        mistakes(new) if written is not None else (),
    )


def mistakes(file: Path) -> tuple[str, ...]:
    """Every mistake in a configuration, without the folder's name."""
    try:
        load(file)
    except ConfigError as error:
        return tuple(x.replace(f"{file.parent}{os.sep}", "") for x in error.mistakes)
    return ()


def take(source: Path, which: str) -> bool:
    """Let the ``new`` or ``old`` one count from the next start on; False if it can't.

    At every moment there is a whole ``cabin.toml``: a power cut leaves the one or the other. What
    is answered is which one is there.
    """
    wanted, old = beside(source, which), beside(source, "old")
    spare = beside(source, "swap")
    if not wanted.is_file() or mistakes(wanted):
        return False
    told = digest(wanted)
    try:
        _copy(source, spare)
        if which == "new":
            spare.replace(old)  # kept before anything changes
        wanted.replace(source)
        if which == "old":
            spare.replace(old)
        _sync_folder(source.parent)
    except OSError as error:
        _log.error("%s: %s can't be taken: %s", source, wanted.name, error.strerror)
    return digest(source) == told


def digest(file: Path) -> str:
    """SHA-256 of a file, empty if there is none: which one it was, without its secrets."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


def _copy(source: Path, to: Path) -> None:
    mode = source.stat().st_mode & 0o777
    number = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(number, "wb") as file:
        file.write(source.read_bytes())
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _written(file: Path) -> int | None:
    try:
        return int(file.stat().st_mtime * 1000)
    except OSError:
        return None
