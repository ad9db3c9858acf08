"""The sandboxes over real TLS on the loopback interface: certificates, lost answers, stopping."""

from __future__ import annotations

import json
import secrets
import socket
import ssl
import stat
import threading

import pytest
import requests

from sim.clock import RealClock
from sim.faults import Fault, Faults
from sim.gateways import Gateways
from tests.wire.gateway_clients import sign


class Cabin:
    """Running sandboxes, and a merchant's requests to the biller."""

    def __init__(self, directory) -> None:
        self.directory = directory
        self.clock = RealClock()
        self.faults = Faults()
        self.gateways = Gateways(self.clock, self.faults, directory, seed=1)

    def post(self, call: str, fields: dict, verify=None, timeout=(5, 10)) -> requests.Response:
        section = self.gateways.settings()["biller"]
        path, body, nonce = f"/v1/{call}", json.dumps(fields).encode(), secrets.token_hex(16)
        stamp = str(int(self.clock.time() * 1000))
        text = f"POST\n{path}\n{stamp}\n{nonce}\n".encode() + body + b"\n"
        headers = {
            "Content-Type": "application/json",
            "X-App-Id": section["app_id"],
            "X-Timestamp": stamp,
            "X-Nonce": nonce,
            "X-Signature": sign((self.directory / section["private_key"]).read_bytes(), text),
        }
        ca = verify or str(self.directory / section["ca_file"])
        url = section["base_url"] + path
        return requests.post(url, data=body, headers=headers, verify=ca, timeout=timeout)

    def top_up(self, order_no: str, **options) -> requests.Response:
        fields = {
            "order_no": order_no,
            "institution": "SH-PREPAID",
            "account": "8000000001",
            "bill_no": None,
            "amount_fen": 2_000,
            "paid_at": 0,
        }
        return self.post("post", fields, **options)

    def posted(self) -> dict[str, int]:
        return {r["order_no"]: r["posted_fen"] for r in self.gateways.ledger()["biller"]}


@pytest.fixture
def cabin(tmp_path):
    cabin = Cabin(tmp_path)
    cabin.gateways.start()
    yield cabin
    cabin.gateways.stop()


def test_our_ca_is_trusted_and_no_other(cabin):
    assert cabin.top_up("A1").json()["code"] == "AAAAAAA"
    with pytest.raises(requests.exceptions.SSLError):
        cabin.top_up("A2", verify=True)
    assert cabin.posted() == {"A1": 2_000}


def test_tls_wrong(cabin):
    cabin.faults.add(Fault("biller", "tls_wrong", count=1))
    with pytest.raises(requests.exceptions.SSLError):
        cabin.top_up("A1")
    assert cabin.top_up("A2").json()["code"] == "AAAAAAA"
    assert cabin.posted() == {"A2": 2_000}


def test_unreachable(cabin):
    cabin.faults.add(Fault("biller", "unreachable", count=1))
    with pytest.raises(requests.exceptions.ConnectionError):
        cabin.top_up("A1")
    assert cabin.posted() == {}


def test_the_line_breaks_after_acting(cabin):
    cabin.faults.add(Fault("biller", "timeout_after_acting", count=1))
    with pytest.raises(requests.exceptions.ConnectionError):
        cabin.top_up("A1")
    assert cabin.posted() == {"A1": 2_000}


def test_the_line_stays_silent_after_acting(cabin):
    cabin.faults.add(Fault("biller", "timeout_after_acting", {"hold": 600}, count=1))
    with pytest.raises(requests.exceptions.ReadTimeout):
        cabin.top_up("A1", timeout=(5, 0.2))
    assert cabin.posted() == {"A1": 2_000}
    # And the fixture's stop doesn't wait the ten minutes: the suite's own limit would tell.


def test_a_slow_answer_arrives(cabin):
    cabin.faults.add(Fault("biller", "slow", {"seconds": 0.3}, count=1))
    started = cabin.clock.monotonic()
    assert cabin.top_up("A1").json()["code"] == "AAAAAAA"
    assert cabin.clock.monotonic() - started >= 0.3


def test_all_answer_each_at_its_own_address(cabin):
    ca = str(cabin.directory / "ca.pem")
    sections = cabin.gateways.settings()
    assert set(cabin.gateways.urls) == {"biller", "alipay", "wechat", "record"}
    answer = requests.get(sections["alipay"]["base_url"], verify=ca, timeout=10)
    assert answer.json()["error_response"]["sub_code"] == "isv.missing-method"
    target = sections["wechat"]["base_url"] + "/v3/pay/transactions/out-trade-no/A12345?mchid=1"
    answer = requests.get(target, verify=ca, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_ERROR")
    answer = requests.post(sections["record"]["base_url"] + "/v1/results", verify=ca, timeout=10)
    assert answer.json()["code"] == "SEC2001"


def test_keys_are_for_their_owner_only(cabin):
    files = sorted((cabin.directory / "keys").iterdir())
    assert [f.name for f in files] == [
        "alipay_app_private.pem",
        "alipay_public.pem",
        "biller_app_private.pem",
        "biller_public.pem",
        "record_app_private.pem",
        "record_public.pem",
        "wechat_api_v3.key",
        "wechat_app_private.pem",
        "wechat_public.pem",
    ]
    assert {stat.S_IMODE(f.stat().st_mode) for f in files} == {0o600}
    for section in cabin.gateways.settings().values():
        assert (cabin.directory / section["private_key"]).is_file()
        assert (cabin.directory / section["server_public_key"]).is_file()


def test_a_client_that_says_nothing_hinders_nobody(cabin):
    host, _, port = cabin.gateways.urls["biller"].removeprefix("https://").partition(":")
    with socket.create_connection((host, int(port))):
        assert cabin.top_up("A1").json()["code"] == "AAAAAAA"


def test_a_body_too_large_is_refused(cabin):
    url = cabin.gateways.urls["biller"] + "/v1/query"
    ca = str(cabin.directory / "ca.pem")
    answer = requests.post(url, data=b" " * 300_000, verify=ca, timeout=10)
    assert answer.status_code == 413


def test_stop_ends_every_thread_and_the_books_stay(tmp_path):
    before = set(threading.enumerate())
    cabin = Cabin(tmp_path)
    cabin.gateways.start()
    assert cabin.top_up("A1").json()["code"] == "AAAAAAA"
    host, _, port = cabin.gateways.urls["biller"].removeprefix("https://").partition(":")
    context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
    with (
        socket.create_connection((host, int(port))) as silent,
        socket.create_connection((host, int(port))) as raw,
        context.wrap_socket(raw, server_hostname=host) as half,
    ):
        half.sendall(b"POST /v1/query HTTP/1.1\r\nContent-Le")
        cabin.gateways.stop()
        assert set(threading.enumerate()) == before
        assert half.recv(1) == b""
        assert silent.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)))
    assert cabin.posted() == {"A1": 2_000}


def test_fixed_ports_and_one_that_is_taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        cabin = Cabin(tmp_path)
        with pytest.raises(OSError, match="in use"):
            cabin.gateways.start(ports={"wechat": taken})
        assert cabin.gateways.urls == {}
    cabin.gateways.start(ports={"wechat": taken})
    assert cabin.gateways.urls["wechat"] == f"https://127.0.0.1:{taken}"
    cabin.gateways.stop()
