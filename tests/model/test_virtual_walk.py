"""Random residents, random troubles, random restarts and clock jumps, and the books at the end.

A failing seed is named; ``kiosk soak --seed S --residents N --days D --faults RATE`` repeats it.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import pytest

from kiosk import soak
from kiosk.soak import Soak


def walk(folder: Path, seed: int, residents: int, days: float, faults: float) -> None:
    report = Soak(folder, seed, residents, days, faults).run()
    again = f"--seed {seed} --residents {residents} --days {days} --faults {faults}"
    assert report.audit is not None
    assert report.good, f"{again}: {report.audit.differences}"
    assert report.audit.open == 0, again
    assert report.audit.unknown_fen == 0 or report.audit.waiting_for_person, again


@pytest.mark.parametrize("walker", range(3))
def test_a_few_bad_days(tmp_path: Path, seed: int, walker: int) -> None:
    walk(tmp_path, seed, 8, 0.05, (0.3, 0.8, 1.5)[walker])


def test_a_good_day_has_no_need_of_a_person(tmp_path: Path, seed: int) -> None:
    run = Soak(tmp_path, seed, 5, 0.02, 0.0)
    report = run.run()
    assert report.good
    assert report.audit is not None
    assert report.audit.closed == report.audit.orders > 0
    assert report.restarts == 0


def test_the_same_seed_is_the_same_day(tmp_path: Path) -> None:
    reports = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        report = Soak(tmp_path / name, 7, 4, 0.01, 1.0).run()
        assert report.audit is not None
        reports.append((report.audit.charged_fen, report.words, report.troubles))
    assert reports[0] == reports[1]


def test_the_command_reports_and_says_when_the_books_differ(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    parser = argparse.ArgumentParser()
    soak.add_parser(parser.add_subparsers())
    words = ["soak", "--residents", "2", "--days", "0.01", "--faults", "0", "--seed", "5"]
    args = parser.parse_args(words)
    assert args.handler(args) == 0
    told = capsys.readouterr()
    assert "the books are right" in told.out
    assert "seed 5" in told.err

    # A posting that nobody paid for must not pass.
    def forged(self: object) -> dict[str, object]:
        ledger = honest(self)
        ledger["biller"] = [*ledger["biller"], *ledger["biller"][:1]]  # type: ignore[misc]
        return ledger

    from sim.cabin import Cabin

    honest = Cabin.ledger
    monkeypatch.setattr(Cabin, "ledger", forged)
    args = parser.parse_args([*words, "--json"])
    assert args.handler(args) == 1
    assert json.loads(capsys.readouterr().out)["audit"]["differences"]


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("walker", range(30))
def test_many_bad_days(tmp_path: Path, seed: int, walker: int) -> None:
    rate = random.Random(seed).choice((0.2, 0.5, 1.0, 2.0))
    walk(tmp_path, seed + walker, 25, 0.2, rate)
