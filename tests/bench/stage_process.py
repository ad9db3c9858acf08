"""The stage (``tests.bench.stage``) in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bench.scene import surroundings


class Stage:
    """The stage (``tests.bench.stage``) as a process that answers questions."""

    def __init__(self, display: str, data_dir: Path, *options: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.stage", "--data-dir", str(data_dir), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=surroundings(display),
        )

    def read(self, key: str) -> dict[str, Any]:
        """The next line that has this key. Raises EOFError when the process ended."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            message: dict[str, Any] = json.loads(line)
            if key in message:
                return message
        raise EOFError("the stage has ended")

    def say(self, line: str) -> None:
        """Give it an order."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def stop(self) -> int:
        """End it and return its exit code."""
        self.say("stop")
        return self._process.wait(timeout=20)
