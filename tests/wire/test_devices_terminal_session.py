"""Whole sessions with the payment terminal, every byte written out.

The frames follow the table in the payment terminal protocols, 1.1; their check bytes were
computed apart from the program.
"""

from __future__ import annotations

import itertools

import pytest

from devices.driver import Completed
from devices.payment_terminal.commands import Query, Sale, Transaction
from devices.payment_terminal.driver import EcrHubTerminal
from devices.status import Completion, Failed, Success

HANDSHAKE = bytes.fromhex("55aa010000000001cc33")
CONFIRM = bytes.fromhex("55aa020000000002cc33")
BEAT = bytes.fromhex("55aa000000000000cc33")
ACK_1 = bytes.fromhex("55aa000100000001cc33")
ACK_2 = bytes.fromhex("55aa000200000002cc33")
SALE = (
    bytes.fromhex("55aa0000010132")
    + b'{"topic":"ecrhub.pay.order","request_id":"q1","app_id":"wz1",'
    b'"timestamp":"1790000000000","version":"2.0","biz_data":{"merchant_order_no":"A1",'
    b'"price_currency":"CNY","order_amount":"34.50","trans_type":"1","expires":"300",'
    b'"confirm_on_terminal":false,"pay_method_category":"BANKCARD",'
    b'"description":"\xe7\x94\xb5\xe8\xb4\xb9"}}' + bytes.fromhex("0bcc33")
)
PAID = (
    bytes.fromhex("55aa0000010079")
    + b'{"request_id":"q1","response_code":"000","biz_data":{"merchant_order_no":"A1",'
    b'"trans_status":"2","order_amount":"34.50"}}' + bytes.fromhex("43cc33")
)
# The acknowledgement of the sale rides on this answer.
DECLINED = (
    bytes.fromhex("55aa000101007b")
    + b'{"request_id":"q1","response_code":"51","response_msg":"declined",'
    b'"biz_data":{"merchant_order_no":"A1","trans_status":"3"}}' + bytes.fromhex("49cc33")
)
QUERY = (
    bytes.fromhex("55aa000002008f")
    + b'{"topic":"ecrhub.pay.query","request_id":"q2","app_id":"wz1",'
    b'"timestamp":"1790000000000","version":"2.0","biz_data":{"merchant_order_no":"A1"}}'
    + bytes.fromhex("b0cc33")
)
QUERIED = (
    bytes.fromhex("55aa000002008f")
    + b'{"request_id":"q2","response_code":"000","biz_data":{"merchant_order_no":"A1",'
    b'"trans_status":"2","order_amount":"34.50","paid_amount":"30.00"}}' + bytes.fromhex("c1cc33")
)
PAID_TRANSACTION = Transaction("A1", "completed", amount_fen=3450, paid_fen=3450)


class Session:
    """A driver at one moment: all that is said here takes no time."""

    def __init__(self) -> None:
        numbers = itertools.count(1)
        self.driver = EcrHubTerminal(
            "wz1", wall_clock=lambda: 1_790_000_000.0, new_request_id=lambda: f"q{next(numbers)}"
        )
        self.ends: list[tuple[int, Completion]] = []

    def say(self, heard: bytes) -> bytes:
        """What the driver sends when it hears this, and at the next tick."""
        self.driver.receive(heard, 1.0)
        return self.sent()

    def sent(self) -> bytes:
        raw = self.driver.take_output()
        reports = self.driver.take_reports()
        self.ends += [(r.command_id, r.completion) for r in reports if isinstance(r, Completed)]
        return raw

    def linked(self) -> Session:
        self.driver.opened(1.0)
        assert self.sent() == HANDSHAKE
        assert self.say(CONFIRM) == b""
        self.driver.tick(1.0)
        assert self.sent() == BEAT
        assert self.say(BEAT) == b""
        return self

    def sale(self) -> None:
        self.driver.submit(1, Sale("A1", 3450, "电费", "card"), 1.0)
        assert self.sent() == SALE


@pytest.fixture
def session() -> Session:
    return Session().linked()


def test_sale(session: Session) -> None:
    session.sale()
    assert session.say(ACK_1) == b""
    assert session.say(PAID) == ACK_1
    assert session.ends == [(1, Success(PAID_TRANSACTION))]


def test_decline(session: Session) -> None:
    session.sale()
    assert session.say(DECLINED) == ACK_1
    assert session.ends == [(1, Failed("51", "declined", Transaction("A1", "cancelled")))]


def test_duplicate(session: Session) -> None:
    session.sale()
    assert session.say(ACK_1 + PAID) == ACK_1
    assert session.say(PAID) == ACK_1
    assert session.say(PAID + BEAT + PAID) == ACK_1 + ACK_1
    assert session.ends == [(1, Success(PAID_TRANSACTION))]


def test_query_after_a_lost_answer(session: Session) -> None:
    session.sale()
    assert session.say(ACK_1) == b""
    session.driver.submit(2, Query("A1"), 1.0)
    assert session.sent() == QUERY
    assert session.say(ACK_2) == b""
    assert session.say(QUERIED) == ACK_2
    paid = Transaction("A1", "completed", amount_fen=3450, paid_fen=3000)
    assert session.ends == [(2, Success(paid)), (1, Success(paid))]


def test_a_spoilt_answer_is_met_with_silence_and_its_repeat_with_an_ack(session: Session) -> None:
    session.sale()
    assert session.say(ACK_1) == b""
    spoilt = PAID[:-3] + bytes.fromhex("44cc33")
    assert session.say(spoilt) == b""
    assert session.ends == []
    assert session.say(PAID) == ACK_1
    assert session.ends == [(1, Success(PAID_TRANSACTION))]
