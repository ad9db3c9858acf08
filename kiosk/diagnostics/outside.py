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
_EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL


@dataclass(frozen=True, slots=True)
class Look:
    """``trouble``: "", "name", "unreachable", "expired", "untrusted", "ca_missing" or "tls".

    ``certificate_ends``: wall seconds; ``clock_off_s``: how far this machine's clock is ahead.
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
        expired = error.verify_code == _EXPIRED
        ends = _ends_unverified(host, port, patience_s)
        return Look("expired" if expired else "untrusted", ends, None, error.verify_message)
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


def _ends_unverified(host: str, port: int, patience_s: float) -> float | None:
    """Until when a certificate was good that isn't trusted."""
    from cryptography import x509

    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), patience_s) as plain,
            context.wrap_socket(plain, server_hostname=host) as sock,
        ):
            told = sock.getpeercert(binary_form=True)
    except OSError:
        return None
    return x509.load_der_x509_certificate(told).not_valid_after_utc.timestamp() if told else None
