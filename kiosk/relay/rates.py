"""How often somebody may ask, and which nonces have been used: both bounded. No I/O."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

_PEOPLE_MAX = 10_000
_NONCES_MAX = 100_000


class Rate:
    """A bucket of `burst` requests for each name, refilled within `per_s` seconds."""

    def __init__(self, monotonic: Callable[[], float], burst: int, per_s: float) -> None:
        self._monotonic, self._burst, self._per_s = monotonic, burst, per_s
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, name: str) -> bool:
        """Count a request of `name`; False: too many."""
        with self._lock:
            now = self._monotonic()
            left, since = self._buckets.pop(name, (float(self._burst), now))
            left = min(float(self._burst), left + (now - since) * self._burst / self._per_s)
            self._buckets[name] = (max(0.0, left - 1), now)
            if len(self._buckets) > _PEOPLE_MAX:
                self._buckets.popitem(last=False)
            return left >= 1


class Nonces:
    """Every nonce once, for `life_s` seconds; when too many are remembered, no new one."""

    def __init__(self, monotonic: Callable[[], float], life_s: float) -> None:
        self._monotonic, self._life_s = monotonic, life_s
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, float] = OrderedDict()

    def fresh(self, nonce: str) -> bool:
        """Whether it was never seen; it has been, then."""
        with self._lock:
            now = self._monotonic()
            while self._seen and next(iter(self._seen.values())) <= now - self._life_s:
                self._seen.popitem(last=False)
            if nonce in self._seen or len(self._seen) >= _NONCES_MAX:
                return False
            self._seen[nonce] = now
            return True
