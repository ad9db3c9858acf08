"""The practice cabin's staff. Their PINs stand in the README and open nothing but a simulation."""

from __future__ import annotations

import base64
import hashlib
import os
from functools import cache

STAFF = (
    ("technician", "技术员", "technician", "246810"),
    ("office", "街道办", "office", "135791"),
    ("merchant", "粮油店", "merchant", "808080"),
    ("volunteer", "小义工", "volunteer", "112233"),
)
"""Id, name, role, PIN."""
_LN = 14  # N = 16,384: enough for practice, and a twentieth of a second to make


@cache
def _hash(pin: str) -> str:
    """As the kiosk reads it: ``$scrypt$ln=14,r=8,p=1$SALT$KEY``. Made once in a process."""
    salt = os.urandom(16)
    key = hashlib.scrypt(pin.encode(), salt=salt, n=2**_LN, r=8, p=1, maxmem=1 << 25, dklen=32)
    coded = (base64.b64encode(x).decode().rstrip("=") for x in (salt, key))
    return f"$scrypt$ln={_LN},r=8,p=1${'$'.join(coded)}"


def operators_toml() -> str:
    """The sections [[operator]]."""
    return "".join(
        f'\n[[operator]]\nid = "{one}"\nname = "{name}"\nrole = "{role}"\npin = "{_hash(pin)}"\n'
        for one, name, role, pin in STAFF
    )
