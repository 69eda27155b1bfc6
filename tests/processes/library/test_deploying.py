"""Every shipped process can be deployed as it is: complete, with people, forms and a readable drawing."""

from __future__ import annotations

import pytest

from models import GroupKind, Model
from models.session import make_engine, new_session
from tests.processes.library import shipped
from workflows.actions import definitions
from workflows.engine.problems import errors_in
from workflows.library import checking, layout
from workflows.library import definitions as library


@pytest.mark.parametrize("key", shipped.CALLS)
def test_a_shipped_process_passes_the_gate(key: str) -> None:
    found = checking.problems(key, shipped.files(key), shipped.called(key), groups=shipped.groups())

    assert [str(problem) for problem in errors_in(found)] == []


@pytest.mark.parametrize("key", shipped.CALLS)
def test_a_shipped_diagram_is_drawn_without_a_fault(key: str) -> None:
    assert [str(problem) for problem in layout.problems(shipped.files(key)["process.bpmn"])] == []


WORKED_OUT = ("maker", "consultee.key", "signatory.key", "provider_group", "owner", "moderator")  # values that name a group


@pytest.mark.parametrize("key", shipped.CALLS)
def test_every_user_task_is_for_a_known_group(key: str) -> None:
    names, keys = set(shipped.groups().values()), set(shipped.groups())

    for step in shipped.spec(key).user_tasks.values():
        group = step.properties.get("candidateGroup")
        if group is None:
            assert step.lane in names, f"{step.id} is in the lane {step.lane}, which is no group"
        elif group.startswith("'"):
            assert group.strip("'") in keys, f"{step.id} is for {group}"
        else:
            assert group in WORKED_OUT, f"{step.id} is for {group}"


@pytest.mark.parametrize("key", shipped.CALLS)
def test_people_kept_apart_are_doers_of_real_steps(key: str) -> None:
    everywhere = {step for each in shipped.CALLS for step in shipped.spec(each).user_tasks}

    for step in shipped.spec(key).user_tasks.values():
        assert set(step.properties.get("differentFrom", "").split()) <= everywhere, step.id
        assert set(step.properties.get("startsFrom", "").split()) <= everywhere, step.id


@pytest.mark.parametrize("key", shipped.CALLS)
def test_every_user_task_has_a_form_a_stage_and_a_due_rule(key: str) -> None:
    for step in shipped.spec(key).user_tasks.values():
        assert (step.properties.get("formKey") or step.id) in shipped.forms_of(key), f"{step.id} has no form"
        assert step.properties.get("stage"), f"{step.id} is at no stage"
        rule = step.properties.get("dueRule")
        assert step.properties.get("dueOn") or rule in shipped.parameters(), f"{step.id} is due by {rule}"


def test_the_stages_come_in_the_order_of_the_procedure() -> None:
    steps = [step for step in shipped.spec("key-decision").steps if step.kind in ("user task", "call activity")]

    stages = list(dict.fromkeys(step.properties["stage"] for step in steps if step.properties.get("stage")))

    assert stages == ["Proposal", "Notice", "Report", "Consultation", "Sign-off", "Decision", "Publication", "Call-in", "Carried out"]


def test_the_whole_library_deploys_into_an_empty_database_once() -> None:
    engine = make_engine("sqlite://")
    Model.metadata.create_all(engine)
    library.forget()

    with new_session(engine) as session:
        first = definitions.deploy_library(session, shipped.ROOT)
        again = definitions.deploy_library(session, shipped.ROOT)
        deployed = library.latest(session, "key-decision")

    assert len([line for line in first if line.startswith("Deployed")]) == len(shipped.KEYS)
    assert [line for line in first if line.endswith("version 1") and ("Consultation" in line or "Key" in line)] == [
        "Deployed Consultation, version 1", "Deployed Key decision, version 1",
    ]  # fmt: skip
    assert again == []
    assert deployed.is_shipped
    engine.dispose()


def test_posts_and_teams_are_what_the_procedures_need() -> None:
    kinds = {group["key"]: GroupKind(group["kind"]) for group in shipped.organisation()["groups"]}
    makers = {value for value, _ in shipped.choices()["makers"]}

    assert makers <= set(kinds)
    assert kinds["monitoring-officer"] is GroupKind.POST
    assert {kinds[key] for key in ("procurement", "legal", "finance")} == {GroupKind.TEAM}
    for group in shipped.organisation()["groups"]:
        assert group.get("manager") is None or group["manager"] in kinds
