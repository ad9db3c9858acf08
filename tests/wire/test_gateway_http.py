"""The HTTPS session: one request, one answer, and an honest word when there is none."""

from __future__ import annotations

import datetime
import gzip
import itertools
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.gateways.http import HttpAnswer, HttpClient
from kiosk.gateways.types import NoAnswer, Reason
from tests.wire.gateway_server import DAY, Server, authority, http


@pytest.fixture
def ca(tmp_path: Path) -> Path:
    return authority().write(tmp_path / "ca.pem")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(authority().context(tmp_path)) as running:
        yield running


def client(url: str, ca: Path | None, read: float = 5.0, connect: float = 5.0) -> HttpClient:
    return HttpClient(url, ca, connect, read)


def ask(it: HttpClient) -> HttpAnswer | NoAnswer:
    return it.send("POST", "/pay", {"X-Test": "1"}, b"body")


def test_an_answer_arrives_whole(server: Server, ca: Path) -> None:
    server.behaviour = lambda _seen: http(200, "好".encode(), X_Signature="abc")
    answer = ask(client(server.url, ca))
    assert isinstance(answer, HttpAnswer)
    assert (answer.status, answer.body) == (200, "好".encode())
    assert answer.headers["x-signature"] == "abc"
    [seen] = server.seen
    assert (seen.method, seen.target, seen.body) == ("POST", "/pay", b"body")
    assert seen.headers["connection"] == "close"


def test_each_request_has_its_own_connection(server: Server, ca: Path) -> None:
    it = client(server.url, ca)
    ask(it)
    ask(it)
    assert server.connections == 2


def refused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_refused_connection_sent_nothing(ca: Path) -> None:
    answer = ask(client(f"https://127.0.0.1:{refused_port()}", ca))
    assert answer == NoAnswer(Reason.UNREACHABLE, sent=False, detail="NewConnectionError")


def test_an_unknown_name_sent_nothing(ca: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: object, **_kw: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    answer = ask(client("https://biller.invalid", ca))
    assert isinstance(answer, NoAnswer)
    assert (answer.reason, answer.sent) == (Reason.NAME_UNKNOWN, False)


def test_a_connection_closed_before_tls_sent_nothing(server: Server, ca: Path) -> None:
    server.before_tls = lambda raw: raw.close()
    answer = ask(client(server.url, ca))
    assert isinstance(answer, NoAnswer)
    assert (answer.reason, answer.sent) == (Reason.UNREACHABLE, False)
    assert server.connections == 1


def test_a_silent_handshake_sent_nothing(server: Server, ca: Path) -> None:
    server.before_tls = lambda _raw: bool(server.released.wait(20)) and None
    answer = ask(client(server.url, ca, connect=0.2, read=0.2))
    assert isinstance(answer, NoAnswer)
    assert (answer.reason, answer.sent) == (Reason.UNREACHABLE, False)
    assert server.seen == []


Context = Callable[[Path], ssl.SSLContext]


@pytest.mark.parametrize(
    "context",
    [
        pytest.param(lambda p: authority("foreign").context(p), id="another authority"),
        pytest.param(lambda p: authority().context(p, "127.0.0.9"), id="another host"),
        pytest.param(
            lambda p: authority().context(p, begin=-2 * DAY, end=-datetime.timedelta(hours=1)),
            id="expired",
        ),
    ],
)
def test_a_wrong_certificate_gets_no_request(context: Context, tmp_path: Path, ca: Path) -> None:
    with Server(context(tmp_path)) as server:
        answer = ask(client(server.url, ca))
        assert isinstance(answer, NoAnswer)
        assert (answer.reason, answer.sent) == (Reason.CERTIFICATE, False)
    assert server.seen == []


def test_our_authority_is_not_among_the_public_ones(server: Server) -> None:
    answer = ask(client(server.url, None))
    assert isinstance(answer, NoAnswer)
    assert (answer.reason, answer.sent) == (Reason.CERTIFICATE, False)


def test_a_missing_or_broken_ca_file_sent_nothing(server: Server, tmp_path: Path) -> None:
    answer = ask(client(server.url, tmp_path / "none.pem"))
    assert answer == NoAnswer(Reason.CA_MISSING, sent=False)
    broken = tmp_path / "broken.pem"
    broken.write_text("not a certificate")
    answer = ask(client(server.url, broken))
    assert isinstance(answer, NoAnswer)
    assert not answer.sent
    assert server.seen == []


def test_a_ca_of_the_environment_is_not_used(
    server: Server, ca: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca))
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{refused_port()}")
    foreign = authority("foreign").write(tmp_path / "foreign.pem")
    answer = ask(client(server.url, foreign))
    assert isinstance(answer, NoAnswer)
    assert answer.reason is Reason.CERTIFICATE  # reached directly, and not believed
    assert isinstance(ask(client(server.url, ca)), HttpAnswer)


@pytest.mark.parametrize(
    "partial",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"HTTP/1.1 20", id="half a status line"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", id="half a body"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n12345", id="half a chunk"
        ),
        pytest.param(b"\x00\xff garbage\r\n\r\n", id="garbage"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", id="200 headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000, id="an endless header"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
            id="two lengths",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nabc", id="no chunk length"
        ),
    ],
)
def test_a_connection_broken_after_sending_leaves_it_open(
    partial: bytes, server: Server, ca: Path
) -> None:
    server.behaviour = lambda _seen: partial
    answer = ask(client(server.url, ca))
    assert isinstance(answer, NoAnswer)
    assert answer.sent
    assert answer.reason in (Reason.BROKEN, Reason.GARBAGE)
    assert server.connections == 1  # and it is not tried a second time


@pytest.mark.parametrize(
    "partial",
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"],
    ids=["before the status", "in the headers", "in the body"],
)
def test_silence_after_sending_leaves_it_open(partial: bytes, server: Server, ca: Path) -> None:
    server.behaviour = lambda _seen: partial
    server.after = lambda _secure: bool(server.released.wait(20)) and None
    answer = ask(client(server.url, ca, read=0.3))
    assert isinstance(answer, NoAnswer)
    assert (answer.reason, answer.sent) == (Reason.TIMEOUT, True)
    assert server.connections == 1


def test_a_trickling_body_ends_with_the_whole_time_out(server: Server, ca: Path) -> None:
    """Each chunk comes within the read time-out; the clock says that the sum does not."""
    server.behaviour = lambda _seen: http(200, b"x" * 100_000)
    ticks = itertools.count(0.0, 4.0)
    it = HttpClient(server.url, ca, 1.0, 5.0, monotonic=lambda: next(ticks))
    answer = ask(it)
    assert isinstance(answer, NoAnswer)
    assert (answer.reason, answer.sent) == (Reason.TIMEOUT, True)


def test_a_huge_body_is_not_swallowed(server: Server, ca: Path) -> None:
    server.behaviour = lambda _seen: http(200, b"x" * 2_000_000)
    answer = client(server.url, ca).send("POST", "/", {}, b"", max_body=1_000_000)
    assert answer == NoAnswer(Reason.TOO_LARGE)


def test_an_endless_chunked_body_is_cut(server: Server, ca: Path) -> None:
    chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
    server.behaviour = lambda _seen: (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 100
    )
    assert ask(client(server.url, ca)) == NoAnswer(Reason.TOO_LARGE)


def test_a_compressed_body_is_refused(server: Server, ca: Path) -> None:
    server.behaviour = lambda _seen: http(200, gzip.compress(b"x" * 10**7), Content_Encoding="gzip")
    answer = ask(client(server.url, ca))
    assert answer == NoAnswer(Reason.GARBAGE, detail="content_encoding")
    assert server.seen[0].headers["accept-encoding"] == "identity"


def test_a_redirect_is_an_answer_and_is_not_followed(server: Server, ca: Path) -> None:
    server.behaviour = lambda _seen: http(307, b"", Location=f"{server.url}/elsewhere")
    answer = ask(client(server.url, ca))
    assert isinstance(answer, HttpAnswer)
    assert answer.status == 307
    assert len(server.seen) == 1


def test_an_unavailable_server_is_not_asked_again(server: Server, ca: Path) -> None:
    server.behaviour = lambda _seen: http(503, b"", Retry_After="0")
    ask(client(server.url, ca))
    assert server.connections == 1


def test_cookies_are_not_kept(server: Server, ca: Path) -> None:
    server.behaviour = lambda _seen: http(200, b"", Set_Cookie="visit=1; Path=/")
    it = client(server.url, ca)
    ask(it)
    ask(it)
    assert "cookie" not in server.seen[1].headers


def test_plain_http_is_refused_when_built() -> None:
    with pytest.raises(ValueError, match="https"):
        client("http://127.0.0.1:1", None)


def test_a_header_that_would_split_is_never_sent(server: Server, ca: Path) -> None:
    answer = client(server.url, ca).send("POST", "/", {"X-App": "a\r\nX-Other: b"}, b"")
    assert isinstance(answer, NoAnswer)
    assert (answer.reason, answer.sent) == (Reason.BAD_ARGUMENT, False)
    assert server.connections == 0


def test_building_the_gateways_imports_neither_requests_nor_cryptography() -> None:
    code = (
        "import sys, pathlib as p\n"
        "from kiosk.gateways import factory as f, settings as s\n"
        "k = p.Path('/nowhere')\n"
        "f.make_biller(s.BillerSettings(base_url='https://b.invalid', app_id='a',"
        " private_key=k, server_public_key=k))\n"
        "bad = {'requests', 'urllib3', 'cryptography'} & set(sys.modules)\n"
        "sys.exit(','.join(bad) if bad else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_server_that_keeps_connections_open_gets_a_new_one_each_time(
    server: Server, ca: Path
) -> None:
    """A kept connection may die just as the next request leaves: an unknown out of nothing."""
    server.behaviour = lambda _seen: http(200, b"ok", Connection="keep-alive")
    server.after = lambda _secure: bool(server.released.wait(20)) and None
    it = client(server.url, ca)
    for _ in range(3):
        assert isinstance(ask(it), HttpAnswer)
    assert server.connections == 3
