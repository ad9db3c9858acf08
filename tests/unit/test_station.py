"""What answers technicians: a port or a socket that can't be had costs only itself."""

from __future__ import annotations

import logging
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.config import ConfigError, load
from kiosk.diagnostics.control import FILE, Client
from kiosk.diagnostics.heartbeat import Heartbeat
from kiosk.diagnostics.station import Station
from kiosk.diagnostics.switchboard import Switchboard
from kiosk.settings import Settings
from tests.unit.test_config import FILES, SMALL, complete


def _settings(folder: Path, more: str = "") -> Settings:
    (folder / "keys").mkdir()
    for name in FILES:
        (folder / name).write_text("stands for a key\n")
    config = folder / "cabin.toml"
    config.write_text(complete(SMALL) + more)
    return load(config)


def _station(settings: Settings) -> Station:
    board = Switchboard(settings.devices, settings.cabin.data_dir)
    return Station(settings, board, Heartbeat(()), lambda: None)


def test_the_port_of_metrics_is_checked_like_everything_else(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"metrics\.port .* out of range; allowed: 1024 … 65535"):
        _settings(tmp_path, "\n[metrics]\nport = 80\n")


def test_a_port_that_is_taken_is_logged_and_the_rest_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = replace(_settings(tmp_path), metrics_port=port)
        settings.cabin.data_dir.mkdir(exist_ok=True)
        station = _station(settings)
        with caplog.at_level(logging.ERROR):
            station.open(lambda _: None, lambda: None)
    assert f"/metrics can't be served on port {port}" in caplog.text
    try:
        with Client(settings.cabin.data_dir) as client:
            assert client.one(get="devices")["devices"]
    finally:
        station.close()
    assert not (settings.cabin.data_dir / FILE).exists()


def test_a_folder_that_takes_no_socket_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = _settings(tmp_path)  # its data folder isn't there
    station = _station(settings)
    with caplog.at_level(logging.ERROR):
        station.open(lambda _: None, lambda: None)
    station.close()
    assert "the control socket can't be opened" in caplog.text


def test_a_folder_with_a_long_name_takes_a_socket_too(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)
    settings = replace(settings, cabin=replace(settings.cabin, data_dir=deep))
    station = _station(settings)
    station.open(lambda _: None, lambda: None)
    try:
        with Client(deep) as client:
            assert client.one(get="devices")["end"]
    finally:
        station.close()
