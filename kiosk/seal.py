"""Personal fields of journalled values: taken out, encrypted with the order's own key, put back.

A field is personal when its dataclass says so (``metadata={"personal": True}``). AES-256-GCM with
a key for each order; when the key goes, the fields are gone for ever while the chain, which runs
over the ciphertext, still holds (design, Journal: personal fields).
"""

from __future__ import annotations

import dataclasses
import os
from typing import Any

import msgspec

GONE = "•"
"""What stands in a personal field whose key has been deleted."""


def split(value: Any) -> tuple[Any, dict[str, Any]]:
    """Return ``value`` as plain data without its personal fields, and those by their path."""
    secrets: dict[str, Any] = {}
    return _strip(value, "", secrets), secrets


def _strip(value: Any, path: str, secrets: dict[str, Any]) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        plain = {}
        for item in dataclasses.fields(value):
            here = f"{path}.{item.name}" if path else item.name
            inner = getattr(value, item.name)
            if item.metadata.get("personal"):
                if inner:
                    secrets[here] = inner
                plain[item.name] = "" if not inner else GONE
            else:
                plain[item.name] = _strip(inner, here, secrets)
        return plain
    if isinstance(value, tuple):
        return [_strip(x, f"{path}.{i}", secrets) for i, x in enumerate(value)]
    return msgspec.to_builtins(value)


def join(plain: Any, secrets: dict[str, Any]) -> Any:
    """Put personal fields back into plain data, in place, and return it."""
    for path, secret in secrets.items():
        *parents, last = path.split(".")
        at = plain
        for part in parents:
            at = at[int(part)] if isinstance(at, list) else at[part]
        at[last] = secret
    return plain


def encrypt(secrets: dict[str, Any], key: bytes, context: bytes) -> bytes:
    """Seal personal fields; ``context`` (the order's id) is authenticated with them."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, msgspec.json.encode(secrets), context)


def decrypt(sealed: bytes, key: bytes, context: bytes) -> dict[str, Any]:
    """Open what ``encrypt`` made. Raises ValueError if key, context or bytes don't fit."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        plain = AESGCM(key).decrypt(sealed[:12], sealed[12:], context)
    except InvalidTag as error:
        raise ValueError("sealed fields don't open with this key") from error
    return msgspec.json.decode(plain, type=dict[str, Any])
