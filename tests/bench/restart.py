"""From a kiosk that stands still and is ended to a home screen that can be touched again.

The supervisor does what the units of `kiosk install` tell systemd to: it waits ``RestartSec`` and
starts the program. Before that come the watchdog's own seconds, which are its patience and no
measure.
"""

from __future__ import annotations

import signal
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from kiosk.install.units import ABORT_S, RESTART_S, WATCHDOG_S
from tests.bench.cold_start import PATIENCE_S, connect, home_answers, when
from tests.bench.scene import scene, surroundings
from tests.support.supervisor import FED, READY, Supervisor

LIMIT_S = 5.0
RESTARTS = 5


def measure(restarts: int = RESTARTS) -> dict[str, Any]:
    """Seconds from the end of the old process to the new home screen; its greatest, too."""
    with scene() as place, tempfile.TemporaryDirectory(prefix="restart-") as folder:
        path = place.cabin.folder / "inspect"
        words = ["run", "--config", str(place.cabin.config), "--inspect", str(path)]
        with Supervisor(
            [sys.executable, "-m", "kiosk.main", *words],
            Path(folder),
            watchdog_s=WATCHDOG_S,
            abort_s=ABORT_S,
            restart_s=RESTART_S,
            environment=surroundings(place.display),
        ) as service:
            service.until(FED)
            each = [_restart(service, path, count) for count in range(1, restarts + 1)]
    return {
        "median_s": round(statistics.median(each), 3),
        "greatest_s": round(max(each), 3),
        "each_s": [round(x, 3) for x in each],
        "waited_s": RESTART_S,
    }


def _restart(service: Supervisor, path: Path, count: int) -> float:
    """Kill it and wait until what can be touched answers."""
    path.unlink(missing_ok=True)
    service.kill(signal.SIGKILL)
    began = time.perf_counter()
    with socket.socket(socket.AF_UNIX) as connection:
        connect(connection, path, began + PATIENCE_S)
        with connection.makefile("rw") as talk:
            _, touchable = when(talk, home_answers, began + PATIENCE_S)
    service.until(READY, count + 1)
    return touchable - began
