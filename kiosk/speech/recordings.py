"""Recorded phrases: a folder of WAV files named by phrase id, and what text each was made from.

``phrases.toml`` in that folder is the manifest: ``"home.title" = "3f2a…"``, an id and the hash of
the text that was spoken. When the program's text has changed since, the recording is stale: it is
not played, since it may say something that is no longer true.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kiosk.speech.pcm import Pcm, SoundError, read_wav
from kiosk.speech.phrases import recordable

MANIFEST = "phrases.toml"
LARGEST = 6 << 20  # bytes of a file: a minute at 48 kHz
_ID = re.compile(r"[a-z0-9_.]{1,60}")


class Kept(StrEnum):
    """How a phrase's recording is."""

    GOOD = "recorded"
    MISSING = "missing"
    STALE = "stale"
    UNSIGNED = "not in the manifest"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """``detail`` says what is wrong with a file, empty if nothing is."""

    id: str
    text: str
    kept: Kept
    detail: str = ""


def hash_of(text: str) -> str:
    """What the manifest keeps of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Recordings:
    """The folder as it is now; without one nothing is recorded. Sounds are read when needed."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._hashes: dict[str, str] = {}
        self.trouble = ""
        if folder is not None:
            self._read_manifest(folder / MANIFEST)

    def _read_manifest(self, path: Path) -> None:
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            self.trouble = f"{path}: can't be read: {error}"
            return
        self._hashes = {k: v for k, v in found.items() if isinstance(v, str)}

    def path(self, phrase_id: str) -> Path:
        """Where the recording of a phrase belongs."""
        if self.folder is None or not _ID.fullmatch(phrase_id):
            raise SoundError(f"{phrase_id}: there is no place for its recording")
        return self.folder / f"{phrase_id}.wav"

    def usable(self, phrase_id: str, text: str) -> bool:
        """Whether a recording of this very text is said to be there."""
        if self.folder is None or self._hashes.get(phrase_id) != hash_of(text):
            return False
        return self.path(phrase_id).is_file()

    def sound(self, phrase_id: str) -> Pcm:
        """The recording. Raises SoundError, with the file's name in it."""
        path = self.path(phrase_id)
        try:
            with path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except OSError as error:
            raise SoundError(f"{path}: can't be read: {error.strerror}") from error
        if len(data) > LARGEST:
            raise SoundError(f"{path}: is larger than {LARGEST >> 20} MiB")
        try:
            return read_wav(data)
        except SoundError as error:
            raise SoundError(f"{path}: {error}") from error

    def findings(self) -> Iterator[Finding]:
        """Each phrase that can be recorded, and how its recording is."""
        for phrase_id, text in recordable().items():
            yield self._finding(phrase_id, text)

    def _finding(self, phrase_id: str, text: str) -> Finding:
        if self.folder is None or not self.path(phrase_id).is_file():
            return Finding(phrase_id, text, Kept.MISSING)
        try:
            self.sound(phrase_id)
        except SoundError as error:
            return Finding(phrase_id, text, Kept.BROKEN, str(error))
        signed = self._hashes.get(phrase_id)
        if signed is None:
            return Finding(
                phrase_id, text, Kept.UNSIGNED, f"listen, then run kiosk speech sign {phrase_id}"
            )
        if signed != hash_of(text):
            return Finding(phrase_id, text, Kept.STALE, "the text has changed: record it anew")
        return Finding(phrase_id, text, Kept.GOOD)

    def strays(self) -> tuple[str, ...]:
        """Names of WAV files that belong to no phrase."""
        if self.folder is None:
            return ()
        known = recordable()
        return tuple(sorted(x.name for x in self.folder.glob("*.wav") if x.stem not in known))

    def sign(self, *phrase_ids: str) -> None:
        """Write into the manifest that these recordings say what the program says now.

        Raises SoundError for a file that is missing or can't be used, OSError.
        """
        known = recordable()
        for phrase_id in phrase_ids:
            if phrase_id not in known:
                raise SoundError(f"{phrase_id}: no such phrase")
            self.sound(phrase_id)
            self._hashes[phrase_id] = hash_of(known[phrase_id])
        if self.folder is None:
            raise SoundError("there is no folder for recordings")
        lines = [f"{json.dumps(k)} = {json.dumps(v)}\n" for k, v in sorted(self._hashes.items())]
        fresh = self.folder / f".{MANIFEST}.new"
        fresh.write_text(
            "# Which text each recording says. kiosk speech sign writes it.\n" + "".join(lines),
            encoding="utf-8",
        )
        fresh.replace(self.folder / MANIFEST)
