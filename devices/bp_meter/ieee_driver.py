"""The manager's side of IEEE 11073-20601 with a blood-pressure meter (10407).

The meter begins: it associates, announces what it is, and reports each measurement. We confirm,
and ask only for its description. Between associations nobody can say whether it is there, so it
is `unknown` then, never ready. Source: blood-pressure meter protocol, 1a; Serial and USB on Linux,
"Liveness" (association, confirmed reports, the standard's time-outs).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import ClassVar, Self

from devices.bp_meter import ieee_apdu as a
from devices.bp_meter.ieee_config import (
    STANDARD,
    Configuration,
    Observation,
    parse_config,
    parse_scan,
)
from devices.bp_meter.mder import Reader, ShortError
from devices.driver import Driver, Notice, SettingsError
from devices.operations import Operation
from devices.status import (
    Cancelled,
    Completion,
    Failed,
    Level,
    OutcomeUnknown,
    Status,
    Success,
    TimedOut,
)

CONFIRM_S = 3.0
"""A question that isn't answered for so long ends the association (1a: 3 s)."""
CONFIG_S = 10.0
RELEASE_S = 3.0
HALF_S = 3.0
"""An APDU that stops half-way for so long is given up: a meter would have aborted by then."""
KNOWN_CONFIGS = 16
_MODEL, _SYSTEM_ID, _CONFIG_ID = 0x0928, 0x0984, 0x0A44


@dataclass(frozen=True, slots=True)
class ReadIdentity:
    """Ask the meter what it is; ends with Success(Identity)."""


@dataclass(frozen=True, slots=True)
class NextReading:
    """Wait for the next measurement; ends with Success(Observation), or never until cancelled."""


@dataclass(frozen=True, slots=True)
class Release:
    """End the association politely."""


@dataclass(frozen=True, slots=True)
class AbortAssociation:
    """End the association at once."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a meter says of itself; empty where it says nothing."""

    manufacturer: str
    model: str
    system_id: str
    config_id: int


class _Phase(Enum):
    UNASSOCIATED = auto()
    CONFIGURING = auto()
    OPERATING = auto()
    RELEASING = auto()


class IeeeMeter(Driver):
    """Each measurement is a Notice(Observation) too, whoever waits for it.

    ``trust_standard`` takes configuration 02BC for what the standard says it is; without, a meter
    announces its objects every time. ``manager_id`` is this machine's EUI-64.
    """

    device_begins: ClassVar[bool] = True
    operations: ClassVar[Mapping[str, Operation]] = {
        "identify": Operation("what the meter says of itself", ReadIdentity, waits_for_it=True),
        "measure": Operation("wait for the next reading", NextReading, patience_s=180.0),
        "release": Operation("end the association politely", Release, waits_for_it=True),
        "abort": Operation("end the association at once", AbortAssociation, waits_for_it=True),
    }

    def __init__(
        self, manager_id: bytes = bytes.fromhex("0200000000000000"), *, trust_standard: bool = True
    ) -> None:
        super().__init__()
        self._manager_id = manager_id
        self._trusted = {STANDARD.config_id: STANDARD} if trust_standard else {}
        self._announced: dict[tuple[str, int], Configuration] = {}
        self._decoder = a.Decoder()
        self._half_since: float | None = None
        self._phase = _Phase.UNASSOCIATED
        self._until: float | None = None
        self._meter, self._invoke_id = ("", 0), 0
        self._config: Configuration | None = None
        self._asked: int | None = None
        self._waiting: list[int] = []
        self._key = secrets.token_bytes(16)  # readings are remembered as hashes alone
        self._last_report = self._told = b""

    @classmethod
    def from_settings(cls, settings: Mapping[str, object]) -> Self:
        """`manager_id`: 16 hexadecimal digits; `trust_standard`: true or false."""
        unknown = sorted(set(settings) - {"manager_id", "trust_standard"})
        if unknown:
            raise SettingsError(f"unknown setting: {', '.join(unknown)}")
        trust = settings.get("trust_standard", True)
        if not isinstance(trust, bool):
            raise SettingsError("trust_standard is true or false")
        try:
            manager_id = bytes.fromhex(str(settings.get("manager_id", "0200000000000000")))
        except ValueError as error:
            raise SettingsError("manager_id is 16 hexadecimal digits") from error
        if len(manager_id) != 8:
            raise SettingsError("manager_id is 16 hexadecimal digits")
        return cls(manager_id, trust_standard=trust)

    # The stream.

    def _on_opened(self, now: float) -> None:
        self._decoder = a.Decoder()
        self._half_since = None
        self._part("not_associated", now)

    def _on_lost(self, now: float, reason: str) -> None:  # noqa: ARG002
        self._phase, self._until, self._config = _Phase.UNASSOCIATED, None, None

    def _on_received(self, data: bytes, now: float) -> None:
        for _, apdu in self._decoder.feed(data):
            self._take(apdu, now)
        if not self._decoder.pending:
            self._half_since = None
        elif self._half_since is None:
            self._half_since = now

    def _take(self, apdu: a.Apdu, now: float) -> None:
        match apdu:
            case a.AssociationRequest():
                self._associate(apdu, now)
            case a.EventReport() | a.ReleaseRequest() if self._phase is _Phase.UNASSOCIATED:
                # It believes in an association that our side of the line has lost: it is told,
                # and begins anew.
                self._send(a.abort(a.UNDEFINED))
            case a.ReleaseRequest():
                self._send(a.released())
                self._part("released", now)
            case a.ReleaseResponse():
                if self._phase is _Phase.RELEASING:
                    self._part("released", now)
            case a.Abort():
                self._part("aborted", now)
            case a.EventReport():
                self._report_event(apdu, now)
            case a.GetAnswer():
                self._identity(apdu, now)
            case a.Refused():
                if self._asked is not None and apdu.invoke_id == self._invoke_id:
                    self._end_question(Failed(f"{apdu.code:04X}", "the meter refused"), now)
            case a.Asked():
                if self._phase is _Phase.OPERATING:
                    self._send(a.reject(apdu))

    # The association.

    def _associate(self, request: a.AssociationRequest, now: float) -> None:
        if self._phase is not _Phase.UNASSOCIATED:
            # It has begun anew without saying so: what it thinks of us isn't known.
            self._abort(a.UNDEFINED, "aborted", now)
            return
        refusal = _refusal(request)
        if refusal:
            self._send(a.associate(refusal, self._manager_id))
            self._set_status(Status(Level.UNAVAILABLE, "other_device", f"result {refusal}"))
            return
        self._meter = (request.system_id, request.config_id)
        self._last_report = b""
        config = self._announced.get(self._meter) or self._trusted.get(request.config_id)
        if config is None:
            self._send(a.associate(a.ACCEPTED_UNKNOWN_CONFIG, self._manager_id))
            self._phase, self._until = _Phase.CONFIGURING, now + CONFIG_S
            self._set_status(Status(Level.UNKNOWN, "configuring"))
            return
        self._send(a.associate(a.ACCEPTED, self._manager_id))
        self._operate(config, now)

    def _operate(self, config: Configuration, now: float) -> None:
        self._config, self._phase, self._until = config, _Phase.OPERATING, None
        self._set_status(Status(Level.READY))
        self._start_next(now)

    def _part(self, reason: str, now: float) -> None:
        """The association is over; who waits for a reading waits for the next one."""
        self._phase, self._until, self._config = _Phase.UNASSOCIATED, None, None
        self._set_status(Status(Level.UNKNOWN, reason))
        for command_id in self.running:
            if isinstance(self._commands[command_id], Release):
                self._complete(command_id, Success(), now)
        if self._asked is not None:
            self._end_question(Failed(reason, "the association ended"), now)

    def _abort(self, why: int, reason: str, now: float) -> None:
        self._send(a.abort(why))
        self._part(reason, now)

    # Reports.

    def _report_event(self, event: a.EventReport, now: float) -> None:
        if event.kind == a.NOTI_CONFIG:
            self._configure(event, now)
        elif self._phase is _Phase.OPERATING and self._config is not None:
            if event.confirmed:
                self._send(a.confirm_event(event))
            self._hear(event, self._config, now)

    def _configure(self, event: a.EventReport, now: float) -> None:
        if self._phase not in (_Phase.CONFIGURING, _Phase.OPERATING):
            return
        try:
            config = parse_config(event.info)
        except ShortError:
            self._abort(a.UNDEFINED, "configuration_unreadable", now)
            return
        if not config.measures_pressure:
            self._abort(a.UNDEFINED, "other_device", now)
            self._set_status(Status(Level.UNAVAILABLE, "other_device"))
            return
        if event.confirmed:
            self._send(a.accept_config(event, config.config_id))
        self._announced[(self._meter[0], config.config_id)] = config
        while len(self._announced) > KNOWN_CONFIGS:
            del self._announced[next(iter(self._announced))]
        self._operate(config, now)

    def _hear(self, event: a.EventReport, config: Configuration, now: float) -> None:
        """Pass each reading on, once: a report whose confirmation was lost comes again.

        It comes again in the next association too, when the connection went with the
        confirmation: by then somebody else may be waiting, and it is not theirs. Only its time
        tells it from another measurement with the same values.
        """
        report = self._hash(event.info)
        if report == self._last_report:
            return
        try:
            found = parse_scan(event.kind, event.info, config)
        except (ShortError, ValueError) as error:
            self._set_status(Status(Level.ATTENTION, "report_unreadable", str(error)))
            return
        self._last_report = report
        self._set_status(Status(Level.READY))
        told, self._told = self._told, self._hash(repr((self._meter[0], found)).encode())
        if self._told == told and all(observation.time for observation in found):
            return
        for observation in found:
            self._report(Notice(observation))
        waiting, self._waiting = self._waiting, []
        for command_id in waiting:
            self._complete(command_id, Success(_one(found)), now)

    def _hash(self, data: bytes) -> bytes:
        return hashlib.blake2b(data, digest_size=16, key=self._key).digest()

    # Commands.

    def _runs_beside(self, command: object) -> bool:
        return isinstance(command, NextReading)

    def _on_submitted(self, command_id: int, command: object, now: float) -> None:
        if isinstance(command, NextReading):
            self._waiting.append(command_id)
        elif self._phase is not _Phase.OPERATING:
            why = Failed("not_associated", "the meter hasn't associated: wake it")
            self._complete(command_id, why, now)
        elif isinstance(command, ReadIdentity):
            self._invoke_id = (self._invoke_id + 1) & 0xFFFF
            self._asked, self._until = command_id, now + CONFIRM_S
            self._send(a.get_mds(self._invoke_id), command_id)
        elif isinstance(command, Release):
            self._phase, self._until = _Phase.RELEASING, now + RELEASE_S
            self._send(a.release(), command_id)
        elif isinstance(command, AbortAssociation):
            self._abort(a.UNDEFINED, "aborted", now)
            self._complete(command_id, Success(), now)
        else:
            name = type(command).__name__
            self._complete(command_id, Failed("not_supported", f"no {name} here"), now)

    def _identity(self, answer: a.GetAnswer, now: float) -> None:
        if self._asked is None or answer.invoke_id != self._invoke_id:
            return
        try:
            identity = _identity_of(answer.attributes, self._meter)
        except ShortError as error:
            self._end_question(Failed("unreadable", str(error)), now)
            return
        self._end_question(Success(identity), now)

    def _end_question(self, completion: Completion, now: float) -> None:
        command_id, self._asked = self._asked, None
        if self._phase is _Phase.OPERATING:
            self._until = None
        if command_id is not None:
            self._complete(command_id, completion, now)

    def _on_cancelled(self, command_id: int, now: float) -> None:
        if command_id in self._waiting:
            self._waiting.remove(command_id)
            self._complete(command_id, Cancelled(), now)
        elif command_id == self._asked:
            self._asked, self._until = None, None
            self._complete(command_id, Cancelled(), now)
        # A release runs to its end: the other side may have heard it.

    def _on_completed(self, command_id: int, now: float) -> None:  # noqa: ARG002
        if command_id == self._asked:
            self._asked = None
        if command_id in self._waiting:
            self._waiting.remove(command_id)

    def _completion_when_lost(self, command_id: int, reason: str) -> Completion:
        if command_id in self._waiting:
            # It may have measured and not been able to say so: the meter keeps the reading.
            return OutcomeUnknown(reason)
        return Failed("not_connected", "the meter is gone")

    # Time.

    def _on_ticked(self, now: float) -> None:
        if self._half_since is not None and now >= self._half_since + HALF_S:
            self._half_since = None
            for _, apdu in self._decoder.give_up():
                self._take(apdu, now)
            if self._decoder.pending:
                self._half_since = now
        if self._until is None or now < self._until:
            return
        self._until = None
        if self._phase is _Phase.CONFIGURING:
            self._abort(a.CONFIG_TIMEOUT, "configuration_missing", now)
        elif self._asked is not None:
            self._end_question(TimedOut(), now)
            self._abort(a.RESPONSE_TIMEOUT, "no_answer", now)
        elif self._phase is _Phase.RELEASING:
            self._abort(a.UNDEFINED, "released", now)

    def _next_tick(self) -> float | None:
        times = [x for x in (self._until,) if x is not None]
        if self._half_since is not None:
            times.append(self._half_since + HALF_S)
        return min(times, default=None)


def _refusal(request: a.AssociationRequest) -> int:
    """Why a request can't be accepted, 0 if it can."""
    if not request.version & a.VERSION_1:
        return a.UNSUPPORTED_VERSION
    if not request.protocol:
        return a.NO_COMMON_PROTOCOL
    return 0 if request.system_type == a.AGENT else a.REJECTED_PERMANENT


def _one(found: tuple[Observation, ...]) -> object:
    """One person's reading by itself, several as they are."""
    return found[0] if len(found) == 1 else found


def _identity_of(attributes: Mapping[int, bytes], meter: tuple[str, int]) -> Identity:
    manufacturer = model = ""
    if _MODEL in attributes:
        reader = Reader(attributes[_MODEL])
        manufacturer, model = _text(reader.octets()), _text(reader.octets())
    system_id, config_id = meter
    if _SYSTEM_ID in attributes:
        system_id = Reader(attributes[_SYSTEM_ID]).octets().hex()
    if _CONFIG_ID in attributes:
        config_id = Reader(attributes[_CONFIG_ID]).u16()
    return Identity(manufacturer, model, system_id, config_id)


def _text(data: bytes) -> str:
    return data.rstrip(b"\0").decode("ascii", "replace").strip()
