"""Through which of a machine's USB pipes its bytes go.

Written from "Receipt printer", 3a (bulk 01 and 82), and "ID-card reader and dispenser", 5a (02 and
06 out, 81 and 85 in, header and body on separate pipes). Where a header ends isn't said there: here
it is the five bytes that every message begins with and the length behind them.
"""

from __future__ import annotations

PREAMBLE = bytes.fromhex("aaaaaa9669")
HEAD = len(PREAMBLE) + 2


class OnePipe:
    """Everything through one pipe each way."""

    OUT: tuple[int, ...] = (0x01,)
    IN: tuple[int, ...] = (0x82,)

    def reset(self) -> None:
        """A host has come: nothing is half said."""

    def from_host(self, address: int, data: bytes) -> bytes:  # noqa: ARG002
        """What the machine hears."""
        return data

    def to_host(self, data: bytes) -> list[tuple[int, bytes]]:
        """The pieces, each with its pipe."""
        return [(self.IN[0], data)]


class HeadAndBody:
    """Heads through the first pipe, bodies through the second.

    A machine of this kind is deaf to what comes through the wrong one: a body without a head, or a
    head that isn't one.
    """

    OUT: tuple[int, ...] = (0x02, 0x06)
    IN: tuple[int, ...] = (0x81, 0x85)

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """A host has come: nothing is half said."""
        self._head, self._wanted = b"", 0
        self._said, self._body_left = b"", 0

    def from_host(self, address: int, data: bytes) -> bytes:
        """A whole message, once its body is there."""
        if address == self.OUT[0]:
            is_head = len(data) == HEAD and data.startswith(PREAMBLE)
            self._head = data if is_head else b""
            self._wanted = int.from_bytes(data[5:7], "big") if is_head else 0
            return b""
        if not self._head or len(data) != self._wanted:
            return b""
        whole, self._head = self._head + data, b""
        return whole

    def to_host(self, data: bytes) -> list[tuple[int, bytes]]:
        """The pieces, each with its pipe; a message may come in several calls."""
        pieces: list[tuple[int, bytes]] = []
        while data:
            if self._body_left:
                part, data = data[: self._body_left], data[self._body_left :]
                self._body_left -= len(part)
                pieces.append((self.IN[1], part))
                continue
            part, data = data[: HEAD - len(self._said)], data[HEAD - len(self._said) :]
            self._said += part
            pieces.append((self.IN[0], part))
            if len(self._said) == HEAD:
                self._body_left, self._said = int.from_bytes(self._said[5:7], "big"), b""
        return pieces
