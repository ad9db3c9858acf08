"""Every screen of the staff by real touches: a real window, real wires, the real journal."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.core.access import SIGNED_OUT
from kiosk.core.overrides import CONFIG_TAKEN, PRICE_SET, REFILLED, SERVICE_SET
from kiosk.core.visit.tech_orders import REPRINTED
from tests.journey.rice import choose_rice
from tests.journey.staff import PINS, ask_for, knock, notes, type_pin
from tests.journey.stage import Stage, enabled, shown

pytestmark = pytest.mark.window


def come_in(stage: Stage, who: str = "technician") -> None:
    ask_for(stage, who)
    type_pin(stage, PINS[who])
    stage.kiosk.wait_for(lambda x: x["screen"].startswith("tech_"), "the staff's screens")


def leave(stage: Stage) -> None:
    stage.kiosk.touch("tech.leave")
    stage.kiosk.on("home")


def press(stage: Stage, digits: str) -> None:
    for digit in digits:
        stage.kiosk.touch(f"number.key.{digit}")
    stage.kiosk.touch("number.done")


def test_a_round_through_devices_and_cabin(stage: Stage) -> None:
    kiosk = stage.kiosk
    come_in(stage)
    kiosk.widget("tech.device.rice_mill")
    stage.bench.act("rice_mill", "unplug")
    kiosk.wait_for(lambda x: "不可用" in str(shown(x, "tech.device.rice_mill")), "the mill is ill")
    kiosk.touch("tech.device.rice_mill")
    kiosk.on("tech_device")
    assert "rice_mill" in kiosk.everything()
    stage.bench.act("rice_mill", "plug")
    kiosk.touch("tech.back")
    kiosk.on("tech_overview")
    kiosk.wait_for(lambda x: "就绪" in str(shown(x, "tech.device.rice_mill")), "the mill is well")
    kiosk.touch("tech.cabin")
    kiosk.on("tech_cabin")
    kiosk.touch("tech.back")
    kiosk.on("tech_overview")
    leave(stage)
    assert notes(stage, SIGNED_OUT)[-1] == f"{SIGNED_OUT} technician"


def test_a_wire_is_watched_and_the_doctor_asked(stage: Stage) -> None:
    kiosk, data = stage.kiosk, stage.cabin.folder / "data"
    come_in(stage)
    kiosk.touch("tech.device.rice_mill")
    kiosk.touch("tech.wire")
    kiosk.on("tech_wire")
    kiosk.wait_for(lambda x: shown(x, "tech_wire.line.1") is not None, "two lines of traffic")
    kiosk.touch("wire.pause")
    kiosk.wait_for(lambda _: "停住了" in kiosk.everything(), "it stands still")
    kiosk.touch("wire.only")
    kiosk.wait_for(lambda _: "只看收的" in kiosk.everything(), "one way only")
    kiosk.touch("wire.save")
    kiosk.wait_for(lambda _: "写好了" in kiosk.everything(), "a recording")
    (saved,) = (data / "traces").iterdir()
    first, *lines = saved.read_text(encoding="utf-8").splitlines()
    assert json.loads(first)["driver"] == "rice_mill"
    assert any(x in json.loads(y) for y in lines for x in ("in", "out"))
    kiosk.touch("tech.back")
    kiosk.on("tech_device")
    kiosk.touch("tech.back")
    stage.bench.act("bp_meter", "unplug")
    kiosk.wait_for(lambda x: "不可用" in str(shown(x, "tech.device.bp_meter")), "the meter is ill")
    kiosk.touch("tech.doctor")
    kiosk.on("tech_doctor")
    kiosk.wait_for(lambda _: "件事要处理" in kiosk.everything(), "what the doctor found")
    assert "血压计" in kiosk.everything()
    stage.bench.act("bp_meter", "plug")
    leave(stage)


@pytest.mark.long
def test_a_report_is_written_at_the_screen(stage: Stage) -> None:
    kiosk = stage.kiosk
    come_in(stage)
    kiosk.touch("tech.doctor")
    kiosk.touch("doctor.report")
    kiosk.wait_for(lambda _: "没有插 U 盘，写在本机上" in kiosk.everything(), "a report")
    reports = stage.cabin.folder / "data" / "reports"
    (report,) = reports.iterdir()
    _is_whole(report)
    stage.bench.act("usb_stick", "plug")
    kiosk.touch("doctor.report")
    kiosk.wait_for(lambda _: "U 盘可以拔了" in kiosk.everything(), "a report on the stick")
    (taken,) = (stage.cabin.folder / "usb_stick").glob("cabin-*.zip")
    _is_whole(taken)
    assert list(reports.iterdir()) == [report]
    leave(stage)


def _is_whole(report: Path) -> None:
    with zipfile.ZipFile(report) as archive:
        assert archive.testzip() is None
        heard = json.loads(archive.read("traces.json"))
    assert isinstance(heard["rice_mill"], int), heard
    assert "没有动静" in heard["scanner"]


@pytest.mark.long
def test_an_order_is_found_its_life_told_and_its_paper_printed_again(stage: Stage) -> None:
    kiosk = stage.kiosk
    stage.pay_by_card(stage.bill())
    order_id = str(kiosk.settled()["order"]["id"])
    kiosk.touch("order.done")
    kiosk.on("home")
    come_in(stage)
    kiosk.touch("tech.orders")
    kiosk.on("tech_orders")
    kiosk.touch("orders.by.number")
    kiosk.on("tech_number")
    press(stage, order_id[6:10] + order_id[11:15])
    kiosk.touch(f"orders.open.{order_id}")
    kiosk.on("tech_order")
    kiosk.wait_for(lambda _: "开单" in kiosk.everything(), "the order's life")
    papers = len(stage.bench.receipts())
    kiosk.touch("order.again")
    kiosk.wait_for(lambda _: "补打好了" in kiosk.everything(), "the paper")
    assert len(stage.bench.receipts()) == papers + 1
    assert "补打" in stage.paper()
    assert notes(stage, REPRINTED)[-1] == f"{REPRINTED} technician"
    leave(stage)


def test_two_operators_close_an_order_that_waits_for_a_person(stage: Stage) -> None:
    """The terminal says yes and no to nothing: only people can find out."""
    kiosk = stage.kiosk
    order_id = stage.ask_to_pay(stage.bill())
    kiosk.kill()
    # The program stops in the middle of this order, as after a defect: nobody can ask further.
    _poison(stage, order_id)
    kiosk.start()
    stage.until(lambda: stage.order(order_id).needs_person, "an order for a person")
    stage.begin()
    come_in(stage)
    kiosk.touch("tech.orders")
    kiosk.touch(f"orders.open.{order_id}")
    kiosk.on("tech_order")
    kiosk.touch("order.settle")
    kiosk.on("tech_settle")
    kiosk.touch("settle.verdict.not_paid")
    kiosk.touch("settle.reason.platform")
    kiosk.on("sign_in")
    type_pin(stage, PINS["office"])
    kiosk.on("tech_order")
    kiosk.wait_for(lambda _: "已经记进账本" in kiosk.everything(), "it is booked")
    order = stage.order(order_id)
    assert (order.payment_word, order.poisoned) == ("not_paid", "")
    leave(stage)
    stage.closed(order_id)


def _poison(stage: Stage, order_id: str) -> None:
    """Write what a defect would have made the kiosk write, with the kiosk's own hand."""
    from kiosk.core.decide import decide
    from kiosk.core.events import Poisoned
    from kiosk.journal import Journal

    journal = Journal(stage.journal_path)
    try:
        order, _ = decide(
            stage.order(order_id), Poisoned(order_id, "PaymentAnswered", "KeyError"), journal.now()
        )
        journal.append(Poisoned(order_id, "PaymentAnswered", "KeyError"), order, journal.now())
    finally:
        journal.close()


@pytest.mark.long
def test_a_merchant_sets_a_price_that_residents_see(stage: Stage) -> None:
    kiosk = stage.kiosk
    come_in(stage, "merchant")
    kiosk.on("tech_settings")
    assert not enabled(kiosk.settled(), "tech.orders")
    kiosk.touch("settings.price.1")
    kiosk.on("tech_number")
    press(stage, "495")
    kiosk.on("tech_confirm")
    kiosk.touch("confirm.yes")
    kiosk.on("tech_settings")
    kiosk.touch("settings.supplies")
    kiosk.on("tech_supplies")
    kiosk.touch("supplies.refilled.rice_1")
    kiosk.touch("confirm.yes")
    kiosk.on("tech_supplies")
    leave(stage)
    choose_rice(stage, 1000)
    assert "9.90" in kiosk.everything()
    kiosk.touch("nav.home")
    assert notes(stage, PRICE_SET, REFILLED)[-2:] == [
        f"{PRICE_SET} merchant",
        f"{REFILLED} merchant",
    ]


@pytest.mark.long
def test_a_service_is_paused_and_the_sign_hung(stage: Stage) -> None:
    kiosk = stage.kiosk
    for paused in (True, False):
        come_in(stage, "office")
        kiosk.touch("tech.settings")
        kiosk.touch("settings.service.rice")
        kiosk.on("tech_confirm")
        kiosk.touch("confirm.yes")
        kiosk.on("tech_settings")
        leave(stage)
        tile = shown(kiosk.settled(), "home.rice")
        assert tile is not None and tile["enabled"] is not paused
    assert notes(stage, SERVICE_SET)[-2:] == [f"{SERVICE_SET} office"] * 2
    come_in(stage, "office")
    kiosk.touch("tech.settings")
    kiosk.touch("settings.closed")
    kiosk.on("tech_closed")
    knock(stage)
    kiosk.on("sign_in_who")
    kiosk.touch("nav.back")
    kiosk.on("tech_closed")
    come_in_from_sign(stage)
    leave(stage)


def come_in_from_sign(stage: Stage) -> None:
    knock(stage)
    stage.kiosk.on("sign_in_who")
    stage.kiosk.touch("who.is.technician")
    stage.kiosk.on("sign_in")
    type_pin(stage, PINS["technician"])
    stage.kiosk.on("tech_overview")


def test_a_new_configuration_takes_effect_and_goes_back(stage: Stage) -> None:
    """The program begins anew by itself, in the same process, with the other file."""
    kiosk, config = stage.kiosk, stage.cabin.config
    good = config.read_text(encoding="utf-8")
    new = config.with_name(f"{config.name}.new")
    new.write_text(good.replace("day_max_fen = 3000000", "day_max_fen = 0"), encoding="utf-8")
    come_in(stage)
    kiosk.touch("tech.settings")
    kiosk.touch("settings.config")
    kiosk.on("tech_config")
    kiosk.wait_for(lambda _: "limits.day_max_fen = 0" in kiosk.everything(), "the mistake")
    assert not enabled(kiosk.settled(), "config.new")
    new.write_text(good.replace('address = "示例路380弄"', 'address = "示例路381弄"'), "utf-8")
    kiosk.touch("config.look")
    pid = kiosk.process.pid if kiosk.process else 0
    for which in ("new", "old"):
        if which == "old":
            come_in(stage)
            kiosk.touch("tech.settings")
            kiosk.touch("settings.config")
        kiosk.touch(f"config.{which}")
        kiosk.on("tech_confirm")
        kiosk.touch("confirm.yes")
        kiosk.on("home")
        assert (config.read_text(encoding="utf-8") == good) is (which == "old")
    assert kiosk.process is not None
    assert (kiosk.process.pid, kiosk.process.poll()) == (pid, None)
    with closing(sqlite3.connect(f"file:{stage.journal_path}?mode=ro", uri=True)) as db:
        (count,) = db.execute(
            "SELECT count(*) FROM rows WHERE kind = ?", (CONFIG_TAKEN,)
        ).fetchone()
    assert count == 2
