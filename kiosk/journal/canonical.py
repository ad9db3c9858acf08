"""A state as bytes that stay the same when a later program knows more.

A field that holds its default isn't written, so an order that knows nothing of a new field has the
digest that it had before there was one. A field's name and default stay for ever, therefore, or
open orders stop at the update (as they should, if what they mean has changed).
"""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec


def canonical(value: object) -> bytes:
    """Return a frozen dataclass of plain values, tuples and such dataclasses as JSON."""
    return msgspec.json.encode(_changed(value))


def _changed(value: Any) -> Any:
    if type(value) is tuple:
        return [_changed(x) for x in value]
    kind = type(value)
    if kind not in _FIELDS:
        _FIELDS[kind] = _fields(kind)
    fields = _FIELDS[kind]
    if fields is None:
        return value
    changed = {}
    for name, default in fields:
        inner = getattr(value, name)
        if inner != default:
            changed[name] = _changed(inner)
    return changed


_FIELDS: dict[type, tuple[tuple[str, object], ...] | None] = {}


def _fields(kind: type) -> tuple[tuple[str, object], ...] | None:
    """A dataclass's fields with their defaults, None for any other type."""
    if not dataclasses.is_dataclass(kind):
        return None
    return tuple((x.name, _default(x)) for x in dataclasses.fields(kind))


def _default(item: dataclasses.Field[Any]) -> object:
    if item.default_factory is not dataclasses.MISSING:
        return item.default_factory()
    return item.default  # MISSING equals nothing: such a field is always written
