"""声音: how loud, once more, and in which language. All of it lasts as long as the visit. Pure."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.state import State
from kiosk.core.visit.common import RESET, Moved, stay
from kiosk.core.visit.messages import Ring
from kiosk.core.visit.print_choices import TakeOriginal
from kiosk.core.visit.steps import Overlay


def loudness(state: State) -> int:
    """The step of the volume, 0 for silence: as chosen in this visit, else as the hour has it."""
    rules = state.rules
    if not rules.volume_steps:
        return 0
    if isinstance(state.visit.step, TakeOriginal):
        # Nothing is worse than a card left behind: louder than was chosen, and than the night is.
        return rules.volume if state.face.night else rules.volume_steps
    if state.visit.volume is not None:
        return min(state.visit.volume, rules.volume_steps)
    return rules.night_volume if state.face.night else rules.volume


def touched(state: State, target: str) -> Moved:
    """A touch on the panel 声音."""
    step = loudness(state)
    match target:
        case "sound.again" if step:
            visit = replace(state.visit, overlay=Overlay.NONE, again=state.visit.again + 1)
            return replace(state, visit=visit), (Ring(RESET, 0),)
        case "sound.louder" if step < state.rules.volume_steps:
            return _turn(state, step + 1)
        case "sound.softer" if step > 1:
            return _turn(state, step - 1)
        case "sound.mute" if step:
            return _turn(state, 0)
        case "sound.close":
            visit = replace(state.visit, overlay=Overlay.NONE)
            return replace(state, visit=visit), (Ring(RESET, 0),)
        case _:
            return stay(state)


def _turn(state: State, step: int) -> Moved:
    return replace(state, visit=replace(state.visit, volume=step)), ()


def other_language(state: State) -> Moved:
    """From Chinese to English, and back."""
    language = "zh" if state.visit.language == "en" else "en"
    return replace(state, visit=replace(state.visit, language=language)), ()
