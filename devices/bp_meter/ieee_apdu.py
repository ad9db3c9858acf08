"""IEEE 11073-20601: application protocol data units as a manager needs them, without I/O.

An APDU is a choice, a length and a body. Nothing here raises on any bytes: what can't be read
becomes `Unreadable`, and the stream goes on behind it. Source: blood-pressure meter protocol, 1a.
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.bp_meter.mder import Reader, ShortError, listed, octets, u16, u32

AARQ, AARE, RLRQ, RLRE, ABRT, PRST = 0xE200, 0xE300, 0xE400, 0xE500, 0xE600, 0xE700
_CHOICES = frozenset((AARQ, AARE, RLRQ, RLRE, ABRT, PRST))
PROTOCOL_20601 = 0x5079
VERSION_1 = 0x80000000
MDER = 0x8000
AGENT, MANAGER = 0x00800000, 0x80000000

ACCEPTED, REJECTED_PERMANENT, ACCEPTED_UNKNOWN_CONFIG, NO_COMMON_PROTOCOL = 0, 1, 3, 4
"""Results of an association."""
NO_COMMON_PARAMETER, UNSUPPORTED_VERSION = 5, 8

UNDEFINED, RESPONSE_TIMEOUT, CONFIG_TIMEOUT = 0, 2, 3
"""Reasons of an abort."""

EVENT, EVENT_CONFIRMED, GET = 0x0100, 0x0101, 0x0103
ANSWER_EVENT, ANSWER_GET = 0x0201, 0x0203
ERROR, REJECT = 0x0300, 0x0400
_UNRECOGNISED_OPERATION = 2

NOTI_CONFIG = 0x0D1C
SCAN_FIXED, SCAN_VARIABLE, SCAN_PERSONS_FIXED, SCAN_PERSONS_VARIABLE = (
    0x0D1D,
    0x0D1E,
    0x0D1F,
    0x0D20,
)
CONFIG_ACCEPTED = 0
NO_TIME = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class AssociationRequest:
    """What a meter says of itself. ``protocol`` is False when it can't speak 20601 with MDER."""

    version: int
    protocol: bool
    system_type: int = 0
    system_id: str = ""
    config_id: int = 0


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    reason: int


@dataclass(frozen=True, slots=True)
class ReleaseResponse:
    reason: int


@dataclass(frozen=True, slots=True)
class Abort:
    reason: int


@dataclass(frozen=True, slots=True)
class EventReport:
    """Something the meter reports. ``info`` holds what its ``kind`` says."""

    invoke_id: int
    confirmed: bool
    handle: int
    kind: int
    info: bytes


@dataclass(frozen=True, slots=True)
class GetAnswer:
    """Attributes by their number, as raw bytes."""

    invoke_id: int
    attributes: dict[int, bytes]


@dataclass(frozen=True, slots=True)
class Refused:
    """The meter can't do what it was asked."""

    invoke_id: int
    code: int


@dataclass(frozen=True, slots=True)
class Asked:
    """The meter asks for something that a manager of this kind doesn't do."""

    invoke_id: int
    choice: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Bytes that are no APDU, or one whose body doesn't hold what it announces."""

    length: int
    why: str


Apdu = (
    AssociationRequest
    | ReleaseRequest
    | ReleaseResponse
    | Abort
    | EventReport
    | GetAnswer
    | Refused
    | Asked
    | Unreadable
)


class Decoder:
    """Cuts a byte stream into APDUs by their length alone: two may come in one read."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def pending(self) -> int:
        """Bytes of an APDU that isn't complete."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[tuple[bytes, Apdu]]:
        """The APDUs complete with these bytes, each beside its own bytes."""
        self._buffer += data
        found: list[tuple[bytes, Apdu]] = []
        at, skipped = 0, 0
        while len(self._buffer) - at >= 4:
            choice = int.from_bytes(self._buffer[at : at + 2], "big")
            if choice not in _CHOICES:
                at, skipped = at + 1, skipped + 1
                continue
            if skipped:
                found.append(self._noise(at, skipped))
                skipped = 0
            end = at + 4 + int.from_bytes(self._buffer[at + 2 : at + 4], "big")
            if end > len(self._buffer):
                break
            raw = bytes(self._buffer[at:end])
            found.append((raw, decode(raw)))
            at = end
        if skipped:
            found.append(self._noise(at, skipped))
        del self._buffer[:at]
        return found

    def give_up(self) -> list[tuple[bytes, Apdu]]:
        """What has come of an APDU that was never finished is looked through for another."""
        if not self._buffer:
            return []
        rest = bytes(self._buffer[1:])
        self._buffer.clear()
        lost: tuple[bytes, Apdu] = (b"", Unreadable(1, "an APDU was never finished"))
        return [lost, *self.feed(rest)]

    def _noise(self, end: int, length: int) -> tuple[bytes, Apdu]:
        return bytes(self._buffer[end - length : end]), Unreadable(length, "no APDU begins so")


def decode(raw: bytes) -> Apdu:
    """One whole APDU. Never raises."""
    reader = Reader(raw)
    try:
        choice = reader.u16()
        body = Reader(reader.octets())
        if choice == PRST:
            return _presentation(body)
        if choice == AARQ:
            return _association(body)
        if choice == RLRQ:
            return ReleaseRequest(body.u16())
        if choice == RLRE:
            return ReleaseResponse(body.u16())
        if choice == ABRT:
            return Abort(body.u16())
    except ShortError as error:
        return Unreadable(len(raw), str(error))
    return Unreadable(len(raw), f"choice {choice:04X} isn't for a manager")


def _association(body: Reader) -> AssociationRequest:
    version = body.u32()
    for item in body.items():
        protocol, information = item.u16(), Reader(item.octets())
        if protocol != PROTOCOL_20601:
            continue
        spoken = information.u32() & VERSION_1 and information.u16() & MDER
        information.u32()  # nomenclature
        information.u32()  # functional units
        system_type = information.u32()
        system_id = information.octets().hex()
        return AssociationRequest(version, bool(spoken), system_type, system_id, information.u16())
    return AssociationRequest(version, protocol=False)


def _presentation(body: Reader) -> Apdu:
    data = Reader(body.octets())
    invoke_id, choice = data.u16(), data.u16()
    inner = Reader(data.octets())
    if choice in (EVENT, EVENT_CONFIRMED):
        handle = inner.u16()
        inner.u32()  # the meter's relative time
        kind = inner.u16()
        return EventReport(invoke_id, choice == EVENT_CONFIRMED, handle, kind, inner.octets())
    if choice == ANSWER_GET:
        inner.u16()
        return GetAnswer(invoke_id, {item.u16(): item.octets() for item in inner.items()})
    if choice in (ERROR, REJECT):
        return Refused(invoke_id, inner.u16())
    return Asked(invoke_id, choice)


def associate(result: int, manager_id: bytes) -> bytes:
    """The answer to an association request."""
    if result not in (ACCEPTED, ACCEPTED_UNKNOWN_CONFIG):
        return _apdu(AARE, u16(result) + u16(0) + octets(b""))
    information = (
        u32(VERSION_1)
        + u16(MDER)
        + u32(VERSION_1)  # nomenclature, first version
        + u32(0)
        + u32(MANAGER)
        + octets(manager_id)
        + u16(0)  # a manager has no configuration
        + u16(0)
        + bytes(2)
        + listed([])
    )
    return _apdu(AARE, u16(result) + u16(PROTOCOL_20601) + octets(information))


def confirm_event(event: EventReport, answer: bytes = b"") -> bytes:
    """The answer that a confirmed report must have, or the meter aborts after 3 s."""
    body = u16(event.handle) + u32(NO_TIME) + u16(event.kind) + octets(answer)
    return _presented(event.invoke_id, ANSWER_EVENT, body)


def accept_config(event: EventReport, config_id: int) -> bytes:
    """The answer to a configuration that was understood."""
    return confirm_event(event, u16(config_id) + u16(CONFIG_ACCEPTED))


def get_mds(invoke_id: int) -> bytes:
    """Ask for every attribute of the meter itself (its object 0)."""
    return _presented(invoke_id, GET, u16(0) + listed([]))


def reject(asked: Asked) -> bytes:
    """Say that this is not understood."""
    return _presented(asked.invoke_id, REJECT, u16(_UNRECOGNISED_OPERATION))


def release() -> bytes:
    return _apdu(RLRQ, u16(0))


def released() -> bytes:
    return _apdu(RLRE, u16(0))


def abort(reason: int) -> bytes:
    return _apdu(ABRT, u16(reason))


def _presented(invoke_id: int, choice: int, body: bytes) -> bytes:
    return _apdu(PRST, octets(u16(invoke_id) + u16(choice) + octets(body)))


def _apdu(choice: int, body: bytes) -> bytes:
    return u16(choice) + octets(body)
