"""声音 and the second language, by real touches; what is heard goes into files."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from tests.journey.stage import Stage, shown

pytestmark = pytest.mark.window

SETTINGS: dict[str, object] = {
    "output": "file",
    "from": "03:00",
    "until": "03:01",
    "idle_reset": 20,
}
HELLO, WELCOME = "What would you like to do?", "您好，今天要办什么？"
WORDS = "现在是第 {} 档，最响是第 5 档。"


def files(stage: Stage) -> list[Path]:
    return sorted((stage.cabin.folder / "data" / "voice").glob("*.wav"))


def speaks(stage: Stage, name: str) -> None:
    stage.kiosk.wait_for(lambda x: x["speaking"] == name, f"{name} said")


def silent(stage: Stage) -> None:
    stage.kiosk.wait_for(lambda x: x["speaking"] is None, "silence")


def home(stage: Stage) -> None:
    stage.kiosk.touch("nav.home")
    stage.kiosk.on("home")


def test_a_screen_speaks_and_a_touch_silences_it(stage: Stage) -> None:
    kiosk = stage.kiosk
    kiosk.touch("home.pay_bill")
    kiosk.on("bill")
    speaks(stage, "bill")
    kiosk.finger.touch(540, 60)  # nothing is there to be touched
    silent(stage)
    assert kiosk.settled()["screen"] == "bill"
    home(stage)


def test_said_again_and_every_step_of_the_volume(stage: Stage) -> None:
    kiosk = stage.kiosk
    kiosk.touch("home.pay_bill")
    kiosk.on("bill")
    kiosk.touch("nav.sound")
    kiosk.on("sound")
    assert kiosk.text("sound.words") == WORDS.format(3)
    for step in (4, 5):
        kiosk.touch("sound.louder")
        words = WORDS.format(step)
        kiosk.wait_for(
            lambda x, now=words: (shown(x, "sound.words") or {}).get("text") == now, words
        )
    assert not (shown(kiosk.settled(), "sound.louder") or {})["enabled"]
    kiosk.touch("sound.again")
    kiosk.on("bill")
    speaks(stage, "bill")
    kiosk.touch("nav.sound")
    kiosk.touch("sound.mute")
    kiosk.wait_for(lambda _: "没有声音" in kiosk.text("sound.words"), "no sound")
    silent(stage)
    kiosk.touch("sound.close")
    kiosk.on("bill")
    kiosk.touch("nav.back")
    kiosk.on("home")
    kiosk.touch("nav.sound")
    kiosk.on("sound")
    assert "没有声音" in kiosk.text("sound.words")  # the same person, at their next service
    for step in (1, 2, 3):
        kiosk.touch("sound.louder")
        words = WORDS.format(step)
        kiosk.wait_for(
            lambda x, now=words: (shown(x, "sound.words") or {}).get("text") == now, words
        )
    kiosk.touch("sound.close")
    kiosk.on("home")


def test_what_is_heard_is_sound(stage: Stage) -> None:
    kiosk = stage.kiosk
    kiosk.touch("nav.sound")
    kiosk.on("sound")
    speaks(stage, "sound")
    silent(stage)
    # What was cut off is short; this was said to its end.
    with wave.open(str(max(files(stage), key=lambda x: x.stat().st_size))) as file:
        assert file.getnframes() / file.getframerate() > 1
        assert any(file.readframes(file.getnframes()))
    kiosk.touch("sound.close")
    kiosk.on("home")


def test_english_for_a_visit_and_chinese_again_after_it(stage: Stage) -> None:
    kiosk = stage.kiosk
    # A finger that is still down when another screen comes touches nothing there: wait for it.
    for heading, other in ((HELLO, "中文"), (WELCOME, "English"), (HELLO, "中文")):
        kiosk.touch("nav.language")
        kiosk.wait_for(lambda _, now=heading: kiosk.text("home.heading") == now, heading)
        assert kiosk.text("nav.language") == other
    bill = stage.bill(2_350)
    paper = stage.pay_by_card(bill)
    assert paper["screen"] == "result"
    said = kiosk.everything()
    assert "All paid, thank you" in said
    assert "缴好了" not in said
    assert "已缴好" in stage.paper()  # what is printed stays Chinese
    kiosk.touch("order.done")
    kiosk.on("home")
    assert kiosk.text("home.heading") == HELLO
    kiosk.touch("home.pay_bill")  # another service in the same visit
    kiosk.on("bill")
    assert kiosk.text("nav.home") == "Home"
    home(stage)
    assert kiosk.text("home.heading") == HELLO
    # Nobody touches it any more, so whoever comes next begins in Chinese.
    kiosk.wait_for(lambda _: kiosk.text("home.heading") == WELCOME, "the visit's end")
