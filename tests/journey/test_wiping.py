"""What a person saw is gone from the window when the visit ends (WCAG 2.2, 2.2.6)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.window


@pytest.fixture(scope="module")
def found(display: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "tests.journey.wiping", str(tmp_path_factory.mktemp("data"))],
        env={**os.environ, "DISPLAY": display},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_no_account_owner_sum_or_number_stays_in_the_process(found: Any) -> None:
    assert found["planted"] > 15
    assert found["owners"] == 2
    assert found["readings"] > 5
    assert found["left"] == []


def test_no_code_stays(found: Any) -> None:
    assert found["codes_before"] > 0
    assert found["codes"] == 0


def test_the_sentences_that_everybody_reads_stay_drawn(found: Any) -> None:
    assert 0 < found["texts_after"] < found["texts_before"]


def test_every_screen_shows_the_same_to_the_next_person(found: Any) -> None:
    assert found["spoilt"] == []
