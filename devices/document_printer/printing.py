"""Printing one document: the printer's number for the job first, then the document, once.

With Create-Job and Send-Document the job has a number before the document goes, so that a lost
answer is a question. A printer that only knows Print-Job is asked for the job by our name for it.
A document whose fate isn't known is never sent again. Sources: RFC 8011, 4.2.1, 4.2.4, 4.3.1.
"""

from __future__ import annotations

from devices.document_printer import messages as m
from devices.document_printer import values as v
from devices.document_printer.commands import PDF, Print, Printing, Waiting
from devices.document_printer.errand import Desk, JobErrand
from devices.document_printer.messages import Job, Question, Said, Silence, one
from devices.status import (
    Cancelled,
    Completion,
    Failed,
    Level,
    OutcomeUnknown,
    TimedOut,
)

BUSY_FIRST_S, BUSY_LAST_S = 1.0, 15.0
DOCUMENT_S = 120.0
"""So long may a printer be silent after a document (seconds): some read it before they answer."""
CREATE_S = 15.0
GIVE_UP_S = 5.0


class PrintErrand(JobErrand):
    """``busy_s``: how long a busy printer is waited for (seconds)."""

    def __init__(self, desk: Desk, command: Print, busy_s: float) -> None:
        super().__init__(desk, command.job_no, command.impressions)
        self._command = command
        self._busy_s = busy_s
        self._busy_until: float | None = None
        self._pause_s = BUSY_FIRST_S
        self._waits = 0
        self._resting = False
        self._committed = False
        self._refusal: Completion | None = None
        self._two_steps = False

    def begin(self, now: float) -> None:
        """Only a printer that could print now is given anything; a busy one is asked."""
        status = self._desk.status
        if not status.usable and status.level is not Level.BUSY:
            self._desk.end(Failed(status.reason or "no_answer", "nothing was sent"), now)
            return
        self._two_steps = self._desk.can(m.CREATE_JOB) and self._desk.can(m.SEND_DOCUMENT)
        self._go(now)

    def cancel(self, now: float) -> None:
        """Before the document has gone nothing is printed; afterwards the printer is asked."""
        super().cancel(now)
        if self._resting:
            self._resting = False
            self._drop(Cancelled(), now)
        elif self._committed and self._job_id is not None:
            self._watch(now)

    def when_lost(self, reason: str) -> Completion:
        if self._committed:
            return OutcomeUnknown(reason)
        return super().when_lost(reason)

    def _go(self, now: float) -> None:
        if self._cancelling:
            return
        self._resting = False
        if self._job_id is not None:
            self._send(now)
        elif self._two_steps:
            question = Question(
                m.CREATE_JOB, self._asks(), self._ticket(), once=True, patience_s=CREATE_S
            )
            self._desk.ask(question, self._created, now)
        else:
            self._committed = True
            self._desk.tell(_SENDING)
            self._desk.ask(
                Question(
                    m.PRINT_JOB,
                    (*self._asks(), one("document-format", v.MIME, PDF)),
                    self._ticket(),
                    self._command.document,
                    once=True,
                    patience_s=DOCUMENT_S,
                ),
                self._taken,
                now,
            )

    def _asks(self) -> tuple[v.Attribute, ...]:
        return (one("job-name", v.NAME, self._name), *m.fidelity())

    def _ticket(self) -> tuple[v.Attribute, ...]:
        return self._command.ticket.attributes()

    # A job without a document.

    def _created(self, said: Said, now: float) -> None:
        if isinstance(said, Silence):
            if said.sent:
                self._find(now)
            else:
                self._desk.end(_unsent(said), now)
            return
        if not m.is_good(said):
            self._refused(said, now)
            return
        found = m.jobs(said)
        if not found:
            # A job without a number can't be given anything, and nothing was.
            self._desk.end(Failed("no_job", "the printer names no job"), now)
            return
        self._job_id = found[0].job_id
        if self._cancelling:
            self._drop(Cancelled(), now)
        else:
            self._send(now)

    def _found(self, job: Job, now: float) -> None:
        if self._committed:
            super()._found(job, now)
            return
        self._job_id, self._tries = job.job_id, 0
        if self._cancelling:
            self._drop(Cancelled(), now)
        elif job.has_ended:
            self._desk.end(Failed("no_job", "the printer has ended the empty job"), now)
        else:
            self._send(now)

    def _not_found(self, unheard: bool, now: float) -> None:
        if self._committed:
            super()._not_found(unheard, now)
        else:
            self._desk.end(Cancelled() if self._cancelling else TimedOut(), now)

    # The document.

    def _send(self, now: float) -> None:
        self._committed = True
        self._desk.tell(_SENDING)
        asks = (
            m.job_id(self._job_id),
            one("document-format", v.MIME, PDF),
            one("last-document", v.BOOLEAN, True),
        )
        question = Question(
            m.SEND_DOCUMENT, asks, (), self._command.document, once=True, patience_s=DOCUMENT_S
        )
        self._desk.ask(question, self._taken, now)

    def _taken(self, said: Said, now: float) -> None:
        """The answer to what carried the document."""
        if isinstance(said, Silence):
            if not said.sent:
                self._committed = False
                self._drop(_unsent(said), now)
                return
            self._doubt(now)
        elif m.is_good(said):
            found = m.jobs(said)
            if found:
                self._found(found[0], now)
            else:
                self._doubt(now)
        elif said.code >= 0x0500 and said.code not in m.CERTAIN:
            self._doubt(now)
        else:
            self._committed = False
            self._refused(said, now)

    def _doubt(self, now: float) -> None:
        """Nobody knows whether it was taken: from now on only questions."""
        self._in_doubt = True
        if self._job_id is not None:
            self._watch(now)
        else:
            self._find(now)

    # It doesn't take it.

    def _refused(self, said: v.Message, now: float) -> None:
        if said.code == m.BUSY:
            self._rest(now)
            return
        code, meaning = m.words_of(said)
        self._drop(Failed(code, meaning), now)

    def _rest(self, now: float) -> None:
        """It was certainly not taken, so it may be offered again, after a pause that grows."""
        if self._cancelling:
            self._drop(Cancelled(), now)
            return
        if self._busy_until is None:
            self._busy_until = now + self._busy_s
        if now + self._pause_s > self._busy_until:
            self._drop(TimedOut(), now)
            return
        self._waits += 1
        self._resting = True
        self._desk.tell(Waiting(self._waits))
        self._desk.later(now + self._pause_s, self._go)
        self._pause_s = min(self._pause_s * 2, BUSY_LAST_S)

    def _drop(self, completion: Completion, now: float) -> None:
        """End; a job that was made and has no document is taken back first, as well as it goes."""
        if self._job_id is None:
            self._desk.end(completion, now)
            return
        question = self._job_question(m.CANCEL_JOB, once=True)
        self._desk.ask(question, lambda _, then: self._desk.end(completion, then), now)


_SENDING = Printing("sending", None, None)


def _unsent(said: Silence) -> Completion:
    """For certain nothing of it has arrived."""
    if said.reason == "no_document":
        return Failed("no_document", said.detail)
    if said.reason == "http":
        return Failed("http", said.detail)
    return Failed("not_connected", f"the printer can't be reached ({said.reason})")
