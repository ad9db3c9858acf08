"""What the staff do at the glass, on a stage."""

from __future__ import annotations

from kiosk.journal import Journal
from screens.knock import TAPS
from sim.operators import STAFF
from tests.journey.stage import Stage
from tests.support.window import Screen

PINS = {one: pin for one, _name, _role, pin in STAFF}


def knock(stage: Stage) -> None:
    """Tap the cabin's name as often as it takes."""
    x, y, width, height = next(
        x["box"] for x in stage.kiosk.settled()["widgets"] if x["id"] == "top.name"
    )
    for _ in range(TAPS):
        stage.kiosk.finger.touch(x + width // 4, y + height // 2)


def type_pin(stage: Stage, pin: str) -> None:
    for digit in pin:
        stage.kiosk.touch(f"pin.key.{digit}")
    stage.kiosk.wait_for(
        lambda x: any(w["text"] == "●" * len(pin) for w in x["widgets"]), "a dot for each digit"
    )
    stage.kiosk.touch("pin.done")


def ask_for(stage: Stage, who: str) -> Screen:
    """From the home screen to the digit pad of one of the staff."""
    knock(stage)
    stage.kiosk.on("sign_in_who")
    stage.kiosk.touch(f"who.is.{who}")
    return stage.kiosk.on("sign_in")


def notes(stage: Stage, *kinds: str) -> list[str]:
    """The rows about the staff, as kind and operator."""
    journal = Journal(stage.journal_path, readonly=True, check=False)
    try:
        return [f"{kind} {body['operator']}" for _at, kind, body in journal.notes_of(*kinds)]
    finally:
        journal.close()
