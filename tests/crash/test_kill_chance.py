"""SIGKILL at random instants of random payments."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.crash.test_kill import kill_all


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_a_hundred_kills_by_chance(tmp_path: Path, seed: int) -> None:
    kill_all(tmp_path, (), 100, random.Random(seed))
