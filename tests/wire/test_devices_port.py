"""Ports: names, ptys, TCP, memory (Serial and USB on Linux, "Port names")."""

from __future__ import annotations

import os
import pty
import select
import socket
import tty
from collections.abc import Iterator

import pytest
import serial

from devices.port import Port, PortError, PortUrlError, open_port, opener
from devices.port_serial import LineSettings, parse_line
from devices.port_tcp import memory_ports, parse_address
from tests.support.telnet_line import TelnetLine


@pytest.fixture
def line() -> Iterator[tuple[int, str]]:
    """A pty: the far end's descriptor and the near end's path."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    path = os.ttyname(slave)
    os.close(slave)
    yield master, path
    os.close(master)


def _read(port: Port, size: int) -> bytes:
    data = b""
    while len(data) < size:
        assert select.select([port.fileno()], [], [], 5)[0]
        data += port.read_available()
    return data


@pytest.mark.parametrize(
    ("url", "path", "line"),
    [
        ("/dev/cabin/terminal", "/dev/cabin/terminal", LineSettings(115200)),
        ("serial:///dev/ttyUSB0?baud=9600", "/dev/ttyUSB0", LineSettings(9600)),
        ("serial:///dev/x?parity=E&stop=2", "/dev/x", LineSettings(115200, "E", 2)),
    ],
)
def test_names_of_lines(url: str, path: str, line: LineSettings) -> None:
    assert parse_line(url, default_baud=115200) == (path, line)
    opener(url)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("tcp://127.0.0.1:20007", ("127.0.0.1", 20007)),
        ("tcp-listen://0.0.0.0:6024", ("0.0.0.0", 6024)),
        ("rfc2217://[::1]:2217?baud=9600", ("::1", 2217)),
    ],
)
def test_names_of_addresses(url: str, address: tuple[str, int]) -> None:
    assert parse_address(url) == address
    opener(url)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("COM1", "a port is an absolute path"),
        ("gopher://127.0.0.1:70", "begins with one of serial://"),
        ("tcp-listen://:6024", "tcp-listen://host:port"),
        ("rfc2217://127.0.0.1:2217?baud=fast", "baud is a number"),
        ("tcp://127.0.0.1", "tcp://host:port"),
        ("tcp://127.0.0.1:99999", "ort"),
        ("serial://dev/x", "serial:///dev/name"),
        ("serial:///dev/x?speed=1", "unknown option speed"),
        ("serial:///dev/x?baud=fast", "baud is a number"),
        ("serial:///dev/x?parity=M", "parity is"),
        ("serial:///dev/x?stop=3", "stop is"),
    ],
)
def test_names_that_are_none_say_what_is_allowed(url: str, says: str) -> None:
    with pytest.raises(PortUrlError, match=says):
        opener(url)


def test_a_serial_line_carries_bytes_both_ways(line: tuple[int, str]) -> None:
    master, path = line
    port = open_port(f"serial://{path}?baud=115200")
    assert port.read_available() == b""
    assert port.write(bytes(range(256))) == 256
    assert os.read(master, 1000) == bytes(range(256))
    os.write(master, b"\x00\x03\x11\x13\x1a\x7f\xff")
    assert _read(port, 7) == b"\x00\x03\x11\x13\x1a\x7f\xff"
    port.close()
    port.close()


def test_a_line_nobody_reads_takes_what_fits_and_doesnt_wait(line: tuple[int, str]) -> None:
    port = open_port(line[1])
    taken = 0
    while count := port.write(b"x" * 4096):
        taken += count
    assert taken > 0
    port.close()


def test_a_line_is_open_once_until_it_is_abandoned(line: tuple[int, str]) -> None:
    first = open_port(line[1])
    with pytest.raises(PortError) as caught:
        open_port(line[1])
    assert caught.value.reason == "port_busy"
    first.abandon()
    second = open_port(line[1])
    second.close()
    first.close()


def test_a_pulled_cable_is_an_error() -> None:
    master, slave = pty.openpty()
    path = os.ttyname(slave)
    port = open_port(path)
    os.close(slave)
    os.close(master)
    for call in (port.read_available, lambda: port.write(b"x")):
        with pytest.raises(PortError) as caught:
            call()
        assert caught.value.reason == "unplugged"
    port.close()


def test_a_missing_node_has_a_name() -> None:
    with pytest.raises(PortError) as caught:
        open_port("/dev/cabin/nothing-here")
    assert caught.value.reason == "port_missing"
    assert "nothing-here" in caught.value.detail


def test_tcp_carries_bytes_and_shows_the_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = open_port(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        peer, _ = server.accept()
        with peer:
            assert port.read_available() == b""
            assert port.write(b"ask") == 3
            assert peer.recv(10) == b"ask"
            peer.sendall(b"answer")
            assert _read(port, 6) == b"answer"
        assert select.select([port.fileno()], [], [], 5)[0]
        with pytest.raises(PortError):
            port.read_available()
        port.close()


def test_tcp_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
    with pytest.raises(PortError) as caught:
        open_port(f"tcp://127.0.0.1:{number}")
    assert caught.value.reason == "port_missing"


def test_memory_ports_are_joined() -> None:
    one, other = memory_ports()
    assert one.write(b"hello") == 5
    assert _read(other, 5) == b"hello"
    one.close()
    with pytest.raises(PortError):
        other.read_available()
    other.close()


def test_a_caller_that_vanished_is_missed_within_half_a_minute() -> None:
    """One that lost its network says no good-bye, and nobody else is let in before it is gone."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    port = open_port(f"tcp-listen://127.0.0.1:{number}")
    with socket.create_connection(("127.0.0.1", number)):
        select.select([port.fileno()], [], [], 10)
        port.read_available()
        with socket.fromfd(port.fileno(), socket.AF_INET, socket.SOCK_STREAM) as line:
            idle, between, count = (
                line.getsockopt(socket.IPPROTO_TCP, x)
                for x in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            )
            unheard_ms = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    port.close()
    assert idle + between * count <= 30
    assert 0 < unheard_ms <= 30_000


def test_a_listener_waits_for_its_caller_and_serves_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
    port = open_port(f"tcp-listen://127.0.0.1:{number}")
    with pytest.raises(PortError) as caught:
        open_port(f"tcp-listen://127.0.0.1:{number}")
    assert caught.value.reason == "port_busy"
    waiting = port.fileno()
    assert port.read_available() == b""
    assert port.write(b"into the void") == 0
    with socket.create_connection(("127.0.0.1", number)) as caller:
        assert select.select([waiting], [], [], 5)[0]
        port.read_available()
        assert port.fileno() != waiting
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", number))
        caller.sendall(b"hello")
        assert _read(port, 5) == b"hello"
        assert port.write(b"and you") == 7
        assert caller.recv(10) == b"and you"
    assert select.select([port.fileno()], [], [], 5)[0]
    with pytest.raises(PortError) as caught:
        port.read_available()
    assert caught.value.reason == "unplugged"
    port.close()
    port.close()
    open_port(f"tcp-listen://127.0.0.1:{number}").close()


@pytest.mark.filterwarnings("ignore:set:DeprecationWarning:serial")
def test_a_network_box_carries_bytes_and_the_lines_settings() -> None:
    # Its line's two wires are joined: a pty has no modem lines for the box to tell of.
    line = serial.serial_for_url("loop://", timeout=0.05)
    box = TelnetLine(line)
    port = open_port(f"rfc2217://127.0.0.1:{box.number}?baud=19200&stop=2")
    assert (line.baudrate, line.parity, line.stopbits) == (19200, "N", 2)
    said = b"\xff\x00\x11ask\xff\xff\xfa"
    assert port.write(said) == len(said)
    assert _read(port, len(said)) == said
    box.hang_up()
    assert select.select([port.fileno()], [], [], 5)[0]
    with pytest.raises(PortError) as caught:
        port.read_available()
    assert caught.value.reason == "unplugged"
    port.close()


def test_no_network_box_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
    with pytest.raises(PortError) as caught:
        open_port(f"rfc2217://127.0.0.1:{number}")
    assert caught.value.reason == "port_missing"
