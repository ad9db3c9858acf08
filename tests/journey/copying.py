"""What a resident does to copy something, on a stage."""

from __future__ import annotations

from tests.journey.stage import Stage
from tests.support.window import Screen

SCANNER = "document_scanner"


def lay(stage: Stage, what: str) -> None:
    """``card_front``, ``card_back`` or ``page``."""
    stage.bench.act(SCANNER, f"lay_{what}")


def to_glass(stage: Stage, what: str = "copy.card") -> Screen:
    """From the home screen to the picture of how it is laid down."""
    kiosk = stage.kiosk
    kiosk.touch("home.print")
    kiosk.on("print_source")
    kiosk.touch("print.copy")
    kiosk.on("print_copy")
    kiosk.touch(what)
    return kiosk.on("print_lay")


def scan_card(stage: Stage) -> Screen:
    """From the home screen to the copy of both sides."""
    kiosk = stage.kiosk
    to_glass(stage)
    lay(stage, "card_front")
    kiosk.touch("copy.start")
    says(stage, "请翻过来")
    lay(stage, "card_back")
    kiosk.touch("copy.start")
    return kiosk.on("print_document")


def says(stage: Stage, words: str) -> None:
    stage.kiosk.wait_for(lambda _: words in stage.kiosk.everything(), words)


def take_original(stage: Stage) -> None:
    """What everybody who copies is told at the end."""
    stage.kiosk.on("print_take")
    says(stage, "请把原件拿走")
    stage.bench.act(SCANNER, "lift")
    stage.kiosk.touch("copy.taken")
    stage.kiosk.on("home")
