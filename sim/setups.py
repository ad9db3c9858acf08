"""Named set-ups of the simulated cabin: what is wrong with it from the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sim.cabin import Cabin
from sim.faults import Fault


@dataclass(frozen=True)
class Do:
    """Something done to a device."""

    device: str
    action: str
    body: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Setup:
    """A set-up: steps in order, and what a person sees of it."""

    zh: str
    en: str
    steps: tuple[Fault | Do, ...] = ()
    clears_faults: bool = False


PLUGGED = (
    "terminal",
    "terminal_zvt",
    "terminal_zvt_tcp",
    "scanner",
    "receipt_printer",
    "document_printer",
    "bp_meter",
    "bp_meter_standard",
    "booklet_dispenser",
    "id_reader",
    "rice_mill",
    "document_scanner",
)

SETUPS: Mapping[str, Setup] = {
    "normal": Setup(
        "一切正常",
        "everything works",
        (
            *(Do(device, "plug") for device in PLUGGED),
            *(Do("receipt_printer", a) for a in ("paper_in", "cover_close", "clear_jam")),
            *(Do("document_printer", a) for a in ("load", "toner", "cover_close", "clear_jam")),
            *(Do("booklet_dispenser", a) for a in ("clear_jam", "empty_bin", "refill")),
            Do("id_reader", "lift"),
            Do("document_scanner", "lift"),
            *(Do("rice_mill", "fill", {"bin": number}) for number in (1, 2)),
            *(Do("rice_mill", "climate", {"bin": number}) for number in (1, 2)),
            Do("rice_mill", "clear_faults"),
            Do("bp_meter", "person", {"systolic": 128, "diastolic": 79, "pulse": 71}),
        ),
        clears_faults=True,
    ),
    "paper_low": Setup("小票纸将用完", "receipt paper low", (Do("receipt_printer", "paper_low"),)),
    "paper_out": Setup("小票没纸", "no receipt paper", (Do("receipt_printer", "paper_out"),)),
    "paper_ends": Setup(
        "打到一半没纸",
        "paper ends in the middle of the receipt",
        (Do("receipt_printer", "paper_out_after", {"lines": 6}),),
    ),
    "cover_open": Setup(
        "打印机盖子开着", "printer cover open", (Do("receipt_printer", "cover_open"),)
    ),
    "cutter_jam": Setup("切刀卡住", "cutter jams", (Fault("receipt_printer", "cutter_jam"),)),
    "printer_offline": Setup(
        "打印机线掉了", "printer unplugged", (Do("receipt_printer", "unplug"),)
    ),
    "terminal_offline": Setup("终端线掉了", "terminal unplugged", (Do("terminal", "unplug"),)),
    "terminal_silent": Setup("终端没反应", "terminal hangs", (Fault("terminal", "silent"),)),
    "terminal_declines": Setup("终端拒绝", "terminal declines", (Fault("terminal", "decline"),)),
    "answer_lost": Setup(
        "扣了款没回话", "charged, no answer", (Fault("terminal", "no_answer", count=1),)
    ),
    "terminal_crashes": Setup(
        "扣款后终端重启",
        "terminal reboots after charging",
        (Fault("terminal", "crash_after_charge", count=1),),
    ),
    "zvt_offline": Setup(
        "ZVT 终端线掉了", "ZVT terminal unplugged", (Do("terminal_zvt", "unplug"),)
    ),
    "zvt_declines": Setup(
        "ZVT 终端拒绝", "ZVT terminal declines", (Fault("terminal_zvt", "decline"),)
    ),
    "zvt_answer_lost": Setup(
        "ZVT 终端没听见回答，自动冲正",
        "ZVT terminal hears no answer and reverses",
        (Fault("terminal_zvt", "answer_unheard", count=1),),
    ),
    "zvt_completion_lost": Setup(
        "ZVT 终端付成了没回话",
        "ZVT payment stands, completion lost",
        (Fault("terminal_zvt", "completion_lost", count=1),),
    ),
    "coupon": Setup("有优惠券", "a coupon of 2 yuan", (Fault("terminal", "coupon", {"fen": 200}),)),
    "scanner_offline": Setup("扫码器线掉了", "scanner unplugged", (Do("scanner", "unplug"),)),
    "keyboard_scanner_loses_keys": Setup(
        "键盘式扫码器漏键", "keyboard scanner loses keys", (Fault("scanner_hid", "syn_dropped"),)
    ),
    "biller_down": Setup("收费单位连不上", "biller unreachable", (Fault("biller", "unreachable"),)),
    "biller_slow": Setup("收费单位很慢", "biller slow", (Fault("biller", "slow", {"seconds": 6}),)),
    "biller_lost_answer": Setup(
        "入账后没回话",
        "biller posts, then times out",
        (Fault("biller", "timeout_after_acting", count=1),),
    ),
    "biller_bad_signature": Setup(
        "收费单位签名不对", "biller signs wrongly", (Fault("biller", "bad_signature"),)
    ),
    "qr_payment_down": Setup(
        "手机支付连不上", "phone payment unreachable", (Fault("qr_payment", "unreachable"),)
    ),
    "high_pressure": Setup(
        "血压很高的人",
        "a person with very high pressure",
        (Do("bp_meter", "person", {"systolic": 188, "diastolic": 112, "pulse": 96}),),
    ),
    "cuff_leaks": Setup("袖带漏气", "the cuff leaks", (Fault("bp_meter", "leak"),)),
    "arm_moves": Setup("手臂在动", "the arm moves", (Fault("bp_meter", "movement"),)),
    "cuff_does_not_stop": Setup(
        "袖带停不下来", "the cuff hears no stop", (Fault("bp_meter", "stop_unheard"),)
    ),
    "meter_silent": Setup("血压计没反应", "meter hangs", (Fault("bp_meter", "silent"),)),
    "pages_run_out": Setup(
        "打印纸只剩三张",
        "three sheets left in the document printer",
        (Do("document_printer", "load", {"sheets": 3}),),
    ),
    "pages_jam": Setup(
        "打印机卡纸", "document printer jams", (Fault("document_printer", "jam", count=1),)
    ),
    "no_toner": Setup(
        "打印机没墨粉",
        "document printer without toner",
        (Do("document_printer", "toner", {"percent": 0}),),
    ),
    "pages_answer_lost": Setup(
        "收了文件没回话",
        "document taken, no answer",
        (Fault("document_printer", "answer_lost", {"operation": "Send-Document"}, count=1),),
    ),
    "document_printer_busy": Setup(
        "打印机在忙", "document printer busy", (Fault("document_printer", "busy", count=3),)
    ),
    "document_printer_offline": Setup(
        "打印机网线掉了", "document printer unplugged", (Do("document_printer", "unplug"),)
    ),
    "scanner_cover": Setup(
        "扫描仪盖子开着",
        "document scanner's cover open",
        (Fault("document_scanner", "cover_open"),),
    ),
    "scan_half": Setup(
        "扫描到一半断了",
        "document scanner fails half-way",
        (Fault("document_scanner", "half", count=1),),
    ),
    "document_scanner_offline": Setup(
        "扫描仪线掉了", "document scanner unplugged", (Do("document_scanner", "unplug"),)
    ),
    "no_booklets": Setup(
        "病历本发完了", "no booklets left", (Do("booklet_dispenser", "refill", {"count": 0}),)
    ),
    "booklet_jams": Setup("病历本卡住", "booklets jam", (Fault("booklet_dispenser", "jam"),)),
    "booklet_answer_lost": Setup(
        "发了病历本没回话",
        "booklet dispensed, no answer",
        (Fault("booklet_dispenser", "answer_lost", count=1),),
    ),
    "bin_empty": Setup(
        "一号米仓空了", "rice bin 1 empty", (Do("rice_mill", "fill", {"bin": 1, "grams": 0}),)
    ),
    "mill_jams": Setup(
        "碾米机卡住", "the mill jams", (Fault("rice_mill", "motor_overcurrent", count=1),)
    ),
    "mill_answer_lost": Setup(
        "碾米机没回话",
        "the mill's answers get lost",
        (Fault("rice_mill", "answer_lost", probability=0.3),),
    ),
    "card_unreadable": Setup(
        "身份证读不出", "card unreadable", (Fault("id_reader", "read_fails"),)
    ),
    "noisy_terminal": Setup(
        "终端线路有干扰",
        "noise on the terminal's line",
        (
            Fault("terminal", "corrupt", probability=0.1),
            Fault("terminal", "garbage", probability=0.05),
        ),
    ),
    "bad_day": Setup(
        "样样都会出错",
        "anything may go wrong",
        (
            Fault("terminal", "no_answer", probability=0.2),
            Fault("terminal", "duplicate_answer", probability=0.2),
            Fault("terminal", "corrupt", probability=0.02),
            Fault("receipt_printer", "stall", {"seconds": 5}, probability=0.02),
            Fault("biller", "timeout_after_acting", probability=0.2),
            Fault("biller", "http_5xx", probability=0.1),
            Fault("qr_payment", "timeout_after_acting", probability=0.1),
        ),
    ),
}


def apply_setup(cabin: Cabin, name: str) -> None:
    """Put the cabin into the named set-up. KeyError for a name that isn't in `SETUPS`."""
    setup = SETUPS[name]
    if setup.clears_faults:
        cabin.faults.clear()
    for step in setup.steps:
        if isinstance(step, Fault):
            cabin.faults.add(step)
        else:
            cabin.act(step.device, step.action, step.body)
    cabin.poke()
