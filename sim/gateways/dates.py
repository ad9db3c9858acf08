"""Dates as the payment world writes them: China Standard Time, UTC+8, no daylight saving."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "CST")
_CLEARING = time(23, 30)


def local(seconds: float) -> datetime:
    """The local date and time of `seconds` since 1970 UTC."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(CHINA)


def months_ago(seconds: float, months: int) -> str:
    """The month `months` before the one of that instant, as YYYY-MM."""
    now = local(seconds)
    month = now.year * 12 + now.month - 1 - months
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def clearing_after(seconds: float) -> float:
    """The first 23:30 local time after that instant, in seconds since 1970 UTC."""
    now = local(seconds)
    clearing = datetime.combine(now.date(), _CLEARING, CHINA)
    if clearing <= now:
        clearing += timedelta(days=1)
    return clearing.timestamp()


def stamp(seconds: float) -> str:
    """YYYY-MM-DD HH:MM:SS (Alipay)."""
    return local(seconds).strftime("%Y-%m-%d %H:%M:%S")


def rfc3339(seconds: float) -> str:
    """YYYY-MM-DDTHH:MM:SS+08:00 (WeChat Pay)."""
    return local(seconds).isoformat(timespec="seconds")
