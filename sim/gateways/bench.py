"""What the outside world can do to the gateways, for the bench: ids `biller` and `qr_payment`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import ClassVar

from sim.devices.model import Action, ActionError, text_of, whole_of
from sim.faults import Fault, Faults
from sim.gateways.alipay import Alipay
from sim.gateways.biller import Biller
from sim.gateways.biller_accounts import BY_ID, Account, Bill
from sim.gateways.biller_book import State as PostingState
from sim.gateways.record import TOKENS, Record
from sim.gateways.trades import BuyerError, Trade, TradeBook
from sim.gateways.wechat import Wechat

_UNPLUG: Mapping[str, Action] = {
    "unplug": Action("拔掉网线", "pull the network cable"),
    "plug": Action("插上网线", "plug the network cable in"),
}
_Act = Callable[[Mapping[str, object]], dict[str, object]]


class Bench(ABC):
    """One device of the bench. `act` raises ActionError with a sentence that says why not."""

    device_id: ClassVar[str]
    offered: ClassVar[Mapping[str, Action]]

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    @abstractmethod
    def _acts(self) -> Mapping[str, _Act]:
        """What does each action of `offered`."""

    @abstractmethod
    def state(self) -> dict[str, object]:
        """What the page shows, as JSON values."""

    def actions(self) -> Mapping[str, Action]:
        return {**self.offered, **_UNPLUG}

    def act(self, name: str, body: Mapping[str, object]) -> dict[str, object]:
        if name == "plug":
            return {"cleared": self._faults.clear(self.device_id, "unreachable")}
        if name == "unplug":
            if not self._faults.waiting(self.device_id, "unreachable"):
                self._faults.add(Fault(self.device_id, "unreachable"))
            return {}
        act = self._acts().get(name)
        if act is None:
            raise ActionError(f"{self.device_id} has no action {name}")
        return act(body)

    def reachable(self) -> bool:
        return not self._faults.waiting(self.device_id, "unreachable")


class BillerBench(Bench):
    """The biller's back office."""

    device_id = "biller"
    offered: ClassVar[Mapping[str, Action]] = {
        "new_bill": Action(
            "新账单",
            "a new bill",
            {
                "institution": "SH-POWER",
                "account": "3100004417",
                "period": "2026-10",
                "amount_fen": 9630,
                "late_fee_fen": 0,
            },
        ),
        "change_amount": Action(
            "改金额", "change what is owed", {"account": "3100004417", "fen": 500}
        ),
        "late_fee": Action("加滞纳金", "add a late fee", {"account": "3100004417", "fen": 100}),
        "finish_pending": Action("完成待处理", "let a pending posting come out", {"order_no": ""}),
        "new_debts": Action("恢复全部欠费", "everybody owes again"),
    }

    def __init__(self, biller: Biller, faults: Faults) -> None:
        super().__init__(faults)
        self._biller = biller

    def _acts(self) -> Mapping[str, _Act]:
        return {
            "new_bill": self._new_bill,
            "change_amount": self._change_amount,
            "late_fee": self._late_fee,
            "finish_pending": self._finish_pending,
            "new_debts": self._new_debts,
        }

    def _new_bill(self, body: Mapping[str, object]) -> dict[str, object]:
        institution = BY_ID.get(text_of(body, "institution"))
        number = text_of(body, "account")
        if institution is None or not institution.well_formed(number):
            raise ActionError("no such institution, or no such form of account")
        amount, fee = whole_of(body, "amount_fen"), whole_of(body, "late_fee_fen", 0)
        if amount <= 0 or fee < 0:
            raise ActionError("a bill costs something")
        accounts = self._biller.book.accounts
        account = accounts.setdefault(
            (institution.id, number), Account(institution, number, "某**")
        )
        return asdict(account.owe(text_of(body, "period"), amount, fee))

    def _first_bill(self, body: Mapping[str, object]) -> Bill:
        number = text_of(body, "account")
        for (_, known), account in self._biller.book.accounts.items():
            if known == number and account.bills:
                return min(account.bills.values(), key=lambda bill: bill.period)
        raise ActionError("that account owes nothing")

    def _change_amount(self, body: Mapping[str, object]) -> dict[str, object]:
        bill = self._first_bill(body)
        bill.amount_fen = _not_less(bill.amount_fen + whole_of(body, "fen"), 1)
        return asdict(bill)

    def _late_fee(self, body: Mapping[str, object]) -> dict[str, object]:
        bill = self._first_bill(body)
        bill.late_fee_fen = _not_less(bill.late_fee_fen + whole_of(body, "fen"), 0)
        return asdict(bill)

    def _finish_pending(self, body: Mapping[str, object]) -> dict[str, object]:
        wanted = text_of(body, "order_no", "")
        postings = self._biller.book.postings.values()
        pending = [p.order_no for p in postings if p.state is PostingState.PENDING]
        if wanted and wanted not in pending:
            raise ActionError("that number isn't pending")
        numbers = [wanted] if wanted else pending
        return {"finished": sum(self._biller.book.settle(number) for number in numbers)}

    def _new_debts(self, body: Mapping[str, object]) -> dict[str, object]:
        del body
        self._biller.book.new_debts()
        return {}

    def state(self) -> dict[str, object]:
        accounts = self._biller.book.accounts.values()
        return {
            "reachable": self.reachable(),
            "asked": self._biller.asked,
            "debts": [
                {"institution": a.institution.id, "account": a.number, **asdict(bill)}
                for a in accounts
                for bill in a.bills.values()
            ],
            "balances": {a.number: a.balance_fen for a in accounts if a.institution.prepaid},
            "postings": self._biller.ledger(),
        }


class QrBench(Bench):
    """Somebody's phone before the code on the screen."""

    device_id = "qr_payment"
    offered: ClassVar[Mapping[str, Action]] = {
        "scan": Action("扫码", "scan the code", {"order_no": ""}),
        "pay": Action("付款", "pay", {"order_no": "", "coupon_fen": 0}),
        "decline": Action("扫码但不付", "scan and walk away", {"order_no": ""}),
    }

    def __init__(self, alipay: Alipay, wechat: Wechat, faults: Faults) -> None:
        super().__init__(faults)
        self._alipay = alipay
        self._wechat = wechat

    def _books(self) -> Mapping[str, TradeBook]:
        return {"alipay": self._alipay.trades.book, "wechat": self._wechat.trades.book}

    def _acts(self) -> Mapping[str, _Act]:
        return {"scan": self._scan, "pay": self._pay, "decline": self._scan}

    def _chosen(self, body: Mapping[str, object]) -> tuple[str, Trade]:
        """By `order_no`, by the text of the `code`, or the newest open one (of `provider`)."""
        wanted, code = text_of(body, "order_no", ""), text_of(body, "code", "")
        provider = text_of(body, "provider", "")
        books = {n: b for n, b in self._books().items() if provider in ("", n)}
        if wanted:
            found = [(n, t) for n, b in books.items() if (t := b.get(wanted)) is not None]
        elif code:
            found = [(n, t) for n, b in books.items() for t in b.open_trades() if t.code == code]
        else:
            newest = [(n, t) for n, b in books.items() if (t := b.newest_open()) is not None]
            found = sorted(newest, key=lambda pair: pair[1].made_at)[-1:]
        if not found:
            raise ActionError("there is no such open order")
        return found[-1]

    def _scan(self, body: Mapping[str, object]) -> dict[str, object]:
        provider, trade = self._chosen(body)
        try:
            self._books()[provider].scan(trade)
        except BuyerError as error:
            raise ActionError(str(error)) from error
        return _shown(provider, trade)

    def _pay(self, body: Mapping[str, object]) -> dict[str, object]:
        provider, trade = self._chosen(body)
        try:
            self._books()[provider].pay(trade, whole_of(body, "coupon_fen", 0))
        except BuyerError as error:
            raise ActionError(str(error)) from error
        return _shown(provider, trade)

    def state(self) -> dict[str, object]:
        books = self._books().items()
        return {
            "reachable": self.reachable(),
            "open": [_shown(name, trade) for name, book in books for trade in book.open_trades()],
            "ledger": [row for _, book in books for row in book.ledger()],
        }


class RecordBench(Bench):
    """The health record: how many results it keeps, and the codes that people have for it."""

    device_id = "record"
    offered: ClassVar[Mapping[str, Action]] = {}

    def __init__(self, record: Record, faults: Faults) -> None:
        super().__init__(faults)
        self._record = record

    def _acts(self) -> Mapping[str, _Act]:
        return {}

    def state(self) -> dict[str, object]:
        return {
            "reachable": self.reachable(),
            "kept": len(self._record.kept),
            "arrivals": self._record.arrivals,
            "tokens": list(TOKENS),
        }


def _not_less(fen: int, least: int) -> int:
    if fen < least:
        raise ActionError("so little can't be owed")
    return fen


def _shown(provider: str, trade: Trade) -> dict[str, object]:
    return {
        "provider": provider,
        "order_no": trade.order_no,
        "state": str(trade.state),
        "amount_fen": trade.amount_fen,
        "subject": trade.subject,
        "qr_text": trade.code,
    }
