"""Our USB/IP client against servers that do what the protocol allows, and what it doesn't.

Source: the Linux kernel's USB/IP protocol, 1.1.1; the `usbip` package's device side as it is.
"""

from __future__ import annotations

import random
import select
import socket
import struct
import time
from collections.abc import Callable, Iterator

import pytest
from usbip import USBIP, In, Interface, Out, USBDevice

from devices import port_usb, usb_device, usb_ip
from devices.control import Answer, ClassRequest
from devices.port import Port, PortError, open_port
from devices.port_usb import UsbPort
from tests.support.usbip_by_hand import IMPORTED, Server, Submit, completed, unlinked

PATIENCE_S = 20.0


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb_device, "READ_MS", 50)
    monkeypatch.setattr(usb_device, "WRITE_MS", 50)
    monkeypatch.setattr(usb_device, "CONTROL_MS", 100)
    monkeypatch.setattr(usb_ip, "_STANDARD_MS", 100)
    monkeypatch.setattr(usb_ip, "_UNLINK_S", 0.2)
    monkeypatch.setattr(usb_ip, "_CONNECT_S", 0.3)
    monkeypatch.setattr(port_usb, "CLOSE_S", 1.0)


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.stop()


def read(port: Port) -> bytes:
    assert select.select([port.fileno()], [], [], PATIENCE_S)[0]
    return port.read_available()


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.005)


def refusal(url: str) -> PortError:
    with pytest.raises(PortError) as caught:
        open_port(url).close()
    return caught.value


# The other program.


class Echo(Interface):  # type: ignore[misc]
    """Says again what it is told."""

    bInterfaceClass = 0xFF  # noqa: N815
    told = Out(0x01)
    says = In(0x81)

    def on_out(self, ep: object, data: bytes) -> None:  # noqa: ARG002
        self.says.write(data)


def test_the_packages_own_device_and_ours_understand_each_other() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    device = USBDevice(0x1209, 0x0002, serial="E1")
    device.add(Echo())
    with device.plug(via=USBIP("127.0.0.1", number)):
        port = open_port(f"usbip://127.0.0.1:{number}/1-1")
        data = random.Random(3).randbytes(64 * 300)
        rest, heard = data, b""
        while len(heard) < len(data):
            readable, writable, _ = select.select(
                [port.fileno()], [port.fileno()] if rest else [], [], PATIENCE_S
            )
            assert readable or writable
            if readable:
                heard += port.read_available()
            if writable:
                rest = rest[port.write(rest) :]
        assert heard == data
        port.close()
        assert refusal(f"usbip://127.0.0.1:{number}/1-2").reason == "port_missing"


# Opening.


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "port_missing"),
        (IMPORTED[:100], "port_missing"),
        (struct.pack(">HHI", 0x0111, 3, 1), "port_missing"),
        (struct.pack(">HHI", 0x0111, 3, 2), "port_busy"),
        (struct.pack(">HHI", 0x0111, 5, 0), "port_missing"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "port_missing"),
    ],
    ids=["end", "half", "none", "busy", "other", "web"],
)
def test_an_import_that_fails(server: Server, answer: bytes, reason: str) -> None:
    server.on_import = lambda: answer
    assert refusal(server.url).reason == reason


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    assert refusal(f"usbip://127.0.0.1:{number}/1-1").reason == "port_missing"


@pytest.mark.parametrize("answers", [0, 1, 2, 3])
@pytest.mark.parametrize("then", ["silence", "end", "garbage", "refusal", "too much"])
def test_a_device_that_doesnt_describe_itself(server: Server, answers: int, then: str) -> None:
    left = [answers]
    usual = server.on_standard

    def answer(submit: Submit) -> bytes | None:
        left[0] -= 1
        if left[0] >= 0:
            return usual(submit)
        return {
            "silence": None,
            "end": b"",
            "garbage": random.Random(answers).randbytes(48),
            "refusal": completed(submit[0], -32),
            "too much": completed(submit[0], actual=1 << 30),
        }[then]

    server.on_standard = answer
    assert refusal(server.url).reason in ("port_missing", "port_error")


# Transfers.


def test_a_write_waits_and_isnt_made_twice(server: Server) -> None:
    taken = bytearray()
    tries: list[Submit] = []

    def submit(sent: Submit) -> bytes | None:
        if sent[2] != 1 or sent[1]:
            return None
        tries.append(sent)
        if len(tries) < 3:
            return None  # not now
        taken.extend(sent[5])
        return completed(sent[0], actual=len(sent[5]))

    server.on_submit = submit
    port = open_port(server.url)
    port.write(b"once")
    wait_for(lambda: taken)
    assert taken == b"once"
    assert len(tries) == 3
    port.close()


def test_a_write_that_is_done_after_all_isnt_made_again(server: Server) -> None:
    tries: list[Submit] = []

    def submit(sent: Submit) -> bytes | None:
        if sent[2] == 1 and not sent[1]:
            tries.append(sent)
        return None

    server.on_submit = submit
    # It was done just before it was to be taken back.
    server.on_unlink = lambda number, of: completed(of, actual=4) + unlinked(number)
    port = open_port(server.url)
    port.write(b"once")
    wait_for(lambda: tries)
    port.write(b"next")
    wait_for(lambda: len(tries) == 2)
    assert [x[5] for x in tries] == [b"once", b"next"]
    port.close()


def test_half_of_a_write_is_followed_by_the_other_half(server: Server) -> None:
    taken = bytearray()

    def submit(sent: Submit) -> bytes | None:
        if sent[1]:
            return None
        taken.extend(sent[5][:3])
        return completed(sent[0], actual=len(sent[5][:3]))

    server.on_submit = submit
    port = open_port(server.url)
    port.write(b"abcdefgh")
    wait_for(lambda: len(taken) == 8)
    assert taken == b"abcdefgh"
    port.close()


def test_a_read_that_timed_out_is_taken_up_again(server: Server) -> None:
    reads: list[int] = []

    def submit(sent: Submit) -> bytes | None:
        if sent[1] and sent[2] == 2:
            reads.append(sent[0])
        return None

    server.on_submit = submit
    port = open_port(server.url)
    wait_for(lambda: reads)
    time.sleep(0.2)  # several time-outs of 50 ms: what must not happen takes time
    assert len(reads) == 1
    server.say(completed(reads[0], data=b"\x12"))
    assert read(port) == b"\x12"
    wait_for(lambda: len(reads) == 2)
    port.close()


def test_a_pending_read_holds_up_nothing(server: Server) -> None:
    def submit(sent: Submit) -> bytes | None:
        if sent[2] == 0:
            return completed(sent[0], data=b"\x18")
        return None if sent[1] else completed(sent[0], actual=len(sent[5]))

    server.on_submit = submit
    port = open_port(server.url)
    assert isinstance(port, UsbPort)
    got: list[Answer] = []
    port.ask(ClassRequest(1, 1), got.append)
    wait_for(lambda: got)
    assert got == [b"\x18"]
    port.close()


@pytest.mark.parametrize(
    "noise",
    [
        b"",
        bytes(48),
        completed(999_999),
        completed(1, data=b"x" * 10),
        unlinked(77),
        bytes(range(256)),
    ],
    ids=["end", "zeros", "nobody's", "again", "taken back", "counting"],
)
def test_a_server_that_loses_the_thread_is_unplugged(server: Server, noise: bytes) -> None:
    port = open_port(server.url)
    wait_for(lambda: server.caller is not None)
    if noise:
        server.say(noise)
    else:
        server.hang_up()
    with pytest.raises(PortError) as caught:
        while True:
            read(port)
    assert caught.value.reason == "unplugged"
    port.close()


def test_a_server_that_neither_takes_nor_takes_back_is_unplugged(server: Server) -> None:
    server.on_unlink = lambda *_: None
    port = open_port(server.url)
    port.write(b"x")
    with pytest.raises(PortError):
        while True:
            read(port)
    port.close()
