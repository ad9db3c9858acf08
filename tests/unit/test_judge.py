"""From facts to what is wrong: the worst first, each once, each with what to do."""

from __future__ import annotations

from dataclasses import replace

from devices import registry
from kiosk.diagnostics import advice
from kiosk.diagnostics.facts import (
    CabinFacts,
    DeviceFacts,
    Facts,
    GatewayFacts,
    JournalFacts,
    PartFacts,
)
from kiosk.diagnostics.findings import Finding, Weight, in_order, to_json
from kiosk.diagnostics.heartbeat import PARTS
from kiosk.diagnostics.judge import judge
from kiosk.diagnostics.secrets import GONE, for_outside

LEAST = 64 << 20
JOURNAL = JournalFacts("j", 1, 2, 2, 0, 0)
WELL = CabinFacts(
    1e9,
    "0.1.0",
    "3801",
    0.5,
    "home",
    visit=False,
    journal=JOURNAL,
    disk_free=LEAST,
    memory_free=1 << 30,
    clock_off_s=-59.0,
    certificate_ends=2e9,
    gateways=(GatewayFacts("biller", "h:1", "ready", certificate_ends=2e9),),
    parts=tuple(PartFacts(x, 3600.0, 0.0) for x in PARTS),
)


def codes(cabin: CabinFacts, *devices: DeviceFacts) -> list[str]:
    return [x.code for x in in_order(judge(Facts(cabin, devices), LEAST))]


def device(role: str, level: str, reason: str = "") -> DeviceFacts:
    return DeviceFacts(role, "机器", "x", "/dev/x", level, reason, "", 0.0)


def test_a_cabin_that_is_well() -> None:
    assert codes(WELL, device("terminal", "ready"), device("rice_mill", "busy", "milling")) == []


def test_what_stops_everything_comes_before_what_stops_one_service() -> None:
    cabin = replace(
        WELL,
        disk_free=LEAST - 1,
        parts=(PartFacts("screen", None, 9.0), PartFacts("engine", 1.0, 0.0)),
        temperature_c=91.0,
        journal=replace(JOURNAL, needs_person=2),
    )
    assert codes(
        cabin,
        device("rice_mill", "unavailable", "no_answer"),
        device("receipt_printer", "unavailable", "paper_out"),
    ) == ["screen_stuck", "disk_full", "paper_out", "no_answer", "hot", "orders_wait"]


def test_a_part_that_answers_with_trouble_is_named_and_one_that_only_is_quiet_is_not() -> None:
    parts = (PartFacts("journal", 9.0, 0.1, "ReadOnlyError"), PartFacts("engine", 9000.0, 0.0))
    (found,) = judge(Facts(replace(WELL, parts=parts)), LEAST)
    assert (found.code, found.evidence) == ("journal_stuck", "ReadOnlyError")


def test_unknown_is_never_good() -> None:
    assert codes(WELL, device("terminal", "unknown", "silent")) == ["silent"]
    assert codes(WELL, device("terminal", "unknown", "")) == ["unknown"]
    begun = replace(device("terminal", "unknown", "connecting"), since=WELL.at - 5)
    assert codes(WELL, begun) == [], "it has only begun"
    assert codes(WELL, replace(begun, since=WELL.at - 60)) == ["connecting"]
    assert codes(WELL, device("bp_meter", "unknown", "not_associated")) == [], "it speaks first"


def test_a_disk_that_is_full_is_not_called_a_broken_journal() -> None:
    full = replace(JOURNAL, trouble="only 3 MiB left for the journal")
    assert codes(replace(WELL, disk_free=3 << 20, journal=full)) == ["disk_full"]
    behind = replace(JOURNAL, trouble="the machine's clock is 700 s behind the last entry: set it")
    assert codes(replace(WELL, journal=behind)) == ["clock_behind"]


def test_every_gateway_and_every_reason_has_an_advice() -> None:
    for trouble in ("name", "unreachable", "expired", "untrusted", "ca_missing", "tls"):
        gateway = GatewayFacts("alipay", "h:1", trouble=trouble)
        (found,) = judge(Facts(replace(WELL, gateways=(gateway,))), LEAST)
        assert found.weight is Weight.MONEY
        assert found.advice
    assert advice.of_reason("unavailable", "never_heard_of")[1]


def test_each_finding_once_and_as_json() -> None:
    one = Finding("x", Weight.SOON, "a", "w", "d")
    assert in_order([one, replace(one, evidence="again")]) == (one,)
    assert to_json(one)["weight"] == "soon"


def test_every_driver_has_a_title_for_people() -> None:
    assert all(registry.declaration(x).title != "设备" for x in registry.names())


def test_a_configuration_for_outside() -> None:
    told = for_outside(
        {
            "cabin": {"id": "3801", "name": "某屋", "operator_phone": "1"},
            "help": {"contact": [{"name": "某人"}]},
            "operator": [{"id": "a", "pin": "scrypt$x"}],
            "devices": {
                "terminal": {"driver": "zvt", "password": "123456", "port": "tcp://u:p@host:1"},
                "document_printer": {"port": "ipps://host/x?pin=abc&x=1"},
            },
        }
    )
    assert told == {
        "cabin": {"id": "3801", "name": GONE, "operator_phone": GONE},
        "devices": {
            "terminal": {"driver": "zvt", "password": GONE, "port": "tcp://host:1"},
            "document_printer": {"port": f"ipps://host/x?pin={GONE}&x=1"},
        },
    }
