"""ZVT between core and driver: marks, decisions, what is asked and what needn't be."""

from __future__ import annotations

import pytest

from devices.driver import Completed, Progress
from devices.payment_terminal import zvt_commands as z
from devices.payment_terminal.commands import Transaction
from devices.status import Cancelled, Completion, Failed, OutcomeUnknown, Success, TimedOut
from kiosk.adapters import Adapters, DeviceReport, zvt
from kiosk.adapters.terminals import ZvtWords
from kiosk.core import commands as c
from kiosk.core import events as e
from kiosk.core.events import Charge, Close, Mark, Refunding
from kiosk.core.means import TERMINAL, Commit, Means, RefundBy
from kiosk.core.order import PaymentState as P
from kiosk.core.order import RefundState
from tests.unit.core_orders import ID, R1, Desk, answered, posted
from tests.unit.test_adapters import HEAD, Gateway, Scene

ZVT = Means(TERMINAL, RefundBy.FULL, Commit.TWO_PHASE, exclusive=TERMINAL)
MARK = Mark("000101", "0021")
PAID = Transaction(
    ID,
    "completed",
    amount_fen=9630,
    paid_fen=9630,
    trans_no="0022",
    channel_no="000102",
    method="UnionPay",
    card_masked="****0018",
)


def marked() -> Desk:
    return Desk(ZVT).take(e.PaymentMarked(ID, MARK))


def test_nothing_is_begun_before_what_was_known_is_written_down() -> None:
    desk = Desk(ZVT)
    assert c.BeginPayment not in desk.sent_kinds()
    desk.take(e.PaymentMarked(ID, MARK))
    assert desk.sent_kinds() == [c.BeginPayment]
    assert desk.order.payment.mark == MARK
    desk.take(e.PaymentMarked(ID, Mark("000999", "0001")))
    assert desk.sent == ()
    assert desk.order.payment.mark == MARK, "the first one counts"


@pytest.mark.parametrize("before", [e.CancelWanted(ID), e.Restarted(ID), answered(Charge.NOT_PAID)])
def test_what_is_not_wanted_any_more_is_never_begun(before: e.OrderEvent) -> None:
    desk = Desk(ZVT).take(before, e.PaymentMarked(ID, MARK))
    assert desk.sent_kinds() == [c.RejectPayment]
    assert desk.order.payment.mark is None


def test_a_terminal_that_commits_at_once_has_no_marks() -> None:
    desk = Desk(Means(TERMINAL, RefundBy.PARTIAL)).take(e.PaymentMarked(ID, MARK))
    assert desk.sent_kinds() == [c.RejectPayment]


def test_a_payment_that_was_never_begun_is_not_paid_without_a_question() -> None:
    desk = Desk(ZVT).take(e.Restarted(ID))
    (query,) = [x for x in desk.sent if isinstance(x, c.QueryPayment)]
    known = zvt.known(query, desk.order)
    assert known == e.PaymentQueried(ID, Charge.NOT_PAID, code=zvt.NEVER_BEGUN)
    assert desk.take(known).order.payment.state is P.NOT_PAID


def test_a_question_carries_the_mark_and_whether_it_was_committed() -> None:
    desk = marked().take(e.Restarted(ID))
    (query,) = [x for x in desk.sent if isinstance(x, c.QueryPayment)]
    assert zvt.known(query, desk.order) is None
    assert zvt.to_device(query, desk.order) == z.Query(ID, 9630, "000101", "0021", committed=False)
    desk = marked().take(e.PaymentOffered(ID, desk.facts()), e.Restarted(ID))
    (query,) = [x for x in desk.sent if isinstance(x, c.QueryPayment)]
    assert zvt.to_device(query, desk.order) == z.Query(ID, 9630, "000101", "0021", committed=True)


def test_what_the_terminal_is_told() -> None:
    order = marked().order
    told = {
        c.RequestPayment(ID, ZVT, 9630, "水电煤缴费"): z.Sale(ID, 9630),
        c.BeginPayment(ID, ZVT): z.Begin(ID),
        c.CommitPayment(ID, ZVT): z.Commit(ID),
        c.RejectPayment(ID, ZVT): z.Reject(ID),
        c.ClosePayment(ID, ZVT): z.Close(ID),
    }
    assert {command: zvt.to_device(command, order) for command in told} == told
    with pytest.raises(TypeError, match="StartTimer"):
        zvt.to_device(c.StartTimer(ID, "x", 1.0), order)
    with pytest.raises(TypeError, match="StartTimer"):
        zvt.to_event(c.StartTimer(ID, "x", 1.0), 9630, Success())


@pytest.mark.parametrize("command", [c.BeginPayment, c.CommitPayment, c.RejectPayment])
def test_a_decision_has_no_answer_of_its_own(command: type[c.BeginPayment]) -> None:
    assert zvt.to_event(command(ID, ZVT), 9630, Failed("nothing_offered")) is None


@pytest.mark.parametrize(
    ("end", "result", "code"),
    [
        (Success(PAID), Charge.PAID, ""),
        (Failed("6C"), Charge.NOT_PAID, "6C"),
        (Cancelled(), Charge.NOT_PAID, "cancelled"),
        (OutcomeUnknown("completion_lost"), Charge.NO_ANSWER, "completion_lost"),
    ],
)
def test_how_a_sale_ends(end: Completion, result: Charge, code: str) -> None:
    event = zvt.to_event(c.RequestPayment(ID, ZVT, 9630, ""), 9630, end)
    assert isinstance(event, e.PaymentAnswered)
    assert (event.result, event.code) == (result, code)
    if result is Charge.PAID:
        assert event.facts is not None
        assert (event.facts.reference, event.facts.channel_no) == ("0022", "000102")


@pytest.mark.parametrize(
    ("end", "result"),
    [
        (Success(PAID), Charge.PAID),
        (Success(Transaction(ID, "cancelled")), Charge.NOT_PAID),
        (Success(Transaction(ID, "created")), Charge.WAITING),
        (Failed("not_found"), Charge.NOT_FOUND),
        (Failed("not_connected"), Charge.NO_ANSWER),
        (OutcomeUnknown("nothing_newer"), Charge.UNDECIDABLE),
        (OutcomeUnknown("driver_error"), Charge.NO_ANSWER),
        (TimedOut(), Charge.NO_ANSWER),
    ],
)
def test_how_a_question_ends(end: Completion, result: Charge) -> None:
    event = zvt.to_event(c.QueryPayment(ID, ZVT), 9630, end)
    assert isinstance(event, e.PaymentQueried)
    assert event.result is result


@pytest.mark.parametrize(
    ("end", "result"),
    [
        (Success(), Close.CLOSED),
        (Failed("paid", "", PAID), Close.ALREADY_PAID),
        (TimedOut(), Close.NO_ANSWER),
        (Failed("not_connected"), Close.NO_ANSWER),
    ],
)
def test_how_giving_up_ends(end: Completion, result: Close) -> None:
    event = zvt.to_event(c.ClosePayment(ID, ZVT), 9630, end)
    assert isinstance(event, e.PaymentClosed)
    assert event.result is result


def test_what_comes_on_the_way() -> None:
    sale = c.RequestPayment(ID, ZVT, 9630, "")
    assert zvt.progress(sale, 9630, z.Remembered(ID, "000101", "0021")) == e.PaymentMarked(ID, MARK)
    offered = zvt.progress(sale, 9630, z.Offer(PAID))
    assert isinstance(offered, e.PaymentOffered)
    assert offered.facts.card == "****0018"
    assert zvt.progress(sale, 9630, z.Waiting(10)) is None
    assert zvt.progress(sale, 9630, z.Remembered("OTHER")) is None
    assert zvt.progress(c.QueryPayment(ID, ZVT), 9630, z.Offer(PAID)) is None


def refused_bill(reference: str = "0022") -> Desk:
    """A paid bill that its biller refuses for certain: the whole goes back."""
    facts = e.PaymentFacts(9630, 9630, reference, "000102")
    desk = marked().take(e.PaymentOffered(ID, facts), e.PaymentAnswered(ID, Charge.PAID, facts))
    return desk.take(posted(e.Posting.REFUSED), e.PostChecked(ID, 0, e.Posting.NOT_POSTED))


def test_the_whole_goes_back_by_its_receipt_number() -> None:
    desk = refused_bill()
    (refund,) = [x for x in desk.all if isinstance(x, c.RefundPayment)]
    assert zvt.known(refund, desk.order) is None
    assert zvt.to_device(refund, desk.order) == z.Reversal("0022", "000102", 9630)
    done = zvt.to_event(refund, 9630, Success())
    assert done == e.RefundAnswered(ID, R1, Refunding.REFUNDED, "")


def test_a_payment_that_a_person_found_has_no_receipt_to_reverse() -> None:
    desk = refused_bill("person:office")
    (refund,) = [x for x in desk.all if isinstance(x, c.RefundPayment)]
    assert zvt.known(refund, desk.order) == e.RefundAnswered(
        ID, R1, Refunding.REFUSED, zvt.NO_RECEIPT
    )


def test_a_lost_answer_to_a_reversal_goes_to_a_person_and_is_never_sent_again() -> None:
    desk = refused_bill().take(e.RefundAnswered(ID, R1, Refunding.NO_ANSWER, "unplugged"))
    desk.take(e.TimerFired(ID, f"refund.{R1}"))
    (query,) = [x for x in desk.sent if isinstance(x, c.QueryRefund)]
    known = zvt.known(query, desk.order)
    assert known == e.RefundQueried(ID, R1, Refunding.UNDECIDABLE, zvt.ANSWER_LOST)
    desk.take(known)
    assert desk.order.refunds[0].state is RefundState.NEEDS_PERSON
    assert desk.count(c.RefundPayment) == 1


def test_a_refused_reversal_is_tried_again_and_its_restart_is_for_a_person() -> None:
    desk = refused_bill().take(e.RefundAnswered(ID, R1, Refunding.REFUSED, "9C"))
    for _ in range(2):
        desk.take(e.TimerFired(ID, f"refund.{R1}"))
        (query,) = [x for x in desk.sent if isinstance(x, c.QueryRefund)]
        known = zvt.known(query, desk.order)
        assert known == e.RefundQueried(ID, R1, Refunding.REFUSED, "9C")
        desk.take(known)
    assert desk.count(c.RefundPayment) == 2
    desk.take(e.Restarted(ID))
    (query,) = [x for x in desk.sent if isinstance(x, c.QueryRefund)]
    assert zvt.known(query, desk.order) == e.RefundQueried(
        ID, R1, Refunding.UNDECIDABLE, zvt.ANSWER_LOST
    ), "the second one may have left"


class Counter(Scene):
    """A cabin with a ZVT terminal and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        workers = {TERMINAL: self.worker}
        self.adapters = Adapters(workers, Gateway(), {}, self.lanes, (), HEAD, ZvtWords())  # type: ignore[arg-type]

    def report(self, report: object) -> list[object]:
        return list(self.adapters.translate(DeviceReport(TERMINAL, report)))  # type: ignore[arg-type]


def test_what_the_driver_tells_finds_its_order() -> None:
    scene, desk = Counter(), Desk(ZVT)
    (request,) = [x for x in desk.all if isinstance(x, c.RequestPayment)]
    assert scene.carry_out(request, desk) == []
    assert scene.worker.told == [z.Sale(ID, 9630)]
    assert scene.report(Progress(1, z.Remembered(ID, "000101", "0021"))) == [
        e.PaymentMarked(ID, MARK)
    ]
    assert scene.report(Progress(9, z.Remembered(ID))) == [], "nobody's command"
    assert scene.carry_out(c.BeginPayment(ID, ZVT), desk) == []
    assert scene.report(Completed(2, Success())) == []
    (offered,) = scene.report(Progress(1, z.Offer(PAID)))
    assert isinstance(offered, e.PaymentOffered)
    (paid,) = scene.report(Completed(1, Success(PAID)))
    assert isinstance(paid, e.PaymentAnswered)
    assert paid.result is Charge.PAID


def test_an_order_of_another_make_of_terminal_is_not_asked_of_this_one() -> None:
    ecr_hub = Means(TERMINAL, RefundBy.PARTIAL, exclusive=TERMINAL)
    scene, desk = Counter(), Desk(ecr_hub)
    assert scene.carry_out(c.QueryPayment(ID, ecr_hub), desk) == [
        e.PaymentQueried(ID, Charge.NO_ANSWER, code="not_configured")
    ]
    assert scene.worker.told == []
    other = Scene().with_terminal()
    assert other.carry_out(c.QueryPayment(ID, ZVT), Desk(ZVT)) == [
        e.PaymentQueried(ID, Charge.NO_ANSWER, code="not_configured")
    ]
    assert other.worker.told == []
