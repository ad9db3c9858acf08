"""Random walks through orders' lives; a failing seed is printed with its trail."""

from __future__ import annotations

import pytest

from .walk import Walk, failing

MANY = 20_000


def report(walks: list[Walk]) -> str:
    lines = [f"{len(walks)} fail: seeds {[x.seed for x in walks[:30]]}"]
    for walk in walks[:3]:
        lines += [f"seed {walk.seed}: {walk.error}", *(f"    {x}" for x in walk.trail)]
    return "\n".join(lines)


def test_walks(seed: int) -> None:
    bad = failing(seed, 800)
    assert not bad, report(bad)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_many_walks(seed: int) -> None:
    bad = failing(seed, MANY)
    assert not bad, report(bad)
