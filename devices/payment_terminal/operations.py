"""What an ECR Hub terminal can be asked to do, declared for the command line and the technician."""

from __future__ import annotations

from collections.abc import Mapping

from devices.operations import Operation, Parameter
from devices.payment_terminal.commands import Close, Query, Refund, Sale, Void

_ORDER = Parameter(str, "our order number, 1 to 32 letters and digits")
_NEW = Parameter(str, "a new number of ours, never used before, 1 to 32 letters and digits")
_ORIGINAL = Parameter(str, "the number of the order that was paid")
_AMOUNT = Parameter(int, "fen, a whole number above 0")


def _sale(order_no: str, amount_fen: int, description: str, expires_s: int) -> Sale:
    return Sale(order_no, amount_fen, description, expires_s=expires_s)


ECR_HUB: Mapping[str, Operation] = {
    "sale": Operation(
        "take a payment",
        _sale,
        {
            "order_no": _NEW,
            "amount_fen": _AMOUNT,
            "description": Parameter(str, "what the terminal shows", "test"),
            "expires_s": Parameter(int, "seconds that it may be offered", 120),
        },
        lab=True,
        patience_s=200.0,
    ),
    "query": Operation("what became of an order", Query, {"order_no": _ORDER}),
    "close": Operation("let an unpaid order never be paid", Close, {"order_no": _ORDER}, lab=True),
    "void": Operation(
        "take the whole of an order back",
        Void,
        {"order_no": _NEW, "orig_order_no": _ORIGINAL},
        lab=True,
        patience_s=200.0,
    ),
    "refund": Operation(
        "give a part of an order back",
        Refund,
        {"order_no": _NEW, "orig_order_no": _ORIGINAL, "amount_fen": _AMOUNT},
        lab=True,
        patience_s=200.0,
    ),
}
