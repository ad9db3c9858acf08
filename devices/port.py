"""Byte streams to devices behind one small interface, whatever carries them.

A port never blocks in reading or writing: `read_available` and `write` take what is there to
take, and the worker's selector waits. What a URL's scheme means stands in the module of that
scheme, which is imported when it is first asked for. Sources: Serial and USB on Linux, "Port
names"; Design, "Devices" (stable path, exclusive, write time-out); requirements R11 and R13.
"""

from __future__ import annotations

import errno
import importlib
from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import urlsplit


class PortError(OSError):
    """The port is gone or can't be opened.

    `reason` is a stable code: "port_missing", "port_busy", "port_forbidden", "port_error" or
    "unplugged"; the text is the system's own words.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class PortUrlError(ValueError):
    """The text doesn't name a port; the message says what is allowed."""


class Port(Protocol):
    """One open byte stream. Every method may raise PortError but `close` and `abandon`."""

    def fileno(self) -> int:
        """The descriptor a selector can wait for; another one once a listener has its caller."""
        ...

    def read_available(self) -> bytes:
        """What has arrived, b"" if nothing has."""
        ...

    def write(self, data: bytes) -> int:
        """Hand over as much of `data` as is taken without waiting; how many bytes that was."""
        ...

    def close(self) -> None:
        """Close. Idempotent; can hang in the kernel, so a watchdog looks on."""
        ...

    def abandon(self) -> None:
        """Let others open the same device although this port's owner hangs in a call on it."""
        ...


Opener = Callable[[], Port]
"""Opens one port; PortError if that fails."""

# Scheme → module and function. The function gets the whole URL and the line speed where the URL
# doesn't say it (bits a second), raises PortUrlError for a name it can't read, and touches nothing:
# what it returns opens the port.
_SCHEMES: Mapping[str, tuple[str, str]] = {
    "": ("devices.port_serial", "parse"),
    "serial": ("devices.port_serial", "parse"),
    "rfc2217": ("devices.port_rfc2217", "parse"),
    "tcp": ("devices.port_tcp", "parse"),
    "tcp-listen": ("devices.port_tcp", "parse_listen"),
    "input": ("devices.port_input", "parse"),
    "usb": ("devices.port_usb", "parse"),
    "usbip": ("devices.port_usb", "parse_usbip"),
    "ipp": ("devices.port_ipp", "parse"),
    "ipps": ("devices.port_ipp", "parse"),
    "sane": ("devices.port_sane", "parse"),
}


def schemes() -> tuple[str, ...]:
    """Every scheme a port's URL can have."""
    return tuple(scheme for scheme in _SCHEMES if scheme)


def opener(url: str, default_baud: int = 9600) -> Opener:
    """What opens the port that `url` names. Nothing is opened yet; PortUrlError for a bad name."""
    if url.startswith("/"):
        scheme = ""
    else:
        try:
            scheme = urlsplit(url).scheme or url
        except ValueError as error:
            raise PortUrlError(f"{url}: {error}") from error
    if scheme not in _SCHEMES:
        known = ", ".join(f"{name}://" for name in schemes())
        raise PortUrlError(f"{url}: a port is an absolute path or begins with one of {known}")
    module, name = _SCHEMES[scheme]
    parse: Callable[[str, int], Opener] = getattr(importlib.import_module(module), name)
    return parse(url, default_baud)


def open_port(url: str, default_baud: int = 9600) -> Port:
    """Open the port that `url` names; PortError if that fails, PortUrlError for a bad name."""
    return opener(url, default_baud)()


_REASONS = {
    errno.ENOENT: "port_missing",
    errno.ENODEV: "port_missing",
    errno.ENXIO: "port_missing",
    errno.EACCES: "port_forbidden",
    errno.EPERM: "port_forbidden",
    errno.EBUSY: "port_busy",
    errno.EAGAIN: "port_busy",
    errno.EADDRINUSE: "port_busy",
}


def reason_of(error: OSError) -> str:
    """PortError's code for an error of the system met in opening."""
    return _REASONS.get(error.errno or 0, "port_error")
