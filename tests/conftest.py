"""What all tests share: a printed random seed, a virtual screen, Hypothesis' profiles."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from kiosk.documents.visit_folder import VisitFolder
from screens import environment

environment.prepare(environment.Panel())  # whichever test brings Kivy in first

SCREEN = "1080x1920x24"
_SEED = int(os.environ.get("TEST_SEED") or random.SystemRandom().randrange(2**32))

hypothesis.settings.register_profile("ci", derandomize=False, print_blob=True, deadline=None)
hypothesis.settings.register_profile(
    "long", hypothesis.settings.get_profile("ci"), max_examples=2000
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_report_header() -> str:
    return f"random seed: {_SEED} (again with TEST_SEED={_SEED})"


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """A number that differs from test to test and from run to run; TEST_SEED brings it back."""
    return random.Random(f"{_SEED} {request.node.nodeid}").randrange(2**32)


@pytest.fixture(autouse=True)
def _seeded(seed: int) -> None:
    random.seed(seed)


@pytest.fixture(autouse=True)
def _no_visit_stays(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A virtual kiosk that a test leaves in the middle of a visit leaves nothing in memory."""
    made: list[VisitFolder] = []
    real = VisitFolder.__init__

    def begun(self: VisitFolder, *words: Path, **more: Path) -> None:
        real(self, *words, **more)
        made.append(self)

    monkeypatch.setattr(VisitFolder, "__init__", begun)
    yield
    for folder in made:
        if folder.in_memory:
            shutil.rmtree(folder.path, ignore_errors=True)


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """The name (":7") of a virtual screen, 1080×1920, that ends with the session."""
    if shutil.which("Xvfb") is None:
        pytest.fail("Xvfb is missing: run `make test`, which installs it")
    readable, writable = os.pipe()
    server = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(writable),
            "-screen",
            "0",
            SCREEN,
            "-noreset",
            "-nolisten",
            "tcp",
        ],
        pass_fds=(writable,),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writable)
    try:
        with os.fdopen(readable) as answer:
            number = answer.readline().strip()  # empty if Xvfb ends without a screen
        if not number:
            pytest.fail(f"Xvfb did not start: exit code {server.wait()}")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()
