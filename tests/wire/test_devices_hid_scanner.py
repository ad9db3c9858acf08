"""The driver of a scanner that types, and its twin, in virtual time."""

from __future__ import annotations

import pytest

from devices.driver import Notice
from devices.scanner.codec import Scanned
from devices.scanner.hid_codec import Decoder
from devices.scanner.hid_driver import HidScanner
from devices.status import Failed, Level, Status
from sim.devices.model import ActionError
from sim.devices.scanner_hid import HidScanner as Twin
from sim.devices.scanner_hid import SecondNode
from sim.faults import Fault, Faults
from sim.wire.line import Line
from tests.support.key_strokes import BILL, ORDER, PAYMENT, UNREADABLE
from tests.support.pair import Pair


class Kiosk(Pair):
    def __init__(self, *faults: str) -> None:
        self.second = SecondNode()
        super().__init__(HidScanner(), lambda _, found: Twin(found, self.second), *faults)

    def scan(self, code: str, **body: object) -> list[Scanned]:
        """What is told when this is scanned."""
        before = len(self.codes())
        self.model.act("scan", {"code": code, **body})
        self.wait(3)
        return self.codes()[before:]

    def codes(self) -> list[Scanned]:
        notices = [x.what for x in self.reports if isinstance(x, Notice)]
        return [x for x in notices if isinstance(x, Scanned)]


@pytest.mark.parametrize("suffix", ["enter", "kp_enter", "tab", "none"])
def test_a_code_in_virtual_time(suffix: str) -> None:
    kiosk = Kiosk()
    assert kiosk.driver.status == Status(Level.READY)
    for text in (BILL, ORDER, "aZ-09 ~{}|\\\"'<>?"):
        assert kiosk.scan(text, aim="]Q1", suffix=suffix) == [Scanned(text, "]Q1")]
    assert kiosk.driver.deadline() is None
    (paid,) = kiosk.scan(PAYMENT, suffix=suffix)
    assert (paid.kind, paid.text) == ("payment_code", "")
    assert PAYMENT not in repr(kiosk.reports)
    assert PAYMENT not in repr(kiosk.model.state())


@pytest.mark.parametrize("fault", ["syn_dropped", "stuck_shift", "half_code"])
@pytest.mark.parametrize("code", [BILL, ORDER, PAYMENT])
def test_a_fault_costs_its_code_and_not_the_next(fault: str, code: str) -> None:
    kiosk = Kiosk()
    kiosk.scan("1")
    kiosk.strike(fault, count=1)
    assert kiosk.scan(code) == [UNREADABLE]
    assert kiosk.scan(BILL) == [Scanned(BILL)]


@pytest.mark.parametrize("fault", ["caps_lock", "key_repeats"])
def test_a_fault_that_costs_nothing(fault: str) -> None:
    kiosk = Kiosk()
    kiosk.strike(fault, count=1)
    assert kiosk.scan(ORDER + "ab") == [Scanned(ORDER + "ab")]
    assert kiosk.scan(ORDER) == [Scanned(ORDER)]


def test_what_comes_on_the_other_node_is_not_heard_on_this_one() -> None:
    kiosk = Kiosk("second_node")
    assert kiosk.scan(BILL) == []
    assert Decoder().feed(kiosk.second.take_output()) == [Scanned(BILL)]
    assert kiosk.second.actions() == {}
    with pytest.raises(ActionError):
        kiosk.second.act("scan", {"code": "1"})


@pytest.mark.parametrize("strokes", range(0, 60, 7))
def test_a_cable_pulled_at_anystroke(strokes: int) -> None:
    kiosk = Kiosk()
    kiosk.model.act("scan", {"code": BILL})
    for _ in range(strokes):
        kiosk.step(0.004)
    kiosk.unplug()
    assert kiosk.driver.status == Status(Level.UNAVAILABLE, "unplugged")
    kiosk.wait(1)
    kiosk.plug()
    assert kiosk.scan(ORDER)[-1] == Scanned(ORDER)
    assert kiosk.codes().count(Scanned(BILL)) == (strokes >= 55)
    assert all(code.text in ("", ORDER, BILL) for code in kiosk.codes())


@pytest.mark.parametrize(
    "kind", ["drop", "delay", "duplicate", "corrupt", "truncate", "garbage", "wrong_device", "baud"]
)
def test_every_fault_of_the_wire_at_every_report(kind: str) -> None:
    for at in range(58):
        faults = Faults(at)
        line, driver = Line(Twin(faults), faults), HidScanner()
        driver.opened(0.0)
        for text in ("1", BILL, "2", "3"):
            line.model.act("scan", {"code": text})
            report = 0
            while line.next_event() is not None:
                if text == BILL and report == at:
                    faults.add(Fault("scanner_hid", kind, count=1))
                line.advance(line.next_event() or 0.004)
                driver.receive(b"".join(line.to_host()), line.now)
                report += 1
            faults.clear()
            line.advance(5.0)
            driver.tick(line.now)
        codes = [x.what for x in driver.take_reports() if isinstance(x, Notice)]
        assert codes[0] == Scanned("1")
        assert codes[-1] == Scanned("3")
        assert {getattr(code, "text", None) for code in codes} <= {"1", "", BILL, "2", "3"}, at


def test_nonsense_is_refused_by_the_twin() -> None:
    twin = Kiosk().model
    for body in ({}, {"code": 5}, {"code": ""}, {"code": "1" * 600}, {"code": "1", "suffix": "x"}):
        with pytest.raises(ActionError):
            twin.act("scan", body)
    with pytest.raises(ActionError):
        twin.act("dance", {})
    assert twin.next_event() is None


def test_it_has_no_commands_and_sends_nothing() -> None:
    kiosk = Kiosk()
    kiosk.submit(1, "scan!")
    assert isinstance(kiosk.ends()[1], Failed)
    assert kiosk.sent == []
