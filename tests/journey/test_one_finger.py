"""SDL's own events, as a panel sends them, into the real window: one finger is one touch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.window


@pytest.mark.parametrize(
    ("scene", "touches"),
    [
        ("both", ["home.pay_bill"]),
        ("finger_alone", []),
        ("second_finger", ["home.pay_bill"]),
        ("second_pointer", ["home.pay_bill"]),
        ("release_on_its_way", ["home.pay_bill", "home.find_slip"]),
    ],
)
def test_what_a_panel_says_of_one_touch(
    display: str, tmp_path: Path, scene: str, touches: list[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.journey.sdl_events", scene, "--data-dir", str(tmp_path)],
        env={**os.environ, "DISPLAY": display},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said == {"touches": touches, "down": False, "sent": True, "read": True}
