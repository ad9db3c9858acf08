"""What the ID-card reader's driver declares. A card's content is somebody's: it is never told."""

from __future__ import annotations

from devices.declared import STATUS, Counter, Declaration, SafeTest

SAM_V = Declaration(
    "身份证阅读器",
    "回答安全模块编号查询",
    counters=(Counter("reads", "读卡", "次", command="ReadCard"),),
    tests=(
        STATUS,
        SafeTest(
            "identify",
            "安全模块编号",
            "identify",
            "阅读器报出安全模块编号",
            "换 USB 口或串口线；编号读不到要送修。",
        ),
        SafeTest(
            "read",
            "读一张卡",
            "read",
            "读卡成功（只显示成功与否，不显示卡上的内容）",
            "卡放平、不要和别的卡叠在一起；换一张卡再试。",
            {"wait_s": "20"},
            prepare="把您自己的身份证放在阅读器上。",
        ),
    ),
    identify_by="identify",
    identity=("",),
    asks=frozenset(("identify",)),
    personal=frozenset(("read",)),
)
