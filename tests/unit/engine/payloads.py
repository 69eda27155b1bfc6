"""Texts that try to get out of the language or to use up the machine. All must be refused, or end quickly without harm."""

from __future__ import annotations

import itertools

EXPRESSIONS = (
    # through the classes of a value
    "().__class__", "().__class__.__bases__", "().__class__.__base__.__subclasses__()", "''.__class__.__mro__", "[].__class__.__subclasses__()",
    "{}.__class__.__bases__[0]", "(1).__class__", "x.__class__", "x.__dict__", "x.__init__.__globals__", "x.__reduce__()", "x.__module__", "today.__globals__",
    "today.__code__", "len.__self__", "date.__func__", "x['__class__'].__mro__", "(x for x in items).gi_frame", "(x for x in items).gi_code",
    "[y for y in items].gi_frame.f_back.f_globals", "f'{x.__class__}'", "f'{x.__init__.__globals__}'", "true.__class__", "none.real", "(1.5).as_integer_ratio()",
    # by the names of Python
    "__import__('os')", "__import__('os').system('id')", "__builtins__", "__builtins__['eval']", "__name__", "eval('1')", "exec('1')", "compile('1', '', 'eval')",
    "open('/etc/passwd')", "open('/etc/passwd').read()", "getattr(x, 'a')", "setattr(x, 'a', 1)", "delattr(x, 'a')", "hasattr(x, 'a')", "globals()", "locals()",
    "vars()", "dir()", "dir(x)", "type(x)", "type('X', (), {})", "object()", "super()", "input()", "print(x)", "memoryview(x)", "bytearray(9)", "classmethod(x)",
    "breakpoint()", "help()", "exit()", "quit()", "id(x)", "hash(x)", "iter(x)", "next(x)", "map(len, x)", "filter(len, x)", "zip(x, x)", "isinstance(x, int)",
    "callable(len)", "format(x, 'd')", "chr(65)", "ord('a')", "bytes(9)", "str(x)", "int('1')", "range(9)", "sorted(x)", "reversed(x)", "slice(1)", "property(x)",
    # by methods of values
    "'{}'.format(x)", "'{0.__class__}'.format(x)", "'a'.join(items)", "'a'.encode()", "x.upper()", "items.append(1)", "items.sort()", "record.keys()",
    "record.get('a')", "record.update(a=1)", "'%s' % x", "'%9999999d' % 1", "'a'.center(10 ** 9)", "'a'.zfill(999999999)", "x.format_map(record)",
    # by constructs
    "lambda: 1", "(lambda: x)()", "(y := 1)", "[*items]", "{**record}", "len(*items)", "date(**record)", "yield 1", "(yield)", "await x", "{1, 2}", "{y for y in items}",
    "{y: 1 for y in items}", "[y async for y in items]", "2 ** 9", "10 ** 10 ** 10", "1 << 9999", "~5", "5 @ 5", "1 | 2", "1 & 2", "1 ^ 2", "...", "1j", "b'a'", "x!r",
    "f'{x!r}'", "f'{x:>999999999}'", "f'{x:{y}}'", "f'{x=}'", "x if", "import os", "x = 1", "x; y", "x\ny", "`x`", "$x", "x?", "", " ", "#", "not", "in x",
    # by letters that look like others
    "ｅval('1')", "__ｉmport__('os')", "x.__ｃlass__", "ｌen(items)", "х", "x.\u202e__class__", "\ufeff__import__('os')", "x\x00y", "\u212a",
    # by names kept for the engine
    "typename", "x.typename", "{'typename': 'DataObject'}", "{'__class__': 1}", "_x.__a", "__x", "x__",
    # by calling what is no function
    "x()", "record.f()", "items[0]()", "'a'()", "(len)(items)(1)", "today()()", "len.len(items)", "[len][0](items)",
)  # fmt: skip
SCRIPTS = (
    "import os", "from os import system", "import os as x", "def f():\n  return 1", "async def f():\n  pass", "class X:\n  pass", "while true:\n  x = 1",
    "with open('x') as f:\n  x = 1", "try:\n  x = 1\nexcept Exception:\n  x = 2", "raise x", "assert x", "return 1", "yield x", "global x", "nonlocal x", "x += 1",
    "x: int = 1", "eval('1')", "len(items)", "x", "'words'", "x, y = 1, 2", "[x, y] = items", "*x, y = items", "x = y = lambda: 1", "x.__class__ = 1", "x['__class__'] = 1",
    "typename = 1", "record.typename = 1", "record['typename'] = 1", "__builtins__ = 1", "del record.a", "del x.__class__", "del items[0]", "x = 1; eval('1')",
    "for x.y in items:\n  z = 1", "for x in items:\n  break", "for x in items:\n  continue", "for x in items:\n  x = 1\nelse:\n  x = 2", "if x: eval('1')",
    "match x:\n  case 1:\n    y = 1", "@len\ndef f(): pass", "print(x)", "x = open('y')", "x = (yield)", "x = __import__('os')", "for x in __builtins__: y = 1", "exec('x = 1')",
    "type X = int", "x := 1",
)  # fmt: skip
BOMBS = (
    "'a' * 10000000", "[1] * 10000000", "9999999999999999999999999999999 * 9999999999999999999999999999999", "(" * 200 + "1" + ")" * 200, "[" * 5000, "-" * 90000 + "1",
    "not " * 5000 + "true", "1" + "+1" * 5000, "x" + ".a" * 3000, "x" + "[0]" * 500, "'" + "a" * 30000 + "'", "f'" + "{x}" * 3000 + "'", "f'{" + "-" * 500 + "1}'",
    "f'{" + "(" * 90 + "1" + ")" * 90 + "}'", "1 if " * 500 + "1", "1 < " * 3000 + "1", "x or " * 3000 + "x", "[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]" + "+1",
    "9" * 4000, "1e999999", "1e-999999", "sum([a for a in many for b in many])", "sum([1 for a in many for b in many for c in many])",
    "[a for a in many for b in many for c in many for d in many]", "len([[b for b in many] for a in many])", "any(a == b for a in many for b in many)",
    "max([long + long for a in many])", "[long + long + long + long for a in many]", "text([long for a in many])", "text(many_long) + text(many_long)",
    "add_workdays('2026-01-01', 99999999)", "add_workdays('2026-01-01', 10000)", "add_workdays('9999-12-30', 2000)", "[add_workdays('2026-01-01', 2000) for a in many]",
    "[workdays_between('2012-01-01', '2028-12-31') for a in many]", "workdays_between('0001-01-01', '9999-12-31')", "workdays_between('9999-12-31', '0001-01-01')",
    "days(99999999999)", "add_days('2026-01-01', 99999999)", "add_months('2026-01-01', 99999999)", "date('9999-12-31') + days(36000)", "hours(99999999999)",
    "like(long, '*a*b*c*d*e*f*g*h*i*j*k*l*m*n*o*p*q*r*s*t')", "like(long, long)", "[like(long, '*a*a*a*a*b') for a in many]", "contains(long, 'b')",
    "[contains(long, 'ab') for a in many]", "[lower(long) for a in many]", "upper(long + long)", "round(1 / 3, 99999999)", "round(10000000000000000000000000000000000.5, 6)",
    "1 / 3 / 3 / 3 / 3 / 3 / 3 / 3", "1 / 0", "1 // 0", "1 % 0", "0 / 0", "many[-99999999]", "many[0:99999999]", "long[0:99999999] + long", "sum(many, 'a')",
    "count(many, 'a', long)", "[count(many) for a in many]", "[sum(many) for a in many]", "[min(many) for a in many]", "all(a in many for a in many)",
    "many == many", "[many == many for a in many]", "[many in [many] for a in many]", "like(long, '*' + 'a' + long[0:9000] + 'b')",
    "[1 for a in [[1]] for z in [[1]] " + "".join("for a in [[a, a]] for z in [[z, z]] " for _ in range(40)) + "if a == z]",
    "[a for a in [[1]] " + "for a in [[a, a]] " * 60 + "]", "text([a for a in [[1]] " + "for a in [[a, a]] " * 60 + "])", "[[deep] for a in many]", "deep == deep", "[deep == deep for a in many]", "text(deep)",
)  # fmt: skip
SCRIPT_BOMBS = (
    "x = 'a'\nfor a in many:\n  x = x + x", "x = [1]\nfor a in many:\n  x = x + x", "x = 2\nfor a in many:\n  x = x * x", "for a in many:\n  for b in many:\n    for c in many:\n      x = 1",
    "x = [1]\nfor a in x:\n  x = x + [1]", "record['a'] = record", "x = record\nfor a in many:\n  x = {'a': x}", "x = []\nfor a in many:\n  x = x + [many]",
    "x = {'a': many}\nfor a in many:\n  x = {'a': x, 'b': x}", "x = []\nfor a in many:\n  x = x + [long]", "x = many\nx[0] = x", "x = [record]\nfor a in many:\n  record[text(a)] = many",
    "if x:\n " * 1 + "  x = 1\n" + "".join(" " * depth + "if x:\n" for depth in range(1, 90)) + " " * 90 + "x = 1", "x = 1\n" * 9000, "del x\n" * 3000,
)  # fmt: skip
DATA = {
    "x": "abc", "y": 3, "items": [1, 2, 3], "record": {"a": 1}, "many": list(range(900)), "long": "a" * 19_000, "many_long": ["a" * 100] * 900,
    "deep": [[[[[1, 2, 3]]]]] * 500,
}  # fmt: skip


def escapes() -> list[str]:
    """Three hundred ways to reach for an attribute, a builtin or a frame, made of parts."""
    values = ("x", "items", "record", "''", "[]", "{}", "(1)", "today()", "len", "f'{x}'", "[y for y in items]", "(y for y in items)")
    parts = (
        ".__class__", ".__class__.__mro__[1].__subclasses__()", ".__init__.__globals__['os']", ".__dict__", ".__doc__", ".__getattribute__('__class__')",
        ".gi_frame.f_back.f_globals", ".f_builtins['eval']", "['__class__'].__base__", ".__reduce_ex__(2)", ".mro()", ".format(x.__class__)",
        ".__ｃlass__", ".__sizeof__()", ".__init_subclass__",
    )  # fmt: skip
    names = (
        "eval",
        "exec",
        "compile",
        "open",
        "getattr",
        "setattr",
        "globals",
        "locals",
        "vars",
        "dir",
        "type",
        "__import__",
        "input",
        "memoryview",
        "object",
        "super",
    )
    calls = [f"{name}({argument})" for name in names for argument in ("'x'", "x", "x, '__class__'", "*items", "**record", "f'{x}'")]
    named = [f"{name}" for name in ("__builtins__", "__loader__", "__spec__", "__file__", "__debug__", "__name__", "__package__", "__annotations__")]
    wrapped = [template.format(name) for name in names[:6] for template in ("[{0}('x')][0]", "f'{{{0}(x)}}'", "(lambda: {0})()", "(z := {0})('x')")]
    return [*(value + part for value, part in itertools.product(values, parts)), *calls, *named, *wrapped]
