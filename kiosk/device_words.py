"""What a device says, as lines for a technician or as JSON lines for a program."""

from __future__ import annotations

import json
from typing import Any, TextIO

import msgspec

from devices.driver import Completed, Notice, Progress, Report, StatusChanged
from devices.status import (
    Cancelled,
    Completion,
    Failed,
    Level,
    OutcomeUnknown,
    Status,
    Success,
    TimedOut,
)

EXIT_CODES: dict[type, int] = {Success: 0, Failed: 1, OutcomeUnknown: 3, Cancelled: 4, TimedOut: 5}
_NAMES: dict[type, str] = {
    Success: "success",
    Failed: "failed",
    OutcomeUnknown: "outcome_unknown",
    Cancelled: "cancelled",
    TimedOut: "timed_out",
}


class Words:
    """Writes a line for each thing said. The values are the caller's own and aren't logged."""

    def __init__(self, out: TextIO, *, as_json: bool) -> None:
        self._out = out
        self._as_json = as_json

    def status(self, status: Status) -> int:
        """Tell the health; 0 if work may begin, 1 if not, 5 if nothing is known."""
        self._say("status", status)
        if status.level is Level.UNKNOWN:
            return EXIT_CODES[TimedOut]
        return 0 if status.usable or status.level is Level.BUSY else 1

    def report(self, report: Report) -> None:
        """Tell something that happened on the way."""
        match report:
            case StatusChanged(status):
                self._say("status", status)
            case Progress(_, what):
                self._say("progress", what)
            case Notice(what):
                self._say("notice", what)
            case Completed():
                pass  # another command's end: there is none

    def end(self, completion: Completion) -> int:
        """Tell the end; its exit code."""
        kind = type(completion)
        plain = _plain(completion)
        if self._as_json:
            self._line({"completion": _NAMES[kind], **plain, "exit": EXIT_CODES[kind]})
        else:
            self._line(f"{_NAMES[kind]}: {_words(plain)}" if any(plain.values()) else _NAMES[kind])
        return EXIT_CODES[kind]

    def _say(self, what: str, value: object) -> None:
        if self._as_json:
            self._line({what: _plain(value)})
        else:
            self._line(f"{what}: {_words(_plain(value))}")

    def _line(self, line: str | dict[str, Any]) -> None:
        text = line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)
        print(text, file=self._out, flush=True)


def _plain(value: object) -> Any:
    """A value as JSON knows it; bytes in hexadecimal."""
    return (
        msgspec.to_builtins(value, builtin_types=(bytes,), enc_hook=str)
        if not isinstance(value, bytes)
        else value.hex()
    )


def _words(plain: Any) -> str:
    if isinstance(plain, dict):
        return " ".join(f"{k}={_words(v)}" for k, v in plain.items() if v not in ("", None, {}))
    return str(plain)
