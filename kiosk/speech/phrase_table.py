"""Ids of the sentences that can be recorded. Each stands on a screen in these very words."""

PHRASES: dict[str, str] = {}
