"""User tasks: claimed, put back, given to someone, drafted and completed."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from models import OPEN_TASKS, Answer, Case, Draft, ProcessInstance, TaskStatus, User, UserTask, clock
from workflows.actions import audit, instances, operating, task_mails
from workflows.engine import language
from workflows.errors import Conflict, Invalid, Refused, TaskGone
from workflows.queries import absences, interests, people
from workflows.queries import tasks as task_queries
from workflows.rules import duties, permissions, policies


def claim(session: Session, task: UserTask, *, by: User) -> None:
    """Make an unassigned task this person's; claiming their own again changes nothing.

    Refused for another team's task or where four eyes forbid it; TaskGone when somebody was faster.
    """
    current = _locked(session, task)
    _claim(session, current, by=by, acting_for=_allowed(session, current, by))


def _claim(session: Session, task: UserTask, *, by: User, acting_for: User | None) -> None:
    if task.status is not TaskStatus.READY:
        return
    task.status, task.assignee_id, task.claimed_at = TaskStatus.CLAIMED, by.id, clock.now()
    session.flush()
    _record(session, "task:claimed", task, by=by, acting_for=acting_for)


def _allowed(session: Session, task: UserTask, by: User) -> User | None:
    """Whom this person would act for, None for themselves, once every rule has let them."""
    acting_for = task_queries.acting_for(session, task, by)
    try:
        permissions.check_complete(by, task, acting_for=acting_for)
        policies.check_waiting(task, by=by, acting_for=acting_for)
        apart = duties.steps_apart(task)
        duties.check_different(by, task_queries.doers(session, task.case_id, apart), acting_for=acting_for)
        interests.check_work(session, task, by=by, acting_for=acting_for)
    except TaskGone as error:
        raise _with_answers(session, task, error) from error
    return acting_for


def _with_answers(session: Session, task: UserTask, error: TaskGone) -> TaskGone:
    answer = task_queries.answer_of(session, task)
    error.answers = dict(answer.values) if answer else {}
    return error


def _locked(session: Session, task: UserTask) -> UserTask:
    """The task as it is now, with nobody else at its case until this transaction ends."""
    current = session.scalars(
        select(UserTask)
        .where(UserTask.id == task.id)
        .join(UserTask.case)
        .join(UserTask.instance)
        .options(contains_eager(UserTask.case), contains_eager(UserTask.instance))
        .with_for_update(of=[Case, UserTask, ProcessInstance], key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    audit.is_locked(session, current.case)
    return current


def release(session: Session, task: UserTask, *, by: User, share_draft: bool = False) -> None:
    """Put a task back for anyone of its group. Refused for a stranger; TaskGone when it is over. A draft goes along only if shared."""
    current = _locked(session, task)
    if current.status is TaskStatus.READY:
        return
    if current.status is not TaskStatus.CLAIMED:
        policies.check_waiting(current, by=by)
    permissions.check_release(by, current, manager_key=people.manager_of(session, current.candidate_group))
    _put_back(session, current, by=by, share_draft=share_draft)


def put_back_from_leaver(session: Session, task: UserTask, *, by: User | None, because: str) -> None:
    """Put back a task whose holder cannot do it any more, with what they had typed, for anyone of its group; nothing where it is not held.

    Whoever calls has checked that the holder has left; `because` stands on the timeline.
    """
    current = _locked(session, task)
    if current.status is TaskStatus.CLAIMED:
        _put_back(session, current, by=by, share_draft=True, text={"because": because})


def _put_back(session: Session, task: UserTask, *, by: User | None, share_draft: bool, text: Mapping[str, Any] | None = None) -> None:
    holder = task.assignee_id
    task.status, task.assignee_id, task.claimed_at = TaskStatus.READY, None, None
    task.revision += 1
    if share_draft and holder is not None:
        _share_draft(session, task, holder)
    session.flush()
    _record(session, "task:released", task, by=by, text=text)


def _share_draft(session: Session, task: UserTask, holder: uuid.UUID) -> None:
    for draft in session.scalars(select(Draft).where(Draft.task_id == task.id, Draft.user_id == holder)):
        draft.is_shared = True


def reassign(session: Session, task: UserTask, *, to: User, by: User, reason: str = "") -> None:
    """Give a task to someone of its group. Refused for a stranger or for someone whom the task is not for; TaskGone when it is over."""
    current = _locked(session, task)
    if current.status not in OPEN_TASKS:
        policies.check_waiting(current, by=by)
    permissions.check_reassign(by, current, manager_key=people.manager_of(session, current.candidate_group))
    if not to.is_active:
        raise Invalid({"to": f"{to.name} cannot sign in any more. Select someone else"})
    if current.candidate_group not in permissions.groups_of(to):
        raise Invalid({"to": f"{to.name} is not in the team this task is for"})
    duties.check_different(to, task_queries.doers(session, current.case_id, duties.steps_apart(current)))
    interests.check_give(session, current, to=to)
    current.status, current.assignee_id, current.claimed_at = TaskStatus.CLAIMED, to.id, clock.now()
    current.revision += 1
    session.flush()
    session.refresh(current, ["assignee"])
    _record(session, "task:reassigned", current, by=by, detail={"to": to.id.hex}, text={"reason": reason} if reason else None)
    task_mails.tell_of_given(session, current, by=by)


def take_next(session: Session, *, by: User) -> UserTask | None:
    """Claim the most urgent unassigned task that this person may do; None when there is none. Two people never get the same one."""
    for task in _unassigned(session, by):
        current = _locked(session, task)
        if current.status is not TaskStatus.READY:
            continue
        try:
            acting_for = _allowed(session, current, by)
        except Refused:
            continue
        _claim(session, current, by=by, acting_for=acting_for)
        return current
    return None


def _unassigned(session: Session, by: User) -> list[UserTask]:
    groups = absences.groups_worked_for(session, by)
    query = (
        select(UserTask)
        .where(UserTask.candidate_group.in_(sorted(groups)), UserTask.status == TaskStatus.READY)
        .options(joinedload(UserTask.case))
        .order_by(UserTask.due_at, UserTask.id)
        .limit(50)
    )
    return list(session.scalars(query))


def save_draft(session: Session, task: UserTask, *, values: Mapping[str, list[str]], by: User) -> Draft:
    """Keep what a person has typed so far, unchecked; the first change claims the task. TaskGone when it is somebody else's."""
    current = _locked(session, task)
    acting_for = _allowed(session, current, by)
    _claim(session, current, by=by, acting_for=acting_for)
    draft = session.scalar(select(Draft).where(Draft.task_id == current.id, Draft.user_id == by.id))
    if draft is None:
        draft = Draft(task_id=current.id, user_id=by.id, values={}, saved_at=clock.now())
        session.add(draft)
    draft.values, draft.saved_at = {key: list(typed) for key, typed in values.items()}, clock.now()
    session.flush()
    return draft


def discard_draft(session: Session, task: UserTask, *, by: User) -> None:
    """Throw away what this person typed into a task; the task stays theirs."""
    session.execute(delete(Draft).where(Draft.task_id == task.id, Draft.user_id == by.id))


def complete(session: Session, task: UserTask, *, answers: Mapping[str, Any], by: User, revision: int | None = None) -> None:
    """Record the answers, do what the step does, and move the case on, all or nothing.

    An unassigned task is claimed on the way. `revision` is the version the form was opened with. Refused, NotYetLawful or Invalid
    (a message for each question) when a rule says no; TaskGone when somebody was faster; Conflict when the task was put back or
    given away meanwhile; CannotContinue when the process cannot come to rest.
    """
    current = _locked(session, task)
    acting_for = _allowed(session, current, by)
    if revision is not None and revision != current.revision:
        raise Conflict("This task was put back or given to someone else since you opened it. Look at it again before you send it")
    _complete(session, current, answers=answers, by=by, acting_for=acting_for)


def complete_by_override(session: Session, task: UserTask, *, answers: Mapping[str, Any], by: User, gives: Mapping[str, Any]) -> None:
    """Close a task that is not waited for any longer, without its operation; `gives` are the values the diagram
    gets instead. Whoever calls has checked that `by` may do so.
    """
    current = _locked(session, task)
    policies.check_waiting(current, by=current.assignee or by)
    _complete(session, current, answers=answers, by=by, acting_for=None, instead=gives)


def _complete(
    session: Session, task: UserTask, *, answers: Mapping[str, Any], by: User, acting_for: User | None, instead: Mapping[str, Any] | None = None
) -> None:
    now = clock.now()
    given = _operate(session, task, answers, by=by, acting_for=acting_for) if instead is None else dict(instead)
    task.status, task.completed_at, task.completed_by_id = TaskStatus.COMPLETED, now, by.id
    task.assignee_id, task.claimed_at = by.id, task.claimed_at or now
    task.acting_for_id = acting_for.id if acting_for else None
    session.add(
        Answer(
            task_id=task.id, case_id=task.case_id, bpmn_id=task.bpmn_id, values=dict(answers), digest=digest(answers), said_by_id=by.id,
            said_at=now,
        )
    )  # fmt: skip
    session.flush()
    _record(session, "task:completed", task, by=by, acting_for=acting_for, detail={"answers": digest(answers)})
    instances.complete(session, task.instance, task.engine_task_id, _routed(task, answers) | given)


def _operate(session: Session, task: UserTask, answers: Mapping[str, Any], *, by: User, acting_for: User | None) -> dict[str, Any]:
    name = task.properties.get("operation")
    if not name:
        return {}
    work = operating.Work(
        session=session, case=task.case, instance=task.instance, element_id=task.bpmn_id, now=clock.now(), data=task.variables, task=task,
        answers=answers, by=by, acting_for=acting_for,
    )  # fmt: skip
    return language.clean_data(operating.perform(str(name), work))


def _routed(task: UserTask, answers: Mapping[str, Any]) -> dict[str, Any]:
    wanted = str(task.properties.get("routes", "")).split()
    return {key: answers.get(key) for key in wanted}


def digest(answers: Mapping[str, Any]) -> str:
    """The SHA-256 of answers in canonical JSON."""
    return hashlib.sha256(json.dumps(answers, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str).encode()).hexdigest()


def _record(
    session: Session,
    kind: str,
    task: UserTask,
    *,
    by: User | None,
    acting_for: User | None = None,
    detail: Mapping[str, Any] | None = None,
    text: Mapping[str, Any] | None = None,
) -> None:
    about = {"task": task.id.hex, "step": task.bpmn_id, "name": task.name, "label": task.label, "group": task.candidate_group}
    audit.record(session, kind, case=task.case, by=by, acting_for=acting_for, detail={**about, **(detail or {})}, text=text, subject=task.id.hex)
