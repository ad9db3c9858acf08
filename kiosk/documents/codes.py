"""What can be wrong with a file, as stable codes; `sentences` says each to a person.

Imported by the child too, so nothing heavy here.
"""

from __future__ import annotations

from enum import StrEnum


class Trouble(StrEnum):
    """Why a file can't be printed here. The words are part of the journal and of reports."""

    ENCRYPTED = "encrypted"  # wants a password, or its author forbade printing
    BROKEN = "broken"  # ends too early, or makes no sense
    TOO_BIG = "too_big"  # more bytes than allowed, or larger paper
    TOO_MANY_PAGES = "too_many_pages"
    TOO_SLOW = "too_slow"  # drawing it takes too long
    UNSUPPORTED = "unsupported"  # neither PDF nor JPEG nor PNG, by its content
    EMPTY = "empty"  # no bytes, or no pages
    BOMB = "bomb"  # small outside, too large inside
    PULLED = "pulled"  # the stick was pulled, or can't be read
    CANCELLED = "cancelled"  # we ended it: the person went on or away
    UNOPENED = "unopened"  # our own fault: no child, no room; says nothing about the file


class Kind(StrEnum):
    """What a file is, by its first bytes."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"


class BadDocumentError(Exception):
    """A file can't be opened or printed; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


_PDF_HEADER_WITHIN = 1024


def kind_of(head: bytes) -> Kind | None:
    """The kind by the first kilobyte of a file, whatever its name says.

    PDF: ISO 32000-1, 7.5.2, and what readers forgive (the header within the first 1,024 bytes,
    Annex H.3 of the Adobe edition). JPEG: ITU-T T.81, B.1.1.3. PNG: W3C PNG, 5.2.
    """
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if b"%PDF-" in head[:_PDF_HEADER_WITHIN]:
        return Kind.PDF
    return None
