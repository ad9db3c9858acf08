"""The screen at night: other colours, and everything still works."""

from __future__ import annotations

from pathlib import Path

import pytest

from screens.theme import DAY, NIGHT, Palette, rgb
from tests.bench.touch import Glass
from tests.journey.stage import open_stage

pytestmark = [pytest.mark.window, pytest.mark.long]

ALWAYS, NEVER = {"from": "00:00", "until": "23:59"}, {"from": "23:59", "until": "00:00"}
PAPER = (20, 700)
"""A point beside everything, where the screen's own ground shows."""


@pytest.mark.parametrize(("night", "palette"), [(ALWAYS, NIGHT), (NEVER, DAY)])
def test_a_payment_in_the_palette_of_the_hour(
    tmp_path: Path, display: str, night: dict[str, object], palette: Palette
) -> None:
    with open_stage(tmp_path, display, night) as stage, Glass(display) as glass:
        stage.begin()
        ground = rgb(palette.paper)
        assert glass.rgb(*PAPER) == ground
        stage.pay_by_card(stage.bill(1_500))
        assert glass.rgb(*PAPER) == ground
        stage.audit(settled=True)
