"""帮助 for the clinic's screens."""

from __future__ import annotations

from kiosk.i18n import N_

_SIT = N_(
    "坐着歇一会儿，量得才准。\n\n背靠椅背，两脚放平，别说话。\n\n已经歇过了，就碰下面的按钮跳过。"
)
_ASK = N_("不好意思问一句，这样才知道要不要马上看医生。\n\n有一样难受，就碰“有”。")
_TAKE = N_(
    "机器里不留您的结果，走了就没有了。\n\n打一张纸，或用手机拍走。\n\n量这一回不算诊断，请给医生看。"
)
TEXTS = {
    "clinic_welcome": N_(
        "碰“好，开始”，一步一步跟着做就行。\n\n随时可以停，也可以碰“首页”回去。\n\n不收钱，机器里不留结果。"
    ),
    "clinic_rest": _SIT,
    "clinic_arm": N_(
        "手臂从圆孔伸进去，伸到底，手心向上。\n\n袖带会自己变紧，过一会儿自己松开。\n\n觉得疼，就碰红色的“停止”。"
    ),
    "clinic_trouble": N_(
        "没有量成不要紧，坐好再量一次就行。\n\n量了几次都不行，请碰“首页”，再碰“请人帮忙”。"
    ),
    "clinic_pause": N_(
        "量两次，取平均，比一次准。\n\n时间到了，碰按钮量下一次。\n\n不想量了，碰“不量了，看结果”。"
    ),
    "clinic_symptoms": _ASK,
    "clinic_alert": N_(
        "请别一个人走，叫旁边的人来。\n\n"
        "打 120 的时候，照着屏幕上的地址念。\n\n"
        "结果可以打一张，给医生看。"
    ),
    "clinic_result": _TAKE,
    "clinic_code": _TAKE,
    "clinic_record": N_(
        "打开手机上的健康档案码，对准红光。\n\n结果只发给您自己的档案。\n\n不想发，就碰“返回”。"
    ),
}
