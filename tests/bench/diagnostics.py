"""What a technician's questions cost a touch: home to bill and back, asked and left alone in turns.

While it is asked, another process takes everything that is known of the cabin twice a second and
follows the traffic of every machine. What the asking programs themselves take from the processor
is in it too: on the cabin's machine they run beside the kiosk.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kiosk.diagnostics.control import Client
from kiosk.main import NICE
from tests.bench.numbers import summary_ms
from tests.bench.scene import scene
from tests.bench.touches import back_and_forth

MORE_MS = 5.0
"""What a touch may need more while somebody asks."""
TOUCHES = 50
ROUNDS = 2
ASK_EVERY_S = 0.5


def measure(touches: int = TOUCHES) -> dict[str, Any]:
    """Milliseconds to the first pixel, with questions and without."""
    seen: dict[bool, list[float]] = {True: [], False: []}
    with scene() as place, place.kiosk() as kiosk:
        for _ in range(ROUNDS):
            for asked, times in seen.items():
                with _asking(place.cabin.folder / "data") if asked else _nobody():
                    there, back, _look = back_and_forth(place.glass, kiosk, touches)
                times += there + back
    return {"asked_ms": summary_ms(seen[True]), "alone_ms": summary_ms(seen[False])}


@contextmanager
def _nobody() -> Iterator[None]:
    yield


@contextmanager
def _asking(data_dir: Path) -> Iterator[None]:
    words = [sys.executable, "-m", "tests.bench.diagnostics", str(data_dir)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as asking:
        assert asking.stdout is not None
        try:
            if asking.stdout.readline() != "asking\n":
                raise RuntimeError("nobody asks")
            yield
            if asking.poll() is not None:
                raise RuntimeError("the questions ended before the touches")
        finally:
            asking.terminate()


def ask(data_dir: Path) -> None:
    """Ask for as long as this process lives, and give way as ``kiosk status`` does."""
    os.nice(NICE)
    with Client(data_dir) as client:
        roles = [x["role"] for x in client.one(get="devices")["devices"]]
        for role in roles[:6]:  # the socket has room for eight callers
            threading.Thread(target=_follow, args=(data_dir, role), daemon=True).start()
        print("asking", flush=True)
        while True:
            client.one(get="status")
            time.sleep(ASK_EVERY_S)


def _follow(data_dir: Path, role: str) -> None:
    with Client(data_dir) as client:
        for _ in client.ask(trace=role):
            pass


if __name__ == "__main__":
    ask(Path(sys.argv[1]))
