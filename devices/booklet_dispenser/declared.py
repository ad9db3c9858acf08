"""What the booklet dispenser's driver declares."""

from __future__ import annotations

from devices.declared import STATUS, Counter, Declaration, SafeTest, Setting

QU_CD = Declaration(
    "病历本发放机",
    "每隔几秒回答状态位查询",
    (Setting("take_s", "等人取走（秒）", "5 到 300", 30.0),),
    (
        Counter("dispensed", "发放", "本", command="Dispense"),
        Counter("captured", "收回", "本", command="Capture"),
    ),
    (
        STATUS,
        SafeTest(
            "look",
            "状态位",
            "look",
            "没有卡本、不空、回收箱不满",
            "卡本：开盖取出；空：补病历本；箱满：清空。",
        ),
        SafeTest(
            "dispense",
            "发一本再收回",
            "dispense",
            "送出一本；不取，到时间自动收回",
            "不动：看是否缺本或卡本；收不回：清理出口。",
            prepare="不要取走病历本。",
            question="病历本送出来又收回去了吗？",
            goods=True,
            also=frozenset(("not_taken",)),
        ),
    ),
    asks=frozenset(("look", "resolve")),
)
