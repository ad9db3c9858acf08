"""Looking at an HTTPS address without asking it for anything of anybody's.

One connection, one ``HEAD /`` without a signature: whether the name is known, somebody listens,
the certificate is good and until when, and what time it is there (the ``Date`` header, RFC 9110
6.6.1, whole seconds). Whoever runs the gateway sees no more than a visitor's request.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

PATIENCE_S = 5.0
_NOT_YET, _EXPIRED = 9, 10  # X509_V_ERR_CERT_NOT_YET_VALID, …_HAS_EXPIRED of OpenSSL
_OF_TIME = {_NOT_YET: "not_yet", _EXPIRED: "expired"}


@dataclass(frozen=True, slots=True)
class Look:
    """``trouble``: "", "name", "unreachable", "expired", "not_yet", "untrusted", "ca_missing" or
    "tls".

    ``certificate_ends``: wall seconds; ``clock_off_s``: how far this machine's clock is ahead. Of
    a certificate that isn't good now, the clock of its owner says which of the two is wrong: it
    is believed as much as a stranger's watch, and no money depends on it.
    """

    trouble: str
    certificate_ends: float | None = None
    clock_off_s: float | None = None
    detail: str = ""


def host_of(base_url: str) -> str:
    """Host and port of an address, which is all that anybody needs to be told of it."""
    parts = urlsplit(base_url)
    return f"{parts.hostname or ''}:{parts.port or 443}"


def look(
    base_url: str,
    ca_file: Path | None,
    patience_s: float = PATIENCE_S,
    wall: Callable[[], float] = time.time,
) -> Look:
    """Look at the address once. Never raises for what the network does."""
    parts = urlsplit(base_url)
    host, port = parts.hostname or "", parts.port or 443
    if ca_file is not None and not ca_file.is_file():
        return Look("ca_missing", detail=str(ca_file))
    try:
        context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError) as error:
        return Look("ca_missing", detail=type(error).__name__)
    connection = http.client.HTTPSConnection(host, port, timeout=patience_s, context=context)
    try:
        connection.connect()
        ends = _ends(connection.sock)
        off = _clock(connection, parts.path, wall)
    except ssl.SSLCertVerificationError as error:
        trouble = _OF_TIME.get(error.verify_code, "untrusted")
        ends, off = _unverified(host, port, parts.path, patience_s, wall)
        off = off if error.verify_code in _OF_TIME else None
        return Look(trouble, ends, off, error.verify_message)
    except socket.gaierror:
        return Look("name", detail=host)
    except ssl.SSLError as error:
        return Look("tls", detail=str(error.reason))
    except (OSError, http.client.HTTPException) as error:
        return Look("unreachable", detail=type(error).__name__)
    finally:
        connection.close()
    return Look("", ends, off)


def _clock(
    connection: http.client.HTTPSConnection, path: str, wall: Callable[[], float]
) -> float | None:
    """How far this machine's clock is ahead, None if the other side doesn't say."""
    before = wall()
    connection.request("HEAD", path or "/", headers={"User-Agent": "cabin-kiosk"})
    told = connection.getresponse().getheader("Date")
    middle = (before + wall()) / 2
    if told is None:
        return None
    with contextlib.suppress(ValueError, TypeError):
        # The header's second has run for half a second on the average.
        return round(middle - parsedate_to_datetime(told).timestamp() - 0.5, 1)
    return None


def _ends(sock: object) -> float | None:
    if not isinstance(sock, ssl.SSLSocket):
        return None
    told = (sock.getpeercert() or {}).get("notAfter")
    return float(ssl.cert_time_to_seconds(str(told))) if told else None


def _unverified(
    host: str, port: int, path: str, patience_s: float, wall: Callable[[], float]
) -> tuple[float | None, float | None]:
    """Until when a certificate was good that isn't trusted, and how far our clock is ahead."""
    from cryptography import x509

    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = http.client.HTTPSConnection(host, port, timeout=patience_s, context=context)
    ends: float | None = None
    try:
        connection.connect()
        sock = connection.sock
        told = sock.getpeercert(binary_form=True) if isinstance(sock, ssl.SSLSocket) else None
        if told:
            ends = x509.load_der_x509_certificate(told).not_valid_after_utc.timestamp()
        return ends, _clock(connection, path, wall)
    except (OSError, http.client.HTTPException):
        return ends, None
    finally:
        connection.close()
