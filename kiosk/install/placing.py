"""Files put into a system and taken back, exactly: what isn't ours, or was changed, stays.

A list of what was written, with a digest of each file, stands in `MANIFEST`. A file is ours as
long as it holds what the list says; whatever else is found in its place is left alone and named.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.durable import Disk

MANIFEST = Path("var/lib/cabin-install/written.json")
LINK = "-> "


@dataclass(frozen=True, slots=True)
class Thing:
    """A file to be: its path below the root, its text (or "-> target" for a link), what for."""

    path: str
    text: str
    what: str
    mode: int = 0o644


@dataclass(frozen=True, slots=True)
class Step:
    """What was done, or would be, with one file. ``trouble``: it isn't as it should be."""

    word: str
    path: str
    what: str = ""
    trouble: bool = False


@dataclass
class _Written:
    files: dict[str, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)


class Place:
    """A root folder. With ``dry`` everything is told and nothing done. Methods raise OSError."""

    def __init__(self, root: Path, *, dry: bool = False) -> None:
        self._root = root
        self._dry = dry
        self._disk = Disk()
        self._list = root / MANIFEST
        self._written = self._read()

    def put(self, things: Iterable[Thing]) -> list[Step]:
        """Let exactly these things be there; those put there earlier and not among them go."""
        wanted = {x.path: x for x in things}
        steps = [self._put(x) for x in wanted.values()]
        gone = [x for x in self._written.files if x not in wanted]
        steps += [self._take(x, "no longer wanted") for x in gone]
        self._tidy()
        return steps

    def take_back(self) -> list[Step]:
        """Remove all that was put there and is as it was put."""
        steps = [self._take(x) for x in sorted(self._written.files)]
        self._tidy()
        return steps

    def _put(self, thing: Thing) -> Step:
        found, ours = self._found(thing.path), self._written.files.get(thing.path)
        wanted = digest(thing.text, thing.mode)
        if found == wanted:
            word = "as it should be" if ours == wanted else "there already, and not written by us"
            return Step(word, thing.path, thing.what)
        if found is not None and found != ours:
            whose = "changed by hand" if ours else "not written by us"
            return Step(f"left alone: {whose}", thing.path, thing.what, trouble=True)
        if not self._dry:
            before = ours
            self._make((self._root / thing.path).parent)
            self._written.files[thing.path] = wanted  # noted first: a cut power leaves no orphan
            self._save()
            try:
                self._write(thing)
            except OSError:
                self._note(thing.path, before)
                raise
        return Step("written" if found is None else "written anew", thing.path, thing.what)

    def _take(self, path: str, why: str = "") -> Step:
        found, ours = self._found(path), self._written.files[path]
        if found is not None and found != ours:
            return Step("left alone: changed by hand", path, why, trouble=True)
        if not self._dry:
            (self._root / path).unlink(missing_ok=True)
            self._note(path, None)
        return Step("removed" if found is not None else "gone already", path, why)

    def _found(self, path: str) -> str | None:
        """The digest of what is there, None for nothing."""
        file = self._root / path
        if file.is_symlink():
            return digest(LINK + str(file.readlink()), 0)
        try:
            return digest(file.read_bytes(), file.stat().st_mode & 0o7777)
        except FileNotFoundError:
            return None
        except (IsADirectoryError, NotADirectoryError):
            return "a folder"

    def _write(self, thing: Thing) -> None:
        file = self._root / thing.path
        fresh = file.with_name(f".{file.name}.new")
        fresh.unlink(missing_ok=True)
        if thing.text.startswith(LINK):
            fresh.symlink_to(thing.text.removeprefix(LINK))
        else:
            self._disk.write(fresh, thing.text.encode())
            fresh.chmod(thing.mode)
        self._disk.rename(fresh, file)
        self._disk.sync_folder(file.parent)

    def _make(self, folder: Path) -> None:
        """Make a folder and those above it, and note which were missing."""
        missing = [x for x in (folder, *folder.parents) if not x.exists()]
        for one in reversed(missing):
            one.mkdir(mode=0o755)
            self._written.folders.append(str(one.relative_to(self._root)))

    def _tidy(self) -> None:
        """Folders that we made and that are empty go, and the list with the last file."""
        if self._dry or self._written.files:
            return
        self._list.unlink(missing_ok=True)
        for name in sorted(set(self._written.folders), reverse=True):
            folder = self._root / name
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()

    def _note(self, path: str, what: str | None) -> None:
        if what is None:
            self._written.files.pop(path, None)
        else:
            self._written.files[path] = what
        self._save()

    def _read(self) -> _Written:
        content = self._disk.read(self._list)
        if content is None:
            return _Written()
        told = json.loads(content)
        if not isinstance(told, Mapping):
            raise TypeError(f"{self._list} is not a list of what was written")
        return _Written(dict(told["files"]), list(told["folders"]))

    def _save(self) -> None:
        self._make(self._list.parent)
        told = {"files": self._written.files, "folders": sorted(set(self._written.folders))}
        self._disk.replace(self._list, json.dumps(told, indent=1, sort_keys=True).encode())


def digest(text: str | bytes, mode: int) -> str:
    """What a file holds and who may do what with it, in short. Links have no mode of their own."""
    data = text.encode() if isinstance(text, str) else text
    rights = 0 if data.startswith(LINK.encode()) else mode
    return hashlib.sha256(b"%o\n" % rights + data).hexdigest()
