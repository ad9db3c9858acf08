"""A health record that takes results of the clinic in: the sandbox of the kiosk's own interface.

Written from the description in `kiosk/gateways/record.py` and BILLER.md, "Transport". It keeps
what it is sent under the number it came with, once, for tests to look at; a token that isn't
known is refused. Faults as of `transport.Gateway`; `refuse {code}` (EQ0004) besides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from sim.gateways.keys import key_pair
from sim.gateways.sealed import SealedGateway
from sim.gateways.transport import Request, World

APP_ID = "cabin-3801"
TOKEN_PREFIX = "HR1"
TOKENS = ("HR1-3801-0001", "HR1-3801-0002")
"""Synthetic codes of people who have a record; every other one belongs to nobody."""
OK, BAD_REQUEST, NO_CUSTOMER = "AAAAAAA", "EQ0001", "EQ0004"
_NUMBER = re.compile(r"[0-9A-F]{32}")

Answer = tuple[str, dict[str, object]]


class Record(SealedGateway):
    """Keeps results by number; `arrivals` counts every request that got here."""

    name = "record"
    device = "record"
    app_id = APP_ID
    calls = frozenset({"results"})
    changing = frozenset({"results"})
    messages: Mapping[str, str] = {OK: "成功", BAD_REQUEST: "参数错误", NO_CUSTOMER: "码无效"}

    def __init__(self, world: World) -> None:
        super().__init__(world, key_pair("record app"), key_pair("record server"))
        self.kept: dict[str, dict[str, object]] = {}
        self.arrivals = 0

    def act(self, request: Request, call: str) -> Answer:
        self.arrivals += 1
        try:
            fields = json.loads(request.body)
        except (ValueError, RecursionError):
            return BAD_REQUEST, {}
        if not isinstance(fields, dict):
            return BAD_REQUEST, {}
        number, token, bundle = (fields.get(x) for x in ("result_no", "token", "bundle"))
        if not isinstance(number, str) or not _NUMBER.fullmatch(number):
            return BAD_REQUEST, {}
        if not isinstance(token, str) or not isinstance(bundle, dict):
            return BAD_REQUEST, {}
        if (fault := self.strike("refuse", call)) is not None:
            return fault.text("code", NO_CUSTOMER), {}
        if token not in TOKENS:
            return NO_CUSTOMER, {}
        entry: dict[str, object] = {"token": token, "bundle": bundle}
        if self.kept.setdefault(number, entry) != entry:
            return BAD_REQUEST, {}
        return OK, {"status": "kept"}
