"""Commands as plain values and back, with nothing of anybody in them.

A recording has to hold what was asked, or it could not be played again; a document to print, a
payer's code or a name must not stand in it. Numbers, switches and words of a fixed list are kept,
identifiers too (they are the kiosk's own); every other text becomes one of the same length.
Source: Design, "Devices" (recordings hold same-length synthetic values).
"""

from __future__ import annotations

import dataclasses
import enum
import importlib
import typing
from collections.abc import Callable
from typing import Any

_KIND = "is"
_PACKAGE = "devices."
_IDENTIFIERS = ("_no", "_id")
_WIDE, _NARROW = "某", "x"


class PlainError(ValueError):
    """The value can't be made of what is written, or can't be written; the text says which."""


def to_plain(value: object) -> Any:
    """A value as JSON knows it. Raises PlainError for what has no plain form."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        hints = typing.get_type_hints(kind)
        plain = {
            field.name: _field(field.name, hints[field.name], getattr(value, field.name))
            for field in dataclasses.fields(value)
        }
        return {_KIND: f"{kind.__module__}:{kind.__qualname__}", **plain}
    if isinstance(value, enum.Enum):
        return {_KIND: _name_of(value), "value": value.value}
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return invented(value)
    if isinstance(value, bytes):
        return {_KIND: "bytes", "length": len(value)}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    raise PlainError(f"{type(value).__name__} has no plain form")


def from_plain(plain: Any) -> Any:
    """The value again: lists become tuples, bytes zeros. Raises PlainError."""
    if isinstance(plain, list):
        return tuple(from_plain(item) for item in plain)
    if not isinstance(plain, dict):
        return plain
    name = plain.get(_KIND)
    if name == "bytes":
        return bytes(int(plain["length"]))
    make = _class_of(name)
    if issubclass(make, enum.Enum):
        return make(plain["value"])
    fields = {key: from_plain(item) for key, item in plain.items() if key != _KIND}
    try:
        return typing.cast("Callable[..., object]", make)(**fields)
    except (TypeError, ValueError) as error:
        raise PlainError(f"{name}: {error}") from error


def invented(text: str) -> str:
    """A text as long as ``text``, as wide on paper and with its line breaks, that says nothing."""
    return "".join(
        letter if letter in "\n " else _NARROW if letter.isascii() else _WIDE for letter in text
    )


def _field(name: str, hint: object, value: object) -> Any:
    known = typing.get_origin(hint) is typing.Literal or name.endswith(_IDENTIFIERS)
    return value if known and isinstance(value, str) else to_plain(value)


def _name_of(value: enum.Enum) -> str:
    return f"{type(value).__module__}:{type(value).__qualname__}"


def _class_of(name: object) -> type:
    """A class of the drivers, and no other: what is written may come from anywhere."""
    module, _, attribute = str(name).partition(":")
    if not module.startswith(_PACKAGE):
        raise PlainError(f"{name} is no command of a driver")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise PlainError(f"{name} is not known here") from error
    if not isinstance(found, type) or not (
        dataclasses.is_dataclass(found) or issubclass(found, enum.Enum)
    ):
        raise PlainError(f"{name} is no command of a driver")
    return found
