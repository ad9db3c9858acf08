"""What parent and child say to each other over two pipes.

The parent asks with a line of JSON. The child answers with frames: a letter, a length (4 bytes,
most significant first), that many bytes. The parent takes the child for an enemy: it knows for
each question which letters may come and how long they may be, reads no more, and believes no
number that it can check. Nothing is unpickled, and pictures are bare pixels: nothing is decoded.
"""

from __future__ import annotations

import json
import struct

HEADER = struct.Struct(">cI")
HELLO = b"H"  # JSON: which walls stand
FACTS = b"O"  # JSON: what the file is
PICTURE = b"P"  # width and height (2 bytes each), then RGB, 3 bytes a pixel, row by row
FILE = b"F"  # the file to print
TROUBLE = b"T"  # a code of `codes.Trouble`, ASCII
SIZE = struct.Struct(">HH")
JSON_MAX = 64 << 10
WORD_MAX = 32


def frame(letter: bytes, body: bytes) -> bytes:
    """One frame."""
    return HEADER.pack(letter, len(body)) + body


def question(**words: object) -> bytes:
    """A question to the child, as a line."""
    return json.dumps(words).encode("ascii") + b"\n"
