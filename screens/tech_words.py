"""Words of the staff's screens for what drivers and the journal call by a code."""

from __future__ import annotations

LEVELS = {
    "ready": "就绪",
    "busy": "在做事",
    "attention": "注意",
    "unavailable": "不可用",
    "unknown": "未知",
}
SIGNS = {
    "ready": "ok",
    "busy": "ok",
    "attention": "attention",
    "unavailable": "bad",
    "unknown": "unknown",
}
"""Unknown is never good."""

REASONS = {
    "never_heard": "还没有听到过",
    "connecting": "正在连接",
    "asking": "正在问",
    "no_answer": "没有回答",
    "stopping": "正在停",
    "port": "口打不开",
    "port_gone": "口不见了",
    "permission": "没有权限打开口",
    "paper_out": "没有纸",
    "paper_low": "纸快用完",
    "cover_open": "盖子开着",
    "toner_out": "没有墨粉",
    "toner_low": "墨粉快用完",
    "jammed": "卡住了",
    "empty": "空了",
    "bin_1_empty": "一号仓空了",
    "bin_2_empty": "二号仓空了",
    "bin_full": "回收箱满了",
    "rice_not_taken": "米没有拿走",
    "booklet_waits": "出口有一本没拿",
    "unreachable": "连不上",
    "timeout": "等不到回答",
    "other_machine": "口上是别的机器",
}


def reason_words(reason: str) -> str:
    """A driver's reason in words, with the code behind it where there are none."""
    return REASONS.get(reason, reason)


ORDER_WORDS = {
    "created": "刚开始",
    "requested": "在等付款",
    "paid": "已付",
    "not_paid": "没有付",
    "unknown": "付没付不知道",
    "needs_person": "等人核对",
    "refunding": "在退款",
    "refunded": "已退款",
    "refund_unknown": "退没退不知道",
}
KINDS = {
    "OrderOpened": "开单",
    "PaymentCodeReady": "付款码出来了",
    "PaymentMarked": "记下刷卡机先前的一笔",
    "PaymentOffered": "刷卡机报来一笔钱",
    "PaymentAnswered": "付款有了答复",
    "PaymentQueried": "查了付款",
    "PaymentClosed": "关掉了付款",
    "LateAnswered": "迟到的答复",
    "CancelWanted": "居民要取消",
    "TimerFired": "时间到",
    "PostAnswered": "销账有了答复",
    "PostChecked": "查了销账",
    "DeliveryWanted": "居民说可以开始",
    "DeliveryDeclined": "居民不要了",
    "DeliveryAnswered": "出货有了答复",
    "DeliveryChecked": "查了出货",
    "RefundAnswered": "退款有了答复",
    "RefundQueried": "查了退款",
    "PrintAnswered": "小票有了答复",
    "SlipWanted": "居民要凭条",
    "ReprintWanted": "居民要重打",
    "CopyTaken": "居民在屏上看了",
    "PersonLeft": "居民走了",
    "Restarted": "程序重新启动",
    "Poisoned": "程序出错，停下等人",
    "PersonSettled": "工作人员了结",
}
VERDICTS = {
    "paid": "钱付成了",
    "not_paid": "钱没有付成",
    "line_posted": "账单缴好了",
    "line_not_posted": "账单没有缴成",
    "delivered": "东西出来了",
    "refunded": "钱已经退了",
}
FOUND_OUT = {
    "platform": "查过支付平台",
    "biller": "问过缴费单位",
    "machine": "看过机器和货",
    "resident": "当面问过居民",
    "bank": "问过银行",
}
SERVICES = {
    "pay_bill": "水电煤缴费",
    "clinic": "量血压",
    "print": "打印",
    "rice": "现碾新米",
    "booklet": "病历本",
}
