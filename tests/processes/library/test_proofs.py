"""The shipped processes are proven, what would break one of their rules is found, and `dps check` says so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from tests.processes.library import shipped
from webapp.commands import main
from workflows.library import checking, definitions, exploring
from workflows.library.exploring import Verdict

FOLDERS = {path.parent.name: path.parent for path in sorted(shipped.ROOT.glob("*/process.bpmn"))}


def files(key: str) -> dict[str, str]:
    return dict(shipped.files(key))


@pytest.mark.parametrize("key", FOLDERS)
def test_the_gate_finds_nothing_in_a_shipped_process(key: str) -> None:
    folders = {name: files(name) for name in FOLDERS}
    called = definitions.folders_called_by(folders[key], folders)
    is_called = any(key in definitions.keys_called_by(other) for other in folders.values())

    found = checking.everything(key, folders[key], called, groups=shipped.groups(), is_called=is_called)

    assert [str(problem) for problem in found if problem.severity == "error" or problem.code == "not-proven"] == []


def test_a_decision_that_can_be_reached_without_its_notice_is_found_with_the_way_to_it() -> None:
    cut = files("key-decision")
    cut["process.bpmn"] = cut["process.bpmn"].replace(
        'sourceRef="which-notice" targetRef="publish-notice"', 'sourceRef="which-notice" targetRef="draft-report"'
    )
    rules = exploring.read_rules(cut["rules.yml"])

    proven = exploring.prove_rules(exploring.read_net("key-decision", cut, {"consultation": files("consultation")}), rules)

    broken = {rule.id: proof for rule, proof in proven if proof.verdict is Verdict.BROKEN}
    assert "notice-before-decision" in broken
    assert "decide" in broken["notice-before-decision"].paths[0] and "publish-notice" not in broken["notice-before-decision"].paths[0]


def test_two_steps_with_one_id_in_a_process_and_in_what_it_calls_are_refused() -> None:
    called = {"consultation": files("consultation")}
    clashing = files("key-decision")
    clashing["process.bpmn"] = clashing["process.bpmn"].replace('"carried-out"', '"advice-given"').replace(">carried-out<", ">advice-given<")

    found = checking.problems("key-decision", clashing, called, groups=shipped.groups())

    assert [(problem.code, problem.element_id) for problem in found if problem.code == "clash"] == [("clash", "advice-given")]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy of the consultation beside the organisation, for changing."""
    shutil.copytree(FOLDERS["consultation"], tmp_path / "bpmn" / "consultation")
    shutil.copytree(FOLDERS["key-decision"], tmp_path / "bpmn" / "key-decision")
    shutil.copy(shipped.ROOT / "organisation.yml", tmp_path / "bpmn")
    return tmp_path / "bpmn"


def test_the_command_ends_well_when_nothing_is_found(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(library / "key-decision")]) == 0
    assert capsys.readouterr().out == "key-decision: nothing found\n"


def test_the_command_says_which_rule_is_broken_and_ends_with_1(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    law = library / "consultation" / "rules.yml"
    content = yaml.safe_load(law.read_text())
    content["rules"].append({"id": "never", "rule": "give-advice before consultations.ask", "legal": "The law", "because": "It must."})
    law.write_text(yaml.safe_dump(content))

    assert main(["check", "--json", str(library / "consultation")]) == 1
    [problem] = [problem for problem in json.loads(capsys.readouterr().out) if problem["severity"] == "error"]
    assert problem["code"] == "law" and problem["message"].startswith("never: “consultations.ask” can be reached without “give-advice”")


def test_the_command_refuses_a_folder_without_a_process(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(library)]) == 1
    assert "There is no process.bpmn" in capsys.readouterr().err
