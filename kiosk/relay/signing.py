"""Who asks: HMAC-SHA256 under a key that cabin and relay share. RELAY.md, "For kiosks"."""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path

MAX_SKEW_S = 300
_KEY = re.compile(r"[0-9a-fA-F]{64}")
_LINE = re.compile(r"([0-9]{4})\s+([0-9a-fA-F]{64})")


class KeyFileError(Exception):
    """A key file can't be read or doesn't hold a key. The text holds no key."""


def signature(key: bytes, method: str, path: str, timestamp: str, nonce: str, body: bytes) -> str:
    """The signature of a request, in hex."""
    digest = hashlib.sha256(body).hexdigest()
    text = "".join(f"{part}\n" for part in (method, path, timestamp, nonce, digest))
    return hmac.new(key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two signatures are the same, in a time that tells nothing."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def read_key(path: Path) -> bytes:
    """The cabin's key: a file with 64 hex digits. Raises KeyFileError."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise KeyFileError(f"{path}: {type(error).__name__}") from error
    if not _KEY.fullmatch(text):
        raise KeyFileError(f"{path}: 64 hex digits are wanted")
    return bytes.fromhex(text)


def read_keys(path: Path) -> dict[str, bytes]:
    """The relay's keys by cabin: lines of four digits and 64 hex digits. Raises KeyFileError."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError) as error:
        raise KeyFileError(f"{path}: {type(error).__name__}") from error
    keys: dict[str, bytes] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None or found[1] in keys:
            raise KeyFileError(f"{path}:{number}: a cabin's four digits and 64 hex digits, once")
        keys[found[1]] = bytes.fromhex(found[2])
    if not keys:
        raise KeyFileError(f"{path}: no cabin has a key")
    return keys
