"""Simulated machines: pure models advanced by seconds, each with its own reading of its wire."""
