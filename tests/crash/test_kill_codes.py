"""SIGKILL after every journal row of a payment by a code on the screen, one line refused too."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.crash.killing import Life
from tests.crash.test_kill import kill_all

EVERY_ROW = (
    *(Life("wechat", row=x) for x in range(1, 6)),
    *(Life("alipay", refused=True, row=x) for x in range(1, 8)),
    *(Life("wechat", refused=True, row=x) for x in range(1, 8)),
)


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_a_hundred_kills_with_codes(tmp_path: Path, seed: int) -> None:
    kill_all(tmp_path, EVERY_ROW, 100, random.Random(seed))
