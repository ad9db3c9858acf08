"""What of a configuration may be shown to others: everything but secrets and whose numbers it has.

Keys stand in files of their own, and only their paths in the configuration; what is a secret in it
by itself is named here by its key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

SECRET = re.compile(r"pass(word|wd)?|secret|token|\bpin\b|hash|salt|\bkey\b|_key$|^key$|card")
GONE = "（已去掉）"


def without_secrets(table: Mapping[str, Any]) -> dict[str, Any]:
    """A copy in which the values of secret keys are gone, at any depth."""
    return {str(k): _cleaned(str(k), v) for k, v in table.items()}


def _cleaned(key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return without_secrets(value)
    if isinstance(value, list | tuple):
        return [_cleaned(key, x) for x in value]
    return GONE if SECRET.search(key.lower()) and value not in ("", None) else value


_PEOPLE = re.compile(r"name$|phone|address|merchant|contact|operator|person|mail|hours|title|text")
_TABLES = frozenset(("help", "operator", "operators", "notice"))
_USER_IN_URL = re.compile(r"(://)[^/@]*@")
_QUERY_SECRET = re.compile(r"([?&](?:pin|password|token|key)=)[^&]*")


def for_outside(table: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration that may leave the house: no secrets, no people, no telephone numbers."""
    kept = {k: v for k, v in without_secrets(table).items() if k not in _TABLES}
    return {k: _anonymous(k, v) for k, v in kept.items()}


def _anonymous(key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _anonymous(k, v) for k, v in value.items()}
    if isinstance(value, list):
        return [_anonymous(key, x) for x in value]
    if isinstance(value, str):
        if _PEOPLE.search(key.lower()):
            return GONE
        return _QUERY_SECRET.sub(r"\1" + GONE, _USER_IN_URL.sub(r"\1", value))
    return value if isinstance(value, bool | int | float) else str(value)
