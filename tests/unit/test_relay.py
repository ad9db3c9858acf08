"""The relay without a network: its memory against a model, its parser, and a client lied to."""

from __future__ import annotations

import io
import itertools
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kiosk.gateways.settings import RelaySettings
from kiosk.gateways.transport import WsgiAdapter
from kiosk.gateways.types import NoAnswer, Reason
from kiosk.relay import upload
from kiosk.relay.app import Relay
from kiosk.relay.client import Arrived, Fetched, Gone, Lost, NotYet, RelayClient, Slot, Waiting
from kiosk.relay.rates import Nonces, Rate
from kiosk.relay.slots import SlotLimits, SlotRefusedError, Slots, SlotState
from tests.support import print_files as files
from tests.support.relay import KEY, Clock

LIMITS = SlotLimits(life_s=10, file_max=100, total_max=250, slots_max=5, per_cabin_max=3)


class SlotsAgainstModel(RuleBasedStateMachine):
    """What the relay keeps is what was put there, while it may; and never more than it may."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        numbers = itertools.count()
        self.slots = Slots(self.clock, LIMITS, lambda: f"{next(numbers):022}")
        self.model: dict[str, dict[str, Any]] = {}

    def alive(self, token: str) -> bool:
        return token in self.model and self.model[token]["ends"] > self.clock.now

    @rule(cabin=st.sampled_from("AB"))
    def open(self, cabin: str) -> None:
        living = [x for token, x in self.model.items() if self.alive(token)]
        mine = [x for x in living if x["cabin"] == cabin]
        may = len(living) < LIMITS.slots_max and len(mine) < LIMITS.per_cabin_max
        try:
            token = self.slots.open(cabin)
        except SlotRefusedError as refused:
            assert refused.why == "too_many" and not may
        else:
            assert may and token not in self.model
            ends = self.clock.now + LIMITS.life_s
            self.model[token] = {"cabin": cabin, "ends": ends, "state": "waiting", "size": 0}

    @precondition(lambda self: self.model)
    @rule(data=st.data(), length=st.integers(0, 120))
    def receive(self, data: st.DataObject, length: int) -> None:
        token = data.draw(st.sampled_from(sorted(self.model)))
        reserved = sum(x["size"] for t, x in self.model.items() if self.alive(t))
        expected = ""
        if not self.alive(token):
            expected = "gone"
        elif self.model[token]["state"] != "waiting":
            expected = "busy"
        elif length > LIMITS.file_max:
            expected = "too_big"
        elif reserved + length > LIMITS.total_max:
            expected = "full"
        try:
            self.slots.receive(token, length)
        except SlotRefusedError as refused:
            assert refused.why == expected
        else:
            assert expected == ""
            self.model[token] |= {"state": "receiving", "size": length}

    @precondition(lambda self: self.model)
    @rule(data=st.data(), whole=st.booleans())
    def end_upload(self, data: st.DataObject, whole: bool) -> None:
        token = data.draw(st.sampled_from(sorted(self.model)))
        right = self.alive(token) and self.model[token]["state"] == "receiving"
        if not whole:
            self.slots.broken_off(token)
            if right:
                self.model[token] |= {"state": "waiting", "size": 0}
            return
        content = bytes(self.model[token]["size"])
        try:
            self.slots.received(token, "name", content)
        except SlotRefusedError as refused:
            assert refused.why == "gone" and not right
        else:
            assert right
            self.model[token]["state"] = "ready"

    @precondition(lambda self: self.model)
    @rule(data=st.data(), cabin=st.sampled_from("AB"), take=st.booleans())
    def take_or_drop(self, data: st.DataObject, cabin: str, take: bool) -> None:
        token = data.draw(st.sampled_from(sorted(self.model)))
        mine = self.alive(token) and self.model[token]["cabin"] == cabin
        if not take:
            self.slots.drop(token, cabin)
            if mine:
                del self.model[token]
            return
        try:
            content = self.slots.take(token, cabin)
        except SlotRefusedError as refused:
            ready = mine and self.model[token]["state"] == "ready"
            assert not ready and refused.why == ("empty" if mine else "gone")
        else:
            assert mine and len(content) == self.model.pop(token)["size"]

    @rule(seconds=st.floats(0, 12))
    def pass_time(self, seconds: float) -> None:
        self.clock.now += seconds

    @invariant()
    def it_holds_what_it_should(self) -> None:
        living = {t: x for t, x in self.model.items() if self.alive(t)}
        assert self.slots.held() == (len(living), sum(x["size"] for x in living.values()))
        for token, x in living.items():
            seen = self.slots.look(token, x["cabin"])
            assert seen is not None and seen.state == x["state"]
        assert sum(x["size"] for x in living.values()) <= LIMITS.total_max


TestSlots = SlotsAgainstModel.TestCase
TestSlots.settings = hypothesis_settings(max_examples=60, stateful_step_count=40)


def test_one_of_many_threads_gets_the_file() -> None:
    slots = Slots(Clock(), SlotLimits())
    token = slots.open("A")
    slots.receive(token, 5)
    slots.received(token, "a", b"hello")
    got: list[bytes] = []
    ready = threading.Barrier(8)

    def take() -> None:
        ready.wait()
        try:
            got.append(slots.take(token, "A"))
        except SlotRefusedError as refused:
            assert refused.why == "gone"

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [b"hello"]


def test_tokens_are_128_random_bits() -> None:
    slots = Slots(Clock(), SlotLimits(slots_max=500, per_cabin_max=500))
    tokens = {slots.open("A") for _ in range(500)}
    assert len(tokens) == 500
    assert {len(token) for token in tokens} == {22}


def test_rates_and_nonces_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.relay.rates._PEOPLE_MAX", 3)
    monkeypatch.setattr("kiosk.relay.rates._NONCES_MAX", 3)
    clock = Clock()
    rate = Rate(clock, 2, 10)
    assert [rate.allows("a") for _ in range(3)] == [True, True, False]
    clock.now += 5
    assert [rate.allows("a") for _ in range(2)] == [True, False]
    assert all(rate.allows(name) for name in "bcdefgh")
    assert len(rate._buckets) == 3
    nonces = Nonces(clock, 10)
    assert [nonces.fresh(x) for x in ("1", "1", "2", "3", "4")] == [True, False, True, True, False]
    clock.now += 10
    assert nonces.fresh("1")
    assert len(nonces._seen) == 1


# --- the form's parser


def form(*parts: tuple[str, bytes]) -> bytes:
    body = b""
    for head, content in parts:
        body += (
            f"--b\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
        )
    return body + b"--b--\r\n"


def read(body: bytes, file_max: int = 1000) -> tuple[str, bytes]:
    return upload.read_file(io.BytesIO(body).read, len(body), b"b", file_max)


def test_the_first_file_counts() -> None:
    one, two = ('name="x"; filename="a.pdf"', b"one"), ('name="y"; filename="b.pdf"', b"two")
    assert read(form(('name="t"', b"text"), one, two)) == ("a.pdf", b"one")
    tricky = b"\r\n--b but not a boundary\r\n--\r\n-"
    assert read(form(('name="f"; filename="文.pdf"', tricky))) == ("文.pdf", tricky)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "broken"),
        (b"--b--", "empty"),
        (form(), "empty"),
        (form(('name="f"', b"no file")), "empty"),
        (form(('name="f"; filename=""', b"")), "empty"),
        (form(('name="f"; filename="a"', b"x" * 1001)), "too_big"),
        (form(('name="f"; filename="a"', b"x"))[:-12], "broken"),
        (form(*[('name="f"', b"x")] * 20), "broken"),
        (b"--b\r\n" + b"A" * (2 << 20), "broken"),
    ],
)
def test_forms_that_give_no_file(body: bytes, why: str) -> None:
    with pytest.raises(upload.UploadError, match=f"^{why}$"):
        read(body)


def test_random_forms_give_a_file_or_a_reason(seed: int) -> None:
    chance = random.Random(seed)
    good = form(('name="t"', b"text"), ('name="f"; filename="a.pdf"', bytes(range(256))))
    for _ in range(3000):
        body = bytearray(good)
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(body))
            if chance.random() < 0.5:
                body[at] = chance.randrange(256)
            else:
                del body[at : at + chance.randrange(20)]
        try:
            name, data = read(bytes(body))
        except upload.UploadError as error:
            assert error.why in ("broken", "empty", "too_big")
        else:
            assert len(name) <= 255 and 0 < len(data) <= 1000


@pytest.mark.parametrize(
    ("text", "boundary"),
    [
        ("multipart/form-data; boundary=abc", b"abc"),
        ('multipart/form-data; boundary="a b"', b"a b"),
        ("multipart/form-data", None),
        ("multipart/form-data; boundary=", None),
        ("multipart/form-data; boundary=" + "x" * 71, None),
        ("text/plain; boundary=abc", None),
        ("", None),
    ],
)
def test_boundaries(text: str, boundary: bytes | None) -> None:
    assert upload.boundary_of(text) == boundary


# --- in memory, as virtual time wants it; and a relay that lies


def client_of(application: Callable[..., Any], folder: Path, clock: Clock) -> RelayClient:
    (folder / "key").write_text(KEY.hex())
    settings = RelaySettings(base_url="https://relay.invalid", cabin="3801", key=folder / "key")
    return RelayClient(settings, adapter=lambda: WsgiAdapter(application), wall=clock)


def test_in_memory_with_a_clock_of_our_own(tmp_path: Path) -> None:
    clock = Clock()
    slots = Slots(clock)
    relay = Relay({"3801": KEY}, "https://relay.invalid", slots, monotonic=clock, wall=clock)
    client = client_of(relay, tmp_path, clock)
    slot = client.open()
    assert isinstance(slot, Slot)
    assert client.look(slot) is Waiting.FOR_PHONE
    assert client.fetch(slot, tmp_path / "file") == NotYet()
    data = files.good_pdf()
    slots.receive(slot.token, len(data))
    assert client.look(slot) is Waiting.RECEIVING
    slots.received(slot.token, "C:\\Users\\x\\a.pdf", data)
    assert client.look(slot) == Arrived("a.pdf", len(data))
    assert client.fetch(slot, tmp_path / "file") == Fetched(len(data))
    assert client.fetch(slot, tmp_path / "again") == Gone()
    assert SlotState.READY.value == "ready"


def lying(status: str, body: bytes, headers: tuple[tuple[str, str], ...] = ()) -> Any:
    def application(_environ: object, start_response: Callable[..., Any]) -> list[bytes]:
        start_response(status, [("Content-Length", str(len(body))), *headers])
        return [body]

    return application


SLOT = Slot("x" * 22, "https://relay.invalid/u/x", 600, 1000)
OPEN = b'{"token": "%s", "url": "%s", "expires_s": %s, "bytes_max": %s}'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b"[" * 60_000,
        b"9" * 60_000,
        OPEN % (b"short", b"https://x/u/a", b"600", b"1"),
        OPEN % (b"x" * 22, b"http://x/u/a", b"600", b"1"),
        OPEN % (b"x" * 22, b"https://x/" + b"a" * 300, b"600", b"1"),
        OPEN % (b"x" * 22, b"https://x/u/a", b"0", b"1"),
        OPEN % (b"x" * 22, b"https://x/u/a", b"600", b"-1"),
        OPEN % (b"x" * 22, b"https://x/u/a", b"1e9", b"1"),
        b'{"state": "ready", "name": 5, "size": 5}',
        b'{"state": "ready", "name": "a", "size": -5}',
        b'{"state": "ready", "name": "a"}',
        b'{"state": "fine"}',
    ],
)
def test_answers_that_mean_nothing(tmp_path: Path, body: bytes) -> None:
    client = client_of(lying("200 OK", body), tmp_path, Clock())
    assert client.open() == NoAnswer(Reason.GARBAGE)
    assert client.look(SLOT) == NoAnswer(Reason.GARBAGE)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        ("200 OK", b"", Lost()),
        ("200 OK", b"x" * 1001, Lost()),
        ("200 OK", b"x" * 1000, Fetched(1000)),
        ("500 Oh", b"x", Lost()),
        ("302 Elsewhere", b"x", Lost()),
        ("404 Not Found", b"", Gone()),
        ("409 Conflict", b"", NotYet()),
        ("403 Forbidden", b"", NoAnswer(Reason.REFUSED, sent=False, detail="403")),
    ],
)
def test_what_a_fetch_comes_to(tmp_path: Path, status: str, body: bytes, expected: object) -> None:
    client = client_of(lying(status, body), tmp_path, Clock())
    to = tmp_path / "file"
    assert client.fetch(SLOT, to) == expected
    assert to.exists() is isinstance(expected, Fetched)


def test_no_room_for_the_file(tmp_path: Path) -> None:
    client = client_of(lying("200 OK", b"data"), tmp_path, Clock())
    (tmp_path / "file").write_bytes(b"another's")
    with pytest.raises(OSError):
        client.fetch(SLOT, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"another's"
