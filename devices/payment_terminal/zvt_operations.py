"""What a ZVT terminal can be asked to do, declared for the command line and the technician."""

from __future__ import annotations

from collections.abc import Mapping

from devices.operations import Operation, Parameter
from devices.payment_terminal import zvt_commands as z

_ORDER = Parameter(str, "our order number, 1 to 32 letters and digits; it stays on this side")
_AMOUNT = Parameter(int, "fen, a whole number above 0")
_TRACE = Parameter(str, "its trace number, six digits", "")
_PATIENCE_S = 200.0


def _choice(text: str) -> str:
    if text not in ("commit", "reject"):
        raise ValueError(text)
    return text


def _switch(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError(text)
    return text == "yes"


def _sale(order_no: str, amount_fen: int, decides: z.Decides) -> z.Sale:
    return z.Sale(order_no, amount_fen, decides)


ZVT: Mapping[str, Operation] = {
    "register": Operation("begin, with the currency 0156 (CNY)", z.Register),
    "sale": Operation(
        "take a payment; nobody journals here, so what to do with the offer is said before",
        _sale,
        {
            "order_no": _ORDER,
            "amount_fen": _AMOUNT,
            "decides": Parameter(_choice, "commit (let it stand) or reject", "commit"),
        },
        lab=True,
        patience_s=_PATIENCE_S,
    ),
    "query": Operation(
        "what became of a payment, by what the terminal repeats",
        z.Query,
        {
            "order_no": _ORDER,
            "amount_fen": _AMOUNT,
            "trace_no": Parameter(str, "the last trace number before it, six digits", ""),
            "receipt_no": Parameter(str, "the last receipt number before it, four digits", ""),
            "committed": Parameter(_switch, "yes or no: whether it may have been committed", False),
        },
    ),
    "close": Operation(
        "give up a payment that waits for its card", z.Close, {"order_no": _ORDER}, lab=True
    ),
    "reversal": Operation(
        "take the whole of a payment back",
        z.Reversal,
        {
            "receipt_no": Parameter(str, "its receipt number, four digits"),
            "trace_no": _TRACE,
            "amount_fen": Parameter(int, "its amount in fen, 0: any", 0),
        },
        lab=True,
        patience_s=_PATIENCE_S,
    ),
    "refund": Operation(
        "give money to a card that is present",
        z.Refund,
        {"amount_fen": _AMOUNT},
        lab=True,
        patience_s=_PATIENCE_S,
    ),
    "repeat": Operation("repeat the last status; changes nothing", z.Repeat),
    "enquire": Operation("ask for the terminal's own status", z.Enquire),
    "end_of_day": Operation(
        "close the terminal's day", z.EndOfDay, lab=True, patience_s=_PATIENCE_S
    ),
    "diagnosis": Operation(
        "let the terminal try its way to the host", z.Diagnose, patience_s=_PATIENCE_S
    ),
    "log_off": Operation("end what registration began", z.LogOff),
    "abort": Operation("ask the terminal to stop; it proves nothing", z.Abort, lab=True),
}
