"""What the receipt printers' drivers declare."""

from __future__ import annotations

from devices.declared import STATUS, Counter, Declaration, SafeTest, Setting

_COLUMNS = Setting("columns", "每行字数（窄字）", "16 到 64", 48)
_COUNTERS = (
    Counter("slips", "小票", "张", command="Print"),
    Counter("cuts", "切纸", "次", command="Print"),
)
_TESTS = (
    STATUS,
    SafeTest(
        "ask",
        "问一次状态",
        "ask",
        "打印机说纸、盖和切刀都正常",
        "看指示灯：装纸、合上盖；切刀卡住就断电再开。",
    ),
    SafeTest(
        "sample",
        "打印样张",
        "print",
        "一张样张：标尺、三种字号、二维码，最后切断",
        "字发白：换热敏纸或擦打印头；标尺折行：改 columns；没有切断：清理切刀。",
        {"text": "TEST", "job_id": "selftest-{run}"},
        question="标尺占满一行、字都清楚、纸切断了吗？",
    ),
)
SERIAL = Declaration(
    "小票打印机",
    "每隔几秒回答实时状态查询（DLE EOT）",
    (_COLUMNS, Setting("baud", "发送速度（波特）", "1200 到 921600", 19200)),
    _COUNTERS,
    _TESTS,
    asks=frozenset(("ask",)),
)
USB = Declaration(
    "小票打印机",
    "USB 端口状态和实时状态查询都有回答",
    (_COLUMNS, Setting("baud", "发送速度（波特）", "1200 到 921600", 921600)),
    _COUNTERS,
    (
        SafeTest("identify", "型号", "identify", "打印机报出厂商和型号", "换一个 USB 口再试。"),
        *_TESTS,
    ),
    identify_by="identify",
    identity=("manufacturer", "model", "serial"),
    asks=frozenset(("ask", "identify")),
)
