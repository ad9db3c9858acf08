"""What is asked of the printer beside printing. Sources: RFC 8011, 4.2.3, 4.2.6, 4.2.9, 4.3.3."""

from __future__ import annotations

from devices.document_printer import messages as m
from devices.document_printer.commands import Purge, Purged, Validate
from devices.document_printer.errand import (
    FIND_TRIES,
    WATCH_S,
    Desk,
    Errand,
    JobErrand,
    list_question,
    printed_of,
)
from devices.document_printer.messages import Job, Question, Said, Silence
from devices.status import Completion, Failed, OutcomeUnknown, Success, TimedOut

PURGE_S = 20.0


class ResolveErrand(JobErrand):
    """What became of a job: found by its name, watched to its end."""

    def begin(self, now: float) -> None:
        self._find(now)

    def cancel(self, now: float) -> None:
        """The asking ends; the job goes on."""
        Errand.cancel(self, now)

    def when_lost(self, reason: str) -> Completion:
        return OutcomeUnknown(reason)


class CancelErrand(JobErrand):
    """Take a job back; its end is told as it is."""

    def begin(self, now: float) -> None:
        self._cancelling = True
        self._find(now)

    def when_lost(self, reason: str) -> Completion:
        return OutcomeUnknown(reason)

    def _not_found(self, unheard: bool, now: float) -> None:
        self._desk.end(TimedOut() if unheard else _NO_JOB, now)

    def _verdict(self, job: Job) -> Completion:
        return Success(printed_of(job))


class JobStateErrand(JobErrand):
    """How a job is, now."""

    def begin(self, now: float) -> None:
        self._tries = FIND_TRIES
        self._find(now)

    def cancel(self, now: float) -> None:
        Errand.cancel(self, now)

    def _found(self, job: Job, now: float) -> None:
        self._desk.end(Success(printed_of(job)), now)

    def _not_found(self, unheard: bool, now: float) -> None:
        self._desk.end(TimedOut() if unheard else _NO_JOB, now)


_NO_JOB = Failed("job_not_found", "the printer knows no job of that number")


class ValidateErrand(Errand):
    """Whether the printer would take such a job."""

    def __init__(self, desk: Desk, command: Validate) -> None:
        super().__init__(desk)
        self._command = command

    def begin(self, now: float) -> None:
        asks = m.fidelity()
        job = self._command.ticket.attributes()
        self._desk.ask(Question(m.VALIDATE_JOB, asks, job), self._heard, now)

    def _heard(self, said: Said, now: float) -> None:
        self._desk.end(answer_of(said, Success()), now)


class IdentifyErrand(Errand):
    """What the printer is and can do."""

    def begin(self, now: float) -> None:
        self._desk.ask(about_question(), self._heard, now)

    def _heard(self, said: Said, now: float) -> None:
        found = None if isinstance(said, Silence) else m.capabilities(said)
        self._desk.end(answer_of(said, Success(found)), now)


class PurgeErrand(Errand):
    """Our jobs, or all of them, taken back; it is seen to that they are gone."""

    def __init__(self, desk: Desk, command: Purge) -> None:
        super().__init__(desk)
        self._everybody = command.everybody
        self._before: int | None = None
        self._until = 0.0
        self._asked: set[int] = set()

    def begin(self, now: float) -> None:
        self._until = now + PURGE_S
        if not self._everybody:
            self._list(now)
        elif self._desk.can(m.PURGE_JOBS):
            self._desk.ask(Question(m.PURGE_JOBS, once=True), self._purged, now)
        else:
            self._desk.end(Failed("not_supported", "the printer has no Purge-Jobs"), now)

    def when_lost(self, reason: str) -> Completion:
        return OutcomeUnknown(reason) if self._asked else super().when_lost(reason)

    def _purged(self, said: Said, now: float) -> None:
        if isinstance(said, Silence) or m.is_good(said):
            self._list(now)
        else:
            self._desk.end(answer_of(said, Success()), now)

    def _list(self, now: float) -> None:
        self._desk.ask(list_question("not-completed"), self._listed, now)

    def _listed(self, said: Said, now: float) -> None:
        if isinstance(said, Silence) or not m.is_good(said):
            if now >= self._until:
                self._desk.end(answer_of(said, Success()), now)
            else:
                self._desk.later(now + WATCH_S, self._list)
            return
        left = [job for job in m.jobs(said) if not job.has_ended]
        if self._before is None:
            self._before = len(left)
        result = Purged(self._before, len(left))
        if not left:
            self._desk.end(Success(result), now)
        elif now >= self._until:
            self._desk.end(Failed("jobs_remain", "they don't go away", result), now)
        else:
            self._take_back([job.job_id for job in left], now)

    def _take_back(self, numbers: list[int], now: float) -> None:
        fresh = [number for number in numbers if number not in self._asked]
        self._asked.update(fresh)
        if not fresh:
            # They were asked to go; a printer may need a moment for the page it has begun.
            self._asked.clear()
            self._desk.later(now + WATCH_S, self._list)
            return
        if self._desk.can(m.CANCEL_MY_JOBS):
            self._desk.ask(Question(m.CANCEL_MY_JOBS, once=True), self._went, now)
            return
        for number in fresh:
            question = Question(m.CANCEL_JOB, (m.job_id(number),), once=True)
            self._desk.ask(question, self._cancelled, now)
        self._desk.later(now + WATCH_S, self._list)

    def _went(self, said: Said, now: float) -> None:  # noqa: ARG002 (the list tells)
        self._list(now)

    def _cancelled(self, said: Said, now: float) -> None:
        """The list tells whether it is gone."""


def about_question() -> Question:
    """What it is, what it can do, and how it is."""
    return Question(m.GET_PRINTER, (m.wanted(*m.STATE_NAMES, *m.ABOUT_NAMES),))


def answer_of(said: Said, good: Completion) -> Completion:
    """The end of a question that changes nothing."""
    if isinstance(said, Silence):
        return Failed(said.reason, said.detail) if said.detail else TimedOut()
    if m.is_good(said):
        return good
    return Failed(*m.words_of(said))
