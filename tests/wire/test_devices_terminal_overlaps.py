"""Sales, refunds and closes of several orders at one terminal, in any order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from devices.driver import Completed
from devices.payment_terminal.commands import Close, Command, Query, Refund, Sale
from devices.status import Cancelled, TimedOut
from tests.wire.terminal_by_hand import Bench, Sent, frame

SOLD = "SOLD"
STEPS = st.one_of(
    st.tuples(st.sampled_from(["sale", "refund", "close", "query"]), st.integers(0, 5)),
    st.tuples(st.just("wait"), st.sampled_from([1, 3, 5, 31])),
    st.tuples(st.just("answer"), st.integers(0, 9)),
)


class Till:
    """The bench, what was submitted, and which frames it has answered."""

    def __init__(self) -> None:
        self.bench = Bench().link()
        self.submitted: dict[int, Command] = {}
        self.closed_at: dict[str, int] = {}
        self._answers = 0

    def do(self, what: str, number: int) -> None:
        made: dict[str, Command] = {
            "sale": Sale(f"S{number}", 100, ""),
            "refund": Refund(f"R{number}", SOLD, 100),
            "close": Close(f"S{number}"),
            "query": Query(f"S{number}"),
        }
        if what == "wait":
            self.bench.run(float(number))
        elif what == "answer":
            self._answer(number)
        else:
            self._submit(made[what])
        for sent in self.bench.data_frames()[-1:]:
            self.bench.hear(frame(ack=sent.number))

    def _submit(self, command: Command) -> None:
        """Each number is sold or paid back once, as the kiosk's journal sees to it."""
        once = isinstance(command, Sale | Refund)
        if once and (command in self.submitted.values() or command.order_no in self.closed_at):
            return
        if isinstance(command, Close):
            self.closed_at.setdefault(command.order_no, len(self.orders()))
        self.submitted[self.bench.submit(command)] = command

    def _answer(self, number: int) -> None:
        orders = self.orders()
        if orders:
            request = orders[number % len(orders)]
            self._answers = self._answers % 255 + 1
            order_no = request.message["biz_data"]["merchant_order_no"]  # type: ignore[index]
            said = {"merchant_order_no": order_no, "trans_status": "2", "order_amount": "1.00"}
            self.bench.hear(self.bench.answer(request, number=self._answers, **said))

    def orders(self) -> list[Sent]:
        """The sales and refunds that were sent, without repeats."""
        found = {}
        for sent in self.bench.data_frames():
            if sent.message["topic"] == "ecrhub.pay.order":
                found[sent.message["request_id"]] = sent
        return list(found.values())


@given(st.lists(STEPS, max_size=40))
def test_what_was_taken_back_or_given_back_is_never_heard_of_at_the_terminal(
    steps: list[tuple[str, int]],
) -> None:
    till = Till()
    for what, number in steps:
        till.do(what, number)
    till.bench.run(200)
    numbers = [x.message["biz_data"]["merchant_order_no"] for x in till.orders()]  # type: ignore[index]
    assert len(numbers) == len(set(numbers)), "sent twice"
    for order_no, before in till.closed_at.items():
        assert order_no not in numbers[before:], f"{order_no} was closed, and then sent"
    ended = [x for x in till.bench.reports if isinstance(x, Completed)]
    for end in ended:
        command = till.submitted[end.command_id]
        if isinstance(command, Sale | Refund) and isinstance(end.completion, Cancelled | TimedOut):
            assert command.order_no not in numbers, "not sent, it said"
    assert sorted(x.command_id for x in ended) == sorted(till.submitted)
