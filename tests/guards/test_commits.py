"""Only the edges commit: the web's `@writes`, and `transaction()` for commands and jobs."""

from __future__ import annotations

import ast

from tests.guards.source import CODE, Source, files

EDGES = frozenset({"webapp/db.py", "models/session.py"})


def commits(source: Source) -> list[str]:
    """Where a file commits; below the web also where it rolls back, which a view may to take back what it began."""
    named = {"commit"} if source.path.startswith("webapp/") else {"commit", "rollback"}
    return [
        f"{source.path}:{node.lineno}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in named
    ]


def test_only_the_edges_commit() -> None:
    found = [place for source in files(*CODE, ending=".py") if source.path not in EDGES for place in commits(source)]

    assert found == []


def test_a_commit_in_an_action_would_be_found() -> None:
    words = "def claim(session):\n    session.{}()\n"

    assert commits(Source("workflows/actions/tasks.py", words.format("commit"))) == ["workflows/actions/tasks.py:2"]
    assert commits(Source("workflows/actions/tasks.py", words.format("rollback")))
    assert commits(Source("webapp/work/doing.py", words.format("commit")))
    assert not commits(Source("webapp/work/doing.py", words.format("rollback")))


def test_the_edges_do_commit() -> None:
    found = {source.path for source in files(*CODE, ending=".py") if commits(source)}

    assert found >= EDGES
