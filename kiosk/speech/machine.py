"""The machine's voice: espeak-ng, a process for each text, its sound taken from a pipe.

Mandarin is the voice ``cmn-latn-pinyin``: in espeak-ng 1.51, which Debian 12 has, ``cmn`` reads
the syllables that it finds for characters by English rules ("hao two"; espeak-ng issue 1236). It
takes Pinyin with tones among the characters, so words with a character of several readings
(多音字) get theirs from :data:`READINGS`.

The text goes in by a pipe: what stands on a command line can be read by every program.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

from kiosk.speech.pcm import Pcm, SoundError, read_wav

PROGRAM = "espeak-ng"
TIMEOUT_S = 5.0
LONGEST_TEXT = 600
VOICES = {"zh": "cmn-latn-pinyin", "en": "en-gb"}
READINGS = {
    "银行": "yin2hang2",
    "行业": "hang2ye4",
    "量血压": "liang2血压",
    "量一量": "liang2yiliang2",
    "再量": "再liang2",
    "重复": "chong2复",
    "重新": "chong2新",
    "退还": "退huan2",
    "还给": "huan2给",
    "音乐": "yin1yue4",
    "调整": "tiao2整",
}
"""Words that the dictionary of 1.51 reads wrongly, in Pinyin where it matters."""

_CHINESE = re.compile(r"[\u3400-\u9fff，。、：；？！（）“”]+")
_READ = re.compile("|".join(map(re.escape, sorted(READINGS, key=len, reverse=True))))

Starter = Callable[[list[str]], "subprocess.Popen[bytes]"]


class VoiceError(Exception):
    """The machine has no voice now; the text says why, for a technician."""


def start(words: list[str]) -> subprocess.Popen[bytes]:
    """Start a program that takes a text and gives sound, by pipes."""
    return subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def command(language: str, rate: int) -> list[str]:
    """What is run for a text; ``rate`` in words a minute."""
    return [PROGRAM, "-v", VOICES[language], "-s", str(rate), "-b", "1", "--stdin", "--stdout"]


def runs(text: str, language: str) -> list[tuple[str, str]]:
    """The text in pieces of one language each: Chinese names in an English sentence are Chinese."""
    if language == "zh":
        return [(text, "zh")] if re.search(r"\w", text) else []
    pieces, at = [], 0
    for found in _CHINESE.finditer(text):
        pieces += [(text[at : found.start()], "en"), (found[0], "zh")]
        at = found.end()
    pieces.append((text[at:], "en"))
    return [(x, which) for x, which in pieces if re.search(r"\w", x)]


def with_readings(text: str) -> str:
    """Chinese with Pinyin where the dictionary would choose the wrong reading."""
    return _READ.sub(lambda found: READINGS[found[0]], text)


def synthesize(text: str, language: str, rate: int, starter: Starter = start) -> Pcm:
    """The sound of a text in one language. Raises VoiceError if there is none in time."""
    if language == "zh":
        text = with_readings(text)
    try:
        process = starter(command(language, rate))
    except OSError as error:
        raise VoiceError(f"{PROGRAM} can't be started: {error.strerror}") from error
    with process:
        try:
            data, _ = process.communicate(text[:LONGEST_TEXT].encode(), TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise VoiceError(f"{PROGRAM} gave no sound within {TIMEOUT_S:g} s") from error
    if process.returncode:
        raise VoiceError(f"{PROGRAM} ended with {process.returncode}")
    try:
        return read_wav(data)
    except SoundError as error:
        raise VoiceError(f"what {PROGRAM} gave {error}") from error
