"""``kiosk run`` with something wrong on the disk: one sentence, no traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.main import main
from tests.unit.test_config import FILES, SMALL, complete


@pytest.mark.parametrize("blocked", ["a file", "a folder that can't be written"])
def test_a_data_dir_that_cannot_be_used_is_named(
    tmp_path: Path, blocked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "keys").mkdir()
    for name in FILES:
        (tmp_path / name).write_text("stands for a key\n")
    config = tmp_path / "cabin.toml"
    config.write_text(complete(SMALL))
    data = tmp_path / "data"
    if blocked == "a file":
        data.write_text("in the way")
    else:
        data.mkdir(mode=0o500)
        if os.access(data, os.W_OK):
            pytest.skip("nothing is closed to this user")
    assert main(["run", "--config", str(config), "--no-window"]) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"{config}: cabin.data_dir: {data} can't be used: ")
