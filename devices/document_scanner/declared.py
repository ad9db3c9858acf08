"""What the document scanner's driver declares. What it sees is somebody's: it is never told."""

from __future__ import annotations

from devices.declared import STATUS, Counter, Declaration, SafeTest, Setting

SANE = Declaration(
    "扫描仪",
    "每分钟由 scanimage 打开一次",
    (
        Setting("program", "扫描程序", "程序名或绝对路径", "scanimage"),
        Setting("source", "进纸方式", "驱动里的叫法，如 Flatbed；空着由驱动决定", ""),
    ),
    (Counter("scans", "扫描", "次", command="Scan"),),
    (
        STATUS,
        SafeTest(
            "identify",
            "玻璃板大小和进纸方式",
            "identify",
            "扫描仪报出玻璃板大小、进纸方式和颜色",
            "用 scanimage -L 核对名字；装 sane-utils（网络机器另装 sane-airscan）。",
        ),
        SafeTest(
            "scan",
            "扫一小块",
            "scan",
            "扫描成功（画面不保留）",
            "盖好盖子；拔插电源和数据线；用 scanimage -d 名字 在命令行再试。",
            prepare="请把玻璃板空出来，盖好盖子。",
        ),
    ),
    identify_by="identify",
    identity=("backend",),
    asks=frozenset(("identify",)),
    personal=frozenset(("scan",)),
)
"""The document scanner: scanimage of SANE, or what speaks its command line."""
