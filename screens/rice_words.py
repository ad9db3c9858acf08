"""Words about rice that several screens share."""

from __future__ import annotations

from kiosk.i18n import N_, _

REASONS = {
    "journal": N_("暂停收款，待检查"),
    "receipt_printer": N_("小票纸没好，暂停"),
    "payment": N_("付款机没接上"),
    "held:rice_mill": N_("正在给上一位碾"),
    "rice_mill:bin_1_empty": N_("米卖完了，等补米"),
    "rice_mill:bin_2_empty": N_("米卖完了，等补米"),
    "rice_mill:rice_not_taken": N_("有米没拿走，等人来"),
    "rice_mill": N_("碾米机停了，等人来"),
}
"""Why no rice is sold now, for the tile on the home screen and the rows here."""


def short_reason(reason: str) -> str:
    """One line, empty for none."""
    known = REASONS.get(reason) or REASONS[reason.partition(":")[0]] if reason else ""
    return _(known)
