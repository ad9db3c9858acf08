"""Payment codes that phones show: whose they are, and samples that belong to nobody.

Rules from "Payment code rules" of the scanner notes: WeChat 18 digits beginning 10 to 15,
Alipay 16 to 24 digits beginning 25 to 30, UnionPay 19 digits beginning 62.
"""

from __future__ import annotations

# All zeros after the scheme's prefix: no wallet shows such a code.
_SAMPLES = {
    "WeChatPay": "10" + "0" * 16,
    "Alipay": "28" + "0" * 16,
    "UnionPay": "62" + "0" * 17,
}


def scheme_of(code: str) -> str | None:
    """The pay_method_id whose code this is, or None."""
    if not (code.isascii() and code.isdigit()):
        return None
    first = int(code[:2])
    if len(code) == 18 and 10 <= first <= 15:
        return "WeChatPay"
    if 16 <= len(code) <= 24 and 25 <= first <= 30:
        return "Alipay"
    if len(code) == 19 and first == 62:
        return "UnionPay"
    return None


def sample_code(method: str) -> str:
    """A code of `method` (its pay_method_id), or one that is no code for an unknown method."""
    return _SAMPLES.get(method, "")
