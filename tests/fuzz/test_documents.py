"""Spoilt and random files: each is opened, or gets a code; nothing else ever happens."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.documents.codes import BadDocumentError
from kiosk.documents.limits import Limits
from kiosk.documents.opener import OpenDocument
from tests.support import print_files as files

SMALL = Limits(memory_mb=512, cpu_s=10, answer_s=10)
SEEDS: tuple[Callable[[], bytes], ...] = (
    lambda: files.good_pdf(2),
    files.active_pdf,
    files.encrypted_pdf,
    lambda: files.encrypted_pdf(user=""),
    lambda: files.photo((60, 40)),
    lambda: files.photo((60, 40), "PNG"),
    lambda: files.photo((60, 40), progressive=True),
)

# Many files through one child: its walls and its code, without a start for each.
MANY = """
import sys
from kiosk.documents import images, jail, pdf
from kiosk.documents.codes import BadDocumentError, Kind, kind_of
from kiosk.documents.limits import Limits
limits = Limits(memory_mb=512)
jail.build(512, 600)
while head := sys.stdin.buffer.read(4):
    data = sys.stdin.buffer.read(int.from_bytes(head, "big"))
    kind = kind_of(data)
    said = "unsupported"
    try:
        if kind:
            opened = (pdf.open_pdf if kind is Kind.PDF else images.open_image)(data, kind, limits)
            opened.sizes_mm()
            opened.picture(0, 120)
            opened.rewritten([0])
            said = "good"
    except BadDocumentError as error:
        said = error.trouble.value
    except MemoryError:
        said = "bomb"
    sys.stdout.write(said + "\\n")
    sys.stdout.flush()
"""


def spoilt(chance: random.Random, data: bytes) -> bytes:
    """`data` with a few things done to it."""
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at = chance.randrange(len(out) + 1)
        match chance.randrange(6):
            case 0 if at < len(out):
                out[at] ^= 1 << chance.randrange(8)
            case 1:
                del out[at:]
            case 2:
                out[at:at] = chance.randbytes(chance.randrange(20))
            case 3:
                del out[at : at + chance.randrange(50)]
            case 4:
                digits = [n for n, byte in enumerate(out) if 48 <= byte <= 57]
                if digits:
                    place = chance.choice(digits)
                    out[place : place + 1] = chance.choice(
                        (b"-1", b"0", b"9" * 12, b"4294967295", b"1e9")
                    )
            case _:
                out[at:at] = out[at : at + chance.randrange(200)]
        if not out:
            break
    return bytes(out)


def random_file(chance: random.Random) -> bytes:
    if chance.random() < 0.3:
        head = chance.choice((b"", b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"))
        return head + chance.randbytes(chance.randrange(3000))
    return spoilt(chance, chance.choice(SEEDS)())


def test_spoilt_files_one_by_one(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        data = random_file(chance)
        (tmp_path / "file").write_bytes(data)
        try:
            with OpenDocument(tmp_path / "file", tmp_path, SMALL) as document:
                document.facts()
                document.picture(0, 120)
                document.rewrite([0], tmp_path / "printed")
        except BadDocumentError as error:
            assert error.trouble.value  # any of the codes; nothing else is raised
        (tmp_path / "printed").unlink(missing_ok=True)
        assert list(tmp_path.iterdir()) == [tmp_path / "file"]


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_thousands_of_spoilt_files(seed: int) -> None:
    """Python never raises anything unforeseen; where C gives up, the child dies alone."""
    chance = random.Random(seed)
    said: dict[str, int] = {}
    left = 12_000
    while left:
        child = subprocess.Popen(
            [sys.executable, "-I", "-c", MANY],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={},
        )
        assert child.stdin is not None and child.stdout is not None and child.stderr is not None
        with child:
            while left:
                data = random_file(chance)
                left -= 1
                child.stdin.write(len(data).to_bytes(4, "big") + data)
                child.stdin.flush()
                word = child.stdout.readline().decode().strip()
                said[word] = said.get(word, 0) + 1
                if not word:
                    break
            child.stdin.close()
            trace = child.stderr.read().decode()
        assert "Traceback" not in trace, trace
    print(said)
    assert said["good"] > 100 and said["broken"] > 100, said
    assert said.get("", 0) <= 60, f"the child died too often: {said}"
