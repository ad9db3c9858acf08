"""What staff take along on a stick: mounted for that moment, whole, or named as not there."""

from __future__ import annotations

import errno
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.documents import stick_out, usb_stick
from kiosk.documents.stick_out import FolderOutlet, UsbOutlet
from kiosk.documents.usb_stick import System, UsbStick
from kiosk.install import units
from tests.unit.test_stick import USB, Machine, loop_device

DATA = os.urandom(70_000)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_it_is_mounted_for_writing_and_let_go_before_it_is_said(
    machine: Machine, tmp_path: Path
) -> None:
    machine.plug("sdc", USB)
    outlet = UsbOutlet(tmp_path / "mnt", machine.system)
    assert outlet.present()
    outlet.put("report.zip", DATA)
    mount, umount = machine.commands
    options = mount[mount.index("-o") + 1].split(",")
    assert {"rw", "nosuid", "nodev", "noexec"} <= set(options)
    assert "iso9660" not in mount[mount.index("-t") + 1]
    assert umount == ["umount", "--", str(tmp_path / "mnt")]
    assert (tmp_path / "mnt" / "report.zip").read_bytes() == DATA


def test_what_cannot_be_let_go_is_not_said_to_be_on_it(machine: Machine, tmp_path: Path) -> None:
    machine.plug("sdc", USB)

    def run(command: Sequence[str]) -> int:
        return 0 if command[0] == "mount" else 32

    outlet = UsbOutlet(tmp_path / "mnt", replace(machine.system, run=run))
    with pytest.raises(OSError, match="could not be unmounted"):
        outlet.put("report.zip", DATA)


def test_a_stick_that_takes_nothing_and_none_at_all(machine: Machine, tmp_path: Path) -> None:
    outlet = UsbOutlet(tmp_path / "mnt", machine.system)
    assert not outlet.present()
    with pytest.raises(OSError) as none:
        outlet.put("report.zip", DATA)
    machine.plug("sdc", USB)
    machine.works = False
    with pytest.raises(OSError) as locked:
        outlet.put("report.zip", DATA)
    assert (none.value.errno, locked.value.errno) == (errno.ENODEV, errno.EROFS)


def test_a_resident_s_stick_is_not_taken_away(machine: Machine, tmp_path: Path) -> None:
    machine.plug("sdc", USB)
    UsbStick(tmp_path / "mnt", machine.system).listing()
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"40 22 8:21 / {tmp_path / 'mnt'} ro - vfat /dev/sdc1 ro\n")
    before = list(machine.commands)
    with pytest.raises(OSError) as busy:
        UsbOutlet(tmp_path / "mnt", machine.system).put("report.zip", DATA)
    assert busy.value.errno == errno.EBUSY
    assert machine.commands == before


def test_a_link_on_the_stick_leads_nowhere_and_half_a_file_goes(tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "report.zip").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        FolderOutlet(tmp_path / "stick").put("report.zip", DATA)
    assert not (tmp_path / "elsewhere").exists()
    with pytest.raises(FileNotFoundError):
        FolderOutlet(tmp_path / "gone").put("report.zip", DATA)


@pytest.mark.skipif(os.getuid() != 0, reason="mounting needs root")
def test_the_real_mount_is_full_or_holds_the_file(
    monkeypatch: pytest.MonkeyPatch, machine: Machine, tmp_path: Path
) -> None:
    """With ext4, which every kernel here has."""
    image = tmp_path / "image"
    image.write_bytes(bytes(1 << 20))
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True, capture_output=True)
    monkeypatch.setattr(stick_out, "FILE_SYSTEMS", "ext4")
    mounts = Path("/proc/self/mountinfo")
    with loop_device(image) as device:
        machine.plug("sdc", USB, parts=())
        (tmp_path / "dev").mkdir()
        (tmp_path / "dev" / "sdc").symlink_to(device)
        outlet = UsbOutlet(tmp_path / "mnt", System(tmp_path / "sys", tmp_path / "dev", mounts))
        outlet.put("report.zip", DATA)
        with pytest.raises(OSError) as full:
            outlet.put("large.zip", bytes(4 << 20))
        assert full.value.errno == errno.ENOSPC
        assert str(tmp_path / "mnt") not in mounts.read_text()
        subprocess.run(["mount", "-o", "ro", device, str(tmp_path / "mnt")], check=True)
        try:
            kept = {x.name: x.stat().st_size for x in (tmp_path / "mnt").glob("*.zip")}
        finally:
            subprocess.run(["umount", str(tmp_path / "mnt")], check=True)
    assert kept == {"report.zip": len(DATA)}


def test_sudo_lets_through_the_very_words_and_no_others(
    monkeypatch: pytest.MonkeyPatch, machine: Machine
) -> None:
    """The rules' regular expressions (sudoers(5)) against what is really run."""
    monkeypatch.setattr(os, "geteuid", lambda: 997)
    folder = Path("/srv/cabin/data/stick")
    program = units.Program(("/opt/kiosk",), Path("/etc/cabin/cabin.toml"), folder.parent, True)
    ways = [(x.FILE_SYSTEMS, x.OPTIONS) for x in (usb_stick, stick_out)]
    text = units.sudoers(program, ways)
    rules = [x.partition("NOPASSWD: ")[2] for x in text.splitlines() if "NOPASSWD" in x]

    def allowed(words: Sequence[str]) -> bool:
        command, arguments = f"/usr/bin/{words[0]}", " ".join(words[1:])
        found = [x.partition(" ") for x in rules]
        return any(
            command == path and re.fullmatch(pattern.lstrip("^").rstrip("$"), arguments)
            for path, _, pattern in found
        )

    asked: list[list[str]] = []
    system = replace(machine.system, dev=Path("/dev"), run=lambda x: asked.append(list(x)) or 32)
    monkeypatch.setattr(Path, "mkdir", lambda *_, **__: None)
    for kinds, options in ways:
        usb_stick.mount(system, "sdb1", folder, kinds, options)
    usb_stick.umount(system, folder)
    assert len(asked) == 6
    assert all(map(allowed, asked)), asked
    for bad in (["-t", "ext4"], ["-o", "rw"], ["--", "/dev/sda1", "/etc"]):
        assert not allowed(["mount", *bad])
    swapped = [x.replace("ro,", "rw,") for x in asked[0]]
    assert not allowed(swapped), "what residents bring is never mounted for writing as iso9660"
