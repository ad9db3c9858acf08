"""``kiosk devices loopback``: a plug with two pins bridged, a machine still there, a cut cable."""

from __future__ import annotations

import os
import select
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.loopback import PATTERN
from kiosk.main import main
from tests.support.simulated import SimulatedCabin, simulated_cabin

Far = Callable[[bytes], bytes]


@contextmanager
def line(far: Far) -> Iterator[tuple[str, list[bytes]]]:
    """A serial line whose other end answers so; its name, and what was heard there."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    wake_r, wake_w = os.pipe()
    heard: list[bytes] = []

    def carry() -> None:
        while wake_r not in (ready := select.select([ours, wake_r], (), ())[0]):
            assert ready == [ours]
            heard.append(os.read(ours, 4096))
            os.write(ours, far(heard[-1]))

    thread = threading.Thread(target=carry, daemon=True)
    thread.start()
    try:
        yield os.ttyname(theirs), heard
    finally:
        os.write(wake_w, b"\0")
        thread.join()
        for fd in (ours, theirs, wake_r, wake_w):
            os.close(fd)


@pytest.mark.parametrize(
    ("far", "code", "word", "sent"),
    [
        pytest.param(lambda x: x, 0, "问题在设备那一头", PATTERN, id="bridged"),
        pytest.param(lambda _: b"", 1, "什么也没有回来", PATTERN[:1], id="cut"),
        pytest.param(lambda _: b"\x06", 1, "没有从设备上拔下来", PATTERN[:1], id="a machine"),
        pytest.param(lambda x: x.replace(b"\x80", b"\x00"), 1, "线受干扰", PATTERN, id="noise"),
    ],
)
def test_what_comes_back_says_where_it_is(
    far: Far, code: int, word: str, sent: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    with line(far) as (path, heard):
        assert main(["devices", "loopback", f"serial://{path}?baud=115200"]) == code
    said = capsys.readouterr().out
    assert word in said
    assert f"发 {len(sent)} 字节" in said
    assert b"".join(heard) == sent, "whoever may still be there gets one zero and no more"


@pytest.fixture(scope="module")
def cabin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCabin]:
    with simulated_cabin(tmp_path_factory.mktemp("cabin")) as running:
        yield running


def test_a_machine_of_the_cabin_takes_no_harm(
    cabin: SimulatedCabin, capsys: pytest.CaptureFixture[str]
) -> None:
    config = ["--config", str(cabin.config)]
    for role in ("receipt_printer", "terminal", "rice_mill"):
        assert main(["devices", "loopback", role, *config]) == 1
        assert "什么也没有回来" in capsys.readouterr().out
        assert main(["device", role, "status", *config]) == 0
    assert cabin.bench.receipts() == []


def test_a_port_that_is_not_there_or_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["devices", "loopback", str(tmp_path / "ttyUSB7")]) == 1
    assert "端口不存在" in capsys.readouterr().out
    assert main(["devices", "loopback", "tcp://127.0.0.1:9"]) == 2
    assert "a serial port is written" in capsys.readouterr().err
