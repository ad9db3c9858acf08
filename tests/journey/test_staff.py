"""Staff come in by a corner that only they know of, a PIN, and the journal's leave."""

from __future__ import annotations

import pytest

from kiosk.core.access import REFUSED, SIGNED_IN, TRIED
from tests.journey.staff import PINS, ask_for, knock, notes, type_pin
from tests.journey.stage import Stage

pytestmark = pytest.mark.window

KINDS = (TRIED, REFUSED, SIGNED_IN)
WRONG = "999999"


def test_wrong_pins_wait_and_a_kill_does_not_help(stage: Stage) -> None:
    kiosk = stage.kiosk
    before = len(notes(stage, *KINDS))
    ask_for(stage, "office")
    for count in range(3):
        type_pin(stage, WRONG)
        stage.until(lambda count=count: len(notes(stage, REFUSED)) > count, "a refusal")  # type: ignore[misc]
        kiosk.wait_for(lambda _: "密码不对" in kiosk.everything(), "the screen says so")
    kiosk.wait_for(lambda _: "秒再输" in kiosk.everything(), "a wait")
    kiosk.kill()
    kiosk.start()
    kiosk.on("home")
    ask_for(stage, "office")
    kiosk.touch("nav.home")
    kiosk.on("home")
    assert notes(stage, *KINDS)[before:] == [f"{TRIED} office", f"{REFUSED} office"] * 3
    assert WRONG not in stage.kiosk.log.read_text()


def test_the_right_pin_lets_in(stage: Stage) -> None:
    ask_for(stage, "technician")
    type_pin(stage, PINS["technician"])
    stage.kiosk.wait_for(lambda x: not x["screen"].startswith("sign_in"), "another screen")
    assert notes(stage, SIGNED_IN)[-1] == f"{SIGNED_IN} technician"
    assert PINS["technician"] not in stage.kiosk.log.read_text()


@pytest.mark.long
def test_staff_wait_while_a_resident_is_in_the_middle(stage: Stage) -> None:
    kiosk = stage.kiosk
    kiosk.touch("home.rice")
    kiosk.on("rice")
    knock(stage)
    kiosk.wait_for(lambda _: "办完后维护" in kiosk.everything(), "a word for the staff")
    kiosk.touch("rice.bin.1")
    kiosk.on("rice_amount")
    kiosk.touch("nav.home")
    kiosk.on("sign_in_who")
    kiosk.touch("nav.home")
    kiosk.on("home")
