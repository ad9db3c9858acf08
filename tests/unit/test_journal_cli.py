"""``kiosk journal``: what technicians and the office read, and what only a person writes."""

from __future__ import annotations

import argparse
import hashlib
import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.core import events as e
from kiosk.core.goods import Goods, Ware
from kiosk.core.means import Means, RefundBy
from kiosk.core.order import LineState, Order, PaymentState, RefundState
from kiosk.journal import Journal, cli, replay
from kiosk.journal.audit import audit
from tests.crash import lives
from tests.unit.test_journal_tampering import tamper

CLOSED, UNKNOWN = lives.number(1), lives.number(2)
REFUND_UNKNOWN = lives.number(3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    journal = Journal(tmp_path / "journal.sqlite")
    writer = lives.Writer(journal)
    writer.live(lives.paid_and_posted(CLOSED))
    writer.live(lives.answer_lost(UNKNOWN))
    journal.close()
    return journal.store.path


def kiosk(path: Path, *words: str) -> int:
    """Run ``kiosk journal`` with these words on this file."""
    parser = argparse.ArgumentParser(prog="kiosk")
    cli.add_parser(parser.add_subparsers())
    args = parser.parse_args(["journal", *words, "--journal", str(path)])
    return int(args.handler(args))


def state(path: Path, order_id: str) -> Order:
    journal = Journal(path, readonly=True)
    order = replay(journal, order_id)
    journal.close()
    return order


def test_verify_says_so_in_one_sentence(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kiosk(path, "verify") == 0
    said = capsys.readouterr().out
    assert f"{path} verifies: epoch 1, 8 rows, 2 orders" in said


def test_verify_as_json(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kiosk(path, "verify", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "file": str(path),
        "good": True,
        "rows": 8,
        "epoch": 1,
        "orders": 2,
        "without_key": 0,
        "broken": "",
        "problems": [],
    }


def test_a_broken_journal_names_the_way_out_and_that_works(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper(path, "UPDATE rows SET body = '{}' WHERE seq = 3")
    assert kiosk(path, "verify") == 1
    said = capsys.readouterr().out
    assert "row 3" in said
    assert "Keep the file" in said
    command = shlex.split(said.splitlines()[-1])
    assert command[:3] == ["kiosk", "journal", "new-epoch"]
    parser = argparse.ArgumentParser(prog="kiosk")
    cli.add_parser(parser.add_subparsers())
    args = parser.parse_args(command[1:])
    assert args.handler(args) == 0
    said = capsys.readouterr().out
    (kept,) = path.parent.glob("journal.epoch1.*.sqlite")
    assert kept.name in said
    assert kiosk(path, "verify") == 0
    capsys.readouterr()
    assert kiosk(kept, "list", "--open") == 0
    said, warned = capsys.readouterr()
    assert UNKNOWN in said
    assert CLOSED not in said
    assert "row 3" in warned, "what is shown of a bad journal is shown with a warning"


@pytest.mark.parametrize("command", ["list", "export", "verify"])
def test_of_a_damaged_file_nothing_is_believed(
    command: str, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_bytes(b"no database " * 600)
    assert kiosk(path, command) == 1
    said, warned = capsys.readouterr()
    assert f"{path} doesn't verify" in said + warned
    assert "kiosk journal new-epoch --journal" in said + warned


def test_a_good_journal_gets_no_new_epoch(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kiosk(path, "new-epoch", "--operator", "x", "--reason", "y") == 1
    assert "no new epoch is needed" in capsys.readouterr().err
    assert kiosk(path, "verify") == 0


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE orders SET closed_at = 1 WHERE order_id = '{UNKNOWN}'",
        f"UPDATE orders SET charged_fen = 0 WHERE order_id = '{CLOSED}'",
        f"DELETE FROM keys WHERE order_id = '{UNKNOWN}'",
        f"UPDATE keys SET key = zeroblob(32) WHERE order_id = '{UNKNOWN}'",
        "INSERT INTO orders VALUES ('3801261122000099TEST', 1, NULL, 1, 0, 0, 'paid', 0)",
    ],
)
def test_a_list_that_disagrees_with_the_rows_is_noticed(
    statement: str, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper(path, statement)
    assert kiosk(path, "verify") == 1
    said = capsys.readouterr().out
    assert "A person must look" in said
    assert "new-epoch" not in said


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "journal.sqlite"
    for command in ("verify", "list", "export"):
        assert kiosk(missing, command) == 2
        assert f"{missing}: there is no such journal" in capsys.readouterr().err
    assert not missing.exists()


def test_a_configuration_names_the_file(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser(prog="kiosk")
    cli.add_parser(parser.add_subparsers())
    args = parser.parse_args(["journal", "verify", "--config", str(tmp_path / "none.toml")])
    assert args.handler(args) == 2
    assert "none.toml" in capsys.readouterr().err
    assert path.exists()


def test_list_is_a_table(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kiosk(path, "list") == 0
    head, first, second = capsys.readouterr().out.splitlines()
    assert head.split()[:2] == ["number", "short"]
    assert CLOSED in first
    assert "3801 1122 0001" in first
    assert "111.90" in first
    assert "paid, closed" in first
    assert "unknown" in second
    assert kiosk(path, "list", "--open", "--json") == 0
    (only,) = json.loads(capsys.readouterr().out)["orders"]
    assert (only["order_id"], only["short"], only["word"]) == (UNKNOWN, "3801 1122 0002", "unknown")


def test_list_shows_what_belongs_to_no_order(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = Journal(path)
    journal.note("HelpAsked", {"order_id": ""}, journal.now())
    journal.note("HelpAsked", {"order_id": UNKNOWN}, journal.now())
    journal.close()
    assert kiosk(path, "list") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[3:5] == ["", "notes that belong to no order:"]
    assert said[5].split("  ")[1:] == ["row 9", "HelpAsked"]
    assert said[6].split("  ")[1:] == ["row 10", "HelpAsked", f"order_id = {UNKNOWN}"]
    assert said[6][:2] == "20"
    assert kiosk(path, "list", "--json") == 0
    notes = json.loads(capsys.readouterr().out)["notes"]
    assert [(x["kind"], x["body"]["order_id"]) for x in notes] == [
        ("HelpAsked", ""),
        ("HelpAsked", UNKNOWN),
    ]


def test_a_reader_who_has_seen_enough_is_no_error(path: Path) -> None:
    journal = Journal(path)
    for _ in range(2000):  # more than a pipe holds
        journal.note("HelpAsked", {"order_id": UNKNOWN}, journal.now())
    journal.close()
    command = [sys.executable, "-m", "kiosk.main", "journal", "list", "--journal", str(path)]
    reader = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert reader.stdout is not None and reader.stderr is not None
    assert reader.stdout.readline().startswith(b"number")
    reader.stdout.close()
    assert reader.wait(60) == 0
    assert reader.stderr.read() == b""
    reader.stderr.close()


@pytest.mark.parametrize("command", ["list", "export", "verify", "new-epoch"])
def test_what_was_never_a_journal_gets_no_advice(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger = tmp_path / "passwd"
    stranger.write_text("root:x:0:0\n")
    more = ["--operator", "x", "--reason", "y"] if command == "new-epoch" else []
    assert kiosk(stranger, command, *more) == 2
    said, warned = capsys.readouterr()
    assert warned == f"{stranger} is no journal of a kiosk, and none was ever there\n"
    assert said == ""
    assert [x.name for x in tmp_path.iterdir()] == ["passwd"]


@pytest.mark.parametrize("wanted", [CLOSED, CLOSED.lower(), "3801 1122 0001", "380111220001"])
def test_show_tells_a_life_and_masks_the_person(
    wanted: str, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for more in ((), ("--json",)):
        assert kiosk(path, "show", wanted, *more) == 0
        said = capsys.readouterr().out
        assert "PaymentAnswered" in said
        assert "…4417" in said
        assert "…4321" in said
        for secret in (*lives.ACCOUNTS, lives.CARD, "B-7730"):
            assert secret not in said
    told = json.loads(said)
    assert [x["kind"] for x in told["events"]] == [
        type(x).__name__ for x in lives.paid_and_posted(CLOSED)
    ]
    assert told["events"][-1]["state"]["closed"]
    assert all(x["agrees"] for x in told["events"])


def test_show_of_an_unknown_or_unclear_number(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kiosk(path, "show", "3801 1122 0009") == 1
    assert "no such order" in capsys.readouterr().err
    journal = Journal(path)
    lives.Writer(journal).take(lives.opened(f"{CLOSED[:-1]}9"))
    journal.close()
    assert kiosk(path, "show", "3801 1122 0001") == 1
    assert "give the full number" in capsys.readouterr().err


def test_show_after_forgetting_and_of_a_changed_state(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = Journal(path)
    journal.forget(journal.now() + 1)
    order = replay(journal, UNKNOWN)
    journal.append(e.PaymentAnswered(UNKNOWN, e.Charge.PAID, lives.facts()), order, journal.now())
    journal.close()
    assert kiosk(path, "show", CLOSED) == 0
    said = capsys.readouterr().out
    assert "account = •" in said
    assert "4417" not in said
    assert kiosk(path, "show", UNKNOWN) == 1
    assert "! this is another state" in capsys.readouterr().out
    assert kiosk(path, "verify") == 1
    said = capsys.readouterr().out
    assert f"{UNKNOWN}: row 9: another state" in said
    assert "1 without personal fields" in said


def verify_outside(lines: list[str]) -> str:
    """The chain as ``kiosk/journal/export.py`` describes it, with the standard library alone."""
    first, *rows = map(json.loads, lines)
    previous = "0" * 64
    names = ["seq", "epoch", "at", "stream", "kind", "body", "sealed_sha256", "digest", "program"]
    for count, row in enumerate(rows, start=1):
        array = [previous, *(row[x] for x in names)]
        text = json.dumps(array, separators=(",", ":"), ensure_ascii=False)
        if row["seq"] != count or hashlib.sha256(text.encode()).hexdigest() != row["hash"]:
            return f"row {count}"
        previous = row["hash"]
    return "" if (first["rows"], first["head"]) == (len(rows), previous) else "head"


def test_an_export_verifies_outside_and_names_nobody(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = Journal(path)
    journal.note("HelpAsked", {"text": '引号 " \\ \t\u007f\u001f 😀'}, journal.now())
    journal.close()
    assert kiosk(path, "export") == 0
    text = capsys.readouterr().out
    lines = text.splitlines()
    assert len(lines) == 10
    assert verify_outside(lines) == ""
    assert json.loads(lines[0])["anchor"]["rows"] == 9
    for secret in (*lives.ACCOUNTS, lives.CARD, "B-7730"):
        assert secret not in text
    lines[3] = lines[3].replace("posted", "refused")
    assert verify_outside(lines) == "row 3"
    assert verify_outside(lines[:-1]) in ("row 3", "head")


def test_reading_works_beside_a_kiosk_and_settling_does_not(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = Journal(path)
    lives.Writer(journal).live(lives.answer_lost(REFUND_UNKNOWN))
    for words in (["verify"], ["list"], ["show", REFUND_UNKNOWN], ["export"]):
        assert kiosk(path, *words) == 0, words
    capsys.readouterr()
    words = ["--verdict", "paid", "--operator", "op", "--note", "terminal's slip"]
    assert kiosk(path, "settle", UNKNOWN, *words) == 1
    assert "Stop the kiosk" in capsys.readouterr().err
    assert kiosk(path, "new-epoch", "--operator", "x", "--reason", "y") == 1
    journal.close()


def test_what_was_opened_before_the_kiosk_wrote_on_still_verifies(path: Path) -> None:
    reader = Journal(path, readonly=True)
    journal = Journal(path)
    lives.Writer(journal).live(lives.paid_and_posted(REFUND_UNKNOWN))
    found = audit(reader)
    assert found.good
    assert (found.rows, found.orders) == (13, 3)
    reader.close()
    journal.close()


@pytest.mark.parametrize(
    ("verdict", "payment"), [("paid", PaymentState.PAID), ("not_paid", PaymentState.NOT_PAID)]
)
def test_settle_books_what_a_person_found_out(
    verdict: str, payment: PaymentState, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--verdict", verdict, "--operator", "op 7", "--note", "asked the acquirer"]
    assert kiosk(path, "settle", "3801 1122 0002", *words) == 0
    assert f"payment {payment.value}" in capsys.readouterr().out
    order = state(path, UNKNOWN)
    assert order.payment.state is payment
    assert kiosk(path, "verify") == 0
    assert kiosk(path, "settle", UNKNOWN, *words) == 1
    assert "nothing booked" in capsys.readouterr().err


def test_settle_of_a_line_and_of_a_refund(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = Journal(path)
    writer = lives.Writer(journal)
    no = REFUND_UNKNOWN
    writer.live(lives.paid_and_posted(no)[:3])
    writer.take(e.PostAnswered(no, 1, e.Posting.NO_ANSWER, "", "timeout"))
    journal.close()
    by = ["--operator", "op", "--note", "asked"]
    assert kiosk(path, "settle", no, "--verdict", "line_not_posted", *by) == 2
    assert "--line" in capsys.readouterr().err
    assert kiosk(path, "settle", no, "--verdict", "line_not_posted", "--line", "7", *by) == 1
    assert "no line" in capsys.readouterr().err
    assert kiosk(path, "settle", no, "--verdict", "line_not_posted", "--line", "2", *by) == 0
    order = state(path, no)
    assert order.lines[1].state is LineState.REFUSED
    assert order.refunds[0].state is RefundState.REFUNDING
    journal = Journal(path)
    writer = lives.Writer(journal)
    writer.orders[no] = replay(journal, no)
    writer.take(e.Restarted(no))
    journal.close()
    assert kiosk(path, "settle", no, "--verdict", "refunded", *by) == 2
    assert kiosk(path, "settle", no, "--verdict", "refunded", "--refund", f"{no}R1", *by) == 0
    order = state(path, no)
    assert order.money_settled
    assert kiosk(path, "verify") == 0


def test_settle_of_goods_that_the_machine_has_forgotten(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    no = "38012611220000900RICE"[:20]
    rice = Goods(Ware.RICE, "rice_mill", "米", 2500, (2500,), 2400)
    journal = Journal(path)
    lives.Writer(journal).live(
        [
            e.OrderOpened(no, Means("terminal", RefundBy.PARTIAL), (), 2400, goods=(rice,)),
            e.PaymentAnswered(no, e.Charge.PAID, e.PaymentFacts(2400, 2400, "T1")),
            e.DeliveryAnswered(no, 0, 0, e.Delivery.UNDECIDABLE, 0, "lost_power"),
        ]
    )
    journal.close()
    assert state(path, no).needs_person
    by = ["--line", "1", "--operator", "op", "--note", "weighed"]
    assert kiosk(path, "settle", no, "--verdict", "delivered", *by) == 2
    assert "--units" in capsys.readouterr().err
    assert kiosk(path, "settle", no, "--verdict", "delivered", "--units", "1500", *by) == 0
    assert "partly 1500" in capsys.readouterr().out
    order = state(path, no)
    assert (order.posted_fen, order.refund_planned_fen) == (1440, 960)
    assert kiosk(path, "show", no) == 0


def test_settle_refuses_when_nothing_is_unknown(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--verdict", "not_paid", "--operator", "op", "--note", "wish"]
    assert kiosk(path, "settle", CLOSED, *words) == 1
    assert "answers nothing that is unknown" in capsys.readouterr().err
    assert len(state(path, CLOSED).lines) == 2
    journal = Journal(path, readonly=True)
    assert journal.store.head_seq == 8
    journal.close()
