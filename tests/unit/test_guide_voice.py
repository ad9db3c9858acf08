"""What is said while a lesson is led: the leader's words, each once; the screen below is silent."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from kiosk.speech.utterance import say
from screens.voice import Said, Teller


class Voice:
    """Keeps what it is told to say."""

    def __init__(self) -> None:
        self.said: list[tuple[str, ...]] = []
        self.speaking: str | None = None

    def say(self, name: str, texts: tuple[str, ...], language: str, step: int) -> None:  # noqa: ARG002
        self.said.append(texts)

    def stop(self) -> None:
        """Silence is no news here."""

    def forget(self) -> None:
        """Nothing is kept that would have to go."""


def picture(screen: str, again: int = 0) -> Any:
    said = Said(say(f"{screen} of its own"), 3, again)
    return SimpleNamespace(screen=screen, language="zh", asleep=False, said=said)


def test_the_leaders_words_are_said_once_and_the_screens_are_not() -> None:
    voice = Voice()
    teller = Teller(voice)
    teller.lesson(picture("home"), ("碰一下",), 1)
    teller.lesson(picture("home"), ("碰一下",), 1)
    teller.lesson(picture("bill"), ("碰一下",), 1)
    teller.lesson(picture("bill"), ("对准红光",), 2)
    assert voice.said == [("碰一下",), ("对准红光",)]


def test_once_more_is_said_in_full_by_the_screen_whose_button_it_is() -> None:
    voice = Voice()
    teller = Teller(voice)
    teller.lesson(picture("bill"), ("对准红光",), 1)
    teller.lesson(picture("bill", again=1), ("对准红光",), 1)
    assert voice.said == [("对准红光",), ("bill of its own",)]


def test_after_a_lesson_screens_speak_for_themselves() -> None:
    voice = Voice()
    teller = Teller(voice)
    teller.lesson(picture("bill"), ("对准红光",), 1)
    teller.forget()
    teller.shown(picture("call"))
    teller.lesson(picture("home"), ("第二课",), 1)
    assert voice.said == [("对准红光",), ("call of its own",), ("第二课",)]
