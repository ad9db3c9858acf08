"""ZVT on the wire as the terminal sees it: the simulator's own reading.

Serial ("1.2 ZVT", Transport): `10 02`, the APDU with each 10 doubled, `10 03`, CRC low, CRC high;
CRC-16 with the reflected polynomial 8408 from 0000 over the APDU and 03. ACK 06, NAK 15. Over TCP
the APDUs stand one behind the other. APDU: class, instruction, length (FF: two more bytes, low one
first), data.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable

from sim.devices.model import Model, Timer
from sim.faults import Faults

T1_S, T2_S, MOST_SENT = 0.2, 5.0, 3


def crc16(data: bytes) -> int:
    """Bit by bit, as the specification draws it."""
    register = 0
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x8408 if register & 1 else 0)
    return register


def apdu(control: int, data: bytes = b"") -> bytes:
    """An APDU's bytes."""
    if len(data) < 0xFF:
        return control.to_bytes(2, "big") + bytes((len(data),)) + data
    return control.to_bytes(2, "big") + b"\xff" + len(data).to_bytes(2, "little") + data


def take_apdu(stream: bytes) -> tuple[int, bytes, bytes] | None:
    """Control, data and what follows them; None if the APDU isn't whole."""
    if len(stream) < 3:
        return None
    head, length = 3, stream[2]
    if length == 0xFF:
        if len(stream) < 5:
            return None
        head, length = 5, int.from_bytes(stream[3:5], "little")
    if len(stream) < head + length:
        return None
    control = int.from_bytes(stream[:2], "big")
    return control, stream[head : head + length], stream[head + length :]


def block(raw: bytes) -> bytes:
    """The block that carries an APDU."""
    doubled = b"".join(b"\x10\x10" if x == 0x10 else bytes((x,)) for x in raw)
    return b"\x10\x02" + doubled + b"\x10\x03" + crc16(raw + b"\x03").to_bytes(2, "little")


class Transport(ABC):
    """Carries APDUs for a model: `on_apdu(control, data)` gets each good one."""

    @abstractmethod
    def receive(self, data: bytes) -> None:
        """Bytes from the host."""

    @abstractmethod
    def send(self, control: int, data: bytes = b"") -> None:
        """Say something to the host."""

    @abstractmethod
    def drop(self) -> None:
        """The cable is pulled, or the power is gone."""


OnApdu = Callable[[int, bytes], None]


class Plain(Transport):
    """TCP: APDU behind APDU."""

    def __init__(self, write: Callable[[bytes], None], on_apdu: OnApdu) -> None:
        self._write, self._on_apdu = write, on_apdu
        self._buffer = b""

    def receive(self, data: bytes) -> None:
        self._buffer += data
        while (found := take_apdu(self._buffer)) is not None:
            control, data, self._buffer = found
            self._on_apdu(control, data)

    def send(self, control: int, data: bytes = b"") -> None:
        self._write(apdu(control, data))

    def drop(self) -> None:
        self._buffer = b""


class Blocks(Transport):
    """The serial line: each block is acknowledged, and sent three times at most.

    Faults: `nak` refuses a good block, `wrong_crc` spoils one of ours, `ack_lost` hears a block
    and doesn't say so.
    """

    def __init__(
        self,
        model: Model,
        faults: Faults,
        write: Callable[[bytes], None],
        after: Callable[[float, Callable[[], None]], Timer],
        on_apdu: OnApdu,
    ) -> None:
        self._model, self._faults = model, faults
        self._write, self._after, self._on_apdu = write, after, on_apdu
        self._buffer = b""
        self._queue: deque[bytes] = deque()
        self._sent = 0
        self._repeat: Timer | None = None
        self._half: Timer | None = None

    def receive(self, data: bytes) -> None:
        self._buffer += data
        while self._buffer and self._take_one():
            pass
        if self._half is not None:
            self._half.cancel()
            self._half = None
        if self._buffer:
            self._half = self._after(T1_S, self._cut_off)

    def send(self, control: int, data: bytes = b"") -> None:
        self._queue.append(apdu(control, data))
        if len(self._queue) == 1:
            self._sent = 0
            self._transmit()

    def drop(self) -> None:
        self._buffer = b""
        self._queue.clear()
        for timer in (self._repeat, self._half):
            if timer is not None:
                timer.cancel()
        self._repeat = self._half = None

    def _take_one(self) -> bool:
        """Take one thing from the buffer; False if more bytes are needed."""
        first = self._buffer[0]
        if first == 0x06:
            self._buffer = self._buffer[1:]
            self._acknowledged()
        elif first == 0x15:
            self._buffer = self._buffer[1:]
            if self._queue:
                self._transmit()
        elif self._buffer[:2] == b"\x10\x02":
            return self._take_block()
        elif self._buffer == b"\x10":
            return False
        else:
            self._buffer = self._buffer[1:]
        return True

    def _take_block(self) -> bool:
        raw, at = bytearray(), 2
        while at + 1 < len(self._buffer):
            pair = self._buffer[at : at + 2]
            if pair == b"\x10\x03":
                break
            if pair == b"\x10\x02":
                self._buffer = self._buffer[at:]
                return True
            at += 2 if pair == b"\x10\x10" else 1
            raw.append(pair[0])
        else:
            return False
        if len(self._buffer) < at + 4:
            return False
        check = int.from_bytes(self._buffer[at + 2 : at + 4], "little")
        self._buffer = self._buffer[at + 4 :]
        self._judge(bytes(raw), check)
        return True

    def _judge(self, raw: bytes, check: int) -> None:
        found = take_apdu(raw)
        if check != crc16(raw + b"\x03") or found is None or self._strikes("nak"):
            self._write(b"\x15")
            return
        if not self._strikes("ack_lost"):
            self._write(b"\x06")
        # Whoever answers has heard us, whether its ACK arrived or not.
        if self._queue and (found[0] >> 8 in (0x80, 0x84)):
            self._acknowledged()
        self._on_apdu(found[0], found[1])

    def _cut_off(self) -> None:
        self._half = None
        self._buffer = b""
        self._write(b"\x15")

    def _acknowledged(self) -> None:
        if self._repeat is not None:
            self._repeat.cancel()
            self._repeat = None
        if self._queue:
            self._queue.popleft()
        if self._queue:
            self._sent = 0
            self._transmit()

    def _transmit(self) -> None:
        if self._repeat is not None:
            self._repeat.cancel()
            self._repeat = None
        if not self._queue:
            return
        if self._sent >= MOST_SENT:
            self._queue.popleft()
            self._sent = 0
            self._transmit()
            return
        self._sent += 1
        frame = block(self._queue[0])
        if self._strikes("wrong_crc"):
            frame = frame[:-1] + bytes((frame[-1] ^ 0x01,))
        self._write(frame)
        self._repeat = self._after(T2_S, self._transmit)

    def _strikes(self, kind: str) -> bool:
        return self._faults.take(self._model.device_id, kind) is not None
