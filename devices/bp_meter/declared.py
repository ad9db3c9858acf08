"""What the blood-pressure meters' drivers declare. A reading is somebody's: it is never told."""

from __future__ import annotations

from devices.declared import STATUS, Counter, Declaration, SafeTest, Setting

RBP = Declaration(
    "血压计",
    "回答连接命令",
    counters=(Counter("measurements", "测量", "次", command="Measure"),),
    tests=(
        STATUS,
        SafeTest("identify", "应答", "identify", "血压计有应答", "断电十秒再开；检查串口线。"),
        SafeTest(
            "cuff",
            "袖带漏气",
            "measure",
            "袖带充气，压力平稳，然后放气；量出读数或报“量不到”都算不漏",
            "压力上不去就是漏：检查袖带和气管接头，换袖带。",
            prepare="把臂筒套在硬筒上（不要套在人身上），站开。",
            question="充气后压力稳住了吗？",
            also=frozenset(("06",)),  # no pulse signal: there is no arm in it
        ),
    ),
    asks=frozenset(("identify",)),
    personal=frozenset(("measure",)),
)
IEEE = Declaration(
    "血压计",
    "由血压计自己建立连接；连接存在就是在",
    (
        Setting("manager_id", "本机编号（EUI-64）", "16 位十六进制数字", "0200000000000000"),
        Setting("trust_standard", "按标准理解 02BC 配置", "true 或 false", True),
    ),
    (Counter("measurements", "测量", "次", notice="Observation"),),
    (
        STATUS,
        SafeTest(
            "identify",
            "型号",
            "identify",
            "血压计报出厂商和型号",
            "按一次血压计的键让它连接，再试。",
        ),
    ),
    identify_by="identify",
    identity=("manufacturer", "model", "system_id"),
    asks=frozenset(("identify",)),
    personal=frozenset(("measure",)),
)
