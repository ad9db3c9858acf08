"""The self-test of the loudspeaker really says something; what is heard goes into files."""

from __future__ import annotations

import wave

import pytest

from tests.journey.stage import Stage
from tests.journey.test_selftests import leave, to_the_tests, turn_to

pytestmark = [pytest.mark.window, pytest.mark.long]

SETTINGS = {"output": "file", "from": "03:00", "until": "03:01"}


@pytest.mark.parametrize(
    ("answer", "heading"), [("test.good", "全部通过"), ("test.bad", "1 项没有通过")]
)
def test_the_ear_decides(stage: Stage, answer: str, heading: str) -> None:
    kiosk, folder = stage.kiosk, stage.cabin.folder / "data" / "voice"
    to_the_tests(stage)
    turn_to(stage, "tests.one.screen.sound")
    before = set(folder.glob("*.wav"))
    kiosk.touch("tests.one.screen.sound")
    kiosk.wait_for(lambda x: x["speaking"] == "tech_test", "a voice")
    kiosk.wait_for(lambda x: x["speaking"] is None, "the end of it")
    new = sorted(set(folder.glob("*.wav")) - before)
    assert new, "nothing was said"
    with wave.open(str(new[-1])) as heard:
        assert heard.getnframes() / heard.getframerate() > 0.5
    kiosk.touch(answer)
    kiosk.on("tech_tested")
    assert kiosk.text("tech_tested.heading") == heading
    leave(stage)
