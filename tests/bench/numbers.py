"""What many times come to."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that ``percent`` of all don't exceed. Raises ValueError if empty."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def summary_ms(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95 and the largest, in milliseconds."""
    return {
        "p50": round(1000 * statistics.median(seconds), 2),
        "p95": round(1000 * percentile(seconds, 95), 2),
        "max": round(1000 * max(seconds), 2),
        "count": len(seconds),
    }
