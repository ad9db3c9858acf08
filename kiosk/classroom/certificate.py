"""The certificate that leaves with a learner: a name of their own choice and what they can do now.

It is the only place where a name from a class is put on paper, and nothing of it is kept.
"""

from __future__ import annotations

import time

from devices.receipt_printer.document import Block, Columns, Cut, Document, Feed, Rule, Text
from kiosk.core.visit.class_steps import Learned
from kiosk.order_text import Letterhead

LARGE = (2, 2)


def compose(learner: str, learned: tuple[Learned, ...], head: Letterhead, now: float) -> Document:
    """The paper for a learner; ``now`` in Unix seconds. Each lesson counts at its best."""
    blocks: list[Block] = [
        Text(head.name, size=LARGE, bold=True, align="center"),
        Feed(1),
        Text("结 业 证", size=(3, 3), bold=True, align="center"),
        Feed(1),
        Text(learner, size=LARGE, bold=True, align="center"),
        Feed(1),
        Text("在小义工课堂练习，学会了：", align="center"),
        Rule(),
    ]
    for lesson in best_of(learned):
        blocks.append(Text(f"《{lesson.title}》", bold=True))
        blocks.append(Columns(f"  一共 {lesson.steps} 步", f"{lesson.alone} 步是自己做的"))
    blocks += [
        Rule(),
        Text("真的办，也是一样的步子。", bold=True, align="center"),
        Text("不懂就碰「帮助」，还不懂就请人。", align="center"),
        Feed(1),
        Columns("日期", time.strftime("%Y-%m-%d", head.localtime(now))),
        Columns("义工", "________________"),
        Feed(1),
        Text(f"{head.address}  {head.phone}", align="center"),
        Feed(2),
        Cut(),
    ]
    return tuple(blocks)


def best_of(learned: tuple[Learned, ...]) -> tuple[Learned, ...]:
    """The lessons that were learned to their end, each once, in the order of learning."""
    found: dict[str, Learned] = {}
    for x in learned:
        if x.whole and (x.lesson not in found or found[x.lesson].alone < x.alone):
            found[x.lesson] = x
    return tuple(found.values())
