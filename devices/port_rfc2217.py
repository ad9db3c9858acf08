"""A serial line behind a network box: `rfc2217://host:port?baud=9600&parity=E&stop=2`.

Telnet's COM port control option (RFC 2217) carries speed, parity and the modem lines beside the
bytes. Source: Serial and USB on Linux, section 6 and "Port names".
"""

from __future__ import annotations

import functools
from urllib.parse import urlsplit

import serial
import serial.rfc2217

from devices.port import Opener, PortError
from devices.port_pump import Pump
from devices.port_serial import LineSettings, parse_settings
from devices.port_tcp import parse_address

_WAIT_S = 0.25


def parse(url: str, default_baud: int) -> Opener:
    """What opens the line that `url` names; PortUrlError says what is wrong with it."""
    host, number = parse_address(url)
    line = parse_settings(url, urlsplit(url).query, default_baud)
    return functools.partial(Rfc2217Port, host, number, line)


class Rfc2217Port:
    """One line of a network box, which refuses settings that the line can't have."""

    def __init__(self, host: str, number: int, line: LineSettings) -> None:
        name = f"[{host}]" if ":" in host else host
        try:
            self._serial = serial.rfc2217.Serial(
                f"rfc2217://{name}:{number}",
                line.baud,
                parity=line.parity,
                stopbits=line.stop_bits,
                timeout=_WAIT_S,
            )
        except serial.SerialException as error:
            raise PortError("port_missing", str(error)) from error
        except ValueError as error:
            raise PortError("port_error", str(error)) from error
        self._pump = Pump(f"rfc2217-{number}", self._fetch)

    def fileno(self) -> int:
        return self._pump.fileno()

    def read_available(self) -> bytes:
        return self._pump.read_available()

    def write(self, data: bytes) -> int:
        try:
            self._serial.write(data)
        except serial.SerialException as error:
            raise PortError("unplugged", str(error)) from error
        return len(data)

    def close(self) -> None:
        self._pump.close()
        self._serial.close()

    def abandon(self) -> None:
        """The box decides for itself whom it serves: nothing to give back."""

    def _fetch(self) -> bytes:
        try:
            first = bytes(self._serial.read(1))
            return first + bytes(self._serial.read(self._serial.in_waiting)) if first else b""
        except serial.SerialException as error:
            raise PortError("unplugged", str(error)) from error
