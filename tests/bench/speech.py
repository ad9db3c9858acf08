"""What speaking costs a touch: home to bill and back by a kiosk that speaks and one that is silent.

Both kiosks stand in turn on the same screen; each touch cuts off what is being said and begins the
next. What is heard goes into a file, at the pace of a loudspeaker, so a machine without one counts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil

from tests.bench.numbers import summary_ms
from tests.bench.scene import Scene, memory_of, process_of, scene
from tests.bench.touches import back_and_forth
from tests.support.window import KioskWindow

MORE_MS = 3.0
"""What the speaking kiosk may need more: less than a fifth of a frame."""
CHILD_MIB = 16.0
TOUCHES = 60
ROUNDS = 2


def measure(touches: int = TOUCHES) -> dict[str, Any]:
    """Milliseconds to the first pixel, speaking and silent in turns; MiB of the voice's process."""
    seen: dict[str, list[float]] = {"file": [], "none": []}
    mib = 0.0
    with scene() as place:
        for _ in range(ROUNDS):
            for output, times in seen.items():
                _turn(place.cabin.config, output)
                found, more = _one(place, touches, output)
                times += found
                mib = max(mib, more)
        said = len(list((place.cabin.folder / "data" / "voice").glob("*.wav")))
    return {
        "speaking_ms": summary_ms(seen["file"]),
        "silent_ms": summary_ms(seen["none"]),
        "voice_pss_mib": mib,
        "utterances": said,
    }


def _one(place: Scene, touches: int, output: str) -> tuple[list[float], float]:
    with place.kiosk() as kiosk:
        there, back, _look = back_and_forth(place.glass, kiosk, touches)
        return there + back, _voice_mib(kiosk) if output == "file" else 0.0


def _turn(config: Path, output: str) -> None:
    text = config.read_text(encoding="utf-8")
    for other in ("file", "none"):
        text = text.replace(f'output = "{other}"', f'output = "{output}"')
    config.write_text(text, encoding="utf-8")


def _voice_mib(kiosk: KioskWindow) -> float:
    """Memory (PSS) of the process that speaks, without the espeak-ng that it starts for moments."""
    voices = [x for x in process_of(kiosk).children() if "kiosk.speech.child" in x.cmdline()]
    if len(voices) != 1:
        raise RuntimeError(f"{len(voices)} processes speak")
    return memory_of(psutil.Process(voices[0].pid)).pss
