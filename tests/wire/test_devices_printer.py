"""The receipt printer's driver against a printer played by hand, in virtual time.

The printer here answers questions from `replies`, keeps what it is sent, and answers a queued
question when the test says so. Source: receipt printer protocols, 3a; requirements R15 and R16.
"""

from __future__ import annotations

import itertools

import pytest

from devices.driver import SettingsError
from devices.receipt_printer.document import Ask
from devices.receipt_printer.driver import EscposPrinter
from devices.receipt_printer.encoder import INIT
from devices.status import (
    Cancelled,
    Failed,
    Level,
    OutcomeUnknown,
    Status,
    Success,
    TimedOut,
)
from tests.wire.printer_by_hand import GOOD, PAPER_OUT, XOFF, XON, Bench


@pytest.fixture
def bench() -> Bench:
    return Bench().ready()


def test_asks_at_open_and_every_five_seconds_when_idle(bench: Bench) -> None:
    bench.asked.clear()
    bench.run(20)
    assert [n for _, n in bench.asked] == [1, 2, 3, 4] * 4
    starts = [at for at, n in bench.asked if n == 1]
    assert [b - a for a, b in itertools.pairwise(starts)] == pytest.approx([5, 5, 5])


def test_is_unknown_until_the_first_answers() -> None:
    bench = Bench()
    bench.answers_questions = False
    bench.open()
    assert bench.driver.status == Status(Level.UNKNOWN, "connecting")
    bench.answers_questions = True
    bench.run(3)
    assert bench.statuses() == [Status(Level.UNKNOWN, "connecting"), Status(Level.READY)]


def test_two_missed_rounds_are_unavailable_and_an_answer_is_ready_again(bench: Bench) -> None:
    # The next round begins 5 s after the one at open: 2 s from here, and 1 s is its time.
    bench.answers_questions = False
    bench.run(4.9)
    assert bench.driver.status == Status(Level.READY)
    bench.run(0.2)
    assert bench.driver.status == Status(Level.UNAVAILABLE, "no_answer")
    bench.answers_questions = True
    bench.run(2)
    assert bench.driver.status == Status(Level.READY)


@pytest.mark.parametrize(
    ("replies", "reason"),
    [
        (PAPER_OUT, "paper_out"),
        ({**GOOD, 1: 0x1A, 2: 0x16}, "cover_open"),
        ({**GOOD, 3: 0x1A}, "cutter_error"),
    ],
)
def test_a_printer_in_need_gets_not_a_byte(
    bench: Bench, replies: dict[int, int], reason: str
) -> None:
    bench.replies = replies
    number = bench.print()
    completion = bench.completion(number)
    assert isinstance(completion, Failed)
    assert completion.code == reason
    assert bench.printed == b""
    assert bench.driver.status.reason == reason


def test_a_silent_printer_gets_not_a_byte(bench: Bench) -> None:
    bench.answers_questions = False
    number = bench.print()
    bench.run(10)
    completion = bench.completion(number)
    assert isinstance(completion, Failed)
    assert completion.code == "no_answer"
    assert bench.printed == b""


def test_an_answer_asked_for_before_the_job_doesnt_count(bench: Bench) -> None:
    bench.answers_questions = False
    bench.run(2)
    assert bench.asked[-1] == (bench.now, 1)
    bench.hear(b"\x12\x12\x12")
    number = bench.print()
    # The old round ends well, but what the job waits for is asked after it came.
    bench.hear(b"\x12")
    assert bench.printed == b""
    bench.replies = PAPER_OUT
    bench.hear(bytes(PAPER_OUT.values()))
    completion = bench.completion(number)
    assert isinstance(completion, Failed)
    assert completion.code == "paper_out"
    assert bench.printed == b""


def test_low_paper_prints_and_says_so(bench: Bench) -> None:
    bench.replies = {**GOOD, 4: 0x1E}
    number = bench.print()
    bench.run(3)
    completion = bench.completion(number)
    assert isinstance(completion, Success)
    assert isinstance(completion.value, Status)
    assert completion.value.reason == "paper_low"
    assert bench.driver.status.reason == "paper_low"


def test_a_print_is_done_when_barrier_and_status_have_answered(bench: Bench) -> None:
    bench.answers_barriers = False
    number = bench.print()
    bench.run(3)
    assert bench.barriers_open == 1
    assert bytes(bench.printed).endswith(b"\n\x1d\x56\x42\x00")
    assert bench.printed.count(b"line ") == 20
    assert bench.driver.status == Status(Level.BUSY, "printing")
    assert bench.completion(number) is None
    bench.asked.clear()
    bench.hear(b"\x00")
    assert [n for _, n in bench.asked] == [1, 2, 3, 4]
    assert bench.completion(number) == Success(Status(Level.READY))
    assert bench.driver.status == Status(Level.READY)


def test_is_asked_every_second_while_it_prints(bench: Bench) -> None:
    bench.answers_barriers = False
    bench.print()
    bench.asked.clear()
    bench.run(5.5)
    assert len([n for _, n in bench.asked if n == 1]) in (5, 6)


def test_paper_that_ends_behind_the_barrier_is_no_success(bench: Bench) -> None:
    bench.answers_barriers = False
    number = bench.print()
    bench.run(1.2)
    bench.replies = PAPER_OUT
    bench.hear(b"\x00")
    assert bench.completion(number) == OutcomeUnknown("paper_out")


def test_paper_that_ends_half_way_stops_the_sending(bench: Bench) -> None:
    number = bench.print()
    bench.run(0.2)
    bench.replies = PAPER_OUT
    bench.run(1)
    assert bench.completion(number) == OutcomeUnknown("paper_out")
    count = len(bench.printed)
    bench.run(10)
    assert len(bench.printed) == count


def test_no_answer_to_the_barrier_is_an_unknown_outcome(bench: Bench) -> None:
    bench.answers_barriers = False
    number = bench.print()
    bench.run(29)
    assert bench.completion(number) is None
    bench.run(3)
    assert bench.completion(number) == OutcomeUnknown("no_barrier")


def test_silence_after_the_barrier_is_an_unknown_outcome(bench: Bench) -> None:
    bench.answers_barriers = False
    number = bench.print()
    bench.run(1.2)
    bench.answers_questions = False
    bench.hear(b"\x00")
    bench.run(4)
    assert bench.completion(number) == OutcomeUnknown("no_answer")


def test_xoff_holds_the_line_and_xon_frees_it(bench: Bench) -> None:
    number = bench.print()
    bench.run(0.2)
    bench.hear(XOFF)
    held = len(bench.printed)
    bench.run(5)
    assert len(bench.printed) == held
    assert bench.completion(number) is None
    bench.hear(XON)
    bench.run(3)
    assert isinstance(bench.completion(number), Success)
    assert bench.printed.count(b"line ") == 20


def test_xoff_for_ever_is_a_stall(bench: Bench) -> None:
    number = bench.print()
    bench.run(0.2)
    bench.hear(XOFF)
    bench.run(10.1)
    assert bench.completion(number) == OutcomeUnknown("stalled")


def test_xoff_before_the_first_byte_is_a_certain_failure(bench: Bench) -> None:
    bench.hear(XOFF)
    number = bench.print()
    bench.run(11)
    completion = bench.completion(number)
    assert isinstance(completion, Failed)
    assert completion.code == "stalled"
    assert bench.printed == b""


def test_bytes_go_no_faster_than_the_line(bench: Bench) -> None:
    bench.print()
    start = bench.now
    while bench.printed.count(b"line ") < 20:
        bench.run(0.01)
    # The last piece may still be on its way.
    assert (bench.now - start) * 19200 / 10 >= len(bench.printed) - 60


def test_a_late_answer_to_an_old_barrier_isnt_the_new_jobs(bench: Bench) -> None:
    bench.answers_barriers = False
    first = bench.print("J1")
    bench.run(1.2)
    bench.replies = PAPER_OUT
    bench.run(1.2)
    assert bench.completion(first) == OutcomeUnknown("paper_out")
    bench.replies = dict(GOOD)
    second = bench.print("J2")
    bench.printed.clear()
    # The old answer comes, and behind it the one to the question that settles the matter.
    assert bench.barriers_open == 2
    bench.hear(b"\x00")
    bench.run(0.5)
    assert bench.printed == b""
    bench.hear(b"\x00")
    bench.run(3)
    assert bench.printed.count(b"line ") == 20
    assert bench.completion(second) is None
    assert bench.barriers_open == 3
    bench.hear(b"\x00")
    assert isinstance(bench.completion(second), Success)


def test_a_printer_not_done_with_the_past_gets_no_new_job(bench: Bench) -> None:
    bench.answers_barriers = False
    bench.print("J1")
    bench.run(32)
    second = bench.print("J2")
    bench.printed.clear()
    bench.run(9)
    completion = bench.completion(second)
    assert isinstance(completion, Failed)
    assert completion.code == "not_settled"
    assert bench.printed == b""


def test_remains_of_a_broken_receipt_are_cut_off_first(bench: Bench) -> None:
    bench.print("J1")
    bench.run(0.2)
    bench.replies = PAPER_OUT
    bench.run(1.2)
    bench.replies = dict(GOOD)
    bench.run(8)
    bench.printed.clear()
    second = bench.print("J2")
    bench.run(4)
    assert isinstance(bench.completion(second), Success)
    cut = bench.printed.index(b"\x1d\x56\x42\x00")
    assert cut < bench.printed.index(b"line 0")


def test_the_same_job_isnt_printed_twice(bench: Bench) -> None:
    bench.print("J1")
    bench.run(3)
    bench.printed.clear()
    again = bench.print("J1")
    bench.run(3)
    assert bench.completion(again) == Success("already_printed")
    assert bench.printed == b""
    marked = bench.print("J1", reprint=True)
    bench.run(3)
    assert isinstance(bench.completion(marked), Success)
    assert "补打".encode("gb18030") in bench.printed


def test_a_doubtful_job_wants_a_mark(bench: Bench) -> None:
    number = bench.print("J1")
    bench.run(0.2)
    bench.cancel(number)
    assert bench.completion(number) == OutcomeUnknown("cancelled_while_printing")
    bench.run(8)
    again = bench.print("J1")
    completion = bench.completion(again)
    assert isinstance(completion, Failed)
    assert completion.code == "needs_reprint"
    marked = bench.print("J1", reprint=True)
    bench.run(4)
    assert isinstance(bench.completion(marked), Success)


def test_a_job_that_failed_for_certain_may_be_tried_again(bench: Bench) -> None:
    bench.replies = PAPER_OUT
    assert isinstance(bench.completion(bench.print("J1")), Failed)
    bench.replies = dict(GOOD)
    again = bench.print("J1")
    bench.run(3)
    assert isinstance(bench.completion(again), Success)


def test_a_cable_pulled_half_way(bench: Bench) -> None:
    first, second = bench.print("J1"), bench.print("J2")
    bench.run(0.2)
    bench.lost()
    assert bench.completion(first) == OutcomeUnknown("unplugged")
    assert isinstance(bench.completion(second), Failed)
    assert bench.driver.status == Status(Level.UNAVAILABLE, "unplugged")
    bench.driver.opened(bench.now)
    bench.run(3)
    assert bench.driver.status == Status(Level.READY)


def test_cancelling_before_the_first_byte_is_clean(bench: Bench) -> None:
    bench.answers_questions = False
    number = bench.print()
    bench.cancel(number)
    bench.answers_questions = True
    bench.run(5)
    assert bench.completion(number) == Cancelled()
    assert bench.printed == b""


def test_jobs_come_one_after_the_other(bench: Bench) -> None:
    first, second = bench.print("J1"), bench.print("J2")
    bench.run(0.6)
    assert isinstance(bench.completion(first), Success)
    assert bench.completion(second) is None
    bench.run(3)
    assert isinstance(bench.completion(second), Success)
    assert bench.printed.count(b"line ") == 40


def test_ask_answers_with_a_status_of_now(bench: Bench) -> None:
    bench.replies = PAPER_OUT
    completion = bench.completion(bench.submit(Ask()))
    assert isinstance(completion, Success)
    assert isinstance(completion.value, Status)
    assert completion.value.reason == "paper_out"


def test_ask_without_an_answer_times_out(bench: Bench) -> None:
    bench.answers_questions = False
    number = bench.submit(Ask())
    bench.run(4)
    assert bench.completion(number) == TimedOut()


def test_it_is_asked_to_tell_of_changes_once_while_idle(bench: Bench) -> None:
    assert bench.asked_to_tell == []
    bench.run(20)
    (first,) = bench.asked_to_tell
    number = bench.print()
    bench.run(10)
    assert isinstance(bench.completion(number), Success)
    assert len(bench.asked_to_tell) == 2, "a job switches it off"
    assert bytes(bench.printed).startswith(INIT)
    bench.lost()
    bench.open().run(20)
    assert len(bench.asked_to_tell) == 3, "and a new connection may be another printer"
    assert first < bench.now


def test_a_printer_that_was_silent_is_asked_to_tell_again(bench: Bench) -> None:
    bench.run(20)
    bench.answers_questions = False
    bench.run(20)
    bench.answers_questions = True
    bench.run(20)
    assert len(bench.asked_to_tell) == 2


def test_one_that_holds_the_line_is_not_asked(bench: Bench) -> None:
    bench.hear(XOFF)
    bench.run(20)
    assert bench.asked_to_tell == []
    bench.hear(XON)
    bench.run(20)
    assert len(bench.asked_to_tell) == 1


def test_automatic_status_makes_it_ask(bench: Bench) -> None:
    bench.asked.clear()
    bench.hear(bytes.fromhex("18 00 0c 00"))
    assert [n for _, n in bench.asked] == [1, 2, 3, 4]


def test_noise_changes_nothing(bench: Bench) -> None:
    bench.hear(bytes(range(256)))
    bench.hear(XON)
    bench.run(6)
    assert bench.driver.status == Status(Level.READY)
    number = bench.print()
    bench.run(3)
    assert isinstance(bench.completion(number), Success)


def test_what_it_cant_do_fails(bench: Bench) -> None:
    completion = bench.completion(bench.submit("dance"))
    assert isinstance(completion, Failed)


def test_settings_are_checked() -> None:
    assert isinstance(EscposPrinter.from_settings({"columns": 32}), EscposPrinter)
    for wrong in ({"columns": 5}, {"columns": "48"}, {"baud": 1}, {"colour": "red"}):
        with pytest.raises(SettingsError):
            EscposPrinter.from_settings(wrong)
