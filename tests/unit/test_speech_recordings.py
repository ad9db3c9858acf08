"""A folder of recorded phrases: good, missing, stale, broken; and ``kiosk speech`` on it."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from kiosk.main import main
from kiosk.speech import outputs
from kiosk.speech.child import Sounds
from kiosk.speech.pcm import Pcm, SoundError, gain, louder, read_wav
from kiosk.speech.phrases import recordable
from kiosk.speech.recordings import MANIFEST, Kept, Recordings, hash_of
from tests.unit.test_config import FILES, SMALL, complete

WELCOME = "home.welcome"


def record(
    path: Path, *, rate: int = 16_000, width: int = 2, channels: int = 1, frames: int = 1_600
) -> None:
    """A file of this form; every sample is 100."""
    with wave.Wave_write(str(path)) as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes((100).to_bytes(width, "little") * channels * frames)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "phrases"
    made.mkdir()
    return made


def finding(folder: Path, phrase_id: str = WELCOME) -> tuple[Kept, str]:
    found = next(x for x in Recordings(folder).findings() if x.id == phrase_id)
    return found.kept, found.detail


# Sounds


def test_a_recording_is_read_with_its_rate(folder: Path) -> None:
    record(folder / "x.wav", rate=48_000, frames=24_000)
    found = read_wav((folder / "x.wav").read_bytes())
    assert (found.rate, found.seconds) == (48_000, 0.5)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"width": 1}, "8 bits"),
        ({"channels": 2}, "2 channel"),
        ({"rate": 7_000}, "7000 Hz"),
        ({"frames": 0}, "no sound"),
        ({"rate": 8_000, "frames": 60 * 8_000 + 1}, "longer than 60 s"),
    ],
)
def test_a_recording_of_another_form_says_which(
    folder: Path, form: dict[str, int], words: str
) -> None:
    record(folder / "x.wav", **form)
    with pytest.raises(SoundError, match=words):
        read_wav((folder / "x.wav").read_bytes())


@pytest.mark.parametrize("data", [b"", b"RIFF", b"RIFF\0\0\0\0WAVEdata", b"no sound" * 100])
def test_what_is_no_recording_is_refused(data: bytes) -> None:
    with pytest.raises(SoundError, match="no WAV file"):
        read_wav(data)


def test_steps_of_the_volume_are_louder_one_after_the_other() -> None:
    steps = [gain(x, 5) for x in range(6)]
    assert steps == sorted(set(steps))
    assert (steps[0], steps[5]) == (0.0, 1.0)
    loud = Pcm(8_000, (1000).to_bytes(2, "little", signed=True) * 4)
    assert louder(loud, 1.0) == loud
    assert louder(loud, 0.5).samples == (500).to_bytes(2, "little", signed=True) * 4
    quiet = Pcm(8_000, (-1000).to_bytes(2, "little", signed=True))
    assert louder(quiet, 0.5).samples == (-500).to_bytes(2, "little", signed=True)


# The folder


def test_a_phrase_goes_from_missing_to_recorded_to_stale(folder: Path) -> None:
    assert finding(folder)[0] is Kept.MISSING
    record(folder / f"{WELCOME}.wav")
    assert finding(folder)[0] is Kept.UNSIGNED
    assert not Recordings(folder).usable(WELCOME, recordable()[WELCOME])
    Recordings(folder).sign(WELCOME)
    assert finding(folder) == (Kept.GOOD, "")
    assert Recordings(folder).usable(WELCOME, recordable()[WELCOME])
    (folder / MANIFEST).write_text(f'"{WELCOME}" = "{hash_of("another text")}"\n')
    assert finding(folder)[0] is Kept.STALE
    assert not Recordings(folder).usable(WELCOME, recordable()[WELCOME])


def test_a_broken_file_is_named_and_cannot_be_signed(folder: Path) -> None:
    path = folder / f"{WELCOME}.wav"
    path.write_bytes(b"RIFF")
    kept, detail = finding(folder)
    assert kept is Kept.BROKEN
    assert str(path) in detail
    with pytest.raises(SoundError, match=str(path)):
        Recordings(folder).sign(WELCOME)
    with pytest.raises(SoundError, match="no such phrase"):
        Recordings(folder).sign("home.nothing")
    assert not (folder / MANIFEST).exists()


def test_a_manifest_that_cannot_be_read_is_named_and_nothing_is_used(folder: Path) -> None:
    record(folder / f"{WELCOME}.wav")
    (folder / MANIFEST).write_text("home.welcome = nothing\n")
    recordings = Recordings(folder)
    assert str(folder / MANIFEST) in recordings.trouble
    assert not recordings.usable(WELCOME, recordable()[WELCOME])


def test_without_a_folder_nothing_is_recorded() -> None:
    recordings = Recordings(None)
    assert {x.kept for x in recordings.findings()} == {Kept.MISSING}
    assert recordings.strays() == ()


def test_a_file_of_no_phrase_is_told(folder: Path) -> None:
    record(folder / "home.wellcome.wav")
    assert Recordings(folder).strays() == ("home.wellcome.wav",)


def test_what_is_recorded_is_played_and_a_broken_file_is_said_by_the_machine(folder: Path) -> None:
    record(folder / f"{WELCOME}.wav", rate=16_000)
    Recordings(folder).sign(WELCOME)
    sounds = Sounds(Recordings(folder), 140)
    text = recordable()[WELCOME]
    assert [x.rate for x in sounds.of(text, "zh")] == [16_000]
    assert sounds.trouble == ""
    (folder / f"{WELCOME}.wav").write_bytes(b"RIFF")
    assert [x.rate for x in sounds.of(text, "zh")] == [22_050]
    assert WELCOME in sounds.trouble


# On the command line


@pytest.fixture
def config(tmp_path: Path, folder: Path) -> Path:
    (tmp_path / "keys").mkdir()
    for name in FILES:
        (tmp_path / name).write_text("stands for a key\n")
    file = tmp_path / "cabin.toml"
    file.write_text(complete(SMALL + f'[voice]\noutput = "file"\nfolder = "{folder.name}"\n'))
    return file


def run(config: Path, *words: str) -> int:
    return main(["speech", words[0], "--config", str(config), *words[1:]])


def test_list_prints_every_phrase_with_its_source(
    config: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(folder / f"{WELCOME}.wav")
    assert run(config, "sign", WELCOME) == 0
    assert run(config, "list") == 0
    rows = [x.split("\t") for x in capsys.readouterr().out.splitlines()]
    assert [x[0] for x in rows] == list(recordable())
    assert [x[0] for x in rows if x[1] == "recorded"] == [WELCOME]
    assert rows[0][2] == "您好，今天要办什么？"


def test_check_tells_what_is_not_good(
    config: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(folder / f"{WELCOME}.wav")
    record(folder / "stray.wav")
    assert run(config, "check") == 1
    said = capsys.readouterr().out
    assert f"{WELCOME}: not in the manifest" in said
    assert "home.hint: missing" in said
    assert "stray.wav: belongs to no phrase" in said
    for phrase_id in recordable():
        record(folder / f"{phrase_id}.wav", frames=10)
    assert run(config, "sign", *recordable()) == 0
    assert run(config, "check") == 0
    assert f"{len(recordable())} recorded" in capsys.readouterr().out


def test_check_tells_which_program_is_missing(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert run(config, "check") == 1
    said = capsys.readouterr().out
    assert "espeak-ng is missing: install the package espeak-ng" in said
    assert "aplay is missing: install the package alsa-utils" in said


def test_say_makes_a_sound_or_says_why_not(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(outputs, "CHUNK_S", 0.001)
    assert run(config, "say", "n.1") == 0
    (file,) = (config.parent / "data" / "voice").glob("*.wav")
    assert read_wav(file.read_bytes()).seconds > 0.1
    monkeypatch.setenv("PATH", "")
    assert run(config, "say", "n.1") == 1
    assert "espeak-ng can't be started" in capsys.readouterr().err


def test_sign_refuses_what_is_not_there(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(config, "sign", WELCOME) == 1
    assert f"{WELCOME}.wav: can't be read" in capsys.readouterr().err


def test_what_to_record_is_told_without_a_cabin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["speech", "list"]) == 0
    told = dict(line.split("\t", 1) for line in capsys.readouterr().out.splitlines())
    assert told[WELCOME].startswith("machine\t")
    assert main(["speech", "list", "--config", str(tmp_path / "cabin.toml")]) == 2
