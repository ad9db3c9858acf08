"""Every driver declares itself, and what it declares is true of it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from devices import registry
from devices.declared import UNDECLARED, SafeTest
from devices.driver import SettingsError

NEEDED = {"ecr_hub": {"app_id": "x"}}


def _classes(name: str) -> set[str]:
    """The commands that the driver's operations make, by the names of their classes."""
    made = set()
    for operation in registry.load(name).operations.values():
        make: Any = operation.make
        returns = getattr(make, "__annotations__", {}).get("return", "")
        made.add(make.__name__ if isinstance(make, type) else str(returns))
    return {x.rpartition(".")[2] for x in made}


@pytest.mark.parametrize("name", registry.names())
def test_settings_are_those_that_the_driver_takes(name: str) -> None:
    declared = registry.declaration(name)
    assert declared is not UNDECLARED
    made = registry.load(name)
    given = {x.name: x.default for x in declared.settings if x.default is not None}
    made.from_settings({**given, **NEEDED.get(name, {})})
    with pytest.raises(SettingsError):
        made.from_settings({**given, **NEEDED.get(name, {}), "nothing_of_that_name": 1})
    if any(x.default is None for x in declared.settings):
        with pytest.raises(SettingsError):
            made.from_settings(given)


@pytest.mark.parametrize("name", registry.names())
def test_counters_count_commands_that_there_are(name: str) -> None:
    declared = registry.declaration(name)
    for counter in declared.counters:
        assert bool(counter.command) != bool(counter.notice)
        assert not counter.command or counter.command in _classes(name), counter


def _tests() -> list[tuple[str, SafeTest]]:
    return [(name, test) for name in registry.names() for test in registry.declaration(name).tests]


@pytest.mark.parametrize(("name", "test"), _tests(), ids=lambda x: getattr(x, "name", x))
def test_a_test_can_be_done_and_moves_neither_money_nor_goods(name: str, test: SafeTest) -> None:
    operations = registry.load(name).operations
    assert test.expect
    assert test.advice
    if test.operation == "status":
        return
    operation = operations[test.operation]
    operation.command(test.parameters) if "job_id" not in operation.parameters else None
    assert operation.lab == test.goods, "what brings something out says so"
    assert "sale" not in test.operation


@pytest.mark.parametrize("name", registry.names())
def test_what_only_asks_is_never_what_moves_something(name: str) -> None:
    declared, operations = registry.declaration(name), registry.load(name).operations
    assert declared.asks | declared.personal <= set(operations)
    assert not any(operations[x].lab for x in declared.asks)
    assert not declared.identify_by or declared.identify_by in declared.asks


def test_a_declaration_imports_no_driver() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from devices import registry\n"
            "[registry.declaration(x) for x in registry.names()]\n"
            "print([x for x in sys.modules if x.endswith('driver') and x != 'devices.driver'])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "[]"
