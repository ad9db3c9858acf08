"""Sticks: what is listed, what is copied, what a hostile one can't do, and pulling it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.documents import names, usb_stick
from kiosk.documents.codes import BadDocumentError, Trouble
from kiosk.documents.stick import DEPTH_MAX, LISTED_MAX, LOOKED_AT_MAX, FolderStick, Found
from kiosk.documents.usb_stick import System, UsbStick
from tests.support import print_files as files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def put(path: Path, data: bytes = b"%PDF-1.7 x", changed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (changed, changed))
    return path


def test_pdf_and_pictures_are_listed_newest_first(folder: Path) -> None:
    put(folder / "体检报告.pdf", changed=10)
    put(folder / "照片" / "全家.JPG", b"\xff\xd8\xff", changed=30)
    put(folder / "scan.png", changed=20)
    for other in ("letter.docx", "tune.mp3", ".hidden.pdf", "pdf", "a.pdf.exe"):
        put(folder / other)
    put(folder / "System Volume Information" / "x.pdf")
    listing = FolderStick(folder).listing()
    assert [(x.name, x.folder) for x in listing.files] == [
        ("全家.JPG", "照片"),
        ("scan.png", ""),
        ("体检报告.pdf", ""),
    ]
    assert not listing.more


def test_a_deep_or_crowded_stick_ends(folder: Path) -> None:
    deep = folder.joinpath(*(str(n) for n in range(DEPTH_MAX)))
    put(deep.parent / "last.pdf")
    put(deep / "beyond.pdf")
    listing = FolderStick(folder).listing()
    assert [x.name for x in listing.files] == ["last.pdf"]
    assert listing.more
    shutil.rmtree(folder / "0")
    for n in range(LISTED_MAX + 1):
        put(folder / f"{n:04}.pdf", changed=n)
    listing = FolderStick(folder).listing()
    assert len(listing.files) == LISTED_MAX
    assert (listing.files[0].name, listing.more) == (f"{LISTED_MAX:04}.pdf", True)
    for n in range(LOOKED_AT_MAX):
        (folder / f"{n}.txt").touch()
    assert FolderStick(folder).listing().more


def test_links_and_pipes_are_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = put(tmp_path / "secret.pdf")
    (folder / "link.pdf").symlink_to(secret)
    (folder / "folder").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.pdf")
    stick = FolderStick(folder)
    assert stick.listing().files == ()
    tries = [
        ("link.pdf",),
        ("folder", "secret.pdf"),
        ("pipe.pdf",),
        ("..", "secret.pdf"),
        ("../secret.pdf",),
        ("/etc/passwd",),
        (".",),
        (),
        ("a\0b",),
    ]
    for parts in tries:
        with pytest.raises(BadDocumentError, match=r"^(unopened|pulled)$"):
            stick.copy(Found(parts, "x", "", 1, 0.0), tmp_path / "copy", 1000)
        assert not (tmp_path / "copy").exists()


def test_a_file_is_copied_up_to_the_limit(folder: Path, tmp_path: Path) -> None:
    data = os.urandom(700_000)
    put(folder / "sub" / "a.pdf", data)
    put(folder / "empty.pdf", b"")
    stick = FolderStick(folder)
    found = {x.name: x for x in stick.listing().files}
    copy = tmp_path / "copy"
    assert stick.copy(found["a.pdf"], copy, len(data)) == len(data)
    assert copy.read_bytes() == data
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    copy.unlink()
    with pytest.raises(BadDocumentError, match=r"^too_big$"):
        stick.copy(found["a.pdf"], copy, len(data) - 1)
    with pytest.raises(BadDocumentError, match=r"^empty$"):
        stick.copy(found["empty.pdf"], copy, 1000)
    assert not copy.exists()
    with pytest.raises(BadDocumentError, match=r"^unopened$"):
        stick.copy(found["a.pdf"], tmp_path / "no" / "folder", len(data))


def test_pulled_before_and_after_the_choice(folder: Path, tmp_path: Path) -> None:
    put(folder / "a.pdf")
    stick = FolderStick(folder)
    assert stick.present()
    (found,) = stick.listing().files
    shutil.rmtree(folder)
    assert not stick.present()
    with pytest.raises(BadDocumentError, match=r"^pulled$"):
        stick.copy(found, tmp_path / "copy", 1000)
    with pytest.raises(BadDocumentError, match=r"^pulled$"):
        stick.listing()


def test_pulled_or_stopped_in_the_middle(folder: Path, tmp_path: Path) -> None:
    """A file that gives its first half and then waits: a pipe in the place of the file."""
    put(folder / "a.pdf")
    for end, code in (("pull", "pulled"), ("stop", "cancelled")):
        read, write = os.pipe()
        os.write(write, b"first half")

        class Slow(FolderStick):
            reads = 0

            def _root(self) -> Path:
                self.reads += 1
                if self.reads > 1 and end == "pull":  # noqa: B023 - used in this turn alone
                    raise BadDocumentError(Trouble.PULLED)
                return super()._root()

        stick = Slow(folder)
        target = (tmp_path / "copy").open("wb")

        def finish() -> None:
            if end == "stop":  # noqa: B023
                stick.cancel()  # noqa: B023
            os.write(write, b"more")  # noqa: B023
            os.close(write)  # noqa: B023

        thread = threading.Thread(target=finish)
        thread.start()
        with target, pytest.raises(BadDocumentError, match=rf"^{code}$"):
            stick._root()
            stick._pour(read, target.fileno(), 1000)
        thread.join()
        os.close(read)


@given(st.text(max_size=300))
def test_names_are_harmless(name: str) -> None:
    clean = names.shown(name)
    assert 0 < len(clean) <= names.LONGEST
    assert clean == clean.strip()
    for character in clean:
        category = unicodedata.category(character)
        assert not category.startswith("C") and category not in ("Zl", "Zp", "Mn", "Me")


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("体检报告.pdf", "体检报告.pdf"),
        ("evil\u202efdp.exe", "evil□fdp.exe"),
        ("two\nlines.pdf", "two□lines.pdf"),
        ("half\udcff.pdf", "half□.pdf"),
        ("", "□"),
        ("   ", "□"),
        ("长" * 60 + ".pdf", "长" * 35 + "….pdf"),
        ("x" * 60, "x" * 39 + "…"),
        ("." + "x" * 60, "." + "x" * 38 + "…"),
    ],
)
def test_names_as_shown(name: str, clean: str) -> None:
    assert names.shown(name) == clean


# --- a real one


class Machine:
    """A /sys, /dev and table of mounts of our own, and a `mount` that plays along."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.commands: list[list[str]] = []
        self.works = True
        (root / "sys" / "block").mkdir(parents=True)
        (root / "mountinfo").write_text("22 1 8:1 / / rw - ext4 /dev/sda1 rw\n")
        self.system = System(root / "sys", root / "dev", root / "mountinfo", self._run)

    def plug(self, name: str, bus: str, size: int = 1000, parts: Sequence[str] = ("1",)) -> Path:
        device = self.root / "sys" / "devices" / bus / "block" / name
        device.mkdir(parents=True)
        (device / "size").write_text(f"{size}\n")
        (device / "dev").write_text(f"8:{ord(name[2]) - ord('a')}0\n")
        for part in parts:
            (device / f"{name}{part}").mkdir()
            (device / f"{name}{part}" / "partition").write_text(part)
            (device / f"{name}{part}" / "dev").write_text(f"8:{ord(name[2]) - ord('a')}{part}\n")
        (self.root / "sys" / "block" / name).symlink_to(device)
        return device

    def pull(self, name: str) -> None:
        link = self.root / "sys" / "block" / name
        shutil.rmtree(link.resolve())
        link.unlink()

    def _run(self, command: Sequence[str]) -> int:
        self.commands.append(list(command))
        if command[0] == "mount" and self.works:
            put(Path(command[-1]) / "a.pdf")
        return 0 if self.works else 32


USB = "pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/host6/target6:0:0/6:0:0:0"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_only_usb_devices_with_a_medium_are_sticks(machine: Machine, tmp_path: Path) -> None:
    stick = UsbStick(tmp_path / "mnt", machine.system)
    machine.plug("sda", "pci0000:00/0000:00:17.0/ata1/host0")
    machine.plug("sdb", USB, size=0)
    assert not stick.present()
    machine.plug("sdc", USB.replace("1-2", "1-3"))
    assert stick.present()


def test_the_stick_is_mounted_once_read_only_and_let_go(machine: Machine, tmp_path: Path) -> None:
    machine.plug("sdc", USB)
    stick = UsbStick(tmp_path / "mnt", machine.system)
    assert [x.name for x in stick.listing().files] == ["a.pdf"]
    stick.listing()
    (mount,) = machine.commands
    assert mount[0] == "mount"
    assert mount[-3:] == ["--", str(tmp_path / "dev" / "sdc1"), str(tmp_path / "mnt")]
    assert {"ro", "nosuid", "nodev", "noexec"} <= set(mount[mount.index("-o") + 1].split(","))
    assert stat.S_IMODE((tmp_path / "mnt").stat().st_mode) == 0o700
    stick.close()
    stick.close()
    assert machine.commands[1:] == [["umount", "--", str(tmp_path / "mnt")]]


def test_a_stick_without_partitions(machine: Machine, tmp_path: Path) -> None:
    machine.plug("sdc", USB, parts=())
    UsbStick(tmp_path / "mnt", machine.system).listing()
    assert str(tmp_path / "dev" / "sdc") in machine.commands[0]


def test_the_disk_that_the_system_runs_from_is_no_stick(machine: Machine, tmp_path: Path) -> None:
    machine.plug("sdc", USB, parts=("1", "2"))
    (tmp_path / "mountinfo").write_text("22 1 8:22 / / rw - ext4 /dev/sdc2 rw\n")
    stick = UsbStick(tmp_path / "mnt", machine.system)
    assert not stick.present()
    with pytest.raises(BadDocumentError, match=r"^pulled$"):
        stick.listing()
    assert machine.commands == []


def test_pulled_while_mounted(machine: Machine, tmp_path: Path) -> None:
    machine.plug("sdc", USB)
    stick = UsbStick(tmp_path / "mnt", machine.system)
    (found,) = stick.listing().files
    machine.pull("sdc")
    with pytest.raises(BadDocumentError, match=r"^pulled$"):
        stick.copy(found, tmp_path / "copy", 100)
    assert machine.commands[-1][0] == "umount"
    machine.plug("sdc", USB)
    assert len(stick.listing().files) == 1  # plugged in again: mounted again


def test_a_stick_that_cannot_be_mounted(machine: Machine, tmp_path: Path) -> None:
    machine.plug("sdc", USB)
    machine.works = False
    with pytest.raises(BadDocumentError, match=r"^pulled$"):
        UsbStick(tmp_path / "mnt", machine.system).listing()


def test_a_mount_left_by_a_killed_kiosk_is_let_go(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "mountinfo").write_text(f"40 22 8:21 / {tmp_path / 'mnt'} ro - vfat /dev/sdc1 ro\n")
    UsbStick(tmp_path / "mnt", machine.system)
    assert machine.commands == [["umount", "--", str(tmp_path / "mnt")]]


@contextmanager
def loop_device(image: Path) -> Iterator[str]:
    done = subprocess.run(
        ["losetup", "--find", "--show", str(image)], check=False, capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"no loop device to mount here: {done.stderr.strip()}")
    try:
        yield done.stdout.strip()
    finally:
        subprocess.run(["losetup", "--detach", done.stdout.strip()], check=True)


@pytest.mark.skipif(os.getuid() != 0, reason="mounting needs root")
def test_the_real_mount_and_umount(
    monkeypatch: pytest.MonkeyPatch, machine: Machine, tmp_path: Path
) -> None:
    """With ext4, which every kernel here has: the command and its options are the same."""
    content = tmp_path / "content"
    put(content / "sub" / "report.pdf", files.good_pdf(1))
    image = tmp_path / "image"
    image.write_bytes(bytes(8 << 20))
    make = ["mkfs.ext4", "-q", "-d", str(content), str(image)]
    subprocess.run(make, check=True, capture_output=True)
    monkeypatch.setattr(usb_stick, "FILE_SYSTEMS", "ext4")
    with loop_device(image) as device:
        machine.plug("sdc", USB, parts=())
        (tmp_path / "dev").mkdir()
        (tmp_path / "dev" / "sdc").symlink_to(device)
        mounts = Path("/proc/self/mountinfo")
        stick = UsbStick(tmp_path / "mnt", System(tmp_path / "sys", tmp_path / "dev", mounts))
        try:
            (found,) = stick.listing().files
            stick.copy(found, tmp_path / "copy", 1 << 20)
            assert (tmp_path / "copy").read_bytes() == (content / "sub" / "report.pdf").read_bytes()
            row = next(x for x in mounts.read_text().splitlines() if str(tmp_path / "mnt") in x)
            assert {"ro", "nosuid", "nodev", "noexec"} <= set(row.split(" ")[5].split(","))
            again = UsbStick(  # a kiosk that was killed, started again
                tmp_path / "mnt", System(tmp_path / "sys", tmp_path / "dev", mounts)
            )
            assert not (tmp_path / "mnt" / "sub").exists()
            assert len(again.listing().files) == 1
            again.close()
        finally:
            stick.close()
    assert str(tmp_path / "mnt") not in mounts.read_text()
