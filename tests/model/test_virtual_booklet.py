"""Record booklets in a whole cabin in virtual time: real engine, drivers and list, invented people.

Nobody ever gets two, nothing is lost in silence, and the screen says only what is so.
"""

from __future__ import annotations

from pathlib import Path

from tests.support.booklets import Booth


def test_a_card_a_booklet_and_a_slip(tmp_path: Path) -> None:
    cabin = Booth(tmp_path)
    assert cabin.come(1) == "result"
    (order,) = cabin.judge()
    assert order.closed
    assert cabin.given == {1: 1}
    assert "booklet_delivering" in cabin.screens
    cabin.close()


def test_a_second_one_is_refused_and_another_person_gets_theirs(tmp_path: Path) -> None:
    cabin = Booth(tmp_path)
    cabin.come(1)
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
