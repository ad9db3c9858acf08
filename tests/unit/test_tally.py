"""What is remembered of a device: since when, errors by kind, counters that outlive a restart."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from devices import registry
from devices.document_printer.commands import Print as PrintPages
from devices.document_printer.commands import Printed
from devices.driver import Completed, Notice, StatusChanged
from devices.id_reader.driver import Identify
from devices.rice_mill.commands import Mill, Milled
from devices.scanner.codec import Scanned
from devices.status import Failed, Level, OutcomeUnknown, Status, Success, TimedOut
from kiosk.diagnostics.facts import CabinFacts, DeviceFacts, Facts, JournalFacts, from_json, to_json
from kiosk.diagnostics.ledger import Ledger
from kiosk.diagnostics.metrics import text
from kiosk.diagnostics.tally import HOUR_S, DeviceBook

READY = Status(Level.READY)
OUT = Status(Level.UNAVAILABLE, "port_missing", "/dev/cabin/x: no such file")


class Wall:
    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


def book(driver: str, wall: Callable[[], float] = time.time, role: str = "x") -> DeviceBook:
    return DeviceBook(role, driver, "/dev/cabin/x", registry.declaration(driver), wall)


def counts(of: DeviceBook) -> dict[str, int]:
    return {x.name: x.value for x in of.facts().counters}


def test_since_when_it_is_so_and_when_it_answered_last() -> None:
    wall = Wall()
    mill = book("rice_mill", wall)
    mill.reported(StatusChanged(READY))
    wall.now += 5
    mill.received(b"\x0a\x03", 0.0)
    wall.now += 60
    assert mill.facts().last_answer == wall.now - 60
    mill.reported(StatusChanged(OUT))
    lost_at = wall.now
    wall.now += 60
    mill.received(b"noise", 0.0)
    mill.reported(StatusChanged(Status(OUT.level, OUT.reason, "other words")))
    facts = mill.facts()
    assert (facts.level, facts.reason, facts.since) == ("unavailable", "port_missing", lost_at)
    assert facts.last_answer == lost_at - 60, "noise is no answer"
    assert facts.errors == {"port_missing": 1}, "an error counts when it comes, not at every look"


def test_errors_of_the_last_day_by_kind() -> None:
    wall = Wall()
    mill = book("rice_mill", wall)
    for number, end in enumerate((Failed("overcurrent"), OutcomeUnknown("not_seen"), TimedOut())):
        mill.submitted(number, Mill(1, 500, 7), 0.0)
        mill.reported(Completed(number, end))
    assert mill.facts().errors == {"overcurrent": 1, "unknown:not_seen": 1, "timed_out": 1}
    wall.now += 23 * HOUR_S
    mill.reported(StatusChanged(OUT))
    assert sum(mill.facts().errors.values()) == 4
    wall.now += 2 * HOUR_S
    assert mill.facts().errors == {"port_missing": 1}


def test_counters_count_what_came_out() -> None:
    mill, pages, codes = book("rice_mill"), book("ipp"), book("cdc_scanner")
    mill.submitted(1, Mill(1, 750, 7), 0.0)
    mill.reported(Completed(1, Success(Milled(750, 2, 2))))
    mill.reported(Completed(1, Success(Milled(750, 2, 2))))
    assert counts(mill) == {"grams": 750, "batches": 2}
    pages.submitted(1, PrintPages("x.pdf", "A1"), 0.0)
    pages.reported(Completed(1, Success(Printed(7, "completed", None, 3))))
    assert counts(pages) == {"jobs": 1, "sides": 0, "sheets": 3}, (
        "what it doesn't say isn't guessed"
    )
    codes.reported(Notice(Scanned("910000")))
    assert counts(codes) == {"codes": 1}


def test_a_machine_s_name_is_kept_when_it_was_asked_for() -> None:
    reader = book("sam_v")
    assert not reader.named
    reader.submitted(1, Identify(), 0.0)
    reader.reported(Completed(1, Success("0011")))
    assert (reader.named, reader.facts().identity) == (True, "0011")
    assert book("rbp_meter").named, "it never says what it is"


def test_counters_outlive_a_restart_and_a_broken_file_costs_only_them(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "counters.json"
    wall = Wall()
    first = book("cdc_scanner", wall)
    ledger = Ledger(path, [first], pause_s=0.0)
    ledger.begin()
    for _ in range(3):
        first.reported(Notice(Scanned("910000")))
    first.reported(StatusChanged(OUT))
    ledger.touch()
    ledger.close()
    assert "910000" not in path.read_text()
    second = book("cdc_scanner", wall)
    Ledger(path, [second])
    second.reported(Notice(Scanned("910000")))
    assert counts(second) == {"codes": 4}
    assert second.facts().errors == {"port_missing": 1}
    for broken in ("{", '{"x": {"counters": 3}}', "[1]", json.dumps({"x": {"errors": {"a": 1}}})):
        path.write_text(broken)
        with caplog.at_level(logging.WARNING):
            third = book("cdc_scanner", wall)
            Ledger(path, [third])
        assert counts(third) == {"codes": 0}
        assert "counters begin anew" in caplog.text
        assert path.with_suffix(".broken").read_text() == broken
        caplog.clear()


def _facts(*devices: DeviceFacts) -> Facts:
    journal = JournalFacts("j", 1, 2, 2, 0, 0)
    return Facts(
        CabinFacts(1.0, "0.1.0", "3801", 0.5, "home", visit=False, journal=journal), devices
    )


def test_facts_go_to_json_and_back() -> None:
    mill = book("rice_mill")
    mill.reported(StatusChanged(OUT))
    facts = _facts(mill.facts())
    assert from_json(json.loads(json.dumps(to_json(facts)))) == facts


def test_metrics_say_nothing_of_what_is_not_known_and_escape_what_is() -> None:
    strange = DeviceFacts('a"b\\c\nd', "", "x", "", "ready", "", "", 2.5)
    lines = text(_facts(strange)).splitlines()
    assert r'cabin_device_since_seconds{device="a\"b\\c\nd"} 2.5' in lines
    assert not [x for x in lines if "temperature" in x or "last_answer" in x or "clock" in x]
    assert "cabin_journal_rows 2" in lines
