"""What stands in the rows of an order's life, in words; the journal's own word beside it."""

from __future__ import annotations

import re

from screens.tech_words import FOUND_OUT, KINDS, VERDICTS

FIELDS = {
    "account": "户号",
    "amount_fen": "金额",
    "asked": "要的",
    "back_off_fen": "背面减",
    "bill_no": "账单号",
    "bills": "账单",
    "black_fen": "黑白一面",
    "both_sides": "两面",
    "by_hand": "等居民开始",
    "card": "卡号",
    "channel_no": "支付方单号",
    "code": "代码",
    "colour": "彩色",
    "colour_fen": "彩色一面",
    "copies": "份数",
    "ended_at": "付款时间",
    "error": "错误",
    "event": "哪一步",
    "facts": "付款",
    "free_left": "还有免费面数",
    "free_pages": "免费面数",
    "goods": "货",
    "how": "机器设置",
    "institution": "单位编号",
    "institution_name": "单位",
    "job_id": "打印编号",
    "kind": "种类",
    "late_fee_fen": "滞纳金",
    "line": "第几行",
    "mark": "记号",
    "max_copies": "最多份数",
    "max_pages": "最多页数",
    "means": "付款方式",
    "method": "怎么付的",
    "name": "名称",
    "note": "怎么查到的",
    "operator": "谁",
    "pages": "页",
    "paid_fen": "实付",
    "part": "第几份",
    "parts": "分份",
    "patience_s": "等小票秒数",
    "period": "账期",
    "reason": "原因",
    "receipt_no": "凭证号",
    "reference": "对方单号",
    "refund_no": "退款编号",
    "result": "结果",
    "role": "机器",
    "rule": "价目",
    "seller": "商户",
    "tolerance": "允许少",
    "total_fen": "总价",
    "trace_no": "流水号",
    "units": "数量",
    "verdict": "结论",
    "ware": "货",
}
RESULTS = {
    "already_paid": "已经付了",
    "cancelled": "取消了",
    "closed": "关掉了",
    "done": "出好了",
    "no_answer": "没有回答",
    "no_record": "没有记录",
    "not_done": "没有出",
    "not_found": "没有这一笔",
    "not_paid": "没有付",
    "not_posted": "没有销账",
    "not_printed": "没有打出来",
    "paid": "已付",
    "pending": "还在办",
    "posted": "销账了",
    "printed": "打好了",
    "refunded": "退好了",
    "refused": "不肯办",
    "undecidable": "机器说不清",
    "under_way": "正在出",
    "unknown": "不知道",
    "waiting": "还没有人付",
}
TIMERS = {
    "payment": "付款",
    "line": "销账",
    "goods": "出货",
    "refund": "退款",
    "paper": "小票",
}
"""By what stands before the point in a timer's name."""
_PART = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?")


def field_words(name: str) -> str:
    """``bills[1].account`` → ``账单1户号``; a name without words stays as it is."""
    parts = _PART.findall(name)
    if len(parts) > 1 and parts[0][0] == "facts":
        parts = parts[1:]
    return "".join(f"{FIELDS.get(word, word)}{number}" for word, number in parts)


def value_words(name: str, value: str) -> str:
    """A code of the journal in words with the code behind it; anything else as it is."""
    words = ""
    match name:
        case "result":
            words = RESULTS.get(value, "")
        case "verdict":
            words = VERDICTS.get(value, "")
        case "note":
            words = FOUND_OUT.get(value, "")
        case "event":
            words = KINDS.get(value, "")
        case "name":
            words = TIMERS.get(value.partition(".")[0], "")
    if value in ("True", "False"):
        return "是" if value == "True" else "不是"
    return f"{words} {value}" if words else value.replace(" yuan", " 元")


def told(facts: tuple[tuple[str, str], ...]) -> str:
    """What a row says, fact by fact."""
    return "；".join(f"{field_words(name)} {value_words(name, value)}" for name, value in facts)
