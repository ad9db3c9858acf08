"""What the payment terminals' drivers declare. None of their tests moves money."""

from __future__ import annotations

from devices.declared import STATUS, Counter, Declaration, SafeTest, Setting

ECR_HUB = Declaration(
    "刷卡机",
    "握手，之后每隔几秒一次心跳",
    (
        Setting("app_id", "平台给的应用编号", "1 到 64 个字"),
        Setting("answer_wait", "等结果（秒）", "10 到 600", 180.0),
        Setting("currency", "币种", "三个字母", "CNY"),
    ),
    (
        Counter("payments", "收款", "笔", command="Sale"),
        Counter("refunds", "退款", "笔", command="Refund"),
    ),
    (
        STATUS,
        SafeTest(
            "echo",
            "问一笔没有的单",
            "query",
            "刷卡机回答“没有这笔”（not_found）",
            "刷卡机里的收款应用要开着、连着网；核对 app_id。",
            {"order_no": "SELFTEST0"},
            also=frozenset(("not_found",)),
        ),
    ),
    asks=frozenset(("query",)),
)
_ZVT = (
    Counter("payments", "收款", "笔", command="Sale"),
    Counter("refunds", "退款", "笔", command="Reversal"),
)
ZVT = Declaration(
    "刷卡机",
    "登记成功，之后定时查询状态",
    (
        Setting("password", "登记密码", "六位数字", "000000"),
        Setting("config", "登记配置位", "0 到 255", 62),
    ),
    _ZVT,
    (
        STATUS,
        SafeTest(
            "enquire",
            "问状态",
            "enquire",
            "刷卡机回答自己的状态",
            "看刷卡机屏幕：回到待机画面；检查端口和停止位。",
        ),
        SafeTest(
            "host",
            "联网",
            "diagnosis",
            "刷卡机连得上银行主机",
            "检查刷卡机的网线或 SIM 卡。",
        ),
    ),
    asks=frozenset(("repeat", "enquire")),
)
