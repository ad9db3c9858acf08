r"""Account-number rules that come over the wire as regular expressions, made harmless.

Python's engine backtracks, so a careless expression can hang the kiosk. Let through is only a
sequence of single characters, `\d` or character classes, each repeated a bounded number of times,
in up to four alternatives. That covers what billers write ("\d{10}", "8\d{9}", "[0-9A-Z]{8,12}").
"""

from __future__ import annotations

import re
from functools import lru_cache

MAX_ACCOUNT = 35  # CEB-style interface: BillKey is at most 35 characters
ANY_ACCOUNT = f"[0-9A-Za-z-]{{1,{MAX_ACCOUNT}}}"  # when a rule is refused; the biller checks again

_ATOM = r"(?:\\d|[0-9A-Za-z-]|\[(?:[0-9A-Za-z]-[0-9A-Za-z]|\\d|[0-9A-Za-z])+-?\])"
_TIMES = r"(?:\{\d{1,2}\}|\{\d{1,2},\d{1,2}\}|\?)?"
_SEQUENCE = rf"(?:{_ATOM}{_TIMES}){{1,20}}"
_HARMLESS = re.compile(rf"\^?{_SEQUENCE}(?:\|{_SEQUENCE}){{0,3}}\$?", re.ASCII)
_ELASTIC = re.compile(r"\{\d{1,2},\d{1,2}\}|\?", re.ASCII)
MAX_ELASTIC = 3  # parts of varying length: each multiplies the engine's work by up to 35


def harmless_pattern(pattern: str) -> str:
    """Return `pattern` if it is of the harmless subset, else `ANY_ACCOUNT`."""
    if len(pattern) > 100 or not _HARMLESS.fullmatch(pattern):
        return ANY_ACCOUNT
    if len(_ELASTIC.findall(pattern)) > MAX_ELASTIC:
        return ANY_ACCOUNT
    try:
        re.compile(pattern, re.ASCII)
    except (re.error, OverflowError):
        return ANY_ACCOUNT
    return pattern


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(harmless_pattern(pattern), re.ASCII)


def matches_account(pattern: str, account: str) -> bool:
    """Whole match, ASCII digits only, at most 35 characters."""
    return len(account) <= MAX_ACCOUNT and _compiled(pattern).fullmatch(account) is not None
