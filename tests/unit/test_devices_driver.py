"""The drivers' base: exactly one completion a command, whatever happens (Design, "Devices")."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import registry
from devices.driver import Completed, Driver, SettingsError, StatusChanged
from devices.status import Cancelled, Completion, Failed, Level, Status, Success, TimedOut


class Echo(Driver):
    """Sends a command's text; any byte that comes completes the oldest one begun."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[int] = []

    def _on_opened(self, now: float) -> None:  # noqa: ARG002
        self._set_status(Status(Level.READY))

    def _on_received(self, data: bytes, now: float) -> None:
        for _ in data:
            if self.begun:
                self._complete(self.begun[0], Success(), now)

    def _on_submitted(self, command_id: int, command: object, now: float) -> None:  # noqa: ARG002
        self.begun.append(command_id)
        self._send(str(command).encode(), command_id)

    def _on_cancelled(self, command_id: int, now: float) -> None:
        self._complete(command_id, Cancelled(), now)

    def _on_completed(self, command_id: int, now: float) -> None:  # noqa: ARG002
        if command_id in self.begun:
            self.begun.remove(command_id)

    def _completion_when_lost(self, command_id: int, reason: str) -> Completion:  # noqa: ARG002
        return Failed(reason)

    def _on_ticked(self, now: float) -> None:
        """It has no timers."""

    def _next_tick(self) -> float | None:
        return None

    def _runs_beside(self, command: object) -> bool:
        return command == "beside"


def test_one_at_a_time_but_for_those_that_run_beside() -> None:
    driver = Echo()
    driver.opened(0)
    for number, command in enumerate(("a", "b", "beside"), start=1):
        driver.submit(number, command, 0)
    assert driver.take_output() == b"abeside"
    assert driver.running == (1, 2, 3)
    driver.receive(b"x", 1)
    assert driver.take_output() == b"b"


def test_a_queued_command_is_given_back_when_it_has_waited_too_long() -> None:
    driver = Echo()
    driver.opened(0)
    driver.submit(1, "a", 0)
    driver.submit(2, "b", 5)
    assert driver.deadline() == 35
    driver.tick(34.9)
    assert driver.running == (1, 2)
    driver.tick(35)
    assert driver.running == (1,)
    assert Completed(2, TimedOut()) in driver.take_reports()


def test_what_is_withdrawn_is_not_sent() -> None:
    driver = Echo()
    driver.opened(0)
    driver.submit(1, "a", 0)
    driver.cancel(1, 0)
    driver.submit(2, "b", 0)
    assert driver.take_output() == b"b"


def test_a_second_completion_is_an_error() -> None:
    driver = Echo()
    driver.opened(0)
    driver.submit(1, "a", 0)
    driver.cancel(1, 0)
    with pytest.raises(RuntimeError, match="no second completion"):
        driver._complete(1, Success(), 0)


def test_a_running_id_is_not_given_twice() -> None:
    driver = Echo()
    driver.opened(0)
    driver.submit(1, "a", 0)
    with pytest.raises(ValueError, match="already running"):
        driver.submit(1, "b", 0)


def test_a_status_is_reported_when_it_changes() -> None:
    driver = Echo()
    driver.opened(0)
    driver.opened(1)
    assert driver.take_reports() == (StatusChanged(Status(Level.READY)),)


ACTIONS = st.sampled_from(["open", "lose", "submit", "beside", "cancel", "byte", "tick", "take"])


@given(st.lists(st.tuples(ACTIONS, st.integers(1, 8)), max_size=60))
def test_every_command_ends_exactly_once(actions: list[tuple[str, int]]) -> None:
    driver = Echo()
    submitted: set[int] = set()
    now = 0.0
    for action, number in actions:
        now += 4
        match action:
            case "open":
                driver.opened(now)
            case "lose":
                driver.lost(now, "gone")
            case "submit" | "beside":
                if number not in submitted:
                    submitted.add(number)
                    driver.submit(number, action, now)
            case "cancel":
                driver.cancel(number, now)
            case "byte":
                driver.receive(b"x", now)
            case "tick":
                driver.tick(now)
            case "take":
                driver.take_output()
    driver.lost(now, "end")
    ended = [r.command_id for r in driver.take_reports() if isinstance(r, Completed)]
    assert sorted(ended) == sorted(submitted)
    assert driver.running == ()


SETTINGS: dict[str, dict[str, object]] = {
    "ecr_hub": {"app_id": "wz1"},
    "escpos_serial": {"columns": 32},
}


@pytest.mark.parametrize("name", registry.names())
def test_each_name_leads_to_its_driver(name: str) -> None:
    made = registry.factory(name, SETTINGS.get(name, {}))
    assert type(made()) is registry.load(name)
    assert made() is not made()


def test_mistakes_in_the_settings_show_at_once() -> None:
    with pytest.raises(SettingsError, match="known: ecr_hub"):
        registry.load("ecr")
    with pytest.raises(SettingsError, match="app_id"):
        registry.factory("ecr_hub", {})
    with pytest.raises(SettingsError, match="unknown setting: speed"):
        registry.factory("cdc_scanner", {"speed": 1})
