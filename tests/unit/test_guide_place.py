"""Where a lesson's card and hand go on any screen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from screens.drawing import Box
from screens.guide_place import best_place, hand_place, overlap

ROOM = Box(0, 150, 1080, 1590)
SCREEN = Box(0, 130, 1080, 1790)
BOXES = st.builds(
    Box,
    st.integers(0, 900),
    st.integers(150, 1500),
    st.integers(80, 180),
    st.integers(80, 240),
)
OBSTACLES = st.lists(st.tuples(BOXES, st.integers(1, 4)), max_size=12)
HEIGHTS = st.integers(200, 640)


def size(pointing: str) -> tuple[int, int]:
    return (105, 137) if pointing in ("up", "down") else (137, 105)


@given(OBSTACLES, HEIGHTS, st.booleans(), BOXES)
def test_the_card_is_in_the_room_and_off_the_target(
    obstacles: list[tuple[Box, int]], height: int, other: bool, target: Box
) -> None:
    y = best_place(ROOM, height, target, obstacles, 12, other=other)
    card = Box(ROOM.x, y, ROOM.w, height)
    assert ROOM.y <= y <= ROOM.bottom - height
    roomy = max(target.y - 12 - ROOM.y, ROOM.bottom - target.bottom - 12) >= height
    if roomy and not other:
        assert not overlap(card, target)


@given(OBSTACLES, HEIGHTS)
def test_the_other_place_is_another_one(obstacles: list[tuple[Box, int]], height: int) -> None:
    first = best_place(ROOM, height, None, obstacles, 12)
    second = best_place(ROOM, height, None, obstacles, 12, other=True)
    assert second != first
    if max(first - ROOM.y, ROOM.bottom - first - height) >= height:
        assert not overlap(Box(0, first, 1080, height), Box(0, second, 1080, height))


def test_the_card_hides_least() -> None:
    tiles = [(Box(0, 600, 1080, 1000), 4)]
    assert best_place(ROOM, 300, None, tiles, 12) + 300 <= 600


@given(BOXES, OBSTACLES, HEIGHTS)
def test_the_hand_stands_beside_the_target_with_its_tip_on_it(
    target: Box, obstacles: list[tuple[Box, int]], height: int
) -> None:
    y = best_place(ROOM, height, target, obstacles, 12)
    card = Box(ROOM.x, y, ROOM.w, height)
    found = hand_place(SCREEN, target, card, size, obstacles)
    if found is None:
        return
    pointing, place = found
    assert (place.w, place.h) == size(pointing)
    assert not overlap(place, card)
    hidden = overlap(place, target)
    assert 0 < hidden <= target.w * target.h // 3
    assert SCREEN.x <= place.x
    assert place.right <= SCREEN.right
    assert SCREEN.y <= place.y
    assert place.bottom <= SCREEN.bottom


def test_there_is_room_for_a_hand_at_every_bottom_button() -> None:
    card = Box(0, 700, 1080, 400)
    for x in (48, 300, 552, 804):
        assert hand_place(SCREEN, Box(x, 1769, 228, 127), card, size) is not None
