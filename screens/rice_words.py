"""Words about rice that several screens share."""

from __future__ import annotations

from typing import Any

from kiosk.core.goods import GoodsLine, GoodsState, Ware
from kiosk.core.order import Order
from kiosk.core.rice import JIN_G
from kiosk.i18n import N_, _
from kiosk.order_text import amount_words

REASONS = {
    "journal": N_("暂停收款，待检查"),
    "receipt_printer": N_("小票纸没好，暂停"),
    "payment": N_("付款机没接上"),
    "held:rice_mill": N_("上一位的还没办完"),
    "rice_mill:bin_1_empty": N_("米卖完了，等补米"),
    "rice_mill:bin_2_empty": N_("米卖完了，等补米"),
    "rice_mill:rice_not_taken": N_("有米没拿走，等人来"),
    "rice_mill:closed": N_("先停一停，会再开"),
    "rice_mill:not_yet": N_("还没开卖，过几天来"),
    "rice_mill:over": N_("试卖期到了，先停卖"),
    "rice_mill": N_("碾米机停了，等人来"),
}
"""Why no rice is sold now, for the tile on the home screen and the rows here."""


def short_reason(reason: str) -> str:
    """One line, empty for none."""
    known = REASONS.get(reason) or REASONS[reason.partition(":")[0]] if reason else ""
    return _(known)


def jin(grams: int) -> str:
    """``1500`` → ``3 斤``. Rice is sold by whole 斤."""
    return _("{n} 斤").format(n=grams // JIN_G)


def rice_amount(grams: int) -> str:
    """``3 斤（1.5 千克）``."""
    return _("{jin}（{kilos}）").format(jin=jin(grams), kilos=amount_words(Ware.RICE, grams))


def rice_ending(order: Order) -> dict[str, Any]:
    """What a result says otherwise when it is rice, by the names of its fields."""
    line = order.goods[0]
    if line.goods.ware is not Ware.RICE:
        return {}
    if line.code == "not_taken" and line.certain:
        return _left_inside(line)
    if line.state is GoodsState.DELIVERED:
        return {"title": _("米好了，谢谢您"), "words": _("别忘了您的东西：米、卡、手机。")}
    if line.state is GoodsState.NOT_DELIVERED and line.code == "declined":
        return {"title": _("不要了，钱退给您")}
    if line.state is GoodsState.DELIVERY_UNKNOWN and not line.needs_person:
        words = _("机器一般会自己碾完，门一打开，就把米拿走。没出的钱会退给您，请留好小票。")
        return {"words": words}
    return {}


def _left_inside(line: GoodsLine) -> dict[str, Any]:
    """As loud as a screen can be: the door has closed on the rice."""
    phone = dict(line.goods.how).get("phone", "")
    return {
        "title": _("您的米还在机器里"),
        "lead": _("请打电话，请人来取：{phone}").format(phone=phone),
        "words": _("门开了半分钟，米没有拿走，门又关上了。米是您的，请拿好小票。"),
        "amber": True,
    }
