"""A machine that is lent: whose commands and reports are whose."""

from __future__ import annotations

import pytest

from devices.driver import Completed, Notice, Report, StatusChanged
from devices.status import Level, Status, Success
from kiosk.lending import LENDABLE, Lending

READY = StatusChanged(Status(Level.READY))


class Meter:
    """A worker that only counts."""

    def __init__(self) -> None:
        self.last_id = 0
        self.status = READY.status
        self.cancelled: list[int] = []

    def submit(self, command: object) -> int:  # noqa: ARG002
        self.last_id += 1
        return self.last_id

    def cancel(self, command_id: int) -> None:
        self.cancelled.append(command_id)


@pytest.fixture
def meter() -> Meter:
    return Meter()


@pytest.fixture
def lending(meter: Meter) -> Lending:
    made = Lending()
    made.add("bp_meter", "rbp_meter", meter)
    return made


def done(number: int) -> Completed:
    return Completed(number, Success(None))


def test_only_what_moves_no_money_and_no_goods_is_lent(meter: Meter) -> None:
    lending = Lending()
    for role in ("terminal", "rice_mill", "booklet_dispenser", "document_printer", "scanner"):
        lending.add(role, "any", meter)
        assert role not in LENDABLE
        assert lending.driver_of(role) == ""
        with pytest.raises(KeyError):
            lending.lend(role, lambda _: None)


def test_a_machine_that_does_not_work_is_not_lent(lending: Lending, meter: Meter) -> None:
    assert lending.driver_of("bp_meter") == "rbp_meter"
    meter.status = Status(Level.UNAVAILABLE)
    assert lending.driver_of("bp_meter") == ""


def test_each_hears_of_its_own_commands(lending: Lending, meter: Meter) -> None:
    heard: list[Report] = []
    ours = meter.submit("the real cabin's")
    borrowed = lending.lend("bp_meter", heard.append)
    theirs = borrowed.submit("the lesson's")
    assert not lending.took("bp_meter", done(ours))
    assert lending.took("bp_meter", done(theirs))
    assert not lending.took("bp_meter", READY)  # how it is concerns both
    assert lending.took("bp_meter", Notice("a key"))
    assert heard == [done(theirs), READY, Notice("a key")]
    borrowed.cancel(ours)
    borrowed.cancel(theirs)
    assert meter.cancelled == [theirs]


def test_what_was_given_back_is_dead_and_its_ends_are_nobodys(
    lending: Lending, meter: Meter
) -> None:
    heard: list[Report] = []
    borrowed = lending.lend("bp_meter", heard.append)
    late = borrowed.submit("the lesson's")
    lending.give_back("bp_meter")
    assert lending.took("bp_meter", done(late))
    assert not lending.took("bp_meter", Notice("a key"))
    assert not lending.took("bp_meter", done(meter.submit("the real cabin's again")))
    assert heard == []
    with pytest.raises(RuntimeError):
        borrowed.submit("once more")


def test_nothing_is_taken_from_what_was_never_lent(lending: Lending) -> None:
    assert not lending.took("terminal", done(1))
    assert not lending.took("bp_meter", done(1))
