"""What is touched before the engine is there, and an engine that can't be."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from kiosk import behind, cabin
from kiosk.config import load
from kiosk.core.state import State
from kiosk.core.visit import messages as m
from kiosk.core.visit.view import screen_of
from kiosk.journal import JournalBusyError
from kiosk.main import main
from kiosk.opening import opening_state
from kiosk.virtual import VirtualKiosk
from tests.unit.test_config import FILES, SMALL, complete

PATIENCE_S = 20


def test_what_was_touched_on_the_first_picture_is_answered_when_the_engine_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    virtual = VirtualKiosk(tmp_path)
    settings = virtual.settings
    virtual.close()
    world: Any = cabin.composition.World({}, Any, {}, Nowhere())  # type: ignore[arg-type]
    monkeypatch.setattr(cabin, "world_of", lambda *_: world)
    first = opening_state(settings, 0)
    answered = threading.Event()

    def publish(state: State) -> None:
        if screen_of(state) == "help":
            answered.set()

    kiosk = behind.Behind(settings, publish)
    kiosk.post(m.Touched("nav.help", "", first.version))
    assert not answered.is_set(), "nobody is there yet"
    kiosk.go()
    assert answered.wait(PATIENCE_S)
    kiosk.stop()
    assert kiosk.failure == 0


class Nowhere:
    """Lanes that carry nothing: the answers never come."""

    def run(self, lane: str, call: object, broken: object = None) -> None:
        """Drop the call."""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (JournalBusyError("journal.sqlite: another kiosk holds this journal"), 1),
        (ValueError("gateways.biller: no key in biller.pem"), 2),
    ],
)
def test_an_engine_that_cannot_be_ends_the_program_with_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    code: int,
) -> None:
    def build(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(cabin, "build", build)
    (tmp_path / "keys").mkdir()
    for name in FILES:
        (tmp_path / name).write_text("stands for a key\n")
    config = tmp_path / "cabin.toml"
    config.write_text(complete(SMALL))
    assert load(config)
    assert main(["run", "--config", str(config), "--no-window"]) == code
    (said,) = capsys.readouterr().err.splitlines()
    assert said.endswith(str(error))
