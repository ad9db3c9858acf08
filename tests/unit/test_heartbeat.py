"""Signs of life: who is asked and doesn't answer is stuck, who isn't asked is only quiet."""

from __future__ import annotations

from kiosk.diagnostics.heartbeat import ENGINE, JOURNAL, SCREEN, STUCK_S, Heartbeat


class Hand:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def stuck(heart: Heartbeat) -> set[str]:
    return {x for x, pulse in heart.pulses().items() if pulse.waiting_s >= STUCK_S}


def test_a_part_that_nobody_asks_is_quiet_and_one_that_is_asked_must_answer() -> None:
    hand = Hand()
    heart = Heartbeat(monotonic=hand)
    heart.beat(ENGINE)
    hand.now += 3600
    assert stuck(heart) == set()
    heart.ask(ENGINE, SCREEN)
    hand.now += STUCK_S
    assert stuck(heart) == {ENGINE, SCREEN}
    heart.ask(ENGINE)
    assert heart.pulses()[ENGINE].waiting_s == STUCK_S, "asking again doesn't begin anew"
    heart.beat(ENGINE)
    assert stuck(heart) == {SCREEN}
    assert heart.pulses()[ENGINE].age_s == 0
    assert heart.pulses()[SCREEN].age_s is None


def test_an_answer_with_trouble_is_heard_and_isn_t_enough() -> None:
    hand = Hand()
    heart = Heartbeat((ENGINE, JOURNAL), hand)
    heart.ask(SCREEN, ENGINE, JOURNAL)
    heart.beat(ENGINE)
    heart.beat(JOURNAL, "ReadOnlyError: attempt to write a readonly database")
    hand.now += STUCK_S
    assert stuck(heart) == {JOURNAL}, "this run has no screen"
    assert "readonly" in heart.pulses()[JOURNAL].trouble
    heart.beat(JOURNAL)
    assert heart.answered()
    assert heart.pulses()[JOURNAL].trouble == ""


def test_a_fresh_sign_of_life_is_not_asked_for_again() -> None:
    hand = Hand()
    heart = Heartbeat((ENGINE, JOURNAL), hand)
    assert heart.stale(5.0) == (ENGINE, JOURNAL), "never heard is no sign of life"
    heart.beat(ENGINE)
    hand.now += 4
    assert heart.stale(5.0) == (JOURNAL,)
    hand.now += 1
    assert heart.stale(5.0) == (ENGINE, JOURNAL)
    heart.beat(ENGINE)
    assert ENGINE in heart.stale(0)
