"""When a screen speaks, and when it keeps still."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

from kiosk.speech.utterance import if_asked, say
from screens.voice import Said, Teller, utterance_of


@dataclass
class FakeVoice:
    said: list[tuple[str, tuple[str, ...], str, int]] = field(default_factory=list)
    stops: int = 0
    forgotten: int = 0

    @property
    def speaking(self) -> str | None:
        return self.said[-1][0] if self.said else None

    def say(self, name: str, texts: tuple[str, ...], language: str, step: int) -> None:
        self.said.append((name, texts, language, step))

    def stop(self) -> None:
        self.stops += 1

    def forget(self) -> None:
        self.forgotten += 1


@dataclass(frozen=True)
class Shown:
    """As much of a picture as the teller looks at."""

    screen: str
    said: Said
    language: str = "zh"
    asleep: bool = False


def picture(
    screen: str, *words: str, step: int = 3, again: int = 0, covered: bool = False
) -> Shown:
    utterance = say(*words, if_asked(f"private {screen}"))
    return Shown(screen, Said(utterance, step, again, covered))


def told(*pictures: Shown | None) -> list[tuple[str, ...]]:
    """What is said of these pictures one after the other; None is a touch."""
    voice = FakeVoice()
    teller = Teller(voice)
    for shown in pictures:
        if shown is None:
            teller.touched()
        else:
            teller.shown(shown)  # type: ignore[arg-type]
    return [texts for _name, texts, _language, _step in voice.said]


def test_a_screen_speaks_on_entry_and_then_of_what_is_new() -> None:
    assert told(
        picture("bill", "a", "b"), picture("bill", "a", "b"), picture("bill", "a", "c")
    ) == [
        ("a", "b"),
        ("c",),
    ]


def test_said_again_is_all_of_it() -> None:
    first = picture("bill", "a")
    panel = picture("sound", "step", again=0, covered=True)
    assert told(first, panel, picture("bill", "a", again=1)) == [
        ("a",),
        ("step",),
        ("a", "private bill"),
    ]


def test_what_lay_under_a_panel_is_not_said_anew_but_for_what_changed() -> None:
    help_ = picture("help", "h", covered=True)
    assert told(picture("bill", "a"), help_, picture("bill", "a"), help_) == [
        ("a",),
        ("h",),
        ("h",),
    ]
    assert told(picture("bill", "a"), help_, picture("bill", "a", "n"))[-1] == ("n",)
    assert told(picture("bill", "a"), help_, picture("bills", "b"))[-1] == ("b",)


def test_a_home_screen_that_came_by_itself_is_silent() -> None:
    home, other = picture("home", "hello"), picture("home", "hello", "no paper")
    assert told(home) == []
    assert told(picture("idle", "there?"), home, other) == [("there?",)]
    assert told(None, home, other) == [("hello",)]
    assert told(None, home, picture("bill", "a"), None, home) == [("hello",), ("a",), ("hello",)]


def test_every_touch_silences() -> None:
    voice = FakeVoice()
    teller = Teller(voice)
    teller.touched()
    assert voice.stops == 1


def test_a_screen_that_sleeps_says_nothing_and_forgets() -> None:
    voice = FakeVoice()
    teller = Teller(voice)
    teller.shown(picture("bill", "a"))  # type: ignore[arg-type]
    teller.shown(Shown("attract", Said(), asleep=True))  # type: ignore[arg-type]
    assert voice.stops == 1
    teller.shown(picture("bill", "a"))  # type: ignore[arg-type]
    assert len(voice.said) == 2


def test_the_next_visit_hears_everything_anew() -> None:
    voice = FakeVoice()
    teller = Teller(voice)
    for again in (0, 1):
        teller.shown(picture("bill", "a", again=again))  # type: ignore[arg-type]
    teller.forget()
    assert voice.forgotten == 1
    teller.shown(picture("bill", "a"))  # type: ignore[arg-type]
    assert [x[1] for x in voice.said] == [("a",), ("a", "private bill"), ("a",)]


def test_a_visit_without_names_leaves_the_voice_as_it_is() -> None:
    voice = FakeVoice()
    teller = Teller(voice)
    teller.shown(picture("bill", "a"))  # type: ignore[arg-type]
    teller.forget()
    assert (voice.forgotten, voice.stops) == (0, 1)


def test_a_screen_says_what_its_module_has_or_its_heading() -> None:
    view = SimpleNamespace(title="heading", words="words")
    module = SimpleNamespace(spoken=lambda x: say(x.words))
    assert utterance_of(module, view).on_entry() == ("words",)
    assert utterance_of(SimpleNamespace(), view).on_entry() == ("heading",)


def test_another_language_is_another_screen() -> None:
    voice = FakeVoice()
    teller = Teller(voice)
    teller.touched()
    teller.shown(Shown("home", Said(say("您好"), 3)))  # type: ignore[arg-type]
    teller.touched()
    teller.shown(Shown("home", Said(say("Hello"), 2), "en"))  # type: ignore[arg-type]
    assert voice.said[-1] == ("home", ("Hello",), "en", 2)
