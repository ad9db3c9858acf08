"""Serial lines: `serial:///dev/x?baud=9600&parity=E&stop=2`, or a bare absolute path.

Sources: Serial and USB on Linux, "Port names"; requirements R11 (exclusive) and R13.
"""

from __future__ import annotations

import fcntl
import functools
import os
import termios
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import serial

from devices.port import Opener, PortError, PortUrlError, reason_of

_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How a line is set: `baud` in bits a second, `parity` one of N, E, O."""

    baud: int = 9600
    parity: str = "N"
    stop_bits: int = 1


def parse(url: str, default_baud: int) -> Opener:
    """What opens the serial line that `url` names; PortUrlError says what is wrong with it."""
    path, line = parse_line(url, default_baud)
    return functools.partial(SerialPort, path, line)


def parse_line(url: str, default_baud: int) -> tuple[str, LineSettings]:
    """The path and the line's settings that `url` names. Raises PortUrlError."""
    if url.startswith("/"):
        return url, LineSettings(default_baud)
    parts = urlsplit(url)
    if parts.netloc or not parts.path.startswith("/"):
        raise PortUrlError(f"{url}: a serial port is written serial:///dev/name?baud=9600")
    return parts.path, parse_settings(url, parts.query, default_baud)


def parse_settings(url: str, query: str, default_baud: int) -> LineSettings:
    """The settings in a URL's query. Raises PortUrlError, which quotes `url`."""
    options = dict(parse_qsl(query))
    unknown = sorted(set(options) - {"baud", "parity", "stop"})
    if unknown:
        raise PortUrlError(f"{url}: unknown option {unknown[0]}; baud, parity and stop are known")
    baud, stop = options.get("baud", str(default_baud)), options.get("stop", "1")
    parity = options.get("parity", "N")
    if not (baud.isascii() and baud.isdecimal() and 50 <= int(baud) <= 4_000_000):
        raise PortUrlError(f"{url}: baud is a number from 50 to 4000000")
    if parity not in ("N", "E", "O"):
        raise PortUrlError(f"{url}: parity is N, E or O")
    if stop not in ("1", "2"):
        raise PortUrlError(f"{url}: stop is 1 or 2")
    return LineSettings(int(baud), parity, int(stop))


class SerialPort:
    """A serial line through pyserial: exclusive, and never waiting."""

    def __init__(self, path: str, line: LineSettings) -> None:
        try:
            self._serial = serial.Serial(
                path,
                line.baud,
                parity=line.parity,
                stopbits=line.stop_bits,
                timeout=0,
                write_timeout=1.0,
                exclusive=True,
            )
        except OSError as error:
            raise PortError(reason_of(error), str(error)) from error
        except (termios.error, ValueError) as error:
            # The line went while it was being set, or it can't do that speed.
            raise PortError("port_error", str(error)) from error

    def fileno(self) -> int:
        return int(self._serial.fileno())

    def read_available(self) -> bytes:
        try:
            return bytes(self._serial.read(_CHUNK))
        except OSError as error:
            raise PortError("unplugged", str(error)) from error

    def write(self, data: bytes) -> int:
        # pyserial's own write spins on EAGAIN when its time-out is zero, and with a longer one
        # doesn't say how much was taken when it expires: the descriptor is asked directly. It
        # doesn't wait; the time-out for the whole is the worker's.
        try:
            return os.write(self.fileno(), data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise PortError("unplugged", str(error)) from error

    def close(self) -> None:
        self._serial.close()

    def abandon(self) -> None:
        # The lock lies on the open file, not on the thread: given back, another open succeeds
        # while this one still hangs.
        fcntl.flock(self.fileno(), fcntl.LOCK_UN)
