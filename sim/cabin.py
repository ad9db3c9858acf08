"""The simulated cabin: its machines on their lines, its gateways, and everything done to them.

Nothing here knows real time or threads: `advance_to` moves all machines together. Whoever uses
it from several threads holds `lock`.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Protocol

from sim.clock import Clock, RealClock
from sim.devices.booklet_dispenser import BookletDispenser
from sim.devices.document_printer import DocumentPrinter
from sim.devices.document_scanner import DocumentScanner
from sim.devices.id_reader import IdReader
from sim.devices.ieee_meter import IeeeMeter
from sim.devices.model import Action, ActionError, Model
from sim.devices.rbp_meter import RbpMeter
from sim.devices.receipt_printer import ReceiptPrinter
from sim.devices.rice_mill import RiceMill
from sim.devices.scanner import Scanner
from sim.devices.scanner_hid import HidScanner, SecondNode
from sim.devices.terminal import Terminal
from sim.devices.terminal_link import BEAT_S
from sim.devices.terminal_zvt import TerminalZvt
from sim.faults import Faults
from sim.wire.http_line import HttpLine
from sim.wire.line import Line

APP_ID = "wz000000000000"  # synthetic; the platform gives real ones
GATEWAY_IDS = ("biller", "qr_payment", "record")
BROUGHT_IDS = ("phone_file", "usb_stick")  # what people bring, kept with the gateways
BAUD = {
    "terminal": 115200,
    "terminal_zvt": 9600,
    "terminal_zvt_tcp": 0,  # a network
    "scanner": 9600,
    "receipt_printer": 19200,
    "booklet_dispenser": 9600,
    "id_reader": 115200,
    "bp_meter": 9600,
    "rice_mill": 9600,
    "bp_meter_standard": 115200,
    "scanner_hid": 0,  # USB: no line that keeps a rate
    "scanner_hid_second": 0,
    "document_scanner": 0,  # a program speaks with it
}
NAMES = {
    "terminal": ("缴费终端", "payment terminal"),
    "terminal_zvt": ("缴费终端（ZVT）", "payment terminal (ZVT)"),
    "terminal_zvt_tcp": ("缴费终端（ZVT 网口）", "payment terminal (ZVT over TCP)"),
    "scanner": ("扫码器", "scanner"),
    "receipt_printer": ("小票打印机", "receipt printer"),
    "document_printer": ("文件打印机", "document printer"),
    "document_scanner": ("扫描仪", "document scanner"),
    "booklet_dispenser": ("病历本发放机", "booklet dispenser"),
    "id_reader": ("身份证读卡器", "ID-card reader"),
    "bp_meter": ("血压计", "blood-pressure meter"),
    "rice_mill": ("碾米机", "rice mill"),
    "bp_meter_standard": ("血压计（标准协议）", "blood-pressure meter (IEEE 11073)"),
    "scanner_hid": ("扫码器（键盘式）", "scanner, keyboard type"),
    "scanner_hid_second": ("键盘式扫码器的第二个接口", "its second input node"),
    "biller": ("收费单位", "biller"),
    "qr_payment": ("手机支付", "phone payment"),
    "record": ("健康档案", "health record"),
    "phone_file": ("手机传文件", "a phone that sends a file"),
    "usb_stick": ("U盘", "USB stick"),
}
PLUG = Action("插上线", "plug in")
UNPLUG = Action("拔线", "unplug")


class GatewayDevices(Protocol):
    """The part of the gateways that the bench shows as devices."""

    def actions(self, device_id: str) -> Mapping[str, Action]: ...

    def act(self, device_id: str, name: str, body: Mapping[str, object]) -> dict[str, object]: ...

    def state(self, device_id: str) -> dict[str, object]: ...

    def ledger(self) -> Mapping[str, object]: ...


class Cabin:
    """All machines, by device id. `pace` makes bytes take the time their baud rate needs."""

    def __init__(
        self,
        clock: Clock,
        faults: Faults,
        gateways: GatewayDevices | None = None,
        pace: bool = False,
        heartbeats: bool = True,
    ) -> None:
        self.clock, self.faults, self.gateways = clock, faults, gateways
        self.lock = threading.RLock()
        self.terminal = Terminal(
            clock, faults, app_id=APP_ID, beat_s=BEAT_S if heartbeats else None
        )
        wall = clock.wall if isinstance(clock, RealClock) else clock.time
        self.terminal_zvt = TerminalZvt(clock, faults, wall=wall)
        self.scanner = Scanner()
        self.printer = ReceiptPrinter(clock, faults)
        self.rice_mill = RiceMill(faults)
        self.booklet_dispenser = BookletDispenser(faults)
        second_node = SecondNode()
        models: tuple[Model, ...] = (
            self.terminal,
            self.terminal_zvt,
            TerminalZvt(clock, faults, "terminal_zvt_tcp", "plain", wall=wall),
            self.scanner,
            self.printer,
            self.booklet_dispenser,
            IdReader(faults),
            RbpMeter(clock, faults),
            IeeeMeter(clock, faults),
            self.rice_mill,
            HidScanner(faults, second_node),
            second_node,
            DocumentScanner(faults),
        )
        self.lines: dict[str, Line] = {
            m.device_id: Line(m, faults, BAUD[m.device_id] if pace else 0) for m in models
        }
        self.document_printer = DocumentPrinter(faults)
        self.documents = HttpLine(self.document_printer, faults)
        self.lines["document_printer"] = self.documents
        self._start = clock.monotonic()

    # ---- time ----

    def advance_to(self, moment: float) -> None:
        """Bring every machine to `moment` of the clock's monotonic time."""
        for line in self.lines.values():
            if (dt := moment - self._start - line.now) > 0:
                line.advance(dt)

    def catch_up(self) -> None:
        """Bring every machine to the clock's present."""
        self.advance_to(self.clock.monotonic())

    def seconds_to_event(self) -> float | None:
        """Seconds from the machines' present until something happens by itself, or None."""
        times = [t for line in self.lines.values() if (t := line.next_event()) is not None]
        return min(times, default=None)

    # ---- the bench ----

    def devices(self) -> list[dict[str, object]]:
        """Every device: id, names, state and possible actions, as JSON values."""
        out: list[dict[str, object]] = []
        for device_id, line in self.lines.items():
            actions = dict(line.model.actions())
            actions |= {"unplug": UNPLUG} if line.plugged else {"plug": PLUG}
            state = {"plugged": line.plugged, **line.model.state()}
            out.append(_describe(device_id, state, actions))
        if self.gateways is not None:
            for device_id in (*GATEWAY_IDS, *BROUGHT_IDS):
                gateway_actions = self.gateways.actions(device_id)
                out.append(_describe(device_id, self.gateways.state(device_id), gateway_actions))
        return out

    def act(self, device_id: str, name: str, body: Mapping[str, object]) -> dict[str, object]:
        """Do something to a device. KeyError: no such device; ActionError: it can't be done."""
        line = self.lines.get(device_id)
        if line is None:
            if self.gateways is None or device_id not in (*GATEWAY_IDS, *BROUGHT_IDS):
                raise KeyError(device_id)
            return self.gateways.act(device_id, name, body)
        if name == "unplug":
            line.unplug()
            return {}
        if name == "plug":
            line.plug()
            return {}
        if not line.plugged and name == "scan":
            raise ActionError("the scanner has no power: its cable is pulled")
        return line.model.act(name, body)

    def poke(self) -> None:
        """Let the machines look at a changed list of faults."""
        for line in self.lines.values():
            line.model.poke()

    def ledger(self) -> dict[str, object]:
        """What was really charged, given back, posted and given out, by machine and gateway."""
        gateways = self.gateways.ledger() if self.gateways is not None else {}
        zvt = [
            row
            for line in self.lines.values()
            if isinstance(line.model, TerminalZvt)
            for row in line.model.ledger()
        ]
        terminals = {"terminal": self.terminal.ledger(), "terminal_zvt": zvt}
        out = {
            "rice_mill": self.rice_mill.ledger(),
            "document_printer": self.document_printer.ledger(),
            "booklet_dispenser": self.booklet_dispenser.ledger(),
        }
        return {**terminals, **out, **gateways}


def _describe(
    device_id: str, state: Mapping[str, object], actions: Mapping[str, Action]
) -> dict[str, object]:
    zh, en = NAMES.get(device_id, (device_id, device_id))
    listed = [
        {"name": name, "zh": a.zh, "en": a.en, "params": dict(a.params)}
        for name, a in actions.items()
    ]
    return {"id": device_id, "zh": zh, "en": en, "state": dict(state), "actions": listed}
