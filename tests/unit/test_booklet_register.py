"""The list of who has had a booklet: keyed hashes, keys that go, and the limit across them."""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
import json
import random
import stat
from pathlib import Path

import pytest

from kiosk.booklet_register import HAD, Register, RegisterBrokenError
from kiosk.core.booklet import OPEN

START = datetime.date(2026, 3, 5)
ANNA, BELA = "id:310101185001010001", "id:310101185001010002"


class Days:
    """A calendar that the test turns."""

    def __init__(self) -> None:
        self.today = START

    def __call__(self) -> datetime.date:
        return self.today

    def later(self, days: int) -> None:
        self.today += datetime.timedelta(days=days)


def register(folder: Path, days: Days, per_days: int = 365) -> Register:
    return Register(folder / "booklets.json", per_days, days, lambda: 1.0)


def give(book: Register, who: str, order_id: str) -> str:
    """What happens when somebody gets a booklet: reserved, dispensed, settled."""
    why_not = book.reserve(order_id, book.look(who)[0])
    if not why_not:
        book.settle(order_id, given=True)
    return why_not


def keys(folder: Path) -> list[dict[str, object]]:
    content = json.loads((folder / "booklets.json").read_bytes())
    found: list[dict[str, object]] = content["keys"]
    return found


def test_one_for_each_person_until_the_time_is_over(tmp_path: Path) -> None:
    days = Days()
    book = register(tmp_path, days)
    assert book.look(ANNA)[1:] == ("", "")
    assert give(book, ANNA, "A1") == ""
    assert book.look(ANNA)[1:] == ("2026-03-05", "2027-03-05")
    assert give(book, ANNA, "A2") == HAD
    assert give(book, BELA, "B1") == ""
    days.later(364)
    assert book.look(ANNA)[1] == "2026-03-05"
    days.later(1)
    assert book.look(ANNA)[1:] == ("", "")
    assert give(book, ANNA, "A3") == ""


def test_it_is_the_same_after_a_start(tmp_path: Path) -> None:
    days = Days()
    give(register(tmp_path, days), ANNA, "A1")
    days.later(100)
    again = register(tmp_path, days)
    assert again.look(ANNA)[1] == "2026-03-05"
    assert again.look(BELA)[1] == ""


def test_what_is_under_way_is_nobodys_second_and_what_never_came_is_nobodys_first(
    tmp_path: Path,
) -> None:
    days = Days()
    book = register(tmp_path, days)
    assert book.reserve("A1", book.look(ANNA)[0]) == ""
    assert book.look(ANNA)[1:] == (OPEN, "")
    assert book.reserve("A2", book.look(ANNA)[0]) == HAD
    days.later(5000)
    book.tidy()
    assert book.look(ANNA)[1] == OPEN, "time makes nothing certain"
    assert book.reserved() == ("A1",)
    book.settle("A1", given=False)
    assert book.look(ANNA)[1] == ""
    assert book.reserved() == ()
    book.settle("A1", given=True)
    assert book.look(ANNA)[1] == "", "settled once, and never again"


def test_the_limit_holds_across_every_change_of_keys(tmp_path: Path, seed: int) -> None:
    """Whoever asks at whatever day has had none in the ``per_days`` before, or is refused."""
    rng = random.Random(seed)
    days, per_days = Days(), 30
    book = register(tmp_path, days, per_days)
    last: dict[str, datetime.date] = {}
    for number in range(600):
        days.later(rng.choice((0, 0, 1, 1, 2, 7, 29)))
        if rng.random() < 0.2:
            book = register(tmp_path, days, per_days)
        who = f"id:{rng.randrange(8)}"
        due = who not in last or (days.today - last[who]).days >= per_days
        assert (book.look(who)[1] == "") is due, f"seed {seed}, {number}"
        if due:
            assert give(book, who, f"O{number}") == "", f"seed {seed}, {number}"
            last[who] = days.today
        book.tidy()
        assert len(keys(tmp_path)) <= 3
    days.later(2 * per_days)
    book.tidy()
    days.later(1)
    book.tidy()
    assert [x["entries"] for x in keys(tmp_path)] == [[]], "no key is older than two periods"


def test_a_key_changed_between_the_card_and_the_booklet_refuses_nobody(tmp_path: Path) -> None:
    days = Days()
    book = register(tmp_path, days, 30)
    days.later(30)
    person = book.look(ANNA)[0]
    book.tidy()
    assert book.reserve("A1", person) == ""
    assert book.look(ANNA)[1] == OPEN


def test_a_key_goes_with_its_last_entry_and_cannot_be_read_any_more(tmp_path: Path) -> None:
    days = Days()
    book = register(tmp_path, days, 30)
    give(book, ANNA, "A1")
    (first,) = keys(tmp_path)
    with (tmp_path / "booklets.json").open("rb") as old:
        days.later(30)
        book.tidy()
        days.later(1)
        book.tidy()
        assert str(first["key"]).encode() not in old.read(), "blanked where it stood"
    assert [x["number"] for x in keys(tmp_path)] == [2]
    for file in tmp_path.iterdir():
        assert str(first["key"]).encode() not in file.read_bytes()


def test_a_clock_set_back_frees_nobody(tmp_path: Path) -> None:
    days = Days()
    book = register(tmp_path, days)
    days.later(100)
    give(book, ANNA, "A1")
    days.later(-90)
    give(book, BELA, "B1")
    assert register(tmp_path, days).look(ANNA)[1] == "2026-06-13"
    assert register(tmp_path, days).look(BELA)[1] == "2026-06-13", "no earlier than what was seen"


def test_of_nobody_there_is_more_than_a_keyed_hash_and_a_day(tmp_path: Path) -> None:
    book = register(tmp_path, Days())
    give(book, ANNA, "A1")
    file = tmp_path / "booklets.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (key,) = keys(tmp_path)
    (entry,) = key["entries"]  # type: ignore[misc]
    secret = base64.b64decode(str(key["key"]))
    want = hmac.new(secret, ANNA.encode(), hashlib.sha256).hexdigest()
    assert entry == {"tag": want, "day": "2026-03-05", "order_id": ""}
    assert ANNA[3:].encode() not in file.read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b'{"latest":"2026-03-05","made_at":1,"keys":[]}',
        b'{"latest":"soon","made_at":1,"keys":[{"number":1,"since":"2026-03-05","key":"'
        + b"A" * 43
        + b'=","entries":[]}]}',
        b'{"latest":"2026-03-05","made_at":1,"keys":[{"number":1,"since":"2026-03-05","key":"QQ=="}]}',
        b"\xff" * 50,
    ],
)
def test_a_list_that_cannot_be_read_is_never_begun_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "booklets.json").write_bytes(content)
    with pytest.raises(RegisterBrokenError, match="booklets"):
        register(tmp_path, Days())
    assert (tmp_path / "booklets.json").read_bytes() == content


def test_any_bytes_are_read_or_refused(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    give(register(tmp_path, Days()), ANNA, "A1")
    file = tmp_path / "booklets.json"
    good = file.read_bytes()
    for _ in range(300):
        bad = bytearray(good)
        for _ in range(rng.randrange(1, 4)):
            bad[rng.randrange(len(bad))] = rng.randrange(256)
        file.write_bytes(bytes(bad[: rng.choice((len(bad), rng.randrange(len(bad))))]))
        try:
            register(tmp_path, Days()).look(ANNA)
        except RegisterBrokenError:
            continue


def test_an_order_older_than_the_list_may_have_left(tmp_path: Path) -> None:
    book = register(tmp_path, Days())
    assert book.may_have_left("A1", 999)
    assert not book.may_have_left("A1", 1_001)
    book.reserve("A1", book.look(ANNA)[0])
    assert book.may_have_left("A1", 1_001)
