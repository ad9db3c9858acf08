"""A lesson's TOML file → :class:`Lesson`, every mistake named with its line.

LESSONS.md describes the format. Whether what a lesson names is there, and whether it leads
anywhere, is ``checking``'s.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kiosk import config_toml
from kiosk.classroom import known
from kiosk.classroom.conditions import ALWAYS, NEVER, NUMBERS, SWITCHES, WORDS, Condition
from kiosk.classroom.lesson import (
    HINTS_S,
    Act,
    By,
    Fault,
    Lesson,
    Mistake,
    Outside,
    Step,
)
from kiosk.config_reader import Mistakes, Section
from kiosk.speech import phrases

COMMON = "common.toml"
"""Mistakes of everywhere, beside the lessons."""
_ID = r"[a-z][a-z0-9_]{0,30}"
_ID_WORDS = "a-z, 0-9 and _, a letter first, 31 at most"
_SENTENCE = r"\S(.{0,198}\S)?"
_WORD = r"[a-z0-9_.]{1,60}"
TEXT_MOST = 28
"""Characters of a step's text that fit the card: two lines."""
MORE_MOST = 48
"""Of the smaller text below it: three lines."""
LABEL_MOST = 10
TITLE_MOST = 14


class LessonError(Exception):
    """The file is no lesson. ``mistakes``: a sentence each, with file and line."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds. ``mistakes`` collects what else is found wrong with it."""

    lesson: Lesson
    mistakes: Mistakes
    document: config_toml.Document


def load(path: Path) -> Lesson:
    """Read a lesson. Raises LessonError with every mistake of its form."""
    read = parse(path)
    if read.mistakes.sentences:
        raise LessonError(read.mistakes.sentences)
    return read.lesson


def shipped() -> tuple[Lesson, ...]:
    """The lessons that come with the program, in the order of their numbers."""
    return folder(known.LESSONS)


@cache
def folder(path: Path) -> tuple[Lesson, ...]:
    """All lessons of a folder. Raises LessonError for the first that is none."""
    files = sorted(x for x in path.glob("*.toml") if x.name != COMMON)
    return tuple(sorted((load(x) for x in files), key=lambda x: (x.number, x.name)))


def parse(path: Path) -> Read:
    """Read a lesson and note its mistakes. Raises LessonError if it isn't even TOML."""
    document = _document(path)
    mistakes = Mistakes(path, document)
    root = Section((), document.values, mistakes)
    lesson = Lesson(
        name=path.stem,
        title=_limited(root, "title", TITLE_MOST),
        about=_limited(root, "about", MORE_MOST),
        minutes=root.whole("minutes", 1, 90, "number of minutes"),
        needs=_texts(root, "needs", _SENTENCE, "sentences"),
        number=root.whole("number", 0, 999, default=99),
        real=_words(root, "real", known.REAL),
        setup=tuple(_act(x) for x in root.sections("setup")),
        steps=tuple(_step(x) for x in root.sections("step")),
        common=common(),
    )
    if not re.fullmatch(_ID, path.stem):
        mistakes.add((), f"the file's name {path.stem!r} can't name a lesson", _ID_WORDS)
    if not lesson.steps:
        mistakes.add((), "there are no steps", "[[step]], one at least")
    root.done()
    return Read(lesson, mistakes, document)


@cache
def common() -> tuple[Mistake, ...]:
    """Mistakes of everywhere: help opened, another service begun, the screen asleep."""
    path = known.LESSONS / COMMON
    document = _document(path)
    mistakes = Mistakes(path, document)
    root = Section((), document.values, mistakes)
    found = tuple(_mistake(x) for x in root.sections("mistake"))
    root.done()
    if mistakes.sentences:
        raise LessonError(mistakes.sentences)
    return found


def _document(path: Path) -> config_toml.Document:
    try:
        return config_toml.parse(path.read_bytes().decode())
    except OSError as error:
        raise LessonError((f"{path}: can't be read: {error.strerror}",)) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise LessonError((f"{path}:{line}: is not UTF-8; allowed: UTF-8 text",)) from error
    except config_toml.TomlSyntaxError as error:
        raise LessonError((f"{path}:{error.line}: is not TOML: {error}",)) from error


def _step(section: Section) -> Step:
    target = _widget(section)
    outside = tuple(_outside(x) for x in section.sections("outside"))
    step = Step(
        id=section.text("id", _ID, _ID_WORDS),
        text=_limited(section, "text", TEXT_MOST),
        more=_limited(section, "more", MORE_MOST, optional=True),
        target=target,
        at=_condition(section.section("at")) if section.has("at") else _where(target),
        done=_condition(section.section("done")) if section.has("done") else NEVER,
        hint=_limited(section, "hint", MORE_MOST, optional=True),
        hints_s=_hints(section),
        shown=section.switch("shown"),
        waits=section.switch("waits"),
        repairs=section.switch("repairs"),
        milestone=section.switch("milestone"),
        do=_texts(section, "do", _WORD, "ids of widgets") or _doing(target, outside),
        voice=_phrases(section),
        mistakes=tuple(_mistake(x) for x in section.sections("mistake")),
        outside=outside,
        faults=tuple(_fault(x) for x in section.sections("fault")),
    )
    if not section.has("done"):
        section.wrong(
            "done", "is missing: nothing ends this step", "a condition, as { screen = … }"
        )
    section.done()
    return step


def _widget(section: Section) -> str:
    return section.text("target", _WORD, "the id of a widget") if section.has("target") else ""


def _where(target: str) -> Condition:
    """Where a step can be done that doesn't say it: wherever its target stands."""
    screens = known.screens_with(target) if target else ()
    return Condition(words=(("screen", screens),)) if screens else ALWAYS


def _doing(target: str, outside: tuple[Outside, ...]) -> tuple[str, ...]:
    """What is to be done at a step that doesn't say it: its target, then what the card offers."""
    buttons = tuple(f"outside.{n}" for n, x in enumerate(outside) if x.by is By.LEARNER)
    return (*((target,) if target else ()), *buttons)


def _hints(section: Section) -> tuple[float, ...]:
    if not section.has("hints_s"):
        return HINTS_S
    value = section.raw("hints_s")
    allowed = "four seconds, each later than the one before"
    if not isinstance(value, list) or len(value) != len(HINTS_S):
        section.wrong("hints_s", "is not a list of four", allowed)
        return HINTS_S
    numbers = [float(x) for x in value if isinstance(x, int | float)]
    if len(numbers) != len(HINTS_S) or sorted(set(numbers)) != numbers or numbers[0] <= 0:
        section.wrong("hints_s", "does not grow", allowed)
        return HINTS_S
    return tuple(numbers)


def _mistake(section: Section) -> Mistake:
    found = Mistake(
        id=section.text("id", _ID, _ID_WORDS),
        when=_condition(section.section("when")),
        say=_limited(section, "say", TEXT_MOST + MORE_MOST),
        target=_widget(section),
        do=_texts(section, "do", _WORD, "ids of widgets"),
        voice=_phrases(section),
        anywhere=section.switch("anywhere"),
    )
    section.done()
    return found


def _outside(section: Section) -> Outside:
    act = _act(section, done=False)
    by = By(section.choice("by", tuple(By)))
    found = Outside(
        act,
        by,
        _limited(section, "label", LABEL_MOST, optional=by is By.CABIN),
        section.number("after_s", 0, 600, 0.0),
    )
    section.done()
    return found


def _act(section: Section, *, done: bool = True) -> Act:
    device = section.choice("device", known.ACTIONS)
    allowed = known.ACTIONS[device]
    action = section.choice("action", allowed) if section.has("action") else ""
    if not action:
        section.wrong("action", "is missing", " | ".join(allowed))
    body: dict[str, object] = {}
    if section.has("body"):
        value = section.raw("body")
        if isinstance(value, dict):
            body = dict(value)
        else:
            section.wrong("body", "is not a table", "{ key = value, … } as the bench takes it")
    if section.has("bill"):
        body["bill"] = section.text("bill", r"\d{10}", "the account of one of the sample bills")
    if section.switch("slip"):
        body["slip"] = True
    if done:
        section.done()
    return Act(device, action, body)


def _fault(section: Section) -> Fault:
    """Two actions, ``set`` and ``undo``, or the ``kind`` of one of the simulator's faults."""
    device = section.choice("device", tuple(known.ACTIONS))
    lasts, pressed = section.switch("lasts"), section.switch("pressed")
    if section.has("kind"):
        kinds = known.fault_kinds().get(device, ())
        body: dict[str, object] = {"device": device, "kind": section.choice("kind", kinds or ("",))}
        if section.has("count"):
            body["count"] = section.whole("count", 1, 1000)
        if section.has("params"):
            body["params"] = section.raw("params")
        section.done()
        begins, ends = Act(known.FAULTS, "set", body), Act(known.FAULTS, "clear", body)
        return Fault(begins, ends, lasts, pressed)
    allowed = known.ACTIONS[device]
    first, second = section.choice("set", allowed), section.choice("undo", allowed)
    section.done()
    return Fault(Act(device, first), Act(device, second), lasts, pressed)


def _condition(section: Section) -> Condition:
    """A table of facts: all of them must hold."""
    words = tuple((x, _one_or_more(section, x)) for x in WORDS if section.has(x))
    numbers = tuple((x, *_range(section, x)) for x in NUMBERS if section.has(x))
    switches = tuple((x, section.switch(x)) for x in SWITCHES if section.has(x))
    devices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    if section.has("device"):
        inner = section.section("device")
        value = section.raw("device")
        names = tuple(value) if isinstance(value, dict) else ()
        devices = tuple((str(x), _one_or_more(inner, x)) for x in names)
        inner.done()
    either = tuple(_condition(x) for x in section.sections("any"))
    none = (_condition(section.section("not")),) if section.has("not") else ()
    section.done()
    found = Condition(words, numbers, switches, devices, either, none)
    if found == ALWAYS:
        section.mistakes.add(section.path, f"{section.name} asks nothing", "screen = …, note = …")
    return found


def _one_or_more(section: Section, key: str) -> tuple[str, ...]:
    section.has(key)
    value = section.raw(key)
    found = value if isinstance(value, list) else [value]
    if not found or not all(isinstance(x, str) for x in found):
        section.wrong(key, "is neither a word nor words", '"a" or ["a", "b"]')
        return ()
    return tuple(str(x) for x in found)


def _range(section: Section, key: str) -> tuple[float, float]:
    """A number, or the least and the most: ``10``, ``{ least = 1 }``, ``{ most = 0 }``."""
    section.has(key)
    value = section.raw(key)
    if isinstance(value, dict):
        inner = section.section(key)
        low, high = inner.number("least", 0, 1e9, 0.0), inner.number("most", 0, 1e9, 1e9)
        inner.done()
        return low, high
    if isinstance(value, bool) or not isinstance(value, int | float):
        section.wrong(key, "is no number", "7, { least = 1 } or { most = 3 }")
        return 0.0, 0.0
    return (float(value), 1e9) if key == "seconds" else (float(value), float(value))


def _limited(section: Section, key: str, most: int, *, optional: bool = False) -> str:
    """A sentence that fits its place."""
    if optional and not section.has(key):
        return ""
    text = section.text(key, _SENTENCE, "one line of text")
    if len(text) > most:
        section.wrong(key, f"is {len(text)} characters long", f"{most}, what fits")
    return text


def _texts(section: Section, key: str, pattern: str, what: str) -> tuple[str, ...]:
    if not section.has(key):
        return ()
    value = section.raw(key)
    found = value if isinstance(value, list) else []
    if not found or not all(isinstance(x, str) and re.fullmatch(pattern, x) for x in found):
        section.wrong(key, f"is no list of {what}", '["…", "…"]')
        return ()
    return tuple(str(x) for x in found)


def _phrases(section: Section) -> tuple[str, ...]:
    """Sentences of the screens, by their ids in the speech table."""
    found = _texts(section, "voice", _WORD, "ids of phrases")
    known_ids = phrases.table() if found else {}
    for phrase_id in found:
        if phrase_id not in known_ids:
            near = difflib.get_close_matches(phrase_id, known_ids, n=1)
            perhaps = f"; perhaps {near[0]}" if near else ""
            allowed = f"ids of kiosk/speech/table.toml{perhaps}"
            section.wrong("voice", f"names no phrase {phrase_id}", allowed)
    return tuple(known_ids[x] for x in found if x in known_ids)


def _words(section: Section, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    found = _texts(section, key, _WORD, "words")
    strange = [x for x in found if x not in allowed]
    if strange:
        section.wrong(key, f"names {', '.join(strange)}", " | ".join(allowed))
    return found
