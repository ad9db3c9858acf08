"""Fonts: mainland forms in files of their own, small ones for everyday, whole ones for the rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import ImageFont

from screens import fonts

RARE = "㛃䶮"  # in given names of today; not in GB 2312


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What set-up has prepared, or the same made now."""
    if any(fonts.PREPARED.glob("*-small-*")):
        return fonts.PREPARED
    folder = tmp_path_factory.mktemp("prepared")
    fonts.prepare(folder)
    return folder


@pytest.fixture
def small(prepared: Path, tmp_path: Path) -> fonts.Fonts:
    return fonts.provide(tmp_path, prepared=prepared)


@pytest.fixture
def unprepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[fonts.Fonts]:
    monkeypatch.setattr(fonts, "PREPARED", tmp_path / "nothing")
    return fonts.provide(tmp_path / "copies")


def drawn(path: str, text: str, index: int = 0) -> bytes:
    return bytes(ImageFont.truetype(path, 60, index=index).getmask(text))


def test_the_small_faces_are_the_mainland_ones_and_small(small: fonts.Fonts) -> None:
    paths = [small.path(face) for face in ("regular", "bold", "serif")]
    assert [ImageFont.truetype(path, 20).getname()[0] for path in paths] == [
        "Noto Sans CJK SC",
        "Noto Sans CJK SC",
        "Noto Serif CJK SC",
    ]
    assert max(Path(path).stat().st_size for path in paths) < 4 << 20


def test_they_have_every_everyday_character(small: fonts.Fonts) -> None:
    assert len(fonts.everyday_characters()) > 7000
    assert fonts.is_everyday(fonts.everyday_characters())
    nothing = drawn(small.regular, "\U0010fffe")
    assert not [
        x for x in fonts.everyday_characters().strip() if drawn(small.regular, x) == nothing
    ]


@pytest.mark.parametrize("character", "骨直令")
def test_they_draw_mainland_forms_to_the_pixel(small: fonts.Fonts, character: str) -> None:
    """As the mainland face of the collection, not as its first face."""
    source = next(d for d in fonts.SEARCH if (d / "NotoSansCJK-Regular.ttc").is_file())
    collection = str(source / "NotoSansCJK-Regular.ttc")
    by_name = {ImageFont.truetype(collection, 20, index=i).getname()[0]: i for i in range(5)}
    mainland = drawn(collection, character, by_name["Noto Sans CJK SC"])
    assert drawn(small.regular, character) == mainland
    assert drawn(small.regular, character) != drawn(collection, character)


@pytest.mark.parametrize("character", RARE)
def test_a_rare_character_comes_from_the_whole_face(small: fonts.Fonts, character: str) -> None:
    assert not fonts.is_everyday(f"王{character}")
    nothing = drawn(small.bold, "\U0010fffe")
    assert drawn(small.bold, character) == nothing
    assert drawn(small.path("bold", f"王{character}"), character) != nothing
    assert small.path("bold", "王") == small.bold


def test_without_preparation_the_whole_faces_do_everything(unprepared: fonts.Fonts) -> None:
    assert unprepared.path("regular", "王") == unprepared.path("regular", RARE)
    assert drawn(unprepared.regular, RARE) != drawn(unprepared.regular, "\U0010fffe" * len(RARE))


def test_a_second_start_copies_nothing(unprepared: fonts.Fonts) -> None:
    before = Path(unprepared.bold).stat().st_mtime_ns
    again = fonts.provide(Path(unprepared.bold).parent)
    assert again == unprepared
    assert Path(again.bold).stat().st_mtime_ns == before


def test_a_missing_font_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(fonts.FontMissingError, match="fonts-noto-cjk"):
        fonts.provide(tmp_path, search=(tmp_path,))


def test_a_broken_collection_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "PREPARED", tmp_path / "nothing")
    for name in ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc", "NotoSerifCJK-Bold.ttc"):
        (tmp_path / name).write_bytes(b"OTTO" + bytes(100))
    with pytest.raises(fonts.FontMissingError, match="no OpenType collection"):
        fonts.provide(tmp_path / "copies", search=(tmp_path,))
    assert list((tmp_path / "copies").iterdir()) == []
