"""SHA256 with RSA (PKCS#1 v1.5), base64: what Alipay calls RSA2 and WeChat Pay v3 uses as well.

`cryptography` costs time and memory at import, so keys are read at first use.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

MIN_BITS = 2048
MAX_SKEW_S = 300  # BILLER.md "Transport"; WeChat Pay v3, verification of answers


class KeyUnreadableError(Exception):
    """A key file is missing, not PEM, not RSA, or too short. The text names it, not its folder."""


def _why(error: Exception) -> str:
    """The system's own words; a parser's would tell of the key."""
    return error.strerror or "can't be read" if isinstance(error, OSError) else "no key in PEM"


class Signer:
    """Signs with our private key (PEM, unencrypted, mode 0600 is the caller's matter)."""

    def __init__(self, private_key: Path) -> None:
        self._path = private_key
        self._key: RSAPrivateKey | None = None
        self._lock = Lock()

    def prepare(self) -> None:
        """Read the key now. Raises KeyUnreadableError."""
        self._load()

    def sign(self, text: bytes) -> str:
        """Return the base64 signature. Raises KeyUnreadableError."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        signature = self._load().sign(text, padding.PKCS1v15(), hashes.SHA256())
        return base64.b64encode(signature).decode("ascii")

    def _load(self) -> RSAPrivateKey:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        with self._lock:
            if self._key is None:
                try:
                    key = load_pem_private_key(self._path.read_bytes(), password=None)
                except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
                    raise KeyUnreadableError(f"{self._path.name}: {_why(error)}") from None
                if not isinstance(key, RSAPrivateKey) or key.key_size < MIN_BITS:
                    raise KeyUnreadableError(f"{self._path.name}: not RSA of 2048 bits")
                self._key = key
            return self._key


class Verifier:
    """Checks the other side's signatures with its public key (PEM)."""

    def __init__(self, public_key: Path) -> None:
        self._path = public_key
        self._key: RSAPublicKey | None = None
        self._lock = Lock()

    def prepare(self) -> None:
        """Read the key now, before a request leaves. Raises KeyUnreadableError."""
        self._load()

    def verify(self, text: bytes, signature: str) -> bool:
        """True only for a right signature over exactly `text`. Raises KeyUnreadableError."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        key = self._load()
        try:
            raw = base64.b64decode(signature, validate=True)
            key.verify(raw, text, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True

    def _load(self) -> RSAPublicKey:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key

        with self._lock:
            if self._key is None:
                try:
                    key = load_pem_public_key(self._path.read_bytes())
                except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
                    raise KeyUnreadableError(f"{self._path.name}: {_why(error)}") from None
                if not isinstance(key, RSAPublicKey) or key.key_size < MIN_BITS:
                    raise KeyUnreadableError(f"{self._path.name}: not RSA of 2048 bits")
                self._key = key
            return self._key


def skewed(theirs_s: float, ours_s: float) -> bool:
    """Are the two clocks more than five minutes apart?"""
    return abs(theirs_s - ours_s) > MAX_SKEW_S


def lines(*parts: str | bytes) -> bytes:
    """Join the parts, each ended by a line feed: the texts of WeChat Pay v3 and of BILLER.md."""
    return b"".join((p.encode("utf-8") if isinstance(p, str) else p) + b"\n" for p in parts)


def random_hex() -> str:
    """A nonce: 32 hex digits from the system's random source."""
    return secrets.token_hex(16)
