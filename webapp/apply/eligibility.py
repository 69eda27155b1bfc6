"""The questions that tell early and kindly who can apply: one a page, and a page with the reason when the answer stops them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from webapp.apply import bp
from webapp.db import db, writes
from webapp.shared import forms
from workflows.errors import NotFound
from workflows.library import definitions
from workflows.library.forms import Block, Field, FormSchema, Validated, conditions, read_form, validate
from workflows.queries import applying

PROCESS = "provider-application"
QUESTIONS = 4
ANSWERS = "eligibility"


@dataclass(frozen=True, kw_only=True)
class Stop:
    """Why somebody cannot apply yet, and what they can do."""

    reason: str
    words: list[str]


@bp.get("/apply/eligibility/<int:number>")
def eligibility(number: int) -> ResponseReturnValue:
    """One question; with `answer` in the address, the page that says why that answer stops the questions."""
    schema = _form(number)
    question = _question(schema)
    given = request.args.get("answer", "")
    stop = stops(schema, question, given)
    if stop is not None:
        return render_template("apply/eligibility_stop.html", number=number, stop=stop, team=applying.contact(db.session))
    return _page(number, schema, {question.key: answers().get(str(number), "")})


@bp.post("/apply/eligibility/<int:number>", endpoint="answer_eligibility")
@writes
def answer_eligibility(number: int) -> ResponseReturnValue:
    """Take one answer and go on: to the next question, to the reason why not, or to the account."""
    schema = _form(number)
    question = _question(schema)
    checked = validate(_asking(schema), request.form)
    if not checked.is_valid:
        return _page(number, schema, checked.typed, checked), 422
    answer = str(checked.answers[question.key])
    cookie[ANSWERS] = answers() | {str(number): answer}
    if stops(schema, question, answer) is not None:
        return redirect(url_for("apply.eligibility", number=number, answer=answer), 303)
    return redirect(url_for("apply.eligibility", number=number + 1) if number < QUESTIONS else url_for("apply.account", new="yes"), 303)


def answers() -> dict[str, str]:
    """What this browser answered so far, by the number of the question."""
    found = cookie.get(ANSWERS)
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def stops(schema: FormSchema, question: Field, answer: str) -> Stop | None:
    """The words that the form shows after an answer that ends the questions; None when one can go on.

    In these forms every text after the question is for one answer only: the group's name is the reason, its texts say what to do.
    """
    if answer not in dict(question.options):
        return None
    shown = [part for part in schema.parts if isinstance(part, Block) and part.hide and not conditions.is_true(part.hide, {question.key: answer})]
    reasons = [part.text for part in shown if part.kind == "group"]
    return Stop(reason=reasons[0], words=[part.text for part in shown if part.kind == "text"]) if reasons else None


def _form(number: int) -> FormSchema:
    source = definitions.form_source(definitions.latest(db.session, PROCESS), f"eligibility-{number}")
    if source is None or not 1 <= number <= QUESTIONS:
        raise NotFound("There is no such question")
    return read_form(source)


def _question(schema: FormSchema) -> Field:
    return schema.fields[0]


def _asking(schema: FormSchema) -> FormSchema:
    """The form without the words that only some answers show."""
    return FormSchema(schema.key, tuple(part for part in schema.parts if isinstance(part, Field) or not part.hide))


def _page(number: int, schema: FormSchema, values: Mapping[str, Any], checked: Validated | None = None) -> str:
    asked = _asking(schema)
    errors = checked.errors if checked else {}
    return render_template(
        "apply/eligibility.html",
        number=number,
        most=QUESTIONS,
        question=_question(schema).label,
        parts=forms.present(asked, values=values, errors=errors),
        problems=forms.error_list(asked, errors),
        back=url_for("apply.eligibility", number=number - 1) if number > 1 else url_for("apply.start"),
    )
