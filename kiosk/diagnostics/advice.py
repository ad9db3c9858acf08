"""A device's reason in words, and what a person can do about it."""

from __future__ import annotations

from kiosk.diagnostics.findings import Weight

MONEY_ROLES = frozenset(("receipt_printer",))
"""Without these nobody pays by any means."""

LINE = frozenset(("no_answer", "silent", "no_state", "connecting", "other_device", "asking"))
"""Reasons that say only that the machine isn't heard as it should be."""

_PLUG = "看设备电源灯；把线两头重新插紧；还不行换一根线。"
REASONS: dict[str, tuple[str, str]] = {
    "port_missing": (
        "线没插：端口不存在",
        "把数据线插回去，看 USB 转接头的灯；还找不到就运行 kiosk devices list，核对配置里的端口。",
    ),
    "unplugged": ("线被拔掉了", "把数据线插回去；接触不好就换线。插好以后会自动恢复。"),
    "port_busy": (
        "端口被别的程序占用",
        "查是谁占用（fuser 端口），关掉它；ModemManager、brltty 要停用。",
    ),
    "port_forbidden": (
        "没有打开端口的权限",
        "把运行用户加进 dialout 组（打印机 lp，键盘 input），或用 kiosk devices udev 的规则，"
        "重新登录。",
    ),
    "port_error": ("端口出错", "拔下再插；换一个 USB 口。"),
    "write_timeout": ("设备不收数据", "断电十秒再开；检查流控设置和线。"),
    "stuck": ("驱动卡在端口上", "拔下这台设备的 USB 线再插回；还不行就重启小屋程序。"),
    "driver_error": ("驱动程序出错", "会自动重来；反复出现请导出报告（kiosk report）发给开发者。"),
    "no_answer": ("没有应答", _PLUG),
    "silent": ("没有应答", _PLUG),
    "other_device": ("端口上是另一台设备", "核对哪根线插在哪个口；和配置里的端口对上。"),
    "paper_out": ("没有纸了", "打开盖子，装一卷新纸（热敏面朝外），合上盖。"),
    "paper_low": ("纸快用完", "今天之内换一卷纸。"),
    "cover_open": ("盖子没盖好", "把盖子压到“咔”一声。"),
    "cutter_error": ("切刀卡住", "断电，开盖，把切刀拨回原位，清掉碎纸，再通电。"),
    "paper_feeding": ("有人按着走纸键", "松开走纸键。"),
    "printer_error": ("打印机报错", "断电十秒再开；看指示灯闪几下。"),
    "printer_recovering": ("打印机正在恢复", "等一分钟；不恢复就断电十秒再开。"),
    "offline": ("打印机脱机", "按联机键。"),
    "jammed": ("卡住了", "断电，打开侧盖，取出卡住的东西，再通电。"),
    "empty": ("仓空了", "打开仓门补货；补完关好门，机器会自己发现。"),
    "low": ("快用完", "今天之内补货。"),
    "bin_full": ("回收箱满了", "清空回收箱。"),
    "dispense_failure": ("发放失败", "检查出口有没有东西挡住；断电再开。"),
    "not_ready": ("还没准备好", "等一分钟；不好就断电十秒再开。"),
    "toner_out": ("没有墨粉了", "换墨粉盒。"),
    "toner_low": ("墨粉快用完", "准备一个墨粉盒。"),
    "output_full": ("出纸口满了", "取走出纸口的纸。"),
    "waste_full": ("废粉盒满了", "换废粉盒。"),
    "tray_missing": ("纸盒没插好", "把纸盒推到底。"),
    "not_accepting": ("打印机不接任务", "在打印机菜单里取消“暂停”。"),
    "paused": ("打印机暂停了", "按打印机的继续键。"),
    "rice_not_taken": ("出米口的米没取走", "取走出米口的米，关好门。"),
    "registration_refused": (
        "刷卡机不让登记",
        "核对登记密码；在刷卡机菜单里打开收银接口。",
    ),
    "refused": ("设备拒绝连接", "断电十秒再开；核对型号和配置里的驱动。"),
    "stop_unacknowledged": ("血压计不回答停止命令", "先确认没有人戴着袖带；断电再开。"),
    "unknown_progress": ("碾米机状态看不懂", "到机器前看屏幕；断电再开。"),
}
GATEWAYS: dict[str, tuple[str, str, str]] = {
    "name": ("gateway_name", "网址查不到", "检查网线和域名服务器（DNS）。"),
    "unreachable": ("gateway_unreachable", "连不上", "检查网线和路由器；问对方是否停机。"),
    "expired": (
        "certificate_expired",
        "证书过期了",
        "请对方换新证书；先看本机时间对不对。证书没换好之前不会收这一路的钱。",
    ),
    "not_yet": (
        "certificate_not_yet",
        "证书还没有到生效的日子",
        "多半是本机时间错了：对准时间（timedatectl set-ntp true），检查主板电池。"
        "时间准的话，请对方换证书。",
    ),
    "untrusted": ("certificate_untrusted", "证书不可信", "核对 ca_file；可能有人冒充，先别收款。"),
    "ca_missing": ("ca_missing", "信任的根证书文件不在", "把配置里 ca_file 写的文件放回去。"),
    "tls": ("gateway_tls", "加密连接谈不拢", "请对方检查服务器的 TLS 设置。"),
}
GATEWAY_TITLES = {
    "biller": "收费单位",
    "alipay": "支付宝",
    "wechat": "微信支付",
    "relay": "手机传文件",
    "record": "健康档案",
}
PARTS: dict[str, tuple[str, str, str]] = {
    "screen": (
        "screen_stuck",
        "屏幕卡住了：窗口不动",
        "重启图形界面（systemctl restart cabin-screen）；反复出现就检查显卡驱动和显示线。",
    ),
    "engine": (
        "engine_stuck",
        "主程序卡住了：不处理任何事",
        "重启小屋程序；账本会接着上次继续，钱不会丢。先导出报告（kiosk report）。",
    ),
    "journal": (
        "journal_stuck",
        "账本写不进去",
        "看磁盘是不是满了、坏了或变成只读；修好之前不会收款。",
    ),
}


def of_reason(level: str, reason: str) -> tuple[str, str]:
    """What a device's reason means, and what to do."""
    found = REASONS.get(reason)
    if found is not None:
        return found
    if level == "unknown":
        return "状态不明", _PLUG
    return f"报告“{reason}”", "看设备屏幕上的提示；断电十秒再开。"


def weight_of(role: str, level: str) -> Weight:
    """What a device that is so takes away."""
    if level == "attention":
        return Weight.SOON
    return Weight.MONEY if role in MONEY_ROLES else Weight.SERVICE
