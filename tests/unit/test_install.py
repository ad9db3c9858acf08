"""What ``kiosk install`` writes and takes back, in a root folder of its own."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

import kiosk
from kiosk.config import ConfigError, load
from kiosk.diagnostics import calibration
from kiosk.durable import Disk
from kiosk.install import rules, units
from kiosk.install.cli import FORGET, RELOAD, SYSTEM, _may
from kiosk.install.placing import MANIFEST, Place, Thing
from kiosk.main import main
from tests.support.simulated import SimulatedCabin

EXAMPLE = Path(kiosk.__file__).parent / "cabin.example.toml"
PORTS = """
[install.ports]
terminal = "0403:6001/A1B2C3D4"
scanner = "1a86:7523@1-1.3"
receipt_printer = "1a86:7523@1-1.4"
bp_meter = "067b:2303@1-1.2"
booklet_dispenser = "067b:2303@1-1.1"
id_reader = "10c4:ea60/0001"
rice_mill = "0403:6001/A9"
"""


@pytest.fixture(scope="module")
def cabin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration with keys, of a simulated cabin, whose ports have the names in /dev/cabin."""
    folder = tmp_path_factory.mktemp("cabin")
    simulated = SimulatedCabin(folder)
    simulated.stop()
    text = re.sub(
        r"(?ms)^\[devices\.(\w+)\]$(.*?)^port = \"serial:[^\"\n]*\"",
        r'[devices.\1]\2port = "serial:///dev/cabin/\1?baud=9600"',
        simulated.config.read_text(encoding="utf-8"),
    )
    simulated.config.write_text(text + PORTS, encoding="utf-8")
    return simulated.config


def tree(root: Path) -> dict[str, str]:
    """Everything in a folder: texts, links, rights."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            found[name] = f"{stat.S_IMODE(path.stat().st_mode):o} {path.read_text()}"
        else:
            found[name] = "folder"
    return found


def install(root: Path, config: Path, *words: str) -> int:
    return main(["install", "--root", str(root), "--config", str(config), *words])


def uninstall(root: Path, *words: str) -> int:
    return main(["uninstall", "--root", str(root), *words])


def test_it_says_each_file_and_does_it(
    tmp_path: Path, cabin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert install(tmp_path, cabin) == 0
    said = capsys.readouterr().out
    written = {x for x, what in tree(tmp_path).items() if what != "folder"} - {str(MANIFEST)}
    assert written == set(re.findall(r"(?m)^written: /(\S+)", said))
    assert len(written) >= 11
    assert "not run" in said, "an image isn't the running system"
    assert "systemctl daemon-reload" in said
    for commands in (RELOAD, FORGET):
        assert any("systemd-logind" in x for x in commands), "the power key, from now on"


def test_what_is_not_ours_to_change_is_said(
    tmp_path: Path, cabin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert install(tmp_path, cabin) == 0
    assert "to do:" not in capsys.readouterr().out, "an image's users aren't known"
    install(Path("/"), cabin, "--dry-run")
    todo = re.findall(r"(?m)^to do: (.+)$", capsys.readouterr().out)
    assert "usermod -aG cabin NAME" in todo[0]
    assert f"chgrp cabin {cabin.parent}" in todo[1]


def test_what_the_kiosk_s_user_may_is_told_by_owner_group_and_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cabin.toml"
    file.touch()
    for mode in (0o644, 0o664, 0o666):
        file.chmod(mode)
        assert _may(file, os.R_OK)
    assert _may(file, os.W_OK)
    file.chmod(0o640)
    assert not _may(file, os.R_OK), "there is no such user yet"
    about = file.stat()
    for uid, groups, mode, may in (
        (about.st_uid, (), 0o600, True),
        (990, (about.st_gid,), 0o640, True),
        (990, (about.st_gid,), 0o600, False),
        (990, (), 0o660, False),
    ):
        cabin = pwd.struct_passwd((units.USER, "x", uid, 990, "", "/", "/bin/false"))
        monkeypatch.setattr(pwd, "getpwnam", lambda _, cabin=cabin: cabin)
        monkeypatch.setattr(os, "getgrouplist", lambda *_, groups=groups: [990, *groups])
        file.chmod(mode)
        assert _may(file, os.R_OK) is may, (uid, groups, oct(mode))


def test_a_second_time_changes_nothing(
    tmp_path: Path, cabin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(tmp_path, cabin)
    before = tree(tmp_path)
    capsys.readouterr()
    assert install(tmp_path, cabin) == 0
    assert tree(tmp_path) == before
    said = capsys.readouterr().out
    assert "written" not in said
    assert "as it should be: /etc/systemd/system/cabin-kiosk.service" in said


def test_a_dry_run_says_the_same_and_does_nothing(
    tmp_path: Path, cabin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert install(tmp_path, cabin, "--dry-run") == 0
    would = set(re.findall(r"(?m)^would be written: (\S+)", capsys.readouterr().out))
    assert tree(tmp_path) == {}
    install(tmp_path, cabin)
    assert set(re.findall(r"(?m)^written: (\S+)", capsys.readouterr().out)) == would
    before = tree(tmp_path)
    assert uninstall(tmp_path, "--dry-run") == 0
    assert set(re.findall(r"(?m)^would be removed: (\S+)", capsys.readouterr().out)) == would
    assert tree(tmp_path) == before


def test_it_is_taken_back_exactly(tmp_path: Path, cabin: Path) -> None:
    (tmp_path / "etc/sysctl.d").mkdir(parents=True)
    (tmp_path / "etc/sysctl.d/10-own.conf").write_text("kernel.panic = 10\n")
    before = tree(tmp_path)
    install(tmp_path, cabin)
    assert uninstall(tmp_path) == 0
    assert tree(tmp_path) == before
    assert uninstall(tmp_path) == 0, "twice is once"


def test_books_and_configuration_stay(tmp_path: Path, cabin: Path) -> None:
    books = load(cabin).cabin.data_dir / "journal.sqlite"
    books.parent.mkdir(exist_ok=True)
    books.write_text("books")
    config = cabin.read_bytes()
    install(tmp_path, cabin)
    uninstall(tmp_path)
    assert books.read_text() == "books"
    assert cabin.read_bytes() == config
    books.unlink()


def test_what_was_changed_by_hand_is_left_alone(
    tmp_path: Path, cabin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(tmp_path, cabin)
    changed = tmp_path / SYSTEM / units.KIOSK
    changed.write_text(changed.read_text() + "# ours\n")
    rights = tmp_path / "etc/udev/rules.d/70-cabin.rules"
    rights.chmod(0o600)
    capsys.readouterr()
    assert install(tmp_path, cabin) == 1
    said = capsys.readouterr().out
    assert f"left alone: changed by hand: /{SYSTEM / units.KIOSK}" in said
    assert "left alone: changed by hand: /etc/udev/rules.d/70-cabin.rules" in said
    assert changed.read_text().endswith("# ours\n")
    assert uninstall(tmp_path) == 1
    left = [x for x, what in tree(tmp_path).items() if what != "folder"]
    assert sorted(left) == sorted(
        [str(MANIFEST), "etc/udev/rules.d/70-cabin.rules", str(SYSTEM / units.KIOSK)]
    )
    changed.unlink()
    rights.chmod(0o644)
    assert uninstall(tmp_path) == 0
    assert tree(tmp_path) == {}


def test_what_it_did_not_write_is_left_alone(
    tmp_path: Path, cabin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = tmp_path / "etc/X11/xorg.conf.d/50-cabin.conf"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("# somebody's own\n")
    assert install(tmp_path, cabin) == 1
    assert "left alone: not written by us: /etc/X11/xorg.conf.d/50-cabin.conf" in (
        capsys.readouterr().out
    )
    uninstall(tmp_path)
    assert theirs.read_text() == "# somebody's own\n"


def test_a_folder_that_is_a_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "etc").write_text("somebody's")
    (step,) = Place(tmp_path).put([Thing("etc/one", "1", "")])
    assert (step.word, step.trouble) == ("left alone: not written by us", True)
    assert Place(tmp_path).take_back() == []
    assert tree(tmp_path) == {"etc": "644 somebody's"}


class CutPower(Disk):
    """The power goes when the file is to take its place, before or after."""

    def __init__(self, *, after: bool) -> None:
        self.after = after

    def rename(self, fresh: Path, path: Path) -> None:
        if path.name == MANIFEST.name:
            return super().rename(fresh, path)
        if self.after:
            super().rename(fresh, path)
        raise KeyboardInterrupt


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("before", ["", "1"])
def test_a_cut_power_leaves_nothing_that_is_nobodys(
    tmp_path: Path, before: str, *, after: bool
) -> None:
    if before:
        Place(tmp_path).put([Thing("etc/one", before, "")])
    cut = Place(tmp_path)
    cut._disk = CutPower(after=after)
    with pytest.raises(KeyboardInterrupt):
        cut.put([Thing("etc/one", "2", "")])
    (step,) = Place(tmp_path).put([Thing("etc/one", "2", "")])
    assert not step.trouble, step
    assert (tmp_path / "etc/one").read_text() == "2"
    (step,) = Place(tmp_path).take_back()
    assert step.word == "removed"
    left = [x for x, what in tree(tmp_path).items() if what != "folder"]
    assert [x for x in left if not x.startswith("etc/.one")] == []


def test_what_is_no_longer_wanted_goes(tmp_path: Path) -> None:
    Place(tmp_path).put([Thing("etc/one", "1", ""), Thing("etc/two", "2", "")])
    steps = Place(tmp_path).put([Thing("etc/two", "3", "")])
    assert [(x.word, x.path) for x in steps] == [
        ("written anew", "etc/two"),
        ("removed", "etc/one"),
    ]
    assert (tmp_path / "etc/two").read_text() == "3"
    assert not (tmp_path / "etc/one").exists()


# The texts


def test_ports_have_their_names(tmp_path: Path, cabin: Path) -> None:
    install(tmp_path, cabin)
    text = (tmp_path / "etc/udev/rules.d/70-cabin.rules").read_text()
    assert re.search(
        r'idVendor\}=="0403".*ATTRS\{serial\}=="A1B2C3D4", SYMLINK\+="cabin/terminal"', text
    )
    assert re.search(r'KERNELS=="1-1\.3", SYMLINK\+="cabin/scanner"', text)
    assert text.count("SYMLINK+=") == 7


def test_a_name_that_no_rule_makes_is_told(
    tmp_path: Path, cabin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    without = cabin.with_name("without.toml")
    without.write_text(
        re.sub(r"(?m)^(scanner|terminal) = .*\n", "", cabin.read_text(encoding="utf-8")),
        encoding="utf-8",
    )
    assert install(tmp_path, without) == 1
    said = capsys.readouterr().out
    assert "look: scanner: no rule makes its port's name" in said
    assert "look: terminal: no rule" in said
    assert "look: id_reader" not in said


def test_the_configuration_names_a_wrong_plug(cabin: Path) -> None:
    bad = cabin.with_name("bad.toml")
    text = cabin.read_text(encoding="utf-8")
    bad.write_text(
        text.replace('"0403:6001/A1B2C3D4"', '"ttyUSB0"') + 'camera = "0403:6001/A"\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as found:
        load(bad)
    terminal, camera = found.value.mistakes
    assert "install.ports.terminal" in terminal
    assert "vendor:product/serial" in terminal
    assert "install.ports.camera" in camera


def test_the_kiosk_is_watched_and_walled(cabin: Path) -> None:
    program = units.Program(("/opt/cabin 1/bin/kiosk",), cabin, Path("/var/lib/cabin"))
    text = units.kiosk_unit(program)
    assert 'ExecStart="/opt/cabin 1/bin/kiosk" run --config ' in text
    for line in ("Type=notify", "WatchdogSec=20", "Restart=always", "LimitCORE=0"):
        assert f"\n{line}\n" in text
    assert "\nNoNewPrivileges=yes\n" in text
    with_sticks = units.Program(program.command, cabin, program.data_dir, sticks=True)
    assert "\nNoNewPrivileges=yes\n" not in units.kiosk_unit(with_sticks), "sudo would fail"


@pytest.mark.parametrize("turn", ["left", "right", "inverted"])
def test_a_panel_on_its_side_is_turned_with_its_touches(
    tmp_path: Path, cabin: Path, turn: str
) -> None:
    turned = cabin.with_name(f"{turn}.toml")
    text = cabin.read_text(encoding="utf-8")
    turned.write_text(
        text.replace("[install.ports]", f'[install]\nrotate = "{turn}"\n[install.ports]'),
        encoding="utf-8",
    )
    install(tmp_path, turned)
    unit = (tmp_path / SYSTEM / units.SCREEN).read_text()
    assert f"\nExecStartPost=-/usr/bin/xrandr -o {turn}\n" in unit
    table = calibration.in_use(tmp_path)
    assert table is not None
    corner = [a * 0 + b * 0 + c for a, b, c in table]  # the panel's own first corner
    assert corner == {"left": [1, 0], "right": [0, 1], "inverted": [1, 1]}[turn]
    install(tmp_path, cabin)
    assert "xrandr" not in (tmp_path / SYSTEM / units.SCREEN).read_text()


def test_a_percent_sign_is_no_specifier() -> None:
    assert units.quoted("/a/50% $HOME") == '"/a/50%% $$HOME"'


def test_usbguard_allows_what_is_there_and_a_plain_stick(
    tmp_path: Path, cabin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert install(tmp_path, cabin, "--usbguard") == 1, "rules without a device would block all"
    assert "such rules would block all" in capsys.readouterr().out
    bus = tmp_path / "sys/bus/usb/devices"
    plug(bus / "1-1", "0403", "6001", 'A"1', ("ff", "ff", "ff"))
    plug(bus / "1-2", "0eef", "0001", "", ("03", "00", "00"), ("03", "01", "01"))
    assert install(tmp_path, cabin, "--usbguard") == 0
    file = tmp_path / "etc/usbguard/rules.d/50-cabin.conf"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600, "usbguard refuses others"
    lines = file.read_text().splitlines()[1:]
    assert lines[:2] == [
        'allow id 0403:6001 serial "A\\"1" with-interface equals { ff:ff:ff }',
        'allow id 0eef:0001 via-port "1-2" with-interface equals { 03:00:00 03:01:01 }',
    ]
    assert all(x.startswith("allow ") for x in lines)
    assert install(tmp_path, cabin) == 0
    assert not file.exists(), "without the option it goes again"


def plug(
    folder: Path, vendor: str, product: str, serial: str, *interfaces: tuple[str, str, str]
) -> None:
    folder.mkdir(parents=True)
    (folder / "idVendor").write_text(f"{vendor}\n")
    (folder / "idProduct").write_text(f"{product}\n")
    if serial:
        (folder / "serial").write_text(f"{serial}\n")
    for number, face in enumerate(interfaces):
        one = folder / f"{folder.name}:1.{number}"
        one.mkdir()
        for name, value in zip(
            ("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol"), face, strict=True
        ):
            (one / name).write_text(f"{value}\n")


def test_an_empty_bus_has_no_rules(tmp_path: Path) -> None:
    assert rules.on_the_bus(tmp_path / "nothing") == ()


# Other programs' reading of them


@pytest.mark.parametrize("sticks", [False, True])
def test_systemd_understands_the_units(tmp_path: Path, cabin: Path, sticks: bool) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("LOOK: systemd-analyze is not installed: nobody has checked the units")
    if sticks:
        text = cabin.read_text(encoding="utf-8").replace('stick = "folder:usb_stick"\n', "")
        cabin = cabin.with_name("sticks.toml")
        cabin.write_text(text, encoding="utf-8")
    install(tmp_path, cabin)
    assert (tmp_path / "etc/sudoers.d/50-cabin").exists() is sticks
    for name in ("bin/sh", "usr/bin/Xorg"):
        program = tmp_path / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!\n")
        program.chmod(0o755)
    found = re.search(r"ExecStart=(/\S+)", (tmp_path / SYSTEM / units.KIOSK).read_text())
    assert found
    program = tmp_path / found[1].lstrip("/")
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text("#!\n")
    program.chmod(0o755)
    done = subprocess.run(
        [
            analyze,
            f"--root={tmp_path}",
            "--man=no",
            "--recursive-errors=no",
            "verify",
            units.KIOSK,
            units.SCREEN,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    units_of_ours = (units.KIOSK, units.SCREEN)
    complaints = [x for x in done.stderr.splitlines() if any(y in x for y in units_of_ours)]
    assert complaints == [], "a key that it doesn't know, or a word in the wrong place"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("systemd-sysusers", ("cabin.conf",)),
        ("systemd-tmpfiles", ("--create", "cabin.conf")),
    ],
)
def test_systemd_makes_the_user_and_the_folder(
    tmp_path: Path, cabin: Path, program: str, words: tuple[str, ...]
) -> None:
    tool = shutil.which(program)
    if tool is None:
        pytest.skip(f"LOOK: {program} is not installed: nobody has tried its file")
    install(tmp_path, cabin)
    if program == "systemd-tmpfiles":
        account = "cabin:x:990:990::/:/usr/sbin/nologin\n"
        (tmp_path / "etc/passwd").write_text(account)
        (tmp_path / "etc/group").write_text("cabin:x:990:\n")
    done = subprocess.run(
        [tool, f"--root={tmp_path}", *words], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("cabin.conf")) == (0, 0), done.stderr
    if program == "systemd-sysusers":
        assert re.search(r"(?m)^cabin:x:\d+:\d+:", (tmp_path / "etc/passwd").read_text())
        assert re.search(r"(?m)^dialout:x:\d+:cabin$", (tmp_path / "etc/group").read_text())
    else:
        folder = tmp_path / str(load(cabin).cabin.data_dir).lstrip("/")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o750


def test_the_group_may_read_the_cookie(tmp_path: Path) -> None:
    if shutil.which("xauth") is None or shutil.which("mcookie") is None:
        pytest.skip("LOOK: xauth or mcookie is not here: nobody has tried the cookie")
    line = re.search(r'ExecStartPre=/bin/sh -c "(.*)"', units.screen_unit())
    assert line
    authority = tmp_path / "authority"
    shell = line[1].replace("$$", "$").replace(units.AUTHORITY, str(authority))
    shell = shell.replace("/tmp/.X11-unix/", f"{tmp_path}/")
    for _ in range(2):  # a second start makes a new one
        assert tried(["sh", "-c", shell]).returncode == 0
        assert stat.S_IMODE(authority.stat().st_mode) == 0o640
        listed = tried(["xauth", "-f", str(authority), "list"]).stdout
        assert listed.count("MIT-MAGIC-COOKIE-1") == 1


def test_udev_understands_the_rules(tmp_path: Path, cabin: Path) -> None:
    udevadm = shutil.which("udevadm")
    install(tmp_path, cabin)
    rule_file = tmp_path / "etc/udev/rules.d/70-cabin.rules"
    asked = [udevadm or "udevadm", "verify", "--resolve-names=never", str(rule_file)]
    if udevadm is None or "Unknown command" in tried(asked).stderr:
        pytest.skip("LOOK: udevadm verify (systemd 254) is not here: nobody has checked the rules")
    done = tried(asked)
    assert done.returncode == 0, done.stdout + done.stderr


def tried(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)
