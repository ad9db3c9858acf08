"""IEEE 11073-10407: what a blood-pressure meter's objects are, and what its reports mean with that.

Source: blood-pressure meter protocol, 1a (configuration 02BC, event types, attribute numbers).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from devices.bp_meter.ieee_apdu import (
    SCAN_FIXED,
    SCAN_PERSONS_FIXED,
    SCAN_PERSONS_VARIABLE,
    SCAN_VARIABLE,
)
from devices.bp_meter.mder import Reader, ShortError, absolute_time, sfloat

STANDARD_CONFIG = 0x02BC

_TYPE, _UNIT, _VALUE_MAP, _METRIC_ID_LIST = 0x092F, 0x0996, 0x0A55, 0x0A76
_COMPOUND_BASIC, _BASIC, _TIME = 0x0A75, 0x0A4C, 0x0990
_PRESSURE, _SYSTOLIC, _DIASTOLIC, _MEAN, _PULSE = 0x4A04, 0x4A05, 0x4A06, 0x4A07, 0x482A
_MMHG, _KPA = 0x0F20, 0x0F00
_MMHG_IN_KPA = 7.50062


@dataclass(frozen=True, slots=True)
class Numeric:
    """One of a meter's numbers: what it measures, in which unit, and how a fixed report lays it.

    ``value_map``: attribute number and length in bytes, in the order of a fixed report.
    """

    kind: int
    unit: int = 0
    parts: tuple[int, ...] = ()
    value_map: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """A meter's objects by their handle."""

    config_id: int
    numerics: Mapping[int, Numeric] = field(default_factory=dict)

    @property
    def measures_pressure(self) -> bool:
        """Whether it is a blood-pressure meter's."""
        return any(x.kind == _PRESSURE for x in self.numerics.values())


STANDARD = Configuration(
    STANDARD_CONFIG,
    {
        1: Numeric(
            _PRESSURE,
            _MMHG,
            (_SYSTOLIC, _DIASTOLIC, _MEAN),
            ((_COMPOUND_BASIC, 10), (_TIME, 8)),
        ),
        2: Numeric(_PULSE, 0x0AA0, (), ((_BASIC, 2), (_TIME, 8))),
    },
)


@dataclass(frozen=True, slots=True)
class Observation:
    """What one report says of one person: mmHg and beats a minute, None for "no reading".

    ``person`` is the meter's own number for a person, 0 where it knows only one. ``time`` is the
    meter's clock.
    """

    systolic: float | None = None
    diastolic: float | None = None
    mean: float | None = None
    pulse: float | None = None
    time: str | None = None
    person: int = 0


def parse_config(info: bytes) -> Configuration:
    """The configuration that a meter announces. Raises `ShortError` if it ends early."""
    reader = Reader(info)
    config_id = reader.u16()
    numerics = {}
    for item in reader.items():
        item.u16()  # the object's class: its type below says more
        handle = item.u16()
        numerics[handle] = _numeric({x.u16(): x.octets() for x in item.items()})
    return Configuration(config_id, numerics)


def _numeric(attributes: Mapping[int, bytes]) -> Numeric:
    kind = unit = 0
    if _TYPE in attributes:
        reader = Reader(attributes[_TYPE])
        reader.u16()  # the nomenclature's partition
        kind = reader.u16()
    if _UNIT in attributes:
        unit = Reader(attributes[_UNIT]).u16()
    parts = tuple(x.u16() for x in _list(attributes.get(_METRIC_ID_LIST)))
    value_map = tuple((x.u16(), x.u16()) for x in _list(attributes.get(_VALUE_MAP)))
    return Numeric(kind, unit, parts, value_map)


def _list(data: bytes | None) -> Iterator[Reader]:
    return Reader(data).items() if data is not None else iter(())


def parse_scan(kind: int, info: bytes, config: Configuration) -> tuple[Observation, ...]:
    """What a report says, one observation a person; objects that aren't known are passed over.

    Raises `ShortError` if the report ends early, ValueError for a kind that is no scan report.
    """
    reader = Reader(info)
    reader.u16()  # the request it answers: F000, the meter began by itself
    reader.u16()  # the report's number
    if kind in (SCAN_FIXED, SCAN_VARIABLE):
        return (_person(0, reader, config, fixed=kind == SCAN_FIXED),)
    if kind in (SCAN_PERSONS_FIXED, SCAN_PERSONS_VARIABLE):
        fixed = kind == SCAN_PERSONS_FIXED
        return tuple(_person(x.u16(), x, config, fixed=fixed) for x in reader.items())
    raise ValueError(f"event type {kind:04X} is no scan report")


def _person(person: int, reader: Reader, config: Configuration, *, fixed: bool) -> Observation:
    values: dict[str, float | None] = {}
    time: str | None = None
    for item in reader.items():
        numeric = config.numerics.get(item.u16())
        if fixed:
            data = Reader(item.octets())
            attributes = _laid_out(numeric, data)
        else:
            attributes = [(x.u16(), x.octets()) for x in item.items()]
        if numeric is None:
            continue
        for number, value in attributes:
            if number == _TIME:
                time = absolute_time(value)
            else:
                values.update(_values(numeric, number, value))
    return Observation(**values, time=time, person=person)


def _laid_out(numeric: Numeric | None, data: Reader) -> list[tuple[int, bytes]]:
    """A fixed report's bytes by the object's map."""
    if numeric is None:
        return []
    return [(number, data.take(length)) for number, length in numeric.value_map]


def _values(numeric: Numeric, attribute: int, data: bytes) -> dict[str, float | None]:
    """The numbers of one attribute, by the field of an observation."""
    if attribute == _BASIC and numeric.kind == _PULSE:
        return {"pulse": sfloat(Reader(data).u16())}
    if attribute != _COMPOUND_BASIC or numeric.kind != _PRESSURE:
        return {}
    names = {_SYSTOLIC: "systolic", _DIASTOLIC: "diastolic", _MEAN: "mean"}
    found = [sfloat(x.u16()) for x in Reader(data).items()]
    if len(found) != len(numeric.parts):
        raise ShortError(f"{len(found)} numbers for {len(numeric.parts)} names")
    return {
        names[part]: _mmhg(value, numeric.unit)
        for part, value in zip(numeric.parts, found, strict=True)
        if part in names
    }


def _mmhg(value: float | None, unit: int) -> float | None:
    """Pressure in mmHg; a unit that is neither mmHg nor kPa is no reading."""
    if value is None or unit == _MMHG:
        return value
    return round(value * _MMHG_IN_KPA, 1) if unit == _KPA else None
