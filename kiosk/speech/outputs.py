"""Where sound goes: to ALSA by ``aplay``, or, in tests, into files at the pace of a loudspeaker."""

from __future__ import annotations

import itertools
import subprocess
import threading
import wave
from pathlib import Path
from typing import Protocol

from kiosk.speech.pcm import Pcm

PROGRAM = "aplay"
CHUNK_S = 0.05
END_S = 30.0
"""Patience with a sound card that has all and doesn't come to an end."""


class OutputError(Exception):
    """Nothing can be heard; the text says why, for a technician."""


class Output(Protocol):
    """One utterance's way out. ``cut`` may be called from another thread at any moment."""

    def play(self, pcm: Pcm) -> None:
        """Play this after what came before. Raises OutputError."""

    def finish(self) -> None:
        """Wait until all has been heard. Raises OutputError."""

    def cut(self) -> None:
        """Be silent at once and for good."""


class Alsa:
    """A process of ``aplay`` for as long as the rate stays the same."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._lock = threading.Lock()
        self._cut = False
        self._rate = 0
        self._process: subprocess.Popen[bytes] | None = None

    def play(self, pcm: Pcm) -> None:
        if pcm.rate != self._rate:
            self.finish()
            self._start(pcm.rate)
        process = self._process
        if process is None or process.stdin is None:
            return  # cut
        try:
            process.stdin.write(pcm.samples)
            process.stdin.flush()
        except BrokenPipeError:
            self.finish()

    def finish(self) -> None:
        process = self._process
        if process is None:
            return
        try:
            _, said = process.communicate(timeout=END_S)
        except subprocess.TimeoutExpired as error:
            process.kill()
            process.wait()
            raise OutputError(f"{PROGRAM} does not come to an end") from error
        self._process, self._rate = None, 0
        if process.returncode and not self._cut:
            last = said.decode(errors="replace").strip().splitlines()[-1:]
            raise OutputError(" ".join([f"{PROGRAM} ended with {process.returncode}:", *last]))

    def cut(self) -> None:
        with self._lock:
            self._cut = True
            if self._process is not None:
                self._process.kill()

    def _start(self, rate: int) -> None:
        words = [PROGRAM, "-q", "-D", self._device, "-t", "raw", "-f", "S16_LE"]
        with self._lock:
            if self._cut:
                return
            try:
                self._process = subprocess.Popen(
                    [*words, "-c", "1", "-r", str(rate), "-"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                )
            except OSError as error:
                raise OutputError(f"{PROGRAM} can't be started: {error.strerror}") from error
        self._rate = rate


class Files:
    """For tests: each utterance is ``NNN.wav`` in a folder, and takes as long as it would sound."""

    _numbers = itertools.count(1)

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cut = threading.Event()
        self._file: wave.Wave_write | None = None

    def play(self, pcm: Pcm) -> None:
        if self._cut.is_set():
            return
        if self._file is None:
            self._file = self._open(pcm.rate)
        size = 2 * round(pcm.rate * CHUNK_S)
        for at in range(0, len(pcm.samples), size):
            if self._cut.wait(CHUNK_S):
                return
            self._file.writeframes(pcm.samples[at : at + size])

    def finish(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def cut(self) -> None:
        self._cut.set()

    def _open(self, rate: int) -> wave.Wave_write:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{next(self._numbers):03}.wav"
        file = wave.Wave_write(str(path))
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        return file


def output_of(kind: str, device: str, folder: Path) -> Output:
    """The way out that the configuration names."""
    return Files(folder) if kind == "file" else Alsa(device)
