"""What is said of what is shown, and when.

A screen speaks when it comes; what changes on it is said when it changes; 再说一遍 says all of it.
It speaks of nothing that nobody brought about: a home screen that came back by itself is silent,
and an empty cabin hears nothing of the printer's paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kiosk.speech.utterance import SILENCE, Utterance, say

if TYPE_CHECKING:
    from kiosk.speech.speaker import Voice
    from screens.app import Picture

QUIET = ("home", "attract")
"""Screens on which nobody may be: they speak only after a touch."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a picture has to say. ``step`` is the volume, ``again`` grows with every 再说一遍.

    ``covered``: it lies over another screen, which isn't said anew when it comes back.
    """

    utterance: Utterance = SILENCE
    step: int = 0
    again: int = 0
    covered: bool = False


NOTHING = Said()


def utterance_of(module: Any, view: Any) -> Utterance:
    """What a screen says of a view: by its module's ``spoken(view)``, else its heading."""
    spoken = getattr(module, "spoken", None)
    said: Utterance = spoken(view) if spoken is not None else say(view.title)
    return said


class Teller:
    """Between the window and the voice, in the window's thread. Costs some microseconds."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._touched = False
        self._again = 0
        self._count = 0
        self._told: dict[bool, tuple[object, tuple[str, ...]]] = {}

    def touched(self) -> None:
        """A finger has come down: be silent."""
        self._touched = True
        self._voice.stop()

    def forget(self) -> None:
        """The visit has ended: nothing of it is said, and what follows is new."""
        if self._again:  # names and numbers may have been said
            self._voice.forget()
        else:
            self._voice.stop()
        self._told.clear()
        self._again = 0

    def lesson(self, picture: Picture, texts: tuple[str, ...], count: int) -> None:
        """A lesson's picture can be seen: say what its leader says, once for each ``count``.

        The practised screen itself is silent, but for 再说一遍.
        """
        said, self._touched = picture.said, False
        again = said.again != self._again
        self._again = said.again
        if count != self._count or again:
            self._count = count
            words = said.utterance.in_full() if again else texts
            self._voice.say(picture.screen, words, picture.language, said.step)

    def shown(self, picture: Picture) -> None:
        """A picture can be seen: say of it what hasn't been said."""
        said, touched, self._count = picture.said, self._touched, 0
        self._touched = False
        if picture.asleep:
            self._told.clear()
            self._voice.stop()
            return
        place = picture.screen, picture.language
        texts = said.utterance.on_entry()
        before, told = self._told.get(said.covered, (None, ()))
        self._told[said.covered] = place, texts
        if not said.covered:
            self._told.pop(True, None)
        if said.again != self._again:
            self._again = said.again
            texts = said.utterance.in_full()
        elif before == place:
            texts = tuple(x for x in texts if x not in told)
        elif picture.screen in QUIET and not touched:
            texts = ()
        if picture.screen in QUIET and before == place and not touched:
            texts = ()
        if texts:
            self._voice.say(picture.screen, texts, picture.language, said.step)
        elif before != place and not said.covered:
            self._voice.stop()
