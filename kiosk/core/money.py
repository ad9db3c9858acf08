"""Amounts: integer fen everywhere (standards, "Money and cards")."""

from __future__ import annotations

Fen = int


def yuan(fen: Fen) -> str:
    """Return fen as people write yuan: ``12840`` → ``"128.40"``."""
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    return f"{sign}{whole}.{rest:02d}"


def price(fen: Fen) -> str:
    """Return an amount for a screen: ``12840`` → ``"¥ 128.40"``."""
    return f"¥ {yuan(fen)}"
