"""The process that speaks, with the real espeak-ng; what is heard goes into files."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.settings import VoiceSettings
from kiosk.speech import machine
from kiosk.speech.pcm import SoundError, read_wav
from kiosk.speech.speaker import AGAIN_S, Speaker

FILES = VoiceSettings(output="file")
ESPEAK = shutil.which(machine.PROGRAM)
LONG = "您好，今天要办什么？" * 8
PATIENCE_S = 30.0


class Clock:
    """A monotonic clock that stands still."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def speakers(tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Speaker]]:
    """Makes speakers, and ends them."""
    made: list[Speaker] = []

    def make(settings: VoiceSettings = FILES, *command: str) -> Speaker:
        words = (tuple(command),) if command else ()
        made.append(Speaker(settings, tmp_path / "voice", *words, clock=clock))
        return made[-1]

    yield make
    for speaker in made:
        speaker.close()


def until(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.01)


def say(speaker: Speaker, *texts: str, language: str = "zh", step: int = 5) -> None:
    speaker.say("x", texts, language, step)


def silent(speaker: Speaker) -> None:
    until(lambda: speaker.speaking is None, "silence")


def heard(folder: Path, number: int) -> bytes:
    """The samples of a finished file; nothing while it is being written."""
    try:
        return read_wav((folder / "voice" / f"{number:03}.wav").read_bytes()).samples
    except (FileNotFoundError, SoundError):
        return b""


def pid_of(speaker: Speaker) -> int:
    until(lambda: speaker._process is not None, "a process")
    process = speaker._process
    assert process is not None
    return process.pid


# The machine's voice


def test_what_is_said_sounds_and_sounds_like_its_text() -> None:
    one, other = (machine.synthesize(x, "zh", 140) for x in ("电费", "水费"))
    english = machine.synthesize("Pay bills", "en", 140)
    assert all(x.seconds > 0.2 for x in (one, other, english))
    assert len({one.samples, other.samples, english.samples}) == 3


def test_figures_are_said_in_chinese_and_each_character_by_its_syllable() -> None:
    """The voice that Debian 12 calls cmn says English letters instead; ours must not."""
    found = subprocess.run(
        [machine.PROGRAM, "-v", machine.VOICES["zh"], "-x", "-q", "--stdin"],
        input=machine.with_readings("您好银行").encode(),
        capture_output=True,
        check=True,
    )
    said = found.stdout.decode()
    assert "(en)" not in said
    assert "X'a" in said  # háng, not xíng


def test_a_faster_voice_is_shorter() -> None:
    slow, fast = (machine.synthesize(LONG, "zh", rate).seconds for rate in (100, 250))
    assert fast < slow


def test_no_text_stands_on_a_command_line() -> None:
    words: list[list[str]] = []

    def starter(command: list[str]) -> subprocess.Popen[bytes]:
        words.append(command)
        return machine.start(command)

    machine.synthesize("三千一百元", "zh", 140, starter)
    assert words
    assert not any("三千" in x for x in words[0])


def test_a_voice_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "TIMEOUT_S", 0.05)
    started: list[subprocess.Popen[bytes]] = []

    def starter(_: list[str]) -> subprocess.Popen[bytes]:
        started.append(machine.start(["sleep", "1000"]))
        return started[0]

    with pytest.raises(machine.VoiceError, match="gave no sound within"):
        machine.synthesize("一", "zh", 140, starter)
    assert started[0].returncode is not None


@pytest.mark.parametrize(("program", "words"), [("false", "ended with 1"), ("true", "no WAV file")])
def test_a_voice_that_fails_says_how(program: str, words: str) -> None:
    with pytest.raises(machine.VoiceError, match=words):
        machine.synthesize("一", "zh", 140, lambda _: machine.start([program]))


# Through the process


def test_texts_are_said_one_after_the_other(
    speakers: Callable[..., Speaker], tmp_path: Path
) -> None:
    speaker = speakers()
    say(speaker, "电费", "¥ 12.80")
    assert speaker.speaking == "x"
    silent(speaker)
    both = heard(tmp_path, 1)
    say(speaker, "电费")
    silent(speaker)
    assert both.startswith(heard(tmp_path, 2))
    assert len(both) > len(heard(tmp_path, 2)) > 0


def test_a_lower_step_is_quieter(speakers: Callable[..., Speaker], tmp_path: Path) -> None:
    speaker = speakers()
    for step in (5, 1):
        say(speaker, "电费", step=step)
        silent(speaker)
    loud, quiet = (max(heard(tmp_path, n)[1::2], key=_high) for n in (1, 2))
    assert _high(loud) > _high(quiet) > 0


def _high(byte: int) -> int:
    """How loud the upper half of a sample is."""
    return min(byte, 256 - byte)


def test_silence_cuts_off_what_is_being_said(
    speakers: Callable[..., Speaker], tmp_path: Path
) -> None:
    speaker = speakers()
    say(speaker, LONG)
    file = tmp_path / "voice" / "001.wav"
    until(lambda: file.exists() and file.stat().st_size > 10_000, "the first sounds")
    speaker.stop()
    assert speaker.speaking is None
    until(lambda: heard(tmp_path, 1), "the end of the file")
    whole = machine.synthesize(LONG, "zh", 140)
    assert len(heard(tmp_path, 1)) < len(whole.samples) // 2


def test_the_newest_cuts_off_the_older(speakers: Callable[..., Speaker], tmp_path: Path) -> None:
    speaker = speakers()
    say(speaker, LONG)
    file = tmp_path / "voice" / "001.wav"
    until(lambda: file.exists() and file.stat().st_size > 10_000, "the first sounds")
    speaker.say("newer", ("电费",), "zh", 5)
    assert speaker.speaking == "newer"
    silent(speaker)
    until(lambda: heard(tmp_path, 1), "the end of the first file")
    assert len(heard(tmp_path, 1)) < len(machine.synthesize(LONG, "zh", 140).samples) // 2
    assert heard(tmp_path, 2)


def test_of_what_waits_for_the_process_only_the_newest_is_said(
    speakers: Callable[..., Speaker], tmp_path: Path
) -> None:
    speaker = speakers()
    for text in (LONG, LONG, "电费"):
        say(speaker, text)
    silent(speaker)
    files = sorted((tmp_path / "voice").iterdir())
    assert len(heard(tmp_path, len(files))) < 3 * 22_050


def test_english_with_a_chinese_name_in_it(
    speakers: Callable[..., Speaker], tmp_path: Path
) -> None:
    speaker = speakers()
    say(speaker, "Asking: 电力", language="en")
    silent(speaker)
    assert heard(tmp_path, 1)


@pytest.mark.parametrize(
    ("settings", "step", "texts"),
    [(FILES, 0, ("电费",)), (FILES, 3, ()), (replace(FILES, output="none"), 3, ("电费",))],
)
def test_where_nothing_is_to_be_heard_nothing_is_started(
    speakers: Callable[..., Speaker], settings: VoiceSettings, step: int, texts: tuple[str, ...]
) -> None:
    speaker = speakers(settings)
    say(speaker, *texts, step=step)
    assert speaker.speaking is None
    assert speaker._process is None


# What can go wrong


def told(log: pytest.LogCaptureFixture, words: str) -> None:
    until(lambda: words in log.text, words)


def test_a_machine_without_a_sound_card_is_silent_and_says_so_once(
    speakers: Callable[..., Speaker], clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    speaker = speakers(VoiceSettings(device="hw:99"))
    for _ in range(2):
        say(speaker, "电费")
        silent(speaker)
        told(caplog, "aplay ended with 1")
        clock.now += AGAIN_S + 1
    say(speaker, "电费")
    silent(speaker)
    assert caplog.text.count("aplay ended with 1") == 1


def test_after_a_failure_nothing_is_tried_for_a_while(
    speakers: Callable[..., Speaker], clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    speaker = speakers(VoiceSettings(device="hw:99"))
    say(speaker, "电费")
    told(caplog, "aplay ended with 1")
    say(speaker, "电费")
    assert speaker.speaking is None
    clock.now += AGAIN_S + 1
    say(speaker, "电费")
    assert speaker.speaking == "x"


def test_a_card_that_takes_everything_is_no_trouble(
    speakers: Callable[..., Speaker], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    speaker = speakers(VoiceSettings(device="null"))
    say(speaker, "电费")
    silent(speaker)
    say(speaker, "水费")
    silent(speaker)
    assert "voice:" not in caplog.text


def programs(folder: Path, **scripts: str) -> str:
    """A PATH on which only these programs are, each a line of shell."""
    folder.mkdir()
    for name, line in scripts.items():
        file = folder / name.replace("_", "-")
        file.write_text(f"#!/bin/sh\n{line}\n")
        file.chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(
    ("scripts", "words"),
    [
        ({}, "espeak-ng can't be started"),
        ({"espeak_ng": f'exec {ESPEAK} "$@"'}, "aplay can't be started"),
        ({"espeak_ng": "exit 3"}, "espeak-ng ended with 3"),
    ],
)
def test_a_program_that_is_missing_or_fails_is_silence_and_a_line_in_the_log(
    speakers: Callable[..., Speaker],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    scripts: dict[str, str],
    words: str,
) -> None:
    monkeypatch.setenv("PATH", programs(tmp_path / "bin", **scripts))
    speaker = speakers(VoiceSettings())
    say(speaker, "电费")
    silent(speaker)
    told(caplog, words)


def test_a_loudspeaker_that_hangs_is_cut_off(
    speakers: Callable[..., Speaker], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = tmp_path / "pid"
    path = programs(
        tmp_path / "bin",
        espeak_ng=f'exec {ESPEAK} "$@"',
        aplay=f"echo $$ >{noted}; exec /bin/sleep 1000",
    )
    monkeypatch.setenv("PATH", path)
    speaker = speakers(VoiceSettings())
    say(speaker, LONG)
    until(lambda: noted.exists() and noted.read_text().strip(), "a loudspeaker")
    speaker.stop()
    until(lambda: not Path(f"/proc/{noted.read_text().strip()}").exists(), "its end")


def test_a_process_that_dies_is_started_again(
    speakers: Callable[..., Speaker], clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    speaker = speakers()
    say(speaker, LONG)
    first = pid_of(speaker)
    os.kill(first, 9)
    silent(speaker)
    told(caplog, "its process ended")
    clock.now += AGAIN_S + 1
    say(speaker, "电费")
    assert pid_of(speaker) != first
    silent(speaker)


def test_a_process_that_cannot_be_started_is_silence(
    speakers: Callable[..., Speaker], caplog: pytest.LogCaptureFixture
) -> None:
    speaker = speakers(FILES, "/there/is/no/such/program")
    say(speaker, "电费")
    silent(speaker)
    told(caplog, "can't be started")


def test_a_process_that_does_not_read_holds_nobody_up(speakers: Callable[..., Speaker]) -> None:
    speaker = speakers(FILES, sys.executable, "-c", "import time; time.sleep(1000)")
    say(speaker, "电费")
    pid = pid_of(speaker)
    while speaker.speaking is not None:  # a pipe holds 64 KiB, and then no more
        say(speaker, LONG)
    until(lambda: not Path(f"/proc/{pid}").exists(), "its end")


def test_a_process_that_has_heard_names_ends_and_another_speaks_on(
    speakers: Callable[..., Speaker], caplog: pytest.LogCaptureFixture
) -> None:
    speaker = speakers()
    say(speaker, LONG)
    first = pid_of(speaker)
    speaker.forget()
    assert speaker.speaking is None
    until(lambda: not Path(f"/proc/{first}").exists(), "its end")
    say(speaker, "电费")
    assert pid_of(speaker) != first
    silent(speaker)
    assert "voice:" not in caplog.text


def test_it_ends_with_the_kiosk(speakers: Callable[..., Speaker]) -> None:
    speaker = speakers()
    say(speaker, LONG)
    pid = pid_of(speaker)
    speaker.close()
    assert not Path(f"/proc/{pid}").exists()
    say(speaker, "电费")
    assert speaker._process is None
