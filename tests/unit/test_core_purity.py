"""The core imports nothing that knows a clock, a thread or the world (design, first picture)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import kiosk.core

ROOT = Path(kiosk.core.__file__).parent
ALLOWED = {"__future__", "collections.abc", "dataclasses", "enum", "functools", "re", "typing"}
FORBIDDEN_CALLS = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}
FILES = sorted(ROOT.rglob("*.py"))


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (x.name for x in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports hide where they lead"
            yield node.module or ""


def is_pure(module: str) -> bool:
    return module in ALLOWED or module == "kiosk.core" or module.startswith("kiosk.core.")


def test_the_core_is_found() -> None:
    assert {"decide.py", "payment.py", "lines.py", "refunds.py"} <= {x.name for x in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda x: str(x.relative_to(ROOT)))
def test_imports_are_pure(path: Path) -> None:
    assert [x for x in imports(ast.parse(path.read_text("utf-8"))) if not is_pure(x)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda x: str(x.relative_to(ROOT)))
def test_nothing_is_opened_printed_or_evaluated(path: Path) -> None:
    called = [
        node.func.id
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert [x for x in called if x in FORBIDDEN_CALLS] == []


@pytest.mark.parametrize("module", ["time", "threading", "sqlite3", "kiosk.engine", "random"])
def test_an_impure_import_would_be_noticed(module: str) -> None:
    assert [x for x in imports(ast.parse(f"def f():\n    import {module}\n")) if not is_pure(x)]
