"""病历本 by real touches, and everything that goes wrong with it."""

from __future__ import annotations

import pytest

from tests.journey.booklets import (
    ask,
    at_reader,
    dispenser,
    get,
    known,
    lay,
    somebody,
    take,
    until_out,
)
from tests.journey.stage import Stage, shown

pytestmark = [pytest.mark.window, pytest.mark.long]


def tile(stage: Stage, *, enabled: bool, words: str) -> None:
    """Wait until the tile on the home screen is like that."""

    def so(screen: object) -> bool:
        found = shown(screen, "home.booklet")  # type: ignore[arg-type]
        return found is not None and found["enabled"] is enabled and words in found["text"]

    stage.kiosk.wait_for(so, f"the tile {enabled} {words}")


@pytest.mark.parametrize(
    ("action", "body", "words"),
    [("refill", {"count": 0}, "本子发完了"), ("unplug", {}, "机器在检查")],
)
def test_what_is_missing_shows_on_the_home_screen(
    stage: Stage, action: str, body: dict[str, object], words: str
) -> None:
    stage.bench.act("booklet_dispenser", action, **body)
    tile(stage, enabled=False, words=words)
    stage.bench.set_up("normal")
    tile(stage, enabled=True, words="带身份证")


def test_a_jam_is_for_a_person_and_the_next_one_is_told_before_beginning(stage: Stage) -> None:
    who = somebody()
    stage.bench.fault("booklet_dispenser", "jam")
    order_id = ask(stage, who)
    screen = stage.kiosk.on("result")
    assert screen["order"]["goods"] == ["delivery_unknown"]
    assert screen["order"]["needs_person"]
    said = stage.kiosk.everything()
    assert "还在核对" in said
    assert "工作人员会来核对" in said
    assert "工作人员会核对" in stage.paper()
    stage.kiosk.touch("order.done")
    tile(stage, enabled=False, words="本子卡住了")
    stage.bench.set_up("normal")
    tile(stage, enabled=True, words="带身份证")
    assert known(stage, who)["screen"] == "had_booklet"
    assert "上一本还在核对" in stage.kiosk.everything()
    stage.kiosk.touch("booklet.done")
    assert not stage.order(order_id).closed
    stage.kiosk.end()
    words = ["--order", order_id, "--line", "1", "--operator", "7", "--note", "none came out"]
    done = stage.journal("settle", order_id, "delivered", "--units", "0", *words[2:])
    stage.kiosk.start()
    assert done.returncode == 0, done.stdout + done.stderr
    get(stage, who)


def test_one_that_nobody_takes_goes_back_and_may_be_had_at_once(stage: Stage) -> None:
    who, before = somebody(), dispenser(stage)
    ask(stage, who)
    until_out(stage)
    screen = stage.kiosk.on("result")
    assert screen["order"]["goods"] == ["not_delivered"]
    assert "没有人拿，机器收回去了" in stage.kiosk.everything()
    assert "没有拿走，收回了" in stage.paper()
    after = dispenser(stage)
    assert (after["bin"], after["out"]) == (before["bin"] + 1, before["out"])
    stage.kiosk.touch("order.done")
    stage.kiosk.on("home")
    get(stage, who)


def test_a_cable_pulled_while_it_lies_there(stage: Stage) -> None:
    """Nobody knows, so nobody says; when the cable is back the dispenser tells."""
    who, out = somebody(), dispenser(stage)["out"]
    order_id = ask(stage, who)
    until_out(stage)
    stage.bench.act("booklet_dispenser", "unplug")
    screen = stage.kiosk.on("result")
    assert screen["order"]["goods"] == ["delivery_unknown"]
    assert "还在核对" in stage.kiosk.everything()
    stage.bench.act("booklet_dispenser", "take")
    slip = stage.slip_code()
    stage.kiosk.touch("order.done")
    stage.kiosk.on("home")
    stage.bench.act("booklet_dispenser", "plug")
    stage.closed(order_id)
    assert "办好了" in stage.find(slip)
    assert dispenser(stage)["out"] == out + 1
    assert known(stage, who)["screen"] == "had_booklet"
    assert "您已经领过一本了" in stage.kiosk.everything()
    stage.kiosk.touch("booklet.done")


def test_a_card_that_cannot_be_read_is_lifted_and_laid_down_again(stage: Stage) -> None:
    who = somebody()
    stage.bench.fault("id_reader", "read_fails", 3)
    at_reader(stage)
    lay(stage, who)
    stage.kiosk.widget("booklet.again")
    assert "没有读出来" in stage.kiosk.everything()
    stage.bench.act("id_reader", "lift")
    stage.kiosk.touch("booklet.again")
    stage.kiosk.on("lay_card")
    lay(stage, who)
    stage.kiosk.on("confirm_goods")
    stage.kiosk.touch("confirm_goods.pay.free")
    take(stage)


def test_a_wrong_check_digit_is_nobody(stage: Stage) -> None:
    who = somebody()
    at_reader(stage)
    lay(stage, who + "Y")
    stage.kiosk.widget("booklet.again")
    assert "号码没有读对" in stage.kiosk.everything()
    stage.bench.act("id_reader", "lift")
    stage.kiosk.touch("booklet.call_person")
    stage.kiosk.on("call")


def test_another_kind_of_card_is_for_a_person(stage: Stage) -> None:
    at_reader(stage)
    lay(stage, somebody(), kind="J")
    stage.kiosk.wait_for(lambda _: "还不认识" in stage.kiosk.everything(), "another card")
    assert shown(stage.kiosk.settled(), "booklet.again") is None
    stage.kiosk.touch("booklet.call_person")
    stage.kiosk.on("call")


def test_without_paper_nothing_begins_and_paper_that_ends_leaves_a_copy(stage: Stage) -> None:
    who = somebody()
    ask(stage, who)
    until_out(stage)
    stage.bench.act("receipt_printer", "paper_out")
    stage.bench.act("booklet_dispenser", "take")
    stage.kiosk.on("receipt_problem")
    assert "钱" not in stage.kiosk.text("receipt_problem.words")
    stage.kiosk.touch("order.copy_taken")
    screen = stage.kiosk.on("result")
    assert screen["order"]["goods"] == ["delivered"]
    stage.kiosk.touch("order.done")
    tile(stage, enabled=False, words="小票纸没好")


@pytest.mark.parametrize("taken", [True, False])
def test_killed_while_it_lies_there(stage: Stage, taken: bool) -> None:
    who, out = somebody(), dispenser(stage)["out"]
    order_id = ask(stage, who)
    until_out(stage)
    stage.kiosk.kill()
    if taken:
        stage.bench.act("booklet_dispenser", "take")
    stage.kiosk.start()
    screen = stage.kiosk.on("result")
    assert screen["order"]["id"] == order_id
    assert screen["order"]["goods"] == ["delivered" if taken else "not_delivered"]
    stage.kiosk.touch("order.done")
    stage.kiosk.on("home")
    assert dispenser(stage)["out"] == out + taken
    tile(stage, enabled=True, words="带身份证")
    assert known(stage, who)["screen"] == ("had_booklet" if taken else "confirm_goods")


def test_killed_before_the_card_is_known_nothing_is_left(stage: Stage) -> None:
    who, orders = somebody(), len(stage.orders())
    assert known(stage, who)["screen"] == "confirm_goods"
    stage.kiosk.kill()
    stage.kiosk.start()
    stage.kiosk.on("home")
    assert len(stage.orders()) == orders
    tile(stage, enabled=True, words="带身份证")
    get(stage, who)
