"""The books as text for technicians and the office; personal fields by their last four only."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from typing import Any

import msgspec

from kiosk import seal
from kiosk.core.decide import decide
from kiosk.core.means import Means
from kiosk.core.money import yuan
from kiosk.core.order import MEANS_GONE, Order, PaymentState
from kiosk.journal.journal import Journal, Summary
from kiosk.journal.rows import Row


def masked(value: str) -> str:
    """Return a personal field as it may be shown: ``"3100004417"`` → ``"…4417"``."""
    if value in ("", seal.GONE):
        return value
    return f"…{value[-4:]}" if len(value) > 4 else "…"


def short(order_id: str) -> str:
    """The number that people see, as ``Order.short_id`` makes it (``3801 1122 00047``'s form)."""
    return f"{order_id[:4]} {order_id[6:10]} {order_id[11:15]}"


def moment(at: int) -> str:
    """Local time of a row (milliseconds) to the second."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at / 1000))


def find(journal: Journal, wanted: str) -> list[str]:
    """Return the orders that a full or a short number, with or without spaces, may mean."""
    wanted = wanted.replace(" ", "").upper()
    numbers = [x.order_id for x in journal.summaries()]
    if wanted in numbers:
        return [wanted]
    return [x for x in numbers if short(x).replace(" ", "") == wanted]


def table(summaries: list[Summary]) -> Iterator[str]:
    """Yield the lines of the list of orders. Amounts in yuan."""
    yield f"{'number':20}  {'short':14}  {'opened':19}  {'amount':>10}  {'state':14}  needs person"
    for x in summaries:
        state = x.word if x.closed_at is None else f"{x.word}, closed"
        person = "yes" if x.needs_person else ""
        line = (
            f"{x.order_id:20}  {short(x.order_id):14}  {moment(x.opened_at):19}  "
            f"{yuan(x.amount_fen):>10}  {state:14}  {person}"
        )
        yield line.rstrip()


def summary_of(order: Order) -> Summary:
    """Return the line of the list for an order of an earlier epoch that a person must settle."""
    charged = order.amount_fen if order.payment.state is PaymentState.PAID else 0
    return Summary(
        order.id,
        order.opened_at,
        order.opened_at,
        None,
        order.amount_fen,
        charged,
        order.refunded_fen,
        order.payment_word,
        order.needs_person,
    )


def note_of(row: Row) -> dict[str, Any]:
    """Return a row that belongs to no order as plain data."""
    return {"seq": row.seq, "at": row.at, "kind": row.kind, "body": msgspec.json.decode(row.body)}


def notes_text(notes: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines about what belongs to no order: calls for help, operators' acts."""
    if notes:
        yield ""
        yield "notes that belong to no order:"
    for x in notes:
        said = [f"{name} = {value}" for name, value in x["body"].items() if value not in ("", None)]
        yield "  ".join([moment(x["at"]), f"row {x['seq']}", x["kind"], *said])


def timeline(journal: Journal, order_id: str) -> Iterator[dict[str, Any]]:
    """Yield an order's events, each with the state it led to; personal fields masked.

    Raises ValueError at a row that can't be read or that ``decide`` can't bear.
    """
    order: Order | None = None
    for entry in journal.iterate(order_id):
        try:
            order, _ = decide(order, entry.event, entry.at)
        except Exception as error:
            raise ValueError(f"row {entry.seq}: {type(error).__name__} in decide") from error
        expected = journal.digest_of(order)
        yield {
            "seq": entry.seq,
            "at": entry.at,
            "kind": type(entry.event).__name__,
            "program": entry.program,
            "event": _plain(entry.event),
            "state": state_of(order),
            "agrees": None if expected is None else expected == entry.digest,
        }


def state_of(order: Order) -> dict[str, Any]:
    """Return an order's state as words."""
    return {
        "payment": order.payment_word,
        "lines": [x.state.value for x in order.lines],
        "goods": [f"{x.goods.name} {x.state.value} {x.given}" for x in order.goods],
        "refunds": [
            {"no": x.no, "amount_fen": x.amount_fen, "state": x.state.value} for x in order.refunds
        ],
        "paper": order.paper.state.value,
        "closed": order.closed,
        "needs_person": order.needs_person,
        "person_reasons": list(order.person_reasons),
    }


def timeline_text(entry: dict[str, Any]) -> Iterator[str]:
    """Yield the lines that tell one entry of a timeline."""
    yield f"{moment(entry['at'])}  row {entry['seq']}  {entry['kind']}"
    for name, value in leaves(entry["event"], ""):
        yield f"    {name} = {value}"
    yield f"    → {state_text(entry['state'])}"
    if entry["agrees"] is False:
        yield "    ! this is another state than the one that was reached when the row was written"


def state_text(state: dict[str, Any]) -> str:
    """Tell a state in one line."""
    parts = [f"payment {state['payment']}"]
    parts += [f"{key} {', '.join(state[key])}" for key in ("lines", "goods") if state[key]]
    parts += [f"refund {x['no']} {yuan(x['amount_fen'])} {x['state']}" for x in state["refunds"]]
    parts.append(f"paper {state['paper']}")
    if state["needs_person"]:
        parts.append(f"needs a person ({', '.join(map(reason_text, state['person_reasons']))})")
    if state["closed"]:
        parts.append("closed")
    return "; ".join(parts)


def reason_text(reason: str) -> str:
    """Tell why a person is wanted: most reasons speak for themselves."""
    name, *what = reason.split(":")
    if name != MEANS_GONE:
        return reason
    asked = f" about refund {what[1]}" if what[1:] else ""
    gone = f"the way of paying {what[0]} isn't configured any more"
    return f"{gone}: ask the platform{asked} by hand"


def _plain(value: Any) -> Any:
    """An event as plain data; of the means only its name, of personal fields the last four."""
    if isinstance(value, Means):
        return value.id
    if isinstance(value, tuple):
        return [_plain(x) for x in value]
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return msgspec.to_builtins(value)
    return {
        x.name: masked(getattr(value, x.name))
        if x.metadata.get("personal")
        else _plain(getattr(value, x.name))
        for x in dataclasses.fields(value)
    }


def leaves(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield the single values of an event as plain data, each with its dotted name."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "order_id":
                yield from leaves(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{name}[{index + 1}]")
    elif value not in ("", None):
        yield name, f"{yuan(value)} yuan" if name.endswith("_fen") else value
