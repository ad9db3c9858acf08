"""The simulated cabin as a whole: time, faults, lines, set-ups, virtual mode, configuration."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from sim.bills import luhn, months_before, sample_bills
from sim.cabin_toml import write_cabin_toml
from sim.clock import RealClock, VirtualClock
from sim.devices.ecr_frames import Frame, Frames
from sim.devices.model import ActionError
from sim.devices.scanner import Scanner
from sim.faults import Fault, Faults
from sim.setups import SETUPS, apply_setup
from sim.virtual import VirtualCabin

HANDSHAKE = bytes.fromhex("55aa010000000001cc33")
CONFIRM = bytes.fromhex("55aa020000000002cc33")


class TestFaults:
    def test_a_count_is_used_up(self) -> None:
        faults = Faults()
        faults.add(Fault("terminal", "decline", count=2))
        assert [faults.take("terminal", "decline") is not None for _ in range(3)] == [
            True,
            True,
            False,
        ]
        assert faults.active() == []

    def test_only_its_device_and_kind(self) -> None:
        faults = Faults()
        faults.add(Fault("terminal", "decline"))
        assert faults.take("terminal", "cancel") is None
        assert faults.take("scanner", "decline") is None
        assert faults.waiting("terminal", "decline")
        assert faults.clear("scanner") == 0
        assert faults.clear() == 1

    def test_chance_is_repeatable_and_spares_the_count(self) -> None:
        def run(seed: int) -> list[bool]:
            faults = Faults(seed)
            faults.add(Fault("x", "drop", count=5, probability=0.3))
            return [faults.take("x", "drop") is not None for _ in range(200)]

        assert run(7) == run(7)
        assert run(7) != run(8)
        assert sum(run(7)) == 5

    @pytest.mark.parametrize(
        ("count", "probability"), [(0, 1.0), (-1, 1.0), (None, 1.1), (None, -0.1)]
    )
    def test_nonsense_is_refused(self, count: int | None, probability: float) -> None:
        with pytest.raises(ValueError):
            Fault("x", "y", {}, count, probability)

    def test_parameters_are_checked(self) -> None:
        fault = Fault("x", "y", {"seconds": "soon", "hex": 5, "ok": 2})
        assert fault.number("ok", 0) == 2.0
        assert fault.number("absent", 3) == 3.0
        with pytest.raises(ValueError):
            fault.number("seconds", 0)
        with pytest.raises(ValueError):
            fault.text("hex", "")


class TestClocks:
    def test_a_jump_moves_the_date_only(self) -> None:
        for clock in (VirtualClock(1000.0), RealClock()):
            date, moment = clock.time(), clock.monotonic()
            clock.jump(3600)
            assert clock.time() - date >= 3600
            assert clock.monotonic() - moment < 3600

    def test_virtual_time_never_goes_back(self) -> None:
        with pytest.raises(ValueError):
            VirtualClock().advance(-1)


class TestBills:
    def test_twenty_seven_digits_that_pass_the_luhn_test(self) -> None:
        assert luhn("7992739871") == "3"  # the usual example of the algorithm
        for bill in sample_bills(1_790_000_000.0):
            assert len(bill.code) == 27
            assert bill.code.isdigit()
            assert bill.code[2:12] == bill.account
            assert int(bill.code[12:20]) == bill.amount_fen
            assert bill.code[20:26] == bill.period
            assert luhn(bill.code[:-1]) == bill.code[-1]

    def test_periods_are_the_last_months(self) -> None:
        # 2026-01-31 17:00 UTC is February in Shanghai
        assert sample_bills(1_769_878_800.0)[0].period == "202601"
        bill = sample_bills(1_769_878_800.0)[1]
        assert bill.period == "202512"

    def test_months_across_years(self) -> None:
        from datetime import date

        assert months_before(date(2026, 1, 31), 1) == "202512"
        assert months_before(date(2026, 3, 31), 14) == "202501"


class TestScanner:
    def test_it_types_the_code_with_prefix_and_suffix(self) -> None:
        scanner = Scanner()
        scanner.act("scan", {"code": "123"})
        scanner.act("scan", {"code": "456", "aim": "]C0", "suffix": "\r"})
        assert scanner.take_writes() == [b"123\r\n", b"]C0456\r"]

    def test_payment_codes_are_not_kept(self) -> None:
        scanner = Scanner()
        scanner.act("scan", {"code": "13" + "0" * 12 + "4321"})
        assert scanner.state()["last"] == "****4321"

    @pytest.mark.parametrize("body", [{}, {"code": 5}, {"code": ""}, {"code": "1" * 5000}])
    def test_nonsense_is_refused(self, body: dict[str, object]) -> None:
        with pytest.raises(ActionError):
            Scanner().act("scan", body)

    def test_serial_trigger(self) -> None:
        scanner = Scanner()
        scanner.receive(b"\x16\x54")
        assert not scanner.state()["trigger"]
        scanner.receive(b"\x0d")
        assert scanner.state()["trigger"]
        scanner.receive(b"\x16\x55\x0d")
        assert not scanner.state()["trigger"]


class TestLineFaults:
    def scan(self, kind: str, **params: object) -> tuple[VirtualCabin, bytes]:
        cabin = VirtualCabin(seed=3)
        cabin.faults.add(Fault("scanner", kind, params, count=1))
        cabin.act("scanner", "scan", {"code": "12345678"})
        return cabin, cabin.exchange("scanner")

    def test_drop(self) -> None:
        assert self.scan("drop")[1] == b""

    def test_duplicate(self) -> None:
        assert self.scan("duplicate")[1] == b"12345678\r\n" * 2

    def test_truncate(self) -> None:
        assert self.scan("truncate", keep=3)[1] == b"123"

    def test_garbage(self) -> None:
        assert self.scan("garbage", hex="ff00")[1] == b"\xff\x0012345678\r\n"

    def test_wrong_device(self) -> None:
        assert self.scan("wrong_device", hex="12")[1] == b"\x12"

    def test_corrupt_turns_one_bit(self) -> None:
        got = self.scan("corrupt")[1]
        wrong = [a ^ b for a, b in zip(got, b"12345678\r\n", strict=True)]
        assert sum(x.bit_count() for x in wrong) == 1

    def test_baud_keeps_only_the_length(self) -> None:
        got = self.scan("baud")[1]
        assert len(got) == 10
        assert got != b"12345678\r\n"

    def test_delay_holds_back_what_follows_too(self) -> None:
        cabin, got = self.scan("delay", seconds=2.0)
        assert got == b""
        cabin.act("scanner", "scan", {"code": "9"})
        cabin.advance_to(1.9)
        assert cabin.exchange("scanner") == b""
        assert cabin.next_event() == pytest.approx(2.0)
        cabin.advance_to(2.0)
        assert cabin.exchange("scanner") == b"12345678\r\n9\r\n"

    def test_direction(self) -> None:
        assert self.scan("drop", direction="to_device")[1] == b"12345678\r\n"
        cabin = VirtualCabin()
        cabin.faults.add(Fault("terminal", "drop", {"direction": "to_device"}, count=1))
        assert cabin.exchange("terminal", HANDSHAKE) == b""
        assert cabin.exchange("terminal", HANDSHAKE) == CONFIRM

    def test_a_fault_of_one_direction_does_not_hide_one_of_the_other(self) -> None:
        cabin = VirtualCabin()
        for direction in ("to_device", "from_device"):
            cabin.faults.add(Fault("scanner", "drop", {"direction": direction}, count=1))
        cabin.act("scanner", "scan", {"code": "1"})
        assert cabin.exchange("scanner") == b""


class TestVirtualCabin:
    def test_handshake_and_no_idle_beats(self) -> None:
        cabin = VirtualCabin()
        assert cabin.exchange("terminal", HANDSHAKE) == CONFIRM
        assert cabin.next_event() is None
        cabin.advance_to(3600)
        assert cabin.exchange("terminal") == b""
        assert cabin.clock.monotonic() == 3600

    def test_with_beats(self) -> None:
        cabin = VirtualCabin(heartbeats=True)
        cabin.exchange("terminal", HANDSHAKE)
        event = cabin.next_event()
        assert event is not None
        assert 0 < event <= 1
        cabin.advance_to(event)
        assert cabin.exchange("terminal") == Frame().encode()

    def test_a_sale_is_dated_by_the_virtual_clock(self) -> None:
        cabin = VirtualCabin(VirtualClock(1_790_000_000.0))
        cabin.exchange("terminal", HANDSHAKE)
        data = (
            b'{"topic":"ecrhub.pay.order","request_id":"1","app_id":"wz000000000000",'
            b'"biz_data":{"merchant_order_no":"A1","order_amount":"1.00","trans_type":"1"}}'
        )
        cabin.exchange("terminal", Frame(id=1, data=data).encode())
        cabin.act("terminal", "tap_card", {})
        cabin.advance_to(5.0)
        answers = [f for f in Frames().feed(cabin.exchange("terminal")) if f.id]
        assert b'"trans_end_time":"2026-09-21 14:13:21"' in answers[0].data
        assert cabin.ledger()["terminal"] == {
            "A1": {"charged_fen": 100, "coupon_fen": 0, "refunded_fen": 0, "charges": 1}
        }

    def test_time_still_moves_after_a_year(self) -> None:
        cabin = VirtualCabin(heartbeats=True)
        cabin.advance_to(366 * 86400.0)
        cabin.exchange("terminal", HANDSHAKE)
        cabin.advance_to(366 * 86400.0 + 5)
        assert cabin.exchange("terminal").count(Frame().encode()) == 6

    def test_a_pulled_cable(self) -> None:
        cabin = VirtualCabin()
        cabin.act("scanner", "unplug", {})
        assert not cabin.connected("scanner")
        with pytest.raises(ActionError):
            cabin.act("scanner", "scan", {"code": "1"})
        cabin.act("scanner", "plug", {})
        cabin.act("scanner", "scan", {"code": "1"})
        assert cabin.exchange("scanner") == b"1\r\n"

    def test_pace_takes_the_time_of_the_baud_rate(self) -> None:
        cabin = VirtualCabin(pace=True)
        cabin.act("scanner", "scan", {"code": "1" * 94})  # 96 bytes at 960 a second
        assert cabin.exchange("scanner") == b""
        assert cabin.next_event() == pytest.approx(0.1)
        cabin.advance_to(0.11)
        assert len(cabin.exchange("scanner")) == 96

    def test_a_full_printer_makes_the_host_wait(self) -> None:
        cabin = VirtualCabin()
        cabin.act("receipt_printer", "paper_out", {})
        cabin.exchange("receipt_printer", b"x\n" * 5000)
        assert cabin.lines["receipt_printer"].waiting()
        cabin.act("receipt_printer", "paper_in", {})
        cabin.advance_to(1000.0)
        assert not cabin.lines["receipt_printer"].waiting()

    def test_unknown_devices_and_actions(self) -> None:
        cabin = VirtualCabin()
        with pytest.raises(KeyError):
            cabin.act("toaster", "toast", {})
        with pytest.raises(ActionError):
            cabin.act("terminal", "toast", {})


def test_the_paper_bills_are_those_that_the_biller_waits_for(tmp_path: Path) -> None:
    from sim.gateways import Gateways

    clock = VirtualClock()
    debts = Gateways(clock, Faults(), tmp_path, 0).state("biller")["debts"]
    assert isinstance(debts, list)
    owed = {
        (d["institution"], d["account"], d["period"].replace("-", "")): d["amount_fen"]
        for d in debts
    }
    found = [
        owed[key] == bill.amount_fen
        for bill in sample_bills(clock.time())
        if (key := (bill.biller, bill.account, bill.period)) in owed
    ]
    assert found == [True] * 5


@pytest.mark.parametrize("name", sorted(SETUPS))
def test_every_setup_can_be_applied(name: str, tmp_path: Path) -> None:
    from sim.gateways import Gateways

    clock, faults = VirtualClock(), Faults()
    cabin = VirtualCabin(clock, faults, gateways=Gateways(clock, faults, tmp_path, 0))
    before = cabin.devices(), cabin.faults.active()
    apply_setup(cabin, name)
    assert name == "normal" or (cabin.devices(), cabin.faults.active()) != before


def test_the_normal_setup_makes_everything_good_again() -> None:
    cabin = VirtualCabin()
    good = cabin.devices()
    for name in ("paper_out", "cover_open", "terminal_offline", "scanner_offline", "bad_day"):
        apply_setup(cabin, name)
    apply_setup(cabin, "normal")
    assert cabin.devices() == good
    assert cabin.faults.active() == []


def test_cabin_toml_can_be_read_and_names_every_port(tmp_path: Path) -> None:
    section = {"base_url": "https://127.0.0.1:1", "connect_timeout": 3, "name": '引号"\\'}
    settings = tomllib.loads(write_cabin_toml(tmp_path, {"biller": section}).read_text("utf-8"))
    assert settings["gateways"] == {"biller": section}
    assert settings["devices"]["terminal"]["port"].endswith("/terminal?baud=115200")
    assert [b["prefix"] for b in settings["barcode"]] == ["91", "92", "93"]
    assert settings["cabin"]["id"] == "3801"
