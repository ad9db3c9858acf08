"""The health record's client: its sandbox over HTTPS, and answers not to be believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.gateways import factory
from kiosk.gateways.http import HttpAnswer
from kiosk.gateways.record import HealthRecord, HttpRecord, RecordKept, RecordRefused
from kiosk.gateways.settings import RecordSettings
from kiosk.gateways.signed import SignedCalls
from kiosk.gateways.types import NoAnswer, Reason
from sim.clock import RealClock
from sim.faults import Fault, Faults
from sim.gateways import Gateways
from sim.gateways.record import TOKENS

NUMBER = "0123456789ABCDEF0123456789ABCDEF"
BUNDLE = {"resourceType": "Bundle", "type": "collection", "entry": []}


class Office:
    """The sandbox over HTTPS, and the client that a cabin has."""

    def __init__(self, folder: Path) -> None:
        self.faults = Faults(0)
        self.gateways = Gateways(RealClock(), self.faults, folder)
        self.gateways.start()
        section = self.gateways.settings()["record"]
        self.client: HealthRecord = factory.make_record(
            RecordSettings(
                base_url=str(section["base_url"]),
                app_id=str(section["app_id"]),
                token_prefix=str(section["token_prefix"]),
                private_key=folder / str(section["private_key"]),
                server_public_key=folder / str(section["server_public_key"]),
                ca_file=folder / "ca.pem",
                read_timeout=2.0,
            )
        )


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(tmp_path_factory.mktemp("record"))
    yield made
    made.gateways.stop()


@pytest.fixture(autouse=True)
def _empty(office: Office) -> None:
    office.faults.clear()
    office.gateways.record.kept.clear()
    office.gateways.record.arrivals = 0


def test_a_result_is_kept_once_however_often_it_comes(office: Office) -> None:
    for _ in range(3):
        assert office.client.put(NUMBER, TOKENS[0], BUNDLE) == RecordKept()
    assert office.gateways.record.kept == {NUMBER: {"token": TOKENS[0], "bundle": BUNDLE}}


def test_the_same_number_never_stands_for_another_result(office: Office) -> None:
    assert office.client.put(NUMBER, TOKENS[0], BUNDLE) == RecordKept()
    assert office.client.put(NUMBER, TOKENS[1], BUNDLE) == RecordRefused("EQ0001")
    assert office.gateways.record.kept[NUMBER]["token"] == TOKENS[0]


def test_a_code_of_nobody_is_refused(office: Office) -> None:
    assert office.client.put(NUMBER, "HR1-nobody", BUNDLE) == RecordRefused("EQ0004")
    assert office.gateways.record.kept == {}


def test_another_code_leaves_it_unknown(office: Office) -> None:
    office.faults.add(Fault("record", "refuse", {"code": "SYS1001"}, count=1))
    answer = office.client.put(NUMBER, TOKENS[0], BUNDLE)
    assert answer == NoAnswer(Reason.GATEWAY_UNKNOWN, detail="SYS1001")


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("unreachable", False),
        ("tls_wrong", False),
        ("http_5xx", True),
        ("bad_signature", True),
        ("timeout_before_acting", True),
        ("timeout_after_acting", True),
    ],
)
def test_silence_and_forgery_are_no_answer(office: Office, kind: str, sent: bool) -> None:
    office.faults.add(Fault("record", kind, count=1))
    answer = office.client.put(NUMBER, TOKENS[0], BUNDLE)
    assert isinstance(answer, NoAnswer)
    assert answer.sent is sent
    office.faults.clear()
    assert office.client.put(NUMBER, TOKENS[0], BUNDLE) == RecordKept()
    assert len(office.gateways.record.kept) == 1


@pytest.mark.parametrize(
    ("number", "token"),
    [
        ("1", TOKENS[0]),
        (NUMBER.lower(), TOKENS[0]),
        (NUMBER, ""),
        (NUMBER, "HR1\n"),
        (NUMBER, "H" * 257),
    ],
)
def test_what_does_not_fit_is_not_sent(office: Office, number: str, token: str) -> None:
    answer = office.client.put(number, token, BUNDLE)
    assert answer == NoAnswer(Reason.BAD_ARGUMENT, sent=False)
    assert office.gateways.record.arrivals == 0


class Answering(SignedCalls):
    """Calls whose answer is given."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    post: Callable[..., bytes] = lambda self, *_args, **_kwargs: self._body  # type: ignore[assignment]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"code": 1}',
        b'{"code": "AAAAAAA"}',
        b'{"code": "AAAAAAA", "data": []}',
        b'{"code": "AAAAAAA", "data": {"status": "perhaps"}}',
        b'{"code": "AAAAAAA", "code": "EQ0004"}',
    ],
)
def test_garbage_is_never_taken_for_kept(body: bytes) -> None:
    answer = HttpRecord(Answering(body)).put(NUMBER, TOKENS[0], BUNDLE)
    assert isinstance(answer, NoAnswer)
    assert answer.sent


def test_neither_token_nor_values_stand_in_a_repr() -> None:
    assert TOKENS[0] not in repr(HttpAnswer(200, {}, TOKENS[0].encode()))
