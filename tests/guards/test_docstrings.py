"""Every module says in a sentence what belongs in it, and every public function below the web what it takes and gives."""

from __future__ import annotations

import ast

from tests.guards.source import Function, Source, files


def undocumented(source: Source) -> list[str]:
    """Public functions and classes at the top of a module, and public methods, without a docstring."""
    return [f"{source.path}: {node.name}" for node in _public(source.tree.body) if not ast.get_docstring(node)]


def _public(body: list[ast.stmt]) -> list[Function | ast.ClassDef]:
    found: list[Function | ast.ClassDef] = []
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        found.append(node)
    return found


def without_sentence(source: Source) -> list[str]:
    """The file when it has code but does not open with a sentence."""
    has_code = any(not isinstance(node, ast.ImportFrom | ast.Import) for node in source.tree.body)
    return [source.path] if has_code and not ast.get_docstring(source.tree) else []


def test_every_module_says_what_belongs_in_it() -> None:
    sources = [s for s in files("models", "workflows", "webapp", "tests", ending=".py") if "/versions/" not in s.path]

    assert [problem for source in sources for problem in without_sentence(source)] == []


def test_every_public_function_says_what_it_does() -> None:
    sources = [s for s in files("models", "workflows", ending=".py") if "/versions/" not in s.path]

    assert [problem for source in sources for problem in undocumented(source)] == []


def test_silence_would_be_found() -> None:
    assert undocumented(Source("x.py", "def f(): pass\ndef _g(): pass\n")) == ["x.py: f"]
    assert without_sentence(Source("x.py", "x = 1\n")) == ["x.py"]
