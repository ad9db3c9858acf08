"""The relay's memory: addresses that are open, and what was uploaded to them. No I/O.

Every method may be called from any thread.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class SlotLimits:
    """Seconds, bytes and numbers that the relay holds to."""

    life_s: float = 600.0
    file_max: int = 20 << 20
    total_max: int = 256 << 20
    slots_max: int = 64
    per_cabin_max: int = 4


class SlotState(StrEnum):
    """How an address stands."""

    WAITING = "waiting"
    RECEIVING = "receiving"
    READY = "ready"


class SlotRefusedError(Exception):
    """It can't be done now; `why` is a word for the answer."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(slots=True)
class _Slot:
    cabin: str
    ends: float
    state: SlotState = SlotState.WAITING
    reserved: int = 0
    name: str = ""
    data: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look shows. `name` as the phone gave it: clean it before showing."""

    state: SlotState
    name: str = field(default="", repr=False)
    size: int = 0


class Slots:
    """All open addresses. `monotonic` in seconds."""

    def __init__(
        self,
        monotonic: Callable[[], float],
        limits: SlotLimits | None = None,
        new_token: Callable[[], str] = lambda: secrets.token_urlsafe(16),
    ) -> None:
        self.limits = limits or SlotLimits()
        self._monotonic = monotonic
        self._new_token = new_token
        self._lock = threading.Lock()
        # By the token's hash: how long looking one up takes tells nothing of others.
        self._slots: dict[bytes, _Slot] = {}

    def open(self, cabin: str) -> str:
        """A new address of `cabin`: its token. Raises SlotRefusedError("too_many")."""
        with self._lock:
            self._expire()
            mine = sum(slot.cabin == cabin for slot in self._slots.values())
            if mine >= self.limits.per_cabin_max or len(self._slots) >= self.limits.slots_max:
                raise SlotRefusedError("too_many")
            token = self._new_token()
            ends = self._monotonic() + self.limits.life_s
            self._slots[_key(token)] = _Slot(cabin, ends)
            return token

    def look(self, token: str, cabin: str | None = None) -> Seen | None:
        """How it stands; None: gone, never there, or another cabin's."""
        with self._lock:
            slot = self._find(token, cabin)
            return None if slot is None else Seen(slot.state, slot.name, len(slot.data))

    def receive(self, token: str, length: int) -> None:
        """An upload of `length` bytes begins. Raises SlotRefusedError.

        "gone", "busy" (somebody uploads to it just now, or has), "too_big", "full".
        """
        with self._lock:
            slot = self._find(token, None)
            if slot is None:
                raise SlotRefusedError("gone")
            if slot.state is not SlotState.WAITING:
                raise SlotRefusedError("busy")
            if length > self.limits.file_max:
                raise SlotRefusedError("too_big")
            if sum(s.reserved for s in self._slots.values()) + length > self.limits.total_max:
                raise SlotRefusedError("full")
            slot.state, slot.reserved = SlotState.RECEIVING, length

    def received(self, token: str, name: str, data: bytes) -> None:
        """The upload is whole. Raises SlotRefusedError("gone")."""
        with self._lock:
            slot = self._find(token, None)
            if slot is None or slot.state is not SlotState.RECEIVING:
                raise SlotRefusedError("gone")
            slot.state, slot.name, slot.data, slot.reserved = (
                SlotState.READY,
                name,
                data,
                len(data),
            )

    def broken_off(self, token: str) -> None:
        """The upload came to nothing: the address waits again."""
        with self._lock:
            slot = self._find(token, None)
            if slot is not None and slot.state is SlotState.RECEIVING:
                slot.state, slot.reserved = SlotState.WAITING, 0

    def take(self, token: str, cabin: str) -> bytes:
        """The file; the address is gone then. Raises SlotRefusedError("gone" or "empty")."""
        with self._lock:
            slot = self._find(token, cabin)
            if slot is None:
                raise SlotRefusedError("gone")
            if slot.state is not SlotState.READY:
                raise SlotRefusedError("empty")
            del self._slots[_key(token)]
            return slot.data

    def drop(self, token: str, cabin: str) -> None:
        """The visit is over."""
        with self._lock:
            if self._find(token, cabin) is not None:
                del self._slots[_key(token)]

    def expire(self) -> None:
        """Forget what is too old; called now and then, so that nothing waits for a caller."""
        with self._lock:
            self._expire()

    def held(self) -> tuple[int, int]:
        """How many addresses are open, and how many bytes are kept or reserved."""
        with self._lock:
            self._expire()
            return len(self._slots), sum(slot.reserved for slot in self._slots.values())

    def _expire(self) -> None:
        now = self._monotonic()
        for key in [key for key, slot in self._slots.items() if slot.ends <= now]:
            del self._slots[key]

    def _find(self, token: str, cabin: str | None) -> _Slot | None:
        self._expire()
        slot = self._slots.get(_key(token))
        return slot if slot is not None and cabin in (None, slot.cabin) else None


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
