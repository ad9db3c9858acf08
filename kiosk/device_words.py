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
        self.line(status_line(status))
        return status_exit(status)

    def report(self, report: Report) -> None:
        """Tell something that happened on the way."""
        if not isinstance(report, Completed):  # another command's end: there is none
            self.line(report_line(report))

    def end(self, completion: Completion) -> int:
        """Tell the end; its exit code."""
        line = end_line(completion)
        self.line(line)
        return int(line["exit"])

    def line(self, line: dict[str, Any]) -> None:
        """Tell a line that one of the functions below, or a running kiosk, has made."""
        if self._as_json:
            if "status" in line:
                line = {k: v for k, v in line.items() if k != "exit"}
            text = json.dumps(line, ensure_ascii=False)
        elif "completion" in line:
            plain = {k: v for k, v in line.items() if k not in ("completion", "exit")}
            name = str(line["completion"])
            text = f"{name}: {_words(plain)}" if any(plain.values()) else name
        else:
            text = "; ".join(f"{k}: {_words(v)}" for k, v in line.items() if k != "exit")
        print(text, file=self._out, flush=True)


def status_exit(status: Status) -> int:
    """0 if work may begin, 1 if not, 5 if nothing is known."""
    if status.level is Level.UNKNOWN:
        return EXIT_CODES[TimedOut]
    return 0 if status.usable or status.level is Level.BUSY else 1


def status_line(status: Status) -> dict[str, Any]:
    """A device's health as a line."""
    return {"status": _plain(status)}


def report_line(report: Report) -> dict[str, Any]:
    """Something that happened on the way, with its values: they are the caller's own."""
    match report:
        case StatusChanged(status):
            return status_line(status)
        case Progress(_, what):
            return {"progress": _plain(what)}
        case Notice(what):
            return {"notice": _plain(what)}
        case Completed(_, completion):
            return end_line(completion)


def end_line(completion: Completion) -> dict[str, Any]:
    """A command's end as a line, with its exit code."""
    kind = type(completion)
    return {"completion": _NAMES[kind], **_plain(completion), "exit": EXIT_CODES[kind]}


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
