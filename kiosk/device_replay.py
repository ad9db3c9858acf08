"""``kiosk device replay FILE``: a recording played against the driver it was made of."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import msgspec

from devices import registry
from devices.driver import SettingsError
from devices.replay import RecordingError, Replay, Replayed, read, words

SAME, DIFFERENT, USAGE = 0, 1, 2


def replay(path: Path, *, as_json: bool, verbose: bool) -> int:
    """Play it and tell what differs. Returns the exit code: 0 the same, 1 another, 2 unreadable.

    ``verbose`` tells every line of the recording too.
    """
    try:
        with path.open("rb") as file:
            head, lines = read(file)
            driver = registry.factory(head.driver, head.settings)()
            result = Replay(driver, registry.scribe(head.driver)).run(lines)
        if verbose and not as_json:
            _tell_all(path)
    except (OSError, RecordingError, SettingsError) as error:
        print(f"kiosk device replay: {path}: {error}", file=sys.stderr)
        return USAGE
    if as_json:
        print(json.dumps(msgspec.to_builtins(result), ensure_ascii=False))
    else:
        _tell(head.driver, result)
    return DIFFERENT if result.differences else SAME


def _tell_all(path: Path) -> None:
    with path.open("rb") as file:
        _, lines = read(file)
        for number, line in lines:
            print(f"{number:5} {line['t']:10.3f}  {words(line)}")


def _tell(driver: str, result: Replayed) -> None:
    for difference in result.differences:
        print(f"line {difference.line}, {difference.t:.3f} s")
        print(f"  recorded: {difference.recorded}")
        print(f"  now:      {difference.now}")
    count = len(result.differences)
    end = f"{count} differences" if count != 1 else "1 difference"
    skipped = f", {result.skipped} before the first connection" if result.skipped else ""
    gaps = f", {result.gaps} of which no bytes were kept" if result.gaps else ""
    print(f"{driver}: {result.lines} lines{skipped}{gaps}: {end if count else 'the same'}")
