"""`ipp://` and `ipps://`: POSTs over real sockets, and every way in which they can fail."""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
import queue
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from devices.control import AddressRequest, Answer, ClassRequest, HttpAnswer, HttpRequest
from devices.http_post import MOST
from devices.port import Port, PortError, PortUrlError, open_port
from devices.port_ipp import MOST_AT_ONCE, IppPort

PATIENCE_S = 10.0
Talk = Callable[[socket.socket, bytes], None]
RESET = struct.pack("ii", 1, 0)


class Host:
    """A listener that hands each connection, with its first request, to ``talk``."""

    def __init__(self, talk: Talk, context: ssl.SSLContext | None = None) -> None:
        self._talk, self._context = talk, context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.heard: list[bytes] = []
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, scheme: str = "ipp", query: str = "") -> str:
        return f"{scheme}://127.0.0.1:{self.port}/ipp/print{query}"

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection:
                while request := request_of(connection):
                    self.heard.append(request)
                    self._talk(connection, request)
        except OSError:
            return  # the other side has gone


def request_of(connection: socket.socket) -> bytes:
    """Head and body of a request; b"" when none comes."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(4096)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        int(x.split(b":")[1]) for x in head.split(b"\r\n") if x.lower().startswith(b"content-le")
    )
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            return b""
        body += piece
    return head + b"\r\n\r\n" + body


def ok(connection: socket.socket, request: bytes) -> None:  # noqa: ARG001
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp; x=1\r\nContent-Length: 4\r\n\r\ngood"
    )


@pytest.fixture
def host() -> Iterator[Callable[..., Host]]:
    made: list[Host] = []

    def make(talk: Talk = ok, context: ssl.SSLContext | None = None) -> Host:
        made.append(Host(talk, context))
        return made[-1]

    yield make
    for one in made:
        one.stop()


Make = Callable[..., Host]


def post(url: str, *requests: HttpRequest) -> list[HttpAnswer]:
    """The answers to requests put one after the other."""
    port = open_port(url)
    try:
        return [ask(port, request) for request in requests]
    finally:
        port.close()


def ask(port: Port, request: HttpRequest) -> HttpAnswer:
    assert isinstance(port, IppPort)
    answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
    port.ask(request, answers.put)
    answer = answers.get(timeout=PATIENCE_S)
    assert isinstance(answer, HttpAnswer)
    return answer


QUESTION = HttpRequest(1, b"question", read_s=5.0)
GOOD = HttpAnswer(200, "application/ipp", b"good")


def test_a_question_and_its_answer(host: Make) -> None:
    there = host()
    assert post(there.url(), QUESTION) == [GOOD]
    head, _, body = there.heard[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /ipp/print HTTP/1.1\r\n")
    assert b"Content-Type: application/ipp\r\n" in head
    assert b"Transfer-Encoding" not in head
    assert body == b"question"


def test_questions_share_a_connection_and_what_must_not_be_said_twice_has_its_own(
    host: Make,
) -> None:
    there = host()
    once = HttpRequest(3, b"act", once=True)
    assert post(there.url(), QUESTION, QUESTION, once, QUESTION) == [GOOD] * 4
    assert there.connections == 2


@pytest.mark.parametrize("size", [0, 1, 100_000])
def test_a_document_follows_its_request(host: Make, tmp_path: Path, size: int) -> None:
    there = host()
    path = tmp_path / "a.pdf"
    path.write_bytes(b"x" * size)
    as_path = HttpRequest(1, b"print:", str(path), once=True)
    as_bytes = HttpRequest(2, b"print:", b"x" * size, once=True)
    assert post(there.url(), as_path, as_bytes) == [GOOD, GOOD]
    assert [x.partition(b"\r\n\r\n")[2] for x in there.heard] == [b"print:" + b"x" * size] * 2


def test_a_document_that_cannot_be_read_sends_nothing(host: Make, tmp_path: Path) -> None:
    there = host()
    for path in (tmp_path / "none.pdf", tmp_path):
        (answer,) = post(there.url(), HttpRequest(1, b"print:", str(path), once=True))
        assert (answer.reason, answer.sent, answer.status) == ("no_document", False, 0)
    assert there.heard == []


def test_nobody_there_is_known_for_certain() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    assert post(f"ipp://127.0.0.1:{number}/ipp/print", QUESTION) == [
        HttpAnswer(0, reason="refused", sent=False)
    ]


def _silence(connection: socket.socket, request: bytes) -> None:  # noqa: ARG001
    connection.recv(1)


def _hang_up(connection: socket.socket, request: bytes) -> None:  # noqa: ARG001
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()


def _half(connection: socket.socket, request: bytes) -> None:  # noqa: ARG001
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: 9\r\n\r\nab"
    )
    connection.shutdown(socket.SHUT_RDWR)


def _drip(connection: socket.socket, request: bytes) -> None:  # noqa: ARG001
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: 900\r\n\r\n"
    )
    connection.settimeout(0.1)
    while True:
        connection.sendall(b"x")
        try:
            connection.recv(1)
        except TimeoutError:
            continue
        return


def _flood(connection: socket.socket, request: bytes) -> None:  # noqa: ARG001
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\n\r\n")
    connection.sendall(bytes(MOST + 5000))


def _nonsense(connection: socket.socket, request: bytes) -> None:  # noqa: ARG001
    connection.sendall(b"\x00\x01\x02 hello\r\n\r\n")
    connection.close()


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (_silence, "no_answer"),
        (_hang_up, "broken"),
        (_half, "broken"),
        (_drip, "no_answer"),
        (_flood, "too_long"),
        (_nonsense, "broken"),
    ],
)
def test_what_went_and_was_not_answered_may_have_arrived(
    host: Make, talk: Talk, reason: str
) -> None:
    (answer,) = post(host(talk).url(), HttpRequest(1, b"act", once=True, read_s=0.3))
    assert answer == HttpAnswer(0, reason=reason, sent=True)


def test_a_web_page_and_an_error_are_told_as_they_are(host: Make) -> None:
    def page(connection: socket.socket, request: bytes) -> None:  # noqa: ARG001
        connection.sendall(
            b"HTTP/1.1 503 Later\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\nx"
        )

    assert post(host(page).url(), QUESTION) == [HttpAnswer(503, "text/html", b"x")]


def test_nobody_is_sent_elsewhere(host: Make) -> None:
    other = host()

    def away(connection: socket.socket, request: bytes) -> None:  # noqa: ARG001
        place = other.url("http").encode()
        connection.sendall(
            b"HTTP/1.1 307 Go\r\nLocation: " + place + b"\r\nContent-Length: 0\r\n\r\n"
        )

    assert post(host(away).url(), QUESTION)[0].status == 307
    assert other.connections == 0


def test_what_hangs_costs_its_thread_and_not_the_others(host: Make) -> None:
    there = host(_silence)
    port = open_port(there.url())
    assert isinstance(port, IppPort)
    answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
    for number in range(MOST_AT_ONCE):
        port.ask(HttpRequest(number, b"x", read_s=1.0), answers.put)
    port.ask(HttpRequest(9, b"x"), answers.put)
    assert answers.get(timeout=0.5) == HttpAnswer(0, reason="too_many", sent=False)
    late = [answers.get(timeout=PATIENCE_S) for _ in range(MOST_AT_ONCE)]
    assert late == [HttpAnswer(0, reason="no_answer")] * MOST_AT_ONCE
    port.close()


def test_after_closing_nobody_is_told_anything(host: Make) -> None:
    gate = threading.Event()

    def wait(connection: socket.socket, request: bytes) -> None:
        gate.wait(PATIENCE_S)
        ok(connection, request)

    there = host(wait)
    port = open_port(there.url())
    assert isinstance(port, IppPort)
    answers: list[Answer] = []
    before = set(threading.enumerate())
    port.ask(QUESTION, answers.append)
    (thread,) = [x for x in threading.enumerate() if x.name == "ipp-1" and x not in before]
    port.close()
    port.close()
    gate.set()
    thread.join(PATIENCE_S)
    assert answers == []


def test_a_port_without_bytes(host: Make) -> None:
    port = open_port(host().url())
    assert isinstance(port, IppPort)
    assert port.read_available() == b""
    with pytest.raises(PortError):
        port.write(b"ESC @")
    answers: list[Answer] = []
    port.ask(ClassRequest(1, 1), answers.append)
    port.ask(AddressRequest(), answers.append)
    assert answers == [None, port._own.encode()]
    port.abandon()
    port.close()


@pytest.mark.parametrize(
    "url",
    [
        "ipp://",
        "ipp:///ipp/print",
        "ipp://host:x/ipp/print",
        "ipp://host/ipp/print?ca=/x.pem",
        "ipps://host/ipp/print?pin=123",
        "ipps://host/ipp/print?pin=" + "0" * 64 + "&ca=/x.pem",
        "ipps://host/ipp/print?verify=no",
        "ipp://user:word@host/ipp/print",
    ],
)
def test_what_names_no_printer(url: str) -> None:
    with pytest.raises(PortUrlError):
        open_port(url)


# TLS.


class Authority:
    """A certificate authority of this test's own, and one certificate for 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        self.ca_file, self._chain = folder / "ca.pem", folder / "printer.pem"
        now = datetime.datetime.now(datetime.UTC)

        def build(
            subject: str, issuer: str, key: ec.EllipticCurvePrivateKey
        ) -> x509.CertificateBuilder:
            name = lambda text: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])  # noqa: E731
            return (
                x509.CertificateBuilder()
                .subject_name(name(subject))
                .issuer_name(name(issuer))
                .public_key(key.public_key())
                .serial_number(x509.random_serial_number())
                .not_valid_before(now - datetime.timedelta(days=1))
                .not_valid_after(now + datetime.timedelta(days=2))
            )

        ca_key, own_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        ca = build("authority", "authority", ca_key).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        own = build("printer", "authority", own_key).add_extension(names, critical=False)
        pem = serialization.Encoding.PEM
        self.ca_file.write_bytes(ca.sign(ca_key, hashes.SHA256()).public_bytes(pem))
        certificate = own.sign(ca_key, hashes.SHA256())
        self.pin = hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()
        plain = serialization.NoEncryption()
        key = own_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
        self._chain.write_bytes(certificate.public_bytes(pem) + key)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self._chain)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


def test_a_known_authority_or_the_one_certificate_is_trusted(
    host: Make, authority: Authority
) -> None:
    there = host(ok, authority.context)
    assert post(there.url("ipps", f"?ca={authority.ca_file}"), QUESTION, QUESTION) == [GOOD, GOOD]
    assert post(there.url("ipps", f"?pin={authority.pin}"), QUESTION) == [GOOD]


def test_nobody_else_hears_a_byte(host: Make, authority: Authority, tmp_path: Path) -> None:
    there = host(ok, authority.context)
    other = Authority(tmp_path)
    wrong = ("", f"?ca={other.ca_file}", f"?pin={other.pin}")
    for query in wrong:
        once = HttpRequest(1, b"secret", once=True)
        (answer,) = post(there.url("ipps", query), once)
        assert answer == HttpAnswer(0, reason="tls", sent=False), query
    assert there.heard == []


def test_a_printer_that_speaks_no_tls_is_not_spoken_to(host: Make) -> None:
    there = host()
    (answer,) = post(there.url("ipps"), HttpRequest(1, b"secret", once=True, read_s=0.5))
    assert (answer.status, answer.sent) == (0, False)
    assert there.heard == []
