"""``kiosk lesson``: lessons for authors, what was learned, the volunteers' handbook.

Exit codes: 0 good, 1 something is wrong with what was found, 2 the words are wrong.
"""

from __future__ import annotations

import argparse
import re
import sys
from datetime import date
from pathlib import Path

from kiosk.classroom import RECORD, known
from kiosk.classroom.checking import check
from kiosk.classroom.reading import COMMON, LessonError, shipped

GOOD, BAD, USAGE = 0, 1, 2
TEMPLATE = known.FOLDER / "template.toml"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``lesson`` with its own commands."""
    lesson = commands.add_parser("lesson", help="lessons of 小义工课堂, and what was learned")
    parts = lesson.add_subparsers(dest="lesson_command", required=True)
    checking = parts.add_parser("check", help="find every error of a lesson, with its line")
    checking.add_argument("files", nargs="*", type=Path, metavar="FILE", help="all shipped ones")
    checking.set_defaults(handler=_check)
    new = parts.add_parser("new", help="make the file of a new lesson")
    new.add_argument("name", metavar="NAME", help="a-z, 0-9 and _, a letter first")
    new.add_argument("--folder", type=Path, default=Path(), help="where; here unless given")
    new.set_defaults(handler=_new)
    handbook = parts.add_parser("handbook", help="the volunteers' handbook, two pages to print")
    handbook.add_argument("file", type=Path, metavar="FILE.html")
    handbook.set_defaults(handler=_handbook)
    parts.add_parser("list", help="the lessons there are").set_defaults(handler=_list)
    record = parts.add_parser("record", help="where people got stuck, of the last 90 days")
    record.add_argument("--config", type=Path, default=Path("cabin.toml"), metavar="FILE")
    record.add_argument("--csv", action="store_true", help="every step of every day")
    record.add_argument("--picture", type=Path, metavar="FILE", help="a PNG, in Chinese")
    record.set_defaults(handler=_record)


def _check(args: argparse.Namespace) -> int:
    files = args.files or sorted(x for x in known.LESSONS.glob("*.toml") if x.name != COMMON)
    wrong = 0
    for file in files:
        report = check(file)
        for sentence in report.errors:
            print(sentence)
        for sentence in report.warnings:
            print(sentence.replace(": ", ": warning: ", 1))
        wrong += len(report.errors)
        if not report.errors:
            steps = len(report.lesson.steps) if report.lesson else 0
            print(f"{file}: good, {steps} steps, {len(report.warnings)} warnings")
    return BAD if wrong else GOOD


def _new(args: argparse.Namespace) -> int:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", args.name):
        print(f"{args.name!r} can't name a lesson: a-z, 0-9 and _, a letter first", file=sys.stderr)
        return USAGE
    file = args.folder / f"{args.name}.toml"
    try:
        with file.open("x", encoding="utf-8") as made:
            made.write(TEMPLATE.read_text(encoding="utf-8"))
    except OSError as error:
        print(f"{file}: {error.strerror}", file=sys.stderr)
        return USAGE
    print(f"{file}: write the lesson there, then: kiosk lesson check {file}")
    return GOOD


def _handbook(args: argparse.Namespace) -> int:
    from kiosk.classroom.handbook_file import made

    try:
        args.file.write_text(made(shipped()), encoding="utf-8")
    except (OSError, LessonError) as error:
        print(error, file=sys.stderr)
        return BAD
    print(f"{args.file}: open it in a browser, and print it on both sides of an A4 sheet")
    return GOOD


def _record(args: argparse.Namespace) -> int:
    from kiosk.classroom import record_report
    from kiosk.classroom.record import ClassRecord, kept
    from kiosk.config import ConfigError, load

    try:
        settings = load(args.config)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return USAGE
    try:
        record = ClassRecord(settings.cabin.data_dir / RECORD)
        entries = tuple(kept(record.read(), date.today()))
        if args.picture is not None:
            record_report.draw(entries, shipped(), args.picture)
    except (OSError, LessonError) as error:
        print(error, file=sys.stderr)
        return BAD
    if args.csv:
        # Excel takes a CSV without the mark for GBK, and shows no Chinese.
        print("\ufeff" + record_report.as_csv(entries), end="")
    elif args.picture is None:
        print(record_report.table(entries) if entries else "no class has learned anything yet")
    return GOOD


def _list(args: argparse.Namespace) -> int:  # noqa: ARG001
    try:
        lessons = shipped()
    except LessonError as error:
        print(error, file=sys.stderr)
        return BAD
    for lesson in lessons:
        real = f"  real: {', '.join(lesson.real)}" if lesson.real else ""
        words = f"{lesson.minutes:3} min  {len(lesson.steps):2} steps  {lesson.title}"
        print(f"{lesson.name:16} {words}{real}")
    return GOOD
