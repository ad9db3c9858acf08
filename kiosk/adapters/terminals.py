"""Which words a payment terminal understands, by its driver."""

from __future__ import annotations

from typing import Protocol

from devices.status import Completion
from kiosk.adapters import terminal as ecr_hub
from kiosk.adapters import zvt
from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.means import Commit
from kiosk.core.order import Order

ZVT_DRIVERS = ("zvt", "zvt_tcp")


class TerminalWords(Protocol):
    """Between the core and one make of terminal. Pure."""

    @property
    def commit(self) -> Commit:
        """Whether its payments stand at once, or when they are committed."""
        ...

    def known(self, command: c.Command, order: Order) -> e.OrderEvent | None:
        """The answer to a command that the terminal needn't be asked, or can't be."""
        ...

    def to_device(self, command: c.Command, order: Order) -> object:
        """What the terminal is told. Raises TypeError for a command it has no word for."""
        ...

    def to_event(
        self, command: c.Command, amount_fen: int, completion: Completion
    ) -> e.OrderEvent | None:
        """What a completion means to the order; None if nothing."""
        ...

    def progress(self, command: c.Command, amount_fen: int, what: object) -> e.OrderEvent | None:
        """What something on the way means to the order; None if nothing."""
        ...


class EcrHubWords:
    """ECR Hub: our numbers go along, and it commits at once."""

    commit = Commit.AT_ONCE

    def known(self, command: c.Command, order: Order) -> e.OrderEvent | None:  # noqa: ARG002
        return None

    def to_device(self, command: c.Command, order: Order) -> object:  # noqa: ARG002
        return ecr_hub.to_device(command)

    def to_event(
        self, command: c.Command, amount_fen: int, completion: Completion
    ) -> e.OrderEvent | None:
        return ecr_hub.to_event(command, amount_fen, completion)

    def progress(
        self,
        command: c.Command,  # noqa: ARG002
        amount_fen: int,  # noqa: ARG002
        what: object,  # noqa: ARG002
    ) -> e.OrderEvent | None:
        return None


class ZvtWords:
    """ZVT: what it knew of before is written down, and what it offers is committed."""

    commit = Commit.TWO_PHASE

    def known(self, command: c.Command, order: Order) -> e.OrderEvent | None:
        return zvt.known(command, order)

    def to_device(self, command: c.Command, order: Order) -> object:
        return zvt.to_device(command, order)

    def to_event(
        self, command: c.Command, amount_fen: int, completion: Completion
    ) -> e.OrderEvent | None:
        return zvt.to_event(command, amount_fen, completion)

    def progress(self, command: c.Command, amount_fen: int, what: object) -> e.OrderEvent | None:
        return zvt.progress(command, amount_fen, what)


def words_of(driver: str) -> TerminalWords:
    """The words of the terminal with that driver."""
    return ZvtWords() if driver in ZVT_DRIVERS else EcrHubWords()
