"""What the document printer's driver declares."""

from __future__ import annotations

from devices.declared import STATUS, Counter, Declaration, SafeTest, Setting

IPP = Declaration(
    "文件打印机",
    "每隔几秒回答 IPP 状态查询",
    (
        Setting("user", "任务署名", "1 到 32 个英文字母或数字", "cabin"),
        Setting("busy_s", "打印机忙时最多等（秒）", "0 到 3600", 300.0),
    ),
    (
        Counter("jobs", "文件", "份", command="Print"),
        Counter("sides", "打印", "面", command="Print", amount="sides"),
        Counter("sheets", "用纸", "张", command="Print", amount="sheets"),
    ),
    (
        STATUS,
        SafeTest(
            "identify",
            "型号和能力",
            "identify",
            "打印机报出型号、纸张和单双面能力",
            "在打印机菜单里打开 IPP；核对网址。",
        ),
        SafeTest(
            "validate",
            "试问一份任务",
            "validate",
            "打印机愿意接受 A4 黑白单面任务",
            "装 A4 纸；在打印机菜单里检查纸盒设置。",
        ),
    ),
    identify_by="identify",
    identity=("model",),
    asks=frozenset(("identify", "validate", "job", "resolve")),
)
