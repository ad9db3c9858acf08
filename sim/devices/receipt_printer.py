"""The receipt printer: a buffer, a head that moves at a speed, paper that ends, a cover, a cutter.

Two things make it treacherous, and both are here. DLE EOT is answered on arrival and overtakes
what waits in the buffer; GS r waits its turn and so proves that all before it is on paper. And
when the paper ends, the buffer keeps what is left and prints it when paper returns.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from sim.clock import Clock
from sim.devices.escpos_lexer import Command, Lexer
from sim.devices.escpos_page import Page
from sim.devices.model import Action, ActionError, Model, Timer, whole_of
from sim.devices.paper import Element, Feed, Receipt
from sim.faults import Faults

BUFFER = 4096
DOTS_PER_MM = 8
ROLL_DOTS = 80_000 * DOTS_PER_MM  # 80 m
LOW_DOTS = 4_000 * DOTS_PER_MM
CUT_S = 0.3
CUTTER_ABOVE_HEAD = 96  # dots of paper between head and knife
RECEIPTS_KEPT = 200
DLE_EOT = b"\x10\x04"
CUTS = {0, 1, 48, 49, 65, 66, 97, 98, 103, 104}


@dataclass(frozen=True)
class Cut:
    """The knife falls."""


class ReceiptPrinter(Model):
    """`speed_mm_s` is the paper's speed; the clock only dates the receipts."""

    def __init__(
        self,
        clock: Clock,
        faults: Faults,
        device_id: str = "receipt_printer",
        speed_mm_s: float = 100.0,
    ) -> None:
        super().__init__(device_id)
        self._clock, self._faults = clock, faults
        self._speed = speed_mm_s * DOTS_PER_MM
        self.receipts: deque[Receipt] = deque(maxlen=RECEIPTS_KEPT)
        self._printed_count = 0
        self._silent_until = 0.0
        self._paper_left = ROLL_DOTS
        self._low = self._out = self._cover = self._jam = False
        self._power_on()

    def _power_on(self) -> None:
        self._lexer, self._page = Lexer(), Page()
        self._queue: deque[Command] = deque()
        self._queued = 0
        self._ready: deque[Element | Cut] = deque()  # set, waiting for the head
        self._piece: list[Element] = []  # on the paper that hangs out
        self._motion: Timer | None = None
        self._stalled = False
        self._dle = b""  # tail of the input that may begin a DLE EOT
        self._asb = 0
        self._asb_last = b""

    # ---- input ----

    def room(self) -> int | None:
        # The command being received is not counted: a long picture streams through.
        return max(0, BUFFER - self._queued)

    def receive(self, data: bytes) -> None:
        self._look_at_faults()
        for command in self._lexer.feed(self._pick_real_time(data)):
            self._queue.append(command)
            self._queued += len(command)
        self._run()

    def _pick_real_time(self, data: bytes) -> bytes:
        """Answer each DLE EOT n in `data` and give back the rest.

        Inside a picture the same three bytes are answered too, as real printers do, but stay.
        """
        whole, self._dle = self._dle + data, b""
        rest = bytearray()
        start = 0
        while (at := whole.find(DLE_EOT, start)) >= 0 and at + 2 < len(whole):
            rest += whole[start:at]
            if whole[at + 2] in (1, 2, 3, 4):
                self._say(self._real_time(whole[at + 2]))
                if self._in_picture(rest):
                    rest += whole[at : at + 3]
                start = at + 3
            else:
                rest += whole[at : at + 1]
                start = at + 1
        tail = whole[start:]
        if at >= 0 and len(tail) <= 2:
            self._dle, tail = tail, b""
        elif tail.endswith(DLE_EOT):
            self._dle, tail = DLE_EOT, tail[:-2]
        elif tail.endswith(DLE_EOT[:1]):
            self._dle, tail = DLE_EOT[:1], tail[:-1]
        return bytes(rest + tail)

    def _in_picture(self, before: bytearray) -> bool:
        """Whether the bytes after `before` belong to a command that has begun."""
        for command in self._lexer.feed(bytes(before)):
            self._queue.append(command)
            self._queued += len(command)
        before.clear()
        return self._lexer.inside

    # ---- status ----

    @property
    def _offline(self) -> bool:
        return self._cover or self._out or self._jam

    def _real_time(self, n: int) -> bytes:
        """The reply to DLE EOT n ("ESC/POS facts", Status)."""
        bits = 0
        if n == 1:
            bits = 0x08 * self._offline
        elif n == 2:
            bits = 0x04 * self._cover | 0x20 * self._out | 0x40 * self._jam
        elif n == 3:
            bits = 0x08 * self._jam
        else:
            bits = 0x0C * (self._low or self._out) | 0x60 * self._out
        return bytes((0x12 | bits,))

    def _paper_status(self) -> bytes:
        """The reply to GS r 1."""
        return bytes((0x03 * (self._low or self._out) | 0x0C * self._out,))

    def port_status(self) -> int:
        """What GET_PORT_STATUS answers over USB: paper empty, selected, no error (3a).

        The USB part of the machine answers it, also while the printer itself says nothing.
        """
        return 0x20 * self._out | 0x10 | 0x08 * (not self._cover and not self._jam)

    def soft_reset(self) -> None:
        """SOFT_RESET over USB: what waits in the buffer is thrown away."""
        self._clear_buffer()

    def _auto_status(self) -> None:
        """ASB: four bytes when something has changed and the host asked to be told."""
        if not self._asb:
            return
        status = bytes(
            (
                0x10 | 0x08 * self._offline | 0x20 * self._cover,
                0x08 * self._jam,
                0x03 * (self._low or self._out) | 0x0C * self._out,
                0x00,
            )
        )
        if status != self._asb_last:
            self._asb_last = status
            self._say(status)

    def _say(self, data: bytes) -> None:
        spell = self._faults.take(self.device_id, "silent", lambda f: f.number("seconds", 0.0) > 0)
        if spell is not None:
            self._silent_until = self.now + spell.number("seconds", 0.0)
        if self.now >= self._silent_until and not self._faults.waiting(self.device_id, "silent"):
            self._write(data)

    # ---- printing ----

    def _run(self) -> None:
        """Do what can be done without the head moving; start the next motion."""
        while self._motion is None and not self._offline and not self._stalled:
            if self._ready:
                self._print(self._ready.popleft())
            elif self._queue:
                command = self._queue.popleft()
                self._queued -= len(command)
                self._do(command)
            else:
                break
        self._auto_status()

    def _do(self, command: Command) -> None:
        name, args = command.name, command.args
        if name == b"\x1dr":
            self._say(self._paper_status() if args[0] in (1, 49) else b"\x00")
        elif name == b"\x1da":
            self._asb, self._asb_last = args[0], b""
        elif name == b"\x1dI":
            self._say(b"_SIM-80\x00" if args[0] >= 65 else b"\x02")
        elif name in (b"\x1bi", b"\x1bm"):
            self._cut(0)
        elif name == b"\x1dV" and args[0] in CUTS:
            self._cut(args[1] + CUTTER_ABOVE_HEAD if len(args) > 1 else 0)
        elif name == b"\x10\x05":
            self._recover(args[0])
        else:
            self._ready.extend(self._page.run(command))

    def _print(self, element: Element | Cut) -> None:
        """Move the paper under the head by the element's height, or the knife."""
        self._look_at_faults()
        if self._offline:
            self._ready.appendleft(element)
            return
        stall = self._faults.take(self.device_id, "stall")
        if stall is not None:
            self._stalled = True
            self._ready.appendleft(element)
            self._after(stall.number("seconds", 10.0), self._go_on)
            return
        if isinstance(element, Cut):
            if self._faults.take(self.device_id, "cutter_jam") is not None:
                self._jam = True
                self._ready.appendleft(element)
                return
            self._motion = self._after(CUT_S, self._knife_fell)
            return
        if element.height > self._paper_left:
            # The paper ends under the head: what is left of it moves, the line is lost.
            seconds = self._paper_left / self._speed
            self._motion = self._after(seconds, self._end_of_paper)
            return
        self._motion = self._after(element.height / self._speed, lambda: self._printed(element))

    def _printed(self, element: Element) -> None:
        self._motion = None
        self._paper_left -= element.height
        self._low = self._low or self._paper_left < LOW_DOTS
        self._piece.append(element)
        self._run()

    def _knife_fell(self) -> None:
        self._motion = None
        self._finish_piece(torn=False)
        self._run()

    def _end_of_paper(self) -> None:
        self._motion = None
        self._paper_left = 0
        self._low = self._out = True
        self._finish_piece(torn=True)
        self._run()

    def _go_on(self) -> None:
        self._stalled = False
        self._run()

    def _cut(self, feed: int) -> None:
        if feed:
            self._ready.append(Feed(feed))
        self._ready.append(Cut())

    def _finish_piece(self, torn: bool) -> None:
        if self._piece:
            self._printed_count += 1
            now = self._clock.time()
            self.receipts.append(Receipt(self._printed_count, now, torn, tuple(self._piece)))
        self._piece = []

    def _recover(self, n: int) -> None:
        """DLE ENQ: 1 go on, 2 throw away the buffer and go on."""
        if n == 2:
            self._clear_buffer()

    def _clear_buffer(self) -> None:
        self._queue.clear()
        self._ready.clear()
        self._queued = 0
        self._lexer.clear()

    # ---- faults and the outside world ----

    def poke(self) -> None:
        self._look_at_faults()
        self._run()

    def _look_at_faults(self) -> None:
        take = self._faults.take
        if take(self.device_id, "paper_out") is not None:
            self._take_paper()
        if (after := take(self.device_id, "paper_out_after")) is not None:
            dots = after.number("dots", 0.0) + after.number("lines", 0.0) * 30
            self._paper_left = max(0, int(dots))
        if take(self.device_id, "paper_low") is not None:
            self._low = True
        if take(self.device_id, "cover_open") is not None:
            self._cover = True

    def _take_paper(self) -> None:
        """The roll is gone, in the middle of a line if need be."""
        if self._motion is not None:
            self._motion.cancel()
            self._motion = None
        self._paper_left = 0
        self._low = self._out = True
        self._finish_piece(torn=True)

    def actions(self) -> Mapping[str, Action]:
        return {
            "paper_out": Action("取走纸卷", "take the paper out"),
            "paper_in": Action("放入新纸卷", "put in a new roll"),
            "paper_low": Action("纸将用完", "paper nearly out"),
            "paper_out_after": Action("再打几行就没纸", "out after some lines", {"lines": 6}),
            "cover_open": Action("打开盖子", "open the cover"),
            "cover_close": Action("合上盖子", "close the cover"),
            "jam": Action("切刀卡住", "jam the cutter"),
            "clear_jam": Action("清除卡纸", "clear the jam"),
            "power_cycle": Action("关机再开", "switch off and on"),
        }

    def act(self, name: str, body: Mapping[str, object]) -> dict[str, object]:
        if name == "paper_out":
            self._take_paper()
        elif name == "paper_in":
            self._paper_left, self._low, self._out = ROLL_DOTS, False, False
        elif name == "paper_low":
            self._low = True
            self._paper_left = min(self._paper_left, LOW_DOTS)
        elif name == "paper_out_after":
            self._paper_left = max(0, whole_of(body, "lines", 6)) * 30
        elif name in ("cover_open", "cover_close"):
            self._cover = name == "cover_open"
        elif name in ("jam", "clear_jam"):
            self._jam = name == "jam"
        elif name == "power_cycle":
            if self._motion is not None:
                self._motion.cancel()
            self._finish_piece(torn=True)
            self._power_on()
        else:
            raise ActionError(f"{name}: no such action")
        self._run()
        return {}

    def state(self) -> dict[str, object]:
        return {
            "paper": "out" if self._out else "low" if self._low else "ok",
            "paper_mm": self._paper_left // DOTS_PER_MM,
            "cover": "open" if self._cover else "closed",
            "cutter": "jammed" if self._jam else "ok",
            "printing": self._motion is not None,
            "stalled": self._stalled,
            "buffered_bytes": self._queued + self._lexer.held,
            "receipts": self._printed_count,
            "unfinished": bool(self._piece),
            "unknown_commands": dict(self._lexer.unknown),
        }

    def piece(self) -> tuple[Element, ...]:
        """What is on the paper that has not been cut yet."""
        return tuple(self._piece)
