"""Orders in the journal: replay, personal fields, forgetting, time."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from kiosk import seal
from kiosk.core import events as e
from kiosk.core.decide import decide
from kiosk.core.order import Order, PaymentState
from kiosk.journal import Journal, ReplayDiffersError, replay
from kiosk.journal.rows import Row, encode
from tests.crash import lives

FIRST, SECOND, THIRD = map(lives.number, range(1, 4))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


def bytes_of(path: Path) -> bytes:
    return b"".join(x.read_bytes() for x in path.parent.iterdir())


def keys_of(journal: Journal) -> dict[str, bytes]:
    return dict(journal.store.db.execute("SELECT order_id, key FROM keys"))


def test_a_replay_leads_to_the_same_states_and_digests(path: Path) -> None:
    journal = Journal(path)
    writer = lives.Writer(journal)
    for event in lives.interleaved(
        lives.paid_and_posted(FIRST), lives.one_refused(SECOND), lives.answer_lost(THIRD)
    ):
        writer.take(event)
    journal.close()
    journal = Journal(path)
    assert {x: replay(journal, x) for x in writer.orders} == writer.orders
    assert journal.open_orders() == [THIRD]
    assert [x.event for x in journal.entries(SECOND)] == lives.one_refused(SECOND)
    with pytest.raises(KeyError):
        replay(journal, lives.number(9))
    journal.close()


def test_a_note_that_could_not_be_written_leaves_the_list_as_it_is(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second try must not take the list for up to date (an order settled on a full disk)."""
    journal = Journal(path)
    writer = lives.Writer(journal)
    writer.live(lives.answer_lost(THIRD))
    order = writer.orders[THIRD]
    settled = replace(order, payment=replace(order.payment, state=PaymentState.PAID))

    def full() -> None:
        raise apsw.FullError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(journal.store, "commit", full)
        with pytest.raises(apsw.FullError):
            journal.note("OldOrderSettled", {}, journal.now(), settled)
    assert [x.charged_fen for x in journal.summaries()] == [0]
    journal.note("OldOrderSettled", {}, journal.now(), settled)
    assert [x.charged_fen for x in journal.summaries()] == [order.amount_fen]
    journal.close()


def test_the_list_of_orders_says_what_the_states_say(path: Path) -> None:
    journal = Journal(path)
    writer = lives.Writer(journal)
    writer.live(lives.one_refused(SECOND))
    writer.live(lives.answer_lost(THIRD))
    second, third = journal.summaries()
    assert (second.charged_fen, second.refunded_fen, second.word) == (11190, 1560, "refunded")
    assert second.closed_at == second.last_at == journal.last_at(SECOND)
    assert (third.charged_fen, third.closed_at, third.word) == (0, None, "unknown")
    assert journal.charged_since(0) == 11190 - 1560
    assert journal.counter("3801261122") == 2
    assert journal.counter("3801261123") == 0
    journal.close()


def test_an_event_after_closing_leaves_the_time_of_closing(path: Path) -> None:
    seconds = itertools.count(1_795_300_000)
    journal = Journal(path, wall=lambda: next(seconds))
    writer = lives.Writer(journal)
    writer.live(lives.paid_and_posted(FIRST))
    (before,) = journal.summaries()
    writer.take(e.PersonLeft(FIRST))
    (after,) = journal.summaries()
    assert after.closed_at == before.closed_at
    assert after.last_at == before.last_at + 1000
    journal.close()


def test_another_state_than_when_written_stops_that_order_only(path: Path) -> None:
    journal = Journal(path)
    writer = lives.Writer(journal)
    writer.live(lives.paid_and_posted(FIRST))
    writer.live(lives.answer_lost(SECOND)[:1])
    good = writer.orders[SECOND]
    # What an older program with other rules would have written for the same event.
    event, at = e.PaymentAnswered(SECOND, e.Charge.NO_ANSWER, None, "timeout"), journal.now()
    journal.append(event, good, at)
    with pytest.raises(ReplayDiffersError, match="another state") as differs:
        replay(journal, SECOND)
    assert differs.value.order == good
    assert replay(journal, FIRST) == writer.orders[FIRST]
    journal.close()


def test_an_event_that_decide_cannot_bear_stops_that_order_only(path: Path) -> None:
    journal = Journal(path)
    writer = lives.Writer(journal)
    writer.live(lives.paid_and_posted(FIRST))
    writer.live(lives.answer_lost(SECOND)[:1])
    journal.append(e.TimerFired(SECOND, "no such"), writer.orders[SECOND], journal.now())
    with pytest.raises(ReplayDiffersError, match="ValueError in decide"):
        replay(journal, SECOND)
    assert replay(journal, FIRST) == writer.orders[FIRST]
    journal.close()


def test_a_seal_that_does_not_open_stops_that_order_only(path: Path) -> None:
    journal = Journal(path)
    writer = lives.Writer(journal)
    writer.live(lives.paid_and_posted(FIRST))
    writer.live(lives.paid_and_posted(SECOND))
    journal.store.db.execute("UPDATE keys SET key = ? WHERE order_id = ?", (bytes(32), FIRST))
    with pytest.raises(ReplayDiffersError, match="don't open") as differs:
        replay(journal, FIRST)
    assert differs.value.order is None
    assert replay(journal, SECOND) == writer.orders[SECOND]
    journal.close()


def test_no_personal_field_stands_in_the_clear_anywhere(path: Path) -> None:
    journal = Journal(path)
    writer = lives.Writer(journal)
    writer.live(lives.one_refused(FIRST))
    writer.take(e.Poisoned(FIRST, "TimerFired", "ValueError"))
    for stage in ("with the log", "after the close"):
        content = bytes_of(path)
        assert FIRST.encode() in content, stage
        for secret in (*lives.ACCOUNTS, "B-7730-1", "B-7730-2", lives.CARD, lives.CARD[-4:]):
            assert secret.encode() not in content, f"{secret} {stage}"
        if stage == "with the log":
            journal.close()


def test_forgotten_fields_are_gone_and_the_chain_still_holds(path: Path) -> None:
    journal = Journal(path)
    writer = lives.Writer(journal)
    writer.live(lives.paid_and_posted(FIRST))
    writer.live(lives.answer_lost(SECOND))
    keys = keys_of(journal)
    assert all(x in bytes_of(path) for x in keys.values())
    assert journal.forget(journal.now() + 1) == 1
    assert keys_of(journal).keys() == {SECOND}, "an open order keeps its key"
    assert keys[FIRST] not in bytes_of(path)
    forgotten = replay(journal, FIRST)
    assert {x.bill.account for x in forgotten.lines} == {seal.GONE}
    assert forgotten.payment.facts is not None
    assert forgotten.payment.facts.card == seal.GONE
    assert forgotten.closed
    assert replay(journal, SECOND) == writer.orders[SECOND]
    journal.store.verify(whole=True)
    assert journal.forget(journal.now() + 1) == 0
    journal.close()
    assert keys[FIRST] not in bytes_of(path)
    assert keys[SECOND] in bytes_of(path)


def test_only_orders_closed_before_are_forgotten(path: Path) -> None:
    seconds = itertools.count(1_795_300_000)
    journal = Journal(path, wall=lambda: next(seconds))
    writer = lives.Writer(journal)
    writer.live(lives.paid_and_posted(FIRST))
    writer.live(lives.paid_and_posted(SECOND))
    first, second = journal.summaries()
    assert first.closed_at is not None
    assert second.closed_at is not None
    assert journal.forget(first.closed_at) == 0
    assert journal.forget(second.closed_at) == 1
    assert keys_of(journal).keys() == {SECOND}
    journal.close()


def test_a_reader_delays_the_emptying_of_the_log_and_the_next_call_does_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.journal.store.BUSY_MS", 1)
    journal = Journal(path)
    lives.Writer(journal).live(lives.paid_and_posted(FIRST))
    key = keys_of(journal)[FIRST]
    reader = Journal(path, readonly=True)
    with reader.store.db:
        assert len(list(reader.summaries())) == 1
        assert journal.forget(journal.now() + 1) == 1
        assert key in bytes_of(path), "the reader holds the old pages"
    assert journal.forget(journal.now() + 1) == 0
    assert key not in bytes_of(path)
    reader.close()
    journal.close()


def test_no_key_of_many_is_left_in_the_file(path: Path) -> None:
    """Pages split and merge while keys come and go; none may leave a copy behind."""
    journal = Journal(path)
    journal.store.db.execute("PRAGMA synchronous=OFF")  # nothing here is about power
    writer = lives.Writer(journal)
    numbers = [lives.number(x * 7919 % 401) for x in range(1, 400)]
    for no in numbers:
        writer.live(lives.paid_and_posted(no)[:1])
        writer.live([e.PaymentAnswered(no, e.Charge.NOT_PAID, None, "declined")])
    keys = keys_of(journal)
    assert len(keys) == len(numbers)
    assert journal.forget(journal.now() + 1) == len(numbers)
    content = bytes_of(path)
    assert not [no for no, key in keys.items() if key in content]
    journal.close()


def test_wall_time_never_goes_backwards(path: Path) -> None:
    wall = [1_795_300_000.0]
    journal = Journal(path, wall=lambda: wall[0])
    writer = lives.Writer(journal)
    writer.take(lives.opened(FIRST))
    wall[0] -= 86_400
    writer.take(lives.answer_lost(FIRST)[1])
    journal.close()
    journal = Journal(path, wall=lambda: wall[0])
    assert journal.now() == 1_795_300_000_000
    journal.note("CalledForHelp", {}, int(wall[0] * 1000))
    assert {x.at for x in journal.store.rows()} == {1_795_300_000_000}
    assert replay(journal, FIRST) == writer.orders[FIRST]
    with pytest.raises(ValueError, match="before the last row"):
        journal.append(e.PersonLeft(FIRST), writer.orders[FIRST], int(wall[0] * 1000))
    journal.close()


def test_an_append_that_fails_leaves_nothing(path: Path) -> None:
    journal = Journal(path)
    at = journal.now()
    order, _ = decide(None, lives.opened(FIRST), at)
    with pytest.raises(TypeError):
        journal.append(lives.opened(FIRST), Broken(order), at)  # type: ignore[arg-type]
    assert journal.store.head_seq == 0
    assert keys_of(journal) == {}
    assert list(journal.summaries()) == []
    journal.append(lives.opened(FIRST), order, at)
    assert replay(journal, FIRST) == order
    journal.close()


class Broken:
    """Looks like an order but can't be written down."""

    def __init__(self, order: Order) -> None:
        self._order = order

    def __getattr__(self, name: str) -> object:
        return getattr(self._order, name)


def test_rows_are_reported_once_they_are_durable(path: Path) -> None:
    seen: list[Row] = []
    journal = Journal(path, on_append=seen.append)
    lives.Writer(journal).live(lives.paid_and_posted(FIRST))
    journal.note("CalledForHelp", {"order_id": FIRST}, journal.now())
    assert seen == list(journal.store.rows())
    journal.close()


@pytest.mark.parametrize("event", [*lives.one_refused(FIRST), e.Restarted(FIRST)])
def test_flat_and_walked_events_are_written_alike(event: e.OrderEvent) -> None:
    plain, secrets = seal.split(event)
    kind, body, sealed = encode(event, bytes(32))
    assert kind == type(event).__name__
    assert seal.msgspec.json.decode(body) == plain
    assert bool(sealed) == bool(secrets)
