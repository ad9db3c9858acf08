"""``kiosk rice sales``: the merchant's counters, and that the journal must confirm them."""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from kiosk import rice_cli
from kiosk.core import events as e
from kiosk.core.decide import decide
from kiosk.core.events import Charge, Delivery, PaymentFacts, Refunding
from kiosk.core.goods import Goods
from kiosk.core.order import Order
from kiosk.core.rice import goods_of
from kiosk.journal import Journal
from tests.support.rice_shop import BINS, SHOP
from tests.support.states import TERMINAL
from tests.unit.test_journal_tampering import tamper

DAY_MS = 86_400_000
AT = 1_795_000_000_000
LARGE = goods_of(SHOP, BINS[0], SHOP.levels[0], 2500)
SMALL = goods_of(SHOP, BINS[1], SHOP.levels[2], 1000)


def number(count: int) -> str:
    return f"3801261118{count:05d}K7QDA"


class Shop:
    """Writes purchases into a journal."""

    def __init__(self, path: Path) -> None:
        self.journal = Journal(path)
        self.count = 0

    def sell(self, goods: Goods, *ends: e.OrderEvent | str, day: int = 0) -> str:
        """Sell something; ``ends`` come after the person has said that it may begin."""
        self.count += 1
        order_id, at = number(self.count), AT + day * DAY_MS
        facts = PaymentFacts(goods.total_fen, goods.total_fen, "T1")
        order: Order | None = None
        for event in (
            e.OrderOpened(order_id, TERMINAL, (), goods.total_fen, goods=(goods,)),
            e.PaymentAnswered(order_id, Charge.PAID, facts),
            e.DeliveryWanted(order_id),
            *ends,
        ):
            assert isinstance(event, e.OrderEvent)
            order, _ = decide(order, event, at)
            self.journal.append(event, order, at)
        return order_id

    def all(self, day: int = 0) -> str:
        order_id = number(self.count + 1)
        parts = [
            e.DeliveryAnswered(order_id, 0, n, Delivery.DONE, x) for n, x in enumerate(LARGE.parts)
        ]
        return self.sell(LARGE, *parts, day=day)

    def half(self, *, back: bool) -> str:
        order_id = number(self.count + 1)
        ends: list[e.OrderEvent] = [
            e.DeliveryAnswered(order_id, 0, 0, Delivery.DONE, LARGE.parts[0]),
            e.DeliveryAnswered(order_id, 0, 1, Delivery.NOT_DONE, 0, "stall"),
        ]
        if back:
            ends.append(e.RefundAnswered(order_id, f"{order_id}R1", Refunding.REFUNDED))
        return self.sell(LARGE, *ends)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    shop = Shop(tmp_path / "journal.sqlite")
    shop.all()
    shop.half(back=True)
    shop.half(back=False)
    shop.sell(SMALL)  # still under way
    shop.all(day=10)
    shop.journal.close()
    return tmp_path / "journal.sqlite"


def run(path: Path, *words: str) -> int:
    parser = argparse.ArgumentParser()
    rice_cli.add_parser(parser.add_subparsers())
    args = parser.parse_args(["rice", "sales", "--journal", str(path), *words])
    return int(args.handler(args))


def report(path: Path, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert run(path, "--json", *words) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_each_kind_has_its_counters(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = report(path, capsys)
    products = found["products"]
    assert isinstance(products, list)
    long, small = products
    back = 2400 - 2400 * 1252 // 2500
    assert {k: long[k] for k in ("merchant", "bin", "rice", "milling", "price_fen_per_500g")} == {
        "merchant": "示例粮油店",
        "bin": 1,
        "rice": "长粒香",
        "milling": "胚芽",
        "price_fen_per_500g": 480,
    }
    assert (long["sales"], long["ordered_g"], long["given_g"]) == (4, 10_000, 7504)
    assert (long["charged_fen"], long["refunded_fen"], long["owed_fen"]) == (9600, back, back)
    assert long["kept_fen"] == 9600 - 2 * back
    assert long["electricity"] == "not metered"
    assert (small["sales"], small["given_g"], small["unknown_fen"]) == (1, 0, 1040)
    assert found["journal"] == {"sales": 5, "charged_fen": 10_640, "refunded_fen": back}
    assert found["agrees"]


def test_days_are_counted_with_both_ends(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(path, capsys, "--from", "2026-11-28")["total"]["sales"] == 1  # type: ignore[index]
    assert report(path, capsys, "--until", "2026-11-27")["total"]["sales"] == 4  # type: ignore[index]
    assert report(path, capsys, "--until", "2026-01-01")["products"] == []


def test_csv_has_a_line_a_product_a_total_and_the_journals(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(path, "--csv") == 0
    said = capsys.readouterr().out
    assert said.startswith("\ufeff"), "or Excel shows no Chinese"
    rows = list(csv.DictReader(io.StringIO(said[1:])))
    assert [x["row"] for x in rows] == ["product", "product", "total", "journal"]
    for counter in ("sales", "charged_fen", "refunded_fen"):
        parts = sum(int(x[counter]) for x in rows if x["row"] == "product")
        assert parts == int(rows[-2][counter]) == int(rows[-1][counter])


@pytest.fixture(params=["--csv", "--json"])
def kept(
    path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> Iterator[Path]:
    run(path, request.param, "--until", "2026-12-31")
    file = path.with_suffix(".report")
    file.write_bytes(capsys.readouterr().out.encode())
    yield file


def test_a_report_is_checked_later(path: Path, kept: Path) -> None:
    assert run(path, "--check", str(kept)) == 0


def test_a_changed_report_shows(path: Path, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = kept.read_bytes()
    assert text.count(b"7504") == 2
    kept.write_bytes(text.replace(b"7504", b"7604"))
    assert run(path, "--check", str(kept)) == 1
    assert "isn't what the journal says" in capsys.readouterr().err
    kept.write_text("hello")
    assert run(path, "--check", str(kept)) == 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE orders SET refunded_fen = refunded_fen + 1 WHERE refunded_fen > 0",
        "UPDATE orders SET charged_fen = 0 WHERE order_id = (SELECT MIN(order_id) FROM orders)",
        "DELETE FROM orders WHERE order_id = (SELECT MIN(order_id) FROM orders)",
    ],
)
def test_a_changed_list_of_orders_shows(
    path: Path, change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    connection = apsw.Connection(str(path))
    connection.execute(change)
    connection.close()
    assert run(path, "--json") == 1
    assert capsys.readouterr().err


def test_a_changed_row_shows(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tamper(
        path, "UPDATE rows SET body = replace(body, '1252', '1152') WHERE kind = 'DeliveryAnswered'"
    )
    assert run(path, "--json") == 1
    assert "doesn't verify" in capsys.readouterr().err


def test_without_a_journal_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "none.sqlite", "--csv") == 2
    assert "no such journal" in capsys.readouterr().err
