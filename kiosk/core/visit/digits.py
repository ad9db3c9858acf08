"""Figures typed on a digit pad of the staff's screens. Pure."""

from __future__ import annotations


def typed(digits: str, key: str, longest: int) -> str:
    """The figures after a key: a digit, ``clear`` or ``delete``. Others change nothing."""
    if key == "clear":
        return ""
    if key == "delete":
        return digits[:-1]
    if len(key) == 1 and key in "0123456789" and len(digits) < longest:
        return digits + key
    return digits
