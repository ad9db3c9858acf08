"""The kiosk, with parts that can be made to stand still: the engine when the file ``STAND_STILL``
names is taken away, the screen by SIGUSR2. SIGUSR1 starts the program anew in its own process,
as a new configuration does.

Run it as the program itself: ``python -m tests.support.stuck_kiosk run …``.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from kiosk.behind import Behind
from kiosk.engine import Engine
from kiosk.main import main

ENGINE_RUNS = "STAND_STILL"
_fire_timers = Engine._fire_timers


def stand_still() -> None:
    """Never come back."""
    threading.Event().wait()


_begin = Behind._work
_behind: list[Behind] = []


def _work(behind: Behind) -> None:
    _behind.append(behind)
    _begin(behind)


def _fire(engine: Engine) -> bool:
    runs = os.environ.get(ENGINE_RUNS)
    if runs and not Path(runs).exists():
        stand_still()
    return _fire_timers(engine)


if __name__ == "__main__":
    Engine._fire_timers = _fire  # type: ignore[method-assign]
    Behind._work = _work  # type: ignore[method-assign]
    signal.signal(signal.SIGUSR1, lambda *_: _behind[0].start_again())
    signal.signal(signal.SIGUSR2, lambda *_: stand_still())  # on the thread of the screen's loop
    sys.exit(main())
