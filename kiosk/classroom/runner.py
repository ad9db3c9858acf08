"""Leads through a lesson: what happened at the practice cabin in, what is shown and said out. Pure.

``begin`` makes a :class:`Run`, ``decide`` takes it on with every event, ``guidance`` is what to
draw over the real screen. Times are seconds of any clock that only goes forward; they come with
the events.

A step is done when its condition holds of the practice cabin's state, never by counting touches.
Who leaves the path (首页 in the middle of paying) is told so kindly, and led on from the last step
that can be done where they are.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.classroom.conditions import Facts
from kiosk.classroom.lesson import Act, By, Lesson, Mistake, Step
from kiosk.classroom.results import Help, StepResult
from kiosk.classroom.run import (
    CONTROLS,
    Command,
    Control,
    Do,
    Ended,
    Event,
    Guidance,
    Moved,
    Pressed,
    Rang,
    Run,
    Say,
    Seen,
    Wake,
)

__all__ = [
    "CONTROLS",
    "Command",
    "Control",
    "Do",
    "Ended",
    "Event",
    "Guidance",
    "Moved",
    "Pressed",
    "Rang",
    "Run",
    "Say",
    "Seen",
    "Wake",
    "begin",
    "decide",
    "guidance",
]


def begin(lesson: Lesson, facts: Facts, now: float) -> Moved:
    """Start a lesson where the practice cabin stands: at home, as a rule."""
    results = tuple(StepResult(x.id, screen=_screen(x)) for x in lesson.steps)
    run = Run(lesson, facts, now, began=now, quiet=now, results=results)
    ready = tuple(Do(x) for x in lesson.setup)
    run, commands = _enter(run, 0, now)
    return run, (*ready, *commands)


def _screen(step: Step) -> str:
    screens = step.at.screens
    return sorted(screens)[0] if screens else ""


def decide(run: Run, event: Event) -> Moved:
    """Return the run after ``event`` and the commands it gives."""
    if run.ended:
        return run, ()
    run = replace(run, now=max(run.now, event.now))
    match event:
        case Seen():
            return _seen(run, event.facts)
        case Rang():
            return _rang(run)
        case Pressed():
            return _pressed(run, event.index)
        case Control():
            return _controlled(run, event.word)


# The practice cabin's state


def _seen(run: Run, facts: Facts) -> Moved:
    if replace(facts, devices={}) != replace(run.facts, devices={}):
        run = replace(run, quiet=run.now)  # a printer's news is nothing that the learner did
    run = replace(run, facts=facts, order_id=facts.order_id or run.order_id)
    return _judge(run)


def _judge(run: Run) -> Moved:
    """Where are we: done, at a mistake, somewhere else, or still at it?"""
    step, facts = run.step, _facts(run)
    here = step.at.holds(facts)
    done = step.done.holds(facts)
    run = replace(run, rearmed=run.rearmed or not done, held=run.held and not here)
    if done and run.rearmed:
        return _finish(run)
    back = None if here or run.held else _earlier(run, facts)
    astray = not here and not run.held and back is None
    mistakes = (*step.mistakes, *(run.lesson.common if astray else ()))
    found = _anywhere(run) or next((x for x in mistakes if x.when.holds(facts)), None)
    run, said = _at_mistake(run, found)
    if back is not None:
        return _enter(_counted(run), back, run.now, said=said)
    run, acted = _by_itself(run)
    return run, (*([Say(said)] if said else []), *acted, _wake(run))


def _facts(run: Run) -> Facts:
    return replace(run.facts, seconds=run.now - run.began)


def _anywhere(run: Run) -> Mistake | None:
    """A mistake that comes before all others, wherever somebody is."""
    facts = _facts(run)
    common = (x for x in run.lesson.common if x.anywhere)
    return next((x for x in common if x.when.holds(facts)), None)


def _at_mistake(run: Run, mistake: Mistake | None) -> tuple[Run, tuple[str, ...]]:
    """Note a mistake when it begins; what is said of it, or of the step when it is over."""
    before = run.mistake
    run = replace(run, mistake=mistake)
    if mistake is None:
        return run, _texts(run.step) if before is not None else ()
    if before is not None and before.id == mistake.id:
        return run, ()
    said = (mistake.say, *mistake.voice)
    return _with(run, mistakes=(*run.result.mistakes, mistake.id)), said


def _earlier(run: Run, facts: Facts) -> int | None:
    """The last step before this one that can be done here; None if there is none."""
    steps = run.lesson.steps
    floor = max((n for n in range(run.index + 1) if steps[n].milestone), default=0)
    for index in range(run.index - 1, floor - 1, -1):
        step = steps[index]
        if step.at.screens is not None and step.at.holds(facts) and not step.done.holds(facts):
            return index
    return None


def _finish(run: Run) -> Moved:
    run = _with(_counted(run), done=True)
    return _go_on(run)


def _go_on(run: Run, *, held: bool = False) -> Moved:
    if run.index + 1 < len(run.lesson.steps):
        return _enter(run, run.index + 1, run.now, held=held)
    return _end(run, whole=True)


def _enter(
    run: Run, index: int, now: float, *, held: bool = False, said: tuple[str, ...] = ()
) -> Moved:
    """Show a step: undo what the last one had broken, say it, break what it wants broken."""
    step = run.lesson.steps[index]
    lasting = tuple(x for x in run.faults if x.lasts and not step.repairs)
    over = tuple(x for x in run.faults if x not in lasting)
    fresh = tuple(x for x in step.faults if x not in lasting and not x.pressed)
    mistake = run.mistake if said else None
    run = replace(
        run,
        index=index,
        began=now,
        quiet=now,
        level=Help.NONE,
        mistake=mistake,
        held=held,
        acted=frozenset(),
        faults=(*lasting, *fresh),
    )
    already = step.done.holds(_facts(run))
    run = replace(run, rearmed=not (held and already))
    if already and not held:
        # Already so: nobody is asked to do what is done.
        undo = _acts(run, tuple(x.undo for x in over))
        run, commands = _finish(run)
        return run, (*undo, *commands)
    run = _with(run, times=run.result.times + 1)
    changed = _acts(run, (*(x.undo for x in over), *(x.set for x in fresh)))
    words = (*said, *_texts(step))
    if not said and (mistake := _anywhere(run)) is not None:
        run, words = _at_mistake(run, mistake)
    run, acted = _by_itself(run)
    return run, (*changed, Say(words), *acted, _wake(run))


def _texts(step: Step) -> tuple[str, ...]:
    return tuple(x for x in (step.text, step.more, *step.voice) if x)


# Time


def _rang(run: Run) -> Moved:
    if run.step.done.holds(_facts(run)) and run.rearmed:
        return _finish(run)
    run, acted = _by_itself(run)
    due = _next_hint(run)
    if due is not None and run.now >= due:
        run, commands = _helped(run, Help(run.level + 1))
        return run, (*acted, *commands)
    return run, (*acted, _wake(run))


def _next_hint(run: Run) -> float | None:
    """When the next help is due: while somebody is to do something, and it can be done."""
    step, level = run.step, run.level
    if step.waits or level >= min(Help.WORDS, len(step.hints_s)):
        return None
    if run.mistake is not None and run.mistake.target:
        return None  # the way back is pointed at already
    if not step.do or not step.at.holds(_facts(run)):
        return None
    return run.quiet + step.hints_s[level]


def _helped(run: Run, level: Help) -> Moved:
    """Give that much help, and remember that it was given."""
    run = _with(replace(run, level=level), help=max(run.result.help, level))
    spoken = (Say(_texts(run.step)),) if level in (Help.AGAIN, Help.WORDS) else ()
    return run, (*spoken, _wake(run))


def _by_itself(run: Run) -> tuple[Run, tuple[Command, ...]]:
    """Let happen what happens by itself and is due."""
    facts = _facts(run)
    if not run.step.at.holds(facts):
        return run, ()
    due = [
        n
        for n, x in enumerate(run.step.outside)
        if x.by is By.CABIN and n not in run.acted and run.now >= run.began + x.after_s
    ]
    run = replace(run, acted=run.acted | frozenset(due))
    return run, _acts(run, tuple(run.step.outside[n].act for n in due))


def _wake(run: Run) -> Wake:
    times = [_next_hint(run)]
    seconds = run.step.done.after_s
    if seconds is not None and run.began + seconds > run.now:
        times.append(run.began + seconds)
    if run.step.at.holds(_facts(run)):
        times += [
            run.began + x.after_s
            for n, x in enumerate(run.step.outside)
            if x.by is By.CABIN and n not in run.acted
        ]
    ahead = [max(x, run.now) for x in times if x is not None]
    return Wake(min(ahead, default=None))


# Hands


def _pressed(run: Run, index: int) -> Moved:
    if not 0 <= index < len(run.step.outside) or run.step.outside[index].by is By.CABIN:
        return run, ()
    struck = tuple(x for x in run.step.faults if x.pressed and x not in run.faults)
    run = replace(run, quiet=run.now, faults=(*run.faults, *struck))
    acts = (run.step.outside[index].act, *(x.set for x in struck))
    return run, (*_acts(run, acts), _wake(run))


def _controlled(run: Run, word: str) -> Moved:
    match word:
        case "again":
            words = (run.mistake.say,) if run.mistake else _texts(run.step)
            run = _with(run, help=max(run.result.help, Help.AGAIN))
            return run, (Say(words), _wake(run))
        case "hint":
            return _helped(run, Help(min(run.level + 1, Help.WORDS)))
        case "next":
            return _go_on(_with(_counted(run), done=True, help=Help.VOLUNTEER), held=True)
        case "skip":
            return _go_on(_with(_counted(run), skipped=True), held=True)
        case "back" if run.index:
            return _enter(_counted(run), run.index - 1, run.now, held=True)
        case "end":
            return _end(_counted(run), whole=False)
        case _:
            return run, ()


def _end(run: Run, *, whole: bool) -> Moved:
    """Undo whatever is still broken."""
    undo = _acts(run, tuple(x.undo for x in run.faults))
    run = replace(run, ended=True, mistake=None, faults=())
    return run, (*undo, Wake(None), Ended(run.results, whole))


# What is drawn


def guidance(run: Run) -> Guidance:
    """What the learner is shown now."""
    step, mistake = run.step, run.mistake
    count = len(run.lesson.steps)
    here = step.at.holds(_facts(run))
    place = Guidance(
        run.index + 1,
        count,
        step.text,
        step.more,
        hint=step.hint if run.level >= Help.WORDS else "",
        target=step.target if here else "",
        finger=here and bool(step.target) and (step.shown or run.level >= Help.FINGER),
        light=here and bool(step.target) and (step.shown or run.level >= Help.LIGHT),
        buttons=_buttons(step, By.LEARNER) if here else (),
        controls=_buttons(step, By.VOLUNTEER),
    )
    if mistake is None:
        return place
    place = replace(place, text=mistake.say, more="", kind=True)
    if not mistake.target:
        return place
    return replace(place, target=mistake.target, finger=True, light=True, buttons=())


def _buttons(step: Step, who: By) -> tuple[tuple[int, str], ...]:
    return tuple((n, x.label) for n, x in enumerate(step.outside) if x.by is who)


# Small moves


def _acts(run: Run, acts: tuple[Act, ...]) -> tuple[Command, ...]:
    return tuple(Do(x, run.order_id) for x in acts)


def _with(run: Run, **changes: object) -> Run:
    """The run with its step's result changed."""
    result = replace(run.result, **changes)  # type: ignore[arg-type]
    results = (*run.results[: run.index], result, *run.results[run.index + 1 :])
    return replace(run, results=results)


def _counted(run: Run) -> Run:
    """The run with the step's time so far noted down."""
    return _with(run, seconds=run.result.seconds + run.now - run.began)
