"""Copying in a whole cabin in virtual time: real engine, adapters, driver; the scanner's twin."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.core.goods import GoodsState
from kiosk.core.visit import copying
from kiosk.print_resident import PrintErrand, PrintUser
from sim.faults import DEVICE_KINDS
from tests.model.faults import Strike, does, fault
from tests.model.test_virtual_print import nothing_left, printed, printed_through_kills, screen
from tests.support.virtually import Cabin

SCANNER = "document_scanner"
CARD, PAGE = PrintErrand(copy="card"), PrintErrand(copy="page")


@pytest.fixture
def cabin(tmp_path: Path) -> Cabin:
    made = Cabin(tmp_path)
    assert made.until(lambda: not copying.trouble(made.state), 60)
    return made


def asked(cabin: Cabin) -> int:
    """How often 请把原件拿走 was shown."""
    return cabin.screens.count("print_take")


def test_a_card_is_copied_and_taken_away(cabin: Cabin) -> None:
    order = printed(cabin, CARD)
    assert (order.amount_fen, order.goods[0].state, order.goods[0].given) == (
        20,
        GoodsState.DELIVERED,
        1,
    )
    shown = [x for x in cabin.screens if x.startswith("print")]
    assert shown == [
        *("print_source", "print_copy"),
        *("print_lay", "print_scanning", "print_lay", "print_scanning"),
        *("print_document", "print_take"),
    ]
    assert cabin.screen == "home"
    assert cabin.cabin.lines[SCANNER].model.state() == {
        "original": "",
        "scanning": False,
        "scans": 2,
    }


STRIKES: dict[str, Strike] = {
    "busy": fault(SCANNER, "busy", 2),
    "cover_open": fault(SCANNER, "cover_open", 2),
    "jam": fault(SCANNER, "jam", 1),
    "hangs": fault(SCANNER, "hangs", 1),
    "silent": fault(SCANNER, "silent", 2),
    "half": fault(SCANNER, "half", 2),
    "half_quiet": fault(SCANNER, "half_quiet", 2),
    "unplugged": does(SCANNER, "unplug", "plug", after_s=5.0),
    "drop": fault(SCANNER, "drop", 1),
    "garbage": fault(SCANNER, "garbage", 1),
}


@pytest.mark.parametrize("name", STRIKES)
@pytest.mark.parametrize(
    "moment", ["print_lay", pytest.param("print_scanning", marks=pytest.mark.long)]
)
def test_every_fault_is_borne_and_the_copy_is_whole(cabin: Cabin, name: str, moment: str) -> None:
    order = printed(cabin, CARD, screen(moment), STRIKES[name])
    assert (order.payment_word, order.goods[0].given) == ("paid", 1)
    assert asked(cabin) == 1
    assert cabin.screen == "home"


def test_every_fault_of_the_scanner_is_among_them() -> None:
    assert set(DEVICE_KINDS[SCANNER]) <= set(STRIKES)


@pytest.mark.parametrize("at_payment", ["cancel", "walk_off"])
def test_whoever_does_not_pay_is_asked_for_the_original_too(cabin: Cabin, at_payment: str) -> None:
    cabin.serve(PrintUser(replace(CARD, at_payment=at_payment)))
    assert cabin.until(lambda: cabin.screen in ("home", "attract"), 900)
    assert asked(cabin) == 1
    (order,) = cabin.come_to_rest()
    assert order.payment_word == "not_paid"
    nothing_left(cabin)


def test_a_scanner_that_is_away_is_grey_and_everything_else_goes_on(cabin: Cabin) -> None:
    cabin.act(SCANNER, "unplug")
    user = PrintUser(PAGE)
    assert cabin.until(lambda: bool(copying.trouble(cabin.state)), 900)
    cabin.serve(user)
    assert user.orders == []
    assert "print_copy" not in cabin.screens
    printed(cabin, PrintErrand())
    cabin.act(SCANNER, "plug")
    assert cabin.until(lambda: not copying.trouble(cabin.state), 900)


def test_killed_after_every_row(cabin: Cabin) -> None:
    for rows in range(1, 40):
        if not printed_through_kills(cabin, CARD, rows):
            break
        nothing_left(cabin)
    else:
        pytest.fail("a visit has no end")
    assert rows > 4


def test_a_kill_while_a_card_lies_there_is_followed_by_the_reminder(cabin: Cabin) -> None:
    user = PrintUser(CARD)
    cabin.serve(user, screen("print_document"), lambda x: x.restart())
    assert "print_take" in cabin.screens
    nothing_left(cabin)
