"""What the mill is told and asked for each command, step by step. No I/O and no times of its own.

A procedure is a generator: it yields what it wants (a request, a pause) and is sent what came of
it; what it returns ends the command. Silence after several tries raises `SilentError` in it.

Source: rice mill protocol, 4a: a register acts only when its value changes, so the run switch is
put off before it is put on; progress 1 means idle and also done, so an end is believed only after
the mill was seen running; a start is ignored while a fault is set, and is never given twice.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from devices.rice_mill import registers as r
from devices.rice_mill.commands import Batch, Fate, Mill, Milled, Milling, Stage
from devices.rice_mill.hopper import Hopper
from devices.rice_mill.modbus import (
    Answer,
    Refused,
    Request,
    Words,
    read_holding,
    read_input,
    write,
)
from devices.status import Completion, Failed, OutcomeUnknown, Success

WATCH_S = 0.5
START_S = 10.0
"""A mill that was told to start is seen running within this, or did not start."""
GAP_S = 4.0
"""Not looked at for so long, a whole batch may have passed unseen: it mills for 5 s alone."""
SILENT_S = 15.0
FAULTY_S = 60.0
"""A mill that shows a fault and says that it runs is believed for one cycle behind the scale."""
LONGEST_S = 600.0
"""A batch that runs for so long will never end."""


class SilentError(Exception):
    """The mill doesn't answer, or answers a reading with an exception."""


@dataclass(frozen=True, slots=True)
class Once:
    """A request that is never repeated. What it is answered with comes back, None for silence."""

    request: Request


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so many seconds."""

    seconds: float


Step = Request | Once | Pause
Procedure = Generator[Step, Answer | None, Completion]
Part = Generator[Step, Answer | None, r.MillState]


@dataclass
class Work:
    """What a procedure shares with its driver while it runs."""

    now: Callable[[], float]
    tell: Callable[[object], None]
    committed: bool = False
    """A start has left and its end isn't known."""
    cancelled: bool = False
    milled: Milled = field(default_factory=lambda: Milled(0, 0, 0))
    hopper: Hopper = field(default_factory=Hopper)
    faulty_since: float | None = None
    stage: Stage = Stage.FEEDING
    """How far the batch was when it was last seen running."""

    def with_this(self, batch: Batch) -> Milled:
        """What is milled if this batch is."""
        before, weighed = self.milled, self.hopper.weighed
        total = None if before.weighed is None or weighed is None else before.weighed + weighed
        return Milled(before.grams + batch.grams, before.batches + 1, before.of, total)


def look() -> Part:
    """Everything the mill says."""
    batch = yield from _read(read_holding(r.RUN, r.BATCH))
    inputs = yield from _read(read_input(r.INPUTS, r.INPUT_COUNT))
    return r.state_of(batch, inputs)


def _read(request: Request) -> Generator[Step, Answer | None, tuple[int, ...]]:
    answer = yield request
    if not isinstance(answer, Words):
        raise SilentError
    return answer.values


def looked() -> Procedure:
    """`Look`."""
    return Success((yield from look()))


def mill(order: Mill, work: Work) -> Procedure:
    """`Mill`: batch after batch, each set, read back, started once and watched to its end."""
    parts = r.batches(order.grams)
    work.milled = Milled(0, 0, len(parts))
    for number, grams in enumerate(parts, 1):
        if work.cancelled:
            return Failed("cancelled", "between two batches", work.milled)
        batch = Batch(number, len(parts), order.bin, grams, order.level)
        not_set = yield from _set(batch, work)
        if not_set is not None:
            return not_set
        work.tell(batch)
        work.committed = True
        answer = yield Once(write(r.RUN, r.ON))
        if isinstance(answer, Refused) and not answer.maybe_done:
            work.committed = False
            return Failed("refused", answer.meaning, work.milled)
        end = yield from _watch(batch, work)
        work.committed = False
        if end is not None:
            return end
        work.milled = work.with_this(batch)
    return Success(work.milled)


def _set(batch: Batch, work: Work) -> Generator[Step, Answer | None, Completion | None]:
    """Put the switch off and the batch in place; why that can't be, or None."""
    before = yield from look()
    if before.progress == r.RUNNING:
        return Failed("busy", "the mill is running", work.milled)
    if before.faults:
        return _fault(before, work)
    high, low = divmod(batch.grams, 1 << 16)
    for request in (write(r.RUN, r.OFF), write(r.BIN, batch.bin, high, low, batch.level)):
        answer = yield request
        if isinstance(answer, Refused):
            return Failed("refused", answer.meaning, work.milled)
    after = yield from look()
    if after.run != r.OFF or not _is_ours(after, batch):
        return Failed("not_set", "the mill shows another batch than was set", work.milled)
    work.hopper, work.stage = Hopper(after.gross, work.now()), Stage.FEEDING
    work.faulty_since = None
    return _fault(after, work) if after.faults else None


def _watch(
    batch: Batch, work: Work, seen: bool = False
) -> Generator[Step, Answer | None, Completion | None]:
    """Look on until the batch ends: None when it is done, how the command ends otherwise."""
    began = heard = work.now()
    while True:
        try:
            state = yield from look()
        except SilentError:
            if work.now() - heard >= SILENT_S:
                return OutcomeUnknown("no_answer")
            work.hopper.miss()
            yield Pause(WATCH_S)
            continue
        end = _judge(state, batch, work, seen)
        if end is not None:
            return end
        if state.progress == r.RUNNING:
            seen = True
            work.stage = work.hopper.see(state.gross, work.now())
            work.tell(Milling(batch.number, batch.of, state.gross, state.net, work.stage))
        elif seen:
            return None
        elif work.now() - heard >= GAP_S:
            return OutcomeUnknown("not_seen")
        elif work.now() - began >= START_S:
            return Failed("not_started", "told to start, never seen running", work.milled)
        if work.now() - began >= LONGEST_S:
            return OutcomeUnknown("too_long")
        heard = work.now()
        yield Pause(WATCH_S)


def _judge(state: r.MillState, batch: Batch, work: Work, seen: bool) -> Completion | None:
    """What one look says for certain, None if it says nothing yet."""
    if not _is_ours(state, batch):
        return OutcomeUnknown("lost_power")
    if state.progress == r.RUNNING:
        return _still_running(state, work)
    if state.faults & r.DOOR_DOWN_LATE:
        # The door closes last: whoever stands there has the rice, or can reach it.
        work.milled = work.with_this(batch)
    if state.faults and not _went_on(state, batch, work, seen):
        hard = state.faults & ~r.SENSED
        said_done = hard and state.progress == r.DONE and not state.faults & r.DOOR_DOWN_LATE
        unseen = not hard and work.hopper.weighed is None
        if seen and (said_done or unseen):
            return OutcomeUnknown("fault_set")
        return _fault(state, work)
    if state.progress == r.ERROR:
        return Failed("not_taken", "it is milled and was not taken", work.with_this(batch))
    if state.run == r.OFF and state.progress == r.DONE and not seen:
        return Failed("not_started", "the mill never heard the start", work.milled)
    return None


def _still_running(state: r.MillState, work: Work) -> OutcomeUnknown | None:
    """A mill that says that it runs may yet bring rice out, with a fault set too: how it ends is
    awaited, but for a fault not for long.
    """
    if not state.faults & ~r.SENSED:
        work.faulty_since = None
    elif work.faulty_since is None:
        work.faulty_since = work.now()
    elif work.now() - work.faulty_since >= FAULTY_S:
        return OutcomeUnknown("fault_set")
    return None


def _went_on(state: r.MillState, batch: Batch, work: Work, seen: bool) -> bool:
    """Whether the batch ran to its end although a fault is set.

    What a bin's sensors see keeps the next start from acting and stops nothing: rice comes out.
    A bin that ran empty may have fed too little, so its batch must have been weighed and milled.
    """
    if state.faults & ~r.SENSED:
        return False
    weighed = work.stage is Stage.TAKING and work.hopper.weighed is not None
    return seen and (weighed or not state.faults & r.BIN_EMPTY[batch.bin])


def _is_ours(state: r.MillState, batch: Batch) -> bool:
    return (state.bin, state.grams, state.level) == (batch.bin, batch.grams, batch.level)


def _fault(state: r.MillState, work: Work) -> Failed:
    words = state.words
    return Failed(words[0].replace(" ", "_"), "; ".join(words), work.milled)


def resolve(batch: Batch, work: Work) -> Procedure:
    """`Resolve`: the batch is looked for, and watched if it still runs."""
    state = yield from look()
    if not _is_ours(state, batch):
        # Without power all registers read 0. Those of an older batch were never written over.
        return Success(Fate.NOT_STARTED) if state.grams else OutcomeUnknown("lost_power")
    if state.run == r.OFF:
        return Success(Fate.NOT_STARTED)
    if state.faults and state.progress == r.DONE:
        # Whether the fault kept it from starting or came later can't be read.
        return OutcomeUnknown("fault_set")
    work.committed = True
    end = yield from _watch(batch, work)
    if end is None:
        return Success(Fate.DONE)
    if isinstance(end, Failed) and end.code == "not_started":
        # The switch is on, no fault kept it from acting, and nothing runs: it has run.
        return Success(Fate.DONE)
    return end


def forget() -> Procedure:
    """`Forget`."""
    state = yield from look()
    if state.progress == r.RUNNING:
        return Failed("busy", "the mill is running")
    if state.run == r.OFF:
        return Success(state)
    answer = yield write(r.RUN, r.OFF)
    if isinstance(answer, Refused):
        return Failed("refused", answer.meaning)
    return Success((yield from look()))


def clear() -> Procedure:
    """`Clear`."""
    answer = yield write(r.FAULTS, 0, 0)
    if isinstance(answer, Refused):
        return Failed("refused", answer.meaning)
    state = yield from look()
    if state.faults:
        words = state.words
        return Failed(words[0].replace(" ", "_"), "; ".join(words), state)
    return Success(state)


def turn(*settings: tuple[int, int]) -> Procedure:
    """Put registers to values, one after the other, and look.

    Each is put to the other value first, since only a change acts.
    """
    for address, value in settings:
        for word in (r.OFF if value == r.ON else r.ON, value):
            answer = yield write(address, word)
            if isinstance(answer, Refused):
                return Failed("refused", answer.meaning)
    return Success((yield from look()))


def door(value: int) -> Procedure:
    """`Door`. Controllers are known that move the door by the lamp's register when the door's own
    changes: the lamp is set the same way first.
    """
    for address, word in (
        (r.LAMP, value),
        (r.DOOR, r.OFF if value == r.ON else r.ON),
        (r.DOOR, value),
    ):
        answer = yield write(address, word)
        if isinstance(answer, Refused):
            return Failed("refused", answer.meaning)
    return Success((yield from look()))
