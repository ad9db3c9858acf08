"""What is wrong, in order of importance, each with what to do."""

from __future__ import annotations

from kiosk.core.state import State
from kiosk.core.visit.tech_look_steps import TechDoctor, Trouble
from screens.tech_page import Action, TechPage, TechScreen, bar_of, spoken, step_of, wrapped
from screens.widgets.staff_row import StaffLine

__all__ = ["TechDoctorScreen", "spoken", "view_of"]


ROW = 50
"""So many letters of evidence stand in a row, wherever its words end: ports are long words."""


def view_of(state: State) -> TechPage:
    step = step_of(state, TechDoctor)
    found = step.found
    if found is None:
        return TechPage("正在体检……", "要几秒钟。", bar=bar_of(state))
    lines = [y for x in found for y in _lines(x)]
    lines += [StaffLine("这一样没有看成", x, "", "unknown") for x in step.unseen]
    title = f"{len(found)} 件事要处理" if found else "没有发现毛病"
    writing = step.report == "…"
    actions = (
        Action("再看一遍", "doctor.again"),
        Action("导出报告", "doctor.report", enabled=not writing),
    )
    return TechPage(title, _written(step), tuple(lines), actions, step.page, bar_of(state))


def _lines(x: Trouble) -> tuple[StaffLine, ...]:
    """What is wrong, what to do, and by what it is told."""
    rows = [x.evidence[n : n + ROW] for n in range(0, len(x.evidence), ROW)]
    told = (StaffLine("" if n else "依据", row.strip()) for n, row in enumerate(rows))
    return (*wrapped(x.what, x.advice, x.weight, x.sign), *told)


PLACES = {
    "stick": "写好了，U 盘可以拔了：{path}",
    "folder": "没有插 U 盘，写在本机上：{path}",
    "instead": "U 盘写不进去，写在本机上：{path}",
}


def _written(step: TechDoctor) -> str:
    """What became of the report, and where it is."""
    if not step.report:
        return "插好 U 盘，报告就写在 U 盘上；没有插，就写在本机上。"
    if step.report in ("…", "-") or step.place not in PLACES:
        return said(step.report)
    return PLACES[step.place].format(path=step.report)


def said(report: str) -> str:
    """What became of a file that was to be written."""
    match report:
        case "":
            return ""
        case "…":
            return "正在写，要十来秒……"
        case "-":
            return "没有写成，请看磁盘和权限。"
        case _:
            return f"写好了：{report}"


class TechDoctorScreen(TechScreen):
    name = "tech_doctor"
