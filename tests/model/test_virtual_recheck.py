"""Between confirming and paying the printer is asked anew: its last word is seconds old."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.core.state import PRINTER, Level
from kiosk.core.visit.pay_steps import PAPER_S
from sim.faults import Fault
from tests.model.test_virtual_visits import scan
from tests.support.virtually import Cabin


def at_confirm(folder: Path) -> Cabin:
    cabin = Cabin(folder)
    scan(cabin, cabin.owe()[0])
    cabin.touch("bills.pay")
    assert cabin.screen == "confirm"
    return cabin


@pytest.mark.parametrize("means", ["terminal", "alipay"])
def test_paper_that_ran_out_just_now_stops_the_payment(tmp_path: Path, means: str) -> None:
    cabin = at_confirm(tmp_path)
    cabin.act("receipt_printer", "paper_out")
    assert cabin.state.device(PRINTER).level is Level.READY, "nobody has asked since"
    cabin.touch("confirm.pay", means)
    assert cabin.until(lambda: cabin.screen == "out_of_service", 5.0), cabin.screen
    assert cabin.orders() == []
    cabin.close()


def test_a_printer_that_does_not_answer_is_unknown_and_no_payment_begins(tmp_path: Path) -> None:
    cabin = at_confirm(tmp_path)
    cabin.faults.add(Fault("receipt_printer", "silent"))
    cabin.touch("confirm.pay", "terminal")
    began = cabin.clock.monotonic()
    assert cabin.until(lambda: cabin.screen == "out_of_service", 30.0), cabin.screen
    assert cabin.clock.monotonic() - began < PAPER_S + 1.0, "virtual seconds"
    cabin.advance(60.0)
    assert cabin.orders() == []
    cabin.close()


def test_one_lost_reply_is_asked_for_again(tmp_path: Path) -> None:
    cabin = at_confirm(tmp_path)
    cabin.faults.add(Fault("receipt_printer", "drop", {"direction": "from_device"}, count=1))
    cabin.touch("confirm.pay", "terminal")
    assert cabin.until(lambda: cabin.order is not None, 10.0), cabin.screen
    cabin.close()
