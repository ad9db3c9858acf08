"""One command to a ZVT terminal, from its APDU to its end: what to answer, and how it ended. Pure.

Source: payment terminal protocols, 1.2 (timers T3 and T4; every command of the terminal is
answered; commit point; issue of goods).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from devices.payment_terminal import zvt_codes as codes
from devices.payment_terminal import zvt_messages as m
from devices.payment_terminal.zvt_apdu import Apdu

T3_S = 5.0
"""From a command to its 80 00 or 84 xx."""
T4_S = 180.0
"""From 80 00 to the completion; an intermediate status begins it anew, with its own time."""
DECIDE_S = 4.0
"""A decision on an offer must come within this: the terminal gives up after T3."""
AFTER_COMMIT_S = 15.0
"""After the payment stands nobody waits for T4: what is missing then is asked for."""


@dataclass(frozen=True, slots=True)
class Finished:
    """Completed (`06 0F`). `info` is the last status before it, None if there was none."""

    info: m.StatusInfo | None
    completion: m.StatusInfo | None


@dataclass(frozen=True, slots=True)
class Turned:
    """Refused (`84 xx`): for certain not begun."""

    code: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """Begun and aborted (`06 1E`)."""

    code: int | None


@dataclass(frozen=True, slots=True)
class Silent:
    """Nobody knows: "not_delivered", "no_answer" (T3) or "no_completion" (T4)."""

    reason: str


End = Finished | Turned | Stopped | Silent


class Exchange:
    """A command on its way. `end` is set once it is over; `waiting` is the newest thing that the
    terminal waits for.

    `short` commands are over with their 80 00; `direct` ones may complete without it; to one that
    `tells` a status belongs. A status in any other would be a payment's that nobody waits for, and
    acknowledging it would let that payment stand.
    """

    def __init__(
        self, apdu: Apdu, *, short: bool = False, direct: bool = False, tells: bool = False
    ) -> None:
        self.apdu = apdu
        self.number = 0
        self.accepted = False
        self.info: m.StatusInfo | None = None
        self.end: End | None = None
        self.news: list[m.StatusInfo | m.Intermediate] = []
        self._short, self._direct, self._tells = short, direct, tells
        self._until = math.inf

    @property
    def deadline(self) -> float:
        """When `tick` is wanted (monotonic seconds; infinite: never)."""
        return self._until

    def delivered(self, now: float) -> None:
        """The command has arrived."""
        if not self.accepted:
            self._until = now + T3_S

    def expects(self, message: m.Message) -> bool:
        """Whether a message belongs to this command: before 80 00 only the answer to it does."""
        if isinstance(message, m.StatusInfo):
            return self.accepted and self._tells
        return self.accepted or self._direct or isinstance(message, m.Done | m.Refused)

    def hear(self, message: m.Message, now: float) -> Apdu | None:
        """Take a message that is expected; what to answer, None for nothing (yet)."""
        match message:
            case m.Done():
                self._took(now)
                return None
            case m.Refused(code):
                if not self.accepted:
                    self.end = Turned(code)
                return None
            case m.StatusInfo():
                self.info, self._until = message, now + T4_S
                return self._informed(message, now)
            case m.Intermediate(wait_s=wait_s):
                self._until = now + (T4_S if wait_s is None else wait_s)
                self.news.append(message)
                return m.DONE
            case m.Completion(info):
                self.end = Finished(self.info, info)
                return m.DONE
            case m.Aborted(code):
                self.end = Stopped(code)
                return m.DONE
            case m.Print():
                return m.DONE
            case m.Unknown():
                return m.UNKNOWN_COMMAND

    def tick(self, now: float) -> Apdu | None:
        """Time has passed; what to say."""
        if now >= self._until and self.end is None:
            self.end = Silent("no_completion" if self.accepted else "no_answer")
        return None

    def not_delivered(self) -> None:
        """The command, or an answer in it, never got through."""
        self.end = self.end or Silent("not_delivered")

    def _took(self, now: float) -> None:
        if self._short:
            self.end = Finished(None, None)
        elif not self.accepted:
            self.accepted, self._until = True, now + T4_S

    def _informed(self, info: m.StatusInfo, now: float) -> Apdu | None:  # noqa: ARG002
        return m.DONE


class MoneyBack(Exchange):
    """A reversal or refund: its status is acknowledged only if the amount is the one meant.

    `amount_fen` 0: any. `strange` says that it was another one.
    """

    def __init__(self, apdu: Apdu, amount_fen: int) -> None:
        super().__init__(apdu, tells=True)
        self.strange = False
        self._amount_fen = amount_fen

    def _informed(self, info: m.StatusInfo, now: float) -> Apdu | None:  # noqa: ARG002
        meant = self._amount_fen in (0, info.amount_fen)
        if info.result == codes.OK and not meant:
            self.strange = True
            return m.REJECT
        return m.DONE


Choice = Literal["commit", "reject", "partly"]


class Payment(Exchange):
    """An authorisation. An offer is answered only when somebody has decided on it.

    `refused` is the terminal's own failure (bitmap 27), which holds whatever follows; `rejected`
    why the payment was not let stand; `strange` that after the decision something came that
    contradicts it.
    """

    def __init__(self, apdu: Apdu, amount_fen: int, currency: str) -> None:
        super().__init__(apdu, tells=True)
        self.offer: m.StatusInfo | None = None
        self.choice: Choice | None = None
        self.refused: int | None = None
        self.rejected = ""
        self.strange = False
        self.partly_fen = 0
        self._amount_fen, self._currency = amount_fen, currency
        self._decide_by = math.inf

    @property
    def deadline(self) -> float:
        return min(self._until, self._decide_by)

    @property
    def undecided(self) -> bool:
        """Whether an offer waits for its decision."""
        return self._decide_by < math.inf

    @property
    def may_stand(self) -> bool:
        """Whether the payment was let stand, wholly or partly."""
        return self.choice in ("commit", "partly")

    def decide(self, choice: Choice, now: float, why: str = "", amount_fen: int = 0) -> Apdu:
        """Let the offer stand, wholly or up to `amount_fen`, or not; what to answer."""
        self.choice, self.rejected, self.partly_fen = choice, why, amount_fen
        self._decide_by = math.inf
        if self.may_stand:
            self._until = now + AFTER_COMMIT_S
        return self._decided()

    def answer_again(self) -> Apdu:
        """What an offer that comes once more is answered with."""
        return self._decided()

    def not_yet(self) -> Apdu:
        """The goods aren't out: the terminal asks again."""
        self._decide_by = math.inf
        return m.WAIT

    def tick(self, now: float) -> Apdu | None:
        if now >= self._decide_by:
            return self.decide("reject", now, "not_decided")
        return super().tick(now)

    def _informed(self, info: m.StatusInfo, now: float) -> Apdu | None:
        if info.result != codes.OK:
            return self._failed(info, now)
        if self.refused is not None:
            return m.REJECT
        if self.choice is not None:
            return self._offered_again(info, now)
        if self.undecided and self.offer is not None:
            # The same again while somebody decides: the decision answers it.
            if is_same(info, self.offer):
                return None
            return self.decide("reject", now, "another_payment")
        why = self._wrong(info)
        if why or (self.offer is not None and not is_same(info, self.offer)):
            return self.decide("reject", now, why or "another_payment")
        self.offer, self._decide_by = info, now + DECIDE_S
        self.news.append(info)
        return None

    def _failed(self, info: m.StatusInfo, now: float) -> Apdu:
        if self.may_stand:
            self.strange = True
            return m.DONE
        if info.result is None:
            return self.decide("reject", now, "no_result")
        self.refused, self._decide_by = info.result, math.inf
        return m.DONE

    def _offered_again(self, info: m.StatusInfo, now: float) -> Apdu:
        if self.may_stand:
            self._until = now + AFTER_COMMIT_S
        if self.choice == "partly" and info.amount_fen == self.partly_fen:
            return m.DONE
        if self.offer is not None and not is_same(info, self.offer):
            self.strange = self.strange or self.may_stand
            return m.REJECT
        return self._decided()

    def _decided(self) -> Apdu:
        match self.choice:
            case "commit":
                return m.DONE
            case "partly":
                return m.partly(self.partly_fen)
            case _:
                return m.REJECT

    def _wrong(self, info: m.StatusInfo) -> str:
        """Why an offer isn't what was asked for; empty if it is."""
        if info.amount_fen != self._amount_fen:
            return "amount_mismatch"
        if info.currency not in ("", self._currency):
            return "currency_mismatch"
        return ""


def is_same(one: m.StatusInfo, other: m.StatusInfo) -> bool:
    """Whether two status infos tell of one payment; how they name the card doesn't matter."""
    plain = {"card_masked": "", "card_name": "", "whole": True, "currency": ""}
    return replace(one, **plain) == replace(other, **plain)  # type: ignore[arg-type]
