"""``kiosk speech``: what to record, what is missing or stale, how a phrase sounds.

Exit codes: 0 good, 1 something is missing, stale or can't be heard, 2 the words are wrong.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from kiosk.config import ConfigError, load
from kiosk.settings import VoiceSettings
from kiosk.speech import machine, outputs
from kiosk.speech.child import Sounds
from kiosk.speech.pcm import SoundError, gain, louder
from kiosk.speech.phrases import recordable
from kiosk.speech.recordings import Kept, Recordings

GOOD, BAD, USAGE = 0, 1, 2
_Part = Callable[[argparse.Namespace, VoiceSettings, Path], int]


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``speech`` with its own commands; sets ``handler``, called with the arguments."""
    speech = commands.add_parser("speech", help="what the kiosk says, and recordings of it")
    parts = speech.add_subparsers(dest="speech_command", required=True)

    def add(name: str, part: _Part, text: str) -> argparse.ArgumentParser:
        parser = parts.add_parser(name, help=text, description=text)
        parser.add_argument("--config", type=Path, metavar="FILE", help="default: cabin.toml")
        parser.add_argument("--folder", type=Path, help="of recordings, instead of [voice] folder")
        parser.set_defaults(handler=run, part=part)
        return parser

    add("list", _list, "what to record: id, how it is said now, the words")
    add("check", _check, "what is missing, stale or broken, and whether anything can be heard")
    say = add("say", _say, "say one phrase, or a text of your own")
    say.add_argument("what", metavar="ID|TEXT")
    sign = add("sign", _sign, "note that recordings say what the program says now")
    sign.add_argument("ids", nargs="+", metavar="ID")


def run(args: argparse.Namespace) -> int:
    """Carry out a command with the configuration's voice. Returns the exit code.

    Whoever records at home has no cabin: without a cabin.toml the defaults stand.
    """
    part = args.part
    config = args.config or Path("cabin.toml")
    if args.config is None and not config.exists():
        with tempfile.TemporaryDirectory() as folder:
            return int(part(args, VoiceSettings(), Path(folder)))
    try:
        settings = load(config)
    except ConfigError as error:
        for mistake in error.mistakes:
            print(mistake, file=sys.stderr)
        return USAGE
    return int(part(args, settings.voice, settings.cabin.data_dir))


def _recordings(args: argparse.Namespace, voice: VoiceSettings) -> Recordings:
    return Recordings(args.folder or voice.folder)


def _list(args: argparse.Namespace, voice: VoiceSettings, _data: Path) -> int:
    recordings = _recordings(args, voice)
    for phrase_id, text in recordable().items():
        source = "recorded" if recordings.usable(phrase_id, text) else "machine"
        print(f"{phrase_id}\t{source}\t{' '.join(text.split())}")
    return GOOD


def _check(args: argparse.Namespace, voice: VoiceSettings, _data: Path) -> int:
    recordings = _recordings(args, voice)
    counts = dict.fromkeys(Kept, 0)
    for found in recordings.findings():
        counts[found.kept] += 1
        if found.kept is not Kept.GOOD and recordings.folder is not None:
            print(f"{found.id}: {found.kept}" + (f": {found.detail}" if found.detail else ""))
    for name in recordings.strays():
        print(f"{name}: belongs to no phrase")
    if recordings.folder is None:
        print("no folder for recordings: all is said by the machine")
    else:
        print(", ".join(f"{number} {kept}" for kept, number in counts.items() if number))
    troubles = [recordings.trouble] if recordings.trouble else []
    for program, package in ((machine.PROGRAM, "espeak-ng"), (outputs.PROGRAM, "alsa-utils")):
        if shutil.which(program) is None and voice.output != "none":
            troubles.append(f"{program} is missing: install the package {package}")
    for trouble in troubles:
        print(trouble)
    whole = recordings.folder is None or counts[Kept.GOOD] == sum(counts.values())
    return BAD if troubles or not whole else GOOD


def _say(args: argparse.Namespace, voice: VoiceSettings, data: Path) -> int:
    text = recordable().get(args.what, args.what)
    if voice.output == "none":
        print("[voice] output is none: nothing is heard", file=sys.stderr)
        return BAD
    output = outputs.output_of(voice.output, voice.device, data / "voice")
    sounds = Sounds(_recordings(args, voice), voice.rate)
    loud = gain(voice.volume, voice.steps)
    try:
        for pcm in sounds.of(text, "zh"):
            output.play(louder(pcm, loud))
        output.finish()
    except (machine.VoiceError, outputs.OutputError) as error:
        print(error, file=sys.stderr)
        return BAD
    if sounds.trouble:
        print(sounds.trouble, file=sys.stderr)
    return GOOD


def _sign(args: argparse.Namespace, voice: VoiceSettings, _data: Path) -> int:
    try:
        _recordings(args, voice).sign(*args.ids)
    except (SoundError, OSError) as error:
        print(error, file=sys.stderr)
        return BAD
    return GOOD
