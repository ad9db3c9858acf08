"""What every visit knows of the staff's screens. The rest is loaded when staff come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class TechStep:
    """Base of the staff's steps. ``screen`` shows them; ``page``: of a long list, from 0."""

    screen: ClassVar[str] = ""
    page: int = 0
