"""Scoring an application: two evaluators apart, a third who moderates, and scores withdrawn because of a conflict of interest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Application, ApplicationStatus, Case, EvaluationScore, User
from workflows.actions import audit, messages
from workflows.actions.operating import Work, operation
from workflows.errors import Invalid, Refused
from workflows.queries import due_diligence as queries
from workflows.queries import parameters
from workflows.queries import tasks as task_queries

HEAD = "head-of-procurement"
SETTLED = "settled"


@operation("evaluations.score_first")
def score_first(work: Work) -> None:
    """Keep the scores of the first evaluator."""
    _score(work, 1)


@operation("evaluations.score_second")
def score_second(work: Work) -> None:
    """Keep the scores of the second evaluator."""
    _score(work, 2)


@operation("evaluations.score_again")
def score_again(work: Work) -> None:
    """Keep the scores of whoever takes the place of an evaluator whose scores were withdrawn."""
    missing = queries.missing_seats(queries.scores(work.session, work.case.id))
    if not missing:
        raise Refused("The scores of both evaluators stand")
    _score(work, missing[0])


def _score(work: Work, seat: int) -> None:
    by = _scorer(work)
    found = queries.scores(work.session, work.case.id)
    if any(score.scored_by_id == by.id and score.seat != seat for score in found):
        raise Refused("You have scored this application already. Another evaluator scores it now")
    # An application that is checked again after the time ran out is scored anew: what was scored before is replaced, and
    # what was moderated between the old scores falls with them.
    for old in found:
        if old.seat in (seat, queries.MODERATED):
            work.session.delete(old)
    work.session.flush()
    _add(work, seat, {key: int(work.answers[f"score_{key}"]) for key in queries.QUESTIONS}, by)


def _scorer(work: Work) -> User:
    if work.by is None:
        raise Refused("A score is given by a person")
    return work.by


def _add(work: Work, seat: int, scores: Mapping[str, int], by: User) -> None:
    comments = {key: str(work.answers.get(f"comment_{key}") or work.answers.get("moderation_reasons", "")) for key in scores}
    work.session.add_all(
        [
            EvaluationScore(case_id=work.case.id, question=key, seat=seat, score=score, comment=comments[key], scored_by_id=by.id, scored_at=work.now)
            for key, score in scores.items()
        ]
    )
    work.session.flush()


@operation("evaluations.compare", gives=("scoring",))
def compare(work: Work) -> dict[str, Any]:
    """Whether two sets of scores stand and agree: again, differs or agreed."""
    found = queries.scores(work.session, work.case.id)
    if queries.missing_seats(found):
        return {"scoring": "again"}
    difference = int(parameters.value(work.session, "moderation_difference"))
    return {"scoring": "differs" if queries.apart(found, difference) else "agreed"}


@operation("evaluations.moderate", gives=("moderated",))
def moderate(work: Work) -> dict[str, Any]:
    """Set the score where the evaluators are too far apart, or say that it cannot be settled. Refused for one of the evaluators."""
    by = _scorer(work)
    found = queries.scores(work.session, work.case.id)
    themselves = {by.id, *([work.acting_for.id] if work.acting_for else [])}
    if any(score.scored_by_id in themselves and score.seat != queries.MODERATED for score in found):
        raise Refused("You scored this application. Somebody else moderates the scores")
    if work.answers["moderated"] != SETTLED:
        if work.data.get("moderator") == HEAD:
            raise Invalid({"moderated": "The Head of Procurement settles the scores"})
        return {"moderated": "deadlock"}
    apart = queries.apart(found, int(parameters.value(work.session, "moderation_difference")))
    missing = {f"moderated_{key}": "Select the score that counts" for key in apart if not work.answers.get(f"moderated_{key}")}
    if missing:
        raise Invalid(missing)
    _add(work, queries.MODERATED, {key: int(work.answers[f"moderated_{key}"]) for key in apart}, by)
    return {"moderated": SETTLED}


def withdraw_of(session: Session, case: Case, person: User) -> int:
    """Take away what a person scored in the open applications of a case's provider; how many scores that were.

    What was moderated between theirs and another's falls with them. A recommendation that waits goes back to the scores.
    """
    query = (
        select(Application)
        .join(Case, Case.id == Application.case_id)
        .where(Application.status == ApplicationStatus.SENT, Application.provider_id == case.provider_id)
        .order_by(Application.started_at)
    )
    return sum(_withdraw(session, application, person) for application in session.scalars(query))


def _withdraw(session: Session, application: Application, person: User) -> int:
    case = application.case
    found = queries.scores(session, case.id)
    seats = sorted({score.seat for score in found if score.scored_by_id == person.id})
    if not seats:
        return 0
    gone = [score for score in found if score.seat in (*seats, queries.MODERATED)]
    for score in gone:
        session.delete(score)
    session.flush()
    scored = {f"{score.question}/{score.seat}": score.score for score in gone}
    event = audit.record(session, "evaluation:withdrawn", case=case, by=None, detail={"scores": scored, "of": person.id.hex})
    if any(task.bpmn_id == "recommend" for task in task_queries.open_tasks_of(session, case.id)):
        messages.send_to_case(session, case, "ScoresWithdrawn", {"withdrawn_seat": seats[0]}, message_id=f"scores:{event[0]}:{event[1]}")
    return len(gone)


def is_evaluator(session: Session, case: Case, person: User) -> bool:
    """Whether a score of this person stands in a case."""
    return any(score.scored_by_id == person.id for score in queries.scores(session, case.id))


def stand(session: Session, case: Case) -> bool:
    """Whether two full sets of scores stand."""
    return not queries.missing_seats(queries.scores(session, case.id))
