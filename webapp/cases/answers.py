"""What was answered in each step of a case, with who said it and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask.typing import ResponseReturnValue

from models import Answer
from webapp.cases import bp, frame
from webapp.db import db
from webapp.signed_in import person
from workflows.library import definitions, task_forms
from workflows.library.forms import answer_words, read_form
from workflows.queries import case_pages, consultations, people

Choices = Mapping[str, Sequence[tuple[str, str]]]


@bp.get("/cases/<reference>/answers")
def answers(reference: str) -> ResponseReturnValue:
    """All answers that the reader may read, the newest step first."""
    case = frame.find(reference)
    names, choices = people.group_names(db.session), task_forms.choices(db.session)
    readable = [each for each in case_pages.answers(db.session, case) if consultations.may_read_answer(db.session, person(), each)]
    steps = [_step(answer, names.get(answer.task.candidate_group, ""), choices) for answer in readable]
    return frame.page(case, "cases/answers.html", tab="answers", steps=steps)


def _step(answer: Answer, group: str, choices: Choices) -> dict[str, Any]:
    task = answer.task
    label = f": {task.label}" if task.label else ""
    acting_for = f" for {task.acting_for.name}" if task.acting_for else ""
    return {
        "id": answer.id,
        "name": f"{task.name}{label}",
        "by": f"{answer.said_by.name}{acting_for}",
        "group": group,
        "at": answer.said_at,
        "rows": [{"key": question, "value": words} for question, words in _words(answer, choices)],
    }


def _words(answer: Answer, choices: Choices) -> list[tuple[str, str]]:
    """The questions of the form as it was then, with the answers in words; bare keys for a step that had no form."""
    source = definitions.form_source(answer.task.definition, str(answer.task.properties.get("formKey") or answer.bpmn_id))
    if source is None:
        return [(key.replace("_", " ").capitalize(), str(value)) for key, value in answer.values.items()]
    return answer_words(read_form(source, choices=choices), answer.values)
