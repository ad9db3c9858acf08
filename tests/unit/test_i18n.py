"""Chinese as written, English complete."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kiosk
import screens
from kiosk import i18n

ROOMS = [Path(room.__file__ or "").parent for room in (kiosk, screens)]
PO = ROOMS[0] / "locale" / "en" / "LC_MESSAGES" / "kiosk.po"
CHINESE = re.compile(r"[\u3400-\u9fff]")
FIELD = re.compile(r"\{(\w*)[^}]*\}")
IN_KV = re.compile(r"""\bN?_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\)""")


@pytest.fixture(autouse=True)
def _back_to_chinese() -> Iterator[None]:
    yield
    i18n.set_language("zh")


def marked() -> dict[str, str]:
    """Every msgid marked by _("…") or N_("…") → where it stands."""
    found: dict[str, str] = {}
    for room in ROOMS:
        for file in sorted(room.rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                    called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                    argument = node.args[0] if called in ("_", "N_") and node.args else None
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        found[argument.value] = f"{file}:{node.lineno}"
        for file in sorted(room.rglob("*.kv")):
            for match in IN_KV.finditer(file.read_text()):
                found[ast.literal_eval(match[1])] = str(file)
    return found


def built_at_run_time() -> list[str]:
    """Where _() or N_() is given an f-string or a sum: no catalogue can hold such a sentence."""
    found = []
    for room in ROOMS:
        for file in sorted(room.rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id in ("_", "N_")
                    and isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
                ):
                    found.append(f"{file}:{node.lineno}")
    return found


def quoted(text: str) -> str:
    """`text` as a .po file writes it."""
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(plain, escaped)
    return f'"{text}"'


def test_every_sentence_has_an_english_one() -> None:
    english = i18n.read_po(PO.read_text())
    sentences = marked()
    assert sentences
    missing = [
        f'#: {place}\nmsgid {quoted(text)}\nmsgstr ""'
        for text, place in sentences.items()
        if CHINESE.search(text) and not english.get(text)
    ]
    assert not missing, f"{PO} lacks\n\n" + "\n\n".join(missing)


def test_the_catalogue_holds_nothing_that_nobody_says() -> None:
    assert set(i18n.read_po(PO.read_text())) - set(marked()) == set()


def test_translations_keep_the_fields_and_are_not_chinese() -> None:
    for text, translation in i18n.read_po(PO.read_text()).items():
        assert sorted(FIELD.findall(text)) == sorted(FIELD.findall(translation)), text
        assert not CHINESE.search(translation), text


def test_only_whole_sentences_are_marked() -> None:
    assert built_at_run_time() == []


def test_the_language_can_be_changed_back_and_forth() -> None:
    text, translation = next(iter(i18n.read_po(PO.read_text()).items()))
    assert i18n._(text) == text
    i18n.set_language("en")
    assert (i18n.language(), i18n._(text)) == ("en", translation)
    assert i18n._("没有译文") == "没有译文"
    assert i18n._("") == ""
    i18n.set_language("zh")
    assert (i18n.language(), i18n._(text)) == ("zh", text)
    assert i18n.N_(text) == text


def test_an_unknown_language_changes_nothing() -> None:
    with pytest.raises(ValueError, match="not one of zh, en"):
        i18n.set_language("fr")
    assert i18n.language() == "zh"


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1),
        st.text('a中\n\t"\\ '),
    )
)
def test_what_is_written_is_read(messages: dict[str, str]) -> None:
    entries = [f"msgid {quoted(text)}\nmsgstr {quoted(other)}" for text, other in messages.items()]
    assert i18n.read_po("\n\n".join(entries)) == messages


def test_strings_go_over_lines_and_fuzzy_ones_are_left_out() -> None:
    text = (
        '# a note\nmsgid ""\nmsgstr "Language: en\\n"\n\n'
        'msgid ""\n"一"\n"二"\nmsgstr "one"\n" two"\n\n'
        '#, fuzzy\nmsgid "三"\nmsgstr "four"\n#~ msgid "old"\nmsgid "五"\nmsgstr "five"'
    )
    assert i18n.read_po(text) == {"一二": "one two", "五": "five"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('msgid "a"\nmsgstr "b\n', 2),
        ('msgid "a"\nmsgid_plural "b"\n', 2),
        ('msgstr "b"\n', 1),
        ('"b"\n', 1),
        ('msgid "a"\nmsgstr "\\q"\n', 2),
        ('msgid "a"\nmsgstr "b"\nmsgid "a"\nmsgstr "c"\nmsgid "d"\n', 5),
    ],
)
def test_mistakes_in_a_catalogue_are_named_with_their_line(text: str, line: int) -> None:
    with pytest.raises(i18n.CatalogueError, match=rf"^kiosk\.po:{line}: "):
        i18n.read_po(text)
