"""The program's name and version, as every journal row carries it."""

from __future__ import annotations

VERSION = "0.1.0"
PROGRAM = f"xiaowu/{VERSION}"
