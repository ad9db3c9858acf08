"""The ECR Hub payment terminal: what to say when.

Sources: payment terminal protocols, 1.1 (timers, rules, unknown result); Serial and USB on Linux,
"Liveness" (silent 5 s: unknown; 30 s: unavailable and handshake anew); Design, "Devices".
"""

from __future__ import annotations

import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from devices.driver import Driver, Notice, Progress, SettingsError
from devices.operations import Operation
from devices.payment_terminal import link as line
from devices.payment_terminal import outcome
from devices.payment_terminal.commands import Close, Command, LateAnswer, Query, Sale
from devices.payment_terminal.link import Link, LinkEvent
from devices.payment_terminal.messages import Answer, Envelope, decode_answer, encode_request
from devices.payment_terminal.operations import ECR_HUB
from devices.status import Completion, Failed, Level, Status, Success

ANSWER_WAIT_S = 180.0
"""A sale, void or refund waits so long for its answer (the maker's own read time-out)."""
QUERY_WAIT_S = 15.0
"""A query or close waits so long from submission to answer."""
SALE_PATIENCE_S = 4.0
"""A sale waits no longer than a refund usually takes: a person stands before a terminal that asks
for nothing."""
_REMEMBERED = 256


@dataclass(slots=True)
class _Request:
    command_id: int
    command: Command
    request_id: str
    answer_by: float


class EcrHubTerminal(Driver):
    """One terminal. Sale, Void and Refund run one after the other; Query and Close run beside
    them, so that an unpaid sale can be closed while it waits for its card. A close of what still
    waits for its turn takes it back.

    `wall_clock` gives seconds since 1970 for the messages' timestamps; `new_request_id` makes an
    id that was never used before, in any run of the program. `beats` is False in virtual time.
    """

    default_baud: ClassVar[int] = 115200
    operations: ClassVar[Mapping[str, Operation]] = ECR_HUB
    refund: ClassVar[Literal["full", "partial", "card_present", "none"]] = "partial"
    commit: ClassVar[Literal["at_once", "two_phase"]] = "at_once"

    def __init__(
        self,
        app_id: str,
        currency: str = "CNY",
        answer_wait_s: float = ANSWER_WAIT_S,
        wall_clock: Callable[[], float] = time.time,
        new_request_id: Callable[[], str] | None = None,
        beats: bool = True,
    ) -> None:
        super().__init__()
        self._app_id = app_id
        self._currency = currency
        self._answer_wait_s = answer_wait_s
        self._wall_clock = wall_clock
        self._new_request_id = new_request_id or (lambda: secrets.token_hex(12))
        self._link = Link(self._send, beats)
        self._requests: dict[str, _Request] = {}
        # Request id to order number of what ended without an answer, None once it was answered.
        self._past: OrderedDict[str, str | None] = OrderedDict()

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> Self:
        """`app_id` (1 to 64 characters) must be given; `answer_wait` (seconds, 10 to 600) and
        `currency` (three letters) may be.
        """
        left = dict(settings)
        app_id = left.pop("app_id", None)
        if not isinstance(app_id, str) or not 1 <= len(app_id) <= 64:
            raise SettingsError("app_id: text of 1 to 64 characters, given by the platform")
        wait_s = left.pop("answer_wait", ANSWER_WAIT_S)
        if isinstance(wait_s, bool) or not isinstance(wait_s, int | float):
            raise SettingsError("answer_wait: a number of seconds")
        if not 10 <= wait_s <= 600:
            raise SettingsError("answer_wait: 10 to 600 seconds")
        currency = left.pop("currency", "CNY")
        if not isinstance(currency, str) or len(currency) != 3:
            raise SettingsError("currency: three letters")
        if left:
            raise SettingsError(f"unknown setting: {', '.join(sorted(left))}")
        return cls(app_id, currency, float(wait_s))

    # Hooks of the base.

    def _on_opened(self, now: float) -> None:
        self._link.open(now)
        if self._status.reason != "no_answer":
            self._set_status(Status(Level.UNKNOWN, "connecting"))

    def _on_lost(self, now: float, reason: str) -> None:  # noqa: ARG002
        self._link.close()

    def _on_received(self, data: bytes, now: float) -> None:
        self._link.receive(data, now)
        self._follow_link(now)

    def _on_submitted(self, command_id: int, command: object, now: float) -> None:
        if not isinstance(command, Command):
            failed = Failed("not_supported", f"a terminal can't do {type(command).__name__}")
            self._complete(command_id, failed, now)
            return
        request_id = self._new_request_id()
        envelope = Envelope(
            request_id, self._app_id, int(self._wall_clock() * 1000), self._currency
        )
        data = encode_request(command, envelope)
        wait_s = QUERY_WAIT_S if isinstance(command, Query | Close) else self._answer_wait_s
        self._requests[request_id] = _Request(command_id, command, request_id, now + wait_s)
        self._link.post(command_id, data, now)
        self._follow_link(now)

    def _on_cancelled(self, command_id: int, now: float) -> None:
        request = self._request_of(command_id)
        if request is not None:
            self._finish(
                request, outcome.of_cancel(request.command, self._has_left(command_id)), now
            )
        self._refresh_status(now)

    def _completion_when_lost(self, command_id: int, reason: str) -> Completion:
        request = self._request_of(command_id)
        if request is None or not self._has_left(command_id):
            return outcome.not_sent()
        return outcome.of_silence(request.command, reason)

    def _on_completed(self, command_id: int, now: float) -> None:
        request = self._request_of(command_id)
        if request is not None:
            del self._requests[request.request_id]
            self._remember(request.request_id, request.command.order_no)
            self._link.drop(command_id, now)

    def _on_ticked(self, now: float) -> None:
        self._link.tick(now)
        self._follow_link(now)
        for request in tuple(self._requests.values()):
            if now >= request.answer_by:
                self._finish_silent(request, "no_answer", now)
        self._refresh_status(now)

    def _next_tick(self) -> float | None:
        times = [request.answer_by for request in self._requests.values()]
        link_time = self._link.deadline()
        if link_time is not None:
            times.append(link_time)
        times += self._status_changes_at()
        return min(times, default=None)

    def _runs_beside(self, command: object) -> bool:
        return isinstance(command, Query | Close)

    def _takes_back(self, command: object, queued: object) -> bool:
        """A close of what the terminal hasn't been told yet: it must never hear of it."""
        if not isinstance(command, Close) or not isinstance(queued, Command):
            return False
        return command.order_no == queued.order_no

    def _queue_patience_of(self, command: object) -> float:
        return SALE_PATIENCE_S if isinstance(command, Sale) else self.queue_patience_s

    # What the line says.

    def _follow_link(self, now: float) -> None:
        for event in self._link.take_events():
            self._follow(event, now)
        self._refresh_status(now)

    def _follow(self, event: LinkEvent, now: float) -> None:
        match event:
            case line.Message(data=data):
                answer = decode_answer(data)
                if answer is not None:
                    self._answered(answer, now)
            case line.Acknowledged(tag=tag):
                if tag in self._commands:
                    self._report(Progress(tag, "acknowledged"))
            case line.NotSent(tag=tag):
                request = self._request_of(tag)
                if request is not None:
                    self._finish(request, outcome.not_sent(), now)
            case line.NotAcknowledged(tag=tag):
                request = self._request_of(tag)
                if request is not None:
                    self._finish_silent(request, "not_acknowledged", now)
            case line.Dead():
                for request in tuple(self._requests.values()):
                    self._finish_silent(request, "link_lost", now)
                self.reopen_wanted = True

    def _answered(self, answer: Answer, now: float) -> None:
        request = self._requests.get(answer.request_id)
        if request is not None:
            self._finish(request, outcome.of_answer(request.command, answer), now)
            self._past[answer.request_id] = None
            if isinstance(request.command, Query):
                self._settle(request.command.order_no, answer, now)
            return
        order_no = self._past.get(answer.request_id, answer.order_no)
        if order_no:
            self._report(Notice(LateAnswer(order_no, answer.code, answer.transaction)))
            if answer.request_id:
                self._remember(answer.request_id, None)

    def _settle(self, order_no: str, answer: Answer, now: float) -> None:
        """A query's final answer ends what still waits under that number: its own answer is lost.

        Otherwise the next person's sale would wait behind it, while the screen asks for the card.
        """
        if not answer.ok:
            return
        for request in tuple(self._requests.values()):
            command = request.command
            if command.order_no == order_no and not isinstance(command, Query | Close):
                completion = outcome.of_answer(command, answer)
                if isinstance(completion, Success | Failed):
                    self._finish(request, completion, now)

    def _remember(self, request_id: str, order_no: str | None) -> None:
        self._past[request_id] = order_no
        while len(self._past) > _REMEMBERED:
            self._past.popitem(last=False)

    # Ends of requests.

    def _request_of(self, command_id: int) -> _Request | None:
        return next((r for r in self._requests.values() if r.command_id == command_id), None)

    def _finish(self, request: _Request, completion: Completion, now: float) -> None:
        self._complete(request.command_id, completion, now)

    def _finish_silent(self, request: _Request, reason: str, now: float) -> None:
        if self._has_left(request.command_id):
            self._finish(request, outcome.of_silence(request.command, reason), now)
        else:
            self._finish(request, outcome.not_sent(), now)

    # Health.

    def _status_changes_at(self) -> list[float]:
        if self._link.linked:
            if self._status.level in (Level.READY, Level.BUSY):
                at = self._link.silent_at()
                return [] if at == math.inf else [at]
        elif self._status.level is Level.UNKNOWN:
            return [self._link.opened_at + line.CONNECT_S]
        return []

    def _refresh_status(self, now: float) -> None:
        if self._link.linked:
            if now >= self._link.silent_at():
                status = Status(Level.UNKNOWN, "silent")
            elif self._main is not None:
                paying = isinstance(self._commands[self._main], Sale)
                status = Status(Level.BUSY, "payment" if paying else "refund")
            else:
                status = Status(Level.READY)
        elif (
            now >= self._link.opened_at + line.CONNECT_S or self._status.level is Level.UNAVAILABLE
        ):
            status = Status(Level.UNAVAILABLE, "no_answer")
        else:
            status = Status(Level.UNKNOWN, "connecting")
        self._set_status(status)
