"""Where a lesson's card and hand go: beside what is meant, never on it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from screens.drawing import Box

_STEPS = 96
"""So many heights are tried for the card."""
_FAR = 0.08
"""What a pixel of distance from the target costs, in pixels of a hidden row."""
_HALF = 0.3
"""What a pixel costs that is seen of something half hidden."""
_REACH = 3
"""The fingertip reaches so many twelfths of the hand's length into the target."""


def overlap(one: Box, other: Box) -> int:
    """How many pixels two boxes share."""
    w = min(one.right, other.right) - max(one.x, other.x)
    h = min(one.bottom, other.bottom) - max(one.y, other.y)
    return w * h if w > 0 and h > 0 else 0


def _spoilt(card: Box, box: Box) -> float:
    """What is half hidden can't be read either, and looks worse than what is hidden whole."""
    shared = overlap(card, box)
    return box.w * box.h + _HALF * (box.w * box.h - shared) if shared else 0.0


def best_place(
    room: Box,
    height: int,
    target: Box | None,
    obstacles: Iterable[tuple[Box, int]],
    gap: int,
    *,
    other: bool = False,
) -> int:
    """The y of a card of that height that hides least in ``room``.

    The target is hidden only if there is no way around it. ``other``: the best of the places that
    don't overlap with the one that would be best.
    """
    lowest = max(room.y, room.bottom - height)
    tried = sorted({room.y + (lowest - room.y) * n // _STEPS for n in range(_STEPS + 1)})
    if target is not None:
        tried += [
            y for y in (target.y - gap - height, target.bottom + gap) if room.y <= y <= lowest
        ]
    known = tuple(obstacles)

    def cost(y: int) -> float:
        card = Box(room.x, y, room.w, height)
        hidden = sum(w * _spoilt(card, box) for box, w in known) / room.w
        on_target = overlap(card, target) * 1000.0 if target is not None else 0.0
        far = 0.0
        if target is not None:
            far = _FAR * max(0, target.y - card.bottom, card.y - target.bottom)
        return hidden + on_target + far

    best = min(tried, key=cost)
    if not other:
        return best
    apart = [y for y in tried if y + height <= best or y >= best + height]
    free = [
        y for y in apart if target is None or not overlap(Box(room.x, y, room.w, height), target)
    ]
    ends = [y for y in (room.y, lowest) if y != best]
    return min(free or apart or ends or [best], key=cost)


def hand_place(
    room: Box,
    target: Box,
    card: Box,
    size: Callable[[str], tuple[int, ...]],
    obstacles: Iterable[tuple[Box, int]] = (),
) -> tuple[str, Box] | None:
    """Which way a hand points, and its box: where it hides least beside the target.

    Only the fingertip is on the target, near its edge. None if there is no room beside it.
    """
    middle_x, middle_y = target.x + target.w // 2, target.y + target.h // 2
    known = tuple(x for x in obstacles if x[0] != target)
    found: list[tuple[int, str, Box]] = []
    for pointing in ("up", "down", "left", "right"):
        w, h = size(pointing)
        along = target.h if pointing in ("up", "down") else target.w
        reach = min(max(w, h) * _REACH // 12, along // 3)
        place = {
            "up": Box(middle_x - w // 3, target.bottom - reach, w, h),
            "down": Box(middle_x - w // 2, target.y + reach - h, w, h),
            "left": Box(target.right - reach, middle_y - h // 2, w, h),
            "right": Box(target.x + reach - w, middle_y - h // 2, w, h),
        }[pointing]
        inside = (
            place.x >= room.x
            and place.right <= room.right
            and place.y >= room.y
            and place.bottom <= room.bottom
        )
        if inside and not overlap(place, card):
            hidden = sum(weight * overlap(place, box) for box, weight in known)
            found.append((hidden, pointing, place))
    if not found:
        return None
    _hidden, pointing, place = min(found, key=lambda x: x[0])
    return pointing, place
