"""What a driver can be asked to do, declared so that a command line and a screen can be made of it.

Sources: Design, "What anybody can run" (`kiosk device DRIVER OPERATION`; what moves money or goods
runs only with `--lab`) and "Devices" (every command ends in exactly one completion).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final


class ParameterError(ValueError):
    """A parameter is missing, unknown or not of its kind; the text names it and what is allowed."""


class _Required:
    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()


@dataclass(frozen=True, slots=True)
class Parameter:
    """`kind` turns the text given into a value and raises ValueError if it can't.

    `help` is one line: what it is, its unit, what is allowed.
    """

    kind: Callable[[str], object]
    help: str
    default: object = REQUIRED


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a driver does.

    `make` gets every parameter by name and returns the command to submit; None means that there is
    nothing to submit: the device speaks by itself (a scanner), and what it says is awaited.
    `lab`: it moves money or goods. `patience_s`: how long its end may take (seconds).
    `waits_for_it`: of a device that speaks first, it is asked only once that has begun.
    """

    help: str
    make: Callable[..., object] | None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    lab: bool = False
    patience_s: float = 30.0
    waits_for_it: bool = False

    def command(self, given: Mapping[str, str]) -> object:
        """The command for parameters given as text. Raises ParameterError."""
        unknown = sorted(set(given) - set(self.parameters))
        if unknown:
            known = ", ".join(self.parameters) or "none"
            raise ParameterError(f"unknown parameter {unknown[0]}; known: {known}")
        values = {}
        for name, parameter in self.parameters.items():
            if name not in given:
                if parameter.default is REQUIRED:
                    raise ParameterError(f"{name} is missing: {parameter.help}")
                values[name] = parameter.default
                continue
            try:
                values[name] = parameter.kind(given[name])
            except ValueError as error:
                raise ParameterError(f"{name}={given[name]}: {parameter.help}") from error
        return self.make(**values) if self.make is not None else None
