"""The document printer: it is asked how it is, and its errands are carried through one by one.

The driver does no I/O: what it asks goes to the port's control channel as `HttpRequest` and comes
back by number, or doesn't. Alive is a printer that answers Get-Printer-Attributes, asked every 5 s,
every second while it works; two that stay unanswered make it unavailable.
Sources: RFC 8011, 4.2.5; Serial and USB on Linux, "Liveness"; requirements R9, R15 to R18.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from devices.control import AddressRequest, Answer, HttpRequest, Request
from devices.document_printer import commands as c
from devices.document_printer import messages as m
from devices.document_printer import reasons
from devices.document_printer.errand import Errand, Then
from devices.document_printer.errands import (
    CancelErrand,
    IdentifyErrand,
    JobStateErrand,
    PurgeErrand,
    ResolveErrand,
    ValidateErrand,
    about_question,
)
from devices.document_printer.messages import Question, Said, Silence
from devices.document_printer.printing import PrintErrand
from devices.driver import Driver, Progress, SettingsError
from devices.operations import Operation
from devices.status import Completion, Failed, Level, Status

IDLE_S, BUSY_S = 5.0, 1.0
POLL_S = 3.0
"""So long an answer to how it is may take."""
MISSED = 2
GRACE_S = 2.0
"""The port ends a request by itself; the driver gives it up so much later."""
TRANSFER_S = 600.0
"""A document may take so long to go out."""
USER = "cabin"
LAST_NUMBER = 0x7FFFFFFF


@dataclass(slots=True)
class _Open:
    """A question that waits for its answer; ``owner`` None: how the printer is."""

    owner: int | None
    then: Then
    by: float


class IppPrinter(Driver):
    """``user``: the name that jobs are sent under, and by which the printer knows our own;
    ``busy_s``: how long a busy printer is waited for; ``idle_s``: how often an idle one is asked
    (seconds)."""

    operations: ClassVar[Mapping[str, Operation]] = c.OPERATIONS
    queue_patience_s: ClassVar[float] = 600.0

    def __init__(self, user: str = USER, busy_s: float = 300.0, idle_s: float = IDLE_S) -> None:
        super().__init__()
        self._user, self._busy_s, self._idle_s = user, busy_s, idle_s
        self._uri = ""
        self._version = (2, 0)
        self._number = 0
        self._questions: dict[int, _Open] = {}
        self._timers: list[tuple[float, Callable[[float], None]]] = []
        self._errand: Errand | None = None
        self._errand_id: int | None = None
        self._poll_at: float | None = None
        self._missed = 0
        self._about: m.Capabilities | None = None

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> Self:
        """`user`: 1 to 32 ASCII letters and digits; `busy_s`: 0 to 3600 seconds."""
        unknown = sorted(set(settings) - {"user", "busy_s"})
        if unknown:
            raise SettingsError(f"unknown setting: {', '.join(unknown)}")
        user, busy_s = settings.get("user", USER), settings.get("busy_s", 300.0)
        if not isinstance(user, str) or not (user.isascii() and user.isalnum() and len(user) <= 32):
            raise SettingsError("user: 1 to 32 ASCII letters and digits")
        if isinstance(busy_s, bool) or not isinstance(busy_s, int | float):
            raise SettingsError("busy_s: a number of seconds")
        if not 0 <= busy_s <= 3600:
            raise SettingsError("busy_s: 0 to 3600 seconds")
        return cls(user, float(busy_s))

    # What errands want (`errand.Desk`).

    def ask(self, question: Question, then: Then, now: float) -> None:
        self._ask(question, then, self._errand_id, now)

    def later(self, at: float, call: Callable[[float], None]) -> None:
        self._timers.append((at, call))

    def can(self, operation: int) -> bool:
        return self._about is not None and operation in self._about.operations

    def tell(self, progress: object) -> None:
        if self._errand_id is not None:
            self._report(Progress(self._errand_id, progress))

    def end(self, completion: Completion, now: float) -> None:
        if self._errand_id is not None:
            self._complete(self._errand_id, completion, now)

    # Questions and answers.

    def _ask(self, question: Question, then: Then, owner: int | None, now: float) -> None:
        self._number = self._number % LAST_NUMBER + 1
        body = m.request(question, self._number, self._uri, self._user, self._version)
        by = now + question.patience_s + GRACE_S
        if question.document is not None:
            by += TRANSFER_S
        self._questions[self._number] = _Open(owner, then, by)
        self._request(
            HttpRequest(self._number, body, question.document, question.once, question.patience_s)
        )

    def _on_answered(self, request: Request, answer: Answer, now: float) -> None:
        if isinstance(request, AddressRequest):
            self._addressed(answer, now)
        elif isinstance(request, HttpRequest):
            question = self._questions.pop(request.number, None)
            if question is not None:
                question.then(m.understood(answer, request.number), now)

    def _addressed(self, answer: Answer, now: float) -> None:
        if not isinstance(answer, bytes):
            detail = "its port must be ipp:// or ipps://"
            self._set_status(Status(Level.UNAVAILABLE, "port_error", detail))
            return
        self._uri = answer.decode("utf-8", "replace")
        self._poll(now)

    # How the printer is.

    def _poll(self, now: float) -> None:
        self._poll_at = None
        question = about_question() if self._about is None else _STATE
        self._ask(question, self._polled, None, now)

    def _polled(self, said: Said, now: float) -> None:
        if isinstance(said, Silence):
            self._miss(said, now)
            return
        if said.code == m.VERSION and self._version != (1, 1):
            self._version = (1, 1)
            self._poll(now)
            return
        self._missed = 0
        if not m.is_good(said):
            code, meaning = m.words_of(said)
            self._set_status(Status(Level.UNAVAILABLE, "refused", f"{code} {meaning}"))
        else:
            if self._about is None:
                self._about = m.capabilities(said)
            found = m.printer_state(said)
            troubles = reasons.troubles(found.keywords)
            self._set_status(reasons.status_of(found.state, found.accepting, troubles, found.trays))
        at_work = self._errand is not None or self._status.level is Level.BUSY
        self._poll_at = now + (BUSY_S if at_work else self._idle_s)

    def _miss(self, said: Silence, now: float) -> None:
        self._missed += 1
        if self._missed < MISSED:
            self._poll_at = now + BUSY_S
            return
        reason = _REASONS.get(said.reason, "no_answer")
        self._set_status(Status(Level.UNAVAILABLE, reason, f"{said.reason} {said.detail}".strip()))
        # Whoever answers next may be another printer.
        self._about = None
        self._poll_at = now + (BUSY_S if self._errand is not None else self._idle_s)

    # Hooks of the base.

    def _on_opened(self, now: float) -> None:  # noqa: ARG002
        self._forget()
        self._uri, self._about, self._missed = "", None, 0
        self._version = (2, 0)
        self._set_status(Status(Level.UNKNOWN, "asking"))
        self._request(AddressRequest())

    def _on_received(self, data: bytes, now: float) -> None:
        """An HTTP port has no bytes of its own; another port's say nothing."""

    def _on_lost(self, now: float, reason: str) -> None:  # noqa: ARG002
        self._questions.clear()
        self._timers.clear()
        self._poll_at = None

    def _on_submitted(self, command_id: int, command: object, now: float) -> None:
        errand = self._errand_for(command)
        if errand is None:
            name = type(command).__name__
            self._complete(command_id, Failed("not_supported", f"no {name} here"), now)
            return
        unheard = self._about is None and not isinstance(errand, ResolveErrand)
        if not self._uri or unheard:
            reason = self._status.reason or "no_answer"
            self._complete(command_id, errand.when_lost(reason), now)
            return
        self._errand, self._errand_id = errand, command_id
        if self._poll_at is not None:
            self._poll_at = min(self._poll_at, now + BUSY_S)
        errand.begin(now)

    def _errand_for(self, command: object) -> Errand | None:
        match command:
            case c.Print():
                return PrintErrand(self, command, self._busy_s)
            case c.Resolve(job_no, impressions):
                return ResolveErrand(self, job_no, impressions)
            case c.CancelJob(job_no):
                return CancelErrand(self, job_no)
            case c.JobState(job_no):
                return JobStateErrand(self, job_no)
            case c.Validate():
                return ValidateErrand(self, command)
            case c.Purge():
                return PurgeErrand(self, command)
            case c.Identify():
                return IdentifyErrand(self)
        return None

    def _on_cancelled(self, command_id: int, now: float) -> None:
        if self._errand is not None and command_id == self._errand_id:
            self._errand.cancel(now)

    def _completion_when_lost(self, command_id: int, reason: str) -> Completion:
        if self._errand is not None and command_id == self._errand_id:
            return self._errand.when_lost(reason)
        return Failed("not_connected", "the printer is gone")

    def _on_completed(self, command_id: int, now: float) -> None:  # noqa: ARG002
        if command_id == self._errand_id:
            self._forget()

    def _forget(self) -> None:
        """The errand is over; an answer to it that comes later is nobody's."""
        self._errand = self._errand_id = None
        self._timers.clear()
        self._questions = {n: x for n, x in self._questions.items() if x.owner is None}

    def _on_ticked(self, now: float) -> None:
        late = [number for number, question in self._questions.items() if question.by <= now]
        for number in late:
            question = self._questions.pop(number, None)
            if question is not None:
                question.then(Silence("no_answer"), now)
        due = [entry for entry in self._timers if entry[0] <= now]
        for entry in due:
            if entry in self._timers:
                self._timers.remove(entry)
                entry[1](now)
        if self._poll_at is not None and now >= self._poll_at:
            self._poll(now)

    def _next_tick(self) -> float | None:
        times = [question.by for question in self._questions.values()]
        times += [at for at, _ in self._timers]
        if self._poll_at is not None:
            times.append(self._poll_at)
        return min(times, default=None)


_STATE = Question(m.GET_PRINTER, (m.wanted(*m.STATE_NAMES),), patience_s=POLL_S)
_REASONS = {
    "tls": "untrusted",
    "http": "other_device",
    "other_device": "other_device",
    "unreadable": "other_device",
    "other_answer": "other_device",
}
