"""Process files that somebody might send to do harm, made here and never kept: what each is called and the files of the folder it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tests.support.casebook import FORM
from tests.unit.engine import drawing as d
from tests.unit.engine.models import table

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SECRET = "/etc/passwd"


@dataclass(frozen=True)
class Hostile:
    """A folder: what is wrong with it, its files, and the file that does the harm."""

    what: str
    files: Mapping[str, str]
    path: str = "process.bpmn"

    @property
    def text(self) -> str:
        """The harmful file itself."""
        return self.files[self.path]


def plain(*more: str, key: str = "p") -> str:
    """A process of one task with further elements in it."""
    return d.definitions(d.process(key, d.start("s"), d.user("u"), d.end("e"), d.chain("s", "u", "e"), *more))


def _bpmn(what: str, text: str) -> Hostile:
    return Hostile(what, {"process.bpmn": text})


def _dmn(what: str, text: str) -> Hostile:
    return Hostile(what, {"process.bpmn": plain(), "t.dmn": text}, "t.dmn")


def _form(what: str, text: str) -> Hostile:
    return Hostile(what, {"process.bpmn": plain(), "forms/u.json": text}, "forms/u.json")


def _rules(what: str, text: str) -> Hostile:
    return Hostile(what, {"process.bpmn": plain(), "forms/u.json": FORM % "u", "rules.yml": text}, "rules.yml")


@cache
def all_of_them() -> tuple[Hostile, ...]:
    """Every hostile folder, at least sixty."""
    return (*_entities(), *_sizes(), *_shapes(), *_loops(), *_references(), *_reaching_out(), *_hanging(), *_tables(), *_others())


def _entities() -> list[Hostile]:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    flat = f'<!DOCTYPE d [<!ENTITY a "{"a" * 50_000}">]>'
    body = plain().partition("?>")[2]
    return [
        _bpmn("entities inside entities", HEAD + f'<!DOCTYPE d [<!ENTITY l0 "ha">{laughs}]>' + body.replace("<startEvent", "&l9;<startEvent")),
        _bpmn("one long entity many times", HEAD + flat + body.replace("<startEvent", "&a;" * 5_000 + "<startEvent")),
        _bpmn("an entity that reads a file", HEAD + f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{SECRET}">]>' + body.replace("<startEvent", "&x;<startEvent")),
        _bpmn("an entity that asks a server", HEAD + '<!DOCTYPE d [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>' + body.replace("<startEvent", "&x;<startEvent")),
        _bpmn("a parameter entity", HEAD + f'<!DOCTYPE d [<!ENTITY % x SYSTEM "file://{SECRET}"> %x;]>' + body),
        _bpmn("an outside DTD", HEAD + '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">' + body),
        _bpmn("a DOCTYPE in small letters", HEAD + "<!doctype d>" + body),
        _bpmn("a DOCTYPE behind many spaces", HEAD + " " * 5_000 + "<!DOCTYPE d []>" + body),
        _bpmn("an entity nobody declared", HEAD + body.replace("<startEvent", "&nobody;<startEvent")),
        _bpmn("an inclusion of a file", plain(f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{SECRET}" parse="text"/>')),
        _bpmn("a style sheet", HEAD + '<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?>' + body.replace("<startEvent", "<odd/><startEvent")),
        _bpmn("a schema that is elsewhere", plain().replace(' id="file"', ' id="file" xsi:noNamespaceSchemaLocation="http://127.0.0.1:9/x.xsd" odd="1"')),
    ]


def _sizes() -> list[Hostile]:
    many = "".join(d.user(f"u{n}") for n in range(3_000))
    names = " ".join(f'a{n}="x"' for n in range(20_000))
    return [
        _bpmn("ten megabytes of a comment", plain(f"<!--{'x' * 10_000_000}-->")),
        _bpmn("ten megabytes of words", plain(f"<documentation>{'x' * 10_000_000}</documentation>")),
        _bpmn("an attribute of ten megabytes", plain().replace('id="u"', f'id="u" name="{"x" * 10_000_000}"', 1)),
        _bpmn("30,000 elements", plain("<documentation/>" * 30_000)),
        _bpmn("3,000 steps that nothing leads to", plain(many)),
        _bpmn("20,000 attributes of one element", plain().replace('<userTask id="u"', f'<userTask {names} id="u"', 1)),
        _bpmn("an id of a million letters", plain().replace('"u"', f'"{"u" * 1_000_000}"')),
        _bpmn("a line of 400 steps", d.definitions(d.process("p", d.start("s"), *(d.user(f"u{n}") for n in range(400)), d.end("e"),
                                                             d.chain("s", *(f"u{n}" for n in range(400)), "e")))),
        _bpmn("10,000 flows between the same two", plain(*(f'<sequenceFlow id="g{n}" sourceRef="u" targetRef="e"/>' for n in range(10_000)))),
        _bpmn("4,000 drawings of one step", plain().replace("</definitions>", _drawn(4_000) + "</definitions>")),
        _bpmn("nothing", ""),
        _bpmn("only spaces", " " * 100_000),
        _bpmn("a zero byte", plain().replace("<startEvent", "\x00<startEvent")),
        _bpmn("half a file", plain()[: len(plain()) // 2]),
        _bpmn("two files in one", plain() + plain().partition("?>")[2]),
    ]  # fmt: skip


def _drawn(count: int) -> str:
    names = 'xmlns:bd="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    shapes = "".join(f'<bd:BPMNShape id="h{n}" bpmnElement="u"><dc:Bounds x="{n}" y="0" width="100" height="80"/></bd:BPMNShape>' for n in range(count))
    return f'<bd:BPMNDiagram {names} id="d"><bd:BPMNPlane id="l" bpmnElement="p">{shapes}</bd:BPMNPlane></bd:BPMNDiagram>'


def _shapes() -> list[Hostile]:
    deep_elements = "<extensionElements>" * 5_000 + "</extensionElements>" * 5_000
    nested = "".join(f'<subProcess id="x{n}">' for n in range(45)) + "</subProcess>" * 45
    return [
        _bpmn("5,000 elements inside one another", plain(deep_elements)),
        _bpmn("250 elements inside one another", plain("<extensionElements>" * 250 + "</extensionElements>" * 250)),
        _bpmn("45 sub-processes inside one another", plain(nested)),
        _bpmn("a page", "<!doctype html><html><script>alert(1)</script></html>"),
        _bpmn("a page without a DOCTYPE", "<html><script>alert(1)</script></html>"),
        _bpmn("a picture", '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        _bpmn("JSON", '{"process": "p"}'),
        _bpmn("text in another encoding", plain().replace("UTF-8", "UTF-16")),
        _bpmn("an encoding that nobody knows", plain().replace("UTF-8", "EBCDIC-CP-XX")),
        _bpmn("a process without a name of its own", plain(key="q")),
        _bpmn("a name with markup in it", plain("<task id='t' name='&lt;script&gt;alert(1)&lt;/script&gt;'/>")),
    ]


def _loops() -> list[Hostile]:
    machine = (d.start("s"), d.exclusive("x"), d.script("t", "n = 1"), d.chain("s", "x", "t", "x"))
    choice = d.exclusive("again", default="again-e")
    turning = (d.start("s"), d.exclusive("m"), d.script("t", "n = 1"), choice, d.end("e"), d.chain("s", "m", "t", "again", "e"), d.flow("again", "m", "n == 1"))
    return [
        _bpmn("an endless loop without a task", d.definitions(d.process("p", *machine, d.end("e"), d.flow("t", "e")))),
        _bpmn("a loop that may never be left", d.definitions(d.process("p", *turning))),
        _bpmn("a process that calls itself", plain(d.call("again", "p"), d.flow("u", "again"), d.flow("again", "e"))),
        _bpmn("a step that leads to itself", plain('<sequenceFlow id="round" sourceRef="u" targetRef="u"/>')),
        _bpmn("a sub-process whose flow leaves it", plain('<subProcess id="x"><startEvent id="xs"/><sequenceFlow id="out" sourceRef="xs" targetRef="e"/></subProcess>')),
        _bpmn("an event on its own edge", plain('<boundaryEvent id="b" attachedToRef="b"><timerEventDefinition><timeDuration>\'P1D\'</timeDuration></timerEventDefinition></boundaryEvent>')),
        _bpmn("ten splits of ten ways each", d.definitions(d.process("p", *_wide()))),
    ]  # fmt: skip


def _wide() -> list[str]:
    parts, before = [d.start("s")], "s"
    for n in range(10):
        steps = [f"u{n}-{way}" for way in range(10)]
        parts += [d.parallel(f"split{n}"), d.parallel(f"join{n}"), d.flow(before, f"split{n}"), *(d.user(step) for step in steps)]
        parts += [d.chain(f"split{n}", step, f"join{n}") for step in steps]
        before = f"join{n}"
    return [*parts, d.end("e"), d.flow(before, "e")]


def _references() -> list[Hostile]:
    return [
        _bpmn("a flow to nowhere", plain('<sequenceFlow id="lost" sourceRef="u" targetRef="nowhere"/>')),
        _bpmn("a flow from nowhere", plain('<sequenceFlow id="lost" sourceRef="nowhere" targetRef="u"/>')),
        _bpmn("a message that is not there", plain('<intermediateCatchEvent id="c"><messageEventDefinition messageRef="none"/></intermediateCatchEvent>')),
        _bpmn("an event on a step that is not there", plain('<boundaryEvent id="b" attachedToRef="none"/>')),
        _bpmn("a call of a process that is not there", plain(d.call("c", "nobody"))),
        _bpmn("a call of a path", plain(d.call("c", "../../etc/passwd"))),
        _bpmn("the same id twice", plain(d.user("u"))),
        _bpmn("a lane of steps that are not there", plain('<laneSet id="l"><lane id="l1"><flowNodeRef>none</flowNodeRef></lane></laneSet>').replace('id="u"', 'id=""', 1)),
        _bpmn("a default flow of another", plain('<exclusiveGateway id="g" default="s-u"/>')),
    ]  # fmt: skip


def _reaching_out() -> list[Hostile]:
    texts = [
        "__import__('os').system('id')", "open('/etc/passwd').read()", "().__class__.__bases__[0].__subclasses__()", "exec('import os')",
        "[x for x in range(10**9)]", "9**9**9**9", "lambda: 1", "'a' * 10**10", "getattr(today, '__globals__')", "(" * 5_000 + "1" + ")" * 5_000,
        "f'{today.__globals__}'", "not " * 20_000 + "true",
    ]  # fmt: skip
    scripts = [_bpmn(f"a script: {text[:40]}", plain(d.script("x", f"n = {text}"))) for text in texts]
    conditions = [_bpmn(f"a group: {text[:40]}", d.definitions(d.process("p", d.start("s"), d.user("u", _escaped(text)), d.end("e"), d.chain("s", "u", "e")))) for text in texts[:6]]
    return [
        *scripts, *conditions,
        _bpmn("a script in another language", plain('<scriptTask id="x" scriptFormat="application/javascript"><script>process.exit()</script></scriptTask>')),
        _bpmn("a class of another engine", plain('<serviceTask id="x" camunda:class="java.lang.Runtime" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"/>')),
        _bpmn("an operation that is not there", plain(d.service("x", "os.system"))),
        _bpmn("a script that writes a dunder", plain(d.script("x", "__builtins__ = 1"))),
        _bpmn("a script before a step", plain('<scriptTask id="x"><extensionElements><spiffworkflow:preScript>import os</spiffworkflow:preScript></extensionElements></scriptTask>')),
    ]  # fmt: skip


def _hanging() -> list[Hostile]:
    inner = '<subProcess id="x"><subProcess id="y"><dataObjectReference id="r" dataObjectRef="o"/></subProcess></subProcess>'
    return [
        _bpmn("a value of a process two levels up", plain(inner, '<dataObject id="o"/>')),
        _bpmn("a time that never is", plain('<intermediateCatchEvent id="c"><timerEventDefinition><timeDate>\'9999-99-99\'</timeDate></timerEventDefinition></intermediateCatchEvent>')),
        _bpmn("a length of time beyond all days", plain('<intermediateCatchEvent id="c"><timerEventDefinition><timeDuration>\'P999999999999Y\'</timeDuration></timerEventDefinition></intermediateCatchEvent>')),
        _bpmn("ten million instances", plain('<userTask id="m"><multiInstanceLoopCharacteristics><loopCardinality>10000000</loopCardinality></multiInstanceLoopCharacteristics></userTask>')),
    ]  # fmt: skip


def _tables() -> list[Hostile]:
    good = table('UNIQUE"', ("&gt; 1", "1"), ("-", "2"))
    wide = "".join(f"<input><inputExpression><text>n{place}</text></inputExpression></input>" for place in range(500))
    return [
        _dmn("a table with entities", good.replace("<definitions", '<!DOCTYPE d [<!ENTITY a "b">]><definitions', 1)),
        _dmn("a table that is no table", "<definitions/>"),
        _dmn("a cell that reaches out", table('FIRST"', ("__import__('os')", "1"))),
        _dmn("a cell of a megabyte", table('FIRST"', ('"' + "x" * 1_000_000 + '"', "1"))),
        _dmn("a cell of 10,000 parts", table('FIRST"', (",".join(["1"] * 10_000), "1"))),
        _dmn("a cell of brackets", table('FIRST"', ("(" * 240 + "1" + ")" * 240, "1"))),
        _dmn("a hit policy that nobody knows", table('PRIORITY"', ("1", "1"))),
        _dmn("500 inputs and no cells", good.replace("<input", wide + "<input", 1)),
        _dmn("a table in Java", good.replace("<decisionTable", '<literalExpression expressionLanguage="java"><text>System.exit(0)</text></literalExpression><decisionTable', 1)),
        _dmn("300 rows that all lie over one another", table('UNIQUE"', *((f"&gt; {n}", "1") for n in range(300)))),
    ]  # fmt: skip


def _others() -> list[Hostile]:
    laughs = "a: &a [x, x]\n" + "".join(f"{new}: &{new} [*{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}]\n" for old, new in zip("abcdefghi", "bcdefghij", strict=True))
    deep = '{"type": "group", "components": [' * 3_000 + "]}" * 3_000
    return [
        _rules("rules that laugh", laughs + "rules: *j\n"),
        _rules("rules as deep as it goes", "[" * 20_000),
        _rules("rules that make an object", "rules: !!python/object/apply:os.system ['id']"),
        _rules("rules that are no rules", "rules: 1"),
        _form("a form as deep as it goes", deep),
        _form("a form that is a list", "[]"),
        _form("a form that is no JSON", "{"),
        _form("a form with a number of a million digits", '{"type": "default", "components": [{"type": "number", "key": "n", "label": "N", "defaultValue": ' + "9" * 1_000_000 + "}]}"),
        _form("a form with a condition that never ends", '{"type": "default", "components": [{"type": "textfield", "key": "n", "label": "N", "conditional": {"hide": "=' + "(" * 50_000 + '"}}]}'),
        _form("a form with a pattern that never ends", '{"type": "default", "components": [{"type": "textfield", "key": "n", "label": "N", "validate": {"pattern": "(a+)+$("}}]}'),
    ]  # fmt: skip


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
