"""What a resident reads when a gateway says no: what happened, and what to do.

The first language is Chinese, so the msgids are Chinese. `N_` only marks them for gettext; the
screen translates. The codes are those of BILLER.md and of the platforms' public error lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kiosk.gateways.types import BillerCode


def N_(msgid: str) -> str:  # noqa: N802 - gettext knows it by this name
    return msgid


BILLER_SENTENCES: Mapping[BillerCode, str] = MappingProxyType(
    {
        BillerCode.NO_RECORD: N_("缴费单位没有收到过这一笔。请凭小票上的单号再查，或请人帮忙。"),
        BillerCode.AMOUNT_DIFFERS: N_("账单金额和刚才的不一样了。请重新查一次账单，再付款。"),
        BillerCode.SYSTEM: N_("缴费单位还没有告诉我们结果。请不要重复付款，凭单号可以再查。"),
        BillerCode.SECURITY: N_(
            "缴费单位没有认出这台机器，什么也没有扣。请到别处缴费，或请人帮忙。"
        ),
        BillerCode.BAD_REQUEST: N_("缴费单位不接受这样的号码。请对照账单再输入一次。"),
        BillerCode.NO_CUSTOMER: N_("缴费单位没有这位客户。请对照账单核对号码。"),
        BillerCode.NO_DEBT: N_("这个户号现在没有欠费，不用付款。"),
        BillerCode.NO_ACCOUNT: N_("没有找到这个户号。请对照账单，看看有没有输错一位。"),
        BillerCode.BATCH_DEBIT: N_("银行正在代扣这个户号的费用。请过两天再来看看，不用现在付。"),
        BillerCode.PAST_WINDOW: N_("已经过了缴费单位办理的时间。请明天再来，或到缴费单位办理。"),
        BillerCode.TIMEOUT: N_("缴费单位回答得太慢，结果确认中。请不要重复付款，凭单号可以再查。"),
        BillerCode.UPSTREAM: N_(
            "缴费单位那边没有办完，结果确认中。请不要重复付款，凭单号可以再查。"
        ),
        BillerCode.TOO_OFTEN: N_("这个户号查得太勤了。请等一分钟再查。"),
        BillerCode.UNFINISHED: N_("这张账单有一笔付款还没有办完。请不要重复付款，过一会儿再查。"),
        BillerCode.OTHER: N_("缴费单位没有接受，也没有说明原因。请凭单号请人帮忙。"),
    }
)

QR_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "paid_before": N_("这一笔已经付过了。请不要再付，凭单号可以查。"),
        "closed_before": N_("这一笔已经关闭，没有扣款。请返回重新付款。"),
        "number_used": N_("这个单号已经用过，没有再扣款。请返回重新付款。"),
        "limit": N_("超过了扫码付款的限额，没有扣款。请改用刷卡付款。"),
        "shop": N_("扫码付款在这台机器上没有开通，没有扣款。请改用刷卡付款。"),
        "request": N_("支付平台没有接受这一笔，没有扣款。请改用刷卡付款。"),
        "refund_shop_balance": N_(
            "退款还没有退出去：收款账户余额不足。工作人员会处理，请留好小票。"
        ),
        "refund_not_allowed": N_("这一笔不能原路退款。请留好小票，请人帮忙。"),
        "refund_amount": N_("退款金额和付款对不上，没有退出去。工作人员会处理，请留好小票。"),
        "refund_account": N_("退款退不进原来的账户。工作人员会处理，请留好小票。"),
        "refund_request": N_("支付平台没有接受这笔退款。工作人员会处理，请留好小票。"),
    }
)
