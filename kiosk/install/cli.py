"""``kiosk install`` and ``kiosk uninstall``: a machine that starts as a cabin, and back again."""

from __future__ import annotations

import argparse
import os
import pwd
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from kiosk.config import ConfigError, load
from kiosk.diagnostics import calibration
from kiosk.documents import stick_out, usb_stick
from kiosk.install import rules, units
from kiosk.install.placing import LINK, Place, Step, Thing
from kiosk.settings import USB_STICK, Settings

TROUBLE, USAGE = 1, 2
SYSTEM = Path("etc/systemd/system")
WANTED = SYSTEM / "multi-user.target.wants"
RELOAD = (
    ("systemd-sysusers", "/etc/sysusers.d/cabin.conf"),
    ("systemd-tmpfiles", "--create", "/etc/tmpfiles.d/cabin.conf"),
    ("sysctl", "--load", "/etc/sysctl.d/60-cabin.conf"),
    ("udevadm", "control", "--reload"),
    ("udevadm", "trigger"),
    ("systemctl", "daemon-reload"),
    ("systemctl", "kill", "--signal=HUP", "systemd-logind"),  # it reads its configuration anew
)
STOP = (("systemctl", "stop", units.KIOSK, units.SCREEN),)
FORGET = (
    ("udevadm", "control", "--reload"),
    ("systemctl", "daemon-reload"),
    ("systemctl", "kill", "--signal=HUP", "systemd-logind"),
    ("systemctl", "start", "getty@tty1.service"),  # the screen had its console
)
PROGRAMS = ("usr/bin/Xorg", "usr/bin/xauth", "usr/bin/mcookie")
"""What the units start beside the kiosk."""
TURNS = "usr/bin/xrandr"
PACKAGES = "xserver-xorg-core xserver-xorg-input-libinput xauth x11-xserver-utils"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``install`` to the subcommands of ``kiosk``."""
    parser = commands.add_parser(
        "install", help="services, screen, port names and lock-down of a cabin's machine"
    )
    parser.add_argument("--config", type=Path, default=Path("cabin.toml"), metavar="F")
    parser.add_argument("--usbguard", action="store_true", help="only what is plugged in now works")
    _common(parser)
    parser.set_defaults(handler=run_install)


def add_uninstall(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``uninstall``."""
    parser = commands.add_parser("uninstall", help="take back what install has written")
    _common(parser)
    parser.set_defaults(handler=run_uninstall)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="say it and do nothing")
    parser.add_argument("--root", type=Path, default=Path("/"), metavar="DIR", help="for an image")


def run_install(args: argparse.Namespace) -> int:
    """Put the files there. Returns 0; 1 if something isn't as it should be; 2 for a bad file."""
    try:
        settings = load(args.config)
    except ConfigError as error:
        print("\n".join(error.mistakes), file=sys.stderr)
        return USAGE
    things, notes = planned(settings, args.root, with_usbguard=args.usbguard)
    try:
        steps = Place(args.root, dry=args.dry_run).put(things)
    except (OSError, ValueError, TypeError) as error:
        return _failed("install", error)
    _tell(steps, dry=args.dry_run)
    fine = _follow(RELOAD, args)
    for note in notes:
        print(f"look: {note}")
    for hint in hints(settings, args.root):
        print(f"to do: {hint}")
    if fine and not args.dry_run and args.root == Path("/"):
        print(f"start it now: systemctl start {units.KIOSK}; from the next boot on by itself")
    return TROUBLE if notes or not fine or any(x.trouble for x in steps) else 0


def run_uninstall(args: argparse.Namespace) -> int:
    """Take the files back. Books, configuration and the user stay."""
    running = (args.root / SYSTEM / units.KIOSK).exists()
    fine = _follow(STOP, args) if running else True
    try:
        steps = Place(args.root, dry=args.dry_run).take_back()
    except (OSError, ValueError, TypeError) as error:
        return _failed("uninstall", error)
    if not steps:
        print("nothing was installed here")
    _tell(steps, dry=args.dry_run)
    fine = _follow(FORGET, args) and fine
    if steps:
        print("after the next boot: SysRq works again, for which there was no value to go back to")
    print(f"kept: the configuration, the books, and the user {units.USER} that they belong to")
    return TROUBLE if not fine or any(x.trouble for x in steps) else 0


def planned(
    settings: Settings, root: Path, *, with_usbguard: bool = False
) -> tuple[list[Thing], list[str]]:
    """Every file to be, and what the technician must look at."""
    printing = settings.printing
    sticks = printing is not None and printing.stick == USB_STICK
    program = units.Program(_command(), settings.source, settings.cabin.data_dir, sticks)
    turn = settings.install.rotate
    touch = calibration.read(settings.cabin.data_dir) or units.TURNED.get(turn) or ()
    names, nameless = rules.udev(settings)
    notes = [
        f"{x}: no rule makes its port's name; say in [install.ports] which adapter it is"
        " (`kiosk devices list` tells them)"
        for x in nameless
    ]
    service, screen = str(SYSTEM / units.KIOSK), str(SYSTEM / units.SCREEN)
    things = [
        Thing("etc/sysusers.d/cabin.conf", units.sysusers(program), "the kiosk's user"),
        Thing("etc/tmpfiles.d/cabin.conf", units.tmpfiles(program), "the folder of the books"),
        Thing("etc/udev/rules.d/70-cabin.rules", names, "names and rights of the ports"),
        Thing("etc/X11/xorg.conf.d/50-cabin.conf", units.xorg(touch), "no keys, never dark"),
        Thing("etc/systemd/logind.conf.d/50-cabin.conf", units.logind(), "no power key"),
        Thing("etc/sysctl.d/60-cabin.conf", units.sysctl(), "no SysRq"),
        Thing(str(SYSTEM / "ctrl-alt-del.target"), f"{LINK}/dev/null", "no Ctrl+Alt+Del"),
        Thing(screen, units.screen_unit(turn), "the display server"),
        Thing(service, units.kiosk_unit(program), "the kiosk, with its watchdog"),
        Thing(str(WANTED / units.SCREEN), f"{LINK}/{screen}", "starts at boot"),
        Thing(str(WANTED / units.KIOSK), f"{LINK}/{service}", "starts at boot"),
    ]
    if sticks:
        ways = [(x.FILE_SYSTEMS, x.OPTIONS) for x in (usb_stick, stick_out)]
        text = units.sudoers(program, ways)
        things.append(Thing("etc/sudoers.d/50-cabin", text, "mounting USB sticks", 0o440))
    if with_usbguard:
        found = rules.on_the_bus(root / "sys/bus/usb/devices")
        if found:
            text = rules.usbguard(found, sticks=sticks)
            what = "what is plugged in now, and nothing else"
            things.append(Thing("etc/usbguard/rules.d/50-cabin.conf", text, what, 0o600))
        else:
            notes.append("USBGuard: nothing is plugged in over USB; such rules would block all")
    if not _may(settings.source, os.R_OK):
        notes.append(f"{settings.source}: {units.USER} must be able to read it, and its keys")
    programs = (*PROGRAMS, *([TURNS] if turn in units.TURNED else []))
    notes += [f"/{x} is missing: apt install {PACKAGES}" for x in _missing(root, programs)]
    return things, notes


def hints(settings: Settings, root: Path) -> list[str]:
    """What a technician would want, and what isn't ours to change."""
    folder = settings.source.parent
    asking = f"whoever may ask the kiosk over SSH: usermod -aG {units.USER} NAME"
    if root != Path("/"):
        return []
    if _may(folder, os.W_OK):
        return [asking]
    return [
        asking,
        f"for a new cabin.toml to be taken at the screen {units.USER} must be able to write in"
        f" {folder}: chgrp {units.USER} {folder} && chmod g+w {folder}",
    ]


def _may(path: Path, wish: int) -> bool:
    """Whether the kiosk's user, which there need not be yet, may read or write it (R_OK, W_OK)."""
    about = path.stat()
    if about.st_mode & wish:
        return True
    try:
        user = pwd.getpwnam(units.USER)
        groups = os.getgrouplist(user.pw_name, user.pw_gid)
    except KeyError:
        return False
    theirs = about.st_uid == user.pw_uid and about.st_mode & wish << 6
    return bool(theirs or (about.st_gid in groups and about.st_mode & wish << 3))


def _missing(root: Path, programs: Sequence[str]) -> list[str]:
    return [x for x in programs if not (root / x).exists()] if root == Path("/") else []


def _command() -> tuple[str, ...]:
    """How this very program is started."""
    script = Path(sys.prefix) / "bin" / "kiosk"
    return (str(script),) if script.exists() else (sys.executable, "-m", "kiosk.main")


def _tell(steps: Sequence[Step], *, dry: bool) -> None:
    for step in steps:
        word = f"would be {step.word}" if dry and step.word[:3] in ("wri", "rem") else step.word
        print(f"{word}: /{step.path}{f'  ({step.what})' if step.what else ''}")


def _follow(commands: Sequence[Sequence[str]], args: argparse.Namespace) -> bool:
    """Let the running system know; an image or a dry run only says what it would do."""
    fine = True
    for command in commands:
        words = " ".join(command)
        if args.dry_run:
            print(f"would run: {words}")
        elif args.root != Path("/"):
            print(f"not run, since {args.root} isn't the running system: {words}")
        else:
            fine = _run(command) and fine
    return fine


def _run(command: Sequence[str]) -> bool:
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    except OSError as error:
        print(f"can't run {command[0]}: {error.strerror}", file=sys.stderr)
        return False
    print(f"ran: {' '.join(command)}")
    if done.returncode:
        print(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()}", file=sys.stderr)
    return done.returncode == 0


def _failed(what: str, error: Exception) -> int:
    print(f"kiosk {what}: {error}; what was done until then is on its list", file=sys.stderr)
    if isinstance(error, PermissionError):
        print("it has to be run as root: sudo kiosk …", file=sys.stderr)
    return TROUBLE
