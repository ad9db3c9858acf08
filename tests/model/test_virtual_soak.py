"""Days in a cabin with every service: residents by chance, troubles by chance, and the books.

A failing seed is named; ``kiosk soak --seed S --residents N --days D --faults RATE`` repeats it.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from kiosk import soak
from kiosk.audit_wares import balances
from kiosk.core.goods import GoodsState
from kiosk.core.order import RefundState
from kiosk.main import main
from kiosk.population import MIX, Visit
from kiosk.soak import Soak
from kiosk.soak_picture import HEIGHT, WIDTH, draw
from kiosk.soak_report import Report, text
from sim.faults import Fault

EVERYTHING = tuple(MIX)


class EveryService(Soak):
    """The first residents come for one service after the other, so that none is left out."""

    def live(self) -> None:
        drawn = self.people.visits

        def all_of_them(count: int, days: float, first_hour: float = 0.0) -> list[Visit]:
            visits = drawn(count, days, first_hour)
            wanted = [*EVERYTHING, *(None for _ in visits)]
            return [
                replace(visit, errands=(service,)) if service else visit
                for visit, service in zip(visits, wanted, strict=False)
            ]

        self.people.visits = all_of_them  # type: ignore[method-assign]
        super().live()


def soaked(folder: Path, seed: int, residents: int, days: float, faults: float) -> EveryService:
    run = EveryService(folder, seed, residents, days, faults)
    report = run.run()
    again = f"--seed {seed} --residents {residents} --days {days} --faults {faults}"
    assert report.audit is not None
    assert report.good, f"{again}: {report.all_differences}"
    assert report.audit.open == 0, again
    assert sum(report.arrivals) == residents
    return run


@pytest.fixture(scope="module")
def good_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EveryService]:
    """An hour in which nothing is done to the machines."""
    seed = int(os.environ.get("TEST_SEED", random.SystemRandom().randrange(1 << 31)))
    print(f"TEST_SEED={seed}")
    run = soaked(tmp_path_factory.mktemp("good"), seed, 9, 0.05, 0.0)
    yield run
    run.kiosk.close()


def test_every_service_with_troubles(tmp_path: Path, seed: int) -> None:
    run = soaked(tmp_path, seed, 9, 0.05, 0.8)
    assert {*run.report.services} >= {*EVERYTHING} - {"find"}
    assert run.report.troubles == sum(run.report.struck.values()) > 0
    run.kiosk.close()


def test_the_reports_numbers_are_the_audits(good_day: EveryService) -> None:
    report, orders = good_day.report, good_day.kiosk.orders()
    audit = report.audit
    assert audit is not None
    assert audit.charged_fen == audit.posted_fen + audit.refunded_fen + audit.unknown_fen
    assert audit.unknown_fen == 0
    assert sum(report.words.values()) == audit.orders == len(orders)
    done = [x for order in orders for x in order.refunds if x.state is RefundState.REFUNDED]
    assert report.refunds == len(done)
    assert audit.refunded_fen == sum(x.money_fen for x in done)
    bills = sum(x.amount_fen for x in orders if x.lines and x.payment_word != "not_paid")
    assert audit.charged_fen == bills + sum(x.paid_fen for x in report.wares)
    came_out = {x.ware: x.counted for x in report.wares}
    given = {x.ware: x.given for x in report.wares}
    assert came_out["pages"] == given["pages"]
    assert came_out["booklet"] == given["booklet"]
    told = text(report)
    assert f"charged {audit.charged_fen} = delivered {audit.posted_fen}" in told
    assert "the books are right" in told


def test_people_are_served_on_a_good_day(good_day: EveryService) -> None:
    services = good_day.report.services
    assert sum(x.came for x in services.values()) >= 9
    assert all(x.served for name, x in services.items() if name in ("clinic", "booklet", "call"))
    assert good_day.report.measurements > 0
    assert sum(good_day.report.busy_s) > 60


def test_the_picture_is_drawn(good_day: EveryService, tmp_path: Path) -> None:
    draw(good_day.report, tmp_path / "soak.png")
    with Image.open(tmp_path / "soak.png") as image:
        assert image.size == (WIDTH, HEIGHT)
        assert len(image.getcolors(1 << 20) or ()) > 20
    draw(replace(Report(1, 0, 0, 0)), tmp_path / "empty.png")


def test_the_command_draws_and_keeps_what_it_is_told_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    soak.add_parser(parser.add_subparsers())
    words = ["soak", "--residents", "2", "--days", "0.01", "--seed", "5"]
    kept, picture = tmp_path / "kept", tmp_path / "day.png"
    args = parser.parse_args([*words, "--picture", str(picture), "--keep", str(kept)])
    assert args.handler(args) == 0
    assert "2 residents" in capsys.readouterr().out
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert list(kept.rglob("journal.sqlite"))


@pytest.mark.parametrize("book", ["rice_mill", "document_printer", "booklet_dispenser", "biller"])
def test_a_ledger_that_says_something_else_is_a_difference(
    good_day: EveryService, monkeypatch: pytest.MonkeyPatch, book: str
) -> None:
    forged = dict(good_day.kiosk.cabin.ledger())
    match book:
        case "rice_mill":
            row = {"bin": 1, "set": 500, "fed": 500, "out": 500}
            forged[book] = {**forged[book], "batches": [*forged[book]["batches"], row]}
        case "document_printer":
            forged[book] = {**forged[book], "cabin-nobody": 3}
        case "booklet_dispenser":
            forged[book] = {"out": forged[book]["out"] + 1}
        case _:
            row = {"order_no": "380100000000000000000L1", "posted_fen": 100, "institution": "x"}
            forged[book] = [*forged[book], {**row, "account": "1", "bill_no": ""}]
    with monkeypatch.context() as patch:
        patch.setattr(good_day.kiosk.cabin, "ledger", lambda: forged)
        good_day.close_books()
        assert not good_day.report.good
        assert "THE BOOKS DIFFER" in text(good_day.report)
    good_day.close_books()
    assert good_day.report.good


def test_a_balance_that_does_not_add_up_is_named(good_day: EveryService) -> None:
    line = next(x for x in good_day.report.wares if x.ware == "booklet")
    assert not line.differences
    (said,) = replace(line, paid=line.paid + 1).differences
    assert said.startswith("booklet: ")
    (said,) = replace(line, back_fen=5).differences
    assert "fen" in said
    kept = balances(good_day.kiosk.orders(), good_day.kiosk.cabin.ledger())
    assert kept == good_day.report.wares


def test_a_journal_that_was_changed_is_a_difference(tmp_path: Path, seed: int) -> None:
    run = soaked(tmp_path, seed, 3, 0.01, 0.0)
    other = sqlite3.connect(run.kiosk.settings.cabin.data_dir / "journal.sqlite")
    with other:
        other.execute("DROP TRIGGER rows_stay")
        changed = other.execute("UPDATE rows SET at = at + 1 WHERE seq = 2")
        assert changed.rowcount == 1
    other.close()
    run.close_books()
    assert any(x.startswith("journal: ") for x in run.report.all_differences)
    run.kiosk.close()


def test_a_mill_that_keeps_rice_back_is_paid_back(tmp_path: Path) -> None:
    """Grams paid = given + paid back, when it isn't all."""
    run = Soak(tmp_path, 3, 0, 0.01, 0.0)
    run.kiosk.advance(60)
    run.kiosk.faults.add(Fault("rice_mill", "motor_overcurrent", {}, 1))
    while not any(x.goods and x.goods[0].certain for x in run.kiosk.orders()):
        run._visit(Visit(0.0, ("rice",)))
    report = run.run()
    (rice, *_) = report.wares
    assert report.good, report.all_differences
    assert rice.paid == rice.given + rice.back
    states = {x.goods[0].state for x in run.kiosk.orders() if x.goods}
    assert states <= {GoodsState.NOT_DELIVERED, GoodsState.PARTLY, GoodsState.DELIVERED}
    run.kiosk.close()


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("walker", range(3))
def test_whole_days_with_troubles(tmp_path: Path, seed: int, walker: int) -> None:
    run = soaked(tmp_path, seed + walker, 80, 1.0, (0.3, 0.8, 1.5)[walker])
    assert {*run.report.services} >= {*EVERYTHING} - {"find"}
    run.kiosk.close()


@pytest.mark.parametrize(
    "wrong",
    [
        ("--residents", "0"),
        ("--residents", "-3"),
        ("--residents", "ten"),
        ("--days", "0"),
        ("--days", "-1"),
        ("--days", "inf"),
        ("--faults", "-0.5"),
        ("--faults", "nan"),
        ("--picture", "nowhere/at/all.png"),
        ("--picture", "."),
        ("--keep", "."),
        ("--keep", "setup.cfg"),
    ],
)
def test_what_makes_no_run_is_said_before_it(
    wrong: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["soak", *wrong])
    assert ended.value.code == 2
    assert wrong[0] in capsys.readouterr().err
