"""A cash desk made of bytes: it speaks to the simulated terminal from the documentation alone."""

from __future__ import annotations

import json
from typing import Any

from sim.clock import VirtualClock
from sim.devices.ecr_frames import BEAT, Frame, Frames
from sim.devices.terminal import Terminal
from sim.faults import Fault, Faults

# Samples of the maker's documentation.
HANDSHAKE = bytes.fromhex("55aa010000000001cc33")
CONFIRM = bytes.fromhex("55aa020000000002cc33")
BEAT_BYTES = bytes.fromhex("55aa000000000000cc33")
ACK_1 = bytes.fromhex("55aa000100000001cc33")
QUERY = bytes.fromhex(
    "55aa000002009d7b22746f706963223a226563726875622e7061792e7175657279222c22726571756573745f69"
    "64223a225232222c226170705f6964223a22777a31222c2274696d657374616d70223a223137303030303030303"
    "0303030222c2276657273696f6e223a22322e30222c2262697a5f64617461223a7b226d65726368616e745f6f72"
    "6465725f6e6f223a2244433230323530313031303030303031227d7dfbcc33"
)
NO = "38012611220000100001"


class Till:
    """The host's side by hand: frames and JSON, acks at once unless told not to."""

    def __init__(self, **faults: dict[str, object]) -> None:
        self.faults = Faults()
        self.terminal = Terminal(VirtualClock(), self.faults)
        self.frames = Frames()
        self.next_id = 0
        self.acking = True
        self.answers: list[dict[str, Any]] = []
        self.acks: list[int] = []
        for kind, params in faults.items():
            self.faults.add(Fault("terminal", kind, params, count=1))
        self.shake()

    def shake(self) -> None:
        self.terminal.receive(HANDSHAKE)
        self.take()

    def take(self) -> None:
        while frames := self.frames.feed(self.terminal.take_output()):
            self._take(frames)

    def _take(self, frames: list[Frame]) -> None:
        for frame in frames:
            if frame.ack:
                self.acks.append(frame.ack)
            if frame.id:
                self.answers.append(json.loads(frame.data))
                if self.acking:
                    self.terminal.receive(Frame(ack=frame.id).encode())

    def wait(self, seconds: float) -> None:
        for step in range(round(seconds * 20)):
            if step % 20 == 0:
                self.terminal.receive(BEAT)
            self.terminal.advance(0.05)
            self.take()

    def ask(self, topic: str, request_id: str | None = None, **biz: str) -> None:
        self.next_id = self.next_id % 255 + 1
        message = {
            "topic": f"ecrhub.pay.{topic}",
            "request_id": request_id or f"r{self.next_id}",
            "app_id": "wz1",
            "timestamp": "1700000000000",
            "version": "2.0",
            "biz_data": biz,
        }
        self.terminal.receive(Frame(id=self.next_id, data=json.dumps(message).encode()).encode())
        self.take()

    def sale(self, order_no: str = NO, amount: str = "34.50", **more: str) -> None:
        self.ask("order", merchant_order_no=order_no, order_amount=amount, trans_type="1", **more)

    def paid_sale(self, order_no: str = NO, amount: str = "34.50") -> None:
        self.sale(order_no, amount)
        self.terminal.act("tap_card", {})
        self.wait(2)

    def money(self, order_no: str = NO) -> tuple[int, int, int]:
        row = self.terminal.ledger()[order_no]
        return row["charged_fen"], row["refunded_fen"], row["charges"]
