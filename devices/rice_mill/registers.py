"""The mill's registers, and what their values mean.

Source: rice mill protocol, 4a. All switches are 0000 for on and FFFF for off. The registers lie in
the controller's working memory: after a power cut all of them read 0.
"""

from __future__ import annotations

from dataclasses import dataclass

SLAVE = 0x0A
ON, OFF = 0x0000, 0xFFFF

RUN, BIN, WEIGHT, LEVEL, FAULTS = 0x1000, 0x1001, 0x1002, 0x1004, 0x1005
LAMP, DOOR, TARE, ZERO = 0x100C, 0x100D, 0x100E, 0x100F
BATCH = 7
"""Registers from `RUN` to the end of `FAULTS`, read together."""
INPUTS, INPUT_COUNT = 0x1100, 11
WEIGHTS = 0x1109
PROGRESS_AT = 4
"""Where progress stands among the inputs."""

DONE, RUNNING, ERROR = 1, 2, 4
BINS = (1, 2)
LEVELS = (0, 5, 7, 9)
MOST_GRAMS = 1499
"""`0 < w < 1500` for one batch."""

_FAULTS = (
    "bin 1 empty",
    "bin 2 empty",
    "valve 1 time-out",
    "valve 2 time-out",
    "valve 1 over-current",
    "valve 2 over-current",
    "scale does not answer",
    "scale data bad",
    "main motor over-current",
    "lift door up time-out",
    "lift door down time-out",
    "lift door motor stalled",
    "level motor stalled",
    "level time-out",
    "bin 1 temperature high",
    "bin 1 humidity high",
    "bin 2 temperature high",
    "bin 2 humidity high",
    "board over-current",
)
BIN_EMPTY = {1: 1 << 0, 2: 1 << 1}
DOOR_DOWN_LATE = 1 << 10
SENSED = 0b11 | 0b1111 << 14
"""Faults that a bin's sensors see, empty, warm or damp: no part of the mill has failed."""


@dataclass(frozen=True, slots=True)
class Climate:
    """A bin's air: degrees Celsius and relative humidity in per cent."""

    celsius: int
    humidity: int


@dataclass(frozen=True, slots=True)
class MillState:
    """Everything the mill says of itself. ``progress`` is 1 idle or done, 2 running, 4 error.

    ``run`` is the run switch's register, ``bin``, ``grams`` and ``level`` the batch that was set
    last; weights in grams. ``faults`` has one bit for each of `fault_words`.
    """

    run: int
    bin: int
    grams: int
    level: int
    faults: int
    progress: int
    firmware: int
    device_id: int
    climates: tuple[Climate, Climate]
    gross: int
    net: int

    @property
    def words(self) -> tuple[str, ...]:
        """The faults in words."""
        return fault_words(self.faults)


def fault_words(faults: int) -> tuple[str, ...]:
    """What each set bit means, in the order of the bits."""
    known = tuple(words for bit, words in enumerate(_FAULTS) if faults >> bit & 1)
    rest = faults >> len(_FAULTS) << len(_FAULTS)
    return (*known, f"unknown fault {rest:08X}") if rest else known


def state_of(batch: tuple[int, ...], inputs: tuple[int, ...]) -> MillState:
    """The state in `BATCH` holding registers and `INPUT_COUNT` input registers.

    Words of two registers come high half first, also where the controller's own notes say low.
    """
    run, bin_no, high, low, level, fault_high, fault_low = batch
    return MillState(
        run=run,
        bin=bin_no,
        grams=high << 16 | low,
        level=level,
        faults=fault_high << 16 | fault_low,
        progress=inputs[PROGRESS_AT],
        firmware=inputs[0] << 16 | inputs[1],
        device_id=inputs[2] << 16 | inputs[3],
        climates=(Climate(*_signed(inputs[5:7])), Climate(*_signed(inputs[7:9]))),
        gross=_signed(inputs[9:10])[0],
        net=_signed(inputs[10:11])[0],
    )


def _signed(words: tuple[int, ...]) -> tuple[int, ...]:
    """Frost and a light scale are below zero."""
    return tuple(word - 0x10000 if word & 0x8000 else word for word in words)


def batches(grams: int) -> tuple[int, ...]:
    """An amount in as few equal batches as it takes, heavier ones first (4a, closed points)."""
    count = -(-grams // MOST_GRAMS)
    least, more = divmod(grams, count)
    return (least + 1,) * more + (least,) * (count - more)
