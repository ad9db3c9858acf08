"""The process that speaks: ``python -m kiosk.speech.child SETTINGS``.

It takes lines of JSON on stdin, ``{"say": 7, "texts": […], "language": "zh", "gain": 0.5}``,
or ``{"stop": true}``, and answers ``{"ended": 7, "trouble": "", "mute": false}`` when it is silent
again; ``mute`` if nothing could be heard. What is said next cuts off what is being said: the queue
holds one. It ends when stdin does. It keeps no sound: the machine's voice makes a sentence within
some hundredths of a second, and what is said may be somebody's.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.speech import machine
from kiosk.speech.aloud import aloud
from kiosk.speech.outputs import Output, OutputError, output_of
from kiosk.speech.pcm import Pcm, SoundError, louder, silence
from kiosk.speech.phrases import Fragment, fragments
from kiosk.speech.recordings import Recordings

PAUSE_S = 0.25
"""Between two texts."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to say, and how loud (0–1)."""

    number: int
    texts: tuple[str, ...]
    language: str
    gain: float


class Sounds:
    """Finds the sound of a text: recorded where there is one, else the machine's."""

    def __init__(self, recordings: Recordings, rate: int) -> None:
        self._recordings = recordings
        self._rate = rate
        self.trouble = recordings.trouble

    def of(self, text: str, language: str) -> Iterator[Pcm]:
        """The sounds of a text, one after the other. Raises VoiceError."""
        for fragment in fragments(text, language, self._recordings.usable):
            yield from self._of(fragment, language)

    def _of(self, fragment: Fragment, language: str) -> Iterator[Pcm]:
        if fragment.id:
            try:
                yield self._recordings.sound(fragment.id)
                return
            except SoundError as error:
                self.trouble = str(error)  # the machine says it instead
        for piece, which in machine.runs(aloud(fragment.text, language), language):
            yield machine.synthesize(piece, which, self._rate)


class Mouth:
    """Says one thing at a time, each on a thread of its own that the next one cuts off."""

    def __init__(
        self,
        sounds: Sounds,
        output: Callable[[], Output],
        tell: Callable[[int, str, bool], None],
    ) -> None:
        self._sounds = sounds
        self._output = output
        self._tell = tell
        self._now: tuple[Output, threading.Event] | None = None

    def say(self, order: Order) -> None:
        """Cut off what is being said, and say this."""
        self.stop()
        output, cut = self._output(), threading.Event()
        self._now = output, cut
        words = (order, output, cut)
        threading.Thread(target=self._speak, args=words, name="mouth", daemon=True).start()

    def stop(self) -> None:
        """Be silent at once."""
        if self._now is not None:
            output, cut = self._now
            cut.set()
            output.cut()
            self._now = None

    def _speak(self, order: Order, output: Output, cut: threading.Event) -> None:
        trouble = ""
        try:
            self._play(order, output, cut)
            output.finish()
        except (machine.VoiceError, OutputError) as error:
            trouble = str(error)
            output.cut()
        self._tell(order.number, trouble or self._sounds.trouble, bool(trouble))

    def _play(self, order: Order, output: Output, cut: threading.Event) -> None:
        for n, text in enumerate(order.texts):
            pause = PAUSE_S if n else 0.0
            for pcm in self._sounds.of(text, order.language):
                if cut.is_set():
                    return
                output.play(Pcm(pcm.rate, silence(pcm.rate, pause)))
                output.play(louder(pcm, order.gain))
                pause = 0.0


def tell(number: int, trouble: str, mute: bool) -> None:
    """Say on stdout that it is silent again."""
    words = {"ended": number, "trouble": trouble, "mute": mute}
    print(json.dumps(words, ensure_ascii=False), flush=True)


def obey(mouth: Mouth, line: str) -> None:
    """Do what a line says. A line of another kind is a mistake of the program: ValueError."""
    words: dict[str, Any] = json.loads(line)
    if "say" in words:
        texts = tuple(str(x) for x in words["texts"])
        mouth.say(Order(int(words["say"]), texts, str(words["language"]), float(words["gain"])))
    elif "stop" in words:
        mouth.stop()
    else:
        raise ValueError(f"unknown words {sorted(words)}")


def main(settings: str) -> None:
    """Speak until stdin ends."""
    wanted: dict[str, Any] = json.loads(settings)
    folder = Path(wanted["folder"]) if wanted["folder"] else None
    sounds = Sounds(Recordings(folder), int(wanted["rate"]))
    mouth = Mouth(
        sounds,
        lambda: output_of(wanted["output"], wanted["device"], Path(wanted["files"])),
        tell,
    )
    for line in sys.stdin:
        obey(mouth, line)
    mouth.stop()


if __name__ == "__main__":
    main(sys.argv[1])
