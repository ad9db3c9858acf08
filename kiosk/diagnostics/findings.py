"""What is wrong: named, weighed, and with what to do. Texts are Chinese, for whoever stands there.

Weights are an order of importance: what stops everything comes first, then what stops money, then
one service, then what will soon.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any


class Weight(IntEnum):
    """How much it takes away; smaller is worse."""

    EVERYTHING = 0
    MONEY = 1
    SERVICE = 2
    SOON = 3
    NOTE = 4


WORDS = {
    Weight.EVERYTHING: "全部停用",
    Weight.MONEY: "不能收款",
    Weight.SERVICE: "一项服务停用",
    Weight.SOON: "快要出问题",
    Weight.NOTE: "请留意",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. ``code`` is stable; ``subject`` is a role, a gateway or a part.

    ``evidence`` is for the technician: port, bytes, the system's own words; nothing personal.
    """

    code: str
    weight: Weight
    subject: str
    what: str
    advice: str
    evidence: str = ""


CAUSES = ("folder_unwritable", "network_down", "disk_full", "clock_off", "clock_behind")
"""What makes other things look wrong: mended first, and the others perhaps go by themselves."""
LAST = "not_running"
"""Started only when what keeps it from starting is mended."""


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first, of what is as bad the causes first; each thing once."""
    seen: dict[tuple[str, str], Finding] = {}

    def place(x: Finding) -> tuple[object, ...]:
        return x.weight, x.code == LAST, x.code not in CAUSES, x.subject, x.code

    for finding in sorted(findings, key=place):
        seen.setdefault((finding.code, finding.subject), finding)
    return tuple(seen.values())


def to_json(finding: Finding) -> dict[str, Any]:
    """As JSON knows it."""
    return {**asdict(finding), "weight": finding.weight.name.lower()}
