"""A draft as a list of steps: every change that can be drawn can be made here with the keyboard alone, one question on each page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from webapp.db import db, writes
from webapp.signed_in import person
from webapp.workshop import bench, bp, opening, outline_changes, outline_ways
from webapp.workshop.bench import Bench
from webapp.workshop.outline_fields import Asked, Question, Subject, choices_of, in_words, other_ids
from workflows.actions import outline_edits, process_drafts
from workflows.engine import DefinitionRefused
from workflows.errors import Invalid, NotFound, Refused
from workflows.library import outline as library
from workflows.library.outline import Edited, Outline, OutlineStep
from workflows.rules import drafting

DIAGRAM = outline_edits.DIAGRAM
ALL = "/processes/<key>/draft/outline"


@dataclass(frozen=True)
class Outcome:
    """What became of a change before anything is written: the new text, or why there is none."""

    edited: Edited | None = None
    error: Exception | None = None


@bp.get(ALL)
def outline(key: str) -> ResponseReturnValue:
    """Every step of a draft in the order of its flow; without a draft, the page that offers to begin one."""
    if process_drafts.find_going(db.session, key) is None:
        return opening.offer(key)
    found = bench.find(key)
    try:
        read = library.read_outline(found.files[DIAGRAM])
    except DefinitionRefused as refused:
        return render_template("workshop/outline.html", bench=found, rows=[], unreadable=[str(each) for each in refused.problems])
    choices = choices_of(found)
    rows = [{"step": step, "time": in_words(step, choices), "who": choices.who(step)} for step in read.steps]
    return render_template(
        "workshop/outline.html", bench=found, rows=rows, may_undo=found.may_edit and outline_edits.can_undo(db.session, found.draft),
        revision=process_drafts.revision_of(db.session, found.draft, DIAGRAM),
    )  # fmt: skip


@bp.get(f"{ALL}/<step_id>")
def outline_step(key: str, step_id: str) -> ResponseReturnValue:
    """One step: what it says about itself, where it leads, and what can be changed. NotFound when it is not in the draft."""
    found = bench.find(key)
    read = _read(found)
    step = _step(read, step_id)
    choices = choices_of(found)
    rows = outline_changes.rows_of(found, step, read, choices)
    return render_template(
        "workshop/outline_step.html", bench=found, step=step, rows=rows, questions=outline_changes.offered(step) + outline_ways.offered(step)
    )


@bp.post(f"{ALL}/undo")
@writes
def outline_undo(key: str) -> ResponseReturnValue:
    """Take back the last change made in the outline."""
    drafting.check_edit(person())
    draft = process_drafts.going(db.session, key)
    outline_edits.undo(db.session, draft, based_on=_revision(), by=person())
    flash("The last change of the outline is taken back.")
    return redirect(url_for("workshop.outline", key=key), 303)


def _read(found: Bench) -> Outline:
    """The list of a draft's steps. NotFound while its diagram cannot be read."""
    try:
        return library.read_outline(found.files[DIAGRAM])
    except DefinitionRefused as refused:
        raise NotFound("The diagram of this draft cannot be read, so there is no outline of it") from refused


def _step(read: Outline, step_id: str) -> OutlineStep:
    if step_id not in read.by_id:
        raise NotFound("This step is not in the draft")
    return read.by_id[step_id]


def _subject(key: str, subject_id: str, *, is_way: bool) -> tuple[Bench, Subject]:
    """The draft, and the step or way that a question is about. NotFound when it is not there."""
    found = bench.find(key)
    read = _read(found)
    if is_way and subject_id not in read.ways:
        raise NotFound("This way is not in the draft")
    way = read.ways[subject_id] if is_way else None
    return found, Subject(
        read,
        _step(read, way.source_id if way else subject_id),
        way,
        choices_of(found),
        found.files,
        other_ids(found.key) if request.method == "POST" else frozenset(),
    )


def _page(
    found: Bench, subject: Subject, question: Question, *, typed: MultiDict[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> str:  # fmt: skip
    asked: Asked = question.ask(subject)
    names = [field.name for field in asked.fields]
    fields = [field.filled(typed) for field in asked.fields] if typed is not None else asked.fields
    problems = [{"text": words, "href": f"#{name}" if name in names else ""} for name, words in (errors or {}).items()]
    return render_template(
        "workshop/outline_question.html", bench=found, asked=asked, fields=fields, errors=errors or {}, problems=problems, step=subject.step,
        revision=process_drafts.revision_of(db.session, found.draft, DIAGRAM),
    )  # fmt: skip


def _look(key: str, subject_id: str, question: Question) -> ResponseReturnValue:
    drafting.check_edit(person())
    found, subject = _subject(key, subject_id, is_way=question.is_about_way)
    if not question.fits(subject):
        raise NotFound("This kind of step has no such setting")
    return _page(found, subject, question)


def _work_out(key: str, subject_id: str, question: Question) -> Outcome:
    """Make the change on the text alone: it takes a moment, so nothing is being written meanwhile."""
    drafting.check_edit(person())
    _, subject = _subject(key, subject_id, is_way=question.is_about_way)
    if not question.fits(subject):
        return Outcome(error=NotFound("This kind of step has no such setting"))
    db.session.rollback()
    try:
        return Outcome(edited=question.change(subject, request.form))
    except (Invalid, Refused, NotFound) as error:
        return Outcome(error=error)


@writes
def _save(key: str, subject_id: str, question: Question, outcome: Outcome) -> ResponseReturnValue:
    """Save what was worked out, or say beside the question why it could not be."""
    drafting.check_edit(person())
    draft = process_drafts.going(db.session, key)
    errors = _words(outcome.error)
    if outcome.edited is not None:
        try:
            outline_edits.save(db.session, draft, outcome.edited, based_on=_revision(), by=person())
        except process_drafts.FileChanged as changed:
            db.session.rollback()
            errors = {"": f"{changed.by} changed the diagram while you were editing. Look at this again, then save it once more"}
    if errors:
        found, subject = _subject(key, subject_id, is_way=question.is_about_way)
        return _page(found, subject, question, typed=request.form, errors=errors), 422
    assert outcome.edited is not None
    flash(question.done(outcome.edited))
    return redirect(_onward(key, outcome.edited), 303)


def _words(error: Exception | None) -> dict[str, str]:
    if isinstance(error, NotFound):
        raise error
    return dict(error.errors) if isinstance(error, Invalid) else {"": str(error)} if error is not None else {}


def _onward(key: str, edited: Edited) -> str:
    return url_for("workshop.outline_step", key=key, step_id=edited.step) if edited.step else url_for("workshop.outline", key=key)


def _revision() -> int:
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _views(question: Question) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The page that asks a question and the one that takes its answer."""
    argument = "way_id" if question.is_about_way else "step_id"

    def ask(key: str, **about: str) -> ResponseReturnValue:
        return _look(key, about[argument], question)

    def answer(key: str, **about: str) -> ResponseReturnValue:
        return _save(key, about[argument], question, _work_out(key, about[argument], question))

    answer.writes = True  # type: ignore[attr-defined]
    return ask, answer


def _register(question: Question) -> None:
    ask, answer = _views(question)
    rule = f"{ALL}/ways/<way_id>/{question.name}" if question.is_about_way else f"{ALL}/<step_id>/{question.name}"
    bp.add_url_rule(rule, f"outline_{question.endpoint}", ask, methods=["GET"])
    bp.add_url_rule(rule, f"outline_{question.endpoint}_post", answer, methods=["POST"])


for _question in (*outline_changes.QUESTIONS, *outline_ways.QUESTIONS):
    _register(_question)
