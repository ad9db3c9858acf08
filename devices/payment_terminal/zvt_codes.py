"""ZVT's numbers: controls, result codes and what they mean.

Source: payment terminal protocols, 1.2 ("Kiosk → terminal", "Terminal → kiosk", "Result codes
used most").
"""

from __future__ import annotations

from collections.abc import Mapping

REGISTRATION, AUTHORISATION, LOG_OFF = 0x0600, 0x0601, 0x0602
COMPLETION, ABORTED = 0x060F, 0x061E
REPEAT_RECEIPT, REVERSAL, REFUND, END_OF_DAY = 0x0620, 0x0630, 0x0631, 0x0650
DIAGNOSIS, ABORT = 0x0670, 0x06B0
PRINT_LINE, PRINT_TEXT = 0x06D1, 0x06D3
STATUS_ENQUIRY, STATUS_INFO, INTERMEDIATE = 0x0501, 0x040F, 0x04FF
DONE = 0x8000
"""The answer 80 00 00; the same with a code is 84 xx."""
REFUSAL = 0x84

OK = 0x00
WRONG_CURRENCY, NOT_POSSIBLE, PLEASE_WAIT, PARTLY = 0x6F, 0x83, 0x9C, 0x9D
NOT_ISSUED = 0x66
"""Our own `84 yy`: any that is neither 9C nor 9D makes the terminal reverse the payment."""
NOT_READY = 0xA0
ALREADY_REVERSED, REVERSAL_IMPOSSIBLE = 0xB4, 0xB5
BUSY = frozenset((PLEASE_WAIT, NOT_READY))

_MEANINGS: Mapping[int, str] = {
    0x00: "done",
    0x64: "card unreadable",
    0x65: "card data missing",
    0x6C: "cancelled by key or time-out",
    WRONG_CURRENCY: "wrong currency",
    0x78: "card expired",
    NOT_POSSIBLE: "not possible",
    0x9A: "protocol error",
    PLEASE_WAIT: "please wait",
    NOT_READY: "receiver not ready",
    0xA3: "no connection",
    ALREADY_REVERSED: "already reversed",
    REVERSAL_IMPOSSIBLE: "reversal impossible",
    0xC2: "diagnosis required",
    0xFF: "system error",
}


def code_text(code: int) -> str:
    """A result code as it is written: two hexadecimal digits."""
    return f"{code:02X}"


def meaning(code: int) -> str:
    """A result code in words, empty for one that isn't known here."""
    return _MEANINGS.get(code, "")
