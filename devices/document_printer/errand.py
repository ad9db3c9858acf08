"""One command under way: what every errand has, and how a job is found, watched and taken back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Protocol

from devices.document_printer import messages as m
from devices.document_printer import values as v
from devices.document_printer.commands import PREFIX, Printed, Printing
from devices.document_printer.messages import Job, Question, Said, Silence, one
from devices.status import Cancelled, Completion, Failed, OutcomeUnknown, Status, Success

WATCH_S = 1.0
LOST_S = 20.0
"""A job that nothing was heard of for so long is nobody's knowledge."""
FIND_S, FIND_TRIES = 3.0, 4
"""A printer that is still digesting a request may not list its job at once."""
STALL_S = 600.0
"""A job that doesn't go on for so long is taken back."""
CANCEL_S = 60.0
"""A job that is still there so long after the printer was asked to give it up may yet come out."""
INCOMING_S = 60.0
"""A document that broke off is waited for so long; then the job is taken back."""
_INCOMING = frozenset(("job-incoming", "job-data-insufficient"))
_SPOILT = frozenset(("job-completed-with-errors", "document-format-error", "aborted-by-system"))
LISTED = 100

Then = Callable[[Said, float], None]


class Desk(Protocol):
    """What the driver does for an errand."""

    @property
    def status(self) -> Status:
        """The printer's health."""
        ...

    def ask(self, question: Question, then: Then, now: float) -> None:
        """Put a question; ``then`` gets the answer, or the silence, while the errand lasts."""
        ...

    def later(self, at: float, call: Callable[[float], None]) -> None:
        """Call at that moment, while the errand lasts."""
        ...

    def can(self, operation: int) -> bool:
        """Whether the printer says that it does this operation."""
        ...

    def tell(self, progress: object) -> None:
        """Report progress."""
        ...

    def end(self, completion: Completion, now: float) -> None:
        """The errand is over."""
        ...


class Errand(ABC):
    """One command from its turn to its end."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @abstractmethod
    def begin(self, now: float) -> None:
        """Its turn has come."""

    def cancel(self, now: float) -> None:
        """Take it back. Here: nothing has been done that would have to be undone."""
        self._desk.end(Cancelled(), now)

    def when_lost(self, reason: str) -> Completion:
        """How it ends when the port goes. Here: nothing was done."""
        return Failed("not_connected", f"the printer is gone ({reason})")


class JobErrand(Errand):
    """Has to do with one job, known by our name for it and, once told, by the printer's number."""

    def __init__(self, desk: Desk, job_no: str, impressions: int | None = None) -> None:
        super().__init__(desk)
        self._name = PREFIX + job_no
        self._wanted = impressions
        self._job_id: int | None = None
        self._cancelling = False
        self._cancel_at = 0.0
        self._cancel_by: float | None = None
        self._watching = False
        self._stalled = False
        self._in_doubt = False
        self._heard = self._moved = 0.0
        self._last: Printing | None = None
        self._tries = 0

    # Finding it by its name.

    def _find(self, now: float) -> None:
        """Ask for our jobs, those to come first; `_found` or `_not_found` follows."""
        self._tries += 1
        self._list("not-completed", self._heard_open, now)

    def _list(self, which: str, then: Then, now: float) -> None:
        self._desk.ask(list_question(which), then, now)

    def _heard_open(self, said: Said, now: float) -> None:
        if (job := self._mine(said)) is not None:
            self._found(job, now)
        elif isinstance(said, Silence) or not m.is_good(said):
            self._find_again(said, now)
        else:
            self._list("completed", self._heard_ended, now)

    def _heard_ended(self, said: Said, now: float) -> None:
        if (job := self._mine(said)) is not None:
            self._found(job, now)
        else:
            self._find_again(said, now)

    def _find_again(self, said: Said, now: float) -> None:
        if self._tries < FIND_TRIES:
            self._desk.later(now + FIND_S, self._find)
        else:
            self._not_found(isinstance(said, Silence) or not m.is_good(said), now)

    def _mine(self, said: Said) -> Job | None:
        if isinstance(said, Silence):
            return None
        return next((job for job in m.jobs(said) if job.name == self._name), None)

    def _found(self, job: Job, now: float) -> None:
        """The printer has it: watch it to its end."""
        self._tries = 0
        self._job_id = job.job_id
        self._watch(now)

    def _not_found(self, unheard: bool, now: float) -> None:
        """The printer doesn't list it, or (``unheard``) says nothing."""
        self._desk.end(OutcomeUnknown("no_answer" if unheard else "job_not_found"), now)

    # Watching it.

    def _watch(self, now: float) -> None:
        if not self._watching:
            self._watching = True
            self._heard = self._moved = now
            self._look(now)

    def _look(self, now: float) -> None:
        if self._cancelling and now >= self._cancel_at:
            self._give_up_job(self._cancel_heard, now)
            return
        names = m.wanted(*m.JOB_NAMES)
        self._desk.ask(self._job_question(m.GET_JOB, names), self._seen, now)

    def _job_question(self, operation: int, *more: v.Attribute, once: bool = False) -> Question:
        return Question(operation, (m.job_id(self._job_id), *more), once=once)

    def _cancel_heard(self, said: Said, now: float) -> None:  # noqa: ARG002
        """Whatever was said to that: how the job is tells."""
        self._look(now)

    def _seen(self, said: Said, now: float) -> None:
        if isinstance(said, v.Message) and said.code == m.NOT_FOUND:
            # It was switched off in between, or forgets fast.
            self._watching = False
            self._find(now)
            return
        found = () if isinstance(said, Silence) else m.jobs(said)
        if not found:
            if now - self._heard >= LOST_S:
                self._desk.end(OutcomeUnknown("no_answer"), now)
            else:
                self._desk.later(now + WATCH_S, self._look)
            return
        self._heard = now
        job = found[0]
        if job.has_ended:
            self._desk.end(self._verdict(job), now)
            return
        if self._cancel_by is not None and now >= self._cancel_by:
            self._desk.end(OutcomeUnknown("not_canceled"), now)
            return
        self._show(job, now)
        patience_s = STALL_S
        if self._in_doubt and _INCOMING & set(job.keywords):
            patience_s = INCOMING_S
        if now - self._moved >= patience_s:
            self._stalled = self._cancelling = True
        self._desk.later(now + WATCH_S, self._look)

    def _show(self, job: Job, now: float) -> None:
        status = self._desk.status
        reason = "" if status.usable or status.reason == "printing" else status.reason
        shown = Printing(_state(job), sides_of(job), _counted(job.sheets_done), reason)
        if shown != self._last:
            self._last, self._moved = shown, now
            self._desk.tell(shown)

    def _verdict(self, job: Job) -> Completion:
        printed = printed_of(job)
        said = " ".join(job.keywords)
        if job.state == m.CANCELED:
            return Failed("stalled" if self._stalled else "canceled", said, printed)
        if job.state == m.ABORTED:
            return Failed("aborted", said, printed)
        if _SPOILT & set(job.keywords):
            return Failed("errors", said, printed)
        if is_short(job, self._wanted):
            return Failed("fewer_sides", f"the printer counted {printed.sides}", printed)
        return Success(printed)

    def cancel(self, now: float) -> None:
        """The job is the printer's by now: it is asked to give it up, at once and again."""
        self._cancelling, self._cancel_at = True, now
        if self._watching:
            self._give_up_job(_unheard, now)

    def _give_up_job(self, then: Then, now: float) -> None:
        self._cancel_at = now + FIND_S
        if self._cancel_by is None:
            self._cancel_by = now + CANCEL_S
        self._desk.ask(self._job_question(m.CANCEL_JOB, once=True), then, now)


def _unheard(said: Said, now: float) -> None:
    """Whatever was said: how the job is tells."""


def list_question(which: str) -> Question:
    """Our own jobs, those to come (``not-completed``) or the last that ended (``completed``)."""
    asks = (
        one("which-jobs", v.KEYWORD, which),
        one("my-jobs", v.BOOLEAN, True),
        one("limit", v.INTEGER, LISTED),
        m.wanted(*m.JOB_NAMES),
    )
    return Question(m.GET_JOBS, asks)


def _state(job: Job) -> str:
    return m.JOB_STATES.get(job.state or 0, "unknown")


def _counted(count: int | None) -> int | None:
    """A count as far as it means anything: some printers leave it at 0 for ever, some at -1."""
    return count if count is not None and count > 0 else None


def sides_of(job: Job) -> int | None:
    """How many sides came out. 0 counts only from a printer that knows how many there are to be."""
    done = job.impressions_done
    if done == 0 and (job.impressions or 0) > 0:
        return 0
    return _counted(done)


def is_short(job: Job, wanted: int | None) -> bool:
    """Whether fewer came out than asked, as far as the printer counts at all.

    Printers disagree whether job-impressions counts the copies; with fewer done than it says, some
    are missing either way.
    """
    sides = sides_of(job)
    if sides is None:
        return False
    return sides < (wanted if wanted is not None else job.impressions or 0)


def printed_of(job: Job) -> Printed:
    """A job as we tell it."""
    sheets = _counted(job.sheets_done)
    return Printed(job.job_id, _state(job), sides_of(job), sheets, job.keywords)
