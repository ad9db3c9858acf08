"""``kiosk uninstall``, where the command line looks for it."""

from __future__ import annotations

from kiosk.install.cli import add_uninstall as add_parser

__all__ = ["add_parser"]
