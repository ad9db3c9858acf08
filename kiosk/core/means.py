"""The ways of paying and what each can do; ``decide`` plans with that (design, Money 5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RefundBy(StrEnum):
    """How money goes back through this way of paying."""

    FULL = "full"
    PARTIAL = "partial"
    CARD_PRESENT = "card_present"
    NONE = "none"


class Commit(StrEnum):
    AT_ONCE = "at_once"
    TWO_PHASE = "two_phase"


@dataclass(frozen=True, slots=True)
class Means:
    """One way of paying.

    ``exclusive`` is the machine that only one order can use at a time (empty: none);
    ``polled`` says that the kiosk must ask for the outcome instead of being told;
    ``refund_gap_s`` is the shortest time between two refunds of one order (WeChat: 60 s);
    ``refund_net`` says that no more goes back than was paid net of coupons, and that refunds are
    counted in that money; otherwise the platform counts in the order's amount.
    """

    id: str
    refund: RefundBy
    commit: Commit = Commit.AT_ONCE
    exclusive: str = ""
    polled: bool = False
    refund_gap_s: int = 0
    refund_net: bool = False
    deadline_s: int = 180


NOT_CONFIGURED = "not_configured"
"""The code of an answer about a way of paying that the configuration no longer has."""
FREE = "free"
"""Not a way of paying: what costs nothing is had by it, and no machine is asked."""
TERMINAL = "terminal"
ALIPAY = "alipay"
WECHAT = "wechat"
