"""The child's walls, tried from inside; and a child that lies, tried from outside."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.documents import frames, opener
from kiosk.documents.codes import BadDocumentError, Trouble
from kiosk.documents.limits import Limits
from kiosk.documents.opener import OpenDocument
from tests.support import print_files as files

INSIDE = """
import os, socket, sys
from kiosk.documents import jail
walls = jail.build(300, 1)
def tried(what):
    try:
        what()
    except BaseException as error:
        return type(error).__name__
    return "done"
def udp():
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", int(sys.argv[1])))
print(walls)
print("tcp", tried(lambda: socket.create_connection(("127.0.0.1", int(sys.argv[1])), 2)))
print("udp", tried(udp))
print("read", tried(lambda: open("/etc/passwd").read()))
print("list", tried(lambda: os.listdir("/")))
print("write", tried(lambda: open("here", "w").write("x")))
print("write_tmp", tried(lambda: open("/tmp/there", "w").write("x")))
print("inherited", tried(lambda: os.write(int(sys.argv[2]), b"x")))
print("run", tried(lambda: os.execv("/bin/true", ["true"])))
print("memory", tried(lambda: bytearray(400 << 20)))
print("fonts", tried(lambda: os.listdir("/usr/share/fonts")))
sys.stdout.flush()
while True: pass
"""


def test_nothing_is_within_reach(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, (tmp_path / "open").open("w") as file:
        port, fd = server.getsockname()[1], file.fileno()
        done = subprocess.run(
            [sys.executable, "-I", "-c", INSIDE, str(port), str(fd)],
            cwd=tmp_path,
            env={},
            capture_output=True,
            text=True,
            check=False,
            pass_fds=(fd,),
        )
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()
    lines = done.stdout.splitlines()
    assert lines[0] == "{'network': True, 'files': True}", done.stderr
    found = dict(line.split() for line in lines[1:])
    assert found.pop("fonts") in ("done", "FileNotFoundError")
    assert found.pop("memory") == "MemoryError"
    assert found.pop("tcp") in ("PermissionError", "OSError")
    assert found.pop("udp") in ("PermissionError", "OSError")
    # Writing to a file that was open before: the limit of file size.
    assert found.pop("inherited") == "OSError"
    assert set(found) == {"read", "list", "write", "write_tmp", "run"}
    assert set(found.values()) == {"PermissionError"}
    assert done.returncode == -signal.SIGXCPU
    assert list(tmp_path.iterdir()) == [tmp_path / "open"]
    assert (tmp_path / "open").read_text() == ""


def test_the_child_has_little_with_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(files.good_pdf())
    with OpenDocument(tmp_path / "file", tmp_path) as document:
        document.picture(0, 100)
        proc = Path(f"/proc/{document._process.pid}")
        assert (proc / "environ").read_bytes() == b""
        assert list((proc / "cwd").readlink().iterdir()) == []
        assert sorted(x.name for x in (proc / "fd").iterdir()) == ["0", "1", "2"]  # 3 is read
        assert (proc / "ns" / "net").readlink() != Path("/proc/self/ns/net").readlink()
        mapped = (proc / "maps").read_text()
    assert "pdfium" in mapped
    for library in ("libssl", "kivy", "libSDL", "sqlite", "apsw"):
        assert library not in mapped, library


def descriptors() -> list[str]:
    return sorted(str(x) for x in Path("/proc/self/fd").iterdir())


def test_no_child_and_no_descriptor_is_left(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(files.good_pdf())
    before = descriptors()
    pids = []
    for data in (files.good_pdf(), b"nothing good", b""):
        (tmp_path / "file").write_bytes(data)
        with OpenDocument(tmp_path / "file", tmp_path) as document:
            pids.append(document._process.pid)
            try:
                document.facts()
            except BadDocumentError as error:
                assert error.trouble in (Trouble.UNSUPPORTED, Trouble.EMPTY)
    assert descriptors() == before
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[OpenDocument]:
    (tmp_path / "file").write_bytes(files.endless_drawing())
    with OpenDocument(tmp_path / "file", tmp_path) as document:
        document.facts()
        yield document


def once_busy(document: OpenDocument, do: Callable[[], None]) -> None:
    """Do it as soon as the child has worked for a tenth of a second more than now."""

    def ticks() -> int:
        stat = Path(f"/proc/{document._process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return int(stat[11]) + int(stat[12])

    def watch(until: int) -> None:
        while ticks() < until:
            time.sleep(0.01)
        do()

    threading.Thread(target=watch, args=(ticks() + 10,), daemon=True).start()


def test_a_child_killed_in_the_middle(slow: OpenDocument) -> None:
    pid = slow._process.pid
    once_busy(slow, lambda: os.kill(pid, signal.SIGSEGV))
    with pytest.raises(BadDocumentError, match=r"^broken$"):
        slow.picture(0, 400)
    with pytest.raises(BadDocumentError):
        slow.facts()


def test_cancelled_from_another_thread(slow: OpenDocument) -> None:
    once_busy(slow, slow.cancel)
    with pytest.raises(BadDocumentError, match=r"^cancelled$"):
        slow.picture(0, 400)
    slow.cancel()


HELLO = frames.frame(frames.HELLO, b'{"network": true, "files": true}')
LIES = {
    "another letter": frames.frame(b"Z", b"x"),
    "no frame": b"\0" * 5,
    "an endless length": frames.HEADER.pack(frames.FACTS, 0xFFFFFFFF) + bytes(1000),
    "a picture instead": frames.frame(frames.PICTURE, frames.SIZE.pack(1, 1) + bytes(3)),
    "no JSON": frames.frame(frames.FACTS, b"{"),
    "not UTF-8": frames.frame(frames.FACTS, b"\xff\xfe{"),
    "JSON in JSON": frames.frame(frames.FACTS, b"[" * 60_000),
    "a list": frames.frame(frames.FACTS, b"[1, 2]"),
    "no sizes": frames.frame(frames.FACTS, b'{"kind": "pdf", "restricted": false}'),
    "no pages": frames.frame(frames.FACTS, b'{"kind": "pdf", "restricted": false, "sizes": []}'),
    "another kind": frames.frame(
        frames.FACTS, b'{"kind": "exe", "restricted": false, "sizes": [[1, 1]]}'
    ),
    "a size of kilometres": frames.frame(
        frames.FACTS, b'{"kind": "pdf", "restricted": false, "sizes": [[1, 1000000]]}'
    ),
    "a size of NaN": frames.frame(
        frames.FACTS, b'{"kind": "pdf", "restricted": false, "sizes": [[1, NaN]]}'
    ),
    "a size of digits": frames.frame(
        frames.FACTS,
        b'{"kind": "pdf", "restricted": false, "sizes": [[1, ' + b"9" * 50_000 + b"]]}",
    ),
    "too many pages": frames.frame(
        frames.FACTS,
        b'{"kind": "pdf", "restricted": false, "sizes": [' + b"[1,1]," * 400 + b"[1,1]]}",
    ),
    "a code that isn't": frames.frame(frames.TROUBLE, b"everything is fine"),
    "a code that is ours": frames.frame(frames.TROUBLE, b"cancelled"),
    "a code without end": frames.HEADER.pack(frames.TROUBLE, 1 << 30) + b"x" * 10_000,
}


def lying(monkeypatch: pytest.MonkeyPatch, folder: Path, said: bytes, then: str) -> OpenDocument:
    """A document whose child says `said` to the first question, and then does something."""
    (folder / "said").write_bytes(said)
    script = (
        "import os, sys, time\n"
        f"os.write(1, {HELLO!r}); sys.stdin.readline()\n"
        f"said = open({str(folder / 'said')!r}, 'rb').read()\n"
        "while said: said = said[os.write(1, said):]\n"
        f"{then}\n"
    )
    monkeypatch.setattr(opener, "_TRAMPOLINE", script)
    (folder / "file").write_bytes(b"x")
    return OpenDocument(folder / "file", folder, Limits(answer_s=20))


@pytest.mark.parametrize("then", ["sys.exit(0)", "time.sleep(99)", "os.close(1); time.sleep(99)"])
@pytest.mark.parametrize("name", LIES)
def test_a_child_that_lies_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, then: str
) -> None:
    with (
        lying(monkeypatch, tmp_path, LIES[name], then) as document,
        pytest.raises(BadDocumentError) as caught,
    ):
        document.facts()
    assert caught.value.trouble in (Trouble.BROKEN, Trouble.TOO_SLOW)


PICTURES = {
    "wider than asked": frames.SIZE.pack(101, 10) + bytes(3 * 1010),
    "no width": frames.SIZE.pack(0, 10),
    "no height": frames.SIZE.pack(10, 0),
    "too few pixels": frames.SIZE.pack(100, 10) + bytes(3 * 1000 - 1),
    "too many pixels": frames.SIZE.pack(100, 10) + bytes(3 * 1000 + 1),
    "nothing": b"",
    "half a size": b"\0\1\0",
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_that_lie(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    said = frames.frame(frames.PICTURE, PICTURES[name])
    with (
        lying(monkeypatch, tmp_path, said, "time.sleep(99)") as document,
        pytest.raises(BadDocumentError, match=r"^broken$"),
    ):
        document.picture(0, 100)


def test_a_file_that_ends_in_the_middle_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = frames.HEADER.pack(frames.FILE, 100_000) + b"%PDF-1.7" * 1000
    with (
        lying(monkeypatch, tmp_path, said, "sys.exit(0)") as document,
        pytest.raises(BadDocumentError, match=r"^broken$"),
    ):
        document.rewrite([0], tmp_path / "printed.pdf")
    assert not (tmp_path / "printed.pdf").exists()


def test_a_file_without_end_is_refused_before_it_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = frames.HEADER.pack(frames.FILE, 0xFFFFFFFF) + b"x" * 1000
    with (
        lying(monkeypatch, tmp_path, said, "time.sleep(99)") as document,
        pytest.raises(BadDocumentError, match=r"^broken$"),
    ):
        document.rewrite([0], tmp_path / "printed.pdf")
    assert not (tmp_path / "printed.pdf").exists()


def test_a_child_that_never_says_hello(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    monkeypatch.setattr(opener, "_TRAMPOLINE", "raise SystemExit(1)")
    with pytest.raises(BadDocumentError, match=r"^unopened$"):
        OpenDocument(tmp_path / "file", tmp_path)
    monkeypatch.setattr(opener, "_HELLO_S", 0.2)
    monkeypatch.setattr(opener, "_TRAMPOLINE", "import time; time.sleep(99)")
    with pytest.raises(BadDocumentError, match=r"^unopened$"):
        OpenDocument(tmp_path / "file", tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_missing_walls_are_said_loudly(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(opener, "_warned", set())
    monkeypatch.setattr(
        opener,
        "_TRAMPOLINE",
        f"import os, sys; os.write(1, {frames.frame(frames.HELLO, b'{}')!r}); sys.stdin.read()",
    )
    (tmp_path / "file").write_bytes(b"x")
    for _ in range(2):
        OpenDocument(tmp_path / "file", tmp_path).close()
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2
    assert "WITHOUT a wall: network" in said[0]
    assert "WITHOUT a wall: files" in said[1]
