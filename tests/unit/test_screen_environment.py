"""What Kivy is told before it is imported must have reached it."""

from __future__ import annotations

import subprocess
import sys

_LOOK = """
import sys
from screens import environment
environment.prepare(environment.Panel())
from kivy.clock import Clock
print(Clock._max_fps, "asyncio" in sys.modules)
"""


def test_kivys_clock_never_sleeps_a_frame_out_and_brings_no_asyncio() -> None:
    """A clock that keeps its default holds every touch back for up to a sixtieth of a second."""
    done = subprocess.run(
        [sys.executable, "-c", _LOOK], stdout=subprocess.PIPE, check=True, text=True
    )
    assert done.stdout.split() == ["0.0", "False"]
