"""Everything a developer needs to know of a cabin, in one zip, and nothing of anybody's.

What goes in is named here, one by one; nothing is copied as it is. Recordings hold what the codecs
have made of the traffic (`devices.recording`), the journal is told by numbers, states and amounts,
the configuration without comments, secrets, names, addresses and telephone numbers.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import io
import json
import os
import platform
import re
import sys
import time
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devices import registry
from devices.recording import VERSION as RECORDING
from kiosk.diagnostics.doctor import Diagnosis
from kiosk.diagnostics.facts import to_json
from kiosk.diagnostics.findings import to_json as finding_to_json
from kiosk.diagnostics.secrets import for_outside
from kiosk.settings import Settings
from kiosk.version import PROGRAM

TAIL_BYTES = 256 * 1024
MOST_ORDERS = 500
_KEPT_OF_A_LINE = ("t", "in", "out", "length", "means", "event", "told", "id", "reason", "http")
_LIBRARIES = (
    "kivy", "pyserial", "pyusb", "requests", "urllib3", "qrcode", "cryptography", "msgspec",
    "apsw", "Pillow", "pypdfium2", "fonttools",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """Live traffic of one device, of a moment before now: lines, or why there are none."""

    lines: tuple[str, ...] = ()
    missing: str = ""


def packed(settings: Settings, diagnosis: Diagnosis, heard: Mapping[str, Heard]) -> bytes:
    """The zip; a few hundred KiB, so that it can go wherever there is still room."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts(settings, diagnosis, heard):
            archive.writestr(name, content)
    return kept.getvalue()


def parts(
    settings: Settings, diagnosis: Diagnosis, heard: Mapping[str, Heard]
) -> Iterator[tuple[str, str]]:
    """Name and content of each file in it."""
    yield "versions.json", _json(versions())
    yield "configuration.json", _json(configuration(settings.source))
    yield "findings.json", _json([finding_to_json(x) for x in diagnosis.findings])
    yield "unseen.json", _json(diagnosis.unseen)
    if diagnosis.facts is not None:
        facts = to_json(diagnosis.facts)
        yield "devices.json", _json(facts["devices"])
        yield "cabin.json", _json(facts["cabin"])
    yield "journal.json", _json(journal(settings))
    yield "system.json", _json(system())
    yield "traces.json", _json({role: x.missing or len(x.lines) for role, x in heard.items()})
    for role, x in heard.items():
        if x.lines:
            yield f"traces/{role}.jsonl", "".join(y + "\n" for y in x.lines)
    for role in settings.devices:
        for name in (f"{role}.jsonl.1", f"{role}.jsonl"):
            text = recording(settings.cabin.data_dir / "recordings" / name)
            if text:
                yield f"recordings/{name}", text


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n"


def versions() -> dict[str, Any]:
    """The program, Python, the libraries and the system."""
    found = {}
    for name in _LIBRARIES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    with contextlib.suppress(OSError):
        system = platform.freedesktop_os_release().get("PRETTY_NAME", "")
        found["system"] = system
    return {
        "program": PROGRAM,
        "made": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "python": sys.version.split()[0],
        "kernel": platform.release(),
        "machine": platform.machine(),
        "drivers": list(registry.names()),
        **found,
    }


def configuration(source: Path) -> dict[str, Any]:
    """The configuration's values, without what is nobody's business; of a broken one nothing."""
    try:
        table = tomllib.loads(source.read_text("utf-8"))
    except (OSError, ValueError):
        return {"unreadable": True}
    return for_outside(table)


def journal(settings: Settings) -> dict[str, Any]:
    """The newest orders by number, state and amount, and how many rows there are of each kind."""
    from kiosk.journal import Journal, JournalBrokenError

    path = settings.cabin.data_dir / "journal.sqlite"
    if not path.exists():
        return {"there": False}
    if not os.access(path, os.R_OK):
        return {"there": True, "unread": "whoever made this report may not read it"}
    try:
        book = Journal(path, readonly=True, check=False)
    except JournalBrokenError as error:
        return {"there": True, "broken": str(error)}
    try:
        kinds = Counter(row.kind for row in book.store.rows())
        orders = [
            {
                "order": x.order_id,
                "opened_at": x.opened_at,
                "closed_at": x.closed_at,
                "amount_fen": x.amount_fen,
                "charged_fen": x.charged_fen,
                "refunded_fen": x.refunded_fen,
                "state": x.word,
                "needs_person": x.needs_person,
            }
            for x in book.summaries()
        ]
        head = {
            "rows": book.store.head_seq,
            "epoch": book.store.epoch,
            "hash": book.store.head_hash,
        }
        return {"there": True, **head, "kinds": dict(kinds), "orders": orders[-MOST_ORDERS:]}
    finally:
        book.close()


def system() -> dict[str, Any]:
    """What is plugged in and what the machine is made of."""
    from kiosk.plugged import plugged

    things = [
        {"port": x.port, "vendor": x.vendor, "product": x.product, "socket": x.socket}
        for x in plugged()
    ]
    return {
        "plugged": things,
        "cpus": os.cpu_count(),
        "uptime_s": _first_number(Path("/proc/uptime")),
        "load": _first_number(Path("/proc/loadavg")),
        "mounts": _mounts(),
    }


def _first_number(path: Path) -> float | None:
    try:
        return float(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _mounts() -> list[str]:
    """File systems and how they are mounted: one that has become read-only shows here."""
    try:
        rows = [x.split() for x in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return []
    return [f"{x[2]} {x[3].split(',')[0]}" for x in rows if len(x) > 3 and x[0].startswith("/dev")]


def recording(path: Path) -> str:
    """The end of a recording, line by line; a line that isn't one of a recording's is left out."""
    try:
        with path.open("rb") as file:
            first = file.readline()
            size = path.stat().st_size
            if size > TAIL_BYTES:
                file.seek(size - TAIL_BYTES)
                file.readline()  # half a line
            lines = file.read().splitlines()
    except OSError:
        return ""
    head = _parsed(first)
    if head.get("recording") != RECORDING:
        return ""
    kept = [{"recording": RECORDING, "driver": head.get("driver")}]
    kept += [safe for line in lines if (safe := safe_line(_parsed(line)))]
    return "".join(json.dumps(x, ensure_ascii=False) + "\n" for x in kept)


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def safe_line(line: Mapping[str, Any]) -> dict[str, Any]:
    """What of a recording's line goes out; of a command its kind alone."""
    kept = {k: line[k] for k in _KEPT_OF_A_LINE if k in line}
    command = line.get("command")
    if isinstance(command, dict):
        kept["command"] = re.sub(r"[^\w.:]", "", str(command.get("is", "")))
    return kept if "t" in kept else {}
