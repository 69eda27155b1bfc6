"""The traps of the engine, each shown on the bare engine and then refused by name or made right by ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from models import clock
from tests.unit.engine import models as m
from tests.unit.engine.drawing import call, catch, chain, definitions, end, exclusive, flow, instances, process, script, service, start, sub, user
from tests.unit.engine.walking import Walk
from workflows import engine
from workflows.engine import DefinitionRefused, Problem, StateNotReadable
from workflows.engine.tables import read_table

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def bare() -> Mapping[str, Any]:
    """What the engine without our layer does, found out in a process where ours was never imported."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TZ": "Europe/London"}
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.unit.engine.bare_facts"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return dict(json.loads(found.stdout))


def problems(diagram: str, *, key: str = "p", called: Mapping[str, str] | None = None, **files: str) -> list[Problem]:
    """What the check says to a diagram whose forms and teams are all there."""
    everything = {"process.bpmn": diagram, **{name.replace("_", "."): text for name, text in files.items()}}
    forms = {step: frozenset({"note", "again", "comments"}) for step in _user_tasks(diagram)}
    return engine.check(
        key, everything, {name: {"process.bpmn": text} for name, text in (called or {}).items()}, known_operations={"town.note_visit"},
        known_groups={"officers": "Officers"}, known_forms=forms,
    )  # fmt: skip


def _user_tasks(diagram: str) -> list[str]:
    return [part.split('"')[0] for part in diagram.split('<userTask id="')[1:]]


def refused(diagram: str, code: str, element: str, **more: Any) -> Problem:
    """The one finding of this kind about this element, which says what to do."""
    found = [problem for problem in problems(diagram, **more) if problem.code == code and problem.element_id == element]
    assert found, f"nothing about {element}: {problems(diagram, **more)}"
    assert found[0].severity == "error" and found[0].fix
    return found[0]


def walk(diagram: str, *, called: Mapping[str, str] | None = None, effects: Any = None, table: str = "", **data: Any) -> Walk:
    files = {"process.bpmn": diagram, **({"table.dmn": table} if table else {})}
    return Walk(engine.read("p", files, {name: {"process.bpmn": text} for name, text in (called or {}).items()}), effects, **data)


def test_t01_a_signal_at_an_end_is_refused(bare: Mapping[str, Any]) -> None:
    assert bare["t01"] is True
    assert "signalEventDefinition" in refused(m.SIGNAL_END, "element", "sent").message


def test_t02_links_are_refused(bare: Mapping[str, Any]) -> None:
    assert bare["t02"] is True
    assert "linkEventDefinition" in refused(m.LINKS, "element", "go").message


def test_t03_undoing_is_refused(bare: Mapping[str, Any]) -> None:
    assert bare["t03"] is True
    assert "compensateEventDefinition" in refused(m.COMPENSATION, "element", "undo").message


def test_t04_two_ways_out_of_a_task_are_refused_with_the_cure(bare: Mapping[str, Any]) -> None:
    assert bare["t04"] is True
    assert "gateway" in refused(m.IMPLICIT_SPLIT, "implicit-split", "work").fix


def test_t05_a_loop_goes_on_after_a_thousand_steps(bare: Mapping[str, Any]) -> None:
    assert bare["t05"] is True
    run = engine.start(engine.read("p", {"process.bpmn": m.ASKING_LOOP}), {"rounds": 0}, perform=lambda call: None)
    run.advance()
    for _ in range(400):
        waiting = run.waiting_tasks()
        assert [task.bpmn_id for task in waiting] == ["work"] and not run.finished
        run.complete(waiting[0].id, {})
    assert run.data["rounds"] == 400


def test_t06_t19_cycles_are_refused() -> None:
    cycle = "<timerEventDefinition><timeCycle>'R3/P1M'</timeCycle></timerEventDefinition>"
    diagram = m.one(start(), catch("each-month", cycle), end(), chain("start", "each-month", "end"))
    assert "timeCycle" in refused(diagram, "element", "each-month").message


def test_t07_two_branches_that_write_the_same_value_are_refused(bare: Mapping[str, Any]) -> None:
    assert bare["t07"] is True
    assert "comments" in refused(m.TWO_COMMENTS.replace("<sequenceFlow", "<sequenceFlow", 1), "same-value", "split").message


def test_t08_a_later_script_does_not_change_what_a_finished_task_had(bare: Mapping[str, Any]) -> None:
    assert bare["t08"] is True
    run = engine.start(engine.read("p", {"process.bpmn": m.NESTED_DATA}), {}, perform=lambda call: None)
    run.advance()
    answers = {"home": {"street": {"beds": 1}}}
    run.complete(run.waiting_tasks()[0].id, answers)
    assert run.waiting_tasks()[0].data["home"]["street"]["beds"] == 2
    first = next(task for task in run.workflow.tasks.values() if task.task_spec.name == "first")
    assert first.data["home"]["street"]["beds"] == 1 and answers["home"]["street"]["beds"] == 1


def test_t09_joins_one_after_another_do_not_multiply(bare: Mapping[str, Any]) -> None:
    assert bare["t09"] is True
    case = walk(m.pairs(12))
    assert len(case.run.workflow.tasks) < 40
    for place in range(12):
        for branch in (2, 0, 1):
            case.complete(f"work-{place}-{branch}")
    assert case.run.finished


def test_t10_a_condition_for_some_of_many_is_refused() -> None:
    task = user(
        "visit", inner=instances("homes", "home", inner="<completionCondition>count(notes) >= 2</completionCondition>".replace(">=", "&gt;="))
    )
    assert "completionCondition" in refused(m.one(start(), task, end(), chain("start", "visit", "end")), "element", "visit").message


def test_t11_t12_event_sub_processes_are_refused(bare: Mapping[str, Any]) -> None:
    assert bare["t11"] is True
    refused(m.EVENT_SUB_PROCESS, "attribute", "stopped")
    refused(m.EVENT_SUB_PROCESS, "event", "stop")


def test_t13_what_a_race_waits_for_can_be_seen(bare: Mapping[str, Any]) -> None:
    assert bare["t13"] is True
    with clock.held(datetime(2026, 6, 1, 9, tzinfo=UTC)):
        case = walk(m.RACE)
    assert [(timer.bpmn_id, timer.due_at) for timer in case.run.timers()] == [("late", datetime(2026, 6, 2, 9, tzinfo=UTC))]
    assert [(each.name, each.bpmn_id) for each in case.run.messages()] == [("Called", "called")]


def test_t14_ad_hoc_sub_processes_are_refused() -> None:
    diagram = m.one(start(), '<adHocSubProcess id="some" name="Some"></adHocSubProcess>', end(), chain("start", "some", "end"))
    assert "adHocSubProcess" in refused(diagram, "element", "some").message


def test_t15_a_failing_operation_says_why(bare: Mapping[str, Any]) -> None:
    assert bare["t15"] is True

    def fail(call: Any) -> None:
        raise LookupError("the register did not answer")

    case = walk(m.FAILING_SERVICE, effects={"visits.fail": fail})
    assert case.stuck is not None
    assert (case.stuck.element_id, case.stuck.message) == ("fail", "the register did not answer")
    assert isinstance(case.stuck.error.__cause__, LookupError)


def test_t16_a_data_object_is_refused_before_the_engine_reads_it(bare: Mapping[str, Any]) -> None:
    assert bare["t16"] is True
    assert "dataObject" in refused(m.DEEP_DATA_OBJECT, "element", "thing").message


def test_t17_hit_policies_mean_what_the_standard_says(bare: Mapping[str, Any]) -> None:
    assert bare["t17"] is True
    assert any(problem.code == "table-overlap" and "rows 1 and 2" in problem.message for problem in problems(m.ASK_TABLE, table_dmn=m.OVERLAP))
    assert read_table(m.SUM_TABLE).decide({"n": 5}).outputs == 3


def test_t18_nine_in_the_morning_is_nine_in_london_in_july_too(bare: Mapping[str, Any]) -> None:
    assert bare["t18"] is True
    diagram = m.one(start(), catch("nine", m.on_date("'2026-07-10T09:00:00'")), end(), chain("start", "nine", "end"))
    with clock.held(datetime(2026, 1, 5, tzinfo=UTC)):
        case = walk(diagram)
    assert [timer.due_at for timer in case.run.timers()] == [datetime(2026, 7, 10, 8, tzinfo=UTC)]


def test_t20_a_gateway_without_a_default_is_refused(bare: Mapping[str, Any]) -> None:
    assert bare["t20"] is True
    assert "default" in refused(m.NO_DEFAULT, "default", "colour").message


def test_t21_a_failing_script_leaves_nothing_behind(bare: Mapping[str, Any]) -> None:
    assert bare["t21"] is True
    case = walk(m.HALF_A_SCRIPT)
    assert case.stuck is not None and case.stuck.element_id == "fail"
    assert "half" not in case.run.data and all("half" not in task.data for task in case.run.workflow.tasks.values())


def test_t24_a_called_process_works_in_the_lane_that_called_it(bare: Mapping[str, Any]) -> None:
    assert bare["t24"] is True
    assert walk(m.CALLER_IN_A_LANE, called={"called": m.CALLED}).task("inside").lane == "Visitors"


def test_t25_a_state_of_another_release_is_refused() -> None:
    case = walk(m.MESSAGE_CATCH)
    case.stored = case.stored.replace(b'"spiff-3.2.0/1"', b'"1.1"')
    with pytest.raises(StateNotReadable, match="1.1"):
        _ = case.run


def test_t26_a_message_comes_from_outside_and_throwing_one_inside_is_refused(bare: Mapping[str, Any]) -> None:
    assert bare["t26"] is True
    refused(m.MESSAGE_THROW, "event", "tell")
    case = walk(m.MESSAGE_CATCH)
    assert case.deliver("Go") and case.run.finished


@pytest.mark.parametrize("first", m.ORDERS)
@pytest.mark.parametrize("reloaded", [True, False])
def test_t27_t28_a_second_round_waits_for_all_and_keeps_their_answers(bare: Mapping[str, Any], first: tuple[str, ...], reloaded: bool) -> None:
    assert bare["t27"] is True and bare["t28"] is True
    spec = engine.read("p", {"process.bpmn": m.THREE_ASKED_AGAIN})
    for second in m.ORDERS:
        case = Walk(spec) if reloaded else Unstored(spec)
        for round_number, order in enumerate((first, second, first)):
            for name in order:
                assert "judge" not in case.waiting
                case.complete(name, **{f"answer_{name[-1]}": round_number})
            assert case.waiting == ["judge"]
            assert {case.task("judge").data[f"answer_{letter}"] for letter in "abc"} == {round_number}
            case.complete("judge", again=round_number < 2)
        assert case.run.finished


class Unstored(Walk):
    """A case that stays in memory, so that nothing is pruned."""

    def _keep(self, run: engine.Run) -> None:
        self.kept = run

    @property
    def run(self) -> engine.Run:
        return self.kept


def test_t29_instances_can_be_entered_again(bare: Mapping[str, Any]) -> None:
    assert bare["t29"] is True
    case = walk(m.INSTANCES_AGAIN, homes=["a", "b"])
    for round_number in range(3):
        case.complete("visit", note=f"{round_number} first")
        case.complete("visit", note=f"{round_number} second")
        assert case.task("judge").data["notes"] == [f"{round_number} first", f"{round_number} second"]
        case.complete("judge", again=round_number < 2)
    assert case.run.finished


def test_t30_a_chain_that_is_too_long_is_refused_in_words(bare: Mapping[str, Any]) -> None:
    assert bare["t30"] is True
    assert "more than 300" in refused(m.LONG_CHAIN, "size", "p").message


def test_t31_instances_loaded_on_specs_that_never_started_them_still_end() -> None:
    case = walk(m.INSTANCES_AGAIN, homes=["a", "b"])
    case.spec = engine.read("p", {"process.bpmn": m.INSTANCES_AGAIN})
    case.complete("visit", note="first")
    case.spec = engine.read("p", {"process.bpmn": m.INSTANCES_AGAIN})
    case.complete("visit", note="second")
    assert case.waiting == ["judge"]


def test_t32_what_was_changed_inside_a_value_is_stored() -> None:
    case = walk(m.NESTED_DATA)
    case.complete("first", home={"street": {"beds": 1}})
    assert case.task("second").data["home"]["street"]["beds"] == 2


@pytest.mark.parametrize(
    ("cell", "yes", "no"),
    [("true", True, False), ("[1..5]", 5, 6), ("]1..5[", 2, 5), ('"a","b"', "b", "c"), ('not("a")', "b", "a"), ("&gt;= 3", 3, 2), ("-", 0, None), ("? in [1, 2]", 2, 3)],
)  # fmt: skip
def test_t34_cells_as_the_editor_writes_them(bare: Mapping[str, Any], cell: str, yes: Any, no: Any) -> None:
    assert bare["t34"] is True
    found = read_table(m.table('FIRST"', (cell, '"yes"'), ("-", '"no"')))
    assert found.decide({"n": yes}).outputs == {"say": "yes"}
    assert cell == "-" or found.decide({"n": no}).outputs == {"say": "no"}


def test_t34_first_does_not_look_at_later_rows() -> None:
    found = read_table(m.table('FIRST"', ("&gt; 1", '"yes"'), ("? &gt; missing", '"no"')))
    assert found.decide({"n": 5}).outputs == {"say": "yes"}


def test_a_clean_diagram_has_no_findings_and_a_large_one_is_checked_quickly() -> None:
    steps = [f"step-{place}" for place in range(60)]
    diagram = m.one(start(), *(user(step) for step in steps), end(), chain("start", *steps, "end"))
    before = datetime.now(UTC)
    assert problems(diagram) == []
    assert (datetime.now(UTC) - before).total_seconds() < 0.3


def refused_by(code: str, diagram: str, **more: Any) -> bool:
    return any(problem.code == code and problem.severity == "error" for problem in problems(diagram, **more))


@pytest.mark.parametrize(
    ("code", "diagram"),
    [
        ("operation", m.one(start(), service("record", "visits.recrod"), end(), chain("start", "record", "end"))),
        ("decision", m.ASK_TABLE),
        ("expression", m.one(start(), exclusive("a", default="end"), end(), end("b"), flow("start", "a"), flow("a", "end"), flow("a", "b", "x.upper() == 1"))),
        ("variable", m.one(start(), exclusive("a", default="end"), end(), end("b"), flow("start", "a"), flow("a", "end"), flow("a", "b", "colour == 1"))),
        ("function", m.one(start(), exclusive("a", default="end"), end(), end("b"), flow("start", "a"), flow("a", "end"), flow("a", "b", "open('x') == 1"))),
        ("script", m.one(start(), script("s", "import os"), end(), chain("start", "s", "end"))),
        ("group", m.one(start(), user("work", None), end(), chain("start", "work", "end"))),
        ("group", m.one(start(), user("work", "'oficers'"), end(), chain("start", "work", "end"))),
        ("routes", m.one(start(), user("work", routes="colour"), end(), chain("start", "work", "end"))),
        ("property", m.one(start(), user("work", signifcant="yes"), end(), chain("start", "work", "end"))),
        ("step", m.one(start(), user("work", differentFrom="propose"), end(), chain("start", "work", "end"))),
        ("timer", m.one(start(), catch("wait", m.after("'P99999999999Y'")), end(), chain("start", "wait", "end"))),
        ("boundary", m.one(start(), script("s", "a = 1"), m.boundary("late", "s", m.after("'P1D'")), end(), end("e2"), chain("start", "s", "end"), chain("late", "e2"))),
        ("condition", m.one(start(), user("work"), end(), flow("start", "work", "1 == 1"), flow("work", "end"))),
        ("flow", m.one(start(), user("work"), flow("start", "work"), end(), user("other"), flow("other", "end"))),
        ("ring", m.one(start(), exclusive("a", default="s"), script("s", "x = 1"), end(), chain("start", "a", "s", "a"), flow("a", "end", "x == 1"))),
        ("call", m.one(start(), call("ask", "nobody"), end(), chain("start", "ask", "end"))),
        ("call-cycle", m.one(start(), call("ask", "p"), end(), chain("start", "ask", "end"))),
        ("element", m.one(start(), '<task id="t" name="T" />', end(), chain("start", "t", "end"))),
        ("attribute", m.one(start(), user("work").replace("<userTask", '<userTask isForCompensation="true"'), end(), chain("start", "work", "end"))),
        ("id", m.one(start(), user("work"), user("work"), end(), chain("start", "work", "end"))),
        ("start", m.one(user("work"), end(), chain("work", "end"))),
        ("message", m.one(start(), catch("wait", m.on_message("Nothing")), end(), chain("start", "wait", "end"))),
        ("race", m.one(start(), m.event_gateway("race"), end(), chain("start", "race", "end"))),
        ("instances", m.one(start(), user("work", inner=instances("a + b", "x")), end(), chain("start", "work", "end"))),
        ("unreadable", "<!DOCTYPE x>" + m.MESSAGE_CATCH.split("\n", 1)[1]),
        ("process", definitions(process("other", start(), end(), chain("start", "end")))),
    ],
    ids=lambda value: value if "<" not in value else "",
)  # fmt: skip
def test_what_would_go_wrong_is_refused(code: str, diagram: str) -> None:
    assert refused_by(code, diagram), problems(diagram)


def test_a_missing_form_is_refused() -> None:
    diagram = m.one(start(), user("work"), end(), chain("start", "work", "end"))
    found = engine.check("p", {"process.bpmn": diagram}, {}, known_operations=(), known_groups={"officers"}, known_forms={})
    assert [(problem.code, problem.element_id) for problem in found] == [("form", "work")]


def test_a_hundred_calls_deep_is_refused_in_words() -> None:
    called = {
        f"p{depth}": definitions(process(f"p{depth}", start(), call("next", f"p{depth + 1}"), end(), chain("start", "next", "end")))
        for depth in range(100)
    }
    called["p100"] = definitions(process("p100", start(), end(), chain("start", "end")))
    top = m.one(start(), call("next", "p0"), end(), chain("start", "next", "end"))
    found = problems(top, called=called)
    assert [problem.code for problem in found] == ["call-depth"] and "more than 10 deep" in found[0].message


def test_a_called_process_gets_what_it_needs() -> None:
    needs = '<extensionElements><spiffworkflow:properties><spiffworkflow:property name="needs" value="home" /></spiffworkflow:properties></extensionElements>'
    called = definitions(process("called", needs, start("cs"), user("inside", "home"), end("ce"), chain("cs", "inside", "ce")))
    alone = m.one(start(), call("ask", "called"), end(), chain("start", "ask", "end"))
    assert refused_by("variable", alone, called={"called": called})
    given = m.one(start(), script("give", "home = 'a'"), call("ask", "called"), end(), chain("start", "give", "ask", "end"))
    assert problems(given, called={"called": called}) == []
    assert not refused_by("variable", called, key="called")


def test_a_diagram_that_only_the_engine_refuses_is_refused_too() -> None:
    with pytest.raises(DefinitionRefused):
        engine.read("p", {"process.bpmn": m.IMPLICIT_SPLIT})


def test_sub_processes_are_checked_inside() -> None:
    diagram = m.one(start(), sub("inner", start("s"), user("work", None), end("e"), chain("s", "work", "e")), end(), chain("start", "inner", "end"))
    refused(diagram, "group", "work")


def test_flows_are_asked_in_the_order_they_are_written_wherever_they_are_drawn() -> None:
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{name}-shape" bpmnElement="{name}"><dc:Bounds x="0" y="{height}" width="9" height="9" /></bpmndi:BPMNShape>'
        for name, height in (("first", 300), ("second", 100), ("neither", 200))
    )
    layer = (
        '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="drawn">'
        f'<bpmndi:BPMNPlane id="plane" bpmnElement="p">{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    )
    diagram = m.one(
        start(), exclusive("which", default="neither"), end("first"), end("second"), end("neither"), flow("start", "which"),
        flow("which", "first", "n > 1"), flow("which", "second", "n > 0"), flow("which", "neither"),
    ).replace("</definitions>", f"{layer}</definitions>")  # fmt: skip

    assert walk(diagram, n=5).ended_at == ["first"]
