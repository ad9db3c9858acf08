"""A USB/IP server that exports one printer and behaves as a test wants, built from the layout."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable

from tests.support.usb_fake import PRINTER

DEVICE = bytes.fromhex("12 01 00 02 00 00 00 40 16 04 11 50 00 01 00 00 00 01")
IMPORTED = struct.pack(">HHI", 0x0111, 3, 0) + struct.pack(
    ">256s32sIIIHHHBBBBBB", b"/sys", b"1-1", 1, 2, 2, 0x0416, 0x5011, 0x0100, 0, 0, 0, 1, 1, 1
)

Submit = tuple[int, int, int, int, bytes, bytes]
"""number, direction, endpoint, length, setup, data"""


def completed(number: int, status: int = 0, data: bytes = b"", actual: int | None = None) -> bytes:
    head = struct.pack(">IIIIIi", 3, number, 0, 0, 0, status)
    return head + struct.pack(">iiii8x", len(data) if actual is None else actual, 0, 0, 0) + data


def unlinked(number: int) -> bytes:
    return struct.pack(">IIIIIi24x", 4, number, 0, 0, 0, -104)


class Server:
    """Serves callers one after the other until `stop`.

    `on_import` answers an import; `on_submit` answers a transfer that isn't a standard request,
    `on_unlink` (number of the unlink, number of the transfer) an unlink; None answers nothing and
    an empty answer hangs up.
    """

    def __init__(self) -> None:
        self.on_import: Callable[[], bytes | None] = lambda: IMPORTED
        self.on_standard: Callable[[Submit], bytes | None] = _standard
        self.on_submit: Callable[[Submit], bytes | None] = lambda _: None
        self.on_unlink: Callable[[int, int], bytes | None] = lambda number, _: unlinked(number)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"usbip://127.0.0.1:{self._listener.getsockname()[1]}/1-1"
        self.caller: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        if self.caller is not None:
            self.hang_up()
        self._thread.join(5)
        self._listener.close()

    def hang_up(self) -> None:
        assert self.caller is not None
        try:
            self.caller.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the other side was first

    def say(self, data: bytes) -> None:
        assert self.caller is not None
        self.caller.sendall(data)

    def _serve(self) -> None:
        while True:
            try:
                self.caller, _ = self._listener.accept()
            except OSError:
                return
            try:
                with self.caller:
                    self._converse(self.caller)
            except OSError:
                continue  # the caller has gone

    def _converse(self, caller: socket.socket) -> None:
        _exactly(caller, 40)
        answer = self.on_import()
        while answer != b"":
            if answer:
                caller.sendall(answer)
            head = _exactly(caller, 48)
            command, number, _, direction, endpoint, other, length = struct.unpack(
                ">IIIIIIi", head[:28]
            )
            if command == 2:
                answer = self.on_unlink(number, other)
                continue
            data = _exactly(caller, length) if not direction else b""
            submit = (number, direction, endpoint, length, head[40:], data)
            standard = endpoint == 0 and not head[40] & 0x60
            answer = (self.on_standard if standard else self.on_submit)(submit)


def _standard(submit: Submit) -> bytes:
    number, _, _, length, setup, _ = submit
    answers = {6: PRINTER if setup[3] == 2 else DEVICE, 8: b"\x01"}
    return completed(number, data=answers.get(setup[1], b"")[:length])


def _exactly(caller: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = caller.recv(size - len(data))
        if not piece:
            raise ConnectionError
        data += piece
    return data
