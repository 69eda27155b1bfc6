"""What was answered in each step of a case, with who said it and when."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from models import Answer
from webapp.cases import bp, frame
from webapp.db import db
from workflows.errors import NotFound
from workflows.library import task_forms
from workflows.library.forms import FormRefused, answer_words
from workflows.queries import case_pages


@bp.get("/cases/<reference>/answers")
def answers(reference: str) -> ResponseReturnValue:
    """All answers, the newest step first."""
    case = frame.find(reference)
    names = case_pages.group_names(db.session)
    steps = [_step(answer, names.get(answer.task.candidate_group, "")) for answer in case_pages.answers(db.session, case)]
    return frame.page(case, "cases/answers.html", tab="answers", steps=steps)


def _step(answer: Answer, group: str) -> dict[str, Any]:
    task = answer.task
    label = f": {task.label}" if task.label else ""
    acting_for = f" for {task.acting_for.name}" if task.acting_for else ""
    return {
        "id": answer.id,
        "name": f"{task.name}{label}",
        "by": f"{answer.said_by.name}{acting_for}",
        "group": group,
        "at": answer.said_at,
        "rows": [{"key": question, "value": words} for question, words in _words(answer)],
    }


def _words(answer: Answer) -> list[tuple[str, str]]:
    """The questions of the form as it was then, with the answers in words; bare keys for a step that had no form."""
    try:
        return answer_words(task_forms.form_of(db.session, answer.task), answer.values)
    except (NotFound, FormRefused):
        return [(key.replace("_", " ").capitalize(), str(value)) for key, value in answer.values.items()]
