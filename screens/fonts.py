"""Chinese fonts with mainland glyph forms, for Kivy.

The Noto CJK fonts come as OpenType collections: one file with a face each for Japan, Korea, the
mainland, Taiwan and Hong Kong over shared tables. SDL_ttf as Kivy calls it opens only the first
face, the Japanese one, in which 骨, 直, 令 and many more look wrong to a reader in Shanghai.
So each mainland face is copied out once into a file of its own.

Such a face has 65,000 glyphs, and FreeType keeps a table of them for every size in use: 2.3 MiB
each. ``python -m screens.fonts``, which set-up runs, therefore also makes a small copy of each
face with the characters of everyday Chinese. A line with any other character, such as the one
in a rare surname, is drawn with the whole face. Without set-up the whole faces do everything.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SEARCH = (
    Path("/usr/share/fonts/opentype/noto"),
    Path("/usr/share/fonts/noto-cjk"),
    Path("/usr/share/fonts/google-noto-cjk"),
    Path("/usr/local/share/fonts"),
)
PREPARED = Path(sys.prefix) / "share" / "shuzi-xiaowu" / "fonts"

# What GB 2312 as Python has it lacks of ASCII's neighbours and of the signs on our screens.
_MORE = "¥·–—…✓"
_WITHOUT_MORE = dict.fromkeys(map(ord, _MORE))


class FontMissingError(RuntimeError):
    """A font of the kiosk is not installed."""


_FACES = {
    "regular": ("NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),
    "bold": ("NotoSansCJK-Bold.ttc", "Noto Sans CJK SC"),
    "serif": ("NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC"),
}


@dataclass(frozen=True, slots=True)
class Fonts:
    """The three faces the kiosk uses, as files; ``serif`` is for the cabin's name and the seals.

    ``folder`` takes the whole faces if they have not been prepared.
    """

    regular: str
    bold: str
    serif: str
    folder: Path
    search: tuple[Path, ...]

    def path(self, face: str, text: str = "") -> str:
        """The file of a face (``regular``, ``bold`` or ``serif``) that has all of ``text``."""
        if is_everyday(text):
            everyday: str = getattr(self, face)
            return everyday
        return str(_whole(face, _source(face, self.search), self.folder))


def missing(search: tuple[Path, ...] | None = None) -> tuple[str, ...]:
    """The font files that are installed nowhere."""
    folders = SEARCH if search is None else search
    files = dict.fromkeys(file for file, _ in _FACES.values())
    return tuple(x for x in files if not any((d / x).is_file() for d in folders))


def is_everyday(text: str) -> bool:
    """Whether the small faces have every character: ASCII, GB 2312 and a few signs."""
    try:
        text.translate(_WITHOUT_MORE).encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def everyday_characters() -> str:
    """Every character of the small faces."""
    rows = range(0xA1, 0xF8)
    pairs = (bytes((row, cell)) for row in rows for cell in range(0xA1, 0xFF))
    chinese = "".join(pair.decode("gb2312", "ignore") for pair in pairs)
    return "".join(map(chr, range(0x20, 0x7F))) + chinese + _MORE


def provide(folder: Path, search: tuple[Path, ...] = SEARCH, prepared: Path | None = None) -> Fonts:
    """Return the kiosk's faces: small ones where set-up has prepared them, else whole ones.

    Whole faces are copied into ``folder`` once; when that can't be written the copies go to the
    machine's temporary folder. Raises FontMissingError with what to install.
    """
    paths = {}
    for face in _FACES:
        source = _source(face, search)
        small = (prepared or PREPARED) / _name(source, "small")
        paths[face] = str(small if small.is_file() else _whole(face, source, folder))
    return Fonts(**paths, folder=folder, search=search)


def prepare(target: Path, search: tuple[Path, ...] = SEARCH) -> None:
    """Make whole and small faces in ``target`` where that has not been done yet."""
    from concurrent.futures import ProcessPoolExecutor  # set-up alone needs it

    target.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor() as pool:
        list(pool.map(_prepare_face, _FACES, [search] * len(_FACES), [target] * len(_FACES)))


def _prepare_face(face: str, search: tuple[Path, ...], target: Path) -> None:
    source = _source(face, search)
    _write(target / _name(source, "SC"), lambda path: _copy_face(source, _FACES[face][1], path))
    whole = target / _name(source, "SC")
    _write(target / _name(source, "small"), lambda path: _copy_everyday(whole, path))


def _source(face: str, search: tuple[Path, ...]) -> Path:
    file_name = _FACES[face][0]
    source = next((d / file_name for d in search if (d / file_name).is_file()), None)
    if source is None:
        raise FontMissingError(
            f"{file_name} was not found in {', '.join(map(str, search))}: "
            "install the package fonts-noto-cjk (and fonts-noto-cjk-extra)"
        )
    return source


def _name(source: Path, kind: str) -> str:
    """A newer font file gets new copies."""
    stat = source.stat()
    return f"{source.stem}-{kind}-{stat.st_size}-{int(stat.st_mtime)}.otf"


def _whole(face: str, source: Path, folder: Path) -> Path:
    """The whole face as a file of its own, copied out if nobody has yet."""
    name = _name(source, "SC")
    for place in (PREPARED, folder):
        if (place / name).is_file():
            return place / name
    import tempfile

    problem: OSError | None = None
    for target in (folder, Path(tempfile.gettempdir()) / f"cabin-fonts-{os.getuid()}"):
        try:
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
            if target.stat().st_uid != os.getuid() and target is not folder:
                continue  # somebody else's folder in a shared place is not ours to trust
            return _write(target / name, lambda path: _copy_face(source, _FACES[face][1], path))
        except OSError as error:
            problem = error
    raise FontMissingError(f"a face can't be copied out of {source}: {problem}")


def _write(path: Path, make: Callable[[Path], None]) -> Path:
    """Write as a whole or not at all."""
    if path.is_file():
        return path
    import tempfile

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    temporary = Path(name)
    try:
        make(temporary)
        os.fsync(handle)
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        os.close(handle)
        temporary.unlink(missing_ok=True)
    return path


def _copy_face(source: Path, family: str, path: Path) -> None:
    """Copy one face of a collection. Raises FontMissingError when it holds no such family."""
    from fontTools.ttLib import TTCollection, TTLibError

    try:
        with TTCollection(source, lazy=True, recalcTimestamp=False) as collection:
            for face in collection.fonts:
                if face["name"].getDebugName(1) == family:
                    face.save(path, reorderTables=None)
                    return
    except TTLibError as error:
        raise FontMissingError(f"{source} is no OpenType collection: {error}") from error
    raise FontMissingError(f"{source} holds no face of the family {family!r}")


def _copy_everyday(whole: Path, path: Path) -> None:
    """Copy the everyday characters of a face, to the pixel as they are."""
    from fontTools import subset

    options = subset.Options()
    options.layout_features = []  # SDL_ttf shapes nothing
    options.notdef_outline = True
    options.name_IDs = [1, 2]
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG"]
    options.desubroutinize = True
    font = subset.load_font(str(whole), options, lazy=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=everyday_characters())
    subsetter.subset(font)
    subset.save_font(font, str(path), options)


if __name__ == "__main__":
    try:
        prepare(PREPARED)
    except FontMissingError as error:
        sys.exit(str(error))
