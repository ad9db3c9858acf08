"""The same client against a WSGI application in memory (virtual time)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from kiosk.gateways.http import HttpAnswer, HttpClient
from kiosk.gateways.transport import WsgiAdapter
from kiosk.gateways.types import NoAnswer, Reason

App = Callable[[dict[str, Any], Any], Iterable[bytes]]


class NotReachedError(Exception):
    pass


class LostError(Exception):
    pass


def client(app: App, waited: list[float]) -> HttpClient:
    adapter = WsgiAdapter(
        app,
        not_reached=(NotReachedError,),
        lost=(LostError,),
        delay_of=lambda environ: environ.get("delay", 0.0),
        wait=waited.append,
    )
    return HttpClient(
        "https://gateway.invalid/base",
        None,
        3.0,
        10.0,
        adapter=lambda: adapter,
        monotonic=lambda: 0,
    )


def test_the_application_sees_exactly_what_was_signed() -> None:
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read())
        start("201 Created", [("X-Nonce", "n"), ("Content-Type", "application/json")])
        return [b"a", b"b"]

    waited: list[float] = []
    answer = client(app, waited).send("POST", "/x/%E5%A5%BD?y=1&z=%20", {"X-Sign": "s"}, b"body")
    assert isinstance(answer, HttpAnswer)
    assert (answer.status, answer.body, answer.headers["x-nonce"]) == (201, b"ab", "n")
    assert (seen["REQUEST_METHOD"], seen["HTTP_X_SIGN"], seen["body"]) == ("POST", "s", b"body")
    assert seen["REQUEST_URI"] == "/base/x/%E5%A5%BD?y=1&z=%20"
    assert seen["QUERY_STRING"] == "y=1&z=%20"
    assert seen["PATH_INFO"] == "/base/x/好".encode().decode("latin-1")
    assert waited == []


def raising(error: Exception) -> App:
    def app(_environ: dict[str, Any], _start: Any) -> Iterable[bytes]:
        raise error

    return app


def test_not_reached_sent_nothing() -> None:
    answer = client(raising(NotReachedError()), []).send("POST", "/", {}, b"x")
    assert isinstance(answer, NoAnswer)
    assert (answer.reason, answer.sent) == (Reason.UNREACHABLE, False)


def test_a_lost_answer_takes_the_read_time_out() -> None:
    waited: list[float] = []
    answer = client(raising(LostError()), waited).send("POST", "/", {}, b"x")
    assert isinstance(answer, NoAnswer)
    assert (answer.reason, answer.sent) == (Reason.TIMEOUT, True)
    assert waited == [10.0]


@pytest.mark.parametrize(("delay", "arrives"), [(9.0, True), (11.0, False)])
def test_a_slow_answer(delay: float, arrives: bool) -> None:
    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ["delay"] = delay
        start("200 OK", [])
        return [b""]

    waited: list[float] = []
    answer = client(app, waited).send("POST", "/", {}, b"x")
    assert isinstance(answer, HttpAnswer) is arrives
    assert waited == [min(delay, 10.0)]


def test_a_fault_of_the_application_is_not_taken_for_the_network() -> None:
    with pytest.raises(RuntimeError, match="application failed"):
        client(raising(KeyError("a mistake")), []).send("POST", "/", {}, b"x")
