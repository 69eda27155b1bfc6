"""Working a text out: a walk over its tree with so much fuel and no more, on plain values only."""

from __future__ import annotations

import ast
import difflib
import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import DecimalException, localcontext
from typing import Any

from workflows.engine.language import values
from workflows.engine.language.errors import EvaluationError, LanguageError
from workflows.engine.language.functions import FUNCTIONS, Function, cost_of
from workflows.engine.language.reading import Compiled, compile_expression, compile_script

FUEL = 50_000
CONSTANTS: Mapping[str, Any] = {"true": True, "false": False, "null": None}
ORDER = {ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge}


def evaluate(text: str, data: Mapping[str, Any], functions: Mapping[str, Function] | None = None) -> Any:
    """The value of an expression as plain JSON; dates as ISO text, lengths of time as `P14D`.

    LanguageError when the text cannot be read, EvaluationError when these values do not allow an answer.
    """
    compiled = compile_expression(text)
    walker = Walker(values.inward(data), functions)
    return values.outward(walker.start(compiled))


def execute(text: str, data: Mapping[str, Any], functions: Mapping[str, Function] | None = None) -> dict[str, Any]:
    """The data after a script; what was passed in is never changed, so that a failed script leaves nothing behind."""
    compiled = compile_script(text)
    walker = Walker(values.inward(data), functions)
    walker.start(compiled)
    after = values.outward(walker.data)
    values.check_size(after)
    return dict(after)


class Walker:
    """One evaluation: the names it knows, the functions it may call, and the fuel it has left."""

    def __init__(self, data: dict[str, Any], functions: Mapping[str, Function] | None) -> None:
        self.data = data
        self.functions: dict[str, Function] = {**FUNCTIONS, **(functions or {})}
        self.fuel = FUEL
        self.local: list[dict[str, Any]] = []

    def start(self, compiled: Compiled) -> Any:
        """Work out the whole text."""
        try:
            with localcontext() as context:
                context.prec = 34
                if isinstance(compiled.tree, ast.Expression):
                    return self.value(compiled.tree.body)
                if isinstance(compiled.tree, ast.Module):
                    self.run(compiled.tree.body)
                return None
        except (DecimalException, OverflowError, ZeroDivisionError, RecursionError) as error:
            raise EvaluationError("this sum has no answer") from error

    def burn(self, amount: int = 1) -> None:
        """Use fuel; an evaluation that needs more than it has is stopped."""
        self.fuel -= amount
        if self.fuel < 0:
            raise EvaluationError("this takes too long to work out")

    def go_over(self, *parts: Any) -> None:
        """Pay for going over every part of some values."""
        for part in parts:
            self.burn(values.weight(part, self.fuel))

    def run(self, statements: list[ast.stmt]) -> None:
        """Carry out the statements of a script."""
        for statement in statements:
            self.burn()
            STATEMENTS[type(statement)](self, statement)

    def value(self, node: ast.expr) -> Any:
        """The value of one node."""
        self.burn()
        return EXPRESSIONS[type(node)](self, node)

    def lookup(self, name: str) -> Any:
        """The value of a name, from the innermost place that has it."""
        for names in reversed(self.local):
            if name in names:
                return names[name]
        if name in self.data:
            return self.data[name]
        if name in CONSTANTS:
            return CONSTANTS[name]
        raise EvaluationError(f"there is no value named {name}{_suggestion(name, [*self.data, *CONSTANTS])}", missing=name)


def _suggestion(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f". Did you mean {close[0]}?" if close else ""


def _constant(walker: Walker, node: ast.Constant) -> Any:
    return values.number(node.value) if isinstance(node.value, float) else values.checked(node.value)


def _name(walker: Walker, node: ast.Name) -> Any:
    return walker.lookup(node.id)


def _attribute(walker: Walker, node: ast.Attribute) -> Any:
    record = walker.value(node.value)
    if not isinstance(record, dict):
        raise EvaluationError(f"{values.kind(record)} has no part named {node.attr}", missing=node.attr)
    if node.attr not in record:
        raise EvaluationError(f"there is no value named {node.attr}{_suggestion(node.attr, list(record))}", missing=node.attr)
    return record[node.attr]


def _subscript(walker: Walker, node: ast.Subscript) -> Any:
    whole = walker.value(node.value)
    if isinstance(node.slice, ast.Slice):
        return _sliced(walker, whole, node.slice)
    key = walker.value(node.slice)
    if isinstance(whole, dict) and isinstance(key, str):
        if key not in whole:
            raise EvaluationError(f"there is no value named {key}", missing=key)
        return whole[key]
    if isinstance(whole, list | str) and type(key) is int:
        if not -len(whole) <= key < len(whole):
            raise EvaluationError(f"there is no place {key} in a list of {len(whole)}")
        return whole[key]
    raise EvaluationError(f"{values.kind(whole)} has no places")


def _sliced(walker: Walker, whole: Any, bounds: ast.Slice) -> Any:
    if not isinstance(whole, list | str) or bounds.step is not None:
        raise EvaluationError("only a list or a text can be cut")
    ends = [None if end is None else walker.value(end) for end in (bounds.lower, bounds.upper)]
    if any(end is not None and type(end) is not int for end in ends):
        raise EvaluationError("a place in a list is a whole number")
    walker.burn(len(whole))
    return whole[ends[0] : ends[1]]


def _bool_op(walker: Walker, node: ast.BoolOp) -> Any:
    stop_at = isinstance(node.op, ast.Or)
    answer: Any = not stop_at
    for part in node.values:
        answer = walker.value(part)
        if values.truth(answer) is stop_at:
            return answer
    return answer


def _unary(walker: Walker, node: ast.UnaryOp) -> Any:
    value = walker.value(node.operand)
    if isinstance(node.op, ast.Not):
        return not values.truth(value)
    if not values.is_number(value):
        raise EvaluationError(f"{values.kind(value)} has no sign")
    return values.checked(-value if isinstance(node.op, ast.USub) else value)


def _if_expression(walker: Walker, node: ast.IfExp) -> Any:
    return walker.value(node.body if values.truth(walker.value(node.test)) else node.orelse)


def _compare(walker: Walker, node: ast.Compare) -> bool:
    left = walker.value(node.left)
    for op, part in zip(node.ops, node.comparators, strict=True):
        right = walker.value(part)
        if not _holds(walker, op, left, right):
            return False
        left = right
    return True


def _holds(walker: Walker, op: ast.cmpop, left: Any, right: Any) -> bool:
    walker.go_over(left, right)
    if isinstance(op, ast.Eq | ast.Is):
        return values.equal(left, right)
    if isinstance(op, ast.NotEq | ast.IsNot):
        return not values.equal(left, right)
    if isinstance(op, ast.In | ast.NotIn):
        return values.contains(right, left) is isinstance(op, ast.In)
    left, right = values.comparable(left, right)
    return bool(ORDER[type(op)](left, right))


def _bin_op(walker: Walker, node: ast.BinOp) -> Any:
    left, right = walker.value(node.left), walker.value(node.right)
    walker.burn(values.size(left) + values.size(right))
    return values.checked(_combine(node.op, left, right))


def _combine(op: ast.operator, left: Any, right: Any) -> Any:
    if values.is_number(left) and values.is_number(right):
        return values.arithmetic(op, left, right)
    if isinstance(op, ast.Add) and type(left) is type(right) and isinstance(left, str | list):
        return left + right
    left, right = values.as_date(left, right), values.as_date(right, left)
    if isinstance(left, date) and isinstance(right, timedelta) and isinstance(op, ast.Add | ast.Sub):
        return left + right if isinstance(op, ast.Add) else left - right
    if isinstance(op, ast.Sub) and type(left) is type(right) and isinstance(left, date | datetime):
        return left - right
    raise EvaluationError(f"{values.kind(left)} and {values.kind(right)} cannot be combined like this")


def _list(walker: Walker, node: ast.List | ast.Tuple) -> list[Any]:
    return [walker.value(item) for item in node.elts]


def _dict(walker: Walker, node: ast.Dict) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for key, item in zip(node.keys, node.values, strict=True):
        name = walker.value(key) if key is not None else None
        values.check_key(name)
        record[str(name)] = walker.value(item)
    return record


def _joined(walker: Walker, node: ast.JoinedStr) -> Any:
    parts = []
    for part in node.values:
        text = values.words(walker.value(part.value)) if isinstance(part, ast.FormattedValue) else walker.value(part)
        walker.burn(len(text))
        parts.append(text)
    return values.checked("".join(parts))


def _comprehension(walker: Walker, node: ast.ListComp | ast.GeneratorExp) -> list[Any]:
    found: list[Any] = []
    for _ in _bindings(walker, node.generators):
        found.append(walker.value(node.elt))
        walker.burn(values.size(found[-1]))
    return list(values.checked(found))


def _bindings(walker: Walker, generators: list[ast.comprehension]) -> Iterator[None]:
    first, rest = generators[0], generators[1:]
    if first.is_async or not isinstance(first.target, ast.Name):
        raise EvaluationError("a list is gone through with one name")
    for item in values.items_of(walker.value(first.iter)):
        walker.burn()
        walker.local.append({first.target.id: item})
        try:
            if all(values.truth(walker.value(test)) for test in first.ifs):
                if rest:
                    yield from _bindings(walker, rest)
                else:
                    yield
        finally:
            walker.local.pop()


def _call(walker: Walker, node: ast.Call) -> Any:
    if not isinstance(node.func, ast.Name):
        raise EvaluationError("only functions can be called")
    name = node.func.id
    function = walker.functions.get(name)
    if function is None:
        raise EvaluationError(f"there is no function named {name}{_suggestion(name, list(walker.functions))}", missing=name)
    if name == "is_set":
        return _is_set(walker, node)
    if name == "coalesce":
        return _coalesce(walker, node)
    arguments = [walker.value(argument) for argument in node.args]
    named = {str(keyword.arg): walker.value(keyword.value) for keyword in node.keywords}
    walker.go_over(*arguments, *named.values())
    walker.burn(cost_of(name, arguments))
    try:
        answer = function(*arguments, **named)
    except (TypeError, ValueError, AttributeError, LookupError) as error:
        raise EvaluationError(f"{name} cannot be worked out with these values") from error
    walker.burn(values.size(answer))
    return values.checked(answer)


def _is_set(walker: Walker, node: ast.Call) -> bool:
    return any(_value_or_nothing(walker, argument) not in (None, "", []) for argument in node.args)


def _coalesce(walker: Walker, node: ast.Call) -> Any:
    for argument in node.args:
        value = _value_or_nothing(walker, argument)
        if value not in (None, ""):
            return value
    return None


def _value_or_nothing(walker: Walker, node: ast.expr) -> Any:
    try:
        return walker.value(node)
    except EvaluationError as error:
        if error.missing is None:
            raise
        return None


def _assign(walker: Walker, node: ast.Assign) -> None:
    value = walker.value(node.value)
    for target in node.targets:
        _store(walker, target, values.copied(value, walker.burn))


def _store(walker: Walker, target: ast.expr, value: Any) -> None:
    if isinstance(target, ast.Name):
        walker.data[target.id] = value
        return
    if isinstance(target, ast.Attribute | ast.Subscript):
        record = walker.value(target.value)
        key = target.attr if isinstance(target, ast.Attribute) else walker.value(target.slice)
        if isinstance(record, dict):
            values.check_key(key)
            record[key] = value
            return
        if isinstance(record, list) and type(key) is int and -len(record) <= key < len(record):
            record[key] = value
            return
    raise EvaluationError("this cannot be given a value")


def _if(walker: Walker, node: ast.If) -> None:
    walker.run(node.body if values.truth(walker.value(node.test)) else node.orelse)


def _for(walker: Walker, node: ast.For) -> None:
    for item in list(values.items_of(walker.value(node.iter))):
        _store(walker, node.target, item)
        walker.run(node.body)


def _delete(walker: Walker, node: ast.Delete) -> None:
    for target in node.targets:
        if not isinstance(target, ast.Name) or target.id not in walker.data:
            raise EvaluationError("only a named value can be removed")
        del walker.data[target.id]


def _pass(walker: Walker, node: ast.Pass) -> None:
    return None


Visit = Callable[[Walker, Any], Any]
EXPRESSIONS: dict[type[ast.expr], Visit] = {
    ast.Constant: _constant, ast.Name: _name, ast.Attribute: _attribute, ast.Subscript: _subscript, ast.BoolOp: _bool_op,
    ast.UnaryOp: _unary, ast.IfExp: _if_expression, ast.Compare: _compare, ast.BinOp: _bin_op, ast.List: _list, ast.Tuple: _list,
    ast.Dict: _dict, ast.JoinedStr: _joined, ast.ListComp: _comprehension, ast.GeneratorExp: _comprehension, ast.Call: _call,
}  # fmt: skip
STATEMENTS: dict[type[ast.stmt], Visit] = {ast.Assign: _assign, ast.If: _if, ast.For: _for, ast.Delete: _delete, ast.Pass: _pass}

__all__ = ["EvaluationError", "LanguageError", "evaluate", "execute"]
