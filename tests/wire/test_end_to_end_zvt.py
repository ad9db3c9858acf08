"""The ZVT terminal in its worker and on the command line: a real pty, and real TCP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.payment_terminal import zvt_commands as z
from devices.payment_terminal.commands import Transaction
from devices.status import Failed, OutcomeUnknown, Success
from kiosk.config import load
from kiosk.main import main
from sim.cabin_toml import TERMINAL_IDS
from tests.support.at_worker import AtWorker
from tests.support.simulated import SimulatedCabin, simulated_cabin

PATIENCE_S = 40.0
DRIVERS = ("zvt", "zvt_tcp")


@pytest.fixture(scope="module")
def cabin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCabin]:
    words = ("--speed", "4", "--terminal", "zvt_tcp")
    with simulated_cabin(tmp_path_factory.mktemp("cabin"), *words) as running:
        yield running


def port_of(cabin: SimulatedCabin, driver: str) -> str:
    place = cabin.folder / TERMINAL_IDS[driver]
    if driver == "zvt_tcp":
        return place.read_text(encoding="ascii").strip()
    return f"serial://{place}?baud=9600&stop=2"


class Terminal(AtWorker):
    """The terminal of that driver with its worker."""

    def __init__(self, cabin: SimulatedCabin, driver: str) -> None:
        self.device, self.bench = TERMINAL_IDS[driver], cabin.bench
        super().__init__(self.device, driver, port_of(cabin, driver))
        self.until(self.ready)

    def begun(self, order_no: str, fen: int) -> int:
        """A sale that waits for its card."""
        self.progress.clear()
        number = self.worker.submit(z.Sale(order_no, fen))
        self.until(lambda: bool(self.said(z.Remembered)))
        assert self.do(z.Begin(order_no)) == Success()
        self.bench.until(self.device, lambda state: state["sale"] is not None)
        return number

    def ledger(self) -> list[int]:
        return [x["charged_fen"] for x in self.bench.ledger()["terminal_zvt"]]


@pytest.fixture(params=DRIVERS)
def terminal(cabin: SimulatedCabin, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    made = Terminal(cabin, request.param)
    yield made
    assert made.worker.stop()


def test_a_payment_is_offered_committed_and_taken_back(terminal: Terminal) -> None:
    number = terminal.begun("E2E1", 3450)
    terminal.bench.act(terminal.device, "tap_card")
    terminal.until(lambda: bool(terminal.said(z.Offer)))
    before = terminal.ledger()
    assert terminal.do(z.Commit("E2E1")) == Success()
    end = terminal.end(number)
    assert isinstance(end, Success)
    assert isinstance(end.value, Transaction)
    assert end.value.card_masked == "****0018"
    assert sorted(terminal.ledger()) == sorted([*before, 3450])
    back = terminal.do(z.Reversal(end.value.trans_no, end.value.channel_no, 3450))
    assert isinstance(back, Success)


def test_a_cable_pulled_while_it_waits_charges_nothing(terminal: Terminal) -> None:
    before = terminal.ledger()
    number = terminal.begun("E2E2", 5000)
    terminal.bench.act(terminal.device, "unplug")
    assert isinstance(terminal.end(number), OutcomeUnknown)
    terminal.until(terminal.gone)
    terminal.bench.act(terminal.device, "plug")
    terminal.until(terminal.ready)
    assert isinstance(terminal.do(z.Close("E2E2")), Success)
    (mark,) = terminal.said(z.Remembered)
    assert isinstance(mark, z.Remembered)
    asked = terminal.do(z.Query("E2E2", 5000, mark.trace_no, mark.receipt_no, committed=False))
    assert asked == Failed("not_found", "the terminal knows of no such payment")
    assert terminal.ledger() == before


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(x) for x in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_sale_on_the_command_line(
    cabin: SimulatedCabin, driver: str, capsys: pytest.CaptureFixture[str]
) -> None:
    device = TERMINAL_IDS[driver]

    def pay() -> None:
        cabin.bench.until(device, lambda state: state["sale"] is not None)
        cabin.bench.act(device, "tap_card")

    payer = threading.Thread(target=pay)
    payer.start()
    words = ["device", driver, "sale", "--port", port_of(cabin, driver), "--json", "--lab"]
    code = main([*words, "--set", "order_no=CLI1", "--set", "amount_fen=1010"])
    payer.join()
    lines = _lines(capsys)
    assert (code, lines[-1]["completion"]) == (0, "success")
    value = lines[-1]["value"]
    assert (value["amount_fen"], value["card_masked"]) == (1010, "****0018")
    words = ["device", driver, "reversal", "--port", port_of(cabin, driver), "--json", "--lab"]
    assert main([*words, "--set", f"receipt_no={value['trans_no']}"]) == 0
    assert _lines(capsys)[-1]["completion"] == "success"


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("operation", ["register", "repeat", "enquire", "diagnosis", "log_off"])
def test_what_moves_no_money_on_the_command_line(
    cabin: SimulatedCabin, driver: str, operation: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["device", driver, operation, "--port", port_of(cabin, driver), "--json"]
    assert main(words) == 0
    assert _lines(capsys)[-1]["completion"] == "success"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sale", "--set", "order_no=A", "--set", "amount_fen=1"], "--lab"),
        (["query", "--set", "order_no=A", "--set", "amount_fen=0"], "positive"),
        (["query", "--set", "order_no=A", "--set", "amount_fen=1", "--set", "trace_no=1"], "six"),
        (["enquire", "--set", "password=12"], "six digits"),
        (["enquire", "--set", "config=300"], "255"),
        (["end_of_day"], "--lab"),
    ],
)
def test_words_that_are_wrong_are_named(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["device", "zvt", *words, "--port", "/dev/none"]) == 2
    assert said in capsys.readouterr().err


def test_the_generated_configuration_names_the_terminal(cabin: SimulatedCabin) -> None:
    device = load(cabin.config).devices["terminal"]
    assert device.driver == "zvt_tcp"
    assert device.port == port_of(cabin, "zvt_tcp")


def test_a_recording_of_the_command_line_plays_again(
    cabin: SimulatedCabin, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "zvt.jsonl"
    words = ["device", "zvt", "repeat", "--port", port_of(cabin, "zvt"), "--record", str(file)]
    assert main(words) == 0
    capsys.readouterr()
    assert main(["device", "replay", str(file), "--json"]) == 0
