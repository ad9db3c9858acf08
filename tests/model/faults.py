"""Every fault the simulator knows, the moment it strikes, and what must become of the payment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kiosk.core.means import ALIPAY, TERMINAL, WECHAT
from sim.faults import Fault
from tests.support.virtually import Cabin

Moment = Callable[[Cabin], bool]
Strike = Callable[[Cabin], None]
ALL = (TERMINAL, ALIPAY, WECHAT)
PHONE = (ALIPAY, WECHAT)


@dataclass(frozen=True)
class Case:
    """``word``: how the payment of one bill must end; empty: any end that is true will do.

    ``seen``: screens that must have been shown on the way; ``everywhere``: nothing in it depends
    on the way of paying.
    """

    name: str
    means: tuple[str, ...]
    strike: Strike
    moment: Moment = lambda cabin: cabin.screen == "confirm"
    word: str = ""
    seen: tuple[str, ...] = ()
    at_payment: str = "pay"
    everywhere: bool = False


def fault(device: str, kind: str, count: int | None = 1, **params: object) -> Strike:
    def strike(cabin: Cabin) -> None:
        cabin.faults.add(Fault(device, kind, params, count))
        cabin.cabin.poke()
        cabin.settle()

    return strike


def does(device: str, *actions: str, after_s: float = 0.0, **body: object) -> Strike:
    """Do one thing after the other on the bench, ``after_s`` apart."""

    def strike(cabin: Cabin) -> None:
        for action in actions:
            cabin.act(device, action, **body)
            cabin.advance(after_s)

    return strike


def _terminal(cabin: Cabin) -> dict[str, Any]:
    return cabin.cabin.terminal.state()


def sale_shown(cabin: Cabin) -> bool:
    return _terminal(cabin)["sale"] is not None


def processing(cabin: Cabin) -> bool:
    sale = _terminal(cabin)["sale"]
    return sale is not None and bool(sale["processing"])


def code_shown(cabin: Cabin) -> bool:
    return bool(cabin.order and cabin.order.payment.qr_code)


def printing(cabin: Cabin) -> bool:
    return bool(cabin.cabin.printer.state()["printing"])


def paid(cabin: Cabin) -> bool:
    return bool(cabin.order and cabin.order.payment.state.value == "paid")


def _wire(device: str, means: tuple[str, ...], moment: Moment) -> list[Case]:
    kinds: dict[str, dict[str, object]] = {
        "drop": {},
        "delay": {"seconds": 3.0},
        "duplicate": {},
        "corrupt": {},
        "truncate": {},
        "garbage": {},
        "wrong_device": {},
    }
    return [
        Case(f"{device}_wire_{kind}_{way}", means, fault(device, kind, 1, direction=way, **params),
             moment)
        for kind, params in kinds.items()
        for way in ("to_device", "from_device")
    ]  # fmt: skip


def _gateway(device: str, calls: tuple[str, ...], means: tuple[str, ...]) -> list[Case]:
    found = []
    for call in calls:
        for kind, params in (
            ("timeout_after_acting", {}),
            ("timeout_before_acting", {}),
            ("http_5xx", {"when": "before"}),
            ("http_5xx", {"when": "after"}),
            ("bad_signature", {}),
            ("duplicate", {}),
            ("slow", {"seconds": 30.0}),
        ):
            name = f"{device}_{call}_{kind}_{params.get('when', '')}".rstrip("_")
            found.append(Case(name, means, fault(device, kind, 1, call=call, **params)))
    return found


def _cancelled(cases: list[Case]) -> list[Case]:
    """The same, and the person gives up."""
    return [replace(x, at_payment="cancel", word="not_paid") for x in cases]


TERMINAL_CASES = [
    Case("no_fault", ALL, lambda _: None, word="paid", seen=("result",)),
    Case("decline", (TERMINAL,), fault(TERMINAL, "decline"), word="not_paid", seen=("result",)),
    Case("cancel_at_terminal", (TERMINAL,), fault(TERMINAL, "cancel"), word="not_paid"),
    Case("no_answer", (TERMINAL,), fault(TERMINAL, "no_answer"), word="paid"),
    Case("answer_late", (TERMINAL,), fault(TERMINAL, "answer_late", seconds=20.0), word="paid"),
    Case(
        "answer_very_late",
        (TERMINAL,),
        fault(TERMINAL, "answer_late", seconds=400.0),
        word="paid",
        seen=("result",),
    ),
    Case("crash_after_charge", (TERMINAL,), fault(TERMINAL, "crash_after_charge"), word="paid"),
    Case("silent", (TERMINAL,), fault(TERMINAL, "silent", seconds=30.0), sale_shown),
    Case("code_after_charge", (TERMINAL,), fault(TERMINAL, "code_after_charge"), word="paid",
         seen=("unknown",)),
    Case("code_without_charge", (TERMINAL,), fault(TERMINAL, "code_without_charge"),
         word="not_paid", seen=("unknown",)),
    Case("drop_ack", (TERMINAL,), fault(TERMINAL, "drop_ack", 3), word="paid"),
    Case("duplicate_answer", (TERMINAL,), fault(TERMINAL, "duplicate_answer"), word="paid"),
    Case("coupon", (TERMINAL,), fault(TERMINAL, "coupon", fen=200), word="paid"),
    Case(
        "unplugged_while_waiting",
        (TERMINAL,),
        does(TERMINAL, "unplug", "plug", after_s=10.0),
        sale_shown,
        seen=("unknown",),
    ),
    Case(
        "unplugged_while_processing",
        (TERMINAL,),
        does(TERMINAL, "unplug", "plug", after_s=10.0),
        processing,
        word="paid",
        seen=("unknown",),
    ),
    Case("unplugged_for_long", (TERMINAL,), does(TERMINAL, "unplug", after_s=300.0), processing,
         word="paid", seen=("unknown",)),
    Case("reboots_while_waiting", (TERMINAL,), does(TERMINAL, "reboot"), sale_shown),
    Case("reboots_while_processing", (TERMINAL,), does(TERMINAL, "reboot"), processing),
    *_wire(TERMINAL, (TERMINAL,), lambda cabin: cabin.screen == "confirm"),
]  # fmt: skip

PRINTER = "receipt_printer"
PRINTER_CASES = [
    Case("paper_out", ALL, fault(PRINTER, "paper_out"), paid, "paid", ("receipt_problem",)),
    Case("paper_out_half_way", ALL, fault(PRINTER, "paper_out_after", lines=6), paid, "paid",
         ("receipt_problem",)),
    Case("cover_open", ALL, fault(PRINTER, "cover_open"), paid, "paid", ("receipt_problem",)),
    Case("cutter_jam", ALL, fault(PRINTER, "cutter_jam"), paid, "paid", ("receipt_problem",)),
    Case("stall", ALL, fault(PRINTER, "stall", seconds=120.0), paid, "paid"),
    Case("printer_silent", ALL, fault(PRINTER, "silent", None), paid, "paid", ("receipt_problem",)),
    Case("printer_unplugged", ALL, does(PRINTER, "unplug", "plug", after_s=5.0), printing, "paid",
         ("receipt_problem",)),
    *_wire(PRINTER, (TERMINAL,), paid),
]  # fmt: skip

BILLER_CASES = [
    *_gateway("biller", ("query", "post"), ALL),
    Case("biller_pending", ALL, fault("biller", "pending", seconds=60.0), word="paid"),
    Case("biller_pending_refused", ALL, fault("biller", "pending", seconds=60.0, code="EQ0007"),
         word="refunded"),
    Case("biller_refuses", ALL, fault("biller", "refuse", call="post", code="EQ0007"),
         word="refunded"),
    Case("biller_unsure", ALL, fault("biller", "refuse", call="post", code="EQ0010"), word="paid"),
    Case("biller_post_and_check_lost", ALL, fault("biller", "timeout_after_acting", 6),
         word="paid"),
    Case("biller_unreachable", ALL, fault("biller", "unreachable", 12), paid, word="paid"),
    Case("amount_changed", ALL, fault("biller", "amount_changed"), word="paid"),
    Case("late_fee", ALL, fault("biller", "late_fee"), word="paid"),
]  # fmt: skip

PHONE_CASES = [
    *_gateway("qr_payment", ("precreate", "query", "refund"), (ALIPAY,)),
    *_gateway("qr_payment", ("native", "query", "refund"), (WECHAT,)),
    *_cancelled(_gateway("qr_payment", ("cancel",), (ALIPAY,))),
    *_cancelled(_gateway("qr_payment", ("close",), (WECHAT,))),
    Case("phone_pending", PHONE, fault("qr_payment", "pending")),
    Case("phone_refuse", PHONE, fault("qr_payment", "refuse")),
    Case("phone_unreachable", PHONE, fault("qr_payment", "unreachable", 8), code_shown),
    Case("phone_unreachable_from_the_start", PHONE, fault("qr_payment", "unreachable", 4)),
    Case("cancel", ALL, lambda _: None, word="not_paid", at_payment="cancel"),
    Case("cancel_and_pay", ALL, lambda _: None, at_payment="cancel_and_pay"),
    Case("cancel_lost", PHONE, fault("qr_payment", "timeout_after_acting", 3),
         at_payment="cancel_and_pay"),
    Case("nobody_pays", ALL, lambda _: None, word="not_paid", at_payment="walk_off"),
    Case("refund_lost", PHONE, lambda cabin: _refund_lost(cabin), word="refunded"),
]  # fmt: skip


def _refund_lost(cabin: Cabin) -> None:
    fault("biller", "refuse", call="post", code="EQ0007")(cabin)
    fault("qr_payment", "timeout_after_acting", 1, call="refund")(cabin)


def killed(cabin: Cabin) -> None:
    """The kiosk dies and starts again; what it had sent is on its way or has arrived."""
    cabin.restart()


def _paid_and_killed(cabin: Cabin) -> None:
    order = cabin.order
    assert order is not None
    cabin.act("qr_payment", "pay", order_no=order.id)
    cabin.restart()


def _tapped_and_killed(cabin: Cabin) -> None:
    cabin.act(TERMINAL, "tap_card")
    cabin.restart()


KILL_CASES = [
    Case("killed_while_terminal_waits", (TERMINAL,), killed, sale_shown, seen=("unknown",)),
    Case("killed_while_processing", (TERMINAL,), killed, processing, "paid", ("unknown",)),
    Case("killed_with_the_card", (TERMINAL,), _tapped_and_killed, sale_shown, "paid"),
    Case("killed_while_code_is_shown", PHONE, killed, code_shown),
    Case("killed_with_the_phone", PHONE, _paid_and_killed, code_shown, "paid"),
    Case("killed_when_paid", ALL, killed, paid, "paid"),
    Case("killed_while_printing", ALL, killed, printing, "paid", ("receipt_problem",)),
]

CASES = (
    *TERMINAL_CASES,
    *KILL_CASES,
    *(replace(x, everywhere=True) for x in PRINTER_CASES),
    *(replace(x, everywhere=True) for x in BILLER_CASES),
    *PHONE_CASES,
)
