"""``/metrics``: the facts in Prometheus' text format 0.0.4, on a loopback port, off by default.

A table of names and a dozen lines: the client library would bring a registry of its own, into
which every fact would have to be copied. Source: Prometheus, "Exposition formats".
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from kiosk.diagnostics.facts import Facts

LEVELS = ("ready", "busy", "attention", "unavailable", "unknown")
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_HOST = "127.0.0.1"


class Exporter:
    """Answers ``GET /metrics``. ``ask`` is called after each answer, and may take its time.

    Raises OSError if the port is taken. ``port`` 0 picks a free one, which ``port`` then names.
    """

    def __init__(self, port: int, facts: Callable[[], Facts], ask: Callable[[], None]) -> None:
        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                if self.path.partition("?")[0] != "/metrics":
                    self.send_error(404)
                    return
                body = text(facts()).encode()
                self.send_response(200)
                self.send_header("Content-Type", CONTENT_TYPE)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                ask()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """A line for every scrape would bury the others."""

        self._server = ThreadingHTTPServer((_HOST, port), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True).start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


Sample = tuple[dict[str, str], float | int | None]


def text(facts: Facts) -> str:
    """The facts as Prometheus reads them. What isn't known has no sample."""
    lines = []
    for name, kind, about, samples in _families(facts):
        known = [(labels, value) for labels, value in samples if value is not None]
        if not known:
            continue
        lines += [f"# HELP cabin_{name} {about}", f"# TYPE cabin_{name} {kind}"]
        lines += [f"cabin_{name}{_labels(labels)} {_number(value)}" for labels, value in known]
    return "\n".join(lines) + "\n"


def _labels(labels: dict[str, str]) -> str:
    inside = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _families(facts: Facts) -> Iterator[tuple[str, str, str, list[Sample]]]:
    c, j = facts.cabin, facts.cabin.journal
    yield "info", "gauge", "Program and cabin.", [({"version": c.version, "cabin": c.cabin}, 1)]
    single: tuple[tuple[str, str, float | int | None], ...] = (
        ("start_time_seconds", "When the kiosk started, Unix time.", c.started_at or None),
        ("visit", "Whether somebody is being served.", int(c.visit)),
        ("journal_bytes", "Size of the journal.", j.bytes),
        ("journal_rows", "Rows in the journal.", j.rows),
        ("journal_verified_rows", "Rows up to which the chain was checked.", j.verified_to),
        ("journal_trouble", "Whether no money may be taken for its sake.", int(bool(j.trouble))),
        ("orders_open", "Orders that are not closed.", j.open_orders),
        ("orders_needing_person", "Open orders that wait for a person.", j.needs_person),
        ("outbox", "Payments, postings and refunds that wait for an answer.", c.outbox),
        ("disk_free_bytes", "Free space where the journal is.", c.disk_free),
        ("memory_pss_bytes", "The kiosk's own share of memory.", c.memory_used),
        ("memory_available_bytes", "Memory that programs can still have.", c.memory_free),
        ("temperature_celsius", "The hottest sensor of the machine.", c.temperature_c),
        ("online", "Whether there is a way out of the house.", _flag(c.online)),
        ("clock_offset_seconds", "How far the clock is ahead of the gateways'.", c.clock_off_s),
        ("certificate_end_seconds", "When the first certificate ends.", c.certificate_ends),
    )
    for name, about, value in single:
        yield name, "gauge", about, [({}, value)]
    yield from _of_parts(facts)
    yield from _of_devices(facts)


def _of_parts(facts: Facts) -> Iterator[tuple[str, str, str, list[Sample]]]:
    parts, gateways = facts.cabin.parts, facts.cabin.gateways
    about = "How long a sign of life has been waited for."
    yield "part_waiting_seconds", "gauge", about, [({"part": x.name}, x.waiting_s) for x in parts]
    levels: list[Sample] = [
        ({"gateway": x.name, "level": level}, int(x.level == level))
        for x in gateways
        for level in LEVELS
    ]
    yield "gateway_level", "gauge", "1 for the level that a gateway is at.", levels


def _of_devices(facts: Facts) -> Iterator[tuple[str, str, str, list[Sample]]]:
    devices = facts.devices
    levels: list[Sample] = [
        ({"device": x.role, "level": level}, int(x.level == level))
        for x in devices
        for level in LEVELS
    ]
    yield "device_level", "gauge", "1 for the level that a device is at.", levels
    since: list[Sample] = [({"device": x.role}, x.since) for x in devices]
    yield "device_since_seconds", "gauge", "Since when, Unix time.", since
    heard: list[Sample] = [({"device": x.role}, x.last_answer) for x in devices]
    yield "device_last_answer_seconds", "gauge", "When it answered last, Unix time.", heard
    errors: list[Sample] = [
        ({"device": x.role, "kind": kind}, count)
        for x in devices
        for kind, count in x.errors.items()
    ]
    yield "device_errors_day", "gauge", "Errors of the last 24 hours.", errors
    counts: list[Sample] = [
        ({"device": x.role, "what": y.name}, y.value) for x in devices for y in x.counters
    ]
    yield "device_count_total", "counter", "What wears out or is used up.", counts


def _flag(value: bool | None) -> int | None:
    return None if value is None else int(value)
