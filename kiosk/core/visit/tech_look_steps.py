"""The doctor and the wire on the staff's screens, as steps and messages. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.visit.messages import StaffCommand
from kiosk.core.visit.tech_base import TechStep
from kiosk.core.visit.tech_messages import TechEvent

KEPT = 64
"""So many lines of a wire are shown; what is saved has more."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong, and what to do. ``sign`` as in ``CabinRow``. ``evidence``: port,
    bytes, the system's own words.
    """

    what: str
    advice: str
    weight: str
    sign: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """One thing on a wire: ``way`` is ``in``, ``out`` or empty; personal spans are replaced."""

    at_ms: int
    way: str
    data: str
    means: str


@dataclass(frozen=True, slots=True)
class TechDoctor(TechStep):
    """``found`` is None while it is being looked. ``report``: the file that was written, ``-`` if
    it couldn't be, ``…`` while it is. ``place`` as in ``Written``.
    """

    screen = "tech_doctor"

    found: tuple[Trouble, ...] | None = None
    unseen: tuple[str, ...] = ()
    request: int = 0
    report: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class TechWire(TechStep):
    """The newest line first. ``only``: one way, or empty for both. ``saved`` as ``report``."""

    screen = "tech_wire"

    role: str = ""
    frames: tuple[Frame, ...] = ()
    paused: bool = False
    only: str = ""
    request: int = 0
    saved: str = ""


@dataclass(frozen=True, slots=True)
class Examined(TechEvent):
    found: tuple[Trouble, ...]
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written(TechEvent):
    """A report or a recording; ``path`` is empty if it couldn't be written.

    ``place``: ``stick``, on a stick that can be pulled now; ``folder``, in the data folder since
    no stick is there; ``instead``, since the one that is there took nothing.
    """

    path: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class WireHeard(TechEvent):
    """What passed since the last answer, the newest first."""

    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class LookCommand(StaffCommand):
    pass


@dataclass(frozen=True, slots=True)
class Examine(LookCommand):
    """What is wrong? Takes seconds."""

    request: int


@dataclass(frozen=True, slots=True)
class WriteReport(LookCommand):
    request: int


@dataclass(frozen=True, slots=True)
class AskWire(LookCommand):
    """What has passed at this device's port? It is listened to from the first question on."""

    request: int
    role: str


@dataclass(frozen=True, slots=True)
class SaveWire(LookCommand):
    request: int
    role: str


@dataclass(frozen=True, slots=True)
class LeaveWire(LookCommand):
    """Nobody listens any more."""
