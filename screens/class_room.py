"""The class: who is here, whose turn it is, and what was just learned. For the volunteer."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.state import PRINTER, State
from kiosk.core.visit.class_steps import MOST_LEARNERS, Certificate, Classroom, Learner, Paper
from kiosk.speech.utterance import SILENCE, Utterance
from screens.base import Screen
from screens.drawing import Box
from screens.theme import SPACE
from screens.widgets.button import Button
from screens.widgets.label import Label
from screens.widgets.message import Message
from screens.widgets.row import Row


@dataclass(frozen=True, slots=True)
class ClassRoomView:
    """``learners``: name, and what there is to say of each. ``at``: whose turn it is, or -1.

    ``trouble``: the note is about a certificate that did not come. ``again``: it can be printed
    once more.
    """

    title: str
    hint: str
    note: str
    learners: tuple[tuple[str, str], ...]
    at: int
    full: bool
    ready: bool
    certificate: bool
    trouble: bool = False
    again: bool = False


_WHY = {
    "paper_out": "没纸了，装好纸",
    "cover_open": "小票机盖子开着，关好",
}


def view_of(state: State) -> ClassRoomView:
    room = state.visit.classroom
    if room is None:
        raise ValueError("there is no class")
    who = room.learner
    rows = tuple((x.name, _about(x, turn=x is who)) for x in room.learners)
    hint = "加学员，选一课，把屏幕让给学员。" if who is None else f"现在轮到 {who.name}。"
    paper = room.certificate
    trouble = paper is not None and paper.paper in (Paper.FAILED, Paper.UNKNOWN)
    return ClassRoomView(
        f"小义工课堂 · {room.volunteer}",
        hint,
        _note(room, state.device(PRINTER).reason),
        rows,
        room.at,
        room.full,
        who is not None and bool(room.lessons),
        who is not None and any(x.whole for x in who.learned) and not room.printing,
        trouble,
        trouble and _is_of(paper, who),
    )


def _is_of(paper: Certificate | None, who: Learner | None) -> bool:
    return paper is not None and who is not None and paper.learner == who.name


def _about(learner: Learner, *, turn: bool) -> str:
    learned = sum(x.whole for x in learner.learned)
    words = f"学完 {learned} 课" if learned else "还没学"
    return f"轮到了，{words}" if turn else words


def _note(room: Classroom, reason: str) -> str:
    """What has just been learned, or what has become of a certificate; ``reason`` is what the
    printer says of itself.
    """
    who, latest = room.learner, room.latest
    if room.certificate is not None and (latest is None or not room.printing):
        return _certificate(room.certificate, reason)
    if who is None or latest is None:
        return ""
    if not latest.whole:
        return f"《{latest.title}》停在这里，已经会了 {latest.done} 步。"
    return (
        f"{who.name} 学完了《{latest.title}》：共 {latest.steps} 步，{latest.alone} 步是自己做的。"
    )


def _certificate(paper: Certificate, reason: str) -> str:
    whose = f"{paper.learner} 的证书"
    match paper.paper:
        case Paper.PRINTING:
            return f"{whose}正在打，请等一等。"
        case Paper.PRINTED:
            return f"{whose}打好了，请从小票口拿。"
        case Paper.UNKNOWN:
            return f"不知道{whose}打好没有。小票口没有，再打一次。"
        case _:
            if reason not in _WHY:
                return f"{whose}没有打出来。小票机坏了，请叫技术人员。"
            return f"{whose}没有打出来。{_WHY[reason]}，再打一次。"


def spoken(view: ClassRoomView) -> Utterance:  # noqa: ARG001
    """The volunteer reads for themselves."""
    return SILENCE


class ClassRoomScreen(Screen):
    name = "class_room"
    offers = ("home",)

    def build(self) -> None:
        self.hint = self.add(
            Label(self.kit, "class_room.hint", em_mm=11.0, colour="soft", personal=True)
        )
        self.note = self.add(Message(self.kit, "class_room.note"))
        self.rows = [
            self.add(
                Row(
                    self.kit,
                    f"class.learner.{n}",
                    lambda n=n: self.send("class.learner", str(n)),  # type: ignore[misc]
                    em_mm=15.0,
                )
            )
            for n in range(MOST_LEARNERS)
        ]
        for row in self.rows:
            row.share = 0.6
        self.add_one = self._button("class.add", "加学员")
        self.certificate = self._button("class.certificate", "打证书")
        self.choose = self._button("class.choose", "选一课", kind="main")
        self.close = self._button("class.leave", "下课")

    def _button(self, touch_id: str, text: str, kind: str = "plain") -> Button:
        return self.add(
            Button(
                self.kit, touch_id, text, lambda: self.send(touch_id, None), kind=kind, guard=True
            )
        )

    def arrange(self, body: Box) -> None:
        px, gap = self.theme.px, self.theme.px(SPACE.gap)
        self.hint.place(Box(body.x, body.y, body.w, self.hint.line_px))
        high, half = px(SPACE.button), (body.w - gap) // 2
        low, above = body.bottom - high, body.bottom - 2 * high - gap
        self.close.place(Box(body.x, low, half, high))
        self.choose.place(Box(body.right - half, low, half, high))
        self.add_one.place(Box(body.x, above, half, high))
        self.certificate.place(Box(body.right - half, above, half, high))
        top = self.hint.box.bottom + px(4)
        if self.note.visible:
            height = self.note.fit(body.w)
            self.note.place(Box(body.x, top, body.w, height))
            top += height + gap
        row = min(px(32), (above - gap - top) // MOST_LEARNERS - px(4.5))
        for n, one in enumerate(self.rows):
            one.place(Box(body.x, top + n * (row + px(4.5)), body.w, row))

    def show(self, view: ClassRoomView) -> None:
        self.heading.say(view.title)
        self.hint.say(view.hint)
        self.note.visible = bool(view.note)
        self.note.turn("wait" if view.trouble else "info")
        self.note.say(view.note)
        for n, row in enumerate(self.rows):
            row.visible = n < len(view.learners)
            if row.visible:
                row.show(*view.learners[n])
        self.add_one.enable(not view.full)
        self.certificate.say("再打一次" if view.again else "打证书")
        self.certificate.enable(view.certificate)
        self.choose.enable(view.ready)
        self.shape(bool(view.note), view.note)
