"""One stage a module: starting a cabin and a kiosk costs more than most journeys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journey.stage import Stage, open_stage


@pytest.fixture(scope="module")
def theatre(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, display: str
) -> Iterator[Stage]:
    """The module's cabin and kiosk. ``SETTINGS`` of the module changes cabin.toml beforehand."""
    settings = getattr(request.module, "SETTINGS", {})
    with open_stage(tmp_path_factory.mktemp("cabin"), display, settings) as stage:
        yield stage


@pytest.fixture
def stage(theatre: Stage) -> Iterator[Stage]:
    """The stage, everything in order, nobody there; the books are audited after the journey."""
    theatre.begin()
    yield theatre
    theatre.audit()
