"""What can be asked of the mill, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from devices.operations import Operation, Parameter
from devices.rice_mill.registers import BINS, LEVELS

MOST_ORDERED = 10_000


def _check(bin_no: int, grams: int, level: int) -> None:
    if bin_no not in BINS:
        raise ValueError("bin: 1 or 2")
    if not 1 <= grams <= MOST_ORDERED:
        raise ValueError(f"grams: 1 to {MOST_ORDERED}")
    if level not in LEVELS:
        raise ValueError("level: 0, 5, 7 or 9")


@dataclass(frozen=True, slots=True)
class Mill:
    """Mill ``grams`` from a bin, as weighed before milling: compensation is the caller's.

    Progress: `Batch` before each start, `Milling` while it runs. Success(Milled). Failed is
    certain, and its Milled says what was done: the fault's code, "not_taken" (this batch was
    milled and lies there), "not_started", "not_set", "refused", "cancelled". A door that doesn't
    close has opened before: then this batch is among the milled ones too. OutcomeUnknown:
    "lost_power", "not_seen", "too_long", "no_answer", the port's reason, or "fault_set": a fault
    shows, and the mill says that it runs or is done all the same.
    """

    bin: int
    grams: int
    level: int

    def __post_init__(self) -> None:
        _check(self.bin, self.grams, self.level)


@dataclass(frozen=True, slots=True)
class Resolve:
    """What became of a batch (as `Batch` told it)? Reads only; never starts anything.

    Success(Fate). OutcomeUnknown("lost_power") when the mill has forgotten the batch: it stood
    without power, and then idle and done look the same. Another batch in its registers is an older
    one: nothing else may be milled while somebody asks for this one. Of a batch that isn't running
    any more, DONE rests on its fault word: a fault that somebody cleared at the mill meanwhile
    can't be read.
    """

    bin: int
    grams: int
    level: int

    def __post_init__(self) -> None:
        _check(self.bin, self.grams, self.level)


class Fate(StrEnum):
    """What became of a batch."""

    DONE = "done"
    NOT_STARTED = "not_started"


@dataclass(frozen=True, slots=True)
class Look:
    """Read everything; Success(MillState)."""


@dataclass(frozen=True, slots=True)
class Forget:
    """What became of the last batch is known: put the switch off, so that nobody takes it for
    another one's start. Success(MillState), or Failed("busy") while it runs.
    """


@dataclass(frozen=True, slots=True)
class Clear:
    """Clear the faults. Success(MillState), or Failed with the fault that stays."""


@dataclass(frozen=True, slots=True)
class Door:
    """Move the lift door."""

    open: bool


@dataclass(frozen=True, slots=True)
class Tare:
    """Set the net weight to nothing; Success(MillState)."""


@dataclass(frozen=True, slots=True)
class Zero:
    """Set the scale itself to nothing; Success(MillState)."""


@dataclass(frozen=True, slots=True)
class Batch:
    """About to start batch ``number`` of ``of``: ``grams`` from ``bin`` at ``level``."""

    number: int
    of: int
    bin: int
    grams: int
    level: int


class Stage(StrEnum):
    """How far a running batch is, by its weight and the cycle's known times: the mill itself only
    says that it runs (rice mill protocol, 4a). TAKING: the door opens about now, or is open.
    """

    FEEDING = "feeding"
    MILLING = "milling"
    TAKING = "taking"


@dataclass(frozen=True, slots=True)
class Milling:
    """Batch ``number`` of ``of`` runs; weights in grams as the scale says."""

    number: int
    of: int
    gross: int
    net: int
    stage: Stage = Stage.FEEDING


@dataclass(frozen=True, slots=True)
class Milled:
    """``grams`` went through the mill in ``batches`` of ``of`` batches.

    ``weighed`` is what the scale showed of them before milling, in grams; None if a batch's weight
    may have passed unseen.
    """

    grams: int
    batches: int
    of: int
    weighed: int | None = 0


_BIN = Parameter(int, "1 or 2")
_GRAMS = Parameter(int, "grams before milling")
_LEVEL = Parameter(int, "0, 5, 7 or 9")


def _door(state: str) -> Door:
    if state not in ("open", "closed"):
        raise ValueError("state: open or closed")
    return Door(state == "open")


OPERATIONS: Mapping[str, Operation] = {
    "look": Operation("batch, progress, faults, weights and climate, as the mill says", Look),
    "mill": Operation(
        "mill rice, in batches if it is much",
        Mill,
        {"bin": _BIN, "grams": _GRAMS, "level": _LEVEL},
        lab=True,
        patience_s=900.0,
    ),
    "resolve": Operation(
        "what became of a batch; reads only",
        Resolve,
        {"bin": _BIN, "grams": _GRAMS, "level": _LEVEL},
        patience_s=300.0,
    ),
    "forget": Operation("put the switch off, so that the last batch isn't resolved again", Forget),
    "clear": Operation("clear the faults", Clear),
    "door": Operation(
        "move the lift door", _door, {"state": Parameter(str, "open or closed")}, lab=True
    ),
    "tare": Operation("set the net weight to nothing", Tare),
    "zero": Operation("set the scale to nothing", Zero),
    "weigh": Operation("gross and net weight, with everything else", Look),
}
