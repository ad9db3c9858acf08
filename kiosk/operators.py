"""PINs and card codes of the staff as hashes: made, read, compared.

A hash is ``$scrypt$ln=14,r=8,p=5$SALT$KEY``: scrypt (RFC 7914) with N = 2**ln, block size r and
parallelism p; SALT (16 bytes or more) and KEY (32 bytes) in base64 without padding. What is hashed
is the PIN's digits, or the card's code as the reader gives it, in UTF-8.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
from dataclasses import dataclass, field

LN, R, P = 14, 8, 5
KEY_BYTES, SALT_BYTES = 32, 16
_FORM = re.compile(
    r"\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]+)\$([\w+/]+)", re.ASCII
)
ALLOWED = "a hash as `kiosk operator` prints it: $scrypt$ln=14,r=8,p=5$…$…"
_LNS, _RS, _PS = range(14, 19), range(8, 17), range(1, 17)


@dataclass(frozen=True, slots=True)
class Hash:
    """A hash as it was read. Nothing prints its secret parts."""

    ln: int
    r: int
    p: int
    salt: bytes = field(repr=False)
    key: bytes = field(repr=False)

    def fits(self, secret: bytes | bytearray) -> bool:
        """Whether it is the hash of that. Takes a tenth of a second and 16 MiB or more."""
        return hmac.compare_digest(_scrypt(secret, self.salt, self.ln, self.r, self.p), self.key)

    def __str__(self) -> str:
        return f"$scrypt$ln={self.ln},r={self.r},p={self.p}${_coded(self.salt)}${_coded(self.key)}"


def make(secret: bytes | bytearray) -> Hash:
    """Hash a PIN or a code under a new salt."""
    salt = os.urandom(SALT_BYTES)
    return Hash(LN, R, P, salt, _scrypt(secret, salt, LN, R, P))


def read(text: str) -> Hash:
    """Read a hash. Raises ValueError if it is none, or too weak or too costly to check here."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError("is not a scrypt hash")
    ln, r, p = (int(x) for x in found.groups()[:3])
    if ln not in _LNS or r not in _RS or p not in _PS:
        raise ValueError("is out of range: ln 14 … 18, r 8 … 16, p 1 … 16")
    salt, key = _decoded(found[4]), _decoded(found[5])
    if len(salt) < SALT_BYTES or len(key) != KEY_BYTES:
        raise ValueError(f"has no salt of {SALT_BYTES} bytes or no key of {KEY_BYTES}")
    return Hash(ln, r, p, salt, key)


def _scrypt(secret: bytes | bytearray, salt: bytes, ln: int, r: int, p: int) -> bytes:
    most = 128 * r * (2**ln + p + 2) + (1 << 20)
    return hashlib.scrypt(secret, salt=salt, n=2**ln, r=r, p=p, maxmem=most, dklen=KEY_BYTES)


def _coded(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("is not base64") from error
