"""Sound as numbers: WAV files read, made louder or softer, joined."""

from __future__ import annotations

import io
import math
import sys
import wave
from array import array
from dataclasses import dataclass

RATES = range(8_000, 48_001)
LONGEST_S = 60
STEP_DB = 4.0
"""From one step of the volume to the next."""


class SoundError(Exception):
    """A sound can't be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Pcm:
    """Samples of 16 bits, one channel, little-endian; ``rate`` in samples a second."""

    rate: int
    samples: bytes

    @property
    def seconds(self) -> float:
        return len(self.samples) / 2 / self.rate


def read_wav(data: bytes) -> Pcm:
    """A WAV file's sound: 16 bits, one channel, 8 to 48 kHz, at most a minute.

    A stream whose header doesn't tell its length, as programs write it into a pipe, is read to
    its end. Raises SoundError, with what is wrong.
    """
    try:
        with wave.open(io.BytesIO(data)) as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            samples = file.readframes(LONGEST_S * rate + 1)
    except (wave.Error, EOFError) as error:
        raise SoundError(
            f"is no WAV file that can be read ({error or 'it ends too early'})"
        ) from error
    if width != 2 or channels != 1:
        found = f"{8 * width} bits and {channels} channel(s)"
        raise SoundError(f"has {found}; allowed: 16 bits and 1 channel")
    if rate not in RATES:
        raise SoundError(f"has {rate} Hz; allowed: {RATES.start} … {RATES.stop - 1} Hz")
    if len(samples) > 2 * LONGEST_S * rate:
        raise SoundError(f"is longer than {LONGEST_S} s")
    if not samples:
        raise SoundError("holds no sound")
    return Pcm(rate, samples)


def gain(step: int, steps: int) -> float:
    """What a step of the volume multiplies samples by; the uppermost step is 1."""
    if step <= 0:
        return 0.0
    return math.pow(10, (min(step, steps) - steps) * STEP_DB / 20)


def louder(pcm: Pcm, factor: float) -> Pcm:
    """The same sound times ``factor`` (0–1)."""
    if factor >= 1:
        return pcm
    samples = array("h", pcm.samples)
    if sys.byteorder == "big":
        samples.byteswap()
    samples = array("h", [int(x * factor) for x in samples])
    if sys.byteorder == "big":
        samples.byteswap()
    return Pcm(pcm.rate, samples.tobytes())


def silence(rate: int, seconds: float) -> bytes:
    """A pause between two texts."""
    return bytes(2 * round(rate * seconds))
