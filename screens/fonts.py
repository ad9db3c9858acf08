"""Chinese fonts with mainland glyph forms, for Kivy.

The Noto CJK fonts come as OpenType collections: one file with a face each for Japan, Korea, the
mainland, Taiwan and Hong Kong over shared tables. SDL_ttf as Kivy calls it opens only the first
face, the Japanese one, in which 骨, 直, 令 and many more look wrong to a reader in Shanghai.
So the mainland face is copied out once into a file of its own: the table directory is rewritten,
the tables are taken byte for byte (OpenType specification, "Organization of an OpenType Font").
"""

from __future__ import annotations

import os
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path

SEARCH = (
    Path("/usr/share/fonts/opentype/noto"),
    Path("/usr/share/fonts/noto-cjk"),
    Path("/usr/share/fonts/google-noto-cjk"),
    Path("/usr/local/share/fonts"),
)


class FontMissingError(RuntimeError):
    """A font of the kiosk is not installed."""


@dataclass(frozen=True, slots=True)
class Fonts:
    """Paths of the three faces the kiosk uses."""

    regular: str
    bold: str
    serif: str  # bold; the cabin's name and the seals

    def path(self, face: str) -> str:
        """``regular``, ``bold`` or ``serif`` as a path."""
        found: str = getattr(self, face)
        return found


_FACES = {
    "regular": ("NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),
    "bold": ("NotoSansCJK-Bold.ttc", "Noto Sans CJK SC"),
    "serif": ("NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC"),
}


def provide(folder: Path, search: tuple[Path, ...] = SEARCH) -> Fonts:
    """Return the kiosk's faces, copied into ``folder`` where that has not been done yet.

    When ``folder`` can't be written the copies go to the machine's temporary folder.
    Raises FontMissingError with what to install.
    """
    paths = {}
    for face, (file_name, family) in _FACES.items():
        source = next((d / file_name for d in search if (d / file_name).is_file()), None)
        if source is None:
            raise FontMissingError(
                f"{file_name} was not found in {', '.join(map(str, search))}: "
                "install the package fonts-noto-cjk (and fonts-noto-cjk-extra)"
            )
        paths[face] = str(_copy_once(source, family, folder))
    return Fonts(**paths)


def _copy_once(source: Path, family: str, folder: Path) -> Path:
    """The face of that family as a file of its own; a newer font file gets a new copy."""
    stat = source.stat()
    name = f"{source.stem}-SC-{stat.st_size}-{int(stat.st_mtime)}.otf"
    if (folder / name).is_file():
        return folder / name
    data = source.read_bytes()
    face = single_face(data, family)
    for target in (folder, Path(tempfile.gettempdir()) / f"cabin-fonts-{os.getuid()}"):
        try:
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
            if target.stat().st_uid != os.getuid() and target is not folder:
                continue  # somebody else's folder in a shared place is not ours to trust
            return _write(target / name, face)
        except OSError as error:
            problem = error
    raise FontMissingError(f"the font {family} can't be copied out of {source}: {problem}")


def _write(path: Path, data: bytes) -> Path:
    """Write as a whole or not at all."""
    if path.is_file() and path.stat().st_size == len(data):
        return path
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)
    return path


def single_face(collection: bytes, family: str) -> bytes:
    """One face of an OpenType collection as a font file.

    Raises FontMissingError when the data is no collection or holds no such family.
    """
    if collection[:4] != b"ttcf":
        raise FontMissingError("not an OpenType collection")
    (count,) = struct.unpack_from(">I", collection, 8)
    for offset in struct.unpack_from(f">{count}I", collection, 12):
        records = _table_records(collection, offset)
        if _family(collection, records) == family:
            return _assemble(collection, offset, records)
    raise FontMissingError(f"the collection holds no face of the family {family!r}")


_Record = tuple[bytes, int, int, int]  # tag, checksum, offset, length


def _table_records(data: bytes, offset: int) -> list[_Record]:
    (count,) = struct.unpack_from(">H", data, offset + 4)
    return [struct.unpack_from(">4sIII", data, offset + 12 + 16 * i) for i in range(count)]


def _family(data: bytes, records: list[_Record]) -> str:
    """Family name (name id 1) in English for Windows, from the table ``name``."""
    start = next(offset for tag, _, offset, _ in records if tag == b"name")
    _, count, storage = struct.unpack_from(">3H", data, start)
    for i in range(count):
        platform, _, language, name_id, length, at = struct.unpack_from(
            ">6H", data, start + 6 + 12 * i
        )
        if (platform, language, name_id) == (3, 0x409, 1):
            begin = start + storage + at
            return data[begin : begin + length].decode("utf-16-be")
    return ""


def _assemble(data: bytes, offset: int, records: list[_Record]) -> bytes:
    header = data[offset : offset + 12]
    place = 12 + 16 * len(records)
    directory, tables = [], []
    for tag, checksum, start, length in records:
        directory.append(struct.pack(">4sIII", tag, checksum, place, length))
        padding = -length % 4
        tables.append(data[start : start + length] + b"\0" * padding)
        place += length + padding
    return b"".join((header, *directory, *tables))
