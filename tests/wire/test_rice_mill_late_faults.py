"""A running batch and what comes in its way that doesn't end it (rice mill protocol, 4a, 4b)."""

from __future__ import annotations

import pytest

from devices.rice_mill import modbus as m
from devices.rice_mill.commands import Fate, Mill, Milled, Resolve
from devices.status import Failed, OutcomeUnknown, Success
from sim.devices.rice_mill import BITS
from tests.wire.test_devices_rice_mill import START, Cabin


@pytest.mark.parametrize(
    "late",
    [{"bin": 1, "celsius": 19, "humidity": 50}, {"bin": 2, "celsius": 12, "humidity": 70}],
)
def test_warm_or_damp_rice_stops_no_batch_that_runs(late: dict[str, object]) -> None:
    for phase in ("feed", "mill", "door_up", "door_down"):
        cabin = Cabin()
        cabin.submit(1, Mill(1, 500, 7))
        cabin.until(lambda c=cabin, p=phase: c.twin.phase == p)  # type: ignore[misc]
        cabin.twin.act("climate", late)
        assert cabin.end(1) == Success(Milled(500, 1, 1, 500)), phase
        assert cabin.twin.taken == 500


def test_rice_left_while_the_air_grows_warm_was_milled_all_the_same() -> None:
    cabin = Cabin(takes=False)
    cabin.submit(1, Mill(1, 500, 7))
    cabin.until(lambda: cabin.twin.phase == "take")
    cabin.twin.act("climate", {"bin": 1, "celsius": 19, "humidity": 50})
    end = cabin.end(1)
    assert isinstance(end, Failed)
    assert (end.code, end.value) == ("not_taken", Milled(500, 1, 1, 500))


def test_the_last_rice_of_a_bin_is_milled_to_its_end() -> None:
    cabin = Cabin()
    cabin.twin.act("fill", {"bin": 1, "grams": 500})
    assert cabin.milled(500) == Success(Milled(500, 1, 1, 500))
    assert cabin.twin.taken == 500
    cabin.wait(2)
    assert cabin.driver.status.reason == "bin_1_empty"


def test_a_bin_that_ran_empty_while_nobody_saw_the_scale_is_for_a_person() -> None:
    cabin = Cabin()
    cabin.twin.act("fill", {"bin": 1, "grams": 500})
    cabin.submit(1, Mill(1, 500, 7))
    cabin.until(lambda: cabin.twin.phase == "feed")
    cabin.strike("answer_lost", count=2)
    assert cabin.end(1) == OutcomeUnknown("fault_set")


def test_a_batch_is_followed_past_a_late_fault_after_the_link_was_lost() -> None:
    cabin = Cabin()
    cabin.submit(1, Mill(1, 500, 7))
    cabin.until(lambda: cabin.twin.phase == "mill")
    cabin.unplug()
    cabin.twin.act("climate", {"bin": 2, "celsius": 19, "humidity": 50})
    cabin.plug()
    cabin.submit(2, Resolve(1, 500, 7))
    assert cabin.end(2) == Success(Fate.DONE)
    assert cabin.twin.taken == 500


def test_a_fault_in_a_mill_that_says_that_it_runs_is_no_end() -> None:
    """Its rice may come out all the same: no money goes back for it by itself."""
    cabin = Cabin()
    cabin.submit(1, Mill(1, 500, 7))
    cabin.until(lambda: cabin.twin.phase == "mill")
    cabin.twin._raise(BITS["scale_bad"])
    assert cabin.end(1) == OutcomeUnknown("fault_set")
    assert cabin.twin.taken == 500


def test_a_faulty_mill_that_never_stops_is_for_a_person() -> None:
    cabin = Cabin(takes=False)
    cabin.submit(1, Mill(1, 500, 7))
    cabin.until(lambda: cabin.twin.phase == "feed")
    cabin.twin._enter("feed", 500.0)
    cabin.twin._raise(BITS["valve_1_timeout"])
    began = cabin.now
    assert cabin.end(1) == OutcomeUnknown("fault_set")
    assert cabin.now - began < 70


@pytest.mark.parametrize("code", [0x04, 0x05])
def test_a_start_that_is_answered_with_a_maybe_is_watched(code: int) -> None:
    """Acknowledged, or failed on the way: whether it runs is seen, and never taken for a no."""
    cabin = Cabin()
    plain = cabin.twin.take_output

    def maybe() -> bytes:
        said = plain()
        return m.framed(bytes((0x0A, 0x86, code))) if said.hex() == START else said

    cabin.twin.take_output = maybe  # type: ignore[method-assign]
    assert cabin.milled(500) == Success(Milled(500, 1, 1, 500))
    assert (cabin.started, cabin.twin.taken) == (1, 500)


@pytest.mark.parametrize("code", [0x01, 0x02, 0x03, 0x06])
def test_a_start_that_is_refused_has_not_begun(code: int) -> None:
    cabin = Cabin()
    plain, receive = cabin.twin.take_output, cabin.twin.receive
    refused = m.framed(bytes((0x0A, 0x86, code)))
    said: list[bytes] = []

    def hear(data: bytes) -> None:
        if data.hex() == START:
            said.append(refused)
        else:
            receive(data)

    cabin.twin.receive = hear  # type: ignore[method-assign]
    cabin.twin.take_output = lambda: plain() + (said.pop() if said else b"")  # type: ignore[method-assign]
    end = cabin.milled(500)
    assert isinstance(end, Failed)
    assert (end.code, cabin.started, cabin.twin.starts) == ("refused", 1, 0)
