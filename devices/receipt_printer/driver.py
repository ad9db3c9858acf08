"""The ESC/POS receipt printer: a receipt counts as printed only when the printer has said so.

Sources: receipt printer protocols, 3a (the trailing `1D 72` as barrier, then a good status);
requirements R15 and R16 (unknown is never good; a retry never prints twice unmarked).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import ClassVar, Self

from devices.driver import Driver, SettingsError
from devices.operations import Operation
from devices.receipt_printer import codec, encoder
from devices.receipt_printer.codec import BARRIER, Decoder, Flow, QueuedReply, RealTimeReply
from devices.receipt_printer.document import Ask, Print
from devices.receipt_printer.job import Job, Memory, Phase
from devices.receipt_printer.operations import ESCPOS
from devices.receipt_printer.poll import IDLE_S, MISSED_LIMIT, Poller, Round
from devices.receipt_printer.settling import Settling
from devices.status import (
    Cancelled,
    Completion,
    Failed,
    Level,
    OutcomeUnknown,
    Status,
    Success,
    TimedOut,
)

SETTLE_S = 8.0
"""A job waits so long for the printer to be done with an earlier job's remains."""
STALL_S = 10.0
"""Sending makes no headway for so long: the printer holds the line with XOFF."""
BARRIER_S = 30.0
"""The answer to the barrier may take so long: a buffer full of paper at the slowest printer."""
TELL_ME = b"\x1d\x61\x0e"
"""The printer tells by itself when it goes offline, fails, or its paper changes (`1D 61 n`; 3a)."""
_BITS_A_BYTE = 10


class EscposPrinter(Driver):
    """One printer. `columns` is 48 for 80 mm paper and 32 for 58 mm; `baud` paces the sending so
    that little is on its way when the printer says stop; `idle_s` is the pause between status
    rounds when nothing is printed.
    """

    default_baud: ClassVar[int] = 19200
    operations: ClassVar[Mapping[str, Operation]] = ESCPOS
    tells_by_itself: ClassVar[bool] = True
    """Whether the printer is asked to tell of changes while nothing is printed."""

    def __init__(self, columns: int = 48, baud: int = 19200, idle_s: float = IDLE_S) -> None:
        super().__init__()
        self._columns = columns
        self._baud = baud
        self._decoder = Decoder()
        self._poller = Poller(self._send, idle_s)
        self._settling = Settling()
        self._memory = Memory()
        self._job: Job | None = None
        self._asks: dict[int, int] = {}
        self._go = True
        self._torn = False
        self._was_asked_to_tell = False

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> Self:
        """`columns` (16 to 64, 48 if not given) and `baud` (19200 if not given)."""
        left = dict(settings)
        columns, baud = left.pop("columns", 48), left.pop("baud", cls.default_baud)
        if isinstance(columns, bool) or not isinstance(columns, int) or not 16 <= columns <= 64:
            raise SettingsError("columns: a whole number from 16 to 64")
        if isinstance(baud, bool) or not isinstance(baud, int) or not 1200 <= baud <= 921600:
            raise SettingsError("baud: a whole number from 1200 to 921600")
        if left:
            raise SettingsError(f"unknown setting: {', '.join(sorted(left))}")
        return cls(columns, baud)

    # Hooks of the base.

    def _on_opened(self, now: float) -> None:
        self._decoder = Decoder()
        self._go = True
        self._was_asked_to_tell = False
        self._settling.unsettle()
        self._poller.restart(now)
        if self._status.reason != "no_answer":
            self._set_status(Status(Level.UNKNOWN, "connecting"))

    def _on_received(self, data: bytes, now: float) -> None:
        for message in self._decoder.feed(data):
            match message:
                case RealTimeReply(byte=byte):
                    self._finish_round(self._poller.reply(byte, now), now)
                case QueuedReply():
                    self._barrier_answered(now)
                case Flow(go=go):
                    self._go = go
                case codec.AutomaticStatus():
                    # Something changed; what it is the questions will tell.
                    self._poller.fresh(now)
        self._advance(now)

    def _on_submitted(self, command_id: int, command: object, now: float) -> None:
        match command:
            case Ask():
                self._asks[command_id] = self._poller.fresh(now)
            case Print():
                self._begin(command_id, command, now)
            case _:
                failed = Failed("not_supported", f"a printer can't do {type(command).__name__}")
                self._complete(command_id, failed, now)

    def _on_cancelled(self, command_id: int, now: float) -> None:
        if self._job is None or self._job.command_id != command_id:
            self._complete(command_id, Cancelled(), now)
        else:
            self._end_job(self._broken_off("cancelled_while_printing", Cancelled()), now)

    def _completion_when_lost(self, command_id: int, reason: str) -> Completion:
        lost = Failed("not_connected", "the printer is gone; nothing was sent")
        if self._job is None or self._job.command_id != command_id:
            return lost
        return self._broken_off(reason, lost)

    def _on_completed(self, command_id: int, now: float) -> None:
        self._asks.pop(command_id, None)
        if self._job is not None and self._job.command_id == command_id:
            self._job = None
            self._poller.use(False, now)
            if self._is_open and self._status.level is Level.BUSY:
                self._poller.fresh(now)

    def _on_ticked(self, now: float) -> None:
        self._finish_round(self._poller.tick(now), now)
        self._settling.tick(now)
        self._advance(now)

    def _next_tick(self) -> float | None:
        times = [self._poller.deadline()]
        settled_at = self._settling.deadline()
        if settled_at is not None:
            times.append(settled_at)
        if self._job is not None:
            times.append(self._job.patient_until)
            if self._job.phase is Phase.SEND and self._go:
                times.append(self._job.send_at)
        return min(times)

    def _runs_beside(self, command: object) -> bool:
        return isinstance(command, Ask)

    # What the printer says.

    def _finish_round(self, finished: Round | None, now: float) -> None:
        if finished is None:
            return
        status = finished.status
        if status is not None:
            busy = self._job is not None and status.usable
            self._set_status(Status(Level.BUSY, "printing") if busy else status)
            if status.usable and self._may_probe() and self._settling.wants_probe(now):
                self._settling.probe(now)
                self._send(BARRIER)
            self._ask_to_tell(status)
        elif self._poller.missed >= MISSED_LIMIT:
            self._was_asked_to_tell = False
            self._set_status(Status(Level.UNAVAILABLE, "no_answer"))
        silent = status is None and self._poller.missed >= MISSED_LIMIT
        for command_id, number in tuple(self._asks.items()):
            if silent:
                self._complete(command_id, TimedOut(), now)
            elif status is not None and finished.number >= number:
                self._complete(command_id, Success(status), now)
        self._judge_job(finished, silent, now)

    def _ask_to_tell(self, status: Status) -> None:
        """Once while idle: what it says could pass for the answer behind a job's last line if a
        byte of it were lost, so each job begins by switching it off, and nothing of before may be
        on its way either."""
        idle = self._job is None and self._settling.settled and status.usable and self._go
        if self.tells_by_itself and idle and not self._was_asked_to_tell:
            self._was_asked_to_tell = True
            self._send(TELL_ME)

    def _may_probe(self) -> bool:
        """A question for what is left in the buffer, but never within a job of ours."""
        return self._job is None or self._job.phase in (Phase.CHECK, Phase.SETTLE)

    def _barrier_answered(self, now: float) -> None:
        job = self._job
        if job is not None and job.phase is Phase.BARRIER:
            job.phase = Phase.CONFIRM
            job.round = self._poller.fresh(now)
        else:
            self._settling.answered(now)

    # A job's way.

    def _begin(self, command_id: int, command: Print, now: float) -> None:
        if not command.reprint and self._memory.printed(command.job_id):
            self._complete(command_id, Success("already_printed"), now)
            return
        if not command.reprint and self._memory.doubtful(command.job_id):
            meaning = "some of it may have been printed before: print it as a reprint"
            self._complete(command_id, Failed("needs_reprint", meaning), now)
            return
        pieces = deque(encoder.encode(command.document, self._columns, command.reprint))
        if self._torn:
            # What is left of a broken receipt must not hang on the next person's.
            pieces.appendleft(encoder.INIT + encoder.CUT)
        self._poller.use(True, now)
        check = self._poller.fresh(now)
        until = now + SETTLE_S
        self._job = Job(command_id, command.job_id, pieces, Phase.CHECK, check, until)

    def _judge_job(self, finished: Round, silent: bool, now: float) -> None:
        """What a status round means for the running job."""
        job = self._job
        if job is None:
            return
        status = finished.status
        if silent or (status is not None and not status.usable):
            reason = "no_answer" if status is None else status.reason
            meaning = f"the printer says {reason}" if status else "the printer doesn't answer"
            self._end_job(self._broken_off(reason, Failed(reason, meaning, status)), now)
        elif status is None or finished.number < job.round:
            return
        elif job.phase is Phase.CHECK:
            job.phase = Phase.SETTLE
            job.patient_until = now + SETTLE_S
        elif job.phase is Phase.CONFIRM:
            self._set_status(status)
            self._end_job(Success(status), now)

    def _advance(self, now: float) -> None:
        """Let the running job do what it can do now."""
        job = self._job
        if job is None:
            return
        if job.phase is Phase.SETTLE and self._settling.settled:
            job.phase = Phase.SEND
            job.send_at = now
            job.patient_until = now + STALL_S
        if job.phase is Phase.SEND:
            self._send_pieces(job, now)
        if now >= job.patient_until:
            self._run_out(job, now)

    def _send_pieces(self, job: Job, now: float) -> None:
        while job.pieces and self._go and now >= job.send_at:
            piece = job.pieces.popleft()
            job.started = True
            self._was_asked_to_tell = False
            self._send(piece, job.command_id)
            job.send_at = now + len(piece) * _BITS_A_BYTE / self._baud
            job.patient_until = now + STALL_S
        if not job.pieces and self._go and now >= job.send_at:
            self._send(BARRIER, job.command_id)
            job.phase = Phase.BARRIER
            job.patient_until = now + BARRIER_S

    def _run_out(self, job: Job, now: float) -> None:
        """Patience with the job's phase is at an end."""
        meaning = {
            Phase.CHECK: ("no_answer", "the printer doesn't answer"),
            Phase.SETTLE: ("not_settled", "the printer isn't done with an earlier job"),
            Phase.SEND: ("stalled", "the printer takes no more bytes"),
            Phase.BARRIER: ("no_barrier", "no answer behind the last line"),
            Phase.CONFIRM: ("no_answer", "no status after the last line"),
        }
        reason, words = meaning[job.phase]
        self._end_job(self._broken_off(reason, Failed(reason, words)), now)

    def _broken_off(self, reason: str, unsent: Completion) -> Completion:
        """How the running job ends without success: `unsent` if nothing of it has left."""
        job = self._job
        if job is None or not (job.started and self._has_left(job.command_id)):
            return unsent
        self._memory.note(job.job_id, printed=False)
        self._torn = True
        self._settling.unsettle()
        return OutcomeUnknown(reason)

    def _end_job(self, completion: Completion, now: float) -> None:
        job = self._job
        if job is None:
            return
        if isinstance(completion, Success):
            self._memory.note(job.job_id, printed=True)
            self._torn = False
        self._complete(job.command_id, completion, now)
