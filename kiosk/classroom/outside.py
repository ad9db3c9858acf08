"""What a lesson lets happen, in the words of the bench's API (design, Simulator)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from kiosk.barcodes import slip_code
from kiosk.classroom.known import FAULTS
from kiosk.classroom.lesson import Act


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request to the bench; ``body`` is its JSON."""

    method: str
    path: str
    body: Mapping[str, object]


def names_bill(act: Act) -> bool:
    """Whether ``prepared`` needs the bench's bills."""
    return "bill" in act.body


def prepared(act: Act, bills: Iterable[Mapping[str, object]], order_id: str = "") -> Act:
    """The act with the barcode of the bill, or of the slip, that it names.

    ``bills`` as ``GET /api/bills`` lists them, with ``account`` and ``code``; ``order_id`` is the
    order of the slip. Raises LookupError if there is no such bill or no order.
    """
    if act.body.get("slip"):
        if not order_id:
            raise LookupError("there is no order yet whose slip could be scanned")
        return replace(act, body={"code": slip_code(order_id)})
    if not names_bill(act):
        return act
    account = act.body["bill"]
    code = next((x["code"] for x in bills if x["account"] == account), None)
    if code is None:
        raise LookupError(f"the simulated cabin has no bill of account {account}")
    rest = {key: value for key, value in act.body.items() if key != "bill"}
    return replace(act, body={**rest, "code": code})


def request_of(act: Act) -> Request:
    """How a prepared act is sent."""
    if act.device != FAULTS:
        return Request("POST", f"/api/devices/{act.device}/{act.action}", act.body)
    if act.action == "set":
        return Request("POST", "/api/faults", act.body)
    which = {x: str(act.body[x]) for x in ("device", "kind") if x in act.body}
    return Request("DELETE", f"/api/faults?{urlencode(which)}", {})
