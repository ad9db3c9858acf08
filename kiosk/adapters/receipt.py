"""What the receipt printer's answers mean. Pure."""

from __future__ import annotations

from devices.status import Cancelled, Completion, Failed, Status, Success, TimedOut
from kiosk.adapters.terminal import code_of
from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.events import Printing
from kiosk.core.state import Device, Level


def asked(completion: Completion) -> Device:
    """How the printer is by its own answer; without one nobody knows."""
    match completion:
        case Success(value=Status() as status):
            return Device(Level(status.level.value), status.reason)
        case _:
            return Device(Level.UNKNOWN, code_of(completion))


def printed(command: c.Print, completion: Completion) -> e.PrintAnswered:
    code = code_of(completion)
    match completion:
        case Success():
            return e.PrintAnswered(command.order_id, command.job_id, Printing.PRINTED)
        case Failed() | Cancelled() | TimedOut():
            return e.PrintAnswered(command.order_id, command.job_id, Printing.NOT_PRINTED, code)
        case _:
            return e.PrintAnswered(command.order_id, command.job_id, Printing.UNKNOWN, code)
