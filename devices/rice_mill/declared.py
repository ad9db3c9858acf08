"""What the rice mill's driver declares."""

from __future__ import annotations

from devices.declared import STATUS, Counter, Declaration, SafeTest, Setting

RICE_MILL = Declaration(
    "碾米机",
    "每隔几秒回答 Modbus 读寄存器",
    (Setting("slave", "Modbus 地址", "1 到 247", 10),),
    (
        Counter("grams", "碾米", "克", command="Mill", amount="grams"),
        Counter("batches", "批次", "批", command="Mill", amount="batches"),
    ),
    (
        STATUS,
        SafeTest(
            "look",
            "读全部寄存器",
            "look",
            "没有故障，温湿度和重量都读得到",
            "按故障字处理；读不到就检查 485 线的 A、B。",
            within={"faults": (0, 0)},
        ),
        SafeTest(
            "tare",
            "去皮",
            "tare",
            "净重回到 0 克",
            "秤上有东西就拿开；再不归零要重新标定。",
            prepare="拿开秤上的东西。",
            within={"net": (-5, 5)},
        ),
        SafeTest(
            "weight",
            "500 克砝码",
            "weigh",
            "净重 495 到 505 克",
            "偏差大：检查秤盘有没有碰到边，重新标定。",
            prepare="先做“去皮”，再把 500 克砝码放在秤上。",
            within={"net": (495, 505)},
        ),
    ),
    identify_by="look",
    identity=("device_id",),
    firmware="firmware",
    asks=frozenset(("look", "weigh", "resolve")),
)
