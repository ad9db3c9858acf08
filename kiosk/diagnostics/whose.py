"""Whose eyes the doctor looks with.

To root every folder can be written and every port opened: what stops the kiosk's own user isn't
seen. So root becomes that user first, and can't go back in this process (setuid(2)).
"""

from __future__ import annotations

import os
import pwd
import re
import sys
from pathlib import Path

UNIT = Path("/etc/systemd/system/cabin-kiosk.service")


def become_kiosk(config: Path, unit: Path = UNIT) -> tuple[str, str]:
    """Let root go on as the kiosk's user: its name, empty if nothing was changed; and why it
    couldn't be, in words.
    """
    if os.geteuid() != 0:
        return "", ""
    found = _of_unit(unit) or _of_books(config)
    if found is None or found.pw_uid == 0:
        return "", ""
    for needed in (Path(sys.executable), config):
        if not _readable(found, needed):
            return "", f"用户 {found.pw_name} 读不了 {needed}，只好以 root 来看：看不出权限的问题"
    _become(found)
    return found.pw_name, ""


def ours(config: Path, unit: Path = UNIT) -> bool:
    """Whether we see what the kiosk sees: as its user, or as root. Others are kept from its keys,
    folder and books, which says nothing of the kiosk.
    """
    found = _of_unit(unit) or _of_books(config)
    return os.geteuid() == 0 or found is None or found.pw_uid == os.geteuid()


def _become(user: pwd.struct_passwd) -> None:
    os.initgroups(user.pw_name, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


def _readable(user: pwd.struct_passwd, path: Path) -> bool:
    """Whether that user may read it: a child that has become the user tries."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _become(user)
            os.close(os.open(path, os.O_RDONLY))
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _of_unit(unit: Path) -> pwd.struct_passwd | None:
    """Whom systemd starts it as."""
    try:
        user = re.search(r"(?m)^User=(\S+)$", unit.read_text("utf-8"))
        return pwd.getpwnam(user[1]) if user else None
    except (OSError, KeyError):
        return None


def _of_books(config: Path) -> pwd.struct_passwd | None:
    """Where nothing is installed: whose folder the books lie in."""
    from kiosk.config import ConfigError, load

    try:
        return pwd.getpwuid(load(config, keys=False).cabin.data_dir.stat().st_uid)
    except (ConfigError, OSError, KeyError):
        return None
