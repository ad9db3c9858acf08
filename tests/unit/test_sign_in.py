"""Signing in with the real engine, journal and adapter, in virtual time."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import operators
from kiosk.adapters.door import Door
from kiosk.books import ClosedBooks
from kiosk.core.access import DELAYS_S, REFUSED, SIGNED_IN, TRIED, Attempts
from kiosk.core.visit import messages as m
from kiosk.core.visit import sign_in_messages as s
from kiosk.core.visit.sign_in_steps import SignIn
from kiosk.virtual import VirtualKiosk
from kiosk.virtual_workers import VirtualLanes

PIN, WRONG = "246810", "999999"


@pytest.fixture
def kiosk(tmp_path: Path) -> VirtualKiosk:
    made = VirtualKiosk(tmp_path)
    made.advance(5)
    return made


def knock(kiosk: VirtualKiosk, who: str = "technician") -> None:
    if kiosk.screen == "attract":
        kiosk.touch("wake")
    kiosk.touch(m.KNOCK)
    assert kiosk.screen == "sign_in_who"
    kiosk.touch("who.is", who)
    assert kiosk.screen == "sign_in"
    kiosk.advance(0.5)


def enter_pin(kiosk: VirtualKiosk, pin: str) -> None:
    for digit in pin:
        kiosk.touch("pin.key", digit)
    kiosk.touch("pin.done")
    kiosk.advance(0.5)  # the answer is never there at once


def step(kiosk: VirtualKiosk) -> SignIn:
    assert kiosk.state is not None
    found = kiosk.state.visit.step
    assert isinstance(found, SignIn)
    return found


def rows(kiosk: VirtualKiosk) -> list[tuple[str, str]]:
    found = kiosk._books.journal.notes_of(TRIED, REFUSED, SIGNED_IN)
    return [(kind, body["operator"]) for _at, kind, body in found]


def test_the_right_pin_lets_in_and_the_journal_has_it(kiosk: VirtualKiosk) -> None:
    knock(kiosk)
    enter_pin(kiosk, PIN)
    assert kiosk.screen not in ("sign_in", "sign_in_who")
    assert rows(kiosk) == [(TRIED, "technician"), (SIGNED_IN, "technician")]


def test_wrong_pins_make_wait_longer_and_longer(kiosk: VirtualKiosk) -> None:
    knock(kiosk)
    waits = []
    for _ in range(len(DELAYS_S)):
        enter_pin(kiosk, WRONG)
        assert step(kiosk).refused
        waits.append(step(kiosk).wait_s)
        # While it waits no digit counts, and not even the right PIN is looked at.
        if step(kiosk).wait_s:
            enter_pin(kiosk, PIN)
            assert step(kiosk).typed == 0
        assert kiosk.until(lambda: not step(kiosk).wait_s, 400) if waits[-1] < 60 else True
        if waits[-1] >= 60:
            kiosk.touch("nav.home")
            kiosk.advance(waits[-1])
            knock(kiosk)
    assert waits == [*DELAYS_S[1:], DELAYS_S[-1]]
    enter_pin(kiosk, PIN)
    assert kiosk.screen not in ("sign_in", "sign_in_who")
    assert rows(kiosk)[-1] == (SIGNED_IN, "technician")


def test_a_kill_makes_no_wait_shorter(kiosk: VirtualKiosk) -> None:
    knock(kiosk)
    for _ in range(3):
        enter_pin(kiosk, WRONG)
    assert step(kiosk).wait_s == 5
    kiosk.restart()
    kiosk.advance(1)
    knock(kiosk)
    assert step(kiosk).wait_s in (4, 5)
    kiosk.advance(6)
    assert step(kiosk).wait_s == 0
    enter_pin(kiosk, WRONG)
    assert step(kiosk).wait_s == 15


def test_a_kill_before_the_answer_has_counted_the_try(kiosk: VirtualKiosk) -> None:
    knock(kiosk)
    for digit in WRONG:
        kiosk.touch("pin.key", digit)
    assert kiosk.state is not None
    kiosk.engine.post(m.Touched("pin.done", "", kiosk.state.version))
    kiosk.engine.pump()  # the hash isn't there yet
    assert rows(kiosk) == [(TRIED, "technician")]


def test_the_digits_are_in_no_state_and_no_row(kiosk: VirtualKiosk) -> None:
    knock(kiosk)
    for digit in PIN:
        kiosk.touch("pin.key", digit)
        assert PIN[:2] not in repr(kiosk.state.visit)  # type: ignore[union-attr]
    assert step(kiosk).typed == len(PIN)
    enter_pin(kiosk, "")
    assert rows(kiosk)[-1] == (SIGNED_IN, "technician")
    journal = (kiosk.settings.cabin.data_dir / "journal.sqlite").read_bytes()
    wal = (kiosk.settings.cabin.data_dir / "journal.sqlite-wal").read_bytes()
    assert PIN.encode() not in journal + wal
    door = kiosk.engine._outside.door  # type: ignore[union-attr]
    assert (bytes(door._pin), bytes(door._card)) == (b"", b"")


def test_each_waits_for_their_own_mistakes(kiosk: VirtualKiosk) -> None:
    knock(kiosk)
    for _ in range(3):
        enter_pin(kiosk, WRONG)
    kiosk.touch("nav.back")
    kiosk.touch("who.is", "office")
    kiosk.advance(0.5)
    assert step(kiosk).wait_s == 0
    enter_pin(kiosk, "135791")
    assert kiosk.screen not in ("sign_in", "sign_in_who")


def test_whoever_goes_away_leaves_nothing(kiosk: VirtualKiosk) -> None:
    knock(kiosk)
    kiosk.touch("pin.key", "2")
    kiosk.advance(200)
    assert kiosk.screen in ("home", "attract")
    door = kiosk.engine._outside.door  # type: ignore[union-attr]
    assert bytes(door._pin) == b""


def test_staff_wait_until_a_resident_is_done(kiosk: VirtualKiosk) -> None:
    kiosk.touch("home.rice")
    kiosk.touch(m.KNOCK)
    assert kiosk.screen == "rice"
    assert kiosk.state is not None and kiosk.state.knocked
    kiosk.touch("nav.home")
    assert kiosk.screen == "sign_in_who"
    kiosk.advance(200)
    assert kiosk.screen in ("home", "attract")


def test_a_code_held_to_the_reader_is_taken_for_a_card(kiosk: VirtualKiosk) -> None:
    kiosk.touch(m.KNOCK)
    kiosk.act("scanner", "scan", code="CARD-000001")
    kiosk.advance(1)
    assert kiosk.screen == "sign_in_who"
    assert step(kiosk).refused
    assert rows(kiosk) == [(TRIED, "card"), (REFUSED, "card")]


@given(st.integers(0, 12), st.integers(0, 10**6), st.integers(-(10**6), 10**6))
def test_a_wait_never_passes_its_delay_whatever_the_clock_does(
    tries: int, last: int, later: int
) -> None:
    wait = Attempts(tries, last).wait_s(last + later)
    assert 0 <= wait <= DELAYS_S[min(tries, len(DELAYS_S) - 1)]
    if later <= 0:
        assert wait == DELAYS_S[min(tries, len(DELAYS_S) - 1)]


def test_staff_come_in_though_the_books_are_broken(tmp_path: Path) -> None:
    """They are who mends it. Waits grow all the same, as long as the program runs."""
    kiosk = VirtualKiosk(tmp_path)
    staff = {x.id: x for x in kiosk.settings.operators}
    answers: list[object] = []
    lanes = VirtualLanes(kiosk.clock, answers.append)
    door = Door(tuple(staff.values()), lanes, ClosedBooks("broken"), kiosk.clock.monotonic)

    def check(pin: str) -> s.PinChecked:
        for digit in pin:
            door.ask(s.TypePin(digit))
        door.ask(s.CheckPin(1, "technician"))
        kiosk.clock.advance(1)
        lanes.deliver()
        told = door.translate(answers.pop())
        assert isinstance(told, s.PinChecked)
        return told

    assert [check(WRONG).wait_s for _ in range(3)] == [0, 0, 4]
    assert check(PIN).operator == "", "nobody is let in before the wait is over"
    kiosk.clock.advance(60)
    assert check(PIN).operator == "technician"
    kiosk.close()


class WithCard(VirtualKiosk):
    """The technician has a card."""

    def configure(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        card = f'role = "technician"\ncard = "{operators.make(b"CARD-000001")}"'
        file.write_text(text.replace('role = "technician"', card), encoding="utf-8")


def test_a_card_is_as_good_as_a_pin(tmp_path: Path) -> None:
    kiosk = WithCard(tmp_path)
    kiosk.advance(5)
    kiosk.act("scanner", "scan", code="CARD-000001")
    kiosk.advance(1)
    assert rows(kiosk) == [], "nobody signs in: it is a code like any other"
    if kiosk.screen != "home":
        kiosk.touch("nav.home")
    kiosk.touch(m.KNOCK)
    kiosk.act("scanner", "scan", code="CARD-000002")
    kiosk.advance(1)
    assert step(kiosk).refused
    kiosk.act("scanner", "scan", code="CARD-000001")
    kiosk.advance(1)
    assert kiosk.screen == "tech_overview"
    assert kiosk.state is not None and kiosk.state.visit.operator is not None
    assert kiosk.state.visit.operator.id == "technician"
    assert rows(kiosk)[-2:] == [(TRIED, "card"), (SIGNED_IN, "technician")]
    journal = kiosk.settings.cabin.data_dir / "journal.sqlite"
    assert b"CARD-0" not in journal.read_bytes() + Path(f"{journal}-wal").read_bytes()


class VolunteerWithCard(VirtualKiosk):
    """The volunteer has a card, and the technician another one."""

    def configure(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        for role, code in (("volunteer", b"CARD-000007"), ("technician", b"CARD-000001")):
            card = f'role = "{role}"\ncard = "{operators.make(code)}"'
            text = text.replace(f'role = "{role}"', card)
        file.write_text(text, encoding="utf-8")


def test_a_volunteer_opens_a_class_with_a_card_and_nobody_else_does(tmp_path: Path) -> None:
    kiosk = VolunteerWithCard(tmp_path)
    kiosk.advance(5)
    kiosk.touch("home.call_person")
    kiosk.touch("call.volunteer")
    kiosk.act("scanner", "scan", code="CARD-000001")  # the technician's
    kiosk.advance(1)
    assert step(kiosk).refused
    kiosk.act("scanner", "scan", code="CARD-000007")
    kiosk.advance(1)
    assert kiosk.screen == "class_room"
    assert rows(kiosk)[-2:] == [(TRIED, "card"), (SIGNED_IN, "volunteer")]


def test_wrong_pins_slow_down_at_the_door_of_a_class_too(kiosk: VirtualKiosk) -> None:
    kiosk.touch("home.call_person")
    kiosk.touch("call.volunteer")
    assert kiosk.screen == "sign_in"
    for _ in range(3):
        enter_pin(kiosk, WRONG)
    assert step(kiosk).wait_s > 0
    enter_pin(kiosk, "112233")
    assert kiosk.screen == "sign_in", "the right one isn't taken before the wait is over"
    assert kiosk.until(lambda: not step(kiosk).wait_s, 400)
    enter_pin(kiosk, "112233")
    assert kiosk.screen == "class_room"


def test_wrong_cards_make_wait_too(tmp_path: Path) -> None:
    kiosk = WithCard(tmp_path)
    kiosk.advance(5)
    kiosk.touch(m.KNOCK)
    for n in range(3):
        kiosk.act("scanner", "scan", code=f"CARD-00001{n}")
        kiosk.advance(1)
    assert step(kiosk).wait_s > 0
    kiosk.act("scanner", "scan", code="CARD-000001")
    kiosk.advance(1)
    assert isinstance(kiosk.state.visit.step, SignIn)  # type: ignore[union-attr]
    assert kiosk.until(lambda: not step(kiosk).wait_s, 400)
    kiosk.act("scanner", "scan", code="CARD-000001")
    kiosk.advance(1)
    assert kiosk.screen == "tech_overview"
