"""A gateway's answer twice: as the event it means, and as what it tells of the gateway itself."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core import events as e
from kiosk.core.visit import messages as m
from kiosk.gateways import types as g

_STILL_THERE = (
    g.Reason.BAD_ARGUMENT,
    g.Reason.TOO_OFTEN,
    g.Reason.GATEWAY_UNKNOWN,
    g.Reason.ASK_AGAIN,
)
"""Answers that settle nothing, but were given by a gateway that can be reached."""


@dataclass(frozen=True, slots=True)
class Heard:
    """``answer`` is the gateway's own result, None if it wasn't asked."""

    event: e.OrderEvent | m.VisitEvent
    answer: object

    def lost(self, *, only_unsent: bool) -> g.NoAnswer | None:
        """Return why the gateway can't be reached now, None if it can for all we know.

        ``only_unsent``: a lost answer says nothing of the gateway, a connection refused does.
        """
        answer = self.answer
        if not isinstance(answer, g.NoAnswer) or answer.reason in _STILL_THERE:
            return None
        return None if only_unsent and answer.sent else answer
