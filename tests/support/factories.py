"""Plain functions that plant what a test starts from: groups, people, cases, and the shipped library with the demo people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import (
    CandidateGroup,
    Case,
    GroupKind,
    GroupMembership,
    Incident,
    Job,
    JobStatus,
    KeyDecision,
    LocalClosure,
    ProcessInstance,
    User,
    UserTask,
    clock,
)
from models.session import new_session, transaction
from workflows.actions import catalogue, definitions
from workflows.demo import people, stories, walking
from workflows.library import definitions as library
from workflows.queries import tasks as task_queries

LIBRARY = Path(__file__).parent.parent.parent / "bpmn"

__all__ = ["catalogue"]


def group(session: Session, key: str, *, role: str = "commissioning_officer", manager_key: str | None = None, email: str = "") -> CandidateGroup:
    """A team with a role; the one that is there already when there is one."""
    found = session.get(CandidateGroup, key)
    if found is None:
        found = CandidateGroup(key=key, name=key.replace("-", " ").title(), kind=GroupKind.TEAM, role=role, manager_key=manager_key, email=email)
        session.add(found)
        session.flush()
    return found


def officer(session: Session, name: str = "Rowan Ashdown", *groups: str, role: str = "commissioning_officer") -> User:
    """Somebody in these groups (or in a team of their own) since 2020."""
    user = User(email=f"{name.lower().replace(' ', '.')}@example.gov.uk", name=name, password_hash=None, created_at=clock.now(), last_signed_in_at=None)
    for key in groups or ("commissioners",):
        user.memberships.append(GroupMembership(group=group(session, key, role=role), starts_on=date(2020, 1, 1), ends_on=None))
    session.add(user)
    session.flush()
    return user


def case(session: Session, owner: User, *, reference: str = "KD-2026-0001", title: str = "A matter", is_restricted: bool = False) -> Case:
    """An open case without a process, of its owner's team."""
    made = Case(
        reference=reference, kind="key-decision", title=title, is_restricted=is_restricted, owner_id=owner.id,
        team_key=owner.memberships[0].group_key, opened_at=clock.now(), closed_at=None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def day_off(session: Session) -> LocalClosure:
    """A day to come on which the offices are closed, which nobody has confirmed; open dates do not follow it."""
    made = LocalClosure(
        day=clock.today() + timedelta(days=40), reason="Offices closed", kind="council closure", source="The Chief Executive", set_at=clock.now()
    )
    session.add(made)
    return made


def job_given_up(session: Session) -> tuple[Job, Incident]:
    """A job of the service that failed five times, and what administrators are told of it."""
    now, why = clock.now(), "OSError: disk full"
    job = Job(
        name="nightly", args={}, status=JobStatus.FAILED, tries=5, last_error=why, run_at=now, enqueued_at=now, started_at=now, finished_at=now
    )
    session.add(job)
    session.flush()
    incident = Incident(
        case_id=None, instance_id=None, job_id=job.id, element_name="nightly", message=why, tries=5, opened_at=now, last_tried_at=now,
        closed_at=None, closed_by_id=None,
    )  # fmt: skip
    session.add(incident)
    return job, incident


def council(engine: Engine) -> None:
    """The shipped process library and the demo people, and no case."""
    library.forget()
    with transaction(engine) as session:
        definitions.deploy_library(session, LIBRARY)
        people.load_people(session)


def decision_at(engine: Engine, step: str, *, story: str = "extension") -> tuple[Case, datetime]:
    """A case of a demo story (fresh each time) that waits for `step`, and the moment at which the story would complete it.

    The clock is not held afterwards; hold it at that moment to go on.
    """
    told = stories.read_story(story)
    at = next(each.at for each in told.steps if each.completes == step or (step == "represents" and each.represents))
    before = tuple(each for each in told.steps if each.at < at)
    with new_session(engine, writes=False) as session:
        known = set(session.scalars(select(Case.id)))
    for _ in walking.walk(engine, stories.Story(told.name, "", told.started_by, told.starts, before), until=at):
        pass
    with new_session(engine, writes=False) as session:
        return session.scalars(select(Case).where(Case.id.not_in(known))).one(), at


def case_stuck(engine: Engine) -> Case:
    """A decision at an early step that administrators are told cannot continue; it can go back to the step before."""
    stuck, at = decision_at(engine, "publish-notice", story="half_way")
    with transaction(engine) as session:
        instance = session.scalars(select(ProcessInstance).where(ProcessInstance.case_id == stuck.id)).one()
        session.add(
            Incident(
                case_id=stuck.id, instance_id=instance.id, job_id=None, element_id="publish-notice", element_name="Publish the notice",
                message="The notice could not be published", opened_at=at, last_tried_at=at, closed_at=None, closed_by_id=None,
            )
        )  # fmt: skip
    return stuck


def open_task(session: Session, case_row: Case, step: str, group_key: str = "") -> UserTask:
    """The open task of a step of a case (of one group, when several have it)."""
    found = task_queries.open_tasks_of(session, case_row.id)
    return next(task for task in found if task.bpmn_id == step and group_key in ("", task.candidate_group))


def decision_of(session: Session, case_row: Case) -> KeyDecision:
    """The key decision of a case."""
    return session.scalars(select(KeyDecision).where(KeyDecision.case_id == case_row.id)).one()


def person(session: Session, name: str) -> User:
    """The demo person `first.last`."""
    return people.find_person(session, name)


@contextmanager
def held(text: str) -> Iterator[None]:
    """The clock held at a London time such as `2026-03-02 09:30`."""
    with clock.held(clock.read_instant(text)):
        yield
