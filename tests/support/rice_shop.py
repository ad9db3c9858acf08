"""A merchant with two kinds of rice. Nothing here is anyone's."""

from __future__ import annotations

from kiosk.config_rice import LEVELS
from kiosk.core.rice import RiceBin, RiceShop

BINS = (
    RiceBin(1, "长粒香", "东北 示例县", 480, (60, 80, 100), "long"),
    RiceBin(2, "珍珠米", "江苏 示例县", 520, (70, 90, 110), "round"),
)
SHOP = RiceShop("示例粮油店", "021-0000 0003", ("2026-10-01", "2027-03-31"), LEVELS, BINS, 15)
