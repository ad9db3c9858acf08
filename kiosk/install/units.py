"""The files of a cabin's machine, as text: services, display server, users, rules.

Sources: systemd.unit(5), systemd.service(5), systemd.exec(5), sysusers.d(5), tmpfiles.d(5),
logind.conf(5), xorg.conf(5), Xserver(1), sudoers(5), Linux' admin-guide/sysrq.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

USER = "cabin"
GROUPS = ("dialout", "lp", "scanner", "input", "audio", "video", "render")
"""Serial ports, USB printers, the panel and keyboard-like scanners, sound, the graphics card."""
KIOSK, SCREEN = "cabin-kiosk.service", "cabin-screen.service"
WATCHDOG_S, ABORT_S, RESTART_S = 20.0, 3.0, 1.0
START_S = 120.0
"""A long journal is verified before the start is over."""
DISPLAY = ":0"
AUTHORITY = "/run/cabin-screen/authority"
HEAD = "# Written by `kiosk install`; `kiosk uninstall` takes it back unless it was changed.\n"


@dataclass(frozen=True, slots=True)
class Program:
    """What is started: the command's words, the configuration, the folder of the books.

    ``sticks``: it mounts USB sticks, for which it asks sudo.
    """

    command: tuple[str, ...]
    config: Path
    data_dir: Path
    sticks: bool = False


def kiosk_unit(program: Program) -> str:
    """The kiosk. It says itself when it can be touched and that it lives (kiosk.watchdog)."""
    words = [*program.command, "run", "--config", str(program.config)]
    return f"""{HEAD}[Unit]
Description=Kiosk of the cabin
Wants={SCREEN}
After={SCREEN} network.target time-sync.target
# It is started again for ever, however often it ends.
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={" ".join(map(quoted, words))}
User={USER}
Group={USER}
UMask=0027
Environment=DISPLAY={DISPLAY} XAUTHORITY={AUTHORITY} PYTHONUNBUFFERED=1 LANG=C.UTF-8
TimeoutStartSec={START_S:.0f}
WatchdogSec={WATCHDOG_S:.0f}
# The log gets where each thread stood.
WatchdogSignal=SIGABRT
TimeoutAbortSec={ABORT_S:.0f}
TimeoutStopSec=15
Restart=always
RestartSec={RESTART_S:g}
# A core file would hold what a resident has typed.
LimitCORE=0
OOMScoreAdjust=-500
{_walls(program)}
[Install]
WantedBy=multi-user.target
"""


def _walls(program: Program) -> str:
    """What the kiosk can't do, whatever goes wrong in it. Most of it would end sudo, too."""
    folders = {str(program.data_dir), str(program.config.parent)}
    walls = [
        "ProtectSystem=full",
        f"ReadWritePaths={' '.join(quoted(f'-{x}') for x in sorted(folders))}",
        "ProtectControlGroups=yes",
    ]
    if program.sticks:
        walls.append("# No NoNewPrivileges=: USB sticks are mounted by sudo.")
        walls.remove("ProtectControlGroups=yes")  # implies it for a service that isn't root's
    else:
        walls += ["NoNewPrivileges=yes", "ProtectKernelTunables=yes", "ProtectKernelModules=yes"]
        walls += ["ProtectClock=no", "RestrictSUIDSGID=yes", "LockPersonality=yes"]
    return "\n".join(walls) + "\n"


TURNED = {
    "left": ((0, -1, 1), (1, 0, 0)),
    "right": ((0, 1, 0), (-1, 0, 1)),
    "inverted": ((-1, 0, 1), (0, -1, 1)),
}
"""Where a touch is meant on a picture that was turned (rows of a matrix over x, y, 1)."""


def screen_unit(rotate: str = "none") -> str:
    """The display server, without a desktop or a window manager, on the first console.

    Whoever has the cookie may draw: the kiosk, and root. ``rotate`` turns the picture.
    """
    turn = f"ExecStartPost=-/usr/bin/xrandr -o {rotate}\n" if rotate in TURNED else ""
    cookie = (
        f"rm -f {AUTHORITY} && xauth -q -f {AUTHORITY} add {DISPLAY} . $$(mcookie)"
        f" && chmod 0640 {AUTHORITY}"  # xauth makes it for its owner alone
    )
    socket = f"/tmp/.X11-unix/X{DISPLAY[1:]}"
    return f"""{HEAD}[Unit]
Description=Screen of the cabin (Xorg without a desktop)
Conflicts=getty@tty1.service
After=systemd-user-sessions.service getty@tty1.service systemd-tmpfiles-setup.service
StartLimitIntervalSec=0

[Service]
Type=simple
Group={USER}
RuntimeDirectory={Path(AUTHORITY).parent.name}
RuntimeDirectoryMode=0750
UMask=0027
Environment=DISPLAY={DISPLAY} XAUTHORITY={AUTHORITY}
ExecStartPre=/bin/sh -c "rm -f {socket}; {cookie}"
ExecStart=/usr/bin/Xorg {DISPLAY} vt1 -novtswitch -keeptty -noreset -nolisten tcp \
-auth {AUTHORITY} -s 0 -dpms
ExecStartPost=/bin/sh -c "until [ -S {socket} ]; do sleep 0.05; done"
{turn}TimeoutStartSec=30
Restart=always
RestartSec={RESTART_S:g}
LimitCORE=0

[Install]
WantedBy=multi-user.target
"""


def xorg(touch: Sequence[Sequence[float]] = ()) -> str:
    """No way out by key, and a screen that never goes dark by itself. ``touch``: the panel's
    calibration as two rows of three numbers, if one was kept.
    """
    off = ("BlankTime", "StandbyTime", "SuspendTime", "OffTime")
    times = "\n".join(f'    Option "{x}" "0"' for x in off)
    return f"""{HEAD}Section "ServerFlags"
    Option "DontVTSwitch" "true"
    Option "DontZap" "true"
{times}
EndSection

# The kiosk needs no keyboard; a scanner that types is read from its own device.
Section "InputClass"
    Identifier "no keyboard"
    MatchIsKeyboard "on"
    Option "Ignore" "on"
EndSection
{_calibration(touch)}"""


def _calibration(touch: Sequence[Sequence[float]]) -> str:
    if not touch:
        return ""
    numbers = " ".join(f"{x:.6f}" for row in (*touch, (0, 0, 1)) for x in row)
    return f"""
# Of a panel on its side, and of the five touches of the self-test.
Section "InputClass"
    Identifier "touch calibration"
    MatchIsTouchscreen "on"
    Option "TransformationMatrix" "{numbers}"
EndSection
"""


def logind() -> str:
    """Power and sleep keys, of a keyboard that somebody plugs in as well, do nothing."""
    keys = ("Power", "Reboot", "Suspend", "Hibernate")
    lines = "".join(f"Handle{x}Key=ignore\nHandle{x}KeyLongPress=ignore\n" for x in keys)
    return f"{HEAD}[Login]\n{lines}HandleLidSwitch=ignore\nIdleAction=ignore\n"


def sysctl() -> str:
    """No commands to the kernel by key."""
    return f"{HEAD}kernel.sysrq = 0\n"


def sysusers(program: Program) -> str:
    """The kiosk's user, and the groups that its machines' ports belong to."""
    groups = "".join(f"g {x} -\nm {USER} {x}\n" for x in GROUPS)
    return f'{HEAD}u {USER} - "Kiosk of the cabin" {program.data_dir}\n{groups}'


def tmpfiles(program: Program) -> str:
    """The folder of the books, readable by its owner and group alone."""
    return f"{HEAD}d {program.data_dir} 0750 {USER} {USER} -\n"


def sudoers(program: Program, ways: Sequence[tuple[str, str]]) -> str:
    """Mounting a stick, in exactly these words, and letting it go. Needs sudo 1.9.10 or newer.

    ``ways``: file systems and options, to read what residents bring and to write a report.
    """
    folder = program.data_dir / "stick"

    def words(text: str) -> str:
        for sign in "\\,:=":
            text = text.replace(sign, f"\\{sign}")
        return text

    where = f"-- /dev/sd[a-z]+[0-9]* {folder}"
    owner = words(",uid=") + "[0-9]+" + words(",gid=") + "[0-9]+"
    rule = f"{USER} ALL=(root) NOPASSWD:"
    mounts = "".join(
        f"{rule} /usr/bin/mount ^{words(f'-t {kinds} -o {options}')}({owner})? {where}$\n"
        for kinds, options in ways
    )
    return f"{HEAD}{mounts}{rule} /usr/bin/umount ^(-l )?-- {folder}$\n"


def quoted(word: str) -> str:
    """A word as a unit file takes it (systemd.syntax(7))."""
    safe = word.replace("%", "%%").replace("$", "$$")
    if any(x in safe for x in " \"'\\;"):
        return '"' + safe.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return safe
