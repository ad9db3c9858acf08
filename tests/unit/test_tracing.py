"""Live traffic: whoever begins to listen in the middle of a frame sees nothing of anybody's."""

from __future__ import annotations

import json
import time

import pytest

from devices import registry
from devices.driver import Notice
from devices.id_reader import codec as sam
from devices.receipt_printer.document import Columns, Cut, Document, Qr, Text
from devices.receipt_printer.encoder import encode
from devices.scanner.codec import Scanned
from kiosk.diagnostics.tracing import MOST_LINES, QUIET_S, Trace
from sim.devices.id_reader import IdReader
from sim.faults import Faults

NAME, WHO = "欧阳丹青", "31010118501231988"
RECEIPT: Document = (
    Text("数字小屋", (2, 2)),
    Columns("户名", "张三丰 38弄2号"),
    Text("卡号 621234******9876"),
    Qr("SX13801261122000001ABCDEZ"),
    Cut(),
)


def _card() -> bytes:
    """What the reader says of a card, as a twin of ours says it."""
    twin = IdReader(Faults())
    twin.act("lay", {"name": NAME, "number": WHO})
    heard = b""
    for word in (sam.FIND, sam.SELECT, sam.READ):
        twin.receive(sam.encode(word))
        twin.advance(2)
        heard = twin.take_output()
    return heard


CASES = {
    "sam_v": (
        "in",
        _card(),
        [x.encode("utf-16-le") for x in (NAME, WHO[10:])],
    ),
    "escpos_serial": (
        "out",
        b"".join(encode(RECEIPT)),
        ["张三丰".encode("gb18030"), b"9876", b"621234", b"22000001"],
    ),
    "cdc_scanner": ("in", b"28763443825664394\r\n", [b"63443825", b"64394"]),
}


@pytest.mark.parametrize("driver", CASES)
def test_wherever_listening_begins(driver: str) -> None:
    way, raw, secrets = CASES[driver]
    step = 1 if len(raw) < 400 else 7
    for cut in range(0, len(raw), step):
        trace = Trace(registry.scribe(driver))
        now = time.monotonic() + 1
        if way == "in":
            trace.received(raw[cut:], now)
        else:
            trace._last = 0.0  # sent() reads the clock itself
            trace.sent(raw[cut:])
        trace.lost(now, "unplugged")
        shown = "".join(json.dumps(x) for x in _all(trace))
        for secret in secrets:
            half = secret[: max(4, len(secret) // 2)]
            for text in (secret, half, secret[-len(half) :]):
                assert text.hex() not in shown, (cut, text)


def _all(trace: Trace) -> list[dict[str, object]]:
    lines = []
    while (line := trace.get(0)) is not None:
        lines.append(line)
    return lines


def test_nothing_is_decoded_before_the_line_has_paused() -> None:
    trace = Trace(registry.scribe("sam_v"))
    now = time.monotonic()
    trace.received(b"\xaa\xaa", now)
    trace.received(b"\xaa\x96\x69\x00\x04\x00\x00\x90\x94", now + QUIET_S / 2)
    assert _all(trace) == []
    trace.received(bytes.fromhex("aaaaaa9669000400009094"), now + 1)
    (line,) = _all(trace)
    assert line["means"] == "90 good"


def test_a_listener_who_is_too_slow_loses_lines_and_holds_nobody_up() -> None:
    trace = Trace(registry.scribe("cdc_scanner"), wall=lambda: 1.0)
    for _ in range(MOST_LINES + 5):
        trace.reported(Notice(Scanned("SECRET")))
    assert trace.lost_lines == 5
    lines = _all(trace)
    assert len(lines) == MOST_LINES
    assert lines[0]["told"] == {"notice": "Scanned"}
