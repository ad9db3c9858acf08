"""One section of a configuration file, read key by key; every mistake is noted, none stops.

Each reading method answers something of the right type even after a mistake, so that the reading
goes on to the next one. Whoever reads must raise once `Mistakes` isn't empty.
"""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Iterable
from pathlib import Path

from kiosk import config_toml

_LONGEST_SHOWN = 60


class Mistakes:
    """All mistakes found in one file, each "file:line: what is wrong; allowed: what is"."""

    def __init__(self, file: Path, document: config_toml.Document, *, keys: bool = True) -> None:
        """``keys``: whether the files that it names must be readable for whoever reads this."""
        self.file = file
        self.keys = keys
        self._document = document
        self._found: list[tuple[int, str]] = []

    def add(self, path: config_toml.Path, what: str, allowed: str) -> None:
        """Note a mistake at `path`."""
        line = self._document.line(path)
        self._found.append((line, f"{self.file}:{line}: {what}; allowed: {allowed}"))

    @property
    def sentences(self) -> tuple[str, ...]:
        """The mistakes in the order of their lines."""
        return tuple(text for _, text in sorted(self._found, key=lambda found: found[0]))


class Section:
    """A table of the file. Every key asked for becomes a known one; `done` reports the others."""

    def __init__(self, path: config_toml.Path, value: object, mistakes: Mistakes) -> None:
        self.path = path
        self.name = dotted(path)
        self.mistakes = mistakes
        self._known: list[str] = []
        self._values: dict[str, object] = {}
        self._is_table = isinstance(value, dict)
        if isinstance(value, dict):
            self._values = value
        else:
            mistakes.add(path, f"{self.name} = {shown(value)} is not a section", f"[{self.name}]")

    def has(self, key: str) -> bool:
        """Whether the file has `key` here; it is a known one in either case."""
        self._known.append(key)
        return key in self._values

    def text(self, key: str, pattern: str, allowed: str, default: str | None = None) -> str:
        """A string that matches `pattern` whole; `allowed` says the same in words."""
        value = self._take(key, allowed, default)
        if value is None:
            return ""
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return value
        self.wrong(key, f"is not {allowed}" if isinstance(value, str) else "is not a text", allowed)
        return ""

    def whole(
        self, key: str, low: int, high: int, unit: str = "number", default: int | None = None
    ) -> int:
        """A whole number from `low` to `high`; `unit` as in "number of fen"."""
        allowed = f"{low} … {high}"
        value = self._take(key, f"a whole {unit}, {allowed}", default)
        if value is None:
            return low
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong(key, f"is not a whole {unit}", allowed)
        elif not low <= value <= high:
            self.wrong(key, "is out of range", allowed)
        else:
            return value
        return low

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """A number, with decimals or without, from `low` to `high`."""
        allowed = f"{low:g} … {high:g}"
        value = self._take(key, f"a number, {allowed}", default)
        if value is None:
            return low
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            self.wrong(key, "is not a number", allowed)
        elif not low <= value <= high:
            self.wrong(key, "is out of range", allowed)
        else:
            return float(value)
        return low

    def slice_of(self, key: str, length: int, *, optional: bool = False) -> tuple[int, int] | None:
        """Two whole numbers [from, to) inside a text of `length` characters; None if absent."""
        allowed = f"[from, to] with 0 ≤ from < to ≤ {length}"
        if optional and not self.has(key):
            return None
        value = self._take(key, allowed, None)
        if isinstance(value, list) and len(value) == 2:
            first, last = value
            if type(first) is int and type(last) is int and 0 <= first < last <= length:
                return first, last
        if value is not None:
            self.wrong(key, "is not a slice of the code", allowed)
        return None

    def choice(self, key: str, choices: Iterable[str], default: str | None = None) -> str:
        """One of a few words; a near miss is named."""
        words = tuple(choices)
        allowed = " | ".join(words)
        value = self._take(key, allowed, default)
        if value is None or value in words:
            return str(value or words[0])
        self.wrong(key, f"is not known{_perhaps(str(value), words)}", allowed)
        return words[0]

    def file_path(self, key: str, what: str) -> Path:
        """A file that must exist, relative to the configuration's folder."""
        allowed = f"the path of {what}"
        value = self._take(key, allowed, None)
        folder = self.mistakes.file.parent
        if value is None:
            return folder
        if not isinstance(value, str) or not value:
            self.wrong(key, "is not a path", allowed)
            return folder
        path = folder / value
        try:
            if not path.is_file():
                self.wrong(key, f"names no file (looked for {path})", allowed)
            elif self.mistakes.keys:
                path.open("rb").close()
        except OSError as error:
            if self.mistakes.keys:
                why = f"names a file that can't be read ({path}: {error.strerror})"
                self.wrong(key, why, f"{allowed}, which the kiosk's user may read")
        return path

    def section(self, key: str) -> Section:
        """A section below; an empty one if the file has none."""
        self._known.append(key)
        return Section((*self.path, key), self._values.get(key, {}), self.mistakes)

    def sections(self, key: str) -> list[Section]:
        """The elements of an array of sections [[key]]."""
        self._known.append(key)
        value = self._values.get(key, [])
        path = (*self.path, key)
        if not isinstance(value, list):
            header = dotted(path)
            self.mistakes.add(path, f"{header} is not a list of sections", f"[[{header}]]")
            return []
        return [Section((*path, index), item, self.mistakes) for index, item in enumerate(value)]

    def switch(self, key: str) -> bool:
        """true or false; false if the file says nothing."""
        value = self._take(key, "true or false", False)
        if not isinstance(value, bool):
            self.wrong(key, "is not a switch", "true or false")
        return value is True

    def raw(self, key: str) -> object:
        """Whatever the file has under `key`, unchecked."""
        self._known.append(key)
        return self._values[key]

    def wrong(self, key: str, what: str, allowed: str) -> None:
        """Note that the value of `key` is wrong."""
        value = f" = {shown(self._values[key])}" if key in self._values else ""
        path = (*self.path, key)
        self.mistakes.add(path, f"{dotted(path)}{value} {what}", allowed)

    def done(self) -> None:
        """Report all keys that nobody asked for."""
        for key, value in self._values.items():
            if key in self._known:
                continue
            path = (*self.path, key)
            is_section = isinstance(value, dict) or (
                isinstance(value, list) and value and all(isinstance(item, dict) for item in value)
            )
            what = f"section [{dotted(path)}]" if is_section else dotted(path)
            self.mistakes.add(
                path,
                f"{what} is not known{_perhaps(key, self._known)}",
                ", ".join(dict.fromkeys(self._known)) or "nothing here",
            )

    def _take(self, key: str, allowed: str, default: object) -> object:
        """The value of `key`, or the default; None after noting that it is missing."""
        self._known.append(key)
        if key in self._values:
            return self._values[key]
        if default is None and self._is_table:  # else it has been named already
            self.mistakes.add(self.path, f"{dotted((*self.path, key))} is missing", allowed)
        return default


def dotted(path: config_toml.Path) -> str:
    """("help", "contact", 0, "phone") → "help.contact[1].phone": people count from 1."""
    name = ""
    for part in path:
        if isinstance(part, int):
            name += f"[{part + 1}]"
        else:
            name += f".{part}" if name else part
    return name


def shown(value: object) -> str:
    """A value as TOML writes it, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _perhaps(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean {near[0]}?)" if near else ""
