"""The child that opens one file: `python -I -m kiosk.documents.child`.

Descriptor 0 brings questions, 1 takes answers, 3 is the file, open for reading. The arguments are
the limits that concern it. It lives until its stdin closes, a limit strikes, or the parent ends it.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Protocol

from kiosk.documents import frames, jail
from kiosk.documents.codes import BadDocumentError, Kind, Trouble, kind_of
from kiosk.documents.limits import Limits

FILE_FD = 3


class Opened(Protocol):
    """A file that could be opened; pages count from 0."""

    kind: Kind
    restricted: bool

    def sizes_mm(self) -> list[tuple[int, int]]:
        """Width and height of every page, as it is read."""
        ...

    def picture(self, page: int, width: int) -> tuple[int, int, bytes]:
        """Width, height and RGB of a page."""
        ...

    def rewritten(self, pages: list[int]) -> bytes:
        """A new PDF of these pages, on A4."""
        ...


def main() -> int:
    """Serve until stdin ends. 0 then; anything else is for the parent to understand."""
    limits = Limits(**json.loads(sys.argv[1]))
    # All code comes in before the walls: afterwards no file can be opened.
    from kiosk.documents import images, pdf

    walls = jail.build(limits.memory_mb, limits.cpu_s)
    _answer(frames.HELLO, json.dumps(walls).encode())
    opened: Opened | None = None
    for line in sys.stdin.buffer:
        try:
            words = json.loads(line)
            if opened is None:
                data = _read(limits)
                kind = kind_of(data)
                if kind is None:
                    raise BadDocumentError(Trouble.UNSUPPORTED)
                maker = pdf.open_pdf if kind is Kind.PDF else images.open_image
                opened = maker(data, kind, limits)
                del data
            _do(opened, words)
        except BadDocumentError as error:
            _answer(frames.TROUBLE, error.trouble.encode())
        except MemoryError:
            _answer(frames.TROUBLE, Trouble.BOMB.encode())
    return 0


def _do(opened: Opened, words: dict[str, object]) -> None:
    match words:
        case {"do": "facts"}:
            facts = {"kind": opened.kind, "restricted": opened.restricted}
            _answer(frames.FACTS, json.dumps({**facts, "sizes": opened.sizes_mm()}).encode())
        case {"do": "picture", "page": int(page), "width": int(width)}:
            across, down, pixels = opened.picture(page, width)
            _answer(frames.PICTURE, frames.SIZE.pack(across, down) + pixels)
        case {"do": "rewrite", "pages": list(pages)}:
            _answer(frames.FILE, opened.rewritten([int(page) for page in pages]))
        case _:
            raise BadDocumentError(Trouble.UNOPENED)


def _read(limits: Limits) -> bytes:
    size = os.fstat(FILE_FD).st_size
    if size == 0:
        raise BadDocumentError(Trouble.EMPTY)
    if size > limits.bytes_max:
        raise BadDocumentError(Trouble.TOO_BIG)
    with os.fdopen(FILE_FD, "rb") as file:
        return file.read(limits.bytes_max)


def _answer(letter: bytes, body: bytes) -> None:
    rest = memoryview(frames.frame(letter, body))
    while rest:
        rest = rest[os.write(1, rest) :]


if __name__ == "__main__":
    sys.exit(main())
