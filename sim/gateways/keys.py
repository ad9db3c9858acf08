"""RSA keys and signatures of the sandbox: made at run time, never kept in the repository."""

from __future__ import annotations

import base64
import binascii
from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa


class KeyPair:
    """A 2048-bit RSA key that signs with SHA-256, PKCS#1 v1.5, base64 (both payment docs)."""

    def __init__(self, private: rsa.RSAPrivateKey) -> None:
        self._private = private
        self._public = private.public_key()

    def sign(self, text: bytes) -> str:
        signature = self._private.sign(text, padding.PKCS1v15(), hashes.SHA256())
        return base64.b64encode(signature).decode("ascii")

    def verify(self, text: bytes, signature: str) -> bool:
        """Does `signature` (base64) fit `text`? Never raises on what it is given."""
        try:
            raw = base64.b64decode(signature, validate=True)
            self._public.verify(raw, text, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True

    def private_pem(self) -> bytes:
        return self._private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def public_pem(self) -> bytes:
        return self._public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )


@cache
def key_pair(name: str) -> KeyPair:  # noqa: ARG001 - the name is what is cached by
    """The key of that name; made when first asked for, the same for the life of the process.

    Making one takes about 0.07 s, and tests build many sandboxes.
    """
    return KeyPair(rsa.generate_private_key(public_exponent=65537, key_size=2048))
