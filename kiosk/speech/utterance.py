"""What is to be said: a few texts in order, some of them only when somebody asks."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Part:
    """One text as it stands on the screen. ``asked``: said only after 再说一遍 was touched.

    Names, account numbers and health figures are such texts: others may hear them.
    """

    text: str = field(repr=False)
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Utterance:
    """All that a screen can say of what it shows."""

    parts: tuple[Part, ...] = ()

    def on_entry(self) -> tuple[str, ...]:
        """What is said when the screen comes."""
        return tuple(x.text for x in self.parts if not x.asked)

    def in_full(self) -> tuple[str, ...]:
        """What is said when somebody asks for it."""
        return tuple(x.text for x in self.parts)


SILENCE = Utterance()


def say(*words: str | Part) -> Utterance:
    """These texts one after the other; empty ones are left out."""
    parts = (Part(x) if isinstance(x, str) else x for x in words)
    return Utterance(tuple(x for x in parts if x.text.strip()))


def sentences(text: str) -> tuple[str, ...]:
    """A text's lines, each said by itself: it was put together of several sentences."""
    return tuple(text.split("\n"))


def if_asked(text: str) -> Part:
    """A text that isn't for everybody's ears."""
    return Part(text, asked=True)
