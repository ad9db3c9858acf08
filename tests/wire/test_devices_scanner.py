"""The scanner's driver (scanner protocols, 3; Serial and USB on Linux, "Liveness")."""

from __future__ import annotations

from devices.driver import Completed, Notice, StatusChanged
from devices.scanner.codec import Scanned
from devices.scanner.driver import CdcScanner
from devices.status import Failed, Level, Status


def _scanner() -> CdcScanner:
    driver = CdcScanner()
    driver.opened(10)
    driver.take_reports()
    return driver


def test_present_is_ready_and_absent_is_unavailable() -> None:
    driver = CdcScanner()
    assert driver.status.level is Level.UNKNOWN
    driver.opened(1)
    driver.lost(2, "unplugged", "the system's words")
    assert driver.take_reports() == (
        StatusChanged(Status(Level.READY)),
        StatusChanged(Status(Level.UNAVAILABLE, "unplugged", "the system's words")),
    )


def test_a_code_is_a_notice() -> None:
    driver = _scanner()
    driver.receive(b"9100", 11)
    driver.receive(b"00\r\nB", 11.01)
    assert driver.take_reports() == (Notice(Scanned("910000")),)
    assert driver.last_code_at == 11.01


def test_half_a_line_is_given_up_and_not_glued_to_the_next() -> None:
    driver = _scanner()
    assert driver.deadline() is None
    driver.receive(b"91000", 11)
    assert driver.deadline() == 11.5
    driver.tick(11.4)
    assert driver.take_reports() == ()
    driver.tick(11.5)
    driver.receive(b"A1\r", 20)
    assert driver.take_reports() == (
        Notice(Scanned("", kind="unreadable")),
        Notice(Scanned("A1")),
    )
    assert driver.deadline() is None


def test_half_a_line_doesnt_outlive_its_cable() -> None:
    driver = _scanner()
    driver.receive(b"91", 11)
    driver.lost(11.1, "unplugged")
    driver.opened(12)
    driver.take_reports()
    driver.receive(b"A1\r", 13)
    assert driver.take_reports() == (Notice(Scanned("A1")),)


def test_it_has_no_commands_and_sends_nothing() -> None:
    driver = _scanner()
    driver.submit(1, "scan!", 11)
    (report,) = driver.take_reports()
    assert isinstance(report, Completed)
    assert isinstance(report.completion, Failed)
    assert driver.take_output() == b""
