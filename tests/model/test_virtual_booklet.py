"""Record booklets in a whole cabin in virtual time: real engine, drivers and list, invented people.

Nobody ever gets two, nothing is lost in silence, and the screen says only what is so.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from kiosk.core.goods import GoodsState
from sim.faults import Fault
from tests.support.booklets import Booth, seventeen

MOST_ROWS = 20
Moment = Callable[[Booth], bool]
Strike = Callable[[Booth], None]


def fault(device: str, kind: str, count: int = 1, **params: object) -> Strike:
    def strike(cabin: Booth) -> None:
        cabin.faults.add(Fault(device, kind, params, count))
        cabin.cabin.poke()
        cabin.settle()

    return strike


def does(device: str, *actions: str, after_s: float = 0.0, **body: object) -> Strike:
    def strike(cabin: Booth) -> None:
        for action in actions:
            cabin.act(device, action, **body)
            cabin.advance(after_s)

    return strike


def killed(cabin: Booth) -> None:
    cabin.start_again()


MOMENTS: dict[str, Moment] = {
    "at_home": lambda cabin: cabin.screen == "home",
    "card_awaited": lambda cabin: cabin.screen == "lay_card",
    "card_found": lambda cabin: getattr(cabin.state.visit.step, "found", False),
    "confirm": lambda cabin: cabin.screen == "confirm_goods",
    "checking": lambda cabin: cabin.screen == "looking",
    "moving": lambda cabin: cabin.dispenser.place == "moving",
    "at_take": lambda cabin: cabin.dispenser.place == "at_take",
    "printing": lambda cabin: bool(cabin.cabin.printer.state()["printing"]),
}
STRIKES: dict[str, Strike] = {
    "dispenser_unplugged": does("booklet_dispenser", "unplug"),
    "dispenser_cable_loose": does("booklet_dispenser", "unplug", "plug", after_s=3.0),
    "dispenser_silent": fault("booklet_dispenser", "silent", 10),
    "answer_lost": fault("booklet_dispenser", "answer_lost", 3),
    "ack_lost": fault("booklet_dispenser", "ack_lost", 2),
    "nak": fault("booklet_dispenser", "nak", 3),
    "unheard": fault("booklet_dispenser", "dispense_unheard", 3),
    "failure": fault("booklet_dispenser", "failure"),
    "jam": fault("booklet_dispenser", "jam"),
    "corrupt_to": fault("booklet_dispenser", "corrupt", 2, direction="to_device"),
    "corrupt_from": fault("booklet_dispenser", "corrupt", 2, direction="from_device"),
    "drop": fault("booklet_dispenser", "drop", 2, direction="both"),
    "garbage": fault("booklet_dispenser", "garbage", 2, direction="from_device"),
    "duplicate": fault("booklet_dispenser", "duplicate", 2, direction="both"),
    "empty": does("booklet_dispenser", "refill", count=0),
    "reader_unplugged": does("id_reader", "unplug"),
    "reader_cable_loose": does("id_reader", "unplug", "plug", after_s=3.0),
    "reader_silent": fault("id_reader", "silent", 10),
    "read_fails": fault("id_reader", "read_fails", 5),
    "select_fails": fault("id_reader", "select_fails", 5),
    "unauthorised": fault("id_reader", "unauthorised", 5),
    "corrupt_read": fault("id_reader", "corrupt_read", 2),
    "reader_garbage": fault("id_reader", "garbage", 2, direction="from_device"),
    "paper_out": does("receipt_printer", "paper_out"),
    "printer_unplugged": does("receipt_printer", "unplug"),
    "killed": killed,
}
READER = ("reader", "read", "select", "unauthorised")


def _parameters() -> Iterator[ParameterSet]:
    """Each fault at each moment; where it hurts most for everybody, the others in the long tier."""
    for strike in STRIKES:
        worst = "card_found" if strike.startswith(READER) else "at_take"
        worst = "moving" if strike in ("killed", "jam", "failure", "empty") else worst
        for moment in MOMENTS:
            early = strike in ("unheard", "nak", "ack_lost") and moment == "checking"
            marks = [] if moment == worst or early else [pytest.mark.long]
            yield pytest.param(moment, strike, id=f"{strike}-{moment}", marks=marks)


@pytest.mark.parametrize(("moment", "strike"), list(_parameters()))
def test_every_fault_at_every_step(tmp_path: Path, moment: str, strike: str) -> None:
    """The same person tries again when it is over, and has one in the end, and never two."""
    cabin = Booth(tmp_path)
    try:
        cabin.visit(1, MOMENTS[moment], STRIKES[strike])
        cabin.judge()
        orders = cabin.come_to_rest()
        cabin.judge()
        waits = any(x.needs_person for x in orders)
        cabin.advance(200)
        cabin.wait_until_ready()
        assert cabin.come(2) == "result", "nobody else suffers"
        seen = cabin.come(1)
        cabin.judge()
        assert cabin.booklets(1) == 1 or (waits and seen == "had_booklet"), (seen, orders)
    finally:
        cabin.close()


def test_a_second_one_is_refused_and_another_person_gets_theirs(tmp_path: Path) -> None:
    cabin = Booth(tmp_path)
    assert cabin.come(1) == "result"
    (order,) = cabin.judge()
    assert order.closed
    assert "booklet_delivering" in cabin.screens
    cabin.advance(3600)
    assert cabin.come(1) == "had_booklet"
    assert cabin.come(2) == "result"
    assert len(cabin.judge()) == 2
    cabin.start_again()
    assert cabin.come(1) == "had_booklet"
    cabin.clock.jump(366 * 86_400)
    cabin.start_again()
    assert cabin.come(2) == "result", "a year later it is time for another"
    assert cabin.given == {1: 1, 2: 2}
    cabin.close()


def test_one_that_nobody_takes_goes_back_and_may_be_had_at_once(tmp_path: Path) -> None:
    cabin = Booth(tmp_path)
    cabin.takes = False
    assert cabin.come(1) == "result"
    (order,) = cabin.judge()
    assert order.goods[0].state is GoodsState.NOT_DELIVERED
    assert (cabin.dispenser.bin, cabin.dispenser.out) == (1, 0)
    cabin.takes = True
    assert cabin.come(1) == "result"
    assert cabin.given == {1: 1}
    cabin.judge()
    cabin.close()


def test_killed_after_every_row(tmp_path: Path) -> None:
    """Right after each row, before anything it led to has left; then the same person again."""
    cabin = Booth(tmp_path)
    for rows in range(1, MOST_ROWS):
        was_killed = cabin.kill_and_come(rows, rows)
        cabin.come_to_rest()
        cabin.judge()
        for _ in range(2):
            cabin.advance(120)
            cabin.come(rows)
            cabin.come_to_rest()
            cabin.judge()
        order = cabin.orders()[-1]
        assert cabin.booklets(rows) == 1 or order.needs_person, (rows, order)
        if not was_killed:
            break
    else:
        pytest.fail("a booklet has no end")
    assert rows > 3
    cabin.close()


def test_a_code_stands_for_a_person(tmp_path: Path) -> None:
    cabin = Booth(tmp_path)
    for want in ("confirm_goods", "had_booklet"):
        cabin.touch("home.booklet")
        cabin.act("scanner", "scan", code="6812" + "0" * 24)
        assert cabin.until(lambda want=want: cabin.screen == want, 5), cabin.screen
        if want == "confirm_goods":
            cabin.touch("confirm_goods.pay", "free")
            cabin.until(lambda: cabin.dispenser.place == "at_take", 20)
            cabin.act("booklet_dispenser", "take")
            assert cabin.until(lambda: cabin.screen == "result", 30)
            cabin.touch("order.done")
    cabin.close()


BACKWARDS = ("探试阳欧", "*欧")
"""A name and its mask, written so that this file doesn't hold what is looked for."""


def _patterns(*texts: str) -> list[bytes | str]:
    """What to look for, all of it backwards: the search must not find itself."""
    found: list[bytes | str] = []
    for text in texts:
        found += [text[::-1], text.encode()[::-1], text.encode("utf-16-le")[::-1]]
    return found


def _visit_of_a_planted_person(cabin: Booth) -> list[bytes | str]:
    name, mask = (x[::-1] for x in BACKWARDS)
    cabin.touch("home.booklet")
    cabin.act("id_reader", "lay", number=seventeen(77), name=name)
    assert cabin.until(lambda: cabin.screen == "confirm_goods", 10)
    identified = cabin.state.visit.identified
    assert identified is not None
    assert identified.masked == mask
    found = _patterns(seventeen(77), name, mask)
    assert _held(found)
    cabin.act("id_reader", "lift")
    cabin.touch("confirm_goods.pay", "free")
    cabin.until(lambda: cabin.dispenser.place == "at_take", 20)
    cabin.act("booklet_dispenser", "take")
    assert cabin.until(lambda: cabin.screen == "result", 30)
    cabin.touch("order.done")
    return found


def _held(patterns: list[bytes | str]) -> list[str]:
    """Texts and bytes of any object of this process in which one of the patterns stands."""
    gc.collect()
    texts = [x for x in patterns if isinstance(x, str)]
    raws = [x for x in patterns if isinstance(x, bytes)]
    seen: set[int] = set()
    found = []
    for one in gc.get_objects():
        for x in gc.get_referents(one):
            if type(x) not in (str, bytes, bytearray) or id(x) in seen or len(x) < 2:
                continue
            seen.add(id(x))
            backwards = x[::-1]
            among = texts if isinstance(backwards, str) else raws
            if any(y in backwards for y in among):  # type: ignore[operator]
                found.append(repr(x)[:40])
    return found


def test_nothing_of_a_person_stays_in_memory_on_disk_or_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    cabin = Booth(tmp_path)
    planted = _visit_of_a_planted_person(cabin)
    cabin.advance(5)
    assert cabin.state.visit.identified is None
    logged = caplog.text[::-1]
    assert not [x for x in planted if isinstance(x, str) and x in logged]
    del logged
    assert _held(planted) == []
    files = [x for x in tmp_path.rglob("*") if x.is_file()]
    assert {"booklets.json", "journal.sqlite"} <= {x.name for x in files}
    for file in files:
        content = file.read_bytes()[::-1]
        assert not [x for x in planted if isinstance(x, bytes) and x in content], file
    cabin.close()
