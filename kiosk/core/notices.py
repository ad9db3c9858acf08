"""Notices of the neighbourhood on the home screen: the lesson on Wednesday, the water works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """``weekday``: Monday is 0, None for always; ``begins``: ``"09:30"``, or empty."""

    title: str
    text: str
    weekday: int | None = None
    begins: str = ""


def newest(notices: Sequence[Notice], weekday: int, now: str) -> Notice | None:
    """The one to show: what is still to come today before all others, else the first.

    ``now`` as ``"20:15"``. There is room for one, and a screen doesn't change by itself.
    """
    for notice in notices:
        if notice.weekday == weekday and now <= (notice.begins or now):
            return notice
    return next(iter(notices), None)
