"""TOML with line numbers: what tomllib read, and where each key stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Where a value lives: ("help", "contact", 0, "phone")."""

_CHINESE = re.compile("[“”‘’＝：，［］＃]")
"""Signs that a Chinese input method puts where TOML wants its own."""
_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


class TomlSyntaxError(Exception):
    """The text isn't TOML. `line` counts from 1; the message says why, without the place."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Document:
    """A parsed TOML text: its values and the lines of its keys."""

    values: Mapping[str, object]
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line (from 1) of `path`, or else of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(text: str) -> Document:
    """Parse `text`. Raises TomlSyntaxError."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _AT_LINE.search(message)
        at_end = text.rstrip().count("\n") + 1
        line = int(place[1]) if place is not None and place[1] else at_end
        raise TomlSyntaxError(_AT_LINE.sub("", message) + _chinese(text, line), line) from error
    return Document(values, _locate(text))


def _chinese(text: str, line: int) -> str:
    """Name the sign that an input method may have left in the line, outside its texts."""
    found = _CHINESE.search(re.sub('"[^"]*"', "", text.split("\n")[line - 1]))
    return f" (“{found[0]}” is a Chinese sign: switch the input method off)" if found else ""


def _locate(text: str) -> dict[Path, int]:
    """The lines of all keys of a text that tomllib has accepted.

    Such a text is a row of statements, each of one or more whole lines; a statement is complete
    as soon as tomllib accepts it alone. tomllib itself has no line numbers to give.
    """
    lines: dict[Path, int] = {}
    tables: dict[Path, int] = {}  # arrays of tables → index of the newest element
    table: Path = ()
    statement: list[str] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        statement.append(line)
        try:
            part = tomllib.loads("\n".join(statement))
        except tomllib.TOMLDecodeError:
            continue  # the value goes on in the next line
        first = number - len(statement) + 1
        header = statement[0].lstrip()
        if header.startswith("["):
            table = _table_path(part, header.startswith("[["), tables)
            for depth in range(1, len(table) + 1):
                lines.setdefault(table[:depth], first)
        else:
            _record(part, table, first, lines)
        statement.clear()
    return lines


def _table_path(part: Mapping[str, object], is_array: bool, tables: dict[Path, int]) -> Path:
    """The path that a [table] or [[table]] header opens."""
    names: list[str] = []
    inner: object = part
    while isinstance(inner, dict) and inner:
        ((name, inner),) = inner.items()
        names.append(name)
    path: Path = ()
    for depth, name in enumerate(names, start=1):
        path = (*path, name)
        if is_array and depth == len(names):
            tables[path] = tables.get(path, -1) + 1
        if path in tables:
            path = (*path, tables[path])
    return path


def _record(part: Mapping[str, object], table: Path, line: int, lines: dict[Path, int]) -> None:
    for name, value in part.items():
        path = (*table, name)
        lines.setdefault(path, line)
        if isinstance(value, dict):
            _record(value, path, line, lines)
