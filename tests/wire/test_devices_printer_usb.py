"""The USB receipt printer's driver against the simulated printer, in virtual time.

Sources: receipt printer protocols, 3a ("USB": 18 good, 38 no paper); requirements R15 and R16.
"""

from __future__ import annotations

import random

import pytest

from devices.control import ClassRequest
from devices.driver import StatusChanged
from devices.receipt_printer.document import Ask
from devices.receipt_printer.poll import IDLE_S
from devices.receipt_printer.usb_driver import GLANCE_S, EscposUsbPrinter, Identify
from devices.receipt_printer.usb_status import (
    DEVICE_ID,
    PORT_STATUS,
    DeviceId,
    PortStatus,
    parse_device_id,
    parse_port_status,
)
from devices.status import (
    Cancelled,
    Failed,
    Level,
    OutcomeUnknown,
    Status,
    Success,
    TimedOut,
)
from tests.support.usb_printer import UsbPair


@pytest.fixture
def pair() -> UsbPair:
    made = UsbPair()
    made.until_ready()
    return made


# What the control pipe says.


@pytest.mark.parametrize(
    ("byte", "trouble"),
    [(0x18, ""), (0x38, "paper_out"), (0x10, "printer_error"), (0x08, "offline")],
)
def test_the_port_status_byte(byte: int, trouble: str) -> None:
    assert PortStatus(byte).trouble == trouble


def test_the_identity_is_read_whatever_its_order_and_case() -> None:
    text = "mdl:TM-X; MANUFACTURER:EPS ;CMD:ESC/POS;SERN:A1;CLS:PRINTER;"
    answer = (len(text) + 2).to_bytes(2, "big") + text.encode()
    assert parse_device_id(answer) == DeviceId("EPS", "TM-X", "A1", "ESC/POS", text)


def test_the_requests_are_the_printer_class_ones() -> None:
    assert ClassRequest(1, 1) == PORT_STATUS
    assert (DEVICE_ID.request, DEVICE_ID.index_high) == (0, True)


def test_any_answer_is_taken_without_a_word() -> None:
    rng = random.Random(5)
    for length in (*range(40), 1023):
        answer = rng.randbytes(length)
        parse_device_id(answer)
        parse_port_status(answer)
    assert parse_device_id(None) is None
    assert parse_device_id(b"\x00\x02") is None
    assert parse_port_status(b"") is None


def test_it_says_what_it_is(pair: UsbPair) -> None:
    pair.submit(1, Identify())
    end = pair.end(1)
    assert isinstance(end, Success)
    assert isinstance(end.value, DeviceId)
    assert (end.value.manufacturer, end.value.model, end.value.serial) == ("Example", "X", "1")


def test_one_that_doesnt_say_what_it_is_fails_for_certain(pair: UsbPair) -> None:
    pair.port_answers = False
    pair.submit(1, Identify())
    end = pair.end(1)
    assert isinstance(end, Failed)
    assert end.code == "no_identity"


# Two witnesses.


def test_ready_only_when_both_say_so() -> None:
    pair = UsbPair()
    pair.unplug()
    pair.port_says = b"\x38"
    pair.plug()
    pair.wait(10)
    assert pair.driver.status == Status(Level.UNAVAILABLE, "paper_out", "port status 38")
    pair.port_says = b"\x18"
    pair.until_ready()


def test_a_good_port_proves_nothing_when_the_printer_is_silent(pair: UsbPair) -> None:
    pair.strike("silent")
    pair.wait(12)
    assert pair.driver.status == Status(Level.UNAVAILABLE, "no_answer")


def test_a_printer_without_port_status_is_judged_by_what_it_says() -> None:
    pair = UsbPair()
    pair.unplug()
    pair.port_answers = False
    pair.plug()
    pair.until_ready()
    pair.printer.act("paper_out", {})
    pair.until(lambda: pair.driver.status.reason == "paper_out", 6)


def test_one_that_stops_answering_on_the_port_is_not_believed_any_more(pair: UsbPair) -> None:
    pair.port_answers = False
    pair.wait(6)
    assert pair.driver.status == Status(Level.UNAVAILABLE, "no_answer")
    pair.port_answers = True
    pair.until_ready()


def test_paper_out_is_known_within_a_second_though_nothing_is_printed(pair: UsbPair) -> None:
    pair.wait(2)
    pair.printer.act("paper_out", {})
    pair.until(lambda: pair.driver.status.reason == "paper_out", GLANCE_S + 0.2)
    pair.printer.act("paper_in", {})
    pair.until(lambda: pair.driver.status.level is Level.READY, GLANCE_S + 0.2)


@pytest.mark.parametrize(
    ("action", "reason"), [("cover_open", "cover_open"), ("jam", "cutter_error")]
)
def test_the_more_exact_reason_is_told(pair: UsbPair, action: str, reason: str) -> None:
    pair.printer.act(action, {})
    pair.until(lambda: pair.driver.status.level is Level.UNAVAILABLE, 2)
    assert pair.driver.status.reason == reason


def test_idle_asks_little(pair: UsbPair) -> None:
    pair.asked.clear()
    pair.sent.clear()
    pair.wait(60)
    assert len(pair.asked) <= 60 / GLANCE_S + 60 / IDLE_S + 2
    assert sum(len(data) for _, data in pair.sent) <= 13 * 12


# Printing.


def test_a_receipt_counts_when_the_printer_has_said_so(pair: UsbPair) -> None:
    pair.print(1)
    assert isinstance(pair.end(1), Success)
    assert pair.pieces() == 1


def test_a_printer_without_paper_gets_not_a_byte(pair: UsbPair) -> None:
    pair.port_says = b"\x38"
    before = len(pair.printer.receipts)
    pair.print(1)
    end = pair.end(1)
    assert isinstance(end, Failed)
    assert end.code == "paper_out"
    assert not any(b"line" in data for _, data in pair.sent)
    assert pair.pieces() == before


def test_paper_that_ends_in_a_receipt_is_seen_past_a_full_queue(pair: UsbPair) -> None:
    pair.print(1)
    pair.until(lambda: any(b"line" in data for _, data in pair.sent))
    pair.jam()
    pair.printer.act("paper_out", {})
    end = pair.end(1)
    assert end == OutcomeUnknown("paper_out")
    questions = len(pair.jammed or b"")
    pair.wait(50)
    assert len(pair.jammed or b"") <= questions + 6, "no questions are piled up in the queue"
    assert pair.driver.status.reason == "paper_out"
    pair.printer.act("paper_in", {})
    pair.open_up()
    pair.until_ready()


def test_a_printer_that_is_busy_printing_is_waited_for(pair: UsbPair) -> None:
    pair.print(1)
    pair.until(lambda: any(b"line" in data for _, data in pair.sent))
    pair.jam()
    pair.wait(8)
    assert 1 not in pair.ends()
    assert pair.driver.status == Status(Level.BUSY, "printing")
    pair.open_up()
    assert isinstance(pair.end(1), Success)


def test_one_that_never_takes_the_rest_is_given_up(pair: UsbPair) -> None:
    pair.print(1)
    pair.until(lambda: any(b"line" in data for _, data in pair.sent))
    pair.jam()
    assert isinstance(pair.end(1), OutcomeUnknown)


def test_late_answers_are_nobodys(pair: UsbPair) -> None:
    # Several questions are answered at once after they were given up: were the answers taken for
    # those of later questions, low paper would be read as something else.
    pair.printer.act("paper_low", {})
    pair.until(lambda: pair.driver.status.reason == "paper_low", 6)
    pair.jam()
    pair.until(lambda: pair.driver.status.reason == "no_answer", 20)
    waiting = len(pair.jammed or b"")
    pair.until(lambda: len(pair.jammed or b"") > waiting, 5)
    before = len(pair.reports)
    pair.open_up()
    pair.until(lambda: pair.driver.status.level is Level.ATTENTION, 5)
    told = [x.status for x in pair.reports[before:] if isinstance(x, StatusChanged)]
    assert {x.reason for x in told} == {"paper_low"}


def test_a_printer_pulled_out_in_a_receipt_is_not_sent_it_again(pair: UsbPair) -> None:
    pair.print(1)
    pair.until(lambda: any(b"line" in data for _, data in pair.sent))
    pair.unplug()
    assert pair.ends()[1] == OutcomeUnknown("unplugged")
    pair.plug()
    pair.until_ready()
    pair.print(2)
    end = pair.end(2)
    assert isinstance(end, Failed)
    assert end.code == "needs_reprint"
    pair.print(3, reprint=True)
    assert isinstance(pair.end(3), Success)


@pytest.mark.parametrize("cut", range(1, 14))
def test_pulled_out_at_any_moment_each_command_ends_once(cut: int) -> None:
    pair = UsbPair()
    pair.until_ready()
    pair.sent.clear()
    pair.print(1)
    pair.submit(2, Ask())
    pair.submit(3, Identify())
    pair.until(lambda: len(pair.sent) >= cut or {1, 2, 3} <= set(pair.ends()), 30)
    pair.unplug()
    assert set(pair.ends()) == {1, 2, 3}
    if isinstance(pair.ends()[1], Success):
        assert pair.pieces() == 1
    assert pair.driver.status.level is Level.UNAVAILABLE


def test_an_answer_of_before_is_not_the_new_connections() -> None:
    driver = EscposUsbPrinter()
    driver.opened(1.0)
    driver.take_output()
    driver.receive(b"\x12", 1.0)
    driver.lost(2.0, "unplugged")
    driver.answered(PORT_STATUS, b"\x18", 2.1)
    driver.opened(3.0)
    driver.answered(PORT_STATUS, b"\x18", 3.1)
    driver.answered(DEVICE_ID, b"\x00\x05MFG:A;", 3.1)
    assert driver.status.level is Level.UNKNOWN


def test_nothing_but_noise_is_never_ready() -> None:
    rng = random.Random(7)
    driver = EscposUsbPrinter()
    now = 0.0
    driver.opened(now)
    for _ in range(2000):
        now += rng.choice((0.0, 0.1, 1.0))
        driver.tick(now)
        driver.take_output()
        # Bytes of no kind (high bit set, so no answer to anything), and port bytes of any kind.
        driver.receive(bytes(rng.choice((0xFF, 0x80, 0x91, 0xE4)) for _ in range(5)), now)
        for request in driver.take_requests():
            driver.answered(request, rng.choice((None, b"", rng.randbytes(1))), now)
        assert not driver.status.usable


def test_asking_and_cancelling(pair: UsbPair) -> None:
    pair.submit(1, Ask())
    end = pair.end(1)
    assert end == Success(Status(Level.READY))
    pair.strike("silent")
    pair.submit(2, Ask())
    pair.cancel(2)
    assert pair.ends()[2] == Cancelled()
    pair.submit(3, Ask())
    assert pair.end(3) == TimedOut()
