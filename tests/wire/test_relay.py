"""The upload relay over real TLS: a phone, a kiosk, and people who mean no good."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.gateways.types import NoAnswer, Reason
from kiosk.relay.client import Arrived, Fetched, Gone, Lost, NotYet, RelayClient, Waiting
from kiosk.relay.server import ServerLimits
from kiosk.relay.slots import SlotLimits
from tests.support import print_files as files
from tests.support.relay import KEY, RunningRelay, running_relay, wait_for

LIMITS = ServerLimits(head_s=0.6, body_s=1.0, idle_s=0.6, linger_s=2.0, linger_max=8 << 20)
SMALL = SlotLimits(file_max=1 << 20, total_max=2 << 20)


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RunningRelay]:
    with running_relay(tmp_path, SMALL, LIMITS) as relay:
        yield relay


def test_from_the_phone_to_the_kiosk(
    relay: RunningRelay, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client = relay.client()
    slot = relay.slot()
    assert len(slot.token) == 22  # 128 bits in base64
    assert slot.url == f"{relay.url}/u/{slot.token}"
    assert client.look(slot) is Waiting.FOR_PHONE
    assert isinstance(client.fetch(slot, tmp_path / "file"), NotYet)
    page = relay.get(slot.url)
    assert page.status_code == 200
    assert "<script" not in page.text and "一次一个" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "script-src" not in page.headers["Content-Security-Policy"]
    data = files.good_pdf()
    done = relay.upload(slot.url, data, "体检报告.pdf")
    assert done.status_code == 200 and "收到了" in done.text
    assert client.look(slot) == Arrived("体检报告.pdf", len(data))
    assert client.fetch(slot, tmp_path / "file") == Fetched(len(data))
    assert (tmp_path / "file").read_bytes() == data
    # Once: the relay knows nothing any more.
    assert isinstance(client.fetch(slot, tmp_path / "again"), Gone)
    assert isinstance(client.look(slot), Gone)
    assert not (tmp_path / "again").exists()
    assert relay.slots.held() == (0, 0)
    assert relay.get(slot.url).status_code == 404
    for secret in (slot.token, "体检报告", KEY.hex()):
        assert secret not in caplog.text
    assert slot.token not in repr(slot) and "体检" not in repr(client.look(slot))


def test_one_file_an_address(relay: RunningRelay, tmp_path: Path) -> None:
    slot = relay.slot()
    first = files.good_pdf(1)
    assert relay.upload(slot.url, first).status_code == 200
    again = relay.upload(slot.url, files.good_pdf(2))
    assert again.status_code == 409 and "已经有一个文件了" in again.text
    assert relay.get(slot.url).status_code == 409
    assert relay.client().fetch(slot, tmp_path / "file") == Fetched(len(first))


def test_everything_ends_after_ten_minutes(relay: RunningRelay, tmp_path: Path) -> None:
    waiting, ready = relay.slot(), relay.slot()
    relay.upload(ready.url, files.good_pdf())
    relay.clock.now += 599
    assert relay.client().look(waiting) is Waiting.FOR_PHONE
    relay.clock.now += 1
    assert relay.slots.held() == (0, 0)
    assert relay.upload(waiting.url, files.good_pdf()).status_code == 404
    assert isinstance(relay.client().fetch(ready, tmp_path / "file"), Gone)


def test_the_visit_ends(relay: RunningRelay) -> None:
    slot = relay.slot()
    relay.upload(slot.url, files.good_pdf())
    assert relay.client().drop(slot)
    assert relay.slots.held() == (0, 0)
    assert relay.client().drop(slot)


def test_what_is_not_a_document_is_refused_and_may_be_tried_again(relay: RunningRelay) -> None:
    slot = relay.slot()
    for data, code, words in (
        (b"MZ an exe", 415, "PDF"),
        (b"", 400, "没有选文件"),
        (files.good_pdf(), 200, "收到了"),
    ):
        answer = relay.upload(slot.url, data)
        assert (answer.status_code, words in answer.text) == (code, True)


def test_too_big(relay: RunningRelay, tmp_path: Path) -> None:
    slot = relay.slot()
    pdf = files.good_pdf()
    for extra in (1, 70 << 10, 3 << 20):  # within the form's own overhead, and far beyond it
        answer = relay.upload(slot.url, pdf + bytes((1 << 20) - len(pdf) + extra))
        assert answer.status_code == 413 and "1 MB" in answer.text, extra
    assert relay.client().look(slot) is Waiting.FOR_PHONE
    whole = pdf + bytes((1 << 20) - len(pdf))
    assert relay.upload(slot.url, whole).status_code == 200
    assert relay.client().fetch(slot, tmp_path / "file") == Fetched(1 << 20)


def test_memory_is_bounded_in_all(relay: RunningRelay) -> None:
    pdf = files.good_pdf()
    whole = pdf + bytes((1 << 20) - len(pdf))
    slots = [relay.slot() for _ in range(3)]
    codes = [relay.upload(slot.url, whole).status_code for slot in slots]
    assert codes == [200, 200, 503]
    assert relay.slots.held()[1] <= SMALL.total_max


def test_addresses_are_bounded_for_each_cabin(relay: RunningRelay) -> None:
    for _ in range(4):
        relay.slot()
    answer = relay.client().open()
    assert answer == NoAnswer(Reason.TOO_OFTEN)
    assert not isinstance(relay.client("3802", KEY[::-1]).open(), NoAnswer)


def test_another_cabin_sees_nothing(relay: RunningRelay, tmp_path: Path) -> None:
    slot = relay.slot()
    relay.upload(slot.url, files.good_pdf())
    other = relay.client("3802", KEY[::-1])
    assert isinstance(other.look(slot), Gone)
    assert isinstance(other.fetch(slot, tmp_path / "file"), Gone)
    assert other.drop(slot)
    assert isinstance(relay.client().look(slot), Arrived)


def test_only_signed_requests_of_kiosks_are_heard(relay: RunningRelay) -> None:
    slot = relay.slot()
    ca = relay.folder / "ca.pem"
    settings = relay.settings()
    nonce = "ab" * 16
    strangers = [
        relay.client("3801", bytes(32)),
        relay.client("9999", KEY),
        RelayClient(settings, wall=lambda: 1_000_000_000.0),
        RelayClient(settings, nonce=lambda: "not hex"),
    ]
    for client in strangers:
        assert client.open() == NoAnswer(Reason.REFUSED, detail="403")
        assert client.look(slot) == NoAnswer(Reason.REFUSED, detail="403")
    twice = RelayClient(settings, nonce=lambda: nonce)
    assert twice.look(slot) is Waiting.FOR_PHONE
    assert twice.look(slot) == NoAnswer(Reason.REFUSED, detail="403")
    for path in ("/v1/slots", f"/v1/slots/{slot.token}", "/v1/"):
        assert relay.get(relay.url + path).status_code == 403
    (relay.folder / "short.key").write_text("abcd")
    unreadable = RelayClient(
        type(settings)(base_url=relay.url, cabin="3801", key=relay.folder / "short.key", ca_file=ca)
    )
    assert unreadable.open() == NoAnswer(Reason.KEY_UNREADABLE, sent=False)


def test_nothing_else_is_served(relay: RunningRelay) -> None:
    slot = relay.slot()
    paths = (
        "/",
        "/u/",
        "/u",
        "/u/" + "A" * 22,
        f"/u/{slot.token}/",
        f"/u/{slot.token}x",
        f"/u/{slot.token[:-1]}",
        f"/U/{slot.token}",
        "/u/../../../../etc/passwd",
        "/u/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/u/..%00",
        "/favicon.ico",
        "/robots.txt",
    )
    bodies = set()
    for path in paths:
        with relay.connect() as raw:
            raw.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            head, _, body = read_all(raw).partition(b"\r\n\r\n")
            assert re.match(rb"HTTP/1.\d 404 ", head), path
            bodies.add(body)
    assert len(bodies) == 1  # a wrong address looks like an old one


def read_all(raw: object) -> bytes:
    data = b""
    while chunk := raw.recv(65536):  # type: ignore[attr-defined]
        data += chunk
    return data


FORM = b"Content-Type: multipart/form-data; boundary=b"
FORMS = {
    "no length": b"Content-Type: multipart/form-data; boundary=b\r\n\r\n--b--",
    "in pieces": b"Transfer-Encoding: chunked\r\nContent-Type: multipart/form-data; boundary=b"
    b"\r\n\r\n5\r\n--b--\r\n0\r\n\r\n",
    "no boundary": b"Content-Type: multipart/form-data\r\nContent-Length: 5\r\n\r\n--b--",
    "no form": b"Content-Type: application/pdf\r\nContent-Length: 5\r\n\r\n%PDF-",
    "a wrong length": b"Content-Length: -5\r\n" + FORM + b"\r\n\r\n",
    "no part": b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 5\r\n\r\n--b--",
    "no end": FORM + b"\r\nContent-Length: 9\r\n\r\n--b\r\nA: b",
    "a field": b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 63\r\n\r\n--b\r\n"
    b'Content-Disposition: form-data; name="file"\r\n\r\n%PDF-\r\n--b--',
}


@pytest.mark.parametrize("name", FORMS)
def test_forms_that_are_none(relay: RunningRelay, name: str) -> None:
    slot = relay.slot()
    with relay.connect() as raw:
        raw.sendall(f"POST /u/{slot.token} HTTP/1.1\r\nHost: x\r\n".encode() + FORMS[name])
        assert read_all(raw).split(b" ")[1] == b"400"
    assert relay.client().look(slot) is Waiting.FOR_PHONE


def test_many_parts_and_long_heads_end(relay: RunningRelay) -> None:
    slot = relay.slot()
    part = b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n'
    for body in (part * 5000, b"--b\r\nX: " + b"y" * (1 << 20)):
        with relay.connect() as raw:
            raw.sendall(
                f"POST /u/{slot.token} HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b"
                f"\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            assert read_all(raw).split(b" ")[1] == b"400"
    for head in (b"GET /" + b"x" * 70_000, b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 500 + b"\r\n"):
        with relay.connect() as raw:
            raw.sendall(head + b" HTTP/1.1\r\n\r\n")
            assert read_all(raw).split(b" ")[1] in (b"414", b"431")


def test_who_says_nothing_is_let_go(relay: RunningRelay) -> None:
    """Slow heads and slow bodies: each ends by itself, and others are served meanwhile."""
    slot = relay.slot()
    head = (
        f"POST /u/{slot.token} HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        "Content-Length: 5000\r\n\r\n--b\r\n"
    )
    silent, slow = relay.connect(), relay.connect()
    slow.sendall(head.encode())
    wait_for(lambda: relay.client().look(slot) is Waiting.RECEIVING)
    other = relay.slot()
    assert relay.get(other.url).status_code == 200
    # Somebody else with the same code meanwhile:
    assert relay.upload(slot.url, files.good_pdf()).status_code == 409

    def drip() -> None:
        try:
            while True:
                slow.sendall(b"x")
                ended.wait(0.1)
        except OSError:
            ended.set()

    ended = threading.Event()
    thread = threading.Thread(target=drip)
    thread.start()
    assert read_all(silent) == b""
    wait_for(lambda: relay.client().look(slot) is Waiting.FOR_PHONE)  # the body's own deadline
    assert relay.upload(slot.url, files.good_pdf()).status_code == 200
    slow.close()
    thread.join()
    silent.close()


def test_connections_of_one_address_are_bounded(relay: RunningRelay) -> None:
    held = [relay.connect() for _ in range(LIMITS.per_address_max)]
    with pytest.raises(OSError):
        relay.connect()
    for raw in held:
        raw.close()
    wait_for(lambda: _connects(relay))


def _connects(relay: RunningRelay) -> bool:
    try:
        relay.connect().close()
    except OSError:
        return False
    return True


def test_who_asks_too_often_waits(relay: RunningRelay) -> None:
    slot = relay.slot()
    codes = [relay.get(slot.url).status_code for _ in range(62)]
    assert codes[:60] == [200] * 60
    assert codes[-1] == 429
    assert relay.client().look(slot) is Waiting.FOR_PHONE  # kiosks are not counted
    relay.clock.now += 2
    assert relay.get(slot.url).status_code == 200


def test_no_tls_no_answer(relay: RunningRelay) -> None:
    import socket

    with socket.create_connection(("127.0.0.1", relay.server.port), 20) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\n\r\n")
        try:
            assert not raw.recv(100).startswith(b"HTTP")
        except ConnectionResetError as error:
            assert error.errno


def test_an_answer_that_gets_lost_is_said(
    relay: RunningRelay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = relay.slot()
    relay.upload(slot.url, files.good_pdf())
    taken = relay.slots.take

    def take_and_die(token: str, cabin: str) -> bytes:
        taken(token, cabin)
        raise RuntimeError("the relay dies here")

    monkeypatch.setattr(relay.slots, "take", take_and_die)
    assert isinstance(relay.client().fetch(slot, tmp_path / "file"), Lost)
    assert isinstance(relay.client().look(slot), Gone)
    assert not (tmp_path / "file").exists()


def test_a_relay_that_is_not_there_loses_nothing(relay: RunningRelay, tmp_path: Path) -> None:
    slot = relay.slot()
    settings = relay.settings()
    nobody = RelayClient(
        type(settings)(
            base_url="https://127.0.0.1:1", cabin="3801", key=settings.key, ca_file=settings.ca_file
        )
    )
    for answer in (nobody.open(), nobody.look(slot), nobody.fetch(slot, tmp_path / "file")):
        assert isinstance(answer, NoAnswer)
        assert answer.sent is False
    assert not nobody.drop(slot)
