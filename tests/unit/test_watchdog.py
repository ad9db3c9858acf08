"""The watchdog by itself: what it was asked for, and when it says what."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import apsw
import pytest

from kiosk.diagnostics.heartbeat import ENGINE, JOURNAL, SCREEN, Heartbeat, Ping
from kiosk.journal import Journal
from kiosk.watchdog import Watchdog, Wish, wish_of

PARTS = (SCREEN, ENGINE, JOURNAL)


@pytest.mark.parametrize(
    ("environment", "wish"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "20000000"}, None),
        ({"NOTIFY_SOCKET": "relative"}, None),
        ({"NOTIFY_SOCKET": "/n"}, Wish("/n", 0)),
        ({"NOTIFY_SOCKET": "@n", "WATCHDOG_USEC": "20000000"}, Wish("@n", 20)),
        ({"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "soon"}, Wish("/n", 0)),
        ({"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "1", "WATCHDOG_PID": "1"}, Wish("/n", 0)),
    ],
)
def test_what_the_supervisor_asks_for(environment: dict[str, str], wish: Wish | None) -> None:
    assert wish_of(environment) == wish
    assert environment == {}, "no child must speak in our name"


def test_a_program_in_our_place_is_asked_the_same() -> None:
    words = {"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "500000"}
    wish = wish_of(dict(words))
    assert wish is not None
    assert wish.words == words
    assert wish_of(dict(wish.words)) == wish


def test_its_own_number_counts() -> None:
    words = {"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "500000", "WATCHDOG_PID": str(os.getpid())}
    assert wish_of(words) == Wish("/n", 0.5)


class Listener:
    """A supervisor's ear, and a kiosk whose parts answer when they are told to."""

    def __init__(self, folder: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(folder / "notify"))
        self.pings: list[object] = []
        self.heart = Heartbeat(PARTS)
        wish = Wish(str(folder / "notify"), 0.4)
        self.dog = Watchdog(wish, self.heart, self.pings.append, lambda: None)

    def heard(self) -> list[str]:
        """What it was told since the last time."""
        self._socket.setblocking(False)
        found = []
        while True:
            try:
                found.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return found

    def waits_for(self, line: str) -> None:
        self._socket.settimeout(30)
        while self._socket.recv(4096).decode() != line:
            pass

    def all_beat(self) -> None:
        for part in PARTS:
            self.heart.beat(part)


def test_ready_comes_when_every_part_has_answered(tmp_path: Path) -> None:
    ear = Listener(tmp_path)
    ear.dog.ask()
    ear.heart.beat(SCREEN)
    ear.heart.beat(ENGINE)
    ear.dog.welcome()
    assert ear.heard() == []
    ear.heart.beat(JOURNAL)
    ear.dog.welcome()
    assert ear.heard() == ["READY=1\nSTATUS=in service"]


def test_the_thread_does_all_that_by_itself(tmp_path: Path) -> None:
    ear = Listener(tmp_path)
    ear.all_beat()
    ear.dog.start()
    ear.waits_for("READY=1\nSTATUS=in service")
    ear.all_beat()
    ear.waits_for("WATCHDOG=1")
    ear.dog.stop()
    ear.waits_for("STOPPING=1")


@pytest.mark.parametrize("missing", PARTS)
def test_nothing_is_fed_while_a_part_owes_its_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, missing: str
) -> None:
    ear = Listener(tmp_path)
    ear.dog.ask()
    for part in PARTS:
        if part != missing:
            ear.heart.beat(part)
    for _ in range(3):
        ear.dog.look()
        for part in PARTS:
            if part != missing:
                ear.heart.beat(part)
    assert ear.heard() == [f"STATUS=the {missing} has not answered for 0 s"]
    ear.all_beat()
    ear.dog.look()
    assert ear.heard() == ["WATCHDOG=1", "STATUS=in service"]
    said = [x.getMessage() for x in caplog.records]
    assert len(said) == 2, "said when it changes, not at every look"
    assert said[0].startswith(f"watchdog: the {missing} has not answered for 0 s")
    assert said[1] == f"watchdog: the {missing} answers again"


def test_a_journal_that_answers_with_trouble_is_no_journal(tmp_path: Path) -> None:
    ear = Listener(tmp_path)
    ear.dog.ask()
    ear.heart.beat(SCREEN)
    ear.heart.beat(ENGINE)
    ear.heart.beat(JOURNAL, "ReadOnlyError")
    ear.dog.look()
    assert ear.heard() == ["STATUS=the journal can't do its work (ReadOnlyError)"]


def test_a_stuck_engine_is_asked_once(tmp_path: Path) -> None:
    ear = Listener(tmp_path)
    for _ in range(5):
        ear.dog.ask()
    assert [type(x) for x in ear.pings] == [Ping], "its queue isn't filled with questions"


def test_probing_the_journal_writes_no_row(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.note("Test", {}, 1)
    store = journal.store
    before = (store.head_seq, store.head_hash, store.anchor())
    store.probe()
    assert (store.head_seq, store.head_hash, store.anchor()) == before
    journal.note("Test", {}, 2)
    other = apsw.Connection(str(tmp_path / "journal.sqlite"))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(apsw.BusyError):
        store.probe()
    other.execute("ROLLBACK")
    other.close()
    store.probe()
    journal.note("Test", {}, 3)
    assert store.verify(whole=True) == 3
    journal.close()


def test_an_anchor_that_cannot_be_written_shows_in_the_probe(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    store = journal.store
    held, store._anchor = store._anchor, os.open(tmp_path / "journal.sqlite", os.O_RDONLY)
    with pytest.raises(OSError, match="Bad file descriptor"):
        store.probe()
    os.close(store._anchor)
    store._anchor = held
    store.probe()
    journal.close()
