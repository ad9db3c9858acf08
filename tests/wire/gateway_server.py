"""A small HTTPS server of the tests' own: each test says, byte by byte if need be, what it answers.

It shares nothing with the simulator's sandboxes. Certificates and keys are made at run time.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import functools
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

WALL = 1_790_000_000.0  # the time that the clients under test believe in
DAY = datetime.timedelta(days=1)


# --- keys


@functools.cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """A 2048-bit key of that name, made once for the test process."""
    del name
    return rsa.generate_private_key(65537, 2048)


def sign(name: str, text: bytes) -> str:
    signature = rsa_key(name).sign(text, padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(signature).decode()


def verifies(name: str, text: bytes, signature: str) -> bool:
    try:
        rsa_key(name).public_key().verify(
            base64.b64decode(signature), text, padding.PKCS1v15(), hashes.SHA256()
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def write_private(path: Path, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> Path:
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


def write_public(path: Path, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> Path:
    path.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return path


# --- certificates


class Authority:
    """A certificate authority of its own."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._cert = (
            self._builder(self._name, self._key, -DAY, DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def _builder(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        begin: datetime.timedelta,
        end: datetime.timedelta,
    ) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begin)
            .not_valid_after(now + end)
        )

    def write(self, path: Path) -> Path:
        path.write_bytes(self._cert.public_bytes(serialization.Encoding.PEM))
        return path

    def context(
        self,
        folder: Path,
        address: str = "127.0.0.1",
        begin: datetime.timedelta = -DAY,
        end: datetime.timedelta = DAY,
    ) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        certificate = (
            self._builder(subject, key, begin, end)
            .add_extension(names, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        key_file = write_private(folder / "server-key.pem", key)
        cert_file = folder / "server.pem"
        cert_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert_file, key_file)
        return context


@functools.cache
def authority(name: str = "trusted") -> Authority:
    return Authority(name)


# --- the server


@dataclass(frozen=True)
class Seen:
    """A request as it arrived; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


Behaviour = Callable[[Seen], bytes]


def http(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A whole answer; `_` in header names stands for `-`."""
    fields = {
        "Content-Length": str(len(body)),
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode("latin-1") + body


@dataclass
class Server:
    """Accepts, speaks TLS, reads one request, sends what `behaviour` returns, closes.

    `before_tls` runs on the bare connection and may close it or stay silent until `released`.
    `after` runs when the answer has been sent, with the connection still open.
    """

    context: ssl.SSLContext
    behaviour: Behaviour = lambda _seen: http(200)
    before_tls: Callable[[socket.socket], None] = lambda _raw: None
    after: Callable[[ssl.SSLSocket], None] = lambda _secure: None
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    released: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Server:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._acceptor = threading.Thread(target=self._accept)
        self._acceptor.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.released.set()
        # Closing a listening socket does not wake accept(); shutting it down does.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._acceptor.join()
        for thread in self._threads:
            thread.join()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                raw, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(raw,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, raw: socket.socket) -> None:
        raw.settimeout(20)
        # The client under test breaks connections off as it likes: OSError is expected here.
        with raw, contextlib.suppress(OSError):
            self.before_tls(raw)
            with self.context.wrap_socket(raw, server_side=True) as secure:
                request = _read_request(secure)
                if request is None:
                    return
                self.seen.append(request)
                secure.sendall(self.behaviour(request))
                self.after(secure)


def _read_request(secure: ssl.SSLSocket) -> Seen | None:
    with secure.makefile("rb") as stream:
        first = stream.readline().decode("latin-1").split(" ")
        if len(first) != 3:
            return None
        headers: dict[str, str] = {}
        while (line := stream.readline().decode("latin-1").rstrip("\r\n")) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", "0")))
    return Seen(first[0], first[1], headers, body)


def dumps(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
