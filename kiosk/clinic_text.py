"""A result of the clinic in words: for paper, for the screen, for a phone. No driver, no widget.

The grades are those of 《中国高血压防治指南》, 2018, unchanged in the revision of 2024
(blood-pressure meter protocol, section 2). One visit is no diagnosis, which stands on every one
of these; of medicines there is no word.
"""

from __future__ import annotations

from kiosk.core.clinic import (
    Advice,
    Grade,
    Isolated,
    Reading,
    advice_of,
    grade_of,
    isolated,
    low,
    mean_of,
)
from kiosk.core.visit.clinic_steps import Outcome, Session
from kiosk.i18n import N_, _

GUIDELINE = N_("按《中国高血压防治指南》（2018年版，2024年修订）")
NO_DIAGNOSIS = N_("量这一回不算诊断，只供参考。")
GRADES = {
    Grade.NORMAL: N_("正常血压"),
    Grade.HIGH_NORMAL: N_("正常高值"),
    Grade.FIRST: N_("1 级高血压范围"),
    Grade.SECOND: N_("2 级高血压范围"),
    Grade.THIRD: N_("3 级高血压范围"),
}
LOW = N_("血压偏低")
ISOLATED = {Isolated.SYSTOLIC: N_("单纯收缩期"), Isolated.DIASTOLIC: N_("单纯舒张期")}
ADVICE = {
    Advice.FINE: N_("请照常生活，过些日子再来量一量。"),
    Advice.WATCH: N_("少吃盐，多走动，常来量一量。"),
    Advice.CHECK_UP: N_("请换几天再来量，再拿着结果去社区医院看看。"),
    Advice.LOW: N_("起身慢一点。头晕或站不稳的话，请去看医生。"),
    Advice.DOCTOR_TODAY: N_("请坐着歇一歇，再量一次，今天就去看医生。"),
    Advice.EMERGENCY: N_("请立即就医，或拨打 120。"),
}


def mean_words(session: Session) -> str:
    """How the result came about: of how many measurements it is the mean."""
    count = len(session.readings)
    if count == 1:
        return _("只量了一次")
    return _("{count} 次的平均").format(count=count)


def grade_words(reading: Reading) -> str:
    """``1 级高血压范围，单纯收缩期``: the grade, and which pressure alone is high."""
    grade = grade_of(reading)
    if grade <= Grade.HIGH_NORMAL and low(reading):
        return _(LOW)
    words = _(GRADES[grade])
    alone = isolated(reading)
    if alone is not Isolated.NONE:
        words = _("{grade}，{alone}").format(grade=words, alone=_(ISOLATED[alone]))
    return words


def advice_words(session: Session) -> str:
    """What to do, in plain words."""
    advice = advice_of(session.readings, symptoms=session.symptoms is True)
    return _(ADVICE[advice])


def reading_words(reading: Reading) -> tuple[str, str, str]:
    """The three figures as they are said to whoever asks to hear them."""
    return (
        _("高压 {value}").format(value=reading.systolic),
        _("低压 {value}").format(value=reading.diastolic),
        _("脉搏 每分钟 {value} 次").format(value=reading.pulse),
    )


def when(outcome: Outcome) -> str:
    """``2026-11-22 20:15``, empty if no clock was known."""
    return outcome.at[:16].replace("T", " ")


def plain_text(outcome: Outcome, cabin: str) -> str:
    """The result for a phone that reads the code on the screen, without any network."""
    session = outcome.session
    mean = mean_of(session.readings)
    lines = [_("{cabin} 血压").format(cabin=cabin) + (f" {when(outcome)}" if outcome.at else "")]
    lines.append(_("高压 {value} 毫米汞柱").format(value=mean.systolic))
    lines.append(_("低压 {value} 毫米汞柱").format(value=mean.diastolic))
    lines.append(_("脉搏 每分钟 {value} 次").format(value=mean.pulse))
    lines.append(mean_words(session))
    lines.append(grade_words(mean))
    lines.append(advice_words(session))
    lines.append(_(GUIDELINE))
    lines.append(_(NO_DIAGNOSIS))
    return "\n".join(lines)
