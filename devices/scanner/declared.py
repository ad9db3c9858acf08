"""What the scanners' drivers declare. A scanned code may be somebody's: it is never told."""

from __future__ import annotations

from devices.declared import Counter, Declaration, SafeTest

_COUNTERS = (Counter("codes", "扫码", "次", notice="Scanned"),)
_TESTS = (
    SafeTest(
        "read",
        "扫一个码",
        "listen",
        "一分钟内扫到一个码（不显示内容）",
        "没反应：检查线和扫描头的灯；扫说明书里的“恢复出厂、USB 串口”设置码。",
        prepare="把任意一个条形码对准扫描口。",
    ),
)
CDC = Declaration(
    "扫码器",
    "不会应答：端口在就算在，扫到码才算好",
    counters=_COUNTERS,
    tests=_TESTS,
    personal=frozenset(("listen",)),
)
HID = Declaration(
    "扫码器",
    "不会应答：键盘设备在就算在，扫到码才算好",
    counters=_COUNTERS,
    tests=_TESTS,
    personal=frozenset(("listen",)),
)
