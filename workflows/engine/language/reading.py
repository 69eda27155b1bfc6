"""Reading a text of the language: limits before parsing, then only the constructs that are listed here."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from workflows.engine.language.errors import LanguageError

LONGEST = {"expression": 4_000, "script": 20_000}
MOST_NODES = 2_000
DEEPEST = 60
DEEPEST_BRACKETS = 40
LONGEST_OPERATOR_RUN = 60
OPERATOR_RUN = re.compile(rf"(?:[-+~]\s*|\bnot\s+){{{LONGEST_OPERATOR_RUN}}}")
HIDDEN = re.compile(r"^__|__$")
FORBIDDEN_NAMES = frozenset({"typename"})

EXPRESSIONS = (
    ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.IfExp, ast.Compare, ast.Call, ast.Constant, ast.Attribute, ast.Subscript, ast.Slice,
    ast.Name, ast.List, ast.Tuple, ast.Dict, ast.ListComp, ast.GeneratorExp, ast.comprehension, ast.JoinedStr, ast.FormattedValue,
    ast.keyword,
)  # fmt: skip
OPERATORS = (
    ast.And, ast.Or, ast.Not, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.USub, ast.UAdd, ast.Eq, ast.NotEq,
    ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.Load, ast.Store, ast.Del,
)  # fmt: skip
STATEMENTS = (ast.Module, ast.Assign, ast.If, ast.For, ast.Delete, ast.Expr, ast.Pass)
REFUSED = {
    ast.Lambda: "functions cannot be made here",
    ast.Pow: "powers are not part of the language",
    ast.NamedExpr: "a value cannot be named inside an expression",
    ast.Await: "this is not part of the language",
    ast.Starred: "stars are not part of the language",
    ast.While: "loops need a list: write for … in …",
    ast.Import: "nothing can be imported",
    ast.ImportFrom: "nothing can be imported",
    ast.FunctionDef: "functions cannot be made here",
    ast.DictComp: "write a list instead",
    ast.SetComp: "write a list instead",
    ast.Set: "write a list with square brackets instead",
}


@dataclass(frozen=True)
class Compiled:
    """A text that has been read: what kind, its tree, and the names it uses and writes."""

    text: str
    kind: Literal["expression", "script"]
    tree: ast.AST
    used: frozenset[str]
    written: frozenset[str]


@lru_cache(maxsize=4_096)
def compile_expression(text: str) -> Compiled:
    """Read an expression. LanguageError says what is wrong with it."""
    tree = _parse(text.strip(), "eval", "expression")
    _check(tree, EXPRESSIONS + OPERATORS + (ast.Expression,), text)
    return Compiled(text, "expression", tree, _names(tree, ast.Load), frozenset())


@lru_cache(maxsize=1_024)
def compile_script(text: str) -> Compiled:
    """Read a script: assignments, `if`, `for` and `del`. LanguageError says what is wrong with it."""
    tree = _parse(_outdent(text), "exec", "script")
    _check(tree, EXPRESSIONS + OPERATORS + STATEMENTS, text)
    return Compiled(text, "script", tree, _names(tree, ast.Load), _names(tree, ast.Store) | _names(tree, ast.Del))


def names_used(compiled: Compiled) -> frozenset[str]:
    """The values a text needs from outside; functions and names that it makes itself are not among them."""
    return compiled.used


def _outdent(text: str) -> str:
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:] for line in lines)


def _parse(text: str, mode: Literal["eval", "exec"], kind: Literal["expression", "script"]) -> ast.AST:
    if not text:
        raise LanguageError(f"the {kind} is empty")
    _check_size(text, kind)
    try:
        return ast.parse(text, mode=mode)
    except SyntaxError as error:
        raise LanguageError(f"this cannot be read: {_plain(error.msg)}", text=text, position=error.offset or 0) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise LanguageError("this cannot be read", text=text) from error


def _check_size(text: str, kind: str) -> None:
    # Python's own parser can be made to work hard by depth alone, so depth is counted before it sees the text.
    if len(text) > LONGEST[kind]:
        raise LanguageError(f"the {kind} is longer than {LONGEST[kind]:,} characters", text=text[:80])
    if any(ord(letter) > 127 and letter.isidentifier() for letter in _outside_quotes(text)):
        raise LanguageError("names are written with the letters a to z", text=text)
    depth = deepest = 0
    for letter in text:
        depth += (letter in "([{") - (letter in ")]}")
        deepest = max(deepest, depth)
    if deepest > DEEPEST_BRACKETS:
        raise LanguageError("there are too many brackets inside one another", text=text[:80])
    if OPERATOR_RUN.search(text):
        raise LanguageError("there are too many signs in a row", text=text[:80])


def _outside_quotes(text: str) -> str:
    return re.sub(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|#[^\n]*", "", text)


def _plain(message: str | None) -> str:
    return (message or "it is incomplete").replace("invalid syntax", "a sign or word is out of place")


def _check(tree: ast.AST, allowed: tuple[type[ast.AST], ...], text: str) -> None:
    count = 0
    stack: list[tuple[ast.AST, int]] = [(tree, 0)]
    while stack:
        node, depth = stack.pop()
        count += 1
        if count > MOST_NODES or depth > DEEPEST:
            raise LanguageError("this is too long or too deep to work out", text=text[:80])
        _check_node(node, allowed, text)
        stack.extend((child, depth + 1) for child in ast.iter_child_nodes(node))


def _check_node(node: ast.AST, allowed: tuple[type[ast.AST], ...], text: str) -> None:
    position = getattr(node, "col_offset", 0)
    if not isinstance(node, allowed):
        raise LanguageError(REFUSED.get(type(node), "this is not part of the language"), text=text, position=position)
    for name in _identifiers(node):
        if HIDDEN.search(name) or name in FORBIDDEN_NAMES:
            raise LanguageError(f"the name {name} is not allowed", text=text, position=position)
    if isinstance(node, ast.Constant) and not isinstance(node.value, str | bool | int | float | None):
        raise LanguageError("only texts, numbers, true, false and nothing can be written here", text=text, position=position)
    if isinstance(node, ast.Call) and not isinstance(node.func, ast.Name):
        raise LanguageError(f"there are no methods: write {_as_function(node)} instead", text=text, position=position)
    if isinstance(node, ast.FormattedValue) and (node.format_spec is not None or node.conversion != -1):
        raise LanguageError("a value inside a text cannot carry a format", text=text, position=position)
    if isinstance(node, ast.Call) and any(keyword.arg is None for keyword in node.keywords):
        raise LanguageError("stars are not part of the language", text=text, position=position)
    if isinstance(node, ast.For) and node.orelse:
        raise LanguageError("a loop has no else", text=text, position=position)
    if isinstance(node, ast.Expr):
        raise LanguageError("a line of a script must give a value a name", text=text, position=position)


def _as_function(node: ast.Call) -> str:
    return f"{node.func.attr}(…)" if isinstance(node.func, ast.Attribute) else "the name of a function"


def _identifiers(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, ast.keyword):
        return [node.arg or ""]
    return []


def _names(tree: ast.AST, context: type[ast.expr_context]) -> frozenset[str]:
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    local = {
        name.id for node in ast.walk(tree) if isinstance(node, ast.comprehension) for name in ast.walk(node.target) if isinstance(name, ast.Name)
    }
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, context) and id(node) not in called}
    return frozenset(found - local - {"true", "false", "null"})
