"""The diagrams and tables that show the traps: the same files go to the bare engine and to ours."""

from __future__ import annotations

from itertools import permutations

from tests.unit.engine.drawing import (
    after,
    boundary,
    call,
    catch,
    chain,
    definitions,
    end,
    event_gateway,
    exclusive,
    flow,
    instances,
    message,
    on_date,
    on_message,
    parallel,
    process,
    script,
    start,
    sub,
    user,
)  # fmt: skip

ORDERS = list(permutations(("ask-a", "ask-b", "ask-c")))
SIGNAL = '<signal id="Go" name="Go" />'


def one(*elements: str, before: str = "") -> str:
    """A file with one process named p."""
    return definitions(before, process("p", *elements))


SIGNAL_END = one(
    start(), parallel("split"), user("work"), end("sent", '<signalEventDefinition signalRef="Go" />'), catch("wait", '<signalEventDefinition signalRef="Go" />'),
    end(), chain("start", "split", "work", "sent"), chain("split", "wait", "end"), before=SIGNAL,
)  # fmt: skip
LINKS = one(
    start(), '<intermediateThrowEvent id="go" name="Go"><linkEventDefinition name="L" /></intermediateThrowEvent>',
    '<intermediateCatchEvent id="come" name="Come"><linkEventDefinition name="L" /></intermediateCatchEvent>', script("after", "a = 1"), end(),
    chain("start", "go"), chain("come", "after", "end"),
)  # fmt: skip
COMPENSATION = one(
    start(), '<intermediateThrowEvent id="undo" name="Undo"><compensateEventDefinition /></intermediateThrowEvent>', end(), chain("start", "undo", "end"),
)  # fmt: skip
IMPLICIT_SPLIT = one(start(), user("work"), end(), end("other"), chain("start", "work", "end"), flow("work", "other"))
COUNTING_LOOP = one(
    start(), script("count", "rounds = rounds + 1"), exclusive("enough", default="count"), end(), chain("start", "count", "enough"), flow("enough", "count"),
    flow("enough", "end", "rounds > 700"),
)  # fmt: skip
ASKING_LOOP = one(
    start(), user("work"), script("count", "rounds = rounds + 1"), exclusive("enough", default="work"), end(), chain("start", "work", "count", "enough"),
    flow("enough", "work"), flow("enough", "end", "rounds >= 5000"),
)  # fmt: skip
TWO_COMMENTS = one(
    start(), parallel("split"), script("one", "comments = comments + ['one']"), script("two", "comments = comments + ['two']"), parallel("join"), end(),
    chain("start", "split", "one", "join", "end"), chain("split", "two", "join"),
)  # fmt: skip
NESTED_DATA = one(
    start(), user("first"), script("change", "home['street']['beds'] = 2"), user("second"), end(), chain("start", "first", "change", "second", "end"),
)  # fmt: skip


def pairs(count: int, branches: int = 3) -> str:
    """So many parallel splits and joins one after another."""
    parts, last = [start()], "start"
    for place in range(count):
        split, join = f"split-{place}", f"join-{place}"
        parts += [parallel(split), parallel(join), flow(last, split)]
        for branch in range(branches):
            parts += [user(f"work-{place}-{branch}"), chain(split, f"work-{place}-{branch}", join)]
        last = join
    return one(*parts, end(), flow(last, "end"))


SIX_PAIRS = pairs(6)
EVENT_SUB_PROCESS = one(
    start(), user("work"), end(), chain("start", "work", "end"),
    sub(
        "stopped", '<startEvent id="stop" isInterrupting="true"><messageEventDefinition messageRef="Stop" /></startEvent>', end("stopped-end"),
        flow("stop", "stopped-end"), attributes=' triggeredByEvent="true"',
    ),
    before=message("Stop"),
)  # fmt: skip
RACE = one(
    start(), event_gateway("race"), catch("late", after("'P1D'")), catch("called", on_message("Called")), end(), end("other"), chain("start", "race", "late", "end"),
    chain("race", "called", "other"), before=message("Called"),
)  # fmt: skip
FAILING_SERVICE = one(
    start(),
    '<serviceTask id="fail" name="Fail"><extensionElements><spiffworkflow:serviceTaskOperator id="visits.fail" /></extensionElements></serviceTask>',
    end(), chain("start", "fail", "end"),
)  # fmt: skip
DEEP_DATA_OBJECT = one(
    '<dataObject id="thing" name="thing" /><dataObjectReference id="thing-here" dataObjectRef="thing" />', start(),
    sub(
        "outer", start("s1"),
        sub(
            "inner", start("s2"),
            '<scriptTask id="use" name="Use"><dataInputAssociation id="d"><sourceRef>thing-here</sourceRef></dataInputAssociation><script>a = 1</script></scriptTask>',
            end("e2"), chain("s2", "use", "e2"),
        ),
        end("e1"), chain("s1", "inner", "e1"),
    ),
    end(), chain("start", "outer", "end"),
)  # fmt: skip
ASK_TABLE = one(
    start(),
    '<businessRuleTask id="ask" name="Ask"><extensionElements><spiffworkflow:calledDecisionId>table</spiffworkflow:calledDecisionId></extensionElements>'
    "</businessRuleTask>",
    end(), chain("start", "ask", "end"),
)  # fmt: skip


def table(policy: str, *rows: tuple[str, str], column: str = "n", output: str = "say") -> str:
    """A table of one input and one output."""
    cells = "".join(
        f'<rule id="r{place}"><inputEntry id="i{place}"><text>{cell.replace("<", "&lt;")}</text></inputEntry>'
        f'<outputEntry id="o{place}"><text>{answer}</text></outputEntry></rule>'
        for place, (cell, answer) in enumerate(rows, 1)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="Tables" namespace="https://example.org/tables">'
        f'<decision id="table" name="The table"><decisionTable id="dt" hitPolicy="{policy}><input id="in"><inputExpression id="ie" typeRef="string"><text>{column}</text>'
        f'</inputExpression></input><output id="out" name="{output}" typeRef="string" />{cells}</decisionTable></decision></definitions>'
    )


OVERLAP = table('UNIQUE"', ("&gt; 1", "1"), ("&gt; 2", "2"))
SUM_TABLE = table('COLLECT" aggregation="SUM"', ("&gt; 1", "1"), ("&gt; 2", "2"))
DMN_TRUE = table('UNIQUE"', ("true", "1"), ("false", "2"))
NO_DEFAULT = one(
    start(),
    exclusive("colour"),
    end(),
    end("other"),
    flow("start", "colour"),
    flow("colour", "end", "colour == 'red'"),
    flow("colour", "other", "colour == 'green'"),
)
HALF_A_SCRIPT = one(start(), script("fail", "half = 1\nrest = half / 0"), end(), chain("start", "fail", "end"))
CALLED = definitions(process("called", start("cs"), user("inside", None), end("ce"), chain("cs", "inside", "ce")))
CALLER_IN_A_LANE = one(
    '<laneSet id="lanes"><lane id="l1" name="Visitors"><flowNodeRef>ask</flowNodeRef></lane></laneSet>', start(), call("ask", "called"), end(),
    chain("start", "ask", "end"),
)  # fmt: skip
MESSAGE_CATCH = one(start(), catch("wait", on_message("Go")), end(), chain("start", "wait", "end"), before=message("Go"))
MESSAGE_THROW = one(
    start(), '<intermediateThrowEvent id="tell" name="Tell"><messageEventDefinition messageRef="Go" /></intermediateThrowEvent>', end(),
    chain("start", "tell", "end"), before=message("Go"),
)  # fmt: skip
THREE_ASKED_AGAIN = one(
    start(), exclusive("round"), parallel("split"), user("ask-a"), user("ask-b"), user("ask-c"), parallel("join"), user("judge"),
    exclusive("again", default="end"), end(), chain("start", "round", "split"), *(chain("split", f"ask-{each}", "join") for each in "abc"), chain("join", "judge", "again"), flow("again", "round", "again"),
    flow("again", "end"),
)  # fmt: skip
INSTANCES_AGAIN = one(
    start(),
    user("visit", inner=instances("homes", "home", inner='<outputDataItem id="note" name="note" />').replace(
        "<inputDataItem", "<loopDataOutputRef>notes</loopDataOutputRef><inputDataItem")),
    user("judge"), exclusive("again", default="end"), end(), chain("start", "visit", "judge", "again"), flow("again", "visit", "again"), flow("again", "end"),
)  # fmt: skip
LONG_CHAIN = one(
    start(), *(script(f"s{place}", "a = 1") for place in range(600)), end(), chain("start", *(f"s{place}" for place in range(600)), "end"),
)  # fmt: skip
LATE = one(
    start(),
    user("work"),
    boundary("late", "work", on_date("'2026-07-01'")),
    end(),
    end("too-late"),
    chain("start", "work", "end"),
    chain("late", "too-late"),
)
