"""What the mill's scale shows while it runs, and what is known of it (rice mill protocol, 4a)."""

from __future__ import annotations

from devices.rice_mill.commands import (
    Fate,
    Forget,
    Mill,
    Milled,
    Milling,
    Resolve,
    Stage,
)
from devices.status import Failed, OutcomeUnknown, Success
from sim.faults import Fault
from tests.wire.test_devices_rice_mill import Cabin


def test_too_little_on_the_scale_is_told_to_the_gram() -> None:
    cabin = Cabin()
    cabin.faults.add(Fault("rice_mill", "short_weight", {"grams": 120}, 1))
    assert cabin.milled(500) == Success(Milled(500, 1, 1, 380))
    assert cabin.twin.batches == [{"bin": 1, "set": 500, "fed": 380, "out": 380}]


def test_a_weight_that_passed_unseen_is_not_made_up() -> None:
    cabin = Cabin()
    cabin.submit(1, Mill(1, 500, 7))
    cabin.until(lambda: cabin.twin.phase == "feed")
    cabin.strike("answer_lost", count=2)
    assert cabin.end(1) == Success(Milled(500, 1, 1, None))


def test_rice_left_behind_that_comes_out_first_was_never_weighed() -> None:
    """Somebody put the mill right without emptying it: the start only opens the door."""
    cabin = Cabin("door_up_timeout")
    cabin.milled(500)
    cabin.twin.act("clear_faults", {})
    cabin.submit(2, Mill(2, 500, 7))
    assert cabin.end(2) == Success(Milled(500, 1, 1, 0))


def test_how_far_it_is_by_weight_and_time() -> None:
    cabin = Cabin(takes=False)
    cabin.submit(1, Mill(1, 500, 7))
    cabin.until(lambda: cabin.twin.phase == "take")
    cabin.wait(1)
    seen = [x.stage for x in cabin.progress() if isinstance(x, Milling)]
    assert list(dict.fromkeys(seen)) == list(Stage)


def test_a_batch_that_is_known_is_forgotten_and_an_older_one_is_no_proof() -> None:
    """The registers keep the last batch, and that it was started, until they are told."""
    cabin = Cabin()
    cabin.milled(500)
    cabin.submit(2, Resolve(1, 500, 7))
    assert cabin.end(2) == Success(Fate.DONE)
    cabin.submit(3, Forget())
    assert isinstance(cabin.end(3), Success)
    cabin.submit(4, Resolve(1, 500, 7))
    assert cabin.end(4) == Success(Fate.NOT_STARTED)
    cabin.submit(5, Resolve(1, 501, 7))
    assert cabin.end(5) == Success(Fate.NOT_STARTED)
    cabin.twin.act("power_cut", {})
    cabin.wait(5)
    cabin.submit(6, Resolve(1, 501, 7))
    assert cabin.end(6) == OutcomeUnknown("lost_power")
    assert cabin.twin.starts == 1


def test_a_running_mill_forgets_nothing() -> None:
    cabin = Cabin(takes=False)
    cabin.submit(1, Mill(1, 500, 7))
    cabin.until(lambda: cabin.twin.phase == "mill")
    cabin.unplug()
    cabin.plug()
    cabin.submit(2, Forget())
    end = cabin.end(2)
    assert isinstance(end, Failed)
    assert end.code == "busy"
